//! What may stand where, and which place is suggested. Device and core ask
//! the same functions.

use crate::id::{ItemId, LocationId, Lot};
use crate::master::{Item, ItemClass, Location, LocationKind, Mixing};
use crate::stock::{Status, Stock};
use crate::task::Why;

/// Why goods may not stand in a location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhyNot {
    /// Its kind, its status or the family of items that it is for.
    Forbidden,
    /// They do not fit.
    Full {
        /// Units that still fit, 0 or more.
        free: i64,
    },
    /// Other goods stand there, and nothing is mixed.
    Mix {
        /// What stands there, or comes with it.
        holds: ItemId,
    },
}

/// Goods that are to stand somewhere: units of one item, lot and status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Goods<'a> {
    /// The item.
    pub item: &'a ItemId,
    /// Its family. `None` = not known: such goods enter no place that is for one family.
    pub class: Option<ItemClass>,
    /// The lot. Empty = none.
    pub lot: &'a Lot,
    /// The status.
    pub status: Status,
    /// Units.
    pub qty: i64,
}

/// Whether units of one item, lot and status may stand in a location. `there` is what the book has in
/// it; stock of other locations does not count.
///
/// # Errors
/// Why not.
pub fn may_stand(
    location: &Location,
    there: &[Stock],
    item: &Item,
    lot: &Lot,
    status: Status,
    qty: i64,
) -> Result<(), WhyNot> {
    may_stand_together(location, there, &[Goods { item: &item.id, class: Some(item.class), lot, status, qty }])
}

/// Whether goods that come together, as on a pallet, may stand in a location.
///
/// # Errors
/// Why not, the first of: forbidden, mixed, full.
pub fn may_stand_together(location: &Location, there: &[Stock], goods: &[Goods<'_>]) -> Result<(), WhyNot> {
    let held = || there.iter().filter(|stock| stock.location == location.id && stock.qty > 0);
    if !goods.iter().all(|one| takes(location, one)) {
        return Err(WhyNot::Forbidden);
    }
    if location.mixing != Mixing::Any {
        let by_lot = location.mixing == Mixing::Lot;
        let kinds = held().map(|stock| (&stock.item, &stock.lot)).chain(goods.iter().map(|one| (one.item, one.lot)));
        for one in goods {
            let other = kinds.clone().find(|(item, lot)| *item != one.item || (by_lot && *lot != one.lot));
            if let Some((item, _)) = other {
                return Err(WhyNot::Mix { holds: item.clone() });
            }
        }
    }
    if location.capacity > 0 {
        let sum = |numbers: &mut dyn Iterator<Item = i64>| numbers.fold(0_i64, i64::saturating_add);
        let free = location.capacity.saturating_sub(sum(&mut held().map(|stock| stock.qty))).max(0);
        if sum(&mut goods.iter().map(|one| one.qty)) > free {
            return Err(WhyNot::Full { free });
        }
    }
    Ok(())
}

/// Kind, status and family.
fn takes(location: &Location, goods: &Goods<'_>) -> bool {
    let status = match location.kind {
        LocationKind::Virtual | LocationKind::Transit => false,
        LocationKind::Dock | LocationKind::Staging | LocationKind::Pack => true,
        // What was received and is not released yet waits where it will be sold from.
        LocationKind::Bin if goods.status == Status::InTransit => location.status == Status::Available,
        LocationKind::Bin => location.status == goods.status,
    };
    status && location.item_class.is_none_or(|class| goods.class == Some(class))
}

/// The bins in which goods may stand, best first: the item's own place, one where the same item is,
/// an empty one; within these along the pick path. A place of another item is none, nor is one where
/// other goods are: they may be scanned, not suggested. At most `limit` are returned.
pub fn suggest<'a>(
    candidates: impl IntoIterator<Item = (&'a Location, &'a [Stock])>,
    goods: &[Goods<'_>],
    limit: usize,
) -> Vec<(LocationId, Why)> {
    let Some(first) = goods.first() else { return Vec::new() };
    let one_item = goods.iter().all(|one| one.item == first.item);
    let mut found: Vec<(u8, &Location, Why)> = Vec::new();
    for (location, there) in candidates {
        if location.kind != LocationKind::Bin || may_stand_together(location, there, goods).is_err() {
            continue;
        }
        let mut held = there.iter().filter(|stock| stock.location == location.id && stock.qty > 0).peekable();
        let (rank, why) = if one_item && location.fixed_item == *first.item {
            (0, Why::Fixed)
        } else if !location.fixed_item.is_none() {
            continue;
        } else if held.peek().is_none() {
            (2, Why::Empty)
        } else if one_item && held.all(|stock| stock.item == *first.item) {
            (1, Why::SameItem)
        } else {
            continue;
        };
        found.push((rank, location, why));
    }
    found.sort_by(|a, b| (a.0, a.1.sequence, &a.1.id).cmp(&(b.0, b.1.sequence, &b.1.id)));
    found.into_iter().take(limit).map(|(_, location, why)| (location.id.clone(), why)).collect()
}
