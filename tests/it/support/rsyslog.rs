//! A real rsyslog on a loopback port that writes each message, as received, to a file.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use super::service::{Service, free_port, poll};

/// Ends each message in the output: it occurs in no message of ours.
const END: &[u8] = b"<END>\n";
const LIMIT: Duration = Duration::from_secs(60);

/// A running rsyslog with its own configuration, work folder and output.
pub struct Rsyslog {
    folder: TempDir,
    port: u16,
    pub service: Service,
}

impl Rsyslog {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = free_port();
        fs::write(folder.path().join("rsyslog.conf"), configuration(&folder, port)).expect("a configuration");
        let service = launch(&folder, port);
        Self { folder, port, service }
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Starts it again with the same port and output; the service must have ended.
    pub fn start_again(&mut self) {
        self.service = launch(&self.folder, self.port);
    }

    /// Asks it to end and waits until it has.
    pub fn stop(&mut self) {
        self.service.signal("TERM");
        // Should it be frozen, it hears of it now.
        self.service.signal("CONT");
        self.service.wait(LIMIT);
    }

    /// Every message received so far, in order.
    pub fn messages(&self) -> Vec<Vec<u8>> {
        let output = fs::read(self.output()).unwrap_or_default();
        let mut messages = Vec::new();
        let mut rest = output.as_slice();
        while let Some(end) = rest.windows(END.len()).position(|window| window == END) {
            messages.push(rest[..end].to_vec());
            rest = &rest[end + END.len()..];
        }
        messages
    }

    /// Octets written to the output so far.
    pub fn written(&self) -> u64 {
        fs::metadata(self.output()).map_or(0, |metadata| metadata.len())
    }

    /// Waits until these messages have been written after the first `before` octets.
    pub fn wait_for(&self, messages: &[Vec<u8>], before: u64) {
        let length = messages.iter().map(|message| message.len() + END.len()).sum::<usize>();
        let arrived = poll(LIMIT, || self.written() >= before + length as u64);
        assert!(arrived, "rsyslog wrote {} octets, not {length} after {before}: {}", self.written(), self.service.log());
    }

    fn output(&self) -> PathBuf {
        self.folder.path().join("output")
    }
}

fn launch(folder: &TempDir, port: u16) -> Service {
    let mut command = Command::new("/usr/sbin/rsyslogd");
    command.arg("-n").arg("-f").arg(folder.path().join("rsyslog.conf")).arg("-i").arg(folder.path().join("pid"));
    let mut service = Service::start(&command, folder.path());
    service.wait_for_port(port, LIMIT);
    service
}

/// The direct queue has each message written before the next is read, so that nothing waits in rsyslog's memory.
fn configuration(folder: &TempDir, port: u16) -> String {
    let folder = folder.path().display();
    format!(
        r#"
global(workDirectory="{folder}" maxMessageSize="1m" parser.escapeControlCharactersOnReceive="off")
module(load="imtcp")
template(name="asReceived" type="list") {{
    property(name="rawmsg")
    constant(value="<END>\n")
}}
ruleset(name="toFile" queue.type="Direct") {{
    action(type="omfile" file="{folder}/output" template="asReceived" asyncWriting="off")
}}
input(type="imtcp" address="127.0.0.1" port="{port}" ruleset="toFile")
"#
    )
}
