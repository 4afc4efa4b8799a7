//! What becomes of each alert in each sink.

use std::collections::BTreeMap;
use std::fs;

use alertferry::format::Format;
use serde_json::Value;

use super::alerts::{self, HUGE, MANY, NULLS};
use super::receiver::{Receiver, payloads};
use crate::support::daemon::{Daemon, Setup};
use crate::support::lab::Lab;
use crate::support::rsyslog::Rsyslog;
use crate::support::spool::Listen;
use crate::support::{ecs, ocsf};

/// As the documentation calls them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Whole,
    Shortened,
    DeadLetter,
}

use Outcome::{DeadLetter, Shortened, Whole};

/// Of `docs/formats.md`: for a sink with `oversize = "shorten"`, what becomes of the huge alert and of the one with many pieces of
/// evidence, of which CEF and LEEF name one of each kind. The alert of nulls is always whole. With `dead-letter`, what would be
/// shortened is a dead letter.
const TABLE: [(Format, Outcome, Outcome); 5] = [
    (Format::Ocsf, Shortened, Shortened),
    (Format::Ecs, Shortened, Shortened),
    (Format::Cef, Shortened, Whole),
    (Format::Leef, Shortened, Whole),
    (Format::Raw, DeadLetter, DeadLetter),
];

/// The same of syslog over UDP, where there is less room.
const DATAGRAMS: [(Format, Outcome, Outcome); 5] = [
    (Format::Ocsf, Shortened, Shortened),
    (Format::Ecs, Shortened, Shortened),
    (Format::Cef, Shortened, Shortened),
    (Format::Leef, Shortened, Shortened),
    (Format::Raw, DeadLetter, DeadLetter),
];

/// Far more than it takes, far less than one page with the huge alert for every sink at a time would.
const MOST_MEMORY: u64 = 700 * 1024 * 1024;

fn lab() -> (Lab, String) {
    let lab = Lab::quiet(1);
    let tenant = lab.tenants().remove(0).name;
    lab.add(&tenant, &alerts::huge());
    lab.add(&tenant, &alerts::many());
    let now = lab.now(&tenant).to_string();
    lab.add_text(&tenant, &alerts::nulls(&now).to_string());
    (lab, tenant)
}

fn name(format: Format, oversize: &str) -> String {
    format!("{}-{oversize}", format.as_str())
}

/// Waits until every sink is done with all three, and finds how many of each outcome there were.
fn outcomes(daemon: &mut Daemon, sinks: &[String]) -> BTreeMap<String, (u64, u64, u64)> {
    let of = |daemon: &Daemon, sink: &str| {
        let metrics = daemon.metrics();
        let ended = |outcome| metrics.sum("alertferry_alerts_total", &[("sink", sink), ("outcome", outcome)]);
        let shortened = metrics.sum("alertferry_alerts_shortened_total", &[("sink", sink)]);
        (ended("forwarded") - shortened, shortened, ended("dead_lettered"))
    };
    daemon.wait_until("end of three alerts in every sink", |daemon| {
        sinks.iter().all(|sink| {
            let (whole, shortened, dead) = of(daemon, sink);
            whole + shortened + dead >= 3
        })
    });
    sinks.iter().map(|sink| (sink.clone(), of(daemon, sink))).collect()
}

fn expected(outcomes: [Outcome; 3]) -> (u64, u64, u64) {
    let count = |which| outcomes.iter().filter(|outcome| **outcome == which).count() as u64;
    (count(Whole), count(Shortened), count(DeadLetter))
}

fn expect(daemon: &mut Daemon, table: &[(Format, Outcome, Outcome)]) {
    let mut wanted = BTreeMap::new();
    for &(format, huge, many) in table {
        let strict = |outcome| if outcome == Shortened { DeadLetter } else { outcome };
        wanted.insert(name(format, "shorten"), expected([huge, many, Whole]));
        wanted.insert(name(format, "dead-letter"), expected([strict(huge), strict(many), Whole]));
    }
    let sinks: Vec<String> = wanted.keys().cloned().collect();
    assert_eq!(outcomes(daemon, &sinks), wanted, "(whole, shortened, dead letters); log:\n{}", daemon.log());
}

/// The daemon takes the next alert as if nothing had been, and has not grown out of its house.
fn goes_on(daemon: &mut Daemon, lab: &Lab, tenant: &str, sinks: u64) {
    let before = daemon.metrics().outcome(tenant, "forwarded");
    lab.add(tenant, &serde_json::json!({"id": "da-the-next", "evidence": []}));
    daemon.wait_for_metrics("the next alert in every sink", |metrics| metrics.outcome(tenant, "forwarded") >= before + sinks);
    let peak = daemon.peak();
    assert!(peak < MOST_MEMORY, "the daemon took {peak} bytes");
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
}

/// Whether a message is one of its format, and names the alert.
fn check(format: Format, message: &[u8], id: &str) {
    let text = std::str::from_utf8(message).expect("UTF-8");
    assert!(text.contains(id), "{id} is not in: {}", text.chars().take(2000).collect::<String>());
    match format {
        Format::Ocsf => ocsf::assert_valid(message),
        Format::Ecs => assert_eq!(ecs::faults(message), Vec::<String>::new(), "{id}"),
        Format::Raw => {
            serde_json::from_str::<Value>(text).expect("JSON");
        }
        Format::Cef => assert!(text.starts_with("CEF:0|Microsoft|")),
        Format::Leef => assert!(text.starts_with("LEEF:2.0|Microsoft|")),
    }
}

/// Every message is sound, and those that a sink took are those that the table says.
fn check_messages(table: &[(Format, Outcome, Outcome)], messages: impl Fn(&str) -> Vec<Vec<u8>>) {
    for &(format, huge, many) in table {
        let messages = messages(&name(format, "shorten"));
        for (id, outcome) in [(HUGE, huge), (MANY, many), (NULLS, Whole)] {
            let found: Vec<_> = messages.iter().filter(|message| String::from_utf8_lossy(message).contains(id)).collect();
            assert_eq!(found.len(), usize::from(outcome != DeadLetter), "{id} as {}", format.as_str());
            for message in found {
                check(format, message, id);
            }
        }
    }
}

#[test]
fn a_file_takes_everything_whole() {
    let (lab, tenant) = lab();
    let mut setup = Setup::new(&lab);
    let names: Vec<String> = Format::ALL.iter().map(|(format, _)| name(*format, "file")).collect();
    for ((_, word), name) in Format::ALL.iter().zip(&names) {
        setup = setup.sink(name, &format!("kind = \"file\"\npath = \"{{folder}}/{name}\"\nformat = \"{word}\""));
    }
    let mut daemon = setup.start();
    for (sink, outcome) in outcomes(&mut daemon, &names) {
        assert_eq!(outcome, (3, 0, 0), "{sink}: {}", daemon.log());
    }
    for ((format, _), name) in Format::ALL.iter().zip(&names) {
        let file = fs::read(daemon.folder().join(name)).expect("the file of the sink");
        let lines: Vec<&[u8]> = file.split(|octet| *octet == b'\n').filter(|line| !line.is_empty()).collect();
        assert_eq!(lines.len(), 3, "{name}");
        for id in [HUGE, MANY, NULLS] {
            let line = lines.iter().find(|line| String::from_utf8_lossy(line).contains(id)).expect("a line for each");
            check(*format, line, id);
        }
    }
    goes_on(&mut daemon, &lab, &tenant, 5);
}

#[cfg(feature = "kafka")]
#[test]
fn kafka_takes_what_fits_and_the_rest_shortened_or_not_at_all() {
    let (lab, tenant) = lab();
    let broker = crate::support::kafka::shared();
    let mut setup = Setup::new(&lab);
    for (format, word) in Format::ALL {
        for oversize in ["shorten", "dead-letter"] {
            let name = name(format, oversize);
            let address = broker.address();
            setup = setup.sink(
                &name,
                &format!("kind = \"kafka\"\nbrokers = [\"{address}\"]\ntopic = \"oversize.{name}\"\nformat = \"{word}\"\noversize = \"{oversize}\""),
            );
        }
    }
    let mut daemon = setup.start();
    expect(&mut daemon, &TABLE);
    check_messages(&TABLE, |name| broker.read(&format!("oversize.{name}")).into_iter().map(|record| record.value).collect());
    goes_on(&mut daemon, &lab, &tenant, 10);
}

/// A daemon with a syslog sink for each format and wish.
fn syslog(lab: &Lab, transport: &str, address: &str) -> Daemon {
    let mut setup = Setup::new(lab);
    for (format, word) in Format::ALL {
        for oversize in ["shorten", "dead-letter"] {
            let name = name(format, oversize);
            setup = setup.sink(
                &name,
                &format!("kind = \"syslog\"\naddress = \"{address}\"\ntransport = \"{transport}\"\nformat = \"{word}\"\noversize = \"{oversize}\"\napp_name = \"{name}\""),
            );
        }
    }
    setup.start()
}

#[test]
fn syslog_takes_what_fits_and_the_rest_shortened_or_not_at_all() {
    let (lab, tenant) = lab();
    let receiver = Receiver::start();
    let mut daemon = syslog(&lab, "tcp", &receiver.address.to_string());
    expect(&mut daemon, &TABLE);
    check_messages(&TABLE, |name| payloads(&receiver.frames(), name));
    goes_on(&mut daemon, &lab, &tenant, 10);
}

#[test]
fn a_receiver_that_answers_gets_what_one_over_tcp_gets() {
    let (lab, tenant) = lab();
    let rsyslog = Rsyslog::listening(Listen::Relp(None));
    let mut daemon = syslog(&lab, "relp", &rsyslog.address());
    expect(&mut daemon, &TABLE);
    check_messages(&TABLE, |name| payloads(&rsyslog.messages(), name));
    goes_on(&mut daemon, &lab, &tenant, 10);
}

#[test]
fn datagrams_take_what_fits_and_the_rest_shortened_or_not_at_all() {
    let (lab, tenant) = lab();
    let rsyslog = Rsyslog::listening(Listen::Udp);
    let mut daemon = syslog(&lab, "udp", &rsyslog.address());
    expect(&mut daemon, &DATAGRAMS);
    let sent = |(_, huge, many): &(Format, Outcome, Outcome)| {
        let of = |fates: [bool; 3]| fates.iter().filter(|sent| **sent).count();
        of([*huge != DeadLetter, *many != DeadLetter, true]) + of([*huge == Whole, *many == Whole, true])
    };
    let all = DATAGRAMS.iter().map(sent).sum::<usize>();
    daemon.wait_until("everything that the kernel took at the receiver", |_| rsyslog.messages().len() >= all);
    check_messages(&DATAGRAMS, |name| payloads(&rsyslog.messages(), name));
    // As ECS the next one is longer than a datagram too, and one of the two sinks does not shorten.
    goes_on(&mut daemon, &lab, &tenant, 9);
}
