//! A syslog receiver of our own: it keeps every frame that comes over TCP.

use std::io::Read as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Frames of all connections, without the octet counts. The threads end with the connections, at the latest with the test.
pub struct Receiver {
    pub address: SocketAddr,
    frames: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Receiver {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on the loopback address");
        let address = listener.local_addr().expect("an address");
        let frames = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&frames);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || receive(stream, &kept));
            }
        });
        Self { address, frames }
    }

    pub fn frames(&self) -> Vec<Vec<u8>> {
        self.frames.lock().unwrap().clone()
    }
}

/// The payloads of the messages whose APP-NAME is this: what follows the structured data.
pub fn payloads(messages: &[Vec<u8>], app_name: &str) -> Vec<Vec<u8>> {
    let of_app = |message: &&Vec<u8>| message.split(|octet| *octet == b' ').nth(3) == Some(app_name.as_bytes());
    let payload = |message: &Vec<u8>| {
        assert!(message.len() <= 8000, "{app_name} got {} octets", message.len());
        let end = message.windows(2).position(|two| two == b"] ").expect("structured data");
        message[end + 2..].to_vec()
    };
    messages.iter().filter(of_app).map(payload).collect()
}

fn receive(mut stream: TcpStream, kept: &Mutex<Vec<Vec<u8>>>) {
    let (mut waiting, mut buffer) = (Vec::new(), vec![0; 65_536]);
    while let Ok(octets @ 1..) = stream.read(&mut buffer) {
        waiting.extend_from_slice(&buffer[..octets]);
        while let Some(space) = waiting.iter().position(|octet| *octet == b' ') {
            let count = std::str::from_utf8(&waiting[..space]).expect("digits");
            let end = space + 1 + count.parse::<usize>().unwrap_or_else(|_| panic!("no octet count: {count:?}"));
            if waiting.len() < end {
                break;
            }
            kept.lock().unwrap().push(waiting[space + 1..end].to_vec());
            waiting.drain(..end);
        }
    }
}
