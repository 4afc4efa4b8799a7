//! `rule.*`, `observer.*` and `organization.*`: who found it by which rule, and for whom.

use super::field::groups;
use crate::alert::{Alert, Incident, Text};
use crate::format::{Context, product};
use crate::source::FeedKind;

groups! {
    Rule {
        id: Option<Text<'a>>,
        uuid: Option<Text<'a>>,
        name: Option<Text<'a>>,
        category: Option<Text<'a>>,
    }

    Observer {
        vendor: Option<&'static str>,
        product: Option<Text<'a>>,
        name: Option<Text<'a>>,
        #[serde(rename = "type")]
        kind: Option<&'static str>,
    }

    Organization {
        id: Option<&'a str>,
        name: Option<&'a str>,
    }
}

pub fn rule<'a>(alert: &Alert<'a>) -> Rule<'a> {
    Rule {
        id: alert.detector_id.clone(),
        uuid: alert.policy_id.clone(),
        name: alert.title.clone(),
        category: alert.categories.first().cloned(),
    }
}

pub fn observer<'a>(alert: &Alert<'a>) -> Observer<'a> {
    Observer {
        vendor: Some("Microsoft"),
        product: Some(product::of_alert(alert)),
        kind: alert.detection_source.is_some().then_some("sensor"),
        name: alert.detection_source.clone(),
    }
}

pub fn observer_of_incident<'a>(incident: &Incident<'_>, feed: FeedKind) -> Observer<'a> {
    let product = product::name(&product::of_incident(incident, feed).into());
    Observer { vendor: Some("Microsoft"), product: Some(product), ..Observer::default() }
}

pub fn organization<'a>(context: &Context<'a>) -> Organization<'a> {
    Organization { id: Some(context.tenant.id.as_str()), name: Some(&context.tenant.customer) }
}
