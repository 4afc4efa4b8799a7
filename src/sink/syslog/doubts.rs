//! Messages that a receiver answered with an error: whether it is they, or a receiver that takes nothing just now (a full disk).
//!
//! RELP has one code for both, and rsyslog's own sender takes any of them for the end of the session. So it is the message only
//! if the receiver keeps saying so while it takes others.

use std::collections::HashMap;

use crate::sink::{Batch, Message, Verdict};

/// How often a message is refused before it is its own fault.
const ENOUGH: u32 = 3;
/// Forgetting costs some more tries; this is a page or a few.
const MOST_REMEMBERED: usize = 10_000;

/// What was refused and not taken since, by tenant and alert.
#[derive(Debug, Default)]
pub struct Doubts {
    /// How many messages receivers have taken.
    taken: u64,
    refused: HashMap<String, Doubt>,
}

#[derive(Debug)]
struct Doubt {
    refusals: u32,
    /// How many messages had been taken when it was refused for the first time.
    since: u64,
}

impl Doubts {
    /// The places of a page in the order in which they are offered: what was refused before goes last, so that it keeps back
    /// nothing else where the receiver ends the session over it.
    pub fn order(&mut self, batch: &Batch) -> Vec<usize> {
        if self.refused.len() > MOST_REMEMBERED {
            self.refused.clear();
        }
        let mut places: Vec<usize> = (0..batch.len()).collect();
        if !self.refused.is_empty() {
            let refused: Vec<bool> = batch.messages().map(|message| self.refused.contains_key(&key(batch, message))).collect();
            places.sort_by_key(|place| refused[*place]);
        }
        places
    }

    /// Notes the answer to a message.
    pub fn heard(&mut self, batch: &Batch, message: Message<'_>, answer: &Verdict) {
        match answer {
            Verdict::Delivered => {
                self.taken += 1;
                if !self.refused.is_empty() {
                    self.refused.remove(&key(batch, message));
                }
            }
            Verdict::Refused(_) => {
                let doubt = self.refused.entry(key(batch, message)).or_insert(Doubt { refusals: 0, since: self.taken });
                doubt.refusals += 1;
            }
            Verdict::Unknown => {}
        }
    }

    /// Whether the receiver has taken others since it first refused this one, so that another try tells something.
    pub fn worth_a_try(&self, batch: &Batch, message: Message<'_>) -> bool {
        self.refused.get(&key(batch, message)).is_some_and(|doubt| doubt.refusals < ENOUGH && doubt.since < self.taken)
    }

    /// Whether it is the message: then it is forgotten here, since it is not offered again.
    pub fn is_at_fault(&mut self, batch: &Batch, message: Message<'_>) -> bool {
        let key = key(batch, message);
        let at_fault = self.refused.get(&key).is_some_and(|doubt| doubt.refusals >= ENOUGH && doubt.since < self.taken);
        if at_fault {
            self.refused.remove(&key);
        }
        at_fault
    }
}

fn key(batch: &Batch, message: Message<'_>) -> String {
    format!("{}:{}", batch.tenant.id, message.about.alert_id)
}
