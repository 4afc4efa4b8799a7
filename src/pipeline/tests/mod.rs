//! The pipeline over fakes, on paused time: what is promised of it, one file per theme.

mod book;
mod cloud;
mod desk;
mod rig;
mod tape;

mod durability;
mod isolation;
