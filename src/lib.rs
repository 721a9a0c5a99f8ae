//! The device: a shell around `floorhand-domain`.
//!
//! Scanner threads, touch, network and timers put [`event::Event`]s on one channel; the
//! [`runner`] takes one, lets [`app::App::update`] decide, commits through [`store`], then shows
//! what [`present`] makes of it on the [`screen`], and sends facts through [`sync`].

pub mod app;
pub mod check;
pub mod cli;
pub mod clock;
pub mod decode;
pub mod device;
pub mod enrol;
pub mod event;
pub mod outlet;
pub mod parse;
pub mod present;
pub mod replay;
pub mod runner;
pub mod screen;
pub mod start;
pub mod status;
pub mod store;
pub mod sync;
pub mod view;
