//! Vendor's words to OCSF's numbers and captions, by the tables of normalization.md 8.1, 8.2 and 8.5.

use crate::alert::{Severity, Status, Text};
use crate::format::Activity;

/// A number and its text sibling: the caption of OCSF 1.8.0, or the vendor's own word for 99.
pub type Coded<'a> = (u32, Text<'a>);

fn caption<'a>(id: u32, caption: &'static str) -> Coded<'a> {
    (id, Text::Borrowed(caption))
}

fn other<'a>(word: Option<&Text<'a>>) -> Coded<'a> {
    (99, word.cloned().unwrap_or(Text::Borrowed("Other")))
}

/// Words differ in case and spaces between the vendor's APIs.
fn fold(word: &str) -> String {
    word.chars().filter(|c| *c != ' ').map(|c| c.to_ascii_lowercase()).collect()
}

/// Number and caption, the same in every class of findings.
pub fn activity(activity: Activity) -> (u32, &'static str) {
    match activity {
        Activity::Create => (1, "Create"),
        Activity::Update => (2, "Update"),
        Activity::Close => (3, "Close"),
    }
}

pub fn severity<'a>(severity: Severity, word: Option<&Text<'a>>) -> Coded<'a> {
    match severity {
        Severity::Unknown => caption(0, "Unknown"),
        Severity::Informational => caption(1, "Informational"),
        Severity::Low => caption(2, "Low"),
        Severity::Medium => caption(3, "Medium"),
        Severity::High => caption(4, "High"),
        Severity::Critical => caption(5, "Critical"),
        Severity::Other => other(word),
    }
}

pub fn status<'a>(status: Status, word: Option<&Text<'a>>) -> Coded<'a> {
    match status {
        Status::Unknown => caption(0, "Unknown"),
        Status::New => caption(1, "New"),
        Status::InProgress => caption(2, "In Progress"),
        Status::Resolved => caption(4, "Resolved"),
        Status::OnHold | Status::Redirected | Status::Other => other(word),
    }
}

/// The status of an incident: its class has other captions than that of alerts.
pub fn incident_status<'a>(status: Status, word: Option<&Text<'a>>) -> Coded<'a> {
    match status {
        Status::Unknown => caption(0, "Unknown"),
        Status::New => caption(1, "New"),
        Status::InProgress => caption(2, "In Progress"),
        Status::OnHold => caption(3, "On Hold"),
        Status::Resolved => caption(4, "Resolved"),
        Status::Redirected => caption(5, "Closed"),
        Status::Other => other(word),
    }
}

/// Microsoft's score of an incident as a priority: its bounds are those of Microsoft's own OCSF mapping.
pub fn priority(score: u32) -> (u32, &'static str) {
    match score {
        0..15 => (1, "Low"),
        15..=85 => (2, "Medium"),
        _ => (4, "Critical"),
    }
}

/// What the customer's analysts concluded of the alert.
pub fn verdict<'a>(classification: Option<&Text<'a>>, determination: Option<&Text<'a>>) -> Coded<'a> {
    let because = determination.map(|word| fold(word)).unwrap_or_default();
    match classification.map(|word| fold(word)).unwrap_or_default().as_str() {
        "" | "unknown" | "unknownfuturevalue" => caption(0, "Unknown"),
        "falsepositive" => match because.as_str() {
            "notenoughdatatovalidate" | "insufficientdata" => caption(7, "Insufficient Data"),
            _ => caption(1, "False Positive"),
        },
        "truepositive" => caption(2, "True Positive"),
        "informationalexpectedactivity" | "benignpositive" => match because.as_str() {
            "securitytesting" | "securitypersonnel" => caption(6, "Test"),
            _ => caption(5, "Benign"),
        },
        _ => other(classification),
    }
}

/// What the vendor concluded of one piece of evidence.
pub fn evidence_verdict<'a>(word: &Text<'a>) -> Coded<'a> {
    match fold(word).as_str() {
        "unknown" | "unknownfuturevalue" => caption(0, "Unknown"),
        "suspicious" => caption(4, "Suspicious"),
        "malicious" => caption(2, "True Positive"),
        "nothreatsfound" => caption(5, "Benign"),
        _ => other(Some(word)),
    }
}

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

/// The kind of malware by the name that Microsoft gives it, `Trojan:Win32/…`.
pub fn malware<'a>(name: &Text<'a>) -> Coded<'a> {
    let Some((prefix, _)) = name.split_once(':') else { return caption(0, "Unknown") };
    match fold(prefix).as_str() {
        "adware" => caption(1, "Adware"),
        "backdoor" => caption(2, "Backdoor"),
        "trojandownloader" => caption(6, "Downloader"),
        "trojandropper" => caption(7, "Dropper"),
        "ransom" => caption(10, "Ransomware"),
        "remoteaccess" => caption(11, "Remote-Access-Trojan"),
        "rogue" => caption(14, "Rogue-Security-Software"),
        "spyware" | "pws" | "trojanspy" => caption(17, "Spyware"),
        "trojan" => caption(18, "Trojan"),
        "virus" => caption(19, "Virus"),
        "worm" => caption(22, "Worm"),
        "exploit" | "hacktool" | "pua" | "browsermodifier" | "virtool" => (99, prefix.to_owned().into()),
        _ => caption(0, "Unknown"),
    }
}

pub fn device_risk(word: &str) -> Option<(u32, &'static str)> {
    Some(match fold(word).as_str() {
        "none" | "informational" => (0, "Info"),
        "low" => (1, "Low"),
        "medium" => (2, "Medium"),
        "high" => (3, "High"),
        _ => return None,
    })
}

/// The family of an `osPlatform`, e.g. of `Windows11`.
pub fn operating_system(platform: &str) -> (u32, &'static str) {
    let platform = fold(platform);
    [
        ("windowsphone", (101, "Windows Mobile")),
        ("windows", (100, "Windows")),
        ("linux", (200, "Linux")),
        ("android", (201, "Android")),
        ("macos", (300, "macOS")),
        ("ipados", (302, "iPadOS")),
        ("ios", (301, "iOS")),
    ]
    .into_iter()
    .find(|(start, _)| platform.starts_with(start))
    .map_or((0, "Unknown"), |(_, coded)| coded)
}

/// The type of a registry value, with or without `REG_` before it.
pub fn registry_type<'a>(word: &Text<'a>) -> Coded<'a> {
    let folded = fold(word).replace(['_', '-'], "");
    match folded.strip_prefix("reg").unwrap_or(&folded) {
        "binary" => caption(1, "REG_BINARY"),
        "dword" => caption(2, "REG_DWORD"),
        "dwordbigendian" => caption(3, "REG_DWORD_BIG_ENDIAN"),
        "expandsz" | "expandstring" => caption(4, "REG_EXPAND_SZ"),
        "link" => caption(5, "REG_LINK"),
        "multisz" | "multistring" => caption(6, "REG_MULTI_SZ"),
        "none" => caption(7, "REG_NONE"),
        "qword" => caption(8, "REG_QWORD"),
        "qwordlittleendian" => caption(9, "REG_QWORD_LITTLE_ENDIAN"),
        "sz" | "string" => caption(10, "REG_SZ"),
        "unknown" => caption(0, "Unknown"),
        _ => other(Some(word)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coded(id: u32, text: &str) -> (u32, String) {
        (id, text.to_owned())
    }

    #[test]
    fn conclusions_of_analysts_become_verdicts() {
        for (classification, determination, expected) in [
            (None, Some("malware"), coded(0, "Unknown")),
            (Some("falsePositive"), Some("notEnoughDataToValidate"), coded(7, "Insufficient Data")),
            (Some("FalsePositive"), Some("InsufficientData"), coded(7, "Insufficient Data")),
            (Some("falsePositive"), Some("notMalicious"), coded(1, "False Positive")),
            (Some("truePositive"), None, coded(2, "True Positive")),
            (Some("informationalExpectedActivity"), Some("securityTesting"), coded(6, "Test")),
            (Some("Informational Expected Activity"), Some("Security Personnel"), coded(6, "Test")),
            (Some("benignPositive"), Some("confirmedActivity"), coded(5, "Benign")),
            (Some("maybe"), None, coded(99, "maybe")),
        ] {
            let (classification, determination) = (classification.map(Text::Borrowed), determination.map(Text::Borrowed));
            let (id, text) = verdict(classification.as_ref(), determination.as_ref());
            assert_eq!((id, text.into_owned()), expected, "{classification:?} {determination:?}");
        }
    }

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

    #[test]
    fn names_of_malware_tell_its_kind() {
        for (name, expected) in [
            ("Trojan:Win32/Emotet.A", coded(18, "Trojan")),
            ("TrojanDownloader:O97M/Donoff", coded(6, "Downloader")),
            ("PWS:Win32/Fareit", coded(17, "Spyware")),
            ("HackTool:Win32/Mikatz!dha", coded(99, "HackTool")),
            ("Behavior:Win32/Odd", coded(0, "Unknown")),
            ("Emotet", coded(0, "Unknown")),
        ] {
            let (id, text) = malware(&name.into());
            assert_eq!((id, text.into_owned()), expected, "{name}");
        }
    }

    #[test]
    fn registry_types_are_read_with_and_without_their_prefix() {
        for (word, id) in [
            ("REG_SZ", 10),
            ("String", 10),
            ("ExpandString", 4),
            ("reg_multi_sz", 6),
            ("Dword", 2),
            ("Unknown", 0),
            ("REG_FANCY", 99),
        ] {
            assert_eq!(registry_type(&word.into()).0, id, "{word}");
        }
    }

    #[test]
    fn platforms_belong_to_families() {
        for (platform, id) in
            [("Windows11", 100), ("WindowsServer2022", 100), ("macOS", 300), ("iOS", 301), ("iPadOS", 302), ("TempleOS", 0)]
        {
            assert_eq!(operating_system(platform).0, id, "{platform}");
        }
    }
}
