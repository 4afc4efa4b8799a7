//! The table of `docs/formats.md`: which member of a record ends up in which field of each format, found out from the encoders.
//!
//! Each record of the fixtures is written once as it is and once without one of its members; the fields that differ are those
//! that say it.

mod fields;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use alertferry::format::{Activity, Format};
use alertferry::source::FeedKind;
use serde_json::{Map, Value};

use super::fixtures::{Fixture, every_feed};
use super::{context, tenant};
use fields::fields;

const FORMATS: [Format; 4] = [Format::Ocsf, Format::Ecs, Format::Cef, Format::Leef];
const BEGIN: &str = "<!-- generated from the code: begin; renew with `make docs` -->";
const END: &str = "<!-- generated: end -->";

/// The fields of each format, in their order, that say something.
type Cells = [BTreeSet<String>; 4];

/// A row for each member, in the order in which they were met.
#[derive(Default)]
struct Table(Vec<(String, Cells)>);

impl Table {
    fn add(&mut self, member: &str, cells: Cells) {
        let place = self.0.iter().position(|(known, _)| known == member).unwrap_or_else(|| {
            self.0.push((member.to_owned(), Cells::default()));
            self.0.len() - 1
        });
        for (known, fresh) in self.0[place].1.iter_mut().zip(cells) {
            known.extend(fresh);
        }
    }

    /// Members that end up in the same fields share a row.
    fn write(self, out: &mut String) {
        let mut rows: Vec<(Vec<String>, Cells)> = Vec::new();
        for (member, cells) in self.0 {
            match rows.iter_mut().find(|(_, known)| *known == cells) {
                Some((members, _)) => members.push(member),
                None => rows.push((vec![member], cells)),
            }
        }
        out.push_str("| Member | OCSF | ECS | CEF | LEEF |\n| --- | --- | --- | --- | --- |\n");
        for (members, cells) in rows {
            let code = |names: &mut dyn Iterator<Item = &String>| {
                let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
                if names.is_empty() { "-".to_owned() } else { names.join(", ") }
            };
            let members = code(&mut members.iter());
            let cells: Vec<String> = cells.iter().map(|cell| code(&mut cell.iter())).collect();
            writeln!(out, "| {members} | {} |", cells.join(" | ")).expect("writing to a string");
        }
    }
}

/// What every format says of a record; `None` when it cannot be read.
fn said(feed: FeedKind, fixture: &Fixture, record: &Value, activity: Activity) -> Option<[BTreeMap<String, Vec<String>>; 4]> {
    let json = record.to_string();
    let finding = (feed.dialect().read)(fixture.kind, &json).ok()?;
    let tenant = tenant();
    Some(FORMATS.map(|format| {
        let mut message = Vec::new();
        let encoder = alertferry::format::Encoder::of(format);
        encoder.encode(&finding, &context(&tenant, feed, activity), &mut message).expect("a message");
        fields(format, &message)
    }))
}

/// The fields that differ between two records, each in short.
fn difference(fixture: &Fixture, one: &Value, other: &Value) -> Option<Cells> {
    let mut cells = Cells::default();
    for activity in [Activity::Create, Activity::Update] {
        let (one, other) = (said(fixture.feed, fixture, one, activity)?, said(fixture.feed, fixture, other, activity)?);
        for ((cell, one), other) in cells.iter_mut().zip(&one).zip(&other) {
            let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
            cell.extend(names.into_iter().filter(|name| one.get(*name) != other.get(*name)).filter_map(|name| short(name)));
        }
    }
    // A finding repeats what its first device or actor is; one of the two is enough here.
    let repeated = |cell: &BTreeSet<String>, name: &String| {
        ["device.", "actor."].iter().any(|root| name.starts_with(root))
            && name
                .split_once('.')
                .is_some_and(|(_, rest)| cell.iter().any(|known| known.starts_with("evidences[]") && known.ends_with(rest)))
    };
    // Nor is a number named that stands beside its caption.
    let numbered =
        |cell: &BTreeSet<String>, name: &String| name.strip_suffix("_id").is_some_and(|caption| cell.contains(caption));
    for cell in &mut cells {
        *cell = cell.iter().filter(|name| !repeated(cell, name) && !numbered(cell, name)).cloned().collect();
    }
    Some(cells)
}

/// Objects that always come whole.
const WHOLE: [&str; 6] = ["attacks[]", "tags[]", "hashes[]", "related_events[]", "tickets[]", "location"];

/// Leaves out what follows from other fields, and everything below the second level of our own.
fn short(name: &str) -> Option<String> {
    let repeats = ["observables", "metadata.debug", "finding_info.attacks"].iter().any(|root| name.starts_with(root));
    if repeats || name.ends_with("_dt") {
        return None;
    }
    if let Some(own) = name.strip_prefix("alertferry.") {
        return Some(format!("alertferry.{}", own.split(['.', '[']).next().unwrap_or(own)));
    }
    let end = WHOLE.iter().find_map(|whole| name.find(&format!("{whole}.")).map(|at| at + whole.len()));
    Some(name[..end.unwrap_or(name.len())].to_owned())
}

/// The members of an object, those of objects inside too, that say something.
fn leaves(object: &Map<String, Value>, before: &str, deeper: usize) -> Vec<String> {
    let mut found = Vec::new();
    for (name, value) in object {
        match value {
            Value::Null => {}
            Value::Object(inner) if deeper > 0 && !inner.is_empty() => {
                found.extend(leaves(inner, &format!("{before}{name}/"), deeper - 1));
            }
            _ => found.push(format!("{before}{name}")),
        }
    }
    found
}

/// The record without a member; with another value, where it cannot be without.
fn without(fixture: &Fixture, record: &Value, pointer: &str) -> Value {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let mut less = record.clone();
    less.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object").remove(name);
    if said(fixture.feed, fixture, &less, Activity::Create).is_some() {
        return less;
    }
    let mut other = record.clone();
    let value = other.pointer_mut(pointer).expect("the member");
    *value = Value::from(format!("{}0", value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)));
    other
}

fn regular() -> impl Iterator<Item = (Fixture, Value)> {
    let fixtures = every_feed().into_iter().filter(|fixture| !fixture.name.contains("odd-"));
    fixtures.map(|fixture| {
        let record = serde_json::from_str(&fixture.json).expect("JSON");
        (fixture, record)
    })
}

fn members_of(word: &str, incidents: bool, deeper: usize) -> Table {
    let mut table = Table::default();
    let own =
        |fixture: &Fixture| fixture.feed.as_str() == word && (fixture.kind == alertferry::alert::Kind::Incident) == incidents;
    for (fixture, record) in regular().filter(|(fixture, _)| own(fixture)) {
        // These have tables of their own, or go out as findings of their own.
        let apart = |member: &String| ["evidence", "alerts", "properties/entities"].contains(&member.as_str());
        for member in leaves(record.as_object().expect("an object"), "", deeper).into_iter().filter(|member| !apart(member)) {
            let less = without(&fixture, &record, &format!("/{member}"));
            if let Some(cells) = difference(&fixture, &record, &less) {
                table.add(&member.replace('/', "."), cells);
            }
        }
    }
    table
}

/// Each kind of evidence by itself, so that nothing else stands in for what is taken away.
fn evidence() -> BTreeMap<String, Table> {
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for (fixture, record) in regular().filter(|(fixture, _)| fixture.feed == FeedKind::GraphAlerts) {
        for piece in record["evidence"].as_array().into_iter().flatten() {
            let kind = piece["@odata.type"].as_str().unwrap_or_default().rsplit('.').next().unwrap_or_default().to_owned();
            let mut alone = record.clone();
            alone["evidence"] = Value::Array(vec![piece.clone()]);
            let table = tables.entry(kind).or_default();
            for member in leaves(piece.as_object().expect("an object"), "", 1).into_iter().filter(|name| name != "@odata.type") {
                let mut less = alone.clone();
                let (parent, name) = member.rsplit_once('/').map_or(("", member.as_str()), |(parent, name)| (parent, name));
                let at = if parent.is_empty() { "/evidence/0".to_owned() } else { format!("/evidence/0/{parent}") };
                less.pointer_mut(&at).and_then(Value::as_object_mut).expect("an object").remove(name);
                if let Some(cells) = difference(&fixture, &alone, &less) {
                    table.add(&member.replace('/', "."), cells);
                }
            }
        }
    }
    tables
}

fn generated() -> String {
    let mut out = String::new();
    for (title, word, incidents, deeper) in [
        ("Alerts of Microsoft Graph (`graph-alerts`)", "graph-alerts", false, 0),
        ("Alerts of Defender for Endpoint (`mde-alerts`)", "mde-alerts", false, 0),
        ("Risk detections of Entra (`risk-detections`)", "risk-detections", false, 0),
        ("Alerts of Defender for Cloud (`defender-for-cloud`)", "defender-for-cloud", false, 1),
        ("Alerts inside of Sentinel's incidents (`sentinel-incidents`)", "sentinel-incidents", false, 1),
        ("Incidents of Microsoft Graph (`graph-incidents`)", "graph-incidents", true, 0),
        ("Incidents of Defender XDR (`xdr-incidents`)", "xdr-incidents", true, 0),
        ("Incidents of Sentinel (`sentinel-incidents`)", "sentinel-incidents", true, 1),
    ] {
        write!(out, "### {title}\n\n").expect("writing to a string");
        members_of(word, incidents, deeper).write(&mut out);
        out.push('\n');
    }
    for (kind, table) in evidence() {
        write!(out, "### Evidence: `{kind}`\n\n").expect("writing to a string");
        table.write(&mut out);
        out.push('\n');
    }
    out
}

#[test]
fn the_table_of_the_documentation_is_what_the_encoders_do() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/formats.md");
    let document = std::fs::read_to_string(&path).expect("docs/formats.md");
    let (before, rest) = document.split_once(BEGIN).expect("the mark where the table begins");
    let (table, after) = rest.split_once(END).expect("the mark where the table ends");
    let fresh = format!("\n\n{}", generated());
    if std::env::var_os("ALERTFERRY_RENEW_DOCS").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{fresh}{END}{after}")).expect("a file of ours");
        return;
    }
    let differs = table.lines().zip(fresh.lines()).find(|(one, other)| one != other);
    assert!(
        table == fresh,
        "the table of docs/formats.md is out of date: run `make docs` and look at what changed; first: {differs:#?}"
    );
}
