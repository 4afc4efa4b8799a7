//! Paths of the admin endpoint, their answers, and the headers that every answer carries.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use serde_json::json;

use super::gate::{self, Known};
use super::page;
use super::settings::Settings;
use super::view::View;

type Shared = State<Arc<dyn View>>;

/// Scrapers read HELP and TYPE under the wrong name when text of this format comes as plain text.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The page shows words that attackers chose. Escaping keeps them text; should that ever fail, nothing may run, load or be framed.
const ALWAYS: [(HeaderName, HeaderValue); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
    ),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    // Neither a page of another site nor a window that it opened learns anything, whatever the browser would allow.
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
];

/// All paths. `get` answers HEAD as well and refuses every other method with 405.
pub fn router(view: Arc<dyn View>, settings: Arc<Settings>) -> Router {
    Router::new()
        .route("/", get(status_page))
        .route(page::STYLE_PATH, get(async || ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], page::STYLE)))
        .route("/metrics", get(metrics))
        .route("/healthz", get(async || "ok"))
        .route("/readyz", get(ready))
        .route("/api/v1/alarms", get(alarms))
        .route("/api/v1/tenants", get(tenants))
        .route("/api/v1/tenants/{name}", get(tenant))
        .route("/api/v1/sinks", get(sinks))
        .route("/api/v1/credentials", get(credentials))
        .route("/api/v1/dead-letters", get(dead_letters))
        .fallback(async || {
            refuse(StatusCode::NOT_FOUND, "no such path; /, /metrics and /api/v1/tenants are good places to start")
        })
        .layer(from_fn_with_state(settings, gate::guard))
        .layer(map_response(harden))
        .with_state(view)
}

async fn harden(mut response: Response) -> Response {
    response.headers_mut().extend(ALWAYS);
    response
}

/// An answer in JSON with the reason.
pub fn refuse(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "error": error }))).into_response()
}

async fn status_page(State(view): Shared) -> Html<String> {
    Html(page::render(&view.ready(), &view.alarms(), &view.tenants(), &view.sinks(), &view.credentials()))
}

async fn metrics(State(view): Shared) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, OPEN_METRICS)], view.metrics())
}

/// The reason names sinks and quotes what they answered: it is for those who may see the page as well.
async fn ready(State(view): Shared, known: Option<Extension<Known>>) -> (StatusCode, String) {
    match view.ready() {
        Ok(()) => (StatusCode::OK, "ready".to_owned()),
        Err(reason) if known.is_some() => (StatusCode::SERVICE_UNAVAILABLE, reason),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "not ready; who may see the status page learns the reason".to_owned()),
    }
}

async fn alarms(State(view): Shared) -> impl IntoResponse {
    Json(view.alarms())
}

async fn tenants(State(view): Shared) -> impl IntoResponse {
    Json(view.tenants())
}

async fn tenant(State(view): Shared, Path(name): Path<String>) -> Response {
    match view.tenants().into_iter().find(|tenant| tenant.name == name) {
        Some(tenant) => Json(tenant).into_response(),
        None => refuse(StatusCode::NOT_FOUND, &format!("no tenant is called {name:?}; /api/v1/tenants lists those that are")),
    }
}

async fn sinks(State(view): Shared) -> impl IntoResponse {
    Json(view.sinks())
}

async fn credentials(State(view): Shared) -> impl IntoResponse {
    Json(view.credentials())
}

async fn dead_letters(State(view): Shared) -> Response {
    match view.dead_letters().await {
        Ok(letters) => Json(letters).into_response(),
        Err(reason) => refuse(StatusCode::SERVICE_UNAVAILABLE, &reason),
    }
}
