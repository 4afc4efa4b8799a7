//! Values that cannot be printed: a reference to where a secret stands, read when it is needed.

use std::fmt;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

/// Where a secret stands. Neither `Debug` nor any error shows the secret itself.
#[derive(Clone)]
pub enum Secret {
    /// `{ file = "…" }`: the file's text without its trailing line break.
    File(PathBuf),
    /// `{ env = "…" }`: an environment variable.
    Env(String),
    /// `{ credential = "…" }`: a systemd credential, a file in `$CREDENTIALS_DIRECTORY`.
    Credential(String),
    /// A plain string in the configuration; accepted with a warning.
    Plain(SecretString),
}

/// Why a secret could not be read. Names the place, never the content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SecretError(String);

impl Secret {
    /// Reads the secret anew, so that a rotated file is picked up.
    ///
    /// # Errors
    /// When the file, variable or credential is missing, unreadable, empty or not UTF-8.
    pub fn read(&self) -> Result<SecretString, SecretError> {
        let text = match self {
            Secret::Plain(secret) => secret.expose_secret().to_owned(),
            Secret::File(path) => read_file(path, "secret file")?,
            Secret::Env(name) => std::env::var(name).map_err(|error| match error {
                std::env::VarError::NotPresent => SecretError(format!("environment variable {name} is not set")),
                std::env::VarError::NotUnicode(_) => SecretError(format!("environment variable {name} is not UTF-8")),
            })?,
            Secret::Credential(name) => {
                let folder = std::env::var_os("CREDENTIALS_DIRECTORY").ok_or_else(|| {
                    SecretError(format!(
                        "systemd credential {name:?}: $CREDENTIALS_DIRECTORY is not set; the unit needs LoadCredential={name}:/path"
                    ))
                })?;
                read_file(&Path::new(&folder).join(name), "systemd credential")?
            }
        };
        let text = text.trim_end_matches(['\r', '\n']);
        if text.is_empty() {
            return Err(SecretError(format!("{self:?} is empty")));
        }
        Ok(SecretString::from(text.to_owned()))
    }
}

fn read_file(path: &Path, what: &str) -> Result<String, SecretError> {
    let bytes = std::fs::read(path).map_err(|error| SecretError(format!("{what} {}: {error}", path.display())))?;
    String::from_utf8(bytes).map_err(|_| SecretError(format!("{what} {} is not UTF-8", path.display())))
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Secret::File(path) => write!(f, "secret file {}", path.display()),
            Secret::Env(name) => write!(f, "environment variable {name}"),
            Secret::Credential(name) => write!(f, "systemd credential {name}"),
            Secret::Plain(_) => f.write_str("[REDACTED]"),
        }
    }
}
