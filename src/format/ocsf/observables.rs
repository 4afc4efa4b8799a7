//! `observables[]`: the values worth searching for, each with the path of the attribute that holds it.

use std::collections::HashSet;
use std::net::IpAddr;

use super::item::Item;
use super::object::objects;
use super::objects::{Device, Email, Endpoint, File, Process, Resource, User};
use super::{Version, later};
use crate::alert::Text;

objects! {
    /// `observable`
    Observable: "observable" {
        name: Text<'a>,
        type_id: u32,
        kind as "type": &'static str,
        value: Option<Text<'a>>,
    }
}

/// A type of observable: its number and caption in OCSF 1.8.0.
pub type Kind = (u32, &'static str);

const HOSTNAME: Kind = (1, "Hostname");
const IP: Kind = (2, "IP Address");
pub const MAC: Kind = (3, "MAC Address");
const USER_NAME: Kind = (4, "User Name");
const EMAIL_ADDRESS: Kind = (5, "Email Address");
pub const URL: Kind = (6, "URL String");
const FILE_NAME: Kind = (7, "File Name");
const HASH: Kind = (8, "Hash");
const PROCESS_NAME: Kind = (9, "Process Name");
const RESOURCE_UID: Kind = (10, "Resource UID");
const PORT: Kind = (11, "Port");
const COMMAND_LINE: Kind = (13, "Command Line");
const COUNTRY: Kind = (14, "Country");
const PROCESS_ID: Kind = (15, "Process ID");
const USER_AGENT: Kind = (16, "HTTP User-Agent");
const CONTAINER: Kind = (27, "Container");
const USER_UID: Kind = (31, "User Object: uid");
pub const GROUP_NAME: Kind = (32, "Group Object: name");
pub const GROUP_UID: Kind = (33, "Group Object: uid");
const SERIAL_NUMBER: Kind = (37, "Serial Number");
const RESOURCE_NAME: Kind = (38, "Resource Details Object: name");
const EMAIL_SUBJECT: Kind = (40, "Email Object: subject");
const EMAIL_UID: Kind = (41, "Email Object: uid");
const MESSAGE_UID: Kind = (42, "Message UID");
const REGISTRY_VALUE_NAME: Kind = (43, "Registry Value Object: name");
const FILE_PATH: Kind = (45, "File Path");
const REGISTRY_KEY_PATH: Kind = (46, "Registry Key Path");
const DEVICE_UID: Kind = (47, "Device Object: uid");

/// Each value of a type once, under the first path that holds it.
#[derive(Debug, Default)]
pub struct Observables<'a> {
    seen: HashSet<(u32, Text<'a>)>,
    list: Vec<Observable<'a>>,
}

impl<'a> Observables<'a> {
    /// In an older version, types that came later are of another kind, named by what they would be.
    pub fn into_list(mut self, version: Version) -> Vec<Observable<'a>> {
        for observable in &mut self.list {
            observable.type_id = later::number(version, "observable", "type_id", observable.type_id);
        }
        self.list
    }

    fn add(&mut self, (type_id, kind): Kind, value: Option<&Text<'a>>, path: impl FnOnce() -> String) {
        let Some(value) = value else { return };
        if self.seen.insert((type_id, value.clone())) {
            self.list.push(Observable { name: Text::Owned(path()), type_id, kind, value: Some(value.clone()) });
        }
    }

    fn add_ip(&mut self, ip: Option<IpAddr>, path: impl FnOnce() -> String) {
        self.add(IP, ip.map(|ip| Text::Owned(ip.to_string())).as_ref(), path);
    }

    pub fn user_agent(&mut self, index: usize, value: Option<&Text<'a>>) {
        self.add(USER_AGENT, value, || format!("evidences[{index}].data.userAgent"));
    }

    /// What only a closer look told, with its path in the element.
    pub fn closer(&mut self, index: usize, observed: &[(Kind, &'static str, Text<'a>)]) {
        for (kind, path, value) in observed {
            self.add(*kind, Some(value), || format!("evidences[{index}].{path}"));
        }
    }

    /// Values of the element that is looked at, whose places cannot be named, stand in `to`.
    pub fn moved(&mut self, element: &str, places: &[String], to: &str) {
        let within = |name: &str, place: &str| {
            name.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        // Those of earlier elements have their places: looking at all of them each time takes seconds for thousands.
        for observable in self.list.iter_mut().rev().take_while(|observable| observable.name.starts_with(element)) {
            if places.iter().any(|place| within(&observable.name, place)) {
                observable.name = Text::Owned(to.to_owned());
            }
        }
    }

    pub fn resource(&mut self, index: usize, resource: &Resource<'a>) {
        self.add(RESOURCE_UID, resource.uid.as_ref(), || format!("resources[{index}].uid"));
        self.add(RESOURCE_NAME, resource.name.as_ref(), || format!("resources[{index}].name"));
    }

    /// Adds what element `index` of the evidence holds.
    pub fn look_at(&mut self, index: usize, item: &Item<'a>) {
        let at = |attribute: &str| format!("evidences[{index}].{attribute}");
        if let Some(device) = &item.device {
            self.device(&at("device"), device);
        }
        for user in [&item.user, &item.actor.as_ref().and_then(|actor| actor.user.clone())].into_iter().flatten() {
            self.user(&at(if item.actor.is_some() { "actor.user" } else { "user" }), user);
        }
        if let Some(file) = &item.file {
            self.file(&at("file"), file);
        }
        if let Some(process) = &item.process {
            self.process(&at("process"), process);
        }
        if let Some(endpoint) = &item.src_endpoint {
            self.endpoint(&at("src_endpoint"), endpoint);
        }
        if let Some(endpoint) = &item.dst_endpoint {
            self.endpoint(&at("dst_endpoint"), endpoint);
        }
        if let Some(bucket) = &item.databucket {
            let kind = if bucket.uid.as_deref().is_some_and(|uid| uid.contains("://")) { URL } else { RESOURCE_UID };
            self.add(kind, bucket.uid.as_ref(), || at("databucket.uid"));
            if let Some(file) = &bucket.file {
                self.file(&at("databucket.file"), file);
            }
        }
        if item.container.is_some() {
            let object = Observable { name: Text::Owned(at("container")), type_id: CONTAINER.0, kind: CONTAINER.1, value: None };
            self.list.push(object);
        }
        if let Some(email) = &item.email {
            self.email(&at("email"), email);
        }
        self.add(HOSTNAME, item.query.as_ref().map(|query| &query.hostname), || at("query.hostname"));
        self.add(URL, item.url.as_ref().map(|url| &url.url_string), || at("url.url_string"));
        self.add(REGISTRY_KEY_PATH, item.reg_key.as_ref().map(|key| &key.path), || at("reg_key.path"));
        self.add(REGISTRY_KEY_PATH, item.reg_value.as_ref().map(|value| &value.path), || at("reg_value.path"));
        self.add(REGISTRY_VALUE_NAME, item.reg_value.as_ref().map(|value| &value.name), || at("reg_value.name"));
    }

    fn device(&mut self, at: &str, device: &Device<'a>) {
        self.add(HOSTNAME, device.hostname.as_ref().or(device.name.as_ref()), || {
            format!("{at}.{}", if device.hostname.is_some() { "hostname" } else { "name" })
        });
        self.add(DEVICE_UID, device.uid.as_ref(), || format!("{at}.uid"));
        self.add_ip(device.ip, || format!("{at}.ip"));
        for (index, interface) in device.network_interfaces.iter().enumerate() {
            self.add_ip(interface.ip.filter(is_telling), || format!("{at}.network_interfaces[{index}].ip"));
        }
        self.add(MAC, device.mac.as_ref(), || format!("{at}.mac"));
        let serial_number = device.hw_info.as_ref().and_then(|hardware| hardware.serial_number.as_ref());
        self.add(SERIAL_NUMBER, serial_number, || format!("{at}.hw_info.serial_number"));
    }

    fn user(&mut self, at: &str, user: &User<'a>) {
        self.add(USER_NAME, user.name.as_ref(), || format!("{at}.name"));
        self.add(USER_UID, user.uid.as_ref(), || format!("{at}.uid"));
        self.add(USER_UID, user.uid_alt.as_ref(), || format!("{at}.uid_alt"));
        self.add(EMAIL_ADDRESS, user.email_addr.as_ref(), || format!("{at}.email_addr"));
    }

    fn file(&mut self, at: &str, file: &File<'a>) {
        self.add(FILE_NAME, Some(&file.name), || format!("{at}.name"));
        self.add(FILE_PATH, file.path.as_ref(), || format!("{at}.path"));
        for (index, hash) in file.hashes.iter().enumerate() {
            self.add(HASH, Some(&hash.value), || format!("{at}.hashes[{index}].value"));
        }
    }

    fn process(&mut self, at: &str, process: &Process<'a>) {
        self.add(PROCESS_NAME, process.name.as_ref(), || format!("{at}.name"));
        self.add(PROCESS_ID, process.pid.map(|pid| Text::Owned(pid.to_string())).as_ref(), || format!("{at}.pid"));
        self.add(COMMAND_LINE, process.cmd_line.as_ref(), || format!("{at}.cmd_line"));
        if let Some(file) = &process.file {
            self.file(&format!("{at}.file"), file);
        }
        if let Some(user) = &process.user {
            self.user(&format!("{at}.user"), user);
        }
    }

    fn endpoint(&mut self, at: &str, endpoint: &Endpoint<'a>) {
        self.add_ip(endpoint.ip, || format!("{at}.ip"));
        self.add(PORT, endpoint.port.map(|port| Text::Owned(port.to_string())).as_ref(), || format!("{at}.port"));
        let country = endpoint.location.as_ref().and_then(|location| location.country.as_ref());
        self.add(COUNTRY, country, || format!("{at}.location.country"));
    }

    fn email(&mut self, at: &str, email: &Email<'a>) {
        self.add(EMAIL_ADDRESS, email.from.as_ref(), || format!("{at}.from"));
        self.add(EMAIL_ADDRESS, email.return_path.as_ref(), || format!("{at}.return_path"));
        for (index, address) in email.to.iter().enumerate() {
            self.add(EMAIL_ADDRESS, Some(address), || format!("{at}.to[{index}]"));
        }
        self.add(EMAIL_SUBJECT, email.subject.as_ref(), || format!("{at}.subject"));
        self.add(EMAIL_UID, email.uid.as_ref(), || format!("{at}.uid"));
        self.add(MESSAGE_UID, email.message_uid.as_ref(), || format!("{at}.message_uid"));
        for (index, ip) in email.x_originating_ip.iter().enumerate() {
            self.add_ip(Some(*ip), || format!("{at}.x_originating_ip[{index}]"));
        }
        for (index, url) in email.urls.iter().enumerate() {
            self.add(URL, Some(&url.url_string), || format!("{at}.urls[{index}].url_string"));
        }
    }
}

/// Addresses that every machine has tell nothing about one.
fn is_telling(ip: &IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !(ip.is_loopback() || ip.is_link_local() || ip.is_unspecified()),
        IpAddr::V6(ip) => !(ip.is_loopback() || ip.is_unicast_link_local() || ip.is_unspecified()),
    }
}
