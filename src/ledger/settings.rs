//! What can be set of the ledger. [`crate::config`] fills these in; every value here has been checked.

use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, Clone)]
pub struct Settings {
    pub kind: Kind,
    /// How long an ID is remembered after its last revision.
    pub retention: Duration,
    pub bounds: Bounds,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// `SQLite` in this folder.
    Embedded(PathBuf),
    /// Forgets everything at the end of the process.
    Memory,
}

/// The most that dead letters of one tenant and sink may come to. Each pair has these bounds for itself, so that a hostile
/// tenant never pushes out another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// At least 1.
    pub letters: u64,
    /// Of bodies, reasons and alert IDs. The newest letter stays even if it is larger by itself.
    pub bytes: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { letters: 10_000, bytes: 64 << 20 }
    }
}

impl Bounds {
    /// Whether so many letters of so many bytes are 80% of a bound or more: somebody should look before any has to go.
    #[must_use]
    pub fn crowded(self, letters: u64, bytes: u64) -> bool {
        let near = |amount: u64, bound: u64| u128::from(amount) * 5 >= u128::from(bound) * 4;
        near(letters, self.letters) || near(bytes, self.bytes)
    }

    /// Whether so many letters of so many bytes are more than may be.
    #[must_use]
    pub fn exceeded(self, letters: u64, bytes: u64) -> bool {
        letters > self.letters || (bytes > self.bytes && letters > 1)
    }
}

#[cfg(test)]
mod tests {
    use super::Bounds;

    #[test]
    fn dead_letters_are_crowded_from_80_percent_of_either_bound_and_too_many_beyond_it() {
        let bounds = Bounds { letters: 10, bytes: 1000 };
        for (letters, bytes, crowded, exceeded) in [
            (7, 799, false, false),
            (8, 0, true, false),
            (1, 800, true, false),
            (10, 1000, true, false),
            (11, 0, true, true),
            (2, 1001, true, true),
            (1, 5000, true, false), // the newest stays, however large
        ] {
            assert_eq!(bounds.crowded(letters, bytes), crowded, "{letters} letters, {bytes} bytes");
            assert_eq!(bounds.exceeded(letters, bytes), exceeded, "{letters} letters, {bytes} bytes");
        }
    }
}
