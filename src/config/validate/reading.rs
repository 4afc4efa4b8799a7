//! What a tenant's feeds need of each other: a cloud that has them, a geo that has them, a filter that leaves something.

use std::sync::Arc;

use crate::alert::Kind;
use crate::config::raw::Section;
use crate::source::FeedKind;
use crate::source::cloud::Cloud;
use crate::source::geo::{GEOS, Geo as Place};
use crate::source::microsoft::Inside;

/// The one cloud of Microsoft whose Defender has hosts by geo.
const HAS_GEOS: &str = "global";

/// The geo that a tenant wrote (its inner `None` is `any`), and the one of the defaults.
#[derive(Debug, Clone, Copy)]
pub(super) struct Geo {
    pub own: Option<Option<Place>>,
    pub default: Option<Place>,
}

/// The tenant's cloud with the hosts of its geo; `None` when some feed cannot be had there, which has been told.
pub(super) fn cloud(section: &Section<'_>, cloud: Arc<Cloud>, geo: Geo, feeds: &[FeedKind]) -> Option<Arc<Cloud>> {
    let lacking: Vec<_> = feeds.iter().filter(|feed| cloud.endpoint(**feed).is_none()).collect();
    for feed in &lacking {
        let problem =
            format!("found {:?}, but cloud {:?} does not have it, expected a feed of that cloud", feed.as_str(), cloud.name);
        section.refuse("feeds", &problem);
    }
    if !lacking.is_empty() {
        return None;
    }
    let Some(place) = in_effect(section, &cloud, geo)? else { return Some(cloud) };
    let near = Arc::new(place.of(&cloud));
    let lost = feeds.iter().find(|feed| near.endpoint(**feed).is_none());
    if let Some(feed) = lost {
        let with = GEOS.iter().filter(|geo| geo.has_xdr).map(|geo| format!("{:?}", geo.name)).collect::<Vec<_>>().join(", ");
        let problem = format!("found {:?}, which has no host for {feed}, expected \"any\" or one of {with}", place.name);
        section.refuse("geo", &problem);
        return None;
    }
    Some(near)
}

/// The geo that counts. One of `[defaults]` is for those tenants that can have one; one that a tenant asks for itself must be there.
#[expect(clippy::option_option, reason = "the outer `None` is a mistake that was told, the inner one is no geo at all")]
fn in_effect(section: &Section<'_>, cloud: &Cloud, geo: Geo) -> Option<Option<Place>> {
    if cloud.name == HAS_GEOS {
        return Some(geo.own.unwrap_or(geo.default));
    }
    if let Some(place) = geo.own.flatten() {
        let problem = format!(
            "found {:?}, but cloud {:?} has no hosts by geo, expected \"any\": only {HAS_GEOS:?} has them",
            place.name, cloud.name
        );
        section.refuse("geo", &problem);
        return None;
    }
    Some(None)
}

/// A filter that asks for incidents only, of feeds that have none, would forward nothing for ever.
pub(super) fn check_kinds(section: &Section<'_>, kinds: &[Kind], feeds: &[FeedKind]) {
    let has_incidents = |feed: &FeedKind| !matches!(feed.dialect().inside, Inside::Nothing);
    if kinds == [Kind::Incident] && !feeds.is_empty() && !feeds.iter().any(has_incidents) {
        section.refuse(
            "filter",
            "found kinds = [\"incident\"], but none of its feeds has incidents, expected one that has, or \"alert\"",
        );
    }
}
