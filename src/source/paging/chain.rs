//! Following a list's own next links to its end, where nothing else can be asked: pure decisions, no I/O.
//!
//! Only a chain that ends by itself has shown the whole list. One whose link loops, leads to another host or is refused is
//! followed once more from the start (rows may have moved while it was read); if that breaks too, the list is not complete.

use std::collections::HashSet;

use crate::alert::header::fingerprint;

/// No list that we know is this long: 2000 pages of 100 rows, twenty times what a big subscription has.
const MOST_LINKS: usize = 2000;

/// So many pages in a row without a row lead nowhere.
const BARREN_LINKS: u32 = 100;

/// Where an answer says that the list goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Onward {
    End,
    Link(String),
    /// To a host that our token does not go to.
    Foreign,
}

/// The links of a list cannot be followed to its end; says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("a next link leads back to a page that was read before")]
    Loop,
    #[error("a next link leads to another host")]
    Foreign,
    #[error("a next link is refused")]
    Refused,
    #[error("next links go on without end")]
    Endless,
}

/// One way through one list.
#[derive(Debug, Default)]
pub struct Chain {
    /// `None`: the start of the list.
    link: Option<String>,
    ended: bool,
    restarted: bool,
    /// Links that were followed since the start, as fingerprints: a link may be of any length.
    followed: HashSet<String>,
    barren: u32,
}

impl Chain {
    /// Whether the list has been read to its end.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.ended
    }

    /// The link to ask next; `None` for the start of the list.
    #[must_use]
    pub fn link(&self) -> Option<&str> {
        self.link.as_deref()
    }

    /// Takes what an answer with so many rows says of the way on.
    ///
    /// # Errors
    /// When the list cannot be read to its end.
    pub fn answered(&mut self, rows: usize, onward: Onward) -> Result<(), Broken> {
        self.barren = if rows == 0 { self.barren + 1 } else { 0 };
        match onward {
            Onward::End => {
                self.ended = true;
                Ok(())
            }
            Onward::Foreign => self.broken(Broken::Foreign),
            Onward::Link(_) if self.followed.len() >= MOST_LINKS || self.barren >= BARREN_LINKS => Err(Broken::Endless),
            Onward::Link(link) if self.followed.insert(fingerprint(&link)) => {
                self.link = Some(link);
                Ok(())
            }
            Onward::Link(_) => self.broken(Broken::Loop),
        }
    }

    /// The server said that the request itself is wrong.
    ///
    /// # Errors
    /// When it was the list that was refused and no link, or a link for the second time.
    pub fn refused(&mut self) -> Result<(), Broken> {
        if self.link.is_none() {
            return Err(Broken::Refused);
        }
        self.broken(Broken::Refused)
    }

    fn broken(&mut self, how: Broken) -> Result<(), Broken> {
        if self.restarted {
            return Err(how);
        }
        *self = Self { restarted: true, ..Self::default() };
        Ok(())
    }
}
