//! Writes steps: many in one commit, each wholly or not at all, whatever becomes of the others.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::moment::{Moment, day};
use super::{aside, lookup, replays};
use crate::crash;
use crate::ledger::settings::Bounds;
use crate::ledger::{Recorded, ReplayKey, RouteKey, Seen, Step};
use crate::source::FeedKind;
use crate::tenant::TenantId;

/// What can be made durable.
#[derive(Debug)]
pub enum Deed {
    Step(Box<Step>),
    EndReplay(Vec<ReplayKey>),
    KeepRhythm(TenantId, FeedKind, String),
}

impl Deed {
    /// How many rows it is about.
    pub fn size(&self) -> usize {
        match self {
            Self::Step(step) => step.seen.len() + step.dead.len() + step.lifted.len() + step.stay.len(),
            Self::EndReplay(_) | Self::KeepRhythm(..) => 1,
        }
    }

    /// The IDs that it remembers.
    pub fn seen(&self) -> &[Seen] {
        match self {
            Self::Step(step) => &step.seen,
            Self::EndReplay(_) | Self::KeepRhythm(..) => &[],
        }
    }
}

/// Commits deeds together: what became of each, in order. An error of the whole means that none was recorded.
/// `now` dates the IDs that have no revision.
pub fn group(
    connection: &mut Connection,
    deeds: &[Deed],
    bounds: Bounds,
    now: Timestamp,
) -> rusqlite::Result<Vec<rusqlite::Result<Recorded>>> {
    let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut results = Vec::with_capacity(deeds.len());
    crash::point("ledger.begun");
    for deed in deeds {
        match alone(&mut transaction, deed, bounds, now) {
            // SQLite takes the whole transaction back where there is no going on, such as on a full disk.
            Err(error) if transaction.is_autocommit() => return Err(error),
            result => results.push(result),
        }
    }
    crash::point("ledger.committing");
    transaction.commit()?;
    Ok(results)
}

/// When an ID was last heard of: its revision, or else the time of recording.
pub fn moment(seen: &Seen, now: Timestamp) -> Moment {
    Moment::from(seen.known.revision.unwrap_or(now))
}

fn alone(transaction: &mut Transaction<'_>, deed: &Deed, bounds: Bounds, now: Timestamp) -> rusqlite::Result<Recorded> {
    let savepoint = transaction.savepoint()?;
    let recorded = match deed {
        Deed::Step(step) => apply(&savepoint, step, bounds, now)?,
        Deed::EndReplay(keys) => replays::end(&savepoint, keys).map(|()| Recorded::default())?,
        Deed::KeepRhythm(tenant, feed, rhythm) => {
            replays::keep_rhythm(&savepoint, tenant, *feed, rhythm).map(|()| Recorded::default())?
        }
    };
    crash::point("ledger.step-written");
    savepoint.commit()?;
    Ok(recorded)
}

fn apply(connection: &Connection, step: &Step, bounds: Bounds, now: Timestamp) -> rusqlite::Result<Recorded> {
    let scope = scope(connection, &step.route)?;
    crash::point("ledger.scope-found");
    remember(connection, scope, &step.seen, now)?;
    crash::point("ledger.ids-written");
    aside::lift(connection, &step.lifted)?;
    crash::point("ledger.letters-lifted");
    aside::stay(connection, &step.stay)?;
    let mut recorded = Recorded::default();
    if !step.dead.is_empty() {
        let before = aside::amount(connection, scope)?;
        for letter in &step.dead {
            aside::keep(connection, scope, &step.route, letter)?;
            crash::point("ledger.letter-written");
        }
        recorded = aside::bound(connection, scope, &step.route, before, bounds)?;
    }
    if let Some((key, at)) = &step.replayed {
        let scope = self::scope(connection, &key.route)?;
        replays::moved(connection, scope, key, *at, now)?;
        replays::sent(connection, scope, key, &step.seen)?;
        crash::point("ledger.replay-moved");
    }
    if let Some(cursor) = step.cursor {
        connection.prepare_cached("INSERT OR REPLACE INTO cursors (scope, feed, at) VALUES (?1, ?2, ?3)")?.execute(params![
            scope,
            step.route.feed.as_str(),
            cursor.to_string()
        ])?;
        crash::point("ledger.cursor-written");
    }
    Ok(recorded)
}

fn scope(connection: &Connection, route: &RouteKey) -> rusqlite::Result<i64> {
    let (tenant, sink) = (&route.tenant, route.sink.as_ref());
    if let Some(scope) = lookup::scope(connection, tenant, sink)? {
        return Ok(scope);
    }
    connection
        .prepare_cached("INSERT INTO scopes (tenant, sink) VALUES (?1, ?2)")?
        .insert([tenant.as_str(), lookup::sink_text(sink)])
}

/// What a step does to one row of `days`.
struct Change {
    ids: i64,
    oldest: i64,
}

fn remember(connection: &Connection, scope: i64, seen: &[Seen], now: Timestamp) -> rusqlite::Result<()> {
    let mut changes: BTreeMap<i64, Change> = BTreeMap::new();
    for seen in seen {
        let moment = moment(seen, now);
        let found = lookup::find(connection, scope, &seen.key)?;
        let new = found.is_empty().then(|| day(seen.key.created));
        for day in found.into_iter().map(|(day, _)| day).chain(new) {
            put(connection, scope, day, seen, moment)?;
            let change = match changes.entry(day) {
                Entry::Occupied(change) => change.into_mut(),
                Entry::Vacant(change) => {
                    // At once: the next ID may have no date, and is looked for on the days that stand there.
                    connection
                        .prepare_cached("INSERT OR IGNORE INTO days (day, ids, oldest) VALUES (?1, 0, ?2)")?
                        .execute([day, moment.ticks])?;
                    change.insert(Change { ids: 0, oldest: moment.ticks })
                }
            };
            change.ids += i64::from(new.is_some());
            change.oldest = change.oldest.min(moment.ticks);
        }
    }
    for (day, change) in changes {
        connection
            .prepare_cached("UPDATE days SET ids = ids + ?2, oldest = min(oldest, ?3) WHERE day = ?1")?
            .execute(params![day, change.ids, change.oldest])?;
    }
    Ok(())
}

fn put(connection: &Connection, scope: i64, day: i64, seen: &Seen, moment: Moment) -> rusqlite::Result<()> {
    let (revision, recorded) = match seen.known.revision {
        Some(_) => (Some(moment), None),
        None => (None, Some(moment.ticks)),
    };
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO seen (day, scope, id, revision, nanos, resolved, recorded) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            day,
            scope,
            seen.key.id,
            revision.map(|revision| revision.ticks),
            revision.map_or(0, |revision| revision.nanos),
            seen.known.resolved,
            recorded
        ])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::{Connection, ErrorCode};

    use super::{Deed, group};
    use crate::clock;
    use crate::ledger::settings::Bounds;
    use crate::ledger::sqlite::{connect, lookup};
    use crate::ledger::{DeadLetter, Known, RouteKey, Seen, SeenKey, Step};
    use crate::source::FeedKind;
    use crate::tenant::{SinkName, TenantId};

    fn step(id: &str, body: String) -> Deed {
        let route = RouteKey { tenant: TenantId::from("t"), feed: FeedKind::GraphAlerts, sink: Some(SinkName::from("siem")) };
        let seen = Seen { key: SeenKey { id: id.to_owned(), created: None }, known: Known { revision: None, resolved: false } };
        let dead = DeadLetter { alert_id: id.to_owned(), reason: "refused".to_owned(), at: clock::now(), body };
        Deed::Step(Box::new(Step { seen: vec![seen], dead: vec![dead], cursor: Some(clock::now()), ..Step::of(route) }))
    }

    fn ids(connection: &mut Connection) -> u64 {
        lookup::figures(connection, 0, None).unwrap().ids
    }

    #[test]
    fn a_step_without_room_fails_alone_and_works_when_there_is_room() {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = connect::writer(folder.path(), false).unwrap().0;
        let pages: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        connection.query_row(&format!("PRAGMA max_page_count = {}", pages + 10), [], |_| Ok(())).unwrap();
        let steps = [step("small", String::new()), step("large", "x".repeat(1 << 20)), step("last", String::new())];
        let results = group(&mut connection, &steps, Bounds::default(), clock::now()).unwrap();
        assert_eq!(results.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
        assert_eq!(results[1].as_ref().unwrap_err().sqlite_error_code(), Some(ErrorCode::DiskFull));
        assert_eq!(ids(&mut connection), 2);
        connection.query_row("PRAGMA max_page_count = 1000000", [], |_| Ok(())).unwrap();
        assert!(group(&mut connection, &steps[1..2], Bounds::default(), clock::now()).unwrap()[0].is_ok());
        assert_eq!(ids(&mut connection), 3);
    }

    #[test]
    fn a_commit_that_fails_records_nothing_of_the_group_and_the_next_one_works() {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = connect::writer(folder.path(), false).unwrap().0;
        // What a deferred constraint forbids is found out by COMMIT itself, as a full or broken disk is.
        connection
            .execute_batch(
                "CREATE TABLE parents (id TEXT PRIMARY KEY);
                 CREATE TABLE children (id TEXT REFERENCES parents DEFERRABLE INITIALLY DEFERRED);
                 CREATE TRIGGER spoil AFTER INSERT ON seen WHEN NEW.id = 'bad' BEGIN INSERT INTO children VALUES ('orphan'); END;",
            )
            .unwrap();
        let steps = [step("good", String::new()), step("bad", String::new())];
        let error = group(&mut connection, &steps, Bounds::default(), clock::now()).expect_err("the commit fails");
        assert_eq!(error.sqlite_error_code(), Some(ErrorCode::ConstraintViolation));
        assert_eq!(ids(&mut connection), 0);
        assert!(group(&mut connection, &steps[..1], Bounds::default(), clock::now()).unwrap()[0].is_ok());
        assert_eq!(ids(&mut connection), 1);
    }

    #[test]
    fn when_sqlite_takes_everything_back_nothing_of_the_group_is_recorded_and_all_of_it_is_told_to_have_failed() {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = connect::writer(folder.path(), false).unwrap().0;
        let spoil = "CREATE TRIGGER spoil BEFORE INSERT ON seen WHEN NEW.id = 'bad' BEGIN SELECT RAISE(ROLLBACK, 'gone'); END;";
        connection.execute_batch(spoil).unwrap();
        let steps = ["good", "bad", "late"].map(|id| step(id, String::new()));
        group(&mut connection, &steps, Bounds::default(), clock::now()).expect_err("the transaction is gone");
        assert_eq!(ids(&mut connection), 0, "what is told to have failed is not there");
    }
}
