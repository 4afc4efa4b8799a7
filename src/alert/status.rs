//! Where an alert stands in its handling, in one scale for all feeds.

/// The handling state of an alert or an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Status {
    /// The vendor said `unknown` or nothing.
    #[default]
    Unknown,
    New,
    InProgress,
    /// An incident that waits for somebody (Graph's `awaitingAction`).
    OnHold,
    Resolved,
    /// An incident that was merged into another one.
    Redirected,
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
            "awaitingaction" | "onhold" => Status::OnHold,
            "resolved" | "closed" | "dismissed" => Status::Resolved,
            "redirected" => Status::Redirected,
            _ => Status::Other,
        }
    }

    /// The same for records that nobody has looked at yet while they are `active`: incidents of Defender, and alerts of
    /// Defender for Cloud.
    #[must_use]
    pub fn from_word_where_active_is_new(word: &str) -> Self {
        if word.trim().eq_ignore_ascii_case("active") { Status::New } else { Self::from_word(word) }
    }

    /// Whether nobody needs to do anything any more.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Status::Resolved | Status::Redirected)
    }

    /// The word that we use in configuration and headers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Unknown => "unknown",
            Status::New => "new",
            Status::InProgress => "inProgress",
            Status::OnHold => "onHold",
            Status::Resolved => "resolved",
            Status::Redirected => "redirected",
            Status::Other => "other",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Status;

    #[test]
    fn words_of_every_feed_are_read_without_regard_to_case_and_spaces() {
        for (word, status, where_active_is_new) in [
            ("", Status::Unknown, Status::Unknown),
            ("unknownFutureValue", Status::Unknown, Status::Unknown),
            ("New", Status::New, Status::New),
            ("Active", Status::InProgress, Status::New),
            ("In Progress", Status::InProgress, Status::InProgress),
            ("awaitingAction", Status::OnHold, Status::OnHold),
            ("Closed", Status::Resolved, Status::Resolved),
            ("Dismissed", Status::Resolved, Status::Resolved),
            ("Redirected", Status::Redirected, Status::Redirected),
            ("escalated", Status::Other, Status::Other),
        ] {
            assert_eq!(
                (Status::from_word(word), Status::from_word_where_active_is_new(word)),
                (status, where_active_is_new),
                "{word}"
            );
        }
    }

    #[test]
    fn what_was_merged_away_is_over_like_what_was_resolved() {
        let over = [Status::Resolved, Status::Redirected];
        let open = [Status::Unknown, Status::New, Status::InProgress, Status::OnHold, Status::Other];
        assert!(over.into_iter().all(Status::is_over) && !open.into_iter().any(Status::is_over));
    }
}
