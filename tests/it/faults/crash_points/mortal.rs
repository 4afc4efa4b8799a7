//! A daemon that dies again and again at points of the code, over one cloud, one ledger and one sink.

use std::collections::BTreeSet;
use std::time::Duration;

use alertferry::clock;

use super::{Cost, cost, died_at};
use crate::faults::long;
use crate::faults::scene::{TENANT, due, look_again, setup};
use crate::faults::score::{Arrival, Due, Score};
use crate::faults::tail;
use crate::support::daemon::{Daemon, GENEROUS};
use crate::support::lab::Lab;
use crate::support::service::poll;
use crate::support::setup::Setup;

/// So many alerts make a page.
pub const PAGE: usize = 5;

/// How the IDs of records begin that no sink may get.
pub const FOREIGN: &str = "da-foreign-";

/// What has arrived at the sink so far.
pub type Look = Box<dyn Fn(&Daemon) -> Vec<Arrival>>;

pub struct Mortal {
    pub lab: Lab,
    pub daemon: Daemon,
    look: Look,
    /// How many repeats the deaths so far may have led to.
    allowed: usize,
}

/// Small pages, and an overlap that covers no more than what a clock of whole seconds asks for.
pub fn hasty(lab: &Lab) -> Setup {
    setup(lab).default("overlap", "\"3s\"").default("page_size", &format!("{{ graph-alerts = {PAGE} }}"))
}

/// At which arrivals the process dies.
pub fn arrivals() -> &'static [u32] {
    if long() { &[1, 2, 3, 5, 8] } else { &[1, 3] }
}

/// What has arrived at the file sink of [`hasty`].
pub fn in_file(daemon: &Daemon) -> Vec<Arrival> {
    tail::in_file(daemon, "out")
}

impl Mortal {
    /// Starts it where nothing has happened yet, with some alerts to begin with, and sees them arrive.
    pub fn start(lab: Lab, setup: Setup, look: Look) -> Self {
        let daemon = setup.start();
        let mut mortal = Self { lab, daemon, look, allowed: 0 };
        mortal.more(PAGE);
        mortal.recover();
        mortal
    }

    /// As [`Mortal::start`], but its very first start is the one that dies at this point.
    pub fn dead_at_once(lab: Lab, mut setup: Setup, look: Look, (point, arrival): (&str, u32)) -> Self {
        arm(&mut setup, Some((point, arrival)));
        let daemon = Daemon::launch(setup);
        let mut mortal = Self { lab, daemon, look, allowed: 0 };
        mortal.wait_for_death(point, arrival);
        mortal
    }

    /// Lets new alerts come in, each with a time of its own.
    pub fn more(&self, count: usize) {
        let now = self.lab.now(TENANT);
        for number in (0..count).rev() {
            self.lab.generate_at(TENANT, 1, now - Duration::from_millis(number as u64));
        }
    }

    /// Ends it as a power cut would, and starts it again to die at a point; there is enough to do for it to come by so often.
    pub fn dies_at(&mut self, point: &str, arrival: u32) {
        self.daemon.kill();
        self.more((arrival as usize + 1) * PAGE);
        self.rises_and_dies_at(point, arrival);
    }

    /// As [`Mortal::dies_at`], of one that has ended and has what it needs to come by.
    pub fn rises_and_dies_at(&mut self, point: &str, arrival: u32) {
        arm(&mut self.daemon.setup, Some((point, arrival)));
        self.daemon.relaunch();
        self.wait_for_death(point, arrival);
    }

    /// Sees a running daemon die at a point that it was started with.
    pub fn wait_for_death(&mut self, point: &str, arrival: u32) {
        println!("waiting for the process to die at {point}, arrival {arrival}");
        let status = self.daemon.service.wait(GENEROUS);
        died_at(&format!("{point}:{arrival}"), status, &self.daemon.log_of_this_run());
        if cost(point) == Cost::AtMostThePage {
            self.allowed += PAGE;
        }
        if long() {
            // Alone, so that what is wrong has a name; in the quick form the next start is the one that recovers.
            let before = self.repeats();
            self.daemon_lives();
            self.recover();
            let repeats = self.repeats() - before;
            let most = if cost(point) == Cost::AtMostThePage { PAGE } else { 0 };
            assert!(repeats <= most, "{point}:{arrival} led to {repeats} repeats, ARCHITECTURE.md allows {most}");
        }
        let repeats = self.repeats();
        assert!(repeats <= self.allowed, "{repeats} repeats by {point}:{arrival}, {} are allowed so far", self.allowed);
    }

    /// Starts it without a point to die at.
    pub fn daemon_lives(&mut self) {
        arm(&mut self.daemon.setup, None);
        self.daemon.restart();
    }

    /// Waits until everything has arrived, and repeats would have.
    pub fn recover(&mut self) {
        let due = self.due();
        poll(GENEROUS, || {
            let came: BTreeSet<String> = (self.look)(&self.daemon).into_iter().map(|arrival| arrival.key).collect();
            due.iter().all(|one| came.contains(&one.key))
        });
        look_again(&self.daemon, GENEROUS);
    }

    /// What must arrive: all that the tenant has but what names another one.
    pub fn due(&self) -> Vec<Due> {
        due(&self.lab).into_iter().filter(|one| !one.key.contains(FOREIGN)).collect()
    }

    /// How many arrivals so far were not the first of their kind.
    pub fn repeats(&self) -> usize {
        let came = (self.look)(&self.daemon);
        let mut keys: Vec<&str> = came.iter().map(|arrival| arrival.key.as_str()).collect();
        let all = keys.len();
        keys.sort_unstable();
        keys.dedup();
        all - keys.len()
    }

    /// Lives on to see everything arrive, ends in good order, and scores. That a process died is for its supervisor to tell.
    pub fn score(&mut self, score: Score) -> Score {
        let mended = clock::now();
        self.daemon.kill();
        self.daemon_lives();
        self.recover();
        assert_eq!(self.daemon.stop(), Some(0), "{}", self.daemon.log());
        score.mended(mended).add(&self.due(), &(self.look)(&self.daemon)).repeats_up_to(self.allowed).nothing_to_tell()
    }
}

fn arm(setup: &mut Setup, point: Option<(&str, u32)>) {
    let text = point.map(|(point, arrival)| format!("{point}:{arrival}"));
    setup.set_env("ALERTFERRY_CRASH_AT", text.as_deref());
}
