//! How far replays have come, and the alarms' notes: small rows beside the routes.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::lookup;
use super::moment::Moment;
use crate::crash;
use crate::ledger::{ReplayKey, Seen};
use crate::source::FeedKind;
use crate::tenant::TenantId;

/// Notes how far a replay has come. `scope` is that of its route.
pub fn moved(connection: &Connection, scope: i64, key: &ReplayKey, at: Timestamp, now: Timestamp) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO replays (scope, feed, since, until, send_again, at, moved) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            scope,
            key.route.feed.as_str(),
            key.from.to_string(),
            key.to.to_string(),
            key.send_again,
            at.to_string(),
            Moment::from(now).ticks
        ])?;
    Ok(())
}

/// How far a replay has come.
pub fn reached(connection: &Connection, key: &ReplayKey) -> rusqlite::Result<Option<Timestamp>> {
    connection
        .prepare_cached(
            "SELECT at FROM replays JOIN scopes USING (scope)
             WHERE tenant = ?1 AND sink = ?2 AND feed = ?3 AND since = ?4 AND until = ?5 AND send_again = ?6",
        )?
        .query_row(
            params![
                key.route.tenant.as_str(),
                lookup::sink_text(key.route.sink.as_ref()),
                key.route.feed.as_str(),
                key.from.to_string(),
                key.to.to_string(),
                key.send_again
            ],
            |row| lookup::timestamp(row, 0),
        )
        .optional()
}

/// Notes what a replay has sent that sends everything again. All of it, until its end: an alert comes with an incident that changed long
/// after it did, and through more than one feed.
pub fn sent(connection: &Connection, scope: i64, key: &ReplayKey, seen: &[Seen]) -> rusqlite::Result<()> {
    if !key.send_again {
        return Ok(());
    }
    let (feed, since, until) = (key.route.feed.as_str(), key.from.to_string(), key.to.to_string());
    let mut note = connection
        .prepare_cached("INSERT OR IGNORE INTO replayed (scope, since, until, id, feed) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    seen.iter().try_for_each(|seen| note.execute(params![scope, since, until, seen.key.id, feed]).map(drop))
}

/// Which of these a replay has sent, through whichever feed.
pub fn has_sent(connection: &Connection, key: &ReplayKey, ids: &[String]) -> rusqlite::Result<Vec<bool>> {
    let Some(scope) = lookup::scope(connection, &key.route.tenant, key.route.sink.as_ref())? else {
        return Ok(vec![false; ids.len()]);
    };
    let (since, until) = (key.from.to_string(), key.to.to_string());
    let mut find =
        connection.prepare_cached("SELECT 1 FROM replayed WHERE scope = ?1 AND since = ?2 AND until = ?3 AND id = ?4")?;
    ids.iter().map(|id| find.exists(params![scope, since, until, id])).collect()
}

/// Forgets a replay through these feeds.
pub fn end(connection: &Connection, keys: &[ReplayKey]) -> rusqlite::Result<()> {
    keys.iter().try_for_each(|key| end_one(connection, key))?;
    crash::point("ledger.replay-ended");
    Ok(())
}

fn end_one(connection: &Connection, key: &ReplayKey) -> rusqlite::Result<()> {
    let Some(scope) = lookup::scope(connection, &key.route.tenant, key.route.sink.as_ref())? else { return Ok(()) };
    connection
        .prepare_cached("DELETE FROM replays WHERE scope = ?1 AND feed = ?2 AND since = ?3 AND until = ?4 AND send_again = ?5")?
        .execute(params![scope, key.route.feed.as_str(), key.from.to_string(), key.to.to_string(), key.send_again])?;
    if key.send_again {
        connection
            .prepare_cached("DELETE FROM replayed WHERE scope = ?1 AND feed = ?2 AND since = ?3 AND until = ?4")?
            .execute(params![scope, key.route.feed.as_str(), key.from.to_string(), key.to.to_string()])?;
    }
    Ok(())
}

/// Forgets replays that have not moved since a moment: nobody went on with them.
pub fn forget(connection: &Connection, before: Moment) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM replayed WHERE (scope, feed, since, until) IN
             (SELECT scope, feed, since, until FROM replays WHERE send_again AND moved < ?1)",
        )?
        .execute([before.ceiling()])?;
    connection.prepare_cached("DELETE FROM replays WHERE moved < ?1")?.execute([before.ceiling()])?;
    Ok(())
}

/// The alarms' note on a feed.
pub fn rhythm(connection: &Connection, tenant: &TenantId, feed: FeedKind) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached("SELECT rhythm FROM rhythms WHERE tenant = ?1 AND feed = ?2")?
        .query_row([tenant.as_str(), feed.as_str()], |row| row.get(0))
        .optional()
}

/// Replaces the alarms' note on a feed.
pub fn keep_rhythm(connection: &Connection, tenant: &TenantId, feed: FeedKind, rhythm: &str) -> rusqlite::Result<()> {
    connection.prepare_cached("INSERT OR REPLACE INTO rhythms (tenant, feed, rhythm) VALUES (?1, ?2, ?3)")?.execute([
        tenant.as_str(),
        feed.as_str(),
        rhythm,
    ])?;
    Ok(())
}
