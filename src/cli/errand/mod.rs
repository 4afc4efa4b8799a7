//! Has an errand carried out: by the daemon where one runs, asked through its control socket, else right here.

mod shown;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use tokio::sync::mpsc;
use tokio::time::{Duration, Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::exit;
use super::run::{asked_again, failed};
use crate::app::{Alone, StartError};
use crate::config::{self, Settings};
use crate::control::client::{Client, NoDaemon};
use crate::control::wire::{Ask, Counts, End, Outcome};
use crate::ledger::settings::Kind;
use crate::shutdown::{Asked, Signals};
use crate::telemetry::logging::{self, LogFormat};
use shown::Shown;

/// A daemon that starts has the ledger a moment before its socket, and one that ends has it a moment longer.
const BETWEEN: Duration = Duration::from_secs(3);

/// Progress that nobody has read yet.
const UNREAD: usize = 64;

/// Runs an errand to its end.
pub(super) fn run(config: &Path, log_format: Option<LogFormat>, ask: &Ask, json: bool) -> ExitCode {
    let settings = match config::load(config) {
        Ok(settings) => settings,
        Err(error) => return failed(exit::CONFIG, &error.to_string()),
    };
    if let Err(error) = logging::start(log_format, "error") {
        return failed(exit::CONFIG, &format!("ALERTFERRY_LOG: {error}; write for example \"warn\""));
    }
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(exit::NOT_STARTED, &format!("cannot start threads: {error}")),
    };
    let mut shown = Shown::new(json);
    let end = runtime.block_on(async {
        let mut signals = Signals::listen().map_err(|error| End::failed(format!("cannot listen for signals: {error}"), None))?;
        let stop = CancellationToken::new();
        tokio::select! {
            end = carry_out(settings, ask, &stop, &mut shown) => end,
            () = twice(&mut signals, &stop) => Err(End {
                outcome: Outcome::Interrupted,
                message: "ended without waiting for the page in flight".to_owned(),
                advice: Some(format!("{}: at most that page is sent once more", ask.again())),
                counts: Counts::default(),
            }),
        }
    });
    runtime.shutdown_background();
    let end = end.unwrap_or_else(|end| end);
    shown.end(&end);
    match end.outcome {
        Outcome::Done => ExitCode::SUCCESS,
        Outcome::Interrupted => ExitCode::from(exit::UNCLEAN),
        Outcome::Failed => ExitCode::from(exit::NOT_STARTED),
        Outcome::Refused => ExitCode::from(exit::CONFIG),
    }
}

/// The first signal asks for the end after the page in flight; resolves with the second one.
async fn twice(signals: &mut Signals, stop: &CancellationToken) {
    while signals.next().await == Asked::Reopen {}
    stop.cancel();
    asked_again(signals).await;
}

async fn carry_out(settings: Settings, ask: &Ask, stop: &CancellationToken, shown: &mut Shown) -> Result<End, End> {
    let socket = settings.control_socket();
    let in_memory = settings.ledger.kind == Kind::Memory;
    let patience = Instant::now() + BETWEEN;
    loop {
        if let Some(client) = client(socket.as_ref()).await? {
            let asked = client.ask(ask, stop.cancelled(), |tell| shown.tell(&tell)).await;
            return asked.map_err(|message| End::failed(message, None));
        }
        if in_memory {
            let message = "the ledger is configured to live in memory ([ledger] kind = \"memory\"), and no daemon answers at a control socket";
            let advice = "set [admin] socket = \"PATH\" and start the daemon, or use an embedded ledger";
            return Err(End::failed(message, Some(advice.to_owned())));
        }
        match Alone::open(settings.clone()).await {
            Ok(alone) => return Ok(here(alone, ask, stop, shown).await),
            Err(StartError::Configuration(message)) => return Err(End::refused(message)),
            // Whoever holds it may be a daemon whose socket is not there yet.
            Err(StartError::World(message)) if Instant::now() >= patience || stop.is_cancelled() => {
                let place = socket.map(|path| format!("; nobody answers at its control socket {}", path.display()));
                return Err(End::failed(format!("{message}{}", place.unwrap_or_default()), None));
            }
            Err(StartError::World(_)) => sleep(BETWEEN / 10).await,
        }
    }
}

/// A connection to the daemon; `None` where none answers.
async fn client(socket: Option<&PathBuf>) -> Result<Option<Client>, End> {
    let Some(socket) = socket else { return Ok(None) };
    match Client::connect(socket).await {
        Ok(client) => Ok(Some(client)),
        Err(NoDaemon::Silent) => Ok(None),
        // A daemon cannot have it either, so it may be that none runs; one that does holds the ledger, which tells.
        Err(NoDaemon::Refused(_)) if crate::control::fits(socket).is_err() => Ok(None),
        Err(NoDaemon::Refused(why)) => Err(End::refused(why)),
    }
}

/// In this very process.
async fn here(alone: Alone, ask: &Ask, stop: &CancellationToken, shown: &mut Shown) -> End {
    let (tell, mut told) = mpsc::channel(UNREAD);
    let mut errand = std::pin::pin!(alone.run(ask.clone(), tell, stop.clone()));
    loop {
        tokio::select! {
            biased;
            Some(tell) = told.recv() => shown.tell(&tell),
            end = &mut errand => {
                // What it said with its last breath.
                while let Ok(tell) = told.try_recv() {
                    shown.tell(&tell);
                }
                return end;
            }
        }
    }
}
