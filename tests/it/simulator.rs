//! The simulated cloud over a real socket: Microsoft's rules, and every fault.

mod api;
mod assertions;
mod client;
mod faults;
mod feed_faults;
mod feeds;
mod incidents;
mod page_faults;
mod side_door;
mod tokens;
