//! Writes evidence: the base members and those of each kind.

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};

use super::object::Object;
use super::{people, shorten};
use crate::simulator::enums;

mod cloud;
mod endpoint;
mod mail;

/// A kind of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    AzureResource,
    CloudApplication,
    Device,
    File,
    Ip,
    LogonSession,
    MailCluster,
    Mailbox,
    Message,
    NetworkConnection,
    OauthApplication,
    Pod,
    Process,
    RegistryValue,
    /// A type that no schema knows.
    Unknown,
    Url,
    User,
}

/// One to thirty pieces, mostly a few.
pub fn choose(things: &[Thing], rng: &mut Rng) -> Vec<Thing> {
    let count = match rng.u8(..20) {
        0 => rng.usize(13..=30),
        1..=5 => rng.usize(6..=12),
        _ => rng.usize(1..=5),
    };
    (0..count)
        .map(|index| match index {
            0 => things[0],
            _ if rng.u8(..200) == 0 => Thing::Unknown,
            _ => things[rng.usize(..things.len())],
        })
        .collect()
}

/// Fills one piece of evidence.
pub fn write(o: &mut Object<'_>, thing: Thing, rng: &mut Rng, created: Timestamp, reveal: bool) {
    base(o, name(thing), rng, created, reveal);
    match thing {
        Thing::Device => endpoint::device(o, rng, created),
        Thing::File => endpoint::file(o, rng),
        Thing::Process => endpoint::process(o, rng, created),
        Thing::RegistryValue => endpoint::registry_value(o, rng),
        Thing::Message => mail::message(o, rng, created),
        Thing::Mailbox => mail::mailbox(o, rng),
        Thing::MailCluster => mail::cluster(o, rng),
        Thing::AzureResource => cloud::azure_resource(o, rng),
        Thing::CloudApplication => cloud::application(o),
        Thing::OauthApplication => cloud::oauth_application(o, rng),
        Thing::LogonSession => cloud::logon_session(o, rng, created, reveal),
        Thing::Pod => cloud::pod(o, rng, created, reveal),
        Thing::NetworkConnection => {
            o.object("sourceAddress", |o| write(o, Thing::Ip, rng, created, reveal));
            o.object("destinationAddress", |o| write(o, Thing::Ip, rng, created, reveal));
            o.plain("sourcePort", rng.u16(49_152..));
            o.plain("destinationPort", 445);
            o.text("protocol", "tcp");
        }
        Thing::Ip => {
            o.text("ipAddress", &people::outside_address(rng));
            o.text("countryLetterCode", ["US", "DE", "JP", "BR"][rng.usize(..4)]);
            o.nulls(&["location", "stream"]);
        }
        Thing::Url => o.text("url", &format!("https://phish-{}.example/login?u=%C3%A9&x={}", rng.u8(..), rng.u32(..))),
        Thing::User => {
            o.nulls(&["stream"]);
            user_account(o, rng);
        }
        Thing::Unknown => {
            o.text("groundStation", "Svalbard");
            o.object("orbit", |o| o.plain("inclination", 97.4));
        }
    }
}

fn name(thing: Thing) -> &'static str {
    match thing {
        Thing::AzureResource => "azureResourceEvidence",
        Thing::CloudApplication => "cloudApplicationEvidence",
        Thing::Device => "deviceEvidence",
        Thing::File => "fileEvidence",
        Thing::Ip => "ipEvidence",
        Thing::LogonSession => "cloudLogonSessionEvidence",
        Thing::MailCluster => "mailClusterEvidence",
        Thing::Mailbox => "mailboxEvidence",
        Thing::Message => "analyzedMessageEvidence",
        Thing::NetworkConnection => "networkConnectionEvidence",
        Thing::OauthApplication => "oauthApplicationEvidence",
        Thing::Pod => "kubernetesPodEvidence",
        Thing::Process => "processEvidence",
        Thing::RegistryValue => "registryValueEvidence",
        Thing::Unknown => "satelliteLinkEvidence",
        Thing::Url => "urlEvidence",
        Thing::User => "userEvidence",
    }
}

fn base(o: &mut Object<'_>, name: &str, rng: &mut Rng, created: Timestamp, reveal: bool) {
    o.text("@odata.type", &format!("#microsoft.graph.security.{name}"));
    o.stamp("createdDateTime", shorten(created + SignedDuration::from_millis(rng.i64(0..500)), rng));
    o.text("verdict", ["unknown", "suspicious", "malicious", "noThreatsFound"][rng.usize(..4)]);
    let remediation = ["none", "remediated", "prevented", "active", "active"][rng.usize(..5)];
    o.text("remediationStatus", enums::shown("remediationStatus", remediation, reveal));
    o.nulls(&["remediationStatusDetails"]);
    o.texts("roles", [&[][..], &["compromised"], &["source", "contextual"]][rng.usize(..3)]);
    o.texts("detailedRoles", if name == "deviceEvidence" { &["PrimaryDevice"][..] } else { &[] });
    o.texts("tags", if rng.u8(..10) == 0 { &["VIP ★"][..] } else { &[] });
}

fn user_account(o: &mut Object<'_>, rng: &mut Rng) {
    let user = people::user(rng);
    o.object("userAccount", |o| {
        o.text("accountName", user.account);
        o.text("domainName", "CORP");
        o.text("userSid", &user.sid);
        o.text("azureAdUserId", &user.object_id);
        o.text("userPrincipalName", &user.upn);
        o.text("displayName", user.display);
        o.nulls(&["tenantId", "activeDirectoryObjectGuid"]);
        o.texts::<&str>("resourceAccessEvents", &[]);
    });
}
