//! Records of every feed, from fixtures: headers and whole records agree, and nothing that a record says gets lost.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use alertferry::alert::evidence::Thing;
use alertferry::alert::header::ReadHeader;
use alertferry::alert::{Alert, Finding, Header, Incident, Kind, ReadFinding, sentinel};
use alertferry::source::FeedKind;
use alertferry::source::microsoft::Inside;
use serde_json::Value;

/// The fixtures of a folder: name and JSON.
fn fixtures(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder);
    let files = fs::read_dir(&folder).expect("the folder of fixtures").map(|entry| entry.expect("an entry of the folder").path());
    let read = |path: &Path| fs::read_to_string(path).expect("a readable fixture").trim_end().to_owned();
    let fixtures: Vec<_> = files.map(|path| (path.display().to_string(), read(&path))).collect();
    assert!(fixtures.len() >= 4, "fixtures are missing from {}", folder.display());
    fixtures
}

/// Calls `each` with the readers and the JSON of every record, alerts inside of incidents among them.
fn each_record(mut each: impl FnMut(&str, Kind, ReadHeader, ReadFinding, &str)) {
    for (kind, _) in FeedKind::ALL {
        let dialect = kind.dialect();
        for (name, json) in fixtures(kind.as_str()) {
            let header = (dialect.row)(&json).unwrap_or_else(|error| panic!("{name}: {error}"));
            each(&name, header.kind, dialect.row, dialect.read, &json);
            let finding = (dialect.read)(header.kind, &json).unwrap_or_else(|error| panic!("{name}: {error}"));
            if let (Finding::Incident(incident), Inside::Member(_, header)) = (&finding, dialect.inside) {
                for alert in incident.alerts.iter().filter(|alert| header(alert.get()).is_ok()) {
                    each(&name, Kind::Alert, header, dialect.read, alert.get());
                }
            }
        }
    }
    for (name, json) in fixtures("sentinel-alerts") {
        each(&name, Kind::Alert, sentinel::alert_header, sentinel::read, &json);
    }
}

#[test]
fn headers_and_whole_records_agree() {
    let mut records = 0;
    each_record(|name, kind, header, read, json| {
        let header = header(json).unwrap_or_else(|error| panic!("{name}: {error}"));
        match read(kind, json).unwrap_or_else(|error| panic!("{name}: {error}")) {
            Finding::Alert(alert) => {
                let said = (&*alert.id, alert.severity, alert.status, alert.revision(), alert.service_source.as_deref());
                assert_eq!(
                    said,
                    (&*header.id, header.severity, header.status, header.updated, header.service.as_deref()),
                    "{name}"
                );
            }
            Finding::Incident(incident) => {
                let said = (incident.known_as(), incident.severity, incident.status, incident.revision());
                let Header { id, severity, status, updated, .. } = header;
                assert_eq!(said, (id, severity, status, updated), "{name}");
            }
        }
        records += 1;
    });
    assert!(records >= 60, "{records} records");
}

/// Everything that a finding holds beside the record's own bytes, in one text.
fn all_of(finding: &Finding<'_>) -> String {
    match finding {
        Finding::Alert(alert) => {
            let mut said = String::new();
            for evidence in alert.decoded_evidence() {
                let rest = if matches!(evidence.thing, Thing::Other) {
                    evidence.raw.get().to_owned()
                } else {
                    format!("{:?}", evidence.rest)
                };
                let _ = write!(said, "{:?} {:?} {rest}", evidence.type_name, evidence.thing); // writing to a String does not fail
            }
            said + &format!("{:?}", Alert { raw: "", evidence: Vec::new(), ..(**alert).clone() })
        }
        Finding::Incident(incident) => format!("{:?}", Incident { raw: "", ..(**incident).clone() }),
    }
}

/// Every text and number of a document, in lower case.
fn leaves(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| leaves(value, found)),
        Value::Object(members) => members.values().for_each(|value| leaves(value, found)),
        Value::String(text) => found.push(text.to_lowercase()),
        Value::Number(number) => found.push(number.to_string()),
        Value::Bool(_) | Value::Null => {}
    }
}

/// The ways in which a text may stand in a dump: as JSON, as Rust prints it, as an address or a number written another way.
fn spellings(leaf: &str) -> Vec<String> {
    let address = leaf.parse::<std::net::IpAddr>().ok().map(|ip| ip.to_string());
    let number = leaf.strip_prefix("0x").and_then(|digits| i64::from_str_radix(digits, 16).ok()).map(|number| number.to_string());
    let quoted = [Value::from(leaf).to_string(), format!("{leaf:?}")].map(|text| text[1..text.len() - 1].to_owned());
    quoted.into_iter().chain(address).chain(number).collect()
}

#[test]
fn every_text_and_number_of_a_record_stands_somewhere_in_what_is_read() {
    let mut records = 0;
    each_record(|name, kind, _, read, json| {
        // serde_json's own tree refuses what odd-types.json holds on purpose.
        let Ok(record) = serde_json::from_str::<Value>(json) else {
            assert!(name.ends_with("odd-types.json"), "{name}");
            return;
        };
        let mut sent = Vec::new();
        leaves(&record, &mut sent);
        let said = all_of(&read(kind, json).expect("a readable record")).to_lowercase();
        let lost: Vec<_> = sent.iter().filter(|leaf| !spellings(leaf).iter().any(|spelling| said.contains(spelling))).collect();
        assert!(lost.is_empty(), "{name} lost {lost:?}");
        records += 1;
    });
    assert!(records >= 50, "{records} records");
}
