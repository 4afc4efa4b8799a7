//! What happens beside the way of an ordinary page: records for no route, sweeps, torn lines, a ledger that refuses, tokens.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::time::Duration;

use alertferry::simulator::{CLIENT_ID, Settings};
use serde_json::json;

use super::mortal::{FOREIGN, Mortal, PAGE, arrivals, hasty, in_file};
use crate::faults::scene::{TENANT, look_again};
use crate::faults::score::Score;
use crate::faults::size;
use crate::support::daemon::GENEROUS;
use crate::support::lab::Lab;
use crate::support::service::poll;

pub const ASIDE: [&str; 3] = ["aside.looked-up", "ledger.letter-written", "aside.recorded"];
pub const SWEEP: [&str; 2] = ["feed.sweeping", "feed.swept"];
pub const TORN: [&str; 1] = ["file.cut"];
pub const REFUSING: [&str; 1] = ["persist.failed"];
pub const TOKEN: [&str; 4] = ["token.received", "token.written", "token.replaced", "token.kept"];

fn mortal(lab: Lab) -> Mortal {
    let setup = hasty(&lab);
    Mortal::start(lab, setup, Box::new(in_file))
}

/// Records that name another tenant are kept aside once each, however often the process dies over them, and reach no sink.
#[test]
fn a_death_while_setting_records_aside_keeps_each_once() {
    let mut mortal = mortal(Lab::quiet(1));
    let mut foreign = BTreeSet::new();
    for point in ASIDE {
        for arrival in arrivals() {
            mortal.daemon.kill();
            // Each in a page of its own: a page of ordinary ones comes before it.
            let now = mortal.lab.now(TENANT);
            for after in (0..=*arrival).rev() {
                let at = now - Duration::from_millis(20 * u64::from(after));
                for before in 1..=PAGE {
                    mortal.lab.generate_at(TENANT, 1, at - Duration::from_millis(before as u64));
                }
                let id = format!("{FOREIGN}{}", foreign.len());
                let named = "99999999-9999-9999-9999-999999999999";
                mortal.lab.add(TENANT, &json!({"id": id, "tenantId": named, "lastUpdateDateTime": at.to_string()}));
                foreign.insert(id);
            }
            mortal.rises_and_dies_at(point, *arrival);
        }
    }
    mortal.daemon.kill();
    mortal.daemon_lives();
    let due = mortal.due();
    let letters = |mortal: &Mortal| -> Vec<String> {
        let letters = mortal.daemon.json("/api/v1/dead-letters");
        letters.as_array().expect("a list").iter().map(|letter| letter["alert_id"].as_str().unwrap().to_owned()).collect()
    };
    let mut kept = Vec::new();
    let came = poll(GENEROUS, || {
        kept = letters(&mortal);
        kept.len() >= foreign.len() && in_file(&mortal.daemon).len() >= due.len()
    });
    look_again(&mortal.daemon, GENEROUS);
    kept = letters(&mortal);
    kept.sort();
    assert!(came && kept == foreign.iter().cloned().collect::<Vec<_>>(), "{} of {}: {kept:?}", kept.len(), foreign.len());
    Score::of("death-while-setting-aside").add(&due, &in_file(&mortal.daemon)).nothing_to_tell().keep();
}

/// Late alerts, which only a sweep finds, arrive once.
#[test]
fn a_death_in_a_sweep_loses_and_repeats_nothing() {
    let lab = Lab::quiet(1);
    let setup = hasty(&lab).default("sweep", "{ every = \"1s\", reach = \"30m\" }");
    let mut mortal = Mortal::start(lab, setup, Box::new(in_file));
    for point in SWEEP {
        for arrival in arrivals() {
            mortal.daemon.kill();
            let late = mortal.lab.now(TENANT) - Duration::from_mins(10);
            mortal.lab.generate_at(TENANT, 2, late);
            mortal.rises_and_dies_at(point, *arrival);
        }
    }
    mortal.score(Score::of("death-in-a-sweep")).keep();
}

/// A line that a crash tore is cut off, also if that is where the next crash comes.
#[test]
fn a_death_while_mending_a_torn_line_loses_and_repeats_nothing() {
    let mut mortal = mortal(Lab::quiet(1));
    mortal.daemon.kill();
    let path = mortal.daemon.folder().join("out.jsonl");
    let mut file = OpenOptions::new().append(true).open(&path).expect("the file of the sink");
    file.write_all(b"{\"id\":\"half an al").expect("a file that can be written");
    mortal.more(2 * PAGE);
    mortal.rises_and_dies_at(TORN[0], 1);
    mortal.score(Score::of("death-over-a-torn-line")).keep();
}

/// What was delivered while the ledger refused is sent again after a death, the page in hand and nothing else.
#[test]
fn a_death_while_the_ledger_refuses_repeats_at_most_the_page() {
    let mut mortal = mortal(Lab::quiet(1));
    for arrival in arrivals() {
        mortal.daemon.kill();
        mortal.daemon.setup.set_env("ALERTFERRY_CRASH_AT", Some(&format!("{}:{arrival}", REFUSING[0])));
        mortal.daemon.restart();
        // Whoever removes it makes the ledger refuse; the next start makes it anew.
        std::fs::remove_file(mortal.daemon.folder().join("ledger/alertferry.lock")).expect("the lock file");
        mortal.more(3 * PAGE);
        mortal.wait_for_death(REFUSING[0], *arrival);
    }
    mortal.score(Score::of("death-while-the-ledger-refuses")).keep();
}

/// The chain of refresh tokens does not break: the older one or the newer one is in its place, and both are good.
#[test]
fn a_death_while_keeping_a_refresh_token_needs_nobody_to_sign_in_anew() {
    let lab = Lab::start(Settings { token_life: Duration::from_secs(2), ..Settings::default() });
    lab.identity().make_public(CLIENT_ID);
    let setup = hasty(&lab).credential("refresh_token = { file = \"{folder}/secret-refresh\" }");
    let first = lab.identity().add_refresh_token(CLIENT_ID, "ann@soc.example");
    std::fs::write(setup.folder().join("secret-refresh"), &first).expect("a file in our folder");
    let mut mortal = Mortal::start(lab, setup, Box::new(in_file));
    for point in TOKEN {
        for arrival in size(&[1_u32, 2][..], arrivals()) {
            mortal.dies_at(point, *arrival);
        }
    }
    let kept: Vec<String> = std::fs::read_dir(mortal.daemon.folder().join("ledger"))
        .expect("the folder of the ledger")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.trim_start_matches('.').starts_with("refresh-token."))
        .collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    mortal.score(Score::of("death-while-keeping-a-token")).keep();
}
