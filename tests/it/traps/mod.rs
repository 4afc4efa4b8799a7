//! The traps of the vendor's API, each by name: the built program against a simulated cloud that does what Microsoft's does
//! on its bad days. What the file sink holds is compared with what the cloud really holds: nothing lost, nothing twice.

mod bench;
mod bodies;
mod clocks;
mod links;
mod pace;
mod pages;
mod reach;
mod refusals;
mod relay;
