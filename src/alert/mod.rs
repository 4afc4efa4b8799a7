//! The normalized alert: what a feed read, borrowed from the page it came in.
//!
//! Everything here is pure: no I/O, no clock. The vendor's own bytes stay beside the normalized fields, and whatever we do
//! not understand (an unknown member, a known one with an unexpected type) is kept in [`Alert::extra`].

pub mod defender_for_cloud;
pub mod evidence;
pub mod graph;
pub mod header;
pub mod incident;
pub mod json;
pub mod mde;
pub mod members;
pub mod risk;
pub mod sentinel;
pub mod severity;
pub mod shortened;
pub mod stamp;
pub mod status;
mod wording;
pub mod xdr;

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::value::RawValue;

use evidence::{Evidence, Shape, Thing};
pub use header::{Header, Kind};
pub use incident::Incident;
pub use severity::Severity;
pub use shortened::Shortened;
pub use stamp::Stamp;
pub use status::Status;

/// Text borrowed from the page where it holds no escapes.
pub type Text<'a> = Cow<'a, str>;

/// One alert in one revision.
///
/// Field meanings: Microsoft Graph's `microsoft.graph.security.alert`; other feeds map onto the same fields.
/// `None` means that the vendor sent `null`, an empty text or nothing.
#[derive(Debug, Clone, Default)]
pub struct Alert<'a> {
    /// The vendor's JSON document, byte for byte.
    pub raw: &'a str,
    /// Unique in the tenant, opaque, compared case-sensitively: the ID that Microsoft Graph shows, whichever feed it came by.
    pub id: Text<'a>,
    /// The ID in the product that raised it; the feed's own ID, where that is not `id`.
    pub provider_id: Option<Text<'a>>,
    /// Digits in practice, kept as text. It may change when incidents merge.
    pub incident_id: Option<Text<'a>>,
    pub incident_url: Option<Text<'a>>,
    /// The Entra tenant that the record itself names.
    pub tenant_id: Option<Text<'a>>,
    pub title: Option<Text<'a>>,
    pub description: Option<Text<'a>>,
    pub recommended_actions: Option<Text<'a>>,
    pub severity: Severity,
    /// The vendor's word for the severity, as sent.
    pub severity_word: Option<Text<'a>>,
    pub status: Status,
    /// The vendor's word for the status, as sent.
    pub status_word: Option<Text<'a>>,
    pub classification: Option<Text<'a>>,
    pub determination: Option<Text<'a>>,
    pub investigation_state: Option<Text<'a>>,
    /// The product family, e.g. `microsoftDefenderForEndpoint`.
    pub service_source: Option<Text<'a>>,
    pub product_name: Option<Text<'a>>,
    /// The sensor or technology, e.g. `antivirus`.
    pub detection_source: Option<Text<'a>>,
    pub detector_id: Option<Text<'a>>,
    pub policy_id: Option<Text<'a>>,
    /// `categories`, or the older single `category`, or both when they disagree; each word once.
    pub categories: Vec<Text<'a>>,
    pub mitre_techniques: Vec<Text<'a>>,
    pub threat_name: Option<Text<'a>>,
    pub threat_family: Option<Text<'a>>,
    pub actor: Option<Text<'a>>,
    pub assigned_to: Option<Text<'a>>,
    pub url: Option<Text<'a>>,
    pub created: Option<Stamp<'a>>,
    pub updated: Option<Stamp<'a>>,
    pub resolved: Option<Stamp<'a>>,
    pub first_activity: Option<Stamp<'a>>,
    pub last_activity: Option<Stamp<'a>>,
    pub system_tags: Vec<Text<'a>>,
    pub comments: Vec<Comment<'a>>,
    /// What the record's own members point at, outside of any evidence: a machine, a user, an address.
    pub things: Vec<Thing<'a>>,
    /// Undecoded; [`Alert::decoded_evidence`] reads them where a format needs them.
    pub evidence: Vec<&'a RawValue>,
    /// How `evidence` is written.
    pub evidence_shape: Shape,
    /// Members that have no field here, and those whose type surprised us: name and JSON, nothing lost.
    pub extra: Vec<(Text<'a>, &'a RawValue)>,
    /// Set where something was left out on purpose.
    pub shortened: Option<Shortened>,
}

impl<'a> Alert<'a> {
    /// The evidence, decoded one by one; its texts no longer than [`Alert::shortened`] says.
    pub fn decoded_evidence(&self) -> impl Iterator<Item = Evidence<'a>> {
        let shape = self.evidence_shape;
        let longest = self.shortened.map_or(usize::MAX, |shortened| shortened.longest_text);
        self.evidence.iter().map(move |raw| Evidence::decode_within(shape, raw, longest))
    }

    /// Which revision of the alert this is: its last update, else its creation.
    #[must_use]
    pub fn revision(&self) -> Option<Timestamp> {
        let read = |stamp: &Option<Stamp<'_>>| stamp.as_ref().and_then(|stamp| stamp.at);
        read(&self.updated).or_else(|| read(&self.created))
    }
}

/// A remark that somebody left on an alert or an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment<'a> {
    pub text: Option<Text<'a>>,
    pub author: Option<Text<'a>>,
    pub created: Option<Text<'a>>,
}

/// What a record of a feed was read as.
#[derive(Debug, Clone)]
pub enum Finding<'a> {
    Alert(Box<Alert<'a>>),
    Incident(Box<Incident<'a>>),
}

impl<'a> Finding<'a> {
    /// The vendor's JSON document, byte for byte.
    #[must_use]
    pub fn raw(&self) -> &'a str {
        match self {
            Finding::Alert(alert) => alert.raw,
            Finding::Incident(incident) => incident.raw,
        }
    }

    /// The tenant that the record itself names.
    #[must_use]
    pub fn tenant_id(&self) -> Option<&str> {
        match self {
            Finding::Alert(alert) => alert.tenant_id.as_deref(),
            Finding::Incident(incident) => incident.tenant_id.as_deref(),
        }
    }

    #[must_use]
    pub fn title(&self) -> Option<&str> {
        match self {
            Finding::Alert(alert) => alert.title.as_deref(),
            Finding::Incident(incident) => incident.title.as_deref(),
        }
    }
}

/// Reads one record of a feed in full; its [`Header::kind`] says as what.
pub type ReadFinding = for<'a> fn(Kind, &'a str) -> Result<Finding<'a>, Unreadable>;

/// Why a record could not be read as an alert. Such a record becomes a dead letter with its bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the record cannot be read as an alert: {0}")]
pub struct Unreadable(pub String);
