//! From an open TCP connection to one over TLS that both sides agreed to, or the one sentence that says why not.

mod files;
mod heard;
mod refusal;

use std::io::{self, Read};
use std::time::Duration;

use rustls::ProtocolVersion;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::sink::settings::Tls;

/// With TLS 1.3 our side of the handshake is over before the receiver has judged our certificate, or that we have none. Most send
/// a session ticket once they have; the others are given this long to send their refusal instead.
const JUDGEMENT: Duration = Duration::from_secs(1);

/// Speaks TLS over `stream` with the receiver at `host` (a name or an IP address, without a port).
///
/// The files are read anew each time, so that certificates can be rotated under a running program.
///
/// # Errors
/// What was found and what to do about it, without a secret. Nothing but the handshake was sent.
pub async fn connect(settings: &Tls, host: &str, stream: TcpStream, deadline: Instant) -> Result<TlsStream<TcpStream>, String> {
    let name = server_name(settings, host)?;
    let (config, heard) = files::config(settings)?;
    let agreeing = async {
        let mut stream = TlsConnector::from(config).connect(name, stream).await?;
        let (_, session) = stream.get_ref();
        if heard.asked_for_a_certificate() && session.protocol_version() == Some(ProtocolVersion::TLSv1_3) {
            // Silence is consent.
            timeout(JUDGEMENT, judged(&mut stream)).await.unwrap_or(Ok(()))?;
        }
        Ok(stream)
    };
    match timeout_at(deadline, agreeing).await {
        Ok(agreed) => agreed.map_err(|error| refusal::explain(&error, settings, &heard)),
        // A receiver that does not speak TLS may take our greeting for a message that goes on, and say nothing.
        Err(_) => Err("it did not finish the TLS handshake in time: check that this port expects TLS".to_owned()),
    }
}

fn server_name(settings: &Tls, host: &str) -> Result<ServerName<'static>, String> {
    let name = settings.server_name.as_deref().unwrap_or(host);
    let name = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    ServerName::try_from(name.to_owned()).map_err(|_| {
        format!("{name:?} is neither a DNS name nor an IP address that a certificate could have: set tls.server_name")
    })
}

/// Answers once the receiver has said something that it only says after our certificate satisfied it.
async fn judged(stream: &mut TlsStream<TcpStream>) -> io::Result<()> {
    let (socket, session) = stream.get_mut();
    while session.tls13_tickets_received() == 0 {
        socket.readable().await?;
        match session.read_tls(&mut WhatIsThere(socket)) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
            Err(error) => return Err(error),
        }
        let state = session.process_new_packets().map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        if state.peer_has_closed() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if state.plaintext_bytes_to_read() > 0 {
            return Ok(());
        }
    }
    Ok(())
}

/// Reads from a socket without waiting.
struct WhatIsThere<'a>(&'a TcpStream);

impl Read for WhatIsThere<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.try_read(buffer)
    }
}
