//! The vendor's own document, as a text beside what was made of it.

use sha2::{Digest as _, Sha256};

use super::Options;
use super::objects::Fingerprint;
use crate::alert::{Shortened, Text};

/// `raw_data`, its hash, and its size in bytes.
#[derive(Debug, Default)]
pub struct Source<'a> {
    pub text: Option<Text<'a>>,
    pub hash: Option<Fingerprint<'a>>,
    pub size: Option<u64>,
}

impl<'a> Source<'a> {
    /// Nothing where nobody asked for it, and where a finding says less than it could so that it fits.
    pub fn of(raw: &'a str, shortened: Option<Shortened>, options: Options) -> Self {
        if !options.raw_data || shortened.is_some() {
            return Self::default();
        }
        let hash = Fingerprint {
            algorithm_id: 3,
            algorithm: "SHA-256".into(),
            value: format!("{:x}", Sha256::digest(raw.as_bytes())).into(),
        };
        Self { text: Some(Text::Borrowed(raw)), hash: Some(hash), size: Some(raw.len() as u64) }
    }
}

/// `metadata.is_truncated` and `metadata.untruncated_size`, which is in kilobytes (of 1,024 octets, rounded up).
pub fn truncated(shortened: Option<Shortened>) -> (Option<bool>, Option<u64>) {
    shortened.map(|shortened| (true, shortened.octets.div_ceil(1024) as u64)).unzip()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::ocsf::Version;

    const SHORTENED: Shortened = Shortened { octets: 1025, left_out: 1, longest_text: 10 };

    #[test]
    fn a_source_has_the_hash_that_others_compute_of_its_bytes() {
        let options = Options { version: Version::default(), raw_data: true };
        let source = Source::of("{\"a\":\"ü\"}", None, options);
        assert_eq!((source.text.as_deref(), source.size), (Some("{\"a\":\"ü\"}"), Some(10)));
        let hash = source.hash.expect("a hash").value;
        assert_eq!(hash, "fd621823002706e24604cb868a9f4f8850d6f01fb5040d49ba050482e1472437");
        assert!(Source::of("{}", Some(SHORTENED), options).text.is_none());
        assert!(Source::of("{}", None, Options::default()).text.is_none());
    }

    #[test]
    fn sizes_are_rounded_up_to_kilobytes() {
        for (octets, kilobytes) in [(0, 0), (1, 1), (1024, 1), (1025, 2)] {
            assert_eq!(truncated(Some(Shortened { octets, ..SHORTENED })), (Some(true), Some(kilobytes)));
        }
        assert_eq!(truncated(None), (None, None));
    }
}
