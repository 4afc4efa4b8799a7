//! Puts a vendor's JSON into a document of ours, so that whoever can read the document can read all of it.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::Error as _;
use serde::{Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// Readers stop at a depth of their own (`serde_json` and many others at 128, some at 64), and our own levels come on top.
const DEEPEST: u8 = 32;

/// Serializes as the value itself, on one line; as a text that holds the value's JSON where [`is_sound`] says no.
#[derive(Debug, Clone, Copy)]
pub struct Embedded<'a>(pub &'a RawValue);

impl Serialize for Embedded<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !is_sound(self.0) {
            return serializer.serialize_str(self.0.get());
        }
        match one_line(self.0.get()) {
            Cow::Borrowed(_) => self.0.serialize(serializer),
            Cow::Owned(json) => RawValue::from_string(json).map_err(S::Error::custom)?.serialize(serializer),
        }
    }
}

/// Whether strict readers take the value: not too deep, numbers that fit a double, whole surrogate pairs, and in each object a name
/// only once (Elasticsearch, for one, refuses the whole document otherwise).
#[must_use]
pub fn is_sound(value: &RawValue) -> bool {
    let json = value.get();
    match json.as_bytes() {
        [b'"', ..] if !json.contains("\\u") => true,
        [b't' | b'f' | b'n', ..] => true,
        _ => {
            let mut reader = serde_json::Deserializer::from_str(json);
            Strict { left: DEEPEST }.deserialize(&mut reader).is_ok()
        }
    }
}

/// The same JSON without line feeds and carriage returns. They can only stand between tokens: inside texts they are escaped.
#[must_use]
pub fn one_line(json: &str) -> Cow<'_, str> {
    if json.contains(['\n', '\r']) { Cow::Owned(json.replace(['\n', '\r'], "")) } else { Cow::Borrowed(json) }
}

/// Reads everything and keeps nothing.
#[derive(Clone, Copy)]
struct Strict {
    left: u8,
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl Strict {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        self.left.checked_sub(1).map(|left| Self { left }).ok_or_else(|| E::custom("too deep"))
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let deeper = self.deeper()?;
        while seq.next_element_seed(deeper)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let deeper = self.deeper()?;
        let mut names = HashSet::new();
        while let Some(name) = map.next_key_seed(Name)? {
            if !names.insert(name) {
                return Err(A::Error::custom("a name twice in one object"));
            }
            map.next_value_seed(deeper)?;
        }
        Ok(())
    }
}

/// Reads the name of a member, borrowed where it has no escapes.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::{Embedded, is_sound};

    fn embed(json: &str) -> String {
        let raw: &RawValue = serde_json::from_str(json).expect("JSON by its grammar");
        serde_json::to_string(&Embedded(raw)).expect("JSON")
    }

    #[test]
    fn what_strict_readers_refuse_becomes_a_text() {
        let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
        for odd in [r#"{"a":"\ud800"}"#, "1e999", r#"{"a":[-1e999]}"#, r#"{"x":{"a":1,"\u0061":2}}"#, &deep] {
            let embedded = embed(odd);
            assert_eq!(serde_json::from_str::<serde_json::Value>(&embedded).expect("sound"), serde_json::Value::from(odd));
        }
    }

    #[test]
    fn sound_values_stand_as_they_came_on_one_line() {
        for sound in [r#"{"a":[1,"x\u00e9\ud83d\ude00",null,{"b":-1.50}]}"#, r#""\\ud800""#, "12345678901234567890123", "true"] {
            assert!(is_sound(serde_json::from_str(sound).expect("JSON")));
            assert_eq!(embed(sound), sound);
        }
        assert_eq!(embed("{\n  \"a\": \"x\\n\"\r\n}"), "{  \"a\": \"x\\n\"}");
    }
}
