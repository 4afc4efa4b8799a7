//! Computers, and the smaller things that `Defender for IoT` sees.

use std::net::IpAddr;

use crate::alert::members::Members;
use crate::alert::{Stamp, Text, json};

/// A computer that Defender for Endpoint knows.
#[derive(Debug, Clone, Default)]
pub struct Device<'a> {
    /// Defender for Endpoint's machine ID, 40 hex digits.
    pub mde_id: Option<Text<'a>>,
    pub entra_id: Option<Text<'a>>,
    /// The short name.
    pub host_name: Option<Text<'a>>,
    /// The full name; in the field often a short one too.
    pub dns_name: Option<Text<'a>>,
    pub domain: Option<Text<'a>>,
    pub ip: Option<IpAddr>,
    pub external_ip: Option<IpAddr>,
    /// Loopback and link-local ones included.
    pub interfaces: Vec<IpAddr>,
    /// e.g. `Windows11`, `WindowsServer2022`, `macOS`, `Linux`.
    pub os_platform: Option<Text<'a>>,
    /// May be marketing text.
    pub os_version: Option<Text<'a>>,
    pub os_build: Option<Text<'a>>,
    pub group_id: Option<Text<'a>>,
    pub group_name: Option<Text<'a>>,
    /// `none`, `informational`, `low`, `medium` or `high`; it stays among the rest as well.
    pub risk: Option<Text<'a>>,
    pub first_seen: Option<Stamp<'a>>,
    /// Of a virtual machine in a cloud; these stay among the rest as well.
    pub vm_resource_id: Option<Text<'a>>,
    pub vm_provider: Option<Text<'a>>,
}

impl<'a> Device<'a> {
    pub(super) fn take(members: &mut Members<'a>) -> Self {
        let vm = members.peek("vmMetadata").and_then(Members::read);
        let peek_vm = |name| vm.as_ref().and_then(|vm| vm.peek_text(name));
        Self {
            mde_id: members.text("mdeDeviceId"),
            entra_id: members.text("azureAdDeviceId"),
            host_name: members.text("hostName"),
            dns_name: members.text("deviceDnsName"),
            domain: members.text("dnsDomain").or_else(|| members.text("ntDomain")),
            ip: members.ip("lastIpAddress"),
            external_ip: members.ip("lastExternalIpAddress"),
            interfaces: members.ips("ipInterfaces"),
            os_platform: members.text("osPlatform"),
            os_version: members.peek_text("version"),
            os_build: members.peek("osBuild").and_then(|build| json::text_or_number(build).found()),
            group_id: members.text_or_number("rbacGroupId"),
            group_name: members.text("rbacGroupName"),
            risk: members.peek_text("riskScore"),
            first_seen: members.stamp("firstSeenDateTime"),
            vm_resource_id: peek_vm("resourceId"),
            vm_provider: peek_vm("cloudProvider"),
        }
        .with_version(members)
    }

    /// From a device of Defender XDR.
    pub(super) fn take_flat(members: &mut Members<'a>) -> Self {
        let vm = members.peek("vmMetadata").and_then(Members::read);
        let peek_vm = |name| vm.as_ref().and_then(|vm| vm.peek_text(name));
        Self {
            mde_id: members.text("mdatpDeviceId").or_else(|| members.text("deviceId")),
            entra_id: members.text("aadDeviceId"),
            host_name: members.text("hostName"),
            dns_name: members.text("deviceDnsName"),
            ip: members.ip("lastIpAddress"),
            external_ip: members.ip("lastExternalIpAddress"),
            os_platform: members.text("osPlatform"),
            os_version: members.peek_text("version"),
            os_build: members.peek("osBuild").and_then(|build| json::text_or_number(build).found()),
            group_id: members.text_or_number("rbacGroupId"),
            group_name: members.text("rbacGroupName"),
            risk: members.peek_text("riskScore"),
            first_seen: members.stamp("firstSeen"),
            vm_resource_id: peek_vm("resourceId"),
            vm_provider: peek_vm("cloudProvider"),
            ..Self::default()
        }
        .with_version(members)
    }

    /// From a `host` of Azure.
    pub(super) fn take_host(members: &mut Members<'a>) -> Self {
        let os_platform = members.text("osFamily");
        let os_version = if os_platform.is_some() { members.text("osVersion") } else { None };
        let vm_resource_id = members.peek_text("azureID");
        Self {
            host_name: members.text("hostName").or_else(|| members.text("netBiosName")),
            domain: members.text("dnsDomain").or_else(|| members.text("ntDomain")),
            vm_provider: vm_resource_id.is_some().then_some(Text::Borrowed("Azure")),
            vm_resource_id,
            os_platform,
            os_version,
            ..Self::default()
        }
    }

    /// OCSF has no place for a version without a platform; then it stays where it was.
    fn with_version(self, members: &mut Members<'a>) -> Self {
        if self.os_platform.is_some() {
            members.text("version");
            members.text_or_number("osBuild");
        }
        self
    }
}

/// A device of the Internet of things.
#[derive(Debug, Clone, Default)]
pub struct IotDevice<'a> {
    pub id: Option<Text<'a>>,
    pub name: Option<Text<'a>>,
    pub ip: Option<IpAddr>,
    /// Six pairs of hex digits with `:` or `-` between them.
    pub mac: Option<Text<'a>>,
    pub manufacturer: Option<Text<'a>>,
    pub model: Option<Text<'a>>,
    pub serial_number: Option<Text<'a>>,
}

impl<'a> IotDevice<'a> {
    pub(super) fn take(members: &mut Members<'a>) -> Self {
        Self {
            id: members.text("deviceId"),
            name: members.text("deviceName"),
            ip: members.part("ipAddress", |address| address.ip("ipAddress")).flatten(),
            mac: members.take("macAddress", |value| json::text(value).found().filter(|text| is_mac(text))),
            manufacturer: members.text("manufacturer"),
            model: members.text("model"),
            serial_number: members.text("serialNumber"),
        }
    }
}

/// Six pairs of hex digits with `:` or `-` between them.
#[must_use]
pub fn is_mac(text: &str) -> bool {
    text.len() == 17
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at % 3 == 2 { byte == b':' || byte == b'-' } else { byte.is_ascii_hexdigit() })
}

#[cfg(test)]
mod tests {
    use super::is_mac;

    #[test]
    fn only_six_pairs_are_a_mac_address() {
        for (text, good) in [
            ("00:1B:44:11:3a:b7", true),
            ("00-1B-44-11-3A-B7", true),
            ("001B44113AB7", false),
            ("00:1B:44:11:3A:BG", false),
            ("00:1B:44:11:3A:B7:", false),
            ("", false),
        ] {
            assert_eq!(is_mac(text), good, "{text}");
        }
    }
}
