//! Wall clocks that jump: windows go by the server's time, and everything that waits by time that passes.

use jiff::SignedDuration;

use super::machine::Machine;
use super::scene::{TENANT, cloud, due, history, look_again, setup};
use super::score::Score;
use super::size;
use super::tail::Tail;
use super::told;
use crate::support::daemon::{Daemon, GENEROUS};
use crate::support::service::poll;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
const ALERTS: usize = 5;

/// Alerts come in before, between and after jumps, while the daemon runs and while it does not. A small overlap, so that a window
/// that ended in the server's future would be found out. Where there is something to tell, `tell` waits for it.
fn jumps(score: Score, to: &[SignedDuration], tell: Option<fn(&Daemon) -> Option<String>>) {
    let lab = cloud(history(1, 20), &[]);
    let machine = Machine::new();
    let setup = setup(&lab).default("overlap", "\"2s\"").default("lookback", "\"2h\"");
    let folder = setup.folder().to_owned();
    let mut daemon = machine.under(setup, &folder).start();
    let mut out = Tail::of(&daemon, "out");
    let score = score.mended(alertferry::clock::now());
    out.wait_for(&due(&lab), GENEROUS);
    let mut told = None;
    for round in 0..size(1, 5) {
        for ahead in to {
            machine.clock(*ahead);
            lab.generate(TENANT, ALERTS);
            look_again(&daemon, GENEROUS);
            lab.generate(TENANT, ALERTS);
            told = told.or_else(|| tell.and_then(|tell| tell(&daemon)));
            if round % 2 == 0 {
                daemon.stop();
                lab.generate(TENANT, ALERTS);
                daemon.restart();
            }
        }
        machine.clock(SignedDuration::ZERO);
        lab.generate(TENANT, ALERTS);
        look_again(&daemon, GENEROUS);
        lab.generate(TENANT, ALERTS);
    }
    let due = due(&lab);
    let arrivals = out.settle(&daemon, &due, GENEROUS);
    let score = score.add(&due, arrivals);
    if tell.is_some() { score.told(told) } else { score.nothing_to_tell() }.keep();
}

#[test]
fn a_clock_that_jumps_forward_and_back_again() {
    jumps(Score::of("clock-forward"), &[HOUR, 40 * DAY], None);
}

#[test]
fn a_clock_that_jumps_back_and_forward_again() {
    jumps(Score::of("clock-back"), &[-HOUR, -23 * HOUR], None);
}

#[test]
fn a_clock_that_is_days_behind() {
    jumps(
        Score::of("clock-far-behind"),
        &[-3 * DAY],
        Some(|daemon| {
            let words = "The API's clock is more than a day ahead of ours";
            poll(GENEROUS, || told::log(daemon, "WARN", words).is_some());
            told::log(daemon, "WARN", words)
        }),
    );
}
