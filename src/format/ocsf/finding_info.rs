//! `finding_info`: what was found, by which rule, and when.

use super::Version;
use super::attacks::Attack;
use super::metadata::{self, Product, readable};
use super::moment::{DateTime, Millis, moment};
use super::object::objects;
use super::objects::Tag;
use crate::alert::{Alert, Stamp, Text};

objects! {
    /// `analytic`: at least one of `name`, `uid`.
    Analytic: "analytic" {
        type_id: u32,
        kind as "type": Text<'a>,
        uid: Option<Text<'a>>,
        name: Option<Text<'a>>,
    }

    /// `related_event`
    Related: "related_event" {
        uid: Text<'a>,
        kind as "type": &'static str,
    }

    /// `finding_info`
    FindingInfo: "finding_info" {
        uid: Text<'a>,
        uid_alt: Option<Text<'a>>,
        title: Option<Text<'a>>,
        desc: Option<Text<'a>>,
        types: Vec<Text<'a>>,
        analytic: Option<Analytic<'a>>,
        attacks: Vec<Attack<'a>>,
        created_time: Option<Millis>,
        created_time_dt: Option<DateTime>,
        modified_time: Option<Millis>,
        modified_time_dt: Option<DateTime>,
        first_seen_time: Option<Millis>,
        first_seen_time_dt: Option<DateTime>,
        last_seen_time: Option<Millis>,
        last_seen_time_dt: Option<DateTime>,
        product: Option<Product<'a>>,
        data_sources: Vec<Text<'a>>,
        related_events: Vec<Related<'a>>,
        related_events_count: Option<u32>,
        src_url: Option<Text<'a>>,
        tags: Vec<Tag<'a>>,
    }
}

pub fn finding_info<'a>(alert: &Alert<'a>, attacks: Vec<Attack<'a>>) -> FindingInfo<'a> {
    let both = |stamp: Option<&Stamp<'_>>| readable(stamp).and_then(moment).unzip();
    let (created_time, created_time_dt) = both(alert.created.as_ref());
    let (modified_time, modified_time_dt) = both(alert.updated.as_ref());
    let (first_seen_time, first_seen_time_dt) = both(alert.first_activity.as_ref());
    let (last_seen_time, last_seen_time_dt) = both(alert.last_activity.as_ref());
    let analytic = Analytic { type_id: 0, kind: "Unknown".into(), uid: alert.detector_id.clone(), name: alert.title.clone() };
    let related: Vec<_> = alert.incident_id.iter().map(|uid| Related { uid: uid.clone(), kind: "Incident" }).collect();
    let actor = alert.actor.iter().map(|actor| Tag { name: "actor", value: Some(actor.clone()), values: Vec::new() });
    let tags = Some(Tag { name: "systemTags", value: None, values: alert.system_tags.clone() });
    FindingInfo {
        uid: alert.id.clone(),
        uid_alt: alert.provider_id.clone(),
        title: alert.title.clone(),
        desc: alert.description.clone(),
        types: alert.categories.clone(),
        analytic: Some(analytic).filter(|analytic| analytic.uid.is_some() || analytic.name.is_some()),
        attacks,
        created_time,
        created_time_dt,
        modified_time,
        modified_time_dt,
        first_seen_time,
        first_seen_time_dt,
        last_seen_time,
        last_seen_time_dt,
        product: Some(metadata::product(alert)),
        data_sources: alert.detection_source.iter().cloned().collect(),
        related_events_count: (!related.is_empty()).then_some(1),
        related_events: related,
        src_url: alert.url.clone(),
        tags: actor.chain(tags.filter(|tag| !tag.values.is_empty())).collect(),
    }
}

impl FindingInfo<'_> {
    /// Older versions insist on a title; failing one, the ID stands in.
    pub fn titled(mut self, version: Version) -> Self {
        if version < Version::V1_4_0 && self.title.is_none() {
            self.title = Some(self.uid.clone());
        }
        self
    }
}

/// An alert inside of an incident, in short: its own finding says the rest.
pub fn in_short<'a>(alert: &Alert<'a>, attacks: Vec<Attack<'a>>) -> FindingInfo<'a> {
    let whole = finding_info(alert, attacks);
    FindingInfo {
        desc: None,
        analytic: None,
        product: None,
        data_sources: Vec::new(),
        related_events: Vec::new(),
        related_events_count: None,
        tags: Vec::new(),
        ..whole
    }
}
