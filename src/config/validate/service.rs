//! The parts that belong to the daemon as a whole: the ledger, the cap, stopping.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::config::raw::{Section, Words};
use crate::config::{TenantSettings, duration, keys};
use crate::ledger::settings::{Bounds, Kind, Settings as Ledger};
use crate::source::throttle::Rate;

/// How many dead letters of a tenant and sink may be kept.
const LETTERS: RangeInclusive<u32> = 1..=10_000_000;

/// How many bytes; fewer than a mebibyte would not hold one large alert.
const LETTER_BYTES: RangeInclusive<u32> = 1_048_576..=u32::MAX;

/// `shutdown_deadline` at the top or in `[defaults]`; our own default stands at the top.
pub(super) fn shutdown_deadline(top: &Section<'_>, defaults: Option<&Section<'_>>) -> Option<Duration> {
    const KEY: &str = "shutdown_deadline";
    if let Some(defaults) = defaults.filter(|defaults| defaults.has(KEY)) {
        if top.is_written(KEY) {
            defaults.refuse(KEY, "found at the top level as well, expected one of the two");
        }
        return defaults.duration(KEY, Duration::ZERO);
    }
    top.duration(KEY, Duration::ZERO)
}

pub(super) fn ledger(top: &Section<'_>) -> Option<Ledger> {
    let section = top.section("ledger", &keys::LEDGER)?;
    let path = section.text("path", "the path of a folder");
    let retention = section.duration("retention", Duration::from_secs(1));
    let letters = section.whole("max_dead_letters", LETTERS).map(u64::from);
    let bytes = section.whole("max_dead_letter_bytes", LETTER_BYTES).map(u64::from);
    let embedded = section.word("kind", Words { now: &[(true, "embedded"), (false, "memory")], later: &["kafka"] })?;
    let kind = if embedded { Kind::Embedded(path?.into()) } else { Kind::Memory };
    Some(Ledger { kind, retention: retention?, bounds: Bounds { letters: letters?, bytes: bytes? } })
}

/// What all feeds of all tenants together may ask.
pub(super) fn cap(top: &Section<'_>) -> Option<Vec<Rate>> {
    let section = top.section("limits", &keys::LIMITS)?;
    section.parsed("requests", Rate::EXPECTED, Rate::parse_list)
}

/// An ID must be remembered for as long as a pass may read it again.
pub(super) fn check_retention(top: &Section<'_>, ledger: Option<&Ledger>, tenants: &[TenantSettings]) {
    let Some(ledger) = ledger else { return };
    let needs = tenants.iter().flat_map(|tenant| {
        let reach = if tenant.sweep.every.is_zero() { Duration::ZERO } else { tenant.sweep.reach };
        [(tenant.overlap, "overlap", tenant), (reach, "sweep.reach", tenant)]
    });
    let Some((need, key, tenant)) = needs.max_by_key(|(need, _, _)| *need) else { return };
    if need > ledger.retention
        && let Some(section) = top.free_section("ledger", &keys::LEDGER)
    {
        let expected = format!("at least \"{}\", the {key} of tenant {}", duration::show(need), tenant.tenant.name);
        section.unexpected("retention", &expected);
    }
}
