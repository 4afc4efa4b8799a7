//! When pages that were made smaller may grow back: soon at first, later the more often larger ones were too much.

/// However often larger pages were too much, after so many answers they are tried again.
const MOST_PATIENCE: u32 = 64;

/// How well the present size of pages has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Growth {
    /// Answers since the size changed.
    calm: u32,
    /// So many of them make it grow.
    patience: u32,
    /// It grew since it last shrank.
    grown: bool,
}

impl Default for Growth {
    fn default() -> Self {
        Self { calm: 0, patience: 1, grown: false }
    }
}

impl Growth {
    /// Pages were too large.
    pub(super) fn shrunk(&mut self) {
        if std::mem::take(&mut self.grown) {
            self.patience = self.patience.saturating_mul(2).min(MOST_PATIENCE);
        }
        self.calm = 0;
    }

    /// An answer came: whether pages, if they may, are to be larger from now on. Where they grew before and that did well, less
    /// patience will do.
    pub(super) fn due(&mut self, may: bool) -> bool {
        self.calm = self.calm.saturating_add(1);
        let due = may && self.calm >= self.patience;
        if due {
            if self.grown {
                self.patience = (self.patience / 2).max(1);
            }
            (self.calm, self.grown) = (0, true);
        }
        due
    }

    /// Pages grew, and none of that size has come yet.
    pub(super) fn is_untried(&self) -> bool {
        self.grown && self.calm == 0
    }
}
