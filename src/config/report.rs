//! Everything that is wrong with a configuration, gathered so that it can be told at once.

use std::cell::RefCell;
use std::fmt;

/// Why a configuration was refused: every mistake, one line each. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    mistakes: Vec<String>,
}

impl ConfigError {
    /// One sentence each, with the key path, what was found and what is accepted; at least one.
    #[must_use]
    pub fn mistakes(&self) -> &[String] {
        &self.mistakes
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.mistakes.join("\n"))
    }
}

impl std::error::Error for ConfigError {}

/// The mistakes and warnings so far. Shared by everything that reads, hence the cells.
#[derive(Debug, Default)]
pub(super) struct Report {
    mistakes: RefCell<Vec<String>>,
    warnings: RefCell<Vec<String>>,
}

impl Report {
    pub fn mistake(&self, text: impl Into<String>) {
        self.mistakes.borrow_mut().push(text.into());
    }

    pub fn warn(&self, text: impl Into<String>) {
        self.warnings.borrow_mut().push(text.into());
    }

    pub fn is_clean(&self) -> bool {
        self.mistakes.borrow().is_empty()
    }

    /// The warnings, unless there were mistakes.
    pub fn finish(self) -> Result<Vec<String>, ConfigError> {
        let mistakes = self.mistakes.into_inner();
        if mistakes.is_empty() { Ok(self.warnings.into_inner()) } else { Err(ConfigError { mistakes }) }
    }
}
