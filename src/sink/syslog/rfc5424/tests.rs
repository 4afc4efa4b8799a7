//! What an independent reader makes of our messages, and their exact bytes.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;
use syslog_loose::{Protocol, Variant, parse_message_with_year_exact};

use super::{LONGEST_HOSTNAME, Origin, encode, header_word};
use crate::alert::Severity;
use crate::format::{Encoder, Format};
use crate::sink::{About, Batch};
use crate::source::FeedKind;
use crate::tenant::Tenant;

fn tenant(name: &str) -> Tenant {
    Tenant {
        name: name.into(),
        id: "11111111-1111-1111-1111-111111111111".into(),
        customer: "Contoso Ltd".to_owned(),
        labels: BTreeMap::new(),
    }
}

fn encoded(tenant: &Tenant, alert_id: &str, severity: Severity, at: Option<Timestamp>, payload: &[u8]) -> Vec<u8> {
    let mut batch = Batch::new(Arc::new(tenant.clone()), FeedKind::GraphAlerts, Encoder::of(Format::Ocsf));
    let pushed = batch.push(About::alert(alert_id, severity, at), |out| {
        out.extend_from_slice(payload);
        Ok::<(), Infallible>(())
    });
    pushed.unwrap();
    let origin = Origin { hostname: "ferry.example.net", tenant, feed: batch.feed, encoder: batch.encoder };
    let mut out = Vec::new();
    encode(&origin, batch.messages().next().unwrap(), &mut out);
    out
}

#[test]
fn a_message_has_exactly_these_bytes() {
    let at = "2026-11-23T09:14:05.1234567Z".parse().unwrap();
    let bytes = encoded(&tenant("contoso"), r#"da"6]37\x"#, Severity::High, Some(at), "{\"title\":\"ü\"}".as_bytes());
    assert_eq!(
        String::from_utf8(bytes).unwrap(),
        "<131>1 2026-11-23T09:14:05.123456Z ferry.example.net alertferry - graph-alerts \
         [alertferry@32473 tenant=\"contoso\" tenant_id=\"11111111-1111-1111-1111-111111111111\" \
         alert_id=\"da\\\"6\\]37\\\\x\" feed=\"graph-alerts\" severity=\"high\" format=\"ocsf/1.8.0\"] {\"title\":\"ü\"}"
    );
}

#[test]
fn each_severity_has_its_priority() {
    for (severity, priority) in [
        (Severity::Unknown, 133),
        (Severity::Informational, 134),
        (Severity::Low, 133),
        (Severity::Medium, 132),
        (Severity::High, 131),
        (Severity::Critical, 130),
        (Severity::Other, 133),
    ] {
        let bytes = encoded(&tenant("contoso"), "a", severity, None, b"{}");
        assert!(bytes.starts_with(format!("<{priority}>1 - ").as_bytes()), "{severity:?}: {}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn times_are_cut_to_six_digits_and_left_out_where_rfc_3339_cannot_write_them() {
    for (at, written) in [
        (Some("2026-01-02T03:04:05Z"), "2026-01-02T03:04:05.000000Z"),
        (Some("2026-12-31T23:59:59.9999999Z"), "2026-12-31T23:59:59.999999Z"),
        (Some("2026-01-02T03:04:05.5+02:00"), "2026-01-02T01:04:05.500000Z"),
        (Some("-000001-01-02T03:04:05Z"), "-"),
        (None, "-"),
    ] {
        let bytes = encoded(&tenant("contoso"), "a", Severity::Low, at.map(|at| at.parse().unwrap()), b"{}");
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text.split(' ').nth(1).unwrap(), written, "{at:?}");
    }
}

#[test]
fn host_names_become_header_words() {
    for (name, word) in [("ferry-1.example.net", "ferry-1.example.net"), ("", "-"), ("höst eins\n", "h-st-eins-")] {
        assert_eq!(header_word(name, LONGEST_HOSTNAME), word);
    }
    assert_eq!(header_word(&"h".repeat(300), LONGEST_HOSTNAME).len(), 255);
}

proptest! {
    /// The reader is lenient by design, so the header is compared as bytes and only the rest is left to it.
    #[test]
    fn hostile_text_comes_back_as_it_went_in(
        name in any::<String>(),
        alert_id in r#"([\\"\]= \[\n\r<>]|\PC|.){0,40}"#,
        payload in r#"([\\"\]= \[\n<>]|\PC){0,200}"#,
    ) {
        let tenant = tenant(&name);
        let at = "2026-11-23T09:14:05.123456Z".parse().unwrap();
        let text = String::from_utf8(encoded(&tenant, &alert_id, Severity::Medium, Some(at), payload.as_bytes())).unwrap();
        let head = "<132>1 2026-11-23T09:14:05.123456Z ferry.example.net alertferry - graph-alerts [alertferry@32473 tenant=\"";
        prop_assert!(text.starts_with(head), "{}", text);
        prop_assert!(text.ends_with(&format!("severity=\"medium\" format=\"ocsf/1.8.0\"] {payload}")), "{}", text);

        let read = parse_message_with_year_exact(&text, |_| 2026, Variant::RFC5424).map_err(TestCaseError::fail)?;
        prop_assert_eq!(read.protocol, Protocol::RFC5424(1));
        prop_assert_eq!(read.structured_data.len(), 1);
        let element = &read.structured_data[0];
        prop_assert_eq!(element.id, "alertferry@32473");
        let parameters: Vec<(&str, String)> = element.params().map(|(key, value)| (*key, value)).collect();
        prop_assert_eq!(
            parameters,
            vec![
                ("tenant", name),
                ("tenant_id", tenant.id.to_string()),
                ("alert_id", alert_id),
                ("feed", "graph-alerts".to_owned()),
                ("severity", "medium".to_owned()),
                ("format", "ocsf/1.8.0".to_owned()),
            ]
        );
        prop_assert_eq!(read.msg.trim(), payload.trim());
    }
}
