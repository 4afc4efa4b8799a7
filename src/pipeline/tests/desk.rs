//! A receiver whose moods a test controls, and which remembers what it got.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::{BoxFuture, pending};
use tokio::time::{Instant, sleep};

use super::tape::{Note, Tape};
use crate::format::Encoder;
use crate::sink::{About, Batch, DeliverError, Delivery, Sink, Verdict};
use crate::source::FeedKind;
use crate::tenant::Tenant;

/// What a receiver does with a batch.
#[derive(Debug, Clone)]
pub enum Mood {
    Takes,
    /// Takes it, but not before that long.
    TakesAfter(Duration),
    Fails,
    FailsAfter(Duration),
    /// Never answers.
    Hangs,
    Panics,
    /// The named alerts get their verdicts, all others are taken.
    Judges(Vec<(&'static str, Verdict)>),
    /// Breaks its contract: no word about anything, and no failure.
    SaysNothing,
}

/// An alert that arrived.
#[derive(Debug, Clone)]
pub struct Got {
    pub id: String,
    pub at: Instant,
    pub payload: String,
}

#[derive(Debug)]
pub struct Desk {
    pub name: &'static str,
    tape: Tape,
    next: Mutex<VecDeque<Mood>>,
    lasting: Mutex<Mood>,
    got: Mutex<Vec<Got>>,
    /// Bytes that are being delivered, and the most that ever were.
    in_hand: Mutex<(usize, usize)>,
    /// Whether it answers when somebody knocks.
    pub there: AtomicBool,
    /// How many octets a message may have.
    pub room: AtomicUsize,
}

impl Desk {
    pub fn new(name: &'static str, tape: &Tape) -> Arc<Self> {
        let (next, lasting, got) = (Mutex::default(), Mutex::new(Mood::Takes), Mutex::default());
        let (in_hand, there, room) = (Mutex::default(), AtomicBool::new(true), AtomicUsize::new(usize::MAX));
        Arc::new(Self { name, tape: tape.clone(), next, lasting, got, in_hand, there, room })
    }

    pub fn lastingly(&self, mood: Mood) {
        *self.lasting.lock().unwrap() = mood;
    }

    pub fn next_batches(&self, moods: impl IntoIterator<Item = Mood>) {
        self.next.lock().unwrap().extend(moods);
    }

    pub fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    /// The most bytes that were being delivered at the same time.
    pub fn most_in_hand(&self) -> usize {
        self.in_hand.lock().unwrap().1
    }

    /// IDs in the order of arrival.
    pub fn ids(&self) -> Vec<String> {
        self.got().into_iter().map(|got| got.id).collect()
    }

    /// When an alert arrived first.
    pub fn arrival(&self, id: &str) -> Option<Instant> {
        self.got().into_iter().find(|got| got.id == id).map(|got| got.at)
    }

    fn take(&self, batch: &Batch, verdicts: Vec<Verdict>) -> Delivery {
        let taken: Vec<Got> = batch
            .messages()
            .zip(&verdicts)
            .filter(|(_, verdict)| **verdict == Verdict::Delivered)
            .map(|(message, _)| Got {
                id: message.about.alert_id.clone(),
                at: Instant::now(),
                payload: String::from_utf8(message.payload.to_vec()).unwrap(),
            })
            .collect();
        let ids = taken.iter().map(|got| got.id.clone()).collect();
        self.got.lock().unwrap().extend(taken);
        self.tape.write(Note::Taken { sink: self.name.to_owned(), ids });
        let failure = verdicts.contains(&Verdict::Unknown).then(gone);
        Delivery { verdicts, failure }
    }
}

fn gone() -> DeliverError {
    DeliverError { message: "the desk is not there".to_owned(), advice: None }
}

/// Counts what is being delivered, until it is dropped.
struct InHand<'a>(&'a Desk, usize);

impl<'a> InHand<'a> {
    fn new(desk: &'a Desk, bytes: usize) -> Self {
        let mut in_hand = desk.in_hand.lock().unwrap();
        in_hand.0 += bytes;
        in_hand.1 = in_hand.1.max(in_hand.0);
        Self(desk, bytes)
    }
}

impl Drop for InHand<'_> {
    fn drop(&mut self) {
        self.0.in_hand.lock().unwrap().0 -= self.1;
    }
}

/// The desk as a sink.
pub struct Door(pub Arc<Desk>);

impl Sink for Door {
    fn deliver<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Delivery> {
        Box::pin(async {
            let desk = &self.0;
            let _in_hand = InHand::new(desk, batch.messages().map(|message| message.payload.len()).sum());
            let mood = desk.next.lock().unwrap().pop_front();
            let mood = mood.unwrap_or_else(|| desk.lasting.lock().unwrap().clone());
            let all = vec![Verdict::Delivered; batch.len()];
            match mood {
                Mood::Takes => desk.take(batch, all),
                Mood::TakesAfter(pause) => {
                    sleep(pause).await;
                    desk.take(batch, all)
                }
                Mood::Fails => Delivery::failed(batch.len(), gone()),
                Mood::FailsAfter(pause) => {
                    sleep(pause).await;
                    Delivery::failed(batch.len(), gone())
                }
                Mood::Hangs => pending().await,
                Mood::Panics => panic!("the desk makes its visitor panic"),
                Mood::Judges(judged) => {
                    let mut judged: VecDeque<_> = judged.into();
                    let mut verdict = |id: &str| {
                        let place = judged.iter().position(|(named, _)| *named == id);
                        place.and_then(|place| judged.remove(place)).map_or(Verdict::Delivered, |(_, verdict)| verdict)
                    };
                    let verdicts = batch.messages().map(|message| verdict(&message.about.alert_id)).collect();
                    desk.take(batch, verdicts)
                }
                Mood::SaysNothing => Delivery { verdicts: Vec::new(), failure: None },
            }
        })
    }

    fn room(&self, _: &Tenant, _: FeedKind, _: Encoder, _: &About) -> usize {
        self.0.room.load(Ordering::Relaxed)
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), DeliverError>> {
        Box::pin(async { if self.0.there.load(Ordering::Relaxed) { Ok(()) } else { pending().await } })
    }

    fn close(&self, _by: Instant) -> BoxFuture<'_, Result<(), DeliverError>> {
        Box::pin(async { Ok(()) })
    }
}
