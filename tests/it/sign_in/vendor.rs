//! A vendor on loopback: a token endpoint and an API that answer as a test says, and remember what they heard.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use alertferry::secret::Secret;
use alertferry::source::FeedKind;
use alertferry::source::cloud::Cloud;
use alertferry::source::entra::{App, Credential, SignIn, Tokens};
use alertferry::source::http::{Api, ApiParts, Caps, client};
use alertferry::source::throttle::{Budget, Rate};
use alertferry::telemetry::Metrics;
use alertferry::tenant::{Tenant, TenantId, TenantName};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, Response};
use reqwest::{Client, Url};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::{advance, pause, resume};

pub const TENANT: &str = "11111111-1111-1111-1111-111111111111";
/// What a managed identity's token must be for.
pub const AUDIENCE: &str = "api://AzureADTokenExchange";
/// Every character class that a form must encode.
pub const SECRET: &str = "p~a+b&c=d %é/\"hunter2";

/// One request as it came in.
#[derive(Debug, Clone)]
pub struct Heard {
    pub path_and_query: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Heard {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The fields of a form.
    pub fn form(&self) -> HashMap<String, String> {
        let url = Url::parse(&format!("http://x/?{}", self.body)).unwrap();
        url.query_pairs().into_owned().collect()
    }

    fn is_sign_in(&self) -> bool {
        self.path_and_query.ends_with("/oauth2/v2.0/token")
    }
}

/// A listener, and what it heard.
pub struct Vendor {
    pub url: Url,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Vendor {
    /// `sign_in` and `api` answer the n-th request of their kind, counted from one.
    pub async fn start(
        sign_in: impl Fn(usize, &Heard) -> Response<Body> + Send + Sync + 'static,
        api: impl Fn(usize, &Heard) -> Response<Body> + Send + Sync + 'static,
    ) -> Self {
        let heard = Arc::new(Mutex::new(Vec::<Heard>::new()));
        let remembered = heard.clone();
        let answers = Arc::new((sign_in, api));
        let app = Router::new().fallback(move |request: Request<Body>| {
            let (heard, answers) = (remembered.clone(), answers.clone());
            async move {
                let (parts, body) = request.into_parts();
                let body = String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap();
                let request = Heard { path_and_query: parts.uri.to_string(), headers: parts.headers, body };
                let count = {
                    let mut heard = heard.lock().unwrap();
                    heard.push(request.clone());
                    heard.iter().filter(|other| other.is_sign_in() == request.is_sign_in()).count()
                };
                let mut response = if request.is_sign_in() { answers.0(count, &request) } else { answers.1(count, &request) };
                // A connection that waits in the pool while a test advances the clock would be closed under the client's feet.
                response.headers_mut().insert("connection", "close".parse().unwrap());
                response
            }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, heard }
    }

    /// A vendor that signs in everybody and answers the API as told.
    pub async fn with_api(api: impl Fn(usize, &Heard) -> Response<Body> + Send + Sync + 'static) -> Self {
        Self::start(granted, api).await
    }

    /// A vendor of which only the token endpoint matters.
    pub async fn with_sign_in(sign_in: impl Fn(usize, &Heard) -> Response<Body> + Send + Sync + 'static) -> Self {
        Self::start(sign_in, |_, _| reply(200, "{}")).await
    }

    pub fn sign_ins(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().iter().filter(|heard| heard.is_sign_in()).cloned().collect()
    }

    pub fn gets(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().iter().filter(|heard| !heard.is_sign_in()).cloned().collect()
    }

    pub fn at(&self, path_and_query: &str) -> Url {
        self.url.join(path_and_query).unwrap()
    }
}

/// `token-1`, `token-2`, …, each good for an hour.
pub fn granted(count: usize, _: &Heard) -> Response<Body> {
    reply(200, format!(r#"{{"token_type":"Bearer","expires_in":3600,"access_token":"token-{count}"}}"#))
}

pub fn reply(status: u16, body: impl Into<Body>) -> Response<Body> {
    reply_with(status, &[], body)
}

pub fn reply_with(status: u16, headers: &[(&str, &str)], body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(body.into()).unwrap()
}

/// Answers every connection with exactly these bytes and closes it.
pub async fn raw(bytes: impl Into<Vec<u8>>) -> Url {
    let bytes = bytes.into();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.windows(4).any(|end| end == b"\r\n\r\n") && connection.read_buf(&mut request).await.unwrap() > 0 {}
            // The client may hang up first, having seen enough.
            let _ = connection.write_all(&bytes).await;
        }
    });
    url
}

/// Takes every connection and never says a word.
pub async fn silent() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        let mut held = Vec::new();
        loop {
            held.push(listener.accept().await.unwrap());
        }
    });
    url
}

/// An address at which nobody listens.
pub async fn nobody() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap()
}

/// One client for all tests: reading the CA bundle for each would take most of their time.
pub fn http() -> Client {
    static CLIENT: LazyLock<Client> = LazyLock::new(|| client("alertferry-test/1").unwrap());
    CLIENT.clone()
}

pub fn app(client_secret: Secret) -> Arc<App> {
    app_with(Credential::Secret(client_secret))
}

pub fn app_with(credential: Credential) -> Arc<App> {
    Arc::new(App { name: "main".to_owned(), client_id: "our-client-id".to_owned(), credential, home_tenant: None })
}

/// Our app in the test tenant with another credential than its secret.
pub fn sign_in_with(login: &Url, credential: Credential) -> SignIn {
    SignIn { app: app_with(credential), ..sign_in(login) }
}

/// The error document as Entra writes it.
pub fn document(error: &str, number: u32, words: &str) -> String {
    serde_json::json!({
        "error": error,
        "error_description": format!("AADSTS{number}: {words}\r\nTrace ID: the-trace\r\nCorrelation ID: the-correlation\r\nTimestamp: 2026-03-02 07:41:10Z"),
        "error_codes": [number],
        "timestamp": "2026-03-02 07:41:10Z",
        "trace_id": "the-trace",
        "correlation_id": "the-correlation",
    })
    .to_string()
}

/// Lets time pass without waiting for it; sockets are idle meanwhile.
pub async fn after(seconds: u64) {
    pause();
    advance(Duration::from_secs(seconds)).await;
    resume();
}

/// Our app in the test tenant, at this sign-in host.
pub fn sign_in(login: &Url) -> SignIn {
    let cloud = Cloud {
        name: "lab".to_owned(),
        login: login.clone(),
        graph: None,
        mde: None,
        xdr: None,
        arm: None,
        lacks: &[],
        exchange_audience: AUDIENCE.to_owned(),
    };
    SignIn {
        cloud: Arc::new(cloud),
        tenant: TenantId::from(TENANT),
        app: app(Secret::Plain(SECRET.to_owned().into())),
        scope: "https://graph.example/.default".to_owned(),
    }
}

/// A feed with what a test wants to turn.
pub struct Feed {
    pub api: Api,
    pub tokens: Arc<Tokens>,
    pub metrics: Arc<Metrics>,
}

/// A feed that signs in at `login` and reads from `base`.
pub fn feed(login: &Url, base: &Url, caps: Caps, rates: &[Rate]) -> Feed {
    let SignIn { cloud, tenant, app, scope } = sign_in(login);
    let (client, metrics) = (http(), Arc::new(Metrics::default()));
    let tokens = Arc::new(Tokens::new(client.clone()));
    let directory = tenant.clone();
    let tenant =
        Tenant { name: TenantName::from("contoso"), id: tenant, customer: "Contoso Ltd".to_owned(), labels: BTreeMap::new() };
    let api = Api::new(ApiParts {
        client,
        tokens: tokens.clone(),
        base: base.clone(),
        scope,
        cloud,
        tenant: Arc::new(tenant),
        directory,
        app,
        feed: FeedKind::GraphAlerts,
        budget: Budget::new(rates),
        cap: Arc::new(Budget::new(&[])),
        caps,
        metrics: metrics.clone(),
    });
    Feed { api, tokens, metrics }
}

/// A feed of a vendor that does both, without a budget.
pub fn feed_of(vendor: &Vendor) -> Feed {
    feed(&vendor.url, &vendor.url, Caps::default(), &[])
}
