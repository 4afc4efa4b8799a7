//! Reads a whole record as an alert.

use serde_json::value::RawValue;

use super::{Field, Ids, Wording, lists, words};
use crate::alert::members::Members;
use crate::alert::{Alert, Text, Unreadable, json};

#[derive(Default)]
struct Reading<'a> {
    alert: Alert<'a>,
    ids: Ids<'a>,
    service: Option<Text<'a>>,
    category: Option<Text<'a>>,
    sub_techniques: Vec<Text<'a>>,
    devices: Option<Vec<&'a RawValue>>,
    evidence: Option<Vec<&'a RawValue>>,
}

/// What is not understood stands in [`Alert::extra`]; evidence stays undecoded.
///
/// # Errors
/// When the record is no JSON object, or has no ID.
pub(in crate::alert) fn alert<'a>(raw: &'a str, wording: &Wording) -> Result<Alert<'a>, Unreadable> {
    let mut reading =
        Reading { alert: Alert { raw, evidence_shape: wording.evidence, ..Alert::default() }, ..Reading::default() };
    let mut rest = Vec::new();
    wording.walk(raw, |field, place, value| {
        if !field.is_some_and(|field| reading.put(wording, field, value)) {
            rest.push((place.path(), value));
        }
    })?;
    let identity = (wording.identity)(&reading.ids).ok_or_else(|| wording.no_id())?;
    let Reading { mut alert, ids, service, category, sub_techniques, devices, evidence } = reading;
    (alert.id, alert.provider_id) = (identity.id, identity.provider_id);
    alert.service_source = words::service(wording.service, service, ids.provider.as_ref());
    alert.product_name = ids.provider;
    alert.categories.extend(category);
    lists::each_once(&mut alert.categories);
    alert.mitre_techniques.extend(sub_techniques);
    lists::each_once(&mut alert.mitre_techniques);
    alert.evidence = devices.into_iter().chain(evidence).flatten().collect();
    let mut rest = Members::of(rest);
    alert.things = (wording.things)(&mut rest);
    alert.extra = rest.into_whole();
    Ok(alert)
}

impl<'a> Reading<'a> {
    /// Puts a member where it belongs; `false` when it must be kept among the extra ones.
    fn put(&mut self, wording: &Wording, field: Field, value: &'a RawValue) -> bool {
        if let Some(understood) = self.ids.put(wording, field, value) {
            return understood;
        }
        let alert = &mut self.alert;
        match field {
            Field::IncidentId => json::text_or_number(value).put(&mut alert.incident_id),
            Field::IncidentUrl => json::text(value).put(&mut alert.incident_url),
            Field::Tenant => json::text(value).put(&mut alert.tenant_id),
            Field::Title => json::text(value).put(&mut alert.title),
            Field::TitleOfDetector => {
                let understood = json::text(value).put(&mut alert.detector_id);
                if alert.title.is_none() {
                    alert.title = alert.detector_id.as_deref().map(|name| Text::Owned(in_words(name)));
                }
                understood
            }
            Field::Description => json::text(value).put(&mut alert.description),
            Field::Advice => json::text(value).put(&mut alert.recommended_actions),
            Field::AdviceSteps => lists::put_steps(&mut alert.recommended_actions, value),
            Field::Severity => words::severity(value, &mut alert.severity_word, &mut alert.severity),
            Field::Status => words::status(wording, value, &mut alert.status_word, &mut alert.status),
            Field::Classification => words::put(&mut alert.classification, value, words::classification),
            Field::Determination => words::put(&mut alert.determination, value, words::determination),
            Field::InvestigationState => words::put(&mut alert.investigation_state, value, words::investigation_state),
            Field::Service => words::put(&mut self.service, value, words::service_source),
            Field::DetectionSource => json::text(value).put(&mut alert.detection_source),
            Field::DetectorId => json::text(value).put(&mut alert.detector_id),
            Field::PolicyId => json::text(value).put(&mut alert.policy_id),
            Field::Category => json::text(value).put(&mut self.category),
            Field::Categories => lists::put_texts(&mut alert.categories, value),
            Field::Intent => lists::put_intent(&mut alert.categories, value),
            Field::Techniques => lists::put_texts(&mut alert.mitre_techniques, value),
            Field::SubTechniques => lists::put_texts(&mut self.sub_techniques, value),
            Field::SystemTags => lists::put_texts(&mut alert.system_tags, value),
            Field::ThreatName => json::text(value).put(&mut alert.threat_name),
            Field::ThreatFamily => json::text(value).put(&mut alert.threat_family),
            Field::Actor => json::text(value).put(&mut alert.actor),
            Field::AssignedTo => json::text(value).put(&mut alert.assigned_to),
            Field::Url => json::text(value).put(&mut alert.url),
            Field::Created => json::stamp(value).put(&mut alert.created),
            Field::Updated => json::stamp(value).put(&mut alert.updated),
            Field::Resolved => json::stamp(value).put(&mut alert.resolved),
            Field::FirstActivity => json::stamp(value).put(&mut alert.first_activity),
            Field::LastActivity => json::stamp(value).put(&mut alert.last_activity),
            Field::Activity => {
                json::stamp(value).put(&mut alert.first_activity) && json::stamp(value).put(&mut alert.last_activity)
            }
            Field::Comments => lists::put_comments(&mut alert.comments, value),
            Field::Devices => json::elements(value).put(&mut self.devices),
            Field::Evidence => json::elements(value).put(&mut self.evidence),
            _ => false,
        }
    }
}

/// `unfamiliarFeatures` for people: `Unfamiliar features`. Acronyms stay as they are.
fn in_words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 8);
    let mut before: Option<char> = None;
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        let (after_acronym, in_acronym) = match letters.peek() {
            Some(next) => (before.is_some_and(char::is_uppercase) && next.is_lowercase(), next.is_uppercase()),
            None => (false, false),
        };
        let begins = letter.is_uppercase() && (after_acronym || before.is_some_and(|before| !before.is_uppercase()));
        if begins {
            words.push(' ');
        }
        match before {
            None => words.extend(letter.to_uppercase()),
            Some(_) if begins && !in_acronym => words.extend(letter.to_lowercase()),
            Some(_) => words.push(letter),
        }
        before = Some(letter);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn a_detectors_name_becomes_a_title() {
        for (name, title) in [
            ("unfamiliarFeatures", "Unfamiliar features"),
            ("anonymizedIPAddress", "Anonymized IP address"),
            ("mcasImpossibleTravel", "Mcas impossible travel"),
            ("maliciousIPAddressValidCredentialsBlockedIP", "Malicious IP address valid credentials blocked IP"),
            ("generic", "Generic"),
            ("überall", "Überall"),
            ("", ""),
        ] {
            assert_eq!(in_words(name), title);
        }
    }
}
