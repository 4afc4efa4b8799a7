//! What can be set of the ledger. [`crate::config`] fills these in; every value here has been checked.

use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, Clone)]
pub struct Settings {
    pub kind: Kind,
    /// How long an ID is remembered after its last revision.
    pub retention: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// `SQLite` in this folder.
    Embedded(PathBuf),
    /// Forgets everything at the end of the process.
    Memory,
}
