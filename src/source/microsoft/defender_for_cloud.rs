//! `defender-for-cloud`: Microsoft Defender for Cloud alerts, through Azure Resource Manager; one path for each subscription.
//!
//! Facts: no filter, no order and no page size, so that each look reads the whole list and picks out its window, by the time at
//! which processing ended; an alert has no last-update time, so that a change of its status is not seen for sure.

use jiff::SignedDuration;

use super::{Asking, Dialect, Inside};
use crate::alert::defender_for_cloud;
use crate::source::FeedKind;
use crate::source::cloud::Resource;

/// Where a subscription's alerts are.
#[must_use]
pub fn path(subscription: &str) -> String {
    format!("/subscriptions/{subscription}/providers/Microsoft.Security/alerts")
}

pub(super) const DIALECT: Dialect = Dialect {
    kind: FeedKind::DefenderForCloud,
    resource: Resource::Arm,
    path: "",
    api_version: Some("2022-01-01"),
    time_field: "properties/processingEndTimeUtc",
    asking: Asking::Everything,
    slicing: &[],
    expand: None,
    row: defender_for_cloud::header,
    inside: Inside::Nothing,
    read: defender_for_cloud::read,
    roles: &[],
    budget: "25/s",
    retention: None,
    grain: SignedDuration::ZERO,
};
