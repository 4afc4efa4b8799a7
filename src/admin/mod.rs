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
//! Where a token or an authority for certificates is set, all but `/healthz` and `/readyz` asks for a proof, and those two say no more
//! than yes or no without one. Without, only who asks by an address or a known name is answered. Names of tenants are shown, so
//! an address that others can reach needs one or the other, or somebody's word that it does not.
//! It knows nothing of the parts that it reports on: whoever starts it hands it a [`View`].

mod gate;
mod listen;
mod page;
mod places;
mod routes;
pub mod settings;
pub mod tls;
mod token;
mod view;

use std::future::Future;
use std::sync::Arc;

use tokio::net::TcpListener;

use self::settings::Settings;
use self::tls::Files;
pub use view::{AlarmView, CredentialView, DeadLetterView, FeedView, SinkView, TenantView, View};

/// The endpoint with its files read, ready to serve.
#[derive(Debug)]
pub struct Endpoint {
    settings: Arc<Settings>,
    files: Option<Arc<Files>>,
}

impl Endpoint {
    /// # Errors
    /// Which file of `[admin] tls` cannot be used, and why; no secret.
    pub fn new(settings: Settings) -> Result<Self, String> {
        let files = settings.tls.as_ref().map(Files::read).transpose()?.map(Arc::new);
        Ok(Self { settings: Arc::new(settings), files })
    }

    /// Answers requests until `stop` resolves and the requests then open have been answered, or a few seconds have passed.
    pub async fn serve(self, listener: TcpListener, view: Arc<dyn View>, stop: impl Future<Output = ()> + Send + 'static) {
        listen::serve(listener, self.files, routes::router(view, self.settings), stop).await;
    }
}

#[cfg(test)]
mod tests;
