//! `/simulator/apps` and its neighbours: registering over HTTP. Nothing of it exists at Microsoft.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};

use super::ManagedIdentity;
use super::issuer::{AUDIENCE, ServiceAccount};
use super::registration::{ClientSecret, FederatedCredential, Registration};
use crate::clock;
use crate::simulator::cloud::Cloud;

/// An app with all its credentials.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct App {
    client_id: String,
    #[serde(default)]
    public: bool,
    #[serde(default)]
    secrets: Vec<Secret>,
    /// PEM.
    #[serde(default)]
    certificates: Vec<String>,
    #[serde(default)]
    federated: Vec<FederatedCredential>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Secret {
    value: SecretString,
    expires: Option<Timestamp>,
}

/// All apps, without their secrets.
pub async fn apps(State(cloud): State<Arc<Cloud>>) -> Response {
    let show = |app: &Registration| {
        json!({
            "client_id": app.client_id,
            "public": app.public,
            "secrets": app.secrets.iter().map(|secret| json!({"expires": secret.expires})).collect::<Vec<_>>(),
            "certificates": app.certificates.iter().map(|certificate| json!({
                "expires": certificate.public.not_after().to_string(),
            })).collect::<Vec<_>>(),
            "federated": app.federated,
        })
    };
    Json(cloud.identity.apps().iter().map(show).collect::<Vec<Value>>()).into_response()
}

/// Registers an app, in the place of the one with the same client ID.
pub async fn put_app(State(cloud): State<Arc<Cloud>>, Json(app): Json<App>) -> Response {
    let secrets = app.secrets.into_iter().map(|Secret { value, expires }| ClientSecret { value, expires }).collect();
    let mut registration = Registration {
        client_id: app.client_id,
        public: app.public,
        secrets,
        certificates: Vec::new(),
        federated: app.federated,
    };
    for pem in &app.certificates {
        if let Err(error) = registration.add_certificate(pem.as_bytes()) {
            return (StatusCode::BAD_REQUEST, Json(json!({"error": error}))).into_response();
        }
    }
    cloud.identity.put_app(registration);
    apps(State(cloud)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assigned {
    client_id: String,
    principal_id: String,
    #[serde(default = "a_day")]
    token_seconds: u64,
}

fn a_day() -> u64 {
    86_400
}

/// Assigns a managed identity, and tells which federated credential it needs.
pub async fn add_managed_identity(State(cloud): State<Arc<Cloud>>, Json(assigned): Json<Assigned>) -> Response {
    let Assigned { client_id, principal_id, token_seconds } = assigned;
    let credential = json!({"issuer": cloud.identity.entra_issuer(), "subject": principal_id, "audience": AUDIENCE});
    let token_life = Duration::from_secs(token_seconds);
    cloud.identity.add_managed_identity(ManagedIdentity { client_id, principal_id, token_life });
    Json(credential).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    subject: String,
    #[serde(default = "cluster")]
    issuer: String,
    #[serde(default = "entra")]
    audience: String,
    #[serde(default = "an_hour")]
    seconds: u64,
}

fn cluster() -> String {
    "cluster".to_owned()
}

fn entra() -> String {
    AUDIENCE.to_owned()
}

fn an_hour() -> u64 {
    3600
}

/// A token of a service account, and who issued it.
pub async fn service_account_token(State(cloud): State<Arc<Cloud>>, Json(account): Json<Account>) -> Response {
    let issuer = cloud.identity.issuer(&account.issuer);
    let life = Duration::from_secs(account.seconds);
    let account = ServiceAccount { issuer: &issuer, subject: &account.subject, audience: &account.audience, life };
    let token = account.token(clock::now());
    Json(json!({"issuer": issuer, "token": token})).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    client_id: String,
    user: String,
}

/// A refresh token of a user for an app.
pub async fn refresh_token(State(cloud): State<Arc<Cloud>>, Json(User { client_id, user }): Json<User>) -> Response {
    if !cloud.identity.apps().iter().any(|app| app.is(&client_id)) {
        let error = format!("the simulator has no app {client_id:?}");
        return (StatusCode::NOT_FOUND, Json(json!({"error": error}))).into_response();
    }
    Json(json!({"refresh_token": cloud.identity.add_refresh_token(&client_id, &user)})).into_response()
}
