//! What may stand where, and what is suggested, as tables.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use floorhand_domain::id::{ItemId, Lot};
use floorhand_domain::master::{Item, ItemClass, Location, LocationKind, Mixing};
use floorhand_domain::place::{Goods, WhyNot, may_stand, may_stand_together, suggest};
use floorhand_domain::stock::{Status, Stock};
use floorhand_domain::task::Why;

fn bin(id: &str) -> Location {
    Location { id: id.into(), code: id.to_owned(), ..Location::default() }
}

/// `X 5` or `X 5 L1`.
fn stock(at: &str, text: &str) -> Stock {
    let words: Vec<&str> = text.split_whitespace().collect();
    Stock {
        location: at.into(),
        item: words[0].into(),
        qty: words[1].parse().unwrap(),
        lot: words.get(2).copied().unwrap_or_default().into(),
        ..Stock::default()
    }
}

/// `5` units of X, lot L1, in a place that holds `there`.
fn check(location: &Location, there: &[&str], status: Status, qty: i64, expected: Result<(), WhyNot>) {
    let item = Item { id: "X".into(), class: ItemClass::Apparel, ..Item::default() };
    let mut there: Vec<Stock> = there.iter().map(|text| stock(location.id.as_str(), text)).collect();
    // Stock of another location does not count.
    there.push(stock("Z9", "Y 1000"));
    let got = may_stand(location, &there, &item, &"L1".into(), status, qty);
    assert_eq!(got, expected, "{location:?} {there:?} {status:?} {qty}");
}

const ALL: [Status; 6] =
    [Status::Available, Status::Allocated, Status::InTransit, Status::Quarantined, Status::Returned, Status::Damaged];

#[test]
fn m04_a_bin_takes_its_own_status() {
    let of = |status| Location { status, ..bin("A1") };
    for kept in ALL {
        for status in ALL {
            let fits = kept == status || (kept == Status::Available && status == Status::InTransit);
            // Goods in transit are between two places; no place is for them.
            let fits = fits && !(kept == Status::InTransit && status == Status::InTransit);
            check(&of(kept), &[], status, 1, if fits { Ok(()) } else { Err(WhyNot::Forbidden) });
        }
    }
}

#[test]
fn docks_staging_areas_and_benches_take_any_status_and_nothing_leaves_the_building() {
    for status in ALL {
        for kind in [LocationKind::Dock, LocationKind::Staging, LocationKind::Pack] {
            check(&Location { kind, status: Status::Damaged, ..bin("A1") }, &[], status, 1, Ok(()));
        }
        for kind in [LocationKind::Virtual, LocationKind::Transit] {
            check(&Location { kind, status, ..bin("A1") }, &[], status, 1, Err(WhyNot::Forbidden));
        }
    }
}

#[test]
fn a_place_of_one_family_takes_no_other() {
    let of = |class| Location { item_class: Some(class), ..bin("A1") };
    check(&of(ItemClass::Apparel), &[], Status::Available, 1, Ok(()));
    check(&of(ItemClass::Cosmetics), &[], Status::Available, 1, Err(WhyNot::Forbidden));
    let (item, lot) = (ItemId::from("X"), Lot::default());
    let unknown = Goods { item: &item, class: None, lot: &lot, status: Status::Available, qty: 1 };
    assert_eq!(may_stand_together(&of(ItemClass::Apparel), &[], &[unknown]), Err(WhyNot::Forbidden));
    assert_eq!(may_stand_together(&bin("A1"), &[], &[unknown]), Ok(()));
}

#[test]
fn m05_what_does_not_fit_is_refused_with_what_does() {
    let of = |capacity| Location { capacity, ..bin("A1") };
    check(&of(0), &["Y 999"], Status::Available, 1_000_000, Ok(()));
    check(&of(10), &["X 4", "Y 2"], Status::Available, 4, Ok(()));
    check(&of(10), &["X 4", "Y 2"], Status::Available, 5, Err(WhyNot::Full { free: 4 }));
    check(&of(10), &["X 40"], Status::Available, 1, Err(WhyNot::Full { free: 0 }));
    // A book below zero makes no room.
    check(&of(10), &["X -5"], Status::Available, 11, Err(WhyNot::Full { free: 10 }));
    check(&of(10), &[], Status::Available, i64::MAX, Err(WhyNot::Full { free: 10 }));
}

#[test]
fn m05_what_is_not_mixed() {
    let of = |mixing| Location { mixing, ..bin("A1") };
    let mix = |holds: &str| Err(WhyNot::Mix { holds: holds.into() });
    let rows: [(&[&str], _, _, _); 6] = [
        (&[], Ok(()), Ok(()), Ok(())),
        (&["X 1 L1"], Ok(()), Ok(()), Ok(())),
        (&["X 1 L2"], Ok(()), Ok(()), mix("X")),
        (&["X 1 L1", "Y 1"], Ok(()), mix("Y"), mix("Y")),
        (&["Y 1 L1"], Ok(()), mix("Y"), mix("Y")),
        (&["Y 0 L1", "Y -2"], Ok(()), Ok(()), Ok(())),
    ];
    for (there, any, item, lot) in rows {
        check(&of(Mixing::Any), there, Status::Available, 1, any);
        check(&of(Mixing::Item), there, Status::Available, 1, item);
        check(&of(Mixing::Lot), there, Status::Available, 1, lot);
    }
}

#[test]
fn goods_that_come_together_are_judged_together() {
    let (x, y, lot) = (ItemId::from("X"), ItemId::from("Y"), Lot::default());
    let one = |item, status, qty| Goods { item, class: None, lot: &lot, status, qty };
    let both = [one(&x, Status::Available, 6), one(&y, Status::Available, 5)];
    let got = |location: Location, goods: &[Goods<'_>]| may_stand_together(&location, &[], goods);
    assert_eq!(got(bin("A1"), &both), Ok(()));
    assert_eq!(got(Location { capacity: 11, ..bin("A1") }, &both), Ok(()));
    assert_eq!(got(Location { capacity: 10, ..bin("A1") }, &both), Err(WhyNot::Full { free: 10 }));
    assert_eq!(got(Location { mixing: Mixing::Item, ..bin("A1") }, &both), Err(WhyNot::Mix { holds: "Y".into() }));
    let held = [one(&x, Status::Available, 6), one(&x, Status::Damaged, 1)];
    assert_eq!(got(bin("A1"), &held), Err(WhyNot::Forbidden));
    assert_eq!(got(bin("A1"), &[]), Ok(()));
}

#[test]
fn the_own_place_then_the_same_item_then_an_empty_one() {
    let at = |id: &str, sequence| Location { sequence, ..bin(id) };
    let rows: Vec<(Location, Vec<Stock>)> = vec![
        (at("EMPTY-2", 9), vec![]),
        (at("EMPTY-1", 2), vec![]),
        (at("EMPTY-0", 2), vec![]),
        (at("SAME-2", 8), vec![stock("SAME-2", "X 1")]),
        (at("SAME-1", 7), vec![stock("SAME-1", "X 1"), stock("SAME-1", "Y 0")]),
        (at("MIXED", 1), vec![stock("MIXED", "X 1"), stock("MIXED", "Y 1")]),
        (at("OTHER", 1), vec![stock("OTHER", "Y 1")]),
        (Location { fixed_item: "X".into(), ..at("FIXED", 99) }, vec![stock("FIXED", "Y 1")]),
        (Location { fixed_item: "Y".into(), ..at("FIXED-Y", 0) }, vec![]),
        (Location { kind: LocationKind::Dock, ..at("DOCK", 0) }, vec![]),
        (Location { capacity: 4, ..at("SMALL", 0) }, vec![]),
        (Location { status: Status::Quarantined, ..at("HELD", 0) }, vec![]),
    ];
    let (x, y, lot) = (ItemId::from("X"), ItemId::from("Y"), Lot::default());
    let good = |item, status| Goods { item, class: None, lot: &lot, status, qty: 5 };
    let ranked = |goods: &[Goods<'_>], limit| -> Vec<(String, Why)> {
        let candidates = rows.iter().map(|(location, there)| (location, there.as_slice()));
        suggest(candidates, goods, limit).into_iter().map(|(id, why)| (id.0, why)).collect()
    };
    let expected = |list: &[(&str, Why)]| list.iter().map(|(id, why)| ((*id).to_owned(), *why)).collect::<Vec<_>>();
    let empty = [("EMPTY-0", Why::Empty), ("EMPTY-1", Why::Empty), ("EMPTY-2", Why::Empty)];
    let same = [("FIXED", Why::Fixed), ("SAME-1", Why::SameItem), ("SAME-2", Why::SameItem)];
    let all = [same, empty].concat();
    assert_eq!(ranked(&[good(&x, Status::InTransit)], 9), expected(&all));
    assert_eq!(ranked(&[good(&x, Status::Available)], 2), expected(&all[..2]));
    assert_eq!(ranked(&[good(&x, Status::Quarantined)], 9), expected(&[("HELD", Why::Empty)]));
    assert_eq!(ranked(&[good(&x, Status::Available), good(&y, Status::Available)], 9), expected(&empty));
    assert_eq!(ranked(&[], 9), expected(&[]));
}
