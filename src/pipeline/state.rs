//! How a feed is doing, in one word.

use crate::source::Trouble;

/// A feed is in exactly one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FeedState {
    /// The last pass read its window to the end.
    Ok,
    /// The API asked us to wait.
    Throttled,
    /// Passing trouble: the API or the way to it fails.
    Degraded,
    /// Somebody at the customer's must act.
    NeedsConsent,
    /// Our configuration or credential is wrong.
    Broken,
    /// It answers, but does not get further.
    Stalled,
    /// It answers, but has had nothing for far longer than usual.
    Silent,
}

impl FeedState {
    /// Every word, for metrics.
    pub const WORDS: [&'static str; 7] = ["ok", "throttled", "degraded", "needs_consent", "broken", "stalled", "silent"];

    /// The word used in metrics, the JSON API and logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            FeedState::Ok => "ok",
            FeedState::Throttled => "throttled",
            FeedState::Degraded => "degraded",
            FeedState::NeedsConsent => "needs_consent",
            FeedState::Broken => "broken",
            FeedState::Stalled => "stalled",
            FeedState::Silent => "silent",
        }
    }
}

impl From<Trouble> for FeedState {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Throttled(_) => FeedState::Throttled,
            Trouble::Passing => FeedState::Degraded,
            Trouble::NeedsConsent => FeedState::NeedsConsent,
            Trouble::Broken => FeedState::Broken,
            Trouble::Stalled => FeedState::Stalled,
        }
    }
}
