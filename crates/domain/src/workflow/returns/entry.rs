//! Units of one item and lot, inspected together until they are put somewhere.

use super::leave::Leave;
use crate::id::{ItemId, Lot, OperatorId, OrderId, OrderLineId, PhotoId, Serial};
use crate::master::{Item, ItemClass};
use crate::returns::{ChecklistAnswer, Disposition, Grade, ReturnReason, ShippedLine};
use crate::scan::Kind;
use serde::{Deserialize, Serialize};

/// What an entry asks for, in the order of the steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// The lot.
    Lot,
    /// The serial number.
    Serial,
    /// How many.
    #[default]
    Quantity,
    /// The weight of all the units.
    Weigh,
    /// The weight differs: which parts are there?
    Parts,
    /// The checklist, the grade and the reason.
    Inspect,
    /// A photograph.
    Photo,
    /// What becomes of them, and where they go.
    Put,
}

impl Field {
    /// What is missing, as a refusal names it.
    #[must_use]
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Lot => Kind::Lot,
            Self::Serial => Kind::Serial,
            Self::Put => Kind::Location,
            _ => Kind::Quantity,
        }
    }
}

/// What is kept of an item, as far as an inspection needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// Lots.
    pub lot: bool,
    /// Serial numbers.
    pub serial: bool,
    /// Its family: chooses the checklist.
    pub class: ItemClass,
    /// Whether it may never be sold again once it was opened.
    pub hygiene: bool,
    /// What one unit weighs, in grams; 0 = not known.
    pub grams: i64,
    /// Value of one unit in minor units; 0 = not known.
    pub value_minor: i64,
}

impl From<&Item> for Kept {
    fn from(item: &Item) -> Self {
        Self {
            lot: item.lot_tracked,
            serial: item.serial_tracked,
            class: item.class,
            hygiene: item.hygiene,
            grams: item.weight_grams,
            value_minor: item.value_minor,
        }
    }
}

/// What is known of the units from the time when they left.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Sent {
    /// What one unit weighed, in grams; 0 = not known.
    #[serde(skip_serializing_if = "is_default")]
    pub unit_grams: i64,
    /// Value of one unit in minor units; 0 = not known.
    #[serde(skip_serializing_if = "is_default")]
    pub value_minor: i64,
    /// The sales channel. Empty = none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub channel: String,
    /// The lot that was shipped; of several the first. Empty = none.
    #[serde(skip_serializing_if = "Lot::is_none")]
    pub lot: Lot,
}

impl Sent {
    /// As the item says, where nothing was shipped.
    pub(super) fn of_item(kept: &Kept) -> Self {
        Self { unit_grams: kept.grams, value_minor: kept.value_minor, ..Self::default() }
    }

    pub(super) fn of(row: &ShippedLine, kept: &Kept) -> Self {
        let or = |known: i64, else_: i64| if known > 0 { known } else { else_ };
        Self {
            unit_grams: or(row.unit_grams, kept.grams),
            value_minor: or(row.value_minor, kept.value_minor),
            channel: row.channel.clone(),
            lot: row.lot.clone(),
        }
    }
}

/// Another disposition than the policy proposes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// What was chosen.
    pub chosen: Disposition,
    /// Who chose.
    pub by: OperatorId,
    /// Why, by code.
    pub reason: String,
}

/// Units that are inspected.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Entry {
    /// What.
    pub item: ItemId,
    /// What is kept of it.
    pub kept: Kept,
    /// The order they belong to. Empty = to none, or not known yet.
    #[serde(skip_serializing_if = "OrderId::is_none")]
    pub order: OrderId,
    /// The order line, where the serial number tells. Empty = the lines of the item are filled in turn.
    #[serde(skip_serializing_if = "OrderLineId::is_none")]
    pub line: OrderLineId,
    /// What is known from the time when they left.
    #[serde(skip_serializing_if = "is_default")]
    pub sent: Sent,
    /// Their lot. Empty = none yet.
    #[serde(skip_serializing_if = "Lot::is_none")]
    pub lot: Lot,
    /// The serial number; then it is one unit. Empty = none yet.
    #[serde(skip_serializing_if = "Serial::is_none")]
    pub serial: Serial,
    /// Units counted.
    pub qty: i64,
    /// What they weigh together, in grams; 0 = not weighed.
    #[serde(skip_serializing_if = "is_default")]
    pub grams: i64,
    /// Whether that differs from what they weighed when they left.
    #[serde(skip_serializing_if = "is_default")]
    pub weight_off: bool,
    /// The answers so far.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<ChecklistAnswer>,
    /// The grade that was chosen. `None` = the best that the answers leave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// Why they came back, where somebody chose. `None` = as announced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReturnReason>,
    /// Photographs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<PhotoId>,
    /// What somebody with the role decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Override>,
    /// What was let in.
    #[serde(skip_serializing_if = "is_default")]
    pub leave: Leave,
    /// What is asked once lot and serial number are known.
    pub at: Field,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Entry {
    pub(super) fn new(item: ItemId, kept: Kept) -> Self {
        Self { item, kept, ..Self::default() }
    }

    /// What must be read before units can be counted.
    #[must_use]
    pub fn missing(&self) -> Option<Field> {
        if self.kept.lot && self.lot.is_none() {
            Some(Field::Lot)
        } else if self.kept.serial && self.serial.is_none() {
            Some(Field::Serial)
        } else {
            None
        }
    }

    /// What is asked now, but for the photograph.
    #[must_use]
    pub(super) fn field(&self) -> Field {
        self.missing().unwrap_or(self.at)
    }

    /// Whether they belong to no order, so far as is known.
    #[must_use]
    pub fn is_unmatched(&self) -> bool {
        self.order.is_none()
    }

    /// The answer to a question.
    #[must_use]
    pub fn answer(&self, question: &str) -> Option<bool> {
        self.answers.iter().find(|answer| answer.question == question).map(|answer| answer.yes)
    }
}
