//! Where the admin endpoint listens, and who may ask it.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::secret::Secret;

/// Checked: an address that others can reach has a proof, or somebody said that it needs none.
#[derive(Debug, Clone)]
pub struct Settings {
    pub listen: SocketAddr,
    /// What a caller may prove itself with; read anew for each that shows one.
    pub token: Option<Secret>,
    pub tls: Option<Tls>,
    /// Names, in lower case, by which it may be asked beside IP addresses and `localhost` where no proof is asked for.
    pub hosts: Vec<String>,
}

/// The endpoint's own certificate, and whose certificates are a proof.
#[derive(Debug, Clone)]
pub struct Tls {
    /// PEM; the certificate first, then those that vouch for it.
    pub certificate: PathBuf,
    /// PEM: PKCS#8, PKCS#1 or SEC1, not encrypted.
    pub key: Secret,
    /// PEM; a caller whose certificate one of these vouches for needs no token.
    pub client_ca: Option<PathBuf>,
}

impl Settings {
    /// No proof is asked for and no name beside the usual ones is known.
    #[must_use]
    pub fn plain(listen: SocketAddr) -> Self {
        Self { listen, token: None, tls: None, hosts: Vec::new() }
    }

    /// Whether a caller has to prove who it is.
    #[must_use]
    pub fn asks_for_proof(&self) -> bool {
        self.token.is_some() || self.tls.as_ref().is_some_and(|tls| tls.client_ca.is_some())
    }
}
