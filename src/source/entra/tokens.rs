//! The tokens that we hold: one per cloud, tenant, app and scope, renewed ahead of time, never by two at once.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::Client;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;

use super::exchange::{Grant, exchange};
use super::managed_identity::Identities;
use super::{SignIn, SignInError};
use crate::source::Trouble;

/// A token is renewed this long before its end, and up to as long again earlier, so that tenants that started together drift apart.
const EARLY: Duration = Duration::from_mins(5);
/// A token that is about to end is no longer handed out: the request has to reach the server.
const TRAVEL: Duration = Duration::from_secs(10);
/// After a failed early renewal the old token serves on, and Entra is left alone this long.
const AFTER_FAILURE: Duration = Duration::from_secs(30);

/// A federated credential that was just made is not known everywhere for some minutes; one that stays unknown was made wrongly.
const SETTLING: Duration = Duration::from_mins(15);
/// No federated credential matches, or not yet.
const UNMATCHED: u32 = 70_021;

/// Signs in and keeps what it got. Shared by all tenants; never asks twice within one call.
#[derive(Debug)]
pub struct Tokens {
    client: Client,
    identities: Identities,
    slots: Mutex<HashMap<Key, Arc<Slot>>>,
}

/// A bearer token. Its clones are the same token; a new sign-in makes another, even if Entra gave the same text.
#[derive(Clone)]
pub struct Token(Arc<Granted>);

struct Granted {
    text: SecretString,
    key: Key,
    ends: Instant,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    login: String,
    tenant: String,
    app: String,
    client_id: String,
    scope: String,
}

/// The place of one token.
#[derive(Debug, Default)]
struct Slot {
    /// Held by whoever signs in at present; the others queue here.
    flight: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    token: Option<Token>,
    renew_from: Option<Instant>,
    /// How many sign-ins have come to an end, and how the last one failed if it did.
    ended: u64,
    failure: Option<SignInError>,
    /// Since when Entra has known no matching federated credential.
    unmatched: Option<Instant>,
}

/// What a look at a slot finds.
enum Found {
    Fresh(Token),
    /// Still good, but it is time to renew it.
    Ageing(Token),
    Nothing,
}

impl Tokens {
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self { client, identities: Identities::default(), slots: Mutex::default() }
    }

    /// A token that is good for a request now. Whoever comes while another signs in for the same waits and shares the result, be
    /// it a failure.
    ///
    /// # Errors
    /// When there is no valid token and this call's one try to get one failed.
    pub async fn token(&self, sign_in: &SignIn) -> Result<Token, SignInError> {
        let key = Key::new(sign_in);
        let slot = self.slot(&key);
        let (ended, found) = {
            let state = slot.state();
            (state.ended, state.found())
        };
        let _flight = match found {
            Found::Fresh(token) => return Ok(token),
            Found::Ageing(token) => match slot.flight.try_lock() {
                Ok(flight) => flight,
                Err(_) => return Ok(token), // somebody renews it already
            },
            Found::Nothing => slot.flight.lock().await,
        };
        {
            let state = slot.state();
            match state.found() {
                Found::Fresh(token) => return Ok(token),
                Found::Nothing
                    if state.ended > ended
                        && let Some(failure) = &state.failure =>
                {
                    return Err(failure.clone());
                }
                Found::Ageing(_) | Found::Nothing => {}
            }
        }
        let began = Instant::now();
        let result = exchange(&self.client, &self.identities, sign_in).await.map(|grant| Token::new(grant, key, began));
        slot.state().settle(began, result)
    }

    /// A server refused this token: it is not handed out again. A newer one that has taken its place stays.
    pub fn invalidate(&self, token: &Token) {
        let slot = self.slot(&token.0.key);
        let mut state = slot.state();
        if state.token.as_ref().is_some_and(|held| Arc::ptr_eq(&held.0, &token.0)) {
            state.token = None;
        }
    }

    fn slot(&self, key: &Key) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.entry(key.clone()).or_default().clone()
    }
}

impl Slot {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn found(&self) -> Found {
        let now = Instant::now();
        match &self.token {
            Some(token) if now < token.0.ends && self.renew_from.is_some_and(|at| now < at) => Found::Fresh(token.clone()),
            Some(token) if now < token.0.ends => Found::Ageing(token.clone()),
            _ => Found::Nothing,
        }
    }

    /// Notes how a sign-in ended, and says what to go on with: the new token, or the old one while it lasts.
    fn settle(&mut self, began: Instant, result: Result<Token, SignInError>) -> Result<Token, SignInError> {
        let result = result.map_err(|error| self.weigh(error));
        self.ended += 1;
        self.failure = result.as_ref().err().cloned();
        match result {
            Ok(token) => {
                self.renew_from = Some(began + renewal(token.0.ends.duration_since(began)));
                self.token = Some(token.clone());
                self.unmatched = None;
                Ok(token)
            }
            Err(error) => {
                let (Found::Ageing(old) | Found::Fresh(old)) = self.found() else { return Err(error) };
                tracing::warn!(
                    error = %error, advice = error.error.advice.as_deref(),
                    "a token could not be renewed ahead of time; the old one serves until it ends"
                );
                self.renew_from = Some(Instant::now() + AFTER_FAILURE);
                Ok(old)
            }
        }
    }

    /// What may pass by itself is an alarm once it has lasted.
    fn weigh(&mut self, mut error: SignInError) -> SignInError {
        match error.number {
            Some(UNMATCHED) => {
                let since = *self.unmatched.get_or_insert_with(Instant::now);
                if since.elapsed() > SETTLING {
                    error.error.trouble = Trouble::Broken;
                    error.whole_app = true;
                }
            }
            Some(_) => self.unmatched = None,
            None => {} // nobody at Entra has said anything
        }
        error
    }
}

/// How long after the sign-in a token is renewed. Short-lived tokens get a fifth of their life instead of five minutes.
fn renewal(life: Duration) -> Duration {
    let early = EARLY.min(life / 5);
    life.saturating_sub(early + early.mul_f64(fastrand::f64()))
}

impl Key {
    fn new(sign_in: &SignIn) -> Self {
        let SignIn { cloud, tenant, app, scope } = sign_in;
        Self {
            login: cloud.login.to_string(),
            tenant: tenant.to_string(),
            app: app.name.clone(),
            client_id: app.client_id.clone(),
            scope: scope.clone(),
        }
    }
}

impl Token {
    fn new(grant: Grant, key: Key, began: Instant) -> Self {
        let life = grant.lifetime.saturating_sub(TRAVEL.min(grant.lifetime / 10));
        Self(Arc::new(Granted { text: grant.token, key, ends: began + life }))
    }

    /// The value of the `Authorization` header; its `Debug` shows nothing.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "the sign-in has checked what the expect asserts")]
    pub fn bearer(&self) -> HeaderValue {
        let text = format!("Bearer {}", self.0.text.expose_secret());
        let mut value = HeaderValue::try_from(text).expect("the sign-in took only visible ASCII for a token");
        value.set_sensitive(true);
        value
    }

    /// How much longer it is good.
    #[must_use]
    pub fn life_left(&self) -> Duration {
        self.0.ends.saturating_duration_since(Instant::now())
    }

    /// For blotting the token out of what a server echoes, and for those who do not speak HTTP.
    pub(crate) fn text(&self) -> &SecretString {
        &self.0.text
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token([REDACTED])")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::{EARLY, renewal};

    proptest! {
        #[test]
        fn a_token_is_renewed_ahead_of_its_end_but_not_in_the_first_half_of_its_life(seconds in 1u64..200_000) {
            let life = Duration::from_secs(seconds);
            let at = renewal(life);
            prop_assert!(at >= life / 2 && at + EARLY.min(life / 5) <= life, "{at:?} of {life:?}");
        }
    }
}
