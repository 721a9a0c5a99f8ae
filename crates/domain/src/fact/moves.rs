//! The ledger moves of facts: one function for device and core, so that what the screen shows and what the
//! book says cannot differ.

use super::{Fact, Units};
use crate::id::{HandlingUnitId, ItemId, LocationId, Lot, Serial};
use crate::stock::{CUSTOMER, Move, Place, SUPPLIER, Status, Stock, TRANSIT};

impl Fact {
    /// The ledger moves that follow from the fact alone. Device and core use this one function,
    /// so that what the screen shows and what the book says cannot differ.
    ///
    /// `DroppedOff`, `Moved` of a whole handling unit and `ReceiptClosed` move what the book has in them;
    /// that is in the book, not in the fact, so they have no moves here: see [`content_moves`] and
    /// [`release_moves`].
    #[must_use]
    pub fn moves(&self) -> Vec<Move> {
        match self {
            Self::Picked { location, item, tote, units, .. } => units
                .iter()
                .map(|unit| Move {
                    item: item.clone(),
                    lot: unit.lot.clone(),
                    serial: unit.serial.clone(),
                    qty: unit.qty,
                    from: Place {
                        location: location.clone(),
                        handling_unit: unit.handling_unit.clone(),
                        status: Status::Available,
                    },
                    to: Place { location: TRANSIT.into(), handling_unit: tote.clone(), status: Status::Allocated },
                })
                .collect(),
            Self::PickedShort { location, item, lot, handling_unit, damaged, .. } if *damaged > 0 => vec![Move {
                item: item.clone(),
                lot: lot.clone(),
                serial: Serial::default(),
                qty: *damaged,
                from: Place {
                    location: location.clone(),
                    handling_unit: handling_unit.clone(),
                    status: Status::Available,
                },
                to: Place { location: location.clone(), handling_unit: handling_unit.clone(), status: Status::Damaged },
            }],
            Self::Received { location, item, lot, units, handling_unit, .. } => units
                .iter()
                .map(|unit| Move {
                    item: item.clone(),
                    lot: lot.clone(),
                    serial: unit.serial.clone(),
                    qty: unit.qty,
                    from: Place {
                        location: SUPPLIER.into(),
                        handling_unit: HandlingUnitId::default(),
                        status: Status::Available,
                    },
                    to: Place { location: location.clone(), handling_unit: handling_unit.clone(), status: unit.status },
                })
                .collect(),
            Self::Moved { unit, item, units, status, from, to, into, .. } if unit.is_none() => units
                .iter()
                .map(|taken| Move {
                    item: item.clone(),
                    lot: taken.lot.clone(),
                    serial: taken.serial.clone(),
                    qty: taken.qty,
                    from: Place { location: from.clone(), handling_unit: taken.handling_unit.clone(), status: *status },
                    to: Place { location: to.clone(), handling_unit: into.clone(), status: *status },
                })
                .filter(|step| step.from != step.to)
                .collect(),
            Self::Packed { location, item, carton, units, .. } => units
                .iter()
                .map(|unit| {
                    let side = |handling_unit: &HandlingUnitId| Place {
                        location: location.clone(),
                        handling_unit: handling_unit.clone(),
                        status: Status::Allocated,
                    };
                    of(item, unit, side(&unit.handling_unit), side(carton))
                })
                .collect(),
            Self::Unpacked { location, item, carton, units, .. } => units
                .iter()
                .map(|unit| {
                    let side = |handling_unit: &HandlingUnitId| Place {
                        location: location.clone(),
                        handling_unit: handling_unit.clone(),
                        status: Status::Allocated,
                    };
                    of(item, unit, side(carton), side(&unit.handling_unit))
                })
                .collect(),
            Self::Sorted { item, from, tote, units, .. } => units
                .iter()
                .map(|unit| {
                    let side = |handling_unit: &HandlingUnitId| Place {
                        location: TRANSIT.into(),
                        handling_unit: handling_unit.clone(),
                        status: Status::Allocated,
                    };
                    of(item, unit, side(from), side(tote))
                })
                .collect(),
            // Returned until its disposition: both moves stand in the book.
            Self::ReturnInspected { item, lot, serial, qty, disposition, location, handling_unit, .. } => {
                let unit = Units { lot: lot.clone(), serial: serial.clone(), qty: *qty, ..Units::default() };
                let there = |status| Place { location: location.clone(), handling_unit: handling_unit.clone(), status };
                let outside = Place {
                    location: CUSTOMER.into(),
                    handling_unit: HandlingUnitId::default(),
                    status: Status::Available,
                };
                vec![
                    of(item, &unit, outside, there(Status::Returned)),
                    of(item, &unit, there(Status::Returned), there(disposition.status())),
                ]
            }
            _ => Vec::new(),
        }
    }
}

fn of(item: &ItemId, unit: &Units, from: Place, to: Place) -> Move {
    Move { item: item.clone(), lot: unit.lot.clone(), serial: unit.serial.clone(), qty: unit.qty, from, to }
}

/// What a receipt has of one item, lot and handling unit, good units only; they are in transit until
/// it is closed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Awaiting {
    /// The item.
    pub item: ItemId,
    /// Its lot. Empty = none.
    pub lot: Lot,
    /// The serial number. Empty = none.
    pub serial: Serial,
    /// The handling unit it was received into. Empty = loose.
    pub handling_unit: HandlingUnitId,
    /// Units.
    pub qty: i64,
    /// Whether it is held: quarantined instead of available.
    pub hold: bool,
}

/// The moves of the close of a receipt: what it brought changes from in transit to available, or to
/// quarantined where it is held. `book` is the stock in transit of these items, wherever it is by now;
/// units are sought where they were received first.
#[must_use]
pub fn release_moves(awaiting: &[Awaiting], book: &[Stock]) -> Vec<Move> {
    let mut book: Vec<Stock> =
        book.iter().filter(|stock| stock.status == Status::InTransit && stock.qty > 0).cloned().collect();
    let mut moves = Vec::new();
    for wanted in awaiting {
        let mut left = wanted.qty;
        for same_unit in [true, false] {
            let here = book.iter_mut().filter(|stock| {
                stock.item == wanted.item
                    && stock.lot == wanted.lot
                    && stock.serial == wanted.serial
                    && (stock.handling_unit == wanted.handling_unit) == same_unit
            });
            for stock in here {
                let qty = left.min(stock.qty);
                if qty <= 0 {
                    continue;
                }
                (left, stock.qty) = (left - qty, stock.qty - qty);
                let place = |status| Place {
                    location: stock.location.clone(),
                    handling_unit: stock.handling_unit.clone(),
                    status,
                };
                moves.push(Move {
                    item: stock.item.clone(),
                    lot: stock.lot.clone(),
                    serial: stock.serial.clone(),
                    qty,
                    from: place(Status::InTransit),
                    to: place(if wanted.hold { Status::Quarantined } else { Status::Available }),
                });
            }
        }
    }
    moves
}

/// The moves of a handling unit: everything the book has in it goes to the location. A tote that is
/// dropped off and a pallet that is put away are one and the same.
#[must_use]
pub fn content_moves(content: &[Stock], to: &LocationId) -> Vec<Move> {
    content
        .iter()
        .filter(|stock| stock.qty > 0 && stock.location != *to)
        .map(|stock| Move {
            item: stock.item.clone(),
            lot: stock.lot.clone(),
            serial: stock.serial.clone(),
            qty: stock.qty,
            from: Place {
                location: stock.location.clone(),
                handling_unit: stock.handling_unit.clone(),
                status: stock.status,
            },
            to: Place { location: to.clone(), handling_unit: stock.handling_unit.clone(), status: stock.status },
        })
        .collect()
}
