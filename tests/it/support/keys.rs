//! Keys and certificates made for one test, as files and as what signs an assertion.

use std::path::{Path, PathBuf};

use alertferry::clock;
use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::base64;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkcs12::Pkcs12;
use openssl::pkey::{PKey, Private};
use openssl::rsa::{Padding, Rsa};
use openssl::sign::{RsaPssSaltlen, Signer};
use openssl::symm::Cipher;
use openssl::x509::{X509, X509Name};
use serde_json::{Value, json};

/// The passphrase of all encrypted files. No output of the daemon may ever hold it.
pub const PASSPHRASE: &str = "planted-passphrase-that-must-never-be-seen";

/// An RSA key and its self-signed certificate.
pub struct KeyPair {
    key: PKey<Private>,
    certificate: X509,
}

impl KeyPair {
    /// Valid since a day, for a year.
    pub fn new() -> Self {
        Self::valid(-86_400, 365 * 86_400)
    }

    /// Valid from and until so many seconds from now.
    pub fn valid(from: i64, until: i64) -> Self {
        let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let now = clock::now().as_second();
        let mut name = X509Name::builder().unwrap();
        name.append_entry_by_text("CN", "alertferry test").unwrap();
        let name = name.build();
        let mut builder = X509::builder().unwrap();
        builder.set_version(2).unwrap();
        builder.set_serial_number(&Asn1Integer::from_bn(&BigNum::from_u32(7).unwrap()).unwrap()).unwrap();
        builder.set_subject_name(&name).unwrap();
        builder.set_issuer_name(&name).unwrap();
        builder.set_pubkey(&key).unwrap();
        builder.set_not_before(&Asn1Time::from_unix(now + from).unwrap()).unwrap();
        builder.set_not_after(&Asn1Time::from_unix(now + until).unwrap()).unwrap();
        builder.sign(&key, MessageDigest::sha256()).unwrap();
        Self { key, certificate: builder.build() }
    }

    /// What is uploaded.
    pub fn certificate_pem(&self) -> Vec<u8> {
        self.certificate.to_pem().unwrap()
    }

    /// Key and certificate in one file, the key in the clear.
    pub fn pem(&self) -> Vec<u8> {
        [self.key_pem(), self.certificate_pem()].concat()
    }

    /// The key alone, in the clear.
    pub fn key_pem(&self) -> Vec<u8> {
        self.key.private_key_to_pem_pkcs8().unwrap()
    }

    /// The key alone, encrypted with [`PASSPHRASE`].
    pub fn encrypted_key_pem(&self) -> Vec<u8> {
        self.key.private_key_to_pem_pkcs8_passphrase(Cipher::aes_256_cbc(), PASSPHRASE.as_bytes()).unwrap()
    }

    /// Both as PKCS #12, encrypted with [`PASSPHRASE`].
    pub fn pfx(&self) -> Vec<u8> {
        Pkcs12::builder().name("test").pkey(&self.key).cert(&self.certificate).build2(PASSPHRASE).unwrap().to_der().unwrap()
    }

    /// A text of the private key by which a leak of it is recognised: a line from its middle, as PEM writes it.
    pub fn telltale(&self) -> String {
        let pem = String::from_utf8(self.key_pem()).unwrap();
        pem.lines().nth(10).unwrap().to_owned()
    }

    /// A signed assertion with exactly these claims, and the header that goes with `algorithm`: `PS256` or `RS256`.
    pub fn assertion(&self, algorithm: &str, claims: &Value) -> String {
        let thumbprint = |digest| url(&self.certificate.digest(digest).unwrap());
        let header = match algorithm {
            "PS256" => json!({"alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint(MessageDigest::sha256())}),
            _ => json!({"alg": "RS256", "typ": "JWT", "x5t": thumbprint(MessageDigest::sha1())}),
        };
        self.sign(&header, claims)
    }

    /// A token with any header; its `alg` says how it is signed, PS256 or else RS256.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let text = format!("{}.{}", url(header.to_string().as_bytes()), url(claims.to_string().as_bytes()));
        let mut signer = Signer::new(MessageDigest::sha256(), &self.key).unwrap();
        if header["alg"] == "PS256" {
            signer.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
            signer.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH).unwrap();
        }
        let signature = signer.sign_oneshot_to_vec(text.as_bytes()).unwrap();
        format!("{text}.{}", url(&signature))
    }
}

fn url(bytes: &[u8]) -> String {
    base64::encode_block(bytes).trim_end_matches('=').replace('+', "-").replace('/', "_")
}

/// Puts a file in the place of another in one step, as a careful operator and Kubernetes do.
pub fn replace(path: &Path, content: &[u8]) -> PathBuf {
    let beside = path.with_extension("new");
    std::fs::write(&beside, content).unwrap();
    std::fs::rename(&beside, path).unwrap();
    path.to_owned()
}
