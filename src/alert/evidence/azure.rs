//! Entities of Azure's alerts (Defender for Cloud, Sentinel), told apart by `type`, or by `kind` with what matters in
//! `properties`. One entity may point at another of the same alert by `$ref`; such a reference is left as it is.

use super::{
    Account, Address, Application, CloudResource, Connection, Device, Dns, File, Hash, IotDevice, Malware, Message, Process,
    RegistryKey, RegistryValue, Session, Thing,
};
use crate::alert::members::Members;
use crate::alert::{Text, json};

/// What the entity is called. A resource type with a slash in it says nothing; then `kind` does.
pub(super) fn type_name<'a>(members: &mut Members<'a>) -> Option<Text<'a>> {
    let name = if members.peek_text("type").is_none_or(|name| name.contains('/')) { "kind" } else { "type" };
    members.text(name).or_else(|| members.text("type"))
}

/// `None` for a kind that is not read, and for one that lacks what makes it what it is.
pub(super) fn take<'a>(kind: &str, members: &mut Members<'a>) -> Option<Thing<'a>> {
    // The older spellings have hyphens, e.g. `azure-resource`, `host-logon-session`.
    let kind = kind.replace(['-', '_', ' '], "").to_ascii_lowercase();
    let nested = members.peek("properties").and_then(Members::read).is_some();
    if nested { members.part("properties", |members| thing(&kind, members)).flatten() } else { thing(&kind, members) }
}

fn thing<'a>(kind: &str, members: &mut Members<'a>) -> Option<Thing<'a>> {
    Some(match kind {
        "host" | "machine" => Thing::Device(Box::new(Device::take_host(members))),
        "iotdevice" => Thing::IotDevice(Box::new(IotDevice::take(members))),
        "account" => Thing::Account(Box::new(Some(Account::take_azure(members)).filter(Account::is_somebody)?)),
        "mailbox" => Thing::Account(Box::new(Some(Account::take_mailbox(members)).filter(Account::is_somebody)?)),
        "hostlogonsession" => Thing::Session(Box::new(Session {
            id: members.text("sessionId"),
            account: members.part("account", Account::take_azure).filter(Account::is_somebody),
            user_agent: None,
        })),
        "file" => Thing::File(Box::new(File::take_azure(members)?)),
        "filehash" => Thing::FileHash(Hash::take(members)?),
        "process" => Thing::Process(Box::new(Process::take_azure(members))),
        "ip" | "ipaddress" => Thing::Address(Address::take_azure(members)?),
        "networkconnection" => Thing::Connection(Connection::take_azure(members)),
        "dns" | "dnsresolution" => Thing::Dns(Dns::take_azure(members)?),
        "url" => Thing::Url(members.text("url")?),
        "mailmessage" => Thing::Message(Box::new(Message::take_entity(members))),
        "registrykey" => Thing::RegistryKey(RegistryKey::take_azure(members)?),
        "registryvalue" => Thing::RegistryValue(RegistryValue {
            key: members.part("key", RegistryKey::take_azure).flatten()?,
            name: members.text("name"),
            value_type: members.peek_text("valueType"),
            value: members.text("value"),
        }),
        "cloudapplication" => Thing::Application(
            Some(Application {
                kind: "cloudApplication",
                id: members.peek("appId").and_then(|id| json::text_or_number(id).found()),
                name: members.peek_text("name").or_else(|| members.peek_text("appName")),
                instance_id: None,
            })
            .filter(|application| application.id.is_some() || application.name.is_some())?,
        ),
        "azureresource" => Thing::CloudResource(CloudResource::peek("azureResource", members)?),
        "amazonresource" => Thing::CloudResource(CloudResource::peek("amazonResource", members)?),
        "gcpresource" | "googlecloudresource" => Thing::CloudResource(CloudResource::peek("googleCloudResource", members)?),
        "malware" => Thing::Malware(Malware::peek(members)?),
        _ => return None,
    })
}
