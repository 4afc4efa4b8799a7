//! The listener: routes, the journal and the `Date` header around them, and connections that can be cut.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{any, get, post};
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::aadsts::Refused;
use super::answer::{About, Exchange, HangUp, Whose};
use super::cloud::Cloud;
use super::fault::{Fault, Whom};
use super::feed::Feed;
use super::journal;
use super::{admin, arm, ask, identity, token};
use crate::clock;

fn routes(cloud: &Arc<Cloud>) -> Router {
    let microsoft = Router::new()
        .route("/{tenant}/oauth2/v2.0/token", post(token::issue).fallback(only_post))
        .route("/v1.0/security/alerts_v2", ask::pages(Feed::GraphAlerts))
        .route("/v1.0/security/alerts_v2/{id}", ask::records(Feed::GraphAlerts))
        .route("/v1.0/security/incidents", ask::pages(Feed::GraphIncidents))
        .route("/v1.0/security/incidents/{id}", ask::records(Feed::GraphIncidents))
        .route("/v1.0/security/incidents/{id}/alerts", ask::alerts_of(Feed::GraphIncidents))
        .route("/v1.0/identityProtection/riskDetections", ask::pages(Feed::RiskDetections))
        .route("/api/alerts", ask::pages(Feed::MdeAlerts))
        .route("/api/v1.0/alerts", ask::pages(Feed::MdeAlerts))
        .route("/api/alerts/{id}", ask::records(Feed::MdeAlerts))
        .route("/api/incidents", ask::pages(Feed::XdrIncidents))
        .route("/api/incidents/{id}", ask::records(Feed::XdrIncidents))
        .route("/subscriptions/{*path}", any(arm::answer))
        .merge(identity::routes())
        .fallback(nowhere)
        .layer(middleware::from_fn_with_state(Arc::clone(cloud), watch));
    Router::new()
        .route("/simulator/tenants", get(admin::tenants))
        .route("/simulator/faults", get(admin::faults).put(admin::set_faults).delete(admin::clear_faults))
        .route("/simulator/alerts", get(admin::alerts).post(admin::add_alerts))
        .route("/simulator/incidents", get(admin::incidents))
        .route("/simulator/incidents/merge", post(admin::merge))
        .route("/simulator/requests", get(admin::requests).delete(admin::clear_requests))
        .merge(identity::side_door())
        .merge(microsoft)
        .with_state(Arc::clone(cloud))
}

async fn only_post(headers: HeaderMap) -> Response {
    Exchange::new(&headers, clock::now()).refused(Refused::of(900_561))
}

async fn nowhere(headers: HeaderMap) -> Response {
    Exchange::new(&headers, clock::now()).error(StatusCode::NOT_FOUND, "BadRequest", "Resource not found for the segment.")
}

/// Writes each request down and gives each answer its `Date`.
async fn watch(State(cloud): State<Arc<Cloud>>, request: Request, next: Next) -> Response {
    let mut entry = entry(&request);
    let mut response = next.run(request).await;
    entry.tenant = response.extensions().get::<Whose>().and_then(|whose| whose.0.clone());
    entry.feed = response.extensions().get::<About>().map(|about| about.0);
    let (tenant, feed) = (entry.tenant.clone(), entry.feed);
    if response.extensions().get::<HangUp>().is_none() {
        entry.status = response.status().as_u16();
    }
    cloud.journal.write(entry);
    if !cloud.board.strikes(Whom { tenant: tenant.as_deref(), feed }, &Fault::NoDate) {
        let date = httpdate::fmt_http_date(cloud.now(tenant.as_deref()).into());
        response.headers_mut().insert(header::DATE, HeaderValue::from_str(&date).expect("a date is a header value"));
    }
    response
}

fn entry(request: &Request) -> journal::Request {
    let header = |name: header::HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    journal::Request {
        at: clock::now(),
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        query: request.uri().query().map(str::to_owned),
        tenant: None,
        feed: None,
        status: 0,
        host: header(header::HOST),
        authorization: request.headers().contains_key(header::AUTHORIZATION),
        user_agent: header(header::USER_AGENT),
        prefer: header(header::HeaderName::from_static("prefer")),
    }
}

/// Serves until `stop`; then open connections are cut.
pub async fn serve(listener: TcpListener, cloud: Arc<Cloud>, stop: CancellationToken) {
    let router = routes(&cloud);
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                connections.spawn(stop.clone().run_until_cancelled_owned(converse(stream, router.clone())));
            }
            // Out of file descriptors, most likely; they come back as connections end.
            Err(error) => {
                tracing::warn!(%error, "the simulator could not accept a connection");
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

async fn converse(stream: TcpStream, router: Router) {
    // Small answers must not wait for more.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let answer = TowerToHyperService::new(router.clone()).call(request);
        async move {
            let response: Response<Body> = answer.await.unwrap_or_else(|never| match never {});
            if response.extensions().get::<HangUp>().is_some() {
                Err(std::io::Error::other("hung up on purpose"))
            } else {
                Ok(response)
            }
        }
    });
    // The date is ours: it may be wrong or missing.
    let served = http1::Builder::new().auto_date_header(false).serve_connection(TokioIo::new(stream), service).await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection to the simulator ended early");
    }
}
