//! One request for one feed of one tenant: a GET, or the POST by which Azure lists what belongs to a row.

use std::sync::Arc;

use jiff::Timestamp;
use reqwest::{Client, Method, Response, StatusCode, Url};
use secrecy::ExposeSecret;
use uuid::Uuid;

use super::ApiError;
use super::body::{self, Caps, Unusable};
use super::refusal::Refusal;
use crate::source::cloud::{Cloud, Resource};
use crate::source::entra::{App, SignIn, Token, Tokens, consent_url};
use crate::source::foreign::excerpt;
use crate::source::server_clock::ServerClock;
use crate::source::throttle::{Budget, admission};
use crate::source::{FeedKind, FetchError, Trouble, wire};
use crate::telemetry::{Metrics, events};
use crate::tenant::{Tenant, TenantId};

/// Explains a refusal; the rest of a longer body is left unread.
const ERROR_CAP: usize = 64 * 1024;

/// What an [`Api`] is made of.
#[derive(Debug)]
pub struct ApiParts {
    pub client: Client,
    pub tokens: Arc<Tokens>,
    /// Scheme, host and port that our tokens may be sent to.
    pub base: Url,
    /// Of the token; independent of the host.
    pub scope: String,
    pub cloud: Arc<Cloud>,
    pub tenant: Arc<Tenant>,
    /// The directory that signs us in: the tenant, or our own where the customer has delegated Azure to us.
    pub directory: TenantId,
    pub app: Arc<App>,
    pub feed: FeedKind,
    pub budget: Budget,
    /// Shared by all feeds of all tenants.
    pub cap: Arc<Budget>,
    pub caps: Caps,
    pub metrics: Arc<Metrics>,
}

/// The API behind one feed of one tenant.
#[derive(Debug)]
pub struct Api {
    client: Client,
    tokens: Arc<Tokens>,
    base: Url,
    sign_in: SignIn,
    tenant: Arc<Tenant>,
    feed: FeedKind,
    budget: Budget,
    cap: Arc<Budget>,
    caps: Caps,
    clock: ServerClock,
    metrics: Arc<Metrics>,
}

/// A 200 with its body.
#[derive(Debug)]
pub struct Answer {
    /// Inflated. Bytes that were not UTF-8 have been replaced by U+FFFD, and a warning says so.
    pub body: String,
    pub date: Option<Timestamp>,
    /// Microsoft's support asks for it.
    pub request_id: Option<String>,
}

impl Api {
    #[must_use]
    pub fn new(parts: ApiParts) -> Self {
        let ApiParts { client, tokens, base, scope, cloud, tenant, directory, app, feed, budget, cap, caps, metrics } = parts;
        let sign_in = SignIn { cloud, tenant: directory, app, scope };
        Self { client, tokens, base, sign_in, tenant, feed, budget, cap, caps, clock: ServerClock::default(), metrics }
    }

    /// The host that is asked; relative paths are joined to it.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// The server's time, as its answers have told.
    pub fn clock(&self) -> &ServerClock {
        &self.clock
    }

    /// Whether our token may be sent there: scheme, host and port are those of the base, and no user name tries to take the token's place.
    pub fn same_host(&self, url: &Url) -> bool {
        url.scheme() == self.base.scheme()
            && url.host() == self.base.host()
            && url.port_or_known_default() == self.base.port_or_known_default()
            && url.username().is_empty()
            && url.password().is_none()
    }

    /// Asks within the budget. A 401 is answered with a fresh token, once; nothing else is repeated.
    ///
    /// # Errors
    /// See [`ApiError`]; messages show the URL without its query.
    pub async fn get(&self, url: &Url) -> Result<Answer, ApiError> {
        self.exchange(Method::GET, url).await
    }

    /// As [`Api::get`], with a POST that has no body.
    ///
    /// # Errors
    /// As [`Api::get`].
    pub async fn post(&self, url: &Url) -> Result<Answer, ApiError> {
        self.exchange(Method::POST, url).await
    }

    async fn exchange(&self, method: Method, url: &Url) -> Result<Answer, ApiError> {
        if !self.same_host(url) {
            return Err(self.elsewhere(url));
        }
        let asked = format!("{method} {}", wire::shown(url));
        let (mut token, mut response) = self.ask(&method, url, &asked).await?;
        if response.status() == StatusCode::UNAUTHORIZED {
            self.tokens.invalidate(&token);
            (token, response) = self.ask(&method, url, &asked).await?;
        }
        match response.status() {
            StatusCode::OK => self.answer(&asked, response, &token).await,
            status if status.is_redirection() => Err(redirected(&asked, &response, &token)),
            _ => {
                let error = self.refused(&asked, response, &token).await;
                // What the customer has granted meanwhile only a new token can do.
                if let ApiError::Other(FetchError { trouble: Trouble::NeedsConsent | Trouble::Broken, .. }) = error {
                    self.tokens.invalidate(&token);
                }
                Err(error)
            }
        }
    }

    /// One request, counted whatever comes of it. A sign-in comes before the budget, or it would part the leave to ask from the asking and
    /// bring two requests together; and the token is looked at once more behind it, for it could end while waiting.
    async fn ask(&self, method: &Method, url: &Url, asked: &str) -> Result<(Token, Response), ApiError> {
        self.tokens.token(&self.sign_in).await.map_err(|error| ApiError::Other(error.into()))?;
        let waited = admission(&self.budget, &self.cap).await;
        self.metrics.pace().waited(&self.tenant.name, self.feed, waited.own, waited.cap);
        let token = self.tokens.token(&self.sign_in).await.map_err(|error| ApiError::Other(error.into()))?;
        let mut request = self
            .client
            .request(method.clone(), url.clone())
            .header("authorization", token.bearer())
            .header("accept", "application/json")
            .header("accept-encoding", "gzip")
            .header("client-request-id", Uuid::new_v4().to_string());
        if self.feed.dialect().resource == Resource::Graph {
            // Else Graph hides the words that it has learned of late behind `unknownFutureValue`.
            request = request.header("prefer", "include-unknown-enum-members");
        }
        if method == Method::POST {
            request = request.header("content-length", "0"); // Azure refuses a POST that does not say how long it is
        }
        let sent = request.send().await;
        let status = sent.as_ref().ok().map(Response::status);
        self.metrics.request(&self.tenant.name, self.feed, status.as_ref().map_or("error", StatusCode::as_str));
        match sent {
            Ok(response) => Ok((token, response)),
            Err(error) if error.is_connect() => Err(away(format!("{asked} failed: {}", wire::why(error)))),
            Err(error) => Err(passing(format!("{asked} failed: {}", wire::why(error)))),
        }
    }

    async fn answer(&self, asked: &str, mut response: Response, token: &Token) -> Result<Answer, ApiError> {
        let date = wire::date(&response);
        let request_id = request_id(&response, token);
        let id = request_id.as_deref().unwrap_or("none");
        let text = body::read(&mut response, self.caps).await.map_err(|unusable| match unusable {
            Unusable::TooLarge(what) => ApiError::TooLarge(FetchError {
                trouble: Trouble::Stalled,
                message: format!("{asked} answered 200, but {what} [request-id {id}]"),
                advice: Some("make page_size of this feed smaller".to_owned()),
            }),
            Unusable::Broken(what) => passing(format!("{asked} answered 200, but {} [request-id {id}]", foreign(&what, token))),
            Unusable::Foreign(what) => away(format!("{asked} answered 200, but {what} [request-id {id}]")),
        })?;
        if text.replaced {
            tracing::warn!(
                tenant = %self.tenant.name, feed = %self.feed,
                "{asked} answered with bytes that are not UTF-8; they were replaced by U+FFFD [request-id {id}]"
            );
        }
        // Only an answer with data sets the clock: a proxy's error page has its own idea of the time.
        if let Some(date) = date
            && let Some(ahead) = self.clock.observe(date)
        {
            events::clock_behind(&self.tenant.name, self.feed, ahead);
        }
        Ok(Answer { body: text.text, date, request_id })
    }

    async fn refused(&self, asked: &str, mut response: Response, token: &Token) -> ApiError {
        let SignIn { cloud, tenant, app, scope } = &self.sign_in;
        let body = wire::beginning(&mut response, ERROR_CAP).await;
        let request_id = request_id(&response, token);
        let consent_url = consent_url(&cloud.login, tenant, &app.client_id);
        let refusal = Refusal {
            asked,
            status: response.status(),
            pause: wire::pause(&response),
            request_id: request_id.as_deref().unwrap_or("none"),
            body: &body,
            token: token.text().expose_secret(),
            scope,
            consent_url: consent_url.as_str(),
            azure_role: self.feed.azure_role(),
        };
        refusal.judge()
    }

    fn elsewhere(&self, url: &Url) -> ApiError {
        ApiError::Other(FetchError {
            trouble: Trouble::Broken,
            message: format!("refused to ask {}: this feed's token goes to {} only", wire::host(url), wire::host(&self.base)),
            advice: Some(
                "a next link that leads to another host is a fault of the server or of a proxy before it; report it".to_owned(),
            ),
        })
    }
}

fn redirected(asked: &str, response: &Response, token: &Token) -> ApiError {
    ApiError::Other(FetchError {
        trouble: Trouble::Broken,
        message: format!(
            "{asked} answered {}: redirect refused, it leads to {} and our token does not",
            response.status().as_u16(),
            foreign(&wire::redirect_target(response), token)
        ),
        advice: Some("check the host of the cloud, and any proxy before it: these APIs never redirect".to_owned()),
    })
}

fn passing(message: String) -> ApiError {
    ApiError::Passing(FetchError { trouble: Trouble::Passing, message, advice: None })
}

fn away(message: String) -> ApiError {
    ApiError::Away(FetchError { trouble: Trouble::Passing, message, advice: None })
}

/// Graph says `request-id`; others on the way say it otherwise.
fn request_id(response: &Response, token: &Token) -> Option<String> {
    let id = ["request-id", "x-ms-request-id"].iter().find_map(|name| wire::header(response, name))?;
    Some(foreign(id, token))
}

fn foreign(text: &str, token: &Token) -> String {
    excerpt(text, &[token.text().expose_secret()])
}
