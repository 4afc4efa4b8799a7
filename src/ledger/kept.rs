//! Dead letters as they lie in the ledger, and which of them somebody means.

use jiff::Timestamp;

use super::{DeadLetter, RouteKey};
use crate::source::FeedKind;
use crate::tenant::{SinkName, TenantId};

/// A dead letter as it lies in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its own for ever; later ones have larger numbers. An alert that is read and kept aside again gets a new one; a letter that is
    /// retried in vain stays the same.
    pub number: i64,
    pub route: RouteKey,
    pub letter: DeadLetter,
}

/// A dead letter without the vendor's bytes, which may be many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    /// As in [`Kept`].
    pub number: i64,
    pub route: RouteKey,
    pub alert_id: String,
    /// The length of its body.
    pub bytes: u64,
}

/// Which dead letters: those that meet every condition given. The default is all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeptFilter {
    pub tenant: Option<TenantId>,
    /// An empty name: no sink, but the feed itself.
    pub sink: Option<SinkName>,
    pub feed: Option<FeedKind>,
    pub alert_id: Option<String>,
    /// The reason holds this text; the case of ASCII letters does not matter.
    pub reason: Option<String>,
    /// Kept aside then or later.
    pub since: Option<Timestamp>,
    /// Kept aside then or earlier.
    pub until: Option<Timestamp>,
    pub numbers: Option<Vec<i64>>,
    /// Only larger numbers: where the last page ended.
    pub after: i64,
    /// At most this many.
    pub limit: Option<u32>,
}

impl KeptFilter {
    /// Those of these numbers.
    #[must_use]
    pub fn of(numbers: Vec<i64>) -> Self {
        // Nobody looks on behind the last of them.
        let after = numbers.iter().min().map_or(0, |first| first - 1);
        let limit = u32::try_from(numbers.len()).ok();
        Self { numbers: Some(numbers), after, limit, ..Self::default() }
    }

    /// The sink that `dead-letters list` shows as this word: `-` is none, for the letters of a feed itself.
    #[must_use]
    pub fn sink(word: &str) -> SinkName {
        SinkName::from(if word == "-" { "" } else { word })
    }

    /// Whether a letter meets every condition but the limit.
    #[must_use]
    pub fn takes(&self, number: i64, route: &RouteKey, letter: &DeadLetter) -> bool {
        fn meets<T: PartialEq + ?Sized>(wanted: Option<&T>, found: Option<&T>) -> bool {
            wanted.is_none() || wanted == found
        }
        let reason = letter.reason.to_ascii_lowercase();
        meets(self.tenant.as_ref(), Some(&route.tenant))
            && meets(self.sink.as_ref().map(SinkName::as_str), Some(route.sink.as_ref().map_or("", SinkName::as_str)))
            && meets(self.feed.as_ref(), Some(&route.feed))
            && meets(self.alert_id.as_ref(), Some(&letter.alert_id))
            && self.reason.as_ref().is_none_or(|wanted| reason.contains(&wanted.to_ascii_lowercase()))
            && self.numbers.as_ref().is_none_or(|numbers| numbers.contains(&number))
            && number > self.after
            && self.spans(letter.at)
    }

    /// Whether a moment lies within `since` and `until`.
    #[must_use]
    pub fn spans(&self, at: Timestamp) -> bool {
        self.since.is_none_or(|since| at >= since) && self.until.is_none_or(|until| at <= until)
    }
}

#[cfg(test)]
mod tests {
    use super::{DeadLetter, FeedKind, KeptFilter, RouteKey};

    #[test]
    fn a_page_of_letters_begins_behind_the_last_number_of_the_one_before() {
        let route = RouteKey { tenant: "t".into(), feed: FeedKind::GraphAlerts, sink: None };
        let letter =
            DeadLetter { alert_id: String::new(), reason: String::new(), at: jiff::Timestamp::UNIX_EPOCH, body: String::new() };
        assert_eq!(
            [6, 7, 8].map(|after| KeptFilter { after, ..KeptFilter::default() }.takes(7, &route, &letter)),
            [true, false, false]
        );
    }

    #[test]
    fn a_dash_means_the_letters_of_a_feed_itself() {
        let letter =
            DeadLetter { alert_id: String::new(), reason: String::new(), at: jiff::Timestamp::UNIX_EPOCH, body: String::new() };
        let route = |sink: Option<&str>| RouteKey { tenant: "t".into(), feed: FeedKind::GraphAlerts, sink: sink.map(Into::into) };
        let takes = |word, sink| {
            KeptFilter { sink: Some(KeptFilter::sink(word)), ..KeptFilter::default() }.takes(1, &route(sink), &letter)
        };
        assert_eq!(["-", "siem"].map(|word| (takes(word, None), takes(word, Some("siem")))), [(true, false), (false, true)]);
    }
}
