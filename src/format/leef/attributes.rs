//! The pairs after the header: the delimiter between them, each key once. LEEF has no escapes, so that a value cannot hold the
//! delimiter or a line break.

use std::borrow::Cow;
use std::fmt::Display;

use crate::format::flat::{cut, one_line};

/// QRadar's limit for names of users and hosts.
const LONGEST_NAME: usize = 255;

/// Writes pairs; a value that says nothing is left out with its key.
pub struct Attributes<'o> {
    out: &'o mut Vec<u8>,
    delimiter: char,
    written: Vec<Cow<'static, str>>,
}

impl<'o> Attributes<'o> {
    pub fn new(delimiter: char, out: &'o mut Vec<u8>) -> Self {
        Self { out, delimiter, written: Vec::with_capacity(48) }
    }

    /// Says whether the pair was written.
    pub fn put(&mut self, key: impl Into<Cow<'static, str>>, value: Option<&str>) -> bool {
        let (key, Some(value)) = (key.into(), value) else { return false };
        let value = one_line(value, |c| c == self.delimiter);
        let value = if is_name(&key) { cut(&value, LONGEST_NAME) } else { &value };
        if value.is_empty() || self.written.contains(&key) {
            return false;
        }
        if !self.written.is_empty() {
            self.out.extend_from_slice(self.delimiter.encode_utf8(&mut [0; 4]).as_bytes());
        }
        self.out.extend_from_slice(key.as_bytes());
        self.out.push(b'=');
        self.out.extend_from_slice(value.as_bytes());
        self.written.push(key);
        true
    }

    pub fn put_number(&mut self, key: &'static str, value: Option<impl Display>) -> bool {
        self.put(key, value.map(|value| value.to_string()).as_deref())
    }
}

/// Whether QRadar limits the key's values.
fn is_name(key: &str) -> bool {
    matches!(key, "usrName" | "identHostName" | "accountName")
}

#[cfg(test)]
mod tests {
    use super::Attributes;

    fn written(delimiter: char, pairs: &[(&'static str, &str)]) -> String {
        let mut out = Vec::new();
        let mut attributes = Attributes::new(delimiter, &mut out);
        for (key, value) in pairs {
            attributes.put(*key, Some(value));
        }
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn what_has_no_escape_becomes_a_space() {
        for (delimiter, value, expected) in [
            ('^', "a^b", "msg=a b"),
            ('^', "a\tb\r\nc\u{0}d", "msg=a b  c d"),
            ('\t', "a\tb^c", "msg=a b^c"),
            ('^', "curl x | sh", "msg=curl x | sh"),
            ('^', "a=b\\c", "msg=a=b\\c"),
            ('^', "\u{202e}😀\u{2029}", "msg=\u{202e}😀"),
            ('^', "^ ^", ""),
        ] {
            assert_eq!(written(delimiter, &[("msg", value)]), expected, "{value:?}");
        }
    }

    #[test]
    fn each_key_stands_once_and_names_are_kept_short() {
        assert_eq!(written('^', &[("cat", "a"), ("cat", "b"), ("sev", " "), ("msg", "c")]), "cat=a^msg=c");
        let name = "ü".repeat(300);
        assert_eq!(written('^', &[("usrName", &name), ("msg", &name)]), format!("usrName={}^msg={name}", "ü".repeat(255)));
    }
}
