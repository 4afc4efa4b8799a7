//! Values that cannot be printed: a reference to where a secret stands, read when it is needed.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretSlice, SecretString};

/// No secret is longer, in bytes; whatever is was named by mistake, and might never end.
const LONGEST: u64 = 1024 * 1024;

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

/// Looks an environment variable up: this process's, or those that a test hands in.
pub type Variables<'a> = &'a dyn Fn(&str) -> Option<OsString>;

impl Secret {
    /// Reads the secret anew, so that a rotated file is picked up.
    ///
    /// # Errors
    /// When the file, variable or credential is missing, unreadable, empty or not UTF-8.
    pub fn read(&self) -> Result<SecretString, SecretError> {
        self.read_among(&|name| std::env::var_os(name))
    }

    /// As [`Secret::read`], for what need not be text: every byte as it stands.
    ///
    /// # Errors
    /// When the file, variable or credential is missing, unreadable or empty.
    pub fn read_bytes(&self) -> Result<SecretSlice<u8>, SecretError> {
        self.read_bytes_among(&|name| std::env::var_os(name))
    }

    /// As [`Secret::read`], with these variables instead of the process's.
    ///
    /// # Errors
    /// As [`Secret::read`].
    pub fn read_among(&self, variables: Variables<'_>) -> Result<SecretString, SecretError> {
        let bytes = self.bytes(variables)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| SecretError(format!("{self:?} is not UTF-8")))?;
        let text = text.trim_end_matches(['\r', '\n']);
        if text.is_empty() {
            return Err(SecretError(format!("{self:?} is empty")));
        }
        Ok(SecretString::from(text))
    }

    /// As [`Secret::read_bytes`], with these variables instead of the process's.
    ///
    /// # Errors
    /// As [`Secret::read_bytes`].
    pub fn read_bytes_among(&self, variables: Variables<'_>) -> Result<SecretSlice<u8>, SecretError> {
        let bytes = self.bytes(variables)?;
        if bytes.is_empty() {
            return Err(SecretError(format!("{self:?} is empty")));
        }
        Ok(SecretSlice::from(bytes.to_vec()))
    }

    fn bytes(&self, variables: Variables<'_>) -> Result<Zeroizing<Vec<u8>>, SecretError> {
        match self {
            Secret::Plain(secret) => Ok(Zeroizing::new(secret.expose_secret().as_bytes().to_vec())),
            Secret::File(path) => self.file(path),
            Secret::Env(name) => {
                let value = variables(name).ok_or_else(|| SecretError(format!("environment variable {name} is not set")))?;
                Ok(Zeroizing::new(value.into_encoded_bytes()))
            }
            Secret::Credential(name) => {
                let folder = variables("CREDENTIALS_DIRECTORY").ok_or_else(|| {
                    SecretError(format!(
                        "systemd credential {name}: $CREDENTIALS_DIRECTORY is not set (the unit needs LoadCredential={name}:/path)"
                    ))
                })?;
                self.file(&Path::new(&folder).join(name))
            }
        }
    }

    fn file(&self, path: &Path) -> Result<Zeroizing<Vec<u8>>, SecretError> {
        let mut bytes = Zeroizing::new(Vec::new());
        let read = File::open(path).and_then(|file| {
            // In one piece: a vector that grows leaves copies behind.
            let length = file.metadata().map_or(0, |metadata| metadata.len().min(LONGEST));
            bytes.reserve_exact(usize::try_from(length).unwrap_or_default() + 1);
            file.take(LONGEST + 1).read_to_end(&mut bytes)
        });
        read.map_err(|error| SecretError(format!("{self:?}: {error}")))?;
        if bytes.len() as u64 > LONGEST {
            return Err(SecretError(format!("{self:?} is larger than {LONGEST} bytes, which no secret is")));
        }
        Ok(bytes)
    }
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

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use secrecy::ExposeSecret;

    use super::Secret;

    fn read(secret: &Secret) -> Result<String, String> {
        let variables = |name: &str| (name == "SET").then(|| OsString::from("word\r\n"));
        secret.read_among(&variables).map(|text| text.expose_secret().to_owned()).map_err(|error| error.to_string())
    }

    #[test]
    fn text_loses_its_trailing_line_break_and_bytes_keep_everything() {
        let folder = tempfile::tempdir().unwrap();
        let place = Secret::File(folder.path().join("secret"));
        std::fs::write(folder.path().join("secret"), b" a \xc3\xa9\r\n\n").unwrap();
        assert_eq!(read(&place), Ok(" a é".to_owned()));
        assert_eq!(place.read_bytes().unwrap().expose_secret(), b" a \xc3\xa9\r\n\n");
        assert_eq!(read(&Secret::Env("SET".to_owned())), Ok("word".to_owned()));

        std::fs::write(folder.path().join("secret"), b"\x30\x82\xff").unwrap();
        assert!(read(&place).unwrap_err().ends_with("is not UTF-8"));
        assert_eq!(place.read_bytes().unwrap().expose_secret(), b"\x30\x82\xff");
    }

    #[test]
    fn a_place_without_a_secret_is_named() {
        for (secret, words) in [
            (Secret::Env("UNSET".to_owned()), "environment variable UNSET is not set"),
            (Secret::Credential("main".to_owned()), "systemd credential main: $CREDENTIALS_DIRECTORY is not set"),
            (Secret::File("/nowhere/main".into()), "secret file /nowhere/main: No such file"),
            (Secret::File("/dev/null".into()), "secret file /dev/null is empty"),
            (Secret::File("/dev/zero".into()), "secret file /dev/zero is larger than"),
        ] {
            let error = read(&secret).unwrap_err();
            assert!(error.starts_with(words), "{error}");
            let bytes = secret.read_bytes_among(&|_| None).unwrap_err().to_string();
            assert!(bytes.starts_with(words), "{bytes}");
        }
    }
}
