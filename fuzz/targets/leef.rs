//! Records of every feed as LEEF.
#![no_main]

use alertferry::format::{Encoder, leef};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    alertferry_fuzz::check(input, |case| {
        let version = if case.flags & 1 == 0 { leef::Version::V2_0 } else { leef::Version::V1_0 };
        // Those that the configuration takes: neither letters nor digits, nor what a pair is made of.
        let delimiter = ['^', '\t', '~', '#', ';', '\u{1}'][usize::from(case.delimiter) % 6];
        Encoder::Leef(leef::Options { version, delimiter })
    });
});
