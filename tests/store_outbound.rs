//! Orders, cartons and returns as the store shows them: the core's rows, own facts over them, and what stays when the
//! core has these facts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "store/kit.rs"]
mod kit;

use floorhand::store::Store;
use floorhand_domain::fact::{Fact, Units};
use floorhand_domain::outbound::{Carton, CartonState, CartonType, LabelOn, PackLine, PackOrder, PackState};
use floorhand_domain::scan::Lookup;
use floorhand_domain::stock::{CUSTOMER, Status, Stock};
use floorhand_wire::feed::{Row, kind};
use kit::*;

/// Position of what these tests add to the world.
const POS: u64 = 60;

fn units(qty: i64) -> Vec<Units> {
    vec![Units { qty, handling_unit: "T-01".into(), ..Units::default() }]
}

/// An order of five of SKU1, picked into T-01, which stands at the bench.
fn order(state: PackState, packed: i64) -> PackOrder {
    PackOrder {
        id: "O-9".into(),
        task: "PK-9".into(),
        state,
        carrier: "fast".into(),
        suggested: vec!["BOX".into()],
        lines: vec![PackLine {
            id: "OL-9".into(),
            item: "SKU1".into(),
            ordered: 5,
            picked: units(5),
            packed,
            ..PackLine::default()
        }],
        ..PackOrder::default()
    }
}

fn in_tote_row(location: &str, qty: i64) -> Stock {
    Stock { handling_unit: "T-01".into(), status: Status::Allocated, ..stock(location, "SKU1", "", qty) }
}

fn rows(location: &str) -> Vec<Row> {
    let kind_of = CartonType { id: "BOX".into(), tare_grams: 100, ..CartonType::default() };
    vec![
        row(kind::PACK_ORDER, "O-9", POS, &order(PackState::Open, 0)),
        row(kind::CARTON_TYPE, "BOX", POS + 1, &kind_of),
        stock_row(&in_tote_row(location, 5), POS + 2),
    ]
}

/// A device that knows the order.
fn device(dir: &std::path::Path, location: &str) -> Store {
    let mut store = stocked(dir);
    let answer = pull(&store, (0, 0), rows(location));
    assert!(!store.apply_pull(&answer).unwrap().is_empty());
    store
}

fn opened(carton: &str) -> Fact {
    Fact::CartonOpened {
        order: "O-9".into(),
        task: "PK-9".into(),
        carton: carton.into(),
        carton_type: "BOX".into(),
        location: "PACK1".into(),
    }
}

fn packs(carton: &str, qty: i64) -> Fact {
    Fact::Packed {
        order: "O-9".into(),
        line: "OL-9".into(),
        carton: carton.into(),
        location: "PACK1".into(),
        item: "SKU1".into(),
        units: units(qty),
    }
}

fn unpacks(carton: &str, qty: i64) -> Fact {
    let Fact::Packed { order, line, carton, location, item, units } = packs(carton, qty) else { unreachable!() };
    Fact::Unpacked { order, line, carton, location, item, units }
}

fn weighs(carton: &str, grams: i64) -> Fact {
    let (order, carton) = ("O-9".into(), carton.into());
    Fact::CartonWeighed { order, carton, grams, expected_grams: grams, because: Vec::new() }
}

fn closes(carton: &str) -> Fact {
    Fact::CartonClosed { order: "O-9".into(), carton: carton.into(), location: "PACK1".into() }
}

fn prints(carton: &str, copy: u32) -> Fact {
    let (label, subject, reason) = (carton.into(), "order:O-9".into(), String::new());
    Fact::LabelPrinted { label, copy, subject, reason, internal: Some(true) }
}

fn labels(carton: &str) -> Fact {
    Fact::Labelled { order: "O-9".into(), carton: carton.into() }
}

fn ends() -> Fact {
    Fact::OrderPacked { order: "O-9".into(), task: "PK-9".into(), complete: true }
}

fn ships(carton: &str) -> Fact {
    Fact::Shipped { order: "O-9".into(), carton: carton.into(), location: "A1".into() }
}

/// State and units packed of the order, state, weight and copies of a carton, and where its goods are.
#[track_caller]
fn check(store: &Store, expected: (PackState, i64), carton: (CartonState, i64, u32), places: &[(&str, &str, i64)]) {
    let known = store.pack_order(&"O-9".into()).unwrap().unwrap();
    assert_eq!((known.state, known.lines[0].packed), expected);
    let row = store.carton(&"C-1".into()).unwrap().unwrap();
    assert_eq!((row.state, row.grams, row.copies), carton);
    let mut there = Vec::new();
    for unit in ["C-1", "T-01"] {
        let content = store.tote_content(&unit.into()).unwrap();
        there.extend(content.into_iter().map(|stock| (unit, stock.location.0, stock.qty)));
    }
    let there: Vec<_> = there.iter().map(|(unit, at, qty)| (*unit, at.as_str(), *qty)).collect();
    assert_eq!(there, places);
}

#[test]
fn own_facts_stand_over_the_rows_of_the_core() {
    let dir = folder();
    let mut store = device(dir.path(), "PACK1");
    commit(&mut store, vec![opened("C-1"), packs("C-1", 3)]);
    check(&store, (PackState::Open, 3), (CartonState::Open, 0, 0), &[("C-1", "PACK1", 3), ("T-01", "PACK1", 2)]);
    commit(&mut store, vec![unpacks("C-1", 1), packs("C-1", 3), weighs("C-1", 600), closes("C-1"), prints("C-1", 1)]);
    check(&store, (PackState::Open, 5), (CartonState::Closed, 600, 1), &[("C-1", "PACK1", 5)]);
    commit(&mut store, vec![labels("C-1"), ends()]);
    check(&store, (PackState::Packed, 5), (CartonState::Labelled, 600, 1), &[("C-1", "PACK1", 5)]);
    assert_eq!((store.pack_orders_shown(9).unwrap().len(), store.orders_waiting().unwrap()), (0, 0));
    assert_eq!(store.packed_since("2026-11-21T00:00:00Z").unwrap(), 1);
    assert_eq!(store.packed_since("2026-11-22T00:00:00Z").unwrap(), 0);
    let ready = store.cartons_to_load(9).unwrap();
    assert_eq!(ready.iter().map(|(carton, _)| carton.id.as_str()).collect::<Vec<_>>(), ["C-1"]);
    commit(&mut store, vec![ships("C-1")]);
    check(&store, (PackState::Packed, 5), (CartonState::Shipped, 600, 1), &[("C-1", CUSTOMER, 5)]);
    assert!(store.cartons_to_load(9).unwrap().is_empty());
    // A packed order that something is taken out of is open again, and packed by the next end.
    commit(&mut store, vec![unpacks("C-1", 1)]);
    assert_eq!(store.pack_order(&"O-9".into()).unwrap().unwrap().state, PackState::Open);
    commit(&mut store, vec![ends()]);
    assert_eq!(store.pack_order(&"O-9".into()).unwrap().unwrap().state, PackState::Packed);
}

#[test]
fn a_tote_that_the_book_has_elsewhere_is_brought_first() {
    for from in ["A2", "TRANSIT"] {
        let dir = folder();
        let mut store = device(dir.path(), from);
        commit(&mut store, vec![opened("C-1"), packs("C-1", 2)]);
        check(&store, (PackState::Open, 2), (CartonState::Open, 0, 0), &[("C-1", "PACK1", 2), ("T-01", "PACK1", 3)]);
        let tote = store.look_up(&Lookup { handling_units: vec!["T-01".into()], ..Lookup::default() }).unwrap();
        assert_eq!(tote.handling_units[0].location.as_str(), "PACK1");
        // The core moved it meanwhile, before it heard of this: what was done here is added to that.
        let moved = [
            Row(
                kind::STOCK.into(),
                floorhand_wire::feed::stock_key(&in_tote_row(from, 5)),
                POS + 5,
                serde_json::Value::Null,
            ),
            stock_row(&in_tote_row("A1", 5), POS + 6),
        ];
        let mut all = rows(from);
        all.extend(moved);
        let mut answer = pull(&store, (0, 0), all);
        answer.streams[2].rows.retain(|row| row.2 > POS + 2);
        store.apply_pull(&answer).unwrap();
        check(&store, (PackState::Open, 2), (CartonState::Open, 0, 0), &[("C-1", "PACK1", 2), ("T-01", "PACK1", 3)]);
    }
}

/// Our own label went on a carton that is packed; the carrier's comes, and is printed.
#[test]
fn a_carton_waits_for_the_label_of_its_carrier() {
    let dir = folder();
    let mut store = device(dir.path(), "PACK1");
    commit(&mut store, vec![opened("C-1"), packs("C-1", 5), closes("C-1"), prints("C-1", 1), labels("C-1"), ends()]);
    let waits = |store: &Store| -> Vec<String> {
        store.cartons_to_relabel().unwrap().into_iter().map(|carton| carton.0).collect()
    };
    let loads = |store: &Store| store.cartons_to_load(9).unwrap().len();
    assert_eq!((waits(&store), loads(&store)), (vec![], 1));
    let carton = Carton {
        id: "C-1".into(),
        order: "O-9".into(),
        carton_type: "BOX".into(),
        state: CartonState::Labelled,
        copies: 1,
        tracking: "TRACK-9".into(),
        zpl: "^XA^XZ".into(),
        label: LabelOn::Internal,
        ..Carton::default()
    };
    let mut all = rows("PACK1");
    all.push(row(kind::CARTON, "C-1", POS + 5, &carton));
    let mut answer = pull(&store, (0, 0), all);
    answer.streams[2].rows.retain(|row| row.2 > POS + 2);
    store.apply_pull(&answer).unwrap();
    assert_eq!((waits(&store), loads(&store)), (vec!["C-1".to_owned()], 0));
    // The carrier's number names it, until something is taken out.
    let named = |store: &Store| {
        let look = Lookup { handling_units: vec!["TRACK-9".into()], outbound: true, ..Lookup::default() };
        store.look_up(&look).unwrap().cartons.len()
    };
    assert_eq!(named(&store), 1);
    let label = |internal| Fact::LabelPrinted {
        label: "C-1".into(),
        copy: 2,
        subject: "order:O-9".into(),
        reason: "carrier".into(),
        internal: Some(internal),
    };
    commit(&mut store, vec![label(false)]);
    assert_eq!((waits(&store), loads(&store)), (vec![], 1));
    commit(&mut store, vec![unpacks("C-1", 1)]);
    assert_eq!((named(&store), store.carton(&"C-1".into()).unwrap().unwrap().label), (0, LabelOn::Void));
    commit(&mut store, vec![closes("C-1"), ends()]);
    assert_eq!((waits(&store), loads(&store)), (vec!["C-1".to_owned()], 0));
    commit(&mut store, vec![label(true)]);
    assert_eq!((waits(&store), loads(&store)), (vec![], 1));
}

#[test]
fn what_the_core_has_is_not_counted_twice() {
    let dir = folder();
    let mut store = device(dir.path(), "PACK1");
    commit(&mut store, vec![opened("C-1"), packs("C-1", 3)]);
    let carton = Carton { id: "C-1".into(), order: "O-9".into(), carton_type: "BOX".into(), ..Carton::default() };
    let mut all = vec![
        row(kind::PACK_ORDER, "O-9", POS + 5, &order(PackState::Open, 3)),
        row(
            kind::CARTON_TYPE,
            "BOX",
            POS + 1,
            &CartonType { id: "BOX".into(), tare_grams: 100, ..CartonType::default() },
        ),
        row(kind::CARTON, "C-1", POS + 6, &carton),
        stock_row(&in_tote_row("PACK1", 2), POS + 7),
        stock_row(&Stock { handling_unit: "C-1".into(), ..in_tote_row("PACK1", 3) }, POS + 8),
    ];
    all.sort_by_key(|row| row.2);
    let mut answer = pull(&store, (1, 2), all);
    answer.streams[2].rows.retain(|row| row.2 > POS + 2);
    store.apply_pull(&answer).unwrap();
    check(&store, (PackState::Open, 3), (CartonState::Open, 0, 0), &[("C-1", "PACK1", 3), ("T-01", "PACK1", 2)]);
}

#[test]
fn an_order_is_read_with_all_that_packing_needs() {
    let dir = folder();
    let mut store = device(dir.path(), "PACK1");
    assert_eq!(store.packing(&"O-0".into()).unwrap(), None);
    commit(&mut store, vec![opened("C-1"), packs("C-1", 3)]);
    let fresh = store.packing(&"O-9".into()).unwrap().unwrap();
    assert_eq!((fresh.order.id.as_str(), fresh.cartons.len(), fresh.carton_types.len()), ("O-9", 1, 1));
    let content: Vec<(&str, i64)> =
        fresh.content.iter().map(|stock| (stock.handling_unit.as_str(), stock.qty)).collect();
    assert_eq!(content, [("C-1", 3), ("T-01", 2)]);
    assert_eq!(fresh.items.iter().map(|item| item.id.as_str()).collect::<Vec<_>>(), ["SKU1"]);
    assert_eq!(store.order_of_task(&"PK-9".into()).unwrap(), Some("O-9".into()));
    assert_eq!(store.order_of_task(&"".into()).unwrap(), None);
    assert_eq!(store.bench_of("H-07").unwrap().as_str(), "PACK1");
    // A scan finds it by number, task, tote and carton.
    for text in ["O-9", "PK-9", "T-01", "C-1"] {
        let look =
            Lookup { tasks: vec![text.into()], handling_units: vec![text.into()], outbound: true, ..Lookup::default() };
        let known = store.look_up(&look).unwrap();
        assert_eq!(known.orders.iter().map(|order| order.id.as_str()).collect::<Vec<_>>(), ["O-9"], "{text}");
        assert_eq!(known.cartons.len(), 1, "{text}");
    }
}
