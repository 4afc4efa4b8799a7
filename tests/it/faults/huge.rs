//! Alerts of 5 MiB between ordinary ones: a file gets them whole, a SIEM with less room gets them shortened or kept aside, and
//! neither their page nor another tenant waits for them.

use serde_json::json;

use super::receivers::document;
use super::scene::{cloud, due, due_of, history, look_again, setup};
use super::score::{Arrival, Due, Score};
use super::tail::{Tail, key};
use super::{size, told};
use crate::oversize::alerts;
use crate::support::daemon::GENEROUS;
use crate::support::rsyslog::Rsyslog;
use crate::support::service::poll;
use crate::support::spool::Listen;

const VICTIM: &str = "tenant-01";
const HUGE: &str = "da-huge-";

#[test]
fn alerts_of_five_mebibytes_among_others() {
    // More than eleven do not fit into the 64 MiB of a tenant's dead letters: the oldest would go, and the log would say so.
    let count = size(2, 10);
    let lab = cloud(history(2, 10), &[]);
    let receivers = [("siem", "shorten"), ("strict", "dead-letter")].map(|(sink, oversize)| {
        let rsyslog = Rsyslog::listening(Listen::Relp(None));
        let keys = format!(
            "kind = \"syslog\"\naddress = {:?}\ntransport = \"relp\"\nformat = \"ocsf\"\nmax_bytes = 100000\noversize = {oversize:?}",
            rsyslog.address()
        );
        (sink, keys, rsyslog)
    });
    let setup = setup(&lab).default("page_size", "{ graph-alerts = 4 }");
    let setup = receivers.iter().fold(setup, |setup, (sink, keys, _)| setup.sink(sink, keys));
    let daemon = setup.start();
    let mut out = Tail::of(&daemon, "out");
    for number in 0..count {
        let mut huge = alerts::huge();
        huge["id"] = json!(format!("{HUGE}{number}"));
        lab.add(VICTIM, &huge);
        lab.tenants().iter().for_each(|tenant| drop(lab.generate(&tenant.name, 3)));
        out.wait_for(&due(&lab), GENEROUS);
    }
    look_again(&daemon, GENEROUS);

    let all = due(&lab);
    let fitting: Vec<Due> = all.iter().filter(|one| !one.key.contains(HUGE)).cloned().collect();
    assert_eq!(all.len() - fitting.len(), count);
    let mut score = Score::of("alert-of-5-mib").add(&all, out.look());
    for ((_, _, rsyslog), due) in receivers.iter().zip([&all, &fitting]) {
        let mut arrivals: Vec<Arrival> = Vec::new();
        poll(GENEROUS, || {
            let documents = rsyslog.messages().into_iter().map(|message| document(&message).expect("a whole document"));
            arrivals = documents.map(|document| Arrival { key: key(&document, false), at: None }).collect();
            arrivals.len() >= due.len()
        });
        score = score.add(due, &arrivals);
    }
    // Both are counted a moment after the last alert has arrived.
    let aside = || daemon.metrics().sum("alertferry_dead_letters", &[("tenant", VICTIM), ("sink", "strict")]);
    poll(GENEROUS, || aside() >= count as u64);
    assert_eq!(aside(), count as u64, "{}", daemon.log());
    let to_each_once = 3 * due_of(&lab, "tenant-02").len() as u64;
    let forwarded = || daemon.metrics().outcome("tenant-02", "forwarded");
    poll(GENEROUS, || forwarded() >= to_each_once);
    assert_eq!(forwarded(), to_each_once);
    score
        .told(told::metric(&daemon, "alertferry_alerts_shortened_total", &[("sink", "siem")]))
        .told(told::log(&daemon, "ERROR", "dead letter"))
        .keep();
}
