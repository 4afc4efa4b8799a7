//! How grave an alert is, in one scale for all feeds.

/// Ordered from least to most grave, so that `min_severity` is a comparison.
///
/// [`Severity::Unknown`] stands lowest; a filter lets it and [`Severity::Other`] through all the same, since dropping what we
/// cannot judge would be a silent loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Severity {
    /// The vendor said `unknown`, `unspecified` or nothing; or, of a risk, `none`, or `hidden` for want of a licence.
    #[default]
    Unknown,
    Informational,
    Low,
    Medium,
    High,
    /// Not sent by Microsoft today.
    Critical,
    /// A word that we do not know.
    Other,
}

impl Severity {
    pub const ALL: [Severity; 7] = [
        Severity::Unknown,
        Severity::Informational,
        Severity::Low,
        Severity::Medium,
        Severity::High,
        Severity::Critical,
        Severity::Other,
    ];

    /// Reads a vendor's word. Case does not matter: Graph writes `high`, Defender for Endpoint `High`.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        const WORDS: [(&str, Severity); 10] = [
            ("unknown", Severity::Unknown),
            ("unknownFutureValue", Severity::Unknown),
            ("unspecified", Severity::Unknown),
            ("none", Severity::Unknown),
            ("hidden", Severity::Unknown),
            ("informational", Severity::Informational),
            ("low", Severity::Low),
            ("medium", Severity::Medium),
            ("high", Severity::High),
            ("critical", Severity::Critical),
        ];
        if word.is_empty() {
            return Severity::Unknown;
        }
        WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map_or(Severity::Other, |(_, severity)| *severity)
    }

    /// The word that we use in configuration, topics, labels and headers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Unknown => "unknown",
            Severity::Informational => "informational",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
            Severity::Other => "other",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Severity;

    #[test]
    fn words_of_every_feed_are_read_without_regard_to_case() {
        for (word, severity) in [
            ("high", Severity::High),
            ("High", Severity::High),
            ("UnSpecified", Severity::Unknown),
            ("unknownFutureValue", Severity::Unknown),
            ("", Severity::Unknown),
            ("informational", Severity::Informational),
            ("catastrophic", Severity::Other),
        ] {
            assert_eq!(Severity::from_word(word), severity, "{word}");
        }
    }
}
