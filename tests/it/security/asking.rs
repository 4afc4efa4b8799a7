//! A caller of the admin endpoint that says exactly what a test wants, in the clear or over TLS.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use crate::support::authority::{Authority, Pair};

const PATIENCE: Duration = Duration::from_secs(30);

/// Status, head and body of an answer; 0 where the connection ended without one.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

pub fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect_timeout(&address, PATIENCE).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Asks for a path with more headers than the usual ones; `Host` is the address unless they have one.
pub fn ask(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Answer {
    exchange(connect(address), &request(address, path, headers))
}

/// The same over TLS, with a certificate where the caller has one. `None` when the handshake fails.
pub fn ask_over_tls(
    address: SocketAddr,
    trusted: &Authority,
    own: Option<&Pair>,
    path: &str,
    headers: &[(&str, &str)],
) -> Option<Answer> {
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(trusted.roots());
    let config = match own {
        Some(pair) => builder.with_client_auth_cert(pair.chain(), pair.key()).unwrap(),
        None => builder.with_no_client_auth(),
    };
    let name = ServerName::from(address.ip());
    let session = ClientConnection::new(Arc::new(config), name).unwrap();
    let answer = exchange(StreamOwned::new(session, connect(address)), &request(address, path, headers));
    (answer.status != 0).then_some(answer)
}

fn request(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> String {
    let mut text = format!("GET {path} HTTP/1.1\r\nConnection: close\r\n");
    let own_host = headers.iter().any(|(name, _)| *name == "Host");
    let host = [("Host", address.to_string())];
    let host = host.iter().filter(|_| !own_host).map(|(name, value)| (*name, value.as_str()));
    for (name, value) in host.chain(headers.iter().copied()) {
        text.extend([name, ": ", value, "\r\n"]);
    }
    text + "\r\n"
}

fn exchange(mut stream: impl Read + Write, request: &str) -> Answer {
    let mut bytes = Vec::new();
    // Whoever refuses may close before all was said; what it said before is the answer.
    let _ = stream.write_all(request.as_bytes()).and_then(|()| stream.flush()).and_then(|()| stream.read_to_end(&mut bytes));
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_default();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
}
