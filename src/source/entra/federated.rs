//! A token of another issuer as an app's credential: workload identity federation, as in Kubernetes.

use std::path::PathBuf;

use secrecy::SecretString;

use crate::secret::{Secret, SecretError};

/// Where the other issuer's token stands. Kubernetes replaces the file long before the token ends, so it is read for each exchange.
#[derive(Debug, Clone)]
pub struct Federated {
    pub file: PathBuf,
}

impl Federated {
    /// The token as it stands at present.
    ///
    /// # Errors
    /// When the file is missing, unreadable, empty or not text.
    pub fn read(&self) -> Result<SecretString, SecretError> {
        Secret::File(self.file.clone()).read()
    }
}
