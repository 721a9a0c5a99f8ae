//! Locations: new ones, and changes of those that are there.

use super::columns::{Cells, Column, WORD_CHARS_MAX, id, may, must, named, whole, words};
use super::fault::{Reason, shown};
use super::seen::{Seen, key};
use super::{Pass, Table};
use crate::db::Val;
use crate::entity;
use crate::error::Result;
use crate::feed::Changes;
use crate::vals;
use floorhand_domain::master::{Location, LocationKind};
use floorhand_domain::stock::{CUSTOMER, LOSS, SUPPLIER, TRANSIT};
use std::collections::{HashMap, HashSet};

/// Places on the path are within ± this.
const SEQUENCE_MAX: i64 = 1_000_000_000_000;
/// Units that fit at the most.
const CAPACITY_MAX: i64 = 1_000_000_000;
/// Stored locations that are read at a time.
const PAGE: i64 = 2_000;

/// The locations that every warehouse has, with the only kind that each can be of.
const STANDING: [(&str, LocationKind); 4] = [
    (TRANSIT, LocationKind::Transit),
    (SUPPLIER, LocationKind::Virtual),
    (CUSTOMER, LocationKind::Virtual),
    (LOSS, LocationKind::Virtual),
];

pub(super) struct Draft {
    location: Location,
}

impl Draft {
    /// The location to store: without a code of its own it reads as its identifier.
    fn finish(self) -> Location {
        let mut location = self.location;
        if location.code.is_empty() {
            location.code = location.id.0.clone();
        }
        location
    }
}

static COLUMNS: &[Column<Draft>] = &[
    must("id", |d, t| id(t).map(|t| d.location.id = t.into())),
    may("code", |d, t| id(t).map(|t| d.location.code = t)),
    may("kind", |d, t| named(t, "bin, dock, staging, pack, transit, virtual").map(|kind| d.location.kind = kind)),
    may("zone", |d, t| words(t, WORD_CHARS_MAX).map(|t| d.location.zone = t)),
    may("sequence", |d, t| whole(t, 0, -SEQUENCE_MAX, SEQUENCE_MAX).map(|n| d.location.sequence = n)),
    may("aisle", |d, t| words(t, WORD_CHARS_MAX).map(|t| d.location.aisle = t)),
    may("bay", |d, t| words(t, WORD_CHARS_MAX).map(|t| d.location.bay = t)),
    may("shelf", |d, t| words(t, WORD_CHARS_MAX).map(|t| d.location.shelf = t)),
    may("level", |d, t| whole(t, 0, 0, 255).map(|n| d.location.level = n)),
    may("levels", |d, t| whole(t, 0, 0, 255).map(|n| d.location.levels = n)),
    may("place", |d, t| whole(t, 0, 0, 255).map(|n| d.location.place = n)),
    may("places", |d, t| whole(t, 0, 0, 255).map(|n| d.location.places = n)),
    may("status", |d, t| named(t, STATUSES).map(|status| d.location.status = status)),
    may("capacity", |d, t| whole(t, 0, 0, CAPACITY_MAX).map(|n| d.location.capacity = n)),
    may("mixing", |d, t| named(t, "any, item, lot").map(|mixing| d.location.mixing = mixing)),
    may("item_class", |d, t| {
        let class = named(t, "apparel, electronics, cosmetics, general")?;
        d.location.item_class = (!t.is_empty()).then_some(class);
        Ok(())
    }),
    may("fixed_item", |d, t| id(t).map(|t| d.location.fixed_item = t.into())),
];

/// The names of the statuses, for messages.
const STATUSES: &str = "available, allocated, in-transit, quarantined, returned, damaged";

#[derive(Default)]
pub(super) struct Locations {
    ids: Seen,
    codes: Seen,
}

impl Table for Locations {
    type Draft = Draft;

    fn columns() -> &'static [Column<Draft>] {
        COLUMNS
    }

    async fn batch(&mut self, pass: &mut Pass<'_, Draft>, rows: &[Cells]) -> Result<()> {
        let ids: Vec<Val> = rows.iter().map(|row| Val::from(pass.header.cell(row, "id"))).collect();
        let stored = pass
            .tx
            .rows_many(
                "SELECT * FROM location WHERE warehouse_id = $1 AND id IN (VALUES {?})",
                &[Val::from(pass.warehouse)],
                &ids,
            )
            .await?;
        let mut stored = stored
            .iter()
            .map(|row| entity::location_of(row).map(|location| (location.id.0.clone(), location)))
            .collect::<Result<HashMap<String, Location>>>()?;
        let mut changes = Vec::new();
        let mut fixed = Vec::new();
        for row in rows {
            let name = pass.header.cell(row, "id");
            let before = stored.remove(name);
            let mut draft = Draft { location: before.clone().unwrap_or_default() };
            let good = pass.header.apply(&mut draft, row, &mut pass.faults);
            if !name.is_empty()
                && let Some((first, ())) = self.ids.note(key(&[name]), row.line, ())
            {
                pass.twice(row.line, "id", first);
                continue;
            }
            let location = draft.finish();
            if !good {
                continue;
            }
            if let Some((first, ())) = self.codes.note(key(&[&location.code]), row.line, ()) {
                pass.twice(row.line, "code", first);
            }
            check(pass, row.line, &location);
            if !location.fixed_item.is_none() {
                fixed.push((row.line, location.fixed_item.clone()));
            }
            if before.as_ref() == Some(&location) {
                pass.counts.unchanged += 1;
            } else {
                changes.push(location);
            }
        }
        if !fixed.is_empty() {
            let ids: Vec<Val> = fixed.iter().map(|(_, item)| Val::from(item)).collect();
            let sql = "SELECT id FROM item WHERE warehouse_id = 0 AND id IN (VALUES {?})";
            let known = pass.tx.rows_many(sql, &[], &ids).await?;
            let known = known.iter().map(|row| row.text("id")).collect::<Result<HashSet<String>>>()?;
            for (line, item) in fixed.iter().filter(|(_, item)| !known.contains(item.as_str())) {
                let detail = format!("there is no item {}; import the items first", shown(item.as_str()));
                pass.fault(*line, "fixed_item", Reason::Unknown, detail);
            }
        }
        if pass.may_write() {
            let mut feed = Changes::new(pass.warehouse);
            for location in &changes {
                entity::put_location(pass.tx, &mut feed, location).await?;
            }
            feed.publish(pass.tx).await?;
        }
        pass.counts.written += u64::try_from(changes.len()).unwrap_or(0);
        Ok(())
    }

    async fn end(&mut self, pass: &mut Pass<'_, Draft>) -> Result<()> {
        self.codes_of_others(pass).await?;
        if pass.may_write() { standing(pass).await } else { Ok(()) }
    }
}

impl Locations {
    /// No other location of the warehouse has a code of the file.
    async fn codes_of_others(&self, pass: &mut Pass<'_, Draft>) -> Result<()> {
        let mut after = String::new();
        loop {
            let rows = pass
                .tx
                .rows(
                    "SELECT id, code FROM location WHERE warehouse_id = $1 AND id > $2 ORDER BY id LIMIT $3",
                    vals![pass.warehouse, &after, PAGE],
                )
                .await?;
            for row in &rows {
                let id = row.str("id")?;
                // One that is in the file itself gets its code from there.
                if self.ids.line(&key(&[id])).is_none()
                    && let Some(line) = self.codes.line(&key(&[row.str("code")?]))
                {
                    pass.fault(line, "code", Reason::Taken, format!("it is the code of location {}", shown(id)));
                }
            }
            match rows.last() {
                Some(last) => after = last.text("id")?,
                None => return Ok(()),
            }
        }
    }
}

fn check(pass: &mut Pass<'_, Draft>, line: u64, location: &Location) {
    let standing = STANDING.iter().find(|(id, _)| *id == location.id.as_str()).map(|(_, kind)| *kind);
    let special = matches!(location.kind, LocationKind::Transit | LocationKind::Virtual);
    if standing.is_some_and(|kind| kind != location.kind) || (standing.is_none() && special) {
        let detail = "only TRANSIT is transit, and only SUPPLIER, CUSTOMER and LOSS are virtual";
        pass.fault(line, "kind", Reason::NotAllowed, detail);
    }
    for (column, number, of) in [("level", location.level, location.levels), ("place", location.place, location.places)]
    {
        if of > 0 && number > of {
            pass.fault(line, column, Reason::OutOfRange, format!("{number} of {of}"));
        }
    }
}

/// Makes the locations that every warehouse has where they are missing.
async fn standing(pass: &Pass<'_, Draft>) -> Result<()> {
    let mut feed = Changes::new(pass.warehouse);
    for (id, kind) in STANDING {
        if entity::location(pass.tx, pass.warehouse, &id.into()).await?.is_none() {
            let location = Location { id: id.into(), code: id.to_owned(), kind, ..Location::default() };
            entity::put_location(pass.tx, &mut feed, &location).await?;
        }
    }
    feed.publish(pass.tx).await
}
