//! Signing in to the simulated cloud: who is registered, and what proves it.

mod access;
mod assertion;
mod form;
mod issuer;
mod jwt;
mod key;
mod managed;
mod refresh;
mod register;
mod registration;
mod side_door;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use axum::Router;
use axum::routing::{get, post};
use jiff::Timestamp;

pub use access::{Grant, Tokens};
pub use assertion::Presented;
pub use form::Form;
pub use managed::ManagedIdentity;
pub use registration::FederatedCredential;

use super::cloud::Cloud;
use super::settings::Settings;
use assertion::Once;
use refresh::RefreshTokens;
use registration::Registration;

/// The value of `client_assertion_type` for all assertions.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Who may sign in to a simulated cloud, and how. [`Simulator::identity`](super::Simulator::identity) gives it.
///
/// Wherever a method takes a client ID, it is that of a registered app; any other is a mistake of the caller's, and the method
/// panics.
pub struct Identity {
    base_url: String,
    home: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    apps: Vec<Registration>,
    managed: Vec<ManagedIdentity>,
    refresh: RefreshTokens,
    /// The assertions that were presented and would still be valid, by their `jti`, until when.
    presented: HashMap<String, i64>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "sign-in for {} apps", self.lock().apps.len())
    }
}

impl Identity {
    /// One app, that of the settings, with its secret.
    pub(super) fn new(settings: &Settings, base_url: &str) -> Self {
        let home = settings.home().tenant_id;
        let identity = Self { base_url: base_url.to_owned(), home, state: Mutex::default() };
        identity.add_app(&settings.client_id);
        identity.add_secret(&settings.client_id, settings.client_secret.clone(), None);
        identity
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds the registrations")
    }

    /// The client ID of the app that asks, or the AADSTS number of what does not prove it.
    pub(super) fn admit(&self, form: &Form, presented: Presented<'_>) -> Result<String, u32> {
        let client_id = form.field("client_id").ok_or(900_144_u32)?;
        let mut state = self.lock();
        let app = state.apps.iter().find(|app| app.is(client_id)).ok_or(700_016_u32)?;
        let client_id = app.client_id.clone();
        let once = match (form.field("client_assertion"), form.field("client_secret")) {
            (None, None) if app.public && form.field("grant_type") == Some("refresh_token") => None,
            (None, None) => return Err(7_000_218),
            _ if app.public => return Err(700_025),
            (Some(_), _) if form.field("client_assertion_type") != Some(JWT_BEARER) => return Err(900_144),
            (Some(assertion), _) => assertion::check(app, assertion, presented)?,
            (None, Some(secret)) => app.check_secret(secret, presented.now).map(|()| None)?,
        };
        if let Some(Once { jti, until }) = once {
            state.presented.retain(|_, until| *until > presented.now.as_second());
            if state.presented.insert(format!("{client_id} {jti}"), until).is_some() {
                return Err(50_013);
            }
        }
        Ok(client_id)
    }

    /// The user and a new refresh token for the form's one.
    pub(super) fn exchange_refresh_token(&self, client_id: &str, form: &Form, now: Timestamp) -> Result<(String, String), u32> {
        let given = form.field("refresh_token").ok_or(900_144_u32)?;
        self.lock().refresh.exchange(client_id, given, now)
    }

    fn managed(&self, client_id: &str) -> Option<ManagedIdentity> {
        self.lock().managed.iter().find(|identity| identity.client_id.eq_ignore_ascii_case(client_id)).cloned()
    }
}

/// What exists at Microsoft and at identity providers.
pub(super) fn routes() -> Router<std::sync::Arc<Cloud>> {
    Router::new()
        .route("/metadata/identity/oauth2/token", get(managed::issue))
        .route("/{tenant}/.well-known/openid-configuration", get(issuer::configuration))
        .route("/{tenant}/openid/v1/jwks", get(issuer::keys))
}

/// The part of the side door that is about signing in.
pub(super) fn side_door() -> Router<std::sync::Arc<Cloud>> {
    Router::new()
        .route("/simulator/apps", get(side_door::apps).put(side_door::put_app))
        .route("/simulator/managed-identities", post(side_door::add_managed_identity))
        .route("/simulator/service-account-token", post(side_door::service_account_token))
        .route("/simulator/refresh-token", post(side_door::refresh_token))
}
