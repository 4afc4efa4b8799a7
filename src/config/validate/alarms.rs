//! `[alarms]`, and what a tenant has otherwise.

use std::time::Duration;

use crate::alarm::settings::{Limits, Settings, SilentAfter};
use crate::config::raw::Section;
use crate::config::{duration, keys};

const SECOND: Duration = Duration::from_secs(1);
const SILENT: &str = "\"usual\", \"never\" or a duration, such as \"2d\"";

/// Those of our own where the table cannot be read; that has been told.
pub(super) fn read(top: &Section<'_>) -> Option<Settings> {
    let section = top.section("alarms", &keys::ALARMS)?;
    let every = section.duration("every", Duration::from_millis(100));
    let clear_after = section.duration("clear_after", Duration::ZERO);
    let sink_down_after = section.duration("sink_down_after", Duration::ZERO);
    let sink_refusing_after = section.duration("sink_refusing_after", SECOND);
    let credential_before = section.duration("credential_before", Duration::ZERO);
    let dead_letters = section.whole("dead_letters", 0..=u32::MAX);
    let limits = written(&section);
    Some(Settings {
        every: every?,
        clear_after: clear_after?,
        sink_down_after: sink_down_after?,
        sink_refusing_after: sink_refusing_after?,
        credential_before: credential_before?,
        dead_letters: dead_letters?.into(),
        limits: Limits { stalled_after: limits.0?, behind_after: limits.1?, silent_after: limits.2? },
    })
}

/// What a tenant says of its own alarms, and what holds where it does not.
pub(super) fn of_tenant(section: &Section<'_>, all: Option<&Settings>) -> Option<Limits> {
    let own = section.section("alarms", &keys::TENANT_ALARMS);
    let (stalled, behind, silent) = own.as_ref().map(written).unwrap_or_default();
    let limits = all?.limits;
    Some(Limits {
        stalled_after: stalled.unwrap_or(limits.stalled_after),
        behind_after: behind.unwrap_or(limits.behind_after),
        silent_after: silent.unwrap_or(limits.silent_after),
    })
}

fn written(section: &Section<'_>) -> (Option<Duration>, Option<Duration>, Option<SilentAfter>) {
    let silent = section.parsed("silent_after", SILENT, |text| SilentAfter::read(text, duration::parse));
    (section.duration("stalled_after", SECOND), section.duration("behind_after", SECOND), silent)
}
