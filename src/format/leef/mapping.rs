//! What stands under which key (docs/formats.md has the table). The keys that QRadar knows come first and long texts last, so that a
//! relay that cuts lines takes the least.

use super::attributes::Attributes;
use crate::alert::{Kind, Severity};
use crate::format::flat::{Report, keyed_labels};
use crate::format::{Context, event_uid};

pub fn write(report: &Report<'_>, context: &Context<'_>, to: &mut Attributes<'_>) {
    known(report, to);
    identity(report, context, to);
    standing(report, to);
    evidence(report, to);
    to.put("title", report.title.as_deref());
    to.put("msg", report.description.as_deref());
    let picked = &report.picked;
    to.put("cmd", picked.program.as_ref().and_then(|program| program.command_line.as_deref()));
    for (key, value) in keyed_labels(&context.tenant.labels, "label") {
        to.put(key, Some(value));
    }
}

/// The keys that QRadar reads into fields of its own, and those that it at least knows.
fn known(report: &Report<'_>, to: &mut Attributes<'_>) {
    let picked = &report.picked;
    to.put("cat", report.service.as_deref().or(Some(&report.product)));
    to.put("sev", Some(severity(report.severity)));
    to.put_number("devTime", report.updated);
    let machine = picked.machine.as_ref();
    let machine_ip = machine.and_then(|machine| machine.ip).map(|ip| ip.to_canonical());
    let (source, destination) = (picked.ends.source, picked.ends.destination);
    to.put_number("src", source.map(|(ip, _)| ip.to_canonical()).or(machine_ip));
    to.put_number("srcPort", source.and_then(|(_, port)| port));
    to.put_number("dst", destination.map(|(ip, _)| ip.to_canonical()));
    to.put_number("dstPort", destination.and_then(|(_, port)| port));
    to.put("proto", picked.protocol.as_deref());
    to.put("srcMAC", machine.and_then(|machine| machine.mac.as_deref()));
    let user = picked.user.as_ref().or(picked.acting.as_ref());
    to.put("usrName", user.and_then(|user| user.name.as_deref()));
    let name = machine.and_then(|machine| machine.name.as_deref());
    if to.put_number("identSrc", machine_ip) {
        to.put("identHostName", name);
    }
    to.put("resource", name.or(picked.resource.as_deref()));
    to.put("url", picked.url.as_deref());
    to.put("groupID", picked.group.as_deref());
    let domain = user.and_then(|user| user.domain.as_deref());
    to.put("domain", domain.or(machine.and_then(|machine| machine.domain.as_deref())));
    to.put("accountName", user.and_then(|user| user.entra_id.as_deref()));
}

fn identity(report: &Report<'_>, context: &Context<'_>, to: &mut Attributes<'_>) {
    to.put("eventUid", Some(&event_uid(context, &report.id, report.revision).to_string()));
    to.put("tenantId", Some(context.tenant.id.as_str()));
    to.put("tenantName", Some(context.tenant.name.as_str()));
    to.put("customer", Some(&context.tenant.customer));
    match report.kind {
        Kind::Alert => {
            to.put("alertId", Some(&report.id));
            to.put("providerAlertId", report.provider_id.as_deref());
            to.put("alertUrl", report.url.as_deref());
            to.put("incidentUrl", report.incident_url.as_deref());
        }
        Kind::Incident => {
            to.put("incidentNumber", report.incident_number.as_deref());
            to.put("incidentUrl", report.url.as_deref());
            to.put("mergedInto", report.redirect_id.as_deref());
            to.put_number("alertCount", report.alerts);
            to.put("categories", Some(&report.categories.join(",")));
        }
    }
    to.put("incidentId", report.incident_id.as_deref());
    to.put("detectorId", report.detector_id.as_deref());
    to.put("detectionSource", report.detection_source.as_deref());
    to.put("policyId", report.policy_id.as_deref());
    to.put("replayed", context.replayed.then_some("true"));
    if let Some(shortened) = report.shortened {
        to.put("shortened", Some("true"));
        to.put_number("untruncatedBytes", Some(shortened.octets));
    }
}

fn standing(report: &Report<'_>, to: &mut Attributes<'_>) {
    to.put("status", report.status.as_deref());
    to.put("classification", report.classification.as_deref());
    to.put("determination", report.determination.as_deref());
    to.put("assignedTo", report.owner.as_deref());
    to.put_number("startTime", report.first_activity);
    to.put_number("endTime", report.last_activity);
    to.put("mitreTechniques", Some(&report.techniques.join(",")));
    to.put("threatName", report.threat_name.as_deref());
    to.put("threatFamily", report.threat_family.as_deref());
    to.put("actor", report.actor.as_deref());
}

fn evidence(report: &Report<'_>, to: &mut Attributes<'_>) {
    let picked = &report.picked;
    to.put("action", picked.done.as_deref());
    to.put("deviceId", picked.machine.as_ref().and_then(|machine| machine.id.as_deref()));
    if let Some(file) = &picked.file {
        to.put("fileName", file.name.as_deref());
        to.put("filePath", file.path.as_deref());
        to.put("sha256", file.sha256.as_deref());
        to.put("sha1", file.sha1.as_deref());
        to.put("md5", file.md5.as_deref());
    }
    if let Some(program) = &picked.program {
        to.put("process", program.name.as_deref());
        to.put_number("pid", program.pid);
    }
    if let Some(letter) = &picked.letter {
        to.put("sender", letter.sender.as_deref());
        to.put("messageId", letter.id.as_deref());
        to.put("subject", letter.subject.as_deref());
    }
    to.put("domainAskedFor", picked.domain_asked_for.as_deref());
    to.put("application", picked.application.as_deref());
    to.put("cloudResource", picked.resource.as_deref());
    to.put("registryPath", picked.registry_path.as_deref());
    to.put("userAgent", picked.user_agent.as_deref());
}

/// As in CEF, but that QRadar's scale begins at 1.
fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Unknown | Severity::Other | Severity::Informational => "1",
        Severity::Low => "3",
        Severity::Medium => "5",
        Severity::High => "8",
        Severity::Critical => "10",
    }
}
