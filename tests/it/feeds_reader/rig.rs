//! A reader over a vendor, and what it read of a window.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use alertferry::alert::{Header, Kind, Unreadable, graph};
use alertferry::source::entra::{SignIn, Tokens};
use alertferry::source::http::{Api, ApiParts, Caps};
use alertferry::source::microsoft::{Dialect, Inside, Reader};
use alertferry::source::throttle::Budget;
use alertferry::source::{FeedKind, FetchError, Source, Window};
use alertferry::telemetry::Metrics;
use alertferry::tenant::{Tenant, TenantName};
use jiff::Timestamp;
use serde_json::Value;

use crate::sign_in::vendor::{Vendor, http, sign_in};

/// A moment, in seconds after the start of all windows of these tests.
pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second("2026-03-02T07:00:00Z".parse::<Timestamp>().unwrap().as_second() + second).unwrap()
}

pub fn window() -> Window {
    Window { from: at(0), to: at(1000) }
}

/// Graph's incidents with their alerts inside, read as far as paging needs it.
pub static INCIDENTS: LazyLock<Dialect> = LazyLock::new(|| Dialect {
    row: incident,
    inside: Inside::Member("alerts", graph::header),
    ..*FeedKind::GraphIncidents.dialect()
});

/// Incidents that need nothing beside their list.
pub static PLAIN: LazyLock<Dialect> = LazyLock::new(|| Dialect { expand: None, ..*INCIDENTS });

/// As the others, with rows of Graph's making.
pub static DETECTIONS: LazyLock<Dialect> = LazyLock::new(|| Dialect {
    row: graph::header,
    slicing: &[("severity", &["low", "high"])],
    time_field: "lastUpdateDateTime",
    ..*FeedKind::RiskDetections.dialect()
});

pub static SENTINEL: LazyLock<Dialect> = LazyLock::new(|| Dialect {
    row: azure_incident,
    inside: Inside::Asked("/alerts", graph::header),
    ..*FeedKind::SentinelIncidents.dialect()
});

pub static CLOUD: LazyLock<Dialect> = LazyLock::new(|| Dialect { row: graph::header, ..*FeedKind::DefenderForCloud.dialect() });

fn incident(raw: &str) -> Result<Header, Unreadable> {
    graph::header(raw).map(|header| Header { kind: Kind::Incident, id: format!("incident:{}", header.id), ..header })
}

fn azure_incident(raw: &str) -> Result<Header, Unreadable> {
    let row: Value = serde_json::from_str(raw).map_err(|error| Unreadable(error.to_string()))?;
    let updated = row["properties"]["lastModifiedTimeUtc"].as_str().and_then(|text| text.parse().ok());
    let id = format!("incident:{}", row["name"].as_str().ok_or_else(|| Unreadable("no name".to_owned()))?);
    graph::header(r#"{"id":"x"}"#).map(|header| Header { kind: Kind::Incident, id, updated, ..header })
}

pub fn reader(vendor: &Vendor, dialect: &'static Dialect, page_size: u32) -> Reader {
    reader_of(vendor, dialect, page_size, &[if dialect.path.is_empty() { "/subscriptions/s1/list" } else { dialect.path }])
}

/// A reader of several places.
pub fn reader_of(vendor: &Vendor, dialect: &'static Dialect, page_size: u32, paths: &[&str]) -> Reader {
    let SignIn { cloud, tenant, app, scope } = sign_in(&vendor.url);
    let name = TenantName::from("contoso");
    let api = Api::new(ApiParts {
        client: http(),
        tokens: Arc::new(Tokens::new(http())),
        base: vendor.url.clone(),
        scope,
        cloud,
        directory: tenant.clone(),
        tenant: Arc::new(Tenant { name: name.clone(), id: tenant, customer: "Contoso Ltd".to_owned(), labels: BTreeMap::new() }),
        app,
        feed: dialect.kind,
        budget: Budget::new(&[]),
        cap: Arc::new(Budget::new(&[])),
        caps: Caps::default(),
        metrics: Arc::new(Metrics::default()),
    });
    Reader::new(api, dialect, name, page_size, paths.iter().map(|path| (*path).to_owned()).collect())
}

/// What a window brought.
#[derive(Debug, Default)]
pub struct Came {
    /// IDs in their order, page by page; `?` for an unreadable one.
    pub pages: Vec<Vec<String>>,
    pub raw: Vec<String>,
    pub completes: Vec<Option<Timestamp>>,
    pub error: Option<FetchError>,
}

impl Came {
    pub fn ids(&self) -> Vec<&str> {
        self.pages.iter().flatten().map(String::as_str).collect()
    }

    /// Whether the window was read to its end.
    pub fn complete(&self) -> bool {
        self.error.is_none() && self.completes.last() == Some(&Some(window().to))
    }
}

/// Reads a window until it ends or fails.
pub async fn read(reader: &Reader) -> Came {
    let mut came = Came::default();
    let mut pages = reader.open(window());
    loop {
        match pages.next().await {
            Ok(None) => return came,
            Err(error) => {
                came.error = Some(error);
                return came;
            }
            Ok(Some(page)) => {
                let id = |record: &alertferry::source::Record| {
                    record.header.as_ref().map_or("?".to_owned(), |header| header.id.clone())
                };
                came.pages.push(page.records().iter().map(id).collect());
                came.raw.extend(page.records().iter().map(|record| page.raw(record).to_owned()));
                came.completes.push(page.complete_to);
            }
        }
    }
}
