//! Vendor's words to OCSF's numbers and captions: severity, status, verdict and their like.

use crate::alert::{Severity, Status, Text};

/// A number and its text sibling: the caption of OCSF 1.8.0, or the vendor's own word for 99.
pub type Coded<'a> = (u32, Text<'a>);

fn caption<'a>(id: u32, caption: &'static str) -> Coded<'a> {
    (id, Text::Borrowed(caption))
}

fn other<'a>(word: Option<&Text<'a>>) -> Coded<'a> {
    (99, word.cloned().unwrap_or(Text::Borrowed("Other")))
}

/// Words differ in case and spaces between the vendor's APIs.
pub fn fold(word: &str) -> String {
    word.chars().filter(|c| *c != ' ').map(|c| c.to_ascii_lowercase()).collect()
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

pub fn alert_status<'a>(status: Status, word: Option<&Text<'a>>) -> Coded<'a> {
    match status {
        Status::Unknown => caption(0, "Unknown"),
        Status::New => caption(1, "New"),
        Status::InProgress => caption(2, "In Progress"),
        Status::Resolved => caption(4, "Resolved"),
        Status::OnHold | Status::Redirected | Status::Other => other(word),
    }
}

/// The class of incidents has states that the class of alerts lacks.
pub fn incident_status<'a>(status: Status, word: Option<&Text<'a>>) -> Coded<'a> {
    match status {
        Status::OnHold => caption(3, "On Hold"),
        Status::Redirected => caption(5, "Closed"),
        status => alert_status(status, word),
    }
}

/// Microsoft's score of an incident, 0 to 100, by the bounds at which its portal changes the colour: low below 15, top above 85.
pub fn priority(score: u32) -> (u32, &'static str) {
    match score {
        0..15 => (1, "Low"),
        15..=85 => (2, "Medium"),
        _ => (4, "Critical"),
    }
}

/// What the customer's analysts concluded of the alert or the incident.
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
    fn scores_are_priorities_by_the_portals_bounds() {
        for (score, id) in [(0, 1), (14, 1), (15, 2), (85, 2), (86, 4), (100, 4)] {
            assert_eq!(priority(score).0, id, "{score}");
        }
    }

    #[test]
    fn incidents_can_be_on_hold_and_closed() {
        for (status, id) in [(Status::New, 1), (Status::OnHold, 3), (Status::Resolved, 4), (Status::Redirected, 5)] {
            assert_eq!(incident_status(status, None).0, id, "{status:?}");
        }
        let word = Text::Borrowed("escalated");
        assert_eq!(incident_status(Status::Other, Some(&word)), (99, word));
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
