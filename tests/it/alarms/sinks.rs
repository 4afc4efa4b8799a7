//! Sinks that are down, and one that takes the connection and not the messages. Each is one alarm, however many feeds wait for it.

use std::io::Read as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use super::{comes, goes, kinds, setup};
use crate::support::lab::Lab;
use crate::support::rsyslog::Rsyslog;

#[test]
fn a_sink_that_is_down_is_one_alarm_for_all_tenants_and_ends_when_it_is_back() {
    let lab = Lab::quiet(8);
    let mut rsyslog = Rsyslog::start();
    rsyslog.stop();
    let keys = format!("kind = \"syslog\"\naddress = \"{}\"\ntransport = \"tcp\"", rsyslog.address());
    let bounds = "sink_down_after = \"2s\"\nstalled_after = \"3s\"\nbehind_after = \"3s\"\nsink_refusing_after = \"3s\"";
    let mut daemon = setup(&lab, bounds).sink("soc", &keys).start();
    lab.tenants().iter().for_each(|tenant| drop(lab.generate(&tenant.name, 2)));
    let alarm = comes(&mut daemon, "sink_down", &[("sink", "soc")]);
    assert!(alarm["tenant"].is_null() && alarm["message"].as_str().unwrap().contains(&rsyslog.address()), "{alarm}");
    // All others follow from it, and would have been told by now.
    let since: Timestamp = alarm["since"].as_str().unwrap().parse().unwrap();
    daemon.wait_until("the end of all other bounds", |_| lab.now("tenant-01").duration_since(since).as_secs() >= 9);
    assert_eq!(kinds(&daemon), ["sink_down"], "{}", daemon.log());
    rsyslog.start_again();
    goes(&mut daemon, "sink_down");
    daemon
        .wait_for_metrics("what had waited", |metrics| metrics.sum("alertferry_alerts_total", &[("outcome", "forwarded")]) == 16);
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
}

/// Takes connections; messages only once it is mended. Before, it reads nothing and hangs up with them unread.
struct Refusing {
    address: SocketAddr,
    mended: Arc<AtomicBool>,
}

impl Refusing {
    fn start() -> Self {
        let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        // Less than a page, so that what was sent can never all have been acknowledged.
        socket.set_recv_buffer_size(4096).unwrap();
        socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        socket.listen(16).unwrap();
        let listener = TcpListener::from(socket);
        let address = listener.local_addr().unwrap();
        let mended = Arc::new(AtomicBool::new(false));
        let well = Arc::clone(&mended);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let well = Arc::clone(&well);
                std::thread::spawn(move || serve(stream, &well));
            }
        });
        Self { address, mended }
    }
}

fn serve(mut stream: TcpStream, mended: &AtomicBool) {
    let mut buffer = [0; 4096];
    while stream.peek(&mut buffer).is_ok_and(|count| count > 0) {
        if !mended.load(Ordering::SeqCst) {
            return;
        }
        let _ = stream.read(&mut buffer);
    }
}

#[test]
fn a_sink_that_takes_the_connection_and_not_the_messages_is_refusing_until_it_takes_them() {
    let lab = Lab::quiet(1);
    let refusing = Refusing::start();
    let keys = format!("kind = \"syslog\"\naddress = \"{}\"\ntransport = \"tcp\"", refusing.address);
    let mut daemon = setup(&lab, "sink_refusing_after = \"3s\"").sink("soc", &keys).start();
    lab.generate("tenant-01", 200);
    let alarm = comes(&mut daemon, "sink_refusing", &[("sink", "soc"), ("tenant", "tenant-01"), ("feed", "graph-alerts")]);
    assert!(alarm["message"].as_str().unwrap().contains("can be reached and has taken nothing"), "{alarm}");
    assert_eq!(kinds(&daemon), ["sink_refusing"]);
    refusing.mended.store(true, Ordering::SeqCst);
    goes(&mut daemon, "sink_refusing");
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
}
