//! From a configured address to an open connection: names, several addresses, and the socket's options.

use std::fmt::Write;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout, timeout_at};

const LEAST_TIME_BETWEEN_PROBES: Duration = Duration::from_secs(1);

/// How long a connection waits.
#[derive(Debug, Clone, Copy)]
pub struct Waits {
    /// For an acknowledgement of what was sent.
    pub patience: Duration,
    /// Without traffic, before the peer is asked whether it is still there.
    pub keepalive: Duration,
}

/// The time for the next of `remaining` things that are tried in turn: the last has all that is left, each before it a share
/// that leaves those behind it more than its own.
pub fn share(deadline: Instant, remaining: usize) -> Duration {
    let left = deadline.saturating_duration_since(Instant::now());
    if remaining > 1 { left / u32::try_from(remaining + 1).unwrap_or(u32::MAX) } else { left }
}

/// All addresses that `host:port` stands for.
pub async fn resolve(address: &str, deadline: Instant) -> Result<Vec<SocketAddr>, String> {
    let within = deadline.saturating_duration_since(Instant::now());
    let found: Vec<SocketAddr> = match timeout_at(deadline, lookup_host(address)).await {
        Ok(Ok(found)) => found.collect(),
        Ok(Err(error)) => return Err(format!("the name cannot be resolved: {error}")),
        Err(_) => return Err(format!("the name was not resolved within {:.1} s", within.as_secs_f32())),
    };
    if found.is_empty() { Err("the name has no address".to_owned()) } else { Ok(found) }
}

/// Resolves `host:port` and connects to the first of its addresses that answers. An error says what each of them did.
pub async fn connect(address: &str, deadline: Instant, waits: Waits) -> Result<(TcpStream, SocketAddr), String> {
    let found = resolve(address, deadline).await?;
    let (stream, peer) = connect_to_any(&found, deadline).await?;
    set_options(&stream, waits).map_err(|error| format!("the socket's options cannot be set: {error}"))?;
    Ok((stream, peer))
}

async fn connect_to_any(addresses: &[SocketAddr], deadline: Instant) -> Result<(TcpStream, SocketAddr), String> {
    let mut failures = String::new();
    for (tried, address) in addresses.iter().enumerate() {
        let share = share(deadline, addresses.len() - tried);
        let failure = match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok((stream, *address)),
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no answer within {:.1} s", share.as_secs_f32()),
        };
        let separator = if failures.is_empty() { "" } else { "; " };
        // Writing to a String does not fail.
        let _ = write!(failures, "{separator}{address}: {failure}");
    }
    Err(failures)
}

/// Without traffic the peer is asked after `keepalive`, and then three times as often until it answers.
fn set_options(stream: &TcpStream, waits: Waits) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    let time = waits.keepalive.max(LEAST_TIME_BETWEEN_PROBES);
    let interval = (waits.keepalive / 3).max(LEAST_TIME_BETWEEN_PROBES);
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(time).with_interval(interval))?;
    // The kernel gives up a peer that vanished while we do not look, for keep-alive as well. It waits a little longer than we do,
    // so that where both would notice, ours is the message, which can say how much is outstanding.
    socket.set_tcp_user_timeout(Some(waits.patience + Duration::from_secs(1)))
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::time::Duration;

    use socket2::SockRef;
    use tokio::net::{TcpListener, TcpSocket, TcpStream};
    use tokio::time::Instant;

    use super::{Waits, connect, connect_to_any, share};

    const WAITS: Waits = Waits { patience: Duration::from_secs(7), keepalive: Duration::from_secs(30) };

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
        let failure = connect("no-port", soon(), WAITS).await.unwrap_err();
        assert!(failure.starts_with("the name cannot be resolved: "), "{failure}");
    }

    #[tokio::test]
    async fn a_connection_sends_at_once_stays_alive_and_gives_up_a_vanished_peer() {
        let (_listener, good) = listener().await;
        let (stream, _) = connect(&good.to_string(), soon(), WAITS).await.unwrap();
        let socket = SockRef::from(&stream);
        assert!(stream.nodelay().unwrap());
        assert!(socket.keepalive().unwrap());
        assert_eq!(socket.tcp_keepalive_time().unwrap(), Duration::from_secs(30));
        assert_eq!(socket.tcp_keepalive_interval().unwrap(), Duration::from_secs(10));
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(Duration::from_secs(8)));
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_has_all_the_time_that_is_left_and_the_others_less_than_those_behind_them() {
        let deadline = Instant::now() + Duration::from_secs(12);
        for (remaining, seconds) in [(1, 12), (2, 4), (3, 3)] {
            assert_eq!(share(deadline, remaining), Duration::from_secs(seconds));
        }
        assert_eq!(share(Instant::now(), 2), Duration::ZERO);
    }
}
