//! Finds dead letters by what somebody knows of them.

use jiff::Timestamp;
use rusqlite::types::ToSql;
use rusqlite::{Connection, Row, named_params};

use super::lookup;
use crate::ledger::{Brief, DeadLetter, Kept, KeptFilter, RouteKey};
use crate::source::FeedKind;
use crate::tenant::{SinkName, TenantId};

/// With bodies, the oldest first. Those of a feed that this version does not know are left where they are.
pub fn select(connection: &Connection, filter: &KeptFilter) -> rusqlite::Result<Vec<Kept>> {
    let mut kept = Vec::new();
    each(connection, "entry, tenant, feed, sink, alert_id, reason, at, body", "ASC", filter, |row, at| {
        let Some(route) = route(row)? else { return Ok(false) };
        let letter = DeadLetter { alert_id: row.get(4)?, reason: row.get(5)?, at, body: row.get(7)? };
        kept.push(Kept { number: row.get(0)?, route, letter });
        Ok(true)
    })?;
    Ok(kept)
}

/// As [`select`], without bodies: their pages are not read.
pub fn select_briefly(connection: &Connection, filter: &KeptFilter) -> rusqlite::Result<Vec<Brief>> {
    let mut briefs = Vec::new();
    each(connection, "entry, tenant, feed, sink, alert_id, octet_length(body), at", "ASC", filter, |row, _| {
        let Some(route) = route(row)? else { return Ok(false) };
        briefs.push(Brief { number: row.get(0)?, route, alert_id: row.get(4)?, bytes: lookup::count(row, 5)? });
        Ok(true)
    })?;
    Ok(briefs)
}

/// Columns 1 to 3: tenant, feed, sink. `None` for a feed that this version does not know.
fn route(row: &Row<'_>) -> rusqlite::Result<Option<RouteKey>> {
    let Ok(feed) = row.get::<_, String>(2)?.parse::<FeedKind>() else { return Ok(None) };
    Ok(Some(RouteKey { tenant: TenantId::from(row.get::<_, String>(1)?), feed, sink: lookup::sink_name(row.get(3)?) }))
}

/// Shows each row that meets the filter to `take`, until it has taken as many as the limit says. Column 6 must be `at`, whose
/// moment is read for it.
pub fn each(
    connection: &Connection,
    columns: &str,
    order: &str,
    filter: &KeptFilter,
    mut take: impl FnMut(&Row<'_>, Timestamp) -> rusqlite::Result<bool>,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(&format!(
        "SELECT {columns} FROM dead_letters JOIN scopes USING (scope)
         WHERE entry > :after AND entry <= :last
           AND (:tenant IS NULL OR tenant = :tenant)
           AND (:sink IS NULL OR sink = :sink)
           AND (:feed IS NULL OR feed = :feed)
           AND (:alert_id IS NULL OR alert_id = :alert_id)
           AND (:reason IS NULL OR instr(lower(reason), lower(:reason)) > 0)
           AND (:numbers IS NULL OR entry IN (SELECT value FROM json_each(:numbers)))
         ORDER BY entry {order}",
    ))?;
    let numbers = filter.numbers.as_ref().map(|numbers| format!("{numbers:?}"));
    // Or one that is gone would be looked for to the end of the table.
    let last = filter.numbers.iter().flatten().max().copied().unwrap_or(i64::MAX);
    let mut rows = statement.query(named_params! {
        ":after": filter.after,
        ":last": last,
        ":tenant": filter.tenant.as_ref().map(TenantId::as_str),
        ":sink": filter.sink.as_ref().map(SinkName::as_str),
        ":feed": filter.feed.map(FeedKind::as_str),
        ":alert_id": filter.alert_id,
        ":reason": filter.reason,
        ":numbers": &numbers as &dyn ToSql,
    })?;
    let mut left = filter.limit.unwrap_or(u32::MAX);
    while left > 0 {
        let Some(row) = rows.next()? else { break };
        // As text, moments with and without fractions of a second do not sort by time.
        let at = lookup::timestamp(row, 6)?;
        if filter.spans(at) && take(row, at)? {
            left -= 1;
        }
    }
    Ok(())
}
