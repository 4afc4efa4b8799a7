//! What an alert points at: devices, users, files, processes, addresses and so on, decoded only where a format needs it.
//!
//! An element is told by its `@odata.type`, or by what stands in its place in the other [`Shape`]s. The types that alerts carry most are read into [`Thing`]; of those and of all
//! others, whatever no field holds stays in [`Evidence::rest`]. Nested evidence is read one or two named levels deep, never
//! recursively, so that depth costs nothing.

mod account;
mod application;
mod azure;
mod device;
mod file;
mod flat;
mod message;
mod network;
mod process;
mod registry;

use serde_json::value::RawValue;

pub use account::{Account, Session};
pub use application::{Application, CloudResource, Malware};
pub use device::{Device, IotDevice, is_mac};
pub use file::{File, Hash, HashKind};
pub use message::Message;
pub use network::{Address, Connection, Dns};
pub use process::Process;
pub use registry::{RegistryKey, RegistryValue};

use super::members::Members;
use super::{Text, json};

/// One element of an alert's evidence.
#[derive(Debug, Clone)]
pub struct Evidence<'a> {
    pub raw: &'a RawValue,
    /// `@odata.type` as sent, e.g. `#microsoft.graph.security.deviceEvidence`; the other shapes' word, e.g. `Process`.
    pub type_name: Option<Text<'a>>,
    pub thing: Thing<'a>,
    /// The vendor's words; they stay in `rest` as well.
    pub verdict: Option<Text<'a>>,
    pub remediation_status: Option<Text<'a>>,
    pub detection_status: Option<Text<'a>>,
    pub roles: Vec<Text<'a>>,
    /// Every member that `thing` does not hold; empty for [`Thing::Other`], whose members are all in `raw`.
    pub rest: Members<'a>,
}

/// How a feed writes evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// Microsoft Graph: told apart by `@odata.type`.
    #[default]
    Graph,
    /// Defender for Endpoint and Defender XDR: flat, told apart by `entityType`; a device has none.
    Flat,
    /// Azure: told apart by `type` or `kind`.
    Azure,
}

/// What a piece of evidence is.
#[derive(Debug, Clone)]
pub enum Thing<'a> {
    Device(Box<Device<'a>>),
    IotDevice(Box<IotDevice<'a>>),
    /// A user, or the owner of a mailbox.
    Account(Box<Account<'a>>),
    /// Somebody logged on to a cloud or a host.
    Session(Box<Session<'a>>),
    File(Box<File<'a>>),
    FileHash(Hash<'a>),
    Process(Box<Process<'a>>),
    Address(Address<'a>),
    Connection(Connection<'a>),
    Dns(Dns<'a>),
    Url(Text<'a>),
    Message(Box<Message<'a>>),
    RegistryKey(RegistryKey<'a>),
    RegistryValue(RegistryValue<'a>),
    Application(Application<'a>),
    CloudResource(CloudResource<'a>),
    Malware(Malware<'a>),
    /// A type without fields of its own here, or one that we do not know.
    Other,
}

impl<'a> Evidence<'a> {
    /// Never fails: what cannot be read is [`Thing::Other`] with its bytes in `raw`.
    #[must_use]
    pub fn decode(shape: Shape, raw: &'a RawValue) -> Self {
        Self::decode_within(shape, raw, usize::MAX)
    }

    /// The same with texts of at most `longest` characters. What stands as a whole, `raw` itself too, is left out where its JSON
    /// has more octets.
    #[must_use]
    pub fn decode_within(shape: Shape, raw: &'a RawValue, longest: usize) -> Self {
        let whole = raw;
        let raw = if whole.get().len() <= longest { whole } else { nothing() };
        let Some(members) = Members::read(whole) else {
            return Self::unread(raw);
        };
        let mut rest = if longest == usize::MAX { members } else { members.within(longest) };
        let type_name = match shape {
            Shape::Graph => rest.text("@odata.type"),
            Shape::Flat => rest.text("entityType"),
            Shape::Azure => azure::type_name(&mut rest),
        };
        let base = Self {
            verdict: rest.peek_text("verdict"),
            remediation_status: rest.peek_text("remediationStatus"),
            detection_status: rest.peek_text("detectionStatus"),
            roles: rest.peek("roles").map(|roles| json::texts(roles).0).unwrap_or_default(),
            type_name,
            ..Self::unread(raw)
        };
        let name = base.type_name.as_deref();
        let thing = match shape {
            Shape::Graph => name.and_then(|name| Thing::take(kind(name), &mut rest)),
            Shape::Flat => flat::take(name, &mut rest),
            Shape::Azure => name.and_then(|name| azure::take(name, &mut rest)),
        };
        match thing {
            Some(thing) => Self { thing, rest, ..base },
            None => base,
        }
    }

    fn unread(raw: &'a RawValue) -> Self {
        Self {
            raw,
            type_name: None,
            thing: Thing::Other,
            verdict: None,
            remediation_status: None,
            detection_status: None,
            roles: Vec::new(),
            rest: Members::default(),
        }
    }

    /// Whether one of the roles is among `words`.
    #[must_use]
    pub fn has_role(&self, words: &[&str]) -> bool {
        self.roles.iter().any(|role| words.iter().any(|word| role.eq_ignore_ascii_case(word)))
    }
}

/// Stands where evidence that is kept as a whole would be too long.
fn nothing() -> &'static RawValue {
    serde_json::from_str("{}").expect("an empty object is JSON")
}

/// `#microsoft.graph.security.deviceEvidence` is `device`.
fn kind(type_name: &str) -> &str {
    let name = type_name.rsplit('.').next().unwrap_or(type_name);
    name.strip_suffix("Evidence").unwrap_or(name)
}

impl<'a> Thing<'a> {
    /// `None` for a type that is not read, and for one that lacks what makes it what it is; then nothing was taken.
    fn take(kind: &str, members: &mut Members<'a>) -> Option<Self> {
        Some(match kind {
            "device" => Thing::Device(Box::new(Device::take(members))),
            "ioTDevice" => Thing::IotDevice(Box::new(IotDevice::take(members))),
            "user" | "mailbox" => Thing::Account(Box::new(Account::take_owner(members))),
            "cloudLogonSession" | "hostLogonSession" => Thing::Session(Box::new(Session::take(members))),
            "file" => Thing::File(Box::new(File::take(members, "fileDetails")?)),
            "fileHash" => Thing::FileHash(Hash::take(members)?),
            "process" => Thing::Process(Box::new(Process::take(members))),
            "ip" => Thing::Address(Address::take(members)?),
            "networkConnection" => Thing::Connection(Connection::take(members)),
            "dns" => Thing::Dns(Dns::take(members)?),
            "url" => Thing::Url(members.text("url")?),
            "analyzedMessage" => Thing::Message(Box::new(Message::take_analyzed(members))),
            "submissionMail" => Thing::Message(Box::new(Message::take_submission(members))),
            "teamsMessage" => Thing::Message(Box::new(Message::take_teams(members))),
            "registryKey" => Thing::RegistryKey(RegistryKey::take(members)?),
            "registryValue" => Thing::RegistryValue(RegistryValue::take(members)?),
            "cloudApplication" | "oauthApplication" | "servicePrincipal" => Thing::Application(Application::peek(kind, members)?),
            "azureResource" | "amazonResource" | "googleCloudResource" => {
                Thing::CloudResource(CloudResource::peek(kind, members)?)
            }
            "malware" => Thing::Malware(Malware::peek(members)?),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests;
