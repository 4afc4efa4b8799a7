//! Words of all feeds in those of Microsoft Graph, so that filters and rules work alike through every feed.
//!
//! A word that comes out as another one (beyond case and spaces) is kept among the extra members too: nothing gets lost.

use serde_json::value::RawValue;

use super::{Service, Wording};
use crate::alert::{Severity, Status, Text, json};

/// Reads a word and what it means on our scale; anything but a word means `odd`, until a word comes.
fn graded<'a, T: Copy>(
    value: &'a RawValue,
    word: &mut Option<Text<'a>>,
    grade: &mut T,
    odd: T,
    read: impl FnOnce(&str) -> (T, &'static str),
) -> bool {
    let understood = json::text(value).put(word);
    let mut as_said = true;
    *grade = match word {
        Some(word) => {
            let (grade, said) = read(word);
            as_said = said == OTHER || same(word, said);
            grade
        }
        None if understood => *grade,
        None => odd,
    };
    understood && as_said
}

/// How a scale calls a word that it does not know; that one is shown as it was sent.
const OTHER: &str = "other";

pub(super) fn severity<'a>(value: &'a RawValue, word: &mut Option<Text<'a>>, severity: &mut Severity) -> bool {
    graded(value, word, severity, Severity::Other, |word| {
        let severity = Severity::from_word(word);
        (severity, severity.as_str())
    })
}

pub(super) fn status<'a>(wording: &Wording, value: &'a RawValue, word: &mut Option<Text<'a>>, status: &mut Status) -> bool {
    graded(value, word, status, Status::Other, |word| {
        let status = (wording.status)(word);
        (status, status.as_str())
    })
}

/// Whether two words differ in case and spaces only.
fn same(one: &str, other: &str) -> bool {
    let folded = |text: &'_ str| text.chars().filter(|c| *c != ' ').map(|c| c.to_ascii_lowercase()).collect::<Vec<char>>();
    one.eq_ignore_ascii_case(other) || folded(one) == folded(other)
}

/// Puts a word, in the words of Graph, into an empty slot. `false` when it must be kept as it was sent as well.
pub(super) fn put<'a>(slot: &mut Option<Text<'a>>, value: &'a RawValue, in_graph: fn(&str) -> Option<&'static str>) -> bool {
    match json::text(value) {
        json::Read::Found(word) if slot.is_none() => {
            let (said, as_said) = match in_graph(&word) {
                Some(said) => (Text::Borrowed(said), same(&word, said)),
                None => (word, true),
            };
            *slot = Some(said);
            as_said
        }
        read => read == json::Read::Absent,
    }
}

fn find(rows: &[(&str, &'static str)], word: &str) -> Option<&'static str> {
    rows.iter().find(|(theirs, _)| same(theirs, word)).map(|(_, ours)| *ours)
}

/// In the words of Microsoft Graph's `alertClassification`; Sentinel's benign positive is what the Defender portal calls expected activity.
pub(super) fn classification(word: &str) -> Option<&'static str> {
    const WORDS: [(&str, &str); 6] = [
        ("unknown", "unknown"),
        ("falsePositive", "falsePositive"),
        ("truePositive", "truePositive"),
        ("informationalExpectedActivity", "informationalExpectedActivity"),
        ("benignPositive", "informationalExpectedActivity"),
        ("undetermined", "unknown"),
    ];
    find(&WORDS, word)
}

/// In the words of Microsoft Graph's `alertDetermination`; the older APIs have synonyms.
pub(super) fn determination(word: &str) -> Option<&'static str> {
    const WORDS: [(&str, &str); 21] = [
        ("unknown", "unknown"),
        ("notAvailable", "unknown"),
        ("apt", "apt"),
        ("malware", "malware"),
        ("securityPersonnel", "securityPersonnel"),
        ("securityTesting", "securityTesting"),
        ("unwantedSoftware", "unwantedSoftware"),
        ("other", "other"),
        ("multiStagedAttack", "multiStagedAttack"),
        ("compromisedAccount", "compromisedAccount"),
        ("compromisedUser", "compromisedAccount"),
        ("phishing", "phishing"),
        ("maliciousUserActivity", "maliciousUserActivity"),
        ("notMalicious", "notMalicious"),
        ("clean", "notMalicious"),
        ("notEnoughDataToValidate", "notEnoughDataToValidate"),
        ("insufficientData", "notEnoughDataToValidate"),
        ("confirmedActivity", "confirmedActivity"),
        ("confirmedUserActivity", "confirmedActivity"),
        ("lineOfBusinessApplication", "lineOfBusinessApplication"),
        ("lobApp", "lineOfBusinessApplication"),
    ];
    find(&WORDS, word)
}

/// The schema's names in Graph's camel case; the other feeds begin them with a capital.
pub(super) fn investigation_state(word: &str) -> Option<&'static str> {
    const WORDS: [&str; 18] = [
        "unknown",
        "terminated",
        "successfullyRemediated",
        "benign",
        "failed",
        "partiallyRemediated",
        "running",
        "pendingApproval",
        "pendingResource",
        "queued",
        "innerFailure",
        "preexistingAlert",
        "unsupportedOs",
        "unsupportedAlertType",
        "suppressedAlert",
        "partiallyInvestigated",
        "terminatedByUser",
        "terminatedBySystem",
    ];
    WORDS.into_iter().find(|known| same(known, word))
}

/// Older words for what Graph calls `serviceSource`. An unknown one stands for itself.
pub(super) fn service_source(word: &str) -> Option<&'static str> {
    const WORDS: [(&str, &str); 6] = [
        ("MicrosoftDefenderATP", "microsoftDefenderForEndpoint"),
        ("OfficeATP", "microsoftDefenderForOffice365"),
        ("MicrosoftCloudAppSecurity", "microsoftDefenderForCloudApps"),
        ("AzureATP", "microsoftDefenderForIdentity"),
        ("MTP", "microsoft365Defender"),
        ("AADIdentityProtection", "azureAdIdentityProtection"),
    ];
    find(&WORDS, word)
}

/// The product family behind a product's name for people, as Sentinel's alerts give it: names of today and older ones.
pub(in crate::alert) fn service_of_product(product: &str) -> Option<&'static str> {
    const PRODUCTS: [(&str, &str); 23] = [
        ("Microsoft Defender for Endpoint", "microsoftDefenderForEndpoint"),
        ("Microsoft Defender Advanced Threat Protection", "microsoftDefenderForEndpoint"),
        ("Microsoft Defender for Office 365", "microsoftDefenderForOffice365"),
        ("Office 365 Advanced Threat Protection", "microsoftDefenderForOffice365"),
        ("Microsoft Defender for Identity", "microsoftDefenderForIdentity"),
        ("Azure Advanced Threat Protection", "microsoftDefenderForIdentity"),
        ("Microsoft Defender for Cloud Apps", "microsoftDefenderForCloudApps"),
        ("Microsoft Cloud App Security", "microsoftDefenderForCloudApps"),
        ("Microsoft Defender XDR", "microsoft365Defender"),
        ("Microsoft XDR", "microsoft365Defender"),
        ("Microsoft 365 Defender", "microsoft365Defender"),
        ("Microsoft Entra ID Protection", "azureAdIdentityProtection"),
        ("Azure Active Directory Identity Protection", "azureAdIdentityProtection"),
        ("Microsoft App Governance", "microsoftAppGovernance"),
        ("Microsoft Purview Data Loss Prevention", "dataLossPrevention"),
        ("Microsoft Data Loss Prevention", "dataLossPrevention"),
        ("Microsoft Defender for Cloud", "microsoftDefenderForCloud"),
        ("Azure Security Center", "microsoftDefenderForCloud"),
        ("Microsoft Sentinel", "microsoftSentinel"),
        ("Azure Sentinel", "microsoftSentinel"),
        ("Microsoft Purview Insider Risk Management", "microsoftInsiderRiskManagement"),
        ("Microsoft 365 Insider Risk Management", "microsoftInsiderRiskManagement"),
        ("Microsoft Threat Intelligence", "microsoftThreatIntelligence"),
    ];
    find(&PRODUCTS, product)
}

/// The product family of a record, from the word that it sent or its product's name.
pub(super) fn service<'a>(service: Service, word: Option<Text<'a>>, product: Option<&Text<'a>>) -> Option<Text<'a>> {
    match service {
        Service::Named => word.map(|word| service_source(&word).map_or(word, Text::Borrowed)),
        Service::Always(always) => Some(Text::Borrowed(always)),
        Service::ByProduct(unless) => Some(Text::Borrowed(product.and_then(|name| service_of_product(name)).unwrap_or(unless))),
    }
}
