//! The admin endpoint as a browser, a probe and a scraper see it: through a real listener on loopback.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::{AlarmView, CredentialView, DeadLetterView, Endpoint, FeedView, SinkView, TenantView, View, settings::Settings};

/// A customer whose name is an attack, as an alert's or a tenant's words may be.
const HOSTILE: &str = "<script>alert(\"x\")</script>'&";

#[derive(Default)]
struct Fake {
    down: AtomicBool,
    alarms: AtomicUsize,
}

impl View for Fake {
    fn metrics(&self) -> String {
        "# EOF\n".to_owned()
    }

    fn ready(&self) -> Result<(), String> {
        if self.down.load(Ordering::SeqCst) { Err(format!("no sink can be reached: {HOSTILE}")) } else { Ok(()) }
    }

    fn tenants(&self) -> Vec<TenantView> {
        vec![TenantView {
            name: "contoso".to_owned(),
            tenant_id: "11111111-1111-1111-1111-111111111111".to_owned(),
            customer: HOSTILE.to_owned(),
            feeds: vec![FeedView {
                feed: "graph-alerts".to_owned(),
                state: "needs_consent".to_owned(),
                since: Timestamp::UNIX_EPOCH,
                last_success: None,
                freshness_seconds: Some(90.0),
                last_error: Some(HOSTILE.to_owned()),
                advice: Some("send the consent link".to_owned()),
            }],
        }]
    }

    fn sinks(&self) -> Vec<SinkView> {
        vec![SinkView {
            name: "siem".to_owned(),
            kind: "kafka".to_owned(),
            up: false,
            since: Timestamp::UNIX_EPOCH,
            last_error: Some(HOSTILE.to_owned()),
            advice: None,
        }]
    }

    fn credentials(&self) -> Vec<CredentialView> {
        vec![CredentialView { app: "main".to_owned(), expires: Timestamp::UNIX_EPOCH, days_left: -3 }]
    }

    fn alarms(&self) -> Vec<AlarmView> {
        let alarm = AlarmView {
            kind: "needs_consent".to_owned(),
            tenant: Some("contoso".to_owned()),
            feed: Some("graph-alerts".to_owned()),
            sink: None,
            app: None,
            since: Timestamp::UNIX_EPOCH,
            message: HOSTILE.to_owned(),
            advice: HOSTILE.to_owned(),
        };
        vec![alarm; self.alarms.load(Ordering::SeqCst)]
    }

    fn dead_letters(&self) -> BoxFuture<'_, Result<Vec<DeadLetterView>, String>> {
        let answer = if self.down.load(Ordering::SeqCst) {
            Err("the ledger is closed".to_owned())
        } else {
            Ok(vec![DeadLetterView {
                tenant: "contoso".to_owned(),
                feed: "graph-alerts".to_owned(),
                sink: None,
                alert_id: "da1".to_owned(),
                reason: HOSTILE.to_owned(),
                at: Timestamp::UNIX_EPOCH,
            }])
        };
        async move { answer }.boxed()
    }
}

/// A running endpoint; it stops when `stop` is dropped.
struct Running {
    base: String,
    fake: Arc<Fake>,
    stop: oneshot::Sender<()>,
    server: tokio::task::JoinHandle<()>,
}

async fn start() -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let endpoint = Endpoint::new(Settings::plain(listener.local_addr().unwrap())).unwrap();
    let fake = Arc::new(Fake::default());
    let (stop, stopped) = oneshot::channel();
    let server = tokio::spawn(endpoint.serve(listener, fake.clone(), stopped.map(|_| ())));
    Running { base, fake, stop, server }
}

impl Running {
    async fn ask(&self, method: Method, path: &str) -> reqwest::Response {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        client.request(method, format!("{}{path}", self.base)).send().await.unwrap()
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        self.ask(Method::GET, path).await
    }

    async fn json(&self, path: &str) -> Value {
        self.get(path).await.json().await.unwrap()
    }
}

#[tokio::test]
async fn each_path_answers_with_its_status_and_content_type() {
    let running = start().await;
    for (path, status, content_type) in [
        ("/", 200, "text/html; charset=utf-8"),
        ("/style.css", 200, "text/css; charset=utf-8"),
        ("/metrics", 200, "application/openmetrics-text; version=1.0.0; charset=utf-8"),
        ("/healthz", 200, "text/plain; charset=utf-8"),
        ("/readyz", 200, "text/plain; charset=utf-8"),
        ("/api/v1/tenants", 200, "application/json"),
        ("/api/v1/tenants/contoso", 200, "application/json"),
        ("/api/v1/tenants/nobody", 404, "application/json"),
        ("/api/v1/sinks", 200, "application/json"),
        ("/api/v1/credentials", 200, "application/json"),
        ("/api/v1/dead-letters", 200, "application/json"),
        ("/nowhere", 404, "application/json"),
    ] {
        let answer = running.get(path).await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["content-type"]),
            (status, &content_type.parse().unwrap()),
            "{path}"
        );
    }
}

#[tokio::test]
async fn every_answer_forbids_scripts_frames_sniffing_and_caching() {
    let running = start().await;
    for path in ["/", "/metrics", "/readyz", "/api/v1/tenants/nobody", "/nowhere"] {
        let answer = running.get(path).await;
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(header("cache-control"), "no-store", "{path}");
    }
}

#[tokio::test]
async fn only_reading_is_allowed() {
    let running = start().await;
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
        for path in ["/", "/metrics", "/api/v1/dead-letters"] {
            let answer = running.ask(method.clone(), path).await;
            assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn hostile_words_stay_words_on_the_page() {
    let running = start().await;
    running.fake.down.store(true, Ordering::SeqCst);
    let page = running.get("/").await.text().await.unwrap();
    assert!(!page.contains("<script"), "{page}");
    // The reason for not being ready, the customer, the feed's error and the sink's.
    let escaped = "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&amp;";
    assert_eq!(page.matches(escaped).count(), 4, "{page}");
    for word in ["contoso", "graph-alerts", "needs_consent", "send the consent link", "90 s ago", "siem", "down", "main", "-3"] {
        assert!(page.contains(word), "{word} is missing from {page}");
    }
}

#[tokio::test]
async fn alarms_stand_on_the_page_escaped_and_bounded_and_all_of_them_in_the_json() {
    let running = start().await;
    assert!(running.get("/").await.text().await.unwrap().contains("<h2>Alarms</h2>\n<p class=\"ok\">None.</p>"));
    assert_eq!(running.json("/api/v1/alarms").await, json!([]));
    running.fake.alarms.store(1000, Ordering::SeqCst);
    let page = running.get("/").await.text().await.unwrap();
    assert!(!page.contains("<script"), "{page}");
    assert_eq!(page.matches("<td>contoso graph-alerts</td>").count(), 200);
    assert!(page.contains("And 800 more"), "{page}");
    let all = running.json("/api/v1/alarms").await;
    assert_eq!(all.as_array().unwrap().len(), 1000);
    assert_eq!(
        all[0],
        json!({
            "kind": "needs_consent", "tenant": "contoso", "feed": "graph-alerts", "sink": null, "app": null,
            "since": "1970-01-01T00:00:00Z", "message": HOSTILE, "advice": HOSTILE,
        })
    );
}

#[tokio::test]
async fn readiness_follows_the_view_and_says_why_not() {
    let running = start().await;
    assert_eq!(running.get("/readyz").await.status(), StatusCode::OK);
    running.fake.down.store(true, Ordering::SeqCst);
    let answer = running.get("/readyz").await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.text().await.unwrap().starts_with("no sink can be reached"));
    assert_eq!(running.get("/healthz").await.text().await.unwrap(), "ok", "alive all the same");
}

#[tokio::test]
async fn json_has_the_members_that_the_contract_names() {
    let running = start().await;
    let tenant = running.json("/api/v1/tenants/contoso").await;
    assert_eq!(
        tenant["feeds"][0],
        json!({
            "feed": "graph-alerts", "state": "needs_consent", "since": "1970-01-01T00:00:00Z", "last_success": null,
            "freshness_seconds": 90.0, "last_error": HOSTILE, "advice": "send the consent link",
        })
    );
    assert_eq!(running.json("/api/v1/tenants").await, json!([tenant]));
    assert_eq!(running.json("/api/v1/sinks").await[0]["up"], json!(false));
    assert_eq!(
        running.json("/api/v1/credentials").await,
        json!([{ "app": "main", "expires": "1970-01-01T00:00:00Z", "days_left": -3 }])
    );
    assert_eq!(running.json("/api/v1/dead-letters").await[0]["alert_id"], json!("da1"));
    let missing = running.json("/api/v1/tenants/no%22body").await;
    assert_eq!(missing["error"], json!(r#"no tenant is called "no\"body"; /api/v1/tenants lists those that are"#));
}

#[tokio::test]
async fn dead_letters_that_cannot_be_read_are_not_an_empty_list() {
    let running = start().await;
    running.fake.down.store(true, Ordering::SeqCst);
    let answer = running.get("/api/v1/dead-letters").await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.json::<Value>().await.unwrap(), json!({ "error": "the ledger is closed" }));
}

#[tokio::test]
async fn it_ends_when_told_to() {
    let running = start().await;
    assert_eq!(running.get("/healthz").await.status(), StatusCode::OK);
    running.stop.send(()).unwrap();
    tokio::time::timeout(std::time::Duration::from_secs(20), running.server).await.unwrap().unwrap();
}
