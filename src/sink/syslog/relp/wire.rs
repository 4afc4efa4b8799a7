//! What a session goes over, TCP alone or TLS on it, read and written at the same time.

use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::Poll;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

#[derive(Debug)]
pub enum Wire {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// The next thing that happened.
#[derive(Debug)]
pub enum Step {
    /// So many octets of the receiver; none at the end of its stream.
    Heard(usize),
    Wrote(usize),
    /// Writing is over; there may still be something to hear.
    CannotWrite(io::Error),
}

/// A stream in both directions.
trait Duplex: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Duplex for S {}

impl Wire {
    pub fn socket(&self) -> &TcpStream {
        match self {
            Self::Plain(socket) => socket,
            Self::Tls(stream) => stream.get_ref().0,
        }
    }

    fn stream(&mut self) -> &mut dyn Duplex {
        match self {
            Self::Plain(socket) => socket,
            Self::Tls(stream) => stream.as_mut(),
        }
    }

    /// Reads into `inbox`, or else writes of `outbox`, whichever can be done first. Dropping it loses nothing.
    pub async fn step(&mut self, inbox: &mut [u8], outbox: &[u8]) -> io::Result<Step> {
        let mut stream = self.stream();
        poll_fn(|context| {
            let mut heard = ReadBuf::new(inbox);
            if let Poll::Ready(read) = Pin::new(&mut stream).poll_read(context, &mut heard) {
                return Poll::Ready(read.map(|()| Step::Heard(heard.filled().len())));
            }
            if outbox.is_empty() {
                // TLS may still hold some of what was written.
                return match Pin::new(&mut stream).poll_flush(context) {
                    Poll::Ready(Err(error)) => Poll::Ready(Ok(Step::CannotWrite(error))),
                    _ => Poll::Pending,
                };
            }
            Pin::new(&mut stream).poll_write(context, outbox).map(|wrote| Ok(wrote.map_or_else(Step::CannotWrite, Step::Wrote)))
        })
        .await
    }

    /// Whether the receiver said anything that was not read, its end of the stream included. Asks the kernel itself: tokio
    /// answers from what its last poll saw.
    pub fn has_something(&self) -> io::Result<bool> {
        match SockRef::from(self.socket()).peek(&mut [MaybeUninit::uninit()]) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Ends our side in good order.
    pub async fn shutdown(&mut self) -> io::Result<()> {
        self.stream().shutdown().await
    }
}
