//! From when on something is an alarm.

use std::time::Duration;

/// What holds for the daemon as a whole, and for every tenant that does not say otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How often everything is looked at.
    pub every: Duration,
    /// An alarm is over when nothing has been wrong for this long: what comes and goes is told once.
    pub clear_after: Duration,
    /// A sink that has been down for this long.
    pub sink_down_after: Duration,
    /// A sink that can be reached and has taken nothing from a route for this long.
    pub sink_refusing_after: Duration,
    /// A credential that ends within this time.
    pub credential_before: Duration,
    /// So many dead letters of a tenant and sink; 0 for never.
    pub dead_letters: u64,
    pub limits: Limits,
}

impl Default for Settings {
    /// As `config/default.toml` has it; a test holds the two together.
    fn default() -> Self {
        let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
        Self {
            every: Duration::from_secs(5),
            clear_after: Duration::from_secs(30),
            sink_down_after: minutes(1),
            sink_refusing_after: minutes(5),
            credential_before: minutes(30 * 24 * 60),
            dead_letters: 1,
            limits: Limits { stalled_after: minutes(15), behind_after: minutes(60), silent_after: SilentAfter::Usual },
        }
    }
}

/// What a tenant may have otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// A feed that has not come any further for this long.
    pub stalled_after: Duration,
    /// A cursor this far behind the server's present.
    pub behind_after: Duration,
    pub silent_after: SilentAfter,
}

/// From when on a feed that has nothing is silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SilentAfter {
    /// As its own rhythm says.
    Usual,
    /// When nothing has come for this long.
    Fixed(Duration),
    Never,
}

impl SilentAfter {
    /// Reads `usual`, `never`, or a duration by `parse`.
    pub fn read(text: &str, parse: impl FnOnce(&str) -> Option<Duration>) -> Option<Self> {
        match text {
            "usual" => Some(SilentAfter::Usual),
            "never" => Some(SilentAfter::Never),
            text => parse(text).filter(|duration| !duration.is_zero()).map(SilentAfter::Fixed),
        }
    }
}
