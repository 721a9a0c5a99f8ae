//! Which cartons an order takes: first fit, the largest items first, by volume, weight and longest side.
//! Pure; what becomes of the answer is the packer's affair.

use floorhand_domain::id::{CartonTypeId, ItemId};
use floorhand_domain::outbound::CartonType;

/// Cartons suggested for one order at the most.
pub const CARTONS_MAX: usize = 200;

/// Units of one item that are to be packed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Goods {
    /// The item.
    pub item: ItemId,
    /// Units.
    pub qty: i64,
    /// Length, width and height of one unit in millimetres; 0 = not known, it fits anywhere.
    pub size_mm: [i64; 3],
    /// Weight of one unit in grams; 0 = not known.
    pub grams: i64,
}

/// A carton that is suggested.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filled {
    /// Its type.
    pub carton: CartonTypeId,
    /// What goes into it.
    pub goods: Vec<(ItemId, i64)>,
}

/// Longest side first.
fn sides(mut size: [i64; 3]) -> [i64; 3] {
    size.sort_unstable_by(|a, b| b.cmp(a));
    size
}

fn volume(size: [i64; 3]) -> i64 {
    size.iter().fold(1, |volume: i64, side| volume.saturating_mul((*side).max(0)))
}

/// How much more goes into a carton.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Room {
    sides: [i64; 3],
    volume: i64,
    grams: i64,
}

impl Room {
    fn of(carton: &CartonType) -> Self {
        let unknown = carton.inner_mm.contains(&0);
        let limit = |value: i64, none: bool| if none { i64::MAX } else { value };
        Self {
            sides: if unknown { [i64::MAX; 3] } else { sides(carton.inner_mm) },
            volume: limit(volume(carton.inner_mm), unknown),
            grams: limit(carton.max_grams.saturating_sub(carton.tare_grams).max(0), carton.max_grams <= 0),
        }
    }

    /// Units of these goods that still fit.
    fn takes(&self, goods: &Goods) -> i64 {
        let fits = sides(goods.size_mm).iter().zip(self.sides).all(|(side, inner)| *side <= inner);
        if !fits {
            return 0;
        }
        let by = |room: i64, each: i64| if each > 0 { room / each } else { i64::MAX };
        by(self.volume, volume(goods.size_mm)).min(by(self.grams, goods.grams)).max(0)
    }

    fn fill(&mut self, goods: &Goods, qty: i64) {
        self.volume = self.volume.saturating_sub(volume(goods.size_mm).saturating_mul(qty));
        self.grams = self.grams.saturating_sub(goods.grams.saturating_mul(qty));
    }
}

#[derive(Debug)]
struct Open<'a> {
    room: Room,
    goods: Vec<(&'a Goods, i64)>,
}

/// The cartons for these goods: each unit goes into the first open carton that takes it, and a new one is of the
/// largest type that the carrier takes; what is then in it decides how small it may be. A unit too large or too
/// heavy for every type is suggested a carton of the largest by itself. Empty where no type is known.
#[must_use]
pub fn cartonize(goods: &[Goods], types: &[CartonType], carrier: &str) -> Vec<Filled> {
    let mut types: Vec<&CartonType> = types.iter().filter(|one| one.suits(carrier)).collect();
    types.sort_by_key(|one| (Room::of(one).volume, Room::of(one).grams, one.id.clone()));
    let mut sorted: Vec<&Goods> = goods.iter().filter(|one| one.qty > 0).collect();
    sorted.sort_by_key(|one| (std::cmp::Reverse(volume(one.size_mm)), std::cmp::Reverse(one.grams), one.item.clone()));
    let Some(largest) = types.last() else { return Vec::new() };
    let mut open: Vec<Open<'_>> = Vec::new();
    for one in sorted {
        let mut left = one.qty;
        for carton in &mut open {
            let qty = carton.room.takes(one).min(left);
            if qty > 0 {
                carton.room.fill(one, qty);
                carton.goods.push((one, qty));
                left -= qty;
            }
        }
        while left > 0 && open.len() < CARTONS_MAX {
            // The largest type may be too light or too slim for it: then the next that takes any.
            let roomy = types.iter().rev().find(|kind| Room::of(kind).takes(one) > 0).unwrap_or(largest);
            let mut room = Room::of(roomy);
            let qty = room.takes(one).clamp(1, left);
            room.fill(one, qty);
            open.push(Open { room, goods: vec![(one, qty)] });
            left -= qty;
        }
    }
    open.iter()
        .map(|carton| Filled {
            carton: smallest(&carton.goods, &types).unwrap_or(largest).id.clone(),
            goods: carton.goods.iter().map(|(goods, qty)| (goods.item.clone(), *qty)).collect(),
        })
        .collect()
}

/// The smallest type that takes all of it.
fn smallest<'a>(goods: &[(&Goods, i64)], types: &[&'a CartonType]) -> Option<&'a CartonType> {
    types.iter().copied().find(|kind| {
        let mut room = Room::of(kind);
        goods.iter().all(|(goods, qty)| {
            let fits = room.takes(goods) >= *qty;
            room.fill(goods, *qty);
            fits
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kind(id: &str, inner_mm: [i64; 3], max_grams: i64, carriers: &[&str]) -> CartonType {
        CartonType {
            id: id.into(),
            inner_mm,
            max_grams,
            carriers: carriers.iter().map(|one| (*one).to_owned()).collect(),
            ..CartonType::default()
        }
    }

    fn types() -> Vec<CartonType> {
        vec![
            kind("L", [600, 400, 400], 30_000, &[]),
            kind("S", [200, 150, 100], 2_000, &[]),
            kind("M", [400, 300, 200], 10_000, &[]),
            kind("XL", [1_200, 800, 800], 60_000, &["FREIGHT"]),
        ]
    }

    fn goods(item: &str, qty: i64, size_mm: [i64; 3], grams: i64) -> Goods {
        Goods { item: item.into(), qty, size_mm, grams }
    }

    fn check(goods: &[Goods], carrier: &str, expected: &[(&str, &[(&str, i64)])]) {
        let filled = cartonize(goods, &types(), carrier);
        let got: Vec<(&str, Vec<(&str, i64)>)> = filled
            .iter()
            .map(|one| (one.carton.as_str(), one.goods.iter().map(|(item, qty)| (item.as_str(), *qty)).collect()))
            .collect();
        let expected: Vec<(&str, Vec<(&str, i64)>)> =
            expected.iter().map(|(carton, goods)| (*carton, goods.to_vec())).collect();
        assert_eq!(got, expected, "{goods:?} by {carrier}");
    }

    #[test]
    fn the_smallest_carton_that_does() {
        check(&[goods("X", 1, [100, 80, 40], 300)], "SIM", &[("S", &[("X", 1)])]);
        check(&[goods("X", 20, [100, 80, 40], 100)], "SIM", &[("M", &[("X", 20)])]);
        // Two small ones by weight go into a larger one.
        check(&[goods("X", 2, [100, 80, 40], 1_500)], "SIM", &[("M", &[("X", 2)])]);
    }

    #[test]
    fn the_longest_side_decides_however_small_the_rest() {
        check(&[goods("ROD", 1, [10, 550, 10], 100)], "SIM", &[("L", &[("ROD", 1)])]);
        check(&[goods("ROD", 1, [10, 10, 150], 100)], "SIM", &[("S", &[("ROD", 1)])]);
    }

    #[test]
    fn large_first_and_small_into_the_gaps() {
        let big = goods("BIG", 2, [500, 400, 300], 12_000);
        let small = goods("SMALL", 3, [100, 100, 100], 500);
        check(&[small, big], "SIM", &[("L", &[("BIG", 1), ("SMALL", 3)]), ("L", &[("BIG", 1)])]);
    }

    #[test]
    fn weight_splits_what_volume_would_not() {
        check(
            &[goods("LEAD", 5, [50, 50, 50], 14_000)],
            "SIM",
            &[("L", &[("LEAD", 2)]), ("L", &[("LEAD", 2)]), ("L", &[("LEAD", 1)])],
        );
    }

    #[test]
    fn carriers_choose_among_the_types() {
        check(&[goods("X", 1, [1_000, 100, 100], 100)], "FREIGHT", &[("XL", &[("X", 1)])]);
        // Too long for all that this carrier takes: the largest, by itself.
        check(&[goods("X", 2, [1_000, 100, 100], 100)], "SIM", &[("L", &[("X", 1)]), ("L", &[("X", 1)])]);
    }

    #[test]
    fn what_is_not_known_fits_anywhere() {
        check(&[goods("X", 500, [0, 0, 0], 0)], "SIM", &[("S", &[("X", 500)])]);
        check(&[], "SIM", &[]);
        check(&[goods("X", 0, [1, 1, 1], 1)], "SIM", &[]);
        assert_eq!(cartonize(&[goods("X", 1, [1, 1, 1], 1)], &[], "SIM"), []);
        let open = [kind("BAG", [0, 0, 0], 0, &[])];
        assert_eq!(cartonize(&[goods("X", 9, [900, 9, 9], 9_000)], &open, "")[0].goods, [("X".into(), 9)]);
    }

    proptest! {
        #[test]
        fn every_unit_is_in_one_carton_and_none_is_overfull(
            parts in prop::collection::vec((0i64..20, 1i64..420, 1i64..420, 1i64..420, 0i64..5_000), 0..8),
        ) {
            let goods: Vec<Goods> = parts.iter().enumerate()
                .map(|(n, (qty, a, b, c, grams))| goods(&format!("I{n}"), *qty, [*a, *b, *c], *grams)).collect();
            let filled = cartonize(&goods, &types(), "SIM");
            for one in &goods {
                let placed: i64 = filled.iter().flat_map(|carton| &carton.goods)
                    .filter(|(item, _)| *item == one.item).map(|(_, qty)| qty).sum();
                prop_assert_eq!(placed, one.qty);
            }
            for carton in &filled {
                let kind = types().into_iter().find(|kind| kind.id == carton.carton).unwrap();
                let parts: Vec<(&Goods, i64)> = carton.goods.iter()
                    .map(|(item, qty)| (goods.iter().find(|one| one.item == *item).unwrap(), *qty)).collect();
                let alone = parts.len() == 1 && parts[0].1 == 1;
                let volume: i64 = parts.iter().map(|(one, qty)| super::volume(one.size_mm) * qty).sum();
                let grams: i64 = parts.iter().map(|(one, qty)| one.grams * qty).sum();
                prop_assert!(alone || (volume <= super::volume(kind.inner_mm) && grams <= kind.max_grams), "{:?}", carton);
            }
        }
    }
}
