//! Second opinions on our findings, from validators that share nothing with the JSON schemas; tests/ocsf/second.py says what they check.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use alertferry::format::Activity;
use alertferry::format::ocsf::{Options, Version};
use serde_json::{Value, json};

use super::fixtures::every_feed;
use super::ocsf_with;

/// What they find wrong with each of the documents.
fn opinions(documents: &[Value]) -> Vec<Vec<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let fetched = Command::new(root.join("tests/ocsf/second.sh")).output().expect("tests/ocsf/second.sh can be run");
    let stderr = String::from_utf8_lossy(&fetched.stderr);
    assert!(
        fetched.status.success(),
        "the validators could not be fetched; python3 with venv and a package index are needed:\n{stderr}"
    );
    let mut child = Command::new(root.join(".services/ocsf-second/bin/python"))
        .arg(root.join("tests/ocsf/second.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut lines = documents.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    lines.push('\n');
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()).expect("it reads all documents"));
    let output = child.wait_with_output().expect("python ends");
    writer.join().expect("the writer ends");
    let opinions: Vec<Vec<String>> = String::from_utf8(output.stdout)
        .expect("UTF-8")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a list of faults"))
        .collect();
    assert_eq!(opinions.len(), documents.len(), "an opinion on each document");
    opinions
}

/// The versions that these validators know.
fn versions() -> impl Iterator<Item = Version> {
    Version::ALL.into_iter().map(|(version, _)| version).filter(|version| *version < Version::V1_8_0)
}

#[test]
fn other_validators_find_nothing_wrong_with_any_fixture() {
    let mut names = Vec::new();
    let mut documents = Vec::new();
    for fixture in every_feed() {
        for version in versions() {
            names.push(format!("{} in {}", fixture.name, version.number()));
            documents.push(ocsf_with(&fixture, Options { version, raw_data: true }, Activity::Update));
        }
    }
    let faulty: Vec<_> = names.iter().zip(opinions(&documents)).filter(|(_, faults)| !faults.is_empty()).collect();
    assert!(faulty.is_empty(), "{} of {}: {faulty:#?}", faulty.len(), documents.len());
}

#[test]
fn other_validators_notice_what_is_wrong() {
    let fixture = every_feed().into_iter().find(|fixture| fixture.name == "mde-credential-theft-blocked").expect("the fixture");
    let good = ocsf_with(&fixture, Options { version: Version::V1_5_0, raw_data: true }, Activity::Create);
    let mut documents = vec![good.clone()];
    let wrong = [
        ("/type_uid", json!(200_402)),
        ("/severity", json!("Fatal")),
        ("/severity_id", json!(7)),
        ("/time", json!("2026-03-02")),
        ("/class_name", json!("Incident Finding")),
        ("/finding_info/uid", json!(null)),
        ("/evidences/0/verdict_id", json!(77)),
        ("/evidences/1/process/file/hashes/0", json!({"algorithm_id": 3})),
    ];
    for (pointer, value) in &wrong {
        let mut document = good.clone();
        *document.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer} is there")) = value.clone();
        documents.push(document);
    }
    let mut unknown = good.clone();
    unknown["finding_info"]["weather"] = json!("fine");
    documents.push(unknown);
    let opinions = opinions(&documents);
    assert_eq!(opinions[0], Vec::<String>::new());
    for (index, faults) in opinions.iter().enumerate().skip(1) {
        assert!(!faults.is_empty(), "{:?} was not noticed", wrong.get(index - 1));
    }
}
