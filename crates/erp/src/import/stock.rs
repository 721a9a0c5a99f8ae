//! Opening balances: moves from outside the building, as a delivery without papers.

use super::columns::{Cells, Column, date, id, may, must, named, whole};
use super::fault::{Reason, Wrong, shown};
use super::seen::{Key, Seen, key};
use super::{Pass, Table};
use crate::db::Val;
use crate::entity;
use crate::error::Result;
use crate::feed::Changes;
use crate::ledger::{self, Receipt, Source};
use floorhand_domain::id::{HandlingUnitId, ItemId, LocationId, Lot, Serial};
use floorhand_domain::master::{HandlingUnit, HandlingUnitKind, IsoDate, Item, LocationKind};
use floorhand_domain::stock::{Place, SUPPLIER, Status};
use std::collections::{BTreeMap, HashMap};

/// Units of one row at the most.
const QTY_MAX: i64 = 1_000_000_000;
/// Reason of the moves.
const REASON: &str = "import";
/// The statuses that stock may have, for messages.
const STATUSES: &str = "available, quarantined, returned, damaged";

#[derive(Default)]
pub(super) struct Draft {
    location: LocationId,
    item: ItemId,
    lot: Lot,
    serial: Serial,
    handling_unit: HandlingUnitId,
    status: Status,
    qty: i64,
    expiry: IsoDate,
}

static COLUMNS: &[Column<Draft>] = &[
    must("location", |d, t| id(t).map(|t| d.location = t.into())),
    must("item", |d, t| id(t).map(|t| d.item = t.into())),
    may("lot", |d, t| id(t).map(|t| d.lot = t.into())),
    may("serial", |d, t| id(t).map(|t| d.serial = t.into())),
    may("handling_unit", |d, t| id(t).map(|t| d.handling_unit = t.into())),
    may("status", status),
    must("qty", |d, t| whole(t, 0, 1, QTY_MAX).map(|n| d.qty = n)),
    may("expiry", |d, t| date(t).map(|t| d.expiry = t)),
];

/// A status that stock may have when a warehouse begins: the others belong to an order or a receipt.
fn status(draft: &mut Draft, text: &str) -> std::result::Result<(), Wrong> {
    draft.status = named(text, STATUSES)?;
    match draft.status {
        Status::Available | Status::Quarantined | Status::Returned | Status::Damaged => Ok(()),
        Status::Allocated | Status::InTransit => {
            let detail = format!("no stock is {} before there are orders and receipts", draft.status.as_str());
            Err(Wrong::new(Reason::NotAllowed, detail))
        }
    }
}

/// What the database knows of the things that a batch names.
#[derive(Default)]
struct Known {
    items: HashMap<String, Item>,
    locations: HashMap<String, LocationKind>,
    units: HashMap<String, HandlingUnit>,
    lots: HashMap<(String, String), IsoDate>,
    /// Where a unit with a serial number is.
    serials: HashMap<(String, String), String>,
}

pub(super) struct Stocks {
    source: Source,
    posted: i64,
    /// Places with what is there; for units with serial numbers the units alone.
    places: Seen,
    /// Lots with their expiry.
    lots: Seen<Key>,
    /// Handling units with their locations.
    units: Seen<Key>,
}

impl Stocks {
    pub(super) fn new(source: &str) -> Self {
        Self {
            source: Source::Request(source.to_owned()),
            posted: 0,
            places: Seen::default(),
            lots: Seen::default(),
            units: Seen::default(),
        }
    }
}

impl Table for Stocks {
    type Draft = Draft;

    fn columns() -> &'static [Column<Draft>] {
        COLUMNS
    }

    async fn batch(&mut self, pass: &mut Pass<'_, Draft>, rows: &[Cells]) -> Result<()> {
        let mut drafts = Vec::with_capacity(rows.len());
        for row in rows {
            let mut draft = Draft::default();
            if pass.header.apply(&mut draft, row, &mut pass.faults) {
                drafts.push((row.line, draft));
            }
        }
        let known = known(pass, &drafts).await?;
        let mut good = Vec::with_capacity(drafts.len());
        for (line, draft) in drafts {
            let before = pass.faults.total;
            let expiry = self.check(pass, &known, line, &draft);
            if pass.faults.total == before {
                good.push((draft, expiry));
            }
        }
        pass.counts.written += u64::try_from(good.len()).unwrap_or(0);
        if pass.may_write() {
            self.write(pass, &known, good).await?;
        }
        Ok(())
    }
}

impl Stocks {
    /// Looks at one row; returns the expiry of its lot, where it has one.
    fn check(&mut self, pass: &mut Pass<'_, Draft>, known: &Known, line: u64, draft: &Draft) -> Option<IsoDate> {
        let (location, name) = (draft.location.as_str(), draft.item.as_str());
        match known.locations.get(location) {
            None => {
                let detail = format!("there is no location {}; import the locations first", shown(location));
                pass.fault(line, "location", Reason::Unknown, detail);
            }
            Some(LocationKind::Transit | LocationKind::Virtual) => {
                pass.fault(line, "location", Reason::NotAllowed, "no goods can stand there when a warehouse begins");
            }
            Some(_) => {}
        }
        let Some(item) = known.items.get(name) else {
            let detail = format!("there is no item {}; import the items first", shown(name));
            pass.fault(line, "item", Reason::Unknown, detail);
            return None;
        };
        let tracked =
            [("lot", item.lot_tracked, draft.lot.is_none()), ("serial", item.serial_tracked, draft.serial.is_none())];
        for (column, tracked, none) in tracked {
            if tracked && none {
                pass.fault(line, column, Reason::Required, format!("the item is kept by {column}"));
            } else if !tracked && !none {
                pass.fault(
                    line,
                    column,
                    Reason::NotAllowed,
                    format!("the item is not kept by {column}; leave it empty"),
                );
            }
        }
        if draft.serial.is_none() {
            let at = key(&[location, name, draft.lot.as_str(), draft.handling_unit.as_str(), draft.status.as_str()]);
            if let Some((first, ())) = self.places.note(at, line, ()) {
                pass.twice(line, "location", first);
            }
        } else {
            self.check_serial(pass, known, line, draft);
        }
        if !draft.handling_unit.is_none() {
            self.check_unit(pass, known, line, draft);
        }
        self.check_lot(pass, known, line, draft, item)
    }

    fn check_serial(&mut self, pass: &mut Pass<'_, Draft>, known: &Known, line: u64, draft: &Draft) {
        if draft.qty != 1 {
            pass.fault(line, "qty", Reason::OutOfRange, "must be 1 for a unit with a serial number");
        }
        let unit = (draft.item.0.clone(), draft.serial.0.clone());
        if let Some(there) = known.serials.get(&unit) {
            pass.fault(line, "serial", Reason::Taken, format!("this unit is at {} already", shown(there)));
        }
        if let Some((first, ())) = self.places.note(key(&["serial", &unit.0, &unit.1]), line, ()) {
            pass.twice(line, "serial", first);
        }
    }

    fn check_unit(&mut self, pass: &mut Pass<'_, Draft>, known: &Known, line: u64, draft: &Draft) {
        let unit = draft.handling_unit.as_str();
        match known.units.get(unit) {
            Some(held) if !held.location.is_none() && held.location != draft.location => {
                let detail = format!("it stands at {}", shown(held.location.as_str()));
                pass.fault(line, "handling_unit", Reason::Conflict, detail);
            }
            Some(held) if !held.order.is_none() => {
                let detail = format!("it holds the goods of order {}", shown(held.order.as_str()));
                pass.fault(line, "handling_unit", Reason::InUse, detail);
            }
            _ => {}
        }
        let here = key(&[draft.location.as_str()]);
        if let Some((first, there)) = self.units.note(key(&[unit]), line, here)
            && there != here
        {
            let detail = format!("line {first} has it at another location");
            pass.fault(line, "handling_unit", Reason::Conflict, detail);
        }
    }

    fn check_lot(
        &mut self,
        pass: &mut Pass<'_, Draft>,
        known: &Known,
        line: u64,
        draft: &Draft,
        item: &Item,
    ) -> Option<IsoDate> {
        if draft.lot.is_none() {
            if !draft.expiry.is_empty() {
                pass.fault(line, "expiry", Reason::NotAllowed, "only lots expire; leave it empty");
            }
            return None;
        }
        let stored = known.lots.get(&(draft.item.0.clone(), draft.lot.0.clone()));
        let expiry = match stored {
            Some(stored) if !draft.expiry.is_empty() && *stored != draft.expiry => {
                let has = if stored.is_empty() { "no expiry".to_owned() } else { format!("expiry {stored}") };
                pass.fault(line, "expiry", Reason::Conflict, format!("the lot is known with {has}"));
                stored
            }
            Some(stored) => stored,
            None => &draft.expiry,
        };
        if item.expiry_tracked && expiry.is_empty() {
            pass.fault(line, "expiry", Reason::Required, "the lots of this item expire");
        }
        let date = key(&[expiry]);
        if let Some((first, other)) = self.lots.note(key(&[draft.item.as_str(), draft.lot.as_str()]), line, date)
            && other != date
        {
            pass.fault(line, "expiry", Reason::Conflict, format!("line {first} gives the same lot another expiry"));
        }
        Some(expiry.clone()).filter(|expiry| !expiry.is_empty())
    }

    async fn write(
        &mut self,
        pass: &Pass<'_, Draft>,
        known: &Known,
        rows: Vec<(Draft, Option<IsoDate>)>,
    ) -> Result<()> {
        let mut feed = Changes::new(pass.warehouse);
        let mut lots = BTreeMap::new();
        let mut units = BTreeMap::new();
        let mut receipts = Vec::with_capacity(rows.len());
        for (draft, expiry) in rows {
            let Draft { location, item, lot, serial, handling_unit, status, qty, .. } = draft;
            let pair = (item.0.clone(), lot.0.clone());
            if !lot.is_none() && !known.lots.contains_key(&pair) {
                lots.insert(pair, expiry.clone().unwrap_or_default());
            }
            let held = known.units.get(handling_unit.as_str());
            if !handling_unit.is_none() && held.is_none_or(|held| held.location.is_none()) {
                let fresh = || HandlingUnit {
                    id: handling_unit.clone(),
                    kind: HandlingUnitKind::Pallet,
                    ..HandlingUnit::default()
                };
                let held = held.cloned().unwrap_or_else(fresh);
                units.insert(handling_unit.0.clone(), HandlingUnit { location: location.clone(), ..held });
            }
            receipts.push(Receipt { item, lot, expiry, serial, qty, to: Place { location, handling_unit, status } });
        }
        let lots: Vec<Val> =
            lots.into_iter().flat_map(|((item, lot), expiry)| [item, lot, expiry]).map(Val::from).collect();
        let sql = "INSERT INTO lot (warehouse_id, item, lot, expiry) VALUES {$1, ?, ?, ?}";
        pass.tx.execute_many(sql, &[Val::from(pass.warehouse)], &lots).await?;
        for unit in units.values() {
            entity::put_handling_unit(pass.tx, &mut feed, unit).await?;
        }
        let count = i64::try_from(receipts.len()).unwrap_or(i64::MAX);
        let from = LocationId::from(SUPPLIER);
        ledger::post_many(pass.tx, &mut feed, &from, receipts, REASON, &self.source, self.posted).await?;
        self.posted += count;
        feed.publish(pass.tx).await
    }
}

async fn known(pass: &Pass<'_, Draft>, drafts: &[(u64, Draft)]) -> Result<Known> {
    let tx = pass.tx;
    let here = [Val::from(pass.warehouse)];
    let mut known = Known::default();
    let of = |name: fn(&Draft) -> &String| -> Vec<Val> {
        let mut names: Vec<&String> =
            drafts.iter().map(|(_, draft)| name(draft)).filter(|name| !name.is_empty()).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().map(Val::from).collect()
    };
    let sql = "SELECT * FROM item WHERE warehouse_id = 0 AND id IN (VALUES {?})";
    for row in tx.rows_many(sql, &[], &of(|draft| &draft.item.0)).await? {
        let item = entity::item_of(&row)?;
        known.items.insert(item.id.0.clone(), item);
    }
    let sql = "SELECT id, kind FROM location WHERE warehouse_id = $1 AND id IN (VALUES {?})";
    for row in tx.rows_many(sql, &here, &of(|draft| &draft.location.0)).await? {
        known.locations.insert(row.text("id")?, entity::parse(row.str("kind")?)?);
    }
    let sql = "SELECT * FROM handling_unit WHERE warehouse_id = $1 AND id IN (VALUES {?})";
    for row in tx.rows_many(sql, &here, &of(|draft| &draft.handling_unit.0)).await? {
        let unit = entity::handling_unit_of(&row)?;
        known.units.insert(unit.id.0.clone(), unit);
    }
    let pairs = |second: fn(&Draft) -> &String| -> Vec<Val> {
        let drafts = drafts.iter().filter(|(_, draft)| !second(draft).is_empty());
        drafts.flat_map(|(_, draft)| [Val::from(&draft.item), Val::from(second(draft))]).collect()
    };
    let sql = "SELECT item, lot, expiry FROM lot WHERE warehouse_id = $1 AND (item, lot) IN (VALUES {?, ?})";
    for row in tx.rows_many(sql, &here, &pairs(|draft| &draft.lot.0)).await? {
        known.lots.insert((row.text("item")?, row.text("lot")?), row.text("expiry")?);
    }
    let sql = "SELECT item, serial, location FROM balance WHERE warehouse_id = $1 AND qty > 0 \
               AND location NOT IN ('SUPPLIER', 'CUSTOMER', 'LOSS') AND (item, serial) IN (VALUES {?, ?})";
    for row in tx.rows_many(sql, &here, &pairs(|draft| &draft.serial.0)).await? {
        known.serials.insert((row.text("item")?, row.text("serial")?), row.text("location")?);
    }
    Ok(known)
}
