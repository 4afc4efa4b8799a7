//! The access tokens that were given out: real JSON Web Tokens, and a list of what each allows.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::key;
use crate::simulator::resource::Resource;

/// What a token allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub tenant: String,
    /// The app that asked.
    pub client_id: String,
    pub resource: Resource,
    /// The resource as the scope named it, without `/.default`.
    pub audience: String,
    pub expires: Timestamp,
    /// What somebody at the customer's had consented to when it was given out. Resource Manager has no such roles.
    pub roles: &'static [&'static str],
    /// The user in whose name the app acts, for a delegated token.
    pub user: Option<String>,
}

impl Grant {
    fn claims(&self, now: Timestamp) -> Value {
        let mut claims = json!({
            "aud": self.audience,
            "iss": format!("https://sts.windows.net/{}/", self.tenant),
            "iat": now.as_second(),
            "nbf": now.as_second(),
            "exp": self.expires.as_second(),
            "appid": self.client_id,
            "tid": self.tenant,
            "ver": "1.0",
            "uti": Uuid::new_v4().simple().to_string(),
        });
        if let Some(user) = &self.user {
            claims["idtyp"] = json!("user");
            claims["upn"] = json!(user);
            claims["scp"] = json!(self.roles.join(" "));
        } else {
            claims["idtyp"] = json!("app");
            if !self.roles.is_empty() {
                claims["roles"] = json!(self.roles);
            }
        }
        claims
    }
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

    pub fn issue(&self, grant: Grant, now: Timestamp) -> String {
        let token = key::sign(&grant.claims(now));
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
