//! The one HTTP client that all tenants share: its own would cost each tenant 100 KB and a reading of the CA bundle.

use std::error::Error;
use std::time::Duration;

use reqwest::{Client, redirect, retry, tls};

/// Why there is no HTTP client. Says what to install or set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ClientError(String);

/// Makes the client. It follows no redirect (a bearer token must not travel), repeats nothing by itself (our counters and budgets are
/// exact), and takes CAs from the system, read once.
///
/// # Errors
/// When the system has no CA certificates, or TLS cannot be set up.
pub fn client(user_agent: &str) -> Result<Client, ClientError> {
    let made = Client::builder()
        .user_agent(user_agent)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .tls_version_min(tls::Version::TLS_1_2)
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(100)) // Graph itself gives up a request after about as long
        .pool_max_idle_per_host(16) // about 30 KB each; one HTTP/2 connection carries many tenants
        .pool_idle_timeout(Duration::from_secs(90))
        .http2_keep_alive_interval(Duration::from_secs(30)) // a connection that died quietly is noticed before a pass waits on it
        .http2_keep_alive_timeout(Duration::from_secs(10))
        .http2_keep_alive_while_idle(true)
        .build();
    made.map_err(|error| ClientError(explain(&error)))
}

fn explain(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words = format!("{words}: {error}");
        cause = error.source();
    }
    if words.contains("No CA certificates") {
        return format!(
            "no CA certificates were found on this system, so no server could be trusted: install the package ca-certificates, or set \
             SSL_CERT_FILE to a PEM file of CA certificates ({words})"
        );
    }
    format!("the HTTP client could not be set up: {words}")
}
