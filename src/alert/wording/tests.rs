//! Headers and whole records of every feed agree, whatever stands in them.

use proptest::prelude::*;

use crate::alert::header::ReadHeader;
use crate::alert::{Finding, Header, Kind, ReadFinding, defender_for_cloud, graph, mde, risk, sentinel, xdr};

const RECORDS: [(Kind, ReadHeader, ReadFinding); 9] = [
    (Kind::Alert, graph::header, graph::read),
    (Kind::Incident, graph::incident::header, graph::incident::read),
    (Kind::Alert, mde::header, mde::read),
    (Kind::Incident, xdr::header, xdr::read),
    (Kind::Alert, xdr::alert_header, xdr::read),
    (Kind::Alert, risk::header, risk::read),
    (Kind::Incident, sentinel::header, sentinel::read),
    (Kind::Alert, sentinel::alert_header, sentinel::read),
    (Kind::Alert, defender_for_cloud::header, defender_for_cloud::read),
];

const NAMES: [&str; 48] = [
    "id",
    "name",
    "alertId",
    "incidentId",
    "systemAlertId",
    "providerAlertId",
    "providerIncidentId",
    "providerName",
    "productName",
    "serviceSource",
    "tenantId",
    "aadTenantId",
    "severity",
    "riskLevel",
    "status",
    "riskState",
    "riskEventType",
    "createdDateTime",
    "alertCreationTime",
    "creationTime",
    "createdTime",
    "createdTimeUtc",
    "timeGenerated",
    "timeGeneratedUtc",
    "detectedDateTime",
    "lastUpdateDateTime",
    "lastUpdateTime",
    "lastUpdatedTime",
    "lastUpdatedDateTime",
    "lastModifiedTimeUtc",
    "processingEndTime",
    "intent",
    "techniques",
    "remediationSteps",
    "resourceIdentifiers",
    "compromisedEntity",
    "relatedUser",
    "machineId",
    "ipAddress",
    "location",
    "owner",
    "labels",
    "additionalData",
    "comments",
    "evidence",
    "entities",
    "alerts",
    "\\ud800",
];

/// Words that mean something somewhere, and values that are good for nothing.
fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        3 => prop::sample::select(vec![
            "high", "UnSpecified", "hidden", "active", "Closed", "atRisk", "dismissed", "redirected", "MTP", "Azure Sentinel",
            "Microsoft XDR", "Microsoft Defender Advanced Threat Protection", "da1_1", "412", "2026-03-02T07:44:02.1466667Z",
            "2026-03-02T07:41:10", "9999-12-31T23:59:59.9999999Z", "203.0.113.9", "ip", "Process", "",
        ])
        .prop_map(|word| format!("\"{word}\"")),
        1 => prop::sample::select(vec!["null", "true", "412", "-0", "1e999", "\"\\ud83d\"", "\"\\u0000\"", "[]", "{}"])
            .prop_map(str::to_owned),
        1 => any::<String>().prop_map(|text| serde_json::Value::from(text).to_string()),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|values| format!("[{}]", values.join(","))),
            object(
                prop::sample::select(vec!["entityType", "type", "kind", "properties", "address", "userName", "labelName", "x"]),
                inner
            ),
        ]
    })
}

fn object(names: impl Strategy<Value = &'static str>, values: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    prop::collection::vec((names, values), 0..12).prop_map(|members| {
        format!("{{{}}}", members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect::<Vec<_>>().join(","))
    })
}

fn record() -> impl Strategy<Value = String> {
    let ids = r#""id":"a","name":"b","alertId":"c","incidentId":7"#;
    let members = || object(prop::sample::select(NAMES.to_vec()), value());
    prop_oneof![
        members(),
        members().prop_map(move |json| format!("{{{ids},\"members\":{json},{}", &json[1..]).replace(",}", "}")),
        (members(), members())
            .prop_map(move |(inner, outer)| { format!("{{{ids},\"properties\":{inner},{}", &outer[1..]).replace(",}", "}") }),
    ]
}

fn agree(header: &Header, finding: &Finding<'_>) -> Result<(), TestCaseError> {
    match finding {
        Finding::Alert(alert) => {
            prop_assert_eq!((header.kind, &*header.id), (Kind::Alert, &*alert.id));
            prop_assert_eq!((header.severity, header.status), (alert.severity, alert.status));
            prop_assert_eq!(header.created, alert.created.as_ref().and_then(|stamp| stamp.at));
            prop_assert_eq!(header.updated, alert.revision());
            prop_assert_eq!(header.service.as_deref(), alert.service_source.as_deref());
            prop_assert_eq!(alert.decoded_evidence().count(), alert.evidence.len());
        }
        Finding::Incident(incident) => {
            prop_assert_eq!((header.kind, &*header.id), (Kind::Incident, &*incident.known_as()));
            prop_assert_eq!((header.severity, header.status), (incident.severity, incident.status));
            prop_assert_eq!(header.created, incident.created.as_ref().and_then(|stamp| stamp.at));
            prop_assert_eq!(header.updated, incident.revision());
        }
    }
    // A record whose header names no text for a tenant is kept aside, and never read in full.
    let no_text = |tenant: &str| serde_json::from_str::<serde_json::Value>(tenant).is_ok_and(|value| !value.is_string());
    if let Some(tenant) = finding.tenant_id()
        && !header.tenant_id.as_deref().is_some_and(no_text)
    {
        prop_assert_eq!(header.tenant_id.as_deref(), Some(&*tenant.to_ascii_lowercase()));
    }
    Ok(())
}

proptest! {
    #[test]
    fn nothing_makes_the_readers_of_any_feed_panic_or_disagree(json in record()) {
        for (kind, header, read) in RECORDS {
            match (header(&json), read(kind, &json)) {
                (Ok(header), Ok(finding)) => agree(&header, &finding)?,
                (Err(one), Err(other)) => prop_assert_eq!(one, other),
                (header, finding) => prop_assert!(false, "{header:?} against {finding:?}"),
            }
        }
    }
}

#[test]
fn a_record_without_an_id_is_unreadable_in_every_feed_and_says_so_without_its_content() {
    for (kind, header, read) in RECORDS {
        for json in ["{}", r#"{"properties":{"severity":"secret"}}"#, "\"secret\"", "[1]", "{\"id\":", "", "{\"id\":\"a\"}x"] {
            let error = header(json).expect_err(json);
            assert_eq!(read(kind, json).expect_err(json), error);
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
