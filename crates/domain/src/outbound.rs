//! What leaves: orders as they are packed, cartons, carton types.

use crate::fact::Units;
use crate::id::{CartonTypeId, HandlingUnitId, ItemId, LocationId, OrderId, OrderLineId, TaskId};
use serde::{Deserialize, Serialize};

/// Where an order stands at the packing bench.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PackState {
    /// To be packed.
    #[default]
    Open,
    /// Nothing of it may leave for now.
    Held,
    /// Cancelled: what was picked goes back.
    Cancelled,
    /// All of it is in closed cartons.
    Packed,
    /// It has left.
    Shipped,
}

/// Whether an order may leave in parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartialShip {
    /// Without asking.
    Allow,
    /// After a question.
    #[default]
    Ask,
    /// Never.
    Never,
}

/// A line of an order as it is packed: what was picked of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PackLine {
    /// The line of the order.
    pub id: OrderLineId,
    /// Its place in the order; smaller comes first.
    pub seq: i64,
    /// The item.
    pub item: ItemId,
    /// Units ordered and not cancelled, without those that have left.
    pub ordered: i64,
    /// What was picked and has not left, by lot, serial and tote.
    #[serde(default)]
    pub picked: Vec<Units>,
    /// Units in cartons that have not left, over all benches that the core knows.
    #[serde(default)]
    pub packed: i64,
}

impl PackLine {
    /// Units picked.
    #[must_use]
    pub fn picked_qty(&self) -> i64 {
        self.picked.iter().map(|units| units.qty).sum()
    }
}

/// An order as the packing bench needs it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PackOrder {
    /// The order; scannable.
    pub id: OrderId,
    /// The pack task. Empty = none yet.
    #[serde(default)]
    pub task: TaskId,
    /// Where it stands.
    #[serde(default)]
    pub state: PackState,
    /// The carrier, by code.
    pub carrier: String,
    /// Its service, by code.
    #[serde(default)]
    pub service: String,
    /// The dock of the carrier.
    #[serde(default)]
    pub dock: LocationId,
    /// When the carrier leaves, in milliseconds since 1970; 0 = no cut-off.
    #[serde(default)]
    pub cutoff_ms: i64,
    /// Value in minor units; a photograph is asked from `Settings::pack_photo_minor` on.
    #[serde(default)]
    pub value_minor: i64,
    /// Whether it may leave in parts.
    #[serde(default)]
    pub partial: PartialShip,
    /// The cartons that would do, in the order in which they are filled.
    #[serde(default)]
    pub suggested: Vec<CartonTypeId>,
    /// The lines.
    #[serde(default)]
    pub lines: Vec<PackLine>,
}

/// A type of carton.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CartonType {
    /// Its identifier; scannable, e.g. from a card at the bench.
    pub id: CartonTypeId,
    /// What people call it.
    #[serde(default)]
    pub name: String,
    /// Inner length, width and height in millimetres; 0 = not known.
    #[serde(default)]
    pub inner_mm: [i64; 3],
    /// What it may hold, in grams; 0 = no limit.
    #[serde(default)]
    pub max_grams: i64,
    /// What it weighs itself, in grams.
    #[serde(default)]
    pub tare_grams: i64,
    /// The carriers that take it, by code. Empty = all.
    #[serde(default)]
    pub carriers: Vec<String>,
}

impl CartonType {
    /// Whether a carrier takes it.
    #[must_use]
    pub fn suits(&self, carrier: &str) -> bool {
        self.carriers.is_empty() || self.carriers.iter().any(|one| one == carrier)
    }
}

/// Where a carton stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CartonState {
    /// Goods go in and out.
    #[default]
    Open,
    /// Closed; its label is printed or waits for the printer.
    Closed,
    /// Its label was seen on it.
    Labelled,
    /// It has left.
    Shipped,
    /// It was emptied.
    Void,
}

/// A carton of an order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Carton {
    /// Its label; scannable.
    pub id: HandlingUnitId,
    /// The order.
    pub order: OrderId,
    /// Its type.
    pub carton_type: CartonTypeId,
    /// Where it stands.
    #[serde(default)]
    pub state: CartonState,
    /// What it weighed, in grams; 0 = not weighed since it was opened last.
    #[serde(default)]
    pub grams: i64,
    /// Times its label was printed.
    #[serde(default)]
    pub copies: u32,
    /// The carrier's number; scannable. Empty = not known yet.
    #[serde(default)]
    pub tracking: String,
    /// The carrier's label as ZPL. Empty = not known yet, an internal label prints.
    #[serde(default)]
    pub zpl: String,
    /// Whether it may not leave: its order is held or cancelled.
    #[serde(default)]
    pub blocked: bool,
    /// The label that is on it.
    #[serde(default, skip_serializing_if = "LabelOn::is_unknown")]
    pub label: LabelOn,
}

impl Carton {
    /// Whether another label is to be printed before it leaves: the one on it does not hold any more, or is our own
    /// while the carrier's is there by now.
    #[must_use]
    pub fn owes_label(&self) -> bool {
        let stands = matches!(self.state, CartonState::Closed | CartonState::Labelled) && !self.blocked;
        stands
            && match self.label {
                LabelOn::Void => true,
                LabelOn::Internal => !self.zpl.is_empty(),
                LabelOn::Unknown | LabelOn::Carrier => false,
            }
    }

    /// It was opened again, and stood there before: weight and label do not hold any more. One that was closed may
    /// have a label of which the printer never said that it came out.
    pub fn reopened(&mut self, before: CartonState) {
        if before != CartonState::Open || self.copies > 0 || self.label != LabelOn::Unknown {
            self.label = LabelOn::Void;
        }
        self.state = CartonState::Open;
        self.grams = 0;
        self.zpl.clear();
        self.tracking.clear();
    }

    /// Whether a code that was read is the carrier's number of this carton, and not its own.
    #[must_use]
    pub fn is_number(&self, read: &str) -> bool {
        !self.tracking.is_empty() && read.contains(&self.tracking) && !read.contains(self.id.as_str())
    }
}

/// The label that is on a carton, as far as the printer said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LabelOn {
    /// None was printed, or nobody knows of it.
    #[default]
    Unknown,
    /// Our own, which says the carton's number alone: the carrier's data was not known.
    Internal,
    /// The carrier's.
    Carrier,
    /// One that does not hold any more: the carton was opened after it was printed.
    Void,
}

impl LabelOn {
    /// Each.
    pub const ALL: [Self; 4] = [Self::Unknown, Self::Internal, Self::Carrier, Self::Void];

    /// Whether nothing is known.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        *self == Self::Unknown
    }

    /// What a print puts on it.
    #[must_use]
    pub fn printed(internal: bool) -> Self {
        if internal { Self::Internal } else { Self::Carrier }
    }

    /// Its code in a row.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unknown => "",
            Self::Internal => "internal",
            Self::Carrier => "carrier",
            Self::Void => "void",
        }
    }

    /// The one with this code; nothing known where there is none.
    #[must_use]
    pub fn of(code: &str) -> Self {
        Self::ALL.into_iter().find(|label| label.code() == code).unwrap_or_default()
    }
}
