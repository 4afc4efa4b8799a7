//! Finds what is remembered, by the columns that `seen` is clustered by.

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::moment::{Moment, UNDATED, day};
use crate::ledger::{Aside, Figures, FileFigures, Known, SeenKey};
use crate::source::FeedKind;
use crate::tenant::{SinkName, TenantId};

/// What `scopes.sink` holds for a route's sink.
pub fn sink_text(sink: Option<&SinkName>) -> &str {
    sink.map_or("", SinkName::as_str)
}

/// The sink that a text of `scopes.sink` stands for.
pub fn sink_name(text: String) -> Option<SinkName> {
    (!text.is_empty()).then(|| SinkName::from(text))
}

/// The number of a (sink, tenant), if anything was ever recorded for it.
pub fn scope(connection: &Connection, tenant: &TenantId, sink: Option<&SinkName>) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT scope FROM scopes WHERE tenant = ?1 AND sink = ?2")?
        .query_row([tenant.as_str(), sink_text(sink)], |row| row.get(0))
        .optional()
}

/// Where an ID stands, with what is remembered there. More than one place only if somebody gave it creation times days apart.
pub fn find(connection: &Connection, scope: i64, key: &SeenKey) -> rusqlite::Result<Vec<(i64, Known)>> {
    let read = |row: &Row<'_>| Ok((row.get(0)?, remembered(row)?));
    if key.created.is_some() {
        // Two feeds may differ by less than a day, and one of them may give no creation time at all.
        let day = day(key.created);
        connection
            .prepare_cached(
                "SELECT day, revision, nanos, resolved FROM seen WHERE day IN (?1, ?2, ?3, ?4) AND scope = ?5 AND id = ?6",
            )?
            .query_map(params![day, day - 1, day + 1, UNDATED, scope, key.id], read)?
            .collect()
    } else {
        connection
            .prepare_cached(
                "SELECT day, revision, nanos, resolved FROM seen WHERE day IN (SELECT day FROM days) AND scope = ?1 AND id = ?2",
            )?
            .query_map(params![scope, key.id], read)?
            .collect()
    }
}

/// What is remembered of each key, in order, as of one moment.
pub fn known(
    connection: &mut Connection,
    tenant: &TenantId,
    sink: Option<&SinkName>,
    keys: &[SeenKey],
) -> rusqlite::Result<Vec<Option<Known>>> {
    let transaction = connection.transaction()?;
    let Some(scope) = scope(&transaction, tenant, sink)? else {
        return Ok(vec![None; keys.len()]);
    };
    keys.iter()
        .map(|key| Ok(find(&transaction, scope, key)?.into_iter().map(|(_, known)| known).max_by_key(|known| known.revision)))
        .collect()
}

/// The cursors of a feed's routes.
pub fn cursors(connection: &Connection, tenant: &TenantId, feed: FeedKind) -> rusqlite::Result<Vec<(SinkName, Timestamp)>> {
    connection
        .prepare_cached(
            "SELECT sink, at FROM scopes JOIN cursors USING (scope) WHERE tenant = ?1 AND feed = ?2 AND sink <> '' ORDER BY sink",
        )?
        .query_map([tenant.as_str(), feed.as_str()], |row| Ok((SinkName::from(row.get::<_, String>(0)?), timestamp(row, 1)?)))?
        .collect()
}

/// The numbers for metrics, without a look at `seen`. `log` and `room` as in [`FileFigures`].
pub fn figures(connection: &mut Connection, log: u64, room: Option<u64>) -> rusqlite::Result<Figures> {
    let transaction = connection.transaction()?;
    let ids = transaction.prepare_cached("SELECT coalesce(sum(ids), 0) FROM days")?.query_row([], |row| count(row, 0))?;
    let dead_letters = transaction
        .prepare_cached(
            "SELECT tenant, sink, dead_letters, dead_letter_bytes FROM scopes WHERE dead_letters > 0 ORDER BY tenant, sink",
        )?
        .query_map([], |row| {
            let (tenant, sink) = (TenantId::from(row.get::<_, String>(0)?), sink_name(row.get(1)?));
            Ok(Aside { tenant, sink, letters: count(row, 2)?, bytes: count(row, 3)? })
        })?
        .collect::<rusqlite::Result<_>>()?;
    let (bytes, free) = transaction
        .prepare_cached(
            "SELECT page_count * page_size, freelist_count * page_size
             FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
        )?
        .query_row([], |row| Ok((count(row, 0)?, count(row, 1)?)))?;
    Ok(Figures { ids, dead_letters, file: Some(FileFigures { bytes, free, log, room }) })
}

/// The moment of a mark of the ledger's own life.
pub fn mark(connection: &Connection, mark: &str) -> rusqlite::Result<Option<Timestamp>> {
    connection
        .prepare_cached("SELECT at FROM marks WHERE mark = ?1")?
        .query_row([mark], |row| {
            let ticks = row.get(0)?;
            Moment { ticks, nanos: 0 }.timestamp().ok_or(rusqlite::Error::IntegralValueOutOfRange(0, ticks))
        })
        .optional()
}

/// A date that stands as text in a column.
pub fn timestamp(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    row.get::<_, String>(column)?
        .parse()
        .map_err(|error: jiff::Error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into()))
}

/// Columns 1 to 3: revision, nanos, resolved.
fn remembered(row: &Row<'_>) -> rusqlite::Result<Known> {
    let revision = match row.get(1)? {
        None => None,
        Some(ticks) => {
            let moment = Moment { ticks, nanos: row.get(2)? };
            Some(moment.timestamp().ok_or(rusqlite::Error::IntegralValueOutOfRange(1, ticks))?)
        }
    };
    Ok(Known { revision, resolved: row.get(3)? })
}

/// A number that cannot be negative.
pub fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let count: i64 = row.get(column)?;
    u64::try_from(count).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, count))
}
