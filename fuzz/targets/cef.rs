//! Records of every feed as CEF.
#![no_main]

use alertferry::format::{Encoder, cef};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    alertferry_fuzz::check(input, |case| {
        Encoder::Cef(cef::Options {
            strict_lengths: case.flags & 1 != 0,
            ipv6_in_src: case.flags & 2 != 0,
            high_is_ten: case.flags & 4 != 0,
        })
    });
});
