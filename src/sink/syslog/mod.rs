//! `syslog`: RFC 5424 messages over one TCP connection, delivered once the receiver's kernel has acknowledged them.
//!
//! Syslog over TCP has no answer of its own. What stands in for it, and what it cannot promise, is in `transport.rs`: octets that
//! the receiver's kernel has acknowledged are lost all the same if the receiver is killed before it reads them.

mod connect;
mod framing;
mod outq;
pub mod relp;
mod rfc5424;
pub mod tls;
mod transport;

use futures_util::future::BoxFuture;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

use crate::sink::{Batch, DeliverError, Delivery, Sink, Verdict, settings};
use crate::tenant::SinkName;
use transport::{Broken, Connection};

/// A page is encoded and sent in pieces of about this many octets, so that memory does not grow with the page.
const PIECE: usize = 256 * 1024;

/// rsyslog's `maxFrameSize` for octet counting, in octets: a longer frame makes it take what follows on the connection for lines,
/// and so lose messages that were acknowledged.
const LONGEST: usize = 200_000;

/// A syslog receiver.
#[derive(Debug)]
pub struct Syslog {
    name: SinkName,
    settings: settings::Syslog,
    hostname: String,
    /// Held during a delivery: pages never interleave, and one attempt at a time tries a dead receiver.
    line: Mutex<Line>,
}

/// The line to the receiver and the buffers that every page uses anew.
#[derive(Debug, Default)]
struct Line {
    connection: Option<Connection>,
    message: Vec<u8>,
    frames: Vec<u8>,
    last_failure: Option<(Instant, DeliverError)>,
}

impl Syslog {
    #[must_use]
    pub fn new(name: SinkName, settings: &settings::Syslog) -> Self {
        let hostname = hostname::get().unwrap_or_default();
        let hostname = rfc5424::header_word(&hostname.to_string_lossy(), rfc5424::LONGEST_HOSTNAME);
        Self { name, settings: settings.clone(), hostname, line: Mutex::default() }
    }

    fn address(&self) -> &str {
        &self.settings.addresses[0]
    }

    /// Runs `work` alone. Who waited while somebody else failed shares that failure instead of trying in turn: a thousand
    /// tenants behind a dead receiver are answered together.
    async fn alone<T>(&self, work: impl AsyncFnOnce(&mut Line) -> Result<T, DeliverError>) -> Result<T, DeliverError> {
        let asked = Instant::now();
        let mut line = self.line.lock().await;
        if let Some((at, failure)) = &line.last_failure
            && *at >= asked
        {
            return Err(failure.clone());
        }
        let result = work(&mut line).await;
        if let Err(failure) = &result {
            line.last_failure = Some((Instant::now(), failure.clone()));
        }
        result
    }

    /// The open connection, or a new one. It is taken out of the line, so that one abandoned in mid-page is never used again.
    async fn take_connection(&self, line: &mut Line) -> Result<Connection, DeliverError> {
        if let Some(mut connection) = line.connection.take() {
            match connection.begin() {
                Ok(()) => return Ok(connection),
                Err(broken) => tracing::debug!(sink = %self.name, peer = %connection.peer(), %broken, "connecting anew"),
            }
        }
        Connection::open(self.address(), self.settings.patience).await.map_err(|reason| DeliverError {
            message: format!("syslog sink {}: cannot connect to {}: {reason}", self.name, self.address()),
            advice: Some("check that a receiver listens there for syslog over TCP and that no firewall is in between".to_owned()),
        })
    }

    async fn send(&self, line: &mut Line, batch: &Batch) -> Result<Vec<Verdict>, DeliverError> {
        let mut connection = self.take_connection(line).await?;
        match self.send_over(&mut connection, line, batch).await {
            Ok(verdicts) => {
                line.connection = Some(connection);
                Ok(verdicts)
            }
            Err(broken) => Err(self.lost(&connection, &broken)),
        }
    }

    async fn send_over(&self, connection: &mut Connection, line: &mut Line, batch: &Batch) -> Result<Vec<Verdict>, Broken> {
        let origin =
            rfc5424::Origin { hostname: &self.hostname, tenant: &batch.tenant, feed: batch.feed, encoder: batch.encoder };
        let mut verdicts = Vec::with_capacity(batch.len());
        line.frames.clear();
        for message in batch.messages() {
            line.message.clear();
            rfc5424::encode(&origin, message, &mut line.message);
            if line.message.len() > LONGEST {
                let reason =
                    format!("its syslog message has {} octets, more than the {LONGEST} that receivers take", line.message.len());
                verdicts.push(Verdict::Refused(reason));
                continue;
            }
            verdicts.push(Verdict::Delivered);
            framing::count_octets(&line.message, &mut line.frames);
            if line.frames.len() >= PIECE {
                connection.write(&line.frames).await?;
                line.frames.clear();
            }
        }
        connection.write(&line.frames).await?;
        connection.acknowledged().await?;
        Ok(verdicts)
    }

    fn lost(&self, connection: &Connection, broken: &Broken) -> DeliverError {
        let advice = match broken {
            Broken::Closed | Broken::Io(_) => {
                "look into the receiver's log: it restarted, has a limit on connections or message size, or does not expect \
                 RFC 5424 with octet counting; something in between may also cut connections"
            }
            Broken::Stuck { .. } => {
                "the receiver accepts connections but does not read them: check its load, its disk and its queues"
            }
        };
        DeliverError {
            message: format!(
                "syslog sink {}: {} ({}) {broken}; the page it was being sent is not known to have arrived",
                self.name,
                self.address(),
                connection.peer()
            ),
            advice: Some(advice.to_owned()),
        }
    }
}

impl Sink for Syslog {
    fn deliver<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Delivery> {
        Box::pin(async move {
            if batch.is_empty() {
                return Delivery::complete(0);
            }
            match self.alone(async |line| self.send(line, batch).await).await {
                Ok(verdicts) => Delivery { verdicts, failure: None },
                Err(failure) => Delivery::failed(batch.len(), failure),
            }
        })
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), DeliverError>> {
        Box::pin(self.alone(async |line| {
            line.connection = Some(self.take_connection(line).await?);
            Ok(())
        }))
    }

    fn close(&self, by: Instant) -> BoxFuture<'_, Result<(), DeliverError>> {
        Box::pin(async move {
            let Ok(mut line) = timeout_at(by, self.line.lock()).await else {
                return Err(DeliverError {
                    message: format!("syslog sink {}: a delivery to {} was still under way", self.name, self.address()),
                    advice: None,
                });
            };
            // A connection that does not even take our goodbye has gone already, and had acknowledged everything before.
            if let Some(connection) = line.connection.take() {
                let _ = connection.close().await;
            }
            Ok(())
        })
    }
}
