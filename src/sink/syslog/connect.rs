//! From a configured address to an open connection: names, several addresses, and the socket's options.

use std::fmt::Write;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout, timeout_at};

/// For all addresses of a name together, the look-up included.
pub const WITHIN: Duration = Duration::from_secs(10);

/// A firewall forgets an idle connection after minutes; a probe each half minute keeps it, and finds out when the peer is gone.
const IDLE: Duration = Duration::from_secs(30);
const BETWEEN_PROBES: Duration = Duration::from_secs(10);

/// Resolves `host:port` and connects to the first of its addresses that answers. An error says what each of them did.
pub async fn connect(address: &str, within: Duration, patience: Duration) -> Result<(TcpStream, SocketAddr), String> {
    let deadline = Instant::now() + within;
    let found = match timeout_at(deadline, lookup_host(address)).await {
        Ok(Ok(found)) => found.collect::<Vec<_>>(),
        Ok(Err(error)) => return Err(format!("the name cannot be resolved: {error}")),
        Err(_) => return Err(format!("the name was not resolved within {within:?}")),
    };
    let (stream, peer) = connect_to_any(&found, deadline).await?;
    set_options(&stream, patience).map_err(|error| format!("the socket's options cannot be set: {error}"))?;
    Ok((stream, peer))
}

/// Tries each address in turn. A silent one gets its share of the time that is left, so that those after it get theirs.
async fn connect_to_any(addresses: &[SocketAddr], deadline: Instant) -> Result<(TcpStream, SocketAddr), String> {
    let mut failures = String::new();
    for (tried, address) in addresses.iter().enumerate() {
        let left = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
        let share = deadline.saturating_duration_since(Instant::now()) / left;
        let failure = match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok((stream, *address)),
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no answer within {:.1} s", share.as_secs_f32()),
        };
        let separator = if failures.is_empty() { "" } else { "; " };
        // Writing to a String does not fail.
        let _ = write!(failures, "{separator}{address}: {failure}");
    }
    Err(if failures.is_empty() { "the name has no address".to_owned() } else { failures })
}

fn set_options(stream: &TcpStream, patience: Duration) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(IDLE).with_interval(BETWEEN_PROBES))?;
    // The kernel gives up a peer that vanished while we do not look. It waits a little longer than we do, so that where both
    // would notice, ours is the message, which can say how much is outstanding.
    socket.set_tcp_user_timeout(Some(patience + Duration::from_secs(1)))
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::time::Duration;

    use socket2::SockRef;
    use tokio::net::{TcpListener, TcpSocket, TcpStream};
    use tokio::time::Instant;

    use super::{connect, connect_to_any};

    async fn listener() -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        (listener, address)
    }

    async fn refusing() -> SocketAddr {
        listener().await.1
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(2)
    }

    #[tokio::test]
    async fn the_next_address_is_tried_when_one_refuses() {
        let (_listener, good) = listener().await;
        let (_, peer) = connect_to_any(&[refusing().await, good], soon()).await.unwrap();
        assert_eq!(peer, good);
    }

    #[tokio::test]
    async fn a_silent_address_leaves_time_for_the_next() {
        // A full accept queue drops further SYNs: the nearest thing to a black hole on loopback.
        let silent = TcpSocket::new_v4().unwrap();
        silent.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let silent = silent.listen(0).unwrap();
        let black_hole = silent.local_addr().unwrap();
        let _fills_the_queue = TcpStream::connect(black_hole).await.unwrap();

        let (_listener, good) = listener().await;
        let (_, peer) = connect_to_any(&[black_hole, good], soon()).await.unwrap();
        assert_eq!(peer, good);

        let failure = connect_to_any(&[black_hole], Instant::now() + Duration::from_millis(200)).await.unwrap_err();
        assert_eq!(failure, format!("{black_hole}: no answer within 0.2 s"));
    }

    #[tokio::test]
    async fn a_failure_says_what_every_address_did() {
        let (first, second) = (refusing().await, refusing().await);
        let failure = connect_to_any(&[first, second], soon()).await.unwrap_err();
        assert!(failure.starts_with(&format!("{first}: Connection refused")), "{failure}");
        assert!(failure.contains(&format!("; {second}: Connection refused")), "{failure}");
    }

    #[tokio::test]
    async fn a_name_without_a_port_is_explained() {
        let failure = connect("no-port", Duration::from_secs(2), Duration::from_secs(30)).await.unwrap_err();
        assert!(failure.starts_with("the name cannot be resolved: "), "{failure}");
    }

    #[tokio::test]
    async fn a_connection_sends_at_once_stays_alive_and_gives_up_a_vanished_peer() {
        let (_listener, good) = listener().await;
        let (stream, _) = connect(&good.to_string(), Duration::from_secs(2), Duration::from_secs(7)).await.unwrap();
        let socket = SockRef::from(&stream);
        assert!(stream.nodelay().unwrap());
        assert!(socket.keepalive().unwrap());
        assert_eq!(socket.tcp_keepalive_time().unwrap(), Duration::from_secs(30));
        assert_eq!(socket.tcp_keepalive_interval().unwrap(), Duration::from_secs(10));
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(Duration::from_secs(8)));
    }
}
