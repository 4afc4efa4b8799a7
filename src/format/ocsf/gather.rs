//! What the evidence says: element by element, and about the finding as a whole.

use serde_json::value::{RawValue, to_raw_value};

use super::Version;
use super::captions;
use super::data::Data;
use super::done::Done;
use super::item::Item;
use super::kinds::{self, Closer};
use super::objects::{Actor, Device, Email, Endpoint, Malware, Query, Resource, Url, User};
use super::observables::Observables;
use super::older::Held;
use super::things;
use crate::alert::Text;
use crate::alert::evidence::{Evidence, Thing};
use crate::format::embed::is_sound;

/// What the evidence says about the finding as a whole.
#[derive(Debug)]
pub struct Gathered<'a> {
    pub items: Vec<Item<'a>>,
    pub observables: Observables<'a>,
    pub device: Option<Device<'a>>,
    pub actor: Actor<'a>,
    pub resources: Vec<Resource<'a>>,
    pub malware: Vec<Malware<'a>>,
    pub done: Done,
    version: Version,
    /// The user whom the record itself names.
    named_user: Option<User<'a>>,
    /// So many of the resources are those that the record itself names.
    named_resources: usize,
}

/// Those who do, as against those to whom it is done.
const ACTING: [&str; 4] = ["attacker", "source", "suspicious", "policyViolator"];
const FAR_END: [&str; 2] = ["destination", "commandAndControl"];

impl<'a> Gathered<'a> {
    pub fn new(version: Version) -> Self {
        Self {
            items: Vec::new(),
            observables: Observables::default(),
            device: None,
            actor: Actor::default(),
            resources: Vec::new(),
            malware: Vec::new(),
            done: Done::NOTHING_KNOWN,
            version,
            named_user: None,
            named_resources: 0,
        }
    }

    /// Adds what the record itself names, without evidence around it. Somebody so named is who did it, unless evidence says
    /// that somebody else did.
    pub fn add_named(&mut self, thing: Thing<'a>) {
        let mut item = Item::default();
        let placed = self.place(thing, &mut item, false);
        self.named_resources = self.resources.len();
        if !placed {
            return;
        }
        if self.device.is_none() {
            self.device.clone_from(&item.device);
        }
        if self.named_user.is_none() {
            self.named_user.clone_from(&item.user);
        }
        self.push(item, None);
    }

    /// Draws the conclusions that need all of the evidence.
    pub fn finish(&mut self) {
        if self.actor.user.is_none() {
            self.actor.user = self.named_user.take();
        }
        for (index, resource) in self.resources.iter().enumerate() {
            self.observables.resource(index, resource);
        }
    }

    pub fn add(&mut self, evidence: Evidence<'a>) {
        for word in [&evidence.detection_status, &evidence.remediation_status].into_iter().flatten() {
            self.done = self.done.stronger(Done::from_word(word));
        }
        let acting = evidence.has_role(&ACTING);
        let far_end = evidence.has_role(&FAR_END) && !evidence.has_role(&["source", "attacker"]);
        let (verdict_id, verdict) = evidence.verdict.as_ref().map(captions::evidence_verdict).unzip();
        let closer = kinds::look_closer(&evidence);
        let user_agent = match &evidence.thing {
            Thing::Session(session) => session.user_agent.clone(),
            _ => None,
        };
        let mut item = Item { name: evidence.type_name, verdict_id, verdict, ..Item::default() };
        let mapped = self.place(evidence.thing, &mut item, far_end);
        item.data =
            if mapped { Some(Data::Rest(evidence.rest)).filter(Data::says_something) } else { Some(Data::Whole(evidence.raw)) };
        if item.data.as_ref().is_some_and(Data::holds_user_agent) {
            self.observables.user_agent(self.items.len(), user_agent.as_ref());
        }
        if self.device.is_none() {
            self.device.clone_from(&item.device);
        }
        if acting {
            if self.actor.process.is_none() {
                self.actor.process.clone_from(&item.process);
            }
            let user = item.user.as_ref().or_else(|| item.process.as_ref()?.user.as_ref());
            if self.actor.user.is_none() {
                self.actor.user = user.cloned();
            }
        }
        // One text, or left out because the message would be too long.
        let is_closed = matches!(item.data, Some(Data::Whole(raw)) if raw.get() == "{}" || !is_sound(raw));
        self.add_closer(closer, &mut item);
        if is_closed {
            // Nothing inside has a path.
            let at = format!("evidences[{}]", self.items.len());
            let data = format!("{at}.data");
            self.observables.moved(&at, std::slice::from_ref(&data), &data);
        }
        self.push(item, Some(evidence.raw));
    }

    /// Adds what only a closer look told. Who is logged on to a device is not the one who acts for that.
    fn add_closer(&mut self, closer: Closer<'a>, item: &mut Item<'a>) {
        if self.device.is_none() {
            self.device.clone_from(&closer.device);
        }
        item.device = item.device.take().or(closer.device);
        item.user = item.user.take().or(closer.user);
        item.databucket = closer.databucket;
        item.container = closer.container;
        self.resources.extend(closer.resource);
        self.observables.closer(self.items.len(), &closer.observed);
    }

    fn push(&mut self, mut item: Item<'a>, raw: Option<&'a RawValue>) {
        let index = self.items.len();
        self.observables.look_at(index, &item);
        if self.version != Version::NEWEST {
            self.hold_back(index, &mut item, raw);
        }
        self.items.push(item);
    }

    /// Where the version cannot say something, `data` says all of it.
    fn hold_back(&mut self, index: usize, item: &mut Item<'a>, raw: Option<&'a RawValue>) {
        let at = format!("evidences[{index}]");
        let whole = match raw {
            Some(raw) => Some(Data::Whole(raw)),
            None => to_raw_value(item).ok().map(Data::Ours),
        };
        let mut places = Vec::new();
        let one_ended = |email: &Email<'_>| email.from.is_none() || email.to.is_empty();
        if self.version < Version::V1_4_0 && item.email.as_ref().is_some_and(one_ended) {
            item.email = None;
            places.push(format!("{at}.email"));
        }
        places.extend(Held::back(self.version, at.clone(), item));
        if !places.is_empty() {
            item.data = whole;
            self.observables.moved(&at, &places, &format!("{at}.data"));
        }
    }

    /// Puts the thing where OCSF has a place for it; `false` when the evidence must go into `data` as a whole.
    fn place(&mut self, thing: Thing<'a>, item: &mut Item<'a>, far_end: bool) -> bool {
        match thing {
            Thing::Device(device) => {
                if let Some(machine) = things::virtual_machine(&device) {
                    self.add_resource(machine);
                }
                set(&mut item.device, things::device(*device))
            }
            Thing::IotDevice(device) => set(&mut item.device, things::iot_device(*device)),
            Thing::Account(account) => set(&mut item.user, things::user(*account)),
            Thing::Session(session) => {
                let (session, user) = things::session(*session);
                let actor = Actor { session, user, process: None };
                set(&mut item.actor, Some(actor).filter(|actor| actor.session.is_some() || actor.user.is_some()))
            }
            Thing::File(file) => set(&mut item.file, Some(things::file(*file))),
            Thing::FileHash(hash) => set(&mut item.file, Some(things::hash(hash))),
            Thing::Process(process) => set(&mut item.process, things::process(*process)),
            Thing::Address(address) => {
                let end = if far_end { &mut item.dst_endpoint } else { &mut item.src_endpoint };
                set(end, Some(things::endpoint(address, None)))
            }
            Thing::Connection(connection) => {
                let source = connection.source.map(|address| things::endpoint(address, connection.source_port));
                let destination = connection.destination.map(|address| things::endpoint(address, connection.destination_port));
                let protocol = connection.protocol.map(things::connection_info);
                set(&mut item.src_endpoint, source)
                    | set(&mut item.dst_endpoint, destination)
                    | set(&mut item.connection_info, protocol)
            }
            Thing::Dns(dns) => {
                let answer = dns.answer.map(|ip| Endpoint { ip: Some(ip), ..Endpoint::default() });
                set(&mut item.dst_endpoint, answer) | set(&mut item.query, Some(Query { hostname: dns.domain }))
            }
            Thing::Url(url_string) => set(&mut item.url, Some(Url { url_string })),
            Thing::Message(message) => set(&mut item.email, things::email(*message)),
            Thing::RegistryKey(key) => set(&mut item.reg_key, Some(things::registry_key(&key))),
            Thing::RegistryValue(value) => set(&mut item.reg_value, Some(things::registry_value(value))),
            Thing::Application(application) => {
                self.resources.push(things::application(application));
                false
            }
            Thing::CloudResource(resource) => {
                self.add_resource(things::cloud_resource(resource));
                false
            }
            Thing::Malware(malware) => {
                self.add_malware(malware.name, malware.category);
                false
            }
            Thing::Other => false,
        }
    }

    /// Evidence mostly repeats the resource that the record itself names, and knows more of it.
    fn add_resource(&mut self, resource: Resource<'a>) {
        let same = |known: &&mut Resource<'_>| {
            known.uid.as_deref().zip(resource.uid.as_deref()).is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
        };
        let Some(known) = self.resources[..self.named_resources].iter_mut().find(same) else {
            return self.resources.push(resource);
        };
        known.name = known.name.take().or(resource.name);
        known.kind = known.kind.take().or(resource.kind);
        known.provider = known.provider.take().or(resource.provider);
        known.region = known.region.take().or(resource.region);
        known.role_id = known.role_id.or(resource.role_id);
        known.role = known.role.take().or(resource.role);
    }

    /// Each name once; the family, or what the vendor calls the category, stands behind the caption.
    pub fn add_malware(&mut self, name: Text<'a>, family: Option<Text<'a>>) {
        if self.malware.iter().any(|known| known.name == name) {
            return;
        }
        let (id, caption) = captions::malware(&name);
        let classifications = [caption].into_iter().chain(family).collect();
        self.malware.push(Malware { name, classification_ids: vec![id], classifications });
    }
}

impl Data<'_> {
    /// Shortening may have emptied it.
    fn holds_user_agent(&self) -> bool {
        match self {
            Data::Whole(raw) => raw.get() != "{}",
            Data::Rest(members) => members.peek("userAgent").is_some(),
            Data::Ours(_) => false,
        }
    }

    fn says_something(&self) -> bool {
        match self {
            Data::Whole(_) | Data::Ours(_) => true,
            Data::Rest(members) => members.left().next().is_some(),
        }
    }
}

fn set<T>(slot: &mut Option<T>, value: Option<T>) -> bool {
    *slot = value;
    slot.is_some()
}
