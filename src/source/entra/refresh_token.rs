//! A person's delegated sign-in as an app's credential: a refresh token, which Entra replaces at each use.

use std::io;
use std::path::PathBuf;

use reqwest::Client;
use secrecy::ExposeSecret;

use super::exchange::{Grant, ask};
use super::kept::Shelf;
use super::proof::{Proof, blocking, refuse};
use super::{Certificate, SignIn, SignInError};
use crate::secret::Secret;

const GRANT: &str = "refresh_token";

/// A refresh token that somebody obtained by signing in once.
#[derive(Debug, Clone)]
pub struct RefreshToken {
    pub token: Secret,
    /// What a confidential client shows besides.
    pub beside: Option<Beside>,
    /// The folder for the tokens that Entra gives in exchange.
    pub kept_in: PathBuf,
    /// Whether tokens that Entra gives in exchange are kept. The older one stays good, so that a mere look need not.
    pub keeps: bool,
}

/// The app's own proof beside a refresh token.
#[derive(Debug, Clone)]
pub enum Beside {
    Secret(Secret),
    Certificate(Certificate),
}

/// Signs in with the newest token that came of the configured one, and with the configured one should that be refused.
pub(super) async fn exchange(
    client: &Client,
    sign_in: &SignIn,
    delegated: &RefreshToken,
    proof: Proof,
) -> Result<Grant, SignInError> {
    let shelf = Shelf::new(&delegated.kept_in, &sign_in.app.name, &sign_in.tenant);
    let (place, reading) = (delegated.token.clone(), shelf.clone());
    let (configured, kept) = blocking(sign_in, move |sign_in| {
        let advice = "put the refresh token back in its place; it is read anew at each sign-in";
        let configured = place.read().map_err(|error| refuse(sign_in, &error, advice))?;
        let kept = reading.load(&configured);
        Ok((configured, kept))
    })
    .await?;
    let kept = kept.unwrap_or_else(|error| {
        warn(&shelf, &error, "A kept refresh token cannot be read; the configured one is used");
        None
    });
    // Without this word Entra owes us no token to go on with.
    let scope = format!("{} offline_access", sign_in.scope);
    let shown = kept.as_ref().unwrap_or(&configured);
    let mut result = ask(client, sign_in, (GRANT, &scope), &proof.and("refresh_token", shown)).await;
    if kept.is_some() && result.as_ref().is_err_and(SignInError::is_of_the_person) {
        // Somebody may have brought it back to life; if not, the newer one's refusal tells more.
        result = ask(client, sign_in, (GRANT, &scope), &proof.and("refresh_token", &configured)).await.or(result);
    }
    let grant = result?;
    if let Some(new) = grant.refresh_token.clone().filter(|new| delegated.keeps && new.expose_secret() != shown.expose_secret()) {
        let writing = shelf.clone();
        let stored = blocking(sign_in, move |_| Ok(writing.store(&configured, &new))).await?;
        if let Err(error) = stored {
            // The older one is still good: Entra does not revoke a token by its use.
            warn(&shelf, &error, "A new refresh token could not be kept; the older one serves until it ends");
        }
    }
    Ok(grant)
}

fn warn(shelf: &Shelf, error: &io::Error, what: &str) {
    let advice = "see that the folder belongs to the user that alertferry runs as, and has room";
    tracing::warn!(path = %shelf.path().display(), %error, advice, "{what}");
}
