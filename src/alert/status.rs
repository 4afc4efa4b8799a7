//! Where an alert stands in its handling, in one scale for all feeds.

/// The handling state of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Status {
    /// The vendor said `unknown` or nothing.
    #[default]
    Unknown,
    New,
    InProgress,
    Resolved,
    /// A word that we do not know.
    Other,
}

impl Status {
    /// Reads a vendor's word, without regard to case or spaces.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        let folded: String = word.chars().filter(|c| *c != ' ').collect::<String>().to_ascii_lowercase();
        match folded.as_str() {
            "" | "unknown" | "unknownfuturevalue" => Status::Unknown,
            "new" => Status::New,
            "inprogress" | "active" => Status::InProgress,
            "resolved" => Status::Resolved,
            _ => Status::Other,
        }
    }

    /// The word that we use in configuration and headers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Unknown => "unknown",
            Status::New => "new",
            Status::InProgress => "inProgress",
            Status::Resolved => "resolved",
            Status::Other => "other",
        }
    }
}
