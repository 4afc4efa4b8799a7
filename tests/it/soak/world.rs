//! A cloud and a daemon whose days pass quickly.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use alertferry::simulator::{Fault, Scope, Settings};
use jiff::SignedDuration;
use rusqlite::{Connection, OpenFlags};

use super::day::Day;
use super::{ALERTS_A_DAY, Form};
use crate::support::daemon::{Daemon, GENEROUS, Setup};
use crate::support::lab::Lab;
use crate::support::service::poll;

const A_DAY: Duration = Duration::from_hours(24);

/// A cloud and a daemon that reads from it.
pub struct World {
    lab: Lab,
    daemon: Daemon,
    step: Duration,
    steps: u32,
    /// How far the dates are ahead.
    ahead: Duration,
    /// How many lines of the sink's file have been counted, in octets.
    counted: usize,
    /// How often each alert arrived.
    arrived: BTreeMap<String, usize>,
    used: Used,
    /// The program's own memory since the day began, in KiB.
    memory: Vec<u64>,
}

/// What became of the alerts.
pub struct Score {
    pub due: usize,
    pub lost: usize,
    pub repeated: usize,
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} alerts, {} lost, {} repeated", self.due, self.lost, self.repeated)
    }
}

/// What the program has used since its start.
#[derive(Default)]
struct Used {
    alerts: u64,
    written: u64,
    ticks: u64,
}

impl World {
    pub fn start(form: &Form) -> Self {
        let lab = Lab::start(Settings {
            tenants: form.tenants,
            rate: f64::from(ALERTS_A_DAY) / (24.0 * 60.0),
            late_share: 0.05,
            late_by: Duration::from_hours(8),
            change_share: 0.2,
            change_within: Duration::from_hours(12),
            token_life: 365 * A_DAY, // the program counts their life by running time, the cloud by dates
            ..Settings::default()
        });
        let setup = Setup::new(&lab)
            .default("overlap", "\"12h\"")
            .default("sweep", "{ every = \"5s\", reach = \"24h\" }")
            .sink("siem", "kind = \"file\"\nformat = \"cef\"\npath = \"{folder}/siem.cef\"");
        let ahead = setup.folder().join("ahead");
        let setup = setup
            .env("MIMALLOC_PURGE_DELAY", "0") // as deploy/ and the image set it
            .env("ALERTFERRY__LEDGER__RETENTION", "2d")
            .env("LD_PRELOAD", &library())
            .env("FAKETIME_TIMESTAMP_FILE", &ahead.display().to_string())
            .env("FAKETIME_CACHE_DURATION", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .env("NO_FAKE_STAT", "1");
        fs::write(ahead, "+0").expect("a file in our folder");
        let daemon = setup.start();
        let mut world = Self {
            lab,
            daemon,
            step: A_DAY / form.steps,
            steps: form.steps,
            ahead: Duration::ZERO,
            counted: 0,
            arrived: BTreeMap::new(),
            used: Used::default(),
            memory: Vec::new(),
        };
        // Each feed's rhythm has its row in the ledger within the first hour, of which there is none here, or at the end.
        world.look();
        assert_eq!(world.daemon.stop(), Some(0), "{}", world.daemon.log());
        world.daemon.restart();
        world
    }

    /// Lets a day pass, with so many looks at each tenant between two moves of the dates.
    pub fn live_through(&mut self, number: u32, looks: u32) -> Day {
        self.memory.clear();
        for _ in 0..self.steps {
            self.put_forward();
            (0..looks).for_each(|_| self.look());
        }
        self.count();
        self.memory.sort_unstable();
        let metrics = self.daemon.metrics();
        let used = Used {
            alerts: metrics.sum("alertferry_alerts_total", &[("outcome", "forwarded")]),
            written: self.of_process("io", "write_bytes:"),
            ticks: self.ticks(),
        };
        let alerts = used.alerts - self.used.alerts;
        let [ledger, free, ids] = self.of_ledger();
        let day = Day {
            number,
            memory: self.memory[self.memory.len() / 2],
            ledger,
            free,
            log: fs::metadata(self.daemon.folder().join("ledger/ledger.sqlite3-wal")).map_or(0, |file| file.len() / 1024),
            ids,
            alerts,
            written: (used.written - self.used.written) / alerts.max(1),
            cpu: (used.ticks - self.used.ticks) * 10_000 / alerts.max(1),
        };
        self.used = used;
        day
    }

    /// Puts the dates of both forward.
    fn put_forward(&mut self) {
        self.ahead += self.step;
        let (written, file) = (self.daemon.folder().join("ahead.new"), self.daemon.folder().join("ahead"));
        fs::write(&written, format!("+{}", self.ahead.as_secs())).expect("a file in our folder");
        fs::rename(written, file).expect("a file in our folder");
        self.lab.set_fault(&Scope::All, Fault::Skew(SignedDuration::try_from(self.ahead).expect("some weeks")));
    }

    /// Waits until every tenant has been asked for once more.
    fn look(&mut self) {
        self.lab.clear_requests();
        let tenants = self.lab.tenants().len();
        let mut memory = Vec::new();
        let asked = poll(GENEROUS, || {
            memory.push(self.of_process("status", "RssAnon:"));
            let asked = self.lab.requests().counts.into_iter().filter(|count| count.path.ends_with("alerts_v2"));
            asked.map(|count| count.tenant).collect::<BTreeSet<_>>().len() == tenants
        });
        assert!(asked, "some tenant was not looked at within {GENEROUS:?}; the log:\n{}", self.daemon.log());
        self.memory.append(&mut memory);
    }

    /// Keeps the ledger as a power cut would leave it.
    pub fn keep_ledger(&self, number: u32) {
        self.daemon.service.signal("STOP");
        let (from, to) = (self.daemon.folder().join("ledger"), self.kept(number));
        fs::create_dir(&to).expect("a folder of ours");
        for entry in fs::read_dir(from).expect("the ledger's folder") {
            let path = entry.expect("an entry of it").path();
            let name = path.file_name().expect("a name");
            if name.to_string_lossy().starts_with("ledger.sqlite3") {
                fs::copy(&path, to.join(name)).expect("a file of the ledger");
            }
        }
        self.daemon.service.signal("CONT");
    }

    pub fn kept(&self, number: u32) -> PathBuf {
        self.daemon.folder().join(format!("kept-{number}"))
    }

    /// Waits until everything that can be read by now has arrived.
    pub fn settle(&mut self) -> Score {
        let tenants = self.lab.tenants();
        let due: Vec<String> = tenants.iter().flat_map(|tenant| self.lab.readable(&tenant.name)).collect();
        poll(GENEROUS, || {
            self.count();
            due.iter().all(|id| self.arrived.contains_key(id))
        });
        assert_eq!(self.daemon.stop(), Some(0), "{}", self.daemon.log());
        self.count();
        let lost: Vec<_> = due.iter().filter(|id| !self.arrived.contains_key(*id)).collect();
        for tenant in &tenants {
            let lost = |id: &String| lost.contains(&id);
            self.lab.truth(&tenant.name).iter().filter(|alert| lost(&alert.id)).for_each(|alert| println!("lost: {alert:?}"));
        }
        let repeated = self.arrived.values().map(|times| times - 1).sum();
        Score { due: due.len(), lost: lost.len(), repeated }
    }

    /// Counts what has arrived since it was last counted.
    fn count(&mut self) {
        let text = fs::read(self.daemon.folder().join("siem.cef")).unwrap_or_default();
        let whole = text.iter().rposition(|octet| *octet == b'\n').map_or(0, |end| end + 1);
        let text = String::from_utf8_lossy(&text[self.counted..whole]);
        for line in text.lines() {
            let id = line.split(" externalId=").nth(1).and_then(|rest| rest.split(' ').next()).expect("the alert's ID");
            *self.arrived.entry(id.to_owned()).or_default() += 1;
        }
        self.counted = whole;
    }

    /// The octets of the ledger's file once its log is carried into it, those of them that are free, both in KiB, and its IDs.
    fn of_ledger(&self) -> [u64; 3] {
        let file = self.daemon.folder().join("ledger/ledger.sqlite3");
        let ledger = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the ledger");
        let asked = "SELECT page_count * page_size / 1024, freelist_count * page_size / 1024, (SELECT count(*) FROM seen)
                     FROM pragma_page_count, pragma_freelist_count, pragma_page_size";
        let figures: [i64; 3] = ledger.query_row(asked, [], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?])).expect("figures");
        figures.map(i64::unsigned_abs)
    }

    /// A number from a file that Linux shows of the program.
    fn of_process(&self, file: &str, name: &str) -> u64 {
        let text = self.process(file);
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name} in {text}"));
        line.split_whitespace().next().and_then(|number| number.parse().ok()).expect("a number")
    }

    /// Processor time of the program, in hundredths of a second.
    fn ticks(&self) -> u64 {
        let text = self.process("stat");
        let (_, fields) = text.rsplit_once(')').expect("the program's name in parentheses");
        fields.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<u64>().expect("a number")).sum()
    }

    fn process(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.daemon.service.pid())).expect("the program runs")
    }
}

/// Debian's libfaketime; `scripts/setup.sh test` installs it.
fn library() -> String {
    let folders = fs::read_dir("/usr/lib").expect("/usr/lib").filter_map(Result::ok);
    let mut files = folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
    files.find(|file| file.is_file()).expect("libfaketime; scripts/setup.sh test installs it").display().to_string()
}
