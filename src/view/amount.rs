//! How many, as people read it.

use serde::Serialize;

/// A quantity in the item's smallest unit, and how people read it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Amount {
    /// Smallest units: pieces, grams.
    pub units: u32,
    /// Decimals that people read and type: 3 where grams are read as kilograms; 0: whole pieces.
    pub decimals: u8,
    /// Sign of the unit, `kg`. Empty: pieces.
    pub unit: String,
}
