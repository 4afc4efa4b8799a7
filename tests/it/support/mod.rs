//! What the tests share: services started for real, and small builders.

pub mod ocsf;
