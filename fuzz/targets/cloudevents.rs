//! `CloudEvents` around messages of every kind: JSON, lines, and what is neither.
#![no_main]

use alertferry::alert::Severity;
use alertferry::format::{Encoder, Format};
use alertferry::sink::About;
use alertferry::sink::cloudevents::Event;
use alertferry::source::FeedKind;
use alertferry::tenant::Tenant;
use jiff::Timestamp;

libfuzzer_sys::fuzz_target!(|input: (&str, &str, u8, u16, &[u8])| {
    let (tenant, id, flags, most, payload) = input;
    let format = Format::ALL[usize::from(flags) % Format::ALL.len()].0;
    let tenant = Tenant { id: tenant.into(), ..alertferry_fuzz::tenant() };
    let about = About::alert(id, Severity::High, Some(Timestamp::UNIX_EPOCH));
    let event = || Event::new(&tenant, FeedKind::GraphAlerts, Encoder::of(format), &about);

    let document = event().document(payload);
    assert!(serde_json::from_slice::<serde_json::Value>(&document).expect("JSON").is_object());
    for (name, value) in event().into_headers() {
        assert!(!value.contains(char::is_control), "{name}: {value:?}");
    }

    // What a format writes: a document of JSON, or a line of text without control characters but tabs.
    let whole = match std::str::from_utf8(payload) {
        Ok(text) if format.is_json() => serde_json::from_str::<serde_json::Value>(text).is_ok(),
        Ok(text) => !text.contains(|c: char| c.is_control() && c != '\t'),
        Err(_) => false,
    };
    if whole && !payload.is_empty() && payload.len() <= event().room(usize::from(most)) {
        assert!(document.len() <= usize::from(most), "{} octets where there is room for {most}", document.len());
    }
});
