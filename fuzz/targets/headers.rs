//! Small texts of others: `Retry-After`, timestamps, rates, durations, addresses.
#![no_main]

use std::time::Duration;

use alertferry::alert::{Severity, Status, members, stamp};
use alertferry::config::duration;
use alertferry::source::throttle::{Rate, retry_after};
use jiff::Timestamp;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Some(pause) = retry_after(text, Timestamp::UNIX_EPOCH) {
        assert!((Duration::from_secs(1)..=Duration::from_mins(5)).contains(&pause), "{pause:?}");
    }
    if let Some(rates) = Rate::parse_list(text) {
        assert!(rates.iter().all(|rate| rate.requests > 0 && !rate.per.is_zero()) && !rates.is_empty());
    }
    if let Some(span) = duration::parse(text) {
        assert_eq!(duration::parse(&duration::show(span)), Some(span), "what is shown of a duration reads as another");
    }
    if let Some(at) = stamp::parse(text) {
        assert_eq!(stamp::parse(&at.to_string()), Some(at));
    }
    let _ = (members::address(text), members::is_mail_address(text), Severity::from_word(text), Status::from_word(text));
});
