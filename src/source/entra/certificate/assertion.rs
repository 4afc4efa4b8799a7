//! The signed client assertion: a JWT that proves possession of the certificate's key.

use std::time::Duration;

use jiff::Timestamp;
use jsonwebtoken::{EncodingKey, Header};
use openssl::base64;
use openssl::hash::MessageDigest;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde::Serialize;
use uuid::Uuid;

use super::{CertificateError, Opened};

/// Entra takes five to ten minutes; the longest bears the most difference between its clock and ours.
const LIFE: Duration = Duration::from_mins(10);

/// How an assertion is signed, and by which of its thumbprints it names the certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Algorithm {
    /// RSASSA-PSS, `x5t#S256`: what Microsoft documents since 2025.
    #[default]
    Ps256,
    /// RSASSA-PKCS1-v1_5, `x5t` (SHA-1): what older proxies and brokers insist on.
    Rs256,
}

/// Facts: section 2.3 of the API notes.
#[derive(Serialize)]
struct Claims<'a> {
    /// Exactly the endpoint that is called, with the customer's tenant in it.
    aud: &'a str,
    iss: &'a str,
    sub: &'a str,
    jti: String,
    nbf: i64,
    iat: i64,
    exp: i64,
}

pub(super) fn sign(opened: &Opened, client_id: &str, endpoint: &str, now: Timestamp) -> Result<SecretString, CertificateError> {
    let failed = |what: &str| CertificateError(format!("the certificate's key cannot sign: {what}"));
    let thumbprint = |digest| {
        let digest = opened.x509.digest(digest).map_err(|_| failed("the certificate has no thumbprint"))?;
        Ok::<_, CertificateError>(Some(base64url(&digest)))
    };
    let header = match opened.algorithm {
        Algorithm::Ps256 => {
            Header { x5t_s256: thumbprint(MessageDigest::sha256())?, ..Header::new(jsonwebtoken::Algorithm::PS256) }
        }
        Algorithm::Rs256 => Header { x5t: thumbprint(MessageDigest::sha1())?, ..Header::new(jsonwebtoken::Algorithm::RS256) },
    };
    let now = now.as_second();
    let claims = Claims {
        aud: endpoint,
        iss: client_id,
        sub: client_id,
        jti: Uuid::new_v4().to_string(),
        nbf: now,
        iat: now,
        exp: now + i64::try_from(LIFE.as_secs()).unwrap_or_default(),
    };
    let der = opened.key.private_key_to_der().map(SecretSlice::from).map_err(|_| failed("it cannot be written as DER"))?;
    let key = EncodingKey::from_rsa_der(der.expose_secret());
    // Its words are about the key's form; they hold nothing of it, but nothing that would help either.
    let signed = jsonwebtoken::encode(&header, &claims, &key).map_err(|_| failed("it is not a sound RSA key"))?;
    Ok(SecretString::from(signed))
}

fn base64url(bytes: &[u8]) -> String {
    base64::encode_block(bytes).trim_end_matches('=').replace('+', "-").replace('/', "_")
}
