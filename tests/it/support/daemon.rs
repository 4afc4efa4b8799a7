//! The built program as a child process that reads from a [`Lab`] and never outlives the test.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::lab::{Lab, SECRET};
use super::scrape::{self, Answer, Metrics};
use super::service::{Service, poll};

/// The built program.
pub const BINARY: &str = env!("CARGO_BIN_EXE_alertferry");

/// How long anything may take; far more than it does.
pub const GENEROUS: Duration = Duration::from_secs(90);

/// Runs a command of the program to its end, with its output taken; a hanging one is ended.
pub fn alertferry(arguments: &[&str]) -> Output {
    let mut command = Command::new("timeout");
    command.args(["--kill-after=5", "120", BINARY]).args(arguments);
    command.stdin(Stdio::null()).output().expect("the program starts")
}

/// What a daemon is started with.
pub struct Setup {
    folder: TempDir,
    head: String,
    defaults: Vec<(String, String)>,
    sinks: Vec<(String, String)>,
    tenants: Vec<(String, String, String)>,
    parts: String,
    environment: Vec<(String, String)>,
    arguments: Vec<String>,
}

impl Setup {
    /// Reads all tenants of the lab every second, without delay, from an hour ago on.
    pub fn new(lab: &Lab) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let secret = folder.path().join("client-secret");
        std::fs::write(&secret, format!("{SECRET}\n")).expect("a file in our folder");
        let url = lab.base_url();
        let parts = format!(
            "[clouds.lab]\nlogin = {url:?}\ngraph = {url:?}\n\n[apps.main]\nclient_id = {:?}\nclient_secret = {{ file = {secret:?} }}\n",
            alertferry::simulator::CLIENT_ID
        );
        let tenants = lab.tenants().into_iter().map(|tenant| (tenant.name, tenant.tenant_id, String::new())).collect();
        let setup = Self {
            folder,
            head: String::new(),
            defaults: Vec::new(),
            sinks: Vec::new(),
            tenants,
            parts,
            environment: Vec::new(),
            arguments: Vec::new(),
        };
        setup.default("interval", "\"1s\"").default("delay", "\"0s\"").default("overlap", "\"1m\"").default("lookback", "\"1h\"")
    }

    /// Sets a key of `[defaults]`; the value is TOML.
    pub fn default(mut self, key: &str, value: &str) -> Self {
        self.set_default(key, value);
        self
    }

    /// As [`Setup::default`], for the next start.
    pub fn set_default(&mut self, key: &str, value: &str) {
        self.defaults.retain(|(present, _)| present != key);
        self.defaults.push((key.to_owned(), value.to_owned()));
    }

    /// Adds a sink, used by every tenant that does not say otherwise; `{folder}` in its keys stands for the daemon's folder.
    pub fn sink(mut self, name: &str, keys: &str) -> Self {
        let keys = keys.replace("{folder}", &self.folder.path().display().to_string());
        self.sinks.push((name.to_owned(), keys));
        self
    }

    /// A sink that writes OCSF lines to the file `NAME.jsonl` in the daemon's folder.
    pub fn file_sink(self, name: &str) -> Self {
        self.sink(name, &format!("kind = \"file\"\npath = \"{{folder}}/{name}.jsonl\""))
    }

    /// Adds keys to a tenant.
    pub fn tenant(mut self, name: &str, keys: &str) -> Self {
        let tenant = self.tenants.iter_mut().find(|(present, ..)| present == name).expect("a tenant of the lab");
        writeln!(tenant.2, "{keys}").expect("writing to a string");
        self
    }

    /// Adds top-level keys, such as `shutdown_deadline = "5s"`.
    pub fn top(mut self, keys: &str) -> Self {
        writeln!(self.head, "{keys}").expect("writing to a string");
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes the configuration and gives its path.
    pub fn write(&self) -> PathBuf {
        let names: Vec<&str> = self.sinks.iter().map(|(name, _)| name.as_str()).collect();
        let mut text = format!("{}\n[defaults]\nsinks = {names:?}\n", self.head);
        for (key, value) in &self.defaults {
            writeln!(text, "{key} = {value}").expect("writing to a string");
        }
        let ledger = self.folder.path().join("ledger");
        write!(text, "\n[ledger]\npath = {ledger:?}\n\n[admin]\nlisten = \"127.0.0.1:0\"\n\n{}", self.parts)
            .expect("writing to a string");
        for (name, keys) in &self.sinks {
            write!(text, "\n[sinks.{name}]\n{keys}\n").expect("writing to a string");
        }
        for (name, id, keys) in &self.tenants {
            write!(text, "\n[[tenants]]\nname = {name:?}\ntenant_id = {id:?}\napp = \"main\"\ncloud = \"lab\"\n{keys}")
                .expect("writing to a string");
        }
        let path = self.folder.path().join("config.toml");
        std::fs::write(&path, text).expect("a file in our folder");
        path
    }

    /// Starts the daemon and waits until it says that it runs.
    pub fn start(self) -> Daemon {
        let service = self.launch();
        let mut daemon = Daemon { setup: self, service, from: 0, address: None };
        daemon.wait_for_start();
        daemon
    }

    fn launch(&self) -> Service {
        let config = self.write();
        let mut command = Command::new(BINARY);
        command.arg("run").arg("--config").arg(config).args(&self.arguments);
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        Service::start(&command, self.folder.path())
    }
}

/// A running daemon.
pub struct Daemon {
    pub setup: Setup,
    pub service: Service,
    /// Where the log of the present run starts.
    from: usize,
    address: Option<SocketAddr>,
}

impl Daemon {
    fn wait_for_start(&mut self) {
        let (log, from) = (self.setup.folder().join("service.log"), self.from);
        let mut address = None;
        self.service.wait_until("alertferry runs", GENEROUS, || {
            let written = std::fs::read(&log).unwrap_or_default();
            let text = String::from_utf8_lossy(written.get(from..).unwrap_or_default());
            address = text.lines().filter(|line| line.contains("alertferry runs")).find_map(admin_address);
            address.is_some()
        });
        self.address = address;
    }

    pub fn folder(&self) -> &Path {
        self.setup.folder()
    }

    /// The configuration file, for other commands of the program.
    pub fn config(&self) -> String {
        self.folder().join("config.toml").display().to_string()
    }

    /// Where the admin endpoint listens.
    pub fn address(&self) -> SocketAddr {
        self.address.expect("a daemon that runs")
    }

    /// Asks the admin endpoint.
    pub fn get(&self, path: &str) -> Answer {
        scrape::get(self.address(), path).unwrap_or_else(|| panic!("no answer to {path}; the log:\n{}", self.log()))
    }

    /// Asks the admin endpoint for JSON.
    pub fn json(&self, path: &str) -> serde_json::Value {
        let answer = self.get(path);
        serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{path}: {error}: {}", answer.body))
    }

    /// The metrics of this moment.
    pub fn metrics(&self) -> Metrics {
        Metrics::parse(&self.get("/metrics").body)
    }

    /// Waits until `ready` says yes.
    pub fn wait_until(&mut self, what: &str, mut ready: impl FnMut(&Self) -> bool) {
        let came = poll(GENEROUS, || ready(self));
        assert!(came, "no {what} within {GENEROUS:?}; metrics:\n{}\nlog:\n{}", self.metrics_text(), tail(&self.log()));
    }

    /// Waits until the metrics are as `ready` wants them.
    pub fn wait_for_metrics(&mut self, what: &str, mut ready: impl FnMut(&Metrics) -> bool) {
        self.wait_until(what, |daemon| {
            scrape::get(daemon.address(), "/metrics").is_some_and(|answer| ready(&Metrics::parse(&answer.body)))
        });
    }

    /// Asks for the end with SIGTERM and gives the exit code.
    pub fn stop(&mut self) -> Option<i32> {
        self.service.signal("TERM");
        self.service.wait(GENEROUS).code()
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        self.service.kill();
    }

    /// Starts it again with the same folder, hence the same ledger, and with what `setup` says by now; it must have ended.
    pub fn restart(&mut self) {
        self.from = self.service.log().len();
        self.service = self.setup.launch();
        self.wait_for_start();
    }

    /// All that was written to standard output and error, by every run.
    pub fn log(&self) -> String {
        self.service.log()
    }

    /// The whole lines of the file sink `name`, as JSON.
    pub fn lines(&self, name: &str) -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(self.folder().join(format!("{name}.jsonl"))).unwrap_or_default();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
    }

    fn metrics_text(&self) -> String {
        scrape::get(self.address(), "/metrics").map(|answer| answer.body).unwrap_or_default()
    }
}

fn admin_address(line: &str) -> Option<SocketAddr> {
    let json = serde_json::from_str::<serde_json::Value>(line).ok();
    let json = json.and_then(|line| line["admin"].as_str().map(ToOwned::to_owned));
    let text = || line.split("admin=").nth(1).map(|rest| rest.trim().trim_matches('"').to_owned());
    json.or_else(text)?.parse().ok()
}

fn tail(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(60)..].join("\n")
}
