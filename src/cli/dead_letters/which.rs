//! Which dead letters are taken up again or thrown away, as somebody types it.

use jiff::Timestamp;

use crate::cli::errand::moment;
use crate::control::wire;

/// Those that meet every condition given.
#[derive(Debug, Clone, clap::Args)]
pub struct Which {
    /// Only those of this tenant: our name for it, or its Entra tenant ID.
    #[arg(long, value_name = "NAME|ID")]
    tenant: Option<String>,
    /// Only those that this sink should have had.
    #[arg(long, value_name = "NAME")]
    sink: Option<String>,
    /// Only those that came through this feed.
    #[arg(long, value_name = "FEED")]
    feed: Option<String>,
    /// Only those whose reason has this in it, in whatever case.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Only those kept aside then or later: 2026-11-01T06:00:00Z, or 2026-11-01 for midnight in UTC.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<Timestamp>,
    /// Only those kept aside then or earlier.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<Timestamp>,
    /// Only this alert, by the ID that `list` prints.
    #[arg(value_name = "ID")]
    alert_id: Option<String>,
}

impl From<Which> for wire::Which {
    fn from(which: Which) -> Self {
        let Which { tenant, sink, feed, reason, since, until, alert_id } = which;
        Self { tenant, sink, feed, alert_id, reason, since, until }
    }
}
