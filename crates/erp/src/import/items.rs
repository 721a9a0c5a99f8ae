//! Items: new ones, and changes of those that are there.

use super::columns::{
    Cells, Column, NAME_CHARS_MAX, WORD_CHARS_MAX, flag, id, may, must, named, not_one_of, whole, words,
};
use super::fault::Reason;
use super::seen::{Seen, key};
use super::{Pass, Table};
use crate::db::Val;
use crate::entity;
use crate::error::Result;
use crate::feed::Changes;
use floorhand_domain::master::Item;
use std::collections::{HashMap, HashSet};

/// Grams of one unit at the most: 100 t.
const WEIGHT_MAX: i64 = 100_000_000;
/// Value of one unit at the most, in minor units.
const VALUE_MAX: i64 = 1_000_000_000_000;
/// Days of shelf life at the most: a century.
const SHELF_DAYS_MAX: i64 = 36_525;
/// Decimals of a typed quantity at the most.
const DECIMALS_MAX: i64 = 3;

pub(super) struct Draft {
    item: Item,
}

static COLUMNS: &[Column<Draft>] = &[
    must("id", |d, t| id(t).map(|t| d.item.id = t.into())),
    must("name", |d, t| words(t, NAME_CHARS_MAX).map(|t| d.item.name = t)),
    may("variant", |d, t| words(t, WORD_CHARS_MAX).map(|t| d.item.variant = t)),
    may("size", |d, t| words(t, WORD_CHARS_MAX).map(|t| d.item.size = t)),
    may("class", |d, t| named(t, "apparel, electronics, cosmetics, general").map(|class| d.item.class = class)),
    may("lot_tracked", |d, t| flag(t).map(|yes| d.item.lot_tracked = yes)),
    may("serial_tracked", |d, t| flag(t).map(|yes| d.item.serial_tracked = yes)),
    may("expiry_tracked", |d, t| flag(t).map(|yes| d.item.expiry_tracked = yes)),
    may("weight_grams", |d, t| whole(t, 0, 0, WEIGHT_MAX).map(|n| d.item.weight_grams = n)),
    may("abc", |d, t| match t.to_ascii_uppercase() {
        class if matches!(class.as_str(), "" | "A" | "B" | "C") => {
            d.item.abc = class;
            Ok(())
        }
        _ => Err(not_one_of(t, "A, B, C")),
    }),
    may("value_minor", |d, t| whole(t, 0, 0, VALUE_MAX).map(|n| d.item.value_minor = n)),
    may("min_shelf_days", |d, t| whole(t, 0, 0, SHELF_DAYS_MAX).map(|n| d.item.min_shelf_days = n)),
    may("decimals", |d, t| whole(t, 0, 0, DECIMALS_MAX).map(|n| d.item.decimals = n)),
];

#[derive(Default)]
pub(super) struct Items {
    ids: Seen,
}

impl Table for Items {
    type Draft = Draft;

    fn columns() -> &'static [Column<Draft>] {
        COLUMNS
    }

    async fn batch(&mut self, pass: &mut Pass<'_, Draft>, rows: &[Cells]) -> Result<()> {
        let ids: Vec<Val> = rows.iter().map(|row| Val::from(pass.header.cell(row, "id"))).collect();
        let stored =
            pass.tx.rows_many("SELECT * FROM item WHERE warehouse_id = 0 AND id IN (VALUES {?})", &[], &ids).await?;
        let mut stored = stored
            .iter()
            .map(|row| entity::item_of(row).map(|item| (item.id.0.clone(), item)))
            .collect::<Result<HashMap<String, Item>>>()?;
        let mut changes = Vec::new();
        let mut kept_otherwise = Vec::new();
        for row in rows {
            let name = pass.header.cell(row, "id");
            let before = stored.remove(name);
            let mut draft = Draft { item: before.clone().unwrap_or_default() };
            let good = pass.header.apply(&mut draft, row, &mut pass.faults);
            if !name.is_empty()
                && let Some((first, ())) = self.ids.note(key(&[name]), row.line, ())
            {
                pass.twice(row.line, "id", first);
                continue;
            }
            let item = draft.item;
            if item.expiry_tracked && !item.lot_tracked {
                let detail = "an item whose lots expire must be kept by lot: set lot_tracked too";
                pass.fault(row.line, "expiry_tracked", Reason::Conflict, detail);
            }
            if !good {
                continue;
            }
            match before {
                Some(before) if before == item => pass.counts.unchanged += 1,
                before => {
                    let changed = before.and_then(|before| tracking(&before, &item));
                    kept_otherwise.extend(changed.map(|column| (row.line, column, item.id.clone())));
                    changes.push(item);
                }
            }
        }
        if !kept_otherwise.is_empty() {
            let ids: Vec<Val> = kept_otherwise.iter().map(|(_, _, id)| Val::from(id)).collect();
            let used = pass
                .tx
                .rows_many(
                    "SELECT DISTINCT item FROM balance WHERE warehouse_id = $1 \
                     AND location NOT IN ('SUPPLIER', 'CUSTOMER', 'LOSS') AND item IN (VALUES {?})",
                    &[Val::from(pass.warehouse)],
                    &ids,
                )
                .await?;
            let used = used.iter().map(|row| row.text("item")).collect::<Result<HashSet<String>>>()?;
            for (line, column, id) in kept_otherwise {
                if used.contains(id.as_str()) {
                    pass.fault(line, column, Reason::InUse, "it cannot change while there is stock of the item");
                }
            }
        }
        if pass.may_write() {
            let mut feed = Changes::new(pass.warehouse);
            for item in &changes {
                entity::put_item(pass.tx, &mut feed, item).await?;
            }
            feed.publish(pass.tx).await?;
        }
        pass.counts.written += u64::try_from(changes.len()).unwrap_or(0);
        Ok(())
    }
}

/// The column by which stock would be kept otherwise than before.
fn tracking(before: &Item, after: &Item) -> Option<&'static str> {
    [
        ("lot_tracked", before.lot_tracked != after.lot_tracked),
        ("serial_tracked", before.serial_tracked != after.serial_tracked),
        ("expiry_tracked", !before.expiry_tracked && after.expiry_tracked),
    ]
    .into_iter()
    .find_map(|(column, differs)| differs.then_some(column))
}
