//! Goods of one item and lot, counted until their handling unit is known.

use super::bounds::Bounds;
use super::dates::days_between;
use super::leave::{Leave, Read};
use crate::id::{HandlingUnitId, ItemId, LineId, Lot, PhotoId, Serial};
use crate::master::{IsoDate, Item};
use crate::reason::Reason;
use crate::scan::{self, Kind, Label};
use crate::workflow::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// Serial numbers of one entry; then it is to be put into a handling unit.
pub const SERIALS_MAX: usize = 500;

/// What an entry asks for. The order is that of the stepper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// The lot.
    Lot,
    /// The expiry date.
    Expiry,
    /// The serial number of each unit.
    Serial,
    /// How many.
    #[default]
    Quantity,
    /// Good or damaged.
    Condition,
    /// The handling unit they go into.
    Unit,
}

impl Field {
    /// What is missing, as a refusal names it.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::Lot => Kind::Lot,
            Self::Expiry => Kind::Expiry,
            Self::Serial => Kind::Serial,
            Self::Quantity | Self::Condition => Kind::Quantity,
            Self::Unit => Kind::HandlingUnit,
        }
    }
}

/// What is kept of an item, as far as receiving needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Tracks {
    /// Lots.
    pub lot: bool,
    /// Expiry dates.
    pub expiry: bool,
    /// Serial numbers.
    pub serial: bool,
    /// Days until expiry that it must have; 0 = any.
    pub min_shelf_days: u32,
}

impl From<&Item> for Tracks {
    fn from(item: &Item) -> Self {
        Self {
            lot: item.lot_tracked,
            expiry: item.expiry_tracked,
            serial: item.serial_tracked,
            min_shelf_days: item.min_shelf_days,
        }
    }
}

/// Goods that are being counted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Entry {
    /// What.
    pub item: ItemId,
    /// What is kept of it.
    pub tracks: Tracks,
    /// The line that announced them. Empty = the lines of the item are filled in turn.
    #[serde(skip_serializing_if = "LineId::is_none")]
    pub line: LineId,
    /// Their lot. Empty = none yet.
    #[serde(skip_serializing_if = "Lot::is_none")]
    pub lot: Lot,
    /// When they expire.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiry: Option<IsoDate>,
    /// Units counted.
    pub qty: i64,
    /// Their serial numbers, one for each unit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub serials: Vec<Serial>,
    /// Damaged units among them.
    #[serde(skip_serializing_if = "is_zero")]
    pub damaged: i64,
    /// The serial numbers of the damaged ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub broken: Vec<Serial>,
    /// Photographs of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<PhotoId>,
    /// Whether the number was typed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub typed: bool,
    /// What is asked once lot, expiry and serial number are known.
    pub at: Field,
    /// The handling unit that announced them. Empty = it is asked.
    #[serde(skip_serializing_if = "HandlingUnitId::is_none")]
    pub into: HandlingUnitId,
    /// The announced row that they confirm. Empty = none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub row: String,
    /// What was let in.
    #[serde(skip_serializing_if = "is_default")]
    pub leave: Leave,
    /// Units above the limit that a supervisor allowed.
    #[serde(skip_serializing_if = "is_zero")]
    pub allowed: i64,
}

fn is_zero(number: &i64) -> bool {
    *number == 0
}

fn is_default(leave: &Leave) -> bool {
    *leave == Leave::default()
}

impl Entry {
    pub(super) fn new(item: ItemId, tracks: Tracks) -> Self {
        let at = if tracks.serial { Field::Serial } else { Field::Quantity };
        Self { item, tracks, at, ..Self::default() }
    }

    /// The field that is missing, in the order of the stepper.
    #[must_use]
    pub fn missing(&self) -> Option<Field> {
        if self.tracks.lot && self.lot.is_none() {
            Some(Field::Lot)
        } else if self.tracks.expiry && self.expiry.is_none() && !self.leave.holds(Reason::MissingData) {
            Some(Field::Expiry)
        } else if self.tracks.serial && self.serials.is_empty() {
            Some(Field::Serial)
        } else {
            None
        }
    }

    /// What is asked now.
    #[must_use]
    pub fn field(&self) -> Field {
        self.missing().unwrap_or(self.at)
    }

    /// Whether they go to quarantine, whatever their condition.
    #[must_use]
    pub fn is_held(&self) -> bool {
        !self.leave.held.is_empty()
    }

    /// What is missing before they can go into a handling unit.
    ///
    /// # Errors
    /// `MISSING_DATA` with the field, `PHOTO_NEEDED` for damaged goods without a photograph.
    pub fn ready(&self) -> Result<(), Refusal> {
        if let Some(field) = self.missing() {
            return Err(Refusal::MissingData { field: field.kind() });
        }
        if self.qty <= 0 {
            return Err(Refusal::MissingData { field: Kind::Quantity });
        }
        if self.damaged > 0 && self.photos.is_empty() {
            return Err(Refusal::PhotoNeeded);
        }
        Ok(())
    }

    /// Adds a label, or a part of one. `fresh`: it is the one that began the entry.
    pub(super) fn take(&self, read: &Read, leave: &Leave, bounds: &Bounds<'_>, fresh: bool) -> Result<Self, Refusal> {
        let mut next = self.clone();
        let complete = self.missing().is_none();
        next.name(read, complete)?;
        next.dated(read, leave, bounds)?;
        let before = next.qty;
        next.count(read, leave, complete, fresh)?;
        if read.label.item.is_some()
            && !fresh
            && let Some(field) = next.missing()
            && (&next.lot, &next.expiry, &next.serials) == (&self.lot, &self.expiry, &self.serials)
        {
            return Err(Refusal::MissingData { field: field.kind() });
        }
        if next.qty > before || !complete {
            next.limited(leave, bounds)?;
        }
        next.leave.add(leave);
        next.advance(bounds);
        Ok(next)
    }

    /// The lot: one is taken, another is refused.
    fn name(&mut self, read: &Read, complete: bool) -> Result<(), Refusal> {
        let Some(lot) = read.label.lot.as_ref().filter(|_| self.tracks.lot) else { return Ok(()) };
        if self.lot.is_none() {
            self.lot = lot.clone();
        } else if self.lot != *lot {
            return Err(if complete {
                Refusal::WrongLot { scanned: lot.clone(), needed: self.lot.clone() }
            } else {
                Refusal::LabelClash { first: self.lot.0.clone(), second: lot.0.clone() }
            });
        }
        Ok(())
    }

    /// The expiry date: of the label, of the book, of the labels before; all must agree.
    fn dated(&mut self, read: &Read, leave: &Leave, bounds: &Bounds<'_>) -> Result<(), Refusal> {
        let keeps = self.tracks.lot || self.tracks.expiry;
        let mut said = self.expiry.clone();
        for date in [&read.book, &read.label.expiry].into_iter().flatten() {
            match &said {
                Some(first) if first != date => {
                    return Err(Refusal::LabelClash { first: first.clone(), second: date.clone() });
                }
                _ => said = Some(date.clone()),
            }
        }
        let Some(date) = said else { return Ok(()) };
        let days = days_between(bounds.today, &date).ok_or(Refusal::Scan(scan::Refusal::BadRead))?;
        let held = leave.holds(Reason::Expired) || (keeps && self.leave.holds(Reason::Expired));
        if days < 0 && !held {
            return Err(Refusal::Expired { date });
        }
        let allowed = leave.allows(Reason::ShelfLife) || (keeps && self.leave.allows(Reason::ShelfLife));
        if days >= 0 && days < bounds.min_days && !allowed && !held {
            return Err(Refusal::ShelfLife { days, needed: bounds.min_days });
        }
        if keeps {
            self.expiry = Some(date);
            self.leave.held.retain(|because| *because != Reason::MissingData);
        }
        Ok(())
    }

    /// The units that the label adds.
    fn count(&mut self, read: &Read, leave: &Leave, complete: bool, fresh: bool) -> Result<(), Refusal> {
        let Label { item, qty, serial, .. } = &read.label;
        if !self.tracks.serial {
            match (item, complete) {
                // Labels of one unit add up: the one that names the item tells how many.
                (Some(_), false) if fresh || self.row.is_empty() => self.qty = (*qty).max(1),
                (Some(_), true) if fresh => self.qty = (*qty).max(1),
                (_, true) => self.qty = self.qty.saturating_add((*qty).max(0)),
                // Announced content is as much as was announced.
                (_, false) => {}
            }
            return Ok(());
        }
        if *qty > 1 {
            return Err(Refusal::ScanEach);
        }
        let Some(serial) = serial else {
            // The item's own code of the next unit says nothing yet.
            return match (item, complete) {
                (Some(_), true) => Err(Refusal::MissingData { field: Kind::Serial }),
                _ => Ok(()),
            };
        };
        if (read.seen || self.serials.contains(serial)) && !leave.allows(Reason::SerialSeen) {
            return Err(Refusal::SerialSeen { serial: serial.clone() });
        }
        if self.serials.len() >= SERIALS_MAX {
            return Err(Refusal::QtyOver { open: 0 });
        }
        self.serials.push(serial.clone());
        self.qty = self.qty.saturating_add(1);
        Ok(())
    }

    /// A typed number says how many are counted now.
    pub(super) fn typed(&self, qty: i64, leave: &Leave, bounds: &Bounds<'_>) -> Result<Self, Refusal> {
        if let Some(field) = self.missing() {
            return Err(Refusal::MissingData { field: field.kind() });
        }
        if self.tracks.serial || !bounds.may_type {
            return Err(Refusal::ScanEach);
        }
        if qty <= 0 || qty < self.damaged {
            return Err(Refusal::QtyBad);
        }
        let mut next = Self { qty, typed: true, ..self.clone() };
        next.limited(leave, bounds)?;
        next.leave.add(leave);
        if next.at == Field::Quantity {
            next.at = Field::Condition;
        }
        Ok(next)
    }

    /// The goods bear no date: only into quarantine.
    pub(super) fn undated(&self, leave: &Leave, bounds: &Bounds<'_>) -> Result<Self, Refusal> {
        if self.field() != Field::Expiry {
            return Err(Refusal::Scan(scan::Refusal::NotNow));
        }
        if !leave.holds(Reason::MissingData) {
            return Err(Refusal::MissingData { field: Kind::Expiry });
        }
        let mut next = self.clone();
        next.leave.add(leave);
        next.advance(bounds);
        Ok(next)
    }

    /// Units above the limit are refused, unless a supervisor allows them.
    pub(super) fn limited(&mut self, leave: &Leave, bounds: &Bounds<'_>) -> Result<(), Refusal> {
        let Some(room) = bounds.room else { return Ok(()) };
        let over = self.qty.saturating_sub(room);
        if over <= self.allowed.max(0) {
            return Ok(());
        }
        if leave.allows(Reason::ReceiptOver) {
            self.allowed = over;
            return Ok(());
        }
        Err(Refusal::ReceiptOver { limit: bounds.received.saturating_add(room), received: bounds.received })
    }

    /// Everything that was expected is counted: its condition is asked next.
    fn advance(&mut self, bounds: &Bounds<'_>) {
        let counting = matches!(self.at, Field::Quantity | Field::Serial);
        if counting && self.missing().is_none() && bounds.open > 0 && self.qty >= bounds.open {
            self.at = Field::Condition;
        }
    }
}
