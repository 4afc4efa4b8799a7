//! A receiver that speaks TLS, and keeps every octet that reached it as it came over the wire.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use rustls::crypto::aws_lc_rs;
use rustls::server::WebPkiClientVerifier;
use rustls::{ServerConfig, SupportedProtocolVersion};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::support::authority::{Authority, Pair};

/// Far more than any of these tests waits for when all is well.
pub const LONG: Duration = Duration::from_secs(20);

pub const BOTH: &[&SupportedProtocolVersion] = &[&rustls::version::TLS13, &rustls::version::TLS12];

/// How a receiver is set.
pub struct Receiver<'a> {
    pub pair: &'a Pair,
    pub versions: &'a [&'static SupportedProtocolVersion],
    /// Whose client certificates it takes; it wants one if this is set.
    pub clients: Option<&'a Authority>,
    /// Session tickets after the handshake.
    pub tickets: usize,
}

impl<'a> Receiver<'a> {
    pub fn new(pair: &'a Pair) -> Self {
        Self { pair, versions: BOTH, clients: None, tickets: 2 }
    }

    fn config(&self) -> ServerConfig {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone()).with_protocol_versions(self.versions).unwrap();
        let builder = match self.clients {
            None => builder.with_no_client_auth(),
            Some(authority) => builder.with_client_cert_verifier(
                WebPkiClientVerifier::builder_with_provider(Arc::new(authority.roots()), provider).build().unwrap(),
            ),
        };
        let mut config = builder.with_single_cert(self.pair.chain(), self.pair.key()).unwrap();
        config.send_tls13_tickets = self.tickets;
        config
    }

    pub async fn listen(&self) -> Peer {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        Peer { listener, address, acceptor: TlsAcceptor::from(Arc::new(self.config())) }
    }
}

pub struct Peer {
    listener: TcpListener,
    pub address: String,
    acceptor: TlsAcceptor,
}

/// What one connection brought.
#[derive(Default)]
pub struct Brought {
    /// As it came over the wire.
    pub wire: Vec<u8>,
    /// What TLS made of it, after the handshake.
    pub plain: Vec<u8>,
}

impl Peer {
    /// Serves one connection to its end.
    pub async fn serve(&self) -> Brought {
        let (socket, _) = timeout(LONG, self.listener.accept()).await.expect("a connection").unwrap();
        let wire = Arc::new(Mutex::default());
        let recorder = Recorder { socket, wire: wire.clone() };
        let mut plain = Vec::new();
        let served = async {
            let mut stream = self.acceptor.accept(recorder).await?;
            stream.read_to_end(&mut plain).await
        };
        // Whether it ended well is for the other side to judge.
        let _ = timeout(LONG, served).await.expect("an end of the connection");
        let wire = std::mem::take(&mut *wire.lock().unwrap());
        Brought { wire, plain }
    }
}

impl Brought {
    /// Every octet belongs to a TLS record, and `secret` shows nowhere in them.
    pub fn assert_nothing_in_the_clear(&self, secret: &str) {
        let mut rest = self.wire.as_slice();
        while let [kind, 3, 1 | 3, high, low, after @ ..] = rest {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            assert!((20..=23).contains(kind) && length <= 16_384 + 256, "no TLS record: {rest:02x?}");
            assert!(after.len() >= length, "a record of {length} octets was cut after {}", after.len());
            rest = &after[length..];
        }
        assert!(rest.is_empty(), "no TLS record: {rest:02x?}");
        assert!(!self.wire.is_empty(), "the receiver was not even greeted");
        let shown = self.wire.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!shown, "{secret:?} went over the wire in the clear");
    }
}

struct Recorder {
    socket: TcpStream,
    wire: Arc<Mutex<Vec<u8>>>,
}

impl AsyncRead for Recorder {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.socket).poll_read(context, buffer);
        self.wire.lock().unwrap().extend_from_slice(&buffer.filled()[before..]);
        polled
    }
}

impl AsyncWrite for Recorder {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(context, octets)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}
