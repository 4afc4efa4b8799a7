//! A real rsyslog on a loopback port that writes each message, as received, to a file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use super::service::{Service, free_port};
use super::spool::{self, Listen};

const LIMIT: Duration = Duration::from_mins(1);

/// A running rsyslog with its own configuration, work folder and output.
///
/// Each start has an output of its own: a killed rsyslog leaves the message torn that it was writing, and none must be
/// appended to that.
pub struct Rsyslog {
    folder: TempDir,
    listen: Listen,
    port: u16,
    starts: u32,
    pub service: Service,
}

impl Rsyslog {
    pub fn start() -> Self {
        Self::listening(Listen::Tcp)
    }

    pub fn listening(listen: Listen) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = free_port();
        let service = launch(folder.path(), &listen, port, 1);
        Self { folder, listen, port, starts: 1, service }
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Starts it again on the same port; the service must have ended.
    pub fn start_again(&mut self) {
        self.starts += 1;
        self.service = launch(self.folder.path(), &self.listen, self.port, self.starts);
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
        (1..=self.starts).flat_map(|start| spool::entries(&output(self.folder.path(), start))).collect()
    }

    /// What it made of the header of each message: priority, host name and program.
    pub fn headers(&self) -> Vec<Vec<u8>> {
        spool::entries(&self.folder.path().join("headers"))
    }

    /// Octets written to the output since the latest start.
    pub fn written(&self) -> u64 {
        spool::length(&output(self.folder.path(), self.starts))
    }

    /// Waits until as much has been written since the latest start as these messages take.
    pub fn wait_for(&self, messages: &[Vec<u8>]) {
        spool::wait_for(messages, &output(self.folder.path(), self.starts), &self.service);
    }
}

fn output(folder: &Path, start: u32) -> PathBuf {
    folder.join(format!("output-{start}"))
}

fn launch(folder: &Path, listen: &Listen, port: u16, start: u32) -> Service {
    let file = folder.join("rsyslog.conf");
    fs::write(&file, configuration(folder, listen, port, start)).expect("a configuration");
    let mut command = Command::new("/usr/sbin/rsyslogd");
    command.arg("-n").arg("-f").arg(&file).arg("-i").arg(folder.join("pid"));
    let mut service = Service::start(&command, folder);
    match listen {
        Listen::Udp => service.wait_for_datagram_port(port, LIMIT),
        Listen::Tcp | Listen::Tls(_) | Listen::Relp(_) => service.wait_for_port(port, LIMIT),
    }
    service
}

/// The direct queue has each message written before the next is read, so that nothing waits in rsyslog's memory.
fn configuration(folder: &Path, listen: &Listen, port: u16, start: u32) -> String {
    let output = output(folder, start).display().to_string();
    let none = String::new;
    let (kind, module, global, input) = match listen {
        Listen::Udp => ("imudp", none(), none(), none()),
        Listen::Tcp => ("imtcp", none(), none(), none()),
        Listen::Tls(papers) => {
            let files = format!(
                r#"defaultNetstreamDriver="ossl" defaultNetstreamDriverCAFile="{}"
                   defaultNetstreamDriverCertFile="{}" defaultNetstreamDriverKeyFile="{}""#,
                papers.ca.display(),
                papers.certificate.display(),
                papers.key.display()
            );
            let clients = if papers.of_clients { "x509/certvalid" } else { "anon" };
            (
                "imtcp",
                none(),
                files,
                format!(r#"streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="{clients}""#),
            )
        }
        Listen::Relp(None) => ("imrelp", none(), none(), none()),
        Listen::Relp(Some((papers, library))) => {
            let files = format!(
                r#"tls="on" tls.caCert="{}" tls.myCert="{}" tls.myPrivKey="{}""#,
                papers.ca.display(),
                papers.certificate.display(),
                papers.key.display()
            );
            let clients = if papers.of_clients { r#"tls.authMode="certvalid""# } else { "" };
            ("imrelp", format!(r#"tls.tlsLib="{library}""#), none(), format!("{files} {clients}"))
        }
    };
    let end = spool::END.replace('\n', "\\n");
    format!(
        r#"
global(workDirectory="{folder}" maxMessageSize="1m" parser.escapeControlCharactersOnReceive="off" {global})
module(load="{kind}" {module})
template(name="asReceived" type="list") {{
    property(name="rawmsg")
    constant(value="{end}")
}}
template(name="asUnderstood" type="string" string="%pri% %hostname% %programname%{end}")
ruleset(name="toFile" queue.type="Direct") {{
    action(type="omfile" file="{folder}/headers" template="asUnderstood" asyncWriting="off")
    action(type="omfile" file="{output}" template="asReceived" asyncWriting="off")
}}
input(type="{kind}" address="127.0.0.1" port="{port}" ruleset="toFile" {input})
"#,
        folder = folder.display(),
    )
}
