//! A vendor's timestamp: its text as sent, and the moment that it means where we can tell.

use jiff::Timestamp;

use super::Text;

/// A moment as the vendor wrote it. Compare [`Stamp::at`], never the text: the number of digits varies from none to seven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp<'a> {
    /// As sent.
    pub text: Text<'a>,
    /// `None` when the text is no date within years -9999..9999, such as .NET's `9999-12-31T23:59:59.9999999Z`.
    pub at: Option<Timestamp>,
}

impl<'a> Stamp<'a> {
    #[must_use]
    pub fn new(text: impl Into<Text<'a>>) -> Self {
        let text = text.into();
        let at = parse(&text);
        Self { text, at }
    }
}

/// Reads RFC 3339 with up to nine fraction digits; a missing offset means UTC, as Microsoft's APIs intend.
#[must_use]
pub fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    text.parse::<Timestamp>()
        .ok()
        .or_else(|| text.parse::<jiff::civil::DateTime>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|z| z.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::{Stamp, parse};

    #[test]
    fn seven_digits_survive_and_come_back() {
        let at = parse("2026-03-02T07:44:02.1466667Z").expect("a date");
        assert_eq!(at.to_string(), "2026-03-02T07:44:02.1466667Z");
        assert_ne!(Some(at), parse("2026-03-02T07:44:02.1466668Z"));
    }

    #[test]
    fn odd_texts_are_kept_and_read_where_they_can_be() {
        for (text, readable) in [
            ("2026-03-02T07:41:10", true),
            ("2026-03-02T07:41:10Z", true),
            ("2026-03-02T08:41:10+01:00", true),
            ("9999-12-31T23:59:59.9999999Z", false),
            ("soon", false),
            ("", false),
        ] {
            let stamp = Stamp::new(text);
            assert_eq!(stamp.text, text);
            assert_eq!(stamp.at.is_some(), readable, "{text}");
        }
        assert_eq!(parse("2026-03-02T07:41:10"), parse("2026-03-02T08:41:10+01:00"));
    }
}
