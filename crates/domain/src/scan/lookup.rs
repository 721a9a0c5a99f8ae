//! What the store is asked about a reading, and what it answers.

use super::{Kind, Rules, bare_sscc, is_not_text};
use crate::id::{HandlingUnitId, ItemId, LineId, LocationId, Lot, Serial, TaskId};
use crate::inbound::{Announced, Delivery};
use crate::master::{Barcode, HandlingUnit, IsoDate, Item, Location, Operator};
use crate::outbound::{Carton, CartonType, PackOrder};
use crate::returns::{Rma, ShippedLine};
use crate::stock::Stock;
use crate::task::Task;
use floorhand_gs1::{Content, Elements, Gtin, Read};
use serde::{Deserialize, Serialize};

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
    /// The item whose stock at `here` the step needs. Empty = of everything there.
    pub item: ItemId,
    /// Handling units whose content the step needs, beside those that the scan names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inside: Vec<HandlingUnitId>,
    /// Whether the step needs to know about what the scan names: what stands there, what is in it, what was
    /// announced; and stock `here` in every status, not the available one alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub about: bool,
    /// Whether the step needs stock `here` in every status, and nothing else of what `about` brings.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub any_status: bool,
    /// Whether the step needs to know where the items, lots and serial numbers are that the scan names.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub where_is: bool,
    /// Numbers of deliveries and purchase orders.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deliveries: Vec<String>,
    /// Whether the step needs to know what leaves: orders at the packing bench, cartons and their types. Texts are
    /// `tasks`, labels `handling_units`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outbound: bool,
    /// Whether the step needs to know what comes back: announced returns, parcels and what was shipped in them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub returned: bool,
    /// Whether the step needs to know which open lines of picks name a lot or handling unit of `item` at `here`,
    /// or a handling unit that the scan names, wherever it is; what is in these units, and the dates of the lots
    /// that the scan names.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub claims: bool,
}

/// What the store knows about a [`Lookup`]: base and own facts together.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Known {
    /// Barcodes with these keys.
    pub barcodes: Vec<Barcode>,
    /// The items of these barcodes, lots and serials, the item looked for, and those of `content`.
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
    /// What is promised to orders of `item` at `here`, and with `about` of anything at the locations of
    /// `there`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promised: Vec<Promised>,
    /// With `about`: stock of any item at the locations that the scan names, and at those where the
    /// handling units that it names stand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub there: Vec<Stock>,
    /// What is in the handling units that were asked for, or with `about` in those that the scan names;
    /// and in what stands on them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub content: Vec<Stock>,
    /// With `about`: the locations where the handling units stand that the scan names. No meaning of the scan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unit_places: Vec<Location>,
    /// Stock of any item there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unit_there: Vec<Stock>,
    /// With `where_is`: where the items, lots and serial numbers that the scan names are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<Stock>,
    /// Expiry dates of the lots that the scan names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expiries: Vec<(ItemId, Lot, IsoDate)>,
    /// Deliveries that the scan names by their own number or that of an order, and those that announced
    /// the handling unit or await the item.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deliveries: Vec<Delivery>,
    /// What the handling units that the scan names are announced to hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub announced: Vec<Announced>,
    /// With `outbound`: orders that the scan names by number, tote, carton or pack task.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<PackOrder>,
    /// With `outbound`: cartons with these labels, and those of `orders`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cartons: Vec<Carton>,
    /// With `outbound`: types of cartons with these codes, and those of `cartons`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carton_types: Vec<CartonType>,
    /// With `returned`: announced returns with these numbers, and those of the orders of `shipped`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returns: Vec<Rma>,
    /// With `returned`: what was shipped in the parcels, of the orders, returns and serial numbers that the scan
    /// names. Own inspections are taken into account.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shipped: Vec<ShippedLine>,
    /// With `claims`: the open lines that it asks for, the step's own task included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
}

/// An open line of a pick that names a lot or a handling unit: stock that nobody else takes unasked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Claim {
    /// Its task.
    pub task: TaskId,
    /// The line.
    pub line: LineId,
    /// Where it is to be taken.
    pub location: LocationId,
    /// What.
    pub item: ItemId,
    /// The lot that it names. Empty = none.
    #[serde(default, skip_serializing_if = "Lot::is_none")]
    pub lot: Lot,
    /// The handling unit that it names. Empty = none.
    #[serde(default, skip_serializing_if = "HandlingUnitId::is_none")]
    pub handling_unit: HandlingUnitId,
    /// Units still to take, above zero.
    pub qty: i64,
    /// Units taken so far.
    #[serde(default)]
    pub picked: i64,
}

/// Units of an item at a location that are promised to orders, over all open lines of picks.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Promised {
    /// Where.
    pub location: LocationId,
    /// Of what.
    pub item: ItemId,
    /// Units, above zero.
    pub qty: i64,
}

impl Known {
    /// Units of an item at a location that are promised to orders.
    #[must_use]
    pub fn promised_of(&self, location: &LocationId, item: &ItemId) -> i64 {
        self.promised.iter().filter(|one| one.location == *location && one.item == *item).map(|one| one.qty).sum()
    }

    /// The item with that identifier.
    #[must_use]
    pub fn item(&self, id: &ItemId) -> Option<&Item> {
        self.items.iter().find(|item| item.id == *id)
    }
}

impl Lookup {
    /// What to look up for a reading, by the default rules.
    #[must_use]
    pub fn of(read: &Read) -> Self {
        Self::by(read, &Rules::default())
    }

    /// What to look up for a reading.
    #[must_use]
    pub fn by(read: &Read, rules: &Rules) -> Self {
        let mut look = Self::default();
        for content in &read.readings {
            match content {
                Content::Gtin(scan) => {
                    look.number(&scan.gtin, rules);
                    scan.composite.iter().for_each(|composite| look.elements(composite, rules));
                }
                Content::Sscc(sscc) => look.handling_units.push(sscc.as_str().to_owned()),
                Content::Elements(elements) => look.elements(elements, rules),
                Content::Plain(_) => {}
            }
        }
        for (kind, code) in texts(read, rules) {
            if let Some(list) = look.list(kind) {
                list.push(code);
            }
        }
        look.dedup();
        look
    }

    /// A restricted circulation number is no GTIN (GS1 General Specifications, 2.1.11): it counts by
    /// a mask of the site, or as text, where the site's barcode table has it as it stands.
    fn number(&mut self, gtin: &Gtin, rules: &Rules) {
        if gtin.circulation().is_restricted() {
            self.barcodes.extend(rules.divided(gtin).map(|divided| divided.key));
        } else {
            self.barcodes.push(gtin.as_str().to_owned());
        }
    }

    fn elements(&mut self, elements: &Elements, rules: &Rules) {
        elements.gtin().iter().for_each(|gtin| self.number(gtin, rules));
        self.lots.extend(elements.lot().map(str::to_owned));
        self.serials.extend(elements.serial().map(str::to_owned));
        self.locations.extend(location_codes(elements, rules));
        self.handling_units.extend(unit_codes(elements, rules));
    }

    fn list(&mut self, kind: Kind) -> Option<&mut Vec<String>> {
        Some(match kind {
            Kind::Item => &mut self.barcodes,
            Kind::Location => &mut self.locations,
            Kind::Tote | Kind::HandlingUnit => &mut self.handling_units,
            Kind::Badge => &mut self.badges,
            Kind::Task => &mut self.tasks,
            Kind::Lot => &mut self.lots,
            Kind::Serial => &mut self.serials,
            Kind::Delivery => &mut self.deliveries,
            // Their texts are among those of tasks and handling units.
            Kind::Order | Kind::CartonType | Kind::Return => &mut self.tasks,
            Kind::Parcel => &mut self.handling_units,
            Kind::Pin | Kind::Quantity | Kind::Expiry | Kind::Command | Kind::Weight => return None,
        })
    }

    fn dedup(&mut self) {
        for kind in TEXT_KINDS {
            if let Some(list) = self.list(*kind) {
                list.sort_unstable();
                list.dedup();
            }
        }
    }
}

/// What a text can name.
const TEXT_KINDS: &[Kind] =
    &[Kind::Item, Kind::Location, Kind::HandlingUnit, Kind::Task, Kind::Badge, Kind::Lot, Kind::Serial, Kind::Delivery];

/// What a text can name besides where goods leave or come back.
const OTHER_KINDS: &[Kind] = &[Kind::Order, Kind::CartonType, Kind::Return, Kind::Parcel, Kind::Command];

/// The codes of a scan as text, each with what it could name: as it stands, and behind the prefixes
/// of the site. A site may number its shelves, totes or badges with digits that also read as a
/// GTIN, so that any text is looked up, whatever else it can be.
pub(super) fn texts(read: &Read, rules: &Rules) -> Vec<(Kind, String)> {
    let text = read.text.as_str();
    if text.is_empty() || is_not_text(read) {
        return Vec::new();
    }
    let kinds = TEXT_KINDS.iter().chain(OTHER_KINDS);
    let mut found: Vec<(Kind, String)> = kinds.map(|kind| (*kind, text.to_owned())).collect();
    found.extend(rules.fitting(text).map(|(kind, code)| (kind, code.to_owned())));
    // 20 digits of an SSCC in a symbol that is no GS1 one.
    found.extend(bare_sscc(text).map(|sscc| (Kind::HandlingUnit, sscc.as_str().to_owned())));
    found
}

/// The locations that an element string can name.
pub(super) fn location_codes(elements: &Elements, rules: &Rules) -> Vec<String> {
    let mut codes = Vec::new();
    let gln = elements.value("414");
    if gln.is_none_or(|gln| rules.is_own(gln)) {
        // The extension names the place inside the one that the GLN names.
        codes.extend(elements.value("254").or(gln).map(str::to_owned));
    }
    for element in elements.iter().filter(|element| rules.names_location(element.ai.as_str())) {
        codes.push(element.value.clone());
        let behind = rules.fitting(&element.value).filter(|(kind, _)| *kind == Kind::Location);
        codes.extend(behind.map(|(_, code)| code.to_owned()));
    }
    codes
}

/// The handling units that an element string can name.
pub(super) fn unit_codes(elements: &Elements, rules: &Rules) -> Vec<String> {
    let mut codes: Vec<String> = elements.sscc().map(|sscc| sscc.as_str().to_owned()).into_iter().collect();
    for element in elements.iter() {
        let ai = element.ai.as_str();
        if matches!(ai, "8003" | "8004") || rules.names_unit(ai) {
            codes.push(element.value.clone());
        }
        if rules.names_unit(ai) {
            let behind = rules.fitting(&element.value);
            codes.extend(
                behind
                    .filter(|(kind, _)| matches!(kind, Kind::Tote | Kind::HandlingUnit))
                    .map(|(_, code)| code.to_owned()),
            );
        }
    }
    codes
}
