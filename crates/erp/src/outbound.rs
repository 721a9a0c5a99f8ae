//! What leaves: pack work and what benches are told of orders ([`packing`]), cartons ([`cartons`]), labels
//! ([`labels`]), shipments ([`shipments`]), orders that are held or cancelled ([`hold`]), and picked goods that go
//! back ([`put_back`]).

pub mod cartons;
pub mod hold;
pub mod labels;
pub mod packing;
pub mod picks;
pub mod put_back;
pub mod shipments;
pub mod state;
