//! One request to the token endpoint: which grant, with which proof, and what came of it.

use std::time::Duration;

use reqwest::{Client, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use uuid::Uuid;

use super::managed_identity::Identities;
use super::proof::{self, Proof};
use super::refusal::{Refusal, SignInError};
use super::{Credential, SignIn, refresh_token};
use crate::source::wire;

/// An answer is a few kilobytes; the largest tokens known are about ten.
const BODY_CAP: usize = 1024 * 1024;
/// Shorter than a feed's request: somebody holding a still valid token may be waiting for this.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Longer lifetimes than Entra ever gives (28 hours) are not believed.
const LONGEST: u64 = 48 * 3600;

/// What Entra gave.
pub(super) struct Grant {
    pub(super) token: SecretString,
    pub(super) lifetime: Duration,
    /// Takes the place of the refresh token that was shown.
    pub(super) refresh_token: Option<SecretString>,
}

#[derive(Deserialize)]
struct Answer {
    access_token: SecretString,
    expires_in: Seconds,
    #[serde(default)]
    refresh_token: Option<SecretString>,
}

/// A number by the present endpoint, text by the older one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Seconds {
    Number(u64),
    Text(String),
}

/// Signs in once; whoever calls decides whether and when to do so again.
pub(super) async fn exchange(client: &Client, identities: &Identities, sign_in: &SignIn) -> Result<Grant, SignInError> {
    let proof = proof::of(sign_in, identities).await?;
    match &sign_in.app.credential {
        Credential::RefreshToken(delegated) => refresh_token::exchange(client, sign_in, delegated, proof).await,
        Credential::ManagedIdentity(identity) => {
            let result = ask(client, sign_in, ("client_credentials", &sign_in.scope), &proof).await;
            if result.as_ref().is_err_and(|error| error.whole_app) {
                identities.forget(identity, sign_in); // the assertion itself may be at fault; a tenant's own trouble says nothing about it
            }
            result
        }
        Credential::Secret(_) | Credential::Certificate(_) | Credential::Federated(_) => {
            ask(client, sign_in, ("client_credentials", &sign_in.scope), &proof).await
        }
    }
}

/// Asks the token endpoint of the customer's tenant.
pub(super) async fn ask(
    client: &Client,
    sign_in: &SignIn,
    (grant, scope): (&str, &str),
    proof: &Proof,
) -> Result<Grant, SignInError> {
    let refusal = Refusal { sign_in, secrets: proof.secrets() };
    let app = [("grant_type", grant), ("client_id", sign_in.app.client_id.as_str()), ("scope", scope)];
    let form: Vec<(&str, &str)> = app.into_iter().chain(proof.fields()).collect();
    let request = client
        .post(sign_in.endpoint())
        .header("accept", "application/json")
        .header("client-request-id", Uuid::new_v4().to_string())
        .timeout(TIMEOUT)
        .form(&form);
    let mut response = request.send().await.map_err(|error| refusal.passing(&wire::why(error)))?;
    if response.status() != StatusCode::OK {
        return Err(refused(&refusal, response).await);
    }
    let body = wire::body(&mut response, BODY_CAP).await.map_err(|unread| {
        refusal.passing(&match unread {
            wire::Unread::TooLarge => format!("the answer is larger than {BODY_CAP} bytes"),
            wire::Unread::Broken(why) => why,
        })
    })?;
    read(&body).map_err(|what| refusal.passing(what))
}

async fn refused(refusal: &Refusal<'_>, mut response: Response) -> SignInError {
    if response.status().is_redirection() {
        return refusal.redirect(&wire::redirect_target(&response));
    }
    let status = response.status();
    let retry_after = wire::pause(&response);
    let body = wire::beginning(&mut response, 64 * 1024).await;
    refusal.status(status, retry_after, &body)
}

/// Reads a grant. The words never quote the answer: it holds the token.
fn read(body: &[u8]) -> Result<Grant, &'static str> {
    if wire::is_markup(body) {
        return Err("the answer is a page for people, not JSON");
    }
    let answer: Answer = serde_json::from_slice(body)
        .map_err(|_| "the answer is not JSON with \"access_token\" and \"expires_in\" as a number of seconds")?;
    let seconds = match answer.expires_in {
        Seconds::Number(seconds) => seconds,
        Seconds::Text(text) => text.parse().map_err(|_| "\"expires_in\" of the answer is not a number of seconds")?,
    };
    let token = answer.access_token.expose_secret();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("\"access_token\" of the answer is empty or cannot stand in a header");
    }
    let refresh_token = answer.refresh_token.filter(|token| !token.expose_secret().is_empty());
    Ok(Grant { token: answer.access_token, lifetime: Duration::from_secs(seconds.min(LONGEST)), refresh_token })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::read;

    #[test]
    fn the_lifetime_may_be_a_number_or_text_and_is_held_to_two_days() {
        for (expires_in, seconds) in [("3599", 3599), ("\"3599\"", 3599), ("18446744073709551615", 172_800), ("0", 0)] {
            let body = format!(r#"{{"token_type":"Bearer","expires_in":{expires_in},"access_token":"abc.def"}}"#);
            assert_eq!(read(body.as_bytes()).map(|grant| grant.lifetime), Ok(Duration::from_secs(seconds)), "{expires_in}");
        }
    }

    #[test]
    fn an_answer_that_is_no_grant_is_refused_without_quoting_it() {
        for body in [
            "",
            "<html>hunter2</html>",
            "\"hunter2\"",
            r#"{"access_token":"hunter2"}"#,
            r#"{"access_token":"hunter2","expires_in":"hunter2"}"#,
            r#"{"access_token":"hunter2","expires_in":-1}"#,
            r#"{"access_token":"hunter2\r\nx: y","expires_in":3599}"#,
            r#"{"access_token":"","expires_in":3599}"#,
            r#"{"access_token":["hunter2"],"expires_in":3599}"#,
        ] {
            let what = read(body.as_bytes()).err().unwrap_or_else(|| panic!("{body} was taken for a grant"));
            assert!(!what.contains("hunter2"), "{what}");
        }
    }
}
