//! How messages are told apart in a stream (RFC 6587): the octets of each are counted before it.

use std::io::Write;

/// Appends one message as `LEN SP MSG`. Whatever the message holds, line breaks included, cannot end it early.
pub fn count_octets(message: &[u8], out: &mut Vec<u8>) {
    // Writing to a Vec does not fail.
    let _ = write!(out, "{} ", message.len());
    out.extend_from_slice(message);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::count_octets;

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
    fn a_frame_is_the_number_of_octets_a_space_and_the_message() {
        let mut out = Vec::new();
        count_octets("<132>1 - ü\n".as_bytes(), &mut out);
        assert_eq!(out, "12 <132>1 - ü\n".as_bytes());
    }

    proptest! {
        #[test]
        fn any_messages_come_back_whole_and_apart(messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..300), 0..20)) {
            let mut out = Vec::new();
            for message in &messages {
                count_octets(message, &mut out);
            }
            prop_assert_eq!(read_back(&out), messages);
        }
    }
}
