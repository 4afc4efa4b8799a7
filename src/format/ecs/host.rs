//! `host.*` and `device.*`: the machine on which it happened.

use std::net::IpAddr;

use super::field::groups;
use super::related::{Related, is_telling};
use super::unique::Unique;
use crate::alert::Text;
use crate::alert::evidence as vendor;

groups! {
    Os {
        name: Option<Text<'a>>,
        version: Option<Text<'a>>,
        /// One of ECS's words.
        #[serde(rename = "type")]
        kind: Option<&'static str>,
    }

    Risk {
        static_level: Option<Text<'a>>,
    }

    Host {
        id: Option<Text<'a>>,
        /// In lower case, the full name where it is known.
        name: Option<Text<'a>>,
        hostname: Option<Text<'a>>,
        domain: Option<Text<'a>>,
        ip: Unique<IpAddr>,
        mac: Vec<Text<'a>>,
        os: Os<'a>,
        risk: Risk<'a>,
    }

    Model {
        name: Option<Text<'a>>,
    }

    Device {
        id: Option<Text<'a>>,
        manufacturer: Option<Text<'a>>,
        model: Model<'a>,
        serial_number: Option<Text<'a>>,
    }
}

pub fn computer<'a>(device: vendor::Device<'a>, related: &mut Related<'a>) -> (Host<'a>, Device<'a>) {
    related.add_hosts([&device.mde_id, &device.dns_name, &device.host_name]);
    let ip = device.ip.into_iter().chain(device.interfaces).chain(device.external_ip).filter(|ip| is_telling(*ip));
    let ip: Unique<IpAddr> = ip.inspect(|ip| related.add_ip(*ip)).collect();
    let kind = device.os_platform.as_deref().and_then(os_type);
    let host = Host {
        id: device.mde_id,
        name: device.dns_name.as_ref().or(device.host_name.as_ref()).map(lower),
        hostname: device.host_name.or(device.dns_name),
        domain: device.domain,
        ip,
        mac: Vec::new(),
        os: Os { name: device.os_platform, version: device.os_version, kind },
        risk: Risk { static_level: device.risk },
    };
    (host, Device { id: device.entra_id, ..Device::default() })
}

pub fn thing_of_the_internet<'a>(device: vendor::IotDevice<'a>, related: &mut Related<'a>) -> (Host<'a>, Device<'a>) {
    related.add_hosts([&device.id, &device.name]);
    if let Some(ip) = device.ip {
        related.add_ip(ip);
    }
    let host = Host {
        id: device.id,
        name: device.name.as_ref().map(lower),
        hostname: device.name,
        ip: device.ip.into_iter().collect(),
        mac: device.mac.as_deref().map(mac).into_iter().collect(),
        ..Host::default()
    };
    let model = Model { name: device.model };
    (host, Device { id: None, manufacturer: device.manufacturer, model, serial_number: device.serial_number })
}

fn lower<'a>(name: &Text<'a>) -> Text<'a> {
    if name.chars().any(char::is_uppercase) { Text::Owned(name.to_lowercase()) } else { name.clone() }
}

/// ECS wants RFC 7042's notation: capitals, with hyphens between the pairs.
pub fn mac<'a>(text: &str) -> Text<'a> {
    Text::Owned(text.to_ascii_uppercase().replace(':', "-"))
}

/// The words that ECS expects; `None` for a platform that is none of them.
fn os_type(platform: &str) -> Option<&'static str> {
    const TYPES: [(&str, &str); 12] = [
        ("windows", "windows"),
        ("macos", "macos"),
        ("ios", "ios"),
        ("ipados", "ios"),
        ("android", "android"),
        ("linux", "linux"),
        ("ubuntu", "linux"),
        ("debian", "linux"),
        ("redhat", "linux"),
        ("centos", "linux"),
        ("suse", "linux"),
        ("unix", "unix"),
    ];
    let platform = platform.to_ascii_lowercase();
    TYPES.iter().find(|(start, _)| platform.starts_with(start)).map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::{mac, os_type};

    #[test]
    fn platforms_are_of_the_types_that_ecs_knows() {
        for (platform, kind) in [
            ("Windows11", Some("windows")),
            ("macOS", Some("macos")),
            ("iOS", Some("ios")),
            ("Ubuntu", Some("linux")),
            ("TempleOS", None),
        ] {
            assert_eq!(os_type(platform), kind, "{platform}");
        }
    }

    #[test]
    fn hardware_addresses_have_capitals_and_hyphens() {
        assert_eq!(mac("00:1b:1c:44:55:66"), "00-1B-1C-44-55-66");
    }
}
