//! The rules of the warehouse floor: what a scan means, what a step accepts, what is recorded.
//!
//! Nothing here reads a clock, draws a random number or does I/O: time, identity and what the
//! store knows come in as arguments, so that every rule is a table of cases.
#![forbid(unsafe_code)]

pub mod fact;
pub mod id;
pub mod inbound;
pub mod master;
pub mod outbound;
pub mod place;
pub mod quantity;
pub mod reason;
pub mod returns;
pub mod scan;
pub mod shared;
pub mod stock;
pub mod task;
pub mod workflow;
