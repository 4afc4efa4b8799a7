//! What is left of the things that an alert points at, where there is one value per key.

use std::net::IpAddr;

use crate::alert::Text;
use crate::alert::evidence::{Account, Device, File, HashKind, IotDevice, Message, Process};

/// A computer, or a device of the Internet of things.
#[derive(Debug, Clone, Default)]
pub struct Machine<'a> {
    /// The full name where the vendor sends one.
    pub name: Option<Text<'a>>,
    /// A DNS domain or a domain of Windows NT.
    pub domain: Option<Text<'a>>,
    /// Defender for Endpoint's, else the device's own.
    pub id: Option<Text<'a>>,
    pub ip: Option<IpAddr>,
    pub mac: Option<Text<'a>>,
}

impl<'a> Machine<'a> {
    pub fn of_device(device: Device<'a>) -> Self {
        let interface = device.interfaces.iter().copied().find(is_telling);
        Self {
            name: device.dns_name.or(device.host_name),
            domain: device.domain,
            id: device.mde_id,
            ip: device.ip.or(interface),
            mac: None,
        }
    }

    pub fn of_iot_device(device: IotDevice<'a>) -> Self {
        // Both dictionaries want colons between the pairs.
        let mac = device.mac.map(|mac| if mac.contains('-') { Text::Owned(mac.replace('-', ":")) } else { mac });
        Self { name: device.name, domain: None, id: device.id, ip: device.ip, mac }
    }
}

/// Addresses that every machine has tell nothing about one.
fn is_telling(ip: &IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !(ip.is_loopback() || ip.is_link_local() || ip.is_unspecified()),
        IpAddr::V6(ip) => !(ip.is_loopback() || ip.is_unicast_link_local() || ip.is_unspecified()),
    }
}

/// Somebody with an account, or with an address for mail alone.
#[derive(Debug, Clone, Default)]
pub struct Person<'a> {
    pub name: Option<Text<'a>>,
    pub domain: Option<Text<'a>>,
    pub sid: Option<Text<'a>>,
    pub entra_id: Option<Text<'a>>,
}

impl<'a> Person<'a> {
    pub fn of_account(account: Account<'a>) -> Self {
        Self { name: account.name, domain: account.domain, sid: account.sid, entra_id: account.entra_id }
    }

    pub fn of_address(address: Text<'a>) -> Self {
        Self { name: Some(address), ..Self::default() }
    }

    /// The SID, or the ID in Entra where there is none.
    pub fn id(&self) -> Option<&Text<'a>> {
        self.sid.as_ref().or(self.entra_id.as_ref())
    }
}

/// A file, also one of which only a hash is known.
#[derive(Debug, Clone, Default)]
pub struct Document<'a> {
    pub name: Option<Text<'a>>,
    pub path: Option<Text<'a>>,
    /// In bytes.
    pub size: Option<i64>,
    pub sha256: Option<Text<'a>>,
    pub sha1: Option<Text<'a>>,
    pub md5: Option<Text<'a>>,
}

impl<'a> Document<'a> {
    pub fn of_file(file: &File<'a>) -> Self {
        let hash = |kind: &HashKind<'_>| file.hashes.iter().find(|hash| hash.kind == *kind).map(|hash| hash.value.clone());
        Self {
            name: file.leaf().map(|name| Text::Owned(name.to_owned())),
            path: file.path(),
            size: file.size.filter(|size| *size >= 0),
            sha256: hash(&HashKind::Sha256),
            sha1: hash(&HashKind::Sha1),
            md5: hash(&HashKind::Md5),
        }
    }
}

/// A running program.
#[derive(Debug, Clone, Default)]
pub struct Program<'a> {
    pub pid: Option<i64>,
    pub name: Option<Text<'a>>,
    pub command_line: Option<Text<'a>>,
}

impl<'a> Program<'a> {
    pub fn of_process(process: &Process<'a>) -> Self {
        let name = process.image.as_ref().and_then(File::leaf).map(|name| Text::Owned(name.to_owned()));
        Self { pid: process.pid.filter(|pid| *pid >= 0), name, command_line: process.command_line.clone() }
    }

    pub fn is_something(&self) -> bool {
        self.pid.is_some() || self.name.is_some() || self.command_line.is_some()
    }
}

/// A message.
#[derive(Debug, Clone, Default)]
pub struct Letter<'a> {
    pub sender: Option<Text<'a>>,
    pub recipient: Option<Text<'a>>,
    pub subject: Option<Text<'a>>,
    /// The `Message-ID` header, else the ID of Exchange or Teams.
    pub id: Option<Text<'a>>,
}

impl<'a> Letter<'a> {
    pub fn of_message(message: Message<'a>) -> Self {
        Self {
            sender: message.from.or(message.return_path),
            recipient: message.to.into_iter().next(),
            subject: message.subject,
            id: message.internet_id.or(message.network_id),
        }
    }
}

/// Where a connection, or an address alone, comes from and goes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ends {
    pub source: Option<(IpAddr, Option<u16>)>,
    pub destination: Option<(IpAddr, Option<u16>)>,
}
