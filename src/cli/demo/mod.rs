//! `demo`: a simulated cloud, the daemon and its ledger in one process, for people who want to see alerts flow.

mod console;
mod summary;
mod target;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use super::exit;
use super::run::{asked_again, failed, not_started};
use crate::app::App;
use crate::config::{self, duration};
use crate::format::Format;
use crate::pipeline::outlet::Outlet;
use crate::shutdown::Signals;
use crate::simulator::{self, Simulator};
use crate::telemetry::Metrics;
use crate::telemetry::logging::{self, LogFormat};
use console::Console;
use target::Target;

/// Shows alerts of many simulated tenants flowing: one line each, each once. Needs no service and no configuration.
///
/// A simulated Microsoft cloud, the real daemon and a real ledger (in a temporary folder) run in this one process.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  alertferry demo
  alertferry demo --for 20s --tenants 100
  alertferry demo --format ocsf | jq .finding_info.title
  alertferry demo --sink kafka://127.0.0.1:9092/alerts
  alertferry demo --sink syslog://127.0.0.1:514 --format cef

Ctrl-C ends it with a summary.")]
pub struct Args {
    /// How many simulated tenants.
    #[arg(long, value_name = "N", default_value_t = 25, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    tenants: u16,

    /// Write this format instead of a readable line.
    #[arg(long, value_name = "FORMAT", value_parser = Format::ALL.map(|(_, word)| word))]
    format: Option<String>,

    /// Send alerts to a real sink: kafka://HOST:PORT/TOPIC or syslog://HOST:PORT (as OCSF unless told).
    #[arg(long, value_name = "ADDRESS", value_parser = Target::parse)]
    sink: Option<Target>,

    /// End by itself after this long, e.g. 20s.
    #[arg(long = "for", value_name = "DURATION", value_parser = length)]
    duration: Option<Duration>,

    /// New alerts of each tenant per minute.
    #[arg(long, value_name = "N", default_value_t = 6.0)]
    rate: f64,
}

fn length(text: &str) -> Result<Duration, String> {
    duration::parse(text).ok_or_else(|| format!("{text:?} is no duration; write for example \"20s\" or \"5m\""))
}

/// Runs the command.
#[must_use]
pub fn run(args: &Args, log_format: Option<LogFormat>) -> ExitCode {
    if let Err(error) = logging::start(log_format, "warn") {
        return failed(exit::CONFIG, &format!("ALERTFERRY_LOG: {error}"));
    }
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(exit::NOT_STARTED, &format!("cannot start threads: {error}")),
    };
    let code = runtime.block_on(demo(args)).unwrap_or_else(|code| code);
    runtime.shutdown_background();
    code
}

async fn demo(args: &Args) -> Result<ExitCode, ExitCode> {
    let world = |what: &'static str| move |error: std::io::Error| failed(exit::NOT_STARTED, &format!("{what}: {error}"));
    let mut signals = Signals::listen().map_err(world("cannot listen for signals"))?;
    let folder = tempfile::tempdir().map_err(world("cannot make a temporary folder for the ledger"))?;
    let cloud = Simulator::start(cloud(args)).await.map_err(world("cannot start the simulated cloud"))?;

    let file = folder.path().join("demo.toml");
    std::fs::write(&file, target::configuration(args, &cloud, folder.path())).map_err(world("cannot write the configuration"))?;
    let mut settings = config::load(&file).map_err(|error| failed(exit::CONFIG, &error.to_string()))?;

    settings.warnings.clear(); // the simulator's secret is no secret

    let metrics = Arc::new(Metrics::default());
    let console = Arc::new(console::Shown::default());
    let readable = args.sink.is_none() && args.format.is_none();
    let app = if readable {
        let sink = Console::new(Arc::clone(&console));
        let outlet = Outlet::new(target::SINK.into(), Box::new(sink), Arc::clone(&metrics));
        App::start_with(settings, Arc::clone(&metrics), vec![Arc::new(outlet)]).await
    } else {
        App::start(settings, Arc::clone(&metrics)).await
    };
    let app = app.map_err(|error| not_started(&error))?;
    eprintln!("{}", summary::opening(args.tenants, &cloud, app.address()));

    let time_is_up = async {
        match args.duration {
            Some(duration) => tokio::time::sleep(duration).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = asked_again(&mut signals) => {}
        () = time_is_up => {}
        () = console.closed.cancelled() => {}
    }
    let clean = tokio::select! {
        clean = app.stop() => clean,
        () = asked_again(&mut signals) => false,
    };
    let made = summary::Made::of(&cloud);
    cloud.stop().await;
    eprintln!("{}", summary::closing(&made, &metrics, readable.then(|| console.repeated())));
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::from(exit::UNCLEAN) })
}

/// A lively cloud: some history, steady arrivals, status changes, and a few that arrive late.
fn cloud(args: &Args) -> simulator::Settings {
    simulator::Settings {
        tenants: usize::from(args.tenants),
        seed: fastrand::u64(..),
        history: 3,
        history_span: Duration::from_mins(10),
        rate: args.rate,
        change_share: 0.2,
        change_within: Duration::from_secs(20),
        late_share: 0.05,
        late_by: Duration::from_secs(15),
        ..simulator::Settings::default()
    }
}
