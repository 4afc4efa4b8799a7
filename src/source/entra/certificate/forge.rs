//! Certificates for tests, made with OpenSSL.

use openssl::asn1::Asn1Time;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkcs12::Pkcs12;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::symm::Cipher;
use openssl::x509::{X509, X509Name};

use crate::secret::Secret;

use super::{Algorithm, Certificate};

/// A certificate and its key.
pub(super) struct Forged {
    pub(super) key: PKey<Private>,
    pub(super) x509: X509,
}

pub(super) fn rsa(bits: u32) -> Forged {
    of(PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap(), 0, 90)
}

/// Valid from `from` to `to` days from now.
pub(super) fn of(key: PKey<Private>, from: i64, to: i64) -> Forged {
    let at = |days: i64| Asn1Time::from_unix(crate::clock::now().as_second() + days * 86_400).unwrap();
    let mut name = X509Name::builder().unwrap();
    name.append_entry_by_nid(Nid::COMMONNAME, "alertferry test").unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.set_not_before(&at(from)).unwrap();
    builder.set_not_after(&at(to)).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    Forged { x509: builder.build(), key }
}

impl Forged {
    pub(super) fn certificate_pem(&self) -> Vec<u8> {
        self.x509.to_pem().unwrap()
    }

    pub(super) fn key_pem(&self) -> Vec<u8> {
        self.key.private_key_to_pem_pkcs8().unwrap()
    }

    pub(super) fn key_pem_under(&self, passphrase: &str) -> Vec<u8> {
        self.key.private_key_to_pem_pkcs8_passphrase(Cipher::aes_256_cbc(), passphrase.as_bytes()).unwrap()
    }

    pub(super) fn both(&self) -> Vec<u8> {
        [self.certificate_pem(), self.key_pem()].concat()
    }

    pub(super) fn pfx(&self, passphrase: &str) -> Vec<u8> {
        let mut builder = Pkcs12::builder();
        builder.pkey(&self.key).cert(&self.x509);
        builder.build2(passphrase).unwrap().to_der().unwrap()
    }

    /// As PEM in the text itself.
    pub(super) fn plain(&self, algorithm: Algorithm) -> Certificate {
        let place = Secret::Plain(String::from_utf8(self.both()).unwrap().into());
        Certificate { place, passphrase: None, key: None, algorithm }
    }
}
