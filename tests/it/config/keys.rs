//! The table of keys against the code that reads them.

use std::collections::BTreeSet;

use alertferry::config::keys;

use super::written::{APP, SINK, TENANT, Written};

#[test]
fn every_key_of_the_table_is_read() {
    // a value that no key accepts: whoever reads the key complains under its path
    let wrong = "[[]]";
    let tenant_wrong =
        |name: &str| TENANT.lines().filter(|line| !line.starts_with(&format!("{name} "))).collect::<Vec<_>>().join("\n");
    let sinks = |name: &str, line: &str| if name == "sinks" { String::new() } else { line.to_owned() };
    let mut covered = BTreeSet::from([keys::TOP.title, keys::TENANT_FILE.title]); // the latter has a test of its own
    for (group, open) in [
        (&keys::DEFAULTS, "[defaults]"),
        (&keys::LIMITS, "[limits]"),
        (&keys::LEDGER, "[ledger]"),
        (&keys::ADMIN, "[admin]"),
        (&keys::ADMIN_TLS, "[admin.tls]"),
        (&keys::ALARMS, "[alarms]"),
        (&keys::APP, "[apps.x]"),
        (&keys::CLOUD, "[clouds.x]"),
        (&keys::SINK, "[sinks.x]"),
        (&keys::OCSF, "[sinks.x]\nkind = \"file\"\nformat = \"ocsf\"\n[sinks.x.ocsf]"),
        (&keys::ECS, "[sinks.x]\nkind = \"file\"\nformat = \"ecs\"\n[sinks.x.ecs]"),
        (&keys::CEF, "[sinks.x]\nkind = \"file\"\nformat = \"cef\"\n[sinks.x.cef]"),
        (&keys::LEEF, "[sinks.x]\nkind = \"file\"\nformat = \"leef\"\n[sinks.x.leef]"),
        (&keys::KAFKA, "[sinks.x]\nkind = \"kafka\""),
        (&keys::OAUTH, "[sinks.x]\nkind = \"kafka\"\n[sinks.x.oauth]"),
        (&keys::SYSLOG, "[sinks.x]\nkind = \"syslog\""),
        (&keys::SEVERITIES, "[sinks.x]\nkind = \"syslog\"\n[sinks.x.severities]"),
        (&keys::TLS, "[sinks.x]\nkind = \"syslog\"\ntransport = \"tls\"\n[sinks.x.tls]"),
        (&keys::FILE, "[sinks.x]\nkind = \"file\""),
        (&keys::SWEEP, "[defaults.sweep]"),
        (&keys::RETRY, "[defaults.feed_retry]"),
        (&keys::RETRY, "[defaults.sink_retry]"),
        (&keys::FILTER, "[defaults.filter]"),
        (&keys::FILTER, "[sinks.x]\nkind = \"file\"\n[sinks.x.filter]"),
        (&keys::EXCLUDE, "[defaults.filter.exclude]"),
        (&keys::ROUTE, "[sinks.soc]\nkind = \"syslog\"\naddress = \"h:1\"\n[defaults.routes.soc]"),
        (&keys::SECRET, "[apps.x.client_secret]"),
        (&keys::CERTIFICATE, "[apps.x.certificate]"),
        (&keys::FEDERATED, "[apps.x.federated]"),
        (&keys::MANAGED_IDENTITY, "[apps.x.managed_identity]"),
        (&keys::TENANT, "[[tenants]]"),
        (&keys::TENANT_ALARMS, "[tenants.alarms]"),
        (&keys::SENTINEL, "[tenants.sentinel]"),
        (&keys::DEFENDER_FOR_CLOUD, "[tenants.defender_for_cloud]"),
    ] {
        covered.insert(group.title);
        for key in group.all() {
            let name = key.name;
            let kind = if open == "[sinks.x]" && name != "kind" { "kind = \"file\"\n" } else { "" };
            let text = if open == "[[tenants]]" {
                format!("{APP}{SINK}{}\n{}\n{name} = {wrong}", tenant_wrong(name), sinks(name, "sinks = [\"out\"]"))
            } else if open.starts_with("[tenants.") {
                format!("{APP}{SINK}{TENANT}sinks = [\"out\"]\n{open}\n{name} = {wrong}")
            } else {
                format!("{APP}{SINK}{open}\n{kind}{name} = {wrong}\n{TENANT}sinks = [\"out\"]")
            };
            let table = open.lines().rfind(|line| line.starts_with('[')).unwrap();
            let path = match table.trim_matches(['[', ']']) {
                "tenants" if name == "name" => "tenants[#1]".to_owned(),
                "tenants" => "tenants.\"contoso\"".to_owned(),
                place if place.starts_with("tenants.") => place.replace("tenants.", "tenants.\"contoso\"."),
                other => other.to_owned(),
            };
            let mistakes = Written::new(&text).mistakes();
            assert!(
                mistakes.iter().any(|mistake| mistake.starts_with(&format!("{path}.{name}: found "))),
                "{path}.{name}: {mistakes:#?}"
            );
        }
    }
    for key in keys::TOP.all() {
        let mistakes = Written::new(&format!("{} = {wrong}", key.name)).mistakes();
        assert!(
            mistakes.iter().any(
                |mistake| mistake.starts_with(&format!("{}: found ", key.name)) || mistake.starts_with("tenants[#1]: found ")
            ),
            "{mistakes:?}"
        );
    }
    assert_eq!(covered, keys::ALL.iter().map(|group| group.title).collect(), "a group of keys is not looked at");
}
