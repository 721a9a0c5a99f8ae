//! What can still come back of what was shipped. Device and core ask the same functions.

use super::ShippedLine;
use crate::id::{Lot, OrderLineId, Serial};

/// Units of an order line that can still come back: shipped less returned, over all its lots, serial numbers
/// and parcels; 0 at the least.
#[must_use]
pub fn open_of(shipped: &[ShippedLine], line: &OrderLineId) -> i64 {
    let own = shipped.iter().filter(|row| row.line == *line);
    own.fold(0_i64, |sum, row| sum.saturating_add(row.qty).saturating_sub(row.returned)).max(0)
}

/// Notes that units of an order line came back. They count for the row of their serial number; else for rows
/// of their lot, as far as these are open, then for any of the line. What is more than all of them stays with
/// the first: more came back than was shipped.
pub fn credit(shipped: &mut [ShippedLine], line: &OrderLineId, lot: &Lot, serial: &Serial, qty: i64) {
    let is_unit = |row: &ShippedLine| !serial.is_none() && row.serial == *serial;
    if let Some(row) = shipped.iter_mut().find(|row| row.line == *line && is_unit(row)) {
        row.returned = row.returned.saturating_add(qty);
        return;
    }
    let mut left = qty;
    for same_lot in [true, false] {
        for row in shipped.iter_mut().filter(|row| row.line == *line && (!same_lot || row.lot == *lot)) {
            let part = row.open_qty().min(left);
            (row.returned, left) = (row.returned.saturating_add(part), left - part);
        }
    }
    if let Some(first) = shipped.iter_mut().find(|row| row.line == *line) {
        first.returned = first.returned.saturating_add(left);
    }
}
