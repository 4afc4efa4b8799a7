//! Records of every feed as OCSF.
#![no_main]

use alertferry::format::{Encoder, ocsf};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    alertferry_fuzz::check(input, |case| {
        let version = ocsf::Version::ALL[usize::from(case.delimiter) % ocsf::Version::ALL.len()].0;
        Encoder::Ocsf(ocsf::Options { version, raw_data: case.flags & 1 != 0 })
    });
});
