//! Moments as ECS writes them.

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::alert::Stamp;
use crate::alert::members::can_have_happened;

/// RFC 3339 in UTC with all the digits that the vendor gave; Elasticsearch reads up to nine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(pub Timestamp);

impl Moment {
    /// `None` for a stamp that cannot be read, and for one at which nothing can have happened.
    pub fn of(stamp: Option<&Stamp<'_>>) -> Option<Self> {
        stamp.and_then(|stamp| stamp.at).filter(|at| can_have_happened(*at)).map(Self)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
