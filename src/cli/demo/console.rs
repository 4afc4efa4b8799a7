//! A sink for people: one readable line per alert on standard output.

use std::collections::HashSet;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::alert::{Severity, Text, graph};
use crate::sink::{Batch, DeliverError, Delivery, Message, Sink};
use crate::telemetry::harmless;

/// Which alerts have been shown, to tell whether any came twice.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// Nobody reads any longer.
    pub(super) closed: CancellationToken,
    ids: Mutex<(HashSet<(String, String)>, u64)>,
}

impl Shown {
    /// How many alerts were shown more than once.
    pub(super) fn repeated(&self) -> u64 {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner).1
    }

    fn note(&self, tenant: &str, id: &str) {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        if !ids.0.insert((tenant.to_owned(), id.to_owned())) {
            ids.1 += 1;
        }
    }
}

/// Standard output, for people.
#[derive(Debug)]
pub(super) struct Console {
    shown: Arc<Shown>,
    colour: bool,
}

impl Console {
    pub(super) fn new(shown: Arc<Shown>) -> Self {
        Self { shown, colour: io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() }
    }

    fn line(&self, batch: &Batch, message: &Message<'_>) -> String {
        let raw = String::from_utf8_lossy(message.payload);
        let alert = graph::parse(&raw).ok();
        let text = |field: Option<&Option<Text<'_>>>| {
            field.and_then(|text| text.as_deref()).unwrap_or("-").chars().map(plain).collect::<String>()
        };
        let title = text(alert.as_ref().map(|alert| &alert.title));
        let product = text(alert.as_ref().map(|alert| &alert.product_name));
        let time = message.about.at.map(|at| at.strftime("%H:%M:%S").to_string()).unwrap_or_default();
        let severity = message.about.severity;
        let (on, off) = if self.colour { (colour(severity), "\x1b[0m") } else { ("", "") };
        format!(
            "{time}  {:<11} {on}{:<13}{off} {product:<36} {title}  ({})",
            batch.tenant.name.as_str(),
            severity.as_str(),
            message.about.alert_id.escape_debug()
        )
    }
}

impl Sink for Console {
    fn deliver<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Delivery> {
        Box::pin(async move {
            let mut lines = String::new();
            for message in batch.messages() {
                lines.push_str(&self.line(batch, &message));
                lines.push('\n');
            }
            let mut out = io::stdout().lock();
            match out.write_all(lines.as_bytes()).and_then(|()| out.flush()) {
                Ok(()) => {
                    batch.messages().for_each(|message| self.shown.note(batch.tenant.id.as_str(), &message.about.alert_id));
                    Delivery::complete(batch.len())
                }
                Err(error) => {
                    self.shown.closed.cancel();
                    let message = format!("standard output: {error}");
                    Delivery::failed(batch.len(), DeliverError { message, advice: None })
                }
            }
        })
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), DeliverError>> {
        Box::pin(async { Ok(()) })
    }

    fn close(&self, _by: Instant) -> BoxFuture<'_, Result<(), DeliverError>> {
        Box::pin(async { Ok(()) })
    }
}

/// Alerts are written by attackers: nothing in them may steer a terminal or turn the direction of a line.
fn plain(c: char) -> char {
    if c.is_control() || harmless::steers(c) { ' ' } else { c }
}

fn colour(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "\x1b[31m",
        Severity::Medium => "\x1b[33m",
        Severity::Low => "\x1b[36m",
        Severity::Unknown | Severity::Informational | Severity::Other => "\x1b[2m",
    }
}
