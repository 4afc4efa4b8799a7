//! Refresh tokens that Entra gave in exchange for older ones, kept in files that nobody else can read.

use std::fs::{self, DirBuilder, File};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::crash;
use crate::tenant::TenantId;

/// How the names of files begin that are being written.
const GROWING: &str = ".refresh-token.";

/// The first line of each file.
const FORM: &str = "alertferry refresh token 1";

/// The place of one app's refresh token for one tenant.
#[derive(Debug, Clone)]
pub(super) struct Shelf {
    path: PathBuf,
}

impl Shelf {
    /// App names are plain words and tenants GUIDs, so both can stand in a file's name.
    pub(super) fn new(folder: &Path, app: &str, tenant: &TenantId) -> Self {
        Self { path: folder.join(format!("refresh-token.{app}.{tenant}")) }
    }

    /// The newest token that came of the configured one. One that came of another was put aside by the operator's new one.
    ///
    /// # Errors
    /// When there is a file, but it cannot be read.
    pub(super) fn load(&self, configured: &SecretString) -> io::Result<Option<SecretString>> {
        let text = match fs::read_to_string(&self.path).map(Zeroizing::new) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut lines = text.lines();
        let (form, origin, token) = (lines.next(), lines.next(), lines.next().filter(|token| !token.is_empty()));
        match (form, origin, token) {
            (Some(FORM), Some(origin), Some(token)) => Ok((origin == fingerprint(configured)).then(|| SecretString::from(token))),
            _ => Err(io::Error::new(ErrorKind::InvalidData, "it is damaged, or of another version")),
        }
    }

    /// Keeps a token that came of the configured one.
    ///
    /// # Errors
    /// When the folder or the file cannot be written; what was kept before still is.
    pub(super) fn store(&self, configured: &SecretString, token: &SecretString) -> io::Result<()> {
        crash::point("token.received");
        let text = Zeroizing::new(format!("{FORM}\n{}\n{}\n", fingerprint(configured), token.expose_secret()));
        self.replace(text.as_bytes())
    }

    /// Either the old content or the new one survives a crash, never a part.
    fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        // Made for its owner only (0600).
        let mut file = tempfile::Builder::new().prefix(GROWING).tempfile_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        crash::point("token.written");
        file.persist(&self.path)?;
        crash::point("token.replaced");
        File::open(folder)?.sync_all()?;
        crash::point("token.kept");
        Ok(())
    }

    /// For messages.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// Removes what a process left that died while it was writing a token: only whoever has the folder's lock.
pub fn clean_up(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().as_encoded_bytes().starts_with(GROWING.as_bytes())) {
        // What cannot be removed costs a few bytes.
        let _ = fs::remove_file(entry.path());
    }
}

/// Tells one configured token from another without holding it. Refresh tokens are long and random: a hash gives none away.
fn fingerprint(token: &SecretString) -> String {
    format!("{:x}", Sha256::digest(token.expose_secret()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use secrecy::{ExposeSecret, SecretString};

    use super::Shelf;

    fn shelf(folder: &std::path::Path) -> Shelf {
        Shelf::new(folder, "main", &"11111111-1111-1111-1111-111111111111".into())
    }

    fn load(shelf: &Shelf, configured: &str) -> Option<String> {
        shelf.load(&SecretString::from(configured)).unwrap().map(|token| token.expose_secret().to_owned())
    }

    #[test]
    fn a_kept_token_is_found_again_and_its_file_is_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = shelf(&folder.path().join("not/yet"));
        assert_eq!(load(&shelf, "first"), None);
        shelf.store(&"first".into(), &"second".into()).unwrap();
        shelf.store(&"first".into(), &"third".into()).unwrap();
        assert_eq!(load(&shelf, "first").as_deref(), Some("third"));
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&shelf.path), 0o600);
        assert_eq!(mode(shelf.path.parent().unwrap()), 0o700);
        let names = std::fs::read_dir(shelf.path.parent().unwrap()).unwrap().count();
        assert_eq!(names, 1, "nothing is left beside it");
    }

    #[test]
    fn a_newly_configured_token_wins_over_what_came_of_the_former_one() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = shelf(folder.path());
        shelf.store(&"first".into(), &"second".into()).unwrap();
        assert_eq!(load(&shelf, "brought by the operator"), None);
    }

    #[test]
    fn apps_and_tenants_have_files_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        shelf(folder.path()).store(&"first".into(), &"second".into()).unwrap();
        let other_app = Shelf::new(folder.path(), "other", &"11111111-1111-1111-1111-111111111111".into());
        let other_tenant = Shelf::new(folder.path(), "main", &"22222222-2222-2222-2222-222222222222".into());
        assert_eq!((load(&other_app, "first"), load(&other_tenant, "first")), (None, None));
    }

    #[test]
    fn a_file_that_is_not_ours_is_refused_without_quoting_it() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = shelf(folder.path());
        for content in ["", "second", "alertferry refresh token 1\n", "alertferry refresh token 2\nx\ny\n", "\u{0}\n\u{0}\n"] {
            std::fs::write(&shelf.path, content).unwrap();
            let error = shelf.load(&"first".into()).expect_err(content);
            assert!(!format!("{error:?}").contains("second"), "{error:?}");
        }
    }
}
