//! `unmapped`: members of the record that OCSF has no attribute for, and those that could not be read.

use std::collections::HashSet;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::Version;
use super::metadata::readable;
use super::names::{self, Names};
use super::object::Attribute;
use crate::alert::members::is_telling;
use crate::alert::{self, Alert, Incident, Stamp, Text, json};
use crate::format::embed::{Embedded, is_sound};
use crate::format::{Context, Note};

/// A comment, named as Graph names it.
#[derive(Debug, Clone, Serialize)]
pub struct Comment<'a> {
    #[serde(rename = "comment", skip_serializing_if = "Option::is_none")]
    text: Option<Text<'a>>,
    #[serde(rename = "createdByDisplayName", skip_serializing_if = "Option::is_none")]
    author: Option<Text<'a>>,
    #[serde(rename = "createdDateTime", skip_serializing_if = "Option::is_none")]
    created: Option<Text<'a>>,
}

/// One entry of `unmapped`.
#[derive(Debug, Clone)]
pub enum Value<'a> {
    /// It stands elsewhere too, as far as OCSF can say it.
    Text(Text<'a>),
    /// OCSF has no attribute for it.
    Moved(Text<'a>),
    Raw(&'a RawValue),
    Texts(Vec<Text<'a>>),
    Comments(Vec<Comment<'a>>),
}

/// Members without a field of their own, as the record has them.
type Extra<'a> = [(Text<'a>, &'a RawValue)];

/// Entries in order, each name once.
#[derive(Debug, Clone, Default)]
pub struct Unmapped<'a> {
    names: HashSet<Text<'a>>,
    entries: Vec<(Text<'a>, Value<'a>)>,
}

impl<'a> Unmapped<'a> {
    /// Gathers the entries of an alert, and notes whatever surprised us.
    pub fn of_alert(alert: &Alert<'a>, context: &Context<'_>, version: Version, notes: &mut Vec<Note>) -> Self {
        let names = names::of_alert(context.feed);
        let mut unmapped = Self::default();
        for (name, stamp) in [
            (names.created, &alert.created),
            (names.updated, &alert.updated),
            (names.first_activity, &alert.first_activity),
            (names.last_activity, &alert.last_activity),
        ] {
            unmapped.add_unreadable(name, stamp.as_ref(), notes);
        }
        for (name, word) in [
            (names.classification, &alert.classification),
            (names.determination, &alert.determination),
            (names.investigation_state, &alert.investigation_state),
        ] {
            unmapped.add_word(name, word.as_ref(), &alert.extra);
        }
        unmapped.add_text(names.resolved, alert.resolved.as_ref().map(|stamp| &stamp.text));
        unmapped.add_foreign_tenant(names.tenant, alert.tenant_id.as_ref(), context, notes);
        unmapped.add_comments(names.comments, &alert.comments, &alert.extra);
        if version < Version::V1_4_0 {
            unmapped.add_homeless(names, alert);
        }
        unmapped.add_extra(alert.extra.iter());
        unmapped
    }

    /// The same for an incident. The alerts inside are not repeated.
    pub fn of_incident(incident: &Incident<'a>, context: &Context<'_>, version: Version, notes: &mut Vec<Note>) -> Self {
        let names = names::of_incident(context.feed);
        let mut unmapped = Self::default();
        for (name, stamp) in [
            (names.created, &incident.created),
            (names.first_activity, &incident.first_activity),
            (names.last_activity, &incident.last_activity),
        ] {
            unmapped.add_unreadable(name, stamp.as_ref(), notes);
        }
        // The class has no attribute for it, and `time` tells it only from the second revision on.
        unmapped.add_moved(names.updated, incident.updated.as_ref().map(|stamp| &stamp.text));
        for (name, word) in [(names.classification, &incident.classification), (names.determination, &incident.determination)] {
            unmapped.add_word(name, word.as_ref(), &incident.extra);
        }
        for (name, text) in [
            (names.number, &incident.number),
            (names.provider_id, &incident.provider_id),
            (names.provider_name, &incident.provider_name),
            (names.last_modified_by, &incident.last_modified_by),
        ] {
            unmapped.add_moved(name, text.as_ref());
        }
        for (name, text) in [
            (names.summary, &incident.summary),
            (names.resolving_comment, &incident.resolving_comment),
            (names.priority, &incident.priority),
        ] {
            unmapped.add_text(name, text.as_ref());
        }
        if version < Version::V1_7_0 {
            unmapped.add_text(names.id, Some(&incident.id));
        }
        if version < Version::V1_4_0 {
            unmapped.add_texts(names.tags, &incident.tags);
            unmapped.add_texts(names.tactics, &incident.tactics);
            unmapped.add_texts(names.products, &incident.products);
        }
        unmapped.add_foreign_tenant(names.tenant, incident.tenant_id.as_ref(), context, notes);
        unmapped.add_comments(names.comments, &incident.comments, &incident.extra);
        let is_status_code = |(name, value): &&(Text<'a>, &'a RawValue)| {
            name == names.status && json::text(value).found().is_some_and(|word| Some(&word) == incident.status_word.as_ref())
        };
        unmapped.add_extra(incident.extra.iter().filter(|member| !is_status_code(member)));
        unmapped
    }

    /// What has an attribute only from 1.4.0 on.
    fn add_homeless(&mut self, names: &Names, alert: &Alert<'a>) {
        for (name, text) in [
            (names.provider_alert_id, &alert.provider_id),
            (names.assigned_to, &alert.assigned_to),
            (names.policy, &alert.policy_id),
            (names.incident_url, &alert.incident_url),
            (names.actor, &alert.actor),
        ] {
            self.add_text(name, text.as_ref());
        }
        self.add_texts(names.tags, &alert.system_tags);
    }

    fn add_texts(&mut self, name: &'static str, texts: &[Text<'a>]) {
        if !texts.is_empty() {
            self.add(name.into(), Value::Texts(texts.to_vec()));
        }
    }

    fn add_text(&mut self, name: &'static str, text: Option<&Text<'a>>) {
        if let Some(text) = text {
            self.add(name.into(), Value::Text(text.clone()));
        }
    }

    fn add_moved(&mut self, name: &'static str, text: Option<&Text<'a>>) {
        if let Some(text) = text {
            self.add(name.into(), Value::Moved(text.clone()));
        }
    }

    /// Where our word is not the vendor's, the vendor's own stands among the extra members, and is the one to show.
    fn add_word(&mut self, name: &'static str, word: Option<&Text<'a>>, extra: &Extra<'a>) {
        if !extra.iter().any(|(known, value)| known == name && value.get().starts_with('"')) {
            self.add_text(name, word);
        }
    }

    fn add_unreadable(&mut self, name: &'static str, stamp: Option<&Stamp<'a>>, notes: &mut Vec<Note>) {
        // One member may stand for both ends of a span.
        if let Some(stamp) = stamp.filter(|stamp| readable(Some(stamp)).is_none() && !self.names.contains(name)) {
            self.add_text(name, Some(&stamp.text));
            notes.push(Note::new(name, format!("unmapped.{name}"), "it is no moment at which an alert can happen"));
        }
    }

    fn add_foreign_tenant(&mut self, name: &'static str, id: Option<&Text<'a>>, context: &Context<'_>, notes: &mut Vec<Note>) {
        if let Some(id) = id.filter(|id| !id.eq_ignore_ascii_case(context.tenant.id.as_str())) {
            self.add_text(name, Some(id));
            notes.push(Note::new(name, format!("unmapped.{name}"), "it is not the tenant that was asked"));
        }
    }

    fn add_comments(&mut self, name: &'static str, comments: &[alert::Comment<'a>], extra: &Extra<'a>) {
        if !comments.is_empty() && !extra.iter().any(|(known, _)| known == name) {
            let comments = comments.iter().cloned();
            let comments = comments.map(|c| Comment { text: c.text, author: c.author, created: c.created }).collect();
            self.add(name.into(), Value::Comments(comments));
        }
    }

    fn add_extra<'m>(&mut self, extra: impl Iterator<Item = &'m (Text<'a>, &'a RawValue)>)
    where
        'a: 'm,
    {
        for (name, value) in extra.filter(|(_, value)| is_telling(value)) {
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

    /// The entries that stand here only because OCSF has no attribute for them, and whether strict readers take them as they
    /// are.
    pub fn moved(&self) -> impl Iterator<Item = (&Text<'a>, bool)> {
        self.entries.iter().filter_map(|(name, value)| match value {
            Value::Raw(value) => Some((name, is_sound(value))),
            Value::Moved(_) => Some((name, true)),
            Value::Text(_) | Value::Texts(_) | Value::Comments(_) => None,
        })
    }
}

impl Attribute for Unmapped<'_> {
    const OPTIONAL: bool = true;

    fn is_absent(&self) -> bool {
        self.entries.is_empty()
    }
}

impl Serialize for Unmapped<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.entries.len()))?;
        for (name, value) in &self.entries {
            match value {
                Value::Text(text) | Value::Moved(text) => map.serialize_entry(name, text)?,
                Value::Raw(value) => map.serialize_entry(name, &Embedded(value))?,
                Value::Texts(texts) => map.serialize_entry(name, texts)?,
                Value::Comments(comments) => map.serialize_entry(name, comments)?,
            }
        }
        map.end()
    }
}
