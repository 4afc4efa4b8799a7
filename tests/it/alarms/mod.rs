//! Each kind of alarm through the whole program: it comes with a line, a series, an entry and a row on the page, says what to do,
//! and goes again when what was wrong is mended.

mod crowd;
mod feeds;
mod ledger;
mod rest;
mod silence;
mod sinks;

use serde_json::Value;

use crate::support::daemon::{Daemon, Setup};
use crate::support::lab::Lab;

/// A daemon that looks often and is quick to tell; `more` are further keys of `[alarms]`.
fn setup(lab: &Lab, more: &str) -> Setup {
    Setup::new(lab)
        .default("recheck", "\"1s\"")
        .default("feed_retry", "{ first = \"100ms\", most = \"500ms\" }")
        .default("sink_retry", "{ first = \"100ms\", most = \"500ms\" }")
        .default("budget", "{ graph-alerts = \"10000/s\" }")
        .default("sweep", "{ every = \"0s\" }")
        .part(&format!("[alarms]\nevery = \"200ms\"\nclear_after = \"1s\"\n{more}"))
}

/// The alarms that stand, as the API lists them.
fn standing(daemon: &Daemon) -> Vec<Value> {
    daemon.json("/api/v1/alarms").as_array().expect("a list").clone()
}

/// The kinds of the alarms that stand.
fn kinds(daemon: &Daemon) -> Vec<String> {
    standing(daemon).iter().map(|alarm| alarm["kind"].as_str().expect("a word").to_owned()).collect()
}

/// The lines of the log of an alarm's kind with this message.
fn told(daemon: &Daemon, kind: &str, message: &str) -> Vec<Value> {
    let log = daemon.log();
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|line| line["alarm"] == kind && line["message"] == message).collect()
}

/// Waits for an alarm about `about` and looks at every place where it has to stand; gives its entry.
fn comes(daemon: &mut Daemon, kind: &str, about: &[(&str, &str)]) -> Value {
    let is_it = |alarm: &Value| alarm["kind"] == kind && about.iter().all(|(key, value)| alarm[*key] == *value);
    daemon.wait_until(kind, |daemon| standing(daemon).iter().any(is_it));
    let alarm = standing(daemon).into_iter().find(is_it).expect("an alarm that stands");
    let (message, advice) = (alarm["message"].as_str().expect("text"), alarm["advice"].as_str().expect("text"));
    assert!(!message.is_empty() && !advice.is_empty(), "{alarm}");

    let metrics = daemon.metrics();
    let labels: Vec<(&str, &str)> =
        ["tenant", "feed", "sink", "app"].into_iter().map(|label| (label, alarm[label].as_str().unwrap_or_default())).collect();
    let labels = [vec![("kind", kind)], labels].concat();
    assert_eq!(metrics.sum("alertferry_alarm", &labels), 1, "{labels:?} in:\n{}", metrics.text);
    assert!(metrics.sum("alertferry_alarms_standing", &[("kind", kind)]) >= 1);
    assert!(metrics.sum("alertferry_alarms_raised_total", &[("kind", kind)]) >= 1);

    let lines = told(daemon, kind, "An alarm came");
    let mine: Vec<&Value> = lines.iter().filter(|line| about.iter().all(|(key, value)| line[*key] == *value)).collect();
    assert_eq!(mine.len(), 1, "told once: {mine:?}");
    assert!(mine[0]["error"].is_string() && mine[0]["advice"] == advice, "{}", mine[0]);

    let page = daemon.get("/").body;
    assert!(page.contains(&format!("<td class=\"bad\">{kind}</td>")), "{page}");
    alarm
}

/// Waits until the alarm is nowhere any more, and was told to be over.
fn goes(daemon: &mut Daemon, kind: &str) {
    daemon.wait_until(&format!("end of {kind}"), |daemon| !kinds(daemon).iter().any(|one| one == kind));
    let metrics = daemon.metrics();
    assert_eq!(metrics.all("alertferry_alarm", &[("kind", kind)]).count(), 0, "{}", metrics.text);
    assert_eq!(metrics.sum("alertferry_alarms_standing", &[("kind", kind)]), 0);
    assert_eq!(told(daemon, kind, "An alarm is over").len(), told(daemon, kind, "An alarm came").len());
    assert!(!daemon.get("/").body.contains(&format!("<td class=\"bad\">{kind}</td>")));
}
