//! A ledger in trouble under a daemon that goes on: its disk takes a second for each sync, or somebody overwrites its files.

use std::fs;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::time::Duration;

use super::disk::{PAGE, begins_anew, hear, on};
use super::machine::Machine;
use super::scene::due;
use super::score::Score;
use super::size;
use crate::support::daemon::GENEROUS;
use crate::support::service::poll;

/// A page waits for the commit under way and for its own, and a tenant's second page for its first; the rest is for a busy machine.
/// A page whose alerts were recorded one by one would take a minute.
const IN_TIME: Duration = Duration::from_secs(30);

#[test]
fn a_ledger_on_a_disk_that_takes_a_second_for_each_sync() {
    let machine = Machine::new();
    let (lab, mut daemon, mut out) = on(&machine);
    machine.lag(Duration::from_secs(1));
    for _ in 0..size(3, 20) {
        lab.tenants().iter().for_each(|tenant| drop(lab.generate(&tenant.name, PAGE)));
        out.wait_for(&due(&lab), GENEROUS);
    }
    assert!(machine.struck() > 0, "no sync was slow");
    let due = due(&lab);
    let arrivals = out.settle(&daemon, &due, GENEROUS);
    let score = Score::of("ledger-disk-slow").add(&due, arrivals).late_up_to(IN_TIME).nothing_to_tell();
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    score.keep();
}

/// Overwrites all that the ledger holds, in its file and in its log, but for the first page, which says what kind of file it is.
fn overwrite(ledger: &Path) {
    for (name, from) in [("ledger.sqlite3", 4096), ("ledger.sqlite3-wal", 0)] {
        let file = fs::File::options().write(true).open(ledger.join(name)).expect("a file of the ledger");
        let length = file.metadata().expect("its length").len().saturating_sub(from);
        let noise: Vec<u8> = (0..length).map(|place| (place * 31 % 251) as u8).collect();
        file.write_all_at(&noise, from).expect("a file that can be written");
    }
}

#[test]
fn a_ledger_that_is_overwritten_while_it_is_in_use() {
    let (lab, mut daemon, mut out) = on(&Machine::new());
    let ledger = daemon.folder().join("ledger");
    overwrite(&ledger);
    let before = out.look().len();
    lab.tenants().iter().for_each(|tenant| drop(lab.generate(&tenant.name, 3 * PAGE)));
    let told = hear(&daemon);
    assert!(told.as_ref().is_some_and(|told| told.contains("Restore the ledger")), "{told:?}: {}", daemon.log());
    // It asks again and again, and sends nothing that it cannot record: at most the page that each tenant had in hand.
    let asked = || lab.requests().recent.len();
    let so_far = asked();
    assert!(poll(GENEROUS, || asked() > so_far + 4), "it no longer asks");
    let sent = out.look().len() - before;
    assert!(sent <= 2 * PAGE, "{sent} alerts were sent over a ledger that is damaged");
    let alarms = || daemon.json("/api/v1/alarms").as_array().expect("a list").clone();
    assert!(poll(GENEROUS, || alarms().iter().any(|alarm| alarm["kind"] == "ledger")), "{}", daemon.log());
    assert_eq!(alarms().len(), 1, "the sink is not to be blamed: {:?}", alarms());
    daemon.kill();
    // The operator has no backup.
    fs::rename(&ledger, daemon.folder().join("damaged")).expect("a folder of ours");
    begins_anew(Score::of("ledger-damaged-in-use"), (lab, daemon, out), told);
}
