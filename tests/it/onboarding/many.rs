//! `check --live` over two hundred tenants with all kinds of trouble, told in one run.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use alertferry::simulator::{CLIENT_ID, Settings};
use serde_json::Value;

use super::desk::Desk;
use crate::support::lab::{Lab, SECRET};
use crate::support::service::free_port;

/// Tenant, what is wrong with it in the simulator's words, and what is found: check, result, words of the message, words of the advice.
const TROUBLE: [(&str, &str, &str, &str, &str, &str); 17] = [
    ("tenant-001", "", "sign-in", "failed", "AADSTS90002", "check tenant_id"),
    ("tenant-002", "", "sign-in", "failed", "AADSTS7000215", "give app second the secret's value"),
    ("tenant-003", "", "sign-in", "failed", "AADSTS7000215", "give app second the secret's value"),
    ("tenant-004", "token-error=65001", "sign-in", "failed", "has not consented", "/adminconsent?client_id="),
    (
        "tenant-005",
        "missing-roles",
        "permission",
        "failed",
        "SecurityAlert.Read.All is missing; the token holds no",
        "/adminconsent?",
    ),
    ("tenant-006", "token-error=7000112", "sign-in", "failed", "application is disabled", "enterprise application"),
    ("tenant-007", "token-error=53003", "sign-in", "failed", "conditional access", "administrator must exempt"),
    ("tenant-008", "status=429:7", "feed", "warning", "answered 429", "again later: in 7 s"),
    ("tenant-009", "status=500", "feed", "warning", "answered 500", "again later"),
    ("tenant-010", "html=502", "feed", "warning", "a page for people", "again later"),
    ("tenant-011", "skew=-10m", "clock", "failed", "behind this machine's", "NTP"),
    ("tenant-012", "no-product", "feed", "failed", "not provisioned", "license and enable it"),
    ("tenant-013", "hang-up", "feed", "warning", "failed", "again later"),
    ("tenant-014", "reject-tokens", "feed", "failed", "answered 401", "scope"),
    ("tenant-015", "token-html", "sign-in", "warning", "page for people", "again later"),
    ("tenant-016", "", "host", "failed", "it takes no connection", "firewall"),
    ("tenant-017", "skew=2m", "clock", "warning", "ahead of this machine's", "NTP"),
];

fn lab() -> Lab {
    let faults = TROUBLE.iter().filter(|(_, fault, ..)| !fault.is_empty());
    let faults = faults.map(|(name, fault, ..)| format!("{fault}@{name}").parse().unwrap()).collect();
    Lab::start(Settings { tenants: 200, history: 1, faults, ..Settings::default() })
}

/// Two apps, of which one has a wrong secret, a cloud whose Graph is down, and sinks good and bad.
fn configuration(lab: &Lab) -> String {
    let (url, nobody) = (lab.base_url(), free_port());
    let mut text = format!(
        "[defaults]\nfeeds = [\"graph-alerts\", \"mde-alerts\"]\nsinks = [\"good\", \"down\", \"nowhere\"]\n\
         [ledger]\npath = \"{{folder}}/ledger\"\n\
         [clouds.lab]\nlogin = {url:?}\ngraph = {url:?}\nmde = {url:?}\n\
         [clouds.dark]\nlogin = {url:?}\ngraph = \"http://127.0.0.1:{nobody}\"\nmde = {url:?}\n\
         [apps.main]\nclient_id = {CLIENT_ID:?}\nclient_secret = {SECRET:?}\n\
         [apps.second]\nclient_id = {CLIENT_ID:?}\nclient_secret = \"s3cret-but-not-this-one\"\n\
         [sinks.good]\nkind = \"file\"\npath = \"{{folder}}/good.jsonl\"\n\
         [sinks.down]\nkind = \"syslog\"\naddress = \"127.0.0.1:{nobody}\"\n\
         [sinks.nowhere]\nkind = \"file\"\npath = \"{{folder}}/no-such-folder/x.jsonl\"\n"
    );
    for tenant in lab.tenants() {
        let name = tenant.name.as_str();
        let id = if name == "tenant-001" { "99999999-9999-9999-9999-999999999999".to_owned() } else { tenant.tenant_id };
        let app = if ["tenant-002", "tenant-003"].contains(&name) { "second" } else { "main" };
        let cloud = if name == "tenant-016" { "dark" } else { "lab" };
        writeln!(text, "[[tenants]]\nname = {name:?}\ntenant_id = {id:?}\napp = {app:?}\ncloud = {cloud:?}").unwrap();
    }
    text
}

fn bad(of: &Value) -> impl Iterator<Item = &Value> {
    of["checks"].as_array().unwrap().iter().filter(|check| check["result"] == "failed" || check["result"] == "warning")
}

#[test]
fn every_trouble_of_two_hundred_tenants_is_told_in_one_run_and_nothing_is_written() {
    let lab = lab();
    let desk = Desk::with(&configuration(&lab));
    let document = desk.document_of(1, &["check", "--live"]);
    assert_eq!((&document["ok"], &document["result"]), (&false.into(), &"failed".into()));

    let tenants: BTreeMap<&str, &Value> =
        document["tenants"].as_array().unwrap().iter().map(|tenant| (tenant["name"].as_str().unwrap(), tenant)).collect();
    assert_eq!(tenants.len(), 200);
    for (name, fault, check, result, message, advice) in TROUBLE {
        let tenant = tenants[name];
        let found = bad(tenant).find(|found| found["check"] == check).unwrap_or_else(|| panic!("{name} {fault}: {tenant:#}"));
        assert_eq!((&found["result"], &tenant["result"]), (&result.into(), &result.into()), "{name} {fault}: {tenant:#}");
        assert!(found["message"].as_str().unwrap().contains(message), "{name} {fault}: {found:#}");
        assert!(found["advice"].as_str().unwrap().contains(advice), "{name} {fault}: {found:#}");
    }
    assert_eq!(bad(tenants["tenant-005"]).count(), 2, "a feed without its permission is told once");
    for (name, tenant) in tenants.iter().skip(TROUBLE.len()) {
        assert_eq!(tenant["result"], "ok", "{name}: {tenant:#}");
        let checks: Vec<_> = tenant["checks"].as_array().unwrap().iter().map(|check| check["check"].as_str().unwrap()).collect();
        let expected = ["sign-in", "token", "permission", "feed", "sign-in", "token", "permission", "feed", "clock"];
        assert_eq!(checks, expected, "{name}");
    }

    let shared = document["shared"].as_array().unwrap();
    let app =
        shared.iter().find(|shared| shared["what"] == "app second (AADSTS7000215)").unwrap_or_else(|| panic!("{shared:#?}"));
    assert_eq!(app["tenants"], serde_json::json!(["tenant-002", "tenant-003"]));
    let host = shared
        .iter()
        .find(|shared| shared["what"].as_str().unwrap().starts_with("host 127.0.0.1:"))
        .unwrap_or_else(|| panic!("{shared:#?}"));
    assert_eq!((shared.len(), &host["tenants"]), (2, &serde_json::json!(["tenant-016"])));

    for (name, result, message) in [
        ("good", "ok", "can be written to"),
        ("down", "failed", "127.0.0.1:"),
        ("nowhere", "failed", "no-such-folder cannot be written"),
    ] {
        let sink = document["sinks"].as_array().unwrap().iter().find(|sink| sink["name"] == name).unwrap();
        assert_eq!(sink["result"], result, "{sink:#}");
        assert!(sink["checks"][0]["message"].as_str().unwrap().contains(message), "{sink:#}");
    }
    assert_eq!(desk.files(), ["config.toml"], "neither ledger nor sink was made");
}

#[test]
fn people_get_a_line_for_each_trouble_and_one_for_what_an_app_has_in_common() {
    let lab = lab();
    let desk = Desk::with(&configuration(&lab));
    let (out, err) = desk.told(1, &["check", "--live", "--parallel", "16"]);
    for words in [
        "failed   app second (AADSTS7000215), 2 tenants: no sign-in with app second",
        "failed   tenant tenant-003: sign-in of graph-alerts, mde-alerts: see app second (AADSTS7000215) above\n",
        "failed   tenant tenant-004: sign-in of graph-alerts, mde-alerts: no sign-in with app main",
        "         -> an administrator of the customer must open http://127.0.0.1:",
        "failed   tenant tenant-016: host of graph-alerts: see host 127.0.0.1:",
        "ok       tenant tenant-200: graph-alerts, mde-alerts\n",
        "ok       sink good: reachable\n",
        "failed   sink down: sink: ",
        "\n200 tenants: 183 ok, 6 with warnings, 11 failed\n3 sinks: 1 ok, 0 with warnings, 2 failed\n",
    ] {
        assert!(out.contains(words), "{words:?} in\n{out}");
    }
    assert_eq!(out.matches("give app second the secret's value").count(), 1, "{out}");
    let progress: Vec<_> = err.lines().collect();
    assert_eq!((progress.len(), progress.last()), (10, Some(&"200 of 200 tenants")), "{err}");
}
