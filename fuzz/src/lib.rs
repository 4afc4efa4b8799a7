//! What the fuzz targets share: a record with everything that can be chosen around it, and what must hold of its message.
//!
//! The first octets of an input are choices, the rest is the record. `scripts/fuzz.sh` makes the first inputs that way from the
//! tests' fixtures. What comes over the network comes through [`loopback`].

pub mod loopback;

use std::collections::BTreeMap;

use alertferry::alert::{Finding, Kind};
use alertferry::format::shorten::{Fit, Oversize, encode_within};
use alertferry::format::{Activity, Context, Encoder};
use alertferry::source::FeedKind;
use alertferry::tenant::Tenant;
use arbitrary::{Result, Unstructured};
use jiff::Timestamp;

/// A record of a feed, and how it is to be written.
#[derive(Debug)]
pub struct Case<'a> {
    pub feed: FeedKind,
    pub kind: Kind,
    pub activity: Activity,
    pub oversize: Oversize,
    /// In octets.
    pub room: usize,
    /// For the options of the format.
    pub flags: u8,
    pub delimiter: u8,
    pub record: &'a str,
}

impl<'a> Case<'a> {
    /// Reads seven octets of choices and a record.
    ///
    /// # Errors
    /// When there are fewer.
    pub fn read(input: &'a [u8]) -> Result<Self> {
        let mut choices = Unstructured::new(input);
        let feed = FeedKind::ALL[usize::from(choices.arbitrary::<u8>()?) % FeedKind::ALL.len()].0;
        let how: u8 = choices.arbitrary()?;
        let room = usize::from(choices.arbitrary::<u16>()?);
        let (flags, delimiter) = (choices.arbitrary()?, choices.arbitrary()?);
        let _: u8 = choices.arbitrary()?;
        let record = choices.take_rest();
        Ok(Self {
            feed,
            kind: if how & 1 == 0 { Kind::Alert } else { Kind::Incident },
            activity: [Activity::Create, Activity::Update, Activity::Close][usize::from(how >> 1) % 3],
            oversize: if how & 0x80 == 0 { Oversize::Shorten } else { Oversize::DeadLetter },
            room: if room == usize::from(u16::MAX) { usize::MAX } else { room },
            flags,
            delimiter,
            record: std::str::from_utf8(record).unwrap_or_default(),
        })
    }

    /// The record as an alert or an incident, when it can be read.
    #[must_use]
    pub fn finding(&self) -> Option<Finding<'a>> {
        (self.feed.dialect().read)(self.kind, self.record).ok()
    }
}

/// Somebody to whom records belong; the name would be at home in no line format.
#[must_use]
pub fn tenant() -> Tenant {
    Tenant {
        name: "contoso".into(),
        id: "99990000-aaaa-bbbb-cccc-ddddeeeeffff".into(),
        customer: "Contoso | Söhne = \\ ^ 😀".to_owned(),
        labels: BTreeMap::from([("tier".to_owned(), "gold=1|2".to_owned())]),
    }
}

/// Encodes what an input says, and fails where the message is not what its format promises.
pub fn check(input: &[u8], encoder: impl Fn(&Case<'_>) -> Encoder) {
    let Ok(case) = Case::read(input) else { return };
    let Some(finding) = case.finding() else { return };
    let (encoder, tenant) = (encoder(&case), tenant());
    let collected = Timestamp::UNIX_EPOCH;
    let context = Context { tenant: &tenant, feed: case.feed, activity: case.activity, collected, replayed: false };
    let mut whole = Vec::new();
    encoder.encode(&finding, &context, &mut whole).expect("whatever can be read can be written");
    sound(encoder, &whole);
    let mut message = b"before".to_vec();
    let fit = encode_within(encoder, &finding, &context, (case.room, case.oversize), &mut message);
    assert!(message.starts_with(b"before"), "what stood there before was changed");
    let message = &message[6..];
    match fit {
        Ok(Fit::Whole) => assert_eq!(message, whole),
        Ok(Fit::Shortened) => {
            assert!(whole.len() > case.room && message.len() <= case.room, "{} octets in {}", message.len(), case.room);
            assert!(case.oversize == Oversize::Shorten);
            sound(encoder, message);
        }
        Err(_) => assert!(whole.len() > case.room),
    }
}

/// One line, and where the format is JSON, one document of it.
fn sound(encoder: Encoder, message: &[u8]) {
    let text = std::str::from_utf8(message).expect("UTF-8");
    assert!(!text.contains(['\n', '\r', '\0']), "more than one line: {text:?}");
    if encoder.format().is_json() {
        let document: serde_json::Value = serde_json::from_str(text).expect("JSON");
        assert!(document.is_object());
    }
}
