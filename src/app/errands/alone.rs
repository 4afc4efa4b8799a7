//! Errands where no daemon runs: the command takes the ledger's lock and does what the daemon would have done.

use std::sync::{Arc, Mutex};

use futures_util::future::join_all;
use tokio::sync::mpsc;
use tokio::time::{Duration, Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::Errands;
use crate::app::parts::{self, Lanes};
use crate::app::workshop::Workshop;
use crate::app::{StartError, open_ledger};
use crate::config::Settings;
use crate::control::Errands as _;
use crate::control::wire::{Ask, End, Tell};
use crate::ledger::Ledger;
use crate::ledger::settings::Kind;
use crate::pipeline::Ports;
use crate::telemetry::Metrics;

/// How long sinks may take to say goodbye.
const CLOSING: Duration = Duration::from_secs(5);

/// The ledger of a program that does not run, held until an errand is done.
pub struct Alone {
    settings: Settings,
    ledger: Arc<dyn Ledger>,
}

impl std::fmt::Debug for Alone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Alone").finish_non_exhaustive()
    }
}

impl Alone {
    /// Takes the ledger's lock.
    ///
    /// # Errors
    /// When somebody else has it, or the ledger cannot be used, or its folder is not there: a new one would know nothing of what was sent,
    /// and would be in the way of one that was moved away under a daemon and is to be put back.
    pub async fn open(settings: Settings) -> Result<Self, StartError> {
        if let Kind::Embedded(folder) = &settings.ledger.kind
            && !folder.exists()
        {
            let message = format!(
                "there is no ledger in {}, so nobody knows what was sent; put its folder back, or start alertferry, which makes a new one",
                folder.display()
            );
            return Err(StartError::World(message));
        }
        let ledger = open_ledger(settings.ledger.clone()).await?;
        Ok(Self { settings, ledger })
    }

    /// Carries an errand out with the sinks that it needs, and closes everything.
    pub async fn run(self, ask: Ask, tell: mpsc::Sender<Tell>, stop: CancellationToken) -> End {
        let ledger = Arc::clone(&self.ledger);
        let end = self.carry_out(ask, tell, stop).await.unwrap_or_else(|error| match error {
            StartError::Configuration(message) => End::refused(message),
            StartError::World(message) => End::failed(message, None),
        });
        match ledger.close().await {
            Ok(()) => end,
            Err(error) => super::ledger_failed(error),
        }
    }

    async fn carry_out(self, ask: Ask, tell: mpsc::Sender<Tell>, stop: CancellationToken) -> Result<End, StartError> {
        let metrics = Arc::new(Metrics::default());
        let sink = match &ask {
            Ask::Replay(replay) => Some(replay.sink.clone()),
            // Letters of a feed itself are for all sinks.
            Ask::Retry(which) => which.sink.clone().filter(|sink| sink != "-"),
            // Nothing is sent.
            Ask::Discard(_) => Some(String::new()),
        };
        let wanted = |name: &crate::tenant::SinkName| sink.as_ref().is_none_or(|sink| name.as_str() == sink);
        let outlets = parts::outlets_of(&self.settings, &metrics, wanted).await?;
        let ports = Ports::new(self.ledger, Arc::clone(&metrics));
        let workshop = Arc::new(Workshop::new(&self.settings, &metrics)?);
        let settings = Arc::new(self.settings);
        let errands =
            Errands { settings, workshop, outlets: outlets.clone(), ports, lanes: Lanes::new(), under_way: Mutex::default() };
        let end = errands.run(ask, tell, stop).await;
        let by = Instant::now() + CLOSING;
        // What a sink has not answered for was not recorded.
        join_all(outlets.iter().map(|outlet| timeout_at(by, outlet.close(by)))).await;
        Ok(end)
    }
}
