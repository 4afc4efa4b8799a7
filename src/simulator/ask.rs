//! Requests to the APIs: which rows of which feed are asked for, and the way through to the answer.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use serde_json::{Value, json};

use super::admit::{Caller, bearer};
use super::answer::{About, Exchange, Whose};
use super::api::{self, Scene};
use super::cloud::Cloud;
use super::directory::Directory;
use super::feed::Feed;
use super::generate;
use super::list::{List, Refusal};

/// What of a feed is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Page,
    /// A record by its ID.
    One(String),
    /// The alerts of an incident, by the incident's number.
    AlertsOf(String),
}

/// Lists of a feed.
pub fn pages(feed: Feed) -> MethodRouter<Arc<Cloud>> {
    get(move |State(cloud): State<Arc<Cloud>>, parts: Parts| answer(cloud, feed, What::Page, None, parts))
}

/// Single records of a feed.
pub fn records(feed: Feed) -> MethodRouter<Arc<Cloud>> {
    get(move |State(cloud): State<Arc<Cloud>>, Path(id): Path<String>, parts: Parts| {
        answer(cloud, feed, What::One(id), None, parts)
    })
}

/// The alerts of single incidents.
pub fn alerts_of(feed: Feed) -> MethodRouter<Arc<Cloud>> {
    get(move |State(cloud): State<Arc<Cloud>>, Path(id): Path<String>, parts: Parts| {
        answer(cloud, feed, What::AlertsOf(id), None, parts)
    })
}

/// Lets the client in, or not, and answers. `subscriber`: whose subscription the path names.
pub async fn answer(cloud: Arc<Cloud>, feed: Feed, what: What, subscriber: Option<Arc<Directory>>, parts: Parts) -> Response {
    let manners = api::manners(feed);
    let grant = bearer(&parts.headers).and_then(|token| cloud.tokens.find(token));
    let tenant = subscriber.as_ref().map(|directory| directory.info.tenant_id.clone());
    let tenant = tenant.or(grant.as_ref().map(|grant| grant.tenant.clone()));
    let exchange = Exchange::with_style(&parts.headers, cloud.now(tenant.as_deref()), manners.style);
    let caller = Caller {
        cloud: &cloud,
        exchange: &exchange,
        manners,
        headers: &parts.headers,
        method: &parts.method,
        grant: grant.as_ref(),
        subscriber: subscriber.as_ref(),
    };
    let admitted = caller.admit().await;
    let mut response = match admitted {
        Err(response) => *response,
        Ok(directory) => {
            let list = List { cloud, directory, exchange, manners, uri: parts.uri, headers: parts.headers };
            // A page of a thousand alerts takes tens of milliseconds to write and to compress.
            let task = tokio::task::spawn_blocking(move || match what {
                What::Page => list.answer(),
                What::One(id) => one(&list, &id),
                What::AlertsOf(id) => alerts(&list, &id),
            });
            task.await.expect("writing an answer does not panic")
        }
    };
    response.extensions_mut().insert(Whose(tenant));
    response.extensions_mut().insert(About(feed));
    response
}

fn not_found(list: &List, id: &str) -> Response {
    let message = format!("The record {id} was not found.");
    list.exchange.error(StatusCode::NOT_FOUND, "ResourceNotFound", &message)
}

/// A single record at the top level.
fn one(list: &List, id: &str) -> Response {
    let expand = match list.expands() {
        Ok(expand) => expand,
        Err(Refusal(response)) => return *response,
    };
    let now = list.now();
    let contents = list.directory.open(now);
    let view = list.view(&contents, expand, now);
    let Some(number) = view.find(id) else { return not_found(list, id) };
    let mut body = Vec::new();
    view.write(&mut body, view.item(number), &view.scene);
    drop(contents);
    list.send(body)
}

/// The alerts of one incident, all at once.
fn alerts(list: &List, id: &str) -> Response {
    let now = list.now();
    let contents = list.directory.open(now);
    let view = list.view(&contents, false, now);
    let Some(number) = view.find(id) else { return not_found(list, id) };
    let rows = contents.incidents.row(number).alerts.iter().map(|alert| contents.store.row(*alert));
    let Scene { info, reveal, .. } = view.scene;
    let body = if list.manners.feed == Feed::SentinelIncidents {
        json!({"value": rows.map(|row| api::sentinel_alert(row, &view.scene)).collect::<Value>()})
    } else {
        let alerts = rows.map(|row| {
            let mut text = Vec::new();
            generate::write(&mut text, row, &info.tenant_id, reveal);
            serde_json::from_slice::<Value>(&text).unwrap_or_default()
        });
        let context = format!("https://graph.microsoft.com/v1.0/$metadata#security/incidents('{id}')/alerts");
        json!({"@odata.context": context, "value": alerts.collect::<Value>()})
    };
    drop(contents);
    list.send(body.to_string().into_bytes())
}
