//! Writes JSON objects straight into a buffer: an alert is written anew for each answer, so it must be cheap.

use std::fmt::Display;
use std::io::Write as _;

use jiff::Timestamp;

/// An object that is being written.
#[derive(Debug)]
pub struct Object<'a> {
    out: &'a mut Vec<u8>,
    empty: bool,
}

impl<'a> Object<'a> {
    /// Writes a whole object.
    pub fn write(out: &'a mut Vec<u8>, fill: impl FnOnce(&mut Object<'_>)) {
        out.push(b'{');
        let mut object = Object { out, empty: true };
        fill(&mut object);
        object.out.push(b'}');
    }

    fn key(&mut self, key: &str) -> &mut Vec<u8> {
        if !std::mem::take(&mut self.empty) {
            self.out.push(b',');
        }
        string(self.out, key);
        self.out.push(b':');
        self.out
    }

    pub fn text(&mut self, key: &str, value: &str) {
        string(self.key(key), value);
    }

    /// For anything whose text needs no quotes and no escaping: numbers and booleans.
    pub fn plain(&mut self, key: &str, value: impl Display) {
        write!(self.key(key), "{value}").expect("a vector takes all writes");
    }

    /// With as many fraction digits as the moment has, none to seven in practice.
    pub fn stamp(&mut self, key: &str, value: Timestamp) {
        write!(self.key(key), "\"{value}\"").expect("a vector takes all writes");
    }

    pub fn nulls(&mut self, keys: &[&str]) {
        for key in keys {
            self.key(key).extend_from_slice(b"null");
        }
    }

    pub fn texts<T: AsRef<str>>(&mut self, key: &str, values: &[T]) {
        let out = self.key(key);
        out.push(b'[');
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            string(out, value.as_ref());
        }
        out.push(b']');
    }

    pub fn object(&mut self, key: &str, fill: impl FnOnce(&mut Object<'_>)) {
        Object::write(self.key(key), fill);
    }

    pub fn objects<T>(&mut self, key: &str, items: impl IntoIterator<Item = T>, mut fill: impl FnMut(&mut Object<'_>, T)) {
        let out = self.key(key);
        out.push(b'[');
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            Object::write(out, |object| fill(object, item));
        }
        out.push(b']');
    }
}

fn string(out: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(out, text).expect("a vector takes all writes and a str is always JSON");
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Object;

    #[test]
    fn what_is_written_reads_back_as_the_same_values() {
        let mut out = Vec::new();
        Object::write(&mut out, |o| {
            o.text("a", "quote \" line \n");
            o.plain("b", 7);
            o.nulls(&["c", "d"]);
            o.texts("e", &["x", "é"]);
            o.object("f", |o| o.plain("g", true));
            o.objects("h", [1, 2], |o, n| o.plain("n", n));
            o.stamp("i", "2026-03-02T07:44:02.1466667Z".parse().expect("a date"));
        });
        let value: Value = serde_json::from_slice(&out).expect("JSON");
        assert_eq!(
            value,
            json!({"a": "quote \" line \n", "b": 7, "c": null, "d": null, "e": ["x", "é"], "f": {"g": true},
                   "h": [{"n": 1}, {"n": 2}], "i": "2026-03-02T07:44:02.1466667Z"})
        );
    }
}
