//! Every transport, framing and RFC against real rsyslog and real syslog-ng: message for message, byte for byte.

use std::time::Duration;

use alertferry::format::{Encoder, Format};
use alertferry::secret::Secret;
use alertferry::sink::settings::{Framing, Identity, Rfc, Syslog, Tls, TlsVersion, Transport};
use alertferry::sink::{Batch, Sink as _};
use tempfile::TempDir;
use tokio::time::Instant;

use super::{assert_delivered, page_of, sink_with};
use crate::support::authority::Authority;
use crate::support::rsyslog::Rsyslog;
use crate::support::service::poll;
use crate::support::spool::{Listen, Papers};
use crate::support::syslog_ng::SyslogNg;

const HOST: &str = "ferry.example.net";
const LIMIT: Duration = Duration::from_mins(1);

/// How messages travel. `Mutual` is TLS to a receiver that wants our certificate.
#[derive(Debug, Clone, Copy)]
enum Way {
    Udp,
    Tcp,
    Tls,
    Mutual,
}

#[derive(Debug, Clone, Copy)]
struct Case {
    way: Way,
    framing: Framing,
    rfc: Rfc,
    format: Format,
}

const fn case(way: Way, framing: Framing, rfc: Rfc, format: Format) -> Case {
    Case { way, framing, rfc, format }
}

const CASES: [Case; 13] = {
    use Format::{Cef, Raw};
    use Framing::{Newline, OctetCounting};
    use Rfc::{Rfc3164, Rfc5424};
    [
        case(Way::Udp, Newline, Rfc3164, Raw),
        case(Way::Udp, Newline, Rfc3164, Cef),
        case(Way::Udp, Newline, Rfc5424, Raw),
        case(Way::Tcp, OctetCounting, Rfc3164, Raw),
        case(Way::Tcp, OctetCounting, Rfc5424, Raw),
        case(Way::Tcp, Newline, Rfc3164, Raw),
        case(Way::Tcp, Newline, Rfc3164, Cef),
        case(Way::Tcp, Newline, Rfc5424, Raw),
        case(Way::Tls, OctetCounting, Rfc3164, Raw),
        case(Way::Tls, OctetCounting, Rfc5424, Raw),
        case(Way::Tls, Newline, Rfc3164, Raw),
        case(Way::Tls, Newline, Rfc5424, Raw),
        case(Way::Mutual, OctetCounting, Rfc5424, Raw),
    ]
};

/// What a case needs on disk and what is set of both sides.
struct Stage {
    folder: TempDir,
    authority: Authority,
    case: Case,
}

impl Stage {
    fn new(case: Case) -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder"), authority: Authority::new("Contoso Root"), case }
    }

    fn listen(&self) -> Listen {
        let papers = |of_clients| {
            let receiver = self.authority.issue(&["127.0.0.1"]);
            Listen::Tls(Papers::new(self.folder.path(), &self.authority, &receiver, of_clients))
        };
        match self.case.way {
            Way::Udp => Listen::Udp,
            Way::Tcp => Listen::Tcp,
            Way::Tls => papers(false),
            Way::Mutual => papers(true),
        }
    }

    fn settings(&self, address: &str) -> Syslog {
        let tls = |identity| {
            let ca = Some(self.authority.write(self.folder.path(), "trusted.pem"));
            Transport::Tls(Tls { ca, server_name: None, identity, min_version: TlsVersion::V1_2 })
        };
        let transport = match self.case.way {
            Way::Udp => Transport::Udp,
            Way::Tcp => Transport::Tcp,
            Way::Tls => tls(None),
            Way::Mutual => {
                let (certificate, key) = self.authority.issue(&[HOST]).write(self.folder.path(), "sender");
                tls(Some(Identity { certificate, key: Secret::File(key) }))
            }
        };
        let Case { framing, rfc, .. } = self.case;
        Syslog { transport, framing, rfc, hostname: Some(HOST.to_owned()), max_bytes: 300_000, ..Syslog::new(address) }
    }

    /// Many small messages and one that is as long as can be expected to travel this way.
    fn pages(&self) -> [Batch; 2] {
        let long = if matches!(self.case.way, Way::Udp) { 60_000 } else { 150_000 };
        let encoder = Encoder::of(self.case.format);
        [page_of(encoder, "small", 60, 300), page_of(encoder, "long", 1, long)]
    }

    /// What the receiver must get, written out by hand.
    fn expected(&self, pages: &[Batch]) -> Vec<Vec<u8>> {
        let header = |alert_id: &str| match (self.case.rfc, self.case.format) {
            (Rfc::Rfc3164, Format::Cef) => "<131>Nov 23 09:14:05 ferry ".to_owned(),
            (Rfc::Rfc3164, _) => "<131>Nov 23 09:14:05 ferry alertferry: ".to_owned(),
            (Rfc::Rfc5424, _) => format!(
                "<131>1 2026-11-23T09:14:05.123456Z {HOST} alertferry - graph-alerts [alertferry@32473 tenant=\"contoso\" \
                 tenant_id=\"11111111-1111-1111-1111-111111111111\" alert_id=\"{alert_id}\" feed=\"graph-alerts\" \
                 severity=\"high\" format=\"raw\"] "
            ),
        };
        let mut all: Vec<Vec<u8>> = Vec::new();
        for message in pages.iter().flat_map(Batch::messages) {
            all.push([header(&message.about.alert_id).as_bytes(), message.payload].concat());
        }
        if matches!((self.case.way, self.case.framing), (Way::Tcp | Way::Tls | Way::Mutual, Framing::Newline)) {
            all.iter_mut().flatten().filter(|octet| **octet == b'\n').for_each(|octet| *octet = b' ');
        }
        all
    }

    /// What a receiver makes of each header: priority, host and program. CEF has no program by its nature.
    fn header(&self) -> Option<String> {
        let host = if self.case.rfc == Rfc::Rfc3164 { "ferry" } else { HOST };
        (self.case.format != Format::Cef).then(|| format!("131 {host} alertferry"))
    }

    async fn deliver(&self, address: &str, pages: &[Batch]) {
        let sink = sink_with(&self.settings(address));
        for page in pages {
            assert_delivered(&sink.deliver(page).await, page);
        }
        sink.close(Instant::now() + LIMIT).await.unwrap();
    }
}

fn assert_same(case: Case, received: &[Vec<u8>], sent: &[Vec<u8>]) {
    assert_eq!(received.len(), sent.len(), "{case:?}");
    for (received, sent) in received.iter().zip(sent) {
        assert!(
            received == sent,
            "{case:?}: {}\ninstead of\n{}",
            String::from_utf8_lossy(received),
            String::from_utf8_lossy(sent)
        );
    }
}

async fn rsyslog(case: Case) {
    let stage = Stage::new(case);
    let rsyslog = Rsyslog::listening(stage.listen());
    let pages = stage.pages();
    stage.deliver(&rsyslog.address(), &pages).await;
    let sent = stage.expected(&pages);
    rsyslog.wait_for(&sent);
    assert_same(case, &rsyslog.messages(), &sent);
    if let Some(header) = stage.header() {
        let headers = vec![header.into_bytes(); sent.len()];
        assert!(poll(LIMIT, || rsyslog.headers().len() == sent.len()), "{case:?}: {}", rsyslog.service.log());
        assert_same(case, &rsyslog.headers(), &headers);
    }
}

async fn syslog_ng(case: Case) {
    let stage = Stage::new(case);
    let syslog_ng = SyslogNg::listening(&stage.listen(), case.framing, case.rfc);
    let pages = stage.pages();
    stage.deliver(&syslog_ng.address(), &pages).await;
    let sent = stage.expected(&pages);
    assert_same(case, &syslog_ng.wait_for(&sent), &sent);
    // It counts octets for RFC 5424 only; told not to look at the header, it takes any message.
    let unread = matches!((case.way, case.framing, case.rfc), (Way::Tcp | Way::Tls, Framing::OctetCounting, Rfc::Rfc3164));
    if let Some(header) = stage.header().filter(|_| !unread) {
        let headers = vec![header.into_bytes(); sent.len()];
        assert_same(case, &syslog_ng.headers(&headers), &headers);
    }
}

async fn all(way: fn(Way) -> bool, receiver: impl AsyncFn(Case)) {
    let mut tried = 0;
    for case in CASES.into_iter().filter(|case| way(case.way)) {
        receiver(case).await;
        tried += 1;
    }
    assert!(tried >= 3, "the table lost its rows");
}

#[tokio::test]
async fn rsyslog_gets_every_message_over_udp() {
    all(|way| matches!(way, Way::Udp), rsyslog).await;
}

#[tokio::test]
async fn rsyslog_gets_every_message_over_tcp() {
    all(|way| matches!(way, Way::Tcp), rsyslog).await;
}

#[tokio::test]
async fn rsyslog_gets_every_message_over_tls() {
    all(|way| matches!(way, Way::Tls | Way::Mutual), rsyslog).await;
}

#[tokio::test]
async fn syslog_ng_gets_every_message_over_udp() {
    all(|way| matches!(way, Way::Udp), syslog_ng).await;
}

#[tokio::test]
async fn syslog_ng_gets_every_message_over_tcp() {
    all(|way| matches!(way, Way::Tcp), syslog_ng).await;
}

#[tokio::test]
async fn syslog_ng_gets_every_message_over_tls() {
    all(|way| matches!(way, Way::Tls | Way::Mutual), syslog_ng).await;
}
