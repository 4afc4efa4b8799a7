//! Callers that take places and never finish, or ask for too much: everybody else is answered all the same.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use crate::support::daemon::Setup;
use crate::support::lab::Lab;
use crate::support::service::poll;

use super::asking::{ask, connect};

/// More than any address may have.
const MANY: usize = 40;
/// The endpoint waits ten seconds for a request; the rest is for a busy machine.
const CUT_BY: Duration = Duration::from_mins(1);

/// A connection from another address of this machine.
fn from(source: Ipv4Addr, address: SocketAddr) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::new(IpAddr::V4(source), 0).into()).unwrap();
    socket.connect(&address.into()).unwrap();
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(CUT_BY)).unwrap();
    stream
}

fn health(mut stream: TcpStream) -> String {
    let mut text = String::new();
    let _ = stream.write_all(b"GET /healthz HTTP/1.0\r\n\r\n").and_then(|()| stream.read_to_string(&mut text).map(drop));
    text
}

#[test]
fn whoever_holds_connections_open_shuts_nobody_else_out_and_is_cut() {
    let lab = Lab::quiet(1);
    let daemon = Setup::new(&lab).file_sink("out").start();
    let address = daemon.address();
    // Half a request each: one caller that takes all the places it can get, and holds them.
    let mut held: Vec<TcpStream> = (0..MANY).map(|_| connect(address)).collect();
    for stream in &mut held {
        let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n");
    }
    let full = poll(CUT_BY, || health(connect(address)).is_empty());
    assert!(full, "one address gets every place it asks for");
    let other = health(from(Ipv4Addr::new(127, 0, 0, 2), address));
    assert!(other.ends_with("ok"), "another address is shut out: {other:?}");
    for stream in &mut held {
        let mut rest = Vec::new();
        let ended = stream.read_to_end(&mut rest);
        // Reset or closed, but not still open when the patience of the test is over.
        assert!(!ended.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock), "a place is held for ever");
    }
    assert!(poll(CUT_BY, || health(connect(address)).ends_with("ok")), "the places come back");
}

#[test]
fn a_head_without_end_is_refused() {
    let lab = Lab::quiet(1);
    let daemon = Setup::new(&lab).file_sink("out").start();
    let long = "x".repeat(1024 * 1024);
    let answer = ask(daemon.address(), "/", &[("X-Long", &long)]);
    assert!([0, 431].contains(&answer.status), "{answer:?}");
    let answer = ask(daemon.address(), &format!("/{long}"), &[]);
    assert!([0, 414, 431].contains(&answer.status), "{answer:?}");
    assert_eq!(daemon.get("/healthz").body, "ok");
}

#[test]
fn web_pages_of_others_learn_nothing_by_a_name_that_they_pointed_here() {
    let lab = Lab::quiet(1);
    let daemon = Setup::new(&lab).file_sink("out").env("ALERTFERRY__ADMIN__HOSTS", "ferry.example.net").start();
    let address = daemon.address();
    for path in ["/", "/metrics", "/api/v1/tenants"] {
        let rebound = ask(address, path, &[("Host", "evil.example")]);
        assert_eq!(rebound.status, 421, "{path}: {rebound:?}");
        assert!(!rebound.body.contains("tenant-01"), "{rebound:?}");
        let fetched = ask(address, path, &[("Origin", "https://evil.example")]);
        assert_eq!(fetched.status, 403, "{path}: {fetched:?}");
        let named = ask(address, path, &[("Host", "ferry.example.net")]);
        assert_eq!(named.status, 200, "{path}: {named:?}");
        assert!(!named.head.contains("access-control-allow"), "no page of another site may read it: {}", named.head);
        for header in ["content-security-policy: default-src 'none'", "cross-origin-resource-policy: same-origin"] {
            assert!(named.head.contains(header), "{header} is missing: {}", named.head);
        }
    }
}
