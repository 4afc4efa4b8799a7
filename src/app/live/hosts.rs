//! The hosts that tenants share: each is asked once, however many tenants are behind it.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use reqwest::{Client, Url};

use super::finding::{Check, Finding, Outcome, Shared};
use super::judge;
use crate::clock;
use crate::config::TenantSettings;
use crate::source::http::reach;

/// How each host answered.
#[derive(Debug, Default)]
pub(super) struct Hosts(BTreeMap<Url, Finding>);

impl Hosts {
    /// Asks the sign-in and API hosts of these tenants.
    pub async fn ask(client: &Client, tenants: &[&TenantSettings], limit: Duration, parallel: usize) -> Self {
        let mut hosts: Vec<&Url> = tenants
            .iter()
            .flat_map(|one| {
                let endpoints = one.feeds.iter().filter_map(|feed| one.cloud.endpoint(*feed));
                endpoints.map(|endpoint| &endpoint.host).chain([&one.cloud.login])
            })
            .collect();
        hosts.sort();
        hosts.dedup();
        let asked = stream::iter(hosts).map(async |host| (host.clone(), found(client, host, limit).await));
        Self(asked.buffer_unordered(parallel).collect().await)
    }

    /// Why a host cannot be used, if so.
    pub fn trouble(&self, host: &Url) -> Option<Finding> {
        self.0.get(host).filter(|finding| finding.check == Check::Host && finding.outcome == Outcome::Failed).cloned()
    }

    /// What is not as it should be, each with the tenants behind the host.
    pub fn troubles(&self, tenants: &[TenantSettings]) -> Vec<Shared> {
        let behind = |host: &Url| {
            let uses = |one: &&TenantSettings| {
                one.cloud.login == *host
                    || one.feeds.iter().any(|feed| one.cloud.endpoint(*feed).is_some_and(|end| end.host == *host))
            };
            tenants.iter().filter(uses).map(|one| one.tenant.name.clone()).collect()
        };
        let bad = self.0.iter().filter(|(_, finding)| finding.outcome > Outcome::Unknown);
        bad.filter_map(|(host, finding)| Shared::of(finding, behind(host))).collect()
    }
}

async fn found(client: &Client, host: &Url, limit: Duration) -> Finding {
    let finding = match reach(client, host, limit).await {
        Ok(Some(date)) => judge::clock(date.duration_since(clock::now())),
        Ok(None) => Finding::new(Check::Host, Outcome::Ok, "it answers"),
        // Nothing works without it, and whoever is setting up has to know now.
        Err(error) => Finding { advice: error.advice, ..Finding::new(Check::Host, Outcome::Failed, error.message) },
    };
    Finding { shared: Some(format!("host {}", host.authority())), ..finding }
}
