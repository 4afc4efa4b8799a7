//! The built program as a child process that reads from a lab and never outlives the test.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use super::ocsf;
use super::scrape::{self, Answer, Metrics};
use super::service::{Service, poll};
pub use super::setup::Setup;

/// The built program.
pub const BINARY: &str = env!("CARGO_BIN_EXE_alertferry");

/// How long anything may take; far more than it does.
pub const GENEROUS: Duration = Duration::from_secs(90);

/// Runs a command of the program to its end, with its output taken; a hanging one is ended.
pub fn alertferry(arguments: &[&str]) -> Output {
    to_its_end().args(arguments).output().expect("the program starts")
}

/// The program with nothing to read, and ended should it hang.
pub fn to_its_end() -> Command {
    let mut command = Command::new("timeout");
    command.args(["--kill-after=5", "120", BINARY]).stdin(Stdio::null());
    command
}

/// A running daemon.
pub struct Daemon {
    pub setup: Setup,
    pub service: Service,
    /// Where the log of the present run starts.
    from: usize,
    address: Option<SocketAddr>,
    /// How many lines of each file sink have been found valid.
    checked: Mutex<HashMap<String, usize>>,
}

impl Daemon {
    /// Starts a daemon and waits until it says that it runs.
    pub fn start(setup: Setup) -> Self {
        let mut daemon = Self::launch(setup);
        daemon.wait_for_start();
        daemon
    }

    /// Starts a daemon that may not come as far as to say that it runs.
    pub fn launch(setup: Setup) -> Self {
        let service = setup.launch();
        Self { setup, service, from: 0, address: None, checked: Mutex::default() }
    }

    pub fn wait_for_start(&mut self) {
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
        self.relaunch();
        self.wait_for_start();
    }

    /// As [`Daemon::restart`], without the wait.
    pub fn relaunch(&mut self) {
        self.from = self.service.log().len();
        self.service = self.setup.launch();
    }

    /// All that was written to standard output and error, by every run.
    pub fn log(&self) -> String {
        self.service.log()
    }

    /// As [`Daemon::log`], by the present run, or by the last one if it has ended.
    pub fn log_of_this_run(&self) -> String {
        self.log().split_off(self.from)
    }

    /// The most memory that the running process has had so far, in bytes, as the kernel counts it.
    pub fn peak(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.service.pid())).expect("a process that runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak of its resident memory");
        1024 * line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number of kB")
    }

    /// The whole lines of the file sink `name`, as JSON; those that are findings are valid ones.
    pub fn lines(&self, name: &str) -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(self.folder().join(format!("{name}.jsonl"))).unwrap_or_default();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let mut checked = self.checked.lock().unwrap();
        let already = *checked.get(name).unwrap_or(&0);
        for line in whole.lines().skip(already).filter(|line| line.contains("\"class_uid\"")) {
            ocsf::assert_valid(line.as_bytes());
        }
        checked.insert(name.to_owned(), whole.lines().count());
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
