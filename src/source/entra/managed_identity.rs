//! A managed identity of Azure as an app's credential: its token, from the machine's metadata service, is the assertion.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, Response, StatusCode, Url, redirect, retry};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::time::Instant;

use super::{SignIn, SignInError};
use crate::clock;
use crate::source::foreign::{excerpt, unexpected};
use crate::source::{FetchError, Trouble, wire};

/// The service answers from the same machine within milliseconds, except when it is being updated.
const TIMEOUT: Duration = Duration::from_secs(10);
const BODY_CAP: usize = 256 * 1024;
/// A token is asked for anew this long before its end; the service itself renews its tokens hours ahead.
const EARLY: Duration = Duration::from_mins(5);

/// A user-assigned managed identity of the machine that we run on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ManagedIdentity {
    /// Of the identity, not of the app.
    pub client_id: String,
    /// Where the machine's metadata service answers.
    pub endpoint: Url,
}

/// The tokens of managed identities, each shared by all tenants: the service throttles who asks often.
#[derive(Debug, Default)]
pub(super) struct Identities {
    client: OnceLock<Client>,
    places: Mutex<HashMap<Key, Arc<Place>>>,
}

/// Whose token, and what it is for.
type Key = (ManagedIdentity, String);

/// Held by whoever asks at present; the others queue here.
type Place = tokio::sync::Mutex<Known>;

#[derive(Debug, Default)]
struct Known {
    token: Option<(SecretString, Instant)>,
    failure: Option<(SignInError, Instant)>,
}

/// As the Instance Metadata Service and App Service write it.
#[derive(Deserialize)]
struct Answer {
    access_token: SecretString,
    expires_on: Epoch,
}

/// Text by this service, a number by some that stand in for it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Epoch {
    Number(i64),
    Text(String),
}

/// What the service says when it refuses.
#[derive(Deserialize)]
struct Document {
    error: String,
    #[serde(default)]
    error_description: Option<String>,
}

impl Identities {
    /// A token of the identity that the cloud of this sign-in takes in exchange.
    pub(super) async fn token(&self, identity: &ManagedIdentity, sign_in: &SignIn) -> Result<SecretString, SignInError> {
        let came = Instant::now();
        let place = self.place(identity, sign_in);
        let mut known = place.lock().await;
        if let Some((token, until)) = &known.token
            && Instant::now() < *until
        {
            return Ok(token.clone());
        }
        if let Some((failure, at)) = &known.failure
            && *at >= came
        {
            return Err(failure.clone()); // of whoever asked while this one waited
        }
        let result = self.ask(identity, sign_in).await;
        known.failure = result.as_ref().err().map(|error| (error.clone(), Instant::now()));
        known.token = result.as_ref().ok().cloned();
        result.map(|(token, _)| token)
    }

    /// Entra refused the token: the next sign-in asks for another.
    pub(super) fn forget(&self, identity: &ManagedIdentity, sign_in: &SignIn) {
        if let Ok(mut known) = self.place(identity, sign_in).try_lock() {
            known.token = None;
        }
    }

    fn place(&self, identity: &ManagedIdentity, sign_in: &SignIn) -> Arc<Place> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.entry((identity.clone(), sign_in.cloud.exchange_audience.clone())).or_default().clone()
    }

    async fn ask(&self, identity: &ManagedIdentity, sign_in: &SignIn) -> Result<(SecretString, Instant), SignInError> {
        let trouble = Asked { identity, sign_in };
        let mut url = identity.endpoint.clone();
        url.set_path("/metadata/identity/oauth2/token");
        url.query_pairs_mut()
            .append_pair("api-version", "2018-02-01")
            .append_pair("resource", &sign_in.cloud.exchange_audience)
            .append_pair("client_id", &identity.client_id);
        let request = self.client(&trouble)?.get(url).header("metadata", "true");
        let began = Instant::now();
        let mut response = request.send().await.map_err(|error| trouble.unreachable(&wire::why(error)))?;
        if response.status() != StatusCode::OK {
            return Err(trouble.refused(response).await);
        }
        let body = wire::body(&mut response, BODY_CAP).await.map_err(|_| trouble.unreadable("it broke off or is too long"))?;
        let (token, life) = read(&body, clock::now()).map_err(|what| trouble.unreadable(what))?;
        Ok((token, began + life.saturating_sub(EARLY.min(life / 10))))
    }

    /// A client of its own: the service is on this machine, and no proxy may see what it says.
    fn client(&self, trouble: &Asked<'_>) -> Result<&Client, SignInError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let made = Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .connect_timeout(Duration::from_secs(5))
            .timeout(TIMEOUT)
            .build();
        let made = made.map_err(|error| trouble.unreachable(&wire::why(error)))?;
        Ok(self.client.get_or_init(|| made))
    }
}

/// The token and how long it lasts. The words never quote the answer.
fn read(body: &[u8], now: Timestamp) -> Result<(SecretString, Duration), &'static str> {
    let answer: Answer = serde_json::from_slice(body).map_err(|_| "it is not JSON with \"access_token\" and \"expires_on\"")?;
    let ends = match answer.expires_on {
        Epoch::Number(seconds) => Some(seconds),
        Epoch::Text(text) => text.parse().ok(),
    };
    let ends = ends.and_then(|seconds| Timestamp::from_second(seconds).ok()).ok_or("its \"expires_on\" is not a time")?;
    if answer.access_token.expose_secret().is_empty() {
        return Err("its \"access_token\" is empty");
    }
    let left = ends.duration_since(now).max(SignedDuration::ZERO);
    Ok((answer.access_token, left.unsigned_abs()))
}

/// A request to the service, for the words about it.
struct Asked<'a> {
    identity: &'a ManagedIdentity,
    sign_in: &'a SignIn,
}

impl Asked<'_> {
    fn unreachable(&self, why: &str) -> SignInError {
        let advice = "managed_identity works on machines of Azure only; see that this is one, and that nothing there blocks its metadata service";
        self.error(Trouble::Passing, &format!("cannot be reached: {why}"), advice)
    }

    fn unreadable(&self, what: &str) -> SignInError {
        let advice = "see what answers there: it is not the metadata service of Azure";
        self.error(Trouble::Passing, &format!("answered 200, but the answer cannot be read: {what}"), advice)
    }

    async fn refused(&self, mut response: Response) -> SignInError {
        let (status, pause) = (response.status(), wire::pause(&response));
        let body = wire::beginning(&mut response, 16 * 1024).await;
        let said = match serde_json::from_slice::<Document>(&body) {
            Ok(document) => {
                let description = document.error_description.unwrap_or_default();
                format!("{} {}", excerpt(&document.error, &[]), excerpt(&description, &[]))
            }
            Err(_) => unexpected(&body, &[]),
        };
        let (trouble, advice) = match status.as_u16() {
            400 => (
                Trouble::Broken,
                format!(
                    "assign the user-assigned identity with client ID {} to this machine, or correct managed_identity.client_id",
                    self.identity.client_id
                ),
            ),
            404 | 410 => (
                Trouble::Passing,
                "the metadata service is being updated, which takes about a minute; if it lasts, this is no machine of Azure"
                    .to_owned(),
            ),
            429 => (
                Trouble::Throttled(pause),
                "see whether other programs on this machine ask its metadata service all the time".to_owned(),
            ),
            500.. => {
                (Trouble::Passing, "the metadata service has trouble of its own; if it lasts, ask Azure's support".to_owned())
            }
            _ => (Trouble::Broken, "see what answers there: it is not the metadata service of Azure".to_owned()),
        };
        self.error(trouble, &format!("answered {}: {}", status.as_u16(), said.trim()), &advice)
    }

    fn error(&self, trouble: Trouble, what: &str, advice: &str) -> SignInError {
        let message = format!(
            "no sign-in with app {}: the metadata service at {} {what}",
            self.sign_in.app.name,
            wire::host(&self.identity.endpoint)
        );
        let whole_app = !matches!(trouble, Trouble::Passing | Trouble::Throttled(_));
        SignInError { error: FetchError { trouble, message, advice: Some(advice.to_owned()) }, number: None, whole_app }
    }
}
