//! TLS of the admin endpoint: its certificate and whose certificates are a proof, read anew when they may have been rotated.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use secrecy::ExposeSecret as _;
use tokio::time::Instant;

use super::settings::Tls;
use crate::secret::Variables;
use crate::telemetry::events;

/// A rotated certificate is in use this long after its files were replaced, at the latest.
const REREAD: Duration = Duration::from_mins(1);

/// What connections are accepted with.
pub(super) struct Files {
    settings: Tls,
    read: Mutex<(Instant, Arc<ServerConfig>)>,
}

impl std::fmt::Debug for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Files").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Files {
    /// # Errors
    /// Which file cannot be used, and why.
    pub fn read(settings: &Tls) -> Result<Self, String> {
        let config = config(settings, &of_process)?;
        Ok(Self { settings: settings.clone(), read: Mutex::new((Instant::now(), config)) })
    }

    /// As the files say by now; while they cannot be used, as they said before.
    pub fn now(&self) -> Arc<ServerConfig> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if read.0.elapsed() > REREAD {
            read.0 = Instant::now();
            match config(&self.settings, &of_process) {
                Ok(config) => read.1 = config,
                Err(error) => events::admin_tls_kept(&error),
            }
        }
        Arc::clone(&read.1)
    }
}

/// Whether connections could be accepted with this, the variables being these.
///
/// # Errors
/// Which file cannot be used, and why; no secret.
pub fn check(settings: &Tls, variables: Variables<'_>) -> Result<(), String> {
    config(settings, variables).map(drop)
}

fn of_process(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name)
}

/// The provider is named here and not taken from the process, which may have another or none.
fn config(settings: &Tls, variables: Variables<'_>) -> Result<Arc<ServerConfig>, String> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS cannot be set up: {error}"))?;
    let builder = match &settings.client_ca {
        None => builder.with_no_client_auth(),
        Some(file) => {
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots(file)?), provider)
                // Probes have no certificate, and callers with the token need none.
                .allow_unauthenticated()
                .build()
                .map_err(|error| format!("{} cannot be used: {error}", file.display()))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let chain = certificates(&settings.certificate)?;
    let place = &settings.key;
    let text = place.read_bytes_among(variables).map_err(|error| error.to_string())?;
    let key = PrivateKeyDer::from_pem_slice(text.expose_secret())
        .map_err(|_| format!("{place:?} holds no private key that can be read, expected PEM that is not encrypted"))?;
    let mut config = builder
        .with_single_cert(chain, key)
        .map_err(|error| format!("{} cannot be used with the key in {place:?}: {error}", settings.certificate.display()))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn roots(file: &Path) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(file)? {
        roots.add(certificate).map_err(|error| format!("{} cannot be used: {error}", file.display()))?;
    }
    Ok(roots)
}

/// At least one. What is wrong may quote the file, and somebody may have named the key by mistake.
fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let text = std::fs::read(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    let found = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>();
    let found = found.map_err(|_| format!("{} is damaged, expected certificates in PEM form", file.display()))?;
    if found.is_empty() {
        return Err(format!("{} holds no certificate, expected at least one in PEM form", file.display()));
    }
    Ok(found)
}
