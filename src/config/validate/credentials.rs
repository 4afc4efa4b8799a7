//! The credentials of `[apps.NAME]`, one reader each; every one is tried, so that what cannot work is known at start.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use reqwest::Url;

use super::apps::{GUID, guid};
use crate::clock;
use crate::config::env::Environment;
use crate::config::raw::{Section, Words};
use crate::config::{keys, secrets};
use crate::secret::Secret;
use crate::source::entra::certificate::{Algorithm, Certificate};
use crate::source::entra::{Beside, Credential, Federated, ManagedIdentity, RefreshToken};

/// What expires sooner than this is warned of.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What Kubernetes' webhook for workload identity sets.
const TOKEN_FILE: &str = "AZURE_FEDERATED_TOKEN_FILE";

/// The link-local address of Azure's metadata service.
const METADATA_SERVICE: &str = "http://169.254.169.254";
const URL: &str = "a URL of scheme, host and port only, such as \"http://169.254.169.254\"";

/// One app's table with what its credentials are read by.
pub(super) struct Reading<'s, 'a> {
    pub section: &'s Section<'a>,
    environment: &'s Environment,
    /// Where refresh tokens may be kept.
    state: Option<PathBuf>,
}

impl<'s, 'a> Reading<'s, 'a> {
    pub fn new(section: &'s Section<'a>, environment: &'s Environment, state: Option<PathBuf>) -> Self {
        Self { section, environment, state }
    }

    pub fn client_secret(&self) -> Option<Secret> {
        secrets::read(self.section, "client_secret", self.environment)
    }

    pub fn refresh_token(&self) -> Option<Secret> {
        secrets::read(self.section, "refresh_token", self.environment)
    }

    /// The certificate and when it ends. It must open, match its key, sign, and not have ended.
    pub fn certificate(&self) -> Option<(Certificate, Timestamp)> {
        const ALGORITHMS: [(Algorithm, &str); 2] = [(Algorithm::Ps256, "PS256"), (Algorithm::Rs256, "RS256")];
        let section = self.section.section("certificate", &keys::CERTIFICATE)?;
        let place = secrets::reference(&section);
        let optional = |key| {
            secrets::read(&section, key, self.environment)
                .map_or((!section.has(key)).then_some(None), |secret| Some(Some(secret)))
        };
        let (passphrase, key) = (optional("passphrase"), optional("key"));
        let algorithm = if section.has("algorithm") {
            section.word("algorithm", Words { now: &ALGORITHMS, later: &[] })
        } else {
            Some(Algorithm::default())
        };
        let certificate = Certificate { place: place?, passphrase: passphrase?, key: key?, algorithm: algorithm? };
        let now = clock::now();
        let opened = certificate.open_among(&secrets::variables(self.environment)).and_then(|opened| {
            opened.assertion("nobody", "nowhere", now)?; // what the key cannot sign is known now, not at the first sign-in
            Ok(opened)
        });
        match opened {
            Ok(opened) => {
                if opened.not_before() > now {
                    self.section.warn("certificate", &format!("it is not valid before {}", opened.not_before()));
                }
                warn_of_expiry(self.section, "certificate", "certificate", opened.not_after());
                Some((certificate, opened.not_after()))
            }
            Err(problem) => {
                self.section.refuse("certificate", &format!("{problem}, expected a certificate that can be used"));
                None
            }
        }
    }

    pub fn federated(&self) -> Option<Federated> {
        let section = self.section.section("federated", &keys::FEDERATED)?;
        let file = if section.has("file") {
            section.text("file", "the path of a file")?
        } else {
            let file = self.environment.get(TOKEN_FILE).filter(|path| !path.is_empty());
            if file.is_none() {
                section.missing("file", &format!("the path of a file, here or as {TOKEN_FILE} in the environment"));
            }
            file?
        };
        let federated = Federated { file: file.into() };
        if let Err(problem) = federated.read() {
            section.refuse("file", &format!("{problem}, expected the other issuer's token there"));
            return None;
        }
        Some(federated)
    }

    pub fn managed_identity(&self) -> Option<ManagedIdentity> {
        let section = self.section.section("managed_identity", &keys::MANAGED_IDENTITY)?;
        section.missing("client_id", GUID);
        let client_id = section.parsed("client_id", GUID, guid);
        let endpoint = if section.has("endpoint") { section.parsed("endpoint", URL, host) } else { host(METADATA_SERVICE) };
        Some(ManagedIdentity { client_id: client_id?, endpoint: endpoint? })
    }

    /// A refresh token with what stands beside it.
    pub fn delegated(&self, token: Option<Secret>, beside: WithExpiry) -> Option<(Credential, Option<Timestamp>)> {
        let (beside, expiry) = beside.unzip();
        let delegated = RefreshToken { token: token?, beside, kept_in: self.state.clone()?, keeps: true };
        Some((Credential::RefreshToken(Box::new(delegated)), expiry.flatten()))
    }
}

/// What stands beside a refresh token, and when it ends.
type WithExpiry = Option<(Beside, Option<Timestamp>)>;

/// `None` where something stands beside the token but cannot be used.
pub(super) fn beside(
    section: &Section<'_>,
    secret: Option<Secret>,
    certificate: Option<(Certificate, Timestamp)>,
) -> Option<WithExpiry> {
    match (secret, certificate) {
        (Some(secret), _) => Some(Some((Beside::Secret(secret), None))),
        (None, Some((certificate, expiry))) => Some(Some((Beside::Certificate(certificate), Some(expiry)))),
        (None, None) => (!section.has("client_secret") && !section.has("certificate")).then_some(None),
    }
}

/// A credential that ends soon, or has ended, is worth a look.
pub(super) fn warn_of_expiry(section: &Section<'_>, key: &str, what: &str, expiry: Timestamp) {
    let left = expiry.duration_since(clock::now());
    if left <= SignedDuration::ZERO {
        section.warn(key, &format!("the {what} has expired; make a new one at the registration"));
    } else if left <= SOON {
        let days = left.as_hours() / 24;
        section.warn(key, &format!("the {what} expires in {days} days; make a new one at the registration"));
    }
}

fn host(text: &str) -> Option<Url> {
    let url = Url::parse(text.trim()).ok()?;
    let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let anonymous = url.username().is_empty() && url.password().is_none();
    (matches!(url.scheme(), "http" | "https") && url.has_host() && plain && anonymous).then_some(url)
}
