//! What comes back: returns that are announced ([`rmas`]), what was shipped and can still come back ([`shipped`]),
//! the policy ([`policy`]), money ([`refunds`]) and what the supplier is asked to make good ([`claims`]). Where each
//! stands is in the tables of [`state`]; the facts are judged in `push/returned.rs`.

pub mod claims;
pub mod policy;
pub mod refunds;
pub mod rmas;
pub mod shipped;
pub mod state;
