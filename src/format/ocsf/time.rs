//! `time`: the one moment that every event must name.

use super::metadata::readable;
use super::moment::{DateTime, Millis, moment};
use crate::alert::Stamp;
use crate::format::{Activity, Context, Note};

/// The creation on Create, else the last update; failing these, whichever the record has, and at last the time at which we
/// collected it. `name` is what the vendor calls the creation.
pub fn time_of(
    (created, updated): (Option<&Stamp<'_>>, Option<&Stamp<'_>>),
    context: &Context<'_>,
    name: &str,
    notes: &mut Vec<Note>,
) -> (Millis, Option<DateTime>) {
    let (created, updated) = (readable(created), readable(updated));
    let at = match context.activity {
        Activity::Create => created.or(updated),
        Activity::Update | Activity::Close => updated.or(created),
    };
    if at.is_none() {
        notes.push(Note::new(name, "time".to_owned(), "the record has no time; this is when it was collected"));
    }
    match at.or(Some(context.collected)).and_then(moment) {
        Some((millis, date_time)) => (millis, Some(date_time)),
        None => (Millis::default(), None),
    }
}
