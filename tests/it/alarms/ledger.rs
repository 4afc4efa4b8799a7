//! The ledger that cannot be written: one alarm, though every feed and route stands still because of it.

use jiff::Timestamp;

use super::{comes, goes, kinds, setup};
use crate::faults::machine::{Machine, Trouble};
use crate::support::lab::Lab;

#[test]
fn a_ledger_that_cannot_be_written_is_the_one_alarm_until_it_can() {
    let lab = Lab::quiet(3);
    let machine = Machine::new();
    // Longer than the pause (10 s at most) after which a tenant's step is tried again.
    let bounds = "stalled_after = \"15s\"\nbehind_after = \"15s\"\nsink_refusing_after = \"15s\"";
    let setup = setup(&lab, bounds).file_sink("out");
    let ledger = setup.folder().join("ledger");
    let mut daemon = machine.under(setup, &ledger).start();
    let all = |alerts: u64| {
        move |metrics: &crate::support::scrape::Metrics| {
            metrics.sum("alertferry_alerts_total", &[("outcome", "forwarded")]) == alerts
        }
    };
    lab.tenants().iter().for_each(|tenant| drop(lab.generate(&tenant.name, 2)));
    daemon.wait_for_metrics("the first alerts", all(6));
    machine.disk(Some(Trouble::Full));
    lab.tenants().iter().for_each(|tenant| drop(lab.generate(&tenant.name, 2)));
    let alarm = comes(&mut daemon, "ledger", &[]);
    assert!(["tenant", "feed", "sink", "app"].iter().all(|about| alarm[*about].is_null()), "{alarm}");
    assert!(alarm["message"].as_str().unwrap().contains("ledger.sqlite3"), "{alarm}");
    assert!(alarm["advice"].as_str().unwrap().contains("Make room"), "{alarm}");
    // All others follow from it, and would have been told by now.
    let since: Timestamp = alarm["since"].as_str().unwrap().parse().unwrap();
    daemon.wait_until("the end of all other bounds", |_| lab.now("tenant-01").duration_since(since).as_secs() >= 18);
    assert_eq!(kinds(&daemon), ["ledger"], "{}", daemon.log());
    machine.disk(None);
    goes(&mut daemon, "ledger");
    daemon.wait_for_metrics("what had waited", all(12));
    assert_eq!(kinds(&daemon), Vec::<String>::new());
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
}
