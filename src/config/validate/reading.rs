//! What a tenant's feeds need of each other: a cloud that has them, a geo that has them, a filter that leaves something.

use std::sync::Arc;

use super::Told;
use crate::alert::Kind;
use crate::config::raw::Section;
use crate::source::FeedKind;
use crate::source::cloud::Cloud;
use crate::source::geo::{GEOS, Geo};
use crate::source::microsoft::Inside;

/// The one cloud of Microsoft whose Defender has hosts by geo.
const HAS_GEOS: &str = "global";

/// Whose Defender hosts are asked.
#[derive(Debug, Clone, Copy)]
pub(super) enum Near {
    /// Whichever is nearest: hosts without a geo.
    Any,
    Geo(Geo),
}

/// The tenant's cloud with the hosts of its geo; `None` when some feed cannot be had there, which has been told. A geo of `[defaults]`
/// is for those tenants that can have one; one that a tenant asks for itself must be there.
pub(super) fn cloud(
    section: &Section<'_>,
    cloud: Arc<Cloud>,
    (own, default): (Option<Near>, Option<Near>),
    feeds: &[FeedKind],
) -> Option<Arc<Cloud>> {
    let lacking: Vec<_> = feeds.iter().filter(|feed| cloud.endpoint(**feed).is_none()).collect();
    for feed in &lacking {
        let problem =
            format!("found {:?}, but cloud {:?} does not have it, expected a feed of that cloud", feed.as_str(), cloud.name);
        section.refuse("feeds", &problem);
    }
    if !lacking.is_empty() {
        return None;
    }
    match (cloud.name.as_str(), own, own.or(default)) {
        (HAS_GEOS, _, Some(Near::Geo(geo))) => in_geo(section, &cloud, geo, feeds),
        (HAS_GEOS, _, _) | (_, None | Some(Near::Any), _) => Some(cloud),
        (name, Some(Near::Geo(geo)), _) => {
            let found = format!("found {:?}, but cloud {name:?} has no hosts by geo", geo.name);
            section.refuse("geo", &format!("{found}, expected \"any\": only {HAS_GEOS:?} has them"));
            None
        }
    }
}

fn in_geo(section: &Section<'_>, cloud: &Cloud, geo: Geo, feeds: &[FeedKind]) -> Option<Arc<Cloud>> {
    let near = geo.of(cloud);
    let Some(lost) = feeds.iter().find(|feed| near.endpoint(**feed).is_none()) else { return Some(Arc::new(near)) };
    let with = GEOS.iter().filter(|geo| geo.has_xdr).map(|geo| format!("{:?}", geo.name)).collect::<Vec<_>>().join(", ");
    let problem = format!("found {:?}, which has no host for {lost}, expected \"any\" or one of {with}", geo.name);
    section.refuse("geo", &problem);
    None
}

/// A filter that asks for incidents only, of feeds that have none, would forward nothing for ever.
pub(super) fn check_kinds(section: &Section<'_>, kinds: &[Kind], feeds: &[FeedKind]) -> Result<(), Told> {
    if kinds != [Kind::Incident] || feeds.is_empty() || feeds.iter().copied().any(has_incidents) {
        return Ok(());
    }
    section.refuse(
        "filter",
        "found kinds = [\"incident\"], but none of its feeds has incidents, expected one that has, or \"alert\"",
    );
    Err(Told)
}

pub(super) fn has_incidents(feed: FeedKind) -> bool {
    !matches!(feed.dialect().inside, Inside::Nothing)
}
