//! Access tokens for a sink that signs in with them: what a sink asks for, whoever gets them.

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use secrecy::SecretString;

/// A token and what goes with it.
#[derive(Debug, Clone)]
pub struct BearerToken {
    pub value: SecretString,
    /// Who signs in; the far side may show it in its log.
    pub principal: String,
    pub expires: Timestamp,
}

/// Where tokens come from.
pub trait BearerTokens: Send + Sync {
    /// A token that is valid now. An error is a sentence without secrets that names what was asked and what can be done.
    fn token(&self) -> BoxFuture<'_, Result<BearerToken, String>>;
}
