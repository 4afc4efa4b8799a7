//! Makes up alerts: varied, in the shape of the real ones, and the same for the same seed.

mod alert;
mod evidence;
mod kind;
mod object;
mod people;

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};

use super::store::{Body, Row};
use alert::guid;
use kind::KINDS;

pub use alert::write;
pub use kind::Kind;

/// Makes the rows of one tenant.
#[derive(Debug)]
pub struct Generator {
    rng: Rng,
    incident: u32,
}

impl Generator {
    pub fn new(seed: u64) -> Self {
        Self { rng: Rng::with_seed(seed), incident: 40 }
    }

    /// The tenant's own source of chance, for its life's events.
    pub fn rng(&mut self) -> &mut Rng {
        &mut self.rng
    }

    /// A new alert whose last update is at `updated`, or a little before where the vendor writes fewer digits.
    pub fn row(&mut self, updated: Timestamp) -> Row {
        let rng = &mut self.rng;
        // The newest kind, which no schema knows, is rare.
        let kind = if rng.u8(..50) == 0 { KINDS.len() - 1 } else { rng.usize(..KINDS.len() - 1) };
        let seed = rng.u64(..);
        let severity = ["informational", "low", "low", "medium", "medium", "medium", "high"][rng.usize(..7)];
        let status = ["new", "new", "new", "new", "inProgress", "resolved"][rng.usize(..6)];
        if rng.u8(..3) == 0 {
            self.incident += 1;
        }
        let pattern = &KINDS[kind];
        // Those of Azure and Entra are a GUID there; the others have the number of a part behind it.
        let part = if ["ad", "dc", "sn"].contains(&pattern.prefix) { "" } else { "_1" };
        let id = format!("{}{}{part}", pattern.prefix, guid(rng));
        let updated = shorten(updated, rng);
        let age = SignedDuration::from_millis(if status == "new" { rng.i64(0..20_000) } else { rng.i64(0..3_600_000) });
        Row {
            id: id.into(),
            created: shorten(updated - age, rng),
            updated,
            readable_at: updated,
            severity: severity.into(),
            service: pattern.service.into(),
            status: status.into(),
            incident: self.incident,
            body: Body::Generated { seed, kind: Kind(kind) },
        }
    }
}

/// Cuts a moment to none to seven fraction digits, as the vendor's stamps vary.
pub fn shorten(at: Timestamp, rng: &mut Rng) -> Timestamp {
    let digits = [7_u32, 7, 7, 7, 6, 3, 2, 1, 0][rng.usize(..9)];
    cut(at, digits)
}

/// Cuts a moment to so many fraction digits.
pub fn cut(at: Timestamp, digits: u32) -> Timestamp {
    let unit = 10_i32.pow(9_u32.saturating_sub(digits));
    let nanos = at.subsec_nanosecond();
    Timestamp::new(at.as_second(), nanos - nanos % unit).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::Timestamp;
    use serde_json::Value;

    use super::{Generator, write};

    const TENANT: &str = "99990000-aaaa-bbbb-cccc-ddddeeeeffff";

    fn make(seed: u64, count: usize, reveal: bool) -> Vec<(String, Value)> {
        let mut generator = Generator::new(seed);
        let at: Timestamp = "2026-03-02T07:44:02.1466667Z".parse().expect("a date");
        (0..count)
            .map(|_| {
                let row = generator.row(at);
                let mut out = Vec::new();
                write(&mut out, &row, TENANT, reveal);
                let text = String::from_utf8(out).expect("UTF-8");
                let value = serde_json::from_str(&text).expect("JSON");
                (text, value)
            })
            .collect()
    }

    #[test]
    fn the_same_seed_makes_the_same_alerts_and_another_makes_others() {
        assert_eq!(make(7, 50, true), make(7, 50, true));
        assert_ne!(make(7, 1, true), make(8, 1, true));
    }

    #[test]
    fn every_alert_has_all_36_members_and_an_id_with_its_products_prefix() {
        for (text, alert) in make(1, 500, true) {
            let members = alert.as_object().expect("an object");
            assert_eq!(members.len(), 36, "{text}");
            assert_eq!(alert["tenantId"], TENANT);
            let prefix = &alert["id"].as_str().expect("an ID")[..2];
            assert!(super::KINDS.iter().any(|kind| kind.prefix == prefix && alert["serviceSource"] == kind.service), "{text}");
            let evidence = alert["evidence"].as_array().expect("evidence");
            assert!((1..=30).contains(&evidence.len()), "{}", evidence.len());
            for item in evidence {
                let base = ["@odata.type", "createdDateTime", "verdict", "remediationStatus", "roles", "detailedRoles", "tags"];
                assert!(base.iter().all(|key| item.get(key).is_some()), "{item}");
            }
        }
    }

    #[test]
    fn alerts_are_varied_in_product_evidence_size_and_digits() {
        let alerts = make(3, 2000, true);
        let words = |key: &str| alerts.iter().map(|(_, alert)| alert[key].to_string()).collect::<BTreeSet<_>>();
        assert_eq!(words("serviceSource").len(), 12);
        assert!(words("severity").len() == 4 && words("status").len() == 3);
        let types: BTreeSet<String> = alerts
            .iter()
            .flat_map(|(_, alert)| alert["evidence"].as_array().expect("evidence").iter().map(|e| e["@odata.type"].to_string()))
            .collect();
        assert!(types.len() == 17, "{types:?}");
        let digits: BTreeSet<usize> = words("lastUpdateDateTime").iter().map(String::len).collect();
        assert!(digits.len() >= 6, "{digits:?}");
        let mean = alerts.iter().map(|(text, _)| text.len()).sum::<usize>() / alerts.len();
        assert!((5_000..12_000).contains(&mean), "an alert has {mean} bytes on average");
    }

    #[test]
    fn newer_members_are_hidden_from_those_who_do_not_ask_for_them() {
        let hidden = make(3, 500, false).iter().any(|(_, alert)| alert["serviceSource"] == "unknownFutureValue");
        let shown = make(3, 500, true).iter().any(|(text, _)| text.contains("unknownFutureValue"));
        assert!(hidden && !shown);
    }
}
