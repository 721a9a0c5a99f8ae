//! What comes back: announced returns, what was shipped, how goods are graded and what becomes of them.

mod credit;
mod policy;

pub use credit::{credit, open_of};
pub use policy::{Case, best_grade, may_override};

use crate::id::{HandlingUnitId, ItemId, Lot, OrderId, OrderLineId, RmaId, Serial};
use crate::master::ItemClass;
use crate::stock::Status;
use serde::{Deserialize, Serialize};

/// How good returned goods are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum Grade {
    /// As new.
    #[default]
    A,
    /// Opened.
    B,
    /// Worn, or incomplete.
    C,
    /// Unusable.
    D,
}

/// What becomes of returned goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disposition {
    /// Back on the shelf.
    Restock,
    /// Mended first.
    Refurbish,
    /// Sent back to the supplier.
    VendorClaim,
    /// Sold off.
    Liquidate,
    /// Thrown away.
    WriteOff,
    /// Somebody must decide.
    #[default]
    Quarantine,
}

impl Grade {
    /// All of them, best first.
    pub const ALL: [Self; 4] = [Self::A, Self::B, Self::C, Self::D];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
        }
    }
}

impl Disposition {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Restock, Self::Refurbish, Self::VendorClaim, Self::Liquidate, Self::WriteOff, Self::Quarantine];

    /// The status that goods have by it: restock makes them available, write-off damaged, all else quarantined.
    #[must_use]
    pub fn status(self) -> Status {
        match self {
            Self::Restock => Status::Available,
            Self::WriteOff => Status::Damaged,
            Self::Refurbish | Self::VendorClaim | Self::Liquidate | Self::Quarantine => Status::Quarantined,
        }
    }

    /// The name in SQL and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Restock => "restock",
            Self::Refurbish => "refurbish",
            Self::VendorClaim => "vendor-claim",
            Self::Liquidate => "liquidate",
            Self::WriteOff => "write-off",
            Self::Quarantine => "quarantine",
        }
    }
}

/// Why goods came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReturnReason {
    /// The customer changed their mind.
    #[default]
    ChangedMind,
    /// It does not fit.
    WrongSize,
    /// It is not what the shop said.
    NotAsDescribed,
    /// It broke on its way.
    DamagedInTransit,
    /// It does not work: the supplier's fault.
    Defective,
    /// Something else was sent.
    WrongItem,
    /// Nobody could deliver it.
    Undeliverable,
    /// None of these.
    Other,
}

impl ReturnReason {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::ChangedMind,
        Self::WrongSize,
        Self::NotAsDescribed,
        Self::DamagedInTransit,
        Self::Defective,
        Self::WrongItem,
        Self::Undeliverable,
        Self::Other,
    ];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ChangedMind => "changed-mind",
            Self::WrongSize => "wrong-size",
            Self::NotAsDescribed => "not-as-described",
            Self::DamagedInTransit => "damaged-in-transit",
            Self::Defective => "defective",
            Self::WrongItem => "wrong-item",
            Self::Undeliverable => "undeliverable",
            Self::Other => "other",
        }
    }

    /// Whether the supplier is at fault, so that the goods may be claimed back.
    #[must_use]
    pub fn is_supplier_fault(self) -> bool {
        matches!(self, Self::Defective)
    }
}

/// An answer to a question of the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ChecklistAnswer {
    /// The question, by code.
    pub question: String,
    /// Yes or no.
    pub yes: bool,
}

/// A question of the checklist of an item class. Yes is the good answer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Question {
    /// Its code: `sealed`, `complete`, `clean`, `works`, `tags`; the page has the words.
    pub code: String,
    /// The best grade that is left after a No.
    pub no_caps: Grade,
    /// Whether it is about the parts in the parcel, and so asked again where the weight differs.
    #[serde(default)]
    pub parts: bool,
}

/// Which questions goods of a class are asked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Checklist {
    /// The class.
    pub class: ItemClass,
    /// The questions, in order.
    pub questions: Vec<Question>,
    /// Whether goods of it are weighed.
    #[serde(default)]
    pub weigh: bool,
}

/// A rule of the policy. The first that matches decides; an empty condition matches anything.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PolicyRule {
    /// The class of the item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<ItemClass>,
    /// Whether it is a hygiene item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hygiene: Option<bool>,
    /// The grade.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// The reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReturnReason>,
    /// The sales channel. Empty = any.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub channel: String,
    /// Value of a unit from, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_from_minor: Option<i64>,
    /// Value of a unit below, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_below_minor: Option<i64>,
    /// What becomes of it.
    pub disposition: Disposition,
}

/// What the site decided about returns: one row of the warehouse stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReturnPolicy {
    /// The rules, the first that matches decides; none = quarantine.
    pub rules: Vec<PolicyRule>,
    /// The checklists by class; a class without one has that of `General`.
    pub checklists: Vec<Checklist>,
    /// Grades of which a photograph is asked.
    pub photo_grades: Vec<Grade>,
    /// Days after it left until which goods may come back. The core takes them later too; devices forget what
    /// was shipped some days after.
    pub window_days: u32,
}

impl Default for ReturnPolicy {
    /// Grade A restock, B refurbish, C liquidate, D write-off, the supplier's fault a claim; opened hygiene goods
    /// are written off (the default policy).
    fn default() -> Self {
        let graded = |grade, disposition| PolicyRule { grade: Some(grade), disposition, ..PolicyRule::default() };
        let hygiene = |grade| PolicyRule {
            hygiene: Some(true),
            grade: Some(grade),
            disposition: Disposition::WriteOff,
            ..PolicyRule::default()
        };
        let question = |code: &str, no_caps, parts| Question { code: code.to_owned(), no_caps, parts };
        let usual = || {
            vec![
                question("sealed", Grade::B, false),
                question("complete", Grade::C, true),
                question("clean", Grade::C, false),
            ]
        };
        let list = |class, questions, weigh| Checklist { class, questions, weigh };
        Self {
            rules: vec![
                hygiene(Grade::B),
                hygiene(Grade::C),
                hygiene(Grade::D),
                PolicyRule {
                    reason: Some(ReturnReason::Defective),
                    disposition: Disposition::VendorClaim,
                    ..PolicyRule::default()
                },
                graded(Grade::A, Disposition::Restock),
                graded(Grade::B, Disposition::Refurbish),
                graded(Grade::C, Disposition::Liquidate),
                graded(Grade::D, Disposition::WriteOff),
            ],
            checklists: vec![
                list(ItemClass::General, usual(), false),
                list(
                    ItemClass::Apparel,
                    vec![
                        question("tags", Grade::B, false),
                        question("complete", Grade::C, true),
                        question("clean", Grade::C, false),
                    ],
                    false,
                ),
                list(
                    ItemClass::Electronics,
                    vec![
                        question("sealed", Grade::B, false),
                        question("complete", Grade::C, true),
                        question("works", Grade::D, false),
                    ],
                    true,
                ),
                list(ItemClass::Cosmetics, usual(), false),
            ],
            photo_grades: vec![Grade::B, Grade::C, Grade::D],
            window_days: 30,
        }
    }
}

/// Where an announced return stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RmaState {
    /// Announced; nothing came yet.
    #[default]
    Open,
    /// Something came.
    Partial,
    /// Everything came, or nothing more is awaited.
    Closed,
    /// Withdrawn.
    Cancelled,
}

/// What a return announces of one line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RmaLine {
    /// The line of the order.
    pub line: OrderLineId,
    /// The item.
    pub item: ItemId,
    /// Units announced.
    pub qty: i64,
    /// Why.
    pub reason: ReturnReason,
    /// The customer's words. Empty = none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
}

/// A return that was announced. Its identifier is on its label.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rma {
    /// Its identifier; scannable.
    pub id: RmaId,
    /// The order it came from.
    pub order: OrderId,
    /// The sales channel. Empty = none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub channel: String,
    /// Where it stands.
    #[serde(default)]
    pub state: RmaState,
    /// What is announced.
    #[serde(default)]
    pub lines: Vec<RmaLine>,
}

/// What was shipped of one order line, lot and serial number: nothing else can come back.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ShippedLine {
    /// Its identifier.
    pub id: String,
    /// The order.
    pub order: OrderId,
    /// The line of the order.
    pub line: OrderLineId,
    /// The carton it left in: the parcel label; scannable.
    pub carton: HandlingUnitId,
    /// The carrier's number of that parcel; scannable. Empty = none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tracking: String,
    /// The item.
    pub item: ItemId,
    /// Its lot. Empty = none.
    #[serde(default, skip_serializing_if = "Lot::is_none")]
    pub lot: Lot,
    /// Its serial number. Empty = none.
    #[serde(default, skip_serializing_if = "Serial::is_none")]
    pub serial: Serial,
    /// Units shipped.
    pub qty: i64,
    /// Units that came back, over all returns that the core knows.
    #[serde(default)]
    pub returned: i64,
    /// What one unit weighed when it left, in grams; 0 = not known.
    #[serde(default)]
    pub unit_grams: i64,
    /// Value of one unit in minor units.
    #[serde(default)]
    pub value_minor: i64,
    /// The sales channel. Empty = none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub channel: String,
}

impl ShippedLine {
    /// Units that can still come back.
    #[must_use]
    pub fn open_qty(&self) -> i64 {
        (self.qty - self.returned).max(0)
    }
}
