//! The refusals of each family of APIs, in its own codes and words.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::answer::{Exchange, retry_after};
use super::api::Manners;
use super::feed::Feed;
use super::limits::Exceeded;
use super::resource::Resource;
use super::style::Style;

/// Why a token is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unauthorized {
    NoToken,
    NoSuchToken,
    Expired,
    Signature,
}

pub fn unauthorized(exchange: &Exchange, why: Unauthorized) -> Response {
    let (code, message) = match (exchange.style(), why) {
        (Style::Graph, Unauthorized::NoToken) => ("InvalidAuthenticationToken", "Access token is empty."),
        (Style::Graph, Unauthorized::NoSuchToken) => {
            ("InvalidAuthenticationToken", "CompactToken parsing failed with error code: 80049217")
        }
        (Style::Graph, Unauthorized::Expired) => {
            ("InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
        }
        (Style::Graph, Unauthorized::Signature) => {
            ("InvalidAuthenticationToken", "Access token validation failure. Signature is invalid.")
        }
        (Style::Defender, _) => ("Unauthorized", "Invalid or expired authorization header."),
        (Style::Arm, Unauthorized::NoToken) => {
            ("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
        }
        (Style::Arm, Unauthorized::Expired) => {
            ("ExpiredAuthenticationToken", "The access token expiry UTC time is earlier than now.")
        }
        (Style::Arm, Unauthorized::NoSuchToken | Unauthorized::Signature) => {
            ("InvalidAuthenticationToken", "The access token is invalid.")
        }
    };
    challenge(exchange.error(StatusCode::UNAUTHORIZED, code, message))
}

/// The token is for another resource. The two Defender APIs know each other's tokens and forbid them.
pub fn audience(exchange: &Exchange, resource: Resource) -> Response {
    let (status, code, message) = match exchange.style() {
        Style::Graph => {
            (StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken", "Access token validation failure. Invalid audience.")
        }
        Style::Defender if [Resource::Mde, Resource::Xdr].contains(&resource) => (
            StatusCode::FORBIDDEN,
            "Forbidden",
            "The application does not have any of the required application permissions: invalid audience.",
        ),
        Style::Defender => (StatusCode::UNAUTHORIZED, "Unauthorized", "Invalid audience."),
        Style::Arm => (
            StatusCode::UNAUTHORIZED,
            "InvalidAuthenticationTokenAudience",
            "The access token has been obtained for wrong audience or resource. It should exactly match with one of the allowed audiences.",
        ),
    };
    let response = exchange.error(status, code, message);
    if status == StatusCode::UNAUTHORIZED { challenge(response) } else { response }
}

/// The subscription belongs to another tenant than the token.
pub fn issuer(exchange: &Exchange, found: &str, wanted: &str) -> Response {
    let message = format!(
        "The access token is from the wrong issuer 'https://sts.windows.net/{found}/'. It must match the tenant \
         'https://sts.windows.net/{wanted}/' associated with this subscription."
    );
    challenge(exchange.error(StatusCode::UNAUTHORIZED, "InvalidAuthenticationTokenTenant", &message))
}

/// Nobody consented, or not to this; Resource Manager has roles of its own instead.
pub fn roles(exchange: &Exchange, manners: &Manners, found: &[&str]) -> Response {
    match manners.style {
        Style::Arm => {
            let action = match manners.feed {
                Feed::DefenderForCloud => "Microsoft.Security/alerts/read",
                _ => "Microsoft.SecurityInsights/incidents/read",
            };
            let message = format!(
                "The client does not have authorization to perform action '{action}' over the scope or the scope is invalid. If \
                 access was recently granted, please refresh your credentials."
            );
            exchange.error(StatusCode::FORBIDDEN, "AuthorizationFailed", &message)
        }
        Style::Graph | Style::Defender => {
            let (wanted, found) = (manners.roles.join(", "), found.join(", "));
            let message = format!("Missing application roles. API required roles: {wanted}, application roles: {found}.");
            exchange.error(StatusCode::FORBIDDEN, "Forbidden", &message)
        }
    }
}

pub fn not_provisioned(exchange: &Exchange) -> Response {
    exchange.error(StatusCode::FORBIDDEN, "Forbidden", "Unauthorized request - Account is not provisioned.")
}

/// The tenant lacks what the feed is about; with `status` instead of the usual one, where it is given.
pub fn no_product(exchange: &Exchange, feed: Feed, status: Option<u16>) -> Response {
    let (usual, code, message) = match feed {
        Feed::GraphAlerts | Feed::GraphIncidents => (403, "Forbidden", "Unauthorized request - Account is not provisioned."),
        Feed::MdeAlerts | Feed::XdrIncidents => (403, "DisabledFeature", "The tenant feature is not enabled."),
        Feed::RiskDetections => (403, "Forbidden", "Your tenant is not licensed for this feature."),
        Feed::SentinelIncidents => (404, "ResourceNotFound", "The workspace is not onboarded to Microsoft Sentinel."),
        Feed::DefenderForCloud => (404, "ResourceNotFound", "The subscription is not registered with Microsoft.Security."),
    };
    let number = status.unwrap_or(usual);
    let code = if number == usual {
        code
    } else if number == 404 {
        "ResourceNotFound"
    } else {
        "Forbidden"
    };
    exchange.error(StatusCode::from_u16(number).expect("faults hold HTTP statuses"), code, message)
}

/// A documented rate is used up.
pub fn exceeded(exchange: &Exchange, exceeded: &Exceeded) -> Response {
    let Exceeded { wait, announced, allowed } = exceeded;
    let message = match (exchange.style(), announced) {
        (Style::Graph, _) => "Too many requests.".to_owned(),
        (Style::Defender, true) => format!("API calls quota exceeded! maximum allowed {allowed}"),
        (Style::Defender, false) => {
            format!("You have exceeded your quota of number of requests, {allowed}. Try again in {wait} seconds.")
        }
        (Style::Arm, _) => {
            format!("The requests of this principal are throttled, {allowed}. Please try again after '{wait}' seconds.")
        }
    };
    let response = exchange.error(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", &message);
    retry_after(response, announced.then(|| wait.to_string()).as_deref())
}

fn challenge(mut response: Response) -> Response {
    let challenge = HeaderValue::from_static(
        r#"Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize""#,
    );
    response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    response
}
