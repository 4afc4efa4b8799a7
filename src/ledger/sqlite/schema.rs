//! Whose file it is, which version wrote it, and how an older one is brought forward.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::error::{refusal, sqlite};
use super::moment::Moment;
use crate::ledger::LedgerError;
use crate::{clock, crash};

/// Marks the file as ours: "ALFR".
const APPLICATION_ID: i64 = 0x414C_4652;

/// The statements that lead from version `n` to `n + 1` stand at place `n`. A published one never changes.
const MIGRATIONS: [&str; 2] = [include_str!("schema-1.sql"), include_str!("schema-2.sql")];

/// This version's layout.
pub const NEWEST: usize = MIGRATIONS.len();

/// Creates the tables in an empty file, brings an older file forward, refuses everybody else's. Answers with the layout that the
/// file had before, 0 for an empty one. `lost`: an empty one stands for a ledger that was there before.
pub fn prepare(connection: &mut Connection, file: &Path, lost: bool) -> Result<usize, LedgerError> {
    migrate(connection, file, &MIGRATIONS, lost)
}

/// Refuses a file that is not ours, or too new, and changes nothing. Answers with its layout.
pub fn refuse_strangers(connection: &Connection, file: &Path) -> Result<usize, LedgerError> {
    inspect(file, &version(connection, file)?, MIGRATIONS.len())
}

/// Refuses a file that is not ours or not of this very version, and changes nothing.
pub fn check(connection: &Connection, file: &Path) -> Result<(), LedgerError> {
    let version = version(connection, file)?;
    if inspect(file, &version, MIGRATIONS.len())? == MIGRATIONS.len() {
        return Ok(());
    }
    Err(refusal(
        format!(
            "{} was written by an older version of alertferry (layout {}, this one reads {}).",
            file.display(),
            version.layout,
            MIGRATIONS.len()
        ),
        "Start this version of alertferry once: it brings the ledger forward.",
    ))
}

/// What a file says about itself.
struct Version {
    application: i64,
    layout: i64,
    empty: bool,
}

fn version(connection: &Connection, file: &Path) -> Result<Version, LedgerError> {
    connection
        .query_row(
            "SELECT application_id, user_version, NOT EXISTS (SELECT 1 FROM sqlite_schema)
             FROM pragma_application_id, pragma_user_version",
            [],
            |row| Ok(Version { application: row.get(0)?, layout: row.get(1)?, empty: row.get(2)? }),
        )
        .map_err(|error| sqlite("be opened", file, &error))
}

/// How many migrations the file has behind it.
fn inspect(file: &Path, version: &Version, newest: usize) -> Result<usize, LedgerError> {
    if version.empty && version.application == 0 && version.layout == 0 {
        return Ok(0);
    }
    let file = file.display();
    if version.application != APPLICATION_ID {
        return Err(refusal(
            format!(
                "{file} is a SQLite database of another program (application ID {}, expected {APPLICATION_ID}).",
                version.application
            ),
            "Name a folder of alertferry's own as `path` in [ledger].",
        ));
    }
    usize::try_from(version.layout).ok().filter(|layout| (1..=newest).contains(layout)).ok_or_else(|| {
        refusal(
            format!(
                "{file} was written by a newer version of alertferry (layout {}, this one reads up to {newest}).",
                version.layout
            ),
            "Run that newer version, or restore a backup made by this one; docs/ledger.md says what an empty ledger costs.",
        )
    })
}

fn migrate(connection: &mut Connection, file: &Path, migrations: &[&str], lost: bool) -> Result<usize, LedgerError> {
    let done = inspect(file, &version(connection, file)?, migrations.len())?;
    if done == migrations.len() {
        return Ok(done);
    }
    let mut run = || {
        // One transaction: a crash leaves either the old layout or the new one.
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        for (layout, migration) in (1..).zip(migrations).skip(done) {
            transaction.execute_batch(migration)?;
            transaction.pragma_update(None, "user_version", layout)?;
            crash::point("ledger.layout-written");
        }
        if done == 0 {
            let now = Moment::from(clock::now());
            transaction.execute("INSERT INTO marks VALUES ('made', ?1)", [now.ticks])?;
            if lost {
                // Or a replay would take everything that was sent before for never sent.
                transaction.execute("INSERT INTO marks VALUES ('forgotten', ?1)", [now.ceiling()])?;
            }
        }
        transaction.commit()
    };
    run().map_err(|error| sqlite("be brought to this version's layout", file, &error))?;
    crash::point("ledger.laid-out");
    Ok(done)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rusqlite::Connection;

    use super::{MIGRATIONS, check, migrate};

    const FILE: &str = "ledger.sqlite3";

    fn layout(connection: &Connection) -> i64 {
        connection.query_row("SELECT user_version FROM pragma_user_version", [], |row| row.get(0)).unwrap()
    }

    /// All of ours and one that is yet to come.
    fn with(next: &'static str) -> Vec<&'static str> {
        MIGRATIONS.into_iter().chain([next]).collect()
    }

    #[test]
    fn an_older_ledger_is_brought_forward_with_what_it_holds() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, Path::new(FILE), &MIGRATIONS, false).unwrap();
        connection.execute("INSERT INTO scopes (tenant, sink) VALUES ('t', 's')", []).unwrap();
        let next = with("ALTER TABLE scopes ADD COLUMN note TEXT NOT NULL DEFAULT 'new'");
        migrate(&mut connection, Path::new(FILE), &next, false).unwrap();
        assert_eq!(layout(&connection), 3);
        let kept: (String, String) =
            connection.query_row("SELECT tenant, note FROM scopes", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!(kept, ("t".to_owned(), "new".to_owned()));
        let error = check(&connection, Path::new(FILE)).expect_err("layout 3 is newer than this version");
        assert!(error.message.contains("layout 3, this one reads up to 2"), "{error}");
    }

    #[test]
    fn a_migration_that_fails_leaves_the_old_layout() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, Path::new(FILE), &MIGRATIONS, false).unwrap();
        let broken = with("ALTER TABLE scopes ADD COLUMN note TEXT; SELECT nonsense");
        migrate(&mut connection, Path::new(FILE), &broken, false).expect_err("the second statement is wrong");
        assert_eq!(layout(&connection), 2);
        assert!(connection.prepare("SELECT note FROM scopes").is_err());
        check(&connection, Path::new(FILE)).unwrap();
    }
}
