//! `related.*`: every address, hash, host and user of the evidence, wherever it stands, so that one search finds them.

use std::net::IpAddr;

use super::field::groups;
use super::unique::Unique;
use crate::alert::Text;

groups! {
    Related {
        hash: Unique<Text<'a>>,
        hosts: Unique<Text<'a>>,
        ip: Unique<IpAddr>,
        user: Unique<Text<'a>>,
    }
}

impl<'a> Related<'a> {
    pub fn add_hosts<'v>(&mut self, names: impl IntoIterator<Item = &'v Option<Text<'a>>>)
    where
        'a: 'v,
    {
        self.hosts.add_all(names.into_iter().flatten());
    }

    pub fn add_users<'v>(&mut self, names: impl IntoIterator<Item = &'v Option<Text<'a>>>)
    where
        'a: 'v,
    {
        self.user.add_all(names.into_iter().flatten());
    }

    pub fn add_ip(&mut self, ip: IpAddr) {
        if is_telling(ip) {
            self.ip.add(ip);
        }
    }
}

/// Addresses that every machine has tell nothing about one.
pub fn is_telling(ip: IpAddr) -> bool {
    let link_local = match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    };
    !(ip.is_loopback() || ip.is_unspecified() || link_local)
}
