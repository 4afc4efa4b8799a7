//! Picks one of everything that an alert points at.

use super::choice::Choice;
use super::done;
use super::other;
use super::things::{Document, Ends, Letter, Machine, Person, Program};
use crate::alert::evidence::Evidence;
use crate::alert::{Alert, Text};

/// One of everything, by this rank: what the record itself names, what was compromised or attacked, what is malicious, what is
/// suspicious, the rest; and by the order of the source among equals.
#[derive(Debug, Clone, Default)]
pub struct Picked<'a> {
    pub machine: Option<Machine<'a>>,
    /// Who did it: an account with such a role, else the sender of the mail, else whoever has an account and no role.
    pub acting: Option<Person<'a>>,
    /// To whom it was done: an account with such a role; of a mail, also its owner or its recipient.
    pub target: Option<Person<'a>>,
    /// The one of highest rank, whatever the part.
    pub user: Option<Person<'a>>,
    pub file: Option<Document<'a>>,
    /// Of all files, the picked one's first; each once.
    pub sha256: Vec<Text<'a>>,
    pub md5: Vec<Text<'a>>,
    pub program: Option<Program<'a>>,
    pub ends: Ends,
    pub protocol: Option<Text<'a>>,
    pub url: Option<Text<'a>>,
    pub letter: Option<Letter<'a>>,
    pub domain_asked_for: Option<Text<'a>>,
    pub registry_path: Option<Text<'a>>,
    /// Its ID.
    pub group: Option<Text<'a>>,
    /// How many messages a cluster of mail has.
    pub messages: Option<i32>,
    pub application: Option<Text<'a>>,
    pub resource: Option<Text<'a>>,
    pub user_agent: Option<Text<'a>>,
    pub malware: Option<Text<'a>>,
    /// The strongest thing that was done about any of it, in the vendor's word.
    pub done: Option<Text<'a>>,
}

const TO_WHOM: [&str; 3] = ["compromised", "attacked", "destination"];
const BY_WHOM: [&str; 4] = ["attacker", "source", "suspicious", "policyViolator"];
const FAR_END: [&str; 2] = ["destination", "commandAndControl"];
const NEAR_END: [&str; 2] = ["source", "attacker"];

/// What the evidence around a thing says of it.
#[derive(Clone, Copy, Default)]
pub struct Part {
    /// The lower the better.
    pub rank: u8,
    pub acting: bool,
    pub target: bool,
    pub far_end: bool,
}

impl Part {
    fn of(evidence: &Evidence<'_>) -> Self {
        let says = |word: &str| evidence.verdict.as_ref().is_some_and(|verdict| verdict.eq_ignore_ascii_case(word));
        let rank = if evidence.has_role(&["compromised", "attacked"]) {
            1
        } else if says("malicious") {
            2
        } else if says("suspicious") {
            3
        } else {
            4
        };
        let acting = evidence.has_role(&BY_WHOM);
        Self {
            rank,
            acting,
            target: evidence.has_role(&TO_WHOM) && !acting,
            far_end: evidence.has_role(&FAR_END) && !evidence.has_role(&NEAR_END),
        }
    }
}

impl<'a> Picked<'a> {
    pub fn read(alert: &Alert<'a>) -> Self {
        let mut choice = Choice::default();
        for thing in &alert.things {
            choice.look_at(thing.clone(), Part::default());
        }
        for evidence in alert.decoded_evidence() {
            let part = Part::of(&evidence);
            if let Some(other) = other::read(&evidence) {
                choice.look_at_other(other, part);
            }
            let delivery = evidence.rest.peek_text("deliveryAction");
            for word in [evidence.detection_status, evidence.remediation_status, delivery].into_iter().flatten() {
                choice.done(done::rank(&word), word);
            }
            choice.look_at(evidence.thing, part);
        }
        choice.made()
    }
}
