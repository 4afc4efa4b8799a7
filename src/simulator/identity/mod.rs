//! Signing in to the simulated cloud: who is registered, and what proves it.

mod access;
mod jwt;
mod key;

pub use access::{Grant, Tokens};
