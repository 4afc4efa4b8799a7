//! Disks that are full, read-only or broken, under a file sink and under the ledger; a ledger that is lost or damaged.

use std::fs;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::time::Duration;

use super::machine::{Machine, Trouble};
use super::ordeal::Ordeal;
use super::scene::{TENANT, cloud, due, history, setup};
use super::score::Score;
use super::size;
use super::tail::Tail;
use super::told;
use crate::support::daemon::{Daemon, GENEROUS};
use crate::support::lab::Lab;
use crate::support::service::poll;

pub const PAGE: usize = 20;

#[test]
fn a_file_on_a_disk_that_is_full_or_read_only_or_broken() {
    let machine = Machine::new();
    let mut file = None;
    let mut ordeal = Ordeal::begin(PAGE, size(Duration::ZERO, Duration::from_mins(1)), |setup| {
        let disk = setup.folder().join("disk");
        fs::create_dir(&disk).expect("a folder in ours");
        file = Some(disk.join("siem.jsonl"));
        let setup = setup.sink("siem", "kind = \"file\"\nformat = \"raw\"\npath = \"{folder}/disk/siem.jsonl\"");
        machine.under(setup, &disk)
    });
    for trouble in [Trouble::Full, Trouble::ReadOnly, Trouble::Broken] {
        ordeal.stage(|| machine.disk(Some(trouble)), || machine.disk(None), true);
    }
    ordeal.stage(|| machine.sync(Some(Trouble::Broken)), || machine.sync(None), true);
    let file = file.expect("a path");
    let lines = || fs::read(&file).expect("the file").split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>();
    ordeal.end(Score::of("sink-file-disk"), || lines().into_iter().filter(|line| !line.is_empty()).collect());
}

/// A daemon whose ledger lies on a disk that can fail, after a first page.
pub fn on(machine: &Machine) -> (Lab, Daemon, Tail) {
    let lab = cloud(history(2, PAGE), &[]);
    let setup = setup(&lab).default("page_size", &format!("{{ graph-alerts = {PAGE} }}"));
    let ledger = setup.folder().join("ledger");
    let daemon = machine.under(setup, &ledger).start();
    let mut out = Tail::of(&daemon, "out");
    out.settle(&daemon, &due(&lab), GENEROUS);
    (lab, daemon, out)
}

/// What the operator reads of a ledger in trouble.
pub fn hear(daemon: &Daemon) -> Option<String> {
    let words = "The ledger cannot be used";
    poll(GENEROUS, || told::log(daemon, "ERROR", words).is_some());
    told::log(daemon, "ERROR", words)
}

/// The ledger's disk fails while alerts come in, and works again: what was delivered meanwhile is recorded then.
fn fails_for_a_while(score: Score, fail: impl Fn(&Machine, Option<Trouble>), trouble: Trouble) {
    let machine = Machine::new();
    let (lab, mut daemon, mut out) = on(&machine);
    fail(&machine, Some(trouble));
    for tenant in lab.tenants() {
        lab.generate(&tenant.name, PAGE);
    }
    let told = hear(&daemon);
    let struck = machine.struck();
    assert!(poll(GENEROUS, || machine.struck() > struck), "it is tried again and again");
    fail(&machine, None);
    let score = score.mended(alertferry::clock::now());
    let due = due(&lab);
    let arrivals = out.settle(&daemon, &due, GENEROUS);
    let score = score.add(&due, arrivals).told(told);
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    score.keep();
}

#[test]
fn a_ledger_on_a_full_disk() {
    fails_for_a_while(Score::of("ledger-disk-full"), Machine::disk, Trouble::Full);
}

#[test]
fn a_ledger_on_a_disk_that_becomes_read_only() {
    fails_for_a_while(Score::of("ledger-disk-read-only"), Machine::disk, Trouble::ReadOnly);
}

#[test]
fn a_ledger_on_a_disk_that_keeps_nothing() {
    fails_for_a_while(Score::of("ledger-disk-broken"), Machine::sync, Trouble::Broken);
}

#[test]
fn a_ledger_on_a_full_disk_whose_daemon_is_killed() {
    let machine = Machine::new();
    let (lab, mut daemon, mut out) = on(&machine);
    machine.disk(Some(Trouble::Full));
    for tenant in lab.tenants() {
        lab.generate(&tenant.name, PAGE);
    }
    let told = hear(&daemon);
    daemon.kill();
    machine.disk(None);
    let score = Score::of("ledger-disk-full-killed").mended(alertferry::clock::now());
    daemon.restart();
    let due = due(&lab);
    let arrivals = out.settle(&daemon, &due, GENEROUS);
    score.add(&due, arrivals).repeats_up_to(2 * PAGE).told(told).keep();
}

/// A ledger that is gone costs what the look-back reaches, once more.
pub fn begins_anew(score: Score, (lab, mut daemon, mut out): (Lab, Daemon, Tail), told: Option<String>) {
    let score = score.mended(alertferry::clock::now());
    daemon.restart();
    lab.generate(TENANT, PAGE);
    let due = due(&lab);
    let arrivals = out.settle(&daemon, &due, GENEROUS);
    score.add(&due, arrivals).repeats_up_to(due.len()).told(told).keep();
}

#[test]
fn a_ledger_whose_folder_is_deleted_while_it_is_in_use() {
    let (lab, mut daemon, out) = on(&Machine::new());
    fs::remove_dir_all(daemon.folder().join("ledger")).expect("the ledger's folder");
    lab.generate(TENANT, PAGE);
    let told = hear(&daemon);
    assert_eq!(daemon.stop(), Some(2), "what was delivered could not be recorded: {}", daemon.log());
    begins_anew(Score::of("ledger-lost"), (lab, daemon, out), told);
}

/// Overwrites all but the first page, which says what kind of file it is.
fn damage(ledger: &Path) {
    let file = fs::File::options().write(true).open(ledger.join("ledger.sqlite3")).expect("the ledger");
    let length = file.metadata().expect("its length").len();
    let noise: Vec<u8> = (0..length - 4096).map(|place| (place * 31 % 251) as u8).collect();
    file.write_all_at(&noise, 4096).expect("a file that can be written");
}

#[test]
fn a_ledger_whose_file_is_damaged() {
    let (lab, mut daemon, out) = on(&Machine::new());
    assert_eq!(daemon.stop(), Some(0));
    let ledger = daemon.folder().join("ledger");
    damage(&ledger);
    let mut service = daemon.setup.launch();
    let said = || service.log().lines().rfind(|line| line.contains("is damaged")).map(str::to_owned);
    assert!(poll(GENEROUS, || said().is_some()), "{}", service.log());
    let said = said().expect("a line of the log");
    assert!(said.contains("Restore the ledger from a backup"), "{said}");
    service.kill();
    // The operator has no backup.
    fs::rename(&ledger, daemon.folder().join("damaged")).expect("a folder of ours");
    begins_anew(Score::of("ledger-damaged"), (lab, daemon, out), Some(said));
}
