//! `check --live` against real Apache Kafka: topics that exist, that will be created, and that nobody will create.

use alertferry::simulator::CLIENT_ID;

use super::desk::Desk;
use crate::support::kafka::{Broker, shared};
use crate::support::lab::{Lab, SECRET};

fn desk(lab: &Lab, brokers: &str, topic: &str) -> Desk {
    let (url, id) = (lab.base_url(), &lab.tenants()[0].tenant_id);
    Desk::with(&format!(
        "[clouds.lab]\nlogin = {url:?}\ngraph = {url:?}\n\
         [apps.main]\nclient_id = {CLIENT_ID:?}\nclient_secret = {SECRET:?}\n\
         [sinks.siem]\nkind = \"kafka\"\nbrokers = [{brokers:?}]\ntopic = {topic:?}\n\
         [[tenants]]\nname = \"contoso\"\ntenant_id = {id:?}\napp = \"main\"\ncloud = \"lab\"\nsinks = [\"siem\"]\n"
    ))
}

fn topics(broker: &Broker) -> String {
    let output = std::process::Command::new("kcat").args(["-L", "-b", &broker.address()]).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_missing_topic_is_told_apart_by_whether_the_brokers_will_create_it_and_none_is_created() {
    let lab = Lab::quiet(1);
    let (willing, strict) = (shared(), Broker::start(&[("auto.create.topics.enable", "false")]));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(strict.create_topic("checked.contoso", 1, &[]));
    for (broker, topic, code, result, words) in [
        (&strict, "checked.{tenant}", 0, "ok", "every topic exists"),
        (&strict, "unchecked.{tenant}.{feed}", 1, "failed", "unchecked.contoso.graph-alerts"),
        (willing, "unchecked.{tenant}.{feed}", 0, "warning", "unchecked.contoso.graph-alerts"),
    ] {
        let document = desk(&lab, &broker.address(), topic).document_of(code, &["check", "--live"]);
        let checks = document["sinks"][0]["checks"].as_array().unwrap();
        let found = checks.iter().find(|check| check["check"] == "topic").unwrap_or_else(|| panic!("{document:#}"));
        assert_eq!(found["result"], result, "{topic}: {found:#}");
        assert!(found["message"].as_str().unwrap().contains(words), "{topic}: {found:#}");
        assert!(!topics(broker).contains("unchecked"), "{topic} was created");
    }
}

#[test]
fn a_wrong_password_is_told_as_such() {
    let lab = Lab::quiet(1);
    let options = "\noptions = { \"security.protocol\" = \"SASL_PLAINTEXT\", \"sasl.mechanism\" = \"PLAIN\", \"sasl.username\" = \"ferry\", \"sasl.password\" = \"s3cret\" }";
    let desk = desk(&lab, &shared().sasl_address(), "alerts");
    let config = std::fs::read_to_string(desk.path("config.toml")).unwrap();
    std::fs::write(desk.path("config.toml"), config.replace("topic = \"alerts\"", &format!("topic = \"alerts\"{options}")))
        .unwrap();
    let document = desk.document_of(1, &["check", "--live"]);
    let found = &document["sinks"][0]["checks"][0];
    assert_eq!((&found["check"], &found["result"]), (&"sink".into(), &"failed".into()), "{document:#}");
    assert!(found["advice"].as_str().unwrap().contains("sasl.password"), "{found:#}");
}
