//! `GET /metadata/identity/oauth2/token`: managed identities, as the metadata service of an Azure machine hands out their tokens.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::key;
use crate::clock;
use crate::simulator::cloud::Cloud;

/// A user-assigned identity of the machine that the simulator plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagedIdentity {
    pub client_id: String,
    /// Its object ID in our own directory: the subject of its tokens.
    pub principal_id: String,
    pub token_life: Duration,
}

impl ManagedIdentity {
    /// A token of this identity, issued by Entra for our own directory, and the whole answer around it.
    fn token(&self, issuer: &str, home: &str, resource: &str, now: Timestamp) -> Value {
        let (now, life) = (now.as_second(), i64::try_from(self.token_life.as_secs()).unwrap_or(i64::MAX / 2));
        let token = key::sign(&json!({
            "aud": resource,
            "iss": issuer,
            "iat": now,
            "nbf": now,
            "exp": now + life,
            "appid": self.client_id,
            "idtyp": "app",
            "oid": self.principal_id,
            "sub": self.principal_id,
            "tid": home,
            "uti": Uuid::new_v4().simple().to_string(),
        }));
        // All numbers are texts here.
        json!({
            "access_token": token,
            "client_id": self.client_id,
            "expires_in": life.to_string(),
            "expires_on": (now + life).to_string(),
            "ext_expires_in": life.to_string(),
            "not_before": now.to_string(),
            "resource": resource,
            "token_type": "Bearer",
        })
    }
}

/// Answers as the metadata service does.
pub async fn issue(
    State(cloud): State<Arc<Cloud>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let (status, body) = match answer(&cloud, &query, &headers) {
        Ok(body) => (StatusCode::OK, body),
        Err((error, text)) => (StatusCode::BAD_REQUEST, json!({"error": error, "error_description": text})),
    };
    (status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], body.to_string()).into_response()
}

fn answer(cloud: &Cloud, query: &HashMap<String, String>, headers: &HeaderMap) -> Result<Value, (&'static str, &'static str)> {
    if headers.get("metadata").is_none_or(|value| value != "true") {
        return Err(("bad_request_102", "Required metadata header not specified"));
    }
    if headers.contains_key("x-forwarded-for") {
        return Err(("bad_request_103", "The metadata service takes no request through a proxy"));
    }
    let field = |name: &str| query.get(name).map(String::as_str).filter(|value| !value.is_empty());
    if field("api-version").is_none() {
        return Err(("bad_request_104", "Required query variable 'api-version' is missing"));
    }
    let resource = field("resource").ok_or(("invalid_resource", "AADSTS50001: The resource principal was not found."))?;
    let identity = field("client_id").and_then(|id| cloud.identity.managed(id));
    let identity = identity.ok_or(("invalid_request", "Identity not found"))?;
    let issuer = cloud.identity.entra_issuer();
    Ok(identity.token(&issuer, cloud.identity.home_tenant(), resource, clock::now()))
}
