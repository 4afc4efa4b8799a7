//! `[apps.NAME]`: our app registrations, each with the one credential that proves it ours.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::credentials::{self, Reading};
use super::names;
use crate::config::env::Environment;
use crate::config::keys;
use crate::config::raw::Section;
use crate::ledger::settings::{Kind, Settings as Ledger};
use crate::source::entra::{App, Credential};
use crate::tenant::TenantId;

pub(super) const GUID: &str = "a GUID such as \"11111111-1111-1111-1111-111111111111\"";

/// The keys that hold a credential.
const KINDS: [&str; 5] = ["client_secret", "certificate", "federated", "managed_identity", "refresh_token"];

pub(super) type Apps = BTreeMap<String, Option<Arc<App>>>;

/// The apps, and when their credentials expire where that is known.
pub(super) fn read(top: &Section<'_>, environment: &Environment, ledger: Option<&Ledger>) -> (Apps, BTreeMap<String, Timestamp>) {
    let mut apps = Apps::new();
    let mut expiries = BTreeMap::new();
    for (name, section) in names::entries(top, "apps", &keys::APP) {
        section.refuse_unknown_keys(&keys::APP);
        let secret_expiry = secret_expiry(&section);
        let reading = Reading::new(&section, environment, state(&section, ledger));
        let (credential, certificate_expiry) = credential(&reading).unzip();
        let expiry = [secret_expiry, certificate_expiry.flatten()].into_iter().flatten().min();
        expiries.extend(expiry.map(|expiry| (name.to_owned(), expiry)));
        apps.insert(name.to_owned(), app(name, &section, credential).map(Arc::new));
    }
    (apps, expiries)
}

fn app(name: &str, section: &Section<'_>, credential: Option<Credential>) -> Option<App> {
    section.missing("client_id", GUID);
    let client_id = section.parsed("client_id", GUID, guid);
    let home_tenant = section.parsed("tenant_id", GUID, guid).map(TenantId::from);
    Some(App { name: name.to_owned(), client_id: client_id?, credential: credential?, home_tenant })
}

/// The one credential, and when its certificate ends if it has one. Each that is written is read, so that all mistakes are told.
fn credential(reading: &Reading<'_, '_>) -> Option<(Credential, Option<Timestamp>)> {
    let section = reading.section;
    let secret = reading.client_secret();
    let certificate = reading.certificate();
    let federated = reading.federated();
    let identity = reading.managed_identity();
    let token = reading.refresh_token();
    let found: Vec<&str> = KINDS.into_iter().filter(|kind| section.has(kind)).collect();
    match found[..] {
        ["client_secret"] => Some((Credential::Secret(secret?), None)),
        ["certificate"] => certificate.map(|(certificate, expiry)| (Credential::Certificate(certificate), Some(expiry))),
        ["federated"] => Some((Credential::Federated(federated?), None)),
        ["managed_identity"] => Some((Credential::ManagedIdentity(identity?), None)),
        ["refresh_token"] | ["client_secret" | "certificate", "refresh_token"] => {
            let beside = credentials::beside(section, secret, certificate)?;
            reading.delegated(token, beside)
        }
        [] => {
            section.refuse_here(&format!("found no credential, expected one of {}", KINDS.join(", ")));
            None
        }
        _ => {
            section.refuse_here(&format!(
                "found {}, expected one of them (only refresh_token may have a client_secret or a certificate beside it)",
                found.join(" and ")
            ));
            None
        }
    }
}

/// Where refresh tokens are kept: what was written, else the folder of the ledger. An error was told already.
fn state(section: &Section<'_>, ledger: Option<&Ledger>) -> Option<std::path::PathBuf> {
    if section.has("state") && !section.has("refresh_token") {
        section.refuse("state", "found without refresh_token, expected it beside one only");
    }
    if section.has("state") {
        return section.text("state", "the path of a folder").map(Into::into);
    }
    match &ledger?.kind {
        Kind::Embedded(folder) => Some(folder.clone()),
        Kind::Memory => {
            if section.has("refresh_token") {
                section.missing(
                    "state",
                    "the path of a folder for the tokens that Entra gives in exchange, since the ledger has none",
                );
            }
            None
        }
    }
}

/// A GUID in its usual form with dashes, in lower case.
pub(super) fn guid(text: &str) -> Option<String> {
    let parsed = uuid::Uuid::try_parse(text.trim()).ok()?.hyphenated().to_string();
    parsed.eq_ignore_ascii_case(text.trim()).then_some(parsed)
}

/// When the client secret ends, as far as the operator wrote it down: only Entra knows.
fn secret_expiry(section: &Section<'_>) -> Option<Timestamp> {
    let expiry = section.parsed("client_secret_expires", "a date such as \"2027-01-31\"", date)?;
    if !section.has("client_secret") {
        section.refuse("client_secret_expires", "found without client_secret, expected it beside one only");
    }
    credentials::warn_of_expiry(section, "client_secret_expires", "secret", expiry);
    Some(expiry)
}

fn date(text: &str) -> Option<Timestamp> {
    let midnight = |date: Date| date.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    text.trim().parse::<Timestamp>().ok().or_else(|| text.trim().parse::<Date>().ok().and_then(midnight))
}
