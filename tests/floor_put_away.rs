//! The numbered cases of put-away and move (../shared/workflows.md, section 6), through the floor's loop and a
//! real store. M10 is judged by the core, and tested there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "floor/kit.rs"]
mod kit;

use floorhand::view::{Page, StockStage, Tap};
use floorhand_domain::master::{HandlingUnitKind, Mixing};
use floorhand_domain::stock::{Status, Stock};
use floorhand_domain::task::{Line, LineState, Plan, TaskKind, TaskState, Why};
use kit::Floor;
use kit::world::{ALL, COUNTER, SHIRT, SUPERVISOR, VITAMIN, World};

/// Shirts in a handling unit.
fn boxed(unit: &str, location: &str, qty: i64) -> Stock {
    let (location, item) = (location.into(), "SHIRT".into());
    Stock { location, item, handling_unit: unit.into(), qty, ..Stock::default() }
}

/// H-1 with ten shirts at the dock.
fn h1() -> World {
    World::new().unit("H-1", "DOCK-1", |unit| unit.kind = HandlingUnitKind::Pallet).stock_of(boxed("H-1", "DOCK-1", 10))
}

/// A line that brings a handling unit with ten shirts from the dock to a place.
fn bring(unit: &str, to: &str) -> Line {
    Line {
        location: "DOCK-1".into(),
        item: "SHIRT".into(),
        handling_unit: unit.into(),
        qty: 10,
        plan: Plan { to: to.into(), why: Why::Empty, ..Plan::default() },
        ..Line::default()
    }
}

/// The task of putting H-1 away to B-01, opened.
fn putting_away(world: World) -> Floor {
    let mut floor = world.task("PA-1", TaskKind::PutAway, vec![bring("H-1", "B-01")]).floor();
    floor.sign_in(ALL);
    floor.scan("PA-1", "put-away.source");
    floor.recorded(&["TaskClaimed PA-1"]);
    floor
}

/// A move that nobody planned, begun.
fn moving(world: World) -> Floor {
    let mut floor = world.floor();
    floor.sign_in(ALL);
    floor.sheet("move-this");
    assert_eq!(floor.step(), "put-away.source");
    floor.recorded(&["TaskOpened move"]);
    floor
}

#[test]
fn m01_a_handling_unit_goes_where_it_is_suggested() {
    let mut floor = putting_away(h1());
    floor.scan("H-1", "put-away.destination");
    floor.recorded(&[]);
    floor.scan("B-01", "work-list");
    floor.recorded(&["Moved PA-1-1 H-1 DOCK-1 > B-01"]);
    assert_eq!(floor.inside("H-1"), [("B-01".to_owned(), Status::Available, 10)]);
    assert_eq!((floor.sold_at("DOCK-1", "SHIRT"), floor.sold_at("B-01", "SHIRT")), (0, 10));
    assert_eq!(floor.store().task_shown(&"PA-1".into()).unwrap().unwrap().state, TaskState::Done);
}

#[test]
fn m02_another_valid_place_asks_once() {
    let mut floor = putting_away(h1());
    floor.scan("H-1", "put-away.destination");
    floor.refused("B-02", "PLACE?");
    // G7: a question does not outlast a power cut.
    floor = floor.restart();
    assert_eq!(floor.step(), "put-away.destination");
    floor.refused("B-02", "PLACE?");
    floor.scan("B-02", "work-list");
    floor.recorded(&["Moved PA-1-1 H-1 DOCK-1 > B-02 PLACE?"]);
    assert_eq!(floor.here("B-02", "SHIRT"), ["10 available in H-1"]);
}

#[test]
fn m03_a_third_place_asks_for_itself() {
    let mut floor = putting_away(h1());
    floor.scan("H-1", "put-away.destination");
    floor.refused("B-02", "PLACE?");
    floor.refused("A-01", "PLACE?");
    floor.refused("B-02", "PLACE?");
    floor.refused(SHIRT, "WRONG_KIND");
    floor.refused("B-02", "PLACE?");
    floor.recorded(&[]);
    assert_eq!(floor.here("DOCK-1", "SHIRT"), ["10 available in H-1"]);
    // The suggested one never asks.
    floor.scan("B-01", "work-list");
    floor.recorded(&["Moved PA-1-1 H-1 DOCK-1 > B-01"]);
}

#[test]
fn m03_a_site_may_refuse_other_places() {
    let mut floor = putting_away(h1().set(|settings| settings.other_place = false));
    floor.scan("H-1", "put-away.destination");
    floor.refused("B-02", "PLACE_FORBIDDEN");
    floor.refused("B-02", "PLACE_FORBIDDEN");
}

#[test]
fn m04_held_stock_enters_places_of_its_status_only() {
    let held = Stock { status: Status::Quarantined, ..boxed("H-1", "DOCK-1", 10) };
    let mut floor = moving(World::new().unit("H-1", "DOCK-1", |_| ()).stock_of(held));
    floor.scan("H-1", "put-away.destination");
    floor.refused("A-01", "PLACE_FORBIDDEN");
    floor.refused("A-01", "PLACE_FORBIDDEN");
    floor.refused("Q-01", "PLACE?");
    floor.scan("Q-01", "work-list");
    floor.recorded(&["Moved H-1 DOCK-1 > Q-01 PLACE?"]);
    assert_eq!(floor.here("Q-01", "SHIRT"), ["10 quarantined in H-1"]);
    // And what may be sold enters none of them.
    let mut floor = putting_away(h1());
    floor.scan("H-1", "put-away.destination");
    floor.refused("Q-01", "PLACE_FORBIDDEN");
}

#[test]
fn m05_a_full_place_and_one_that_mixes_nothing_refuse() {
    let mut floor = putting_away(h1().place("B-01", |place| place.capacity = 12).stock("B-01", "SHIRT", 5));
    floor.scan("H-1", "put-away.destination");
    floor.refused("B-01", "PLACE_FULL");
    assert_eq!(floor.step(), "put-away.destination");

    let lot = |location: &str, lot: &str| Stock {
        location: location.into(),
        item: "VITAMIN".into(),
        lot: lot.into(),
        qty: 2,
        ..Stock::default()
    };
    let world = World::new().place("B-02", |place| place.mixing = Mixing::Lot);
    let mut floor = moving(world.stock_of(lot("B-02", "L1")).stock_of(lot("A-01", "L2")));
    floor.scan("A-01", "put-away.source");
    floor.scan(&format!("(01){VITAMIN}(10)L2"), "put-away.quantity");
    floor.refused("B-02", "PLACE_MIX");
    floor.recorded(&[]);
    floor.refused("B-01", "PLACE?");
    floor.scan("B-01", "work-list");
    floor.recorded(&["Moved VITAMIN (1 L2) A-01 > B-01 PLACE?"]);
}

#[test]
fn m06_units_go_from_one_handling_unit_into_another() {
    let world = World::new().unit("H-1", "A-01", |_| ()).stock_of(boxed("H-1", "A-01", 10)).unit("H-2", "A-02", |_| ());
    let mut floor = moving(world);
    floor.scan("A-01", "put-away.source");
    floor.scans(3, SHIRT, "put-away.quantity");
    floor = floor.restart();
    assert_eq!(floor.step(), "put-away.quantity");
    floor.scan(SHIRT, "put-away.quantity");
    floor.scan("H-2", "work-list");
    floor.recorded(&["Moved SHIRT (4 in H-1) A-01 > A-02 into H-2"]);
    assert_eq!(floor.inside("H-1"), [("A-01".to_owned(), Status::Available, 6)]);
    assert_eq!(floor.inside("H-2"), [("A-02".to_owned(), Status::Available, 4)]);
}

#[test]
fn g13_weighed_goods_keep_their_decimals() {
    let mut floor = moving(World::new().stock("A-01", "RICE", 2_000));
    floor.scan("A-01", "put-away.source");
    floor.scan("RICE", "put-away.quantity");
    floor = floor.restart();
    let Page::Stock(page) = floor.view().page else { panic!("{:?}", floor.view().page) };
    let StockStage::Quantity { goods, .. } = page.stage else { panic!("{:?}", page.stage) };
    assert_eq!(goods.name, "The RICE");
    floor.number("0.75");
    assert_eq!(floor.step(), "put-away.destination");
    floor.refused("A-02", "PLACE?");
    floor.scan("A-02", "work-list");
    floor.recorded(&["Moved RICE (750) A-01 > A-02 PLACE? typed"]);
    assert_eq!(floor.sold_at("A-01", "RICE"), 1_250);
}

#[test]
fn m06_a_handling_unit_that_was_brought_along_stands_here() {
    let mut floor = moving(World::new().stock("A-01", "SHIRT", 10).unit("H-5", "", |_| ()));
    floor.scan("A-01", "put-away.source");
    floor.scan(SHIRT, "put-away.quantity");
    floor.scan("H-5", "work-list");
    floor.recorded(&["Moved SHIRT (1) A-01 > A-01 into H-5"]);
    assert_eq!(floor.here("A-01", "SHIRT"), ["9 available", "1 available in H-5"]);
    assert_eq!(floor.store().handling_unit(&"H-5".into()).unwrap().unwrap().location.as_str(), "A-01");
}

#[test]
fn m07_a_carton_moved_alone_leaves_its_pallet() {
    let mugs = Stock { item: "MUG".into(), ..boxed("P-1", "A-01", 4) };
    let world = World::new()
        .unit("P-1", "A-01", |unit| unit.kind = HandlingUnitKind::Pallet)
        .stock_of(mugs)
        .unit("CT-1", "A-01", |unit| (unit.kind, unit.parent) = (HandlingUnitKind::Carton, "P-1".into()))
        .stock_of(boxed("CT-1", "A-01", 10));
    let mut floor = moving(world.clone());
    floor.scan("CT-1", "put-away.destination");
    floor.refused("A-02", "PLACE?");
    floor.scan("A-02", "work-list");
    floor.recorded(&["Moved CT-1 A-01 > A-02 PLACE?"]);
    let carton = floor.store().handling_unit(&"CT-1".into()).unwrap().unwrap();
    assert_eq!((carton.parent.as_str(), carton.location.as_str()), ("", "A-02"));
    assert_eq!(floor.inside("P-1"), [("A-01".to_owned(), Status::Available, 4)]);
    assert_eq!(floor.inside("CT-1"), [("A-02".to_owned(), Status::Available, 10)]);
    // The pallet takes along what stands on it.
    let mut floor = moving(world);
    floor.scan("P-1", "put-away.destination");
    floor.refused("A-02", "PLACE?");
    floor.scan("A-02", "work-list");
    assert_eq!(floor.inside("CT-1"), [("A-02".to_owned(), Status::Available, 10)]);
    assert_eq!(floor.store().handling_unit(&"CT-1".into()).unwrap().unwrap().parent.as_str(), "P-1");
}

#[test]
fn m08_more_than_the_book_says_is_moved_when_asked_again() {
    let mut floor = moving(World::new().stock("A-01", "SHIRT", 3));
    floor.scan("A-01", "put-away.source");
    floor.scans(3, SHIRT, "put-away.quantity");
    floor.refused(SHIRT, "BOOK_SHORT?");
    floor = floor.restart();
    floor.refused(SHIRT, "BOOK_SHORT?");
    floor.scan(SHIRT, "put-away.quantity");
    floor.scan(SHIRT, "put-away.quantity");
    floor.refused("A-02", "PLACE?");
    floor.scan("A-02", "put-away.empty");
    floor.press(Tap::Yes, "work-list");
    floor.recorded(&["Moved SHIRT (5) A-01 > A-02 PLACE? BOOK_SHORT?", "ZeroChecked A-01 SHIRT empty"]);
    assert_eq!((floor.sold_at("A-01", "SHIRT"), floor.sold_at("A-02", "SHIRT")), (-2, 5));
}

#[test]
fn m09_promised_stock_moves_by_a_supervisor() {
    let promised = Line {
        location: "A-01".into(),
        item: "SHIRT".into(),
        qty: 3,
        order: "SO-1".into(),
        order_line: "SO-1:1".into(),
        slot: 1,
        ..Line::default()
    };
    let world = World::new()
        .stock("A-01", "SHIRT", 4)
        .unit("H-1", "A-01", |_| ())
        .stock_of(boxed("H-1", "A-01", 2))
        .task("PT-1", TaskKind::Pick, vec![promised]);
    // Six are there, three are promised.
    let mut floor = moving(world);
    floor.scan("H-1", "put-away.destination");
    floor.press(Tap::Back, "put-away.source");
    floor.scan("A-01", "put-away.source");
    floor.refused(SHIRT, "NEED_HU");
    floor.scan("A-01", "put-away.source");
    floor.scans(3, SHIRT, "put-away.quantity");
    floor.refused(SHIRT, "ALLOCATED");
    floor.read(COUNTER);
    floor.recorded(&[]);
    floor.allow(SUPERVISOR);
    assert_eq!(floor.step(), "put-away.quantity");
    floor.recorded(&["Approved o-9 ALLOCATED SHIRT 4"]);
    floor = floor.restart();
    floor.refused("A-02", "PLACE?");
    floor.scan("A-02", "work-list");
    floor.recorded(&["Moved SHIRT (4) A-01 > A-02 PLACE? ALLOCATED"]);
    assert_eq!(floor.here("A-01", "SHIRT"), ["2 available in H-1"]);
}

#[test]
fn m09_picked_stock_never_moves() {
    let picked = Stock { status: Status::Allocated, ..boxed("T-1", "A-01", 2) };
    let mut floor = moving(World::new().unit("T-1", "A-01", |_| ()).stock_of(picked));
    floor.refused("T-1", "HU_RULE");
    floor.scan("A-01", "put-away.source");
    floor.refused(SHIRT, "HU_RULE");
    assert_eq!(floor.app().approvable(), None);
}

/// A task that brings twenty shirts from A-01 to B-01, where fourteen are.
fn replenishing() -> Floor {
    let line = Line { location: "A-01".into(), handling_unit: "".into(), qty: 20, ..bring("", "B-01") };
    let world = World::new().stock("A-01", "SHIRT", 14).task("RP-1", TaskKind::Move, vec![line]);
    let mut floor = world.floor();
    floor.sign_in(ALL);
    floor.scan("RP-1", "put-away.source");
    floor.scan("A-01", "put-away.source");
    floor.scan(SHIRT, "put-away.quantity");
    floor.number("14");
    floor.scan("B-01", "put-away.empty");
    floor.recorded(&["TaskClaimed RP-1", "Moved RP-1-1 SHIRT (14) A-01 > B-01 typed"]);
    floor
}

#[test]
fn m11_what_could_not_be_brought_goes_back() {
    let mut floor = replenishing();
    floor = floor.restart();
    assert_eq!(floor.step(), "put-away.empty");
    floor.press(Tap::Yes, "work-list");
    floor.recorded(&["ZeroChecked A-01 SHIRT empty"]);
    let line = floor.store().line_shown(&"RP-1-1".into()).unwrap().unwrap();
    assert_eq!((line.picked, line.state), (14, LineState::Short));
    assert_eq!((floor.sold_at("A-01", "SHIRT"), floor.sold_at("B-01", "SHIRT")), (0, 14));
    assert_eq!(floor.store().task_shown(&"RP-1".into()).unwrap().unwrap().state, TaskState::Done);
}

#[test]
fn m11_what_is_still_there_is_brought_after_all() {
    let mut floor = replenishing();
    floor.press(Tap::No, "put-away.source");
    floor.recorded(&["ZeroChecked A-01 SHIRT not empty"]);
    floor.scan("A-01", "put-away.source");
    floor.scan(SHIRT, "put-away.quantity");
    floor.number("7");
    assert_eq!(floor.told(), "QTY_OVER");
    floor.tap(Tap::Back);
    floor.number("6");
    assert_eq!(floor.step(), "put-away.destination");
    floor.scan("B-01", "put-away.empty");
    floor.press(Tap::Yes, "work-list");
    let line = floor.store().line_shown(&"RP-1-1".into()).unwrap().unwrap();
    assert_eq!((line.picked, line.state), (20, LineState::Done));
}

#[test]
fn m12_a_cut_after_the_move_counts_it_once() {
    let world = h1()
        .unit("H-2", "DOCK-1", |_| ())
        .stock_of(boxed("H-2", "DOCK-1", 10))
        .task("PA-2", TaskKind::PutAway, vec![bring("H-1", "B-01"), bring("H-2", "B-02")])
        .task("PA-3", TaskKind::PutAway, vec![bring("H-2", "B-02")]);
    let mut floor = world.floor();
    floor.sign_in(ALL);
    floor.scan("PA-2", "put-away.source");
    floor.scan("H-1", "put-away.destination");
    floor = floor.restart();
    assert_eq!(floor.step(), "put-away.destination");
    floor.scan("B-01", "put-away.source");
    floor = floor.restart();
    assert_eq!(floor.step(), "put-away.source");
    floor.recorded(&["TaskClaimed PA-2", "Moved PA-2-1 H-1 DOCK-1 > B-01"]);
    floor.refused("H-1", "WRONG_HU");
    floor.scan("H-2", "put-away.destination");
    floor.scan("B-02", "work-list");
    floor = floor.restart();
    assert_eq!(floor.step(), "work-list");
    floor.recorded(&["Moved PA-2-2 H-2 DOCK-1 > B-02"]);
    assert_eq!(floor.here("B-01", "SHIRT"), ["10 available in H-1"]);
    // The next task is offered.
    let offered = floor.store().tasks_shown(&"o-1".into(), "", 10).unwrap();
    let offered: Vec<&str> = offered.iter().map(|task| task.id.as_str()).collect();
    assert_eq!(offered, ["PA-3"]);
}

#[test]
fn a_line_about_a_handling_unit_is_done_whatever_is_in_it() {
    // The book has the goods, H-1 is empty by the device's copy.
    let mut floor = putting_away(World::new().unit("H-1", "DOCK-1", |_| ()));
    floor.scan("H-1", "put-away.destination");
    floor.scan("B-01", "work-list");
    assert_eq!(floor.store().task_shown(&"PA-1".into()).unwrap().unwrap().state, TaskState::Done);
}

#[test]
fn fewer_than_planned_move_by_the_button_that_says_so() {
    let line = Line { location: "A-01".into(), item: "SHIRT".into(), qty: 20, ..bring("", "B-01") };
    let mut floor = World::new().stock("A-01", "SHIRT", 14).task("RP-1", TaskKind::Move, vec![line]).floor();
    floor.sign_in(ALL);
    floor.scan("RP-1", "put-away.source");
    floor.scan("A-01", "put-away.source");
    floor.pressed_in_vain(Tap::OnlyHere, "NOT_NOW");
    floor.scans(2, SHIRT, "put-away.quantity");
    floor.press(Tap::OnlyHere, "put-away.destination");
    floor.press(Tap::Back, "put-away.source");
    floor.scan("A-01", "put-away.source");
    floor.scan(SHIRT, "put-away.quantity");
    floor.press(Tap::OnlyHere, "put-away.destination");
    floor = floor.restart();
    floor.scan("B-01", "put-away.source");
    floor.recorded(&["TaskClaimed RP-1", "Moved RP-1-1 SHIRT (1) A-01 > B-01"]);
}
