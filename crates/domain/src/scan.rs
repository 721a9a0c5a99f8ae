//! From bytes to meaning, in one place: raw scan → GS1 reading → what the store knows → the kinds
//! of thing it can be. What a step then accepts is the step's affair.
//!
//! The work is in three parts, so that none of them does I/O: [`Lookup::of`] says what to look up,
//! the store answers with [`Known`], [`meanings`] decides.

use crate::id::{HandlingUnitId, ItemId, LocationId, Lot, OperatorId, Serial, TaskId};
use crate::master::{Barcode, HandlingUnit, IsoDate, Item, Location, Operator};
use crate::stock::Stock;
use crate::task::Task;
use floorhand_gs1::{Content, Elements, Mode, Note, Read};
use serde::{Deserialize, Serialize};

/// Bytes of a scan at the most; a longer one is refused unread (scanning.md 4.1).
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
        }
    }
}

/// What to look up for a scan. Every list is short: a scan names a handful of codes at the most.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lookup {
    /// Keys of the barcode table.
    pub barcodes: Vec<String>,
    /// Codes of locations.
    pub locations: Vec<String>,
    /// Labels of handling units.
    pub handling_units: Vec<String>,
    /// Badge codes as read; the store hashes them. Never logged.
    pub badges: Vec<String>,
    /// Tasks.
    pub tasks: Vec<String>,
    /// Lots, in the stock of the warehouse.
    pub lots: Vec<String>,
    /// Serial numbers, in the stock of the warehouse.
    pub serials: Vec<String>,
    /// The location whose stock of `item` the step needs. Empty = none.
    pub here: LocationId,
    /// The item whose stock at `here` the step needs. Empty = none.
    pub item: ItemId,
}

/// What the store knows about a [`Lookup`]: base and own facts together.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Known {
    /// Barcodes with these keys.
    pub barcodes: Vec<Barcode>,
    /// The items of these barcodes, lots and serials, and the item looked for.
    pub items: Vec<Item>,
    /// Locations with these codes.
    pub locations: Vec<Location>,
    /// Handling units with these labels.
    pub handling_units: Vec<HandlingUnit>,
    /// Labels among them that hold goods now.
    pub filled: Vec<HandlingUnitId>,
    /// Operators with these badges.
    pub operators: Vec<Operator>,
    /// Tasks with these identifiers.
    pub tasks: Vec<Task>,
    /// Lots of these names and whose they are.
    pub lots: Vec<(ItemId, Lot)>,
    /// Serial numbers of these names and whose they are.
    pub serials: Vec<(ItemId, Serial)>,
    /// Stock of `item` at `here`, units above zero only.
    pub stock: Vec<Stock>,
}

impl Known {
    /// The item with that identifier.
    #[must_use]
    pub fn item(&self, id: &ItemId) -> Option<&Item> {
        self.items.iter().find(|item| item.id == *id)
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
        /// Which kinds.
        kinds: Vec<Kind>,
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

/// Whether an unknown code is rather a misread one: digits that would be a GTIN but for the last.
#[must_use]
pub fn looks_misread(read: &Read) -> bool {
    read.notes.iter().any(|note| matches!(note, Note::LooksLikeGtinBadCheck))
}

/// What the bytes say by themselves.
///
/// # Errors
/// [`Refusal::BadRead`] for what is too long, unterminated or not text, [`Refusal::Checksum`] for
/// a code whose check digit is wrong.
pub fn read(scan: &Scan) -> Result<Read, Refusal> {
    if scan.raw.len() > SCAN_BYTES_MAX || !scan.complete {
        return Err(Refusal::BadRead);
    }
    let read = floorhand_gs1::read(&scan.raw, Mode::Lenient);
    if let Some(error) = &read.error {
        return Err(if error.is_checksum() { Refusal::Checksum } else { Refusal::BadRead });
    }
    // The separator of an element string is no text either: only what has no other reading is noise.
    let plain = read.readings.iter().all(|content| matches!(content, Content::Plain(_)));
    if plain && not_text(&read) {
        return Err(Refusal::BadRead);
    }
    Ok(read)
}

fn not_text(read: &Read) -> bool {
    read.notes.iter().any(|note| matches!(note, Note::NotText))
}

/// The prefix of a location behind an internal AI 91 to 99.
const LOCATION_PREFIX: &str = "LOC-";

impl Lookup {
    /// What to look up for a reading.
    #[must_use]
    pub fn of(read: &Read) -> Self {
        let mut look = Self::default();
        for content in &read.readings {
            match content {
                // A restricted circulation number is no GTIN (GS1 General Specifications, 2.1.11): it
                // counts only where the site's barcode table has it as it stands.
                Content::Gtin(scan) if scan.gtin.circulation().is_restricted() => {}
                Content::Gtin(scan) => look.barcodes.push(scan.gtin.as_str().to_owned()),
                Content::Sscc(sscc) => look.handling_units.push(sscc.as_str().to_owned()),
                Content::Elements(elements) => look.elements(elements),
                Content::Plain(text) => look.plain(text),
            }
        }
        // A site may number its shelves, totes or badges with digits that also read as a GTIN:
        // what was read is always looked up as it stands, and two hits are refused as ambiguous.
        if !read.text.is_empty() && !not_text(read) {
            look.plain(&read.text);
        }
        look.dedup();
        look
    }

    fn elements(&mut self, elements: &Elements) {
        if let Some(gtin) = elements.gtin() {
            self.barcodes.push(gtin.as_str().to_owned());
        }
        if let Some(sscc) = elements.sscc() {
            self.handling_units.push(sscc.as_str().to_owned());
        }
        if let Some(lot) = elements.lot() {
            self.lots.push(lot.to_owned());
        }
        if let Some(serial) = elements.serial() {
            self.serials.push(serial.to_owned());
        }
        for element in elements.iter() {
            match element.ai.as_str() {
                "8003" | "8004" => self.handling_units.push(element.value.clone()),
                "254" | "414" => self.locations.push(element.value.clone()),
                internal if internal.starts_with('9') => {
                    let value = element.value.strip_prefix(LOCATION_PREFIX).unwrap_or(&element.value);
                    self.locations.push(value.to_owned());
                    self.handling_units.push(element.value.clone());
                }
                _ => {}
            }
        }
    }

    fn plain(&mut self, text: &str) {
        for list in [
            &mut self.barcodes,
            &mut self.locations,
            &mut self.handling_units,
            &mut self.badges,
            &mut self.tasks,
            &mut self.lots,
            &mut self.serials,
        ] {
            list.push(text.to_owned());
        }
    }

    fn dedup(&mut self) {
        for list in [
            &mut self.barcodes,
            &mut self.locations,
            &mut self.handling_units,
            &mut self.badges,
            &mut self.tasks,
            &mut self.lots,
            &mut self.serials,
        ] {
            list.sort_unstable();
            list.dedup();
        }
    }
}

/// All that a scan can mean, by what the store knows. Empty = unknown.
///
/// `year` is the current year, for the century of dates. Lots and serials without their item are
/// returned once for every item that has them; the step narrows them by the item it knows.
#[must_use]
pub fn meanings(read: &Read, known: &Known, year: u16) -> Vec<Meaning> {
    let mut found: Vec<Meaning> = Vec::new();
    let mut add = |meaning: Meaning| {
        if !found.contains(&meaning) {
            found.push(meaning);
        }
    };
    for content in &read.readings {
        match content {
            Content::Gtin(scan) => {
                for barcode in known.barcodes.iter().filter(|b| b.code == scan.gtin.as_str()) {
                    add(Meaning::Goods { label: label_of(barcode) });
                }
            }
            Content::Sscc(sscc) => {
                for unit in known.handling_units.iter().filter(|u| u.id.as_str() == sscc.as_str()) {
                    add(Meaning::HandlingUnit { unit: unit.clone() });
                }
            }
            Content::Elements(elements) => {
                of_elements(elements, known, year, read.readings.len() > 1, &mut add);
            }
            _ => {}
        }
    }
    let text = read.text.as_str();
    for barcode in known.barcodes.iter().filter(|b| b.code == text) {
        add(Meaning::Goods { label: label_of(barcode) });
    }
    for location in known.locations.iter().filter(|l| l.code == text || l.id.as_str() == text) {
        add(Meaning::Location { id: location.id.clone() });
    }
    for unit in known.handling_units.iter().filter(|u| u.id.as_str() == text) {
        add(Meaning::HandlingUnit { unit: unit.clone() });
    }
    for task in known.tasks.iter().filter(|t| t.id.as_str() == text) {
        add(Meaning::Task { id: task.id.clone() });
    }
    // The store compared hashes; a hit is a hit for what was read.
    for operator in &known.operators {
        add(Meaning::Badge { operator: operator.id.clone() });
    }
    for (_, lot) in known.lots.iter().filter(|(_, lot)| lot.as_str() == text) {
        add(Meaning::Goods { label: Label { lot: Some(lot.clone()), qty: 1, ..Label::default() } });
    }
    for (_, serial) in known.serials.iter().filter(|(_, serial)| serial.as_str() == text) {
        add(Meaning::Goods { label: Label { serial: Some(serial.clone()), qty: 1, ..Label::default() } });
    }
    found
}

fn label_of(barcode: &Barcode) -> Label {
    Label { item: Some(barcode.item.clone()), qty: barcode.qty, ..Label::default() }
}

/// `perhaps`: the bytes have another reading too, so that a lot or serial number counts only where
/// it is known. Otherwise every EAN that begins with 10 would name a lot besides.
fn of_elements(elements: &Elements, known: &Known, year: u16, perhaps: bool, add: &mut impl FnMut(Meaning)) {
    if let Some(sscc) = elements.sscc() {
        for unit in known.handling_units.iter().filter(|u| u.id.as_str() == sscc.as_str()) {
            add(Meaning::HandlingUnit { unit: unit.clone() });
        }
        return;
    }
    let lot = elements.lot().map(Lot::from);
    let serial = elements.serial().map(Serial::from);
    let expiry = elements.expiry(year).map(|date| date.to_string());
    if let Some(gtin) = elements.gtin() {
        for barcode in known.barcodes.iter().filter(|b| b.code == gtin.as_str()) {
            add(Meaning::Goods {
                label: Label {
                    item: Some(barcode.item.clone()),
                    qty: barcode.qty,
                    lot: lot.clone(),
                    serial: serial.clone(),
                    expiry: expiry.clone(),
                },
            });
        }
        return;
    }
    let is_known = lot.as_ref().is_some_and(|lot| known.lots.iter().any(|(_, l)| l == lot))
        || serial.as_ref().is_some_and(|serial| known.serials.iter().any(|(_, s)| s == serial));
    if (lot.is_some() || serial.is_some() || expiry.is_some()) && (is_known || !perhaps) {
        add(Meaning::Goods { label: Label { item: None, qty: 0, lot, serial, expiry } });
    }
    for element in elements.iter() {
        let value = element.value.as_str();
        let ai = element.ai.as_str();
        if ai == "254" || (ai == "414" && elements.value("254").is_none()) || ai.starts_with('9') {
            let code = value.strip_prefix(LOCATION_PREFIX).unwrap_or(value);
            for location in known.locations.iter().filter(|l| l.code == code || l.id.as_str() == code) {
                add(Meaning::Location { id: location.id.clone() });
            }
        }
        if ai == "8003" || ai == "8004" || ai.starts_with('9') {
            for unit in known.handling_units.iter().filter(|u| u.id.as_str() == value) {
                add(Meaning::HandlingUnit { unit: unit.clone() });
            }
        }
    }
}
