//! What became of one alert on one route.

/// Exactly one of these for each alert that a route was offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The far side has it.
    Forwarded,
    /// The route had it already.
    Duplicate,
    /// The route's filter does not want it.
    Filtered,
    /// Kept aside with its reason.
    DeadLettered,
}

impl Outcome {
    pub const ALL: [Outcome; 4] = [Outcome::Forwarded, Outcome::Duplicate, Outcome::Filtered, Outcome::DeadLettered];

    /// The metric label.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Forwarded => "forwarded",
            Outcome::Duplicate => "duplicate",
            Outcome::Filtered => "filtered",
            Outcome::DeadLettered => "dead_lettered",
        }
    }
}
