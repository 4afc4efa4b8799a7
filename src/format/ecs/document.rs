//! The document as a whole, and how an alert becomes one.

use std::collections::BTreeMap;

use super::cloud::{self, Cloud};
use super::email::Email;
use super::event::{self, Event};
use super::field::groups;
use super::file::File;
use super::host::{Device, Host};
use super::labels::Labels;
use super::moment::Moment;
use super::network::{Dns, Endpoint, Network};
use super::origin::{self, Observer, Organization, Rule};
use super::other::{Container, Orchestrator};
use super::ours::{self, Ours, Unmapped};
use super::place::Placed;
use super::process::Process;
use super::registry::Registry;
use super::related::Related;
use super::threat::{Software, Threat, ThreatGroup};
use super::unique::Unique;
use super::url::Url;
use super::user::{Group, User, UserAgent};
use super::{Options, VERSION};
use crate::alert::evidence::Thing;
use crate::alert::{Alert, Shortened, Stamp, Text};
use crate::format::{Context, event_uid};

groups! {
    Ecs {
        version: Option<&'a str>,
    }

    /// One event of ECS 9.4.
    Document {
        #[serde(rename = "@timestamp")]
        timestamp: Option<Moment>,
        ecs: Ecs<'a>,
        message: Option<Text<'a>>,
        event: Event<'a>,
        rule: Rule<'a>,
        threat: Threat<'a>,
        observer: Observer<'a>,
        organization: Organization<'a>,
        cloud: Cloud<'a>,
        host: Host<'a>,
        device: Device<'a>,
        user: User<'a>,
        user_agent: UserAgent<'a>,
        group: Group<'a>,
        process: Process<'a>,
        file: File<'a>,
        source: Endpoint<'a>,
        destination: Endpoint<'a>,
        network: Network<'a>,
        url: Url<'a>,
        dns: Dns<'a>,
        email: Email<'a>,
        registry: Registry<'a>,
        container: Container<'a>,
        orchestrator: Orchestrator<'a>,
        related: Related<'a>,
        tags: Unique<Text<'a>>,
        labels: BTreeMap<Text<'a>, Text<'a>>,
        alertferry: Ours<'a>,
    }
}

pub fn of_alert<'a>(alert: &Alert<'a>, context: &Context<'a>, options: Options) -> Document<'a> {
    let mut placed = Placed::of(alert);
    if alert.threat_name.is_some() || alert.threat_family.is_some() || alert.determination.as_deref() == Some("malware") {
        placed.categories.add("malware");
    }
    placed.related.add_users([&alert.assigned_to]);
    let software =
        Software { name: alert.threat_name.clone().or(placed.malware), alias: alert.threat_family.iter().cloned().collect() };
    let threat = Threat {
        software,
        group: ThreatGroup { name: alert.actor.clone() },
        ..Threat::of(&alert.mitre_techniques, &alert.categories)
    };
    Document {
        timestamp: Some(timestamp(alert.updated.as_ref(), alert.created.as_ref(), context)),
        ecs: Ecs { version: Some(VERSION) },
        message: alert.description.clone().or_else(|| alert.title.clone()),
        event: Event { original: original(alert.raw, options, alert.shortened), ..event::of_alert(alert, &placed.categories) },
        rule: origin::rule(alert),
        threat,
        observer: origin::observer(alert),
        organization: origin::organization(context),
        cloud: cloud::cloud(context, placed.service, placed.target),
        host: placed.host,
        device: placed.device,
        user: placed.user,
        user_agent: placed.user_agent,
        group: placed.group,
        process: placed.process,
        file: placed.file,
        source: placed.source,
        destination: placed.destination,
        network: placed.network,
        url: placed.url,
        dns: placed.dns,
        email: placed.email,
        registry: placed.registry,
        container: placed.container,
        orchestrator: placed.orchestrator,
        related: placed.related,
        tags: tags(&alert.system_tags, alert.shortened, context),
        labels: labels(alert, context),
        alertferry: Ours {
            event_uid: Some(event_uid(context, &alert.id, alert.revision()).to_string()),
            collected: Some(Moment(context.collected)),
            evidence: ours::evidence(&alert.evidence),
            alert_ids: Vec::new(),
            unmapped: unmapped(alert, context),
        },
    }
}

/// When this revision came about; when it was collected, where the record does not say.
pub fn timestamp(updated: Option<&Stamp<'_>>, created: Option<&Stamp<'_>>, context: &Context<'_>) -> Moment {
    Moment::of(updated).or_else(|| Moment::of(created)).unwrap_or(Moment(context.collected))
}

/// The vendor's document, where it is asked for and nothing was left out on purpose.
pub fn original(raw: &str, options: Options, shortened: Option<Shortened>) -> Option<&str> {
    (options.original && shortened.is_none()).then_some(raw)
}

pub fn tags<'a>(tags: &[Text<'a>], shortened: Option<Shortened>, context: &Context<'_>) -> Unique<Text<'a>> {
    let mut all = Unique::default();
    all.add_all(tags);
    if shortened.is_some() {
        all.add("shortened".into());
    }
    if context.replayed {
        all.add("replayed".into());
    }
    all
}

fn labels<'a>(alert: &Alert<'a>, context: &Context<'a>) -> BTreeMap<Text<'a>, Text<'a>> {
    let mut labels = Labels::of(context);
    labels.put_severity(alert.severity, alert.severity_word.as_ref());
    labels.put_status(alert.status, alert.status_word.as_ref());
    labels.put("classification", alert.classification.clone());
    labels.put("determination", alert.determination.clone());
    labels.put("investigation_state", alert.investigation_state.clone());
    labels.put("incident_id", alert.incident_id.clone());
    labels.put("provider_alert_id", alert.provider_id.clone());
    labels.put("resolved", Moment::of(alert.resolved.as_ref()).map(|resolved| Text::Owned(resolved.0.to_string())));
    labels.put_shortened(alert.shortened);
    labels.with_those_of_the_tenant(context)
}

fn unmapped<'a>(alert: &Alert<'a>, context: &Context<'a>) -> Unmapped<'a> {
    let mut unmapped = Unmapped::of(&alert.extra);
    unmapped.text("recommendedActions", alert.recommended_actions.as_ref());
    unmapped.text("assignedTo", alert.assigned_to.as_ref());
    if alert.categories.len() > 1 {
        unmapped.texts("categories", &alert.categories);
    }
    of_things(&alert.things, &mut unmapped);
    unmapped.comments(&alert.comments);
    unmapped.text("tenantId", foreign(alert.tenant_id.as_ref(), context));
    unmapped.stamp("createdDateTime", alert.created.as_ref());
    unmapped.stamp("lastUpdateDateTime", alert.updated.as_ref());
    unmapped.stamp("resolvedDateTime", alert.resolved.as_ref());
    unmapped.stamp("firstActivityDateTime", alert.first_activity.as_ref());
    unmapped.stamp("lastActivityDateTime", alert.last_activity.as_ref());
    unmapped
}

/// What the record itself names has no evidence that would keep it: the group of a machine, and a resource behind the first one.
fn of_things<'a>(things: &[Thing<'a>], unmapped: &mut Unmapped<'a>) {
    let mut resources = 0;
    for thing in things {
        match thing {
            Thing::Device(device) => unmapped.text("rbacGroupName", device.group_name.as_ref()),
            Thing::CloudResource(resource) => {
                if resources > 0 {
                    unmapped.text("properties.compromisedEntity", resource.name.as_ref());
                }
                resources += 1;
            }
            _ => {}
        }
    }
}

/// A tenant that is not the one that was asked.
pub fn foreign<'t, 'a>(id: Option<&'t Text<'a>>, context: &Context<'_>) -> Option<&'t Text<'a>> {
    id.filter(|id| !id.eq_ignore_ascii_case(context.tenant.id.as_str()))
}
