//! An app registration: what proves that a request comes from it.

use jiff::Timestamp;
use openssl::asn1::Asn1Time;
use openssl::hash::MessageDigest;
use openssl::x509::X509;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use super::jwt;

/// An app of ours, as Entra knows it.
#[derive(Debug, Clone, Default)]
pub struct Registration {
    pub client_id: String,
    /// A public client has nothing to prove itself with, and must not try.
    pub public: bool,
    pub secrets: Vec<ClientSecret>,
    pub certificates: Vec<Certificate>,
    pub federated: Vec<FederatedCredential>,
}

/// A client secret, and when it ends.
#[derive(Debug, Clone)]
pub struct ClientSecret {
    pub value: SecretString,
    pub expires: Option<Timestamp>,
}

/// Whose tokens prove that they come from this app. All three are compared letter by letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FederatedCredential {
    pub issuer: String,
    pub subject: String,
    pub audience: String,
}

/// A certificate whose private key signs assertions.
#[derive(Debug, Clone)]
pub struct Certificate {
    pub public: X509,
    /// base64url of SHA-256 over its DER, as `x5t#S256` names it.
    sha256: String,
    /// base64url of SHA-1 over its DER, as `x5t` names it.
    sha1: String,
}

impl Registration {
    /// The AADSTS number where the secret is wrong or has ended.
    pub fn check_secret(&self, given: &str, now: Timestamp) -> Result<(), u32> {
        let found = self.secrets.iter().filter(|secret| secret.value.expose_secret() == given);
        let lasting: Vec<bool> = found.map(|secret| secret.expires.is_none_or(|end| now < end)).collect();
        match lasting.as_slice() {
            [] => Err(7_000_215),
            found if found.contains(&true) => Ok(()),
            _ => Err(7_000_222),
        }
    }

    /// Adds a certificate that is there once, however often it is uploaded.
    ///
    /// # Errors
    /// When it is not a PEM certificate of an RSA key with 2048 bits or more.
    pub fn add_certificate(&mut self, pem: &[u8]) -> Result<(), String> {
        let certificate = Certificate::read(pem)?;
        self.certificates.retain(|old| old.sha256 != certificate.sha256);
        self.certificates.push(certificate);
        Ok(())
    }
}

impl Certificate {
    fn read(pem: &[u8]) -> Result<Self, String> {
        let public = X509::from_pem(pem).map_err(|error| format!("not a PEM certificate: {error}"))?;
        let bits = public.public_key().and_then(|key| key.rsa()).map(|rsa| rsa.size() * 8);
        if !bits.is_ok_and(|bits| bits >= 2048) {
            return Err("the certificate's key is not an RSA key of 2048 bits or more".to_owned());
        }
        let thumbprint = |hash| public.digest(hash).map(|digest| jwt::encode(&digest)).map_err(|error| error.to_string());
        Ok(Self { sha256: thumbprint(MessageDigest::sha256())?, sha1: thumbprint(MessageDigest::sha1())?, public })
    }

    /// Whether the header of an assertion names it. Each algorithm goes with its own thumbprint: PS256 with SHA-256, RS256 with SHA-1.
    pub fn is_named_by(&self, assertion: &jwt::Jwt<'_>) -> bool {
        match assertion.algorithm() {
            Some(jwt::Algorithm::Ps256) => assertion.header["x5t#S256"] == self.sha256.as_str(),
            Some(jwt::Algorithm::Rs256) => assertion.header["x5t"] == self.sha1.as_str(),
            None => false,
        }
    }

    pub fn lasts(&self, now: Timestamp) -> bool {
        let now = Asn1Time::from_unix(now.as_second()).expect("the present is a date");
        self.public.not_before() <= now && now < self.public.not_after()
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use secrecy::SecretString;

    use super::{ClientSecret, Registration};

    #[test]
    fn a_secret_is_right_wrong_or_has_ended_and_a_second_one_may_replace_it() {
        let now: Timestamp = "2026-03-02T07:00:00Z".parse().unwrap();
        let secret = |value: &str, expires| ClientSecret { value: SecretString::from(value), expires };
        let mut app =
            Registration { secrets: vec![secret("old", Some(now)), secret("lasting", None)], ..Registration::default() };
        assert_eq!(app.check_secret("old", now - SignedDuration::from_secs(1)), Ok(()));
        assert_eq!(app.check_secret("old", now), Err(7_000_222));
        assert_eq!(app.check_secret("lasting", now), Ok(()));
        assert_eq!(app.check_secret("", now), Err(7_000_215));
        app.secrets.push(secret("old", None));
        assert_eq!(app.check_secret("old", now), Ok(()));
    }

    #[test]
    fn what_is_no_rsa_certificate_is_not_registered() {
        let mut app = Registration::default();
        assert!(app.add_certificate(b"nonsense").unwrap_err().contains("PEM"));
        assert_eq!(app.certificates.len(), 0);
    }
}
