//! The ID of an event: one revision of a finding, the same however often it is sent.

use jiff::Timestamp;
use uuid::Uuid;

use super::Context;

/// The root of our event IDs. Changing it, or what is hashed below it, gives every event a new ID.
const EVENTS: Uuid = Uuid::from_u128(0x5d0c_7f4e_2b61_4c39_9a8e_61c4_0f37_b2d5);

/// Derived from tenant, feed, the [`Header::id`](crate::alert::Header::id) of the finding and its last update: a consumer that
/// meets it twice has met the same revision twice.
#[must_use]
pub fn event_uid(context: &Context<'_>, id: &str, revision: Option<Timestamp>) -> Uuid {
    let revision = revision.map(|at| at.to_string()).unwrap_or_default();
    // A NUL between the parts, so that no two sets of parts run together into the same name.
    let name = [context.tenant.id.as_str(), context.feed.as_str(), id, &revision].join("\0");
    Uuid::new_v5(&EVENTS, name.as_bytes())
}
