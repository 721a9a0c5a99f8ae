//! What a reading means, by what the store knows, and which of its meanings a step takes.

use super::lookup::{location_codes, texts, unit_codes};
use super::{Details, Hint, Kind, Known, Label, Meaning, Reading, Refusal, Rules, bare_sscc};
use crate::id::{LocationId, Lot, Serial};
use crate::inbound::Delivery;
use crate::master::{Barcode, HandlingUnit, HandlingUnitKind};
use crate::outbound::Carton;
use crate::returns::ShippedLine;
use crate::workflow::Meant;
use floorhand_gs1::{Content, Elements, Gtin, Read};

/// Everything that a scan says: the outcome of [`classify`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Symbol {
    /// All that it can mean. Empty = unknown.
    pub meanings: Vec<Meaning>,
    /// What was read, printable.
    pub text: String,
    /// What a label tells beside what it names: dates that do not block, weights, counts.
    pub details: Details,
    /// What helps a person who is refused, or who should know.
    pub hints: Vec<Hint>,
    /// Whether its digits are an SSCC without their identifier, which counts only where one is
    /// expected.
    pub bare_sscc: bool,
}

impl From<Symbol> for Meant {
    fn from(symbol: Symbol) -> Self {
        Meant { meanings: symbol.meanings, text: symbol.text, bare_sscc: symbol.bare_sscc }
    }
}

/// All that a scan can mean, by the default rules. Empty = unknown.
///
/// `year` is the current year, for the century of dates. Lots and serials without their item are
/// returned once for every item that has them; the step narrows them by the item it knows.
#[must_use]
pub fn meanings(read: &Read, known: &Known, year: u16) -> Vec<Meaning> {
    find(read, known, &Rules::default(), year)
}

/// Says what a scan is, by the rules of the site and what the store knows.
///
/// The sequence is that of the reading (symbology, GS1, prefixes and masks of the site,
/// barcode table), but the first hit never wins: all meanings are listed, and what the step
/// expects decides ([`Meant::fit`]). `today` is the day at the site.
#[must_use]
pub fn classify(read: &Read, known: &Known, rules: &Rules, today: &str) -> Symbol {
    let year = today.get(..4).and_then(|year| year.parse().ok()).unwrap_or(0);
    let meanings = find(read, known, rules, year);
    let details = Details::of(read, rules, year);
    let hints = super::hint::of(read, &meanings, &details, rules, today);
    let in_elements = read.readings.iter().any(|content| match content {
        Content::Elements(elements) => elements.sscc().is_some(),
        _ => false,
    });
    // 20 digits read as AI 00 without any identifier are no less bare than 18.
    let vouched = in_elements && read.symbology.is_some();
    let bare_sscc = !vouched && bare_sscc(&read.text).is_some();
    Symbol { meanings, text: read.text.clone(), details, hints, bare_sscc }
}

fn find(read: &Read, known: &Known, rules: &Rules, year: u16) -> Vec<Meaning> {
    let mut found: Vec<Meaning> = Vec::new();
    let mut add = |meaning: Meaning| {
        if !found.contains(&meaning) {
            found.push(meaning);
        }
    };
    for content in &read.readings {
        match content {
            Content::Gtin(scan) => {
                // A composite component tells the lot and date of the item beside it.
                let label = scan.composite.as_ref().map(|composite| label_of(composite, rules, year));
                of_number(&scan.gtin, known, rules, &label.unwrap_or_default(), 1, &mut add);
            }
            Content::Sscc(sscc) => of_units(known, sscc.as_str(), &mut add),
            // Beside another reading a lot or serial number counts only where it is known.
            // Otherwise every EAN that begins with 10 would name a lot besides.
            Content::Elements(elements) => {
                of_elements(elements, known, rules, year, read.readings.len() > 1, &mut add);
            }
            Content::Plain(_) => {}
        }
    }
    for (kind, code) in texts(read, rules) {
        of_text(kind, &code, known, &mut add);
    }
    found
}

fn of_text(kind: Kind, code: &str, known: &Known, add: &mut impl FnMut(Meaning)) {
    let named = |label: Label| Meaning::Goods { label: Label { qty: 1, ..label } };
    match kind {
        Kind::Item => of_barcodes(known, code, &Label::default(), 1, add),
        Kind::Location => of_locations(known, code, add),
        Kind::Tote | Kind::HandlingUnit => of_units(known, code, add),
        Kind::Task => known.tasks.iter().filter(|task| task.id.as_str() == code).for_each(|task| {
            add(Meaning::Task { id: task.id.clone() });
        }),
        // The store compared hashes; a hit is a hit for what was read.
        Kind::Badge => known.operators.iter().for_each(|operator| {
            add(Meaning::Badge { operator: operator.id.clone() });
        }),
        Kind::Lot => known.lots.iter().filter(|(_, lot)| lot.as_str() == code).for_each(|(_, lot)| {
            add(named(Label { lot: Some(lot.clone()), ..Label::default() }));
        }),
        // A unit that was shipped is in no stock any more.
        Kind::Serial => {
            let shipped = known.shipped.iter().map(|row| &row.serial);
            let all = known.serials.iter().map(|(_, serial)| serial).chain(shipped);
            all.filter(|serial| !serial.is_none() && serial.as_str() == code).for_each(|serial| {
                add(named(Label { serial: Some(serial.clone()), ..Label::default() }));
            });
        }
        Kind::Delivery => {
            let named =
                |row: &&Delivery| row.id.as_str() == code || row.orders.iter().any(|order| order.as_str() == code);
            known.deliveries.iter().filter(named).for_each(|row| add(Meaning::Delivery { id: row.id.clone() }));
        }
        Kind::Order => {
            let shipped = known.shipped.iter().map(|row| &row.order);
            let all = known.orders.iter().map(|row| &row.id).chain(shipped);
            all.filter(|order| order.as_str() == code).for_each(|order| add(Meaning::Order { id: order.clone() }));
        }
        Kind::CartonType => known.carton_types.iter().filter(|row| row.id.as_str() == code).for_each(|row| {
            add(Meaning::CartonType { id: row.id.clone() });
        }),
        Kind::Return => known.returns.iter().filter(|row| row.id.as_str() == code).for_each(|row| {
            add(Meaning::Return { id: row.id.clone() });
        }),
        Kind::Parcel => {
            let named = |row: &&ShippedLine| row.carton.as_str() == code || row.tracking == code;
            known.shipped.iter().filter(named).for_each(|row| add(Meaning::Parcel { carton: row.carton.clone() }));
        }
        Kind::Command => {
            if let Some(command) = code.strip_prefix(COMMAND_PREFIX).filter(|word| COMMANDS.contains(word)) {
                add(Meaning::Command { id: command.to_owned() });
            }
        }
        Kind::Pin | Kind::Quantity | Kind::Expiry | Kind::Weight => {}
    }
}

/// What stands before a code that says what to do.
pub const COMMAND_PREFIX: &str = "CMD-";
/// What such a code can say.
const COMMANDS: &[&str] = &["close"];

/// Goods by a key of the barcode table. `times`: how often the row's quantity is there.
fn of_barcodes(known: &Known, code: &str, label: &Label, times: i64, add: &mut impl FnMut(Meaning)) {
    for Barcode { item, qty, .. } in known.barcodes.iter().filter(|row| row.code == code) {
        add(Meaning::Goods {
            label: Label { item: Some(item.clone()), qty: qty.saturating_mul(times), ..label.clone() },
        });
    }
}

fn of_units(known: &Known, code: &str, add: &mut impl FnMut(Meaning)) {
    for unit in known.handling_units.iter().filter(|unit| unit.id.as_str() == code) {
        add(Meaning::HandlingUnit { unit: unit.clone() });
    }
    for row in known.shipped.iter().filter(|row| row.carton.as_str() == code) {
        add(Meaning::Parcel { carton: row.carton.clone() });
    }
    of_cartons(known, code, add);
}

/// A carton by its own label or the carrier's number.
fn of_cartons(known: &Known, code: &str, add: &mut impl FnMut(Meaning)) {
    let named = |row: &&Carton| row.id.as_str() == code || (!code.is_empty() && row.tracking == code);
    for carton in known.cartons.iter().filter(named) {
        let kept = known.handling_units.iter().find(|unit| unit.id == carton.id);
        let unit = kept.cloned().unwrap_or_else(|| HandlingUnit {
            id: carton.id.clone(),
            kind: HandlingUnitKind::Carton,
            order: carton.order.clone(),
            ..HandlingUnit::default()
        });
        add(Meaning::HandlingUnit { unit });
    }
}

fn of_locations(known: &Known, code: &str, add: &mut impl FnMut(Meaning)) {
    for location in known.locations.iter().filter(|own| own.code == code || own.id.as_str() == code) {
        add(Meaning::Location { id: location.id.clone() });
    }
}

/// Goods by their number and what else the label says. A restricted number is divided by the masks
/// of the site; it is no GTIN.
fn of_number(gtin: &Gtin, known: &Known, rules: &Rules, label: &Label, pieces: i64, add: &mut impl FnMut(Meaning)) {
    if !gtin.circulation().is_restricted() {
        return of_barcodes(known, gtin.as_str(), label, pieces, add);
    }
    if let Some(divided) = rules.divided(gtin) {
        let pieces = divided.count.and_then(|count| i64::try_from(count).ok()).unwrap_or(1);
        let grams = divided.weight_grams.map_or(label.grams, whole_grams);
        of_barcodes(known, &divided.key, &Label { grams, ..label.clone() }, pieces, add);
    }
}

/// Lot, serial number and the date that blocks.
fn label_of(elements: &Elements, rules: &Rules, year: u16) -> Label {
    Label {
        item: None,
        qty: 0,
        lot: elements.lot().map(Lot::from),
        serial: elements.serial().map(Serial::from),
        expiry: super::details::blocking_date(elements, rules, year),
        grams: super::details::net_grams(elements).map_or(0, whole_grams),
    }
}

fn whole_grams(grams: u64) -> i64 {
    i64::try_from(grams).unwrap_or(i64::MAX)
}

fn of_elements(
    elements: &Elements,
    known: &Known,
    rules: &Rules,
    year: u16,
    perhaps: bool,
    add: &mut impl FnMut(Meaning),
) {
    if let Some(sscc) = elements.sscc() {
        return of_units(known, sscc.as_str(), add);
    }
    let label = label_of(elements, rules, year);
    if let Some(gtin) = elements.gtin() {
        // AI 30 counts the pieces of a variable-measure item, and of no other.
        let pieces = elements.value("30").filter(|_| gtin.is_variable_measure()).and_then(|count| count.parse().ok());
        return of_number(&gtin, known, rules, &label, pieces.unwrap_or(1), add);
    }
    let is_known = label.lot.as_ref().is_some_and(|lot| known.lots.iter().any(|(_, own)| own == lot))
        || label.serial.as_ref().is_some_and(|serial| known.serials.iter().any(|(_, own)| own == serial));
    // Beside AI 02 they tell about the content of a logistic unit, not about the unit in the hand.
    let of_content = elements.get("02").is_some();
    let says = label.lot.is_some() || label.serial.is_some() || label.expiry.is_some();
    if says && !of_content && (is_known || !perhaps) {
        add(Meaning::Goods { label });
    }
    location_codes(elements, rules).iter().for_each(|code| of_locations(known, code, add));
    unit_codes(elements, rules).iter().for_each(|code| of_units(known, code, add));
}

/// What a step takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wants {
    /// What it asks for; a refusal names this.
    pub needed: Kind,
    /// What it takes besides.
    pub also: Vec<Kind>,
    /// Whether an SSCC without its identifier is taken for a handling unit.
    pub bare_sscc: bool,
}

impl Wants {
    /// One kind. An SSCC without its identifier is taken where that kind is a handling unit.
    #[must_use]
    pub fn only(needed: Kind) -> Self {
        Wants { needed, also: Vec::new(), bare_sscc: matches!(needed, Kind::HandlingUnit | Kind::Tote) }
    }

    /// Another kind besides. That it is a handling unit does not make the step expect a bare SSCC.
    #[must_use]
    pub fn or(mut self, kind: Kind) -> Self {
        self.also.push(kind);
        self
    }

    fn takes(&self, kind: Kind) -> bool {
        self.needed == kind || self.also.contains(&kind)
    }
}

impl Meant {
    /// The one meaning that the step takes (of all that fit, one is used).
    ///
    /// # Errors
    /// Why there is none, with every reading named where several are left: nobody guesses.
    pub fn fit(&self, wants: &Wants) -> Result<&Meaning, Refusal> {
        let is_unit = |kind| matches!(kind, Kind::HandlingUnit | Kind::Tote);
        let by_number = |meaning: &Meaning| bare_sscc(&self.text).is_some_and(|sscc| sscc.as_str() == meaning.id());
        let fits = |meaning: &&Meaning| {
            let kind = meaning.kind();
            let bare = self.bare_sscc && is_unit(kind) && by_number(meaning);
            wants.takes(kind) && (wants.bare_sscc || !bare)
        };
        let fitting: Vec<&Meaning> = self.meanings.iter().filter(fits).collect();
        match fitting.as_slice() {
            [one] => Ok(one),
            [] => Err(self.misfit(wants.needed)),
            several => Err(Refusal::Ambiguous { readings: several.iter().map(|&meaning| meaning.into()).collect() }),
        }
    }

    /// The one location that it means.
    ///
    /// # Errors
    /// Like [`Meant::fit`].
    pub fn location(&self) -> Result<&LocationId, Refusal> {
        match self.fit(&Wants::only(Kind::Location))? {
            Meaning::Location { id } => Ok(id),
            _ => Err(self.misfit(Kind::Location)),
        }
    }

    /// The one tote that it means.
    ///
    /// # Errors
    /// Like [`Meant::fit`].
    pub fn tote(&self) -> Result<&HandlingUnit, Refusal> {
        match self.fit(&Wants::only(Kind::Tote))? {
            Meaning::HandlingUnit { unit } => Ok(unit),
            _ => Err(self.misfit(Kind::Tote)),
        }
    }

    /// The locations that it can mean.
    #[must_use]
    pub fn locations(&self) -> Vec<LocationId> {
        let one = |meaning: &Meaning| match meaning {
            Meaning::Location { id } => Some(id.clone()),
            _ => None,
        };
        self.meanings.iter().filter_map(one).collect()
    }

    /// The handling units that it can mean.
    #[must_use]
    pub fn handling_units(&self) -> Vec<HandlingUnit> {
        let one = |meaning: &Meaning| match meaning {
            Meaning::HandlingUnit { unit } => Some(unit.clone()),
            _ => None,
        };
        self.meanings.iter().filter_map(one).collect()
    }

    /// Nothing that the scan means fits a step that asks for this.
    #[must_use]
    pub fn misfit(&self, needed: Kind) -> Refusal {
        match self.meanings.first() {
            Some(first) => Refusal::WrongKind { scanned: first.kind(), id: first.id().to_owned(), needed },
            None => Refusal::UnknownCode,
        }
    }

    /// Several things that the scan means fit a step that takes these kinds.
    #[must_use]
    pub fn ambiguous(&self, kinds: &[Kind]) -> Refusal {
        let fitting = self.meanings.iter().filter(|meaning| kinds.contains(&meaning.kind()));
        Refusal::Ambiguous { readings: fitting.map(Reading::from).collect() }
    }
}
