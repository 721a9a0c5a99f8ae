//! The ERP core behind Floorhand: orders, stock, tasks, a double-entry ledger and the sync
//! protocol, on SQLite or PostgreSQL with one set of statements.
//!
//! Facts of the devices come in by [`push`], which turns them into moves of the [`ledger`] and
//! rows of the [`feed`]; [`pull`] and [`bootstrap`] send those rows down. Every write is a closure
//! that [`db::Db::write`] may run again.
#![forbid(unsafe_code)]

pub mod auth;
pub mod backup;
pub mod bootstrap;
pub mod claim;
pub mod clock;
pub mod db;
pub mod enrol;
pub mod entity;
pub mod error;
pub mod feed;
pub mod import;
pub mod ledger;
pub mod pull;
pub mod push;
pub mod server;
pub mod sweep;
pub mod verify;

pub mod api;
pub mod attention;
pub mod carriers;
pub mod cartonize;
pub mod counts;
pub mod inbound;
pub mod orders;
pub mod outbound;
pub mod putaway;
pub mod returns;
pub mod seed;

pub use error::{Error, Result};
pub use server::Core;
