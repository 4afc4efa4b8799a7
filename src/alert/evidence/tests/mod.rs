//! What is read of evidence, and that the rest stays.

mod entities;

use serde_json::value::RawValue;

use super::{Evidence, Shape, Thing};

fn raw(json: &str) -> Box<RawValue> {
    serde_json::from_str(json).expect("JSON")
}

/// What is left, as `name=json` or `name(…)` for an object that something was taken from.
fn left(evidence: &Evidence<'_>) -> Vec<String> {
    fn walk(members: &crate::alert::members::Members<'_>) -> Vec<String> {
        members
            .left()
            .map(|(name, member)| match member {
                crate::alert::members::Member::Whole(value) => format!("{name}={value}"),
                crate::alert::members::Member::Part(members) => format!("{name}({})", walk(members).join(" ")),
                crate::alert::members::Member::Taken => unreachable!("what was taken is not left"),
            })
            .collect()
    }
    walk(&evidence.rest)
}

#[test]
fn what_a_thing_holds_is_taken_and_the_rest_stays_in_order() {
    let json = raw(r##"{"verdict":"malicious","roles":["source"],"lastIpAddress":"10x0x0x1","hostName":"ws-17","new":{"a":1},
        "ipInterfaces":["10.0.0.1","bogus"],"empty":null,"none":[ ],"@odata.type":"#microsoft.graph.security.deviceEvidence"}"##);
    let evidence = Evidence::decode(Shape::Graph, &json);
    let Thing::Device(device) = &evidence.thing else { panic!("{:?}", evidence.thing) };
    assert_eq!((device.host_name.as_deref(), device.ip, device.interfaces.len()), (Some("ws-17"), None, 1));
    assert!(evidence.has_role(&["SOURCE"]));
    assert_eq!(
        left(&evidence),
        [
            r#"verdict="malicious""#,
            r#"roles=["source"]"#,
            r#"lastIpAddress="10x0x0x1""#,
            r#"new={"a":1}"#,
            r#"ipInterfaces=["10.0.0.1","bogus"]"#
        ]
    );
}

#[test]
fn what_is_left_of_a_nested_object_stays_nested() {
    let json = raw(r#"{"@odata.type":"x.userEvidence","userAccount":{"accountName":"kim","tenantId":"t","new":1}}"#);
    let evidence = Evidence::decode(Shape::Graph, &json);
    assert!(matches!(&evidence.thing, Thing::Account(account) if account.name.as_deref() == Some("kim")));
    assert_eq!(left(&evidence), [r#"userAccount(tenantId="t" new=1)"#]);
}

#[test]
fn evidence_without_what_makes_it_what_it_is_is_left_alone() {
    for json in [
        r#"{"@odata.type":"x.ipEvidence","ipAddress":"fe80::1%eth0"}"#,
        r#"{"@odata.type":"x.fileEvidence","fileDetails":{"fileName":"","sha1":""}}"#,
        r#"{"@odata.type":"x.fileEvidence","fileDetails":"tool.exe"}"#,
        r#"{"@odata.type":"x.urlEvidence","url":null}"#,
        r#"{"@odata.type":"x.registryValueEvidence","registryValueName":"Run"}"#,
        r#"{"@odata.type":"x.toasterEvidence","slots":2}"#,
        r#"{"@odata.type":7,"url":"x"}"#,
        r#"{"url":"x"}"#,
        "[1]",
        "null",
        r#"{"\ud800":1}"#,
    ] {
        let json = raw(json);
        let evidence = Evidence::decode(Shape::Graph, &json);
        assert!(matches!(evidence.thing, Thing::Other), "{json}");
        assert_eq!(evidence.raw.get(), json.get());
    }
}

#[test]
fn words_for_all_evidence_are_read_whatever_its_type() {
    let json = raw(
        r#"{"@odata.type":"x.toasterEvidence","verdict":"suspicious","remediationStatus":"blocked","detectionStatus":"detected"}"#,
    );
    let evidence = Evidence::decode(Shape::Graph, &json);
    assert_eq!(evidence.type_name.as_deref(), Some("x.toasterEvidence"));
    let words = [&evidence.verdict, &evidence.remediation_status, &evidence.detection_status].map(|word| word.as_deref());
    assert_eq!(words, [Some("suspicious"), Some("blocked"), Some("detected")]);
}
