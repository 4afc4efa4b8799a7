//! The error document that Microsoft's APIs send beside a status other than 200, read whatever is there of it.

use serde_json::{Map, Value};

/// The error document of Graph, Defender for Endpoint and Defender XDR.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Document {
    pub(super) code: String,
    pub(super) message: String,
    /// `innerError.request-id`, or Defender's `target`: what Microsoft's support asks for.
    pub(super) request_id: Option<String>,
}

impl Document {
    /// Reads whatever is there; `None` when it is not a JSON document with an `error`.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let document: Value = serde_json::from_slice(body).ok()?;
        let error = match member(document.as_object()?, "error")? {
            Value::Object(error) => error.clone(),
            Value::String(code) => Map::from_iter([("code".to_owned(), Value::String(code.clone()))]),
            _ => return None,
        };
        let word = |name: &str| member(&error, name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let inner = member(&error, "innererror").and_then(Value::as_object);
        let request_id = inner.and_then(|inner| member(inner, "request-id")).or_else(|| member(&error, "target"));
        let request_id = request_id.and_then(Value::as_str).map(str::to_owned);
        Some(Self { code: word("code"), message: word("message"), request_id })
    }
}

/// Microsoft's backends disagree on the case of `innerError`.
fn member<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::Document;

    #[test]
    fn what_is_not_an_error_document_is_not_taken_for_one() {
        for body in ["", "null", "[]", "{}", r#"{"error":null}"#, r#"{"value":[]}"#, "<html>"] {
            assert_eq!(Document::read(body.as_bytes()), None, "{body}");
        }
        assert_eq!(Document::read(br#"{"error":"plain"}"#).unwrap().code, "plain");
    }
}
