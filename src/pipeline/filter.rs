//! Which alerts a route takes.
//!
//! What a record does not say decides nothing: a filter that wants something lets it pass, one that excludes something does not
//! hit it. Dropping what we cannot judge would be a silent loss.

use std::sync::Arc;

use regex::RegexSet;

use crate::alert::{Finding, Header, Kind, Severity, Status};

/// What one table of the configuration lets pass.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    pub min_severity: Option<Severity>,
    /// Empty: all.
    pub kinds: Vec<Kind>,
    /// Each empty list: all.
    pub wanted: Marks,
    /// Each empty list: none.
    pub excluded: Marks,
}

/// By what else than its severity and kind a record is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    pub services: Vec<String>,
    pub statuses: Vec<Status>,
    pub categories: Vec<String>,
    pub titles: Patterns,
}

/// Regular expressions, any of which may match.
#[derive(Debug, Clone, Default)]
pub struct Patterns(RegexSet);

impl Patterns {
    /// # Errors
    /// The first pattern that is none, and what is wrong with it.
    pub fn new(patterns: &[&str]) -> Result<Self, (String, String)> {
        for pattern in patterns {
            RegexSet::new([pattern]).map_err(|error| ((*pattern).to_owned(), error.to_string()))?;
        }
        RegexSet::new(patterns).map(Self).map_err(|error| (patterns.join(", "), error.to_string()))
    }

    /// As they were written.
    #[must_use]
    pub fn as_written(&self) -> &[String] {
        self.0.patterns()
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn match_any(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

impl PartialEq for Patterns {
    fn eq(&self, other: &Self) -> bool {
        self.0.patterns() == other.0.patterns()
    }
}

impl Eq for Patterns {}

impl Filter {
    /// What can be told from the header alone.
    fn passes(&self, header: &Header) -> bool {
        let grave_enough = match (self.min_severity, header.severity) {
            (None, _) | (_, Severity::Unknown | Severity::Other) => true,
            (Some(least), severity) => severity >= least,
        };
        // An incident is of no one service.
        let service = header.service.as_deref().filter(|_| header.kind == Kind::Alert);
        let status = Some(header.status).filter(|status| !matches!(status, Status::Unknown | Status::Other));
        let is_of = |services: &[String]| service.is_some_and(|service| is_among(service, services));
        let stands_at = |statuses: &[Status]| status.is_some_and(|status| statuses.contains(&status));
        grave_enough
            && self.takes(header.kind)
            && (self.wanted.services.is_empty() || service.is_none_or(is_unsaid) || is_of(&self.wanted.services))
            && (self.wanted.statuses.is_empty() || status.is_none() || stands_at(&self.wanted.statuses))
            && !is_of(&self.excluded.services)
            && !stands_at(&self.excluded.statuses)
    }

    /// What only the whole record tells.
    fn passes_whole(&self, finding: &Finding<'_>) -> bool {
        let categories = match finding {
            Finding::Alert(alert) => alert.categories.as_slice(),
            Finding::Incident(_) => &[],
        };
        let has = |named: &[String]| categories.iter().any(|category| is_among(category, named));
        let title = finding.title();
        let reads = |patterns: &Patterns| title.is_some_and(|title| patterns.match_any(title));
        let unsaid = categories.iter().all(|category| is_unsaid(category));
        (self.wanted.categories.is_empty() || unsaid || has(&self.wanted.categories))
            && (self.wanted.titles.is_empty() || title.is_none() || reads(&self.wanted.titles))
            && !has(&self.excluded.categories)
            && !reads(&self.excluded.titles)
    }

    fn takes(&self, kind: Kind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }
}

/// The filters of a route: an alert goes over it only if all of them let it pass.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filters(Vec<Arc<Filter>>);

impl Filters {
    #[must_use]
    pub fn new(filters: impl IntoIterator<Item = Arc<Filter>>) -> Self {
        let nothing = Filter::default();
        Self(filters.into_iter().filter(|filter| **filter != nothing).collect())
    }

    /// Those that say anything, the sink's first, then the tenant's and the route's.
    pub fn iter(&self) -> impl Iterator<Item = &Filter> {
        self.0.iter().map(|filter| &**filter)
    }

    /// Whether records of this kind may pass at all.
    #[must_use]
    pub fn take(&self, kind: Kind) -> bool {
        self.iter().all(|filter| filter.takes(kind))
    }

    /// Whether a record passes as far as its header tells. Then [`Filters::pass_whole`] has the last word.
    #[must_use]
    pub fn pass(&self, header: &Header) -> bool {
        self.iter().all(|filter| filter.passes(header))
    }

    /// Whether a record whose header passed does so with its category and title as well.
    #[must_use]
    pub fn pass_whole(&self, finding: &Finding<'_>) -> bool {
        self.iter().all(|filter| filter.passes_whole(finding))
    }
}

impl From<Filter> for Filters {
    fn from(filter: Filter) -> Self {
        Self::new([Arc::new(filter)])
    }
}

fn is_among(word: &str, named: &[String]) -> bool {
    named.iter().any(|name| name.eq_ignore_ascii_case(word))
}

/// Microsoft's words for what it does not say, or does not say to us.
fn is_unsaid(word: &str) -> bool {
    ["", "unknown", "unknownFutureValue"].iter().any(|known| known.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests;
