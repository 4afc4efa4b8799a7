//! What a ledger holds, told to somebody who looks in from another process.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::sqlite;
use super::moment::{Moment, UNDATED};
use super::{connect, lock, lookup, schema};
use crate::ledger::{Aside, Figures, Known, LedgerError};
use crate::tenant::{SinkName, TenantId};

/// A ledger as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    pub file: PathBuf,
    pub layout: usize,
    /// Who has the lock, in its own words.
    pub holder: Option<String>,
    /// When the file was begun; `None` for one that an older version began.
    pub made: Option<Timestamp>,
    /// As [`crate::ledger::Ledger::remembers_since`].
    pub remembers_since: Option<Timestamp>,
    pub figures: Figures,
    /// The first and last day of which alerts are remembered, of those whose creation time is known.
    pub days: Option<(Timestamp, Timestamp)>,
    pub routes: Vec<RouteProgress>,
    pub replays: Vec<ReplayProgress>,
}

/// How far a route has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteProgress {
    pub tenant: TenantId,
    /// The word for the feed, as it was when it was written.
    pub feed: String,
    pub sink: Option<SinkName>,
    pub cursor: Timestamp,
}

/// How far a replay under way has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayProgress {
    pub route: RouteProgress,
    pub from: Timestamp,
    pub to: Timestamp,
    pub send_again: bool,
}

/// What is remembered of one alert for one tenant and sink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memory {
    pub tenant: TenantId,
    pub sink: Option<SinkName>,
    pub known: Known,
    /// When it was recorded, where the vendor gave no revision.
    pub recorded: Option<Timestamp>,
}

/// The ledger of a folder, open for a look.
#[derive(Debug)]
pub struct Look {
    connection: Connection,
    folder: PathBuf,
}

impl Look {
    /// Blocks for as long as the disk takes. Needs no lock and changes nothing.
    ///
    /// # Errors
    /// There is no ledger, it cannot be read, or it is not of this version.
    pub fn open(folder: &Path) -> Result<Self, LedgerError> {
        Ok(Self { connection: connect::visitor(folder)?, folder: folder.to_owned() })
    }

    /// Everything but the IDs; of one tenant if one is given.
    pub fn overview(&mut self, tenant: Option<&TenantId>) -> Result<Overview, LedgerError> {
        let file = connect::file(&self.folder);
        let (log, room) = (connect::log_bytes(&file), connect::room(&file));
        let mut read = || {
            let mut figures = lookup::figures(&mut self.connection, log, room)?;
            let wanted = |one: &TenantId| tenant.is_none_or(|tenant| tenant == one);
            figures.dead_letters.retain(|aside: &Aside| wanted(&aside.tenant));
            let mut routes = routes(&self.connection)?;
            routes.retain(|route| wanted(&route.tenant));
            let mut replays = replays(&self.connection)?;
            replays.retain(|replay| wanted(&replay.route.tenant));
            Ok(Overview {
                file: file.clone(),
                layout: schema::NEWEST,
                holder: lock::holder(&self.folder),
                made: lookup::mark(&self.connection, "made")?,
                remembers_since: lookup::mark(&self.connection, "forgotten")?,
                figures,
                days: days(&self.connection)?,
                routes,
                replays,
            })
        };
        read().map_err(|error: rusqlite::Error| sqlite("tell what it holds", &file, &error))
    }

    /// What each tenant and sink has had of an alert.
    pub fn alert(&self, id: &str, tenant: Option<&TenantId>) -> Result<Vec<Memory>, LedgerError> {
        memories(&self.connection, id, tenant).map_err(|error| sqlite("look up an alert", &connect::file(&self.folder), &error))
    }
}

fn routes(connection: &Connection) -> rusqlite::Result<Vec<RouteProgress>> {
    connection
        .prepare("SELECT tenant, feed, sink, at FROM scopes JOIN cursors USING (scope) ORDER BY tenant, feed, sink")?
        .query_map([], |row| {
            Ok(RouteProgress {
                tenant: TenantId::from(row.get::<_, String>(0)?),
                feed: row.get(1)?,
                sink: lookup::sink_name(row.get(2)?),
                cursor: lookup::timestamp(row, 3)?,
            })
        })?
        .collect()
}

fn replays(connection: &Connection) -> rusqlite::Result<Vec<ReplayProgress>> {
    connection
        .prepare(
            "SELECT tenant, feed, sink, at, since, until, send_again FROM scopes JOIN replays USING (scope)
             ORDER BY tenant, feed, sink, since, until, send_again",
        )?
        .query_map([], |row| {
            let route = RouteProgress {
                tenant: TenantId::from(row.get::<_, String>(0)?),
                feed: row.get(1)?,
                sink: lookup::sink_name(row.get(2)?),
                cursor: lookup::timestamp(row, 3)?,
            };
            let (from, to) = (lookup::timestamp(row, 4)?, lookup::timestamp(row, 5)?);
            Ok(ReplayProgress { route, from, to, send_again: row.get(6)? })
        })?
        .collect()
}

fn days(connection: &Connection) -> rusqlite::Result<Option<(Timestamp, Timestamp)>> {
    let day = |day: i64| Timestamp::from_second(day.saturating_mul(86_400)).ok();
    let ends: Option<(i64, i64)> = connection
        .query_row("SELECT min(day), max(day) FROM days WHERE day <> ?1 HAVING count(*) > 0", [UNDATED], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    Ok(ends.and_then(|(first, last)| Some((day(first)?, day(last)?))))
}

/// By the key that `seen` is clustered by, for each day and scope that there is: no row of others is read.
fn memories(connection: &Connection, id: &str, tenant: Option<&TenantId>) -> rusqlite::Result<Vec<Memory>> {
    let moment = |ticks: Option<i64>, nanos: i64| ticks.and_then(|ticks| Moment { ticks, nanos }.timestamp());
    connection
        .prepare(
            "SELECT tenant, sink, revision, nanos, resolved, recorded
             FROM scopes CROSS JOIN days CROSS JOIN seen ON seen.day = days.day AND seen.scope = scopes.scope AND seen.id = ?1
             WHERE ?2 IS NULL OR tenant = ?2 ORDER BY tenant, sink",
        )?
        .query_map(params![id, tenant.map(TenantId::as_str)], |row| {
            Ok(Memory {
                tenant: TenantId::from(row.get::<_, String>(0)?),
                sink: lookup::sink_name(row.get(1)?),
                known: Known { revision: moment(row.get(2)?, row.get(3)?), resolved: row.get(4)? },
                recorded: moment(row.get(5)?, 0),
            })
        })?
        .collect()
}
