//! The normalized incident: alerts that belong together, and how far their handling has come.

use jiff::Timestamp;
use serde_json::value::RawValue;

use super::{Comment, Severity, Shortened, Stamp, Status, Text};

/// One incident in one revision.
///
/// Field meanings: Microsoft Graph's `microsoft.graph.security.incident`; other feeds map onto the same fields.
/// `None` means that the vendor sent `null`, an empty text or nothing.
#[derive(Debug, Clone, Default)]
pub struct Incident<'a> {
    /// The vendor's JSON document, byte for byte; with the alerts inside where the feed embeds them.
    pub raw: &'a str,
    /// The vendor's own ID: digits, or a GUID (Sentinel). The [`Header::id`](super::Header::id) is [`Incident::known_as`].
    pub id: Text<'a>,
    /// The number that people know it by, where it is not the ID (Sentinel).
    pub number: Option<Text<'a>>,
    /// The ID in the product that raised it, where that is another one.
    pub provider_id: Option<Text<'a>>,
    pub provider_name: Option<Text<'a>>,
    /// Set when it was merged away: the incident that took its alerts.
    pub redirect_id: Option<Text<'a>>,
    pub tenant_id: Option<Text<'a>>,
    pub title: Option<Text<'a>>,
    pub description: Option<Text<'a>>,
    pub summary: Option<Text<'a>>,
    pub severity: Severity,
    /// The vendor's word for the severity, as sent.
    pub severity_word: Option<Text<'a>>,
    pub status: Status,
    /// The vendor's word for the status, as sent.
    pub status_word: Option<Text<'a>>,
    pub classification: Option<Text<'a>>,
    /// Sentinel's `classificationReason`; elsewhere the determination.
    pub determination: Option<Text<'a>>,
    pub assigned_to: Option<Text<'a>>,
    pub resolving_comment: Option<Text<'a>>,
    pub last_modified_by: Option<Text<'a>>,
    /// Higher is more urgent; Graph sends it, its range is not documented.
    pub priority: Option<Text<'a>>,
    pub url: Option<Text<'a>>,
    pub created: Option<Stamp<'a>>,
    pub updated: Option<Stamp<'a>>,
    pub first_activity: Option<Stamp<'a>>,
    pub last_activity: Option<Stamp<'a>>,
    /// Words that people put on it, then those that the product did; each once.
    pub tags: Vec<Text<'a>>,
    /// Kill-chain names (Sentinel's tactics).
    pub tactics: Vec<Text<'a>>,
    pub products: Vec<Text<'a>>,
    pub comments: Vec<Comment<'a>>,
    /// The alerts inside, undecoded; empty where the feed does not embed them.
    pub alerts: Vec<&'a RawValue>,
    /// Members that have no field here, and those whose type surprised us: name and JSON, nothing lost.
    pub extra: Vec<(Text<'a>, &'a RawValue)>,
    /// Set where something was left out on purpose.
    pub shortened: Option<Shortened>,
}

impl Incident<'_> {
    /// The ID under which all feeds show the same incident, and which sets incidents apart from alerts: `incident:` and the
    /// number that Defender XDR gave it, else the vendor's own ID.
    #[must_use]
    pub fn known_as(&self) -> String {
        known_as(&self.id, self.provider_id.as_deref(), self.provider_name.as_deref())
    }

    /// Which revision of the incident this is: its last update, else its creation.
    #[must_use]
    pub fn revision(&self) -> Option<Timestamp> {
        let read = |stamp: &Option<Stamp<'_>>| stamp.as_ref().and_then(|stamp| stamp.at);
        read(&self.updated).or_else(|| read(&self.created))
    }
}

/// Sentinel shows Defender XDR's incidents under an own GUID, and Defender XDR's number beside it.
pub(super) fn known_as(id: &str, provider_id: Option<&str>, provider_name: Option<&str>) -> String {
    const DEFENDER_XDR: [&str; 3] = ["Microsoft XDR", "Microsoft Defender XDR", "Microsoft 365 Defender"];
    let of_xdr = provider_name.is_some_and(|name| DEFENDER_XDR.iter().any(|known| known.eq_ignore_ascii_case(name)));
    let id = provider_id.filter(|_| of_xdr).unwrap_or(id);
    format!("incident:{id}")
}
