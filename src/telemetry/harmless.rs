//! Log lines that no terminal acts upon: whoever can raise an alert can choose words that end up in one.

use std::fmt::Write as _;
use std::io::{self, Write};

/// Characters above ASCII that steer a terminal, end a line or turn its direction (all below U+10000). ASCII's own are escaped by
/// whoever formats the line.
#[must_use]
pub fn steers(character: char) -> bool {
    matches!(
        character,
        '\u{80}'..='\u{9f}' | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

/// A writer of whole lines that escapes those characters as JSON does, so that a JSON line still means the same.
#[derive(Debug)]
pub(super) struct Harmless<W>(pub W);

impl<W: Write> Write for Harmless<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        match std::str::from_utf8(line) {
            Ok(text) if text.contains(steers) => self.0.write_all(escaped(text).as_bytes())?,
            _ => self.0.write_all(line)?,
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if steers(character) {
            let _ = write!(out, "\\u{:04x}", u32::from(character)); // writing to a String does not fail
        } else {
            out.push(character);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::Harmless;

    #[test]
    fn a_line_of_json_loses_what_steers_a_terminal_and_keeps_its_meaning() {
        let words = "plain é 🦀 c1 \u{9b}31m \u{85} turned \u{202e}txt.exe\u{2029}";
        let line = serde_json::to_string(words).unwrap();
        let mut out = Harmless(Vec::new());
        assert_eq!(out.write(line.as_bytes()).unwrap(), line.len());
        let written = String::from_utf8(out.0).unwrap();
        assert!(!written.contains(super::steers) && written.contains("plain é 🦀"), "{written}");
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), words);
    }
}
