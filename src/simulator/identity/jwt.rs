//! JSON Web Tokens, taken apart, signed and verified with OpenSSL: another library than the one that our client signs with.

use openssl::hash::MessageDigest;
use openssl::pkey::{HasPublic, PKeyRef, Private};
use openssl::rsa::Padding;
use openssl::sign::{RsaPssSaltlen, Signer, Verifier};
use serde_json::Value;

/// A token in its three parts. Nothing of it is believed yet.
#[derive(Debug)]
pub struct Jwt<'a> {
    pub header: Value,
    pub claims: Value,
    signed: &'a str,
    signature: Vec<u8>,
}

/// Those that Entra takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    Rs256,
    Ps256,
}

impl<'a> Jwt<'a> {
    /// `None` for anything but three parts of base64url, the first two JSON objects.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let object = |part| serde_json::from_slice(&decode(part)?).ok().filter(Value::is_object);
        Some(Self { header: object(header)?, claims: object(claims)?, signed, signature: decode(signature)? })
    }

    pub fn algorithm(&self) -> Option<Algorithm> {
        match self.header["alg"].as_str()? {
            "RS256" => Some(Algorithm::Rs256),
            "PS256" => Some(Algorithm::Ps256),
            _ => None,
        }
    }

    /// A claim that is a text, or the empty text.
    pub fn text(&self, claim: &str) -> &str {
        self.claims[claim].as_str().unwrap_or_default()
    }

    /// Whether the signature is that of this key, by the header's algorithm.
    pub fn signed_by<T: HasPublic>(&self, key: &PKeyRef<T>) -> bool {
        let Some(algorithm) = self.algorithm() else { return false };
        let verified = Verifier::new(MessageDigest::sha256(), key).and_then(|mut verifier| {
            if algorithm == Algorithm::Ps256 {
                verifier.set_rsa_padding(Padding::PKCS1_PSS)?;
                verifier.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH)?;
                verifier.set_rsa_mgf1_md(MessageDigest::sha256())?;
            }
            verifier.verify_oneshot(&self.signature, self.signed.as_bytes())
        });
        verified.unwrap_or(false)
    }
}

/// A token signed with RS256.
pub fn sign(key: &PKeyRef<Private>, key_id: &str, claims: &Value) -> String {
    let header = serde_json::json!({"typ": "JWT", "alg": "RS256", "kid": key_id});
    let signed = format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
    let signature =
        Signer::new(MessageDigest::sha256(), key).and_then(|mut signer| signer.sign_oneshot_to_vec(signed.as_bytes()));
    format!("{signed}.{}", encode(&signature.expect("an RSA key signs")))
}

/// base64url without padding.
pub fn encode(bytes: &[u8]) -> String {
    openssl::base64::encode_block(bytes).trim_end_matches('=').replace('+', "-").replace('/', "_")
}

/// Strictly base64url without padding.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if text.len() % 4 == 1 || !text.bytes().all(known) {
        return None;
    }
    let padding = "=".repeat((4 - text.len() % 4) % 4);
    openssl::base64::decode_block(&(text.replace('-', "+").replace('_', "/") + &padding)).ok()
}

#[cfg(test)]
mod tests {
    use openssl::pkey::PKey;
    use openssl::rsa::Rsa;
    use serde_json::json;

    use super::{Jwt, decode, encode, sign};

    #[test]
    fn base64url_comes_back_and_nothing_else_is_taken_for_it() {
        for bytes in [&b""[..], b"\xff", b"\xff\xfe", b"\xff\xfe\xfd", b"\xff\xfe\xfd\xfc"] {
            assert_eq!(decode(&encode(bytes)).as_deref(), Some(bytes));
        }
        assert_eq!(encode(b"\xff\xfe\xfd\xfc"), "__79_A");
        for odd in ["_w==", "/w", "+w", "_w\n", "a"] {
            assert_eq!(decode(odd), None, "{odd:?}");
        }
    }

    #[test]
    fn a_signature_holds_for_its_key_and_its_text_only() {
        let key = || PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let (ours, other) = (key(), key());
        let token = sign(&ours, "k", &json!({"sub": "a"}));
        let read = Jwt::parse(&token).unwrap();
        assert_eq!((read.text("sub"), read.text("none"), &read.header["kid"]), ("a", "", &json!("k")));
        assert!(read.signed_by(&ours) && !read.signed_by(&other));
        let parts: Vec<&str> = token.split('.').collect();
        for (header, claims) in [
            (parts[0].to_owned(), encode(br#"{"sub":"b"}"#)),
            (encode(br#"{"alg":"PS256"}"#), parts[1].to_owned()),
            (encode(br#"{"alg":"none"}"#), parts[1].to_owned()),
            (encode(br#"{"alg":"HS256"}"#), parts[1].to_owned()),
        ] {
            let forged = format!("{header}.{claims}.{}", parts[2]);
            assert!(!Jwt::parse(&forged).unwrap().signed_by(&ours), "{forged}");
        }
    }

    #[test]
    fn what_is_no_token_is_not_read_as_one() {
        let (object, list) = (encode(b"{}"), encode(b"[]"));
        for odd in [
            String::new(),
            object.clone(),
            format!("{object}.{object}"),
            format!("{list}.{object}.AA"),
            format!("{object}.{list}.AA"),
            format!("{object}.{object}.AA.AA"),
            format!("{object}.{object}.?"),
        ] {
            assert!(Jwt::parse(&odd).is_none(), "{odd}");
        }
        assert!(Jwt::parse(&format!("{object}.{object}.AA")).is_some());
    }
}
