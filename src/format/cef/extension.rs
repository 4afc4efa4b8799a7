//! The pairs after the header: one space between them, each key once, everything else escaped.

use std::borrow::Cow;
use std::fmt::Display;

use super::Options;
use super::lengths::longest;
use crate::format::flat::{breaks_lines, cut};

/// Writes pairs; a value that says nothing is left out with its key.
pub struct Extension<'o> {
    out: &'o mut Vec<u8>,
    strict: bool,
    written: Vec<Cow<'static, str>>,
}

impl<'o> Extension<'o> {
    pub fn new(options: Options, out: &'o mut Vec<u8>) -> Self {
        Self { out, strict: options.strict_lengths, written: Vec::with_capacity(48) }
    }

    /// Says whether the pair was written.
    pub fn put(&mut self, key: impl Into<Cow<'static, str>>, value: Option<&str>) -> bool {
        let (key, Some(value)) = (key.into(), value) else { return false };
        let value = trimmed(value);
        let value = if self.strict { cut(value, longest(&key)) } else { value };
        if value.is_empty() || self.written.contains(&key) {
            return false;
        }
        if !self.written.is_empty() {
            self.out.push(b' ');
        }
        self.out.extend_from_slice(key.as_bytes());
        self.out.push(b'=');
        escape(value, self.out);
        self.written.push(key);
        true
    }

    pub fn put_number(&mut self, key: &'static str, value: Option<impl Display>) -> bool {
        self.put(key, value.map(|value| value.to_string()).as_deref())
    }

    /// A custom field, and behind it what it is.
    pub fn put_labelled(&mut self, (key, key_of_label): (&'static str, &'static str), label: &str, value: Option<&str>) {
        if self.put(key, value) {
            self.put(key_of_label, Some(label));
        }
    }
}

/// White space at an end would be lost, or taken for a part of the next pair.
fn trimmed(value: &str) -> &str {
    value.trim_matches(|c: char| c.is_whitespace() || breaks_lines(c))
}

/// Line breaks are written as such; for other characters that no line may hold there is no escape, and they become a space.
fn escape(value: &str, out: &mut Vec<u8>) {
    for c in value.chars() {
        match c {
            '\\' => out.extend_from_slice(b"\\\\"),
            '=' => out.extend_from_slice(b"\\="),
            '\n' => out.extend_from_slice(b"\\n"),
            '\r' => out.extend_from_slice(b"\\r"),
            c if breaks_lines(c) => out.push(b' '),
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(strict_lengths: bool, pairs: &[(&'static str, &str)]) -> String {
        let mut out = Vec::new();
        let mut extension = Extension::new(Options { strict_lengths, ..Options::default() }, &mut out);
        for (key, value) in pairs {
            extension.put(*key, Some(value));
        }
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn values_are_escaped() {
        for (value, expected) in [
            ("C:\\Temp\\new", "msg=C:\\\\Temp\\\\new"),
            ("a=b|c", "msg=a\\=b|c"),
            ("a\r\nb\n", "msg=a\\r\\nb"),
            ("\\n", "msg=\\\\n"),
            ("ends with \\", "msg=ends with \\\\"),
            ("\t a\tb\u{0}c\u{2028}d ", "msg=a b c d"),
            ("\u{202e}😀", "msg=\u{202e}😀"),
            ("\u{85} \n", ""),
        ] {
            assert_eq!(written(false, &[("msg", value)]), expected);
        }
    }

    #[test]
    fn each_key_stands_once_and_empty_ones_not_at_all() {
        assert_eq!(written(false, &[("act", " "), ("cat", "a"), ("cat", "b"), ("msg", "c")]), "cat=a msg=c");
    }

    #[test]
    fn only_strict_lines_cut_values_and_never_within_an_escape() {
        let value = format!("{}=b", "a".repeat(62));
        assert_eq!(written(false, &[("act", &value)]), format!("act={}\\=b", "a".repeat(62)));
        assert_eq!(written(true, &[("act", &value)]), format!("act={}\\=", "a".repeat(62)));
        let spaced = format!("{} {}", "a".repeat(62), "b");
        assert_eq!(written(true, &[("act", &spaced)]), format!("act={}", "a".repeat(62)), "no space is left at the end");
    }
}
