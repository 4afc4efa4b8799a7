//! Parts of the world that have Defender hosts of their own: the same API of the global cloud, nearer to the data.

use reqwest::Url;

use super::cloud::{Cloud, Endpoint};

/// A part of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geo {
    /// What stands in the host's name.
    pub name: &'static str,
    /// Whether Microsoft documents a Defender XDR host for it.
    pub has_xdr: bool,
}

/// Sources: Microsoft's pages on the hosts of Defender for Endpoint and of Defender XDR.
pub const GEOS: [Geo; 7] = [
    Geo { name: "us", has_xdr: true },
    Geo { name: "eu", has_xdr: true },
    Geo { name: "uk", has_xdr: true },
    Geo { name: "au", has_xdr: false },
    Geo { name: "swa", has_xdr: false },
    Geo { name: "ina", has_xdr: false },
    Geo { name: "aea", has_xdr: false },
];

impl Geo {
    /// The global cloud with this geo's Defender hosts. Scopes stay: a token is for the API, not for a place. Where no XDR host is
    /// known, the cloud has none.
    #[must_use]
    pub fn of(self, cloud: &Cloud) -> Cloud {
        let mut cloud = cloud.clone();
        cloud.mde = cloud.mde.and_then(|endpoint| moved(endpoint, &format!("https://{}.api.security.microsoft.com", self.name)));
        cloud.xdr = cloud
            .xdr
            .filter(|_| self.has_xdr)
            .and_then(|endpoint| moved(endpoint, &format!("https://api-{}.security.microsoft.com", self.name)));
        cloud
    }
}

fn moved(endpoint: Endpoint, host: &str) -> Option<Endpoint> {
    Some(Endpoint { host: Url::parse(host).ok()?, ..endpoint })
}

#[cfg(test)]
mod tests {
    use super::GEOS;
    use crate::source::cloud::Cloud;

    #[test]
    fn each_geo_has_its_hosts_and_the_scopes_of_the_global_cloud() {
        let global = Cloud::built_in("global").unwrap();
        for (name, mde, xdr) in [
            ("us", "us.api.security.microsoft.com", Some("api-us.security.microsoft.com")),
            ("eu", "eu.api.security.microsoft.com", Some("api-eu.security.microsoft.com")),
            ("uk", "uk.api.security.microsoft.com", Some("api-uk.security.microsoft.com")),
            ("au", "au.api.security.microsoft.com", None),
            ("swa", "swa.api.security.microsoft.com", None),
            ("ina", "ina.api.security.microsoft.com", None),
            ("aea", "aea.api.security.microsoft.com", None),
        ] {
            let geo = GEOS.iter().find(|geo| geo.name == name).unwrap();
            let near = geo.of(&global);
            assert_eq!(near.mde.as_ref().unwrap().host.host_str(), Some(mde));
            assert_eq!(near.xdr.as_ref().and_then(|xdr| xdr.host.host_str()), xdr, "{name}");
            assert_eq!(near.mde.as_ref().unwrap().scope, global.mde.as_ref().unwrap().scope);
            if let Some(xdr) = &near.xdr {
                assert_eq!(xdr.scope, global.xdr.as_ref().unwrap().scope);
            }
            assert_eq!((&near.graph, &near.arm, &near.login), (&global.graph, &global.arm, &global.login), "{name}");
        }
    }
}
