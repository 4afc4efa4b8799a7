//! A real syslog-ng on a loopback port that writes each message, as received, to a file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use alertferry::sink::settings::{Framing, Rfc};
use tempfile::TempDir;

use super::service::{Service, free_port};
use super::spool::{self, Listen};

const LIMIT: Duration = Duration::from_mins(1);

/// A running syslog-ng with its own configuration and output.
pub struct SyslogNg {
    folder: TempDir,
    port: u16,
    service: Service,
}

impl SyslogNg {
    /// What it listens for must be what is sent to it: unlike rsyslog, it finds out nothing by itself.
    pub fn listening(listen: &Listen, framing: Framing, rfc: Rfc) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = free_port();
        let file = folder.path().join("syslog-ng.conf");
        fs::write(&file, configuration(folder.path(), &source(listen, framing, rfc, port))).expect("a configuration");
        let mut command = command();
        command.args(["--foreground", "--stderr", "--no-caps", "--cfgfile"]).arg(&file);
        for (option, name) in [("--persist-file", "persist"), ("--pidfile", "pid"), ("--control", "control")] {
            command.arg(option).arg(folder.path().join(name));
        }
        let mut service = Service::start(&command, folder.path());
        match listen {
            Listen::Udp => service.wait_for_datagram_port(port, LIMIT),
            Listen::Tcp | Listen::Tls(_) | Listen::Relp(_) => service.wait_for_port(port, LIMIT),
        }
        Self { folder, port, service }
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Waits until as much has been written as these messages take, and returns what was.
    pub fn wait_for(&self, messages: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let output = self.folder.path().join("output");
        spool::wait_for(messages, &output, &self.service);
        spool::entries(&output)
    }

    /// What it made of the header of each message: priority, host name and program.
    pub fn headers(&self, expected: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let headers = self.folder.path().join("headers");
        spool::wait_for(expected, &headers, &self.service);
        spool::entries(&headers)
    }
}

/// syslog-ng, unpacked where it is not installed, with the libraries and modules that came with it.
fn command() -> Command {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/services/syslog-ng.sh");
        let output = Command::new(&script).stdin(Stdio::null()).output().expect("a shell starts");
        assert!(
            output.status.success(),
            "{} could not fetch syslog-ng (it needs apt-get, and a network once):\n{}",
            script.display(),
            String::from_utf8_lossy(&output.stderr)
        );
        PathBuf::from(String::from_utf8(output.stdout).expect("a UTF-8 path").trim_end())
    });
    let list = fs::read_to_string(folder.join("libraries")).expect("the folders of its libraries");
    let folders: Vec<String> = list.lines().map(|relative| folder.join(relative).display().to_string()).collect();
    let modules = folders.iter().find(|one| Path::new(one).join("libafsocket.so").exists()).expect("its modules");
    let mut command = Command::new(folder.join("usr/sbin/syslog-ng"));
    command.env("LD_LIBRARY_PATH", folders.join(":")).arg("--module-path").arg(modules);
    command
}

/// `syslog` counts octets and reads RFC 5424, `network` reads lines and RFC 3164, and either is told the other RFC by a flag.
fn source(listen: &Listen, framing: Framing, rfc: Rfc, port: u16) -> String {
    let (transport, tls) = match listen {
        Listen::Udp => ("udp", String::new()),
        Listen::Tcp => ("tcp", String::new()),
        Listen::Relp(_) => panic!("syslog-ng has no RELP"),
        Listen::Tls(papers) => (
            "tls",
            format!(
                "tls(key-file(\"{}\") cert-file(\"{}\") ca-file(\"{}\") peer-verify({}))",
                papers.key.display(),
                papers.certificate.display(),
                papers.ca.display(),
                if papers.of_clients { "required-trusted" } else { "optional-untrusted" }
            ),
        ),
    };
    let (driver, flags) = match (listen, framing, rfc) {
        (Listen::Udp, _, Rfc::Rfc5424) | (_, Framing::Newline, Rfc::Rfc5424) => ("network", "syslog-protocol"),
        (Listen::Udp, _, Rfc::Rfc3164) | (_, Framing::Newline, Rfc::Rfc3164) => ("network", "expect-hostname"),
        (_, Framing::OctetCounting, Rfc::Rfc5424) => ("syslog", "syslog-protocol"),
        (_, Framing::OctetCounting, Rfc::Rfc3164) => ("syslog", "no-parse"),
    };
    format!("{driver}(ip(127.0.0.1) port({port}) transport({transport}) flags({flags}, store-raw-message) {tls})")
}

fn configuration(folder: &Path, source: &str) -> String {
    let (folder, end) = (folder.display(), spool::END.replace('\n', "\\n"));
    format!(
        r#"@version: 3.38
options {{ log-msg-size(1048576); keep-hostname(yes); use-dns(no); stats-freq(0); }};
source s_net {{ {source}; }};
destination d_raw {{ file("{folder}/output" template("${{RAWMSG}}{end}") log-fifo-size(100000)); }};
destination d_headers {{ file("{folder}/headers" template("${{PRI}} ${{HOST}} ${{PROGRAM}}{end}") log-fifo-size(100000)); }};
log {{ source(s_net); destination(d_headers); destination(d_raw); flags(flow-control); }};
"#
    )
}
