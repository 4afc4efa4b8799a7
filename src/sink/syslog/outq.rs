//! How much of what was sent the peer has not acknowledged yet: one question to the kernel that no crate in the tree asks.

use std::io;
use std::os::fd::{AsFd, AsRawFd};

/// Octets in the socket's send queue: not yet sent, or sent and not yet acknowledged by the peer's kernel (`SIOCOUTQ`, tcp(7)).
pub fn unacknowledged(socket: &impl AsFd) -> io::Result<u64> {
    let mut octets: libc::c_int = 0;
    #[expect(unsafe_code, reason = "the ioctl has no safe wrapper; std, socket2 and rustix leave it out")]
    // SAFETY: the descriptor is borrowed, hence open during the call, and SIOCOUTQ (the same number as TIOCOUTQ) writes one
    // int through the pointer, which points at one.
    let answer = unsafe { libc::ioctl(socket.as_fd().as_raw_fd(), libc::TIOCOUTQ, &raw mut octets) };
    if answer == -1 {
        return Err(io::Error::last_os_error());
    }
    u64::try_from(octets).map_err(|_| io::Error::other("the kernel reported a negative send queue"))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};

    use super::unacknowledged;

    #[test]
    fn the_queue_holds_what_the_peer_has_no_room_for_and_empties_as_it_reads() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut theirs, _) = listener.accept().unwrap();
        assert_eq!(unacknowledged(&ours).unwrap(), 0);

        ours.set_nonblocking(true).unwrap();
        let mut sent = 0;
        while let Ok(octets) = ours.write(&[7; 8192]) {
            sent += octets;
        }
        assert!(unacknowledged(&ours).unwrap() > 0, "the peer reads nothing, yet all of {sent} octets are acknowledged");

        theirs.read_exact(&mut vec![0; sent]).unwrap();
        // Everything has been read, so the last acknowledgement is on its way at most 40 ms (delayed ACK).
        while unacknowledged(&ours).unwrap() > 0 {
            std::thread::yield_now();
        }
    }
}
