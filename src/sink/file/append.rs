//! A file that only ever holds whole lines: appended to in one write a page, synced, cut back when a write fails.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::Trouble;
use crate::crash;

/// Alerts are nobody's business but the operator's group.
const MODE: u32 = 0o640;
/// How much is read at once when looking for the end of the last whole line.
const STRIDE: u64 = 64 * 1024;
/// How a line of ours starts: all formats are JSON documents; a power cut can leave zeroes where text was to be.
const STARTS: [u8; 2] = [b'{', 0];

const SPACE: &str = "make room on that file system; what was not written is offered again";
const DISK: &str = "check the disk, and the limit on the size of files; what was not written is offered again";
const ACCESS: &str = "check the path, its owner and its permissions: alertferry must be able to read and write the file";

/// A regular file, open at its end.
#[derive(Debug)]
pub struct Appended {
    path: PathBuf,
    /// `None` after a failure or a rotation: it is opened anew, and a torn line found, before the next page.
    file: Option<File>,
}

impl Appended {
    pub fn open(path: &Path) -> Result<Self, Trouble> {
        let mut appended = Self { path: path.to_owned(), file: None };
        appended.ready()?;
        Ok(appended)
    }

    /// The next page goes to whatever file then stands at the path.
    pub fn let_go(&mut self) {
        self.file = None;
    }

    /// The open file. One whose last name was removed is replaced: what is written there nobody would ever read.
    pub fn ready(&mut self) -> Result<&File, Trouble> {
        let kept = self.file.take().filter(|file| file.metadata().is_ok_and(|metadata| metadata.nlink() > 0));
        let file = match kept {
            Some(file) => file,
            None => open(&self.path)?,
        };
        Ok(self.file.insert(file))
    }

    /// Appends whole lines and answers once they would survive a power cut. On an error the file is as it was before.
    pub fn append(&mut self, lines: &[u8]) -> Result<(), Trouble> {
        let result = append(self.ready()?, lines);
        result.map_err(|error| {
            // Should cutting back have failed as well, opening will find the torn line.
            self.let_go();
            let advice = if matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) { SPACE } else { DISK };
            Trouble::new(format!("a page cannot be written to {}: {error}", self.path.display()), Some(advice))
        })
    }
}

fn append(file: &File, lines: &[u8]) -> io::Result<()> {
    // A sink that a reload is about to replace may still be writing: while it does, the end of the file is not ours to judge.
    let _lock = Lock::take(file)?;
    let whole = file.metadata()?.len();
    crash::point("file.writing");
    let written = write(file, lines);
    if written.is_err() {
        // The failure to report is the first one; see `Appended::append` for this one.
        let _ = file.set_len(whole);
    }
    written
}

fn write(mut file: &File, lines: &[u8]) -> io::Result<()> {
    file.write_all(lines)?;
    crash::point("file.written");
    file.sync_data()?;
    crash::point("file.synced");
    Ok(())
}

fn open(path: &Path) -> Result<File, Trouble> {
    // Asked before opening: a named pipe would hold us up until somebody reads it.
    let found = std::fs::metadata(path);
    if found.as_ref().is_ok_and(|metadata| !metadata.is_file()) {
        let message = format!("{} is not a regular file", path.display());
        return Err(Trouble::new(message, Some("name a file; standard output is `-`")));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let opened = OpenOptions::new().read(true).append(true).create(true).mode(MODE).open(path);
    let file = opened.map_err(|error| {
        if error.kind() == ErrorKind::NotFound && !folder.exists() {
            let message = format!("the folder {} does not exist, so {} cannot be created", folder.display(), path.display());
            return Trouble::new(message, Some("create the folder; alertferry creates only the file in it"));
        }
        Trouble::new(format!("{} cannot be opened: {error}", path.display()), Some(ACCESS))
    })?;
    crash::point("file.opened");
    cut_torn_line(&file, path)?;
    if found.is_err() {
        // The name of a new file is as much to be kept as its lines.
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|error| Trouble::new(format!("the folder {} cannot be synced: {error}", folder.display()), Some(ACCESS)))?;
    }
    Ok(file)
}

/// Cuts off a last line without its line break: the rest of a page that a crash interrupted, which will be offered again.
fn cut_torn_line(file: &File, path: &Path) -> Result<(), Trouble> {
    let failed =
        |error: io::Error| Trouble::new(format!("the end of {} cannot be read or mended: {error}", path.display()), Some(ACCESS));
    let _lock = Lock::take(file).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    let whole = end_of_last_whole_line(file, length).map_err(failed)?;
    if whole == length {
        return Ok(());
    }
    let mut first = [0; 1];
    file.read_exact_at(&mut first, whole).map_err(failed)?;
    if !STARTS.contains(&first[0]) {
        let message = format!("the last line of {} has no line break and was not written by alertferry", path.display());
        return Err(Trouble::new(
            message,
            Some("end that line or move the file away; alertferry cuts off only lines of its own"),
        ));
    }
    tracing::warn!(path = %path.display(), octets = length - whole, "cut off a torn last line; its alert is offered again");
    file.set_len(whole).map_err(failed)?;
    crash::point("file.cut");
    file.sync_data().map_err(failed)
}

/// Looks backwards for the last line break; 0 when there is none.
fn end_of_last_whole_line(file: &File, length: u64) -> io::Result<u64> {
    let mut piece = Vec::new();
    let mut end = length;
    while end > 0 {
        let start = end.saturating_sub(STRIDE);
        piece.clear();
        piece.resize(usize::try_from(end - start).map_err(io::Error::other)?, 0);
        file.read_exact_at(&mut piece, start)?;
        if let Some(at) = piece.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

/// An advisory lock among sinks of ours, this process's or another's. Readers do not notice it.
struct Lock<'a>(&'a File);

impl<'a> Lock<'a> {
    fn take(file: &'a File) -> io::Result<Self> {
        match file.lock() {
            // A file system without locks; then there had better be one writer.
            Err(error) if error.kind() == ErrorKind::Unsupported => Ok(Self(file)),
            taken => taken.map(|()| Self(file)),
        }
    }
}

impl Drop for Lock<'_> {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}
