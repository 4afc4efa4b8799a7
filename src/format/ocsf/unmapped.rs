//! `unmapped`: members of the alert that OCSF has no attribute for, and those that could not be read.

use std::collections::HashSet;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::metadata::readable;
use super::object::{Absent, objects};
use crate::alert::members::is_telling;
use crate::alert::{Alert, Text};
use crate::format::embed::Embedded;
use crate::format::{Context, Note};

objects! {
    /// A comment, named as Graph names it.
    Comment {
        #[serde(rename = "comment")]
        text: Option<Text<'a>>,
        #[serde(rename = "createdByDisplayName")]
        author: Option<Text<'a>>,
        #[serde(rename = "createdDateTime")]
        created: Option<Text<'a>>,
    }
}

/// One entry of `unmapped`.
#[derive(Debug, Clone)]
pub enum Value<'a> {
    Text(Text<'a>),
    Raw(&'a RawValue),
    Comments(Vec<Comment<'a>>),
}

/// Entries in order, each name once.
#[derive(Debug, Clone, Default)]
pub struct Unmapped<'a> {
    names: HashSet<Text<'a>>,
    entries: Vec<(Text<'a>, Value<'a>)>,
}

impl<'a> Unmapped<'a> {
    /// Gathers the entries, and notes whatever surprised us.
    pub fn gather(alert: &Alert<'a>, context: &Context<'_>, notes: &mut Vec<Note>) -> Self {
        let mut unmapped = Self::default();
        let stamps = [
            ("createdDateTime", &alert.created),
            ("lastUpdateDateTime", &alert.updated),
            ("firstActivityDateTime", &alert.first_activity),
            ("lastActivityDateTime", &alert.last_activity),
        ];
        for (name, stamp) in stamps {
            if let Some(stamp) = stamp.as_ref().filter(|stamp| readable(Some(stamp)).is_none()) {
                unmapped.add(name.into(), Value::Text(stamp.text.clone()));
                notes.push(Note::new(name, format!("unmapped.{name}"), "it is no moment at which an alert can happen"));
            }
        }
        for (name, word) in [
            ("classification", &alert.classification),
            ("determination", &alert.determination),
            ("investigationState", &alert.investigation_state),
            ("resolvedDateTime", &alert.resolved.as_ref().map(|stamp| stamp.text.clone())),
        ] {
            if let Some(word) = word {
                unmapped.add(name.into(), Value::Text(word.clone()));
            }
        }
        if let Some(id) = alert.tenant_id.as_ref().filter(|id| !id.eq_ignore_ascii_case(context.tenant.id.as_str())) {
            unmapped.add("tenantId".into(), Value::Text(id.clone()));
            notes.push(Note::new("tenantId", "unmapped.tenantId".to_owned(), "it is not the tenant that was asked"));
        }
        if !alert.comments.is_empty() && !alert.extra.iter().any(|(name, _)| name == "comments") {
            let comments = alert.comments.iter().cloned();
            let comments = comments.map(|c| Comment { text: c.text, author: c.author, created: c.created }).collect();
            unmapped.add("comments".into(), Value::Comments(comments));
        }
        for (name, value) in alert.extra.iter().filter(|(_, value)| is_telling(value)) {
            unmapped.add(name.clone(), Value::Raw(value));
        }
        unmapped
    }

    fn add(&mut self, name: Text<'a>, value: Value<'a>) {
        let mut name = name;
        while !self.names.insert(name.clone()) {
            name = Text::Owned(format!("{name} (again)"));
        }
        self.entries.push((name, value));
    }

    /// The entries that stand here only because OCSF has no attribute for them.
    pub fn raw_entries(&self) -> impl Iterator<Item = (&Text<'a>, &'a RawValue)> {
        self.entries.iter().filter_map(|(name, value)| match value {
            Value::Raw(value) => Some((name, *value)),
            Value::Text(_) | Value::Comments(_) => None,
        })
    }
}

impl Absent for Unmapped<'_> {
    fn is_absent(&self) -> bool {
        self.entries.is_empty()
    }
}

impl Serialize for Unmapped<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.entries.len()))?;
        for (name, value) in &self.entries {
            match value {
                Value::Text(text) => map.serialize_entry(name, text)?,
                Value::Raw(value) => map.serialize_entry(name, &Embedded(value))?,
                Value::Comments(comments) => map.serialize_entry(name, comments)?,
            }
        }
        map.end()
    }
}
