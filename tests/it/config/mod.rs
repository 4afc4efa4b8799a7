//! What operators write and what they are told.

mod chaos;
mod check;
mod credentials;
mod feeds;
mod files;
mod keys;
mod layers;
mod mistakes;
mod routes;
mod secrets;
mod sinks;
mod syslog;
mod table;
mod written;
