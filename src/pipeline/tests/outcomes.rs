//! Each alert that a route was offered ends in exactly one outcome, and the counts add up.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use proptest::prelude::*;
use tokio::time::sleep;

use super::cloud::{Cloud, TENANT};
use super::desk::Mood;
use super::rig::{Rig, SECOND, life};
use crate::alert::Severity;
use crate::format::{Encoder, Format};
use crate::pipeline::filter::{Filter, Marks, Patterns};
use crate::pipeline::outcome::Outcome;
use crate::sink::Verdict;

/// What one record of the page is, and what the sink thinks of it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Fine,
    Refused,
    Unwanted,
    /// Only its title tells that nobody wants it.
    UnwantedTitle,
    Unreadable,
    Foreign,
    KnownBefore,
}

const NAMES: [&str; 12] = ["n00", "n01", "n02", "n03", "n04", "n05", "n06", "n07", "n08", "n09", "n10", "n11"];

fn put(cloud: &Cloud, name: &str, at: i64, kind: Kind) {
    match kind {
        Kind::Unreadable => cloud.push(name, at, at, format!(r#"{{"title":"{name}"}}"#)),
        Kind::Foreign => cloud.show(name, at, at, "new", "99999999-9999-4999-8999-999999999999"),
        Kind::Unwanted => {
            cloud.add(name, at);
            cloud.change(name, |raw| raw.replace("\"high\"", "\"low\""));
        }
        Kind::UnwantedTitle => {
            cloud.add(name, at);
            cloud.change(name, |raw| raw.replacen('{', r#"{"title":"Test of the line","#, 1));
        }
        Kind::Fine | Kind::Refused | Kind::KnownBefore => cloud.add(name, at),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_a_page_holds_its_outcomes_add_up_to_what_was_read(
        kinds in prop::collection::vec(
            prop::sample::select(vec![
                Kind::Fine, Kind::Refused, Kind::Unwanted, Kind::UnwantedTitle, Kind::Unreadable, Kind::Foreign, Kind::KnownBefore,
            ]),
            0..NAMES.len(),
        ),
        page_size in 1_usize..6,
    ) {
        life(async {
            let mut rig = Rig::new();
            let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
            cloud.page_size(page_size);
            let excluded = Marks { titles: Patterns::new(&["^Test"]).unwrap(), ..Marks::default() };
            rig.filter = Filter { min_severity: Some(Severity::Medium), excluded, ..Filter::default() };
            let of = |wanted: Kind| kinds.iter().filter(|kind| **kind == wanted).count() as u64;
            // What is known before was read once already, and is read again within the overlap.
            let before = of(Kind::KnownBefore);
            for (at, (name, kind)) in (-400..).zip(NAMES.iter().zip(&kinds)) {
                if *kind == Kind::KnownBefore {
                    put(&cloud, name, at, *kind);
                }
            }
            let refused = NAMES.iter().zip(&kinds).filter(|(_, kind)| **kind == Kind::Refused);
            let judged = refused.map(|(name, _)| (*name, Verdict::Refused("too large".to_owned()))).collect();
            desk.lastingly(Mood::Judges(judged));
            rig.start(&cloud, &[&desk]);
            // The first pass starts within the minute and comes back every minute; look between two of them.
            while rig.tape.asked().is_empty() {
                sleep(SECOND).await;
            }
            sleep(30 * SECOND).await;
            for (at, (name, kind)) in (-300..).zip(NAMES.iter().zip(&kinds)) {
                if *kind != Kind::KnownBefore {
                    put(&cloud, name, at, *kind);
                }
            }
            sleep(60 * SECOND).await;
            let outcomes: BTreeMap<&str, u64> = Outcome::ALL.iter().map(|outcome| (outcome.as_str(), rig.total(*outcome))).collect();
            let expected = BTreeMap::from([
                ("forwarded", of(Kind::Fine) + before),
                ("filtered", of(Kind::Unwanted) + of(Kind::UnwantedTitle)),
                ("dead_lettered", of(Kind::Refused) + of(Kind::Unreadable) + of(Kind::Foreign)),
                ("duplicate", before),
            ]);
            assert_eq!(outcomes, expected);
            assert_eq!(rig.ports.metrics.total_read(), outcomes.values().sum::<u64>());
        });
    }
}

/// What a route tells of its alerts: a counter for each outcome that there was.
#[test]
fn what_was_forwarded_shortened_is_counted_and_what_did_not_happen_is_not() {
    life(async {
        let mut rig = Rig { encoder: Encoder::of(Format::Ocsf), ..Rig::new() };
        let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
        let title = format!(r#"{{"title":"{}","#, "long ".repeat(4000));
        for name in ["short", "long1", "long2", "refused"] {
            cloud.add(name, -300);
            cloud.change(name, |raw| if name == "short" { raw.to_owned() } else { raw.replacen('{', &title, 1) });
        }
        desk.room.store(8000, Ordering::Relaxed);
        desk.lastingly(Mood::Judges(vec![("refused", Verdict::Refused("not today".to_owned()))]));
        let told = |rig: &Rig| {
            let text = rig.ports.metrics.render();
            let of_route = |line: &&str| line.contains("sink=\"siem\"") && line.contains(TENANT);
            let ours = |line: &&str| of_route(line) && (line.contains("alerts_shortened") || line.contains("outcome="));
            let value = |line: &str| line.rsplit(' ').next().unwrap().to_owned();
            let mut told: Vec<String> = text.lines().filter(ours).map(value).collect();
            told.sort();
            told
        };
        rig.start(&cloud, &[&desk]);
        sleep(59 * SECOND).await;
        while rig.total(Outcome::Forwarded) == 0 {
            sleep(SECOND).await;
        }
        assert_eq!(told(&rig), ["1", "2", "3"], "kept aside, shortened, forwarded: {}", rig.ports.metrics.render());
    });
}
