//! Graph's evolvable enums: which members exist, and which a client sees only when it says that it knows them.
//!
//! Without `Prefer: include-unknown-enum-members` every member declared after the sentinel is shown as the sentinel.

/// What stands for members that a client may not know.
pub const SENTINEL: &str = "unknownFutureValue";

pub const SEVERITIES: &[&str] = &["unknown", "informational", "low", "medium", "high", SENTINEL];
pub const STATUSES: &[&str] = &["unknown", "new", "inProgress", "resolved", SENTINEL];

/// The last one is the simulator's own: a member newer than anybody's schema.
pub const SERVICE_SOURCES: &[&str] = &[
    "unknown",
    "microsoftDefenderForEndpoint",
    "microsoftDefenderForIdentity",
    "microsoftDefenderForCloudApps",
    "microsoftDefenderForOffice365",
    "microsoft365Defender",
    "azureAdIdentityProtection",
    "microsoftAppGovernance",
    "dataLossPrevention",
    SENTINEL,
    "microsoftDefenderForCloud",
    "microsoftSentinel",
    "microsoftInsiderRiskManagement",
    "microsoftThreatIntelligence",
    "microsoftSecurityForAI",
    "microsoftDefenderForSatellites",
];

const DETECTION_SOURCES_KNOWN: &[&str] = &[
    "unknown",
    "microsoftDefenderForEndpoint",
    "antivirus",
    "smartScreen",
    "customTi",
    "microsoftDefenderForOffice365",
    "automatedInvestigation",
    "microsoftThreatExperts",
    "customDetection",
    "microsoftDefenderForIdentity",
    "cloudAppSecurity",
    "microsoft365Defender",
    "azureAdIdentityProtection",
    "manual",
    "microsoftDataLossPrevention",
    "appGovernancePolicy",
    "appGovernanceDetection",
];

const REMEDIATION_STATUSES_KNOWN: &[&str] = &["none", "remediated", "prevented", "blocked", "notFound"];

/// The word that a client is shown for a member of the property `key`.
pub fn shown<'a>(key: &str, word: &'a str, reveal: bool) -> &'a str {
    let known = match key {
        "serviceSource" => SERVICE_SOURCES.iter().take_while(|member| **member != SENTINEL).any(|member| *member == word),
        "detectionSource" => DETECTION_SOURCES_KNOWN.contains(&word),
        "remediationStatus" => REMEDIATION_STATUSES_KNOWN.contains(&word),
        _ => true,
    };
    if known || reveal { word } else { SENTINEL }
}

/// Hides newer members in a whole document, as [`shown`] does for one.
pub fn hide_newer_members(document: &mut serde_json::Value) {
    match document {
        serde_json::Value::Object(members) => {
            for (key, value) in members {
                match value {
                    serde_json::Value::String(word) if shown(key, word, false) == SENTINEL => SENTINEL.clone_into(word),
                    other => hide_newer_members(other),
                }
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(hide_newer_members),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{hide_newer_members, shown};

    #[test]
    fn members_after_the_sentinel_are_shown_only_to_those_who_ask() {
        for (key, word, plain) in [
            ("serviceSource", "microsoftDefenderForEndpoint", "microsoftDefenderForEndpoint"),
            ("serviceSource", "microsoftSentinel", "unknownFutureValue"),
            ("detectionSource", "scheduledAlerts", "unknownFutureValue"),
            ("remediationStatus", "active", "unknownFutureValue"),
            ("title", "active", "active"),
        ] {
            assert_eq!(shown(key, word, false), plain, "{key} {word}");
            assert_eq!(shown(key, word, true), word);
        }
        let mut document =
            json!({"serviceSource": "microsoftSentinel", "evidence": [{"remediationStatus": "active", "tags": ["x"]}]});
        hide_newer_members(&mut document);
        assert_eq!(
            document,
            json!({"serviceSource": "unknownFutureValue", "evidence": [{"remediationStatus": "unknownFutureValue", "tags": ["x"]}]})
        );
    }
}
