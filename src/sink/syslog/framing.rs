//! How messages are told apart in a stream (RFC 6587): the octets of each are counted before it, or a line feed ends it.

use std::io::Write;

use crate::sink::settings::Framing;

/// Appends one message in its frame.
pub fn frame(framing: Framing, message: &[u8], out: &mut Vec<u8>) {
    match framing {
        Framing::OctetCounting => count_octets(message, out),
        Framing::Newline => end_with_newline(message, out),
    }
}

/// `LEN SP MSG`. Whatever the message holds, line breaks included, cannot end it early.
fn count_octets(message: &[u8], out: &mut Vec<u8>) {
    // Writing to a Vec does not fail.
    let _ = write!(out, "{} ", message.len());
    out.extend_from_slice(message);
}

/// `MSG LF`. What some receiver or other takes for the end of a message becomes a space: line feeds, carriage returns, NULs. JSON
/// stays the same document, since it has them only between its values.
fn end_with_newline(message: &[u8], out: &mut Vec<u8>) {
    out.extend(message.iter().map(|octet| if matches!(octet, b'\n' | b'\r' | 0) { b' ' } else { *octet }));
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::frame;
    use crate::sink::settings::Framing;

    /// Reads frames the way RFC 6587 section 3.4.1 describes, strictly.
    fn read_back(mut stream: &[u8]) -> Vec<Vec<u8>> {
        let mut messages = Vec::new();
        while !stream.is_empty() {
            let space = stream.iter().position(|byte| *byte == b' ').expect("a space after the length");
            let digits = std::str::from_utf8(&stream[..space]).unwrap();
            assert!(digits.bytes().all(|byte| byte.is_ascii_digit()), "the length is digits only: {digits:?}");
            assert!(!digits.starts_with('0'), "the length has no leading zero: {digits:?}");
            let length: usize = digits.parse().unwrap();
            messages.push(stream[space + 1..=space + length].to_vec());
            stream = &stream[space + 1 + length..];
        }
        messages
    }

    #[test]
    fn each_frame_has_exactly_these_bytes() {
        for (framing, expected) in [(Framing::OctetCounting, "14 <132>1 - ü\r\n\0"), (Framing::Newline, "<132>1 - ü   \n")] {
            let mut out = Vec::new();
            frame(framing, "<132>1 - ü\r\n\0".as_bytes(), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }

    fn messages() -> impl Strategy<Value = Vec<Vec<u8>>> {
        prop::collection::vec(prop::collection::vec(any::<u8>(), 1..300), 0..20)
    }

    proptest! {
        #[test]
        fn any_counted_messages_come_back_whole_and_apart(messages in messages()) {
            let mut out = Vec::new();
            for message in &messages {
                frame(Framing::OctetCounting, message, &mut out);
            }
            prop_assert_eq!(read_back(&out), messages);
        }

        #[test]
        fn any_messages_in_lines_come_back_apart_and_with_their_length(messages in messages()) {
            let mut out = Vec::new();
            for message in &messages {
                frame(Framing::Newline, message, &mut out);
            }
            prop_assert!(!out.contains(&0) && !out.contains(&b'\r'));
            let lines: Vec<&[u8]> = out.split_inclusive(|octet| *octet == b'\n').collect();
            prop_assert_eq!(lines.len(), messages.len());
            for (line, message) in lines.iter().zip(&messages) {
                prop_assert_eq!(line.len(), message.len() + 1);
                for (read, sent) in line.iter().zip(message) {
                    prop_assert!(read == sent || (*read == b' ' && b"\n\r\0".contains(sent)));
                }
            }
        }
    }
}
