//! Signing in to Microsoft Entra: tokens for our apps in customers' tenants.

mod aadsts;
mod consent;
mod exchange;
mod refusal;
mod tokens;

pub use consent::consent_url;
pub use refusal::SignInError;
pub use tokens::{Token, Tokens};

use std::sync::Arc;

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

/// How an app proves that it is ours.
#[derive(Debug, Clone)]
pub enum Credential {
    Secret(Secret),
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
