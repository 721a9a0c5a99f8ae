//! What may stand where, by the rules that the device has too, over sums of the book.

use floorhand_domain::id::{ItemId, Lot};
use floorhand_domain::master::{ItemClass, Location};
use floorhand_domain::place::{self, WhyNot};
use floorhand_domain::reason::Reason;
use floorhand_domain::stock::{Status, Stock};

/// Goods that stand somewhere, or are on their way there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// What.
    pub item: ItemId,
    /// Its lot. Empty = none.
    pub lot: Lot,
    /// Units; below zero where the book was short, which takes no room.
    pub qty: i64,
}

/// Goods that want to stand there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Goods {
    /// What.
    pub item: ItemId,
    /// Its family.
    pub class: ItemClass,
    /// Its lot. Empty = none.
    pub lot: Lot,
    /// In which status.
    pub status: Status,
    /// Units.
    pub qty: i64,
}

/// Whether goods may stand at a place beside what is there without them.
///
/// # Errors
/// `PLACE_FORBIDDEN`, `PLACE_MIX` or `PLACE_FULL`, the first that holds.
pub fn may_stand(place: &Location, there: &[Standing], goods: &Goods) -> Result<(), Reason> {
    let there: Vec<Stock> = there
        .iter()
        .map(|own| Stock {
            location: place.id.clone(),
            item: own.item.clone(),
            lot: own.lot.clone(),
            qty: own.qty,
            ..Stock::default()
        })
        .collect();
    let Goods { item, class, lot, status, qty } = goods;
    let one = place::Goods { item, class: Some(*class), lot, status: *status, qty: *qty };
    place::may_stand_together(place, &there, &[one]).map_err(|why| match why {
        WhyNot::Forbidden => Reason::PlaceForbidden,
        WhyNot::Mix { .. } => Reason::PlaceMix,
        WhyNot::Full { .. } => Reason::PlaceFull,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use floorhand_domain::master::{LocationKind, Mixing};

    #[test]
    fn what_was_received_waits_where_it_will_be_sold_from() {
        let goods = |status| Goods { item: "X".into(), status, qty: 1, ..Goods::default() };
        let held = Location { status: Status::Quarantined, ..Location::default() };
        let cases = [
            (Location::default(), Status::InTransit, true),
            (Location::default(), Status::Quarantined, false),
            (held.clone(), Status::Quarantined, true),
            (held, Status::InTransit, false),
        ];
        for (place, status, expected) in cases {
            assert_eq!(may_stand(&place, &[], &goods(status)).is_ok(), expected, "{status:?} at {place:?}");
        }
    }

    fn check(place: &Location, there: &[(&str, &str, i64)], goods: (&str, &str, i64), expected: Option<Reason>) {
        let there: Vec<Standing> = there
            .iter()
            .map(|(item, lot, qty)| Standing { item: (*item).into(), lot: (*lot).into(), qty: *qty })
            .collect();
        let goods = Goods { item: goods.0.into(), lot: goods.1.into(), qty: goods.2, ..Goods::default() };
        assert_eq!(may_stand(place, &there, &goods).err(), expected, "{goods:?} beside {there:?} at {place:?}");
    }

    #[test]
    fn room_mixing_and_kind() {
        let bin = Location::default();
        let room = Location { capacity: 10, ..Location::default() };
        let one_item = Location { mixing: Mixing::Item, ..Location::default() };
        let one_lot = Location { mixing: Mixing::Lot, ..Location::default() };
        let class = Location { item_class: Some(ItemClass::Cosmetics), ..Location::default() };
        let held = Location { status: Status::Quarantined, ..Location::default() };
        let dock = Location { kind: LocationKind::Dock, ..held.clone() };
        let transit = Location { kind: LocationKind::Transit, ..Location::default() };
        check(&bin, &[("Y", "", 900)], ("X", "", 5), None);
        check(&room, &[("Y", "", 5)], ("X", "", 5), None);
        check(&room, &[("Y", "", 6)], ("X", "", 5), Some(Reason::PlaceFull));
        check(&room, &[("Y", "", -6)], ("X", "", 11), Some(Reason::PlaceFull));
        check(&one_item, &[("X", "L1", 5)], ("X", "L2", 5), None);
        check(&one_item, &[("Y", "", 5)], ("X", "", 5), Some(Reason::PlaceMix));
        check(&one_item, &[("Y", "", -1)], ("X", "", 5), None);
        check(&one_lot, &[("X", "L1", 5)], ("X", "L2", 5), Some(Reason::PlaceMix));
        check(&one_lot, &[("X", "L1", 5)], ("X", "L1", 5), None);
        check(&class, &[], ("X", "", 5), Some(Reason::PlaceForbidden));
        check(&held, &[], ("X", "", 5), Some(Reason::PlaceForbidden));
        check(&dock, &[], ("X", "", 5), None);
        check(&transit, &[], ("X", "", 5), Some(Reason::PlaceForbidden));
    }
}
