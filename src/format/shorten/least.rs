//! The least that is worth sending of a finding: what tells it from others, how grave it is, when it was, where to read on.

use crate::alert::shortened::cut;
use crate::alert::{Alert, Incident, Stamp, Text};

const TITLE: usize = 80;

/// The vendor's words for a severity, a status or a product.
const WORD: usize = 40;

/// The IDs of findings go whole, or there would be no telling which one it was. Of other IDs and of links, half is worth nothing,
/// and those of the vendor are shorter than this.
const ID: usize = 128;
const LINK: usize = 512;

/// A timestamp of the vendor with all of its digits.
const STAMP: usize = 40;

pub fn least_alert<'a>(alert: &Alert<'a>) -> Alert<'a> {
    Alert {
        raw: alert.raw,
        id: alert.id.clone(),
        provider_id: whole(alert.provider_id.as_ref(), ID),
        incident_id: whole(alert.incident_id.as_ref(), ID),
        tenant_id: whole(alert.tenant_id.as_ref(), ID),
        title: part(alert.title.as_ref(), TITLE),
        severity: alert.severity,
        severity_word: part(alert.severity_word.as_ref(), WORD),
        status: alert.status,
        status_word: part(alert.status_word.as_ref(), WORD),
        service_source: part(alert.service_source.as_ref(), WORD),
        product_name: part(alert.product_name.as_ref(), WORD),
        url: whole(alert.url.as_ref(), LINK),
        created: stamp(alert.created.as_ref()),
        updated: stamp(alert.updated.as_ref()),
        first_activity: stamp(alert.first_activity.as_ref()),
        last_activity: stamp(alert.last_activity.as_ref()),
        evidence_shape: alert.evidence_shape,
        ..Alert::default()
    }
}

pub fn least_incident<'a>(incident: &Incident<'a>) -> Incident<'a> {
    Incident {
        raw: incident.raw,
        id: incident.id.clone(),
        number: whole(incident.number.as_ref(), ID),
        // The event's ID is made of these two.
        provider_id: incident.provider_id.clone(),
        provider_name: incident.provider_name.clone(),
        redirect_id: whole(incident.redirect_id.as_ref(), ID),
        tenant_id: whole(incident.tenant_id.as_ref(), ID),
        title: part(incident.title.as_ref(), TITLE),
        severity: incident.severity,
        severity_word: part(incident.severity_word.as_ref(), WORD),
        status: incident.status,
        status_word: part(incident.status_word.as_ref(), WORD),
        url: whole(incident.url.as_ref(), LINK),
        created: stamp(incident.created.as_ref()),
        updated: stamp(incident.updated.as_ref()),
        first_activity: stamp(incident.first_activity.as_ref()),
        last_activity: stamp(incident.last_activity.as_ref()),
        ..Incident::default()
    }
}

fn whole<'a>(text: Option<&Text<'a>>, longest: usize) -> Option<Text<'a>> {
    text.filter(|text| text.len() <= longest).cloned()
}

fn part<'a>(text: Option<&Text<'a>>, longest: usize) -> Option<Text<'a>> {
    text.map(|text| cut(text.clone(), longest))
}

/// One that means a moment; the event's ID is made of it, however it is written.
fn stamp<'a>(stamp: Option<&Stamp<'a>>) -> Option<Stamp<'a>> {
    let stamp = stamp?;
    let at = stamp.at?;
    Some(if stamp.text.len() <= STAMP { stamp.clone() } else { Stamp { text: at.to_string().into(), at: Some(at) } })
}
