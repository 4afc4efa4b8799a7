//! `metadata` and `cloud`: where the finding comes from, and whose it is.

use jiff::Timestamp;

use super::class::{Class, DETECTION, INCIDENT};
use super::moment::{DateTime, Millis, moment};
use super::object::objects;
use super::objects::Tag;
use super::source::truncated;
use super::{Version, later};
use crate::alert::{Alert, Incident, Shortened, Stamp, Text};
use crate::format::{Context, event_uid, product};
use crate::source::FeedKind;

objects! {
    /// `feature`
    Feature: "feature" {
        name: Text<'a>,
    }

    /// `product`: at least one of `name`, `uid`.
    Product: "product" {
        name: Text<'a>,
        vendor_name: Text<'a>,
        uid: Option<Text<'a>>,
        feature: Option<Feature<'a>>,
    }

    /// `metadata`
    Metadata: "metadata" {
        version: &'static str,
        profiles: Vec<&'static str>,
        product: Product<'a>,
        uid: Text<'a>,
        original_event_uid: Option<Text<'a>>,
        correlation_uid: Option<Text<'a>>,
        event_code: Option<Text<'a>>,
        tenant_uid: &'a str,
        log_name: &'static str,
        log_provider: &'static str,
        original_time: Option<Text<'a>>,
        logged_time: Option<Millis>,
        logged_time_dt: Option<DateTime>,
        labels: Vec<String>,
        tags: Vec<Tag<'a>>,
        debug: Vec<String>,
        is_truncated: Option<bool>,
        untruncated_size: Option<u64>,
    }

    /// `account`: at least one of `name`, `uid`.
    CloudAccount: "account" {
        uid: &'a str,
        name: &'a str,
        type_id: u32,
        kind as "type": &'static str,
    }

    /// `organization`: at least one of `name`, `uid`.
    Organization: "organization" {
        uid: &'a str,
        name: &'a str,
    }

    /// `cloud`
    Cloud: "cloud" {
        provider: &'static str,
        account: CloudAccount<'a>,
        org: Organization<'a>,
    }
}

/// All that the version has of those that we fill, so that one schema fits every event of a class.
fn profiles(class: &Class, version: Version) -> &'static [&'static str] {
    if version >= Version::V1_4_0 {
        &["cloud", "datetime", "host", "incident", "security_control"]
    } else if class.uid == DETECTION.uid {
        &["cloud", "datetime", "host", "security_control"]
    } else {
        &["cloud", "datetime"]
    }
}

/// What the metadata say of the record itself.
pub struct About<'a> {
    pub class: &'static Class,
    pub product: Product<'a>,
    /// What tells the record apart from all others of its feed, alerts and incidents alike.
    pub key: Text<'a>,
    /// The vendor's ID of the record.
    pub id: Text<'a>,
    pub incident: Option<Text<'a>>,
    pub detector: Option<Text<'a>>,
    pub created: Option<Text<'a>>,
    pub revision: Option<Timestamp>,
    pub tags: Vec<Tag<'a>>,
    pub shortened: Option<Shortened>,
}

impl<'a> About<'a> {
    pub fn alert(alert: &Alert<'a>, feed: FeedKind) -> Self {
        Self {
            class: &DETECTION,
            product: product(alert),
            key: alert.id.clone(),
            id: own_id(&alert.id, feed),
            incident: alert.incident_id.clone(),
            detector: alert.detector_id.clone(),
            created: alert.created.as_ref().map(|created| created.text.clone()),
            revision: alert.revision(),
            tags: Vec::new(),
            shortened: alert.shortened,
        }
    }

    pub fn incident(incident: &Incident<'a>, feed: FeedKind) -> Self {
        let key = incident.known_as();
        let known = key.strip_prefix("incident:").unwrap_or(&key).to_owned();
        let tag = |name, values: &Vec<Text<'a>>| Tag { name, value: None, values: values.clone() };
        let tags = [tag("tags", &incident.tags), tag("tactics", &incident.tactics), tag("products", &incident.products)];
        Self {
            class: &INCIDENT,
            product: incident_product(incident, feed),
            key: Text::Owned(key),
            id: incident.id.clone(),
            incident: Some(Text::Owned(known)),
            detector: None,
            created: incident.created.as_ref().map(|created| created.text.clone()),
            revision: incident.revision(),
            tags: tags.into_iter().filter(|tag| !tag.values.is_empty()).collect(),
            shortened: incident.shortened,
        }
    }
}

/// The ID without the letters that Microsoft Graph puts before that of the product.
fn own_id<'a>(id: &Text<'a>, feed: FeedKind) -> Text<'a> {
    let prefix = match feed {
        FeedKind::RiskDetections => "ad",
        FeedKind::SentinelIncidents => "sn",
        FeedKind::DefenderForCloud => "dc",
        FeedKind::GraphAlerts | FeedKind::GraphIncidents | FeedKind::MdeAlerts | FeedKind::XdrIncidents => return id.clone(),
    };
    id.strip_prefix(prefix).map_or_else(|| id.clone(), |own| Text::Owned(own.to_owned()))
}

pub fn product<'a>(alert: &Alert<'a>) -> Product<'a> {
    Product {
        name: product::of_alert(alert),
        vendor_name: "Microsoft".into(),
        uid: alert.service_source.clone(),
        feature: alert.detection_source.clone().map(|name| Feature { name }),
    }
}

/// The product that shows an incident.
pub fn incident_product<'a>(incident: &Incident<'a>, feed: FeedKind) -> Product<'a> {
    let service = Text::Borrowed(product::of_incident(incident, feed));
    Product { name: product::name(&service), vendor_name: "Microsoft".into(), uid: Some(service), feature: None }
}

pub fn metadata<'a>(about: About<'a>, context: &Context<'a>, version: Version, debug: Vec<String>) -> Metadata<'a> {
    let (is_truncated, untruncated_size) = truncated(about.shortened);
    let (logged_time, logged_time_dt) = moment(context.collected).unzip();
    let customer = std::iter::once(format!("customer:{}", context.tenant.customer));
    let labels = context.tenant.labels.iter().map(|(key, value)| format!("{key}:{value}"));
    // Those of the tenant have a colon.
    let replayed = context.replayed.then(|| "replayed".to_owned());
    let (log_name, log_provider) = match context.feed {
        FeedKind::GraphAlerts => ("security/alerts_v2", "Microsoft Graph"),
        FeedKind::GraphIncidents => ("security/incidents", "Microsoft Graph"),
        FeedKind::MdeAlerts => ("api/alerts", "Microsoft Defender for Endpoint"),
        FeedKind::XdrIncidents => ("api/incidents", "Microsoft Defender XDR"),
        FeedKind::RiskDetections => ("identityProtection/riskDetections", "Microsoft Graph"),
        FeedKind::SentinelIncidents => ("Microsoft.SecurityInsights/incidents", "Azure Resource Manager"),
        FeedKind::DefenderForCloud => ("Microsoft.Security/alerts", "Azure Resource Manager"),
    };
    Metadata {
        version: version.number(),
        profiles: profiles(about.class, version).to_vec(),
        uid: event_uid(context, &about.key, about.revision).to_string().into(),
        product: about.product,
        original_event_uid: Some(about.id),
        correlation_uid: about.incident,
        event_code: about.detector,
        tenant_uid: context.tenant.id.as_str(),
        log_name,
        log_provider,
        original_time: about.created,
        logged_time,
        logged_time_dt,
        labels: customer.chain(labels).chain(replayed).collect(),
        tags: about.tags,
        debug,
        is_truncated,
        untruncated_size,
    }
}

pub fn cloud<'a>(context: &Context<'a>, version: Version) -> Cloud<'a> {
    let type_id = later::number(version, "account", "type_id", 17);
    let (tenant, customer) = (context.tenant, context.tenant.customer.as_str());
    Cloud {
        provider: "Azure",
        account: CloudAccount { uid: tenant.id.as_str(), name: customer, type_id, kind: "M365 Tenant" },
        org: Organization { uid: tenant.name.as_str(), name: customer },
    }
}

/// The moment that the finding is about, or `None` when the record names none that can be read.
pub fn readable(stamp: Option<&Stamp<'_>>) -> Option<Timestamp> {
    stamp.and_then(|stamp| stamp.at).filter(|at| moment(*at).is_some())
}
