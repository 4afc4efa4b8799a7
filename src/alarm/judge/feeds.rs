//! Feeds that cannot be read, make no progress, lie behind or have fallen silent: the gravest of these is told.

use std::time::Duration;

use super::sinks::Ways;
use super::{advice, ago, signed, words};
use crate::alarm::silence::Silence;
use crate::alarm::snapshot::{Cause, Feed, Route, Snapshot};
use crate::alarm::{Alarm, Kind, Subject};
use crate::pipeline::state::FeedState;

/// A feed may miss so many looks before it is called late, however short the bounds are.
const LOOKS: u32 = 3;

/// A route that has just been made, or whose sink has just come back, gets this long to catch up before it is called behind.
const GRACE: Duration = Duration::from_mins(10);

pub(super) fn judge(snapshot: &Snapshot, ways: &Ways<'_>, alarms: &mut Vec<Alarm>) {
    for feed in &snapshot.feeds {
        if let Some(alarm) = unread(feed, ways, snapshot) {
            alarms.push(alarm);
            continue;
        }
        if let Some(silence) = &feed.silence {
            alarms.push(silent(feed, silence, snapshot));
        }
        if snapshot.ledger.is_none() {
            let open = feed.routes.iter().filter(|route| !ways.is_down(&route.sink) && !ways.is_refused(feed, &route.sink));
            alarms.extend(open.filter_map(|route| behind(feed, route, ways, snapshot)));
        }
    }
}

/// Why the feed as a whole does not get on.
fn unread(feed: &Feed, ways: &Ways<'_>, snapshot: &Snapshot) -> Option<Alarm> {
    let why = feed.error.as_ref().map(|cause| format!(": {}", cause.message)).unwrap_or_default();
    let (tenant, kind) = (&feed.tenant, feed.feed);
    let told = |kind, since, message, otherwise: &str| {
        Some(Alarm { subject: about(feed, kind), since, message, advice: advised(feed.error.as_ref(), otherwise) })
    };
    match feed.state {
        FeedState::NeedsConsent => {
            let message = format!("{kind} of {tenant} cannot be read until somebody at the customer's acts{why}");
            told(Kind::NeedsConsent, feed.since, message, "ask the customer's administrator for consent")
        }
        FeedState::Broken => {
            let message = format!("{kind} of {tenant} cannot be read until our configuration or credential is mended{why}");
            told(Kind::Broken, feed.since, message, "check the app's credential and the tenant's entry in the configuration")
        }
        FeedState::Stalled => {
            let message = format!("{kind} of {tenant} cannot be read completely{why}");
            told(Kind::Stalled, feed.since, message, "look the missing alerts up in the portal")
        }
        FeedState::Ok | FeedState::Throttled | FeedState::Degraded | FeedState::Silent => {
            let bound = feed.limits.stalled_after.max(LOOKS * feed.interval);
            // Nothing is read for sinks that take nothing: they have alarms of their own.
            let open = |route: &&Route| !ways.is_down(&route.sink) && !ways.is_refused(feed, &route.sink);
            let waited = feed.routes.iter().filter(open).map(|route| ways.back(&route.sink)).max()?.min(feed.unmoved);
            if waited < bound || snapshot.ledger.is_some() {
                return None;
            }
            let how = match feed.state {
                FeedState::Throttled => "; the API asks us to wait",
                FeedState::Degraded => "; the API or the way to it fails",
                _ => "",
            };
            let message = format!("{kind} of {tenant} has not come any further for {}{how}{why}", words(signed(waited)));
            let otherwise = "see the log for this tenant; `alertferry check --live` asks the API by itself";
            told(Kind::Stalled, ago(snapshot.now, waited), message, otherwise)
        }
    }
}

fn silent(feed: &Feed, silence: &Silence, snapshot: &Snapshot) -> Alarm {
    let (tenant, kind) = (&feed.tenant, feed.feed);
    let usual = silence.usual.map_or_else(String::new, |usual| {
        format!("; usual is about one in {}, and the longest pause was {}", words(usual.every), words(usual.longest))
    });
    let lasting = words(snapshot.now.duration_since(silence.since));
    Alarm {
        subject: about(feed, Kind::Silent),
        since: silence.since,
        message: format!("{kind} of {tenant} answers and has shown nothing new for {lasting}{usual}"),
        advice:
            "ask the customer whether sensors, licences or connectors were turned off; set alarms.silent_after of the tenant \
                 where this is as it should be"
                .to_owned(),
    }
}

fn behind(feed: &Feed, route: &Route, ways: &Ways<'_>, snapshot: &Snapshot) -> Option<Alarm> {
    let bound = feed.limits.behind_after.max(LOOKS * feed.interval);
    let behind = route.behind.filter(|behind| *behind > bound)?;
    if route.age.min(ways.back(&route.sink)) < bound.min(GRACE) {
        return None;
    }
    let (tenant, kind, sink) = (&feed.tenant, feed.feed, &route.sink);
    Some(Alarm {
        subject: Subject { sink: Some(sink.clone()), ..about(feed, Kind::Behind) },
        since: ago(snapshot.now, behind),
        message: format!("{kind} of {tenant} towards {sink} is complete only up to {} ago", words(signed(behind))),
        advice: "it catches up by itself; where it does not get closer, raise the tenant's budget or page_size, or look why the \
                 sink is slow"
            .to_owned(),
    })
}

fn about(feed: &Feed, kind: Kind) -> Subject {
    Subject { tenant: Some(feed.tenant.clone()), feed: Some(feed.feed), ..Subject::of(kind) }
}

fn advised(cause: Option<&Cause>, otherwise: &str) -> String {
    cause.map_or_else(|| otherwise.to_owned(), |cause| advice(cause, otherwise))
}
