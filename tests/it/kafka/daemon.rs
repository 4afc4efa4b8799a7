//! The whole program: alerts of a simulated cloud into a guarded Kafka that is stopped and started again on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::support::daemon::Setup;
use crate::support::guarded_kafka::Guarded;
use crate::support::kafka::{Record, USER};
use crate::support::lab::Lab;
use crate::support::scrape::Metrics;

fn sinks(guarded: &Guarded, setup: Setup) -> Setup {
    let folder = setup.folder().to_owned();
    std::fs::write(folder.join("password"), USER.1).expect("a file in our folder");
    let (ca, pair) = (guarded.ca(), guarded.client_pair());
    let sink = |listener: &str, options: &[(&str, String)]| {
        let address = guarded.broker.address_of(listener);
        let mut keys = format!(
            "kind = \"kafka\"\nformat = \"ocsf\"\nbrokers = [{address:?}]\ntopic = \"{listener}.{{tenant}}\"\n[sinks.{listener}.options]\n"
        );
        for (name, value) in options {
            writeln!(keys, "{name:?} = {value}").expect("writing to a string");
        }
        keys
    };
    let text = |value: &str| format!("{value:?}");
    let file = |path: &std::path::Path| format!("{{ file = {:?} }}", path.display().to_string());
    let ca = text(&ca.display().to_string());
    let scram = sink(
        "scram",
        &[
            ("security.protocol", text("SASL_SSL")),
            ("sasl.mechanism", text("SCRAM-SHA-512")),
            ("sasl.username", text(USER.0)),
            ("sasl.password", file(&folder.join("password"))),
            ("ssl.ca.location", ca.clone()),
        ],
    );
    let mtls = sink(
        "mtls",
        &[
            ("security.protocol", text("SSL")),
            ("ssl.ca.location", ca),
            ("ssl.certificate.location", text(&pair.display().to_string())),
            ("ssl.key.pem", file(&pair)),
        ],
    );
    setup.sink("scram", &scram).sink("mtls", &mtls)
}

fn ids(records: &[Record]) -> BTreeSet<String> {
    records.iter().map(|record| record.key.split_once(':').expect("a key").1.to_owned()).collect()
}

const EARLY: usize = 15;
const LATE: usize = 25;

#[test]
fn alerts_reach_a_guarded_kafka_each_once_although_it_stops_on_the_way() {
    let mut guarded = Guarded::start();
    let lab = Lab::quiet(2);
    let tenants: Vec<_> = lab.tenants().into_iter().map(|tenant| tenant.name).collect();
    let generate = |count| {
        let of = |tenant: &String| (tenant.clone(), lab.generate(tenant, count).into_iter().collect::<BTreeSet<_>>());
        tenants.iter().map(of).collect::<BTreeMap<_, _>>()
    };
    let mut wanted = generate(EARLY);
    let mut daemon = sinks(&guarded, Setup::new(&lab)).start();
    let forwarded = |metrics: &Metrics| metrics.sum("alertferry_alerts_total", &[("outcome", "forwarded")]);
    // Each of two tenants has each of its alerts sent to two sinks.
    daemon.wait_for_metrics("the early alerts", |metrics| forwarded(metrics) == 4 * EARLY as u64);

    guarded.broker.stop();
    for (tenant, late) in generate(LATE) {
        wanted.entry(tenant).or_default().extend(late);
    }
    daemon.wait_for_metrics("word that the brokers are away", |metrics| metrics.sum("alertferry_sink_up", &[]) == 0);
    guarded.broker.restart();
    daemon.wait_for_metrics("all alerts", |metrics| forwarded(metrics) >= 4 * (EARLY + LATE) as u64);
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    for listener in ["scram", "mtls"] {
        for (tenant, wanted) in &wanted {
            let records = guarded.broker.read(&format!("{listener}.{tenant}"));
            assert_eq!(ids(&records), *wanted, "{listener} {tenant}");
            assert_eq!(records.len(), wanted.len(), "{listener} {tenant}: something came twice");
        }
    }
    assert!(!daemon.log().contains(USER.1), "the password stands in the log");
}
