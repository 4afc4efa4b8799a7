//! A client as plain as possible, so that these tests do not depend on the daemon's own.

use alertferry::simulator::{CLIENT_ID, CLIENT_SECRET, Scope, Settings, Simulator};
use reqwest::{Client, Response, Url};
use serde_json::Value;

pub const GRAPH: &str = "https://graph.microsoft.com/.default";

pub const MDE: &str = "https://api.securitycenter.microsoft.com/.default";
pub const XDR: &str = "https://api.security.microsoft.com/.default";
pub const ARM: &str = "https://management.azure.com/.default";

/// A simulator and a client of its first tenant.
pub struct Bench {
    pub cloud: Simulator,
    pub tenant: String,
    pub http: Client,
    pub token: String,
}

pub async fn bench(settings: Settings) -> Bench {
    let cloud = Simulator::start(settings).await.expect("the simulator starts");
    let tenant = cloud.tenants()[0].tenant_id.clone();
    let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let mut bench = Bench { cloud, tenant, http, token: String::new() };
    bench.token = bench.new_token().await;
    bench
}

impl Bench {
    pub async fn ask_token(&self, tenant: &str, form: &[(&str, &str)]) -> Response {
        let url = format!("{}/{tenant}/oauth2/v2.0/token", self.cloud.base_url());
        self.http.post(url).form(form).send().await.expect("an answer")
    }

    pub async fn new_token(&self) -> String {
        let body: Value = self.ask_token(&self.tenant, &good_form()).await.json().await.expect("JSON");
        body["access_token"].as_str().expect("a token").to_owned()
    }

    /// A token of any tenant for any scope.
    pub async fn token_of(&self, tenant: &str, scope: &'static str) -> String {
        let mut form = good_form();
        form[3].1 = scope;
        let body: Value = self.ask_token(tenant, &form).await.json().await.expect("JSON");
        body["access_token"].as_str().expect("a token").to_owned()
    }

    /// Asks any API, with a token of the first tenant for this scope.
    pub async fn ask(&self, scope: &'static str, path: &str, options: &[(&str, &str)]) -> Response {
        let base = format!("{}{path}", self.cloud.base_url());
        self.ask_at(scope, Url::parse_with_params(&base, options).expect("an address")).await
    }

    pub async fn ask_at(&self, scope: &'static str, url: Url) -> Response {
        let token = self.token_of(&self.tenant, scope).await;
        self.http.get(url).bearer_auth(token).send().await.expect("an answer")
    }

    /// The JSON of a 200 answer of Graph.
    pub async fn feed(&self, path: &str, options: &[(&str, &str)]) -> Value {
        self.read(GRAPH, path, options).await
    }

    /// The JSON of a 200 answer of Defender for Endpoint.
    pub async fn mde(&self, path: &str, options: &[(&str, &str)]) -> Value {
        self.read(MDE, path, options).await
    }

    /// The JSON of a 200 answer of Defender XDR.
    pub async fn xdr(&self, path: &str, options: &[(&str, &str)]) -> Value {
        self.read(XDR, path, options).await
    }

    async fn read(&self, scope: &'static str, path: &str, options: &[(&str, &str)]) -> Value {
        let response = self.ask(scope, path, options).await;
        assert_eq!(response.status(), 200, "{path} {options:?}");
        response.json().await.expect("JSON")
    }

    pub fn url(&self, options: &[(&str, &str)]) -> Url {
        let base = format!("{}/v1.0/security/alerts_v2", self.cloud.base_url());
        Url::parse_with_params(&base, options).expect("an address")
    }

    pub async fn try_get(&self, url: Url) -> reqwest::Result<Response> {
        self.http.get(url).bearer_auth(&self.token).send().await
    }

    pub async fn get(&self, options: &[(&str, &str)]) -> Response {
        self.try_get(self.url(options)).await.expect("an answer")
    }

    /// The JSON of a 200 answer.
    pub async fn page(&self, options: &[(&str, &str)]) -> Value {
        let response = self.get(options).await;
        assert_eq!(response.status(), 200);
        response.json().await.expect("JSON")
    }

    pub async fn follow(&self, page: &Value) -> Response {
        let link = page["@odata.nextLink"].as_str().expect("a next link");
        self.try_get(Url::parse(link).expect("an address")).await.expect("an answer")
    }
}

pub fn good_form() -> Vec<(&'static str, &'static str)> {
    vec![("grant_type", "client_credentials"), ("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET), ("scope", GRAPH)]
}

pub fn ids(page: &Value) -> Vec<String> {
    let rows = page["value"].as_array().expect("rows");
    rows.iter().map(|row| row["id"].as_str().expect("an ID").to_owned()).collect()
}

/// A bench whose tenant has so many alerts and this fault.
pub async fn struck(history: usize, fault: &str) -> Bench {
    let bench = bench(Settings { history, ..Settings::default() }).await;
    set(&bench, fault);
    bench
}

pub fn set(bench: &Bench, fault: &str) {
    bench.cloud.set_fault(&Scope::All, fault.parse().unwrap_or_else(|error| panic!("{error}")));
}
