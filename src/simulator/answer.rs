//! Answers as Microsoft's services write them.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::aadsts::Refused;
use super::feed::Feed;
use super::style::{Ids, Style};

/// Whose request this was; travels with the answer to the journal and the `Date` header.
#[derive(Debug, Clone)]
pub struct Whose(pub Option<String>);

/// Which API this was about; travels as [`Whose`] does.
#[derive(Debug, Clone, Copy)]
pub struct About(pub Feed);

/// Tells the server to close the connection instead of sending this answer.
#[derive(Debug, Clone, Copy)]
pub struct HangUp;

/// The IDs of one exchange, which Microsoft's support asks for, and the manners of who answers.
#[derive(Debug, Clone)]
pub struct Exchange {
    request: String,
    client: HeaderValue,
    now: Timestamp,
    style: Style,
}

impl Exchange {
    /// One with Graph's and Entra's manners.
    pub fn new(headers: &HeaderMap, now: Timestamp) -> Self {
        Self::with_style(headers, now, Style::Graph)
    }

    pub fn with_style(headers: &HeaderMap, now: Timestamp, style: Style) -> Self {
        let request = Uuid::new_v4().to_string();
        let client = headers.get("client-request-id").cloned();
        let client = client.unwrap_or_else(|| HeaderValue::from_str(&request).expect("a GUID is a header value"));
        Self { request, client, now, style }
    }

    pub fn style(&self) -> Style {
        self.style
    }

    fn ids(&self) -> Ids<'_> {
        Ids { request: &self.request, client: &self.client, now: self.now }
    }

    /// An answer with the usual headers.
    pub fn answer(&self, status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Response {
        let mut response = Response::new(body.into());
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        self.style.set_headers(headers, self.ids());
        response
    }

    /// The JSON of a list or a record.
    pub fn json(&self, body: impl Into<Body>) -> Response {
        self.answer(StatusCode::OK, self.style.content_type(), body)
    }

    /// An error with the usual body.
    pub fn error(&self, status: StatusCode, code: &str, message: &str) -> Response {
        self.answer(status, "application/json", self.style.error(self.ids(), code, message).to_string())
    }

    /// What [`Exchange::error`] says for a status of which nothing more is known.
    pub fn plain_error(&self, status: StatusCode) -> Response {
        let (code, message) = self.style.plain(status);
        self.error(status, code, message)
    }

    /// A gateway's web page.
    pub fn html(&self, status: StatusCode) -> Response {
        let reason = status.canonical_reason().unwrap_or("Error");
        let page = format!(
            "<!DOCTYPE html><html><head><title>{code} {reason}</title></head><body><h1>{reason}</h1>\
             <p>Our services aren't available right now.</p><p>Ref A: {id}</p></body></html>",
            code = status.as_u16(),
            id = self.request
        );
        self.answer(status, "text/html", page)
    }

    /// A refusal of the token endpoint.
    pub fn refused(&self, refused: Refused) -> Response {
        let Refused { number, status, error, text } = refused;
        let client = self.client.to_str().unwrap_or_default();
        let timestamp = self.now.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        let body = json!({
            "error": error,
            "error_description":
                format!("AADSTS{number}: {text} Trace ID: {} Correlation ID: {client} Timestamp: {timestamp}", self.request),
            "error_codes": [number],
            "timestamp": timestamp,
            "trace_id": self.request,
            "correlation_id": client,
            "error_uri": format!("https://login.microsoftonline.com/error?code={number}"),
        });
        let status = StatusCode::from_u16(status).expect("the table holds HTTP statuses");
        self.answer(status, "application/json; charset=utf-8", body.to_string())
    }
}

/// Sets `Retry-After` where there is one.
pub fn retry_after(mut response: Response, wait: Option<&str>) -> Response {
    if let Some(value) = wait.and_then(|wait| HeaderValue::from_str(wait).ok()) {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}
