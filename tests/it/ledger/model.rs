//! Random steps against a plain map: whatever is asked in whatever order, both ledgers answer as the map does.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use alertferry::ledger::settings::Kind;
use alertferry::ledger::{Known, Ledger, RouteKey, Seen, SeenKey, Step};
use alertferry::tenant::{SinkName, TenantId};
use jiff::Timestamp;
use proptest::prelude::*;

use super::build::{FEED, at, letter, open, sink, tenant};

/// What can be done to a ledger.
#[derive(Debug, Clone)]
enum Act {
    /// Several at once, so that they may share a commit; each of a route of its own, so that their order does not matter.
    Record(Vec<Step>),
    Forget(Timestamp),
    Reopen,
}

#[derive(Debug, Default)]
struct Model {
    seen: HashMap<(TenantId, Option<SinkName>, String), Known>,
    dead: BTreeMap<(TenantId, Option<SinkName>), Vec<String>>,
    cursors: BTreeMap<(TenantId, SinkName), Timestamp>,
}

impl Model {
    fn record(&mut self, step: Step) {
        let RouteKey { tenant, sink, .. } = step.route;
        for Seen { key, known } in step.seen {
            self.seen.insert((tenant.clone(), sink.clone(), key.id), known);
        }
        for letter in step.dead {
            let dead = self.dead.entry((tenant.clone(), sink.clone())).or_default();
            if !dead.contains(&letter.alert_id) {
                dead.push(letter.alert_id);
            }
        }
        if let (Some(cursor), Some(sink)) = (step.cursor, sink) {
            self.cursors.insert((tenant, sink), cursor);
        }
    }

    fn aside(&self) -> Vec<(TenantId, Option<SinkName>, u64)> {
        self.dead.iter().map(|((tenant, sink), dead)| (tenant.clone(), sink.clone(), dead.len() as u64)).collect()
    }
}

const IDS: i64 = 12;

/// An alert's creation time as some feed gives it: within a day of the truth, or not at all.
fn key() -> impl Strategy<Value = SeenKey> {
    (0..IDS, proptest::option::weighted(0.8, 0_i64..86_400)).prop_map(|(number, late)| {
        let truth = at("2026-03-01T00:00:00Z").as_second() + number * 50_000;
        SeenKey { id: format!("id{number}"), created: late.map(|late| Timestamp::from_second(truth + late).unwrap()) }
    })
}

fn moment() -> impl Strategy<Value = Timestamp> {
    (0_i64..200).prop_map(|hours| at("2026-03-01T00:00:00Z") + jiff::SignedDuration::from_hours(hours))
}

fn routes() -> Vec<RouteKey> {
    let route = |tenant_name: &str, sink_name: Option<&str>| RouteKey {
        tenant: tenant(tenant_name),
        feed: FEED,
        sink: sink_name.map(sink),
    };
    vec![route("a", Some("siem")), route("a", Some("soc")), route("a", None), route("b", Some("siem"))]
}

fn step(route: RouteKey) -> impl Strategy<Value = Step> {
    let seen = (key(), proptest::option::weighted(0.9, moment()), any::<bool>())
        .prop_map(|(key, revision, resolved)| Seen { key, known: Known { revision, resolved } });
    let dead = (0..IDS).prop_map(|number| letter(&format!("id{number}"), "refused"));
    (proptest::collection::vec(seen, 0..8), proptest::collection::vec(dead, 0..3), proptest::option::of(moment()))
        .prop_map(move |(seen, dead, cursor)| Step { seen, dead, cursor, ..Step::of(route.clone()) })
}

fn act() -> impl Strategy<Value = Act> {
    let steps = proptest::sample::subsequence(routes(), 1..=4)
        .prop_flat_map(|routes| routes.into_iter().map(step).collect::<Vec<_>>())
        .prop_map(Act::Record);
    prop_oneof![8 => steps, 1 => moment().prop_map(Act::Forget), 1 => Just(Act::Reopen)]
}

async fn compare(ledger: &dyn Ledger, model: &Model, keys: &[SeenKey]) {
    let figures = ledger.figures().await.unwrap();
    assert_eq!(figures.ids, model.seen.len() as u64);
    let aside: Vec<_> = figures.dead_letters.into_iter().map(|aside| (aside.tenant, aside.sink, aside.letters)).collect();
    assert_eq!(aside, model.aside());
    for route in routes() {
        let expected: Vec<_> =
            keys.iter().map(|key| model.seen.get(&(route.tenant.clone(), route.sink.clone(), key.id.clone())).copied()).collect();
        assert_eq!(ledger.known(&route.tenant, route.sink.as_ref(), keys.to_vec()).await.unwrap(), expected, "{route:?}");
        let cursors = model.cursors.iter().filter(|((tenant, _), _)| *tenant == route.tenant);
        let cursors: Vec<_> = cursors.map(|((_, sink), cursor)| (sink.clone(), *cursor)).collect();
        assert_eq!(ledger.cursors(&route.tenant, FEED).await.unwrap(), cursors);
    }
}

/// `reopen` closes and opens again where that keeps what was recorded.
async fn play(mut ledger: Arc<dyn Ledger>, acts: Vec<Act>, keys: &[SeenKey], reopen: impl Fn() -> Option<Arc<dyn Ledger>>) {
    let mut model = Model::default();
    for act in acts {
        match act {
            Act::Record(steps) => {
                let results = futures_util::future::join_all(steps.iter().map(|step| ledger.record(step.clone()))).await;
                assert!(results.iter().all(Result::is_ok), "{results:?}");
                for step in steps {
                    model.record(step);
                }
            }
            Act::Forget(before) => {
                ledger.forget(before).await.unwrap();
                // Without a revision it counts when it was recorded: now, which is later than any moment here.
                model.seen.retain(|_, known| known.revision.is_none_or(|revision| revision >= before));
            }
            Act::Reopen => {
                ledger.close().await.unwrap();
                ledger = reopen().unwrap_or(ledger);
            }
        }
        compare(&*ledger, &model, keys).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn both_ledgers_answer_as_a_plain_map_does(
        acts in proptest::collection::vec(act(), 1..16),
        keys in proptest::collection::vec(key(), 1..24),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            play(open(Kind::Memory).unwrap(), acts.clone(), &keys, || None).await;
            let folder = tempfile::tempdir().unwrap();
            let reopen = || Some(open(Kind::Embedded(folder.path().to_owned())).unwrap());
            play(reopen().unwrap(), acts, &keys, reopen).await;
        });
    }
}
