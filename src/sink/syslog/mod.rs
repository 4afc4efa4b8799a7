//! `syslog`: RFC 5424 or RFC 3164 messages to the first receiver that answers, over UDP, TCP, TLS or RELP.
//!
//! Syslog over TCP has no answer of its own. What stands in for it, and what it cannot promise, is in `connection.rs`: octets that
//! the receiver's kernel has acknowledged are lost all the same if the receiver is killed before it reads them.

mod broken;
mod connect;
mod connection;
mod doubts;
pub mod framing;
mod line;
pub mod message;
mod outq;
mod receivers;
pub mod relp;
mod rfc3164;
mod rfc5424;
mod stream;
mod taken;
mod tls;
mod udp;

use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

use crate::format::Encoder;
use crate::sink::settings::Transport;
use crate::sink::{About, Batch, DeliverError, Delivery, Message, Sink, Verdict, settings};
use crate::source::FeedKind;
use crate::tenant::{SinkName, Tenant};
use crate::{clock, crash};
use broken::{Broken, speech};
use doubts::Doubts;
use line::Line;
use message::{Origin, Style};
use receivers::Receivers;
use taken::Taken;

/// For all receivers together, looking up their names and TLS handshakes included.
const CONNECTED_WITHIN: Duration = Duration::from_secs(10);

/// A syslog receiver, or several of which one is used.
#[derive(Debug)]
pub struct Syslog {
    name: SinkName,
    settings: settings::Syslog,
    style: Style,
    /// Held during a delivery: pages never interleave, and one attempt at a time tries dead receivers.
    desk: Mutex<Desk>,
    taken: Taken,
}

/// What one delivery at a time works with.
#[derive(Debug)]
struct Desk {
    receivers: Receivers,
    /// The line in use and the place of its receiver.
    open: Option<(usize, Line)>,
    message: Vec<u8>,
    doubts: Doubts,
    last_failure: Option<(Instant, DeliverError)>,
}

impl Syslog {
    #[must_use]
    pub fn new(name: SinkName, settings: &settings::Syslog) -> Self {
        let machine = hostname::get().unwrap_or_default();
        let style = Style::new(settings, &machine.to_string_lossy());
        let receivers = Receivers::new(&settings.addresses);
        let desk = Desk { receivers, open: None, message: Vec::new(), doubts: Doubts::default(), last_failure: None };
        Self { name, settings: settings.clone(), style, desk: Mutex::new(desk), taken: Taken::default() }
    }

    /// Runs `work` alone. Who waited while somebody else failed shares that failure instead of trying in turn: a thousand
    /// tenants behind a dead receiver are answered together.
    async fn alone<T>(&self, work: impl AsyncFnOnce(&mut Desk) -> Result<T, DeliverError>) -> Result<T, DeliverError> {
        let asked = Instant::now();
        let mut desk = self.desk.lock().await;
        if let Some((at, failure)) = &desk.last_failure
            && *at >= asked
        {
            return Err(failure.clone());
        }
        let result = work(&mut desk).await;
        if let Err(failure) = &result {
            desk.last_failure = Some((Instant::now(), failure.clone()));
        }
        result
    }

    /// The open line, or a new one. It is taken off the desk, so that one abandoned in mid-page is never used again.
    async fn take_line(&self, desk: &mut Desk) -> Result<(usize, Line), DeliverError> {
        if let Some((place, mut line)) = desk.open.take() {
            match line.begin().await {
                Ok(()) => return Ok((place, line)),
                Err(Broken::Datagram(error)) => {
                    desk.receivers.failed(place);
                    tracing::warn!(
                        sink = %self.name, peer = %line.peer(), %error,
                        "the receiver's machine said late that it had not taken a datagram: some alerts may not have arrived"
                    );
                }
                Err(broken) => tracing::debug!(sink = %self.name, peer = %line.peer(), %broken, "connecting anew"),
            }
        }
        self.open_line(&desk.receivers).await.map_err(|said| DeliverError {
            message: format!("syslog sink {}: cannot connect to {said}", self.name),
            advice: Some(format!(
                "check that a receiver listens there for {} and that no firewall is in between",
                speech(&self.settings)
            )),
        })
    }

    /// Opens a line to the first receiver that answers. An error says what each of them said.
    async fn open_line(&self, receivers: &Receivers) -> Result<(usize, Line), String> {
        let deadline = Instant::now() + CONNECTED_WITHIN;
        let order = receivers.order();
        let mut said = Vec::new();
        for (tried, place) in order.iter().enumerate() {
            let address = receivers.address(*place);
            let until = Instant::now() + connect::share(deadline, order.len() - tried);
            match Line::open(address, &self.settings, until, &self.taken).await {
                Ok(line) => return Ok((*place, line)),
                Err(reason) => said.push(format!("{address}: {reason}")),
            }
        }
        Err(said.join("; "))
    }

    /// Fills in what is known of each message of the batch; after a failure that can be less than all of them.
    async fn send(&self, desk: &mut Desk, batch: &Batch, verdicts: &mut [Verdict]) -> Result<(), DeliverError> {
        let (place, mut line) = self.take_line(desk).await?;
        match self.send_over(&mut line, desk, batch, verdicts).await {
            Ok(()) => {
                desk.receivers.delivered();
                desk.open = Some((place, line));
                Ok(())
            }
            Err(broken) => {
                desk.receivers.failed(place);
                let arrived = verdicts.iter().filter(|verdict| **verdict != Verdict::Unknown).count();
                Err(self.lost(desk.receivers.address(place), &line, &broken, (batch.len() - arrived, batch.len())))
            }
        }
    }

    async fn send_over(&self, line: &mut Line, desk: &mut Desk, batch: &Batch, verdicts: &mut [Verdict]) -> Result<(), Broken> {
        let messages: Vec<Message<'_>> = batch.messages().collect();
        let mut places = desk.doubts.order(batch);
        let mut refused = Vec::new();
        loop {
            let sent = self.offer(line, &mut desk.message, batch, (&places, &messages), verdicts).await;
            let Some(answers) = line.answers() else {
                if sent.is_err() {
                    // Without answers, a page that failed may have arrived or not as a whole.
                    verdicts.fill(Verdict::Unknown);
                }
                return sent;
            };
            places.retain(|place| verdicts[*place] == Verdict::Unknown);
            for (place, answer) in places.iter().zip(answers) {
                desk.doubts.heard(batch, messages[*place], &answer);
                if let Verdict::Refused(words) = answer {
                    refused.push((*place, words));
                } else {
                    verdicts[*place] = answer;
                }
            }
            places.retain(|place| verdicts[*place] == Verdict::Unknown && desk.doubts.worth_a_try(batch, messages[*place]));
            if sent.is_err() || places.is_empty() {
                let mut why = sent;
                for (place, words) in refused.into_iter().rev() {
                    if verdicts[place] != Verdict::Unknown {
                        continue;
                    }
                    if desk.doubts.is_at_fault(batch, messages[place]) {
                        verdicts[place] = Verdict::Refused(words);
                    } else if why.is_ok() {
                        why = Err(relp::Broken::Refusing(words).into());
                    }
                }
                return why;
            }
        }
    }

    /// Sends the messages at these places, and answers once what can be known of them is known.
    async fn offer(
        &self,
        line: &mut Line,
        buffer: &mut Vec<u8>,
        batch: &Batch,
        (places, messages): (&[usize], &[Message<'_>]),
        verdicts: &mut [Verdict],
    ) -> Result<(), Broken> {
        let origin = Origin { tenant: &batch.tenant, feed: batch.feed, encoder: batch.encoder, now: clock::now() };
        let limit = self.style.limit;
        for place in places {
            buffer.clear();
            self.style.encode(&origin, messages[*place], buffer);
            verdicts[*place] = if buffer.len() > limit {
                Verdict::Refused(format!(
                    "its syslog message has {} octets, more than the {limit} that this sink sends",
                    buffer.len()
                ))
            } else {
                line.send(buffer).await?
            };
            crash::point("syslog.message-sent");
        }
        crash::point("syslog.sent");
        line.settle().await?;
        crash::point("syslog.settled");
        Ok(())
    }

    fn lost(&self, address: &str, line: &Line, broken: &Broken, (unknown, all): (usize, usize)) -> DeliverError {
        let what = if unknown == all {
            "the page it was being sent is".to_owned()
        } else {
            format!("{unknown} of the {all} messages of the page it was being sent are")
        };
        DeliverError {
            message: format!("syslog sink {}: {address} ({}) {broken}; {what} not known to have arrived", self.name, line.peer()),
            advice: Some(broken.advice(&self.settings)),
        }
    }

    /// UDP has no other sign of a receiver than that it failed a page: while each has, a probe repeats that.
    fn silent_failure(&self, desk: &Desk) -> Option<DeliverError> {
        let known = matches!(self.settings.transport, Transport::Udp) && desk.receivers.all_failed();
        desk.last_failure.as_ref().filter(|_| known).map(|(_, failure)| failure.clone())
    }
}

impl Sink for Syslog {
    fn deliver<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Delivery> {
        Box::pin(async move {
            if batch.is_empty() {
                return Delivery::complete(0);
            }
            let mut verdicts = vec![Verdict::Unknown; batch.len()];
            let sent = self.alone(async |desk| self.send(desk, batch, &mut verdicts).await).await;
            Delivery { verdicts, failure: sent.err() }
        })
    }

    fn room(&self, tenant: &Tenant, feed: FeedKind, encoder: Encoder, about: &About) -> usize {
        self.style.room(&Origin { tenant, feed, encoder, now: clock::now() }, about)
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), DeliverError>> {
        Box::pin(self.alone(async |desk| {
            desk.open = Some(self.take_line(desk).await?);
            self.silent_failure(desk).map_or(Ok(()), Err)
        }))
    }

    fn taken(&self) -> u64 {
        self.taken.count()
    }

    fn close(&self, by: Instant) -> BoxFuture<'_, Result<(), DeliverError>> {
        Box::pin(async move {
            let Ok(mut desk) = timeout_at(by, self.desk.lock()).await else {
                return Err(DeliverError {
                    message: format!(
                        "syslog sink {}: a delivery to {} was still under way",
                        self.name,
                        self.settings.addresses.join(" or ")
                    ),
                    advice: None,
                });
            };
            // A receiver that does not even take our goodbye has gone already, and had answered for everything before.
            if let Some((_, line)) = desk.open.take() {
                let _ = timeout_at(by, line.close()).await;
            }
            Ok(())
        })
    }
}
