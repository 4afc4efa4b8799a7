//! What octets go over, TCP alone or TLS on it, asked without ever waiting: the kernel answers for what is true right now.

use std::io::{self, IoSlice, Read, Write};

use rustls::ClientConnection;
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// Syslog peers have nothing to say; one that talks all the same must not keep us from our work.
const READS_PER_LOOK: u32 = 16;

/// An open connection, after the handshake if there is one.
#[derive(Debug)]
pub enum Stream {
    Plain(TcpStream),
    Tls { socket: TcpStream, session: Box<ClientConnection> },
}

impl From<TlsStream<TcpStream>> for Stream {
    fn from(stream: TlsStream<TcpStream>) -> Self {
        let (socket, session) = stream.into_inner();
        Self::Tls { socket, session: Box::new(session) }
    }
}

/// Whether the peer is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    Open,
    Closed,
}

impl Stream {
    pub fn socket(&self) -> &TcpStream {
        match self {
            Self::Plain(socket) | Self::Tls { socket, .. } => socket,
        }
    }

    /// Takes as many of `octets` as there is room for. [`io::ErrorKind::WouldBlock`] when there is none.
    pub fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.try_write(octets),
            Self::Tls { socket, session } => {
                if !push(socket, session)? {
                    return Err(io::ErrorKind::WouldBlock.into());
                }
                let taken = session.writer().write(octets)?;
                push(socket, session)?;
                Ok(taken)
            }
        }
    }

    /// Hands what is encrypted to the kernel, and says whether it has all of it.
    pub fn flush(&mut self) -> io::Result<bool> {
        match self {
            Self::Plain(_) => Ok(true),
            Self::Tls { socket, session } => push(socket, session),
        }
    }

    /// Reads and drops what the peer said, to learn whether it closed (the end of the stream) or broke (the socket's error).
    ///
    /// Asks the kernel itself: tokio answers from what its last poll saw, and would miss a close since then.
    pub fn look(&mut self) -> io::Result<Peer> {
        for _ in 0..READS_PER_LOOK {
            match self.hear() {
                Ok(Peer::Open) => {}
                Ok(Peer::Closed) => return Ok(Peer::Closed),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Peer::Open),
                Err(error) => return Err(error),
            }
        }
        Ok(Peer::Open)
    }

    fn hear(&mut self) -> io::Result<Peer> {
        let mut dropped = [0; 4096];
        match self {
            Self::Plain(socket) => {
                let octets = Raw(socket).read(&mut dropped)?;
                Ok(if octets == 0 { Peer::Closed } else { Peer::Open })
            }
            Self::Tls { socket, session } => {
                if session.read_tls(&mut Raw(socket))? == 0 {
                    return Ok(Peer::Closed);
                }
                let state = match session.process_new_packets() {
                    Ok(state) => state,
                    Err(error) => {
                        // An alert of ours may tell the peer why.
                        let _ = push(socket, session);
                        return Err(io::Error::other(error));
                    }
                };
                let mut unread = state.plaintext_bytes_to_read();
                while unread > 0 {
                    unread -= session.reader().read(&mut dropped)?.min(unread);
                }
                Ok(if state.peer_has_closed() { Peer::Closed } else { Peer::Open })
            }
        }
    }

    /// Says goodbye: TLS its own way first, and then the peer reads the end of the stream.
    pub async fn close(&mut self) -> io::Result<()> {
        if let Self::Tls { session, .. } = self {
            session.send_close_notify();
        }
        while !self.flush()? {
            self.socket().writable().await?;
        }
        SockRef::from(self.socket()).shutdown(std::net::Shutdown::Write)
    }
}

/// Says whether nothing encrypted is left.
fn push(socket: &TcpStream, session: &mut ClientConnection) -> io::Result<bool> {
    while session.wants_write() {
        match session.write_tls(&mut Raw(socket)) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

/// The socket as rustls wants it. Writes go through tokio, which must learn that the socket is full to be able to wake us.
struct Raw<'a>(&'a TcpStream);

impl Read for Raw<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*SockRef::from(self.0)).read(buffer)
    }
}

impl Write for Raw<'_> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.try_write(octets)
    }

    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        self.0.try_write_vectored(pieces)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
