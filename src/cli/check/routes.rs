//! Routes as `check` shows them: which alerts go over them, and how often.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::send_word;
use super::sinks::oversize;
use crate::alert::{Kind, Status};
use crate::config::{RouteSettings, Settings};
use crate::pipeline::filter::{Filter, Marks};
use crate::tenant::SinkName;

/// A row for all tenants of a sink whose route takes the same alerts in the same way; none for those that take what the sink does.
pub(super) fn special(settings: &Settings) -> Vec<[String; 4]> {
    let mut alike: BTreeMap<(&SinkName, &str, String), Vec<&str>> = BTreeMap::new();
    for tenant in &settings.tenants {
        for (name, route) in &tenant.routes {
            let plain = settings.sinks.get(name).is_some_and(|sink| sink.send == route.send && sink.oversize == route.oversize);
            let only = only(route);
            if !plain || !only.is_empty() {
                alike.entry((name, send_word(route.send), only)).or_default().push(tenant.tenant.name.as_str());
            }
        }
    }
    let row = |((sink, send, only), tenants): ((&SinkName, &str, String), Vec<&str>)| {
        let others = tenants.len() - 1;
        let names = if others == 0 { tenants[0].to_owned() } else { format!("{} and {others} more", tenants[0]) };
        [sink.to_string(), names, send.to_owned(), if only.is_empty() { "–".to_owned() } else { only }]
    };
    alike.into_iter().map(row).collect()
}

pub(super) fn as_json(sink: &SinkName, route: &RouteSettings) -> Value {
    json!({
        "sink": sink.as_str(),
        "send": send_word(route.send),
        "oversize": oversize(route.oversize),
        "labels": route.tenant.labels,
        "only": route.filter.iter().map(words).collect::<Vec<_>>(),
    })
}

fn only(route: &RouteSettings) -> String {
    route.filter.iter().map(words).collect::<Vec<_>>().join("; and ")
}

/// One filter in a few words.
fn words(filter: &Filter) -> String {
    let least = filter.min_severity.map(|severity| format!("{} and above", severity.as_str()));
    let kinds = (!filter.kinds.is_empty()).then(|| listed("kinds", filter.kinds.iter().copied().map(Kind::as_str)));
    let wanted = marks(&filter.wanted).into_iter();
    let excluded = marks(&filter.excluded).into_iter().map(|words| format!("not {words}"));
    least.into_iter().chain(kinds).chain(wanted).chain(excluded).collect::<Vec<_>>().join(", ")
}

fn marks(marks: &Marks) -> Vec<String> {
    let named = [
        ("services", marks.services.iter().map(String::as_str).collect::<Vec<_>>()),
        ("statuses", marks.statuses.iter().copied().map(Status::as_str).collect()),
        ("categories", marks.categories.iter().map(String::as_str).collect()),
        ("titles", marks.titles.as_written().iter().map(String::as_str).collect()),
    ];
    named.into_iter().filter(|(_, all)| !all.is_empty()).map(|(what, all)| listed(what, all)).collect()
}

/// `services a, b and 3 more`.
fn listed<'a>(what: &str, all: impl IntoIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 3;
    let all: Vec<&str> = all.into_iter().collect();
    let rest = all.len().saturating_sub(SHOWN);
    let more = if rest == 0 { String::new() } else { format!(" and {rest} more") };
    format!("{what} {}{more}", all[..all.len() - rest].join(", "))
}
