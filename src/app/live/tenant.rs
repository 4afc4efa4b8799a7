//! One tenant: signs in as the daemon would, looks at the token, and reads the first row of each feed.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::Client;
use tokio::time::timeout;

use super::finding::{Check, Finding, Outcome};
use super::hosts::Hosts;
use super::judge;
use crate::app::parts;
use crate::clock;
use crate::config::TenantSettings;
use crate::source::cloud::Resource;
use crate::source::entra::{Claims, SignIn, SignInError, Tokens, consent_url};
use crate::source::http::Api;
use crate::source::microsoft::{Asking, Reader};
use crate::source::throttle::Budget;
use crate::source::{FeedKind, FetchError, Source as _, Trouble, Window};
use crate::telemetry::Metrics;

/// What all tenants share.
#[derive(Debug)]
pub(super) struct Desk {
    pub client: Client,
    pub tokens: Arc<Tokens>,
    pub cap: Arc<Budget>,
    pub metrics: Arc<Metrics>,
    pub hosts: Hosts,
    /// For each step that asks a far side.
    pub limit: Duration,
}

/// Looks at everything that can still be looked at.
pub(super) async fn check(desk: &Desk, one: &TenantSettings) -> Vec<Finding> {
    if let Some(unreachable) = desk.hosts.trouble(&one.cloud.login) {
        return vec![unreachable.of(&one.feeds)];
    }
    let mut findings = Vec::new();
    for resource in [Resource::Graph, Resource::Mde, Resource::Xdr, Resource::Arm] {
        let feeds: Vec<FeedKind> = one.feeds.iter().copied().filter(|feed| feed.dialect().resource == resource).collect();
        let Some(endpoint) = one.cloud.resource(resource).filter(|_| !feeds.is_empty()) else { continue };
        let home = one.app.home_tenant.as_ref().filter(|_| resource == Resource::Arm);
        let sign_in = SignIn {
            cloud: Arc::clone(&one.cloud),
            tenant: home.unwrap_or(&one.tenant.id).clone(),
            app: Arc::clone(&one.app),
            scope: endpoint.scope.clone(),
        };
        let token = match timeout(desk.limit, desk.tokens.token(&sign_in)).await {
            Ok(Ok(token)) => token,
            Ok(Err(error)) => {
                add(&mut findings, refused(one, &error).of(&feeds));
                continue;
            }
            Err(_) => {
                findings.push(late(Check::SignIn, "the sign-in", desk.limit).of(&feeds));
                continue;
            }
        };
        findings.push(Finding::new(Check::SignIn, Outcome::Ok, format!("signed in for {}", sign_in.scope)).of(&feeds));
        let claims = token.claims();
        findings.push(judge::token(claims.as_ref(), &sign_in.tenant, &sign_in.scope, resource).of(&feeds));
        if let Some(unreachable) = desk.hosts.trouble(&endpoint.host) {
            findings.push(unreachable.of(&feeds));
            continue;
        }
        for feed in feeds {
            findings.extend(feed_findings(desk, one, feed, claims.as_ref()).await);
        }
    }
    merge_clocks(&mut findings);
    findings
}

fn refused(one: &TenantSettings, error: &SignInError) -> Finding {
    let number = error.number.map(|number| format!(" (AADSTS{number})")).unwrap_or_default();
    let shared = error.whole_app.then(|| format!("app {}{number}", one.app.name));
    Finding { shared, ..Finding::trouble(Check::SignIn, &error.error) }
}

/// A sign-in that fails alike for several resources is told once; the words differ by no more than Entra's trace IDs.
fn add(findings: &mut Vec<Finding>, finding: Finding) {
    let words = |finding: &Finding| finding.message.split(" [trace").next().unwrap_or_default().to_owned();
    match findings.iter_mut().find(|known| known.advice == finding.advice && words(known) == words(&finding)) {
        Some(known) => known.feeds.extend(finding.feeds),
        None => findings.push(finding),
    }
}

async fn feed_findings(desk: &Desk, one: &TenantSettings, feed: FeedKind, claims: Option<&Claims>) -> Vec<Finding> {
    let consent = consent_url(&one.cloud.login, &one.tenant.id, &one.app.client_id);
    let mut permission = judge::permission(claims, feed, consent.as_str());
    let mut findings = Vec::new();
    for path in parts::paths(one, feed) {
        match read(desk, one, feed, &path).await {
            Ok(ahead) => {
                // Whoever may read has the permission, whatever it is called today.
                if let Some(permission) = permission.as_mut().filter(|permission| permission.outcome == Outcome::Failed) {
                    permission.outcome = Outcome::Warning;
                    permission.message += "; the feed can be read nevertheless";
                }
                findings.push(Finding::new(Check::Feed, Outcome::Ok, format!("read {path}")).of(&[feed]));
                findings.push(judge::clock(ahead));
            }
            Err(error) => {
                let for_want_of_it = permission.as_ref().is_some_and(|permission| permission.outcome == Outcome::Failed);
                findings.push(match error.trouble {
                    Trouble::NeedsConsent if for_want_of_it => {
                        Finding::new(Check::Feed, Outcome::Unknown, "refused for want of the permission").of(&[feed])
                    }
                    _ => Finding::trouble(Check::Feed, &error).of(&[feed]),
                });
            }
        }
    }
    permission.into_iter().chain(findings).collect()
}

/// Reads the first row as the daemon would, and says how far the server's clock is ahead of ours.
async fn read(desk: &Desk, one: &TenantSettings, feed: FeedKind, path: &str) -> Result<SignedDuration, FetchError> {
    let budget = Budget::new(one.budget.get(&feed).map(Vec::as_slice).unwrap_or_default());
    let shared = (&desk.client, &desk.tokens, &desk.cap);
    let parts = parts::api_parts(one, feed, &budget, shared, &desk.metrics);
    let parts = parts.map_err(|error| FetchError { trouble: Trouble::Broken, message: error.to_string(), advice: None })?;
    let reader = Reader::new(Api::new(parts), feed.dialect(), one.tenant.name.clone(), 1, vec![path.to_owned()]);
    let now = clock::now();
    let from = match feed.dialect().asking {
        Asking::Window { .. } => now.checked_sub(one.lookback).unwrap_or(Timestamp::UNIX_EPOCH),
        // Whatever comes first will do; the list is not asked for anything anyway.
        Asking::Everything => Timestamp::UNIX_EPOCH,
    };
    let mut pages = reader.open(Window { from, to: now });
    let Ok(page) = timeout(desk.limit, pages.next()).await else {
        let message = format!("{feed} at {path} did not answer within {} s", desk.limit.as_secs_f32());
        return Err(FetchError { trouble: Trouble::Passing, message, advice: None });
    };
    page?;
    drop(pages);
    Ok(reader.now().duration_since(clock::now()))
}

fn late(check: Check, what: &str, limit: Duration) -> Finding {
    let message = format!("{what} did not answer within {} s", limit.as_secs_f32());
    Finding::trouble(check, &FetchError { trouble: Trouble::Passing, message, advice: None })
}

/// One clock is enough of a tenant's: the worst.
fn merge_clocks(findings: &mut Vec<Finding>) {
    let (mut clocks, rest): (Vec<_>, Vec<_>) = findings.drain(..).partition(|finding| finding.check == Check::Clock);
    *findings = rest;
    clocks.sort_by_key(|clock| clock.outcome);
    findings.extend(clocks.pop());
}
