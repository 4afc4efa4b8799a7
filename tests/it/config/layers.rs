//! Defaults, the file, `tenants.d`, the environment: which one wins.

use std::time::Duration;

use alertferry::alert::Severity;
use alertferry::ledger::settings::Kind as LedgerKind;
use alertferry::sink::Revisions;
use alertferry::sink::settings::{KafkaOption, Kind};
use alertferry::source::FeedKind;
use alertferry::source::entra::Credential;
use alertferry::source::throttle::Rate;
use secrecy::ExposeSecret as _;

use super::written::{Written, uuid};

#[test]
fn the_least_configuration_gets_every_default() {
    let settings = Written::around("", "", "").settings();
    assert_eq!(settings.ledger.kind, LedgerKind::Embedded("/var/lib/alertferry".into()));
    assert_eq!(settings.ledger.retention, Duration::from_hours(30 * 24));
    assert_eq!(settings.admin.listen, "127.0.0.1:9464".parse().unwrap());
    assert_eq!(settings.shutdown_deadline, Duration::from_secs(10));
    assert_eq!(settings.alarms, alertferry::alarm::settings::Settings::default());
    assert_eq!(settings.tenants[0].alarms, settings.alarms.limits);
    assert_eq!(settings.warnings, Vec::<String>::new());
    let tenant = &settings.tenants[0];
    assert_eq!(tenant.interval, Duration::from_mins(1));
    assert_eq!((tenant.delay, tenant.overlap), (Duration::from_secs(30), Duration::from_mins(10)));
    assert_eq!(tenant.lookback, Duration::from_hours(7 * 24));
    assert_eq!((tenant.sweep.every, tenant.sweep.reach), (Duration::from_hours(1), Duration::from_hours(24)));
    assert_eq!(tenant.recheck, Duration::from_mins(5));
    assert_eq!((tenant.feed_retry.first, tenant.feed_retry.most), (Duration::from_secs(5), Duration::from_mins(5)));
    assert_eq!((tenant.sink_retry.first, tenant.sink_retry.most), (Duration::from_secs(1), Duration::from_secs(30)));
    assert_eq!((tenant.cloud.name.as_str(), tenant.tenant.customer.as_str()), ("global", "contoso"));
    let sink = settings.sinks.values().next().unwrap();
    assert_eq!((sink.encoder.format().as_str(), sink.send), ("ocsf", Revisions::New));
}

#[test]
fn a_tenant_overrides_the_defaults_key_by_key() {
    let defaults = "[defaults]\ninterval = \"2m\"\ndelay = \"0s\"\nsweep = { every = \"2h\" }\nlabels = { a = \"1\", b = \"1\" }\n\
                    filter = { min_severity = \"low\", services = [\"microsoftSentinel\"] }\nfeed_retry = { first = \"2s\" }\n";
    let tenant = "interval = \"90s\"\nsweep = { reach = \"3h\" }\nlabels = { b = \"2\" }\nfilter = { min_severity = \"high\" }\n\
                  cloud = \"gcc-high\"\ncustomer = \"Contoso Ltd\"\nfeed_retry = { most = \"1m\" }\nbudget = { graph-alerts = \"9/s,99/h\" }";
    let tenant = Written::around(defaults, "", tenant).tenant();
    assert_eq!((tenant.interval, tenant.delay), (Duration::from_secs(90), Duration::ZERO));
    assert_eq!((tenant.sweep.every, tenant.sweep.reach), (Duration::from_hours(2), Duration::from_hours(3)));
    assert_eq!(tenant.tenant.labels.values().collect::<Vec<_>>(), ["1", "2"]);
    let filters: Vec<_> = tenant.routes[&"out".into()].filter.iter().collect();
    assert_eq!(filters[0].min_severity, Some(Severity::High));
    assert_eq!(filters[0].wanted.services, ["microsoftSentinel"]);
    assert_eq!((tenant.cloud.name.as_str(), tenant.tenant.customer.as_str()), ("gcc-high", "Contoso Ltd"));
    assert_eq!((tenant.feed_retry.first, tenant.feed_retry.most), (Duration::from_secs(2), Duration::from_mins(1)));
    assert_eq!(tenant.budget[&FeedKind::GraphAlerts].len(), 2);
    assert_eq!(tenant.budget[&FeedKind::MdeAlerts], Rate::parse_list(FeedKind::MdeAlerts.dialect().budget).unwrap());
}

#[test]
fn the_environment_overrides_the_files_and_lists_have_commas() {
    let written = Written::around(
        "[defaults]\ninterval = \"2m\"\n",
        "[sinks.siem]\nkind = \"kafka\"\nbrokers = [\"a:1\"]\ntopic = \"t\"",
        "",
    )
    .env("ALERTFERRY__DEFAULTS__INTERVAL", "5s")
    .env("ALERTFERRY__LEDGER__KIND", "memory")
    .env("ALERTFERRY__SINKS__SIEM__BROKERS", "b:2, c:3")
    .env("ALERTFERRY__SINKS__SIEM__OPTIONS__LINGER__MS", "5")
    .env("ALERTFERRY__APPS__MAIN__CLIENT_SECRET", "0123")
    .env("ALERTFERRY_PORT", "tcp://10.0.0.1:9464")
    .env("ALERTFERRY_CONFIG", "/elsewhere");
    let settings = written.settings();
    assert_eq!(settings.tenants[0].interval, Duration::from_secs(5));
    assert_eq!(settings.ledger.kind, LedgerKind::Memory);
    let Kind::Kafka(kafka) = &settings.sinks[&"siem".into()].kind else { panic!("another kind") };
    assert_eq!(kafka.brokers, ["b:2", "c:3"]);
    assert!(matches!(&kafka.options["linger.ms"], KafkaOption::Plain(value) if value == "5"));
    let Credential::Secret(secret) = &settings.tenants[0].app.credential else { panic!("not a secret") };
    let secret = secret.read().unwrap();
    assert_eq!(secret.expose_secret(), "0123", "the crate must not turn text into numbers");
}

#[test]
fn tenants_d_is_read_in_the_order_of_names_and_may_bring_what_its_tenants_need() {
    let written = Written::around("", "", "")
        .with("tenants.d/b.toml", &format!("[[tenants]]\nname = \"b\"\ntenant_id = \"{}\"\napp = \"own\"\nsinks = [\"own\"]\n\
             [apps.own]\nclient_id = \"{}\"\nclient_secret = {{ env = \"MAIN\" }}\n[sinks.own]\nkind = \"syslog\"\naddress = \"h:1\"",
             uuid(2), uuid(3)))
        .with("tenants.d/a.toml", &format!("[[tenants]]\nname = \"a\"\ntenant_id = \"{}\"\napp = \"main\"\nsinks = \"out\"", uuid(4)))
        .with("tenants.d/ignored.toml.example", "not TOML")
        .with("tenants.d/.hidden.toml", "not TOML");
    let settings = written.settings();
    let names: Vec<_> = settings.tenants.iter().map(|tenant| tenant.tenant.name.as_str()).collect();
    assert_eq!(names, ["contoso", "a", "b"]);
    assert_eq!(settings.tenants[2].app.name, "own");
}

#[test]
fn a_custom_cloud_has_its_hosts_and_the_scopes_of_the_global_one() {
    let cloud = "[clouds.lab]\nlogin = \"http://127.0.0.1:8081\"\ngraph = \"http://127.0.0.1:8081/\"\nmde = \"http://127.0.0.1:8081\"\nmde_scope = \"api://x/.default\"\n";
    let written = Written::around(cloud, "", "cloud = \"lab\"");
    let tenant = written.tenant();
    let (graph, mde) = (tenant.cloud.graph.as_ref().unwrap(), tenant.cloud.mde.as_ref().unwrap());
    assert_eq!((graph.host.port(), graph.scope.as_str()), (Some(8081), "https://graph.microsoft.com/.default"));
    assert_eq!(mde.scope, "api://x/.default");
    assert_eq!(written.settings().warnings, Vec::<String>::new(), "http on loopback is fine");
}
