//! What came into OCSF after 1.1.0, of all that we write, and what older versions wanted of a value. A test compares both tables
//! with the schemas of all versions.

use super::version::Version;
use super::version::Version::{V1_2_0, V1_3_0, V1_4_0, V1_5_0, V1_6_0, V1_7_0, V1_8_0};

/// Object, attribute, and the version that it came with.
const ATTRIBUTES: [(&str, &str, Version); 51] = [
    ("detection_finding", "assignee", V1_4_0),
    ("detection_finding", "is_alert", V1_4_0),
    ("detection_finding", "policy", V1_4_0),
    ("detection_finding", "raw_data_hash", V1_6_0),
    ("detection_finding", "raw_data_size", V1_5_0),
    ("detection_finding", "src_url", V1_4_0),
    ("detection_finding", "tickets", V1_5_0),
    ("detection_finding", "verdict", V1_4_0),
    ("detection_finding", "verdict_id", V1_4_0),
    ("device", "model", V1_4_0),
    ("device", "vendor_name", V1_4_0),
    ("email", "return_path", V1_6_0),
    ("email", "urls", V1_4_0),
    ("evidences", "container", V1_2_0),
    ("evidences", "databucket", V1_2_0),
    ("evidences", "device", V1_3_0),
    ("evidences", "email", V1_3_0),
    ("evidences", "name", V1_5_0),
    ("evidences", "reg_key", V1_3_0),
    ("evidences", "reg_value", V1_3_0),
    ("evidences", "url", V1_3_0),
    ("evidences", "user", V1_3_0),
    ("evidences", "verdict", V1_5_0),
    ("evidences", "verdict_id", V1_5_0),
    ("finding_info", "product", V1_4_0),
    ("finding_info", "related_events_count", V1_4_0),
    ("finding_info", "tags", V1_4_0),
    ("finding_info", "uid_alt", V1_4_0),
    ("incident_finding", "is_alert", V1_4_0),
    ("incident_finding", "priority", V1_2_0), // a number before
    ("incident_finding", "raw_data_hash", V1_6_0),
    ("incident_finding", "raw_data_size", V1_5_0),
    ("incident_finding", "risk_score", V1_4_0),
    ("key_value_object", "name", V1_4_0),
    ("key_value_object", "value", V1_4_0),
    ("key_value_object", "values", V1_4_0),
    ("location", "lat", V1_2_0),
    ("location", "long", V1_2_0),
    ("metadata", "debug", V1_4_0),
    ("metadata", "is_truncated", V1_6_0),
    ("metadata", "original_event_uid", V1_7_0),
    ("metadata", "tags", V1_4_0),
    ("metadata", "untruncated_size", V1_6_0),
    ("resource_details", "provider", V1_8_0),
    ("resource_details", "role", V1_6_0),
    ("resource_details", "role_id", V1_6_0),
    ("resource_details", "uid_alt", V1_5_0),
    ("ticket", "src_url", V1_3_0),
    ("ticket", "type", V1_3_0),
    ("ticket", "uid", V1_3_0),
    ("win/reg_value", "reg_string_data", V1_6_0),
];

/// Object, attribute, numbers, and the version that they came with.
const NUMBERS: [(&str, &str, &[u32], Version); 7] = [
    ("account", "type_id", &[17], V1_4_0),
    ("detection_finding", "action_id", &[3, 4], V1_4_0),
    ("observable", "type_id", &[11, 13, 14, 15, 16], V1_2_0),
    ("observable", "type_id", &[31, 32, 33, 37, 38], V1_4_0),
    ("observable", "type_id", &[40, 41, 42, 43, 45, 46], V1_5_0),
    ("observable", "type_id", &[47], V1_6_0),
    ("observable", "type_id", &[48], V1_7_0),
];

/// What a value must be like to be taken.
pub type Rule = fn(&str) -> bool;

/// Object, attribute, the first version without the rule, and the rule.
const RULES: [(&str, &str, Version, Rule); 9] = [
    ("detection_finding", "raw_data", V1_4_0, is_short_text),
    ("device", "hostname", V1_4_0, is_hostname),
    ("dns_query", "hostname", V1_4_0, is_hostname),
    ("email", "from", V1_2_0, has_plain_local_part),
    ("email", "to", V1_2_0, has_plain_local_part),
    ("fingerprint", "value", V1_4_0, is_short_hash),
    ("fingerprint", "value", V1_8_0, is_hex),
    ("incident_finding", "raw_data", V1_4_0, is_short_text),
    ("user", "email_addr", V1_2_0, has_plain_local_part),
];

/// How many characters a text had at most before 1.4.0.
pub const LONGEST_TEXT: usize = 65_535;

/// The version that an attribute came with.
pub fn since(object: &str, attribute: &str) -> Version {
    let later = ATTRIBUTES.iter().find(|(known, name, _)| *known == object && *name == attribute);
    later.map_or(Version::OLDEST, |(_, _, version)| *version)
}

pub fn rule(object: &str, attribute: &str, version: Version) -> Option<Rule> {
    let mut rules = RULES.iter().filter(|(known, name, ..)| *known == object && *name == attribute);
    rules.find(|(_, _, until, _)| version < *until).map(|(.., rule)| *rule)
}

/// The number, or 99 (Other) where the version does not know it; the caption beside it says what it would have been.
pub fn number(version: Version, object: &str, attribute: &str, number: u32) -> u32 {
    let is_later = |(known, name, numbers, since): &(&str, &str, &[u32], Version)| {
        *known == object && *name == attribute && version < *since && numbers.contains(&number)
    };
    if version != Version::NEWEST && NUMBERS.iter().any(is_later) { 99 } else { number }
}

fn is_short_text(text: &str) -> bool {
    text.len() <= LONGEST_TEXT || text.chars().count() <= LONGEST_TEXT
}

fn is_hostname(text: &str) -> bool {
    text.split('.').all(|label| {
        let within = |c: u8| c.is_ascii_alphanumeric() || c == b'-';
        label.bytes().all(within) && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
    })
}

fn has_plain_local_part(address: &str) -> bool {
    address.split('@').next().is_some_and(|local| local.bytes().all(|c| c.is_ascii_alphanumeric() || b"_.+-".contains(&c)))
}

fn is_short_hash(text: &str) -> bool {
    text.chars().count() <= 64
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::super::detection::DetectionFinding;
    use super::super::incident::IncidentFinding;
    use super::super::object::{Attribute as _, Declared};
    use super::*;

    fn declared() -> Vec<Declared> {
        let mut declared = Vec::new();
        DetectionFinding::declare(&mut declared);
        IncidentFinding::declare(&mut declared);
        declared
    }

    #[test]
    fn every_row_is_about_an_attribute_that_is_written() {
        let declared = declared();
        let rows = ATTRIBUTES.iter().map(|(object, name, _)| (*object, *name));
        let rows = rows.chain(NUMBERS.iter().map(|(object, name, ..)| (*object, *name)));
        for (object, name) in rows.chain(RULES.iter().map(|(object, name, ..)| (*object, *name))) {
            assert!(declared.iter().any(|known| known.object == object && known.name == name), "{object}.{name}");
        }
    }

    #[test]
    fn values_are_taken_by_the_rules_of_their_time() {
        let takes = |object, name, version, text: &str| rule(object, name, version).is_none_or(|rule| rule(text));
        for (object, name, text, until) in [
            ("device", "hostname", "ws_07.contoso.example", V1_4_0),
            ("device", "hostname", "-ws07", V1_4_0),
            ("device", "hostname", "a..b", V1_4_0),
            ("email", "from", "o'neil@contoso.example", V1_2_0),
            ("fingerprint", "value", &"a".repeat(65), V1_4_0),
            ("fingerprint", "value", "not-hex", V1_8_0),
            ("detection_finding", "raw_data", &"ü".repeat(65_536), V1_4_0),
        ] {
            for (version, number) in Version::ALL {
                let short = name == "value" && text.len() <= 64 && version < V1_4_0;
                assert_eq!(takes(object, name, version, text), version >= until || short, "{object}.{name} {text:.20} {number}");
            }
        }
        assert!(takes("device", "hostname", Version::OLDEST, "WS-07.contoso.example"));
        assert!(takes("detection_finding", "raw_data", Version::OLDEST, &"ü".repeat(65_535)));
        assert!(takes("fingerprint", "value", Version::OLDEST, &"a".repeat(64)));
    }

    #[test]
    fn numbers_become_99_until_they_are_known() {
        for (version, type_id) in [(V1_3_0, 99), (V1_4_0, 17), (V1_8_0, 17)] {
            assert_eq!(number(version, "account", "type_id", 17), type_id);
        }
        assert_eq!(number(Version::OLDEST, "account", "type_id", 6), 6);
    }
}
