//! The process dies while it brings a ledger of layout 1 forward: the next start does it again, and nothing is sent twice.

use std::path::Path;

use rusqlite::Connection;

use super::mortal::{Mortal, PAGE, hasty, in_file};
use crate::faults::long;
use crate::faults::score::Score;
use crate::support::lab::Lab;

/// Before its transaction, in the middle of it and right behind it, and the layout that the file has then.
pub const POINTS: [&str; 3] = ["ledger.locked", "ledger.layout-written", "ledger.laid-out"];
const LAYOUTS: [i64; 3] = [1, 1, 2];

fn ask(ledger: &Path, question: &str) -> i64 {
    let connection = Connection::open(ledger.join("ledger.sqlite3")).expect("a ledger");
    connection.query_row(question, [], |row| row.get(0)).expect("a number")
}

fn layout(ledger: &Path) -> i64 {
    ask(ledger, "SELECT user_version FROM pragma_user_version")
}

/// Puts a ledger of layout 1 in the place of the present one: the fixture, with what the present one knows of our tenant besides.
fn ages(ledger: &Path) {
    let older = ledger.join("older");
    std::fs::copy(super::root().join("tests/fixtures/ledger/layout-1.sqlite3"), &older).expect("the fixture");
    let connection = Connection::open(&older).expect("a copy of the fixture");
    connection.execute("ATTACH ?1 AS newer", [ledger.join("ledger.sqlite3").display().to_string()]).expect("the present ledger");
    connection
        .execute_batch(
            "CREATE TEMP TABLE ours AS SELECT scope, tenant, sink, (SELECT max(scope) FROM main.scopes) + row_number() OVER () AS place
                 FROM newer.scopes WHERE tenant NOT IN (SELECT tenant FROM main.scopes);
             INSERT INTO main.scopes (scope, tenant, sink) SELECT place, tenant, sink FROM ours;
             INSERT INTO main.seen SELECT day, place, id, revision, nanos, resolved, recorded FROM newer.seen JOIN ours USING (scope);
             INSERT INTO main.cursors SELECT place, feed, at FROM newer.cursors JOIN ours USING (scope);
             DELETE FROM main.days;
             INSERT INTO main.days SELECT day, count(*), min(coalesce(revision, recorded)) FROM main.seen GROUP BY day;
             DROP TABLE ours;
             DETACH newer;",
        )
        .expect("what layout 1 can hold");
    connection.close().expect("a copy that can be closed");
    for beside in ["ledger.sqlite3-wal", "ledger.sqlite3-shm"] {
        let _ = std::fs::remove_file(ledger.join(beside));
    }
    std::fs::rename(&older, ledger.join("ledger.sqlite3")).expect("a file of ours");
    assert_eq!(layout(ledger), 1);
}

#[test]
fn a_death_on_the_way_from_layout_1_repeats_nothing_and_keeps_what_it_held() {
    let lab = Lab::quiet(1);
    let setup = hasty(&lab);
    let mut mortal = Mortal::start(lab, setup, Box::new(in_file));
    let ledger = mortal.daemon.folder().join("ledger");
    for (point, found) in POINTS.into_iter().zip(LAYOUTS) {
        mortal.recover();
        assert_eq!(mortal.daemon.stop(), Some(0), "{}", mortal.daemon.log());
        ages(&ledger);
        mortal.more(PAGE);
        mortal.rises_and_dies_at(point, 1);
        if !long() {
            // In the long form it has lived again since.
            assert_eq!(layout(&ledger), found, "{point}");
            mortal.daemon_lives();
        }
        assert_eq!(layout(&ledger), 2, "{}", mortal.daemon.log());
    }
    let score = mortal.score(Score::of("death-on-the-way-from-layout-1")).repeats_up_to(0);
    assert_eq!(ask(&ledger, "SELECT count(*) FROM dead_letters"), 4, "those of the fixture");
    score.keep();
}
