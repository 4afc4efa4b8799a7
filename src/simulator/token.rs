//! `POST /{tenant}/oauth2/v2.0/token`: client credentials against opaque tokens.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use serde_json::json;
use uuid::Uuid;

use super::aadsts::Refused;
use super::answer::{Exchange, Whose, retry_after};
use super::cloud::Cloud;
use super::fault::Fault;
use super::resource::Resource;

/// What a token allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub tenant: String,
    pub resource: Resource,
    pub expires: Timestamp,
    /// What somebody at the customer's had consented to when it was given out. Resource Manager has no such roles.
    pub roles: &'static [&'static str],
}

/// The tokens that were given out. Their text never leaves this file but in the answer to its request.
#[derive(Default)]
pub struct Tokens {
    grants: Mutex<HashMap<String, Grant>>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} tokens", self.lock().len())
    }
}

impl Tokens {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Grant>> {
        self.grants.lock().expect("nothing panics while it holds the tokens")
    }

    fn issue(&self, grant: Grant, now: Timestamp) -> String {
        let token = format!("sim.{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let mut grants = self.lock();
        if grants.len().is_power_of_two() {
            grants.retain(|_, old| old.expires > now);
        }
        grants.insert(token.clone(), grant);
        token
    }

    /// Gives `None` for a text that was never given out or was revoked.
    pub fn find(&self, token: &str) -> Option<Grant> {
        self.lock().get(token).cloned()
    }

    /// Ends the tokens of a tenant, or all.
    pub fn revoke(&self, tenant: Option<&str>) {
        self.lock().retain(|_, grant| tenant.is_some_and(|tenant| grant.tenant != tenant));
    }
}

/// Answers a token request.
pub async fn issue(State(cloud): State<Arc<Cloud>>, Path(segment): Path<String>, headers: HeaderMap, body: String) -> Response {
    let tenant = cloud.tenant(&segment).map(|directory| directory.info.tenant_id.clone());
    let now = cloud.now(tenant.as_deref());
    let exchange = Exchange::new(&headers, now);
    let mut response = answer(&cloud, &segment, tenant.as_deref(), &exchange, &headers, &body, now);
    response.extensions_mut().insert(Whose(tenant));
    response
}

fn answer(
    cloud: &Cloud,
    segment: &str,
    tenant: Option<&str>,
    exchange: &Exchange,
    headers: &HeaderMap,
    body: &str,
    now: Timestamp,
) -> Response {
    let board = &cloud.board;
    if board.strikes(tenant, &Fault::TokenHtml) {
        return exchange.html(StatusCode::OK);
    }
    if let Some(refusal) =
        board.take(tenant, |fault| if let Fault::TokenStatus(refusal) = fault { Some(refusal.clone()) } else { None })
    {
        let status = StatusCode::from_u16(refusal.status).expect("faults hold HTTP statuses");
        return retry_after(exchange.answer(status, "text/plain", "upstream request failed"), refusal.retry_after.as_deref());
    }
    if let Some(number) = board.take(tenant, |fault| if let Fault::TokenError(number) = fault { Some(*number) } else { None }) {
        return exchange.refused(Refused::of(number));
    }
    match check(cloud, segment, tenant, headers, body) {
        Err(number) => exchange.refused(Refused::of(number)),
        Ok((tenant, resource)) => {
            let consented = board.look(Some(tenant), |fault| (*fault == Fault::MissingRoles).then_some(())).is_none();
            let life = cloud.settings.token_life;
            let roles = if consented { resource.roles() } else { &[] };
            let grant = Grant { tenant: tenant.to_owned(), resource, expires: now + life, roles };
            let token = cloud.tokens.issue(grant, now);
            let body = json!({
                "token_type": "Bearer",
                "expires_in": life.as_secs(),
                "ext_expires_in": life.as_secs(),
                "access_token": token,
            });
            exchange.answer(StatusCode::OK, "application/json; charset=utf-8", body.to_string())
        }
    }
}

/// The tenant and the resource, or the AADSTS number of what is wrong.
fn check<'a>(
    cloud: &Cloud,
    segment: &str,
    tenant: Option<&'a str>,
    headers: &HeaderMap,
    body: &str,
) -> Result<(&'a str, Resource), u32> {
    let form: HashMap<String, String> =
        reqwest::Url::parse(&format!("form:?{body}")).map_err(|_| 900_144_u32)?.query_pairs().into_owned().collect();
    let field = |name: &str| form.get(name).map(String::as_str).filter(|value| !value.is_empty());
    if ["common", "organizations"].contains(&segment) {
        return Err(50_194);
    }
    let tenant = tenant.ok_or(90_002_u32)?;
    match field("grant_type") {
        None => return Err(900_144),
        Some("client_credentials") => {}
        Some(_) => return Err(70_003),
    }
    if field("resource").is_some() {
        return Err(901_002);
    }
    let basic = headers.get("authorization").and_then(|value| basic(value.to_str().ok()?));
    let client = basic.as_ref().map(|(id, _)| id.as_str()).or(field("client_id")).ok_or(900_144_u32)?;
    if !client.eq_ignore_ascii_case(&cloud.settings.client_id) {
        return Err(700_016);
    }
    if field("client_assertion").is_some() {
        return Err(700_027);
    }
    let secret = basic.as_ref().map(|(_, secret)| secret.as_str()).or(field("client_secret")).ok_or(7_000_218_u32)?;
    if secret != cloud.settings.client_secret.expose_secret() {
        return Err(7_000_215);
    }
    let mut scopes = field("scope").ok_or(900_144_u32)?.split_whitespace();
    let resource = scopes.next().and_then(|scope| scope.strip_suffix("/.default")).ok_or(70_011_u32)?;
    if scopes.next().is_some() {
        return Err(700_022);
    }
    Ok((tenant, Resource::of(resource).ok_or(500_011_u32)?))
}

/// The client ID and secret of HTTP Basic, each form-encoded as OAuth wants it.
fn basic(header: &str) -> Option<(String, String)> {
    let text = decode_base64(header.strip_prefix("Basic ")?)?;
    let decode = |part: &str| percent_encoding::percent_decode_str(part).decode_utf8().ok().map(std::borrow::Cow::into_owned);
    let (id, secret) = text.split_once(':')?;
    Some((decode(id)?, decode(secret)?))
}

fn decode_base64(text: &str) -> Option<String> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut held, mut out) = (0_u32, 0_u32, Vec::new());
    for byte in text.trim_end_matches('=').bytes() {
        let value = ALPHABET.iter().position(|known| *known == byte)?;
        bits = (bits << 6 | u32::try_from(value).ok()?) & 0xFFFF;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from(bits >> held & 0xFF).ok()?);
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::basic;

    #[test]
    fn basic_credentials_are_decoded_twice() {
        let header = "Basic aWQ6YSUyQmIlM0FjIGQ="; // id:a%2Bb%3Ac d
        assert_eq!(basic(header), Some(("id".to_owned(), "a+b:c d".to_owned())));
        for odd in ["Basic !", "Bearer x", "Basic aWQ="] {
            assert_eq!(basic(odd), None, "{odd}");
        }
    }
}
