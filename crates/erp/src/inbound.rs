//! What comes in: purchase orders and deliveries are announced ([`mod@read`], [`intake`]), received by devices
//! (`push/receive.rs`), and closed ([`settle`]); where each stands is in the tables of [`state`].

pub mod intake;
pub mod read;
pub mod rows;
pub mod settle;
pub mod state;

pub use intake::{Accepted, accept_delivery, accept_order};
pub use read::{NewDelivery, NewPurchaseOrder};
