//! What a test or a person registers: apps, their credentials, identities; and what becomes of them.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

use super::issuer::{AUDIENCE, ServiceAccount};
use super::registration::{ClientSecret, FederatedCredential, Registration};
use super::{Identity, ManagedIdentity};
use crate::clock;

impl Registration {
    pub(super) fn is(&self, client_id: &str) -> bool {
        self.client_id.eq_ignore_ascii_case(client_id)
    }
}

impl Identity {
    fn app<T>(&self, client_id: &str, change: impl FnOnce(&mut Registration) -> T) -> T {
        let mut state = self.lock();
        if let Some(app) = state.apps.iter_mut().find(|app| app.is(client_id)) {
            return change(app);
        }
        drop(state); // or the panic would poison the lock for all requests
        panic!("the simulator has no app {client_id:?}")
    }

    /// Registers an app without credentials, in the place of the one with the same client ID.
    pub fn add_app(&self, client_id: &str) {
        self.put_app(Registration { client_id: client_id.to_owned(), ..Registration::default() });
    }

    pub(super) fn put_app(&self, app: Registration) {
        let mut state = self.lock();
        state.apps.retain(|old| !old.is(&app.client_id));
        state.apps.push(app);
    }

    pub(super) fn apps(&self) -> Vec<Registration> {
        self.lock().apps.clone()
    }

    /// Makes an app a public client, which proves itself by nothing; only good for refresh tokens.
    pub fn make_public(&self, client_id: &str) {
        self.app(client_id, |app| app.public = true);
    }

    /// Adds a client secret, which ends at that moment or never.
    pub fn add_secret(&self, client_id: &str, value: SecretString, expires: Option<Timestamp>) {
        self.app(client_id, |app| app.secrets.push(ClientSecret { value, expires }));
    }

    /// Removes all client secrets but this one: what else was right is wrong now.
    pub fn keep_secret(&self, client_id: &str, value: &str) {
        self.app(client_id, |app| app.secrets.retain(|secret| secret.value.expose_secret() == value));
    }

    /// Removes all client secrets.
    pub fn remove_secrets(&self, client_id: &str) {
        self.app(client_id, |app| app.secrets.clear());
    }

    /// Ends all client secrets at this moment, by the clock of this machine.
    pub fn expire_secrets(&self, client_id: &str) {
        let now = Some(clock::now());
        self.app(client_id, |app| app.secrets.iter_mut().for_each(|secret| secret.expires = now));
    }

    /// Uploads a certificate.
    ///
    /// # Panics
    /// When it is not a PEM certificate of an RSA key with 2048 bits or more.
    pub fn add_certificate(&self, client_id: &str, pem: &[u8]) {
        self.app(client_id, |app| app.add_certificate(pem)).unwrap_or_else(|error| panic!("{error}"));
    }

    /// Removes the oldest of the certificates, where there is one.
    pub fn remove_oldest_certificate(&self, client_id: &str) {
        self.app(client_id, |app| app.certificates.splice(..app.certificates.len().min(1), []).for_each(drop));
    }

    /// Says whose tokens prove that they come from this app.
    pub fn add_federated_credential(&self, client_id: &str, credential: FederatedCredential) {
        self.app(client_id, |app| app.federated.push(credential));
    }

    /// Removes the federated credentials that `keep` does not want.
    pub fn keep_federated_credentials(&self, client_id: &str, keep: impl Fn(&FederatedCredential) -> bool) {
        self.app(client_id, |app| app.federated.retain(keep));
    }

    /// Assigns an identity to the machine that the simulator plays the metadata service of.
    pub fn add_managed_identity(&self, identity: ManagedIdentity) {
        let mut state = self.lock();
        state.managed.retain(|old| old.client_id != identity.client_id);
        state.managed.push(identity);
    }

    /// Our own directory's ID: where the apps and the managed identities live.
    pub fn home_tenant(&self) -> &str {
        &self.home
    }

    /// The issuer of managed identities' tokens, as a federated credential must name it.
    pub fn entra_issuer(&self) -> String {
        format!("{}/{}/v2.0", self.base_url, self.home)
    }

    /// The address of an issuer that signs service accounts' tokens. Any name will do.
    pub fn issuer(&self, name: &str) -> String {
        format!("{}/{name}", self.base_url)
    }

    /// A token of a service account, by the issuer named `cluster`, for Entra.
    pub fn service_account_token(&self, subject: &str, life: Duration) -> String {
        ServiceAccount { issuer: &self.issuer("cluster"), subject, audience: AUDIENCE, life }.token(clock::now())
    }

    /// A refresh token of a user who has let this app act in their name.
    pub fn add_refresh_token(&self, client_id: &str, user: &str) -> String {
        let client_id = self.app(client_id, |app| app.client_id.clone());
        self.lock().refresh.issue(&client_id, user, clock::now())
    }

    /// Ends an app's refresh tokens, as an administrator does who revokes the user's sessions (AADSTS50173).
    pub fn revoke_refresh_tokens(&self, client_id: &str) {
        self.lock().refresh.revoke(client_id);
    }

    /// Ends one refresh token as if it had not been used for 90 days; those that came of it go on.
    pub fn expire_refresh_token(&self, text: &str) {
        self.lock().refresh.expire_one(text, clock::now());
    }

    /// Ends an app's refresh tokens as if they had not been used for 90 days (AADSTS700082).
    pub fn expire_refresh_tokens(&self, client_id: &str) {
        self.lock().refresh.expire(client_id, clock::now());
    }
}
