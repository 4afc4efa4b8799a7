//! Records as the vendor sends them, one file each.

use std::fs;
use std::path::Path;

use alertferry::alert::{Finding, Kind};
use alertferry::source::FeedKind;

/// One record of a feed.
pub struct Fixture {
    pub feed: FeedKind,
    pub kind: Kind,
    /// Of the file, behind that of the feed where it is not the first one.
    pub name: String,
    pub json: String,
}

/// The records of every feed.
pub fn every_feed() -> Vec<Fixture> {
    let mut all = Vec::new();
    for (feed, word) in FeedKind::ALL {
        for (name, json) in read(word) {
            let kind = (feed.dialect().row)(&json).unwrap_or_else(|error| panic!("{word}/{name}: {error}")).kind;
            let name = if feed == FeedKind::GraphAlerts { name } else { format!("{word}-{name}") };
            all.push(Fixture { feed, kind, name, json });
        }
    }
    for (name, json) in read("sentinel-alerts") {
        let (feed, kind) = (FeedKind::SentinelIncidents, Kind::Alert);
        all.push(Fixture { feed, kind, name: format!("sentinel-alerts-{name}"), json });
    }
    all
}

/// Name and JSON of every alert of Microsoft Graph, by name.
pub fn fixtures() -> Vec<(String, String)> {
    let fixtures = read("graph-alerts");
    assert!(fixtures.len() >= 16, "fixtures of graph-alerts are missing");
    fixtures
}

fn read(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder);
    let mut fixtures: Vec<(String, String)> = fs::read_dir(&folder)
        .expect("the folder of fixtures")
        .map(|entry| entry.expect("an entry of the folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| {
            let json = fs::read_to_string(&path).expect("a readable fixture");
            (path.file_stem().expect("a name").to_string_lossy().into_owned(), json.trim_end().to_owned())
        })
        .collect();
    fixtures.sort();
    assert!(fixtures.len() >= 4, "fixtures are missing from {}", folder.display());
    fixtures
}

/// The alerts inside of an incident that can be read, each as a record of its own.
pub fn inside(fixture: &Fixture) -> Vec<Fixture> {
    let read = fixture.feed.dialect().read;
    let Ok(Finding::Incident(incident)) = read(fixture.kind, &fixture.json) else { return Vec::new() };
    let alerts = incident.alerts.iter().map(|raw| raw.get()).filter(|json| read(Kind::Alert, json).is_ok());
    let record = |(index, json): (usize, &str)| Fixture {
        feed: fixture.feed,
        kind: Kind::Alert,
        name: format!("{}[{index}]", fixture.name),
        json: json.to_owned(),
    };
    alerts.enumerate().map(record).collect()
}
