//! How far a long check has come: in place on a terminal, now and then a line elsewhere.

use std::io::{self, IsTerminal as _, Write as _};

/// Fewer are done before anybody asks.
const MANY: usize = 20;

#[derive(Debug)]
pub(super) struct Progress {
    total: usize,
    terminal: bool,
}

impl Progress {
    pub fn new(total: usize) -> Self {
        Self { total, terminal: io::stderr().is_terminal() }
    }

    /// So many tenants are done.
    pub fn done(&self, done: usize) {
        let total = self.total;
        // Whoever closed our standard error needs no progress.
        let _ = if self.terminal {
            write!(io::stderr(), "\r{done} of {total} tenants")
        } else if total > MANY && done.is_multiple_of(total.div_ceil(10)) {
            writeln!(io::stderr(), "{done} of {total} tenants")
        } else {
            Ok(())
        };
    }

    /// Clears the line in place.
    pub fn end(&self) {
        if self.terminal {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
