//! alertferry carries the security alerts of many Microsoft Defender tenants into Kafka and syslog: each one, once.
//!
//! # The life of an alert
//!
//! 1. [`pipeline::schedule`] says when a feed of a tenant is due; one [`pipeline::pass`] at a time looks at it.
//! 2. [`source`] asks the vendor for one window of last-update times and hands back pages of untouched JSON.
//! 3. [`alert`] reads a small header of each record: its ID, its times, its tenant.
//! 4. Per route (feed × sink) the pass filters, asks the [`ledger`] which IDs are known, and has a [`format`] encode the rest.
//! 5. A [`sink`] answers for each alert only when the far side has.
//! 6. The [`ledger`] makes the IDs, the dead letters and the cursor durable together, and only then the next page comes.
//!
//! Each alert read ends in exactly one [`pipeline::outcome::Outcome`], and the counts add up.
//!
//! The modules below stand in that order; `ARCHITECTURE.md` says who may know whom.

pub mod config;

pub mod alert;
pub mod format;
pub mod ledger;
pub mod sink;
pub mod source;

pub mod alarm;
pub mod pipeline;

pub mod tenant;

pub mod clock;
pub mod crash;
pub mod retry;
pub mod seal;
pub mod secret;
pub mod shutdown;
pub mod telemetry;

pub mod admin;
pub mod control;

pub mod app;
pub mod supervise;

pub mod cli;
pub mod simulator;
