//! A look at the real ends, `check --live`: signs in, reads first rows, reaches for sinks, and says what is wrong and who can mend it.
//!
//! Nothing is written to a sink, the ledger is not opened, and a daemon beside it is not disturbed.

mod finding;
mod hosts;
mod judge;
mod sinks;
mod tenant;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;

pub use self::finding::{Check, Finding, Found, Outcome, Report, Shared};
use self::hosts::Hosts;
use self::tenant::Desk;
use super::{StartError, bearer, parts};
use crate::config::{Settings, TenantSettings};
use crate::source::entra::{App, SignIn, Tokens};
use crate::source::http::client;
use crate::source::throttle::Budget;
use crate::telemetry::Metrics;
use crate::tenant::TenantName;

/// How to look.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// For each step that asks a far side.
    pub limit: Duration,
    /// So many tenants are looked at side by side.
    pub parallel: usize,
}

/// Looks at these tenants of `settings` and at the sinks that they use. `progress` is told how many tenants are done.
///
/// # Errors
/// When no request can be made at all.
pub async fn check(
    settings: &Settings,
    tenants: &[&TenantSettings],
    options: Options,
    progress: impl Fn(usize),
) -> Result<Report, StartError> {
    let client = client(parts::USER_AGENT).map_err(|error| StartError::World(error.to_string()))?;
    let mut apps: BTreeMap<&str, Arc<App>> = BTreeMap::new();
    let traceless: Vec<TenantSettings> = tenants
        .iter()
        .map(|one| {
            let app = apps.entry(&one.app.name).or_insert_with(|| Arc::new(one.app.leaving_no_trace()));
            TenantSettings { app: Arc::clone(app), ..(*one).clone() }
        })
        .collect();
    let desk = Desk {
        tokens: Arc::new(Tokens::new(client.clone())),
        cap: Arc::new(Budget::new(&settings.cap)),
        metrics: Arc::new(Metrics::default()),
        hosts: Hosts::ask(&client, tenants, options.limit, options.parallel).await,
        client,
        limit: options.limit,
    };
    let looks = async {
        let mut done = Vec::with_capacity(tenants.len());
        let looks = traceless.iter().enumerate().map(async |(place, one)| (place, tenant::check(&desk, one).await));
        let mut looks = stream::iter(looks).buffer_unordered(options.parallel);
        while let Some(look) = looks.next().await {
            done.push(look);
            progress(done.len());
        }
        done.sort_by_key(|(place, _)| *place);
        done
    };
    let used = settings.sinks.values().filter(|sink| tenants.iter().any(|one| one.sinks.contains(&sink.name)));
    let sinks = async {
        let found = used.map(async |sink| {
            let sign_in =
                settings.sign_ins.get(&sink.name).map(|one| SignIn { app: Arc::new(one.app.leaving_no_trace()), ..one.clone() });
            let bearer = sign_in.map(|sign_in| bearer::of(&sign_in, &desk.tokens));
            let findings = sinks::check(sink, tenants, bearer, options.limit).await;
            Found { name: sink.name.clone(), findings }
        });
        stream::iter(found).buffered(options.parallel).collect().await
    };
    let (looks, sinks) = tokio::join!(looks, sinks);

    let mut shared = desk.hosts.troubles(&traceless);
    let mut found = Vec::new();
    for (one, (_, findings)) in traceless.iter().zip(looks) {
        let name = &one.tenant.name;
        for finding in &findings {
            note(&mut shared, name, finding);
        }
        found.push(Found { name: name.clone(), findings });
    }
    Ok(Report { tenants: found, sinks, shared })
}

/// What a tenant shares with others is told once, with the words that the first of them met.
fn note(shared: &mut Vec<Shared>, tenant: &TenantName, finding: &Finding) {
    let Some(what) = &finding.shared else { return };
    match shared.iter_mut().find(|known| known.what == *what) {
        Some(known) if !known.tenants.contains(tenant) => known.tenants.push(tenant.clone()),
        Some(_) => {}
        None => shared.extend(Shared::of(finding, vec![tenant.clone()])),
    }
}
