//! What customers of the demo ordered, and which orders go onto one cart.

use super::catalogue::{kind, product};
use super::chance::Chance;
use super::goods::Size;
use crate::orders::{NewLine, NewOrder, ReleaseMode};
use floorhand_domain::master::ItemClass;
use floorhand_domain::outbound::PartialShip;
use jiff::civil::{Date, time};
use jiff::tz::TimeZone;

const FIRST_NAMES: &[&str] = &[
    "Ada", "Bruno", "Clara", "Daan", "Elif", "Farid", "Gina", "Hugo", "Ines", "Jakub", "Kaya", "Lena", "Milo", "Nadia",
    "Oskar", "Paula", "Quentin", "Rosa", "Sami", "Thea", "Umut", "Vera", "Wim", "Yara", "Zoe",
];
const INITIALS: &[char] = &['A', 'B', 'C', 'D', 'F', 'G', 'H', 'K', 'L', 'M', 'N', 'P', 'R', 'S', 'T', 'V', 'W'];
/// Hours at which carriers leave.
const CUTOFFS: [i8; 3] = [14, 16, 18];

/// A moment of a day in UTC, in milliseconds since 1970.
pub(super) fn at(day: Date, hour: i8) -> i64 {
    day.to_datetime(time(hour, 0, 0, 0)).to_zoned(TimeZone::UTC).map_or(0, |moment| moment.timestamp().as_millisecond())
}

pub(super) fn order_id(n: usize) -> String {
    format!("SO-{}", 10_001 + n)
}

/// Whether an order is small enough for a cart that it shares with others.
pub(super) fn shares_cart(order: &NewOrder) -> bool {
    order.lines.len() <= 3 && order.lines.iter().all(|line| line.qty <= 4)
}

/// The `n`-th order.
pub(super) fn order(size: &Size, n: usize) -> NewOrder {
    let mut chance = Chance::of(size.seed, "order", n);
    let wanted = [1, 2, 2, 3, 3, 4, 5].get(chance.below(7)).copied().unwrap_or(1).min(size.items);
    let mut indexes: Vec<usize> = Vec::new();
    while indexes.len() < wanted {
        let mut index = chance.below(size.items);
        while indexes.contains(&index) {
            index = (index + 1) % size.items.max(1);
        }
        indexes.push(index);
    }
    let mut qtys: Vec<i64> = Vec::new();
    for index in &indexes {
        let most = if kind(*index).class == ItemClass::Electronics { 2 } else { 4 };
        qtys.push(chance.between(1, most).min(chance.between(1, most)));
    }
    // Every fifth order wants a case of something and a few more.
    if n % 5 == 3 {
        let from = chance.below(size.items);
        let boxed = (0..size.items.min(48)).map(|step| (from + step) % size.items.max(1)).find_map(|index| {
            let qty = product(index).case_qty().filter(|qty| *qty <= 12)?;
            (!indexes.contains(&index)).then_some((index, qty))
        });
        if let (Some((index, case)), Some(first), Some(qty)) = (boxed, indexes.first_mut(), qtys.first_mut()) {
            (*first, *qty) = (index, case + chance.between(0, 2));
        }
    }
    let lines = (1..)
        .zip(indexes.iter().zip(&qtys))
        .map(|(no, (index, qty)): (usize, _)| NewLine { id: no.to_string(), item: product(*index).item.id, qty: *qty })
        .collect();
    NewOrder {
        id: order_id(n).into(),
        customer: format!("{} {}.", chance.one(FIRST_NAMES), chance.one(INITIALS)),
        priority: if n % 9 == 4 { 10 } else { 0 },
        cutoff_ms: at(size.today, CUTOFFS.get(n % CUTOFFS.len()).copied().unwrap_or(16)),
        release: ReleaseMode::Hold,
        lines,
        channel: chance.one(&["shop", "shop", "market"]).to_owned(),
        country: chance.one(&["DE", "DE", "DE", "AT", "PL", "FR"]).to_owned(),
        partial: PartialShip::Ask,
    }
}

/// One order of many lines, for what happens with a long task.
pub(super) fn long_order(size: &Size, lines: usize) -> NewOrder {
    let lines = lines.min(size.items);
    NewOrder {
        id: order_id(size.orders).into(),
        customer: "Refill of a shop".to_owned(),
        priority: 0,
        cutoff_ms: 0,
        release: ReleaseMode::Hold,
        lines: (0..lines)
            .map(|n| NewLine {
                id: (n + 1).to_string(),
                item: product(n * size.items / lines.max(1)).item.id,
                qty: 1 + i64::try_from(n % 3).unwrap_or(0),
            })
            .collect(),
        channel: "shop".to_owned(),
        country: "DE".to_owned(),
        partial: PartialShip::Ask,
    }
}

/// Orders on the cart that begins with the `n`-th small order.
pub(super) fn cart_size(size: &Size, n: usize) -> usize {
    4 + Chance::of(size.seed, "cart", n).below(3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn usual() -> Size {
        Size { seed: 1, items: 160, bins: 240, orders: 40, today: jiff::civil::date(2026, 11, 21) }
    }

    #[test]
    fn orders_are_such_as_people_place() {
        for seed in 0..20 {
            let size = Size { seed, ..usual() };
            let orders: Vec<NewOrder> = (0..size.orders).map(|n| order(&size, n)).collect();
            for order in &orders {
                assert!((1..=5).contains(&order.lines.len()));
                let items: HashSet<_> = order.lines.iter().map(|line| &line.item).collect();
                assert_eq!(items.len(), order.lines.len(), "{order:?}");
                assert!(order.lines.iter().all(|line| (1..=14).contains(&line.qty)));
            }
            assert!(orders.iter().flat_map(|order| &order.lines).filter(|line| line.qty >= 6).count() >= 4);
            let small = orders.iter().filter(|order| shares_cart(order)).count();
            assert!((10..=34).contains(&small), "{small} of 40 share carts with seed {seed}");
        }
    }

    #[test]
    fn small_catalogues_do_not_hang() {
        for items in 1..20 {
            let size = Size { items, ..usual() };
            for n in 0..20 {
                assert!(!order(&size, n).lines.is_empty());
            }
        }
        assert_eq!(long_order(&Size { items: 3_000, ..usual() }, 2_000).lines.len(), 2_000);
    }
}
