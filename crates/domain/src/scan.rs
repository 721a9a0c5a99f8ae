//! From bytes to meaning, in one place: raw scan → GS1 reading → rules of the site → what the store
//! knows → the kinds of thing it can be. Which of them counts is the affair of the step, by what it
//! expects.
//!
//! The work is in three parts, so that none of them does I/O: [`Lookup::by`] says what to look up,
//! the store answers with [`Known`], [`classify`] says all that it can mean, and
//! [`Meant::fit`](crate::workflow::Meant::fit) finds the one meaning that a step takes, or why
//! there is none.

mod details;
mod hint;
mod lookup;
mod meaning;
mod rules;
mod unit;

pub use details::Details;
pub use hint::{Hint, lot_case, separator_missing};
pub use lookup::{Claim, Known, Lookup, Promised};
pub use meaning::{COMMAND_PREFIX, Symbol, Wants, classify, meanings};
pub use rules::{DatePolicy, Pattern, RULES_MAX, RestrictedMask, RestrictedValue, RuleFault, Rules, bare_sscc};
pub use unit::Clash;
pub(crate) use unit::weighed;

use crate::id::{
    CartonTypeId, DeliveryId, HandlingUnitId, ItemId, LocationId, Lot, OperatorId, OrderId, RmaId, Serial, TaskId,
};
use crate::master::{HandlingUnit, IsoDate};
use floorhand_gs1::{Content, Mode, Note, Read, Warning};
use serde::{Deserialize, Serialize};

/// Bytes of a scan at the most; a longer one is refused unread.
pub const SCAN_BYTES_MAX: usize = 512;

/// Where a scan came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// A reader on a serial line.
    Serial,
    /// A reader that types.
    Wedge,
    /// The camera.
    Camera,
    /// A person's fingers.
    Typed,
}

/// A scan as it arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scan {
    /// The bytes without frame (suffix), AIM identifier included where there is one.
    pub raw: Vec<u8>,
    /// Where it came from.
    pub source: Source,
    /// Whether the frame was closed as the reader is set up to close it.
    pub complete: bool,
}

/// A kind of thing a code can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// An item.
    Item,
    /// A lot.
    Lot,
    /// A serial number.
    Serial,
    /// A location.
    Location,
    /// A tote.
    Tote,
    /// Another handling unit.
    HandlingUnit,
    /// A badge.
    Badge,
    /// A PIN; only ever expected, never scanned.
    Pin,
    /// A quantity; typed.
    Quantity,
    /// A task.
    Task,
    /// A delivery, by its own number or that of a purchase order in it.
    Delivery,
    /// An expiry date; typed, or a part of a label.
    Expiry,
    /// An order.
    Order,
    /// A type of carton.
    CartonType,
    /// An announced return (RMA).
    Return,
    /// A parcel that has left, by its label or the carrier's number.
    Parcel,
    /// A code of the site that says what to do: `close`.
    Command,
    /// A weight; of a scale, never scanned by itself.
    Weight,
}

impl Kind {
    /// The name in `status`, logs and facts.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Lot => "lot",
            Self::Serial => "serial",
            Self::Location => "location",
            Self::Tote => "tote",
            Self::HandlingUnit => "handling-unit",
            Self::Badge => "badge",
            Self::Pin => "pin",
            Self::Quantity => "quantity",
            Self::Task => "task",
            Self::Delivery => "delivery",
            Self::Expiry => "expiry",
            Self::Order => "order",
            Self::CartonType => "carton-type",
            Self::Return => "return",
            Self::Parcel => "parcel",
            Self::Command => "command",
            Self::Weight => "weight",
        }
    }
}

/// What is printed on the label of a unit, as far as one scan says it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Label {
    /// The item. `None` = this code does not name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<ItemId>,
    /// Units in the code: 1, or what the barcode row says; 0 = a part of a label, which says nothing
    /// about how many.
    #[serde(default)]
    pub qty: i64,
    /// Its lot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<Lot>,
    /// Its serial number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<Serial>,
    /// Its expiry date (AI 17).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry: Option<IsoDate>,
    /// What all of it weighs in grams (AI 310n, or a restricted number); 0 = the code does not say.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub grams: i64,
}

fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// One thing a scan can mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Meaning {
    /// A unit of goods: item, lot, serial, or several of them.
    Goods {
        /// What the code says.
        label: Label,
    },
    /// A location.
    Location {
        /// Which.
        id: LocationId,
    },
    /// A handling unit.
    HandlingUnit {
        /// Its row.
        unit: HandlingUnit,
    },
    /// A badge.
    Badge {
        /// Whose.
        operator: OperatorId,
    },
    /// A task.
    Task {
        /// Which.
        id: TaskId,
    },
    /// A delivery.
    Delivery {
        /// Which.
        id: DeliveryId,
    },
    /// An order.
    Order {
        /// Which.
        id: OrderId,
    },
    /// A type of carton.
    CartonType {
        /// Which.
        id: CartonTypeId,
    },
    /// An announced return.
    Return {
        /// Which.
        id: RmaId,
    },
    /// A parcel that has left.
    Parcel {
        /// Its label, whatever was scanned.
        carton: HandlingUnitId,
    },
    /// A code of the site that says what to do.
    Command {
        /// What: `close`.
        id: String,
    },
}

impl Meaning {
    /// Its kind, as a refusal names it.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Goods { label } if label.item.is_some() => Kind::Item,
            Self::Goods { label } if label.serial.is_some() => Kind::Serial,
            Self::Goods { label } if label.lot.is_some() => Kind::Lot,
            Self::Goods { .. } => Kind::Item,
            Self::Location { .. } => Kind::Location,
            Self::HandlingUnit { unit } if unit.kind == crate::master::HandlingUnitKind::Tote => Kind::Tote,
            Self::HandlingUnit { .. } => Kind::HandlingUnit,
            Self::Badge { .. } => Kind::Badge,
            Self::Task { .. } => Kind::Task,
            Self::Delivery { .. } => Kind::Delivery,
            Self::Order { .. } => Kind::Order,
            Self::CartonType { .. } => Kind::CartonType,
            Self::Return { .. } => Kind::Return,
            Self::Parcel { .. } => Kind::Parcel,
            Self::Command { .. } => Kind::Command,
        }
    }

    /// The identifier it stands for, as shown beside the kind.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Goods { label } => label
                .item
                .as_ref()
                .map(ItemId::as_str)
                .or(label.lot.as_ref().map(Lot::as_str))
                .or(label.serial.as_ref().map(Serial::as_str))
                .unwrap_or_default(),
            Self::Location { id } => id.as_str(),
            Self::HandlingUnit { unit } => unit.id.as_str(),
            Self::Badge { operator } => operator.as_str(),
            Self::Task { id } => id.as_str(),
            Self::Delivery { id } => id.as_str(),
            Self::Order { id } => id.as_str(),
            Self::CartonType { id } => id.as_str(),
            Self::Return { id } => id.as_str(),
            Self::Parcel { carton } => carton.as_str(),
            Self::Command { id } => id.as_str(),
        }
    }
}

/// One of several things that a scan can be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reading {
    /// What kind of thing.
    pub kind: Kind,
    /// What it names.
    pub id: String,
}

impl Reading {
    /// One reading.
    #[must_use]
    pub fn new(kind: Kind, id: impl Into<String>) -> Self {
        Reading { kind, id: id.into() }
    }
}

impl From<&Meaning> for Reading {
    fn from(meaning: &Meaning) -> Self {
        Reading::new(meaning.kind(), meaning.id())
    }
}

/// A refusal that any step can give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "kebab-case")]
pub enum Refusal {
    /// Nothing is known by this code.
    UnknownCode,
    /// It is something else than the step asks for.
    WrongKind {
        /// What it is.
        scanned: Kind,
        /// What it names.
        id: String,
        /// What is needed.
        needed: Kind,
    },
    /// It can be several things.
    Ambiguous {
        /// Each of them, in the sequence of classification.
        #[serde(default)]
        readings: Vec<Reading>,
    },
    /// The check digit is wrong.
    Checksum,
    /// Cut off, too long, or not text.
    BadRead,
    /// The step takes no scan now.
    NotNow,
}

impl Refusal {
    /// Its code.
    #[must_use]
    pub fn reason(&self) -> crate::reason::Reason {
        use crate::reason::Reason;
        match self {
            Self::UnknownCode => Reason::UnknownCode,
            Self::WrongKind { .. } => Reason::WrongKind,
            Self::Ambiguous { .. } => Reason::Ambiguous,
            Self::Checksum => Reason::Checksum,
            Self::BadRead => Reason::BadRead,
            Self::NotNow => Reason::NotNow,
        }
    }
}

/// Bytes that say nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misread {
    /// Why not.
    pub refusal: Refusal,
    /// What may lie behind it.
    pub hint: Option<Hint>,
}

/// Whether an unknown code is rather a misread one: digits that would be a GTIN but for the last.
#[must_use]
pub fn looks_misread(read: &Read) -> bool {
    read.notes.iter().any(|note| matches!(note, Note::LooksLikeGtinBadCheck))
}

/// What the bytes say by themselves, by the default rules.
///
/// # Errors
/// [`Refusal::BadRead`] for what is too long, unterminated or not text, [`Refusal::Checksum`] for
/// a code whose check digit is wrong.
pub fn read(scan: &Scan) -> Result<Read, Refusal> {
    read_by(scan, &Rules::default()).map_err(|misread| misread.refusal)
}

/// What the bytes say by themselves.
///
/// # Errors
/// Like [`read()`], with what lies behind it. A frame that was not closed is accepted where the site
/// says so and the symbology vouches for the length: then with a warning.
pub fn read_by(scan: &Scan, rules: &Rules) -> Result<Read, Misread> {
    let bad = || Misread { refusal: Refusal::BadRead, hint: None };
    if scan.raw.len() > SCAN_BYTES_MAX || !(scan.complete || rules.accept_unclosed) {
        return Err(bad());
    }
    let mut read = floorhand_gs1::read(&scan.raw, Mode::Lenient);
    if let Some(error) = &read.error {
        return Err(if error.is_checksum() {
            Misread { refusal: Refusal::Checksum, hint: None }
        } else {
            Misread { hint: Some(hint::of_fault(error)), ..bad() }
        });
    }
    // The separator of an element string is no text either: only what has no other reading is noise.
    let plain = read.readings.iter().all(|content| matches!(content, Content::Plain(_)));
    if plain && is_not_text(&read) {
        return Err(bad());
    }
    if !scan.complete {
        // Only an EAN has one length. Another could be the head of a longer code whose digits happen to
        // check, as could twelve digits taken for a UPC-A.
        let vouched = read.symbology.is_some_and(|symbology| symbology.code() == 'E') && read.warnings.is_empty();
        if !vouched || !matches!(read.content(), Some(Content::Gtin(_))) {
            return Err(bad());
        }
        read.warnings.push(Warning::MissingTerminator);
    }
    Ok(read)
}

fn is_not_text(read: &Read) -> bool {
    read.notes.iter().any(|note| matches!(note, Note::NotText))
}
