//! Pages that end too early, fail half-way or hold more than they can: nothing behind them may be lost.

use std::time::Duration;

use super::scene::{Tail, cloud, due, history, setup};
use super::score::Score;
use super::size;

const LIMIT: Duration = Duration::from_mins(2);

#[test]
fn full_pages_without_a_next_link_are_not_the_end() {
    let lab = cloud(history(1, size(300, 5_000)), &["links=never"]);
    let mut daemon = setup(&lab).default("page_size", "{ graph-alerts = 50 }").start();
    let mut out = Tail::of(&daemon, "out");
    let due = due(&lab);
    let arrivals = out.settle(&mut daemon, &due, LIMIT);
    Score::of("full-page-without-link").add(&due, arrivals).nothing_to_tell().keep();
}
