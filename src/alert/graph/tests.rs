//! What is read of a record, and what surprises it survives.

use proptest::prelude::*;

use super::{header, parse};
use crate::alert::{Alert, Severity, Status};

fn extra(alert: &Alert<'_>) -> Vec<(String, String)> {
    alert.extra.iter().map(|(name, value)| (name.to_string(), value.get().to_owned())).collect()
}

#[test]
fn a_header_holds_what_decides_over_an_alert() {
    let json = r#"{"id":"da1_1","tenantId":"AAAA-bb","createdDateTime":"2026-03-02T07:41:10.53Z","severity":"high","evidence":[{}],
        "lastUpdateDateTime":"2026-03-02T07:44:02.1466667Z","status":"inProgress","serviceSource":"microsoftSentinel"}"#;
    let header = header(json).expect("a header");
    assert_eq!(header.id, "da1_1");
    assert_eq!(header.tenant_id.as_deref(), Some("aaaa-bb"));
    assert_eq!(header.created, Some("2026-03-02T07:41:10.53Z".parse().expect("a date")));
    assert_eq!(header.updated, Some("2026-03-02T07:44:02.1466667Z".parse().expect("a date")));
    assert_eq!((header.severity, header.status), (Severity::High, Status::InProgress));
    assert_eq!(header.service.as_deref(), Some("microsoftSentinel"));
}

#[test]
fn a_missing_or_unreadable_update_is_the_creation() {
    for updated in ["null", "\"9999-12-31T23:59:59.9999999Z\"", "7", "\"\""] {
        let json = format!(r#"{{"id":"a","createdDateTime":"2026-03-02T07:41:10Z","lastUpdateDateTime":{updated}}}"#);
        let header = header(&json).expect("a header");
        assert_eq!(header.updated, header.created, "{updated}");
        assert!(header.updated.is_some());
    }
}

#[test]
fn odd_types_do_not_fail_a_header() {
    let header = header(r#"{"id":"a","severity":3,"status":[],"tenantId":{},"createdDateTime":true,"serviceSource":1.5}"#)
        .expect("a header");
    assert_eq!((header.severity, header.status), (Severity::Other, Status::Other));
    assert_eq!((header.created, header.updated, header.service), (None, None, None));
    assert_eq!(header.tenant_id.as_deref(), Some("{}"), "an odd tenant is not an absent one");
}

#[test]
fn a_record_without_an_id_is_unreadable_and_says_so_without_its_content() {
    for json in [
        "{}",
        r#"{"id":null}"#,
        r#"{"id":""}"#,
        r#"{"id":7}"#,
        r#"{"id":"\ud800"}"#,
        "\"secret\"",
        "[1]",
        "{\"id\":",
        "",
        "{\"id\":\"a\"}x",
    ] {
        let error = header(json).expect_err(json);
        assert_eq!(parse(json).expect_err(json), error);
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[test]
fn unknown_members_and_odd_types_are_kept() {
    let json = r#"{"id":"a","title":5,"new":{"x":[1]},"description":"\ud800","categories":["A",1],"evidence":"none","comments":[{"mood":1}]}"#;
    let alert = parse(json).expect("an alert");
    let kept = [("title", "5"), ("new", r#"{"x":[1]}"#), ("description", r#""\ud800""#), ("categories", r#"["A",1]"#)];
    let kept = kept.into_iter().chain([("evidence", "\"none\""), ("comments", r#"[{"mood":1}]"#)]);
    assert_eq!(extra(&alert), kept.map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Vec<_>>());
    assert_eq!(alert.categories, ["A"]);
    assert_eq!((alert.title, alert.description, alert.raw), (None, None, json));
}

#[test]
fn the_first_of_two_members_counts_and_the_other_is_kept() {
    let json = r#"{"id":"a","id":"b","severity":null,"severity":"low","severity":"high","status":7,"status":"new"}"#;
    let (alert, header) = (parse(json).expect("an alert"), header(json).expect("a header"));
    assert_eq!((&*alert.id, header.id.as_str()), ("a", "a"));
    assert_eq!((alert.severity, header.severity), (Severity::Low, Severity::Low));
    assert_eq!((alert.status, header.status), (Status::New, Status::New));
    assert_eq!(extra(&alert).iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["id", "severity", "status"]);
}

#[test]
fn categories_old_and_new_are_one_list_of_different_words() {
    for (json, words) in [
        (
            r#"{"id":"a","category":"InitialAccess","categories":["Collection","Collection"]}"#,
            vec!["Collection", "InitialAccess"],
        ),
        (r#"{"id":"a","category":"Collection","categories":["Collection"]}"#, vec!["Collection"]),
        (r#"{"id":"a","category":"Collection","categories":null}"#, vec!["Collection"]),
        (r#"{"id":"a","category":null,"categories":[]}"#, vec![]),
    ] {
        let alert = parse(json).expect("an alert");
        assert_eq!(alert.categories, words, "{json}");
        assert_eq!(extra(&alert), []);
    }
}

#[test]
fn a_number_for_an_incident_is_its_digits() {
    assert_eq!(parse(r#"{"id":"a","incidentId":412}"#).expect("an alert").incident_id.as_deref(), Some("412"));
}

#[test]
fn depth_costs_nothing() {
    let deep = "[".repeat(200_000) + &"]".repeat(200_000);
    let json = format!(r#"{{"id":"a","title":{deep},"evidence":[{deep}]}}"#);
    assert_eq!(header(&json).expect("a header").id, "a");
    let alert = parse(&json).expect("an alert");
    assert_eq!((alert.evidence[0].get(), alert.extra[0].1.get()), (deep.as_str(), deep.as_str()));
    let evidence = crate::alert::evidence::Evidence::decode(crate::alert::evidence::Shape::Graph, alert.evidence[0]);
    assert!(matches!(evidence.thing, crate::alert::evidence::Thing::Other));
}

fn json() -> impl Strategy<Value = String> {
    let names = prop_oneof![
        Just("id"),
        Just("title"),
        Just("severity"),
        Just("status"),
        Just("tenantId"),
        Just("createdDateTime"),
        Just("categories"),
        Just("category"),
        Just("comments"),
        Just("evidence"),
        Just("incidentId"),
        Just("new"),
        Just("\\u0000"),
        Just("\\ud800"),
    ];
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("\"\\ud83d\"".to_owned()),
        Just("\"\\u0000\"".to_owned()),
        Just("1e999".to_owned()),
        Just("-0".to_owned()),
        "[0-9]{1,30}",
        any::<String>().prop_map(|text| serde_json::Value::from(text).to_string()),
        ".{0,6}",
    ];
    let value = leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|values| format!("[{}]", values.join(","))),
            prop::collection::vec(("[a-z@.]{0,6}", inner), 0..4).prop_map(|members| format!(
                "{{{}}}",
                members.iter().map(|(n, v)| format!("\"{n}\":{v}")).collect::<Vec<_>>().join(",")
            )),
        ]
    });
    prop::collection::vec((names, value), 0..12)
        .prop_map(|members| format!("{{{}}}", members.iter().map(|(n, v)| format!("\"{n}\":{v}")).collect::<Vec<_>>().join(",")))
}

proptest! {
    #[test]
    fn nothing_makes_the_readers_panic_or_disagree(json in prop_oneof![json(), any::<String>(), json().prop_map(|json| format!("{{\"id\":\"x\",{}", &json[1..]))]) {
        match (header(&json), parse(&json)) {
            (Ok(header), Ok(alert)) => {
                prop_assert_eq!(&header.id, &*alert.id);
                prop_assert_eq!((header.severity, header.status), (alert.severity, alert.status));
                prop_assert_eq!(header.created, alert.created.as_ref().and_then(|stamp| stamp.at));
                prop_assert_eq!(header.updated, alert.revision());
                prop_assert_eq!(alert.decoded_evidence().count(), alert.evidence.len());
            }
            (Err(one), Err(other)) => prop_assert_eq!(one, other),
            (header, alert) => prop_assert!(false, "{header:?} against {alert:?}"),
        }
    }
}
