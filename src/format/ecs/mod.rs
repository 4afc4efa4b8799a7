//! `ecs`: Elastic Common Schema 9.4, one JSON document a finding, `event.kind: alert` for alerts and incidents alike.
//!
//! * `@timestamp` is the last update, so that each revision stands where it happened. `event.id` is the vendor's ID of the alert or
//!   incident; `alertferry.event_uid` names one revision and is the same however often it is sent. With it as the document's `_id`
//!   nothing stands twice, and with `event.id` (and `event.dataset`) a later revision takes the place of the one before.
//! * `event.dataset` is `alertferry.alert` or `alertferry.incident`, `event.module` is `alertferry`. The feed is a label, since an
//!   alert that several feeds show comes by whichever was first. `data_stream.*` is left to whoever writes into Elasticsearch:
//!   it must agree with the index, or the document is refused.
//! * `event.severity` is on the scale of Elastic's own integrations for Microsoft Graph (21, 21, 47, 73, 99); the word is in
//!   `labels.severity`.
//! * The tenant is `cloud.account.*` and `labels.tenant`, the customer `organization.name`.
//! * Where ECS wants one value, the evidence with the best [rank](place) gives it; `related.*` has all of them.
//! * What ECS has no field for is in [`alertferry.*`](ours), so that nothing gets lost.
//!
//! Other than Elastic's integrations, an address goes to `source` or `destination` by its role and never to `host.ip`; whoever an
//! alert is assigned to is no `source.user`; a family of malware is no `threat.group`; a technique is no sub-technique; and the data
//! of a registry value is not its name.

mod category;
mod cloud;
mod document;
mod email;
mod event;
mod field;
mod file;
mod host;
mod incident;
mod labels;
mod moment;
mod network;
mod origin;
mod other;
mod ours;
mod place;
mod process;
mod registry;
mod related;
mod threat;
mod unique;
mod url;
mod user;

use super::{Context, EncodeError};
use crate::alert::Finding;

const VERSION: &str = "9.4.0";

/// What can be set of ECS documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Whether the vendor's own document stands, as a text, in `event.original`.
    pub original: bool,
}

/// Appends one finding as a JSON document without a trailing newline, on one line.
///
/// # Errors
/// When the document cannot be serialized.
pub fn encode(finding: &Finding<'_>, context: &Context<'_>, options: Options, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let document = match finding {
        Finding::Alert(alert) => document::of_alert(alert, context, options),
        Finding::Incident(incident) => incident::of_incident(incident, context, options),
    };
    serde_json::to_writer(out, &document).map_err(|error| EncodeError { format: "ecs", reason: error.to_string() })
}
