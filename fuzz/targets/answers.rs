//! What the APIs answer, of every feed: status, headers, encoding, envelope, next links, records. Three octets of choices (feed,
//! status, framing) go before it; the framing 0 is the body of an ordinary answer.
#![no_main]

use alertferry::source::{FeedKind, Source as _, Window};
use alertferry_fuzz::loopback::{RUNTIME, SECRET, answer, reader, say, welcome};
use jiff::Timestamp;

const STATUSES: [u16; 12] = [200, 200, 200, 200, 400, 401, 403, 404, 429, 500, 302, 206];

/// No window of a few seconds has more pages than this, unless the input leads in circles.
const PAGES: usize = 6;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let [feed, status, framing, rest @ ..] = input else { return };
    let feed = FeedKind::ALL[usize::from(*feed) % FeedKind::ALL.len()].0;
    let status = STATUSES[usize::from(*status) % STATUSES.len()];
    let bytes = match framing % 4 {
        0 => answer(status, "date: Mon, 02 Mar 2026 07:01:30 GMT\r\n", rest),
        1 => answer(status, "content-encoding: gzip\r\n", rest),
        2 => {
            // The first line is the value of the headers that we read.
            let (value, body) = rest.iter().position(|octet| *octet == b'\n').map_or((rest, &[][..]), |at| rest.split_at(at));
            let value = String::from_utf8_lossy(value).replace(['\r', '\n'], " ");
            answer(status, &format!("retry-after: {value}\r\ndate: {value}\r\nlocation: {value}\r\nrequest-id: {value}\r\n"), body)
        }
        _ => rest.to_vec(),
    };
    say(welcome(), bytes);
    let at = |second: i64| Timestamp::from_second(1_772_434_800 + second).expect("a date");
    let window = Window { from: at(0), to: at(3600) };
    RUNTIME.block_on(async {
        let reader = reader(feed);
        let mut pages = reader.open(window);
        for _ in 0..PAGES {
            match pages.next().await {
                Ok(Some(page)) => {
                    assert!(page.complete_to.is_none_or(|to| to <= window.to), "complete beyond the window's end");
                    for record in page.records() {
                        assert!(!page.raw(record).is_empty());
                    }
                }
                Ok(None) => return,
                Err(error) => {
                    let told = format!("{error:?}");
                    assert!(!told.contains(SECRET) && !told.contains("a.token.of-ours"), "a secret: {told}");
                    return;
                }
            }
        }
    });
});
