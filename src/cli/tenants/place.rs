//! Puts a new file into `tenants.d`, whole or not at all, and never in the place of another.

use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::Refused;

/// Whoever the daemon runs as must be able to read it; the process's mask takes off what the administrator wants off.
const MODE: u32 = 0o644;

/// Writes `text` to `tenants.d/NAME.toml` beside the configuration, if `check` has nothing against the file. Gives its path.
///
/// # Errors
/// What `check` says, or that the file stands there already or cannot be written; then everything is as it was before.
pub(super) fn put(
    config: &Path,
    name: &str,
    text: &str,
    check: impl FnOnce(&Path) -> Result<(), Refused>,
) -> Result<PathBuf, Refused> {
    let folder = config.with_file_name("tenants.d");
    let created = create(&folder)?;
    let put = put_in(&folder, name, text, check);
    if created && put.is_err() {
        let _ = fs::remove_dir(&folder); // somebody may have put a file there meanwhile
    }
    put
}

fn put_in(folder: &Path, name: &str, text: &str, check: impl FnOnce(&Path) -> Result<(), Refused>) -> Result<PathBuf, Refused> {
    let failed = |error: io::Error| unwritable(folder, &error);
    // Two that add at the same time check one after the other, so that the second sees what the first has put there.
    let handle = File::open(folder).map_err(failed)?;
    match handle.lock() {
        Err(error) if error.kind() != ErrorKind::Unsupported => return Err(failed(error)),
        Ok(()) | Err(_) => {}
    }
    let mut draft = tempfile::Builder::new()
        .prefix(".adding-") // the loader passes over hidden files
        .suffix(".tmp")
        .permissions(Permissions::from_mode(MODE))
        .tempfile_in(folder)
        .map_err(failed)?;
    draft.write_all(text.as_bytes()).and_then(|()| draft.as_file().sync_all()).map_err(failed)?;
    check(draft.path())?;
    let path = folder.join(name);
    draft.persist_noclobber(&path).map_err(|error| match error.error.kind() {
        ErrorKind::AlreadyExists => Refused::mistake(format!(
            "{} is there already and was left as it is: give the tenant another name, or remove the file first if it is a leftover.",
            path.display()
        )),
        _ => failed(error.error),
    })?;
    handle.sync_all().map_err(failed)?;
    Ok(path)
}

/// Whether the folder had to be made.
fn create(folder: &Path) -> Result<bool, Refused> {
    match fs::create_dir(folder) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(unwritable(folder, &error)),
    }
}

fn unwritable(folder: &Path, error: &io::Error) -> Refused {
    Refused::world(format!(
        "No tenant was added: {} cannot be written to: {error}. Run this as a user who may change the configuration.",
        folder.display()
    ))
}
