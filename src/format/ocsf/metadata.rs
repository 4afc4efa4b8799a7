//! `metadata` and `cloud`: where the finding comes from, and whose it is.

use jiff::Timestamp;
use uuid::Uuid;

use super::moment::{DateTime, Millis, moment};
use super::object::objects;
use crate::alert::{Alert, Incident, Text};
use crate::format::Context;
use crate::source::FeedKind;

objects! {
    /// `feature`
    Feature {
        name: Text<'a>,
    }

    /// `product`: at least one of `name`, `uid`.
    Product {
        name: Text<'a>,
        vendor_name: Text<'a>,
        uid: Option<Text<'a>>,
        feature: Option<Feature<'a>>,
    }

    /// `metadata`
    Metadata {
        version: &'static str,
        profiles: Vec<&'static str>,
        product: Product<'a>,
        uid: Text<'a>,
        original_event_uid: Text<'a>,
        correlation_uid: Option<Text<'a>>,
        event_code: Option<Text<'a>>,
        tenant_uid: &'a str,
        log_name: &'static str,
        log_provider: &'static str,
        original_time: Option<Text<'a>>,
        logged_time: Option<Millis>,
        logged_time_dt: Option<DateTime>,
        labels: Vec<String>,
        debug: Vec<String>,
    }

    /// `account`: at least one of `name`, `uid`.
    CloudAccount {
        uid: &'a str,
        name: &'a str,
        type_id: u32,
        #[serde(rename = "type")]
        kind: &'static str,
    }

    /// `organization`: at least one of `name`, `uid`.
    Organization {
        uid: &'a str,
        name: &'a str,
    }

    /// `cloud`
    Cloud {
        provider: &'static str,
        account: CloudAccount<'a>,
        org: Organization<'a>,
    }
}

/// Always all of them, so that one schema fits every event.
pub const PROFILES: [&str; 5] = ["cloud", "datetime", "host", "incident", "security_control"];

/// The root of our event IDs. Changing it, or what is hashed below it, gives every event a new ID.
const EVENTS: Uuid = Uuid::from_u128(0x5d0c_7f4e_2b61_4c39_9a8e_61c4_0f37_b2d5);

/// The same for each sending of a revision: derived from tenant, feed, alert ID and last update.
fn event_uid(id: &str, revision: Option<Timestamp>, context: &Context<'_>) -> Uuid {
    let revision = revision.map(|at| at.to_string()).unwrap_or_default();
    // A NUL between the parts, so that no two sets of parts run together into the same name.
    let name = [context.tenant.id.as_str(), context.feed.as_str(), id, &revision].join("\0");
    Uuid::new_v5(&EVENTS, name.as_bytes())
}

pub fn product<'a>(alert: &Alert<'a>) -> Product<'a> {
    Product {
        name: alert.product_name.clone().unwrap_or_else(|| product_name(alert.service_source.as_ref())),
        vendor_name: "Microsoft".into(),
        uid: alert.service_source.clone(),
        feature: alert.detection_source.clone().map(|name| Feature { name }),
    }
}

/// The name for people behind a service's word; an unknown word stands for itself.
fn product_name<'a>(service: Option<&Text<'a>>) -> Text<'a> {
    let Some(service) = service else { return "Microsoft Defender XDR".into() };
    match &**service {
        "microsoftDefenderForEndpoint" => "Microsoft Defender for Endpoint".into(),
        "microsoftDefenderForIdentity" => "Microsoft Defender for Identity".into(),
        "microsoftDefenderForCloudApps" => "Microsoft Defender for Cloud Apps".into(),
        "microsoftDefenderForOffice365" => "Microsoft Defender for Office 365".into(),
        "microsoft365Defender" => "Microsoft Defender XDR".into(),
        "azureAdIdentityProtection" => "Microsoft Entra ID Protection".into(),
        "microsoftAppGovernance" => "Microsoft App Governance".into(),
        "dataLossPrevention" => "Microsoft Purview Data Loss Prevention".into(),
        "microsoftDefenderForCloud" => "Microsoft Defender for Cloud".into(),
        "microsoftSentinel" => "Microsoft Sentinel".into(),
        "microsoftInsiderRiskManagement" => "Microsoft Purview Insider Risk Management".into(),
        "microsoftThreatIntelligence" => "Microsoft Threat Intelligence".into(),
        "microsoftSecurityForAI" => "Microsoft Security for AI".into(),
        _ => service.clone(),
    }
}

/// What of a record goes into `metadata`.
#[derive(Debug)]
pub struct Subject<'a> {
    pub id: Text<'a>,
    pub revision: Option<Timestamp>,
    pub product: Product<'a>,
    pub incident_id: Option<Text<'a>>,
    pub detector_id: Option<Text<'a>>,
    pub created: Option<Text<'a>>,
    pub tags: Vec<Text<'a>>,
}

impl<'a> Subject<'a> {
    pub fn alert(alert: &Alert<'a>) -> Self {
        Self {
            id: alert.id.clone(),
            revision: alert.revision(),
            product: product(alert),
            incident_id: alert.incident_id.clone(),
            detector_id: alert.detector_id.clone(),
            created: alert.created.as_ref().map(|created| created.text.clone()),
            tags: Vec::new(),
        }
    }

    /// An incident is correlated with its alerts by its number, which they name.
    pub fn incident(incident: &Incident<'a>) -> Self {
        let known_as = incident.known_as();
        let number = known_as.strip_prefix("incident:").unwrap_or(&known_as).to_owned();
        Self {
            id: known_as.into(),
            revision: incident.revision(),
            product: incident_product(incident),
            incident_id: Some(number.into()),
            detector_id: None,
            created: incident.created.as_ref().map(|created| created.text.clone()),
            tags: incident.tags.clone(),
        }
    }
}

pub fn incident_product<'a>(incident: &Incident<'a>) -> Product<'a> {
    let name = match incident.provider_name.as_deref() {
        None => "Microsoft Defender XDR".into(),
        Some("Azure Sentinel") => "Microsoft Sentinel".into(),
        Some(_) => incident.provider_name.clone().unwrap_or_default(),
    };
    Product { name, vendor_name: "Microsoft".into(), uid: None, feature: None }
}

pub fn metadata<'a>(subject: Subject<'a>, context: &Context<'a>, debug: Vec<String>) -> Metadata<'a> {
    let (logged_time, logged_time_dt) = moment(context.collected).unzip();
    let customer = std::iter::once(format!("customer:{}", context.tenant.customer));
    let labels = context.tenant.labels.iter().map(|(key, value)| format!("{key}:{value}"));
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
        version: "1.8.0",
        profiles: PROFILES.to_vec(),
        uid: event_uid(&subject.id, subject.revision, context).to_string().into(),
        product: subject.product,
        original_event_uid: subject.id,
        correlation_uid: subject.incident_id,
        event_code: subject.detector_id,
        tenant_uid: context.tenant.id.as_str(),
        log_name,
        log_provider,
        original_time: subject.created,
        logged_time,
        logged_time_dt,
        labels: customer.chain(labels).chain(subject.tags.into_iter().map(Text::into_owned)).collect(),
        debug,
    }
}

pub fn cloud<'a>(context: &Context<'a>) -> Cloud<'a> {
    let (tenant, customer) = (context.tenant, context.tenant.customer.as_str());
    Cloud {
        provider: "Azure",
        account: CloudAccount { uid: tenant.id.as_str(), name: customer, type_id: 17, kind: "M365 Tenant" },
        org: Organization { uid: tenant.name.as_str(), name: customer },
    }
}

/// The moment that the finding is about, or `None` when the record names none that can be read.
pub fn readable(stamp: Option<&crate::alert::Stamp<'_>>) -> Option<Timestamp> {
    stamp.and_then(|stamp| stamp.at).filter(|at| moment(*at).is_some())
}
