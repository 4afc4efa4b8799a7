//! Where log lines go and how they look: text on a terminal, JSON elsewhere, always on standard error.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

use super::harmless::Harmless;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

/// The variable that chooses what is logged, in `tracing`'s directives, e.g. `info,alertferry=debug`.
const LEVELS: &str = "ALERTFERRY_LOG";

/// Starts logging for the whole process. A second call changes nothing.
///
/// # Errors
/// When `ALERTFERRY_LOG` cannot be understood.
pub fn start(format: Option<LogFormat>, default_levels: &str) -> Result<(), ParseError> {
    let levels = std::env::var(LEVELS).unwrap_or_else(|_| default_levels.to_owned());
    let filter = EnvFilter::try_new(levels)?;
    let terminal = std::io::stderr().is_terminal();
    let format = format.unwrap_or(if terminal { LogFormat::Text } else { LogFormat::Json });
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| Harmless(std::io::stderr()));
    // A logger that is already there (a test's) stays.
    let _ = match format {
        LogFormat::Text => {
            let colour = terminal && std::env::var_os("NO_COLOR").is_none();
            lines.with_ansi(colour).with_target(false).try_init()
        }
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).with_span_list(false).try_init(),
    };
    Ok(())
}
