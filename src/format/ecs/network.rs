//! `source.*`, `destination.*`, `network.*` and `dns.*`: who talked to whom.

use std::net::IpAddr;

use serde::Serialize;

use super::field::groups;
use super::related::Related;
use crate::alert::Text;
use crate::alert::evidence as vendor;

/// Degrees, as Elasticsearch takes them.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Point {
    lat: f64,
    lon: f64,
}

groups! {
    Geo {
        city_name: Option<Text<'a>>,
        region_name: Option<Text<'a>>,
        country_iso_code: Option<Text<'a>>,
        country_name: Option<Text<'a>>,
        location: Option<Point>,
    }

    /// `source` and `destination` look alike.
    Endpoint {
        address: Option<Text<'a>>,
        ip: Option<IpAddr>,
        port: Option<u16>,
        geo: Geo<'a>,
    }

    Network {
        transport: Option<Text<'a>>,
    }

    Question {
        name: Option<Text<'a>>,
    }

    Dns {
        question: Question<'a>,
        resolved_ip: Vec<IpAddr>,
    }
}

pub fn endpoint<'a>(address: vendor::Address<'a>, port: Option<u16>, related: &mut Related<'a>) -> Endpoint<'a> {
    related.add_ip(address.ip);
    let (country_iso_code, country_name) = match address.country {
        Some(code) if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            (Some(Text::Owned(code.to_ascii_uppercase())), None)
        }
        name => (None, name),
    };
    let location = address.latitude.zip(address.longitude).and_then(|(lat, lon)| point(lat, lon));
    let geo = Geo { city_name: address.city, region_name: address.region, country_iso_code, country_name, location };
    Endpoint { port, geo, ..of_ip(address.ip) }
}

pub fn of_ip<'a>(ip: IpAddr) -> Endpoint<'a> {
    Endpoint { address: Some(Text::Owned(ip.to_string())), ip: Some(ip), ..Endpoint::default() }
}

/// Elasticsearch refuses the whole document for degrees that the Earth does not have.
fn point(lat: f64, lon: f64) -> Option<Point> {
    ((-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon)).then_some(Point { lat, lon })
}

pub fn dns<'a>(dns: vendor::Dns<'a>, related: &mut Related<'a>) -> Dns<'a> {
    related.hosts.add(dns.domain.clone());
    dns.answer.into_iter().for_each(|ip| related.add_ip(ip));
    Dns { question: Question { name: Some(dns.domain) }, resolved_ip: dns.answer.into_iter().collect() }
}

/// `network.transport` is in lower case.
pub fn network(protocol: Option<Text<'_>>) -> Network<'_> {
    Network { transport: protocol.map(|protocol| Text::Owned(protocol.to_ascii_lowercase())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address<'a>(country: &'static str, latitude: f64) -> vendor::Address<'a> {
        let ip = IpAddr::from([192, 0, 2, 1]);
        let (latitude, longitude) = (Some(latitude), Some(13.4));
        vendor::Address { ip, country: Some(country.into()), region: None, city: None, latitude, longitude }
    }

    #[test]
    fn a_country_is_a_code_or_a_name() {
        let geo = |country| endpoint(address(country, 52.5), None, &mut Related::default()).geo;
        assert_eq!(geo("de").country_iso_code.as_deref(), Some("DE"));
        assert_eq!((geo("Germany").country_iso_code, geo("Germany").country_name.as_deref()), (None, Some("Germany")));
    }

    #[test]
    fn degrees_that_the_earth_does_not_have_are_left_out() {
        for (latitude, kept) in [(52.5, true), (90.0, true), (90.1, false), (-1e300, false)] {
            let found = endpoint(address("DE", latitude), None, &mut Related::default());
            assert_eq!(found.geo.location.is_some(), kept, "{latitude}");
        }
    }
}
