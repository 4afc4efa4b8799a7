//! Turns settings into running parts: the only place that names every concrete type.

mod alarms;
mod bearer;
mod budgets;
mod care;
mod credentials;
mod errands;
pub mod live;
mod parts;
mod stop;
mod view;
mod workshop;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use self::errands::Alone;
use crate::admin::Endpoint;
use crate::config::Settings;
use crate::control::server::Server;
use crate::ledger::{self, Ledger, settings::Kind};
use crate::pipeline::Ports;
use crate::pipeline::board::FeedBoard;
use crate::pipeline::outlet::Outlet;
use crate::source::entra;
use crate::telemetry::{Metrics, events};
use alarms::Alarms;
use credentials::Expiries;
use errands::Errands;
use view::AdminView;
use workshop::Workshop;

/// Why the program could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration asks for something that cannot be: exit code 64.
    #[error("{0}")]
    Configuration(String),
    /// The world is not as it has to be: exit code 1.
    #[error("{0}")]
    World(String),
}

/// The running program.
pub struct App {
    ports: Ports,
    outlets: Vec<Arc<Outlet>>,
    watched: alarms::WatchedFeeds,
    feeds: JoinSet<()>,
    helpers: JoinSet<()>,
    /// Ends the admin endpoint, which answers until everything else has ended.
    quiet: CancellationToken,
    address: std::net::SocketAddr,
    deadline: Duration,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("address", &self.address).field("feeds", &self.feeds.len()).finish_non_exhaustive()
    }
}

impl App {
    /// Opens the admin port and the ledger, makes the sinks, and sets every feed going.
    ///
    /// # Errors
    /// When a port is taken, the ledger cannot be opened, or a sink cannot be made.
    pub async fn start(settings: Settings, metrics: Arc<Metrics>) -> Result<Self, StartError> {
        let outlets = parts::outlets(&settings, &metrics).await?;
        Self::start_with(settings, metrics, outlets).await
    }

    /// Like [`App::start`], with the sinks given.
    ///
    /// # Errors
    /// As [`App::start`].
    pub async fn start_with(settings: Settings, metrics: Arc<Metrics>, outlets: Vec<Arc<Outlet>>) -> Result<Self, StartError> {
        for warning in &settings.warnings {
            events::configuration_warning(warning);
        }
        let endpoint = Endpoint::new(settings.admin.clone())
            .map_err(|problem| StartError::Configuration(format!("admin.tls: {problem}")))?;
        let listen = settings.admin.listen;
        let listener = TcpListener::bind(listen).await.map_err(|error| {
            StartError::World(format!(
                "admin.listen: cannot listen on {listen}: {error}; choose another address or stop who uses it"
            ))
        })?;
        let address = listener.local_addr().map_err(|error| StartError::World(error.to_string()))?;
        let ledger = open_ledger(settings.ledger.clone()).await?;
        let ports = Ports::new(ledger, Arc::clone(&metrics));
        let expiries = Arc::new(Expiries::new(&settings, &metrics));

        let server = control_socket(&settings).await;
        let workshop = Arc::new(Workshop::new(&settings, &metrics)?);
        let parts::Feeds { running: feeds, boards, meters, lanes } = parts::feeds(&settings, &workshop, &outlets, &ports)?;
        events::started(settings.tenants.len(), boards.len(), outlets.len(), &address.to_string());

        let quiet = CancellationToken::new();
        let mut helpers = JoinSet::new();
        let boards: Arc<[Arc<FeedBoard>]> = boards.into();
        let alarms = Arc::new(Alarms::new(&settings, &ports, &outlets, &boards, &expiries));
        let view =
            AdminView::new(&ports, Arc::clone(&boards), meters, &alarms, outlets.clone(), Arc::clone(&expiries), &settings);
        let until = quiet.clone();
        helpers.spawn(async move {
            endpoint.serve(listener, Arc::new(view), until.cancelled_owned()).await;
        });
        care::spawn(&mut helpers, &settings, &ports, &outlets, boards);
        let deadline = settings.shutdown_deadline;
        let settings = Arc::new(settings);
        let errands = Errands {
            settings: Arc::clone(&settings),
            workshop,
            outlets: outlets.clone(),
            ports: ports.clone(),
            lanes,
            under_way: Mutex::default(),
        };
        if let Some(server) = server {
            helpers.spawn(server.serve(Arc::new(errands), ports.stopping.clone()));
        }
        care::watch_for_alarms(&mut helpers, &ports, &alarms);
        care::watch_expiries(&mut helpers, &ports, expiries);
        Ok(Self { ports, outlets, watched: alarms.feeds(), feeds, helpers, quiet, address, deadline })
    }

    /// Where the admin endpoint listens; useful when port 0 was asked for.
    #[must_use]
    pub fn address(&self) -> std::net::SocketAddr {
        self.address
    }

    /// Opens log files anew.
    pub fn reopen(&self) {
        self.outlets.iter().for_each(|outlet| outlet.reopen());
    }
}

/// Listens at the control socket. A daemon without one forwards alerts all the same, and says that it cannot be asked for anything.
async fn control_socket(settings: &Settings) -> Option<Server> {
    match Server::bind(settings.control_socket()?).await {
        Ok(server) => Some(server),
        Err(why) => {
            events::control_unavailable(&why);
            None
        }
    }
}

pub(crate) async fn open_ledger(settings: ledger::settings::Settings) -> Result<Arc<dyn Ledger>, StartError> {
    let place = match &settings.kind {
        Kind::Embedded(folder) => format!("ledger in {}", folder.display()),
        Kind::Memory => "ledger in memory".to_owned(),
    };
    let open = move || {
        let opened = ledger::open(&settings)?;
        if let Kind::Embedded(folder) = &settings.kind {
            entra::clean_up(folder);
        }
        Ok::<_, ledger::LedgerError>(opened)
    };
    let opened = tokio::task::spawn_blocking(open).await;
    let error = match opened {
        Ok(Ok(ledger)) => return Ok(ledger),
        Ok(Err(error)) => error,
        Err(panic) => return Err(StartError::World(format!("{place}: {panic}"))),
    };
    let advice = error.advice.map(|advice| format!("; {advice}")).unwrap_or_default();
    Err(StartError::World(format!("{place}: {}{advice}", error.message)))
}
