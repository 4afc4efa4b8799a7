//! A hostile or broken API: whatever it does to one tenant, another goes on undisturbed, and nothing of its own is lost.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use super::scene::{cloud, due_of, history, look_again, set, setup};
use super::score::Score;
use super::size;
use super::tail::Tail;
use super::told;
use crate::support::daemon::{Daemon, GENEROUS};

const VICTIM: &str = "tenant-01";
const OTHER: &str = "tenant-02";
const FEED: &str = "graph-alerts";

/// A pass a second; the rest is for a busy machine, where 3 GB may be inflated meanwhile. A pass that had to wait for the hostile
/// one would wait until that ended, which is later.
const UNDISTURBED: Duration = Duration::from_secs(30);

/// The pause between two tries, a pass and its pages; the rest is for a busy machine. Read row by row it took a minute.
const PROMPT: Duration = Duration::from_secs(20);

/// Plays faults against one tenant until the operator is told, then mends them. `aside` alerts of its own may be kept aside while
/// a fault lasts; they come once it is over, since the overlap reaches them.
fn play(mut score: Score, faults: &[&str], tell: impl Fn(&Daemon) -> Option<String>) {
    let lab = cloud(history(2, size(30, 300)), &[]);
    for fault in faults {
        set(&lab, &format!("{fault}@{VICTIM}"));
    }
    let daemon = setup(&lab).default("page_size", "{ graph-alerts = 10 }").default("overlap", "\"1h\"").start();
    let mut out = Tail::of(&daemon, "out");
    score = score.mended(alertferry::clock::now());
    for _ in 0..size(3, 30) {
        lab.generate(OTHER, 5);
        let offered = Instant::now();
        out.wait_for(&due_of(&lab, OTHER), GENEROUS);
        assert!(offered.elapsed() < UNDISTURBED, "the other tenant waited for {:?}", offered.elapsed());
    }
    let told = tell(&daemon);
    lab.generate(VICTIM, 5);
    score = score.told(told);
    lab.clear_faults();
    let mended = alertferry::clock::now();
    let (own, others) = (due_of(&lab, VICTIM), due_of(&lab, OTHER));
    out.wait_for(&own, GENEROUS);
    look_again(&daemon, GENEROUS);
    let arrivals = out.look().to_vec();
    let (of_others, of_own): (Vec<_>, Vec<_>) =
        arrivals.into_iter().partition(|arrival| others.iter().any(|due| due.key == arrival.key));
    score.add(&others, &of_others).mended(mended).add(&own, &of_own).keep();
}

fn in_state(state: &'static str) -> impl Fn(&Daemon) -> Option<String> {
    move |daemon| told::state(daemon, VICTIM, FEED, state)
}

/// A line of the log about what was kept aside, and the metric that counts it.
fn kept_aside(daemon: &Daemon) -> Option<String> {
    let metric = told::metric(daemon, "alertferry_dead_letters", &[("tenant", VICTIM)])?;
    Some(format!("{metric}; {}", told::log(daemon, "ERROR", "dead letter")?))
}

#[test]
fn a_body_that_never_ends() {
    play(Score::of("hostile-endless-body"), &["endless"], in_state("stalled"));
}

#[test]
fn a_small_body_that_inflates_to_gigabytes() {
    play(Score::of("hostile-gzip-bomb"), &["gzip-bomb=3000"], in_state("stalled"));
}

#[test]
fn records_that_nest_without_end() {
    play(Score::of("hostile-deep-nesting"), &["deep=100000"], |_| Some("nothing to tell".to_owned()));
}

#[test]
fn records_whose_members_have_wrong_types() {
    play(Score::of("hostile-wrong-types"), &["wrong-types=members"], |daemon| {
        assert_eq!(daemon.metrics().outcome(VICTIM, "dead_lettered"), 0, "{}", daemon.log());
        Some("nothing to tell".to_owned())
    });
}

#[test]
fn records_without_a_readable_id() {
    play(Score::of("hostile-no-id"), &["wrong-types=id"], kept_aside);
}

#[test]
fn records_that_are_no_objects() {
    play(Score::of("hostile-no-record"), &["wrong-types=record"], kept_aside);
}

#[test]
fn web_pages_instead_of_answers() {
    // A web page says nothing about the size of pages: they are no smaller afterwards, and all comes with the first answers.
    play(Score::of("hostile-html").late_up_to(PROMPT), &["html=200"], in_state("degraded"));
}

#[test]
fn records_of_another_tenant() {
    play(Score::of("hostile-foreign-record"), &["foreign-record"], |daemon| {
        let metric = told::metric(daemon, "alertferry_dead_letters", &[("tenant", VICTIM)])?;
        Some(format!("{metric}; {}", told::log(daemon, "ERROR", "another tenant")?))
    });
}

/// Somebody else's machine, which must never hear from us.
struct Elsewhere(TcpListener);

impl Elsewhere {
    fn new() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        listener.set_nonblocking(true).expect("a socket");
        Self(listener)
    }

    fn address(&self) -> String {
        self.0.local_addr().expect("an address").to_string()
    }

    /// Whoever connects stands in the listener's queue, even if nobody has accepted yet.
    fn heard_nothing(&self) {
        assert!(self.0.accept().is_err_and(|error| error.kind() == ErrorKind::WouldBlock), "the other host was contacted");
    }
}

#[test]
fn a_redirect_to_another_host() {
    let elsewhere = Elsewhere::new();
    let fault = format!("redirect=http://{}/x", elsewhere.address());
    play(Score::of("hostile-redirect"), &[&fault], |daemon| {
        in_state("broken")(daemon).filter(|told| told.contains("redirect refused") && told.contains("proxy"))
    });
    elsewhere.heard_nothing();
}

#[test]
fn a_next_link_to_another_host() {
    let elsewhere = Elsewhere::new();
    let link = format!("links=http://{}/v1.0/security/alerts_v2?$skiptoken=x", elsewhere.address());
    play(Score::of("hostile-next-link"), &["same-stamp=35", &link], |daemon| {
        told::log(daemon, "WARN", "A next link points at another host")
    });
    elsewhere.heard_nothing();
}
