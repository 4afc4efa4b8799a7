//! Alerts that no sink has room for, through the whole program: what becomes of each, in every format, as `docs/formats.md` says.

pub mod alerts;
mod outcomes;
mod receiver;
