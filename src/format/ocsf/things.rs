//! What an alert points at, as OCSF objects. `None` where OCSF insists on something that the vendor did not send.

use std::net::IpAddr;

use super::captions;
use super::moment::{DateTime, Millis, moment};
use super::objects::{
    ConnectionInfo, Device, Email, Endpoint, File, Fingerprint, Group, Hardware, Interface, Location, Os, Process, RegistryKey,
    RegistryValue, Resource, Session, Url, User,
};
use crate::alert::evidence::{self as vendor, HashKind};
use crate::alert::members::is_mail_address;
use crate::alert::{Stamp, Text};

/// The one that comes second stands in where there is no first.
fn main_and_other<'a>(first: Option<Text<'a>>, second: Option<Text<'a>>) -> (Option<Text<'a>>, Option<Text<'a>>) {
    if first.is_some() { (first, second) } else { (second, None) }
}

fn both(stamp: Option<&Stamp<'_>>) -> (Option<Millis>, Option<DateTime>) {
    stamp.and_then(|stamp| moment(stamp.at?)).unzip()
}

pub fn device(device: vendor::Device<'_>) -> Option<Device<'_>> {
    let server = device.os_platform.as_deref().is_some_and(|platform| platform.to_ascii_lowercase().starts_with("windowsserver"));
    let (type_id, kind) = if server { (1, "Server") } else { (0, "Unknown") };
    let risk = device.risk.as_deref().and_then(captions::device_risk);
    let (first_seen_time, first_seen_time_dt) = both(device.first_seen.as_ref());
    let external = device.external_ip.map(|ip| interface(Some("lastExternalIpAddress"), ip));
    let interfaces = device.interfaces.iter().map(|ip| interface(None, *ip));
    let group = Group { uid: device.group_id, name: device.group_name };
    let os = device.os_platform.map(|name| {
        let (type_id, kind) = captions::operating_system(&name);
        Os { name, type_id, kind: Some(kind.into()), version: device.os_version, build: device.os_build }
    });
    let (uid, uid_alt) = main_and_other(device.mde_id, device.entra_id);
    let found = Device {
        type_id,
        kind: kind.into(),
        uid,
        uid_alt,
        name: device.host_name.clone().or_else(|| device.dns_name.clone()),
        hostname: device.dns_name.or(device.host_name),
        domain: device.domain,
        ip: device.ip,
        network_interfaces: interfaces.chain(external).collect(),
        os,
        groups: Some(group).filter(|group| group.uid.is_some() || group.name.is_some()).into_iter().collect(),
        risk_level_id: risk.map(|(id, _)| id),
        risk_level: risk.map(|(_, caption)| caption.into()),
        first_seen_time,
        first_seen_time_dt,
        ..Device::default()
    };
    Some(found).filter(is_identified)
}

/// What kind it is, the vendor does not say.
fn interface<'a>(name: Option<&'static str>, ip: IpAddr) -> Interface<'a> {
    Interface { type_id: 0, kind: "Unknown".into(), name: name.map(Text::Borrowed), ip: Some(ip) }
}

pub fn iot_device(device: vendor::IotDevice<'_>) -> Option<Device<'_>> {
    let found = Device {
        type_id: 7,
        kind: "IOT".into(),
        uid: device.id,
        name: device.name,
        ip: device.ip,
        mac: device.mac,
        vendor_name: device.manufacturer,
        model: device.model,
        hw_info: device.serial_number.map(|number| Hardware { serial_number: Some(number) }),
        ..Device::default()
    };
    Some(found).filter(is_identified)
}

fn is_identified(device: &Device<'_>) -> bool {
    device.uid.is_some() || device.name.is_some() || device.hostname.is_some() || device.ip.is_some()
}

/// The virtual machine that a device is, as a resource of its cloud.
pub fn virtual_machine<'a>(device: &vendor::Device<'a>) -> Option<Resource<'a>> {
    Some(Resource {
        uid: Some(device.vm_resource_id.clone()?),
        name: device.host_name.clone(),
        kind: Some("virtual machine".into()),
        role_id: Some(3),
        role: Some("Affected".into()),
        provider: device.vm_provider.clone(),
        ..Resource::default()
    })
}

pub fn user(account: vendor::Account<'_>) -> Option<User<'_>> {
    let (uid, uid_alt) = main_and_other(account.sid, account.entra_id);
    let user = User {
        name: account.name,
        uid,
        uid_alt,
        full_name: account.display_name,
        domain: account.domain,
        email_addr: account.mail_address,
    };
    Some(user).filter(|user| user.name.is_some() || user.uid.is_some())
}

pub fn session(session: vendor::Session<'_>) -> (Option<Session<'_>>, Option<User<'_>>) {
    (session.id.map(|id| Session { uid: Some(id) }), session.account.and_then(user))
}

fn fingerprint<'a>(hash: vendor::Hash<'a>) -> Fingerprint<'a> {
    let (algorithm_id, algorithm): (u32, Text<'a>) = match hash.kind {
        HashKind::Md5 => (1, "MD5".into()),
        HashKind::Sha1 => (2, "SHA-1".into()),
        HashKind::Sha256 => (3, "SHA-256".into()),
        HashKind::Unknown => (0, "Unknown".into()),
        HashKind::Other(word) => (99, word),
    };
    Fingerprint { algorithm_id, algorithm, value: hash.value }
}

pub fn file(file: vendor::File<'_>) -> File<'_> {
    let (type_id, kind) = if file.hashes.is_empty() { (0, "Unknown") } else { (1, "Regular File") };
    File {
        name: file.leaf().map_or_else(|| "unknown".into(), |leaf| leaf.to_owned().into()),
        type_id,
        kind: kind.into(),
        path: file.path(),
        parent_folder: file.folder,
        size: file.size,
        company_name: file.publisher,
        hashes: file.hashes.into_iter().map(fingerprint).collect(),
    }
}

/// A hash alone is a file of that name, since OCSF has no other place for it.
pub fn hash(hash: vendor::Hash<'_>) -> File<'_> {
    File { name: hash.value.clone(), kind: "Unknown".into(), hashes: vec![fingerprint(hash)], ..File::default() }
}

pub fn process(process: vendor::Process<'_>) -> Option<Process<'_>> {
    let uid = if process.pid.is_none() { Some(process.made_up_id()?) } else { None };
    let (created_time, created_time_dt) = both(process.created.as_ref());
    let parent = process.parent.map(|parent| {
        let (created_time, created_time_dt) = both(parent.created.as_ref());
        let file = parent.image.map(file);
        let name = file.as_ref().map(|file| file.name.clone());
        Box::new(Process { pid: Some(parent.pid), name, created_time, created_time_dt, file, ..Process::default() })
    });
    let file = process.image.map(file);
    Some(Process {
        pid: process.pid,
        uid: uid.map(Text::Owned),
        name: file.as_ref().map(|file| file.name.clone()),
        cmd_line: process.command_line,
        created_time,
        created_time_dt,
        file,
        user: process.account.and_then(user),
        parent,
    })
}

pub fn endpoint(address: vendor::Address<'_>, port: Option<u16>) -> Endpoint<'_> {
    let placed = address.is_placed();
    let location = Location {
        city: address.city,
        region: address.region,
        country: address.country,
        lat: address.latitude,
        long: address.longitude,
    };
    Endpoint { ip: Some(address.ip), port, location: placed.then_some(location) }
}

pub fn connection_info(protocol: Text<'_>) -> ConnectionInfo<'_> {
    ConnectionInfo { direction_id: 0, direction: "Unknown".into(), protocol_name: Some(protocol) }
}

pub fn email(message: vendor::Message<'_>) -> Option<Email<'_>> {
    let email = Email {
        from: message.from,
        to: message.to,
        return_path: message.return_path,
        subject: message.subject,
        message_uid: message.internet_id,
        uid: message.network_id,
        x_originating_ip: message.sender_ip.into_iter().collect(),
        urls: message.urls.into_iter().map(|url_string| Url { url_string }).collect(),
    };
    Some(email).filter(|email| email.from.is_some() || !email.to.is_empty())
}

pub fn registry_key<'a>(key: &vendor::RegistryKey<'a>) -> RegistryKey<'a> {
    RegistryKey { path: key.path() }
}

pub fn registry_value(value: vendor::RegistryValue<'_>) -> RegistryValue<'_> {
    let (type_id, kind) = value.value_type.as_ref().map(captions::registry_type).unzip();
    RegistryValue {
        path: value.key.path(),
        name: value.name.unwrap_or_else(|| "(Default)".into()),
        type_id,
        kind,
        reg_string_data: value.value,
    }
}

pub fn application(application: vendor::Application<'_>) -> Resource<'_> {
    Resource {
        uid: application.id,
        uid_alt: application.instance_id,
        name: application.name,
        kind: Some(application.kind.into()),
        role_id: Some(4),
        role: Some("Related".into()),
        ..Resource::default()
    }
}

pub fn cloud_resource(resource: vendor::CloudResource<'_>) -> Resource<'_> {
    Resource {
        uid: resource.id,
        name: resource.name,
        kind: resource.resource_type,
        provider: Some(resource.provider.into()),
        region: resource.region,
        ..Resource::default()
    }
}

/// `Automation` and names of applications are assignees too, but no addresses.
pub fn assignee(name: Text<'_>) -> User<'_> {
    User { email_addr: Some(name.clone()).filter(|name| is_mail_address(name)), name: Some(name), ..User::default() }
}
