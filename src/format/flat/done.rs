//! How strong the vendor's words are for what was done about a piece of evidence.

/// `detectionStatus`, `remediationStatus` and a mail's `deliveryAction`, the strongest first: what was stopped before what was only
/// seen. After them come words that we do not know, and last those that say nothing.
const WORDS: [&str; 15] = [
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
    "deliveredasspam",
    "junked",
    "delivered",
    "detected",
];

const NOTHING: [&str; 4] = ["notfound", "none", "unknown", "unknownfuturevalue"];

pub fn rank(word: &str) -> u8 {
    let folded: String = word.chars().filter(|c| *c != ' ').map(|c| c.to_ascii_lowercase()).collect();
    let unknown = if NOTHING.contains(&&*folded) { WORDS.len() + 1 } else { WORDS.len() };
    let place = WORDS.iter().position(|known| *known == folded).unwrap_or(unknown);
    u8::try_from(place).unwrap_or(u8::MAX)
}
