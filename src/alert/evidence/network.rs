//! Addresses, connections and name lookups.

use std::net::IpAddr;

use crate::alert::members::Members;
use crate::alert::{Text, json};

/// An address and where it is said to be.
#[derive(Debug, Clone)]
pub struct Address<'a> {
    pub ip: IpAddr,
    /// The two-letter code, else the vendor's name for the country.
    pub country: Option<Text<'a>>,
    pub region: Option<Text<'a>>,
    pub city: Option<Text<'a>>,
    /// Degrees.
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
}

impl<'a> Address<'a> {
    pub(super) fn take(members: &mut Members<'a>) -> Option<Self> {
        let ip = members.ip("ipAddress")?;
        let code = members.text("countryLetterCode");
        let mut address = Self { ip, country: code, region: None, city: None, latitude: None, longitude: None };
        members.part("location", |location| {
            if address.country.is_none() {
                address.country = location.text("countryName");
            }
            address.region = location.text("state");
            address.city = location.text("city");
            if address.is_placed() {
                address.latitude = location.float("latitude");
                address.longitude = location.float("longitude");
            }
        });
        Some(address)
    }

    /// From an `ip` of Azure.
    pub(super) fn take_azure(members: &mut Members<'a>) -> Option<Self> {
        let ip = members.ip("address")?;
        let mut address = Self { ip, country: None, region: None, city: None, latitude: None, longitude: None };
        members.part("location", |location| {
            address.country = location.text("countryCode").or_else(|| location.text("countryName"));
            address.region = location.text("state");
            address.city = location.text("city");
            if address.is_placed() {
                address.latitude = location.float("latitude");
                address.longitude = location.float("longitude");
            }
        });
        Some(address)
    }

    /// From the members of a risk detection.
    pub(in crate::alert) fn take_risky(members: &mut Members<'a>) -> Option<Self> {
        let ip = members.ip("ipAddress")?;
        let mut address = Self { ip, country: None, region: None, city: None, latitude: None, longitude: None };
        members.all_of("location", |location| {
            address.country = location.text("countryOrRegion");
            address.region = location.text("state");
            address.city = location.text("city");
            if address.is_placed() {
                location.all_of("geoCoordinates", |coordinates| {
                    address.latitude = coordinates.float("latitude");
                    address.longitude = coordinates.float("longitude");
                    Some(())
                });
            }
            Some(())
        });
        Some(address)
    }

    /// Whether there is a place to name, beyond bare coordinates.
    #[must_use]
    pub fn is_placed(&self) -> bool {
        self.country.is_some() || self.region.is_some() || self.city.is_some()
    }
}

/// A connection between two addresses.
#[derive(Debug, Clone)]
pub struct Connection<'a> {
    pub source: Option<Address<'a>>,
    pub source_port: Option<u16>,
    pub destination: Option<Address<'a>>,
    pub destination_port: Option<u16>,
    /// `tcp` or `udp`.
    pub protocol: Option<Text<'a>>,
}

impl<'a> Connection<'a> {
    pub(super) fn take(members: &mut Members<'a>) -> Self {
        Self::take_between(members, Address::take)
    }

    pub(super) fn take_azure(members: &mut Members<'a>) -> Self {
        Self::take_between(members, Address::take_azure)
    }

    fn take_between(members: &mut Members<'a>, end: fn(&mut Members<'a>) -> Option<Address<'a>>) -> Self {
        let source = members.part("sourceAddress", end).flatten();
        let destination = members.part("destinationAddress", end).flatten();
        Self {
            source_port: source.as_ref().and_then(|_| port(members, "sourcePort")),
            destination_port: destination.as_ref().and_then(|_| port(members, "destinationPort")),
            source,
            destination,
            protocol: members.text("protocol"),
        }
    }
}

/// A port without an address has no place in OCSF; then it stays where it was.
fn port(members: &mut Members<'_>, name: &str) -> Option<u16> {
    members.take(name, |value| json::integer(value).found()?.try_into().ok())
}

/// A name lookup.
#[derive(Debug, Clone)]
pub struct Dns<'a> {
    pub domain: Text<'a>,
    /// The first of the answers; they all stay among the rest.
    pub answer: Option<IpAddr>,
}

impl<'a> Dns<'a> {
    pub(super) fn take(members: &mut Members<'a>) -> Option<Self> {
        let domain = members.text("domainName")?;
        Some(Self { domain, answer: first_answer(members, "ipAddress") })
    }

    pub(super) fn take_azure(members: &mut Members<'a>) -> Option<Self> {
        let domain = members.text("domainName")?;
        Some(Self { domain, answer: first_answer(members, "address") })
    }
}

/// Each answer holds its address under this name.
fn first_answer(members: &Members<'_>, name: &str) -> Option<IpAddr> {
    let answers = members.peek("ipAddresses").and_then(|answers| json::elements(answers).found()).unwrap_or_default();
    answers.into_iter().filter_map(Members::read).find_map(|mut answer| answer.ip(name))
}
