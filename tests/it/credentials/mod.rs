//! Every kind of credential in the running program, against a token endpoint that verifies it.

mod kinds;
mod refresh;
mod refusals;
mod replaced;
mod start;

use std::path::Path;
use std::time::Duration;

use alertferry::simulator::{FederatedCredential, Settings};
use serde_json::Value;

use crate::support::daemon::{Daemon, Setup, alertferry};
use crate::support::keys::PASSPHRASE;
use crate::support::lab::{Lab, SECRET};
use crate::support::scrape::Metrics;

/// The service account that apps of these tests trust.
const SUBJECT: &str = "system:serviceaccount:soc:alertferry";

/// A quiet cloud whose tokens last so briefly that the daemon signs in every few seconds.
fn hasty(tenants: usize) -> Lab {
    Lab::start(Settings { tenants, token_life: Duration::from_secs(4), ..Settings::default() })
}

/// A talkative daemon that looks often and tries again soon.
fn setup(lab: &Lab) -> Setup {
    Setup::new(lab)
        .env("ALERTFERRY_LOG", "trace")
        .default("recheck", "\"1s\"")
        .default("feed_retry", "{ first = \"1s\", most = \"1s\" }")
        .file_sink("out")
}

/// Trusts `subject` of the lab's cluster for this app.
fn trust(lab: &Lab, client_id: &str, subject: &str) {
    lab.identity().add_federated_credential(
        client_id,
        FederatedCredential {
            issuer: lab.identity().issuer("cluster"),
            subject: subject.to_owned(),
            audience: "api://AzureADTokenExchange".to_owned(),
        },
    );
}

/// Lets alerts come in for these tenants and sees them arrive.
fn forwards(daemon: &mut Daemon, lab: &Lab, tenants: &[&str]) {
    let fresh: Vec<String> = tenants.iter().flat_map(|tenant| lab.generate(tenant, 2)).collect();
    daemon.wait_until("these alerts in the file", |daemon| {
        let lines = daemon.lines("out");
        fresh.iter().all(|id| lines.iter().any(|line| line["finding_info"]["uid"] == **id))
    });
}

/// The state of a tenant's only feed; empty before there is one.
fn state(metrics: &Metrics, tenant: &str) -> String {
    let labels = [("tenant", tenant)];
    let mut present = metrics.all("alertferry_feed_state", &labels).filter(|series| series.count() == 1);
    let state = present.next().and_then(|series| series.labels.iter().find(|(name, _)| name == "state"));
    state.map(|(_, word)| word.clone()).unwrap_or_default()
}

/// How many sign-ins were answered with this status, of one tenant or all.
fn sign_ins(lab: &Lab, tenant: Option<&str>, status: u16) -> u64 {
    let id = tenant.map(|name| lab.tenants().into_iter().find(|tenant| tenant.name == name).expect("a tenant").tenant_id);
    let counts = lab.requests().counts.into_iter().filter(|count| count.path.ends_with("/oauth2/v2.0/token"));
    let ours = counts.filter(|count| count.status == status && (id.is_none() || count.tenant == id));
    ours.map(|count| count.count).sum()
}

/// Ends the daemon; no secret stands in anything that it has written or said, but where it belongs.
fn ends_silent(mut daemon: Daemon, telltales: &[String]) {
    for path in ["/", "/metrics", "/readyz", "/api/v1/tenants", "/api/v1/sinks"] {
        assert_silent(path, &daemon.get(path).body, telltales);
    }
    let check = alertferry(&["check", "--config", &daemon.config()]);
    assert_silent("check", &String::from_utf8_lossy(&[check.stdout, check.stderr].concat()), telltales);
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log().lines().rev().take(20).collect::<Vec<_>>().join("\n"));
    assert_silent("the log", &daemon.log(), telltales);
    assert!(daemon.log().contains("TRACE"), "the log is at its most talkative");
    files_are_silent(daemon.folder(), telltales);
}

fn files_are_silent(folder: &Path, telltales: &[String]) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            files_are_silent(&path, telltales);
        } else if !["secret-", "client-secret", "refresh-token."].iter().any(|start| name.starts_with(start)) {
            assert_silent(&name, &String::from_utf8_lossy(&std::fs::read(&path).unwrap()), telltales);
        }
    }
}

fn assert_silent(what: &str, text: &str, telltales: &[String]) {
    let secret = SECRET.rsplit('~').next().unwrap();
    let planted = [secret, PASSPHRASE, "SimulatedRefresh", "PRIVATE KEY"];
    let mut found: Vec<usize> =
        planted.into_iter().chain(telltales.iter().map(String::as_str)).filter_map(|word| text.find(word)).collect();
    // JSON Web Tokens, assertions and access tokens alike: a base64url text that begins with `{"`.
    let token = |at: &usize| text[at + 3..].bytes().take(16).filter(u8::is_ascii_alphanumeric).count() == 16;
    found.extend(text.match_indices("eyJ").map(|(at, _)| at).filter(token));
    let excerpt = |at: &usize| text[text.floor_char_boundary(at.saturating_sub(200))..].chars().take(400).collect::<String>();
    assert!(found.is_empty(), "{what} holds a secret:\n{}", found.iter().map(excerpt).collect::<Vec<_>>().join("\n---\n"));
}

#[test]
fn the_search_finds_what_it_searches_for() {
    let token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJhIn0.c2ln";
    let telltales = ["telltale".to_owned()];
    for planted in [SECRET, PASSPHRASE, "1.SimulatedRefresh.0123", "-----BEGIN PRIVATE KEY-----", token, "telltale"] {
        let text = format!("before {planted} after");
        let heard = std::panic::catch_unwind(|| assert_silent("a text", &text, &telltales));
        assert!(heard.is_err(), "{planted}");
    }
    assert_silent("a text", "an eyJ alone", &telltales);
}

/// The first feed of a tenant, as the admin endpoint tells of it.
fn feed(daemon: &Daemon, tenant: &str) -> Value {
    daemon.json(&format!("/api/v1/tenants/{tenant}"))["feeds"][0].clone()
}
