//! A line to one receiver, whatever it is made of: opened, given a page message by message, asked whether it arrived, closed.

use std::net::SocketAddr;

use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::client::TlsStream;

use super::broken::Broken;
use super::connect::{self, Waits};
use super::connection::Connection;
use super::relp::{Session, Wire};
use super::stream::Stream;
use super::taken::Taken;
use super::tls;
use super::udp::Datagrams;
use crate::sink::Verdict;
use crate::sink::settings::{self, Transport};

#[derive(Debug)]
pub enum Line {
    /// TCP, and TLS on it.
    Connection(Connection),
    Datagrams(Datagrams),
    Relp {
        session: Box<Session>,
        peer: SocketAddr,
    },
}

impl Line {
    /// An error says what the receiver's addresses said.
    pub async fn open(address: &str, settings: &settings::Syslog, deadline: Instant, taken: &Taken) -> Result<Self, String> {
        let waits = Waits { patience: settings.patience, keepalive: settings.keepalive };
        match &settings.transport {
            Transport::Udp => Ok(Self::Datagrams(Datagrams::open(address, deadline).await?)),
            Transport::Tcp => {
                let (stream, peer) = connect::connect(address, deadline, waits).await?;
                Ok(Self::Connection(Connection::new(Stream::Plain(stream), peer, settings, taken.clone())))
            }
            Transport::Tls(tls) => {
                let (stream, peer) = connect::connect(address, deadline, waits).await?;
                let stream = secure(tls, address, stream, deadline).await?;
                Ok(Self::Connection(Connection::new(stream.into(), peer, settings, taken.clone())))
            }
            Transport::Relp(tls) => {
                let (stream, peer) = connect::connect(address, deadline, waits).await?;
                let wire = match tls {
                    None => Wire::Plain(stream),
                    Some(tls) => Wire::Tls(Box::new(secure(tls, address, stream, deadline).await?)),
                };
                let session = Box::new(Session::open(wire, settings.patience, deadline, taken.clone()).await?);
                Ok(Self::Relp { session, peer })
            }
        }
    }

    pub fn peer(&self) -> SocketAddr {
        match self {
            Self::Connection(connection) => connection.peer(),
            Self::Datagrams(datagrams) => datagrams.peer(),
            Self::Relp { peer, .. } => *peer,
        }
    }

    /// Gets ready for a page: finds out whether the receiver went away meanwhile.
    pub async fn begin(&mut self) -> Result<(), Broken> {
        match self {
            Self::Connection(connection) => connection.begin(),
            Self::Datagrams(datagrams) => datagrams.begin(),
            Self::Relp { session, .. } => Ok(session.begin().await?),
        }
    }

    /// Adds a message to the page. The verdict holds once the page has settled; [`Line::answers`] has it where it is unknown.
    pub async fn send(&mut self, message: &[u8]) -> Result<Verdict, Broken> {
        match self {
            Self::Connection(connection) => connection.send(message).await.map(|()| Verdict::Delivered),
            Self::Datagrams(datagrams) => datagrams.send(message).await,
            Self::Relp { session, .. } => Ok(session.send(message).await.map(|()| Verdict::Unknown)?),
        }
    }

    /// Ends the page: answers once its messages count as delivered.
    pub async fn settle(&mut self) -> Result<(), Broken> {
        match self {
            Self::Connection(connection) => connection.settle().await,
            Self::Datagrams(datagrams) => datagrams.settle().await,
            Self::Relp { session, .. } => Ok(session.settle().await?),
        }
    }

    /// What the receiver answered for each message of the page, failed or not, where it is one that answers.
    pub fn answers(&mut self) -> Option<Vec<Verdict>> {
        match self {
            Self::Connection(_) | Self::Datagrams(_) => None,
            Self::Relp { session, .. } => Some(session.verdicts()),
        }
    }

    /// Says goodbye, where there is somebody to say it to.
    pub async fn close(self) -> Result<(), Broken> {
        match self {
            Self::Connection(connection) => Ok(connection.close().await?),
            Self::Datagrams(_) => Ok(()),
            Self::Relp { session, .. } => Ok(session.close().await?),
        }
    }
}

async fn secure(
    tls: &settings::Tls,
    address: &str,
    stream: TcpStream,
    deadline: Instant,
) -> Result<TlsStream<TcpStream>, String> {
    let (host, _) = address.rsplit_once(':').unwrap_or((address, ""));
    tls::connect(tls, host, stream, deadline).await
}
