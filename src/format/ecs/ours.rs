//! `alertferry.*`: what ECS has no field for.
//!
//! The vendor's JSON stands in it as *texts*, not as objects. There is no end of members in it (custom details, properties of
//! evidence), their types differ from record to record, and Elasticsearch would make a field of each: it refuses a document
//! whose member is a text where another document had an object or a date, and every document after a thousand fields. A
//! text is one field, whatever is in it; an ingest pipeline's `json` processor opens it where somebody wants more.

use std::collections::HashSet;

use serde::ser::{Error as _, SerializeMap as _};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::field::{Absent, groups};
use super::moment::Moment;
use crate::alert::members::is_telling;
use crate::alert::{Comment, Stamp, Text};
use crate::format::embed::{Embedded, one_line};

groups! {
    Ours {
        /// The same however often this revision is sent: good as the document's `_id`.
        event_uid: Option<String>,
        /// When the page with the finding came in.
        collected: Option<Moment>,
        /// Each piece of evidence, as a text that holds its JSON.
        evidence: Vec<Text<'a>>,
        /// The alerts inside of an incident, each of which is a document of its own.
        alert_ids: Vec<Text<'a>>,
        unmapped: Unmapped<'a>,
    }
}

pub fn evidence<'a>(evidence: &[&'a RawValue]) -> Vec<Text<'a>> {
    evidence.iter().map(|raw| one_line(raw.get())).collect()
}

/// Members without a field, under the vendor's names (those of Microsoft Graph where the feeds' names differ), as a text that holds
/// one JSON object.
#[derive(Debug, Clone, Default)]
pub struct Unmapped<'a> {
    names: HashSet<Text<'a>>,
    entries: Vec<(Text<'a>, Value<'a>)>,
}

#[derive(Debug, Clone)]
enum Value<'a> {
    Text(Text<'a>),
    Texts(Vec<Text<'a>>),
    Raw(&'a RawValue),
    Comments(Vec<Comment<'a>>),
}

impl<'a> Unmapped<'a> {
    /// What the record has that no field holds; of two members with one name both stay.
    pub fn of(extra: &[(Text<'a>, &'a RawValue)]) -> Self {
        let mut unmapped = Self::default();
        for (name, value) in extra.iter().filter(|(_, value)| is_telling(value)) {
            unmapped.add(name.clone(), Value::Raw(value));
        }
        unmapped
    }

    pub fn text(&mut self, name: &'static str, text: Option<&Text<'a>>) {
        if let Some(text) = text {
            self.add(name.into(), Value::Text(text.clone()));
        }
    }

    pub fn texts(&mut self, name: &'static str, texts: &[Text<'a>]) {
        if !texts.is_empty() {
            self.add(name.into(), Value::Texts(texts.to_vec()));
        }
    }

    /// A moment that cannot be read, or at which nothing can have happened.
    pub fn stamp(&mut self, name: &'static str, stamp: Option<&Stamp<'a>>) {
        if let Some(stamp) = stamp.filter(|stamp| Moment::of(Some(stamp)).is_none()) {
            self.text(name, Some(&stamp.text));
        }
    }

    /// Unless the vendor's own list is here already.
    pub fn comments(&mut self, comments: &[Comment<'a>]) {
        if !comments.is_empty() && !self.names.contains("comments") {
            self.add("comments".into(), Value::Comments(comments.to_vec()));
        }
    }

    fn add(&mut self, name: Text<'a>, value: Value<'a>) {
        let mut name = name;
        while !self.names.insert(name.clone()) {
            name = Text::Owned(format!("{name} (again)"));
        }
        self.entries.push((name, value));
    }
}

impl Absent for Unmapped<'_> {
    fn is_absent(&self) -> bool {
        self.entries.is_empty()
    }
}

impl Serialize for Unmapped<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&serde_json::to_string(&Object(&self.entries)).map_err(S::Error::custom)?)
    }
}

struct Object<'e, 'a>(&'e [(Text<'a>, Value<'a>)]);

impl Serialize for Object<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            match value {
                Value::Text(text) => map.serialize_entry(name, text)?,
                Value::Texts(texts) => map.serialize_entry(name, texts)?,
                Value::Raw(value) => map.serialize_entry(name, &Embedded(value))?,
                Value::Comments(comments) => {
                    map.serialize_entry(name, &comments.iter().map(Told).collect::<Vec<_>>())?;
                }
            }
        }
        map.end()
    }
}

/// A comment, named as Graph names it.
struct Told<'c, 'a>(&'c Comment<'a>);

impl Serialize for Told<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, text) in
            [("comment", &self.0.text), ("createdByDisplayName", &self.0.author), ("createdDateTime", &self.0.created)]
        {
            if let Some(text) = text {
                map.serialize_entry(name, text)?;
            }
        }
        map.end()
    }
}
