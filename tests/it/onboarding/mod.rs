//! Taking in customers: `tenants add`, `tenants list`, `tenants consent-url` and `check --live`, as an operator runs them.

mod adding;
mod consent;
mod desk;
#[cfg(feature = "kafka")]
mod kafka;
mod live;
mod many;
