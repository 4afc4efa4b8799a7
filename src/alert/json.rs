//! Reads a vendor's JSON piece by piece, borrowing from it, and never fails because one piece has an odd type.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Stamp, Text};

/// What a value turned out to be, when a certain type was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read<T> {
    /// `null`, or an empty text: the vendor says nothing.
    Absent,
    Found(T),
    /// Something of another type.
    Odd,
}

impl<T> Read<T> {
    #[must_use]
    pub fn found(self) -> Option<T> {
        match self {
            Read::Found(value) => Some(value),
            Read::Absent | Read::Odd => None,
        }
    }

    /// Fills an empty slot. `false` when the value could not go there: its type is odd, or the slot is taken already
    /// (a member that stands twice; the first one counts).
    pub fn put(self, slot: &mut Option<T>) -> bool {
        match self {
            Read::Absent => true,
            Read::Found(value) if slot.is_none() => {
                *slot = Some(value);
                true
            }
            Read::Found(_) | Read::Odd => false,
        }
    }
}

/// Calls `each` with every member of a JSON object, in the vendor's order.
///
/// # Errors
/// When `json` is no JSON, has anything behind it, is no object, or a name cannot be read.
pub fn members<'a>(json: &'a str, each: impl FnMut(Text<'a>, &'a RawValue)) -> Result<(), serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(json);
    reader.deserialize_map(Each(each))?;
    reader.end()
}

struct Each<F>(F);

/// Serde borrows a `Cow` only when told to.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Text<'a>);

impl<'a, F: FnMut(Text<'a>, &'a RawValue)> Visitor<'a> for Each<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<M: MapAccess<'a>>(mut self, mut map: M) -> Result<(), M::Error> {
        while let Some((Name(name), value)) = map.next_entry()? {
            (self.0)(name, value);
        }
        Ok(())
    }
}

/// The elements of an array.
#[must_use]
pub fn elements(value: &RawValue) -> Read<Vec<&RawValue>> {
    match value.get() {
        "null" => Read::Absent,
        array if array.starts_with('[') => serde_json::from_str(array).map_or(Read::Odd, Read::Found),
        _ => Read::Odd,
    }
}

/// A text; one with half a surrogate pair is odd, since no UTF-8 can hold it.
#[must_use]
pub fn text(value: &RawValue) -> Read<Text<'_>> {
    let json = value.get();
    if json == "null" || json == "\"\"" {
        return Read::Absent;
    }
    let Some(inner) = json.strip_prefix('"').and_then(|json| json.strip_suffix('"')) else { return Read::Odd };
    if !inner.contains('\\') {
        return Read::Found(Cow::Borrowed(inner));
    }
    serde_json::from_str(json).map_or(Read::Odd, |text| Read::Found(Cow::Owned(text)))
}

/// A text, or a number as its digits: some APIs send the same identifier as either.
#[must_use]
pub fn text_or_number(value: &RawValue) -> Read<Text<'_>> {
    match text(value) {
        Read::Odd if is_number(value.get()) => Read::Found(Cow::Borrowed(value.get())),
        read => read,
    }
}

/// A text, or the JSON of whatever stands in its place: for a member whose wrong type must not read as its absence.
#[must_use]
pub fn text_or_raw(value: &RawValue) -> Read<Text<'_>> {
    match text(value) {
        Read::Odd => Read::Found(Cow::Borrowed(value.get())),
        read => read,
    }
}

fn is_number(json: &str) -> bool {
    json.starts_with(|c: char| c == '-' || c.is_ascii_digit())
}

/// A whole number that fits 64 bits.
#[must_use]
pub fn integer(value: &RawValue) -> Read<i64> {
    match value.get() {
        "null" => Read::Absent,
        json if is_number(json) => json.parse().map_or(Read::Odd, Read::Found),
        _ => Read::Odd,
    }
}

/// A timestamp, readable or not.
#[must_use]
pub fn stamp(value: &RawValue) -> Read<Stamp<'_>> {
    match text(value) {
        Read::Found(text) => Read::Found(Stamp::new(text)),
        Read::Absent => Read::Absent,
        Read::Odd => Read::Odd,
    }
}

/// The texts of an array, and whether all that stood there are among them.
#[must_use]
pub fn texts(value: &RawValue) -> (Vec<Text<'_>>, bool) {
    match elements(value) {
        Read::Absent => (Vec::new(), true),
        Read::Odd => (Vec::new(), false),
        Read::Found(elements) => {
            let mut whole = true;
            let texts =
                elements.into_iter().map(text).inspect(|read| whole &= *read != Read::Odd).filter_map(Read::found).collect();
            (texts, whole)
        }
    }
}
