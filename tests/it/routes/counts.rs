//! The outcomes of every route add up to what was read, in every life of the program, however it ended.

use std::collections::BTreeSet;
use std::time::Duration;

use alertferry::simulator::Settings;

use super::{ids, raw, wait_until_counts_add_up};
use crate::support::daemon::Setup;
use crate::support::lab::Lab;

const NAMES: [&str; 4] = ["all", "grave", "titled", "none"];

#[test]
fn the_counts_of_each_route_add_up_over_a_clean_end_and_a_kill() {
    let lab = Lab::start(Settings { tenants: 2, history: 40, history_span: Duration::from_mins(10), ..Settings::default() });
    let mut daemon = Setup::new(&lab)
        .default("overlap", "\"20m\"")
        .sink("all", &raw("all", ""))
        .sink("grave", &raw("grave", "filter = { min_severity = \"high\" }"))
        .sink("titled", &raw("titled", "filter = { titles = [\"(?i)malware|access\", \"rule\"] }"))
        .sink("none", &raw("none", "filter = { titles = [\"^no alert is called like this$\"] }"))
        .start();
    for life in 0..3 {
        let wanted: BTreeSet<String> = ["tenant-01", "tenant-02"].iter().flat_map(|tenant| lab.readable(tenant)).collect();
        daemon.wait_until("all of them in the file of all", |daemon| daemon.lines("all").len() >= wanted.len());
        for tenant in ["tenant-01", "tenant-02"] {
            wait_until_counts_add_up(&mut daemon, tenant, &NAMES);
        }
        assert_eq!(ids(&daemon.lines("all")), wanted, "life {life}");
        match life {
            0 => assert_eq!(daemon.stop(), Some(0), "{}", daemon.log()),
            1 => daemon.kill(),
            _ => break,
        }
        lab.generate("tenant-01", 7);
        daemon.restart();
    }
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());

    let (all, grave, titled) = (daemon.lines("all"), daemon.lines("grave"), daemon.lines("titled"));
    let of = |accepts: &dyn Fn(&serde_json::Value) -> bool| -> BTreeSet<String> {
        ids(&all.iter().filter(|line| accepts(line)).cloned().collect::<Vec<_>>())
    };
    let is_grave = of(&|line| !["informational", "low", "medium"].contains(&line["severity"].as_str().unwrap_or_default()));
    let is_titled = of(&|line| {
        let title = line["title"].as_str().unwrap_or_default();
        let folded = title.to_lowercase();
        folded.contains("malware") || folded.contains("access") || title.contains("rule")
    });
    assert_eq!((ids(&grave), ids(&titled)), (is_grave, is_titled));
    assert!(daemon.lines("none").is_empty());
    assert!(
        !grave.is_empty() && grave.len() < all.len() && !titled.is_empty() && titled.len() < all.len(),
        "filters did something"
    );
}

#[test]
fn routes_of_other_formats_count_alike() {
    let lab = Lab::quiet(1);
    super::show_all(&lab, "tenant-01");
    let mut daemon = Setup::new(&lab)
        .file_sink("ocsf")
        .sink("cef", "kind = \"file\"\npath = \"{folder}/cef.txt\"\nformat = \"cef\"\nfilter = { min_severity = \"high\" }")
        .sink("ecs", "kind = \"file\"\npath = \"{folder}/ecs.jsonl\"\nformat = \"ecs\"\nlabels = { route = \"ecs\" }")
        .start();
    daemon.wait_until("all of the first", |daemon| daemon.lines("ocsf").len() == 8 && daemon.lines("ecs").len() == 8);
    daemon.wait_until("the lines of the second", |daemon| {
        std::fs::read_to_string(daemon.folder().join("cef.txt")).is_ok_and(|text| text.lines().count() == 5)
    });
    wait_until_counts_add_up(&mut daemon, "tenant-01", &["ocsf", "cef", "ecs"]);
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    let text = std::fs::read_to_string(daemon.folder().join("cef.txt")).unwrap();
    assert!(text.lines().all(|line| line.starts_with("CEF:0|")), "{text}");
    assert!(daemon.lines("ecs").iter().all(|line| line["labels"]["route"] == "ecs"), "{:?}", daemon.lines("ecs")[0]["labels"]);
}
