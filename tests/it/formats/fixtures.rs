//! Records as the vendor sends them, one file each.

use std::fs;
use std::path::Path;

use alertferry::alert::{Finding, Kind};
use alertferry::source::FeedKind;

/// A record of a feed.
pub struct Fixture {
    /// `feed/name`
    pub name: String,
    pub feed: FeedKind,
    pub kind: Kind,
    pub json: String,
}

impl Fixture {
    pub fn finding(&self) -> Finding<'_> {
        read(self.feed, self.kind, &self.json)
    }
}

pub fn read(feed: FeedKind, kind: Kind, json: &str) -> Finding<'_> {
    (feed.dialect().read)(kind, json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

/// Name and JSON of every file in a folder of fixtures, by name.
fn folder(name: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
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

/// Alerts of Microsoft Graph: name and JSON.
pub fn graph_alerts() -> Vec<(String, String)> {
    folder("graph-alerts")
}

/// The records of every feed, and Sentinel's alerts, that are asked for by themselves.
pub fn of_every_feed() -> Vec<Fixture> {
    const SENTINEL_ALERTS: (&str, FeedKind, Option<Kind>) = ("sentinel-alerts", FeedKind::SentinelIncidents, Some(Kind::Alert));
    let feeds = FeedKind::ALL.iter().map(|(feed, name)| (*name, *feed, None)).chain([SENTINEL_ALERTS]);
    let fixtures = feeds.flat_map(|(of, feed, kind)| {
        folder(of).into_iter().map(move |(name, json)| {
            let kind = kind.unwrap_or_else(|| (feed.dialect().row)(&json).expect("a readable header").kind);
            Fixture { name: format!("{of}/{name}"), feed, kind, json }
        })
    });
    fixtures.collect()
}

/// The alerts inside of an incident that can be read, each as a record of its own.
pub fn inside(fixture: &Fixture) -> Vec<Fixture> {
    let Finding::Incident(incident) = fixture.finding() else { return Vec::new() };
    let alerts = incident.alerts.iter().map(|raw| raw.get().to_owned());
    let alerts = alerts.filter(|json| (fixture.feed.dialect().read)(Kind::Alert, json).is_ok());
    let record =
        |(index, json)| Fixture { name: format!("{}[{index}]", fixture.name), feed: fixture.feed, kind: Kind::Alert, json };
    alerts.enumerate().map(record).collect()
}
