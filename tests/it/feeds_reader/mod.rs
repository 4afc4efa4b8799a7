//! The reader of Microsoft's feeds against a vendor on loopback: what is asked, what comes out, and what happens on bad days.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail as loudly as the test")]

mod asked;
mod expand;
mod incidents;
mod pages;
mod places;
mod rig;
mod shelf;
mod whole;
