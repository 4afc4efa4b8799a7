//! A real rsyslog on a loopback port that writes each message, as received, to a file.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use super::service::{Service, free_port, poll};

/// Ends each message in the output: it occurs in no message of ours.
const END: &[u8] = b"<END>\n";
const LIMIT: Duration = Duration::from_mins(1);

/// A running rsyslog with its own configuration, work folder and output.
///
/// Each start has an output of its own: a killed rsyslog leaves the message torn that it was writing, and none must be
/// appended to that.
pub struct Rsyslog {
    folder: TempDir,
    port: u16,
    starts: u32,
    pub service: Service,
}

impl Rsyslog {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = free_port();
        let service = launch(&folder, port, 1);
        Self { folder, port, starts: 1, service }
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Starts it again on the same port; the service must have ended.
    pub fn start_again(&mut self) {
        self.starts += 1;
        self.service = launch(&self.folder, self.port, self.starts);
    }

    /// Asks it to end and waits until it has.
    pub fn stop(&mut self) {
        self.service.signal("TERM");
        // Should it be frozen, it hears of it now.
        self.service.signal("CONT");
        self.service.wait(LIMIT);
    }

    /// Every whole message received so far, in order.
    pub fn messages(&self) -> Vec<Vec<u8>> {
        let mut messages = Vec::new();
        for start in 1..=self.starts {
            let output = fs::read(output(&self.folder, start)).unwrap_or_default();
            let mut rest = output.as_slice();
            while let Some(end) = rest.windows(END.len()).position(|window| window == END) {
                messages.push(rest[..end].to_vec());
                rest = &rest[end + END.len()..];
            }
        }
        messages
    }

    /// Octets written to the output since the latest start.
    pub fn written(&self) -> u64 {
        fs::metadata(output(&self.folder, self.starts)).map_or(0, |metadata| metadata.len())
    }

    /// Waits until as much has been written since the latest start as these messages take.
    pub fn wait_for(&self, messages: &[Vec<u8>]) {
        let length = messages.iter().map(|message| message.len() + END.len()).sum::<usize>();
        let arrived = poll(LIMIT, || self.written() >= length as u64);
        assert!(arrived, "rsyslog wrote {} octets, not {length}: {}", self.written(), self.service.log());
    }
}

fn output(folder: &TempDir, start: u32) -> PathBuf {
    folder.path().join(format!("output-{start}"))
}

fn launch(folder: &TempDir, port: u16, start: u32) -> Service {
    let file = folder.path().join("rsyslog.conf");
    fs::write(&file, configuration(folder, port, start)).expect("a configuration");
    let mut command = Command::new("/usr/sbin/rsyslogd");
    command.arg("-n").arg("-f").arg(&file).arg("-i").arg(folder.path().join("pid"));
    let mut service = Service::start(&command, folder.path());
    service.wait_for_port(port, LIMIT);
    service
}

/// The direct queue has each message written before the next is read, so that nothing waits in rsyslog's memory.
fn configuration(folder: &TempDir, port: u16, start: u32) -> String {
    let (folder, output) = (folder.path().display(), output(folder, start).display().to_string());
    format!(
        r#"
global(workDirectory="{folder}" maxMessageSize="1m" parser.escapeControlCharactersOnReceive="off")
module(load="imtcp")
template(name="asReceived" type="list") {{
    property(name="rawmsg")
    constant(value="<END>\n")
}}
ruleset(name="toFile" queue.type="Direct") {{
    action(type="omfile" file="{output}" template="asReceived" asyncWriting="off")
}}
input(type="imtcp" address="127.0.0.1" port="{port}" ruleset="toFile")
"#
    )
}
