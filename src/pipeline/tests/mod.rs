//! The pipeline over fakes, on paused time: what is promised of it, one file per theme.

pub mod book;
pub mod cloud;
pub mod desk;
pub mod rig;
pub mod tape;

mod alarms;
mod aside;
mod changes;
mod crowds;
mod durability;
mod errands;
mod feeds;
mod filters;
mod giving_way;
mod guards;
mod health;
mod isolation;
mod letters;
mod outcomes;
mod pace;
mod replays;
mod stopping;
mod sweeps;
mod timing;
mod told;
mod trouble;
