//! A warehouse in memory: what the store would find for a scan, and what facts do to it. Tests go
//! the whole way of a scan, from its bytes to the answer.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use floorhand_domain::fact::{Fact, content_moves};
use floorhand_domain::id::{HandlingUnitId, ItemId, LocationId, Lot, OrderId, Serial};
use floorhand_domain::master::*;
use floorhand_domain::scan::{self, Claim, Known, Lookup, Scan, Source};
use floorhand_domain::stock::{Move, Place, Status, Stock};
use floorhand_domain::task::{Line, LineState, Slot, Task};
use floorhand_domain::workflow::Meant;
use std::sync::Arc;

/// Today in every test.
pub const TODAY: &str = "2026-06-15";

/// Everything there is, and the pick of a test.
#[derive(Clone, Debug)]
pub struct World {
    pub items: Vec<Item>,
    pub barcodes: Vec<Barcode>,
    pub locations: Vec<Location>,
    pub units: Vec<HandlingUnit>,
    pub filled: Vec<HandlingUnitId>,
    pub operators: Vec<Operator>,
    pub stock: Vec<Stock>,
    pub settings: Settings,
    pub task: Task,
    pub lines: Vec<Line>,
    /// Open lines of other tasks.
    pub claims: Vec<Claim>,
}

/// 13 digits and their check digit.
pub fn gtin(body: &str) -> String {
    let odd = |n: usize| if n.is_multiple_of(2) { 3 } else { 1 };
    let sum: u32 = body.chars().enumerate().map(|(n, c)| c.to_digit(10).unwrap() * odd(n)).sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

/// A pallet's label.
pub const SSCC: &str = "106141411234567897";

fn named<'a>(words: &'a [&'a str], key: &str) -> Option<&'a str> {
    words.iter().find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
}

impl World {
    /// X, Y: plain items. V, W: kept by lot. S: each unit with its serial. Z: by lot and serial.
    pub fn new() -> Self {
        let item = |id: &str, lot: bool, serial: bool| Item {
            id: id.into(),
            name: format!("Item {id}"),
            lot_tracked: lot,
            expiry_tracked: lot,
            serial_tracked: serial,
            ..Item::default()
        };
        let items = vec![
            item("X", false, false),
            item("Y", false, false),
            item("V", true, false),
            item("W", true, false),
            item("S", false, true),
            item("Z", true, true),
            // Pieces of 500 to 1,000 g.
            Item { piece_min_grams: 500, piece_max_grams: 1_000, ..item("C", false, false) },
            Item { piece_min_grams: 500, piece_max_grams: 1_000, ..item("D", true, false) },
        ];
        let mut barcodes = Vec::new();
        for (n, item) in items.iter().enumerate() {
            for (packs, qty) in [("", 1), ("6", 6), ("12", 12)] {
                let unit = if qty == 1 { Unit::Each } else { Unit::Case };
                // A short code of the house and a GTIN for each packing.
                let house = format!("{}{packs}", item.id);
                let by_weight = item.piece_max_grams > 0;
                let packing = if by_weight { 9 } else { i64::from(qty != 1) };
                let body = format!("{packing}501234{n}000{}", qty + 10);
                for code in [house, gtin(&body)] {
                    barcodes.push(Barcode { code, item: item.id.clone(), qty, unit });
                }
            }
        }
        let location = |id: &str, kind| Location { id: id.into(), code: id.to_owned(), kind, ..Location::default() };
        let mut locations: Vec<Location> =
            ["A1", "A2", "A7", "A9"].into_iter().map(|id| location(id, LocationKind::Bin)).collect();
        locations.extend(["B1", "B2", "B3"].into_iter().map(|id| location(id, LocationKind::Pack)));
        locations.push(location("D1", LocationKind::Dock));
        let unit = |id: &str, kind, order: &str| HandlingUnit {
            id: id.into(),
            kind,
            location: LocationId::default(),
            order: order.into(),
            ..HandlingUnit::default()
        };
        let mut units: Vec<HandlingUnit> =
            ["T1", "T2", "T3", "T4"].into_iter().map(|id| unit(id, HandlingUnitKind::Tote, "")).collect();
        units.push(unit("T8", HandlingUnitKind::Tote, ""));
        units.push(unit("T9", HandlingUnitKind::Tote, "O9"));
        units.extend(["H1", "H2", "H5"].into_iter().map(|id| unit(id, HandlingUnitKind::Carton, "")));
        units.push(unit(SSCC, HandlingUnitKind::Pallet, ""));
        let operators = vec![operator("OP1", "Mara K."), operator("OP2", "Jon B.")];
        Self {
            items,
            barcodes,
            locations,
            units,
            filled: vec!["T8".into()],
            operators,
            stock: Vec::new(),
            // Tables about a look at the emptied place switch it on.
            settings: Settings { zero_check: false, ..Settings::default() },
            task: Task { id: "K1".into(), drop_off: "B1".into(), ..Task::default() },
            lines: Vec::new(),
            claims: Vec::new(),
        }
    }

    /// A line: `L1 A1 X 3 slot=2 lot=… hu=… serial=… picked=…`. Its slot has tote `T{slot}` and order
    /// `O{slot}`.
    pub fn line(mut self, spec: &str) -> Self {
        let words: Vec<&str> = spec.split_whitespace().collect();
        let slot: u8 = named(&words, "slot").map_or(1, |slot| slot.parse().unwrap());
        let order = OrderId(format!("O{slot}"));
        if !self.task.slots.iter().any(|s| s.slot == slot) {
            let tote = HandlingUnitId(format!("T{slot}"));
            self.assign(&tote, &order);
            self.task.slots.push(Slot { slot, order: order.clone(), tote, ..Slot::default() });
        }
        self.lines.push(Line {
            id: words[0].into(),
            task: self.task.id.clone(),
            seq: i64::try_from(self.lines.len()).unwrap(),
            order,
            order_line: format!("{}-{}", slot, words[0]).into(),
            slot,
            location: words[1].into(),
            item: words[2].into(),
            lot: named(&words, "lot").unwrap_or_default().into(),
            serial: named(&words, "serial").unwrap_or_default().into(),
            handling_unit: named(&words, "hu").unwrap_or_default().into(),
            qty: words[3].parse().unwrap(),
            picked: named(&words, "picked").map_or(0, |n| n.parse().unwrap()),
            state: LineState::Open,
            ..Line::default()
        });
        self
    }

    /// Stock: `A1 X 10 lot=… exp=… hu=… serial=… status=…`.
    pub fn stock(mut self, spec: &str) -> Self {
        let words: Vec<&str> = spec.split_whitespace().collect();
        self.stock.push(Stock {
            location: words[0].into(),
            item: words[1].into(),
            qty: words[2].parse().unwrap(),
            lot: named(&words, "lot").unwrap_or_default().into(),
            serial: named(&words, "serial").unwrap_or_default().into(),
            handling_unit: named(&words, "hu").unwrap_or_default().into(),
            status: named(&words, "status").map_or(Status::Available, |name| Status::parse(name).unwrap()),
            expiry: named(&words, "exp").map(str::to_owned),
        });
        self
    }

    /// An open line of another task: `K9 A1 X 3 lot=… hu=… picked=…`.
    pub fn claim(mut self, spec: &str) -> Self {
        let words: Vec<&str> = spec.split_whitespace().collect();
        self.claims.push(Claim {
            task: words[0].into(),
            line: format!("{}-1", words[0]).as_str().into(),
            location: words[1].into(),
            item: words[2].into(),
            qty: words[3].parse().unwrap(),
            lot: named(&words, "lot").unwrap_or_default().into(),
            handling_unit: named(&words, "hu").unwrap_or_default().into(),
            picked: named(&words, "picked").map_or(0, |n| n.parse().unwrap()),
        });
        self
    }

    /// A code of an item beside those it has.
    pub fn code(mut self, code: &str, item: &str) -> Self {
        self.barcodes.push(Barcode { code: code.to_owned(), item: item.into(), qty: 1, unit: Unit::Each });
        self
    }

    /// A location that another code reads as.
    pub fn place(mut self, id: &str, code: &str) -> Self {
        self.locations.push(Location { id: id.into(), code: code.to_owned(), ..Location::default() });
        self
    }

    /// A handling unit.
    pub fn unit(mut self, id: &str, kind: HandlingUnitKind) -> Self {
        self.units.push(HandlingUnit { id: id.into(), kind, ..HandlingUnit::default() });
        self
    }

    /// The cart without totes.
    pub fn bare_cart(mut self) -> Self {
        for slot in &mut self.task.slots {
            let tote = std::mem::take(&mut slot.tote);
            if let Some(unit) = self.units.iter_mut().find(|unit| unit.id == tote) {
                unit.order = OrderId::default();
            }
        }
        self
    }

    /// Other settings.
    pub fn set(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// Any other change.
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub fn lines(&self) -> Arc<[Line]> {
        self.lines.clone().into()
    }

    fn assign(&mut self, tote: &HandlingUnitId, order: &OrderId) {
        for unit in self.units.iter_mut().filter(|unit| unit.id == *tote) {
            unit.order = order.clone();
        }
    }

    /// The bytes of `text`: `(01)X6(10)L1` is an element string with the GTIN of `X6`, all else is as
    /// it stands.
    pub fn bytes(&self, text: &str) -> Vec<u8> {
        if !text.starts_with('(') {
            return text.replace("{GS}", "\u{1d}").into_bytes();
        }
        let mut out = String::from("]C1");
        for part in text.split('(').skip(1) {
            let (ai, value) = part.split_once(')').unwrap();
            let value = if ai == "01" { self.gtin_of(value) } else { value.to_owned() };
            out.push_str(ai);
            out.push_str(&value);
            if !matches!(ai, "00" | "01" | "11" | "15" | "17" | "414") {
                out.push('\u{1d}');
            }
        }
        out.trim_end_matches('\u{1d}').as_bytes().to_vec()
    }

    /// The GTIN of a packing by its short code.
    pub fn gtin_of(&self, house: &str) -> String {
        let row = self.barcodes.iter().find(|b| b.code == house);
        let Some(row) = row else { return house.to_owned() };
        self.barcodes
            .iter()
            .find(|b| b.item == row.item && b.qty == row.qty && b.code.len() == 14)
            .map_or_else(|| house.to_owned(), |b| b.code.clone())
    }

    /// What a scan means at `here`, whose stock of `item` counts.
    pub fn meant(&self, text: &str, here: &LocationId, item: &ItemId) -> Result<(Meant, Known), scan::Refusal> {
        self.meant_by(text, |lookup| {
            lookup.here = here.clone();
            lookup.item = item.clone();
        })
    }

    /// What a scan means at a step that asks the store for more.
    pub fn meant_by(&self, text: &str, widen: impl FnOnce(&mut Lookup)) -> Result<(Meant, Known), scan::Refusal> {
        let read = scan::read(&Scan { raw: self.bytes(text), source: Source::Serial, complete: true })?;
        let mut lookup = Lookup::of(&read);
        widen(&mut lookup);
        let known = self.look_up(&lookup);
        Ok((scan::classify(&read, &known, &scan::Rules::default(), TODAY).into(), known))
    }

    /// As the device's store answers.
    pub fn look_up(&self, look: &Lookup) -> Known {
        let mut known = Known::default();
        let unique = |list: &mut Vec<(ItemId, String)>, item: &ItemId, name: &str| {
            let pair = (item.clone(), name.to_owned());
            if !list.contains(&pair) {
                list.push(pair);
            }
        };
        known.barcodes = self.barcodes.iter().filter(|b| look.barcodes.contains(&b.code)).cloned().collect();
        known.locations = self
            .locations
            .iter()
            .filter(|l| look.locations.contains(&l.code) || look.locations.contains(&l.id.0))
            .cloned()
            .collect();
        known.handling_units = self.units.iter().filter(|u| look.handling_units.contains(&u.id.0)).cloned().collect();
        known.filled = self
            .filled
            .iter()
            .cloned()
            .chain(self.stock.iter().filter(|s| s.qty > 0).map(|s| s.handling_unit.clone()))
            .filter(|unit| look.handling_units.contains(&unit.0))
            .collect();
        known.operators = self.operators.iter().filter(|o| look.badges.contains(&o.badge_hash)).cloned().collect();
        known.tasks = Some(&self.task).filter(|t| look.tasks.contains(&t.id.0)).cloned().into_iter().collect();
        let (mut lots, mut serials) = (Vec::new(), Vec::new());
        for stock in &self.stock {
            if look.lots.contains(&stock.lot.0) {
                unique(&mut lots, &stock.item, stock.lot.as_str());
            }
            if look.serials.contains(&stock.serial.0) {
                unique(&mut serials, &stock.item, stock.serial.as_str());
            }
        }
        known.lots = lots.into_iter().map(|(item, lot)| (item, Lot(lot))).collect();
        known.serials = serials.into_iter().map(|(item, serial)| (item, Serial(serial))).collect();
        known.stock = self
            .stock
            .iter()
            .filter(|s| s.location == look.here && s.item == look.item && s.qty > 0)
            .cloned()
            .collect();
        let mut inside = look.inside.clone();
        if look.about || look.claims {
            inside.extend(known.handling_units.iter().map(|unit| unit.id.clone()));
        }
        known.content = self.stock.iter().filter(|s| s.qty > 0 && inside.contains(&s.handling_unit)).cloned().collect();
        let claimed = |claim: &&Claim| {
            look.handling_units.contains(&claim.handling_unit.0)
                || (claim.item == look.item
                    && claim.location == look.here
                    && !(claim.lot.is_none() && claim.handling_unit.is_none()))
        };
        if look.claims {
            let own = self.lines.iter().filter(|line| line.open_qty() > 0).map(|line| Claim {
                task: line.task.clone(),
                line: line.id.clone(),
                location: line.location.clone(),
                item: line.item.clone(),
                lot: line.lot.clone(),
                handling_unit: line.handling_unit.clone(),
                qty: line.open_qty(),
                picked: line.picked,
            });
            let all: Vec<Claim> = self.claims.iter().cloned().chain(own).collect();
            known.claims = all.iter().filter(claimed).cloned().collect();
        }
        known.items = self
            .items
            .iter()
            .filter(|item| {
                item.id == look.item
                    || known.barcodes.iter().any(|b| b.item == item.id)
                    || known.content.iter().any(|stock| stock.item == item.id)
                    || known.lots.iter().any(|(id, _)| *id == item.id)
                    || known.serials.iter().any(|(id, _)| *id == item.id)
            })
            .cloned()
            .collect();
        known
    }

    /// What a fact does to the device's copy.
    pub fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::ToteAssigned { order, tote, slot, .. } => {
                self.assign(tote, order);
                for place in self.task.slots.iter_mut().filter(|s| s.slot == *slot) {
                    place.tote = tote.clone();
                }
            }
            Fact::Picked { line, units, .. } => {
                let qty: i64 = units.iter().map(|u| u.qty).sum();
                for row in self.lines.iter_mut().filter(|l| l.id == *line) {
                    row.picked += qty;
                    if row.picked >= row.qty {
                        row.state = LineState::Done;
                    }
                }
            }
            Fact::ToteClosed { slot, .. } => {
                for place in self.task.slots.iter_mut().filter(|s| s.slot == *slot) {
                    place.tote = HandlingUnitId::default();
                }
            }
            Fact::Sorted { line, units, .. } => {
                let qty: i64 = units.iter().map(|u| u.qty).sum();
                for row in self.lines.iter_mut().filter(|l| l.id == *line) {
                    row.sorted += qty;
                }
            }
            Fact::PickedShort { line, .. } => {
                for row in self.lines.iter_mut().filter(|l| l.id == *line) {
                    row.state = LineState::Short;
                }
            }
            _ => {}
        }
        let moves = match fact {
            Fact::DroppedOff { location, totes, .. } => {
                let content: Vec<Stock> =
                    self.stock.iter().filter(|s| totes.contains(&s.handling_unit)).cloned().collect();
                content_moves(&content, location)
            }
            // What stands at its source is carried by whoever has the rows of handling units.
            Fact::Moved { task, unit, to, .. } if *task == self.task.id && !unit.is_none() => {
                let content: Vec<Stock> = self.stock.iter().filter(|s| s.handling_unit == *unit).cloned().collect();
                content_moves(&content, to)
            }
            fact => fact.moves(),
        };
        for one in moves {
            let expiry =
                self.stock.iter().find(|s| s.item == one.item && s.lot == one.lot).and_then(|s| s.expiry.clone());
            self.change(&one, &one.from, -one.qty, None);
            self.change(&one, &one.to, one.qty, expiry);
        }
    }

    /// What a fact did is taken back.
    pub fn undo(&mut self, fact: &Fact) {
        let Fact::Picked { line, units, .. } = fact else { return };
        let qty: i64 = units.iter().map(|u| u.qty).sum();
        for row in self.lines.iter_mut().filter(|l| l.id == *line) {
            row.picked -= qty;
            row.state = LineState::Open;
        }
        for one in fact.moves() {
            self.change(&one, &one.to, -one.qty, None);
            self.change(&one, &one.from, one.qty, None);
        }
    }

    fn change(&mut self, one: &Move, at: &Place, qty: i64, expiry: Option<IsoDate>) {
        let row = self.stock.iter_mut().find(|s| {
            s.item == one.item
                && s.lot == one.lot
                && s.serial == one.serial
                && s.location == at.location
                && s.handling_unit == at.handling_unit
                && s.status == at.status
        });
        match row {
            Some(row) => row.qty += qty,
            None => self.stock.push(Stock {
                location: at.location.clone(),
                item: one.item.clone(),
                lot: one.lot.clone(),
                serial: one.serial.clone(),
                handling_unit: at.handling_unit.clone(),
                status: at.status,
                qty,
                expiry,
            }),
        }
    }
}

/// An operator whose badge reads `BADGE-{id}`; the hash is the badge itself here.
pub fn operator(id: &str, name: &str) -> Operator {
    Operator {
        id: id.into(),
        name: name.to_owned(),
        badge_hash: format!("BADGE-{id}"),
        pin_phc: "$argon2id$…".to_owned(),
        roles: vec![Role::Pick],
        valid_to_ms: 0,
        language: String::new(),
    }
}
