//! The process may open no more files and connections while it runs, and may again later.

use std::process::Command;
use std::time::Duration;

use super::road::{Mood, Road};
use super::scene::{TENANT, cloud, due, history, setup};
use super::score::Score;
use super::tail::Tail;
use super::{size, told};
use crate::support::daemon::{Daemon, GENEROUS};
use crate::support::service::poll;

const PAGE: usize = 20;

/// The longest pause between two tries (500 ms here), a pass and its pages; the rest is for a busy machine.
const PROMPT: Duration = Duration::from_secs(20);

/// So many descriptors may be open from now on; those that are stay open.
fn limit(daemon: &Daemon, files: u32) {
    let pid = daemon.service.pid().to_string();
    let done = Command::new("prlimit").args(["--pid", &pid, &format!("--nofile={files}:")]).status();
    assert!(done.expect("prlimit (package `util-linux`)").success(), "the limit of {pid} could not be set");
}

#[test]
fn no_further_file_can_be_opened_for_a_while() {
    let lab = cloud(history(1, PAGE), &[]);
    let host = lab.base_url();
    let road = Road::new().to(host.trim_start_matches("http://").trim_end_matches('/'));
    let urls = ["login", "graph", "mde", "xdr", "arm"].map(|api| format!("{api} = \"http://{}\"\n", road.address())).concat();
    let daemon = setup(&lab).part(&format!("[clouds.far]\n{urls}")).tenant(TENANT, "cloud = \"far\"").start();
    let mut out = Tail::of(&daemon, "out");
    out.settle(&daemon, &due(&lab), GENEROUS);
    let mut score = Score::of("out-of-files").late_up_to(PROMPT);
    for _ in 0..size(1, 5) {
        limit(&daemon, 8);
        // The connections that there are break, and no other can be made.
        road.set(Mood::ResetAfter(0));
        lab.generate(TENANT, PAGE);
        // Its admin endpoint cannot be asked meanwhile.
        let words = "Too many open files";
        let heard =
            poll(GENEROUS, || daemon.log().lines().any(|line| line.contains("could not be read") && line.contains(words)));
        assert!(heard, "nobody was told: {}", daemon.log());
        score = score.told(told::log(&daemon, "WARN", "The feed could not be read"));
        assert!(out.look().len() < due(&lab).len(), "it was to have no connection");
        road.set(Mood::Open);
        limit(&daemon, 1024);
        score = score.mended(alertferry::clock::now());
        out.wait_for(&due(&lab), GENEROUS);
    }
    let due = due(&lab);
    let arrivals = out.settle(&daemon, &due, GENEROUS);
    score.add(&due, arrivals).keep();
}
