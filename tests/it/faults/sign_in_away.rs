//! Microsoft's sign-in fails for everybody for a while, with tokens that last for seconds.

use std::time::Duration;

use alertferry::simulator::Settings;

use super::scene::{TENANT, cloud, due, each, history, set, setup};
use super::score::Score;
use super::tail::Tail;
use super::{size, told};
use crate::support::daemon::GENEROUS;
use crate::support::service::poll;

/// The longest pause between two tries (500 ms here), a sign-in, a pass and its pages; the rest is for a busy machine.
const PROMPT: Duration = Duration::from_secs(20);

#[test]
fn what_came_while_nobody_could_sign_in_comes_with_the_next_token() {
    let played = each(&["token-html", "token-status=503", "token-status=500"], |fault| {
        let lab = cloud(Settings { token_life: Duration::from_secs(4), ..history(2, 10) }, &[]);
        let daemon = setup(&lab).start();
        let mut out = Tail::of(&daemon, "out");
        out.settle(&daemon, &due(&lab), GENEROUS);
        set(&lab, fault);
        let told = told::state(&daemon, TENANT, "graph-alerts", "degraded");
        lab.tenants().iter().for_each(|tenant| drop(lab.generate(&tenant.name, 5)));
        assert!(!poll(size(Duration::from_secs(1), Duration::from_mins(2)), || out.look().len() == due(&lab).len()), "{fault}");
        lab.clear_faults();
        let mended = alertferry::clock::now();
        let due = due(&lab);
        (mended, due.clone(), out.settle(&daemon, &due, GENEROUS).to_vec(), told)
    });
    let mut score = Score::of("sign-in-away").late_up_to(PROMPT);
    for (mended, due, arrivals, told) in &played {
        score = score.mended(*mended).add(due, arrivals).told(told.clone());
    }
    score.keep();
}
