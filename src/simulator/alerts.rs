//! `GET /v1.0/security/alerts_v2`: who may ask, and what goes wrong before anything is read.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use jiff::Timestamp;

use super::answer::{Exchange, HangUp, Whose, retry_after};
use super::cloud::Cloud;
use super::directory::Directory;
use super::fault::Fault;
use super::list::List;
use super::resource::Resource;
use super::token::Grant;

const ROLES: &str =
    "SecurityAlert.Read.All, SecurityAlert.ReadWrite.All, SecurityIncident.Read.All, SecurityIncident.ReadWrite.All";

/// Answers for the list.
pub async fn list(State(cloud): State<Arc<Cloud>>, parts: Parts) -> Response {
    let grant = bearer(&parts.headers).and_then(|token| cloud.tokens.find(token));
    let tenant = grant.as_ref().map(|grant| grant.tenant.clone());
    let exchange = Exchange::new(&parts.headers, cloud.now(tenant.as_deref()));
    let mut response = match admit(&cloud, &exchange, &parts.headers, grant).await {
        Err(response) => *response,
        Ok(directory) => {
            let list = List { cloud, directory, exchange, uri: parts.uri, headers: parts.headers };
            // A page of a thousand alerts takes tens of milliseconds to write and to compress.
            let task = tokio::task::spawn_blocking(move || list.answer());
            task.await.expect("writing a page does not panic")
        }
    };
    response.extensions_mut().insert(Whose(tenant));
    response
}

/// Answers for a single alert.
pub async fn one(State(cloud): State<Arc<Cloud>>, Path(id): Path<String>, parts: Parts) -> Response {
    let grant = bearer(&parts.headers).and_then(|token| cloud.tokens.find(token));
    let tenant = grant.as_ref().map(|grant| grant.tenant.clone());
    let exchange = Exchange::new(&parts.headers, cloud.now(tenant.as_deref()));
    let mut response = match admit(&cloud, &exchange, &parts.headers, grant).await {
        Err(response) => *response,
        Ok(directory) => super::list::single(&cloud, &directory, &exchange, &parts.headers, &id),
    };
    response.extensions_mut().insert(Whose(tenant));
    response
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// The tenant whose alerts may be read, or the refusal.
async fn admit(
    cloud: &Cloud,
    exchange: &Exchange,
    headers: &HeaderMap,
    grant: Option<Grant>,
) -> Result<Arc<Directory>, Box<Response>> {
    let id = grant.as_ref().map(|grant| grant.tenant.as_str());
    let board = &cloud.board;
    if let Some(time) = board.take(id, |fault| if let Fault::Slow(time) = fault { Some(*time) } else { None }) {
        tokio::time::sleep(time).await;
    }
    if let Some(response) = broken_before_reading(cloud, exchange, id) {
        return Err(Box::new(response));
    }
    let now = cloud.now(id);
    let refuse = |message: &str| Err(Box::new(unauthorized(exchange, message)));
    let grant = match grant {
        None if !headers.contains_key(header::AUTHORIZATION) => return refuse("Access token is empty."),
        None => return refuse("CompactToken parsing failed with error code: 80049217"),
        Some(grant) if grant.expires <= now => return refuse("Lifetime validation failed, the token is expired."),
        Some(grant) if grant.resource != Resource::Graph => return refuse("Access token validation failure. Invalid audience."),
        Some(grant) => grant,
    };
    let id = Some(grant.tenant.as_str());
    let forbid = |message: &str| Err(Box::new(exchange.error(StatusCode::FORBIDDEN, "Forbidden", message)));
    if board.strikes(id, &Fault::RejectTokens) {
        return refuse("Access token validation failure. Signature is invalid.");
    }
    if board.strikes(id, &Fault::MissingRoles) || grant.roles.is_empty() {
        return forbid(&format!("Missing application roles. API required roles: {ROLES}, application roles: ."));
    }
    if board.strikes(id, &Fault::NotProvisioned) {
        return forbid("Unauthorized request - Account is not provisioned.");
    }
    let directory = cloud.tenant(&grant.tenant).expect("tokens are given out for tenants of this cloud");
    let limit = board.look(id, |fault| if let Fault::Throttle(requests) = fault { Some(*requests) } else { None });
    if let Some(wait) = limit.and_then(|limit| throttled(directory, limit, now)) {
        let response = exchange.plain_error(StatusCode::TOO_MANY_REQUESTS);
        return Err(Box::new(retry_after(response, Some(&wait.to_string()))));
    }
    Ok(Arc::clone(directory))
}

fn broken_before_reading(cloud: &Cloud, exchange: &Exchange, id: Option<&str>) -> Option<Response> {
    let board = &cloud.board;
    if board.strikes(id, &Fault::HangUp) {
        let mut response = Response::default();
        response.extensions_mut().insert(HangUp);
        return Some(response);
    }
    if let Some(address) = board.take(id, |fault| if let Fault::Redirect(address) = fault { Some(address.clone()) } else { None })
    {
        let mut response = exchange.answer(StatusCode::FOUND, "text/html", "");
        response.headers_mut().insert(header::LOCATION, HeaderValue::from_str(&address).ok()?);
        return Some(response);
    }
    if let Some(refusal) = board.take(id, |fault| if let Fault::Status(refusal) = fault { Some(refusal.clone()) } else { None }) {
        let status = StatusCode::from_u16(refusal.status).expect("faults hold HTTP statuses");
        return Some(retry_after(exchange.plain_error(status), refusal.retry_after.as_deref()));
    }
    let status = board.take(id, |fault| if let Fault::Html(status) = fault { Some(*status) } else { None })?;
    Some(exchange.html(StatusCode::from_u16(status).expect("faults hold HTTP statuses")))
}

fn unauthorized(exchange: &Exchange, message: &str) -> Response {
    let mut response = exchange.error(StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken", message);
    let challenge = HeaderValue::from_static(
        r#"Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize""#,
    );
    response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    response
}

/// How many seconds to wait, if the minute's requests are used up. Requests made meanwhile count as well.
fn throttled(directory: &Directory, limit: u32, now: Timestamp) -> Option<i64> {
    let mut contents = directory.open(now);
    let (start, count) = contents.requests.filter(|(start, _)| now.duration_since(*start).as_secs() < 60).unwrap_or((now, 0));
    contents.requests = Some((start, count.saturating_add(1)));
    (count >= limit).then(|| (60 - now.duration_since(start).as_secs()).max(1))
}
