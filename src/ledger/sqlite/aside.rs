//! Keeps alerts aside, lifts those that are settled, and lets go of the oldest where there are too many.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::lookup;
use crate::ledger::settings::Bounds;
use crate::ledger::{Aside, DeadLetter, Dropped, Recorded, RouteKey};

/// Keeps one dead letter for each alert and route: the newest.
pub fn keep(connection: &Connection, scope: i64, route: &RouteKey, letter: &DeadLetter) -> rusqlite::Result<()> {
    let feed = route.feed.as_str();
    // Not `INSERT OR REPLACE`, which would pass over the trigger that counts.
    connection.prepare_cached("DELETE FROM dead_letters WHERE alert_id = ?1 AND scope = ?2 AND feed = ?3")?.execute(params![
        letter.alert_id,
        scope,
        feed
    ])?;
    connection
        .prepare_cached("INSERT INTO dead_letters (scope, feed, alert_id, reason, at, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(params![scope, feed, letter.alert_id, letter.reason, letter.at.to_string(), letter.body])?;
    Ok(())
}

/// Takes out those that are settled.
pub fn lift(connection: &Connection, numbers: &[i64]) -> rusqlite::Result<()> {
    if numbers.is_empty() {
        return Ok(()); // nearly every step
    }
    let mut statement = connection.prepare_cached("DELETE FROM dead_letters WHERE entry = ?1")?;
    numbers.iter().try_for_each(|number| statement.execute([number]).map(drop))
}

/// Gives those that stay the reason why they do now. The triggers count letters that come and go, not this.
pub fn stay(connection: &Connection, letters: &[(i64, String)]) -> rusqlite::Result<()> {
    for (number, reason) in letters {
        connection
            .prepare_cached(
                "UPDATE scopes SET dead_letter_bytes = dead_letter_bytes + octet_length(?2) - octet_length(letter.reason)
                 FROM dead_letters AS letter WHERE letter.entry = ?1 AND letter.scope = scopes.scope",
            )?
            .execute(params![number, reason])?;
        connection.prepare_cached("UPDATE dead_letters SET reason = ?2 WHERE entry = ?1")?.execute(params![number, reason])?;
    }
    Ok(())
}

/// How many dead letters a scope has, and their bytes.
pub fn amount(connection: &Connection, scope: i64) -> rusqlite::Result<(u64, u64)> {
    connection
        .prepare_cached("SELECT dead_letters, dead_letter_bytes FROM scopes WHERE scope = ?1")?
        .query_row([scope], |row| Ok((lookup::count(row, 0)?, lookup::count(row, 1)?)))
}

/// Lets go of a scope's oldest until it keeps the bounds. `before` is what there was before this step.
pub fn bound(
    connection: &Connection,
    scope: i64,
    route: &RouteKey,
    before: (u64, u64),
    bounds: Bounds,
) -> rusqlite::Result<Recorded> {
    let (mut letters, mut bytes) = amount(connection, scope)?;
    let newly_crowded = bounds.crowded(letters, bytes) && !bounds.crowded(before.0, before.1);
    let crowded = newly_crowded.then(|| Aside { tenant: route.tenant.clone(), sink: route.sink.clone(), letters, bytes });
    let mut dropped = Vec::new();
    while bounds.exceeded(letters, bytes) {
        let oldest = connection
            .prepare_cached("SELECT entry, feed, alert_id, at FROM dead_letters WHERE scope = ?1 ORDER BY entry LIMIT 1")?
            .query_row([scope], name)
            .optional()?;
        let Some(oldest) = oldest else { break };
        lift(connection, &[oldest.number])?;
        dropped.push(oldest);
        (letters, bytes) = amount(connection, scope)?;
    }
    Ok(Recorded { dropped, crowded })
}

fn name(row: &Row<'_>) -> rusqlite::Result<Dropped> {
    Ok(Dropped { number: row.get(0)?, feed: row.get(1)?, alert_id: row.get(2)?, at: lookup::timestamp(row, 3)? })
}
