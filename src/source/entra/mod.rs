//! Signing in to Microsoft Entra: tokens for our apps in customers' tenants.

mod aadsts;
pub mod certificate;
mod claims;
mod consent;
mod exchange;
mod federated;
mod kept;
mod managed_identity;
mod proof;
mod refresh_token;
mod refusal;
mod tokens;

pub use certificate::Certificate;
pub use claims::Claims;
pub use consent::consent_url;
pub use federated::Federated;
pub use kept::clean_up;
pub use managed_identity::ManagedIdentity;
pub use refresh_token::{Beside, RefreshToken};
pub use refusal::SignInError;
pub use tokens::{Token, Tokens};

use std::sync::Arc;

use reqwest::Url;

use self::consent::below;
use crate::secret::Secret;
use crate::source::cloud::Cloud;
use crate::tenant::TenantId;

/// One app registration of ours.
#[derive(Debug, Clone)]
pub struct App {
    /// The NAME of `[apps.NAME]`.
    pub name: String,
    pub client_id: String,
    pub credential: Credential,
    /// Our own directory: where tokens for Azure come from when the customer has delegated it to us (Azure Lighthouse).
    pub home_tenant: Option<TenantId>,
}

impl App {
    /// The same app, whose sign-ins write nothing down: for looking, beside a daemon that keeps what it is given.
    #[must_use]
    pub fn leaving_no_trace(&self) -> Self {
        let mut app = self.clone();
        if let Credential::RefreshToken(delegated) = &mut app.credential {
            delegated.keeps = false;
        }
        app
    }
}

/// How an app proves that it is ours. Each is read anew at every sign-in, so that a replaced one counts without a restart.
#[derive(Debug, Clone)]
pub enum Credential {
    Secret(Secret),
    Certificate(Certificate),
    Federated(Federated),
    ManagedIdentity(ManagedIdentity),
    RefreshToken(Box<RefreshToken>),
}

impl Credential {
    /// The certificate that takes part in the proof; the only kind that knows when it ends.
    #[must_use]
    pub fn certificate(&self) -> Option<&Certificate> {
        match self {
            Credential::Certificate(certificate) => Some(certificate),
            Credential::RefreshToken(delegated) => match &delegated.beside {
                Some(Beside::Certificate(certificate)) => Some(certificate),
                Some(Beside::Secret(_)) | None => None,
            },
            Credential::Secret(_) | Credential::Federated(_) | Credential::ManagedIdentity(_) => None,
        }
    }
}

/// What a token is for: one app of ours, in one customer's tenant, for one resource.
#[derive(Debug, Clone)]
pub struct SignIn {
    pub cloud: Arc<Cloud>,
    pub tenant: TenantId,
    pub app: Arc<App>,
    /// `https://…/.default`; one resource per token.
    pub scope: String,
}

impl SignIn {
    /// Where the token is asked for: always in the customer's tenant, whichever directory the app lives in.
    fn endpoint(&self) -> Url {
        below(&self.cloud.login, &[self.tenant.as_str(), "oauth2", "v2.0", "token"])
    }
}
