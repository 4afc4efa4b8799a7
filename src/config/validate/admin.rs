//! `[admin]`: where the endpoint listens, and that not everybody who reaches it may ask.

use std::net::SocketAddr;
use std::path::PathBuf;

use secrecy::ExposeSecret as _;

use super::Told;
use crate::admin::settings::{Settings, Tls};
use crate::admin::tls;
use crate::config::env::Environment;
use crate::config::raw::Section;
use crate::config::{keys, secrets};
use crate::control;
use crate::secret::Secret;

/// Fewer characters could be found by trying.
const LEAST: usize = 16;
const TOKEN: &str = "a token of at least 16 visible ASCII characters, such as `openssl rand -base64 32` prints";
const CERTIFICATES: &str = "the path of a PEM file";
const HOSTS: &str = "a list of host names without ports, such as [\"alertferry.example.net\"]";

/// The endpoint, and where the control socket is to be if somebody says so.
pub(super) fn read(top: &Section<'_>, environment: &Environment) -> (Option<Settings>, Option<PathBuf>) {
    let Some(section) = top.section("admin", &keys::ADMIN) else { return (None, None) };
    (endpoint(&section, environment), socket(&section))
}

fn socket(section: &Section<'_>) -> Option<PathBuf> {
    let expected = format!("the path of a socket, of at most {} octets", control::LONGEST_PATH);
    let path = |text: &str| Some(PathBuf::from(text)).filter(|path| control::fits(path).is_ok());
    section.has("socket").then(|| section.parsed("socket", &expected, path)).flatten()
}

fn endpoint(section: &Section<'_>, environment: &Environment) -> Option<Settings> {
    let listen = section.parsed("listen", "an IP address and a port, such as \"127.0.0.1:9464\"", |text| text.parse().ok());
    let token = token(section, environment);
    let tls = tls(section, environment);
    let open = section.or("open", false, Section::flag);
    let hosts = section.or("hosts", Vec::new(), |section, key| hosts(section, key));
    let settings = Settings { listen: listen?, token: token.ok()?, tls: tls.ok()?, hosts: hosts? };
    check_reach(section, &settings, open?);
    Some(settings)
}

/// Names of tenants and what ails them are nobody's business but the operator's.
fn check_reach(section: &Section<'_>, settings: &Settings, open: bool) {
    if open && settings.asks_for_proof() {
        section.refuse("open", "found true beside token or tls.client_ca, expected one or the other");
    }
    if is_loopback(settings.listen) {
        return;
    }
    if !open && !settings.asks_for_proof() {
        section.unexpected(
            "listen",
            "a loopback address, or beside it token = { file = \"…\" } or tls = { certificate = \"…\", client_ca = \"…\" }, \
             so that not everybody who reaches it can ask (open = true says that they may)",
        );
    }
    if settings.token.is_some() && settings.tls.is_none() {
        section
            .warn("token", "it travels unencrypted, to an address that is not loopback; tls keeps it from those who listen in");
    }
}

fn is_loopback(listen: SocketAddr) -> bool {
    listen.ip().to_canonical().is_loopback()
}

fn token(section: &Section<'_>, environment: &Environment) -> Result<Option<Secret>, Told> {
    const KEY: &str = "token";
    if !section.has(KEY) {
        return Ok(None);
    }
    let secret = secrets::read(section, KEY, environment).ok_or(Told)?;
    let strong = secret.read_among(&secrets::variables(environment)).is_ok_and(|token| {
        let token = token.expose_secret();
        token.len() >= LEAST && token.bytes().all(|b| b.is_ascii_graphic())
    });
    if !strong {
        section.refuse(KEY, &format!("found another text, expected {TOKEN}"));
        return Err(Told);
    }
    Ok(Some(secret))
}

fn tls(admin: &Section<'_>, environment: &Environment) -> Result<Option<Tls>, Told> {
    const KEY: &str = "tls";
    if !admin.has(KEY) {
        return Ok(None);
    }
    let section = admin.section(KEY, &keys::ADMIN_TLS).ok_or(Told)?;
    section.missing("certificate", CERTIFICATES);
    let certificate = section.text("certificate", CERTIFICATES).map(PathBuf::from);
    let of_certificate = certificate.clone().map(Secret::File);
    let key = if section.has("key") { secrets::read(&section, "key", environment) } else { of_certificate };
    let client_ca = section.or("client_ca", None, |section, key| section.text(key, CERTIFICATES).map(|path| Some(path.into())));
    let (Some(certificate), Some(key), Some(client_ca)) = (certificate, key, client_ca) else { return Err(Told) };
    let settings = Tls { certificate, key, client_ca };
    // What cannot work is known now, not at the first connection.
    if let Err(problem) = tls::check(&settings, &secrets::variables(environment)) {
        admin.refuse(KEY, &format!("{problem}, expected files that can be used"));
        return Err(Told);
    }
    Ok(Some(settings))
}

fn hosts(section: &Section<'_>, key: &str) -> Option<Vec<String>> {
    let names = section.list(key, HOSTS)?;
    let is_name = |name: &&str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if !names.iter().all(is_name) {
        section.unexpected(key, HOSTS);
        return None;
    }
    Some(names.into_iter().map(|name| name.trim_end_matches('.').to_ascii_lowercase()).collect())
}
