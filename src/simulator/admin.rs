//! `/simulator/…`: the bench's own side door, for tests and people. Nothing of it exists at Microsoft.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::cloud::Cloud;
use super::directory::Directory;
use super::fault::{Active, Scope, Spec, Whom};
use super::feed::Feed;
use super::truth::{incidents_of, truth_of};

/// What a request of this side is about.
#[derive(Debug, Deserialize)]
pub struct About {
    /// The name or the ID of a tenant.
    tenant: Option<String>,
    /// A kind of fault.
    kind: Option<String>,
    feed: Option<Feed>,
}

/// A fault as it stands in JSON and in TOML.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// `KIND[=ARGUMENT]`.
    pub fault: String,
    pub tenant: Option<String>,
    pub feed: Option<Feed>,
    pub times: Option<u32>,
}

impl Entry {
    /// # Errors
    /// When there is no such fault.
    pub fn read(&self) -> Result<Spec, String> {
        let scope = self.tenant.clone().map_or(Scope::All, Scope::Tenant);
        Ok(Spec { scope, feed: self.feed, fault: self.fault.parse()?, times: self.times })
    }
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Entries {
    Many(Vec<Entry>),
    One(Entry),
}

fn refuse(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({"error": message}))).into_response()
}

fn directory<'a>(cloud: &'a Cloud, about: &About) -> Result<&'a Arc<Directory>, Box<Response>> {
    let key = about.tenant.as_deref().ok_or_else(|| Box::new(refuse(StatusCode::BAD_REQUEST, "say which: ?tenant=NAME")))?;
    cloud.tenant(key).ok_or_else(|| Box::new(refuse(StatusCode::NOT_FOUND, &format!("the simulator has no tenant {key:?}"))))
}

pub async fn tenants(State(cloud): State<Arc<Cloud>>) -> Response {
    Json(cloud.directories.iter().map(|directory| &directory.info).collect::<Vec<_>>()).into_response()
}

pub async fn faults(State(cloud): State<Arc<Cloud>>) -> Response {
    let active = cloud.board.list().into_iter();
    let show = |entry: Active| json!({"fault": entry.fault.to_string(), "tenant": entry.tenant, "feed": entry.feed, "times": entry.left});
    let list: Vec<Value> = active.map(show).collect();
    Json(list).into_response()
}

/// Sets one fault or several; each replaces the one of its kind and tenant. All are checked before the first is set.
pub async fn set_faults(State(cloud): State<Arc<Cloud>>, Json(entries): Json<Entries>) -> Response {
    let entries = match entries {
        Entries::Many(entries) => entries,
        Entries::One(entry) => vec![entry],
    };
    let read: Result<Vec<_>, String> = entries.iter().map(Entry::read).collect();
    let set = read.and_then(|faults| {
        for spec in &faults {
            if let Scope::Tenant(key) = &spec.scope {
                cloud.tenant(key).ok_or_else(|| format!("the simulator has no tenant {key:?}"))?;
            }
        }
        faults.into_iter().try_for_each(|spec| cloud.set_fault(spec))
    });
    match set {
        Ok(()) => faults(State(cloud)).await,
        Err(error) => refuse(StatusCode::BAD_REQUEST, &error),
    }
}

pub async fn clear_faults(State(cloud): State<Arc<Cloud>>, Query(about): Query<About>) -> Response {
    let tenant = match &about.tenant {
        None => None,
        Some(_) => match directory(&cloud, &about) {
            Ok(directory) => Some(directory.info.tenant_id.clone()),
            Err(response) => return *response,
        },
    };
    cloud.board.clear(Whom { tenant: tenant.as_deref(), feed: about.feed }, about.kind.as_deref());
    faults(State(cloud)).await
}

pub async fn alerts(State(cloud): State<Arc<Cloud>>, Query(about): Query<About>) -> Response {
    match directory(&cloud, &about) {
        Ok(directory) => Json(truth_of(&cloud, directory)).into_response(),
        Err(response) => *response,
    }
}

pub async fn incidents(State(cloud): State<Arc<Cloud>>, Query(about): Query<About>) -> Response {
    match directory(&cloud, &about) {
        Ok(directory) => Json(incidents_of(&cloud, directory)).into_response(),
        Err(response) => *response,
    }
}

/// Two incidents, by Graph's IDs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    from: String,
    into: String,
}

pub async fn merge(State(cloud): State<Arc<Cloud>>, Query(about): Query<About>, Json(merge): Json<Merge>) -> Response {
    let directory = match directory(&cloud, &about) {
        Ok(directory) => directory,
        Err(response) => return *response,
    };
    let now = cloud.now(Some(&directory.info.tenant_id));
    let number = |id: &str| id.parse::<u32>().map_err(|_| format!("{id:?} is no incident's number"));
    let merged = number(&merge.from)
        .and_then(|from| Ok((from, number(&merge.into)?)))
        .and_then(|(from, into)| directory.open(now).merge(from, into, now));
    match merged {
        Ok(()) => Json(incidents_of(&cloud, directory)).into_response(),
        Err(error) => refuse(StatusCode::BAD_REQUEST, &error),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    count: usize,
    at: Option<jiff::Timestamp>,
}

/// Adds what the body says: an alert, a list of them, or `{"count": n, "at": "…"}` for made-up ones.
pub async fn add_alerts(State(cloud): State<Arc<Cloud>>, Query(about): Query<About>, Json(body): Json<Value>) -> Response {
    let directory = match directory(&cloud, &about) {
        Ok(directory) => directory,
        Err(response) => return *response,
    };
    let id = &directory.info.tenant_id;
    let now = cloud.now(Some(id));
    let mut contents = directory.open(now);
    let added: Result<Vec<String>, String> = if body.get("count").is_some() {
        serde_json::from_value::<Order>(body)
            .map(|order| contents.generate(order.count, order.at, now))
            .map_err(|error| error.to_string())
    } else {
        let alerts = if let Value::Array(alerts) = body { alerts } else { vec![body] };
        alerts.iter().map(|alert| contents.add(alert, id, now)).collect()
    };
    match added {
        Ok(ids) => Json(json!({"ids": ids})).into_response(),
        Err(error) => refuse(StatusCode::BAD_REQUEST, &error),
    }
}

pub async fn requests(State(cloud): State<Arc<Cloud>>) -> Response {
    Json(cloud.journal.read()).into_response()
}

pub async fn clear_requests(State(cloud): State<Arc<Cloud>>) -> Response {
    cloud.journal.clear();
    StatusCode::NO_CONTENT.into_response()
}
