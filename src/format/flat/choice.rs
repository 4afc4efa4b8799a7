//! Looks at one thing after another and keeps the best of each kind.

use std::collections::HashSet;
use std::net::IpAddr;

use super::best::Best;
use super::evidence::{Part, Picked};
use super::other::Other;
use super::text::unknown_left_out;
use super::things::{Document, Ends, Letter, Machine, Person, Program};
use crate::alert::Text;
use crate::alert::evidence::{HashKind, Thing};

/// Behind everything that stands as evidence of its own: the image of a process, the account that runs it.
const SECOND_HAND: u8 = 10;

/// The best of everything so far.
#[derive(Default)]
pub struct Choice<'a> {
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
    group: Best<Text<'a>>,
    messages: Best<i32>,
    application: Best<Text<'a>>,
    resource: Best<Text<'a>>,
    user_agent: Best<Text<'a>>,
    malware: Best<Text<'a>>,
    done: Best<Text<'a>>,
}

impl<'a> Choice<'a> {
    pub fn look_at(&mut self, thing: Thing<'a>, part: Part) {
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

    pub fn look_at_other(&mut self, other: Other<'a>, part: Part) {
        match other {
            // Where something lies is not what somebody asked for.
            Other::Url(url) => self.url.offer(part.rank + SECOND_HAND, Some(url)),
            Other::Group(id) => self.group.offer(part.rank, Some(id)),
            Other::MailCluster(messages) => self.messages.offer(part.rank, Some(messages)),
        }
    }

    /// What was done about some evidence.
    pub fn done(&mut self, rank: u8, word: Text<'a>) {
        self.done.offer(rank, Some(word));
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

    pub fn made(self) -> Picked<'a> {
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
            group: self.group.take(),
            messages: self.messages.take(),
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
    let mut seen = HashSet::new();
    first.into_iter().chain(rest).filter(|text| seen.insert(text.clone())).collect()
}
