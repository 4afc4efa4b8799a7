//! Why a command that looks into the ledger could not answer, and the exit code that says so.

use std::io::{self, Write as _};
use std::process::ExitCode;

use super::exit;
use crate::ledger::LedgerError;

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Trouble {
    /// What was asked for makes no sense with this configuration.
    Question(String),
    /// There is nothing of that name, or what was looked at is not well.
    Found(String),
    Ledger(LedgerError),
    Output(io::Error),
}

impl From<LedgerError> for Trouble {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(error)
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Writes an answer to standard output.
pub(super) fn say(text: &str) -> Result<(), Trouble> {
    Ok(writeln!(io::stdout().lock(), "{}", text.trim_end())?)
}

/// Says what went wrong on standard error, and what the process answers.
pub(super) fn end(answer: Result<(), Trouble>) -> ExitCode {
    let (message, code) = match answer {
        Ok(()) => return ExitCode::SUCCESS,
        // Whoever read us has seen enough: `list | head`.
        Err(Trouble::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => return ExitCode::SUCCESS,
        Err(Trouble::Output(error)) => (format!("could not write the answer: {error}"), exit::NOT_STARTED),
        Err(Trouble::Question(message)) => (message, exit::CONFIG),
        Err(Trouble::Found(message)) => (message, exit::NOT_STARTED),
        Err(Trouble::Ledger(error)) => {
            (format!("{error} {}", error.advice.as_deref().unwrap_or_default()).trim_end().to_owned(), exit::NOT_STARTED)
        }
    };
    eprintln!("alertferry: {message}");
    ExitCode::from(code)
}
