//! `tls` of a syslog sink: its files are opened at load, so that what cannot work is known at start.

use std::path::{Path, PathBuf};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use secrecy::ExposeSecret as _;

use super::super::Told;
use crate::config::env::Environment;
use crate::config::raw::Section;
use crate::config::{keys, secrets};
use crate::secret::Secret;
use crate::sink::settings::{Identity, Tls, TlsVersion};

const NAME: &str = "a host name or an IP address, such as \"siem.example.net\"";
const CERTIFICATES: &str = "a PEM file with at least one certificate";

/// What the table says; everything has its default where there is none.
pub(super) fn read(sink: &Section<'_>, environment: &Environment) -> Option<Tls> {
    if !sink.has("tls") {
        return Some(Tls { ca: None, server_name: None, identity: None, min_version: TlsVersion::V1_2 });
    }
    let section = sink.section("tls", &keys::TLS)?;
    let ca = certificates(&section, "ca");
    let is_name = |text: &str| ServerName::try_from(text).is_ok().then(|| Some(text.to_owned()));
    let server_name = section.or("server_name", None, |section, key| section.parsed(key, NAME, is_name));
    let identity = identity(&section, environment);
    let min_version = section.word_or_first("min_version", &[(TlsVersion::V1_2, "1.2"), (TlsVersion::V1_3, "1.3")]);
    Some(Tls { ca: ca.ok()?, server_name: server_name?, identity: identity.ok()?, min_version: min_version? })
}

/// The path of a file with certificates, where one was written.
fn certificates(section: &Section<'_>, key: &str) -> Result<Option<PathBuf>, Told> {
    if !section.has(key) {
        return Ok(None);
    }
    let path = section.text(key, CERTIFICATES).ok_or(Told)?;
    let problem = match holds_certificates(Path::new(path)) {
        Ok(true) => return Ok(Some(path.into())),
        Ok(false) => "holds no certificate".to_owned(),
        Err(problem) => problem,
    };
    section.refuse(key, &format!("{path} {problem}, expected {CERTIFICATES}"));
    Err(Told)
}

fn holds_certificates(path: &Path) -> Result<bool, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("cannot be read: {error}"))?;
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    all.map(|all| !all.is_empty()).map_err(|_| "is not PEM".to_owned())
}

/// What we show to receivers that ask, if anything.
fn identity(section: &Section<'_>, environment: &Environment) -> Result<Option<Identity>, Told> {
    let own_key = section.has("key");
    let Some(certificate) = certificates(section, "certificate")? else {
        if own_key {
            section.refuse("key", "found without certificate, expected it beside one only");
        }
        return Ok(None);
    };
    let key = if own_key { secrets::read(section, "key", environment).ok_or(Told)? } else { Secret::File(certificate.clone()) };
    let text = key.read_among(&secrets::variables(environment)).ok();
    if text.is_some_and(|text| PrivateKeyDer::from_pem_slice(text.expose_secret().as_bytes()).is_ok()) {
        return Ok(Some(Identity { certificate, key }));
    }
    if own_key {
        section.refuse("key", &format!("{key:?} holds no private key that can be read, expected PEM that is not encrypted"));
    } else {
        section.missing("key", "the private key, for the certificate's file holds none that can be read");
    }
    Err(Told)
}
