//! The OCSF objects that we fill: people, machines, files, processes and so on. Attributes that we never fill are left out.

use std::net::IpAddr;

use super::moment::{DateTime, Millis};
use super::object::objects;
use crate::alert::Text;

objects! {
    /// `key_value_object`: at least one of `value`, `values`.
    Tag {
        name: &'static str,
        value: Option<Text<'a>>,
        values: Vec<Text<'a>>,
    }

    /// `user`: at least one of `name`, `uid`.
    User {
        name: Option<Text<'a>>,
        uid: Option<Text<'a>>,
        uid_alt: Option<Text<'a>>,
        full_name: Option<Text<'a>>,
        domain: Option<Text<'a>>,
        email_addr: Option<Text<'a>>,
    }

    /// `session`
    Session {
        uid: Option<Text<'a>>,
    }

    /// `actor`: at least one of its attributes.
    Actor {
        process: Option<Process<'a>>,
        user: Option<User<'a>>,
        session: Option<Session<'a>>,
    }

    /// `group`: at least one of its attributes.
    Group {
        uid: Option<Text<'a>>,
        name: Option<Text<'a>>,
    }

    /// `os`
    Os {
        name: Text<'a>,
        type_id: u32,
        #[serde(rename = "type")]
        kind: Option<Text<'a>>,
        version: Option<Text<'a>>,
        build: Option<Text<'a>>,
    }

    /// `network_interface`: at least one of its attributes.
    Interface {
        name: Option<Text<'a>>,
        ip: Option<IpAddr>,
    }

    /// `device_hw_info`
    Hardware {
        serial_number: Option<Text<'a>>,
    }

    /// `device`: at least one of `ip`, `uid`, `name`, `hostname`.
    Device {
        type_id: u32,
        #[serde(rename = "type")]
        kind: Text<'a>,
        uid: Option<Text<'a>>,
        uid_alt: Option<Text<'a>>,
        name: Option<Text<'a>>,
        hostname: Option<Text<'a>>,
        domain: Option<Text<'a>>,
        ip: Option<IpAddr>,
        mac: Option<Text<'a>>,
        network_interfaces: Vec<Interface<'a>>,
        os: Option<Os<'a>>,
        groups: Vec<Group<'a>>,
        risk_level_id: Option<u32>,
        risk_level: Option<Text<'a>>,
        vendor_name: Option<Text<'a>>,
        model: Option<Text<'a>>,
        hw_info: Option<Hardware<'a>>,
        first_seen_time: Option<Millis>,
        first_seen_time_dt: Option<DateTime>,
    }

    /// `fingerprint`
    Fingerprint {
        algorithm_id: u32,
        algorithm: Text<'a>,
        value: Text<'a>,
    }

    /// `file`
    File {
        name: Text<'a>,
        type_id: u32,
        #[serde(rename = "type")]
        kind: Text<'a>,
        path: Option<Text<'a>>,
        parent_folder: Option<Text<'a>>,
        size: Option<i64>,
        company_name: Option<Text<'a>>,
        hashes: Vec<Fingerprint<'a>>,
    }

    /// `process`: at least one of `pid`, `uid`.
    Process {
        pid: Option<i64>,
        uid: Option<Text<'a>>,
        name: Option<Text<'a>>,
        cmd_line: Option<Text<'a>>,
        created_time: Option<Millis>,
        created_time_dt: Option<DateTime>,
        file: Option<File<'a>>,
        user: Option<User<'a>>,
        #[serde(rename = "parent_process")]
        parent: Option<Box<Process<'a>>>,
    }

    /// `location`: at least one of `city`, `country`, `region`.
    Location {
        city: Option<Text<'a>>,
        region: Option<Text<'a>>,
        country: Option<Text<'a>>,
        lat: Option<f64>,
        long: Option<f64>,
    }

    /// `network_endpoint`
    Endpoint {
        ip: Option<IpAddr>,
        port: Option<u16>,
        location: Option<Location<'a>>,
    }

    /// `network_connection_info`
    ConnectionInfo {
        direction_id: u32,
        direction: Text<'a>,
        protocol_name: Option<Text<'a>>,
    }

    /// `dns_query`
    Query {
        hostname: Text<'a>,
    }

    /// `url`
    Url {
        url_string: Text<'a>,
    }

    /// `email`: at least one of `from`, `to`.
    Email {
        from: Option<Text<'a>>,
        to: Vec<Text<'a>>,
        return_path: Option<Text<'a>>,
        subject: Option<Text<'a>>,
        message_uid: Option<Text<'a>>,
        uid: Option<Text<'a>>,
        x_originating_ip: Vec<IpAddr>,
        urls: Vec<Url<'a>>,
    }

    /// `win/reg_key`
    RegistryKey {
        path: Text<'a>,
    }

    /// `win/reg_value`
    RegistryValue {
        path: Text<'a>,
        name: Text<'a>,
        type_id: Option<u32>,
        #[serde(rename = "type")]
        kind: Option<Text<'a>>,
        reg_string_data: Option<Text<'a>>,
    }

    /// `resource_details`: at least one of `uid`, `name`.
    Resource {
        uid: Option<Text<'a>>,
        uid_alt: Option<Text<'a>>,
        name: Option<Text<'a>>,
        #[serde(rename = "type")]
        kind: Option<Text<'a>>,
        role_id: Option<u32>,
        role: Option<Text<'a>>,
        provider: Option<Text<'a>>,
        region: Option<Text<'a>>,
    }

    /// `malware`
    Malware {
        name: Text<'a>,
        classification_ids: Vec<u32>,
        classifications: Vec<Text<'a>>,
    }
}
