//! What `SQLite` says, turned into sentences that name the file and say what to do.

use std::io;
use std::path::Path;

use rusqlite::ErrorCode;

use crate::ledger::LedgerError;

const START_OVER: &str =
    "Restore the ledger from a backup, or move the file away to start with an empty one; docs/ledger.md says what that costs.";

/// A refusal in our own words.
pub fn refusal(message: impl Into<String>, advice: impl Into<String>) -> LedgerError {
    LedgerError { message: message.into(), advice: Some(advice.into()) }
}

/// `SQLite` could not do `what` (an infinitive) with `file`.
pub fn sqlite(what: &str, file: &Path, error: &rusqlite::Error) -> LedgerError {
    let file = file.display();
    let advice = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => {
            format!("Make room on the file system of {file}; the alerts are offered again by themselves.")
        }
        Some(ErrorCode::NotADatabase) => {
            return refusal(format!("{file} is not a SQLite database: expected alertferry's ledger."), START_OVER);
        }
        Some(ErrorCode::DatabaseCorrupt) => {
            return refusal(format!("{file} is damaged; SQLite could not {what}: {error}."), START_OVER);
        }
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            format!(
                "Let the user that runs alertferry read and write {file}, the files beside it and their folder, \
                 and see that the file system is not mounted read-only."
            )
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            format!("Another program holds a lock on {file}, a sqlite3 shell perhaps; end its transaction.")
        }
        Some(ErrorCode::SystemIoFailure) => {
            format!("See whether the disk that holds {file} is full, and look into the system's log for trouble with it.")
        }
        _ => "This looks like a defect of alertferry; please report it with this message.".to_owned(),
    };
    refusal(format!("The ledger {file} could not {what}: {error}."), advice)
}

/// The operating system would not let us do `what` (an infinitive) with `path`.
pub fn io(what: &str, path: &Path, error: &io::Error) -> LedgerError {
    let advice = match error.kind() {
        io::ErrorKind::NotFound => "Create its parent folder, or name another one as `path` in [ledger].",
        io::ErrorKind::PermissionDenied => {
            "Let the user that runs alertferry write there, or name another folder as `path` in [ledger]."
        }
        io::ErrorKind::ReadOnlyFilesystem => "Mount the file system for writing, or name another folder as `path` in [ledger].",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "Make room on its file system.",
        _ => "Name a folder that this user can write as `path` in [ledger].",
    };
    refusal(format!("Could not {what} {}: {error}.", path.display()), advice)
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};
    use std::path::Path;

    use rusqlite::ffi;

    #[test]
    fn each_trouble_has_the_advice_that_helps() {
        let told = |code| {
            let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            super::sqlite("be read", Path::new("l"), &error).advice.unwrap_or_default()
        };
        let table = [
            (ffi::SQLITE_FULL, "Make room"),
            (ffi::SQLITE_NOTADB, "Restore the ledger from a backup"),
            (ffi::SQLITE_CORRUPT, "Restore the ledger from a backup"),
            (ffi::SQLITE_READONLY, "not mounted read-only"),
            (ffi::SQLITE_CANTOPEN, "not mounted read-only"),
            (ffi::SQLITE_PERM, "not mounted read-only"),
            (ffi::SQLITE_BUSY, "end its transaction"),
            (ffi::SQLITE_LOCKED, "end its transaction"),
            (ffi::SQLITE_IOERR, "the system's log"),
            (ffi::SQLITE_MISUSE, "defect of alertferry"),
        ];
        for (code, advice) in table {
            assert!(told(code).contains(advice), "{code}: {}", told(code));
        }
    }

    #[test]
    fn each_refusal_of_the_system_has_the_advice_that_helps() {
        let told = |kind| super::io("make", Path::new("l"), &Error::from(kind)).advice.unwrap_or_default();
        let table = [
            (ErrorKind::NotFound, "Create its parent folder"),
            (ErrorKind::PermissionDenied, "Let the user"),
            (ErrorKind::ReadOnlyFilesystem, "Mount the file system for writing"),
            (ErrorKind::StorageFull, "Make room"),
            (ErrorKind::QuotaExceeded, "Make room"),
            (ErrorKind::Other, "Name a folder that this user can write"),
        ];
        for (kind, advice) in table {
            assert!(told(kind).contains(advice), "{kind:?}: {}", told(kind));
        }
    }
}
