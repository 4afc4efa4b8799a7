//! `POST /{tenant}/oauth2/v2.0/token`: who asks, for what, and the token or the refusal.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use serde_json::json;

use super::aadsts::Refused;
use super::answer::{Exchange, Whose, retry_after};
use super::cloud::Cloud;
use super::fault::Fault;
pub use super::identity::Grant;
use super::identity::{Form, Presented};
use super::resource::Resource;

/// Answers a token request.
pub async fn issue(State(cloud): State<Arc<Cloud>>, Path(segment): Path<String>, headers: HeaderMap, body: String) -> Response {
    let tenant = cloud.tenant(&segment).map(|directory| directory.info.tenant_id.clone());
    let now = cloud.now(tenant.as_deref());
    let exchange = Exchange::new(&headers, now);
    let mut response = match struck(&cloud, tenant.as_deref(), &exchange) {
        Some(response) => response,
        None => match answer(&cloud, &segment, tenant.as_deref(), &Form::read(&headers, &body), now) {
            Ok(body) => exchange.answer(StatusCode::OK, "application/json; charset=utf-8", body.to_string()),
            Err(number) => exchange.refused(Refused::of(number)),
        },
    };
    response.extensions_mut().insert(Whose(tenant));
    response
}

/// What a fault makes of the request before it is looked at.
fn struck(cloud: &Cloud, tenant: Option<&str>, exchange: &Exchange) -> Option<Response> {
    let board = &cloud.board;
    if board.strikes(tenant, &Fault::TokenHtml) {
        return Some(exchange.html(StatusCode::OK));
    }
    if let Some(refusal) =
        board.take(tenant, |fault| if let Fault::TokenStatus(refusal) = fault { Some(refusal.clone()) } else { None })
    {
        let status = StatusCode::from_u16(refusal.status).expect("faults hold HTTP statuses");
        let response = exchange.answer(status, "text/plain", "upstream request failed");
        return Some(retry_after(response, refusal.retry_after.as_deref()));
    }
    let number = board.take(tenant, |fault| if let Fault::TokenError(number) = fault { Some(*number) } else { None })?;
    Some(exchange.refused(Refused::of(number)))
}

/// The body of a grant, or the AADSTS number of what is wrong.
fn answer(cloud: &Cloud, segment: &str, tenant: Option<&str>, form: &Form, now: Timestamp) -> Result<serde_json::Value, u32> {
    if ["common", "organizations"].contains(&segment) {
        return Err(50_194);
    }
    let tenant = tenant.ok_or(90_002_u32)?;
    let delegated = match form.field("grant_type").ok_or(900_144_u32)? {
        "client_credentials" => false,
        "refresh_token" => true,
        _ => return Err(70_003),
    };
    if form.field("resource").is_some() {
        return Err(901_002);
    }
    let endpoint = format!("{}/{segment}/oauth2/v2.0/token", cloud.base_url);
    let client_id = cloud.identity.admit(form, Presented { endpoint: &endpoint, now })?;
    let (audience, resource) = scope(form)?;
    let fresh = if delegated { Some(cloud.identity.exchange_refresh_token(&client_id, form, now)?) } else { None };
    let consented = cloud.board.look(Some(tenant), |fault| (*fault == Fault::MissingRoles).then_some(())).is_none();
    let life = cloud.settings.token_life;
    let grant = Grant {
        tenant: tenant.to_owned(),
        client_id,
        resource,
        audience: audience.to_owned(),
        expires: now + life,
        roles: if consented { resource.roles() } else { &[] },
        user: fresh.as_ref().map(|(user, _)| user.clone()),
    };
    let mut body = json!({
        "token_type": "Bearer",
        "expires_in": life.as_secs(),
        "ext_expires_in": life.as_secs(),
        "access_token": cloud.tokens.issue(grant, now),
    });
    if let Some((_, refresh_token)) = fresh {
        body["refresh_token"] = json!(refresh_token);
        body["scope"] = json!(format!("{audience}/.default"));
    }
    Ok(body)
}

/// The one resource that is asked for.
fn scope(form: &Form) -> Result<(&str, Resource), u32> {
    // Those of OpenID Connect name no resource.
    let plain = |word: &&str| !["openid", "profile", "email", "offline_access"].contains(word);
    let mut words = form.field("scope").ok_or(900_144_u32)?.split_whitespace().filter(plain);
    let audience = words.next().and_then(|word| word.strip_suffix("/.default")).ok_or(70_011_u32)?;
    if words.next().is_some() {
        return Err(700_022);
    }
    Ok((audience, Resource::of(audience).ok_or(500_011_u32)?))
}
