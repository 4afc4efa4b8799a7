//! `filter`: which alerts go where, as a sink, a tenant or a route says it.

use config::ValueKind;

use crate::alert::{Kind, Severity, Status};
use crate::config::found::quoted;
use crate::config::raw::{Section, Words};
use crate::config::{keys, suggest};
use crate::pipeline::filter::{Filter, Marks, Patterns};
use crate::source::microsoft::graph_alerts::SERVICES;

const TITLES: &str = "a list of regular expressions, such as [\"(?i)phish\"]";

/// Ours, in the form in which they are told; `inProgress` and the like are read as well.
const STATUSES: [(Status, &str); 5] = [
    (Status::New, "new"),
    (Status::InProgress, "in-progress"),
    (Status::OnHold, "on-hold"),
    (Status::Resolved, "resolved"),
    (Status::Redirected, "redirected"),
];

/// What one table says. `None` where it does not, or says something that was noted as a mistake.
#[derive(Debug, Clone, Default)]
pub(super) struct Written {
    min_severity: Option<Severity>,
    kinds: Option<Vec<Kind>>,
    wanted: Named,
    excluded: Named,
}

/// What both the filter and its `exclude` name.
#[derive(Debug, Clone, Default)]
struct Named {
    services: Option<Vec<String>>,
    statuses: Option<Vec<Status>>,
    categories: Option<Vec<String>>,
    titles: Option<Patterns>,
}

impl Written {
    /// The table `filter` below `section`.
    pub fn read(section: &Section<'_>) -> Self {
        let Some(filter) = section.section("filter", &keys::FILTER) else { return Self::default() };
        let exclude = filter.section("exclude", &keys::EXCLUDE);
        Self {
            min_severity: min_severity(&filter),
            kinds: kinds(&filter),
            wanted: Named::read(&filter),
            excluded: exclude.as_ref().map(Named::read).unwrap_or_default(),
        }
    }

    /// This table's word where it has one, else that of the defaults, key by key.
    pub fn or(&self, defaults: &Self) -> Self {
        Self {
            min_severity: self.min_severity.or(defaults.min_severity),
            kinds: self.kinds.as_ref().or(defaults.kinds.as_ref()).cloned(),
            wanted: self.wanted.or(&defaults.wanted),
            excluded: self.excluded.or(&defaults.excluded),
        }
    }

    /// Empty: both.
    pub fn kinds(&self) -> &[Kind] {
        self.kinds.as_deref().unwrap_or_default()
    }

    pub fn finished(self) -> Filter {
        Filter {
            min_severity: self.min_severity,
            kinds: self.kinds.unwrap_or_default(),
            wanted: self.wanted.finished(),
            excluded: self.excluded.finished(),
        }
    }
}

impl Named {
    fn read(table: &Section<'_>) -> Self {
        Self { services: services(table), statuses: statuses(table), categories: categories(table), titles: titles(table) }
    }

    fn or(&self, defaults: &Self) -> Self {
        Self {
            services: self.services.as_ref().or(defaults.services.as_ref()).cloned(),
            statuses: self.statuses.as_ref().or(defaults.statuses.as_ref()).cloned(),
            categories: self.categories.as_ref().or(defaults.categories.as_ref()).cloned(),
            titles: self.titles.as_ref().or(defaults.titles.as_ref()).cloned(),
        }
    }

    fn finished(self) -> Marks {
        Marks {
            services: self.services.unwrap_or_default(),
            statuses: self.statuses.unwrap_or_default(),
            categories: self.categories.unwrap_or_default(),
            titles: self.titles.unwrap_or_default(),
        }
    }
}

fn min_severity(filter: &Section<'_>) -> Option<Severity> {
    const WORDS: [Severity; 5] = [Severity::Informational, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
    filter.word("min_severity", Words { now: &WORDS.map(|severity| (severity, severity.as_str())), later: &[] })
}

fn kinds(filter: &Section<'_>) -> Option<Vec<Kind>> {
    let kinds = filter.at_least_one("kinds", "a list of kinds, such as [\"alert\", \"incident\"]")?;
    let words = Words { now: &Kind::ALL, later: &[] };
    Some(kinds.into_iter().filter_map(|kind| filter.pick("kinds", kind, words)).collect())
}

fn services(table: &Section<'_>) -> Option<Vec<String>> {
    let services = table.list("services", "a list of services, such as [\"microsoftDefenderForEndpoint\"]")?;
    for service in services.iter().filter(|service| !SERVICES.iter().any(|known| known.eq_ignore_ascii_case(service))) {
        let hint = suggest::nearest(service, SERVICES.iter().copied())
            .map(|near| format!(" — did you mean {near:?}?"))
            .unwrap_or_default();
        table.warn("services", &format!("{} is no service that this version has heard of{hint}", quoted(service)));
    }
    Some(services.into_iter().map(str::to_owned).collect())
}

fn statuses(table: &Section<'_>) -> Option<Vec<Status>> {
    let written = table.at_least_one("statuses", "a list of statuses, such as [\"new\", \"in-progress\"]")?;
    let folded = |word: &str| word.replace(['-', '_', ' '], "").to_ascii_lowercase();
    let one = |word: &str| {
        let status = STATUSES.iter().find(|(_, known)| folded(known) == folded(word)).map(|(status, _)| *status);
        if status.is_none() {
            table.refuse_word("statuses", word, STATUSES.iter().map(|(_, word)| *word), &[]);
        }
        status
    };
    Some(written.into_iter().filter_map(one).collect())
}

fn categories(table: &Section<'_>) -> Option<Vec<String>> {
    let categories = table.at_least_one("categories", "a list of categories, such as [\"CredentialAccess\"]")?;
    Some(categories.into_iter().map(str::to_owned).collect())
}

/// A text is one expression, whatever commas it holds.
fn titles(table: &Section<'_>) -> Option<Patterns> {
    const KEY: &str = "titles";
    let written = match &table.value(KEY)?.kind {
        ValueKind::String(text) if !text.is_empty() => vec![text.as_str()],
        ValueKind::Array(list) if !list.is_empty() => list
            .iter()
            .map(|item| match &item.kind {
                ValueKind::String(text) if !text.is_empty() => Some(text.as_str()),
                _ => None,
            })
            .collect::<Option<Vec<_>>>()
            .or_else(|| {
                table.unexpected(KEY, TITLES);
                None
            })?,
        _ => {
            table.unexpected(KEY, TITLES);
            return None;
        }
    };
    match Patterns::new(&written) {
        Ok(patterns) => Some(patterns),
        Err((pattern, problem)) => {
            // the crate draws the place over several lines; its last one says what is wrong
            let problem = problem.lines().last().unwrap_or_default().trim_start_matches("error: ");
            table.refuse(KEY, &format!("found {}, expected a regular expression: {problem}", quoted(&pattern)));
            None
        }
    }
}
