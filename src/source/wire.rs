//! What every HTTP exchange of ours needs: an answer's bytes against a cap, its headers, and failures in words.

use std::error::Error;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::{Response, Url};

use super::foreign::excerpt;
use super::throttle::retry_after;
use crate::clock;

/// Why an answer's body could not be had.
#[derive(Debug)]
pub(crate) enum Unread {
    /// More bytes than the cap.
    TooLarge,
    /// The connection broke, or the time was up; says how.
    Broken(String),
}

/// Reads the body, and stops as soon as it is longer than `cap` bytes.
pub(crate) async fn body(response: &mut Response, cap: usize) -> Result<Vec<u8>, Unread> {
    if response.content_length().is_some_and(|length| length > cap as u64) {
        return Err(Unread::TooLarge);
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| Unread::Broken(why(error)))? {
        if bytes.len() + chunk.len() > cap {
            return Err(Unread::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Reads up to `cap` bytes of a body that only serves to explain a refusal; what cannot be read is left out.
pub(crate) async fn beginning(response: &mut Response, cap: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = cap - bytes.len();
        bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if bytes.len() == cap {
            break;
        }
    }
    bytes
}

/// A failure of the HTTP client with all its causes, without the URL, whose query may hold anything.
pub(crate) fn why(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words = format!("{words}: {error}");
        cause = error.source();
    }
    excerpt(&words, &[])
}

/// A URL for messages: no query, no fragment, no user.
pub(crate) fn shown(url: &Url) -> String {
    excerpt(&format!("{}{}", host(url), url.path()), &[])
}

/// Scheme, host and port of a URL.
pub(crate) fn host(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
}

/// A header's text, where it came and is text.
pub(crate) fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

/// The server's `Date`.
pub(crate) fn date(response: &Response) -> Option<Timestamp> {
    Timestamp::try_from(httpdate::parse_http_date(header(response, "date")?).ok()?).ok()
}

/// Where a redirect leads, for the message: its host, and never its query.
pub(crate) fn redirect_target(response: &Response) -> String {
    let location = header(response, "location").unwrap_or_default();
    response.url().join(location).map_or_else(|_| "nowhere readable".to_owned(), |url| host(&url))
}

/// Whether these are the first bytes of a page for people: a gateway or proxy spoke, not the API.
pub(crate) fn is_markup(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start().starts_with(b"<")
}

/// The pause that the answer asks for, clamped.
pub(crate) fn pause(response: &Response) -> Option<Duration> {
    retry_after(header(response, "retry-after")?, date(response).unwrap_or_else(clock::now))
}
