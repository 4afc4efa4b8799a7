//! What operators write and what they are told.

mod chaos;
mod check;
mod credentials;
mod feeds;
mod files;
mod keys;
mod layers;
mod mistakes;
mod secrets;
mod table;
mod written;
