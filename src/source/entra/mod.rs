//! Signing in to Microsoft Entra: tokens for our apps in customers' tenants.

use crate::secret::Secret;

/// One app registration of ours.
#[derive(Debug, Clone)]
pub struct App {
    /// The NAME of `[apps.NAME]`.
    pub name: String,
    pub client_id: String,
    pub client_secret: Secret,
}
