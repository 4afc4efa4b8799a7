//! What a finding says of itself, in terms that alerts and incidents share.

use jiff::Timestamp;

use super::evidence::Picked;
use super::inside::Inside;
use super::text::{millis, says_something, unknown_left_out};
use crate::alert::{Alert, Finding, Incident, Kind, Severity, Shortened, Status, Text};
use crate::format::{Context, product};

/// A finding, with one value for everything. Times are milliseconds since 1970.
#[derive(Debug, Clone)]
pub struct Report<'a> {
    pub kind: Kind,
    /// The [`Header::id`](crate::alert::Header::id): no alert and no incident of the tenant has the same.
    pub id: Text<'a>,
    pub revision: Option<Timestamp>,
    pub provider_id: Option<Text<'a>>,
    /// The incident itself, or that of the alert, by the number that Defender XDR gave it.
    pub incident_id: Option<Text<'a>>,
    /// The number by which people know an incident, where it is not its ID.
    pub incident_number: Option<Text<'a>>,
    pub redirect_id: Option<Text<'a>>,
    /// For people; never empty.
    pub product: Text<'a>,
    /// The vendor's word for the product.
    pub service: Option<Text<'a>>,
    pub detection_source: Option<Text<'a>>,
    pub detector_id: Option<Text<'a>>,
    pub policy_id: Option<Text<'a>>,
    pub title: Option<Text<'a>>,
    pub description: Option<Text<'a>>,
    pub severity: Severity,
    /// In one scale for all feeds; a word that we do not know stands as sent.
    pub status: Option<Text<'a>>,
    pub classification: Option<Text<'a>>,
    pub determination: Option<Text<'a>>,
    /// Of an incident: its tactics, and the categories of the alerts inside.
    pub categories: Vec<Text<'a>>,
    pub techniques: Vec<Text<'a>>,
    pub threat_name: Option<Text<'a>>,
    pub threat_family: Option<Text<'a>>,
    pub actor: Option<Text<'a>>,
    pub owner: Option<Text<'a>>,
    pub created: Option<i64>,
    /// The creation where the vendor sends no last update.
    pub updated: Option<i64>,
    pub resolved: Option<i64>,
    pub first_activity: Option<i64>,
    pub last_activity: Option<i64>,
    /// The finding's own page.
    pub url: Option<Text<'a>>,
    pub incident_url: Option<Text<'a>>,
    /// How many alerts are inside of an incident; `None` where the feed embeds none.
    pub alerts: Option<usize>,
    pub shortened: Option<Shortened>,
    pub picked: Picked<'a>,
}

/// Boils a finding down. The evidence of an alert is decoded here, once.
pub fn report<'a>(finding: &Finding<'a>, context: &Context<'_>) -> Report<'a> {
    match finding {
        Finding::Alert(alert) => of_alert(alert),
        Finding::Incident(incident) => of_incident(incident, context),
    }
}

fn of_alert<'a>(alert: &Alert<'a>) -> Report<'a> {
    let created = millis(alert.created.as_ref());
    let mut picked = Picked::read(alert);
    Report {
        kind: Kind::Alert,
        id: alert.id.clone(),
        revision: alert.revision(),
        provider_id: alert.provider_id.clone(),
        incident_id: alert.incident_id.clone(),
        incident_number: None,
        redirect_id: None,
        product: product::of_alert(alert),
        service: alert.service_source.clone(),
        detection_source: alert.detection_source.clone(),
        detector_id: alert.detector_id.clone(),
        policy_id: alert.policy_id.clone(),
        title: alert.title.clone(),
        description: alert.description.clone(),
        severity: alert.severity,
        status: status(alert.status, alert.status_word.as_ref()),
        classification: unknown_left_out(alert.classification.as_ref()),
        determination: unknown_left_out(alert.determination.as_ref()),
        categories: alert.categories.clone(),
        techniques: alert.mitre_techniques.clone(),
        threat_name: alert.threat_name.clone().or_else(|| picked.malware.take()),
        threat_family: alert.threat_family.clone(),
        actor: alert.actor.clone(),
        owner: alert.assigned_to.clone(),
        created,
        updated: millis(alert.updated.as_ref()).or(created),
        resolved: millis(alert.resolved.as_ref()),
        first_activity: millis(alert.first_activity.as_ref()),
        last_activity: millis(alert.last_activity.as_ref()),
        url: alert.url.clone(),
        incident_url: alert.incident_url.clone(),
        alerts: None,
        shortened: alert.shortened,
        picked,
    }
}

fn of_incident<'a>(incident: &Incident<'a>, context: &Context<'_>) -> Report<'a> {
    let created = millis(incident.created.as_ref());
    let inside = Inside::read(incident, context.feed);
    let id = incident.known_as();
    let known = id.strip_prefix("incident:").unwrap_or(&id).to_owned();
    let service = Text::Borrowed(product::of_incident(incident, context.feed));
    let own = incident.tactics.iter().filter(|tactic| !inside.categories.contains(tactic)).cloned();
    Report {
        kind: Kind::Incident,
        id: id.into(),
        revision: incident.revision(),
        provider_id: incident.provider_id.clone(),
        incident_id: Some(known.into()),
        incident_number: incident.number.clone(),
        redirect_id: incident.redirect_id.clone(),
        product: product::name(&service),
        service: Some(service),
        detection_source: None,
        detector_id: None,
        policy_id: None,
        title: incident.title.clone(),
        description: incident.description.clone().or_else(|| incident.summary.clone()),
        severity: incident.severity,
        status: status(incident.status, incident.status_word.as_ref()),
        classification: unknown_left_out(incident.classification.as_ref()),
        determination: unknown_left_out(incident.determination.as_ref()),
        categories: own.chain(inside.categories.iter().cloned()).collect(),
        techniques: inside.techniques,
        threat_name: None,
        threat_family: None,
        actor: None,
        owner: incident.assigned_to.clone(),
        created,
        updated: millis(incident.updated.as_ref()).or(created),
        resolved: None,
        first_activity: millis(incident.first_activity.as_ref()).or(inside.first_activity),
        last_activity: millis(incident.last_activity.as_ref()).or(inside.last_activity),
        url: incident.url.clone(),
        incident_url: None,
        alerts: Some(incident.alerts.len()).filter(|alerts| *alerts > 0),
        shortened: incident.shortened,
        picked: Picked::default(),
    }
}

fn status<'a>(status: Status, word: Option<&Text<'a>>) -> Option<Text<'a>> {
    match status {
        Status::Unknown => None,
        Status::Other => word.cloned(),
        known => Some(known.as_str().into()),
    }
}

impl<'a> Report<'a> {
    /// What happened, by the title; where the vendor gives none, by the product.
    pub fn name(&self) -> Text<'a> {
        let nameless = || format!("{} {}", self.product, self.kind.as_str()).into();
        self.title.clone().filter(says_something).unwrap_or_else(nameless)
    }

    /// The category that rules can be bound to: the first one, since a list of several differs from alert to alert.
    pub fn category(&self) -> Text<'a> {
        match self.kind {
            Kind::Alert => {
                self.categories.iter().find(|category| says_something(category)).cloned().unwrap_or_else(|| "alert".into())
            }
            Kind::Incident => "incident".into(),
        }
    }

    /// What kind of event it is: the rule that found it, else its category.
    pub fn class(&self) -> Text<'a> {
        self.detector_id.clone().filter(says_something).unwrap_or_else(|| self.category())
    }

    /// Status, classification and determination, as far as anybody said.
    pub fn standing(&self) -> String {
        let said = [&self.status, &self.classification, &self.determination].into_iter().flatten();
        said.map(|word| &**word).collect::<Vec<_>>().join("/")
    }
}
