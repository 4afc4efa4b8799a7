//! Between a page and a receiver on the network: Kafka, and syslog over RELP.

use super::mortal::{Look, Mortal, PAGE, arrivals, hasty};
use crate::faults::gathered::{in_rsyslog, in_topic, kafka_sink, relp_sink};
use crate::faults::score::Score;
use crate::support::kafka;
use crate::support::lab::Lab;
use crate::support::rsyslog::Rsyslog;
use crate::support::setup::Setup;
use crate::support::spool::Listen;

pub const POINTS: [&str; 5] = ["kafka.handed-over", "kafka.answered", "syslog.message-sent", "syslog.sent", "syslog.settled"];

fn die_everywhere(lab: Lab, setup: Setup, look: Look, of: &str) -> Mortal {
    let mut mortal = Mortal::start(lab, setup, look);
    for point in POINTS.iter().filter(|point| point.starts_with(of)) {
        for arrival in arrivals() {
            mortal.dies_at(point, *arrival);
        }
    }
    mortal
}

#[test]
fn a_death_over_a_page_for_kafka_repeats_at_most_the_page() {
    let (lab, broker) = (Lab::quiet(1), kafka::shared());
    let setup = hasty(&lab).only_sink("siem", &kafka_sink(broker, "deaths"));
    let mut mortal = die_everywhere(lab, setup, Box::new(move |_| in_topic(broker, "deaths")), "kafka.");
    let score = mortal.score(Score::of("death-over-a-page-for-kafka"));
    // What the brokers had answered for was repeated, or the point does not stand behind the answers.
    assert!(mortal.repeats() >= arrivals().len(), "{}", mortal.repeats());
    score.keep();
}

#[test]
fn a_death_over_a_page_for_relp_repeats_at_most_the_page() {
    let lab = Lab::quiet(1);
    let rsyslog = Rsyslog::listening(Listen::Relp(None));
    let setup = hasty(&lab).only_sink("soc", &relp_sink(&rsyslog));
    let mut mortal = die_everywhere(lab, setup, Box::new(move |_| in_rsyslog(&rsyslog)), "syslog.");
    let score = mortal.score(Score::of("death-over-a-page-for-relp"));
    assert!((arrivals().len()..=3 * arrivals().len() * PAGE).contains(&mortal.repeats()), "{}", mortal.repeats());
    score.keep();
}
