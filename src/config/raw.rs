//! What was written: a table with the path that leads to it, and readers that note a mistake instead of stopping at it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::time::Duration;

use config::{Map, Value, ValueKind};

use super::found::{describe, place, quoted};
use super::keys::{FREE, Group};
use super::layers::BUILT_IN;
use super::report::Report;
use super::{duration, suggest};

/// One table of the configuration. Opening it notes its unknown keys.
#[derive(Debug, Clone)]
pub(super) struct Section<'a> {
    path: String,
    table: &'a Map<String, Value>,
    origin: Option<&'a str>,
    group: &'static Group,
    pub report: &'a Report,
}

/// Words that are accepted, and words that are spoken for but not accepted yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words<'w, T> {
    pub now: &'w [(T, &'w str)],
    pub later: &'w [&'w str],
}

impl<'a> Section<'a> {
    pub fn top(table: &'a Map<String, Value>, group: &'static Group, report: &'a Report) -> Self {
        let section = Self { path: String::new(), table, origin: None, group, report };
        section.refuse_unknown_keys(group);
        section
    }

    /// The same table read by other keys. A table whose keys are free (`options`, `labels`) is not checked for unknown ones.
    pub fn open(path: String, value: &'a Value, group: &'static Group, report: &'a Report) -> Option<Self> {
        let ValueKind::Table(table) = &value.kind else {
            let found = describe(value, true); // what should have stood in the table may be anything
            report.mistake(format!("{path}: found {found}, expected a table{}", place(value.origin())));
            return None;
        };
        Some(Self { path, table, origin: value.origin(), group, report })
    }

    pub fn refuse_unknown_keys(&self, group: &Group) {
        let names: BTreeSet<&str> = self.table.keys().map(String::as_str).filter(|name| !group.knows(name)).collect();
        for name in names {
            if group.later.contains(&name) {
                let now = suggest::one_of(name, group.all().map(|key| key.name));
                self.refuse(name, &format!("this version does not have it yet, expected {now}"));
            } else {
                let hint = match suggest::nearest(name, group.all().map(|key| key.name)) {
                    Some(near) => format!(" — did you mean {near:?}?"),
                    None => format!(", expected {}", suggest::one_of(name, group.all().map(|key| key.name))),
                };
                self.refuse(name, &format!("unknown key{hint}"));
            }
        }
    }

    /// Whether the operator wrote the key (and not only our defaults).
    pub fn is_written(&self, key: &str) -> bool {
        self.value(key).is_some_and(|value| value.origin() != Some(BUILT_IN))
    }

    pub fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    pub fn value(&self, key: &str) -> Option<&'a Value> {
        self.table.get(key).filter(|value| value.kind != ValueKind::Nil)
    }

    pub fn keys_are_known(&self) -> bool {
        self.keys().all(|name| self.group.knows(name))
    }

    pub fn keys(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.table.keys().map(String::as_str).collect::<BTreeSet<_>>().into_iter()
    }

    pub fn path_of(&self, key: &str) -> String {
        let bare = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        let key = if bare { key.to_owned() } else { format!("{key:?}") };
        if self.path.is_empty() { key } else { format!("{}.{key}", self.path) }
    }

    /// Where the table itself was written, for a mistake in the table as a whole.
    pub fn refuse_here(&self, problem: &str) {
        self.report.mistake(format!("{}: {problem}{}", self.path, place(self.origin)));
    }

    /// The table's path and the file that it stands in.
    pub fn whereabouts(&self) -> String {
        format!("{} {}", self.path, self.origin.unwrap_or("in the main file"))
    }

    pub fn refuse(&self, key: &str, problem: &str) {
        let origin = self.table.get(key).map_or(self.origin, Value::origin);
        self.report.mistake(format!("{}: {problem}{}", self.path_of(key), place(origin)));
    }

    pub fn warn(&self, key: &str, problem: &str) {
        self.report.warn(format!("{}: {problem}", self.path_of(key)));
    }

    /// Notes that the value of a key is not what was expected.
    pub fn unexpected(&self, key: &str, expected: &str) {
        let found = self.value(key).map_or("nothing".to_owned(), |value| describe(value, self.group.hidden));
        self.refuse(key, &format!("found {found}, expected {expected}"));
    }

    pub fn missing(&self, key: &str, expected: &str) {
        if !self.has(key) {
            self.refuse(key, &format!("missing, expected {expected}"));
        }
    }

    /// A text that is not empty.
    pub fn text(&self, key: &str, expected: &str) -> Option<&'a str> {
        match &self.value(key)?.kind {
            ValueKind::String(text) if !text.trim().is_empty() => Some(text),
            _ => {
                self.unexpected(key, expected);
                None
            }
        }
    }

    /// A text that `parse` makes something of.
    pub fn parsed<T>(&self, key: &str, expected: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let text = self.text(key, expected)?;
        let parsed = parse(text);
        if parsed.is_none() {
            self.unexpected(key, expected);
        }
        parsed
    }

    pub fn duration(&self, key: &str, least: Duration) -> Option<Duration> {
        let read = self.parsed(key, duration::EXPECTED, duration::parse)?;
        if read < least {
            self.unexpected(key, &format!("at least \"{}\"", duration::show(least)));
            return None;
        }
        Some(read)
    }

    /// A whole number; text with digits as well, since the environment knows only text.
    pub fn whole(&self, key: &str, range: RangeInclusive<u32>) -> Option<u32> {
        let number = match &self.value(key)?.kind {
            ValueKind::I64(number) => u32::try_from(*number).ok(),
            ValueKind::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            self.unexpected(key, &format!("a whole number from {} to {}", range.start(), range.end()));
        }
        number
    }

    /// A length in memory.
    pub fn octets(&self, key: &str, range: RangeInclusive<u32>) -> Option<usize> {
        self.whole(key, range).and_then(|octets| usize::try_from(octets).ok())
    }

    /// Yes or no; as text as well, since the environment knows only text.
    pub fn flag(&self, key: &str) -> Option<bool> {
        let flag = match &self.value(key)?.kind {
            ValueKind::Boolean(flag) => Some(*flag),
            ValueKind::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        if flag.is_none() {
            self.unexpected(key, "true or false");
        }
        flag
    }

    /// Free words by name.
    pub fn words_by_name(&self, key: &str) -> BTreeMap<String, String> {
        let Some(table) = self.free_section(key, &FREE) else { return BTreeMap::new() };
        let one = |name: &str| {
            if let ValueKind::String(text) = &table.value(name)?.kind {
                return Some((name.to_owned(), text.clone()));
            }
            table.unexpected(name, "text");
            None
        };
        table.keys().filter_map(one).collect()
    }

    /// What `read` makes of a key, or the default where nothing was written.
    pub fn or<T>(&self, key: &str, default: T, read: impl FnOnce(&Self, &str) -> Option<T>) -> Option<T> {
        if self.has(key) { read(self, key) } else { Some(default) }
    }

    /// One word of a few; the first of them where nothing was written.
    pub fn word_or_first<T: Copy>(&self, key: &str, words: &[(T, &str)]) -> Option<T> {
        if self.has(key) { self.word(key, Words { now: words, later: &[] }) } else { words.first().map(|(value, _)| *value) }
    }

    /// One word of a few.
    pub fn word<T: Copy>(&self, key: &str, words: Words<'_, T>) -> Option<T> {
        let accepted = || words.now.iter().map(|(_, word)| *word);
        let found = self.text(key, &suggest::one_of("", accepted()))?;
        self.pick(key, found, words)
    }

    /// Finds `found` among the words, or notes under `key` that it is not there.
    pub fn pick<T: Copy>(&self, key: &str, found: &str, words: Words<'_, T>) -> Option<T> {
        let read = words.now.iter().find(|(_, word)| *word == found).map(|(value, _)| *value);
        if read.is_none() {
            self.refuse_word(key, found, words.now.iter().map(|(_, word)| *word), words.later);
        }
        read
    }

    pub fn refuse_word<'w>(&self, key: &str, found: &str, accepted: impl IntoIterator<Item = &'w str>, later: &[&str]) {
        let not_yet = if later.contains(&found) { ", which this version does not have yet" } else { "" };
        let found_text = if self.group.hidden { "text".to_owned() } else { quoted(found) };
        self.refuse(key, &format!("found {found_text}{not_yet}, expected {}", suggest::one_of(found, accepted)));
    }

    /// A list of texts, or one text with commas. Notes whatever occurs twice.
    pub fn list(&self, key: &str, expected: &str) -> Option<Vec<&'a str>> {
        let items: Option<Vec<&str>> = match &self.value(key)?.kind {
            ValueKind::String(text) => Some(text.split(',').map(str::trim).collect()),
            ValueKind::Array(list) => list
                .iter()
                .map(|item| match &item.kind {
                    ValueKind::String(text) => Some(text.as_str()),
                    _ => None,
                })
                .collect(),
            _ => None,
        };
        let Some(items) = items.filter(|items| items.iter().all(|item| !item.is_empty())) else {
            self.unexpected(key, expected);
            return None;
        };
        let mut seen = BTreeSet::new();
        for item in &items {
            if !seen.insert(*item) {
                self.refuse(key, &format!("found {} twice, expected it once", quoted(item)));
            }
        }
        Some(items)
    }

    /// A list that is not empty. What is wrong with it has been told where the answer is `Some` and empty.
    pub fn at_least_one(&self, key: &str, expected: &str) -> Option<Vec<&'a str>> {
        self.value(key)?;
        let list = self.list(key, expected);
        if list.as_ref().is_some_and(Vec::is_empty) {
            self.unexpected(key, expected);
        }
        Some(list.unwrap_or_default())
    }

    /// The table under a key; its unknown keys are noted.
    pub fn section(&self, key: &str, group: &'static Group) -> Option<Section<'a>> {
        let section = self.free_section(key, group)?;
        section.refuse_unknown_keys(group);
        Some(section)
    }

    /// The table under a key, whose own keys are free.
    pub fn free_section(&self, key: &str, group: &'static Group) -> Option<Section<'a>> {
        Section::open(self.path_of(key), self.value(key)?, group, self.report)
    }
}
