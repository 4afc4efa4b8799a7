//! What a token request says: the fields of its form, and the client's name and secret of HTTP Basic.

use std::collections::HashMap;

use axum::http::HeaderMap;

/// A token request, taken apart. It holds secrets, so it is never printed.
#[derive(Default)]
pub struct Form {
    fields: HashMap<String, String>,
}

impl Form {
    /// What cannot be read is as if it were not there.
    pub fn read(headers: &HeaderMap, body: &str) -> Self {
        let url = reqwest::Url::parse(&format!("form:?{body}"));
        let mut fields: HashMap<String, String> =
            url.map(|url| url.query_pairs().into_owned().filter(|(_, value)| !value.is_empty()).collect()).unwrap_or_default();
        if let Some((id, secret)) = headers.get("authorization").and_then(|value| basic(value.to_str().ok()?)) {
            fields.extend([("client_id".to_owned(), id), ("client_secret".to_owned(), secret)]);
        }
        Self { fields }
    }

    /// A field that is there and not empty.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }
}

/// The client ID and secret of HTTP Basic, each form-encoded as OAuth wants it.
fn basic(header: &str) -> Option<(String, String)> {
    let text = String::from_utf8(openssl::base64::decode_block(header.strip_prefix("Basic ")?).ok()?).ok()?;
    let decode = |part: &str| percent_encoding::percent_decode_str(part).decode_utf8().ok().map(std::borrow::Cow::into_owned);
    let (id, secret) = text.split_once(':')?;
    Some((decode(id)?, decode(secret)?))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::{Form, basic};

    #[test]
    fn basic_credentials_are_decoded_twice() {
        let header = "Basic aWQ6YSUyQmIlM0FjIGQ="; // id:a%2Bb%3Ac d
        assert_eq!(basic(header), Some(("id".to_owned(), "a+b:c d".to_owned())));
        for odd in ["Basic !", "Bearer x", "Basic aWQ="] {
            assert_eq!(basic(odd), None, "{odd}");
        }
    }

    #[test]
    fn fields_are_decoded_empty_ones_are_not_there_and_basic_comes_first() {
        let mut headers = HeaderMap::new();
        let form = Form::read(&headers, "client_id=a&scope=b%2Fc+d&client_secret=");
        assert_eq!((form.field("client_id"), form.field("scope"), form.field("client_secret")), (Some("a"), Some("b/c d"), None));
        headers.insert("authorization", HeaderValue::from_static("Basic aWQ6YSUyQmIlM0FjIGQ="));
        assert_eq!(Form::read(&headers, "client_id=a").field("client_id"), Some("id"));
    }
}
