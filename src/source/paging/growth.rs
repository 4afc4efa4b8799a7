//! When pages that were made smaller may grow back: soon at first, later the more often larger ones were too much.

/// However often larger pages were too much, after so many answers they are tried again.
const MOST_PATIENCE: u32 = 64;

/// How well the present size of pages has done.
#[derive(Debug)]
pub(super) struct Growth {
    /// Answers since the size changed.
    calm: u32,
    /// So many of them make it grow.
    patience: u32,
    /// It grew since it last shrank.
    grown: bool,
}

impl Growth {
    pub fn new() -> Self {
        Self { calm: 0, patience: 1, grown: false }
    }

    /// Pages were too large.
    pub fn shrunk(&mut self) {
        if std::mem::take(&mut self.grown) {
            self.patience = self.patience.saturating_mul(2).min(MOST_PATIENCE);
        }
        self.calm = 0;
    }

    /// An answer came: whether pages are to be larger from now on.
    pub fn due(&mut self) -> bool {
        self.calm += 1;
        let due = self.calm >= self.patience;
        if due {
            (self.calm, self.grown) = (0, true);
        }
        due
    }
}
