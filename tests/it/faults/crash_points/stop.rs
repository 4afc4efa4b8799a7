//! A polite stop that is cut short.

use super::mortal::{Mortal, PAGE, hasty, in_file};
use crate::faults::score::Score;
use crate::faults::size;
use crate::support::lab::Lab;

pub const POINTS: [&str; 6] =
    ["stop.no-new-passes", "stop.drained", "stop.sinks-closed", "ledger.closing", "ledger.closed", "stop.ledger-closed"];

#[test]
fn a_death_while_stopping_loses_nothing() {
    let lab = Lab::quiet(1);
    let setup = hasty(&lab);
    let mut mortal = Mortal::start(lab, setup, Box::new(in_file));
    mortal.daemon.kill();
    for point in POINTS {
        for time in 0..size(1, 4) {
            mortal.daemon.setup.set_env("ALERTFERRY_CRASH_AT", Some(point));
            mortal.daemon.restart();
            // Something is under way, more or less far.
            mortal.more(PAGE * 4);
            if time % 2 == 0 {
                mortal.daemon.wait_for_metrics("alerts on their way", |metrics| {
                    metrics.sum("alertferry_alerts_total", &[("outcome", "forwarded")]) >= 1
                });
            }
            mortal.daemon.service.signal("TERM");
            mortal.wait_for_death(point, 1);
            mortal.daemon.kill();
        }
    }
    mortal.score(Score::of("death-while-stopping")).keep();
}
