//! Puts what an alert points at into fields. A field of ECS holds one value, so the first piece of evidence by [`rank`] gets it;
//! all others are in `related.*` and, whole, in `alertferry.evidence`.

use super::category::Categories;
use super::cloud::{self, Service, Target};
use super::email::{self, Email};
use super::field::{Absent, fill};
use super::file::{self, File};
use super::host::{self, Device, Host};
use super::network::{self, Dns, Endpoint, Network};
use super::other::{self, Container, Orchestrator, Other};
use super::process::{self, Process};
use super::registry::{self, Registry};
use super::related::Related;
use super::url::{self, Url};
use super::user::{self, Group, User, UserAgent};
use crate::alert::evidence::{Evidence, Thing};
use crate::alert::members::Members;
use crate::alert::{Alert, Text, json};

/// Everything that evidence says.
#[derive(Debug, Default)]
pub struct Placed<'a> {
    pub categories: Categories,
    pub host: Host<'a>,
    pub device: Device<'a>,
    pub user: User<'a>,
    pub user_agent: UserAgent<'a>,
    pub group: Group<'a>,
    pub file: File<'a>,
    pub process: Process<'a>,
    pub source: Endpoint<'a>,
    pub destination: Endpoint<'a>,
    pub network: Network<'a>,
    pub url: Url<'a>,
    pub dns: Dns<'a>,
    pub email: Email<'a>,
    pub registry: Registry<'a>,
    pub container: Container<'a>,
    pub orchestrator: Orchestrator<'a>,
    pub service: Service<'a>,
    pub target: Target<'a>,
    pub malware: Option<Text<'a>>,
    pub related: Related<'a>,
}

impl<'a> Placed<'a> {
    /// What the record itself names comes before any evidence: it is what the alert is about.
    pub fn of(alert: &Alert<'a>) -> Self {
        let mut placed = Self::default();
        for thing in &alert.things {
            placed.categories.add_thing(thing);
            placed.place(thing.clone(), &Members::default(), false);
        }
        let mut evidence: Vec<Evidence<'a>> = alert.decoded_evidence().collect();
        evidence.sort_by_key(rank);
        for evidence in evidence {
            placed.add(evidence);
        }
        placed
    }

    fn add(&mut self, evidence: Evidence<'a>) {
        self.categories.add_evidence(&evidence);
        if let Some(other) = matches!(evidence.thing, Thing::Other).then(|| other::read(&evidence)).flatten() {
            return self.place_other(other);
        }
        let far_end = evidence.has_role(&["destination", "commandAndControl"]) && !evidence.has_role(&["source", "attacker"]);
        self.place(evidence.thing, &evidence.rest, far_end);
    }

    fn place(&mut self, thing: Thing<'a>, rest: &Members<'a>, far_end: bool) {
        let related = &mut self.related;
        match thing {
            Thing::Device(device) => {
                logged_on(rest, related);
                fill(&mut self.target, cloud::machine(&device));
                self.fill_host(|related| host::computer(*device, related));
            }
            Thing::IotDevice(device) => self.fill_host(|related| host::thing_of_the_internet(*device, related)),
            Thing::Account(account) => {
                let user = user::user(*account, related);
                if self.user.is_absent() {
                    self.user = user;
                } else {
                    self.user.complete(user);
                }
            }
            Thing::Session(session) => {
                if let Some(account) = session.account {
                    fill(&mut self.user, user::user(account, related));
                }
                fill(&mut self.user_agent, UserAgent { original: session.user_agent });
            }
            Thing::File(found) => fill(&mut self.file, file::file(*found, related)),
            Thing::FileHash(hash) => fill(&mut self.file, file::of_hash(hash, related)),
            Thing::Process(found) => fill(&mut self.process, process::process(*found, related)),
            Thing::Address(address) => {
                let end = if far_end { &mut self.destination } else { &mut self.source };
                fill(end, network::endpoint(address, None, related));
            }
            Thing::Connection(connection) => {
                let mut end = |address: Option<_>, port| {
                    address.map(|address| network::endpoint(address, port, related)).unwrap_or_default()
                };
                let source = end(connection.source, connection.source_port);
                let destination = end(connection.destination, connection.destination_port);
                // Its two ends belong together, and to no other.
                if self.source.is_absent() && self.destination.is_absent() {
                    (self.source, self.destination) = (source, destination);
                    self.network = network::network(connection.protocol);
                }
            }
            Thing::Dns(dns) => fill(&mut self.dns, network::dns(dns, related)),
            Thing::Url(text) => fill(&mut self.url, url::url(text, related)),
            Thing::Message(message) => {
                if let Some(ip) = message.sender_ip {
                    related.add_ip(ip);
                    fill(&mut self.source, network::of_ip(ip));
                }
                if let Some(first) = message.urls.first() {
                    fill(&mut self.url, url::url(first.clone(), related));
                }
                fill(&mut self.email, email::email(*message, rest, related));
            }
            Thing::RegistryKey(key) => fill(&mut self.registry, registry::key(key)),
            Thing::RegistryValue(value) => fill(&mut self.registry, registry::value(value)),
            Thing::Application(application) => fill(&mut self.service, cloud::service(application)),
            Thing::CloudResource(resource) => fill(&mut self.target, cloud::resource(resource, rest)),
            Thing::Malware(malware) => fill(&mut self.malware, Some(malware.name)),
            Thing::Other => {}
        }
    }

    fn fill_host(&mut self, read: impl FnOnce(&mut Related<'a>) -> (Host<'a>, Device<'a>)) {
        let (host, device) = read(&mut self.related);
        if self.host.is_absent() && self.device.is_absent() {
            (self.host, self.device) = (host, device);
        }
    }

    fn place_other(&mut self, other: Other<'a>) {
        match other {
            Other::Container(container) => fill(&mut self.container, container),
            Other::Kubernetes(orchestrator) => fill(&mut self.orchestrator, orchestrator),
            Other::Group(group) => {
                self.categories.add("iam");
                fill(&mut self.group, group);
            }
            Other::Url(text) => fill(&mut self.url, url::url(text, &mut self.related)),
        }
    }
}

/// The lowest comes first; of equal ones, the first in the record.
fn rank(evidence: &Evidence<'_>) -> u8 {
    let verdict = |word: &str| evidence.verdict.as_deref().is_some_and(|verdict| verdict.eq_ignore_ascii_case(word));
    if evidence.has_role(&["compromised", "attacked"]) {
        0
    } else if verdict("malicious") {
        1
    } else if verdict("suspicious") {
        2
    } else {
        3
    }
}

/// Who was logged on to a device.
fn logged_on<'a>(rest: &Members<'a>, related: &mut Related<'a>) {
    let users = rest.peek("loggedOnUsers").and_then(|users| json::elements(users).found()).unwrap_or_default();
    for user in users.into_iter().filter_map(Members::read) {
        related.add_users([&user.peek_text("accountName")]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::{Finding, Kind, graph};

    fn place<T>(evidence: &str, look: impl FnOnce(Placed<'_>) -> T) -> T {
        let json = format!(r#"{{"id":"x","evidence":[{evidence}]}}"#);
        let Ok(Finding::Alert(alert)) = graph::read(Kind::Alert, &json) else { panic!("no alert") };
        look(Placed::of(&alert))
    }

    #[test]
    fn the_victim_comes_first_then_what_is_malicious_then_suspicious() {
        let host = |name: &str, more: &str| format!(r##"{{"@odata.type":"#x.deviceEvidence","hostName":"{name}",{more}}}"##);
        let plain = host("plain", r#""roles":["contextual"]"#);
        let plainer = host("plainer", r#""verdict":"unknown""#);
        let suspicious = host("suspicious", r#""verdict":"Suspicious""#);
        let malicious = host("malicious", r#""verdict":"malicious""#);
        let victim = host("victim", r#""roles":["Attacked"]"#);
        for (evidence, first) in [
            (vec![&plain, &plainer], "plain"),
            (vec![&plain, &suspicious], "suspicious"),
            (vec![&suspicious, &malicious], "malicious"),
            (vec![&malicious, &victim], "victim"),
        ] {
            let json = evidence.iter().map(|json| json.as_str()).collect::<Vec<_>>().join(",");
            place(&json, |placed| {
                assert_eq!(placed.host.name.as_deref(), Some(first));
                assert_eq!(serde_json::to_value(&placed.related.hosts).expect("JSON").as_array().map(Vec::len), Some(2));
            });
        }
    }

    #[test]
    fn an_address_is_an_end_by_its_role_and_never_that_of_the_host() {
        for (role, source) in [("attacker", true), ("contextual", true), ("destination", false), ("commandAndControl", false)] {
            let json = format!(r##"{{"@odata.type":"#x.ipEvidence","ipAddress":"192.0.2.1","roles":["{role}"]}}"##);
            place(&json, |placed| {
                assert_eq!((placed.source.ip.is_some(), placed.destination.ip.is_some()), (source, !source), "{role}");
                assert!(placed.host.is_absent());
            });
        }
    }

    #[test]
    fn the_two_ends_of_a_connection_are_not_torn_apart() {
        let address = r##"{"@odata.type":"#x.ipEvidence","ipAddress":"192.0.2.9","verdict":"malicious"}"##;
        let connection = r##"{"@odata.type":"#x.networkConnectionEvidence","protocol":"TCP","sourceAddress":{"ipAddress":"192.0.2.1"},
            "destinationAddress":{"ipAddress":"192.0.2.2"},"destinationPort":443}"##;
        place(connection, |placed| {
            assert_eq!((placed.destination.port, placed.network.transport.as_deref()), (Some(443), Some("tcp")));
        });
        place(&format!("{connection},{address}"), |placed| {
            assert_eq!(placed.source.ip, Some([192, 0, 2, 9].into()));
            assert!(placed.destination.is_absent() && placed.network.is_absent());
        });
    }
}
