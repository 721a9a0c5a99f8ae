//! What lies where when the demo begins.

use super::catalogue::{Kind, kind};
use super::chance::Chance;
use floorhand_domain::master::ItemClass;
use jiff::ToSpan;
use jiff::civil::Date;

/// Units of an item in a bin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heap {
    /// Number of the bin on the path.
    pub bin: usize,
    /// Empty = no lot.
    pub lot: String,
    /// Empty = no serial number; else one unit.
    pub serial: String,
    pub qty: i64,
}

/// A lot of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Batch {
    pub lot: String,
    pub expiry: String,
}

/// The size of the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub seed: u64,
    pub items: usize,
    pub bins: usize,
    pub orders: usize,
    pub today: Date,
}

impl Size {
    /// How much more than usual must lie in the bins for that many orders.
    fn plenty(&self) -> i64 {
        let plenty = 1 + self.orders / (2 * self.items.max(1));
        i64::try_from(plenty).unwrap_or(1).min(1_000)
    }

    /// Where items of a class begin and how many bins they share, so that every class has its part
    /// of the building and sizes of one garment lie side by side.
    fn home(&self, kind: Kind) -> usize {
        let blocks = self.items.div_ceil(16).max(1);
        let (from, to, of_block) = match kind.class {
            ItemClass::Apparel => (0, 120, 8),
            ItemClass::Electronics => (120, 150, 2),
            ItemClass::Cosmetics => (150, 195, 3),
            ItemClass::General => (195, 240, 3),
        };
        let start = self.bins * from / 240;
        let width = (self.bins * to / 240).saturating_sub(start).max(1);
        (start + kind.n * width / (blocks * of_block)).min(self.bins.saturating_sub(1))
    }

    /// The lots of an item, the first to expire first.
    pub(super) fn batches(&self, index: usize) -> Vec<Batch> {
        if kind(index).class != ItemClass::Cosmetics {
            return Vec::new();
        }
        let mut chance = Chance::of(self.seed, "lot", index);
        let mut days = chance.between(60, 300);
        (0..chance.between(1, 2))
            .map(|_| {
                let letter = chance.one(&['A', 'B', 'C', 'E', 'H', 'K', 'M', 'R']);
                let lot = format!("{letter}{:05}", chance.between(10_000, 99_999));
                let expiry = self.today.checked_add(days.days()).unwrap_or(Date::MAX).to_string();
                days += chance.between(90, 400);
                Batch { lot, expiry }
            })
            .collect()
    }

    /// What lies in the bins of an item.
    pub(super) fn heaps(&self, index: usize) -> Vec<Heap> {
        let kind = kind(index);
        let home = self.home(kind);
        let mut chance = Chance::of(self.seed, "stock", index);
        let spread = chance.between(1, 3);
        let mut bins = vec![home];
        for n in 1..spread {
            let far = self.bins * usize::try_from(n).unwrap_or(1) / 3 + chance.below(7);
            let bin = (home + far) % self.bins.max(1);
            if !bins.contains(&bin) {
                bins.push(bin);
            }
        }
        let plenty = self.plenty();
        match kind.class {
            ItemClass::Electronics => {
                let mut serials = 0u32;
                let mut heaps = Vec::new();
                for bin in bins {
                    for _ in 0..chance.between(4, 7) * plenty.min(20) {
                        serials += 1;
                        let serial = format!("{}{:05}{:04}", chance.one(&["4F", "7K", "9C"]), index % 100_000, serials);
                        heaps.push(Heap { bin, lot: String::new(), serial, qty: 1 });
                    }
                }
                heaps
            }
            ItemClass::Cosmetics => {
                let batches = self.batches(index);
                let mut heaps = Vec::new();
                for (n, batch) in batches.iter().enumerate() {
                    // Two lots share a bin now and then: the reader must then name the lot.
                    let apart = bins.len() > 1 && !index.is_multiple_of(4);
                    let at = if apart { n % bins.len() } else { 0 };
                    let bin = bins.get(at).copied().unwrap_or(home);
                    heaps.push(Heap {
                        bin,
                        lot: batch.lot.clone(),
                        serial: String::new(),
                        qty: chance.between(18, 48) * plenty,
                    });
                }
                heaps
            }
            ItemClass::Apparel | ItemClass::General => bins
                .into_iter()
                .map(|bin| Heap {
                    bin,
                    lot: String::new(),
                    serial: String::new(),
                    qty: chance.between(24, 60) * plenty,
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn usual() -> Size {
        Size { seed: 1, items: 160, bins: 240, orders: 40, today: jiff::civil::date(2026, 11, 21) }
    }

    #[test]
    fn every_item_has_stock_where_there_is_a_bin() {
        for size in [
            usual(),
            Size { items: 3, bins: 1, ..usual() },
            Size { items: 3_000, ..usual() },
            Size { seed: 9, ..usual() },
        ] {
            let mut serials = HashSet::new();
            for index in 0..size.items {
                let heaps = size.heaps(index);
                assert!(!heaps.is_empty());
                let bins: HashSet<usize> = heaps.iter().map(|heap| heap.bin).collect();
                assert!((1..=3).contains(&bins.len()));
                for heap in heaps {
                    assert!(heap.bin < size.bins && heap.qty > 0);
                    if !heap.serial.is_empty() {
                        assert_eq!(heap.qty, 1);
                        assert!(serials.insert(heap.serial.clone()), "{} twice", heap.serial);
                    }
                }
                let batches = size.batches(index);
                assert!(batches.windows(2).all(|pair| pair[0].expiry < pair[1].expiry && pair[0].lot != pair[1].lot));
                assert!(batches.iter().all(|batch| batch.expiry.as_str() > "2027-01-15"), "{batches:?}");
            }
        }
    }

    #[test]
    fn dates_follow_the_day_and_names_do_not() {
        let later = Size { today: jiff::civil::date(2027, 3, 1), ..usual() };
        let lots =
            |size: Size| (0..160).flat_map(|index| size.batches(index)).map(|batch| batch.lot).collect::<Vec<_>>();
        assert_eq!(lots(usual()), lots(later));
        assert_eq!(usual().heaps(10), later.heaps(10));
        assert_ne!(usual().batches(10), later.batches(10));
    }
}
