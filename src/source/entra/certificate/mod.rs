//! A certificate with its private key as an app's credential: where both stand, read and checked anew at each sign-in.

mod assertion;
#[cfg(test)]
mod forge;
mod read;

pub use assertion::Algorithm;

use jiff::{SignedDuration, Timestamp};
use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::pkey::Private;
use openssl::rsa::Rsa;
use openssl::x509::X509;
use secrecy::SecretString;

use crate::secret::{Secret, SecretError, Variables};

/// Where a certificate and its key stand.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// PEM, or PFX (PKCS#12).
    pub place: Secret,
    /// Of the private key.
    pub passphrase: Option<Secret>,
    /// The private key as PEM, where it does not stand beside the certificate.
    pub key: Option<Secret>,
    pub algorithm: Algorithm,
}

/// Why a certificate is of no use. Never quotes the key or the passphrase.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CertificateError(String);

/// A certificate and the RSA key that belongs to it.
pub struct Opened {
    x509: X509,
    key: Rsa<Private>,
    algorithm: Algorithm,
    not_before: Timestamp,
    not_after: Timestamp,
}

impl Certificate {
    /// Reads certificate and key from where they stand at present, and checks that they belong together.
    ///
    /// # Errors
    /// When one of them cannot be read or deciphered, they do not match, or the key is not one that Entra takes.
    pub fn open(&self) -> Result<Opened, CertificateError> {
        self.open_among(&|name| std::env::var_os(name))
    }

    /// As [`Certificate::open`], with these variables instead of the process's.
    ///
    /// # Errors
    /// As [`Certificate::open`].
    pub fn open_among(&self, variables: Variables<'_>) -> Result<Opened, CertificateError> {
        let place = self.place.read_bytes_among(variables)?;
        let passphrase = self.passphrase.as_ref().map(|secret| secret.read_among(variables)).transpose()?;
        let key = self.key.as_ref().map(|secret| secret.read_bytes_among(variables)).transpose()?;
        let (x509, key) = read::pair(&place, key.as_ref(), passphrase.as_ref())
            .map_err(|problem| CertificateError(format!("{:?}: {problem}", self.place)))?;
        let moment = |time: &Asn1TimeRef| {
            moment(time).ok_or_else(|| CertificateError(format!("{:?}: its dates cannot be read", self.place)))
        };
        let (not_before, not_after) = (moment(x509.not_before())?, moment(x509.not_after())?);
        Ok(Opened { x509, key, algorithm: self.algorithm, not_before, not_after })
    }
}

impl Opened {
    /// From when on it can be used.
    #[must_use]
    pub fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// Until when it can be used.
    #[must_use]
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// A statement signed with the key: that whoever holds it is this app and talks to this token endpoint.
    ///
    /// # Errors
    /// When the certificate has expired, or the key cannot sign.
    pub fn assertion(&self, client_id: &str, endpoint: &str, now: Timestamp) -> Result<SecretString, CertificateError> {
        if self.not_after <= now {
            return Err(CertificateError(format!("the certificate expired at {}", self.not_after)));
        }
        assertion::sign(self, client_id, endpoint, now)
    }
}

impl From<SecretError> for CertificateError {
    fn from(error: SecretError) -> Self {
        Self(error.to_string())
    }
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("not_before", &self.not_before).field("not_after", &self.not_after).finish_non_exhaustive()
    }
}

fn moment(time: &Asn1TimeRef) -> Option<Timestamp> {
    let epoch = Asn1Time::from_unix(0).ok()?;
    let since = epoch.diff(time).ok()?;
    let since = SignedDuration::from_hours(i64::from(since.days) * 24) + SignedDuration::from_secs(i64::from(since.secs));
    Timestamp::from_duration(since).ok()
}
