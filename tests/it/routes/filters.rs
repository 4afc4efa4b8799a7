//! Which alerts go over which route.

use super::{ids, raw, show_all};
use crate::support::daemon::Setup;
use crate::support::lab::Lab;

#[test]
fn each_route_takes_what_the_filters_of_sink_tenant_and_route_let_pass() {
    let lab = Lab::quiet(2);
    show_all(&lab, "tenant-01");
    show_all(&lab, "tenant-02");
    let names = ["all", "grave", "mail", "open", "ransom", "rest"];
    let tenant = "filter = { exclude = { titles = [\"^TEST\"] } }\n\
                  routes.grave = { filter = { exclude = { categories = [\"credentialaccess\"] } } }\n\
                  routes.ransom = { filter = { titles = [\"(?i)ransomware\"], statuses = [\"new\"] } }";
    let mut daemon = Setup::new(&lab)
        .sink("all", &raw("all", ""))
        .sink("grave", &raw("grave", "filter = { min_severity = \"high\" }"))
        .sink("mail", &raw("mail", "filter = { services = [\"microsoftDefenderForOffice365\"] }"))
        .sink("open", &raw("open", "filter = { exclude = { statuses = [\"resolved\"] } }"))
        .sink("ransom", &raw("ransom", ""))
        .sink("rest", &raw("rest", "filter = { categories = [\"CredentialAccess\", \"InitialAccess\"] }"))
        .tenant("tenant-01", tenant)
        .tenant("tenant-02", "sinks = [\"grave\"]")
        .start();
    daemon.wait_for_metrics("both tenants to the end", |metrics| {
        metrics.sum("alertferry_alerts_read_total", &[("tenant", "tenant-01")]) >= 2 * super::SHOWN
            && metrics.sum("alertferry_alerts_read_total", &[("tenant", "tenant-02")]) >= 2 * super::SHOWN
    });
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    let of = |sink: &str, tenant: &str| {
        let id = lab.tenants().into_iter().find(|one| one.name == tenant).expect("a tenant").tenant_id;
        let lines: Vec<_> = daemon.lines(sink).into_iter().filter(|line| line["tenantId"] == *id).collect();
        ids(&lines).into_iter().collect::<Vec<_>>()
    };
    for (sink, expected) in names.into_iter().zip([
        &["aa-identity", "da-closed", "da-high", "da-low", "fa-mail", "zz-bare", "zz-odd"][..],
        &["da-closed", "da-high", "zz-bare", "zz-odd"],
        &["fa-mail", "zz-odd"],
        &["aa-identity", "da-high", "da-low", "fa-mail", "zz-bare", "zz-odd"],
        &["da-high", "zz-bare"],
        &["aa-identity", "fa-mail", "zz-bare", "zz-odd"],
    ]) {
        let mut got = of(sink, "tenant-01");
        // What a made-up alert's service is, is not for this test to know.
        if sink == "mail" {
            got.retain(|id| id != "zz-bare");
        }
        assert_eq!(got, expected, "{sink}");
    }
    assert_eq!(of("grave", "tenant-02"), ["aa-identity", "da-closed", "da-high", "zz-bare", "zz-odd"]);
    assert!(of("all", "tenant-02").is_empty());
}

#[test]
fn labels_travel_over_their_route_only_and_the_nearest_wins() {
    let lab = Lab::quiet(1);
    lab.generate("tenant-01", 3);
    let mut daemon = Setup::new(&lab)
        .default("labels", "{ tier = \"bronze\", from = \"defaults\" }")
        .file_sink("one")
        .sink("two", "kind = \"file\"\npath = \"{folder}/two.jsonl\"\nlabels = { from = \"sink\", queue = \"7\" }")
        .tenant("tenant-01", "labels = { tier = \"gold\" }\nroutes.two = { labels = { tier = \"platinum\" } }")
        .start();
    daemon.wait_until("both files", |daemon| daemon.lines("one").len() == 3 && daemon.lines("two").len() == 3);
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    let texts = |sink: &str| daemon.lines(sink)[0]["metadata"]["labels"].to_string();
    let (one, two) = (texts("one"), texts("two"));
    for (labels, has, lacks) in [
        (one, &["gold", "defaults"][..], &["bronze", "platinum", "queue", "sink"][..]),
        (two, &["platinum", "sink", "queue"], &["bronze", "gold", "defaults"]),
    ] {
        assert!(has.iter().all(|word| labels.contains(word)), "{has:?} in {labels}");
        assert!(!lacks.iter().any(|word| labels.contains(word)), "none of {lacks:?} in {labels}");
    }
}
