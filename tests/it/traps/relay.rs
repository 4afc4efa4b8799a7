//! A relay between daemon and cloud that can ask for plain answers in the daemon's name, and sees how they come.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const GZIP: &[u8] = b"accept-encoding: gzip";
/// As long, and nothing that the cloud knows.
const PLAIN: &[u8] = b"accept-encoding: none";

/// Passes connections on until it is dropped; its threads end with their connections.
pub struct Relay {
    pub url: String,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    /// Requests that asked for gzip.
    asked: AtomicUsize,
    /// Answers that came in it.
    answered: AtomicUsize,
    closed: AtomicBool,
}

impl Relay {
    /// Relays to the cloud at `url`; with `plain`, it asks for answers without compression.
    pub fn start(url: &str, plain: bool) -> Self {
        let far = url.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(Seen::default());
        let told = Arc::clone(&seen);
        std::thread::spawn(move || {
            for near in listener.incoming() {
                let (Ok(near), false) = (near, told.closed.load(Ordering::SeqCst)) else { return };
                let Ok(far) = TcpStream::connect(&far) else { return };
                let (near_back, far_back) = (near.try_clone().expect("a socket"), far.try_clone().expect("a socket"));
                let (there, back) = (Arc::clone(&told), Arc::clone(&told));
                std::thread::spawn(move || pass(near, far, |chunk| there.request(chunk, plain)));
                std::thread::spawn(move || pass(far_back, near_back, |chunk| back.answer(chunk)));
            }
        });
        Self { url, seen }
    }

    /// How many requests asked for gzip, and how many answers came in it.
    pub fn counts(&self) -> (usize, usize) {
        (self.seen.asked.load(Ordering::SeqCst), self.seen.answered.load(Ordering::SeqCst))
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.seen.closed.store(true, Ordering::SeqCst);
        // Wakes the thread that listens.
        let _ = TcpStream::connect(self.url.trim_start_matches("http://"));
    }
}

impl Seen {
    /// A request's head comes in one piece from a client on the same machine.
    fn request(&self, chunk: &mut [u8], plain: bool) {
        if let Some(place) = find(chunk, GZIP) {
            self.asked.fetch_add(1, Ordering::SeqCst);
            if plain {
                chunk[place..place + PLAIN.len()].copy_from_slice(PLAIN);
            }
        }
    }

    fn answer(&self, chunk: &mut [u8]) {
        if find(chunk, b"content-encoding: gzip").is_some() {
            self.answered.fetch_add(1, Ordering::SeqCst);
        }
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, mut look: impl FnMut(&mut [u8])) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        look(&mut buffer[..read]);
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}

fn find(text: &[u8], words: &[u8]) -> Option<usize> {
    text.windows(words.len()).position(|window| window.eq_ignore_ascii_case(words))
}
