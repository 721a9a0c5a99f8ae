//! Loading at the dock.

use super::Ask;
#[cfg(doc)]
use super::Tap;
use serde::Serialize;

/// Cartons leave at a dock. [`Tap::Finish`] ends it; everywhere [`Tap::More`], [`Tap::CantScan`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LoadView {
    /// The dock, as printed. Empty: it is to be scanned.
    pub dock: String,
    /// Cartons loaded at it.
    pub loaded: u32,
    /// What is asked: `dock`, `next-carton`.
    pub ask: Ask,
}
