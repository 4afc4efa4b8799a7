//! RFC 5426: one message a datagram, sent once the kernel took it, unless the receiver's machine says at once that nobody listens.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::Interest;
use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout};

use super::broken::Broken;
use super::connect;
use crate::sink::Verdict;

/// How long a refusal (ICMP) is waited for after a page: some round trips within a data centre.
const REFUSED_WITHIN: Duration = Duration::from_millis(20);

/// A socket that only one receiver is reached through, so that the kernel tells us of refusals.
#[derive(Debug)]
pub struct Datagrams {
    socket: UdpSocket,
    peer: SocketAddr,
}

impl Datagrams {
    /// Resolves `host:port` and takes the first of its addresses that this machine has a way to. Nothing is sent.
    pub async fn open(address: &str, deadline: Instant) -> Result<Self, String> {
        let mut failures = Vec::new();
        for peer in connect::resolve(address, deadline).await? {
            match open(peer).await {
                Ok(socket) => return Ok(Self { socket, peer }),
                Err(error) => failures.push(format!("{peer}: {error}")),
            }
        }
        Err(failures.join("; "))
    }

    pub fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// Whether a refusal came after the last page had been answered for.
    pub fn begin(&self) -> Result<(), Broken> {
        match self.socket.take_error() {
            Ok(None) => Ok(()),
            Ok(Some(error)) | Err(error) => Err(Broken::Datagram(error)),
        }
    }

    /// Sends one message. An error may be about an earlier one.
    pub async fn send(&self, message: &[u8]) -> Result<Verdict, Broken> {
        match self.socket.send(message).await {
            Ok(_) => Ok(Verdict::Delivered),
            Err(error) if error.raw_os_error() == Some(libc::EMSGSIZE) => {
                let reason =
                    format!("its syslog message has {} octets, more than a datagram to {} can have", message.len(), self.peer);
                Ok(Verdict::Refused(reason))
            }
            Err(error) => Err(Broken::Datagram(error)),
        }
    }

    /// Ends the page: waits a moment for a refusal.
    pub async fn settle(&self) -> Result<(), Broken> {
        // Silence is all the consent that UDP has.
        let _ = timeout(REFUSED_WITHIN, self.socket.ready(Interest::ERROR)).await;
        self.begin()
    }
}

async fn open(peer: SocketAddr) -> io::Result<UdpSocket> {
    let any: SocketAddr = match peer {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(any).await?;
    socket.connect(peer).await?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::net::UdpSocket;
    use tokio::time::Instant;

    use super::Datagrams;
    use crate::sink::Verdict;

    #[tokio::test]
    async fn what_the_kernel_finds_too_long_is_refused_and_the_line_goes_on() {
        let receiver = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = receiver.local_addr().unwrap();
        let deadline = Instant::now() + Duration::from_secs(5);
        let datagrams = Datagrams::open(&address.to_string(), deadline).await.unwrap();
        let reason = format!("its syslog message has 70000 octets, more than a datagram to {address} can have");
        assert_eq!(datagrams.send(&vec![b'x'; 70_000]).await.unwrap(), Verdict::Refused(reason));
        assert_eq!(datagrams.send(b"short").await.unwrap(), Verdict::Delivered);
        datagrams.settle().await.unwrap();
        let mut read = [0; 16];
        assert_eq!(receiver.recv(&mut read).await.unwrap(), 5);
    }

    #[tokio::test]
    async fn a_refusal_that_comes_after_the_page_is_known_before_the_next() {
        let receiver = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = receiver.local_addr().unwrap();
        drop(receiver);
        let deadline = Instant::now() + Duration::from_secs(5);
        let datagrams = Datagrams::open(&address.to_string(), deadline).await.unwrap();
        datagrams.begin().unwrap();
        assert_eq!(datagrams.send(b"lost").await.unwrap(), Verdict::Delivered);
        // The page is not settled here, as if the answer had taken longer than that.
        while datagrams.begin().is_ok() {
            tokio::task::yield_now().await;
        }
    }
}
