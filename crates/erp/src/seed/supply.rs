//! What suppliers of the demo are to bring: purchase orders, their deliveries and announced pallets.

use super::catalogue::{kind, product};
use super::chance::Chance;
use super::demand::at;
use super::goods::Size;
use crate::inbound::read::{NewContent, NewDeliveryLine, NewOrderLine, NewUnit};
use crate::inbound::{NewDelivery, NewPurchaseOrder};
use floorhand_domain::master::{HandlingUnitKind, ItemClass};
use floorhand_gs1::check;
use jiff::ToSpan;

/// Purchase orders of the demo.
pub(super) const ORDERS: usize = 5;
/// Suppliers, one an order.
const SUPPLIERS: [&str; ORDERS] =
    ["Northway Apparel", "Volta Devices", "Derma Labs", "Hearth & Home", "Harbour Trading"];
/// What each of them sells. The last sells anything.
const SELLS: [&[ItemClass]; ORDERS] = [
    &[ItemClass::Apparel],
    &[ItemClass::Electronics],
    &[ItemClass::Cosmetics],
    &[ItemClass::General],
    &[ItemClass::Apparel, ItemClass::Electronics, ItemClass::Cosmetics, ItemClass::General],
];
/// Lines of an order.
const LINES: usize = 4;
/// Days of shelf life that orders of goods that expire ask for.
const SHELF_DAYS: u32 = 90;
/// Docks of the building.
const DOCKS: usize = 4;

/// The `n`-th purchase order, if the catalogue has something for it.
pub(super) fn order(size: &Size, n: usize) -> Option<NewPurchaseOrder> {
    let mut chance = Chance::of(size.seed, "purchase-order", n);
    let classes = SELLS.get(n % ORDERS).copied().unwrap_or_default();
    let items: Vec<usize> = (0..size.items.min(4_000)).filter(|index| classes.contains(&kind(*index).class)).collect();
    let mut chosen: Vec<usize> = Vec::new();
    while chosen.len() < LINES.min(items.len()) {
        let mut next = chance.below(items.len());
        while items.get(next).is_some_and(|index| chosen.contains(index)) {
            next = (next + 1) % items.len();
        }
        chosen.extend(items.get(next));
    }
    let lines: Vec<NewOrderLine> = chosen
        .into_iter()
        .map(|index| {
            let item = product(index).item;
            let ordered = if item.serial_tracked { chance.between(4, 10) } else { chance.between(2, 10) * 12 };
            NewOrderLine {
                over_percent: if item.serial_tracked { 0 } else { -1 },
                min_shelf_days: if item.expiry_tracked { SHELF_DAYS } else { 0 },
                item: item.id,
                ordered,
            }
        })
        .collect();
    (!lines.is_empty()).then(|| NewPurchaseOrder {
        id: format!("PO-{}", 7_001 + n).into(),
        supplier: SUPPLIERS.get(n % ORDERS).copied().unwrap_or_default().to_owned(),
        door: door(n).into(),
        due_ms: due(size, n),
        lines,
    })
}

fn door(n: usize) -> String {
    format!("DOCK-{}", n % DOCKS + 1)
}

fn due(size: &Size, n: usize) -> i64 {
    at(size.today, i8::try_from(8 + 2 * (n % 5)).unwrap_or(8))
}

/// The delivery that announces an order: a pallet a line of what goes on pallets. Every third order is
/// not announced; its own delivery stands for it.
pub(super) fn delivery(size: &Size, n: usize, order: &NewPurchaseOrder) -> Option<NewDelivery> {
    if n % 3 == 1 {
        return None;
    }
    let mut chance = Chance::of(size.seed, "delivery", n);
    let mut units = Vec::new();
    for (k, line) in order.lines.iter().enumerate() {
        let expires = line.min_shelf_days > 0;
        // What has serial numbers comes loose: nobody announces them.
        if line.over_percent == 0 {
            continue;
        }
        let days = chance.between(200, 700);
        let expiry = size.today.checked_add(days.days()).map(|day| day.to_string()).unwrap_or_default();
        let content = NewContent {
            item: line.item.clone(),
            qty: line.ordered,
            lot: if expires { format!("N{:05}", chance.between(10_000, 99_999)) } else { String::new() },
            expiry: if expires { expiry } else { String::new() },
        };
        units.push(NewUnit { label: sscc(n * 100 + k), kind: HandlingUnitKind::Pallet, content: vec![content] });
    }
    Some(NewDelivery {
        id: format!("ASN-{}", 7_001 + n).into(),
        supplier: order.supplier.clone(),
        orders: vec![order.id.clone()],
        door: order.door.clone(),
        due_ms: order.due_ms,
        lines: Vec::<NewDeliveryLine>::new(),
        units,
    })
}

/// An SSCC of the prefix that GS1 keeps for demonstrations (General Specifications, 3.2).
fn sscc(n: usize) -> String {
    let body = format!("3952{n:013}");
    format!("{body}{}", check::digit(body.as_bytes()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn usual() -> Size {
        Size { seed: 1, items: 160, bins: 240, orders: 40, today: jiff::civil::date(2026, 11, 21) }
    }

    #[test]
    fn labels_are_sscc_and_every_kind_of_item_comes() {
        let (mut labels, mut classes) = (HashSet::new(), HashSet::new());
        let mut lots = 0;
        for n in 0..ORDERS {
            let order = order(&usual(), n).unwrap();
            assert_eq!(order.lines.len(), LINES);
            let items: HashSet<_> = order.lines.iter().map(|line| line.item.clone()).collect();
            assert_eq!(items.len(), LINES, "an item twice");
            classes.extend(items.iter().map(|item| item.as_str().chars().take(2).collect::<String>()));
            for unit in delivery(&usual(), n, &order).into_iter().flat_map(|delivery| delivery.units) {
                assert!(floorhand_gs1::Sscc::from_digits(&unit.label).is_ok(), "{}", unit.label);
                assert!(labels.insert(unit.label), "a label twice");
                lots += unit.content.iter().filter(|content| !content.lot.is_empty()).count();
            }
        }
        assert_eq!(classes.len(), 4);
        assert!(labels.len() >= 6 && lots >= 4, "{} pallets, {lots} lots", labels.len());
    }

    #[test]
    fn a_small_catalogue_orders_what_it_has() {
        let size = Size { items: 1, ..usual() };
        let orders: Vec<_> = (0..ORDERS).filter_map(|n| order(&size, n)).collect();
        assert!(orders.iter().all(|order| order.lines.len() == 1));
        assert_eq!(orders.len(), 2, "apparel, and whoever sells anything");
    }
}
