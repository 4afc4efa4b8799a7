//! The OCSF objects that we fill: people, machines, files, processes and so on. Attributes that we never fill are left out.

use std::net::IpAddr;

use super::moment::{DateTime, Millis};
use super::object::objects;
use crate::alert::Text;

objects! {
    /// `key_value_object`: at least one of `value`, `values`.
    Tag: "key_value_object" {
        name: &'static str,
        value: Option<Text<'a>>,
        values: Vec<Text<'a>>,
    }

    /// `user`: at least one of `name`, `uid`.
    User: "user" {
        name: Option<Text<'a>>,
        uid: Option<Text<'a>>,
        uid_alt: Option<Text<'a>>,
        full_name: Option<Text<'a>>,
        domain: Option<Text<'a>>,
        email_addr: Option<Text<'a>>,
    }

    /// `session`
    Session: "session" {
        uid: Option<Text<'a>>,
    }

    /// `actor`: at least one of its attributes.
    Actor: "actor" {
        process: Option<Process<'a>>,
        user: Option<User<'a>>,
        session: Option<Session<'a>>,
    }

    /// `group`: at least one of its attributes.
    Group: "group" {
        uid: Option<Text<'a>>,
        name: Option<Text<'a>>,
    }

    /// `os`
    Os: "os" {
        name: Text<'a>,
        type_id: u32,
        kind as "type": Option<Text<'a>>,
        version: Option<Text<'a>>,
        build: Option<Text<'a>>,
    }

    /// `network_interface`: at least one of its attributes.
    Interface: "network_interface" {
        type_id: u32,
        kind as "type": Text<'a>,
        name: Option<Text<'a>>,
        ip: Option<IpAddr>,
    }

    /// `device_hw_info`
    Hardware: "device_hw_info" {
        serial_number: Option<Text<'a>>,
    }

    /// `device`: at least one of `ip`, `uid`, `name`, `hostname`.
    Device: "device" {
        type_id: u32,
        kind as "type": Text<'a>,
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
    Fingerprint: "fingerprint" {
        algorithm_id: u32,
        algorithm: Text<'a>,
        value: Text<'a>,
    }

    /// `file`
    File: "file" {
        name: Text<'a>,
        type_id: u32,
        kind as "type": Text<'a>,
        path: Option<Text<'a>>,
        parent_folder: Option<Text<'a>>,
        size: Option<i64>,
        company_name: Option<Text<'a>>,
        hashes: Vec<Fingerprint<'a>>,
    }

    /// `process`: at least one of `pid`, `uid`.
    Process: "process" {
        pid: Option<i64>,
        uid: Option<Text<'a>>,
        name: Option<Text<'a>>,
        cmd_line: Option<Text<'a>>,
        created_time: Option<Millis>,
        created_time_dt: Option<DateTime>,
        file: Option<File<'a>>,
        user: Option<User<'a>>,
        parent as "parent_process": Option<Box<Process<'a>>>,
    }

    /// `location`: at least one of `city`, `country`, `region`.
    Location: "location" {
        city: Option<Text<'a>>,
        region: Option<Text<'a>>,
        country: Option<Text<'a>>,
        lat: Option<f64>,
        long: Option<f64>,
    }

    /// `network_endpoint`
    Endpoint: "network_endpoint" {
        ip: Option<IpAddr>,
        port: Option<u16>,
        location: Option<Location<'a>>,
    }

    /// `network_connection_info`
    ConnectionInfo: "network_connection_info" {
        direction_id: u32,
        direction: Text<'a>,
        protocol_name: Option<Text<'a>>,
    }

    /// `dns_query`
    Query: "dns_query" {
        hostname: Text<'a>,
    }

    /// `url`
    Url: "url" {
        url_string: Text<'a>,
    }

    /// `email`: at least one of `from`, `to`.
    Email: "email" {
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
    RegistryKey: "win/reg_key" {
        path: Text<'a>,
    }

    /// `win/reg_value`
    RegistryValue: "win/reg_value" {
        path: Text<'a>,
        name: Text<'a>,
        type_id: Option<u32>,
        kind as "type": Option<Text<'a>>,
        reg_string_data: Option<Text<'a>>,
    }

    /// `resource_details`: at least one of `uid`, `name`.
    Resource: "resource_details" {
        uid: Option<Text<'a>>,
        uid_alt: Option<Text<'a>>,
        name: Option<Text<'a>>,
        kind as "type": Option<Text<'a>>,
        role_id: Option<u32>,
        role: Option<Text<'a>>,
        provider: Option<Text<'a>>,
        region: Option<Text<'a>>,
        namespace: Option<Text<'a>>,
    }

    /// `databucket`: at least one of `name`, `uid`.
    Databucket: "databucket" {
        type_id: u32,
        kind as "type": Text<'a>,
        name: Option<Text<'a>>,
        uid: Option<Text<'a>>,
        file: Option<File<'a>>,
    }

    /// `image`
    Image: "image" {
        uid: Text<'a>,
        name: Option<Text<'a>>,
    }

    /// `container`: at least one of `name`, `uid`.
    Container: "container" {
        name: Option<Text<'a>>,
        uid: Option<Text<'a>>,
        image: Option<Image<'a>>,
        orchestrator: Option<&'static str>,
    }

    /// `ticket`: at least one of `uid`, `src_url`.
    Ticket: "ticket" {
        uid: Option<Text<'a>>,
        kind as "type": &'static str,
        src_url: Option<Text<'a>>,
    }

    /// `malware`
    Malware: "malware" {
        name: Text<'a>,
        classification_ids: Vec<u32>,
        classifications: Vec<Text<'a>>,
    }
}
