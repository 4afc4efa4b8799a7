//! What happened, in order: every fake writes on the same tape.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use tokio::time::Instant;

use crate::ledger::Step;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Note {
    /// A page was asked for.
    Asked { tenant: String },
    /// A sink answered for a batch; the alerts that it took.
    Taken { sink: String, ids: Vec<String> },
    /// A step became durable.
    Recorded { sink: Option<String>, seen: Vec<String>, dead: Vec<String>, cursor: Option<Timestamp> },
}

/// Shared by all fakes of a test.
#[derive(Debug, Clone, Default)]
pub struct Tape(Arc<Mutex<Vec<(Instant, Note)>>>);

impl Tape {
    pub fn write(&self, note: Note) {
        self.0.lock().unwrap().push((Instant::now(), note));
    }

    pub fn recorded(&self, step: &Step) {
        let sink = step.route.sink.as_ref().map(ToString::to_string);
        let seen = step.seen.iter().map(|seen| seen.key.id.clone()).collect();
        let dead = step.dead.iter().map(|letter| letter.alert_id.clone()).collect();
        self.write(Note::Recorded { sink, seen, dead, cursor: step.cursor });
    }

    pub fn notes(&self) -> Vec<Note> {
        self.0.lock().unwrap().iter().map(|(_, note)| note.clone()).collect()
    }

    /// When pages were asked for.
    pub fn asked(&self) -> Vec<Instant> {
        self.0.lock().unwrap().iter().filter(|(_, note)| matches!(note, Note::Asked { .. })).map(|(at, _)| *at).collect()
    }

    /// Steps of a sink that became durable.
    pub fn steps(&self, of: Option<&str>) -> Vec<Note> {
        let ours = |note: &Note| matches!(note, Note::Recorded { sink, .. } if sink.as_deref() == of);
        self.notes().into_iter().filter(ours).collect()
    }
}
