//! What the tests of the two line formats share: an alert full of hostile texts, and what becomes of a text on one line.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use alertferry::alert::Kind;
use alertferry::format::{Activity, Encoder};
use alertferry::source::FeedKind;
use alertferry::tenant::Tenant;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::fixtures::{Fixture, every_feed};
use super::{context, tenant};

/// What people, and those who attack them, could put into a title or a file's name.
pub fn text() -> impl Strategy<Value = String> {
    let nasty = prop::sample::select(vec![
        "|",
        "=",
        "\\",
        "\n",
        "\r\n",
        "\0",
        "\t",
        "^",
        "😀",
        "\u{202e}",
        "\u{2028}",
        " ",
        "  ",
        "\"",
        "'",
        "a",
        "msg=",
        " cs1=",
        "\\n",
        "\\=",
        "\\|",
        "C:\\new\\temp",
        "日本語",
        "\u{85}",
        "\u{7f}",
        "x09",
        "%",
        "#",
        "]",
        "CEF:0|",
        "\u{feff}",
        "é",
    ]);
    prop_oneof![
        4 => prop::collection::vec(nasty, 0..12).prop_map(|parts| parts.concat()),
        1 => any::<String>(),
        1 => "\\PC{0,40}",
    ]
}

/// An alert of Microsoft Graph with such texts wherever they go.
#[derive(Debug, Clone)]
pub struct Hostile {
    pub title: String,
    pub description: String,
    pub category: String,
    pub detector: String,
    pub threat: String,
    pub actor: String,
    pub user: String,
    pub domain: String,
    pub file: String,
    pub url: String,
    pub command_line: String,
    pub label: String,
}

pub fn hostile() -> impl Strategy<Value = Hostile> {
    prop::collection::vec(text(), 12).prop_map(Hostile::of)
}

impl Hostile {
    pub fn of(texts: Vec<String>) -> Self {
        let mut texts = texts.into_iter();
        let mut next = || texts.next().unwrap_or_default();
        Self {
            title: next(),
            description: next(),
            category: next(),
            detector: next(),
            threat: next(),
            actor: next(),
            user: next(),
            domain: next(),
            file: next(),
            url: next(),
            command_line: next(),
            label: next(),
        }
    }

    pub fn json(&self) -> Value {
        json!({
            "id": "da1",
            "title": self.title,
            "description": self.description,
            "category": self.category,
            "detectorId": self.detector,
            "threatDisplayName": self.threat,
            "actorDisplayName": self.actor,
            "severity": "high",
            "serviceSource": "microsoftDefenderForEndpoint",
            "evidence": [
                {"@odata.type": "#microsoft.graph.security.userEvidence",
                    "userAccount": {"accountName": self.user, "domainName": self.domain, "userSid": "S-1"}},
                {"@odata.type": "#microsoft.graph.security.fileEvidence", "fileDetails": {"fileName": self.file, "sha1": "a1"}},
                {"@odata.type": "#microsoft.graph.security.urlEvidence", "url": self.url},
                {"@odata.type": "#microsoft.graph.security.processEvidence", "processId": 7, "processCommandLine": self.command_line},
            ],
        })
    }

    /// The tenant of all tests, with one label.
    pub fn tenant(&self) -> Tenant {
        Tenant { labels: BTreeMap::from([("tier".to_owned(), self.label.clone())]), ..tenant() }
    }

    pub fn line(&self, encoder: Encoder) -> String {
        line(encoder, FeedKind::GraphAlerts, Kind::Alert, &self.json().to_string(), &self.tenant())
    }
}

pub fn line(encoder: Encoder, feed: FeedKind, kind: Kind, json: &str, tenant: &Tenant) -> String {
    let finding = (feed.dialect().read)(kind, json).expect("a readable record");
    let mut bytes = Vec::new();
    encoder.encode(&finding, &context(tenant, feed, Activity::Create), &mut bytes).expect("every record has a line");
    let line = String::from_utf8(bytes).expect("UTF-8");
    assert!(!line.contains(['\n', '\r', '\0']), "one line: {line:?}");
    line
}

pub fn line_of(encoder: Encoder, fixture: &Fixture) -> String {
    line(encoder, fixture.feed, fixture.kind, &fixture.json, &tenant())
}

/// The records that a tree of values can hold, read once.
static RECORDS: LazyLock<Vec<(Value, Fixture)>> = LazyLock::new(|| {
    every_feed().into_iter().filter_map(|fixture| Some((serde_json::from_str(&fixture.json).ok()?, fixture))).collect()
});

/// A record of some feed with the texts in place of its own, in turn; what it is, and who, stays.
pub fn spoilt(which: prop::sample::Index, texts: &[String]) -> Fixture {
    let (record, fixture) = which.get(&RECORDS);
    let mut record = record.clone();
    spoil(&mut record, "", &mut texts.iter().cycle());
    Fixture { json: record.to_string(), name: fixture.name.clone(), ..*fixture }
}

fn spoil<'t>(value: &mut Value, name: &str, texts: &mut impl Iterator<Item = &'t String>) {
    const STAY: [&str; 9] = ["@odata.type", "entityType", "type", "kind", "id", "alertId", "incidentId", "name", "systemAlertId"];
    match value {
        Value::Object(members) => members.iter_mut().for_each(|(name, value)| spoil(value, name, texts)),
        Value::Array(values) => values.iter_mut().for_each(|value| spoil(value, name, texts)),
        Value::String(text) if !STAY.contains(&name) => text.clone_from(texts.next().expect("they go round")),
        _ => {}
    }
}

fn is_odd(c: char) -> bool {
    c.is_control() || c == '\u{2028}' || c == '\u{2029}'
}

/// A text with a space for each character that cannot stand in it, and without white space around it; `kept` are those that
/// the format has an escape for.
pub fn meant(text: &str, kept: &[char], also: &[char]) -> String {
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || is_odd(c) || also.contains(&c));
    let replaced = |c: char| (is_odd(c) && !kept.contains(&c)) || also.contains(&c);
    trimmed.chars().map(|c| if replaced(c) { ' ' } else { c }).collect()
}

/// The pairs that have a value, by key.
pub fn meant_pairs(pairs: &[(&str, &str)], kept: &[char], also: &[char]) -> BTreeMap<String, String> {
    let pairs = pairs.iter().map(|(key, value)| ((*key).to_owned(), meant(value, kept, also)));
    pairs.filter(|(_, value)| !value.is_empty()).collect()
}

/// The first characters of a text that Java would count to so many.
pub fn short(text: &str, units: usize) -> String {
    let mut left = units;
    let fits = |c: &char| {
        let fits = c.len_utf16() <= left;
        left = if fits { left - c.len_utf16() } else { 0 };
        fits
    };
    let kept: String = text.chars().take_while(fits).collect();
    kept.trim_end().to_owned()
}
