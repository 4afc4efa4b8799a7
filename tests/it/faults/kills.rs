//! SIGKILL at random moments between fetch, delivery and record, with a file, Kafka and RELP at once.

use std::time::Duration;

use super::gathered::{in_rsyslog, in_topic, kafka_sink, relp_sink};
use super::scene::{due, look_again, setup};
use super::score::{Arrival, Due, Score};
use super::size;
use super::tail::in_file;
use crate::support::daemon::{Daemon, GENEROUS};
use crate::support::kafka::{self, Broker};
use crate::support::lab::Lab;
use crate::support::rsyslog::Rsyslog;
use crate::support::service::poll;
use crate::support::spool::Listen;

const TENANTS: usize = 3;
const PAGE: usize = 5;
const BURST: usize = 20;
const TOPIC: &str = "kills";
/// Some looks in a row that bring nothing: everything has been read, or nearly.
const QUIET: Duration = Duration::from_secs(3);

struct Receivers {
    broker: &'static Broker,
    rsyslog: Rsyslog,
}

impl Receivers {
    /// What has arrived in the file, by Kafka, and by RELP.
    fn arrivals(&self, daemon: &Daemon) -> [Vec<Arrival>; 3] {
        [in_file(daemon, "out"), in_topic(self.broker, TOPIC), in_rsyslog(&self.rsyslog)]
    }

    /// Waits until all of these have arrived, for as long as some do.
    fn catch_up(&self, daemon: &Daemon, due: &[Due]) {
        // Reading all that stands in a topic again and again would hold the daemon up, so it is first asked whether it is done.
        let forwarded = || daemon.metrics().sum("alertferry_alerts_total", &[("outcome", "forwarded")]);
        let mut had = forwarded();
        while poll(QUIET, || forwarded() > had) {
            had = forwarded();
        }
        poll(GENEROUS, || self.arrivals(daemon).iter().all(|arrivals| complete(due, arrivals)));
    }
}

/// How many of these came once more.
fn repeats(arrivals: &[Arrival]) -> usize {
    let mut keys: Vec<&str> = arrivals.iter().map(|arrival| arrival.key.as_str()).collect();
    keys.sort_unstable();
    keys.dedup();
    arrivals.len() - keys.len()
}

fn complete(due: &[Due], arrivals: &[Arrival]) -> bool {
    let mut keys: Vec<&str> = arrivals.iter().map(|arrival| arrival.key.as_str()).collect();
    keys.sort_unstable();
    due.iter().all(|one| keys.binary_search(&one.key.as_str()).is_ok())
}

/// Each tenant has one feed, and one page of it is in hand of each sink: after so many kills, a sink has from each tenant at
/// most so many pages of repeats.
#[test]
fn sigkill_at_random_moments_loses_nothing_and_repeats_at_most_a_page_of_each_route() {
    let kills = size(20, 200);
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let lab = Lab::quiet(TENANTS);
    let receivers = Receivers { broker: kafka::shared(), rsyslog: Rsyslog::listening(Listen::Relp(None)) };
    let mut daemon = setup(&lab)
        .default("overlap", "\"5s\"")
        .default("page_size", &format!("{{ graph-alerts = {PAGE} }}"))
        .sink("siem", &kafka_sink(receivers.broker, TOPIC))
        .sink("soc", &relp_sink(&receivers.rsyslog))
        .start();
    for kill in 1..=kills {
        for tenant in lab.tenants() {
            for _ in 0..BURST {
                let at = lab.now(&tenant.name) - Duration::from_millis(random.u64(0..2_000));
                lab.generate_at(&tenant.name, 1, at);
            }
        }
        if kill % 4 == 0 {
            // Anywhere, while it starts included.
            poll(Duration::from_millis(random.u64(0..1_500)), || false);
        } else {
            daemon.wait_for_metrics("alerts on their way", |metrics| {
                metrics.sum("alertferry_alerts_total", &[("outcome", "forwarded")]) >= 1
            });
            poll(Duration::from_millis(random.u64(0..150)), || false);
        }
        daemon.kill();
        if kill % 10 == 0 {
            let repeats = receivers.arrivals(&daemon).each_ref().map(|arrivals| repeats(arrivals));
            assert!(repeats.iter().all(|count| *count <= kill * TENANTS * PAGE), "seed {seed}: {repeats:?} after {kill} kills");
        }
        daemon.restart();
        if kill % 10 == 0 {
            // Or each sink would only ever see the beginning of a backlog that grows, and one that lags nothing at all.
            receivers.catch_up(&daemon, &due(&lab));
        }
    }

    let due = due(&lab);
    receivers.catch_up(&daemon, &due);
    look_again(&daemon, GENEROUS);
    assert_eq!(daemon.stop(), Some(0), "seed {seed}: {}", daemon.log());
    let [file, kafka, relp] = receivers.arrivals(&daemon);
    println!("{} alerts, repeats {:?} after {kills} kills", due.len(), [&file, &kafka, &relp].map(|came| repeats(came)));
    let score = Score::of("sigkill-at-random").add(&due, &file).add(&due, &kafka).add(&due, &relp);
    score.repeats_up_to(kills * TENANTS * PAGE * 3).nothing_to_tell().keep();
}
