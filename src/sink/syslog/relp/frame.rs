//! RELP's frames, written and read: `TXNR SP COMMAND SP DATALEN [SP DATA] LF`.
//!
//! Source: the protocol's specification in librelp (doc/relp.md), version 0.0.1.

use std::io::Write;

/// Of a transaction number and of a length.
const MOST_DIGITS: usize = 9;
const LONGEST_COMMAND: usize = 32;
/// What a receiver says is a line or two; the specification's limit for any frame is far more than that.
pub const LONGEST_DATA: usize = 128 * 1024;

/// One frame of a receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// 0 is a hint, which nobody answers.
    pub txnr: u32,
    pub command: String,
    pub data: Vec<u8>,
}

/// Octets that are no frame, or one that is longer than any receiver has reason to send.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(&'static str);

/// Appends one frame.
pub fn write(txnr: u32, command: &str, data: &[u8], out: &mut Vec<u8>) {
    // Writing to a Vec does not fail.
    let _ = write!(out, "{txnr} {command} {}", data.len());
    if !data.is_empty() {
        out.push(b' ');
        out.extend_from_slice(data);
    }
    out.push(b'\n');
}

/// Makes frames of octets that come in pieces of any size. Once it has failed, nothing that follows can be trusted.
#[derive(Debug, Default)]
pub struct Reader {
    octets: Vec<u8>,
}

impl Reader {
    pub fn feed(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
    }

    /// The next whole frame, if it is there.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, Malformed> {
        let Some((frame, length)) = parse(&self.octets)? else { return Ok(None) };
        self.octets.drain(..length);
        Ok(Some(frame))
    }
}

/// A frame and its length, or `None` where the octets are the beginning of one.
fn parse(octets: &[u8]) -> Result<Option<(Frame, usize)>, Malformed> {
    let mut rest = octets;
    let Some(txnr) = number(&mut rest, Malformed("a frame without a transaction number"))? else { return Ok(None) };
    if !expect(&mut rest, b' ', Malformed("no space after a transaction number"))? {
        return Ok(None);
    }
    let letters = rest.iter().take_while(|octet| octet.is_ascii_alphabetic()).count();
    if letters > LONGEST_COMMAND || (letters == 0 && !rest.is_empty()) {
        return Err(Malformed("no command after a transaction number"));
    }
    let command = String::from_utf8_lossy(&rest[..letters]).into_owned();
    rest = &rest[letters..];
    if !expect(&mut rest, b' ', Malformed("no space after a command"))? {
        return Ok(None);
    }
    let Some(length) = number(&mut rest, Malformed("no length after a command"))? else { return Ok(None) };
    let length = length as usize;
    if length > LONGEST_DATA {
        return Err(Malformed("a frame of more than 128 KiB"));
    }
    if length > 0 && !expect(&mut rest, b' ', Malformed("no space after a length"))? {
        return Ok(None);
    }
    let Some((data, after)) = rest.split_at_checked(length) else { return Ok(None) };
    rest = after;
    if !expect(&mut rest, b'\n', Malformed("a frame that does not end where it says"))? {
        return Ok(None);
    }
    Ok(Some((Frame { txnr, command, data: data.to_vec() }, octets.len() - rest.len())))
}

/// Takes a number that something else follows; `None` while its end is not there.
fn number(rest: &mut &[u8], wrong: Malformed) -> Result<Option<u32>, Malformed> {
    let digits = rest.iter().take_while(|octet| octet.is_ascii_digit()).count();
    if digits > MOST_DIGITS || (digits == 0 && !rest.is_empty()) {
        return Err(wrong);
    }
    if digits == rest.len() {
        return Ok(None);
    }
    let number = rest[..digits].iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
    *rest = &rest[digits..];
    Ok(Some(number))
}

/// Takes one octet; `false` while it is not there.
fn expect(rest: &mut &[u8], octet: u8, wrong: Malformed) -> Result<bool, Malformed> {
    match rest.split_first() {
        None => Ok(false),
        Some((found, after)) if *found == octet => {
            *rest = after;
            Ok(true)
        }
        Some(_) => Err(wrong),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Frame, LONGEST_DATA, Reader, write};

    fn frame(txnr: u32, command: &str, data: &[u8]) -> Frame {
        Frame { txnr, command: command.to_owned(), data: data.to_vec() }
    }

    #[test]
    fn frames_look_as_the_specification_says() {
        let mut out = Vec::new();
        write(1, "open", b"relp_version=0", &mut out);
        write(999_999_999, "syslog", "ü\n".as_bytes(), &mut out);
        write(3, "close", b"", &mut out);
        assert_eq!(out, "1 open 14 relp_version=0\n999999999 syslog 3 ü\n\n3 close 0\n".as_bytes());
    }

    #[test]
    fn what_is_no_frame_is_refused_as_early_as_it_can_be_told() {
        for (octets, words) in [
            (&b"220 mail.example ESMTP"[..], "no space after a command"),
            (b"HTTP/1.1 400", "a frame without a transaction number"),
            (b"-1 rsp", "a frame without a transaction number"),
            (b"1234567890", "a frame without a transaction number"),
            (b"1\t", "no space after a transaction number"),
            (b"1  rsp", "no command after a transaction number"),
            (b"1 abcdefghijklmnopqrstuvwxyzabcdefg", "no command after a transaction number"),
            (b"1 rsp x", "no length after a command"),
            (b"1 rsp 131073 ", "a frame of more than 128 KiB"),
            (b"1 rsp 6\n", "no space after a length"),
            (b"1 rsp 6 200 OKx", "a frame that does not end where it says"),
            (b"1 rsp 0 ", "a frame that does not end where it says"),
        ] {
            let mut reader = Reader::default();
            reader.feed(octets);
            let refused = reader.next_frame().unwrap_err().to_string();
            assert_eq!(refused, words, "{:?}", String::from_utf8_lossy(octets));
        }
    }

    proptest! {
        #[test]
        fn frames_come_back_whole_however_they_are_cut(
            frames in prop::collection::vec((0u32..1_000_000_000, "[a-zA-Z]{1,32}", prop::collection::vec(any::<u8>(), 0..300)), 0..20),
            cuts in prop::collection::vec(1usize..200, 1..50),
        ) {
            let mut octets = Vec::new();
            for (txnr, command, data) in &frames {
                write(*txnr, command, data, &mut octets);
            }
            let mut reader = Reader::default();
            let mut read = Vec::new();
            let mut rest = octets.as_slice();
            for cut in cuts.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (piece, after) = rest.split_at((*cut).min(rest.len()));
                reader.feed(piece);
                while let Some(frame) = reader.next_frame().unwrap() {
                    read.push(frame);
                }
                rest = after;
            }
            let sent: Vec<Frame> = frames.iter().map(|(txnr, command, data)| frame(*txnr, command, data)).collect();
            prop_assert_eq!(read, sent);
            prop_assert!(reader.octets.is_empty());
        }

        #[test]
        fn hostile_octets_neither_panic_nor_pile_up(
            octets in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..600),
                "[0-9]{1,10} [a-z]{1,33} [0-9]{1,10} [ -~\n]{0,300}".prop_map(String::into_bytes),
            ],
            cut in 1usize..40,
        ) {
            let mut reader = Reader::default();
            for piece in octets.chunks(cut) {
                reader.feed(piece);
                loop {
                    match reader.next_frame() {
                        Ok(Some(frame)) => prop_assert!(frame.data.len() <= LONGEST_DATA),
                        Ok(None) => break,
                        Err(_) => return Ok(()),
                    }
                }
                prop_assert!(reader.octets.len() <= LONGEST_DATA + 64);
            }
        }
    }
}
