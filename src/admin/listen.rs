//! Connections to the admin endpoint: how many, how long each may take, and how they end.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::gate::Certified;
use super::places::Places;
use super::tls::Files;
use crate::telemetry::events;

/// Longer than any caller needs for its handshake or its few lines of request; also how long an idle connection is kept.
const PATIENCE: Duration = Duration::from_secs(10);
/// A connection ends after this long, after the answer that is under way: scrapers and browsers open another.
const LIFE: Duration = Duration::from_mins(1);
/// What a slow reader still gets of its answer then, or when the program stops.
const LAST_ANSWER: Duration = Duration::from_secs(5);
/// A request of ours is a line and a few headers.
const MOST_OF_A_HEAD: usize = 16 * 1024;
/// Out of file descriptors, most likely; they come back as connections end.
const REST: Duration = Duration::from_millis(200);

/// Serves until `stop` resolves and the answers then under way are out, at the latest [`LAST_ANSWER`] later.
pub async fn serve(listener: TcpListener, files: Option<Arc<Files>>, router: Router, stop: impl Future<Output = ()> + Send) {
    let (ending, connections, places) = (CancellationToken::new(), TaskTracker::new(), Arc::new(Places::default()));
    let mut stop = pin!(stop);
    let mut failing = false;
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                failing = false;
                // Without a place the connection is closed at once: waiting for one would keep the others waiting as well.
                let Some(place) = places.take(peer.ip().to_canonical()) else { continue };
                let (files, router, ending) = (files.clone(), router.clone(), ending.clone());
                connections.spawn(async move {
                    converse(stream, files, router, ending).await;
                    drop(place);
                });
            }
            Err(error) => {
                if !failing {
                    events::admin_failed(&error);
                }
                failing = true;
                sleep(REST).await;
            }
        }
    }
    drop(listener);
    ending.cancel();
    connections.close();
    connections.wait().await;
}

async fn converse(stream: TcpStream, files: Option<Arc<Files>>, router: Router, ending: CancellationToken) {
    // Small answers must not wait for more.
    let _ = stream.set_nodelay(true);
    let Some(files) = files else { return answer(stream, false, router, ending).await };
    let Ok(config) = tokio::task::spawn_blocking(move || files.now()).await else { return };
    let agreed = tokio::select! {
        () = ending.cancelled() => return,
        agreed = timeout(PATIENCE, TlsAcceptor::from(config).accept(stream)) => agreed,
    };
    match agreed {
        Ok(Ok(stream)) => {
            let certified = stream.get_ref().1.peer_certificates().is_some();
            answer(stream, certified, router, ending).await;
        }
        Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake with the admin endpoint failed"),
        Err(_) => tracing::debug!("a TLS handshake with the admin endpoint took too long"),
    }
}

async fn answer(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    certified: bool,
    router: Router,
    ending: CancellationToken,
) {
    let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        if certified {
            request.extensions_mut().insert(Certified);
        }
        TowerToHyperService::new(router.clone()).call(request)
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(PATIENCE)
            .max_buf_size(MOST_OF_A_HEAD)
            .serve_connection(TokioIo::new(stream), service)
    );
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = ending.cancelled() => None,
        () = sleep(LIFE) => None,
    };
    let ended = if ended.is_none() {
        connection.as_mut().graceful_shutdown();
        timeout(LAST_ANSWER, connection).await.ok()
    } else {
        ended
    };
    if let Some(Err(error)) = ended {
        tracing::debug!(%error, "a connection to the admin endpoint ended early");
    }
}
