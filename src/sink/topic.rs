//! Topic names from a template: `alerts.{tenant}` becomes a name that Kafka accepts and that no other tenant gets.

use std::borrow::Cow;

use sha2::{Digest as _, Sha256};

use crate::alert::Severity;
use crate::source::FeedKind;
use crate::tenant::Tenant;

/// Kafka's limit for a topic's name, in characters.
const LONGEST: usize = 249;

/// What [`fingerprint`] adds: a dash and eight hexadecimal digits.
const FINGERPRINT: usize = 9;

/// A checked template with placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicTemplate(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Literal(String),
    Tenant,
    Customer,
    Feed,
    Severity,
}

impl TopicTemplate {
    /// Reads a template such as `alerts.{tenant}.{severity}`.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the template and what is accepted.
    pub fn parse(template: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = template;
        while let Some(open) = rest.find(['{', '}']) {
            let (literal, from) = rest.split_at(open);
            let Some((placeholder, after)) = from.strip_prefix('{').and_then(|inner| inner.split_once('}')) else {
                return Err(format!("topic {template:?}: a brace has no partner"));
            };
            push_literal(&mut parts, template, literal)?;
            parts.push(match placeholder {
                "tenant" => Part::Tenant,
                "customer" => Part::Customer,
                "feed" => Part::Feed,
                "severity" => Part::Severity,
                unknown => {
                    return Err(format!(
                        "topic {template:?}: unknown placeholder {{{unknown}}}; use {{tenant}}, {{customer}}, {{feed}} or {{severity}}"
                    ));
                }
            });
            rest = after;
        }
        push_literal(&mut parts, template, rest)?;
        match &parts[..] {
            [] => Err("the topic is empty".to_owned()),
            [Part::Literal(name)] if name == "." || name == ".." => {
                Err(format!("topic {template:?} is a name that Kafka refuses"))
            }
            _ => Ok(Self(parts)),
        }
    }

    /// The topic for an alert: at most 249 characters of `[A-Za-z0-9._-]`, never `.` or `..`.
    ///
    /// A value that had to be changed, and a name that had to be cut, end in a fingerprint of what they were, so that two
    /// values never become one by losing what tells them apart.
    #[must_use]
    pub fn name(&self, tenant: &Tenant, feed: FeedKind, severity: Severity) -> String {
        let mut name = String::new();
        for part in &self.0 {
            match part {
                Part::Literal(text) => name.push_str(text),
                Part::Tenant => name.push_str(&sanitised(tenant.name.as_str())),
                Part::Customer => name.push_str(&sanitised(&tenant.customer)),
                Part::Feed => name.push_str(&sanitised(feed.as_str())),
                Part::Severity => name.push_str(&sanitised(severity.as_str())),
            }
        }
        if name.len() > LONGEST {
            let fingerprint = fingerprint(&name);
            name.truncate(LONGEST - FINGERPRINT);
            name.push_str(&fingerprint);
        } else if name == "." || name == ".." {
            name.push_str(&fingerprint(&name));
        }
        name
    }
}

fn push_literal(parts: &mut Vec<Part>, template: &str, literal: &str) -> Result<(), String> {
    if let Some(odd) = literal.chars().find(|c| !allowed(*c)) {
        return Err(format!("topic {template:?} holds {odd:?}; Kafka takes letters, digits, '.', '_' and '-'"));
    }
    if literal.len() > LONGEST {
        return Err(format!("topic {template:?} is longer than the {LONGEST} characters that Kafka takes"));
    }
    if !literal.is_empty() {
        parts.push(Part::Literal(literal.to_owned()));
    }
    Ok(())
}

fn allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')
}

/// The value itself where Kafka takes it. One that looks as if it ended in a fingerprint gets a real one, or somebody could
/// name a tenant after the topic of another.
fn sanitised(value: &str) -> Cow<'_, str> {
    if !value.is_empty() && value.chars().all(allowed) && !looks_fingerprinted(value) {
        return Cow::Borrowed(value);
    }
    let plain: String = value.chars().map(|c| if allowed(c) { c } else { '_' }).collect();
    Cow::Owned(plain + &fingerprint(value))
}

fn looks_fingerprinted(value: &str) -> bool {
    value.rsplit_once('-').is_some_and(|(_, end)| {
        end.len() + 1 == FINGERPRINT && end.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    })
}

fn fingerprint(value: &str) -> String {
    let digest = Sha256::digest(value.as_bytes());
    format!("-{:02x}{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2], digest[3])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::TopicTemplate;
    use crate::alert::Severity;
    use crate::source::FeedKind;
    use crate::tenant::Tenant;

    fn tenant(name: &str, customer: &str) -> Tenant {
        Tenant { name: name.into(), id: "1".into(), customer: customer.to_owned(), labels: std::collections::BTreeMap::new() }
    }

    fn topic(template: &str, name: &str, customer: &str) -> String {
        TopicTemplate::parse(template).unwrap().name(&tenant(name, customer), FeedKind::GraphAlerts, Severity::High)
    }

    #[test]
    fn placeholders_are_filled_and_odd_values_carry_a_fingerprint() {
        for (template, name, customer, expected) in [
            ("alerts", "contoso", "Contoso", "alerts"),
            ("alerts.{tenant}", "contoso", "Contoso", "alerts.contoso"),
            ("{customer}-{feed}.{severity}", "contoso", "Contoso", "Contoso-graph-alerts.high"),
            ("{tenant}", "11111111-1111-1111-1111-111111111111", "", "11111111-1111-1111-1111-111111111111"),
            ("c.{customer}", "contoso", "Contoso Ltd", "c.Contoso_Ltd-ecd4de44"),
            ("{tenant}", ".", "", ".-cdb4ee2a"),
            ("{customer}", "x", "", "-e3b0c442"),
        ] {
            assert_eq!(topic(template, name, customer), expected, "{template}");
        }
    }

    #[test]
    fn a_tenant_cannot_be_named_after_the_topic_of_another() {
        let of_the_odd_one = topic("{tenant}", "con toso", "");
        assert_ne!(topic("{tenant}", &of_the_odd_one, ""), of_the_odd_one);
    }

    #[test]
    fn a_bad_template_is_explained() {
        for (template, words) in [
            ("alerts.{host}", "unknown placeholder {host}; use {tenant}, {customer}, {feed} or {severity}"),
            ("alerts.{tenant", "a brace has no partner"),
            ("alerts.tenant}", "a brace has no partner"),
            ("my alerts", "holds ' '; Kafka takes"),
            ("", "the topic is empty"),
            ("..", "Kafka refuses"),
            (&"a".repeat(250), "longer than the 249"),
        ] {
            let error = TopicTemplate::parse(template).unwrap_err();
            assert!(error.contains(words), "{template}: {error}");
        }
    }

    proptest! {
        #[test]
        fn every_name_is_one_that_kafka_takes(name in "\\PC{0,300}", customer in "\\PC{0,300}", literal in "[a-z.]{0,200}") {
            let template = format!("{{tenant}}{literal}{{customer}}");
            let topic = topic(&template, &name, &customer);
            prop_assert!(!topic.is_empty() && topic.len() <= 249 && topic != "." && topic != "..");
            prop_assert!(topic.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)), "{}", topic);
        }

        #[test]
        fn two_tenants_never_share_a_topic(
            one in "([a-c ./ä-]{0,6}|[ab /]{230,260})",
            other in "([a-c ./ä-]{0,6}|[ab /]{230,260})",
            template in "(alerts\\.)?\\{tenant\\}(\\.\\{severity\\})?",
        ) {
            prop_assume!(one != other);
            prop_assert_ne!(topic(&template, &one, ""), topic(&template, &other, ""));
        }
    }
}
