//! A RELP receiver that says what a test tells it to.

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::LONG;

pub const OFFERS: &str = "200 OK\nrelp_version=0\nrelp_software=test\ncommands=syslog";

pub struct Peer {
    listener: TcpListener,
    pub address: String,
}

/// One connection.
pub struct Talk {
    stream: BufReader<TcpStream>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    pub txnr: u32,
    pub command: String,
    pub data: Vec<u8>,
}

impl Peer {
    pub async fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        Self { listener, address }
    }

    pub async fn accept(&self) -> Talk {
        let (stream, _) = timeout(LONG, self.listener.accept()).await.expect("a connection").unwrap();
        Talk { stream: BufReader::new(stream) }
    }

    /// Accepts a connection and the session on it.
    pub async fn session(&self) -> Talk {
        let mut talk = self.accept().await;
        let open = talk.hear().await.expect("a greeting");
        assert_eq!((open.txnr, open.command.as_str()), (1, "open"));
        let software = concat!("relp_version=0\nrelp_software=alertferry,", env!("CARGO_PKG_VERSION"), "\ncommands=syslog");
        assert_eq!(String::from_utf8_lossy(&open.data), software);
        talk.say(1, "rsp", OFFERS).await;
        talk
    }
}

impl Talk {
    /// The next frame; `None` at the end of the connection, orderly or not.
    pub async fn hear(&mut self) -> Option<Said> {
        timeout(LONG, self.frame()).await.expect("a frame or an end")
    }

    async fn frame(&mut self) -> Option<Said> {
        let txnr = self.word().await?.parse().expect("a number");
        let command = self.word().await?;
        let mut length = Vec::new();
        loop {
            match self.stream.read_u8().await.ok()? {
                digit @ b'0'..=b'9' => length.push(digit),
                b'\n' => {
                    assert_eq!(length, b"0");
                    return Some(Said { txnr, command, data: Vec::new() });
                }
                other => {
                    assert_eq!(other, b' ');
                    break;
                }
            }
        }
        let mut data = vec![0; String::from_utf8(length).unwrap().parse().expect("a length")];
        self.stream.read_exact(&mut data).await.ok()?;
        (self.stream.read_u8().await.ok()? == b'\n').then_some(Said { txnr, command, data })
    }

    async fn word(&mut self) -> Option<String> {
        let mut word = Vec::new();
        self.stream.read_until(b' ', &mut word).await.ok()?;
        (word.pop()? == b' ').then(|| String::from_utf8(word).unwrap())
    }

    /// The next message and its number.
    pub async fn message(&mut self) -> (u32, Vec<u8>) {
        let said = self.hear().await.expect("a message");
        assert_eq!(said.command, "syslog");
        (said.txnr, said.data)
    }

    /// Takes so many messages and answers each.
    pub async fn take(&mut self, count: usize) -> Vec<Vec<u8>> {
        let mut taken = Vec::new();
        for _ in 0..count {
            let (txnr, message) = self.message().await;
            self.ok(txnr).await;
            taken.push(message);
        }
        taken
    }

    pub async fn ok(&mut self, txnr: u32) {
        self.say(txnr, "rsp", "200 OK").await;
    }

    pub async fn say(&mut self, txnr: u32, command: &str, data: &str) {
        let data = if data.is_empty() { "0".to_owned() } else { format!("{} {data}", data.len()) };
        self.raw(format!("{txnr} {command} {data}\n").as_bytes()).await;
    }

    pub async fn raw(&mut self, octets: &[u8]) {
        self.stream.write_all(octets).await.unwrap();
    }

    /// Ends the connection without a goodbye.
    pub fn reset(self) {
        self.stream.get_ref().set_zero_linger().unwrap();
    }

    /// Whether nothing comes although there was time for it.
    pub async fn is_quiet(&mut self) -> bool {
        timeout(super::SHORT / 2, self.stream.fill_buf()).await.is_err()
    }
}
