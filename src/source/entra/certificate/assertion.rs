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

/// As the Microsoft identity platform's page on certificate credentials wants them.
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

#[cfg(test)]
mod tests {
    use openssl::base64;
    use openssl::hash::{MessageDigest, hash};
    use openssl::rsa::Padding;
    use openssl::sign::{RsaPssSaltlen, Verifier};
    use secrecy::ExposeSecret;
    use serde_json::Value;

    use super::Algorithm;
    use crate::clock;
    use crate::source::entra::certificate::forge::{self, Forged};

    const ENDPOINT: &str = "https://login.example/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token";

    fn decoded(part: &str) -> Vec<u8> {
        let padded = format!("{part}{}", "=".repeat((4 - part.len() % 4) % 4));
        base64::decode_block(&padded.replace('-', "+").replace('_', "/")).unwrap()
    }

    /// Signs, has OpenSSL verify the signature, and gives header and claims.
    fn verified(forged: &Forged, algorithm: Algorithm) -> (Value, Value) {
        let opened = forged.plain(algorithm).open().unwrap();
        let text = opened.assertion("our-client-id", ENDPOINT, "2026-03-02T07:00:00.9Z".parse().unwrap()).unwrap();
        let text = text.expose_secret();
        let (signed, signature) = text.rsplit_once('.').unwrap();
        let (header, claims) = signed.split_once('.').unwrap();
        let public = forged.x509.public_key().unwrap();
        let mut verifier = Verifier::new(MessageDigest::sha256(), &public).unwrap();
        if algorithm == Algorithm::Ps256 {
            verifier.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
            verifier.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH).unwrap();
            verifier.set_rsa_mgf1_md(MessageDigest::sha256()).unwrap();
        }
        verifier.update(signed.as_bytes()).unwrap();
        assert!(verifier.verify(&decoded(signature)).unwrap(), "the signature does not hold");
        assert!(!text.contains(['=', '+', '/']), "not base64url without padding: {text}");
        (serde_json::from_slice(&decoded(header)).unwrap(), serde_json::from_slice(&decoded(claims)).unwrap())
    }

    #[test]
    fn the_signature_holds_and_the_header_names_the_certificate_by_its_thumbprint() {
        let forged = forge::rsa(2048);
        let der = forged.x509.to_der().unwrap();
        for (algorithm, word, member, other, digest) in [
            (Algorithm::Ps256, "PS256", "x5t#S256", "x5t", MessageDigest::sha256()),
            (Algorithm::Rs256, "RS256", "x5t", "x5t#S256", MessageDigest::sha1()),
        ] {
            let (header, _) = verified(&forged, algorithm);
            assert_eq!((header["alg"].as_str(), header["typ"].as_str()), (Some(word), Some("JWT")));
            assert_eq!(decoded(header[member].as_str().unwrap()), &*hash(digest, &der).unwrap(), "{word}");
            assert_eq!(header.get(other), None, "{word}");
        }
    }

    #[test]
    fn the_claims_are_for_this_endpoint_and_ten_minutes_and_never_the_same_twice() {
        let forged = forge::rsa(3072);
        let (_, claims) = verified(&forged, Algorithm::Ps256);
        let now = 1_772_434_800;
        for (name, value) in [("aud", ENDPOINT), ("iss", "our-client-id"), ("sub", "our-client-id")] {
            assert_eq!(claims[name].as_str(), Some(value), "{name}");
        }
        for (name, value) in [("nbf", now), ("iat", now), ("exp", now + 600)] {
            assert_eq!(claims[name].as_i64(), Some(value), "{name}");
        }
        let (_, again) = verified(&forged, Algorithm::Ps256);
        assert_eq!(claims["jti"].as_str().unwrap().len(), 36);
        assert_ne!(claims["jti"], again["jti"]);
    }

    #[test]
    fn an_expired_certificate_signs_nothing_and_says_since_when() {
        let forged = forge::of(forge::rsa(2048).key, -90, -1);
        let opened = forged.plain(Algorithm::Ps256).open().unwrap();
        let error = opened.assertion("c", ENDPOINT, clock::now()).unwrap_err().to_string();
        assert!(error.contains(&format!("expired at {}", opened.not_after())), "{error}");
        let shown = format!("{opened:?} {:?}", forged.plain(Algorithm::Ps256));
        assert!(!shown.contains("PRIVATE") && shown.contains("REDACTED"), "{shown}");
    }

    #[test]
    fn a_certificate_knows_its_dates_to_the_second() {
        let before = clock::now().as_second();
        let opened = forge::of(forge::rsa(2048).key, 2, 3).plain(Algorithm::Ps256).open().unwrap();
        let (from, to) = (opened.not_before().as_second(), opened.not_after().as_second());
        assert!((before + 2 * 86_400..before + 2 * 86_400 + 60).contains(&from), "{from}");
        assert!((before + 3 * 86_400..before + 3 * 86_400 + 60).contains(&to), "{to}");
    }
}
