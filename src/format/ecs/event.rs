//! `event.*`: what kind of event it is, when it happened, and where the vendor tells more.

use super::category::Categories;
use super::field::groups;
use super::moment::Moment;
use crate::alert::{Alert, Incident, Severity, Text};
use crate::format::product;
use crate::source::FeedKind;

groups! {
    Event {
        kind: Option<&'static str>,
        category: Vec<&'static str>,
        #[serde(rename = "type")]
        types: Vec<&'static str>,
        module: Option<&'static str>,
        dataset: Option<&'static str>,
        provider: Option<Text<'a>>,
        id: Option<Text<'a>>,
        code: Option<Text<'a>>,
        action: Option<Text<'a>>,
        severity: Option<u32>,
        /// On the vendor's scale.
        risk_score: Option<f32>,
        created: Option<Moment>,
        start: Option<Moment>,
        end: Option<Moment>,
        /// Nanoseconds.
        duration: Option<i64>,
        url: Option<Text<'a>>,
        reference: Option<Text<'a>>,
        original: Option<&'a str>,
    }
}

const MODULE: &str = "alertferry";

pub fn of_alert<'a>(alert: &Alert<'a>, categories: &Categories) -> Event<'a> {
    let (start, end) = (Moment::of(alert.first_activity.as_ref()), Moment::of(alert.last_activity.as_ref()));
    Event {
        kind: Some("alert"),
        category: categories.list(),
        types: categories.types(),
        module: Some(MODULE),
        dataset: Some("alertferry.alert"),
        provider: alert.service_source.clone(),
        id: Some(alert.id.clone()),
        code: alert.detector_id.clone(),
        action: alert.categories.first().cloned(),
        severity: severity(alert.severity),
        risk_score: None,
        created: Moment::of(alert.created.as_ref()),
        start,
        end,
        duration: duration(start, end),
        url: alert.url.clone(),
        reference: alert.incident_url.clone(),
        original: None,
    }
}

/// `span`: from the first to the last activity of the alerts inside, where the incident itself does not say.
pub fn of_incident<'a>(incident: &Incident<'a>, feed: FeedKind, span: (Option<Moment>, Option<Moment>)) -> Event<'a> {
    let start = Moment::of(incident.first_activity.as_ref()).or(span.0);
    let end = Moment::of(incident.last_activity.as_ref()).or(span.1);
    let categories = Categories::default();
    Event {
        kind: Some("alert"),
        category: categories.list(),
        types: categories.types(),
        module: Some(MODULE),
        dataset: Some("alertferry.incident"),
        provider: Some(product::of_incident(incident, feed).into()),
        id: Some(incident.id.clone()),
        severity: severity(incident.severity),
        risk_score: risk_score(incident),
        created: Moment::of(incident.created.as_ref()),
        start,
        end,
        duration: duration(start, end),
        url: incident.url.clone(),
        ..Event::default()
    }
}

/// The scale of Elastic's own integrations that read Microsoft Graph.
fn severity(severity: Severity) -> Option<u32> {
    match severity {
        Severity::Informational | Severity::Low => Some(21),
        Severity::Medium => Some(47),
        Severity::High => Some(73),
        Severity::Critical => Some(99),
        Severity::Unknown | Severity::Other => None,
    }
}

/// `None` for a priority that Elasticsearch would not take as a number.
pub fn risk_score(incident: &Incident<'_>) -> Option<f32> {
    incident.priority.as_deref()?.parse().ok().filter(|score: &f32| score.is_finite())
}

fn duration(start: Option<Moment>, end: Option<Moment>) -> Option<i64> {
    let nanoseconds = end?.0.as_nanosecond() - start?.0.as_nanosecond();
    i64::try_from(nanoseconds).ok().filter(|nanoseconds| *nanoseconds >= 0)
}

#[cfg(test)]
mod tests {
    use super::{Moment, duration, severity};
    use crate::alert::Severity;

    #[test]
    fn severities_are_on_elastics_scale() {
        for (word, expected) in [
            ("informational", Some(21)),
            ("low", Some(21)),
            ("medium", Some(47)),
            ("high", Some(73)),
            ("critical", Some(99)),
            ("unknown", None),
            ("odd", None),
        ] {
            assert_eq!(severity(Severity::from_word(word)), expected, "{word}");
        }
    }

    #[test]
    fn a_duration_is_in_nanoseconds_and_never_negative() {
        let moment = |text: &str| Some(Moment(text.parse().expect("a date")));
        let (one, other) = (moment("2026-03-02T07:44:02.1466667Z"), moment("2026-03-02T07:44:03Z"));
        assert_eq!((duration(one, other), duration(other, one)), (Some(853_333_300), None));
        assert_eq!((duration(one, None), duration(one, one)), (None, Some(0)));
        assert_eq!(duration(moment("1971-01-01T00:00:00Z"), moment("9999-01-01T00:00:00Z")), None);
    }
}
