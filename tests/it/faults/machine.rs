//! A machine whose wall clock jumps, whose disk fails or is slow and that finds no names on request, for one daemon: `machine.c`,
//! preloaded. It needs no rights, so that it is the same in a container.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use tempfile::TempDir;

use crate::support::daemon::Setup;

/// The kernel's numbers.
#[derive(Debug, Clone, Copy)]
pub enum Trouble {
    Full = 28,
    ReadOnly = 30,
    /// The disk does not answer as it should.
    Broken = 5,
}

/// The moods of one daemon's machine.
pub struct Machine {
    _folder: TempDir,
    moods: File,
    path: PathBuf,
}

impl Machine {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("moods");
        let moods = File::options().read(true).write(true).create_new(true).open(&path).expect("a file in our folder");
        moods.write_all_at(&[0; 48], 0).expect("six numbers");
        Self { _folder: folder, moods, path }
    }

    /// Puts a daemon on it, whose disk fails under `folder` when told to.
    pub fn under(&self, setup: Setup, folder: &Path) -> Setup {
        setup
            .env("LD_PRELOAD", &library().display().to_string())
            .env("STRANGE_MACHINE", &self.path.display().to_string())
            .env("STRANGE_FOLDER", &folder.display().to_string())
    }

    /// Sets the wall clock so far ahead, or behind; what measures time that passes goes on as before.
    pub fn clock(&self, ahead: jiff::SignedDuration) {
        self.set(0, i64::try_from(ahead.as_nanos()).expect("less than three centuries"));
    }

    /// From now on everything that would write fails.
    pub fn disk(&self, trouble: Option<Trouble>) {
        self.set(1, trouble.map_or(0, |trouble| trouble as i64));
    }

    /// From now on what was written cannot be made durable.
    pub fn sync(&self, trouble: Option<Trouble>) {
        self.set(2, trouble.map_or(0, |trouble| trouble as i64));
    }

    /// From now on each sync takes so long at least.
    pub fn lag(&self, lag: Duration) {
        self.set(4, i64::try_from(lag.as_nanos()).expect("less than three centuries"));
    }

    /// From now on no name of a host is found ("temporary failure in name resolution"), or all are again.
    pub fn names(&self, found: bool) {
        self.set(5, if found { 0 } else { -3 });
    }

    /// How many calls have failed or been slow so far.
    pub fn struck(&self) -> i64 {
        let mut number = [0; 8];
        self.moods.read_exact_at(&mut number, 24).expect("six numbers");
        i64::from_ne_bytes(number)
    }

    fn set(&self, place: u64, value: i64) {
        self.moods.write_all_at(&value.to_ne_bytes(), place * 8).expect("a file of ours");
    }
}

/// The library, built once a run of the tests.
fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/faults/machine.c");
        let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join("machine.so");
        // Under its own name last: another run of the tests may be using it.
        let own = library.with_extension(format!("so.{}", std::process::id()));
        let built =
            Command::new("cc").args(["-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o"]).arg(&own).arg(&source).status();
        assert!(built.expect("a C compiler (package `gcc`)").success(), "{} does not compile", source.display());
        std::fs::rename(&own, &library).expect("a file in our folder");
        library
    })
}
