//! `check --live` of a few tenants: every feed, chosen tenants, time limits, and a daemon beside it.

use std::fmt::Write as _;

use alertferry::simulator::{CLIENT_ID, Settings};

use super::desk::Desk;
use crate::support::daemon::Setup;
use crate::support::lab::{Lab, SECRET};

const EVERY_FEED: &str = r#"["graph-alerts", "graph-incidents", "mde-alerts", "xdr-incidents", "risk-detections", "sentinel-incidents", "defender-for-cloud"]"#;

/// Every tenant of the lab with every feed, by way of Azure Lighthouse where `home` is ours.
fn desk(lab: &Lab, home: Option<&str>) -> Desk {
    let url = lab.base_url();
    let home = home.map(|home| format!("tenant_id = {home:?}\n")).unwrap_or_default();
    let mut text = format!(
        "[defaults]\nfeeds = {EVERY_FEED}\nsinks = [\"out\"]\n\
         [clouds.lab]\nlogin = {url:?}\ngraph = {url:?}\nmde = {url:?}\nxdr = {url:?}\narm = {url:?}\n\
         [apps.main]\nclient_id = {CLIENT_ID:?}\nclient_secret = {SECRET:?}\n{home}\
         [sinks.out]\nkind = \"file\"\npath = \"{{folder}}/out.jsonl\"\n"
    );
    for tenant in lab.tenants() {
        writeln!(
            text,
            "[[tenants]]\nname = {:?}\ntenant_id = {:?}\napp = \"main\"\ncloud = \"lab\"\n\
             sentinel = {{ subscription = {:?}, resource_group = {:?}, workspace = {:?} }}\n\
             defender_for_cloud = {{ subscriptions = [{:?}] }}",
            tenant.name, tenant.tenant_id, tenant.subscription, tenant.resource_group, tenant.workspace, tenant.subscription
        )
        .unwrap();
    }
    Desk::with(&text)
}

fn lab(tenants: usize, faults: &[&str]) -> Lab {
    let faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
    Lab::start(Settings { tenants, history: 3, faults, ..Settings::default() })
}

#[test]
fn every_feed_is_read_each_with_a_token_of_its_own_resource() {
    let lab = lab(1, &[]);
    let home = lab.home().tenant_id;
    for home in [None, Some(home.as_str())] {
        let desk = desk(&lab, home);
        let document = desk.document(&["check", "--live"]);
        let checks = document["tenants"][0]["checks"].as_array().unwrap();
        let ok = |check: &str| checks.iter().filter(|one| one["check"] == check && one["result"] == "ok").count();
        assert_eq!((ok("sign-in"), ok("token"), ok("permission"), ok("feed")), (4, 4, 5, 7), "{document:#}");
        assert_eq!(document["result"], "ok", "{document:#}");
        assert_eq!(desk.files(), ["config.toml"]);
    }
    let asked: Vec<_> = lab.requests().recent.into_iter().filter_map(|request| request.query).collect();
    assert!(
        asked.iter().filter(|query| query.contains("top=")).all(|query| query.contains("top=1&") || query.ends_with("top=1")),
        "{asked:?}"
    );
}

#[test]
fn only_the_named_tenants_are_looked_at() {
    let lab = lab(3, &["token-error=65001@tenant-02"]);
    let desk = desk(&lab, None);
    let document = desk.document(&["check", "--live", "--tenant", "tenant-03", "--tenant", "tenant-01"]);
    let names: Vec<_> = document["tenants"].as_array().unwrap().iter().map(|tenant| tenant["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["tenant-01", "tenant-03"]);
    let (_, err) = desk.told(64, &["check", "--live", "--tenant", "tenant-04"]);
    assert!(err.contains("No tenant has the name \"tenant-04\""), "{err}");
    for wrong in [
        &["check", "--tenant", "tenant-01"][..],
        &["check", "--live", "--timeout", "0s"],
        &["check", "--live", "--parallel", "0"],
    ] {
        desk.told(64, wrong);
    }
}

#[test]
fn who_does_not_answer_in_time_is_a_warning_to_look_again_later() {
    let lab = lab(1, &["slow=1h@tenant-01"]);
    let document = desk(&lab, None).document(&["check", "--live", "--timeout", "1s"]);
    assert_eq!(document["result"], "warning", "{document:#}");
    let text = document.to_string();
    assert!(text.contains("did not answer within 1 s") && text.contains("again later"), "{text}");
}

#[test]
fn a_wrong_configuration_is_told_before_anything_is_asked() {
    let desk = Desk::with("[ledger]\nkind = \"papyrus\"\n");
    let document = desk.document_of(64, &["check", "--live"]);
    assert_eq!(document["ok"], false);
    assert!(document["mistakes"].as_array().is_some_and(|mistakes| !mistakes.is_empty()), "{document}");
}

#[test]
fn a_running_daemon_is_not_disturbed() {
    let lab = Lab::quiet(2);
    lab.generate("tenant-01", 3);
    let mut daemon = Setup::new(&lab).file_sink("out").start();
    daemon.wait_until("the alerts", |daemon| daemon.lines("out").len() == 3);
    let before = daemon.lines("out");
    let config = daemon.config();
    let output = crate::support::daemon::alertferry(&["check", "--live", "--config", &config]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(daemon.lines("out"), before);
    assert_eq!(daemon.stop(), Some(0));
}
