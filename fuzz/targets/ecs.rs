//! Records of every feed as ECS.
#![no_main]

use alertferry::format::{Encoder, ecs};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    alertferry_fuzz::check(input, |case| Encoder::Ecs(ecs::Options { original: case.flags & 1 != 0 }));
});
