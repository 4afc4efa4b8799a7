//! What was done about a piece of evidence, as OCSF's action and disposition.

use super::captions::fold;

/// What was done, as action and disposition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// Of several pieces of evidence the lowest rank counts.
    rank: u8,
    pub action: (u32, &'static str),
    pub disposition: (u32, &'static str),
}

const DENIED: (u32, &str) = (2, "Denied");
const OBSERVED: (u32, &str) = (3, "Observed");
const MODIFIED: (u32, &str) = (4, "Modified");

impl Done {
    pub const NOTHING_KNOWN: Done = Done { rank: u8::MAX, action: (0, "Unknown"), disposition: (0, "Unknown") };

    /// Reads a `detectionStatus` or `remediationStatus`.
    pub fn from_word(word: &str) -> Self {
        let (rank, action, disposition) = match fold(word).as_str() {
            "blocked" | "prevented" => (0, DENIED, (2, "Blocked")),
            "remediated" => (1, MODIFIED, (11, "Corrected")),
            "partiallyremediated" => (2, MODIFIED, (12, "Partially Corrected")),
            "pendingapproval" | "running" => (3, OBSERVED, (14, "Delayed")),
            "declined" => (4, OBSERVED, (16, "No Action")),
            "active" | "unremediated" => (5, OBSERVED, (13, "Uncorrected")),
            "detected" => (6, OBSERVED, (15, "Detected")),
            "notfound" => (7, OBSERVED, (99, "notFound")),
            _ => return Self::NOTHING_KNOWN,
        };
        Self { rank, action, disposition }
    }

    pub fn stronger(self, that: Self) -> Self {
        if that.rank < self.rank { that } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_thing_done_counts() {
        for (words, disposition) in [
            (vec!["detected", "remediated", "active"], 11),
            (vec!["remediated", "Prevented"], 2),
            (vec!["declined", "running"], 14),
            (vec!["unremediated", "declined"], 16),
            (vec!["notFound", "detected"], 15),
            (vec!["notFound", "none"], 99),
            (vec!["none", "exploded"], 0),
        ] {
            let done = words.iter().map(|word| Done::from_word(word)).fold(Done::NOTHING_KNOWN, Done::stronger);
            assert_eq!(done.disposition.0, disposition, "{words:?}");
        }
    }
}
