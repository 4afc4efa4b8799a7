//! What a failed sign-in means: Entra's answer turned into words, a kind of trouble and advice.

use std::fmt::Display;
use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;

use super::aadsts::{self, Verdict};
use super::{SignIn, consent_url};
use crate::source::foreign::{excerpt, unexpected};
use crate::source::{FetchError, Trouble, wire};

/// Why there is no token.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{error}")]
pub struct SignInError {
    /// What a feed hands on.
    pub error: FetchError,
    /// Entra's own number (`AADSTS…`), where it gave one.
    pub number: Option<u32>,
    /// The app's credential or registration is at fault: every tenant that uses the app has this trouble or will.
    pub whole_app: bool,
}

impl From<SignInError> for FetchError {
    fn from(error: SignInError) -> Self {
        error.error
    }
}

impl SignInError {
    /// Our credential cannot be used as it stands, so nobody was asked.
    pub(super) fn credential(sign_in: &SignIn, problem: &dyn Display, advice: &str) -> Self {
        let message = format!("no sign-in with app {}: {problem}", sign_in.app.name);
        let advice = Some(advice.to_owned());
        Self { error: FetchError { trouble: Trouble::Broken, message, advice }, number: None, whole_app: true }
    }

    /// Whether another refresh token might fare better: what was refused is the sign-in, and neither the app nor the moment.
    pub(super) fn is_of_the_person(&self) -> bool {
        !self.whole_app && matches!(self.error.trouble, Trouble::Broken | Trouble::NeedsConsent)
    }
}

/// The error document of the token endpoint. Anything may be missing.
#[derive(Debug, Default, Deserialize)]
struct Document {
    error: String,
    #[serde(default)]
    error_description: Option<String>,
    #[serde(default)]
    error_codes: Option<Vec<u32>>,
    #[serde(default)]
    trace_id: Option<String>,
    #[serde(default)]
    correlation_id: Option<String>,
}

/// A sign-in that went wrong, with what no message may show.
pub(super) struct Refusal<'a> {
    pub(super) sign_in: &'a SignIn,
    pub(super) secrets: Vec<&'a str>,
}

impl Refusal<'_> {
    /// Trouble that may pass by itself: the network, a gateway, an unreadable answer.
    pub(super) fn passing(&self, what: &str) -> SignInError {
        self.error(Trouble::Passing, &self.foreign(what), None, None, false)
    }

    pub(super) fn redirect(&self, target: &str) -> SignInError {
        let advice = "check `login` of the cloud, and any proxy before it: the token endpoint never redirects".to_owned();
        let what = format!("redirect to {} refused", self.foreign(target));
        self.error(Trouble::Broken, &what, None, Some(advice), false)
    }

    /// An answer other than 200 and redirects.
    pub(super) fn status(&self, status: StatusCode, retry_after: Option<Duration>, body: &[u8]) -> SignInError {
        let document: Option<Document> = serde_json::from_slice(body).ok();
        let number = document.as_ref().and_then(Document::number);
        let said = document.as_ref().map_or_else(|| unexpected(body, &self.secrets), |document| self.words(document, number));
        let what = format!("HTTP {}: {said}", status.as_u16());
        if status == StatusCode::TOO_MANY_REQUESTS {
            return self.error(Trouble::Throttled(retry_after), &what, number, None, false);
        }
        let Some(document) = document.filter(|_| !status.is_server_error()) else {
            return self.error(Trouble::Passing, &what, number, None, false);
        };
        let Verdict { trouble, whole_app, advice, .. } = aadsts::verdict(number, &document.error);
        let trouble = if trouble == Trouble::Throttled(None) { Trouble::Throttled(retry_after) } else { trouble };
        let advice = (!advice.is_empty()).then(|| self.fill(advice));
        self.error(trouble, &what, number, advice, whole_app)
    }

    fn words(&self, document: &Document, number: Option<u32>) -> String {
        let description = document.error_description.as_deref().unwrap_or_default();
        // The identifiers follow in their own members, and the description repeats them.
        let description = description.split("Trace ID:").next().unwrap_or_default();
        let mut words = self.foreign(&document.error);
        if let Some(number) = number {
            words = format!("{words}, AADSTS{number}");
            if let Some(meaning) = aadsts::meaning(number) {
                words = format!("{words} ({meaning})");
            }
        }
        if !description.trim().is_empty() {
            words = format!("{words}: {}", self.foreign(description));
        }
        for (name, id) in [("trace", &document.trace_id), ("correlation", &document.correlation_id)] {
            if let Some(id) = id {
                words = format!("{words} [{name} {}]", self.foreign(id));
            }
        }
        words
    }

    fn fill(&self, advice: &str) -> String {
        let SignIn { cloud, tenant, app, scope } = self.sign_in;
        let consent = consent_url(&cloud.login, tenant, &app.client_id);
        advice
            .replace("{consent_url}", consent.as_str())
            .replace("{app}", &app.name)
            .replace("{tenant}", tenant.as_str())
            .replace("{cloud}", &cloud.name)
            .replace("{scope}", scope)
    }

    fn error(&self, trouble: Trouble, what: &str, number: Option<u32>, advice: Option<String>, whole_app: bool) -> SignInError {
        let SignIn { cloud, tenant, app, .. } = self.sign_in;
        let message = format!("no sign-in with app {} to tenant {tenant} at {}: {what}", app.name, wire::host(&cloud.login));
        SignInError { error: FetchError { trouble, message, advice }, number, whole_app }
    }

    fn foreign(&self, text: &str) -> String {
        excerpt(text, &self.secrets)
    }
}

impl Document {
    /// The first number that we know, else the first; the description is asked where the list is missing.
    fn number(&self) -> Option<u32> {
        let listed = self.error_codes.as_deref().unwrap_or_default();
        let known = listed.iter().find(|number| aadsts::meaning(**number).is_some());
        known.or(listed.first()).copied().or_else(|| {
            let (_, after) = self.error_description.as_deref()?.split_once("AADSTS")?;
            let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
            after[..digits].parse().ok()
        })
    }
}
