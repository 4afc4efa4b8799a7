//! A folder with a configuration in which an operator works.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use tempfile::TempDir;

use crate::support::daemon::to_its_end;
use crate::support::lab;

/// Everything but tenants; two apps, of which one has a directory of its own, and a cloud of our own.
const BASE: &str = r#"
[defaults]
sinks = ["out"]

[apps.main]
client_id = "00000000-0000-0000-0000-00000000000a"
client_secret = "s3cret"

[apps.ours]
client_id = "00000000-0000-0000-0000-00000000000b"
client_secret = "s3cret"
tenant_id = "99999999-9999-9999-9999-999999999999"

[clouds.lab]
login = "http://127.0.0.1:1"
graph = "http://127.0.0.1:1"

[sinks.out]
kind = "file"
path = "-"

[sinks.soc]
kind = "file"
path = "soc.jsonl"
"#;

pub struct Desk {
    folder: TempDir,
}

impl Desk {
    /// With no tenant yet.
    pub fn new() -> Self {
        Self::with(BASE)
    }

    /// With a configuration in which `{folder}` stands for the folder.
    pub fn with(config: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = config.replace("{folder}", &folder.path().display().to_string());
        fs::write(folder.path().join("config.toml"), config).unwrap();
        Self { folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the program without a terminal.
    pub fn run(&self, words: &[&str]) -> Output {
        let mut command = to_its_end();
        command.args(words).arg("--config").arg(self.path("config.toml")).current_dir(self.folder.path());
        command.env_remove("ALERTFERRY_CONFIG").output().unwrap()
    }

    /// Runs it, expects this exit code, and gives its standard output and error.
    #[track_caller]
    pub fn told(&self, code: i32, words: &[&str]) -> (String, String) {
        let output = self.run(words);
        let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert_eq!(output.status.code(), Some(code), "{words:?}\n{out}\n{err}");
        for secret in ["s3cret", lab::SECRET] {
            assert!(!out.contains(secret) && !err.contains(secret), "{words:?}\n{out}\n{err}");
        }
        (out, err)
    }

    /// Runs it with `--json`, expects success, and gives the document.
    #[track_caller]
    pub fn document(&self, words: &[&str]) -> serde_json::Value {
        self.document_of(0, words)
    }

    /// Runs it with `--json`, expects this exit code, and gives the document.
    #[track_caller]
    pub fn document_of(&self, code: i32, words: &[&str]) -> serde_json::Value {
        let (out, err) = self.told(code, &[words, &["--json"]].concat());
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{words:?}: {error}\n{out}\n{err}"))
    }

    /// What stands in the folder.
    pub fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// What stands in `tenants.d`, hidden files included; `None` without such a folder.
    pub fn tenant_files(&self) -> Option<Vec<String>> {
        let entries = fs::read_dir(self.path("tenants.d")).ok()?;
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        Some(names)
    }
}
