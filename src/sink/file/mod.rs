//! `file`: one line a message, appended to a file or to standard output.

mod append;
mod lines;
mod stdout;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::BoxFuture;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::task::{JoinError, spawn_blocking};
use tokio::time::{Instant, timeout_at};

use crate::sink::{Batch, DeliverError, Delivery, Sink, settings};
use crate::tenant::SinkName;
use append::Appended;
use stdout::Stdout;

/// A file or standard output. Several tenants share it: one page at a time is written, each in one write.
#[derive(Debug)]
pub struct File {
    name: SinkName,
    writer: Arc<Mutex<Writer>>,
    /// Set by [`Sink::reopen`], obeyed before the next page: nothing is written in between, and the caller need not wait.
    reopen: AtomicBool,
}

#[derive(Debug)]
struct Writer {
    target: Target,
    /// The lines of the present page; kept for the next one.
    lines: Vec<u8>,
    /// Why the last page was not written. A full disk or a closed pipe looks well until somebody writes.
    unwritten: Option<Trouble>,
}

#[derive(Debug)]
enum Target {
    Stdout(Stdout),
    File(Appended),
}

impl File {
    /// Opens the file, creating it where it is missing, and cuts off a torn last line.
    ///
    /// # Errors
    /// When the folder is missing, the file cannot be opened or is not a regular one, or its last line is torn and not ours.
    pub fn open(name: SinkName, settings: &settings::File) -> Result<Self, DeliverError> {
        let target = if settings.path == Path::new("-") {
            Stdout::open().map(Target::Stdout)
        } else {
            Appended::open(&settings.path).map(Target::File)
        };
        let target = target.map_err(|trouble| trouble.of_sink(&name))?;
        let writer = Arc::new(Mutex::new(Writer { target, lines: Vec::new(), unwritten: None }));
        Ok(Self { name, writer, reopen: AtomicBool::new(false) })
    }

    /// Does `work` on a thread that may block. Dropping the future does not stop it, and nobody else gets the writer before it
    /// is done.
    async fn blocking(
        &self,
        mut writer: OwnedMutexGuard<Writer>,
        work: fn(&mut Writer) -> Result<(), Trouble>,
    ) -> Result<(), DeliverError> {
        let reopen = self.reopen.swap(false, Ordering::Relaxed);
        let done = spawn_blocking(move || {
            if reopen && let Target::File(file) = &mut writer.target {
                file.let_go();
            }
            work(&mut writer)
        });
        done.await
            .unwrap_or_else(|error: JoinError| Err(Trouble::new(format!("the writing thread ended early: {error}"), None)))
            .map_err(|trouble| trouble.of_sink(&self.name))
    }
}

impl Writer {
    fn write(&mut self) -> Result<(), Trouble> {
        let written = match &mut self.target {
            Target::Stdout(stdout) => stdout.write(&self.lines),
            Target::File(file) => file.append(&self.lines),
        };
        self.unwritten = written.as_ref().err().cloned();
        written
    }

    fn probe(&mut self) -> Result<(), Trouble> {
        if let Target::File(file) = &mut self.target {
            file.ready()?;
        }
        self.unwritten.clone().map_or(Ok(()), Err)
    }
}

impl Sink for File {
    fn deliver<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Delivery> {
        Box::pin(async move {
            if batch.is_empty() {
                return Delivery::complete(0);
            }
            // Encoded only once it is our turn: pages that wait take no second copy.
            let mut writer = self.writer.clone().lock_owned().await;
            writer.lines.clear();
            lines::write(batch, &mut writer.lines);
            match self.blocking(writer, Writer::write).await {
                Ok(()) => Delivery::complete(batch.len()),
                Err(failure) => Delivery::failed(batch.len(), failure),
            }
        })
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), DeliverError>> {
        Box::pin(async move {
            let writer = self.writer.clone().lock_owned().await;
            self.blocking(writer, Writer::probe).await
        })
    }

    fn reopen(&self) {
        self.reopen.store(true, Ordering::Relaxed);
    }

    /// Every page was synced before it was answered for, so there is only one under way to wait for.
    fn close(&self, by: Instant) -> BoxFuture<'_, Result<(), DeliverError>> {
        Box::pin(async move {
            match timeout_at(by, self.writer.lock()).await {
                Ok(_) => Ok(()),
                Err(_) => Err(Trouble::new("a page was still being written".to_owned(), None).of_sink(&self.name)),
            }
        })
    }
}

/// What went wrong with a file, before it is known whose it is.
#[derive(Debug, Clone)]
struct Trouble {
    message: String,
    advice: Option<&'static str>,
}

impl Trouble {
    fn new(message: impl fmt::Display, advice: Option<&'static str>) -> Self {
        Self { message: message.to_string(), advice }
    }

    fn of_sink(self, name: &SinkName) -> DeliverError {
        DeliverError { message: format!("file sink {name}: {}", self.message), advice: self.advice.map(str::to_owned) }
    }
}
