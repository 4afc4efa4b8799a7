//! The manners of the three families of APIs: what their errors look like and which headers they send.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use serde_json::{Value, json};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Graph,
    /// Defender for Endpoint and Defender XDR.
    Defender,
    /// Azure Resource Manager.
    Arm,
}

/// The IDs that an answer carries.
#[derive(Debug, Clone, Copy)]
pub struct Ids<'a> {
    pub request: &'a str,
    pub client: &'a HeaderValue,
    pub now: Timestamp,
}

impl Style {
    /// Of a list or a record.
    pub fn content_type(self) -> &'static str {
        match self {
            Style::Graph => "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
            Style::Defender => "application/json; odata.metadata=minimal; odata.streaming=true; charset=utf-8",
            Style::Arm => "application/json; charset=utf-8",
        }
    }

    pub fn set_headers(self, headers: &mut HeaderMap, ids: Ids<'_>) {
        let mut set = |name: &'static str, value: HeaderValue| headers.insert(HeaderName::from_static(name), value);
        let request = HeaderValue::from_str(ids.request).expect("a GUID is a header value");
        match self {
            Style::Graph => {
                set("request-id", request);
                set("client-request-id", ids.client.clone());
                let place = r#"{"ServerInfo":{"DataCenter":"Simulator","Slice":"E","Ring":"1","ScaleUnit":"001","RoleInstance":"SIM00001"}}"#;
                set("x-ms-ags-diagnostic", HeaderValue::from_static(place));
            }
            Style::Defender => {
                set("odata-version", HeaderValue::from_static("4.0"));
            }
            Style::Arm => {
                set("x-ms-request-id", request.clone());
                set("x-ms-correlation-request-id", request);
            }
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }

    pub fn error(self, ids: Ids<'_>, code: &str, message: &str) -> Value {
        match self {
            Style::Graph => json!({"error": {
                "code": code,
                "message": message,
                "innerError": {
                    // Without a zone, as Microsoft writes it.
                    "date": ids.now.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
                    "request-id": ids.request,
                    "client-request-id": ids.client.to_str().unwrap_or_default(),
                },
            }}),
            Style::Defender => json!({"error": {"code": code, "message": message, "target": ids.request}}),
            Style::Arm => json!({"error": {"code": code, "message": message}}),
        }
    }

    /// Code and message for a status of which nothing more is known.
    pub fn plain(self, status: StatusCode) -> (&'static str, &'static str) {
        match (status.as_u16(), self) {
            (400, _) => ("BadRequest", "Invalid request."),
            (401, Style::Defender) => ("Unauthorized", "Invalid or expired authorization header."),
            (401, _) => ("InvalidAuthenticationToken", "Access token validation failure."),
            (403, Style::Arm) => ("AuthorizationFailed", "The client does not have authorization to perform this action."),
            (403, _) => ("Forbidden", "Access is denied."),
            (404, _) => ("ResourceNotFound", "Resource not found."),
            (410, _) => ("Gone", "The resource is gone."),
            (429, _) => ("TooManyRequests", "Too many requests."),
            (500, _) => ("InternalServerError", "An internal server error has occurred."),
            (503, _) => ("ServiceUnavailable", "The service is temporarily unavailable."),
            (504, _) => ("GatewayTimeout", "The gateway timed out."),
            _ => ("UnknownError", ""),
        }
    }

    /// What a query is refused with that cannot be understood.
    pub fn bad_query(self) -> &'static str {
        match self {
            Style::Defender => "ODataError",
            Style::Graph | Style::Arm => "BadRequest",
        }
    }
}
