//! What an independent reader makes of our messages, their exact bytes, and their room.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;
use syslog_loose::{Message as Read, ProcId, Protocol, Variant, parse_message_with_year_exact};

use super::{Origin, Style};
use crate::alert::Severity;
use crate::format::{Encoder, Format};
use crate::sink::settings::{Framing, Rfc, Syslog, Transport};
use crate::sink::{About, Batch};
use crate::source::FeedKind;
use crate::tenant::Tenant;

const MACHINE: &str = "ferry.example.net";

fn tenant(name: &str) -> Tenant {
    Tenant {
        name: name.into(),
        id: "11111111-1111-1111-1111-111111111111".into(),
        customer: "Contoso Ltd".to_owned(),
        labels: BTreeMap::new(),
    }
}

fn rfc5424() -> Syslog {
    Syslog::new("siem:514")
}

fn rfc3164() -> Syslog {
    Syslog { rfc: Rfc::Rfc3164, ..rfc5424() }
}

fn origin(tenant: &Tenant, format: Format) -> Origin<'_> {
    let now = "2026-01-02T03:04:05Z".parse().unwrap();
    Origin { tenant, feed: FeedKind::GraphAlerts, encoder: Encoder::of(format), now }
}

fn encoded(settings: &Syslog, origin: &Origin<'_>, about: About, payload: &[u8]) -> Vec<u8> {
    let style = Style::new(settings, MACHINE);
    let room = style.room(origin, &about);
    let mut batch = Batch::new(Arc::new(origin.tenant.clone()), origin.feed, origin.encoder);
    let pushed = batch.push(about, |out| {
        out.extend_from_slice(payload);
        Ok::<(), Infallible>(())
    });
    pushed.unwrap();
    let mut out = Vec::new();
    style.encode(origin, batch.messages().next().unwrap(), &mut out);
    assert!(room + out.len() <= style.limit + payload.len(), "a payload of {room} octets would not fit");
    out
}

fn text(settings: &Syslog, format: Format, about: About, payload: &str) -> String {
    String::from_utf8(encoded(settings, &origin(&tenant("contoso"), format), about, payload.as_bytes())).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn high(alert_id: &str) -> About {
    About::alert(alert_id, Severity::High, Some(at("2026-11-23T09:14:05.1234567Z")))
}

const ELEMENT: &str = "tenant=\"contoso\" tenant_id=\"11111111-1111-1111-1111-111111111111\" alert_id=\"da\\\"6\\]37\\\\x\" \
                       feed=\"graph-alerts\" severity=\"high\" format=\"ocsf/1.8.0\"]";

#[test]
fn rfc_5424_messages_have_exactly_these_bytes_with_each_setting() {
    let cases = [
        (
            rfc5424(),
            format!(
                "<131>1 2026-11-23T09:14:05.123456Z ferry.example.net alertferry - graph-alerts [alertferry@32473 {ELEMENT} {{ü}}"
            ),
        ),
        (
            Syslog { structured_data: None, facility: 0, ..rfc5424() },
            "<3>1 2026-11-23T09:14:05.123456Z ferry.example.net alertferry - graph-alerts - {ü}".to_owned(),
        ),
        (
            Syslog { structured_data: Some("soc@1".to_owned()), byte_order_mark: true, ..rfc5424() },
            format!(
                "<131>1 2026-11-23T09:14:05.123456Z ferry.example.net alertferry - graph-alerts [soc@1 {ELEMENT} \u{feff}{{ü}}"
            ),
        ),
        (
            Syslog {
                hostname: Some("192.0.2.7".to_owned()),
                app_name: "my ferry".to_owned(),
                severities: BTreeMap::from([(Severity::High, 1)]),
                facility: 23,
                structured_data: None,
                ..rfc5424()
            },
            "<185>1 2026-11-23T09:14:05.123456Z 192.0.2.7 my-ferry - graph-alerts - {ü}".to_owned(),
        ),
    ];
    for (settings, expected) in cases {
        assert_eq!(text(&settings, Format::Ocsf, high(r#"da"6]37\x"#), "{ü}"), expected);
    }
}

#[test]
fn what_is_replayed_says_so_in_the_structured_data() {
    let marked = text(&rfc5424(), Format::Ocsf, About { replayed: true, ..high("a") }, "{}");
    let plain = text(&rfc5424(), Format::Ocsf, high("a"), "{}");
    assert_eq!(marked.replacen(" replayed=\"true\"]", "]", 1), plain);
    assert_ne!(marked, plain);
}

#[test]
fn rfc_3164_messages_have_exactly_these_bytes_with_each_setting() {
    let early = || About::alert("a", Severity::High, Some(at("2026-03-04T05:06:07.999Z")));
    let named = |hostname: &str, app_name: &str| Syslog {
        hostname: Some(hostname.to_owned()),
        app_name: app_name.to_owned(),
        byte_order_mark: true,
        ..rfc3164()
    };
    for (settings, format, about, expected) in [
        (rfc3164(), Format::Ocsf, high("a"), "<131>Nov 23 09:14:05 ferry alertferry: {ü}"),
        (rfc3164(), Format::Raw, early(), "<131>Mar  4 05:06:07 ferry alertferry: {ü}"),
        (rfc3164(), Format::Ecs, About::alert("a", Severity::Low, None), "<133>Jan  2 03:04:05 ferry alertferry: {ü}"),
        (rfc3164(), Format::Cef, high("a"), "<131>Nov 23 09:14:05 ferry {ü}"),
        (rfc3164(), Format::Leef, high("a"), "<131>Nov 23 09:14:05 ferry {ü}"),
        (named("h.example", "my ferry: [1]"), Format::Raw, high("a"), "<131>Nov 23 09:14:05 h my-ferry---1-: {ü}"),
        (named("192.0.2.7", ""), Format::Raw, high("a"), "<131>Nov 23 09:14:05 192.0.2.7 -: {ü}"),
        (named("2001:db8::7", "f/1_a.b-c"), Format::Raw, high("a"), "<131>Nov 23 09:14:05 2001:db8::7 f/1_a.b-c: {ü}"),
    ] {
        assert_eq!(text(&settings, format, about, "{ü}"), expected);
    }
    let long = named("h", &"n".repeat(40));
    assert_eq!(text(&long, Format::Raw, high("a"), ""), format!("<131>Nov 23 09:14:05 h {}: ", "n".repeat(32)));
}

#[test]
fn each_severity_has_its_priority_and_a_set_one_goes_before() {
    let set = Syslog { severities: BTreeMap::from([(Severity::Unknown, 7)]), facility: 1, ..rfc5424() };
    for (severity, usual, with_one_set) in [
        (Severity::Unknown, 133, 15),
        (Severity::Informational, 134, 14),
        (Severity::Low, 133, 13),
        (Severity::Medium, 132, 12),
        (Severity::High, 131, 11),
        (Severity::Critical, 130, 10),
        (Severity::Other, 133, 13),
    ] {
        assert_eq!(Style::new(&rfc5424(), MACHINE).priority(severity), usual, "{severity:?}");
        assert_eq!(Style::new(&set, MACHINE).priority(severity), with_one_set, "{severity:?}");
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
        let about = About::alert("a", Severity::Low, at.map(|at| at.parse().unwrap()));
        let text = text(&rfc5424(), Format::Ocsf, about, "{}");
        assert_eq!(text.split(' ').nth(1).unwrap(), written, "{at:?}");
    }
}

#[test]
fn names_become_words_of_the_header() {
    for (machine, word) in [("ferry-1.example.net", "ferry-1.example.net"), ("", "-"), ("höst eins\n", "h-st-eins-")] {
        assert_eq!(Style::new(&rfc5424(), machine).hostname, word);
    }
    assert_eq!(Style::new(&rfc5424(), &"h".repeat(300)).hostname.len(), 255);
    assert_eq!(Style::new(&Syslog { app_name: "n".repeat(60), ..rfc5424() }, MACHINE).app_name.len(), 48);
}

#[test]
fn the_byte_order_mark_stands_only_before_text_in_utf_8() {
    let settings = Syslog { byte_order_mark: true, structured_data: None, ..rfc5424() };
    let tenant = tenant("contoso");
    let origin = origin(&tenant, Format::Raw);
    assert!(encoded(&settings, &origin, high("a"), "ü".as_bytes()).ends_with(b" - \xEF\xBB\xBF\xC3\xBC"));
    assert!(encoded(&settings, &origin, high("a"), b"\xFC").ends_with(b" - \xFC"));
}

#[test]
fn the_room_is_what_the_header_leaves_of_the_limit() {
    let tenant = tenant("contoso");
    let origin = origin(&tenant, Format::Ocsf);
    let bare = Syslog { structured_data: None, max_bytes: 100, hostname: Some("h".to_owned()), ..rfc5424() };
    let header = "<131>1 2026-11-23T09:14:05.123456Z h alertferry - graph-alerts - ".len();
    let room = |settings: &Syslog| Style::new(settings, MACHINE).room(&origin, &high("a"));
    assert_eq!(room(&bare), 100 - header);
    assert_eq!(room(&Syslog { byte_order_mark: true, ..bare.clone() }), 100 - header - 3);
    assert_eq!(room(&Syslog { max_bytes: 10, ..bare.clone() }), 0);

    let huge = Syslog { max_bytes: 1_000_000, ..bare };
    for (transport, framing, limit) in [
        (Transport::Udp, Framing::Newline, 65_507),
        (Transport::Tcp, Framing::OctetCounting, 200_000),
        (Transport::Tcp, Framing::Newline, 1_000_000),
        (Transport::Relp(None), Framing::OctetCounting, 1_000_000),
    ] {
        assert_eq!(room(&Syslog { transport, framing, ..huge.clone() }), limit - header);
    }
}

fn hostile() -> impl Strategy<Value = (String, String, String)> {
    (any::<String>(), r#"([\\"\]= \[\n\r<>]|\PC|.){0,40}"#, r#"([\\"\]= \[\n<>]|\PC){0,200}"#)
}

/// A header has no control characters.
fn on_one_line(text: &str) -> String {
    text.replace(|char: char| char.is_ascii_control(), " ")
}

fn read(text: &str, variant: Variant) -> Result<Read<&str>, TestCaseError> {
    parse_message_with_year_exact(text, |_| 2026, variant).map_err(TestCaseError::fail)
}

proptest! {
    /// The reader is lenient by design, so the header is compared as bytes and only the rest is left to it.
    #[test]
    fn hostile_text_comes_back_from_rfc_5424_as_it_went_in_but_for_control_characters((name, alert_id, payload) in hostile()) {
        let tenant = tenant(&name);
        let about = About::alert(&alert_id, Severity::Medium, Some(at("2026-11-23T09:14:05.123456Z")));
        let text = String::from_utf8(encoded(&rfc5424(), &origin(&tenant, Format::Ocsf), about, payload.as_bytes())).unwrap();
        let head = "<132>1 2026-11-23T09:14:05.123456Z ferry.example.net alertferry - graph-alerts [alertferry@32473 tenant=\"";
        prop_assert!(text.starts_with(head), "{}", text);
        prop_assert!(text.ends_with(&format!("severity=\"medium\" format=\"ocsf/1.8.0\"] {payload}")), "{}", text);

        let read = read(&text, Variant::RFC5424)?;
        prop_assert_eq!(read.protocol, Protocol::RFC5424(1));
        prop_assert_eq!(read.structured_data.len(), 1);
        let element = &read.structured_data[0];
        prop_assert_eq!(element.id, "alertferry@32473");
        let parameters: Vec<(&str, String)> = element.params().map(|(key, value)| (*key, value)).collect();
        prop_assert_eq!(
            parameters,
            vec![
                ("tenant", on_one_line(&name)),
                ("tenant_id", tenant.id.to_string()),
                ("alert_id", on_one_line(&alert_id)),
                ("feed", "graph-alerts".to_owned()),
                ("severity", "medium".to_owned()),
                ("format", "ocsf/1.8.0".to_owned()),
            ]
        );
        prop_assert_eq!(read.msg.trim(), payload.trim());
    }

    /// Only the payload is the alert's: nothing in it can look like a part of the header, which is over before it.
    #[test]
    fn hostile_text_comes_back_from_rfc_3164_as_it_went_in(
        (name, alert_id, payload) in hostile(),
        seconds in 0_i64..366 * 86_400,
    ) {
        // As JSON begins; the reader takes a `-` or a `[` for structured data, which RFC 3164 has not.
        let payload = format!("{{{payload}");
        let tenant = tenant(&name);
        let at = Timestamp::from_second(1_767_225_600 + seconds % (365 * 86_400)).unwrap(); // within 2026
        let about = About::alert(&alert_id, Severity::Medium, Some(at));
        let text = String::from_utf8(encoded(&rfc3164(), &origin(&tenant, Format::Raw), about, payload.as_bytes())).unwrap();
        prop_assert!(text.ends_with(&format!(" ferry alertferry: {payload}")), "{}", text);
        prop_assert_eq!(text.find(" ferry "), Some("<132>Mmm dd hh:mm:ss".len()));

        let read = read(&text, Variant::RFC3164)?;
        prop_assert_eq!(read.protocol, Protocol::RFC3164);
        prop_assert_eq!(read.timestamp.map(|read| read.timestamp()), Some(at.as_second()));
        prop_assert_eq!(read.hostname, Some("ferry"));
        prop_assert_eq!(read.appname, Some("alertferry"));
        prop_assert_eq!(read.procid, None::<ProcId<&str>>);
        prop_assert_eq!(read.msg.trim(), payload.trim());
    }
}
