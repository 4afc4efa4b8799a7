//! The road between a daemon and a receiver, with whatever can happen on it.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use socket2::{Domain, SockAddr, Socket, Type};

use crate::support::service::poll;

/// What the road does with those that travel on it, from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Open,
    /// Nobody listens: connections are refused, and those that there were are reset.
    Closed,
    /// So many octets a second towards the receiver.
    Slow(u32),
    /// Each connection carries so many octets towards the receiver, and then it is reset.
    ResetAfter(usize),
    /// Connections are taken, and closed at once.
    Dropping,
    /// Connections are taken, and nothing is ever carried over them.
    Dead,
}

/// The kernel on the way takes no more than this before it has been passed on, or a page that was cut off would count as delivered.
const NARROW: usize = 2048;
/// How long a read waits before it looks at the mood again.
const LOOK: Duration = Duration::from_millis(20);

/// Passes connections on until it is dropped.
pub struct Road {
    /// Keeps the port while nobody listens on it.
    _claim: OwnedFd,
    address: SocketAddr,
    state: Arc<State>,
    listener: Mutex<Option<std::thread::JoinHandle<()>>>,
}

struct State {
    to: Mutex<SocketAddr>,
    mood: Mutex<Mood>,
    over: AtomicBool,
    /// Changes with each mood, so that connections of an earlier one can be reset.
    turn: AtomicUsize,
    taken: AtomicUsize,
    carried: AtomicUsize,
}

impl Road {
    /// An open road that leads nowhere yet.
    pub fn new() -> Self {
        let claim = bound("127.0.0.1:0".parse().expect("an address"));
        let address = claim.local_addr().expect("an address").as_socket().expect("an address of the internet");
        let state = Arc::new(State {
            to: Mutex::new(address),
            mood: Mutex::new(Mood::Open),
            over: AtomicBool::new(false),
            turn: AtomicUsize::new(0),
            taken: AtomicUsize::new(0),
            carried: AtomicUsize::new(0),
        });
        let road = Self { _claim: claim.into(), address, state, listener: Mutex::new(None) };
        road.listen();
        road
    }

    /// Leads to a receiver.
    pub fn to(self, receiver: &str) -> Self {
        *self.state.to.lock().unwrap() = receiver.parse().expect("host and port");
        self
    }

    /// Where the daemon finds it.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// How many connections were taken so far.
    pub fn taken(&self) -> usize {
        self.state.taken.load(Ordering::SeqCst)
    }

    /// How many octets were carried towards the receiver so far.
    pub fn carried(&self) -> usize {
        self.state.carried.load(Ordering::SeqCst)
    }

    /// Changes the mood. Connections that there are get to feel it.
    pub fn set(&self, mood: Mood) {
        *self.state.mood.lock().unwrap() = mood;
        self.state.turn.fetch_add(1, Ordering::SeqCst);
        let listens = self.listener.lock().unwrap().as_ref().is_some_and(|thread| !thread.is_finished());
        if mood == Mood::Closed {
            self.wait_for_the_listener();
        } else if !listens {
            self.listen();
        }
    }

    fn listen(&self) {
        let socket = bound(self.address);
        socket.listen(128).expect("a port of ours");
        let (listener, state) = (TcpListener::from(socket), Arc::clone(&self.state));
        listener.set_nonblocking(true).expect("a socket");
        *self.listener.lock().unwrap() = Some(std::thread::spawn(move || state.accept(&listener)));
    }

    fn wait_for_the_listener(&self) {
        if let Some(thread) = self.listener.lock().unwrap().take() {
            thread.join().expect("a listener that ends");
        }
    }
}

impl Drop for Road {
    fn drop(&mut self) {
        self.state.over.store(true, Ordering::SeqCst);
        self.wait_for_the_listener();
    }
}

/// Takes the port beside whoever has it: the claim, which never listens, refuses nobody and takes nobody.
fn bound(address: SocketAddr) -> Socket {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    socket.set_reuse_address(true).expect("an option");
    socket.set_reuse_port(true).expect("an option");
    socket.set_recv_buffer_size(NARROW).expect("an option");
    socket.bind(&SockAddr::from(address)).expect("a port of the loopback address");
    socket
}

impl State {
    fn mood(&self) -> Mood {
        if self.over.load(Ordering::SeqCst) { Mood::Closed } else { *self.mood.lock().unwrap() }
    }

    fn accept(self: &Arc<Self>, listener: &TcpListener) {
        while self.mood() != Mood::Closed {
            let mut near = None;
            poll(LOOK, || {
                near = listener.accept().ok();
                near.is_some() || self.mood() == Mood::Closed
            });
            let Some((near, _)) = near else { continue };
            self.taken.fetch_add(1, Ordering::SeqCst);
            let state = Arc::clone(self);
            std::thread::spawn(move || state.travel(&near));
        }
    }

    /// One connection, there and back.
    fn travel(self: &Arc<Self>, near: &TcpStream) {
        near.set_nonblocking(false).expect("a socket");
        near.set_read_timeout(Some(LOOK)).expect("an option");
        let turn = self.turn.load(Ordering::SeqCst);
        let far = match self.mood() {
            Mood::Dropping => return,
            Mood::Dead => {
                // Held, so that it does not look closed.
                while self.mood() == Mood::Dead {
                    poll(LOOK, || false);
                }
                return reset(near);
            }
            _ => TcpStream::connect(*self.to.lock().unwrap()),
        };
        let Ok(far) = far else { return reset(near) };
        let (near_back, far_back) = (near.try_clone().expect("a socket"), far.try_clone().expect("a socket"));
        let cut = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&cut);
        let back = std::thread::spawn(move || carry_back(far_back, near_back, &told));
        if !self.carry(near, far.try_clone().expect("a socket"), turn) {
            cut.store(true, Ordering::SeqCst);
            reset(near);
            // Wakes the way back, which holds the connection as well.
            let _ = far.shutdown(Shutdown::Read);
        }
        // What was passed on arrives.
        let _ = far.shutdown(Shutdown::Write);
        let _ = back.join();
    }

    /// Answers whether the daemon ended it.
    fn carry(&self, mut near: &TcpStream, mut far: TcpStream, turn: usize) -> bool {
        let (mut buffer, mut carried, mut piece) = ([0; 16 * 1024], 0, Instant::now());
        loop {
            let mood = self.mood();
            let room = match mood {
                Mood::ResetAfter(octets) if carried >= octets => return false,
                Mood::ResetAfter(octets) => (octets - carried).min(buffer.len()),
                Mood::Slow(octets) => (octets as usize / 50).clamp(1, buffer.len()),
                Mood::Open => buffer.len(),
                Mood::Closed | Mood::Dropping => return false,
                Mood::Dead => {
                    poll(LOOK, || false);
                    continue;
                }
            };
            // Those that travelled before it became a road of resets are reset as well.
            if matches!(mood, Mood::ResetAfter(_)) && turn != self.turn.load(Ordering::SeqCst) {
                return false;
            }
            match near.read(&mut buffer[..room]) {
                Ok(0) => return true,
                Ok(octets) => {
                    if far.write_all(&buffer[..octets]).is_err() {
                        return false;
                    }
                    carried += octets;
                    self.carried.fetch_add(octets, Ordering::SeqCst);
                }
                Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => continue,
                Err(_) => return false,
            }
            if matches!(mood, Mood::Slow(_)) {
                poll(LOOK.saturating_sub(piece.elapsed()), || false);
            }
            piece = Instant::now();
        }
    }
}

fn carry_back(mut far: TcpStream, mut near: TcpStream, cut: &AtomicBool) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(octets @ 1..) = far.read(&mut buffer) {
        if near.write_all(&buffer[..octets]).is_err() {
            break;
        }
    }
    if !cut.load(Ordering::SeqCst) {
        let _ = near.shutdown(Shutdown::Write);
    }
}

/// The next close is a reset.
fn reset(near: &TcpStream) {
    let _ = socket2::SockRef::from(near).set_linger(Some(Duration::ZERO));
}
