//! The readers of records, of every feed.
#![no_main]

use alertferry::alert::{Finding, Kind, header};
use alertferry::source::FeedKind;
use alertferry_fuzz::Case;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Ok(case) = Case::read(input) else { return };
    for (feed, _) in FeedKind::ALL {
        let dialect = feed.dialect();
        let row = (dialect.row)(case.record);
        if let Ok(header) = &row {
            let finding = (dialect.read)(header.kind, case.record).expect("a record with a header can be read");
            assert_eq!(finding.raw(), case.record);
            let (kind, id) = match &finding {
                Finding::Alert(alert) => (Kind::Alert, alert.id.to_string()),
                Finding::Incident(incident) => (Kind::Incident, incident.known_as()),
            };
            assert_eq!((kind, id), (header.kind, header.id.clone()), "header and record differ");
        }
        for kind in [Kind::Alert, Kind::Incident] {
            let _ = (dialect.read)(kind, case.record);
        }
    }
    assert_eq!(header::fingerprint(case.record).len(), 71);
});
