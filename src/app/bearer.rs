//! Tokens of our apps for sinks that sign in with them.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::SignedDuration;

use crate::clock;
use crate::sink::bearer::{BearerToken, BearerTokens};
use crate::source::entra::{SignIn, Tokens};

/// One app's sign-in to what a sink asks for.
#[derive(Debug)]
struct Bearer {
    tokens: Arc<Tokens>,
    sign_in: SignIn,
}

/// Whoever gets tokens for a sink by this sign-in.
pub(super) fn of(sign_in: &SignIn, tokens: &Arc<Tokens>) -> Arc<dyn BearerTokens> {
    Arc::new(Bearer { tokens: Arc::clone(tokens), sign_in: sign_in.clone() })
}

impl BearerTokens for Bearer {
    fn token(&self) -> BoxFuture<'_, Result<BearerToken, String>> {
        Box::pin(async {
            let token = self.tokens.token(&self.sign_in).await.map_err(|error| {
                let advice = error.error.advice.as_deref().map(|advice| format!("; {advice}")).unwrap_or_default();
                format!("{error}{advice}")
            })?;
            let left = SignedDuration::try_from(token.life_left()).unwrap_or(SignedDuration::MAX);
            let now = clock::now();
            Ok(BearerToken {
                value: token.text().clone(),
                principal: self.sign_in.app.client_id.clone(),
                expires: now.checked_add(left).unwrap_or(now),
            })
        })
    }
}
