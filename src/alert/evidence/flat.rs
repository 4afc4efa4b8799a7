//! Evidence of Defender for Endpoint, and entities and devices of Defender XDR: one flat shape for all kinds, in which the
//! members that do not apply are `null` or missing.

use super::{Account, Address, Device, File, Message, Process, RegistryKey, RegistryValue, Thing};
use crate::alert::members::Members;

/// `kind` is the `entityType`; devices of Defender XDR have none. `None` for a kind that is not read, and for one that lacks
/// what makes it what it is.
pub(super) fn take<'a>(kind: Option<&str>, members: &mut Members<'a>) -> Option<Thing<'a>> {
    Some(match kind.map(str::to_ascii_lowercase).as_deref() {
        None if members.peek("mdatpDeviceId").is_some() => device(members),
        Some("machine" | "device") => device(members),
        Some("user") => Thing::Account(Box::new(Some(Account::take(members)).filter(Account::is_somebody)?)),
        Some("mailbox") => Thing::Account(Box::new(Some(Account::take_mailbox(members)).filter(Account::is_somebody)?)),
        Some("file") => Thing::File(Box::new(File::take_here(members)?)),
        Some("process") => Thing::Process(Box::new(Process::take_flat(members))),
        Some("ip") => Thing::Address(Address::take(members)?),
        Some("url") => Thing::Url(members.text("url")?),
        Some("registry" | "registrykey" | "registryvalue") => registry(members)?,
        Some("mailmessage") => Thing::Message(Box::new(Message::take_entity(members))),
        _ => return None,
    })
}

fn device<'a>(members: &mut Members<'a>) -> Thing<'a> {
    Thing::Device(Box::new(Device::take_flat(members)))
}

/// Data without the name of a value is not said to be that of the default value: it stays among the rest of its key.
fn registry<'a>(members: &mut Members<'a>) -> Option<Thing<'a>> {
    Some(if members.peek_text("registryValueName").is_some() {
        Thing::RegistryValue(RegistryValue::take(members)?)
    } else {
        Thing::RegistryKey(RegistryKey::take(members)?)
    })
}
