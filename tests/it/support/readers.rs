//! Readers of CEF that we did not write, behind one process for a whole test (tests/readers).

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::OnceLock;

use serde_json::{Value, json};

/// What a reader made of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// Version, vendor, product, device version, class, name and severity.
    pub header: Vec<String>,
    /// In the order in which the reader gives them.
    pub pairs: Vec<(String, String)>,
}

pub struct CefReaders {
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl CefReaders {
    pub fn start() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        fetch(root);
        let mut child = Command::new(root.join(".services/readers/venv/bin/python"))
            .arg(root.join("tests/readers/read_cef.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the readers start");
        let requests = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { child, requests, answers }
    }

    /// What each of the readers made of the line, by its name; a reader that refused it says why.
    pub fn read(&mut self, line: &str, readers: &[&str]) -> BTreeMap<String, Result<Read, String>> {
        let requests = self.requests.as_mut().expect("open until it is dropped");
        writeln!(requests, "{}", json!({ "line": line, "readers": readers })).expect("the readers listen");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("the readers answer");
        let answer: BTreeMap<String, Value> =
            serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error} in {answer:?} about {line:?}"));
        answer.into_iter().map(|(reader, read)| (reader, understood(&read))).collect()
    }
}

/// Once for all tests; quick when everything is there.
fn fetch(root: &Path) {
    static FETCHED: OnceLock<()> = OnceLock::new();
    FETCHED.get_or_init(|| {
        let script = root.join("tests/readers/fetch.sh");
        let status = Command::new("sh").arg(&script).status().expect("a shell");
        assert!(status.success(), "{} failed: {status}", script.display());
    });
}

impl Drop for CefReaders {
    fn drop(&mut self) {
        drop(self.requests.take());
        let _ = self.child.wait(); // it ends with its input
    }
}

fn understood(read: &Value) -> Result<Read, String> {
    if let Some(why) = read.get("refused") {
        return Err(why.to_string());
    }
    let text = |value: &Value| value.as_str().map(str::to_owned).expect("a text");
    let list = |value: &Value| value.as_array().cloned().expect("a list");
    let pairs = list(&read["pairs"]).iter().map(|pair| (text(&pair[0]), text(&pair[1]))).collect();
    Ok(Read { header: list(&read["header"]).iter().map(text).collect(), pairs })
}
