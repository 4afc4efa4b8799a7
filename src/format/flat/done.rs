//! How strong the vendor's words are for what was done about a piece of evidence.

/// `detectionStatus`, `remediationStatus` and a mail's `deliveryAction`, the strongest first: what was stopped before what was only
/// seen. Words that we do not know come last.
const WORDS: [&str; 17] = [
    "blocked",
    "prevented",
    "remediated",
    "partiallyremediated",
    "pendingapproval",
    "running",
    "declined",
    "unremediated",
    "active",
    "replaced",
    "deliveredtojunk",
    "delivered",
    "detected",
    "notfound",
    "none",
    "unknown",
    "unknownfuturevalue",
];

pub fn rank(word: &str) -> u8 {
    let folded: String = word.chars().filter(|c| *c != ' ').map(|c| c.to_ascii_lowercase()).collect();
    let place = WORDS.iter().position(|known| *known == folded).unwrap_or(WORDS.len());
    u8::try_from(place).unwrap_or(u8::MAX)
}
