//! What stands under which key (docs/formats.md has the table). What rules look at comes first and long texts last, so that a relay
//! that cuts lines takes the least.

use std::net::IpAddr;

use super::Options;
use super::extension::Extension;
use super::lengths::longest;
use crate::alert::header::fingerprint;
use crate::alert::{Kind, Text};
use crate::format::Context;
use crate::format::flat::{Person, Report, cut, keyed_labels};

pub fn write(report: &Report<'_>, context: &Context<'_>, options: Options, to: &mut Extension<'_>) {
    to.put_number("rt", report.updated);
    to.put_number("start", report.first_activity);
    to.put_number("end", report.last_activity);
    identity(report, options, to);
    to.put("cat", report.categories.first().map(|category| &**category));
    to.put("act", report.picked.done.as_deref());
    to.put("reason", Some(&report.standing()));
    let count = report.alerts.map(|alerts| alerts.to_string());
    to.put("cnt", count.or_else(|| report.picked.messages.map(|messages| messages.to_string())).as_deref());
    to.put("alertferryMergedInto", report.redirect_id.as_deref());
    to.put("alertferryReplayed", context.replayed.then_some("true"));
    whose(context, to);
    people(report, to);
    machines(report, options, to);
    to.put("sourceServiceName", report.detection_source.as_deref());
    files(report, options, to);
    custom(report, to);
    long_texts(report, to);
    for (key, value) in keyed_labels(&context.tenant.labels, "alertferryLabel") {
        to.put(key, Some(value));
    }
}

/// The ID, whole; where it is too long for ArcSight, 32 hexadecimal digits that stand for it and the ID in a field with more room.
fn identity(report: &Report<'_>, options: Options, to: &mut Extension<'_>) {
    let id = &*report.id;
    if options.strict_lengths && cut(id, longest("externalId")).len() < id.len() {
        let digits = fingerprint(id);
        to.put("externalId", digits.strip_prefix("sha256:").map(|digits| cut(digits, 32)));
        let label = if report.kind == Kind::Alert { "AlertId" } else { "FindingId" };
        to.put_labelled(("flexString2", "flexString2Label"), label, Some(id));
    } else {
        to.put("externalId", Some(id));
    }
    // Only an ID that is the same written as a number.
    let numeric = |id: &Option<Text<'_>>| {
        id.as_deref().filter(|id| id.parse::<i64>().is_ok_and(|number| number.to_string() == **id)).map(str::to_owned)
    };
    let (label, number) = match numeric(&report.incident_id) {
        Some(id) => ("IncidentId", Some(id)),
        None => ("IncidentNumber", numeric(&report.incident_number)),
    };
    to.put_labelled(("cn3", "cn3Label"), label, number.as_deref());
}

fn whose(context: &Context<'_>, to: &mut Extension<'_>) {
    to.put("deviceFacility", Some(context.tenant.name.as_str()));
    to.put_labelled(("cs2", "cs2Label"), "TenantId", Some(context.tenant.id.as_str()));
    to.put("alertferryCustomer", Some(&context.tenant.customer));
}

fn people(report: &Report<'_>, to: &mut Extension<'_>) {
    person(report.picked.acting.as_ref(), ["suser", "suid", "sntdom"], to);
    person(report.picked.target.as_ref(), ["duser", "duid", "dntdom"], to);
}

fn person(person: Option<&Person<'_>>, [name, id, domain]: [&'static str; 3], to: &mut Extension<'_>) {
    let Some(person) = person else { return };
    to.put(name, person.name.as_deref());
    to.put(id, person.id().map(|id| &**id));
    to.put(domain, person.domain.as_deref());
}

fn machines(report: &Report<'_>, options: Options, to: &mut Extension<'_>) {
    let picked = &report.picked;
    if let Some(machine) = &picked.machine {
        to.put("shost", machine.name.as_deref());
        to.put("dvchost", machine.name.as_deref());
        // One member of the vendor's holds either kind of domain.
        let key = if machine.domain.as_deref().is_some_and(|domain| domain.contains('.')) { "sourceDnsDomain" } else { "sntdom" };
        to.put(key, machine.domain.as_deref());
        to.put("deviceExternalId", machine.id.as_deref());
        address(to, "dvc", ("c6a1", "c6a1Label"), "Device IPv6 Address", machine.ip, options);
        to.put("smac", machine.mac.as_deref());
    }
    if let Some((ip, port)) = picked.ends.source {
        address(to, "src", ("c6a2", "c6a2Label"), "Source IPv6 Address", Some(ip), options);
        to.put_number("spt", port);
    }
    if let Some((ip, port)) = picked.ends.destination {
        address(to, "dst", ("c6a3", "c6a3Label"), "Destination IPv6 Address", Some(ip), options);
        to.put_number("dpt", port);
    }
    to.put("proto", picked.protocol.as_deref());
    to.put("destinationDnsDomain", picked.domain_asked_for.as_deref());
    to.put("destinationServiceName", picked.application.as_deref());
}

/// ArcSight's dictionary knows only IPv4 in `src`, `dst` and `dvc`.
fn address(
    to: &mut Extension<'_>,
    key: &'static str,
    keys6: (&'static str, &'static str),
    label: &str,
    ip: Option<IpAddr>,
    options: Options,
) {
    let Some(ip) = ip.map(|ip| ip.to_canonical()) else { return };
    if ip.is_ipv4() || options.ipv6_in_src {
        to.put_number(key, Some(ip));
    } else {
        to.put_labelled(keys6, label, Some(&ip.to_string()));
    }
}

fn files(report: &Report<'_>, options: Options, to: &mut Extension<'_>) {
    let picked = &report.picked;
    // The dictionary's integers have 32 bits.
    let fits = |number: &i64| !options.strict_lengths || i32::try_from(*number).is_ok();
    if let Some(program) = &picked.program {
        to.put_number("spid", program.pid.filter(fits));
        to.put("sproc", program.name.as_deref());
    }
    if let Some(file) = &picked.file {
        to.put("fname", file.name.as_deref());
        to.put("filePath", file.path.as_deref());
        to.put_number("fsize", file.size.filter(fits));
        to.put("fileHash", file.sha1.as_deref());
    }
    to.put_labelled(("cs6", "cs6Label"), "SHA256", Some(&picked.sha256.join(",")));
    to.put_labelled(("cs5", "cs5Label"), "MD5", Some(&picked.md5.join(",")));
}

fn custom(report: &Report<'_>, to: &mut Extension<'_>) {
    let threat = report.threat_name.as_ref().or(report.threat_family.as_ref());
    to.put_labelled(("cs1", "cs1Label"), "ThreatName", threat.map(|name| &**name));
    to.put_labelled(("cs3", "cs3Label"), "MitreTechniques", Some(&report.techniques.join(",")));
    to.put_labelled(("cs4", "cs4Label"), "Actor", report.actor.as_deref());
    let (created, url) = match report.kind {
        Kind::Alert => ("AlertCreated", "AlertUrl"),
        Kind::Incident => ("IncidentCreated", "IncidentUrl"),
    };
    let millis = |at: Option<i64>| at.map(|at| at.to_string());
    to.put_labelled(("deviceCustomDate1", "deviceCustomDate1Label"), created, millis(report.created).as_deref());
    to.put_labelled(("deviceCustomDate2", "deviceCustomDate2Label"), "AlertResolved", millis(report.resolved).as_deref());
    to.put_labelled(("flexString1", "flexString1Label"), url, report.url.as_deref());
    let octets = report.shortened.map(|shortened| shortened.octets.to_string());
    to.put_labelled(("flexNumber1", "flexNumber1Label"), "UntruncatedBytes", octets.as_deref());
}

fn long_texts(report: &Report<'_>, to: &mut Extension<'_>) {
    let picked = &report.picked;
    to.put("request", picked.url.as_deref());
    to.put("requestClientApplication", picked.user_agent.as_deref());
    to.put("alertferryResource", picked.resource.as_deref());
    to.put("alertferryRegistryPath", picked.registry_path.as_deref());
    to.put("alertferryMailSubject", picked.letter.as_ref().and_then(|letter| letter.subject.as_deref()));
    to.put("msg", report.description.as_deref());
    to.put("alertferryCommandLine", picked.program.as_ref().and_then(|program| program.command_line.as_deref()));
}
