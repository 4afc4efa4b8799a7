//! What was learned during a handshake that its error does not tell: who issued the certificate, and whether ours was wanted.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use openssl::x509::{X509, X509NameRef};
use rustls::client::ResolvesClientCert;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{DigitallySignedStruct, Error, SignatureScheme};

/// Shared by the two who listen in and by who explains an error.
#[derive(Debug, Default)]
pub struct Heard {
    issuer: OnceLock<String>,
    asked: AtomicBool,
}

impl Heard {
    /// Who issued the receiver's certificate, in that certificate's own words.
    pub fn issuer(&self) -> &str {
        self.issuer.get().map_or("an authority without a name", String::as_str)
    }

    pub fn asked_for_a_certificate(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }
}

/// Judges as `judge` does, and remembers the issuer.
#[derive(Debug)]
pub struct Listening {
    pub judge: Arc<dyn ServerCertVerifier>,
    pub heard: Arc<Heard>,
}

impl ServerCertVerifier for Listening {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Ok(certificate) = X509::from_der(end_entity) {
            let _ = self.heard.issuer.set(in_words(certificate.issuer_name()));
        }
        self.judge.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.judge.supported_verify_schemes()
    }
}

fn in_words(name: &X509NameRef) -> String {
    let part = |entry: &openssl::x509::X509NameEntryRef| {
        let key = entry.object().nid().short_name().unwrap_or("?");
        Some(format!("{key}={}", entry.data().to_string().ok()?))
    };
    let words = name.entries().filter_map(part).collect::<Vec<_>>().join(", ");
    // It comes from whoever answered.
    words.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// Hands out our certificate, where there is one, and remembers that it was asked for.
#[derive(Debug)]
pub struct Ours {
    pub identity: Option<Arc<CertifiedKey>>,
    pub heard: Arc<Heard>,
}

impl ResolvesClientCert for Ours {
    fn resolve(&self, _authorities: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.heard.asked.store(true, Ordering::Relaxed);
        self.identity.clone()
    }

    fn has_certs(&self) -> bool {
        self.identity.is_some()
    }
}
