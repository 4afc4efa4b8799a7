//! Whom somebody means by the words of an errand.

use crate::config::{Settings, TenantSettings};
use crate::control::wire::{End, Which};
use crate::ledger::KeptFilter;
use crate::source::FeedKind;
use crate::tenant::{SinkName, TenantId};

/// A configured tenant, by our name for it or its Entra tenant ID.
pub(super) fn tenant<'a>(settings: &'a Settings, word: &str) -> Result<&'a TenantSettings, End> {
    let means = |one: &&TenantSettings| one.tenant.name.as_str() == word || one.tenant.id.as_str().eq_ignore_ascii_case(word);
    settings.tenants.iter().find(means).ok_or_else(|| {
        End::refused(format!("no tenant has the name or ID {word:?}; `alertferry tenants list` shows those that are configured"))
    })
}

/// A sink that the tenant's alerts go to.
pub(super) fn sink(tenant: &TenantSettings, word: &str) -> Result<SinkName, End> {
    tenant.sinks.iter().find(|sink| sink.as_str() == word).cloned().ok_or_else(|| {
        let sinks = joined(tenant.sinks.iter().map(SinkName::as_str));
        End::refused(format!("tenant {} does not send to a sink {word:?}, but to {sinks}", tenant.tenant.name))
    })
}

/// A feed of the tenant, or all of them.
pub(super) fn feeds(tenant: &TenantSettings, word: Option<&str>) -> Result<Vec<FeedKind>, End> {
    let Some(word) = word else {
        let mut feeds = tenant.feeds.clone();
        feeds.sort_unstable();
        feeds.dedup();
        return Ok(feeds);
    };
    tenant.feeds.iter().find(|feed| feed.as_str() == word).map(|feed| vec![*feed]).ok_or_else(|| {
        let feeds = joined(tenant.feeds.iter().map(|feed| feed.as_str()));
        End::refused(format!("tenant {} is not read through a feed {word:?}, but through {feeds}", tenant.tenant.name))
    })
}

/// The dead letters that are meant. Their tenant may be configured no longer, and then goes by its ID; so may their sink.
pub(super) fn letters(settings: &Settings, which: &Which) -> Result<KeptFilter, End> {
    let tenant = match &which.tenant {
        None => None,
        Some(word) => Some(match uuid::Uuid::parse_str(word) {
            Ok(id) => TenantId::from(id.to_string()),
            Err(_) => tenant(settings, word)?.tenant.id.clone(),
        }),
    };
    let feed = which.feed.as_ref().map(|word| {
        word.parse::<FeedKind>().map_err(|()| {
            End::refused(format!("there is no feed {word:?}, but {}", joined(FeedKind::ALL.iter().map(|(_, name)| *name))))
        })
    });
    Ok(KeptFilter {
        tenant,
        sink: which.sink.as_deref().map(KeptFilter::sink),
        feed: feed.transpose()?,
        alert_id: which.alert_id.clone(),
        reason: which.reason.clone(),
        since: which.since,
        until: which.until,
        numbers: which.numbers.clone(),
        ..KeptFilter::default()
    })
}

fn joined<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}
