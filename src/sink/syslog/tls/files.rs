//! From settings to what rustls needs: trusted authorities, our certificate and its key, read from their files.

use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, Error, InconsistentKeys, RootCertStore};
use secrecy::ExposeSecret;

use super::heard::{Heard, Listening, Ours};
use crate::sink::settings::{Identity, Tls, TlsVersion};

/// What a connection is made with, and where it writes what it hears.
///
/// The provider is named here and not taken from the process, which may have another or none.
pub fn config(settings: &Tls) -> Result<(Arc<ClientConfig>, Arc<Heard>), String> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let heard = Arc::new(Heard::default());
    let judge = judge(settings.ca.as_deref(), &provider)?;
    let identity = settings.identity.as_ref().map(|identity| certified(identity, &provider)).transpose()?;
    let versions = match settings.min_version {
        TlsVersion::V1_2 => &[&TLS13, &TLS12][..],
        TlsVersion::V1_3 => &[&TLS13][..],
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .map_err(|error| format!("TLS cannot be set up: {error}"))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Listening { judge, heard: heard.clone() }))
        .with_client_cert_resolver(Arc::new(Ours { identity: identity.map(Arc::new), heard: heard.clone() }));
    Ok((Arc::new(config), heard))
}

/// Who decides whether a receiver's certificate is good: rustls with the authorities of a file, or those of the system.
fn judge(ca: Option<&Path>, provider: &Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, String> {
    let Some(path) = ca else {
        return match rustls_platform_verifier::Verifier::new(provider.clone()) {
            Ok(verifier) => Ok(Arc::new(verifier)),
            Err(error) => Err(format!(
                "the system's trusted certificates cannot be used ({error}): install ca-certificates, or set tls.ca to a PEM file"
            )),
        };
    };
    let mut roots = RootCertStore::empty();
    for (number, certificate) in certificates("the CA file", path)?.into_iter().enumerate() {
        roots
            .add(certificate)
            .map_err(|error| format!("certificate {} in the CA file {} cannot be used: {error}", number + 1, path.display()))?;
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build();
    Ok(verifier.map_err(|error| format!("the CA file {} cannot be used: {error}", path.display()))?)
}

fn certificates(what: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let text = std::fs::read(path).map_err(|error| format!("{what} {} cannot be read: {error}", path.display()))?;
    // What is wrong may quote the file, and somebody may have named the key by mistake.
    let found = CertificateDer::pem_slice_iter(&text)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| format!("{what} {} is damaged: it must hold certificates in PEM form", path.display()))?;
    if found.is_empty() {
        return Err(format!(
            "{what} {} holds no certificate: it must be in PEM form, with lines \"-----BEGIN CERTIFICATE-----\"",
            path.display()
        ));
    }
    Ok(found)
}

/// Our certificate with its key, once it is known that they belong together.
fn certified(identity: &Identity, provider: &CryptoProvider) -> Result<CertifiedKey, String> {
    let chain = certificates("the client certificate", &identity.certificate)?;
    let place = &identity.key;
    let text = place.read_bytes().map_err(|error| format!("the key of the client certificate cannot be read: {error}"))?;
    let Ok(key) = PrivateKeyDer::from_pem_slice(text.expose_secret()) else {
        let says = |words: &[u8]| text.expose_secret().windows(words.len()).any(|window| window == words);
        return Err(if says(b"BEGIN ENCRYPTED PRIVATE KEY") || says(b"Proc-Type: 4,ENCRYPTED") {
            format!("the key in {place:?} is encrypted: store it without a passphrase (openssl pkey -in OLD -out NEW)")
        } else {
            format!("{place:?} holds no private key in PEM form (PKCS#8, PKCS#1 or SEC1)")
        });
    };
    let key = provider
        .key_provider
        .load_private_key(key)
        .map_err(|_| format!("the key in {place:?} is of no kind that TLS uses here: RSA of 2048 to 8192 bits, EC on P-256, P-384 or P-521, or Ed25519"))?;
    let certified = CertifiedKey::new(chain, key);
    let certificate = identity.certificate.display();
    match certified.keys_match() {
        Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(certified),
        Err(Error::InconsistentKeys(_)) => Err(format!(
            "the key in {place:?} does not belong to the first certificate in {certificate}: the certificate of ours must come \
             first, and both must be of one pair"
        )),
        Err(error) => Err(format!("the client certificate {certificate} cannot be used: {error}")),
    }
}
