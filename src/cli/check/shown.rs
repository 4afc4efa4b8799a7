//! What a live check found: lines for people, a document for programs (its shape is in docs/onboarding.md).

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::joined;
use crate::app::live::{Finding, Found, Outcome, Report};
use crate::config::Settings;

/// A line for each tenant and sink that is well, and one for each thing that is not, with who must do what below it.
pub(super) fn as_text(report: &Report, settings: &Settings) -> String {
    let mut text = String::new();
    for shared in &report.shared {
        let tenants = count(shared.tenants.len(), "tenant");
        tell(&mut text, shared.outcome, &format!("{}, {tenants}: {}", shared.what, shared.message), shared.advice.as_deref());
    }
    for found in &report.tenants {
        let feeds = settings.tenants.iter().find(|one| one.tenant.name == found.name).map(|one| joined(&one.feeds));
        lines(&mut text, &format!("tenant {}", found.name), found, &feeds.unwrap_or_default());
    }
    for found in &report.sinks {
        lines(&mut text, &format!("sink {}", found.name), found, "reachable");
    }
    for warning in &settings.warnings {
        let _ = writeln!(text, "warning: {warning}");
    }
    let _ = writeln!(text, "\n{}\n{}", sum(&report.tenants, "tenant"), sum(&report.sinks, "sink"));
    text
}

fn lines<Name>(text: &mut String, who: &str, found: &Found<Name>, well: &str) {
    let bad: Vec<&Finding> = found.findings.iter().filter(|finding| finding.outcome >= Outcome::Warning).collect();
    if bad.is_empty() {
        tell(text, Outcome::Ok, &format!("{who}: {well}"), None);
    }
    for finding in bad {
        let feeds = if finding.feeds.is_empty() { String::new() } else { format!(" of {}", joined(&finding.feeds)) };
        let what = format!("{who}: {}{feeds}", finding.check.as_str());
        match &finding.shared {
            Some(shared) => tell(text, finding.outcome, &format!("{what}: see {shared} above"), None),
            None => tell(text, finding.outcome, &format!("{what}: {}", finding.message), finding.advice.as_deref()),
        }
    }
}

fn tell(text: &mut String, outcome: Outcome, words: &str, advice: Option<&str>) {
    let _ = writeln!(text, "{:<8} {words}", outcome.as_str());
    if let Some(advice) = advice {
        let _ = writeln!(text, "         -> {advice}");
    }
}

fn sum<Name>(found: &[Found<Name>], noun: &str) -> String {
    let of = |outcome| found.iter().filter(|one| one.outcome() == outcome).count();
    let (ok, warned, failed) = (of(Outcome::Ok), of(Outcome::Warning), of(Outcome::Failed));
    format!("{}: {ok} ok, {warned} with warnings, {failed} failed", count(found.len(), noun))
}

fn count(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

pub(super) fn as_json(report: &Report, settings: &Settings) -> String {
    let tenants = report.tenants.iter().map(|found| {
        let one = settings.tenants.iter().find(|one| one.tenant.name == found.name);
        json!({
            "name": found.name.as_str(),
            "tenant_id": one.map(|one| one.tenant.id.as_str()),
            "customer": one.map(|one| &one.tenant.customer),
            "app": one.map(|one| &one.app.name),
            "cloud": one.map(|one| &one.cloud.name),
            "result": found.outcome().as_str(),
            "checks": found.findings.iter().map(check).collect::<Vec<_>>(),
        })
    });
    let sinks = report.sinks.iter().map(|found| {
        json!({
            "name": found.name.as_str(),
            "result": found.outcome().as_str(),
            "checks": found.findings.iter().map(check).collect::<Vec<_>>(),
        })
    });
    let shared = report.shared.iter().map(|shared| {
        json!({
            "what": shared.what,
            "result": shared.outcome.as_str(),
            "message": shared.message,
            "advice": shared.advice,
            "tenants": shared.tenants.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    });
    let answer = json!({
        "ok": report.outcome() != Outcome::Failed,
        "result": report.outcome().as_str(),
        "shared": shared.collect::<Vec<_>>(),
        "tenants": tenants.collect::<Vec<_>>(),
        "sinks": sinks.collect::<Vec<_>>(),
        "warnings": settings.warnings,
    });
    format!("{answer:#}")
}

fn check(finding: &Finding) -> Value {
    json!({
        "check": finding.check.as_str(),
        "feeds": finding.feeds.iter().map(|feed| feed.as_str()).collect::<Vec<_>>(),
        "result": finding.outcome.as_str(),
        "message": finding.message,
        "advice": finding.advice,
        "shared": finding.shared,
    })
}
