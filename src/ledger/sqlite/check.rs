//! Looks whether the ledger is whole: `SQLite`'s own check of every page, and whether its tables agree with each other.

use std::path::Path;

use rusqlite::{Connection, Row};

use super::error::sqlite;
use super::{connect, lookup};
use crate::ledger::LedgerError;

/// As many findings as anybody reads.
const MOST: usize = 100;

/// What must not be found, each with a sentence that has a row's text in place of `{}`.
const RULES: [(&str, &str); 9] = [
    (
        "IDs, counted and as noted, of day {}",
        "SELECT format('%d: %s and %s rows, their oldest moment %s and %s', day, rows, ids, first, oldest)
         FROM (SELECT day, count(*) AS rows, min(coalesce(revision, recorded)) AS first FROM seen GROUP BY day)
         FULL JOIN days USING (day) WHERE rows IS NOT ids OR first < oldest OR first IS NULL",
    ),
    (
        "dead letters, counted and as noted, of scope {}",
        "SELECT format('%d: %d and %d, with %d and %d bytes', scope, rows, dead_letters, bytes, dead_letter_bytes)
         FROM (SELECT scopes.scope, scopes.dead_letters, dead_letter_bytes, count(entry) AS rows,
                      coalesce(sum(length(CAST(body AS BLOB)) + length(CAST(reason AS BLOB)) + length(CAST(alert_id AS BLOB))), 0) AS bytes
               FROM scopes LEFT JOIN dead_letters ON dead_letters.scope = scopes.scope GROUP BY scopes.scope)
         WHERE rows <> dead_letters OR bytes <> dead_letter_bytes",
    ),
    ("IDs of scope {}, which there is not", "SELECT DISTINCT scope FROM seen WHERE scope NOT IN (SELECT scope FROM scopes)"),
    ("cursors of scope {}, which there is not", "SELECT DISTINCT scope FROM cursors WHERE scope NOT IN (SELECT scope FROM scopes)"),
    (
        "dead letters of scope {}, which there is not",
        "SELECT DISTINCT scope FROM dead_letters WHERE scope NOT IN (SELECT scope FROM scopes)",
    ),
    ("replays of scope {}, which there is not", "SELECT DISTINCT scope FROM replays WHERE scope NOT IN (SELECT scope FROM scopes)"),
    ("what replays sent of scope {}, which there is not", "SELECT DISTINCT scope FROM replayed WHERE scope NOT IN (SELECT scope FROM scopes)"),
    (
        "the ID {} with a moment that is none",
        "SELECT format('%Q of scope %d and day %d', id, scope, day) FROM seen
         WHERE nanos NOT BETWEEN 0 AND 99 OR resolved NOT IN (0, 1) OR (revision IS NULL) = (recorded IS NULL)",
    ),
    (
        "the tenant and sink {} more than once",
        "SELECT format('%Q, %Q', tenant, sink) FROM scopes GROUP BY tenant, sink HAVING count(*) > 1",
    ),
];

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    /// Sentences; none where all is well.
    pub wrong: Vec<String>,
    /// Rows by table.
    pub rows: Vec<(String, u64)>,
}

/// Reads every page and row of a folder's ledger, as of one moment, whether or not the daemon runs. Changes nothing.
///
/// # Errors
/// There is no ledger, it cannot be read at all, or it is not of this version.
pub fn run(folder: &Path) -> Result<Findings, LedgerError> {
    let file = connect::file(folder);
    let failed = |error: rusqlite::Error| sqlite("be checked", &file, &error);
    let mut connection = connect::visitor(folder)?;
    let transaction = connection.transaction().map_err(failed)?;
    let mut wrong = texts(&transaction, &format!("PRAGMA integrity_check({MOST})")).map_err(failed)?;
    wrong.retain(|line| line != "ok");
    if !wrong.is_empty() {
        // On broken pages every other question would find the same trouble again, or fail.
        return Ok(Findings { wrong, rows: Vec::new() });
    }
    for (sentence, query) in RULES {
        let found = texts(&transaction, &format!("SELECT * FROM ({query}) LIMIT {MOST}")).map_err(failed)?;
        wrong.extend(found.into_iter().map(|text| sentence.replace("{}", &text)));
    }
    for (table, column) in [("cursors", "at"), ("dead_letters", "at"), ("replays", "at")] {
        moments(&transaction, table, column, &mut wrong).map_err(failed)?;
    }
    let rows = rows(&transaction).map_err(failed)?;
    Ok(Findings { wrong, rows })
}

/// The first thing that is wrong with the pages of a file; `None` where all is well.
pub fn pages(connection: &Connection) -> rusqlite::Result<Option<String>> {
    let found = texts(connection, "PRAGMA quick_check(1)")?;
    Ok(found.into_iter().find(|line| line != "ok"))
}

/// How many rows each table has, by name.
pub fn rows(connection: &Connection) -> rusqlite::Result<Vec<(String, u64)>> {
    let tables =
        texts(connection, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")?;
    let count = |table: String| {
        let rows = connection.query_row(&format!("SELECT count(*) FROM \"{table}\""), [], |row| lookup::count(row, 0))?;
        Ok((table, rows))
    };
    tables.into_iter().map(count).collect()
}

fn moments(connection: &Connection, table: &str, column: &str, wrong: &mut Vec<String>) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(&format!("SELECT scope, feed, {column} FROM {table}"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if wrong.len() < MOST && lookup::timestamp(row, 2).is_err() {
            let (scope, feed, text): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            wrong.push(format!("{table} of scope {scope} and feed {feed:?} have the time {text:?}, which is none"));
        }
    }
    Ok(())
}

fn texts(connection: &Connection, query: &str) -> rusqlite::Result<Vec<String>> {
    let text = |row: &Row<'_>| {
        row.get_ref(0).map(|value| match value {
            rusqlite::types::ValueRef::Integer(number) => number.to_string(),
            other => other.as_str().unwrap_or("a value that is no text").to_owned(),
        })
    };
    connection.prepare(query)?.query_map([], text)?.collect()
}
