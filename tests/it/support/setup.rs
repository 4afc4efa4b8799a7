//! What a daemon is started with: a configuration that reads from a [`Lab`], built step by step.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use super::daemon::{BINARY, Daemon, to_its_end};
use super::lab::{Lab, SECRET};
use super::service::Service;

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
            "[clouds.lab]\nlogin = {url:?}\ngraph = {url:?}\nmde = {url:?}\nxdr = {url:?}\narm = {url:?}\n\n[apps.main]\nclient_id = {:?}\nclient_secret = {{ file = {:?} }}\n",
            alertferry::simulator::CLIENT_ID,
            secret.display().to_string()
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

    /// As [`Setup::sink`], in place of all others.
    pub fn only_sink(mut self, name: &str, keys: &str) -> Self {
        self.sinks.clear();
        self.sink(name, keys)
    }

    /// Replaces the keys of a sink, for the next start.
    pub fn set_sink(&mut self, name: &str, keys: &str) {
        let sink = self.sinks.iter_mut().find(|(present, _)| present == name).expect("a sink that was added");
        keys.clone_into(&mut sink.1);
    }

    /// A sink that writes OCSF lines to the file `NAME.jsonl` in the daemon's folder.
    pub fn file_sink(self, name: &str) -> Self {
        self.sink(name, &format!("kind = \"file\"\npath = \"{{folder}}/{name}.jsonl\""))
    }

    /// Replaces the client secret of the app `main` by another credential.
    pub fn credential(mut self, keys: &str) -> Self {
        let folder = self.folder.path().display().to_string();
        let is_secret = |line: &&str| line.starts_with("client_secret");
        let secret = self.parts.lines().find(is_secret).expect("the app main with its secret").to_owned();
        self.parts = self.parts.replace(&secret, &keys.replace("{folder}", &folder));
        self
    }

    /// Adds keys to a tenant; an `app` or `cloud` that comes first takes the place of `main` or `lab`.
    pub fn tenant(mut self, name: &str, keys: &str) -> Self {
        let tenant = self.tenants.iter_mut().find(|(present, ..)| present == name).expect("a tenant of the lab");
        writeln!(tenant.2, "{keys}").expect("writing to a string");
        self
    }

    /// Adds whole tables, such as an app, a cloud or a tenant of another kind.
    pub fn part(mut self, text: &str) -> Self {
        let folder = self.folder.path().display().to_string();
        write!(self.parts, "\n{}\n", text.replace("{folder}", &folder)).expect("writing to a string");
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

    /// Sets a variable for the next start, or takes it away.
    pub fn set_env(&mut self, name: &str, value: Option<&str>) {
        self.environment.retain(|(present, _)| present != name);
        self.environment.extend(value.map(|value| (name.to_owned(), value.to_owned())));
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
        let ledger = self.folder.path().join("ledger").display().to_string();
        write!(text, "\n[ledger]\npath = {ledger:?}\n\n[admin]\nlisten = \"127.0.0.1:0\"\n\n{}", self.parts)
            .expect("writing to a string");
        for (name, keys) in &self.sinks {
            write!(text, "\n[sinks.{name}]\n{keys}\n").expect("writing to a string");
        }
        for (name, id, keys) in &self.tenants {
            let app = if keys.starts_with("app = ") { "" } else { "app = \"main\"\n" };
            let cloud = if keys.starts_with("cloud = ") { "" } else { "cloud = \"lab\"\n" };
            write!(text, "\n[[tenants]]\nname = {name:?}\ntenant_id = {id:?}\n{app}{cloud}{keys}").expect("writing to a string");
        }
        let path = self.folder.path().join("config.toml");
        std::fs::write(&path, text).expect("a file in our folder");
        path
    }

    /// Runs the daemon that is not expected to start, to its end.
    pub fn refused(&self) -> Output {
        let mut command = to_its_end();
        command.arg("run").arg("--config").arg(self.write()).args(&self.arguments);
        command.envs(self.environment.iter().cloned()).output().expect("the program starts")
    }

    /// Starts the daemon and waits until it says that it runs.
    pub fn start(self) -> Daemon {
        Daemon::start(self)
    }

    /// Writes the configuration and starts the process.
    pub fn launch(&self) -> Service {
        let config = self.write();
        let mut command = Command::new(BINARY);
        command.arg("run").arg("--config").arg(config).args(&self.arguments);
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        Service::start(&command, self.folder.path())
    }
}
