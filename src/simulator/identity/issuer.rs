//! Issuers of identity tokens, such as a Kubernetes cluster: their public documents, and tokens of service accounts.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use serde_json::json;

use super::key;
use crate::simulator::cloud::Cloud;

/// Whom a token is for when nobody says otherwise: Entra, to be exchanged for one of its own.
pub const AUDIENCE: &str = "api://AzureADTokenExchange";

/// What a service account's token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceAccount<'a> {
    pub issuer: &'a str,
    pub subject: &'a str,
    pub audience: &'a str,
    pub life: Duration,
}

impl ServiceAccount<'_> {
    /// A token as a cluster projects it into a pod.
    pub fn token(&self, now: Timestamp) -> String {
        let (now, life) = (now.as_second(), i64::try_from(self.life.as_secs()).unwrap_or(i64::MAX / 2));
        key::sign(&json!({
            "aud": [self.audience],
            "iss": self.issuer,
            "sub": self.subject,
            "iat": now,
            "nbf": now,
            "exp": now + life,
        }))
    }
}

/// `/{issuer}/.well-known/openid-configuration`: any name is an issuer.
pub async fn configuration(State(cloud): State<Arc<Cloud>>, Path(name): Path<String>) -> Response {
    let issuer = cloud.identity.issuer(&name);
    Json(json!({
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/openid/v1/jwks"),
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }))
    .into_response()
}

/// The keys of all of them.
pub async fn keys() -> Response {
    Json(key::published()).into_response()
}
