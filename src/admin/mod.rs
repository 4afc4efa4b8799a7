//! The admin endpoint: metrics, health, a status page and its JSON, read-only over HTTP.
//!
//! | Path | Answer |
//! | --- | --- |
//! | `/metrics` | `OpenMetrics` text for Prometheus |
//! | `/healthz` | 200 `ok` while the process can answer at all |
//! | `/readyz` | 200 `ready`, or 503 with the reason |
//! | `/api/v1/alarms` | the alarms that stand, the gravest first |
//! | `/api/v1/tenants` | every tenant with its feeds |
//! | `/api/v1/tenants/{name}` | one of them, or 404 |
//! | `/api/v1/sinks` | every sink |
//! | `/api/v1/credentials` | when the credentials of apps end, where that is known |
//! | `/api/v1/dead-letters` | alerts kept aside, without their bodies; 503 with the reason when they cannot be read |
//! | `/` | the same for people, without any script |
//!
//! It has no sign-in of its own and shows names of tenants, so it belongs on loopback or behind something that asks who is there.
//! It knows nothing of the parts that it reports on: whoever starts it hands it a [`View`].

mod page;
mod routes;
mod view;

use std::future::Future;
use std::io;
use std::sync::Arc;

use tokio::net::TcpListener;

pub use view::{AlarmView, CredentialView, DeadLetterView, FeedView, SinkView, TenantView, View};

/// Answers requests until `stop` resolves and the requests then open have been answered.
///
/// A client that never finishes its request can hold the end up: race this against the drain deadline.
///
/// # Errors
/// When the listener fails for good.
pub async fn serve(
    listener: TcpListener,
    view: Arc<dyn View>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    axum::serve(listener, routes::router(view)).with_graceful_shutdown(stop).await
}

#[cfg(test)]
mod tests;
