//! What goes around a message on its way to a syslog receiver, and what a RELP receiver answers.
#![no_main]

use alertferry::alert::Severity;
use alertferry::format::{Encoder, Format};
use alertferry::sink::settings::{Framing, Rfc, Syslog};
use alertferry::sink::syslog::framing::frame;
use alertferry::sink::syslog::message::{Origin, Style};
use alertferry::sink::syslog::relp::answer::Answer;
use alertferry::sink::syslog::relp::frame::{self as relp, Reader};
use alertferry::sink::{About, Batch};
use alertferry::source::FeedKind;
use alertferry::tenant::Tenant;
use jiff::Timestamp;

libfuzzer_sys::fuzz_target!(|input: (&str, &str, u8, &[u8])| {
    let (name, id, flags, octets) = input;
    message(name, id, flags, octets);
    answers(octets, usize::from(flags));
    words(octets);
});

/// The header is one line and leaves the room that it says, and the payload goes as it is.
fn message(name: &str, id: &str, flags: u8, payload: &[u8]) {
    let rfc = if flags & 1 == 0 { Rfc::Rfc5424 } else { Rfc::Rfc3164 };
    let settings = Syslog { rfc, app_name: name.to_owned(), hostname: Some(id.to_owned()), ..Syslog::new("a:1") };
    let style = Style::new(&settings, "machine");
    let tenant = Tenant { name: name.into(), ..alertferry_fuzz::tenant() };
    let encoder = Encoder::of(Format::Cef);
    let origin = Origin { tenant: &tenant, feed: FeedKind::GraphAlerts, encoder, now: Timestamp::UNIX_EPOCH };
    let about = About::alert(id, Severity::High, None);
    let room = style.room(&origin, &about);
    let mut batch = Batch::new(tenant.clone().into(), FeedKind::GraphAlerts, encoder);
    let pushed: Result<(), ()> = batch.push(about, |out| {
        out.extend_from_slice(payload);
        Ok(())
    });
    assert!(pushed.is_ok());
    for one in batch.messages() {
        let mut out = Vec::new();
        style.encode(&origin, one, &mut out);
        assert!(out.starts_with(b"<") && out.ends_with(payload));
        let header = &out[..out.len() - payload.len()];
        assert!(header.len() + room == style.limit || room == 0, "the room is what the header leaves");
        assert!(!header.iter().any(|octet| matches!(octet, b'\n' | b'\r' | 0)), "a header of several lines");
        let mut line = Vec::new();
        frame(Framing::Newline, &out, &mut line);
        assert_eq!(line.iter().position(|octet| *octet == b'\n'), Some(line.len() - 1));
    }
}

/// What an answer says is fit for a log line.
fn words(data: &[u8]) {
    let Some(answer) = Answer::read(data) else { return };
    let said = answer.objection().unwrap_or(answer.words);
    assert!(!said.contains(char::is_control), "more than one line: {said:?}");
}

/// Frames are the same however their octets come in; what we write can be read.
fn answers(octets: &[u8], at: usize) {
    let read = |pieces: &[&[u8]]| {
        let (mut reader, mut frames) = (Reader::default(), Vec::new());
        for piece in pieces {
            reader.feed(piece);
            loop {
                match reader.next_frame() {
                    Ok(Some(frame)) => frames.push(frame),
                    Ok(None) => break,
                    Err(_) => return (frames, true),
                }
            }
        }
        (frames, false)
    };
    let (one, other) = octets.split_at(at.min(octets.len()));
    assert_eq!(read(&[octets]), read(&[one, other]));
    let mut written = Vec::new();
    relp::write(7, "syslog", octets, &mut written);
    if octets.len() <= relp::LONGEST_DATA {
        let (frames, failed) = read(&[&written]);
        assert!(!failed && frames.len() == 1 && frames[0].data == octets);
    }
}
