//! A service started for a test: a child process that never outlives the test process, even if that is killed.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Waits for the word before it becomes the service, so that no service runs that nobody watches.
const LAUNCHER: &str = r#"read -r _ && exec "$@" </dev/null"#;

/// Outlives us on purpose: when our end of its input closes without a word, we are gone, and so must the service be.
const WATCHDOG: &str = r#"read -r _ || { kill -s KILL -- "-$1"; rm -rf -- "$2"; }"#;

/// A running service in a process group of its own. Dropping it kills the whole group.
pub struct Service {
    name: String,
    child: Child,
    watchdog: Child,
    word: ChildStdin,
    log: PathBuf,
}

impl Service {
    /// Starts `command` with its output appended to `service.log` in `folder`.
    ///
    /// When the test process ends without dropping the service, `folder` is removed with everything in it; it must stand in
    /// the system's folder for temporary files.
    pub fn start(command: &Command, folder: &Path) -> Self {
        assert!(folder.starts_with(std::env::temp_dir()), "{} is no temporary folder", folder.display());
        let name = command.get_program().to_string_lossy().into_owned();
        let log = folder.join("service.log");
        let mut child = launcher(command)
            .stdin(Stdio::piped())
            .stdout(appending(&log))
            .stderr(appending(&log))
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let mut watchdog = shell(WATCHDOG)
            .arg(child.id().to_string())
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell starts");
        child.stdin.take().expect("a pipe").write_all(b"go\n").expect("the launcher listens");
        let word = watchdog.stdin.take().expect("a pipe");
        Self { name, child, watchdog, word, log }
    }

    /// The process ID of the service, which is also that of its group.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal such as `TERM`, `HUP` or `STOP` to the service alone, not to its children.
    pub fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args(["-s", signal]).arg(self.pid().to_string()).status().expect("kill runs");
        assert!(sent.success(), "{} cannot be sent {signal}: it is gone", self.name);
    }

    /// Kills the service and whatever it started, at once, and waits until it is gone.
    pub fn kill(&mut self) {
        // Its children are in its group. An error means that there is nothing left to kill.
        let _ = Command::new("kill").args(["-s", "KILL", "--", &format!("-{}", self.pid())]).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }

    /// Waits until the service has ended by itself.
    pub fn wait(&mut self, limit: Duration) -> ExitStatus {
        let mut status = None;
        let ended = poll(limit, || {
            status = self.child.try_wait().expect("the state of a child");
            status.is_some()
        });
        assert!(ended, "{} did not end within {limit:?}; its log ends:\n{}", self.name, self.log_tail());
        status.expect("it ended")
    }

    /// Waits until `ready` says yes; fails at once when the service ends before.
    pub fn wait_until(&mut self, what: &str, limit: Duration, mut ready: impl FnMut() -> bool) {
        let mut ended = None;
        let came = poll(limit, || {
            ended = self.child.try_wait().expect("the state of a child");
            ended.is_some() || ready()
        });
        if let Some(status) = ended {
            panic!("{} ended with {status} before {what}; its log ends:\n{}", self.name, self.log_tail());
        }
        assert!(came, "{}: no {what} within {limit:?}; its log ends:\n{}", self.name, self.log_tail());
    }

    /// Waits until the service accepts connections on a port of the loopback address.
    pub fn wait_for_port(&mut self, port: u16, limit: Duration) {
        self.wait_until(&format!("port {port} accepts"), limit, || TcpStream::connect(("127.0.0.1", port)).is_ok());
    }

    /// Waits until the service, or somebody else, receives datagrams on a port.
    pub fn wait_for_datagram_port(&mut self, port: u16, limit: Duration) {
        let suffix = format!(":{port:04X}");
        let listens = |line: &str| line.split_whitespace().nth(1).is_some_and(|address| address.ends_with(&suffix));
        self.wait_until(&format!("datagram port {port} is taken"), limit, || {
            std::fs::read_to_string("/proc/net/udp").expect("the sockets of this machine").lines().any(listens)
        });
    }

    /// What the service has written to its standard output and error so far.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).expect("the log of a service")).into_owned()
    }

    fn log_tail(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.kill();
        let _ = self.word.write_all(b"done\n");
        let _ = self.watchdog.wait();
    }
}

/// A port of the loopback address that nobody listens on, neither with TCP nor with UDP.
pub fn free_port() -> u16 {
    // Not among those from which the system takes one for whoever connects somewhere, of whom there are many meanwhile.
    const PORTS: std::ops::Range<u16> = 12_000..32_000;
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    loop {
        let port = fastrand::u16(PORTS);
        let free = TcpListener::bind(("127.0.0.1", port)).is_ok() && UdpSocket::bind(("127.0.0.1", port)).is_ok();
        if free && GIVEN.lock().unwrap().insert(port) {
            return port;
        }
    }
}

/// Asks `ready` again and again, with short pauses, until it says yes or the limit has passed. Returns what it said last.
pub fn poll(limit: Duration, mut ready: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    loop {
        if ready() {
            return true;
        }
        if start.elapsed() > limit {
            return false;
        }
        #[expect(clippy::disallowed_methods, reason = "another process does not announce what we wait for")]
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A shell in a process group of its own, so that Ctrl-C at a terminal does not reach it before its work is done.
fn shell(script: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", script, "sh"]).process_group(0);
    shell
}

fn launcher(command: &Command) -> Command {
    let mut launcher = shell(LAUNCHER);
    launcher.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => launcher.env(name, value),
            None => launcher.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        launcher.current_dir(folder);
    }
    launcher
}

fn appending(path: &Path) -> File {
    OpenOptions::new().create(true).append(true).open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
