//! `unmapped`: members of the alert that OCSF has no attribute for, and those that could not be read.

use std::collections::HashSet;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::metadata::readable;
use super::object::{Absent, objects};
use crate::alert::members::is_telling;
use crate::alert::{self as vendor, Alert, Incident, Stamp, Status, Text};
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
    Words(Vec<Text<'a>>),
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
        unmapped.add_odd_stamps(&stamps, notes);
        for (name, word) in [
            ("classification", &alert.classification),
            ("determination", &alert.determination),
            ("investigationState", &alert.investigation_state),
            ("resolvedDateTime", &alert.resolved.as_ref().map(|stamp| stamp.text.clone())),
        ] {
            unmapped.add_word(name, word.as_ref());
        }
        unmapped.add_tenant(alert.tenant_id.as_ref(), context, notes);
        unmapped.add_rest(&alert.comments, &alert.extra);
        unmapped
    }

    /// Gathers the entries of an incident, by the names that Graph gives them.
    pub fn of_incident(incident: &Incident<'a>, context: &Context<'_>, notes: &mut Vec<Note>) -> Self {
        let mut unmapped = Self::default();
        let stamps = [
            ("createdDateTime", &incident.created),
            ("firstActivityDateTime", &incident.first_activity),
            ("lastActivityDateTime", &incident.last_activity),
        ];
        unmapped.add_odd_stamps(&stamps, notes);
        // The class has no place for the time of the last change beside that of the event.
        unmapped.add_word("lastUpdateDateTime", incident.updated.as_ref().map(|stamp| &stamp.text));
        // Their captions are other words than the vendor's.
        let reworded = matches!(incident.status, Status::OnHold | Status::Redirected);
        let reworded = incident.status_word.clone().filter(|_| reworded);
        for (name, word) in [
            ("incidentNumber", &incident.number),
            ("providerIncidentId", &incident.provider_id),
            ("providerName", &incident.provider_name),
            ("summary", &incident.summary),
            ("classification", &incident.classification),
            ("determination", &incident.determination),
            ("lastModifiedBy", &incident.last_modified_by),
            ("status", &reworded),
            ("priorityScore", &incident.priority),
        ] {
            unmapped.add_word(name, word.as_ref());
        }
        for (name, words) in [("tactics", &incident.tactics), ("alertProductNames", &incident.products)] {
            if !words.is_empty() {
                unmapped.add(name.into(), Value::Words(words.clone()));
            }
        }
        unmapped.add_tenant(incident.tenant_id.as_ref(), context, notes);
        unmapped.add_rest(&incident.comments, &incident.extra);
        unmapped
    }

    fn add_odd_stamps(&mut self, stamps: &[(&'static str, &Option<Stamp<'a>>)], notes: &mut Vec<Note>) {
        for (name, stamp) in stamps {
            if let Some(stamp) = stamp.as_ref().filter(|stamp| readable(Some(stamp)).is_none()) {
                self.add((*name).into(), Value::Text(stamp.text.clone()));
                notes.push(Note::new(name, format!("unmapped.{name}"), "it is no moment at which an alert can happen"));
            }
        }
    }

    fn add_word(&mut self, name: &'static str, word: Option<&Text<'a>>) {
        if let Some(word) = word {
            self.add(name.into(), Value::Text(word.clone()));
        }
    }

    fn add_tenant(&mut self, id: Option<&Text<'a>>, context: &Context<'_>, notes: &mut Vec<Note>) {
        if let Some(id) = id.filter(|id| !id.eq_ignore_ascii_case(context.tenant.id.as_str())) {
            self.add("tenantId".into(), Value::Text(id.clone()));
            notes.push(Note::new("tenantId", "unmapped.tenantId".to_owned(), "it is not the tenant that was asked"));
        }
    }

    fn add_rest(&mut self, comments: &[vendor::Comment<'a>], extra: &[(Text<'a>, &'a RawValue)]) {
        if !comments.is_empty() && !extra.iter().any(|(name, _)| name == "comments") {
            let comments = comments.iter().cloned();
            let comments = comments.map(|c| Comment { text: c.text, author: c.author, created: c.created }).collect();
            self.add("comments".into(), Value::Comments(comments));
        }
        for (name, value) in extra.iter().filter(|(_, value)| is_telling(value)) {
            self.add(name.clone(), Value::Raw(value));
        }
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
            Value::Text(_) | Value::Words(_) | Value::Comments(_) => None,
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
                Value::Words(words) => map.serialize_entry(name, words)?,
                Value::Raw(value) => map.serialize_entry(name, &Embedded(value))?,
                Value::Comments(comments) => map.serialize_entry(name, comments)?,
            }
        }
        map.end()
    }
}
