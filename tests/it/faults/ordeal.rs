//! A sink in trouble, stage by stage, beside another sink of the same tenants that goes on undisturbed; in the end both are scored.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::Value;

use super::scene::{cloud, due, history, look_again, setup};
use super::score::{Arrival, Due, Score};
use super::size;
use super::tail::{Tail, key};
use crate::support::daemon::{Daemon, GENEROUS, Setup};
use crate::support::lab::Lab;
use crate::support::service::poll;

/// The other sink's alerts wait for their pass (1 s) and once for the pass's patience with the one in trouble (1 s); the rest is for
/// a busy machine. A dead sink that held the others up would cost far more: a pass waits 30 s for a page.
const UNDISTURBED: Duration = Duration::from_secs(25);

/// A daemon with the sinks `out`, a file, and `siem`, which is in for something.
pub struct Ordeal {
    pub lab: Lab,
    pub daemon: Daemon,
    out: Tail,
    /// How many alerts of each tenant are offered at once.
    page: usize,
    /// How long each trouble lasts at least.
    hold: Duration,
    /// What was offered in each stage, when the trouble ended and when all of it had arrived.
    stages: Vec<(Vec<Due>, Timestamp, Timestamp)>,
    told: Vec<String>,
}

impl Ordeal {
    /// Starts the daemon that `plan` makes of the usual one, and sees a first page arrive. Format `raw`, please.
    pub fn begin(page: usize, hold: Duration, plan: impl FnOnce(Setup) -> Setup) -> Self {
        let lab = cloud(history(2, 0), &[]);
        let setup = setup(&lab)
            // What is offered at once is one page, whatever rows of the overlap come with it: a few alerts would fit into buffers on the way,
            // be acknowledged from there, and be lost with them.
            .default("page_size", &format!("{{ graph-alerts = {} }}", size(1000, page)))
            .default("sink_retry", "{ first = \"200ms\", most = \"1s\" }");
        let daemon = plan(setup).start();
        let out = Tail::of(&daemon, "out");
        let mut ordeal = Self { lab, daemon, out, page, hold, stages: Vec::new(), told: Vec::new() };
        ordeal.stage(|| (), || (), false);
        ordeal
    }

    /// Offers pages between the beginning of a trouble and its end, and waits until all has arrived. Where it is one to tell, the sink has to be called down; else it must not be.
    pub fn stage(&mut self, begin: impl FnOnce(), mend: impl FnOnce(), is_told: bool) {
        let before: HashSet<String> = due(&self.lab).into_iter().map(|one| one.key).collect();
        begin();
        let ends = Instant::now() + self.hold;
        loop {
            self.lab.tenants().iter().for_each(|tenant| drop(self.lab.generate(&tenant.name, self.page)));
            let offered = Instant::now();
            self.out.wait_for(&due(&self.lab), GENEROUS);
            assert!(offered.elapsed() < UNDISTURBED, "the other sink waited for {:?}", offered.elapsed());
            if Instant::now() >= ends {
                break;
            }
            look_again(&self.daemon, GENEROUS);
        }
        if is_told {
            let heard = self.hear();
            self.told.push(heard);
        }
        mend();
        let (mended, all) = (alertferry::clock::now(), due(&self.lab));
        let arrived = || self.daemon.metrics().sum("alertferry_alerts_total", &[("sink", "siem"), ("outcome", "forwarded")]);
        let came = poll(GENEROUS, || arrived() >= all.len() as u64);
        assert!(came, "{} of {} came; {}\n{}", arrived(), all.len(), self.sink(), self.daemon.log());
        assert!(is_told || self.sink()["up"] == true, "this is no failure: {}", self.sink());
        let due = all.into_iter().filter(|one| !before.contains(&one.key)).collect();
        self.stages.push((due, mended, alertferry::clock::now()));
    }

    /// Waits until the sink is called down, and gives what the operator reads there.
    fn hear(&self) -> String {
        let mut sink = self.sink();
        let came = poll(GENEROUS, || {
            sink = self.sink();
            sink["up"] == false
        });
        assert!(came, "in stage {} nobody was told: {sink}", self.stages.len());
        let text = |key: &str| sink[key].as_str().unwrap_or_default().to_owned();
        assert!(!text("advice").is_empty(), "no advice: {sink}");
        format!("{} → {}", text("last_error"), text("advice"))
    }

    fn sink(&self) -> Value {
        let sinks = self.daemon.json("/api/v1/sinks");
        let sinks = sinks.as_array().expect("a list of sinks");
        sinks.iter().find(|sink| sink["name"] == "siem").expect("the sink").clone()
    }

    /// Ends the daemon and scores both sinks, once the receiver has written down what it took.
    pub fn end(mut self, score: Score, documents: impl Fn() -> Vec<Vec<u8>>) {
        let all = due(&self.lab);
        let score = score.add(&all, self.out.settle(&self.daemon, &all, GENEROUS));
        assert_eq!(self.daemon.stop(), Some(0), "{}", self.daemon.log());
        let mut keys = Vec::new();
        poll(GENEROUS, || {
            keys = documents().iter().map(|document| key(document, false)).collect();
            let there: HashSet<&String> = keys.iter().collect();
            all.iter().all(|due| there.contains(&due.key))
        });
        let known: HashSet<&String> = all.iter().map(|due| &due.key).collect();
        let strange: Vec<&String> = keys.iter().filter(|key| !known.contains(key)).collect();
        assert!(strange.is_empty(), "{strange:?}");
        let score = self.stages.iter().fold(score, |score, (due, mended, complete)| {
            let of_stage: HashSet<&String> = due.iter().map(|due| &due.key).collect();
            let arrived = keys.iter().filter(|key| of_stage.contains(key));
            let arrivals: Vec<_> = arrived.map(|key| Arrival { key: key.clone(), at: Some(*complete) }).collect();
            score.mended(*mended).add(due, &arrivals)
        });
        score.told((!self.told.is_empty()).then(|| self.told.join("; "))).keep();
    }
}
