//! Keeps one feed alive: a panic in its work restarts that feed alone.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::pipeline::feed::Feed;
use crate::pipeline::pass::panic_message;
use crate::pipeline::route::RouteParts;
use crate::retry::{Pauses, Retry};
use crate::telemetry::events;

/// A feed that panics at once is not restarted in a hot loop.
const RETRY: Retry = Retry { first: Duration::from_secs(1), most: Duration::from_mins(1) };

/// Runs a feed until the program stops.
pub async fn supervise(feed: Arc<Feed>, routes: Vec<RouteParts>) {
    let mut pauses = Pauses::new(RETRY);
    let (tenant, kind) = (feed.tenant.name.clone(), feed.source.kind());
    while !feed.ports.stopping.is_cancelled() {
        let (work, parts) = (Arc::clone(&feed), routes.clone());
        let run = tokio::spawn(async move {
            match work.routes(parts).await {
                Ok(routes) => {
                    work.run(&routes).await;
                    Ok(())
                }
                Err(error) => Err(error),
            }
        });
        let pause = pauses.next_pause();
        match run.await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => events::ledger_failed(&tenant, kind, &error.message, error.advice.as_deref()),
            Err(error) => {
                let message = error.try_into_panic().map_or_else(|error| error.to_string(), |panic| panic_message(&*panic));
                events::panicked(&tenant, kind, &message, pause);
            }
        }
        tokio::select! {
            () = feed.ports.stopping.cancelled() => {}
            () = sleep(pause) => {}
        }
    }
}
