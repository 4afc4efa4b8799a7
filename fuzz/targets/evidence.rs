//! The readers of evidence, in every shape, whole and with short texts.
#![no_main]

use alertferry::alert::evidence::{Evidence, Shape};
use alertferry::alert::{Finding, Kind};
use alertferry_fuzz::Case;
use serde_json::value::RawValue;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Ok(case) = Case::read(input) else { return };
    let Ok(record) = serde_json::from_str::<&RawValue>(case.record) else { return };
    let mut pieces = vec![record];
    if let Ok(Finding::Alert(alert)) = (case.feed.dialect().read)(Kind::Alert, case.record) {
        pieces.extend(alert.evidence);
    }
    for piece in pieces {
        for shape in [Shape::Graph, Shape::Flat, Shape::Azure] {
            let whole = Evidence::decode(shape, piece);
            let short = Evidence::decode_within(shape, piece, usize::from(case.flags));
            assert_eq!(whole.raw.get(), piece.get());
            assert!(short.raw.get().len() <= usize::from(case.flags).max(2), "a long copy is left in");
            for (_, member) in short.rest.left() {
                let _ = format!("{member:?}");
            }
        }
    }
});
