//! Picks one of everything that an alert points at.

use std::net::IpAddr;

use super::best::Best;
use super::done;
use super::text::unknown_left_out;
use super::things::{Document, Ends, Letter, Machine, Person, Program};
use crate::alert::evidence::{Evidence, HashKind, Thing};
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

/// Behind everything that stands as evidence of its own: the image of a process, the account that runs it.
const SECOND_HAND: u8 = 10;

#[derive(Default)]
struct Choice<'a> {
    machine: Best<Machine<'a>>,
    acting: Best<Person<'a>>,
    target: Best<Person<'a>>,
    neither: Best<Person<'a>>,
    file: Best<Document<'a>>,
    sha256: Vec<Text<'a>>,
    md5: Vec<Text<'a>>,
    program: Best<Program<'a>>,
    source: Best<(IpAddr, Option<u16>)>,
    destination: Best<(IpAddr, Option<u16>)>,
    protocol: Best<Text<'a>>,
    url: Best<Text<'a>>,
    letter: Best<Letter<'a>>,
    domain_asked_for: Best<Text<'a>>,
    registry_path: Best<Text<'a>>,
    application: Best<Text<'a>>,
    resource: Best<Text<'a>>,
    user_agent: Best<Text<'a>>,
    malware: Best<Text<'a>>,
    done: Best<Text<'a>>,
}

/// What the evidence around a thing says of it.
#[derive(Clone, Copy, Default)]
struct Part {
    rank: u8,
    acting: bool,
    target: bool,
    far_end: bool,
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
            let delivery = evidence.rest.peek_text("deliveryAction");
            for word in [evidence.detection_status, evidence.remediation_status, delivery].into_iter().flatten() {
                choice.done.offer(done::rank(&word), Some(word));
            }
            choice.look_at(evidence.thing, part);
        }
        choice.made()
    }
}

impl<'a> Choice<'a> {
    fn look_at(&mut self, thing: Thing<'a>, part: Part) {
        let rank = part.rank;
        match thing {
            Thing::Device(device) => self.machine.offer(rank, Some(Machine::of_device(*device))),
            Thing::IotDevice(device) => self.machine.offer(rank, Some(Machine::of_iot_device(*device))),
            Thing::Account(account) => self.person(Some(Person::of_account(*account)), part),
            Thing::Session(session) => {
                self.person(session.account.map(Person::of_account), part);
                self.user_agent.offer(rank, session.user_agent);
            }
            Thing::File(file) => self.file(Document::of_file(&file), rank),
            Thing::FileHash(hash) => {
                let value = Some(hash.value);
                self.file(
                    match hash.kind {
                        HashKind::Sha256 => Document { sha256: value, ..Document::default() },
                        HashKind::Sha1 => Document { sha1: value, ..Document::default() },
                        HashKind::Md5 => Document { md5: value, ..Document::default() },
                        HashKind::Unknown | HashKind::Other(_) => return,
                    },
                    // A file with a name says more than a hash without one.
                    rank + SECOND_HAND,
                );
            }
            Thing::Process(process) => {
                self.program.offer(rank, Some(Program::of_process(&process)).filter(Program::is_something));
                if let Some(image) = &process.image {
                    self.file(Document::of_file(image), rank + SECOND_HAND);
                }
                self.person(process.account.map(Person::of_account), Part { rank: rank + SECOND_HAND, ..part });
            }
            Thing::Address(address) => {
                let end = if part.far_end { &mut self.destination } else { &mut self.source };
                end.offer(rank, Some((address.ip, None)));
            }
            Thing::Connection(connection) => {
                self.source.offer(rank, connection.source.map(|end| (end.ip, connection.source_port)));
                self.destination.offer(rank, connection.destination.map(|end| (end.ip, connection.destination_port)));
                self.protocol.offer(rank, connection.protocol);
            }
            Thing::Dns(dns) => {
                self.destination.offer(rank + SECOND_HAND, dns.answer.map(|ip| (ip, None)));
                self.domain_asked_for.offer(rank, Some(dns.domain));
            }
            Thing::Url(url) => self.url.offer(rank, Some(url)),
            Thing::Message(message) => {
                self.source.offer(rank, message.sender_ip.map(|ip| (ip, None)));
                self.url.offer(rank + SECOND_HAND, message.urls.first().cloned());
                self.letter.offer(rank, Some(Letter::of_message(*message)));
            }
            Thing::RegistryKey(key) => self.registry_path.offer(rank, Some(key.path())),
            Thing::RegistryValue(value) => self.registry_path.offer(rank, Some(value.key.path())),
            Thing::Application(application) => self.application.offer(rank, application.name.or(application.id)),
            Thing::CloudResource(resource) => self.resource.offer(rank, resource.id.or(resource.name)),
            Thing::Malware(malware) => self.malware.offer(rank, Some(malware.name)),
            Thing::Other => {}
        }
    }

    fn person(&mut self, person: Option<Person<'a>>, part: Part) {
        let place = match (part.acting, part.target) {
            (true, _) => &mut self.acting,
            (false, true) => &mut self.target,
            (false, false) => &mut self.neither,
        };
        place.offer(part.rank, person.filter(|person| person.name.is_some() || person.id().is_some()));
    }

    fn file(&mut self, file: Document<'a>, rank: u8) {
        self.sha256.extend(file.sha256.clone());
        self.md5.extend(file.md5.clone());
        self.file.offer(rank, Some(file));
    }

    fn made(self) -> Picked<'a> {
        let (letter, file) = (self.letter.take(), self.file.take());
        let of_letter = |address: fn(&Letter<'a>) -> Option<Text<'a>>| letter.as_ref().and_then(address).map(Person::of_address);
        let (sender, recipient) = (of_letter(|letter| letter.sender.clone()), of_letter(|letter| letter.recipient.clone()));
        // Who owns the mailbox did not send what came into it.
        let (doer, owner) =
            if sender.is_some() { (sender, self.neither.clone()) } else { (self.neither.clone().take(), Best::default()) };
        let user = self.target.clone().or(self.neither).or(self.acting.clone()).take();
        Picked {
            machine: self.machine.take(),
            acting: self.acting.take().or(doer),
            target: self.target.take().or(owner.take()).or_else(|| recipient.clone()),
            user: user.or(recipient),
            sha256: each_once(file.as_ref().and_then(|file| file.sha256.clone()), self.sha256),
            md5: each_once(file.as_ref().and_then(|file| file.md5.clone()), self.md5),
            file,
            program: self.program.take(),
            ends: Ends { source: self.source.take(), destination: self.destination.take() },
            protocol: self.protocol.take(),
            url: self.url.take(),
            letter,
            domain_asked_for: self.domain_asked_for.take(),
            registry_path: self.registry_path.take(),
            application: self.application.take(),
            resource: self.resource.take(),
            user_agent: self.user_agent.take(),
            malware: self.malware.take(),
            done: unknown_left_out(self.done.take().as_ref()),
        }
    }
}

/// The first one, if any, before all others.
fn each_once<'a>(first: Option<Text<'a>>, rest: Vec<Text<'a>>) -> Vec<Text<'a>> {
    let mut seen = std::collections::HashSet::new();
    first.into_iter().chain(rest).filter(|text| seen.insert(text.clone())).collect()
}
