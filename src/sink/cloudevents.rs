//! `CloudEvents` 1.0: attributes around a message, for readers that route by them (its Kafka binding and its JSON format, 1.0.2).

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::IgnoredAny;

use crate::format::{Activity, Encoder};
use crate::sink::About;
use crate::source::FeedKind;
use crate::tenant::Tenant;

/// What tells a reader of the record that the whole event stands in the value.
pub const STRUCTURED: &str = "application/cloudevents+json; charset=UTF-8";

/// What may stand in one segment of a URI's path as it is (RFC 3986, unreserved).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// An extension of ours, and the one attribute that is a boolean: `true` or not there.
const REPLAYED: &str = "ce_replayed";

/// Between the attributes and the data of a document, longest first, and behind the data.
const DATA: [(&str, &str); 2] = [(",\"data_base64\":\"", "\"}"), (",\"data\":", "}")];

/// The attributes of one event.
#[derive(Debug)]
pub struct Event<'a> {
    /// By the names of their headers.
    attributes: Vec<(&'static str, Cow<'a, str>)>,
    content_type: &'static str,
    json: bool,
}

impl<'a> Event<'a> {
    #[must_use]
    pub fn new(tenant: &Tenant, feed: FeedKind, encoder: Encoder, about: &'a About) -> Self {
        let segment = |text| utf8_percent_encode(text, SEGMENT);
        let source = format!("/tenants/{}/{}", segment(tenant.id.as_str()), segment(feed.as_str()));
        let mut attributes = vec![
            ("ce_specversion", "1.0".into()),
            ("ce_id", about.event_uid.to_string().into()),
            ("ce_source", source.into()),
            ("ce_type", kind(about).into()),
        ];
        // Neither may be there without a value.
        if !about.alert_id.is_empty() {
            attributes.push(("ce_subject", allowed(&about.alert_id)));
        }
        if let Some(at) = about.at {
            attributes.push(("ce_time", at.to_string().into()));
        }
        if about.replayed {
            attributes.push((REPLAYED, "true".into()));
        }
        let json = encoder.format().is_json();
        let content_type = if json { "application/json" } else { "text/plain; charset=UTF-8" };
        Self { attributes, content_type, json }
    }

    /// For the binary mode, which leaves the value as it is.
    pub fn into_headers(self) -> impl Iterator<Item = (&'static str, Cow<'a, str>)> {
        self.attributes.into_iter().chain([("content-type", self.content_type.into())])
    }

    /// For the structured mode: one JSON document with the message in `data`, embedded where it is JSON, else as text, or in
    /// base64 where it is neither.
    #[must_use]
    pub fn document(&self, payload: &[u8]) -> Vec<u8> {
        let mut out = self.head();
        let text = std::str::from_utf8(payload).ok();
        let [(base64, base64_end), (data, data_end)] = DATA;
        match text {
            Some(text) if self.json && serde_json::from_str::<IgnoredAny>(text).is_ok() => {
                out.extend_from_slice(data.as_bytes());
                out.extend_from_slice(payload);
                out.extend_from_slice(data_end.as_bytes());
            }
            Some(text) if !self.json => {
                out.extend_from_slice(data.as_bytes());
                quote(text, &mut out);
                out.extend_from_slice(data_end.as_bytes());
            }
            _ => {
                out.extend_from_slice(base64.as_bytes());
                out.extend_from_slice(openssl::base64::encode_block(payload).as_bytes());
                out.extend_from_slice(base64_end.as_bytes());
            }
        }
        out
    }

    /// How many octets a message may have whose document has `room`. Text grows when it is quoted: at most to twice its length,
    /// since formats that are lines of text hold no control characters but tabs.
    #[must_use]
    pub fn room(&self, room: usize) -> usize {
        let [(longest, end), _] = DATA;
        let room = room.saturating_sub(self.head().len() + longest.len() + end.len());
        if self.json { room } else { room / 2 }
    }

    /// The document up to its data.
    fn head(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for (name, value) in &self.attributes {
            out.push(if out.is_empty() { b'{' } else { b',' });
            quote(name.trim_start_matches("ce_"), &mut out);
            out.push(b':');
            match *name {
                REPLAYED => out.extend_from_slice(value.as_bytes()),
                _ => quote(value, &mut out),
            }
        }
        out.extend_from_slice(b",\"datacontenttype\":");
        quote(self.content_type, &mut out);
        out
    }
}

fn kind(about: &About) -> String {
    let change = match about.activity {
        Activity::Create => "created",
        Activity::Update => "updated",
        Activity::Close => "closed",
    };
    format!("io.alertferry.{}.{change}.v1", about.kind.as_str())
}

/// The text without what an attribute may not hold: control characters, and code points that are no characters.
fn allowed(text: &str) -> Cow<'_, str> {
    let odd = |c: char| c.is_control() || matches!(u32::from(c), 0xfdd0..=0xfdef) || u32::from(c) & 0xfffe == 0xfffe;
    if text.contains(odd) { Cow::Owned(text.replace(odd, "\u{fffd}")) } else { Cow::Borrowed(text) }
}

fn quote(text: &str, out: &mut Vec<u8>) {
    // Writing to memory does not fail, and text is always JSON.
    let _ = serde_json::to_writer(out, text);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::Event;
    use crate::alert::{Kind, Severity};
    use crate::format::{Activity, Encoder, Format};
    use crate::sink::About;
    use crate::source::FeedKind;
    use crate::tenant::Tenant;

    fn about(alert_id: &str) -> About {
        let at = Some("2026-03-02T07:44:02.1466667Z".parse().unwrap());
        let event_uid = "9f0c3a52-5d6e-5b1f-8a5e-3f6f2f0d1c11".parse().unwrap();
        About { kind: Kind::Incident, activity: Activity::Close, event_uid, ..About::alert(alert_id, Severity::High, at) }
    }

    fn event(about: &About, format: Format) -> Event<'_> {
        let tenant = Tenant { name: "contoso".into(), id: "a b/ö".into(), customer: String::new(), labels: BTreeMap::new() };
        Event::new(&tenant, FeedKind::GraphIncidents, Encoder::of(format), about)
    }

    fn document(about: &About, format: Format, payload: &[u8]) -> Value {
        serde_json::from_slice(&event(about, format).document(payload)).expect("a JSON document")
    }

    #[test]
    fn attributes_are_headers_or_members_under_their_names() {
        let about = about("da1");
        let headers: Vec<_> = event(&about, Format::Ocsf).into_headers().collect();
        assert_eq!(
            headers,
            [
                ("ce_specversion", "1.0".into()),
                ("ce_id", "9f0c3a52-5d6e-5b1f-8a5e-3f6f2f0d1c11".into()),
                ("ce_source", "/tenants/a%20b%2F%C3%B6/graph-incidents".into()),
                ("ce_type", "io.alertferry.incident.closed.v1".into()),
                ("ce_subject", "da1".into()),
                ("ce_time", "2026-03-02T07:44:02.1466667Z".into()),
                ("content-type", "application/json".into()),
            ]
        );
        assert_eq!(
            document(&about, Format::Ocsf, b"{\"a\": 1}"),
            json!({ "specversion": "1.0", "id": "9f0c3a52-5d6e-5b1f-8a5e-3f6f2f0d1c11", "source": "/tenants/a%20b%2F%C3%B6/graph-incidents",
                    "type": "io.alertferry.incident.closed.v1", "subject": "da1", "time": "2026-03-02T07:44:02.1466667Z",
                    "datacontenttype": "application/json", "data": { "a": 1 } })
        );
    }

    #[test]
    fn what_is_replayed_says_so_in_a_boolean_extension() {
        let about = About { replayed: true, ..about("da1") };
        let headers: Vec<_> = event(&about, Format::Ocsf).into_headers().collect();
        assert!(headers.contains(&("ce_replayed", "true".into())), "{headers:?}");
        assert_eq!(document(&about, Format::Ocsf, b"1")["replayed"], json!(true));
    }

    #[test]
    fn data_is_embedded_as_what_it_is() {
        let about = about("");
        for (format, payload, name, data) in [
            (Format::Raw, &b" {\"a\":\"\\u0000\"}\n"[..], "data", json!({ "a": "\0" })),
            (Format::Cef, b"CEF:0|a\\|b|\"\t", "data", json!("CEF:0|a\\|b|\"\t")),
            (Format::Raw, b"{\"a\":}", "data_base64", json!("eyJhIjp9")),
            (Format::Leef, b"\xff", "data_base64", json!("/w==")),
        ] {
            let document = document(&about, format, payload);
            assert_eq!(document[name], data, "{document}");
            assert_eq!(document.get("subject"), None, "an attribute without a value is left out");
        }
    }

    #[test]
    fn attributes_hold_no_characters_that_they_must_not() {
        let about = about("a\n\u{85}\u{fdd0}\u{1ffff}ö\u{1f600}");
        assert_eq!(document(&about, Format::Ocsf, b"1")["subject"], "a\u{fffd}\u{fffd}\u{fffd}\u{fffd}ö\u{1f600}");
    }

    #[test]
    fn a_message_that_has_room_makes_a_document_that_fits() {
        let about = about("da1");
        for (format, filling) in [(Format::Ocsf, "1"), (Format::Cef, "\"")] {
            for most in [400, 1000, 4321] {
                let room = event(&about, format).room(most);
                let document = event(&about, format).document(filling.repeat(room).as_bytes());
                assert!(room > 0 && document.len() <= most && document.len() + 16 > most, "{format:?}: {room} of {most}");
            }
            assert_eq!(event(&about, format).room(10), 0);
        }
    }
}
