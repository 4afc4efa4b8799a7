//! `$expand` that fails for ever: incidents and alerts come all the same, and the operator is told what they lack.

use std::time::Duration;

use super::scene::{TENANT, cloud, due, history, id_of, setup};
use super::score::{Due, Score};
use super::size;
use super::tail::Tail;
use super::told;

const LIMIT: Duration = Duration::from_mins(10);

#[test]
fn incidents_and_alerts_go_out_although_expand_fails_for_ever() {
    let lab = cloud(history(1, size(20, 200)), &["expand-fails"]);
    let daemon = setup(&lab)
        .default("feeds", "[\"graph-alerts\", \"graph-incidents\"]")
        .default("budget", "{ graph-alerts = \"10000/s\", graph-incidents = \"10000/s\" }")
        .start();
    let tenant = id_of(&lab, TENANT);
    let incident = |id: &str, since| Due { key: format!("{tenant}/incident:{id}"), since };
    let mut due = due(&lab);
    due.extend(lab.incidents(TENANT).into_iter().map(|truth| incident(&truth.id, lab.started)));
    let mut out = Tail::of(&daemon, "out");
    let arrivals = out.settle(&daemon, &due, LIMIT);
    Score::of("expand-fails-for-ever")
        .add(&due, arrivals)
        .told(told::log(&daemon, "WARN", "The server keeps failing on $expand"))
        .told(told::log(&daemon, "WARN", "it goes out without the alerts or evidence inside"))
        .keep();
}
