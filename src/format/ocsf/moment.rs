//! Moments as OCSF writes them: milliseconds since 1970, and RFC 3339 in the `_dt` sibling.

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::object::Attribute;
use crate::alert::members::can_have_happened;

/// Milliseconds since 1970, rounded down from the vendor's 100 ns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Millis(Timestamp);

/// RFC 3339 with milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTime(Timestamp);

/// Both ways to write a moment; `None` for one at which nothing can have happened.
#[must_use]
pub fn moment(at: Timestamp) -> Option<(Millis, DateTime)> {
    can_have_happened(at).then_some((Millis(at), DateTime(at)))
}

impl Default for Millis {
    fn default() -> Self {
        Self(Timestamp::UNIX_EPOCH)
    }
}

impl Attribute for Millis {}

impl Attribute for DateTime {}

impl Serialize for Millis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0.as_millisecond())
    }
}

impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // `{:.3}` cuts digits off, as the milliseconds do, so that both siblings name one moment.
        serializer.collect_str(&format_args!("{:.3}", self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn both_siblings_round_down_to_the_same_millisecond() {
        for (text, millis, date_time) in [
            ("2026-03-02T07:44:02.1466667Z", 1_772_437_442_146_i64, "2026-03-02T07:44:02.146Z"),
            ("2026-03-02T07:44:02.9999999Z", 1_772_437_442_999, "2026-03-02T07:44:02.999Z"),
            ("2026-03-02T07:44:02Z", 1_772_437_442_000, "2026-03-02T07:44:02.000Z"),
        ] {
            let both = moment(text.parse().expect("a date")).expect("plausible");
            assert_eq!(serde_json::to_value(both).expect("JSON"), serde_json::json!([millis, date_time]), "{text}");
        }
    }

    #[test]
    fn the_beginning_of_net_time_is_no_moment() {
        assert_eq!(moment("0001-01-01T00:00:00Z".parse().expect("a date")), None);
    }
}
