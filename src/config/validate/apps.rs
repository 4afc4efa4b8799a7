//! `[apps.NAME]`: our app registrations and their credentials.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::names;
use crate::clock;
use crate::config::env::Environment;
use crate::config::raw::Section;
use crate::config::{keys, secrets};
use crate::source::entra::{App, Credential};

pub(super) const GUID: &str = "a GUID such as \"11111111-1111-1111-1111-111111111111\"";

/// A secret that expires sooner than this is warned of.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

type Apps = BTreeMap<String, Option<Arc<App>>>;

/// The apps, and when their credentials expire where that was written.
pub(super) fn read(top: &Section<'_>, environment: &Environment) -> (Apps, BTreeMap<String, Timestamp>) {
    let mut apps = Apps::new();
    let mut expiries = BTreeMap::new();
    for (name, section) in names::entries(top, "apps", &keys::APP) {
        section.refuse_unknown_keys(&keys::APP);
        if let Some(expiry) = section.parsed("client_secret_expires", "a date such as \"2027-01-31\"", date) {
            warn_of_expiry(&section, expiry);
            expiries.insert(name.to_owned(), expiry);
        }
        apps.insert(name.to_owned(), app(name, &section, environment).map(Arc::new));
    }
    (apps, expiries)
}

fn app(name: &str, section: &Section<'_>, environment: &Environment) -> Option<App> {
    section.missing("client_id", GUID);
    if !keys::APP.later.iter().any(|other| section.has(other)) {
        section.missing("client_secret", secrets::EXPECTED);
    }
    let client_id = section.parsed("client_id", GUID, guid);
    let client_secret = secrets::read(section, "client_secret", environment);
    let credential = Credential::Secret(client_secret?);
    Some(App { name: name.to_owned(), client_id: client_id?, credential, home_tenant: None })
}

/// A GUID in its usual form with dashes, in lower case.
pub(super) fn guid(text: &str) -> Option<String> {
    let parsed = uuid::Uuid::try_parse(text.trim()).ok()?.hyphenated().to_string();
    parsed.eq_ignore_ascii_case(text.trim()).then_some(parsed)
}

fn date(text: &str) -> Option<Timestamp> {
    let midnight = |date: Date| date.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    text.trim().parse::<Timestamp>().ok().or_else(|| text.trim().parse::<Date>().ok().and_then(midnight))
}

fn warn_of_expiry(section: &Section<'_>, expiry: Timestamp) {
    let left = expiry.duration_since(clock::now());
    if left <= SignedDuration::ZERO {
        section.warn("client_secret_expires", "the secret has expired; make a new one at the registration");
    } else if left <= SOON {
        let days = left.as_hours() / 24;
        section.warn("client_secret_expires", &format!("the secret expires in {days} days; make a new one at the registration"));
    }
}
