//! The bytes of an answer as text: read raw against a cap, inflated once against a second cap, checked for UTF-8 once.

use std::io::{ErrorKind, Read};

use flate2::read::MultiGzDecoder;
use reqwest::Response;
use tokio::task::spawn_blocking;

use super::room::{self, Held};
use crate::source::wire;

/// How large an answer may be, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// As it travels.
    pub wire: usize,
    /// Once inflated.
    pub inflated: usize,
}

impl Default for Caps {
    /// A page of 1000 alerts is about 8 MB of JSON and a tenth of that on the wire; one of hostile size must not starve the others.
    fn default() -> Self {
        Self { wire: 32 * 1024 * 1024, inflated: 64 * 1024 * 1024 }
    }
}

/// Up to here a buffer grows as usual.
const SMALL: usize = 1024 * 1024;

/// Up to here a body is inflated where it was read, which takes less than a millisecond.
const AT_ONCE: usize = 256 * 1024;

/// A body as text, and whether bytes that are not UTF-8 had to be replaced.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) replaced: bool,
}

#[derive(Debug)]
pub(super) enum Unusable {
    /// Says which cap.
    TooLarge(String),
    /// Cut short, or not what its header says.
    Broken(String),
    /// Not the API's.
    Foreign(String),
}

/// Reads the body of a 200.
pub(super) async fn read(response: &mut Response, caps: Caps) -> Result<Text, Unusable> {
    let encoding = wire::header(response, "content-encoding").unwrap_or("identity").to_owned();
    let gzip = ["gzip", "x-gzip"].iter().any(|name| encoding.eq_ignore_ascii_case(name));
    if !gzip && !encoding.eq_ignore_ascii_case("identity") {
        return Err(Unusable::Broken(format!("the body is encoded as {encoding}, though only gzip was asked for")));
    }
    let (bytes, held) = gather(response, caps.wire).await?;
    if !gzip {
        return text(bytes);
    }
    if let Some(inflated) = inflate_at_once(&bytes, caps.inflated) {
        return text(inflated?);
    }
    // Never refused: the semaphore is not closed.
    let _turn = room::INFLATING.acquire().await;
    // Some milliseconds of CPU for a full page, a second for a bomb: not on the threads that serve the other tenants.
    let inflating = spawn_blocking(move || {
        let inflated = inflate(&bytes, caps.inflated);
        drop((bytes, held));
        text(inflated?)
    });
    inflating.await.map_err(|error| Unusable::Broken(format!("inflating was cut off: {error}")))?
}

/// The bytes as they travel, within the cap and within the room for all bodies. What is held is let go of with the bytes.
async fn gather(response: &mut Response, cap: usize) -> Result<(Vec<u8>, Held<'static>), Unusable> {
    let too_large = || Unusable::TooLarge(format!("the body is larger than {cap} bytes on the wire"));
    if response.content_length().is_some_and(|length| length > cap as u64) {
        return Err(too_large());
    }
    let (mut bytes, mut held) = (Vec::new(), room::READING.nothing());
    loop {
        let chunk =
            response.chunk().await.map_err(|error| Unusable::Broken(format!("the body broke off: {}", wire::why(error))))?;
        let Some(chunk) = chunk else {
            bytes.shrink_to_fit();
            return Ok((bytes, held));
        };
        let size = bytes.len() + chunk.len();
        if size > cap {
            return Err(too_large());
        }
        if !held.grow_to(size).await {
            return Err(Unusable::Broken("too many large bodies are being read at once to read it as well".to_owned()));
        }
        append(&mut bytes, &chunk, cap);
    }
}

/// What grows beyond [`SMALL`] is given all that it may need at once: doubling would leave copies of 16, 32 and 64 MiB behind, which the
/// allocator gives back late, and memory that nobody has written to costs nothing.
fn append(bytes: &mut Vec<u8>, chunk: &[u8], cap: usize) {
    let needed = bytes.len() + chunk.len();
    if needed > bytes.capacity() {
        let capacity = if needed <= SMALL { (2 * bytes.capacity()).min(cap) } else { cap };
        bytes.reserve_exact(capacity.max(needed) - bytes.len());
    }
    bytes.extend_from_slice(chunk);
}

/// Inflates what is small, as nearly all answers are; `None` for what is not. Given away, the answers of many tenants keep a dozen
/// blocking threads alive, and the allocator keeps freed memory for each.
fn inflate_at_once(bytes: &[u8], cap: usize) -> Option<Result<Vec<u8>, Unusable>> {
    if bytes.len() > AT_ONCE {
        return None;
    }
    match inflate(bytes, cap.min(AT_ONCE)) {
        Err(Unusable::TooLarge(_)) => None,
        inflated => Some(inflated),
    }
}

fn inflate(bytes: &[u8], cap: usize) -> Result<Vec<u8>, Unusable> {
    let mut inflated = Vec::with_capacity(bytes.len().saturating_mul(8).min(cap)); // about what JSON shrinks by
    let (mut decoder, mut chunk) = (MultiGzDecoder::new(bytes), vec![0; 64 * 1024]);
    loop {
        let read = match decoder.read(&mut chunk) {
            Ok(0) => {
                inflated.shrink_to_fit();
                return Ok(inflated);
            }
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(Unusable::Broken(format!("the gzip body is damaged or cut short: {error}"))),
        };
        if inflated.len() + read > cap {
            return Err(Unusable::TooLarge(format!("the body is larger than {cap} bytes once inflated")));
        }
        append(&mut inflated, &chunk[..read], cap);
    }
}

fn text(bytes: Vec<u8>) -> Result<Text, Unusable> {
    if bytes.trim_ascii().is_empty() {
        return Err(Unusable::Broken("the body is empty".to_owned()));
    }
    if wire::is_markup(&bytes) {
        return Err(Unusable::Foreign("the body is a page for people, not JSON; a proxy or gateway answered".to_owned()));
    }
    Ok(match String::from_utf8(bytes) {
        Ok(text) => Text { text, replaced: false },
        Err(error) => Text { text: String::from_utf8_lossy(error.as_bytes()).into_owned(), replaced: true },
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;

    use super::{AT_ONCE, SMALL, Unusable, append, inflate, inflate_at_once};

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_body_of_exactly_the_cap_passes_and_one_byte_more_does_not() {
        assert_eq!(inflate(&gzip(&[b'x'; 1000]), 1000).unwrap().len(), 1000);
        assert!(matches!(inflate(&gzip(&[b'x'; 1001]), 1000), Err(Unusable::TooLarge(_))));
    }

    #[test]
    fn a_body_in_several_gzip_members_is_read_whole() {
        let members = [gzip(b"{\"value\":"), gzip(b"[]}")].concat();
        assert_eq!(inflate(&members, 1000).unwrap(), b"{\"value\":[]}");
    }

    #[test]
    fn only_what_is_small_once_inflated_is_inflated_at_once() {
        assert_eq!(inflate_at_once(&gzip(b"{\"value\":[]}"), usize::MAX).unwrap().unwrap(), b"{\"value\":[]}");
        assert!(matches!(inflate_at_once(b"no gzip at all", usize::MAX), Some(Err(Unusable::Broken(_)))));
        let bomb = gzip(&vec![b' '; AT_ONCE + 1]);
        assert!(
            bomb.len() < 1024 && inflate_at_once(&bomb, usize::MAX).is_none(),
            "a bomb is inflated on a thread that serves others"
        );
        assert!(inflate_at_once(&vec![0; AT_ONCE + 1], usize::MAX).is_none());
        assert!(inflate_at_once(&gzip(b"{\"value\":[]}"), 11).is_none(), "nothing is let through beyond the cap");
    }

    #[test]
    fn what_grows_to_the_cap_takes_no_more_room_than_the_cap() {
        let mut bytes = Vec::new();
        (0..10).for_each(|_| append(&mut bytes, &[b'x'; 100], 1000));
        assert_eq!((bytes.len(), bytes.capacity()), (1000, 1000));
        assert!(inflate(&gzip(&[b'x'; 1000]), 1000).unwrap().capacity() <= 1000);
        append(&mut bytes, &vec![b'x'; SMALL], 4 * SMALL);
        let place = bytes.as_ptr();
        (0..2).for_each(|_| append(&mut bytes, &vec![b'x'; SMALL], 4 * SMALL));
        assert_eq!(bytes.as_ptr(), place, "a large body was moved");
    }

    proptest! {
        #[test]
        fn a_cut_body_is_never_taken_for_a_whole_one(text in "[a-z]{1,300}", cut in any::<prop::sample::Index>()) {
            let whole = gzip(text.as_bytes());
            let cut = &whole[..cut.index(whole.len())];
            // Nothing at all inflates to nothing, which counts as an empty body.
            prop_assert!(matches!(inflate(cut, 1000), Err(Unusable::Broken(_))) || cut.is_empty());
        }
    }
}
