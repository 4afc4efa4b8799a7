//! What a walk asks for, what it is told, and what it answers.

use jiff::Timestamp;

use super::growth::Growth;
use super::segment::{Condition, Via};

/// What a feed remembers from one window to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memory {
    /// The server has shown rows in ascending order, and none out of it since.
    pub ascending: bool,
    /// The most rows that an answer ever held.
    pub largest: usize,
    /// How many rows to ask for at once.
    pub page_size: u32,
    /// How that has done.
    pub growth: Growth,
}

impl Memory {
    /// Of a server that has not answered yet.
    #[must_use]
    pub fn new(page_size: u32) -> Self {
        Self { ascending: false, largest: 0, page_size, growth: Growth::default() }
    }
}

/// One request to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Inclusive.
    pub from: Timestamp,
    /// Inclusive.
    pub to: Timestamp,
    pub top: u32,
    pub via: Via,
    /// Further conditions that all hold.
    pub slice: Vec<Condition>,
}

/// One row of an answer, in the answer's order.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// The alert's ID, or anything unique where it has none.
    pub key: &'a str,
    /// `None` when the row does not say; such a row is taken once a window.
    pub at: Option<Timestamp>,
}

/// What an answer brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Indices of the rows that this walk had not met, in ascending order.
    pub fresh: Vec<usize>,
    /// Everything up to here has been read.
    pub complete_to: Timestamp,
}

/// Rows at one timestamp that no request reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreached {
    pub at: Timestamp,
    /// How many rows of that slice could be read.
    pub reached: u32,
}

/// The server refused a request that the walk has no other way to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stuck;
