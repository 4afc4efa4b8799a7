//! A line to one receiver, whatever it is made of: opened, given a page message by message, asked whether it arrived, closed.

use std::io;
use std::net::SocketAddr;

use tokio::time::Instant;

use super::broken::Broken;
use super::connect::{self, Waits};
use super::connection::Connection;
use super::stream::Stream;
use super::udp::Datagrams;
use crate::sink::Verdict;
use crate::sink::settings::{self, Transport};

#[derive(Debug)]
pub enum Line {
    /// TCP, and TLS on it.
    Connection(Connection),
    Datagrams(Datagrams),
}

impl Line {
    /// An error says what the receiver's addresses said.
    pub async fn open(address: &str, settings: &settings::Syslog, deadline: Instant) -> Result<Self, String> {
        let waits = Waits { patience: settings.patience, keepalive: settings.keepalive };
        match &settings.transport {
            Transport::Udp => Ok(Self::Datagrams(Datagrams::open(address, deadline).await?)),
            Transport::Tcp => {
                let (stream, peer) = connect::connect(address, deadline, waits).await?;
                Ok(Self::Connection(Connection::new(Stream::Plain(stream), peer, settings.framing, settings.patience)))
            }
            Transport::Tls(_) => todo!(),
            Transport::Relp(_) => todo!(),
        }
    }

    pub fn peer(&self) -> SocketAddr {
        match self {
            Self::Connection(connection) => connection.peer(),
            Self::Datagrams(datagrams) => datagrams.peer(),
        }
    }

    /// Gets ready for a page: finds out whether the receiver went away meanwhile.
    pub fn begin(&mut self) -> Result<(), Broken> {
        match self {
            Self::Connection(connection) => connection.begin(),
            Self::Datagrams(datagrams) => datagrams.begin(),
        }
    }

    /// Adds a message to the page. The verdict holds once the page has settled.
    pub async fn send(&mut self, message: &[u8]) -> Result<Verdict, Broken> {
        match self {
            Self::Connection(connection) => connection.send(message).await.map(|()| Verdict::Delivered),
            Self::Datagrams(datagrams) => datagrams.send(message).await,
        }
    }

    /// Ends the page: answers once its messages count as delivered.
    pub async fn settle(&mut self) -> Result<(), Broken> {
        match self {
            Self::Connection(connection) => connection.settle().await,
            Self::Datagrams(datagrams) => datagrams.settle().await,
        }
    }

    /// Says goodbye, where there is somebody to say it to.
    pub async fn close(self) -> io::Result<()> {
        match self {
            Self::Connection(connection) => connection.close().await,
            Self::Datagrams(_) => Ok(()),
        }
    }
}
