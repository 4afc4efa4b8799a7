//! A configuration in a folder of its own, to be loaded or checked.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use alertferry::config::{self, ConfigError, Environment, Settings, TenantSettings};
use tempfile::TempDir;

pub const APP: &str = "[apps.main]\nclient_id = \"00000000-0000-0000-0000-000000000000\"\nclient_secret = { env = \"MAIN\" }\n";
pub const SINK: &str = "[sinks.out]\nkind = \"file\"\npath = \"-\"\n";
pub const TENANT: &str =
    "[[tenants]]\nname = \"contoso\"\ntenant_id = \"11111111-1111-1111-1111-111111111111\"\napp = \"main\"\n";

/// A folder with a configuration, and the environment beside it.
pub struct Written {
    pub folder: TempDir,
    environment: Environment,
}

impl Written {
    pub fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("config.toml"), text).unwrap();
        Self { folder, environment: Environment::from([("MAIN".to_owned(), "s3cret".to_owned())]) }
    }

    /// The least that loads, with more around it: `top` before the first table, `sink` and `tenant` at the end of theirs.
    pub fn around(top: &str, sink: &str, tenant: &str) -> Self {
        Self::new(&format!("{top}\n{APP}\n{SINK}{sink}\n{TENANT}sinks = [\"out\"]\n{tenant}\n"))
    }

    pub fn with(self, name: &str, text: &str) -> Self {
        fs::create_dir_all(self.folder.path().join("tenants.d")).unwrap();
        fs::write(self.folder.path().join(name), text).unwrap();
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("config.toml")
    }

    pub fn load(&self) -> Result<Settings, ConfigError> {
        config::load_with(&self.file(), &self.environment)
    }

    pub fn settings(&self) -> Settings {
        self.load().unwrap_or_else(|error| panic!("refused:\n{error}"))
    }

    pub fn tenant(&self) -> TenantSettings {
        self.settings().tenants.remove(0)
    }

    /// The mistakes, without the temporary folder's name.
    pub fn mistakes(&self) -> Vec<String> {
        let folder = format!("{}/", self.folder.path().display());
        let error = self.load().expect_err("it was accepted");
        error.mistakes().iter().map(|mistake| mistake.replace(&folder, "")).collect()
    }

    pub fn check(&self, flags: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_alertferry"));
        command.env_clear().envs(&self.environment).current_dir(self.folder.path());
        command.args(["check", "--config"]).arg(self.file()).args(flags).output().unwrap()
    }
}

/// A GUID that tells by its look which one it is.
pub fn uuid(n: u8) -> String {
    format!("{n:08}-0000-0000-0000-000000000000")
}
