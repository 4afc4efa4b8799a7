//! A made-up server with every habit that was met in the field.

use jiff::Timestamp;

use crate::source::paging::{Ask, Condition, Slicing, Via};

pub(super) const SLICING: Slicing = &[("severity", &["low", "high"]), ("status", &["new", "resolved"])];

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Sorted {
    Ascending,
    NewestFirst,
    /// The row that was created last first; `created` says when.
    NewestCreatedFirst,
    Not,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Links {
    Never,
    WhenMore,
    Always,
    Looping,
    Failing,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Skip {
    Works,
    Ignored,
    RefusedAbove(u32),
}

/// A row: its ID, its tick (100 ns) and the words it can be told apart by.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Alert {
    pub(super) id: String,
    pub(super) tick: i64,
    /// The tick of its creation.
    pub(super) created: i64,
    pub(super) words: [&'static str; 2],
}

#[derive(Debug, Clone)]
pub(super) struct Server {
    pub(super) alerts: Vec<Alert>,
    pub(super) sorted: Sorted,
    /// It is asked for ascending order, whatever it does then.
    pub(super) asked: bool,
    pub(super) links: Links,
    pub(super) skip: Skip,
    /// No answer holds more rows than this, whatever `$top` says, and nothing tells.
    pub(super) cut: usize,
    pub(super) ignores_filter: bool,
    /// The first row of a page stands in it twice.
    pub(super) duplicates: bool,
    /// Before this request, the row at this index gets a last update beyond the window.
    pub(super) moves: Vec<(usize, usize)>,
    pub(super) requests: usize,
}

impl Server {
    pub(super) fn new(ticks: &[i64]) -> Self {
        let words = [["low", "new"], ["high", "new"], ["low", "resolved"], ["high", "resolved"], ["odd", "new"]];
        let alerts = ticks.iter().enumerate().map(|(i, tick)| Alert {
            id: format!("a{i}"),
            tick: *tick,
            created: *tick,
            words: words[i % 5],
        });
        Self {
            alerts: alerts.collect(),
            sorted: Sorted::Ascending,
            asked: true,
            links: Links::Never,
            skip: Skip::Works,
            cut: usize::MAX,
            ignores_filter: false,
            duplicates: false,
            moves: Vec::new(),
            requests: 0,
        }
    }

    pub(super) fn answer(&mut self, ask: &Ask) -> Result<(Vec<Alert>, Option<String>), ()> {
        self.requests += 1;
        for (_, index) in self.moves.iter().filter(|(before, _)| *before == self.requests) {
            self.alerts[*index].tick = 10_000_000;
        }
        let (from, to, offset, slice) = match &ask.via {
            Via::Link(_) if self.links == Links::Failing => return Err(()),
            Via::Link(link) => {
                let parts: Vec<i64> = link.split('/').map(|part| part.parse().unwrap()).collect();
                (parts[0], parts[1], usize::try_from(parts[2]).unwrap(), Vec::new())
            }
            Via::Skip(n) => {
                match self.skip {
                    Skip::RefusedAbove(most) if *n > most => return Err(()),
                    _ => {}
                }
                let offset = if self.skip == Skip::Ignored { 0 } else { *n as usize };
                (tick(ask.from), tick(ask.to), offset, ask.slice.clone())
            }
            Via::Time => (tick(ask.from), tick(ask.to), 0, ask.slice.clone()),
        };
        let mut rows: Vec<Alert> = self
            .alerts
            .iter()
            .filter(|alert| self.ignores_filter || (alert.tick >= from && alert.tick <= to))
            .filter(|alert| slice.iter().all(|condition| holds(condition, alert)))
            .cloned()
            .collect();
        match self.sorted {
            Sorted::Ascending => rows.sort_by_key(|alert| alert.tick),
            Sorted::NewestFirst => rows.sort_by_key(|alert| -alert.tick),
            Sorted::NewestCreatedFirst => rows.sort_by_key(|alert| -alert.created),
            Sorted::Not => rows.sort_by_key(|alert| alert.id.bytes().map(u64::from).product::<u64>() % 31),
        }
        let total = rows.len();
        let most = self.cut.min(ask.top as usize);
        let most = if self.duplicates && most > 1 { most - 1 } else { most };
        let mut page: Vec<Alert> = rows.into_iter().skip(offset).take(most).collect();
        let next = offset + page.len();
        if let Some(first) = page.first().filter(|_| self.duplicates).cloned() {
            page.insert(0, first);
        }
        let link = match self.links {
            Links::Never => None,
            Links::Looping => Some(format!("{from}/{to}/0")),
            Links::Always => Some(format!("{from}/{to}/{next}")),
            Links::WhenMore | Links::Failing => (next < total).then(|| format!("{from}/{to}/{next}")),
        };
        Ok((page, link))
    }
}

pub(super) fn holds(condition: &Condition, alert: &Alert) -> bool {
    let word = |field: &str| alert.words[usize::from(field == "status")];
    match condition {
        Condition::Is(field, wanted) => word(field) == *wanted,
        Condition::NoneOf(field, words) => !words.contains(&word(field)),
    }
}

pub(super) fn at(tick: i64) -> Timestamp {
    Timestamp::from_nanosecond(1_772_000_000_000_000_000 + i128::from(tick) * 100).unwrap()
}

pub(super) fn tick(at: Timestamp) -> i64 {
    i64::try_from((at.as_nanosecond() - 1_772_000_000_000_000_000) / 100).unwrap()
}
