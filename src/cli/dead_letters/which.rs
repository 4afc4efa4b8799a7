//! Which dead letters somebody means, in the words of the command line.

use clap::builder::NonEmptyStringValueParser as NotEmpty;
use jiff::Timestamp;

use super::Place;
use crate::cli::when;
use crate::control::wire;
use crate::ledger::KeptFilter;
use crate::source::FeedKind;

/// Those that meet every condition given.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Which")]
pub struct Which {
    /// Only those of this tenant: our name for it, or its Entra tenant ID.
    #[arg(long, value_name = "NAME|ID")]
    pub tenant: Option<String>,
    /// Only those that this sink should have had; `-` for those of a feed itself, which no sink could be offered.
    #[arg(long, value_name = "NAME|-", value_parser = NotEmpty::new())]
    pub sink: Option<String>,
    /// Only those that came through this feed.
    #[arg(long, value_name = "FEED", value_parser = feed)]
    pub feed: Option<FeedKind>,
    /// Only those of this alert ID.
    #[arg(long, value_name = "ID", value_parser = NotEmpty::new())]
    pub alert: Option<String>,
    /// Only those whose reason holds this text, in upper or lower case.
    // An empty one would be in every reason: `discard --reason "$UNSET"` must not cost everything.
    #[arg(long, value_name = "TEXT", value_parser = NotEmpty::new())]
    pub reason: Option<String>,
    /// Only those kept aside then or later.
    #[arg(long, value_name = when::VALUE, value_parser = when::moment)]
    pub since: Option<Timestamp>,
    /// Only those kept aside then or earlier.
    #[arg(long, value_name = when::VALUE, value_parser = when::moment)]
    pub until: Option<Timestamp>,
    /// Only those of these numbers, as `list` shows them.
    #[arg(long = "number", value_name = "N", value_delimiter = ',')]
    pub numbers: Vec<i64>,
}

impl Which {
    /// Nothing was said: every dead letter is meant.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.tenant.is_none()
            && self.sink.is_none()
            && self.feed.is_none()
            && self.alert.is_none()
            && self.reason.is_none()
            && self.since.is_none()
            && self.until.is_none()
            && self.numbers.is_empty()
    }

    /// In the ledger's words.
    ///
    /// # Errors
    /// A sentence, where the tenant is not known.
    pub fn filter(&self, place: &Place) -> Result<KeptFilter, String> {
        Ok(KeptFilter {
            tenant: self.tenant.as_deref().map(|word| place.tenant(word)).transpose()?,
            sink: self.sink.as_deref().map(KeptFilter::sink),
            feed: self.feed,
            alert_id: self.alert.clone(),
            reason: self.reason.clone(),
            since: self.since,
            until: self.until,
            numbers: (!self.numbers.is_empty()).then(|| self.numbers.clone()),
            after: 0,
            limit: None,
        })
    }
}

impl From<&Which> for wire::Which {
    /// In the words of the control socket, whose daemon knows the names.
    fn from(which: &Which) -> Self {
        Self {
            tenant: which.tenant.clone(),
            sink: which.sink.clone(),
            feed: which.feed.map(|feed| feed.to_string()),
            alert_id: which.alert.clone(),
            reason: which.reason.clone(),
            since: which.since,
            until: which.until,
            numbers: (!which.numbers.is_empty()).then(|| which.numbers.clone()),
        }
    }
}

/// The feed of a word.
fn feed(word: &str) -> Result<FeedKind, String> {
    word.parse().map_err(|()| {
        let words: Vec<&str> = FeedKind::ALL.iter().map(|(_, word)| *word).collect();
        format!("expected one of {}", words.join(", "))
    })
}
