//! `simulate`: runs a simulated Microsoft cloud on a loopback port.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

use super::exit;
use crate::simulator::{ALL_FAULTS, Burst, FaultEntry, Scope, Settings, Simulator, Spec, configuration, duration};

/// Runs a simulated Microsoft cloud on a loopback port, until Ctrl-C.
///
/// It prints the parts of a configuration that read from it. Tenants, alert IDs and contents depend on the seed only.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, after_long_help = long_help())]
pub struct Args {
    #[command(flatten)]
    options: Box<Options>, // many, and every command would be as large
}

#[derive(Debug, clap::Args)]
struct Options {
    /// Where to listen; port 0 lets the system choose.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8081")]
    listen: SocketAddr,

    /// How many tenants there are.
    #[arg(long, value_name = "N", default_value_t = 3)]
    tenants: usize,

    /// Another seed, other tenants and alerts.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// How many alerts each tenant has at the start.
    #[arg(long, value_name = "N", default_value_t = 50)]
    history: usize,

    /// Over which past they are spread.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "24h")]
    history_span: Duration,

    /// New alerts of each tenant per minute.
    #[arg(long, value_name = "NUMBER", value_parser = rate, default_value = "6")]
    rate: f64,

    /// Many alerts at once, now and then, e.g. 200/10m.
    #[arg(long, value_name = "SIZE/EVERY", value_parser = burst)]
    burst: Option<Burst>,

    /// The share of new alerts that become readable late, 0 to 1.
    #[arg(long, value_name = "SHARE", value_parser = share, default_value = "0.05")]
    late: f64,

    /// How late at most.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "5m")]
    late_by: Duration,

    /// The share of alerts that change their status later, 0 to 1.
    #[arg(long, value_name = "SHARE", value_parser = share, default_value = "0.2")]
    change: f64,

    /// How much later at most.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "2m")]
    change_within: Duration,

    /// The largest page; a larger $top is cut without a word.
    #[arg(long, value_name = "ROWS", default_value_t = 1000)]
    page_max: usize,

    /// How long tokens last.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "3599s")]
    token_life: Duration,

    /// A TOML file with faults, as docs/simulator-faults.toml.
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,

    /// Something that goes wrong from the start; may be given several times. The long help lists the kinds.
    #[arg(long = "fault", value_name = "KIND[=ARG][*TIMES][@TENANT][ feed=FEED]")]
    fault: Vec<Spec>,

    /// Only prints the parts of a configuration that read from this simulator.
    #[arg(long)]
    print_config: bool,
}

const EXAMPLES: &str = "Examples:
  alertferry simulate
  alertferry simulate --tenants 25 --rate 30 --burst 500/10m
  alertferry simulate --fault status=503:5@tenant-02 --fault 'token-error=7000222*3' --fault links=never
  alertferry simulate --tenants 25 --print-config > lab.toml";

fn long_help() -> String {
    let mut text = format!(
        "{EXAMPLES}\n\nFaults (*TIMES: only so often, @TENANT: only for the tenant of that name or ID, feed=FEED: only for that API):\n"
    );
    for (word, argument, meaning) in ALL_FAULTS {
        let spelled = if argument.is_empty() { word.to_owned() } else { format!("{word}={argument}") };
        writeln!(text, "  {spelled}\n          {meaning}").expect("a string takes all writes");
    }
    text
}

fn rate(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|rate| (0.0..=1e6).contains(rate)).ok_or_else(|| "expected a number from 0 to 1000000".to_owned())
}

fn share(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|share| (0.0..=1.0).contains(share)).ok_or_else(|| "expected a number from 0 to 1".to_owned())
}

fn burst(text: &str) -> Result<Burst, String> {
    let (size, every) = text.split_once('/').ok_or("expected SIZE/EVERY, such as 200/10m")?;
    let size = size.parse().map_err(|_| format!("expected a number of alerts before the /, found {size:?}"))?;
    let every = duration(every)?;
    if every < Duration::from_secs(1) {
        return Err("bursts come at most once a second".to_owned());
    }
    Ok(Burst { every, size })
}

/// A file of faults.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultFile {
    #[serde(default)]
    faults: Vec<FaultEntry>,
}

fn read_faults(path: &Path) -> Result<Vec<Spec>, String> {
    let place = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| format!("fault file {place}: {error}"))?;
    let file: FaultFile = toml::from_str(&text).map_err(|error| format!("fault file {place}: {error}"))?;
    let read = |(index, entry): (usize, &FaultEntry)| {
        entry.read().map_err(|error| format!("fault file {place}, entry {} of [[faults]]: {error}", index + 1))
    };
    file.faults.iter().enumerate().map(read).collect()
}

fn settings(args: &Options) -> Result<Settings, String> {
    let mut faults = args.faults.as_deref().map(read_faults).transpose()?.unwrap_or_default();
    faults.extend(args.fault.iter().cloned());
    let settings = Settings {
        listen: args.listen,
        tenants: args.tenants,
        seed: args.seed,
        history: args.history,
        history_span: args.history_span,
        rate: args.rate,
        burst: args.burst,
        late_share: args.late,
        late_by: args.late_by,
        change_share: args.change,
        change_within: args.change_within,
        page_max: args.page_max,
        token_life: args.token_life,
        faults,
        ..Settings::default()
    };
    let tenants = settings.tenant_infos();
    for spec in &settings.faults {
        if let Scope::Tenant(key) = &spec.scope
            && !tenants.iter().any(|tenant| tenant.name == *key || tenant.tenant_id == *key)
        {
            let named = tenants.iter().map(|tenant| tenant.name.as_str()).take(3).collect::<Vec<_>>().join(", ");
            return Err(format!(
                "fault {} is for tenant {key:?}, which this simulator does not have; there are {named} and so on",
                spec.fault
            ));
        }
    }
    Ok(settings)
}

/// Runs the command.
#[must_use]
pub fn run(args: &Args) -> ExitCode {
    let args = &args.options;
    let settings = match settings(args) {
        Ok(settings) => settings,
        Err(error) => return refuse(exit::CONFIG, &error),
    };
    if args.print_config {
        if args.listen.port() == 0 {
            return refuse(exit::CONFIG, "--print-config needs a port in --listen: port 0 is known only once it runs");
        }
        print!("{}", configuration(&settings, &format!("http://{}", args.listen)));
        return ExitCode::SUCCESS;
    }
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return refuse(exit::NOT_STARTED, &format!("no threads to run on: {error}")),
    };
    match runtime.block_on(serve(settings)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refuse(exit::NOT_STARTED, &format!("the simulator could not start on {}: {error}", args.listen)),
    }
}

fn refuse(code: u8, message: &str) -> ExitCode {
    eprintln!("alertferry simulate: {message}");
    ExitCode::from(code)
}

async fn serve(settings: Settings) -> std::io::Result<()> {
    // Before anything is said, so that whoever reads the address may already end us politely.
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let cloud = Simulator::start(settings).await?;
    eprintln!("The simulated cloud listens on {}; Ctrl-C ends it.", cloud.base_url());
    eprintln!(
        "Its side door: {0}/simulator/faults, {0}/simulator/alerts?tenant=tenant-01, {0}/simulator/requests",
        cloud.base_url()
    );
    println!("{}", cloud.configuration());
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    let requests: u64 = cloud.requests().counts.iter().map(|count| count.count).sum();
    let tenants = cloud.tenants();
    let alerts: usize = tenants.iter().map(|tenant| cloud.truth(&tenant.tenant_id).len()).sum();
    cloud.stop().await;
    eprintln!("Answered {requests} requests; {} tenants held {alerts} alerts.", tenants.len());
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::{Args, Options, settings};

    #[derive(clap::Parser)]
    struct Typed {
        #[command(flatten)]
        args: Args,
    }

    fn typed(words: &[&str]) -> Result<Box<Options>, clap::Error> {
        Typed::try_parse_from([&["simulate"], words].concat()).map(|typed| typed.args.options)
    }

    #[test]
    fn what_is_typed_becomes_settings() {
        let words = ["--tenants", "25", "--burst", "200/10m", "--history-span", "7d", "--fault", "status=503:5*2@tenant-02"];
        let settings = settings(&typed(&words).expect("arguments")).expect("settings");
        assert_eq!((settings.tenants, settings.burst.expect("a burst").size), (25, 200));
        assert_eq!(settings.history_span, std::time::Duration::from_hours(168));
        assert_eq!(settings.faults[0].fault.to_string(), "status=503:5");
    }

    #[test]
    fn a_fault_for_nobody_is_refused() {
        let error = settings(&typed(&["--fault", "cut@tenant-04"]).expect("arguments")).expect_err("there are three tenants");
        assert!(error.contains("\"tenant-04\"") && error.contains("tenant-01"), "{error}");
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_what_would() {
        for (words, reason) in [
            (["--rate", "NaN"], "from 0 to 1000000"),
            (["--late", "2"], "from 0 to 1"),
            (["--burst", "7"], "SIZE/EVERY"),
            (["--burst", "7/0s"], "once a second"),
            (["--token-life", "60"], "with its unit"),
            (["--fault", "gremlins"], "there is no fault"),
        ] {
            let error = typed(&words).expect_err(words[1]).to_string();
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn the_example_file_loads_and_a_wrong_entry_is_named() {
        let example = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator-faults.toml");
        let some = settings(&typed(&["--faults", example]).expect("arguments")).expect("settings");
        assert!(some.faults.len() >= 3);
        let file = tempfile::NamedTempFile::new().expect("a file");
        let load = |text: &str| {
            std::fs::write(file.path(), text).expect("written");
            let path = file.path().to_str().expect("a path");
            settings(&typed(&["--faults", path]).expect("arguments")).expect_err(text)
        };
        assert!(load("[[faults]]\nfault = \"no-date\"\n[[faults]]\nfault = \"x\"").contains("entry 2"));
        assert!(load("[[faults]]\nfault = \"no-date\"\ntenants = \"a\"").contains("tenants"));
    }
}
