//! Which stock is promised to a line: first what expires first, then along the pick path. Pure
//! functions over rows; who reads and writes the rows is [`super::promise`].

use floorhand_domain::id::{HandlingUnitId, LocationId, Lot};
use floorhand_domain::master::{IsoDate, LocationKind};
use floorhand_domain::stock::Status;

/// Stock of one item: units of one lot in one handling unit at one location.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StockRow {
    /// Where.
    pub location: LocationId,
    /// What the location is for.
    pub kind: LocationKind,
    /// The location's place on the pick path.
    pub sequence: i64,
    /// Of which lot. Empty = none.
    pub lot: Lot,
    /// In which handling unit. Empty = loose.
    pub handling_unit: HandlingUnitId,
    /// In which status.
    pub status: Status,
    /// Units; below zero where the book was short.
    pub qty: i64,
    /// Expiry of the lot. Empty = unknown.
    pub expiry: IsoDate,
}

/// Units of the item that are promised already.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PromisedRow {
    /// Where.
    pub location: LocationId,
    /// Of which lot. Empty = any.
    pub lot: Lot,
    /// In which handling unit. Empty = loose or any.
    pub handling_unit: HandlingUnitId,
    /// Units.
    pub qty: i64,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask<'a> {
    /// Units.
    pub qty: i64,
    /// Whether lots of the item expire: then what expires first is taken first.
    pub expires: bool,
    /// Today. A lot is not promised on its last day, for the parcel would arrive after it.
    pub today: &'a str,
    /// A location that is not to be used, because somebody just found it empty. Empty = none.
    pub not_at: &'a str,
}

/// Units promised at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Where.
    pub location: LocationId,
    /// The location's place on the pick path.
    pub sequence: i64,
    /// Of which lot. Empty = none.
    pub lot: Lot,
    /// In which handling unit. Empty = loose.
    pub handling_unit: HandlingUnitId,
    /// Units, above zero.
    pub qty: i64,
}

/// Stock that may be promised.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Free<'a> {
    row: &'a StockRow,
    qty: i64,
}

/// Chooses stock for a line. Less than was asked is returned where there is not enough.
#[must_use]
pub fn allocate(ask: &Ask<'_>, stock: &[StockRow], promised: &[PromisedRow]) -> Vec<Taken> {
    let mut free = free(stock, promised);
    free.retain(|free| {
        let row = free.row;
        let expired = ask.expires && !row.expiry.is_empty() && row.expiry.as_str() <= ask.today;
        !expired && row.location.as_str() != ask.not_at
    });
    free.sort_by(|a, b| order(ask.expires, a.row).cmp(&order(ask.expires, b.row)));
    let mut missing = ask.qty.max(0);
    let mut taken = Vec::new();
    for Free { row, qty } in free {
        let qty = qty.min(missing);
        if qty > 0 {
            missing -= qty;
            taken.push(Taken {
                location: row.location.clone(),
                sequence: row.sequence,
                lot: row.lot.clone(),
                handling_unit: row.handling_unit.clone(),
                qty,
            });
        }
    }
    taken
}

/// An unknown expiry comes after every known one.
fn order(expires: bool, row: &StockRow) -> (bool, &str, i64, &str, &str, &str) {
    let expiry = if expires { row.expiry.as_str() } else { "" };
    (
        expires && expiry.is_empty(),
        expiry,
        row.sequence,
        row.location.as_str(),
        row.lot.as_str(),
        row.handling_unit.as_str(),
    )
}

/// Available stock in bins minus what is promised there. A promise that names less than a row has
/// (no lot, no handling unit) is met by any row of its location, those that expire first first.
fn free<'a>(stock: &'a [StockRow], promised: &[PromisedRow]) -> Vec<Free<'a>> {
    let usable = |row: &&StockRow| row.status == Status::Available && row.kind == LocationKind::Bin;
    let mut free: Vec<Free<'a>> = stock.iter().filter(usable).map(|row| Free { row, qty: row.qty }).collect();
    free.sort_by(|a, b| order(true, a.row).cmp(&order(true, b.row)));
    let fits = |row: &StockRow, promise: &PromisedRow, exactly: bool| {
        let same = |own: &str, named: &str| own == named || (!exactly && named.is_empty());
        row.location == promise.location
            && same(row.lot.as_str(), promise.lot.as_str())
            && same(row.handling_unit.as_str(), promise.handling_unit.as_str())
    };
    let mut rest: Vec<i64> = promised.iter().map(|promise| promise.qty.max(0)).collect();
    for exactly in [true, false] {
        for (promise, left) in promised.iter().zip(rest.iter_mut()) {
            for own in free.iter_mut().filter(|own| fits(own.row, promise, exactly)) {
                let by = own.qty.min(*left).max(0);
                own.qty -= by;
                *left -= by;
            }
        }
    }
    // A promise beyond the stock of its row, and a book below zero, are covered by nothing: the
    // rest of the location may be what they stand for, so it is left alone to that extent.
    for (promise, left) in promised.iter().zip(rest) {
        cover(&mut free, &promise.location, left);
    }
    let debts: Vec<(LocationId, i64)> =
        free.iter().filter(|own| own.qty < 0).map(|own| (own.row.location.clone(), -own.qty)).collect();
    for (location, debt) in debts {
        cover(&mut free, &location, debt);
    }
    free.retain(|own| own.qty > 0);
    free
}

fn cover(free: &mut [Free<'_>], location: &LocationId, mut left: i64) {
    for own in free.iter_mut().filter(|own| own.row.location == *location && own.qty > 0) {
        let by = own.qty.min(left);
        own.qty -= by;
        left -= by;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TODAY: &str = "2026-11-21";

    fn row(location: &str, sequence: i64, lot: &str, expiry: &str, qty: i64) -> StockRow {
        StockRow {
            location: location.into(),
            sequence,
            lot: lot.into(),
            expiry: expiry.to_owned(),
            qty,
            ..StockRow::default()
        }
    }

    fn promise(location: &str, lot: &str, qty: i64) -> PromisedRow {
        PromisedRow { location: location.into(), lot: lot.into(), qty, ..PromisedRow::default() }
    }

    fn check(qty: i64, expires: bool, stock: &[StockRow], promised: &[PromisedRow], expected: &[(&str, &str, i64)]) {
        let ask = Ask { qty, expires, today: TODAY, not_at: "" };
        let taken = allocate(&ask, stock, promised);
        let got: Vec<(&str, &str, i64)> =
            taken.iter().map(|taken| (taken.location.as_str(), taken.lot.as_str(), taken.qty)).collect();
        assert_eq!(got, expected, "{qty} of {stock:?} beside {promised:?}");
    }

    #[test]
    fn along_the_path() {
        let stock = [row("A3", 30, "", "", 5), row("A1", 10, "", "", 2), row("A2", 20, "", "", 5)];
        check(1, false, &stock, &[], &[("A1", "", 1)]);
        check(4, false, &stock, &[], &[("A1", "", 2), ("A2", "", 2)]);
        check(99, false, &stock, &[], &[("A1", "", 2), ("A2", "", 5), ("A3", "", 5)]);
        check(0, false, &stock, &[], &[]);
        check(-3, false, &stock, &[], &[]);
        check(3, false, &[], &[], &[]);
    }

    #[test]
    fn first_what_expires_first() {
        let stock = [
            row("A1", 10, "L9", "2027-09-01", 5),
            row("A2", 20, "L3", "2027-03-01", 2),
            row("A3", 30, "L3", "2027-03-01", 2),
            row("A4", 40, "LX", "", 9),
        ];
        check(3, true, &stock, &[], &[("A2", "L3", 2), ("A3", "L3", 1)]);
        check(12, true, &stock, &[], &[("A2", "L3", 2), ("A3", "L3", 2), ("A1", "L9", 5), ("A4", "LX", 3)]);
        check(3, false, &stock, &[], &[("A1", "L9", 3)]);
    }

    #[test]
    fn never_what_has_expired_or_does_so_today() {
        let stock =
            [row("A1", 10, "L1", "2026-11-20", 5), row("A2", 20, "L2", TODAY, 5), row("A3", 30, "L3", "2026-11-22", 1)];
        check(4, true, &stock, &[], &[("A3", "L3", 1)]);
    }

    #[test]
    fn only_available_stock_in_bins() {
        let mut damaged = row("A1", 10, "", "", 5);
        damaged.status = Status::Damaged;
        let mut dock = row("DOCK-1", 1, "", "", 5);
        dock.kind = LocationKind::Dock;
        let mut bench = row("PACK-01", 2, "", "", 5);
        bench.kind = LocationKind::Pack;
        check(3, false, &[damaged, dock, bench, row("A2", 20, "", "", 2)], &[], &[("A2", "", 2)]);
    }

    #[test]
    fn not_what_is_promised() {
        let stock = [
            row("A1", 10, "L1", "2027-01-01", 5),
            row("A1", 10, "L2", "2027-02-01", 5),
            row("A2", 20, "L2", "2027-02-01", 4),
        ];
        check(4, true, &stock, &[promise("A1", "L1", 3)], &[("A1", "L1", 2), ("A1", "L2", 2)]);
        check(4, true, &stock, &[promise("A1", "L1", 5)], &[("A1", "L2", 4)]);
        // A promise of any lot takes what expires first.
        check(4, true, &stock, &[promise("A1", "", 6)], &[("A1", "L2", 4)]);
        // A promise beyond its row is held back from the rest of the location.
        check(9, true, &stock, &[promise("A1", "L1", 8)], &[("A1", "L2", 2), ("A2", "L2", 4)]);
        check(9, true, &stock, &[promise("B9", "", 8)], &[("A1", "L1", 5), ("A1", "L2", 4)]);
    }

    #[test]
    fn a_book_below_zero_is_held_back_at_its_location() {
        let stock = [row("A1", 10, "L1", "", -2), row("A1", 10, "L2", "", 5), row("A2", 20, "", "", 1)];
        check(9, false, &stock, &[], &[("A1", "L2", 3), ("A2", "", 1)]);
    }

    #[test]
    fn not_where_it_was_just_found_missing() {
        let stock = [row("A1", 10, "", "", 5), row("A2", 20, "", "", 5)];
        let ask = Ask { qty: 2, expires: false, today: TODAY, not_at: "A1" };
        let taken = allocate(&ask, &stock, &[]);
        assert_eq!(taken.len(), 1);
        assert_eq!(taken[0].location.as_str(), "A2");
    }

    #[test]
    fn handling_units_are_told_apart() {
        let mut pallet = row("A1", 10, "", "", 4);
        pallet.handling_unit = "P-1".into();
        let stock = [row("A1", 10, "", "", 3), pallet];
        let taken = allocate(&Ask { qty: 5, expires: false, today: TODAY, not_at: "" }, &stock, &[]);
        let got: Vec<_> = taken.iter().map(|taken| (taken.handling_unit.as_str(), taken.qty)).collect();
        assert_eq!(got, [("", 3), ("P-1", 2)]);
    }

    fn rows() -> impl Strategy<Value = Vec<StockRow>> {
        let one = (0usize..5, 0usize..4, 0usize..2, -3i64..12, prop::bool::weighted(0.15)).prop_map(
            |(at, lot, unit, qty, damaged)| {
                let expiry = ["", "2026-11-20", "2027-01-31", "2027-06-30"][lot];
                StockRow {
                    location: format!("A{at}").as_str().into(),
                    kind: if at == 4 { LocationKind::Staging } else { LocationKind::Bin },
                    sequence: [30, 10, 20, 50, 5][at],
                    lot: ["", "L1", "L2", "L3"][lot].into(),
                    handling_unit: ["", "H1"][unit].into(),
                    status: if damaged { Status::Damaged } else { Status::Available },
                    qty,
                    expiry: expiry.to_owned(),
                }
            },
        );
        prop::collection::vec(one, 0..12).prop_map(|mut rows| {
            let key = |row: &StockRow| (row.location.clone(), row.lot.clone(), row.handling_unit.clone(), row.status);
            rows.sort_by_key(key);
            rows.dedup_by_key(|row| key(row));
            rows
        })
    }

    fn promises() -> impl Strategy<Value = Vec<PromisedRow>> {
        let one = (0usize..5, 0usize..4, 0usize..2, 0i64..6).prop_map(|(at, lot, unit, qty)| PromisedRow {
            location: format!("A{at}").as_str().into(),
            lot: ["", "L1", "L2", "L3"][lot].into(),
            handling_unit: ["", "H1"][unit].into(),
            qty,
        });
        prop::collection::vec(one, 0..6)
    }

    proptest! {
        #[test]
        fn never_more_than_there_is(qty in 0i64..40, expires: bool, stock in rows(), promised in promises()) {
            let taken = allocate(&Ask { qty, expires, today: TODAY, not_at: "A3" }, &stock, &promised);
            prop_assert!(taken.iter().map(|taken| taken.qty).sum::<i64>() <= qty);
            for one in &taken {
                prop_assert!(one.qty > 0);
                prop_assert!(one.location.as_str() != "A3");
                let source = stock.iter().find(|row| {
                    row.location == one.location && row.lot == one.lot && row.handling_unit == one.handling_unit
                        && row.status == Status::Available
                });
                let Some(source) = source else { return Err(TestCaseError::fail("not from a row")) };
                prop_assert_eq!(source.kind, LocationKind::Bin);
                prop_assert!(!(expires && source.expiry.as_str() == "2026-11-20"));
                let exact: i64 = promised.iter()
                    .filter(|p| p.location == one.location && p.lot == one.lot && p.handling_unit == one.handling_unit)
                    .map(|p| p.qty).sum();
                prop_assert!(one.qty + exact <= source.qty);
            }
            for at in ["A0", "A1", "A2"] {
                let here = |location: &LocationId| location.as_str() == at;
                let book: i64 = stock.iter().filter(|r| here(&r.location) && r.status == Status::Available).map(|r| r.qty).sum();
                let held: i64 = promised.iter().filter(|p| here(&p.location)).map(|p| p.qty).sum();
                let now: i64 = taken.iter().filter(|t| here(&t.location)).map(|t| t.qty).sum();
                prop_assert!(now == 0 || now + held <= book, "{now} beside {held} of {book} at {at}");
            }
        }

        #[test]
        fn what_expires_first_goes_first(qty in 1i64..40, stock in rows(), promised in promises()) {
            let ask = |qty| Ask { qty, expires: true, today: TODAY, not_at: "" };
            let taken = allocate(&ask(qty), &stock, &promised);
            let all = allocate(&ask(i64::MAX), &stock, &promised);
            let expiry = |one: &Taken| stock.iter()
                .find(|row| row.location == one.location && row.lot == one.lot && row.handling_unit == one.handling_unit && row.status == Status::Available)
                .map(|row| if row.expiry.is_empty() { "9999".to_owned() } else { row.expiry.clone() }).unwrap_or_default();
            // Every place before the last one taken is used up, and dates never fall.
            for (own, whole) in taken.iter().zip(&all).take(taken.len().saturating_sub(1)) {
                prop_assert_eq!(own, whole);
            }
            for pair in taken.windows(2) {
                prop_assert!(expiry(&pair[0]) <= expiry(&pair[1]));
                if expiry(&pair[0]) == expiry(&pair[1]) {
                    prop_assert!(pair[0].sequence <= pair[1].sequence);
                }
            }
            let found: i64 = all.iter().map(|taken| taken.qty).sum();
            prop_assert_eq!(taken.iter().map(|taken| taken.qty).sum::<i64>(), qty.min(found));
        }
    }
}
