//! Answers as Graph and Entra write them.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::aadsts::Refused;

/// Whose request this was; travels with the answer to the journal and the `Date` header.
#[derive(Debug, Clone)]
pub struct Whose(pub Option<String>);

/// Tells the server to close the connection instead of sending this answer.
#[derive(Debug, Clone, Copy)]
pub struct HangUp;

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");
const DIAGNOSTIC: HeaderName = HeaderName::from_static("x-ms-ags-diagnostic");

/// The IDs of one exchange, which Microsoft's support asks for.
#[derive(Debug, Clone)]
pub struct Exchange {
    request: String,
    client: HeaderValue,
    now: Timestamp,
}

impl Exchange {
    pub fn new(headers: &HeaderMap, now: Timestamp) -> Self {
        let request = Uuid::new_v4().to_string();
        let client = headers.get(&CLIENT_REQUEST_ID).cloned();
        let client = client.unwrap_or_else(|| HeaderValue::from_str(&request).expect("a GUID is a header value"));
        Self { request, client, now }
    }

    /// An answer with Graph's usual headers.
    pub fn answer(&self, status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Response {
        let mut response = Response::new(body.into());
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(REQUEST_ID, HeaderValue::from_str(&self.request).expect("a GUID is a header value"));
        headers.insert(CLIENT_REQUEST_ID, self.client.clone());
        let diagnostic =
            r#"{"ServerInfo":{"DataCenter":"Simulator","Slice":"E","Ring":"1","ScaleUnit":"001","RoleInstance":"SIM00001"}}"#;
        headers.insert(DIAGNOSTIC, HeaderValue::from_static(diagnostic));
        response
    }

    /// An error with Graph's body.
    pub fn error(&self, status: StatusCode, code: &str, message: &str) -> Response {
        let body = json!({"error": {
            "code": code,
            "message": message,
            "innerError": {
                "date": self.now.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
                "request-id": self.request,
                "client-request-id": self.client.to_str().unwrap_or_default(),
            },
        }});
        self.answer(status, "application/json", body.to_string())
    }

    /// What [`Exchange::error`] says for a status of which nothing more is known.
    pub fn plain_error(&self, status: StatusCode) -> Response {
        let (code, message) = match status.as_u16() {
            400 => ("BadRequest", "Invalid request."),
            401 => ("InvalidAuthenticationToken", "Access token validation failure."),
            403 => ("Forbidden", "Access is denied."),
            404 => ("ResourceNotFound", "Resource not found."),
            410 => ("Gone", "The resource is gone."),
            429 => ("TooManyRequests", "Too many requests."),
            500 => ("InternalServerError", "An internal server error has occurred."),
            503 => ("ServiceUnavailable", "The service is temporarily unavailable."),
            504 => ("GatewayTimeout", "The gateway timed out."),
            _ => ("UnknownError", ""),
        };
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
