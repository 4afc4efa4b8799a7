//! Secret references: read from the configuration, and tried once so that a missing one is known at start.

use std::ffi::OsString;

use config::ValueKind;
use secrecy::SecretString;

use super::env::Environment;
use super::keys;
use super::raw::Section;
use crate::secret::Secret;

pub(super) const EXPECTED: &str = "a secret: { file = \"…\" }, { env = \"…\" } or { credential = \"…\" }";

/// The secret under a key, once it has been found to resolve.
pub(super) fn read(section: &Section<'_>, key: &str, environment: &Environment) -> Option<Secret> {
    let secret = match &section.value(key)?.kind {
        ValueKind::String(text) if !text.is_empty() => {
            section.warn(
                key,
                "a secret in plain text; { file = … }, { env = … } or { credential = … } keeps it out of the configuration",
            );
            return Some(Secret::Plain(SecretString::from(text.clone())));
        }
        ValueKind::Table(_) => reference(&section.section(key, &keys::SECRET)?)?,
        _ => {
            section.unexpected(key, EXPECTED);
            return None;
        }
    };
    if let Err(problem) = secret.read_among(&variables(environment)) {
        section.refuse(key, &format!("{problem}, expected a secret there"));
        return None;
    }
    Some(secret)
}

/// The one reference that a table holds, whatever else stands there.
pub(super) fn reference(section: &Section<'_>) -> Option<Secret> {
    let named: Vec<&str> = keys::SECRET.all().map(|key| key.name).filter(|name| section.has(name)).collect();
    let [name] = named[..] else {
        // an unknown key in their place has been told already
        if !named.is_empty() || section.keys_are_known() {
            let found = match named.len() {
                0 if section.keys().next().is_none() => "an empty table".to_owned(),
                0 => "none".to_owned(),
                _ => named.join(" and "),
            };
            section.refuse_here(&format!("found {found}, expected one of file, env, credential"));
        }
        return None;
    };
    match name {
        "file" => section.parsed(name, "the path of a file", |text| Some(Secret::File(text.into()))),
        // the name's form is checked so that a secret in place of its name is not printed as a missing variable
        "env" => section.parsed(name, "the name of an environment variable", |text| {
            let plain =
                text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && !text.starts_with(|c: char| c.is_ascii_digit());
            plain.then(|| Secret::Env(text.to_owned()))
        }),
        _ => section.parsed(name, "the name of a systemd credential", |text| {
            let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)) && !text.starts_with('.');
            plain.then(|| Secret::Credential(text.to_owned()))
        }),
    }
}

/// The variables that were handed in, instead of the process's.
pub(super) fn variables(environment: &Environment) -> impl Fn(&str) -> Option<OsString> {
    |name| environment.get(name).map(OsString::from)
}
