//! The numbered cases of picking (../shared/workflows.md, section 3), through the floor's loop and a real store; what
//! the core answers meanwhile is laid out by the test. What becomes of it in the core is tested there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "floor/kit.rs"]
mod kit;

#[path = "floor_pick/goods.rs"]
mod goods;
#[path = "floor_pick/meanwhile.rs"]
mod meanwhile;
#[path = "floor_pick/modes.rs"]
mod modes;
#[path = "floor_pick/path.rs"]
mod path;

use floorhand::view::{Page, PickStage, Tap};
use floorhand_domain::master::{HandlingUnitKind, LocationKind};
use floorhand_domain::stock::Stock;
use floorhand_domain::task::{Line, PickMode, Slot, Task};
use kit::Floor;
use kit::world::{ALL, VITAMIN, World};

/// The warehouse with totes, pack benches and a staging area.
fn world() -> World {
    let bench = |world: World, id: &str| world.place(id, |place| place.kind = LocationKind::Pack);
    let world = ["PACK-1", "PACK-2", "PACK-3"].into_iter().fold(World::new(), bench);
    let world = world.place("ST-1", |place| place.kind = LocationKind::Staging).place("A-07", |_| ());
    ["T-1", "T-2", "T-3", "T-4"].into_iter().fold(world, |world, id| world.unit(id, "PACK-1", |_| ()))
}

/// Ten shirts at A-01, ten mugs at A-02.
fn stocked() -> World {
    world().stock("A-01", "SHIRT", 10).stock("A-02", "MUG", 10)
}

/// A line for order `SO-1` in the only tote.
fn line(location: &str, item: &str, qty: i64) -> Line {
    let (location, item) = (location.into(), item.into());
    Line { location, item, qty, order: "SO-1".into(), order_line: "SO-1:1".into(), slot: 1, ..Line::default() }
}

/// The same for the order of another slot: `SO-2` in slot 2.
fn of_slot(slot: u8, line: Line) -> Line {
    let order = format!("SO-{slot}");
    Line { slot, order_line: format!("{order}:1").into(), order: order.as_str().into(), ..line }
}

fn slot(slot: u8) -> Slot {
    Slot { slot, order: format!("SO-{slot}").as_str().into(), ..Slot::default() }
}

/// `PT-1` with so many totes, to be brought to PACK-1.
fn head(slots: u8) -> Task {
    Task {
        id: "PT-1".into(),
        mode: if slots > 1 { PickMode::Cluster } else { PickMode::Single },
        slots: (1..=slots).map(slot).collect(),
        drop_off: "PACK-1".into(),
        ..Task::default()
    }
}

/// Somebody else's open line of `PT-2` on the same goods.
fn of_another(line: Line) -> (Task, Vec<Line>) {
    let line = Line { order: "SO-9".into(), order_line: "SO-9:1".into(), ..line };
    let slots = vec![Slot { slot: 1, order: "SO-9".into(), ..Slot::default() }];
    (Task { id: "PT-2".into(), slots, drop_off: "PACK-1".into(), ..Task::default() }, vec![line])
}

/// The task opened, with T-1, T-2, … in its slots.
#[track_caller]
fn opened(world: World, task: Task, lines: Vec<Line>) -> Floor {
    let slots = task.slots.len();
    let mut floor = world.task_of(task, lines).floor();
    floor.sign_in(ALL);
    floor.scan("PT-1", "pick.totes");
    for n in 1..=slots {
        floor.scan(&format!("T-{n}"), if n == slots { "pick.location" } else { "pick.totes" });
    }
    let mut expected = vec!["TaskClaimed PT-1".to_owned()];
    expected.extend((1..=slots).map(|n| format!("ToteAssigned {n} SO-{n} T-{n}")));
    floor.recorded(&expected.iter().map(String::as_str).collect::<Vec<_>>());
    floor
}

/// A single pick of these lines, at its first location.
#[track_caller]
fn picking(world: World, lines: Vec<Line>) -> Floor {
    opened(world, head(1), lines)
}

/// The same, at the item.
#[track_caller]
fn at_item(world: World, lines: Vec<Line>) -> Floor {
    let first = lines[0].location.0.clone();
    let mut floor = picking(world, lines);
    floor.scan(&first, "pick.item");
    floor
}

fn lot(location: &str, lot: &str, expiry: &str, qty: i64) -> Stock {
    Stock {
        location: location.into(),
        item: "VITAMIN".into(),
        lot: lot.into(),
        expiry: Some(expiry.to_owned()),
        qty,
        ..Stock::default()
    }
}

/// The label of a unit of a lot.
fn label(lot: &str) -> String {
    format!("(01){VITAMIN}(10){lot}")
}

/// A pallet of shirts at a place.
fn pallet(world: World, unit: &str, location: &str, qty: i64) -> World {
    let stock =
        Stock { location: location.into(), item: "SHIRT".into(), handling_unit: unit.into(), qty, ..Stock::default() };
    world.unit(unit, location, |unit| unit.kind = HandlingUnitKind::Pallet).stock_of(stock)
}

/// A row of Problem.
#[track_caller]
fn problem(floor: &mut Floor, row: &str) {
    floor.tap(Tap::Problem);
    let rows = floor.app().sheet_rows();
    let at = rows.iter().position(|(code, ..)| *code == row).expect("a row of the sheet");
    floor.tap(Tap::Choose(at));
}

fn stage(floor: &Floor) -> PickStage {
    match floor.view().page {
        Page::Pick(page) => page.stage,
        page => panic!("{page:?}"),
    }
}

/// Units in the hand and units that are open.
fn counted(floor: &Floor) -> (u32, u32) {
    match stage(floor) {
        PickStage::Quantity { counted, needed, .. } => (counted, needed),
        PickStage::Item { quantity, .. } => (0, quantity),
        other => panic!("{other:?}"),
    }
}

/// Units picked of a line, and its state.
fn shown(floor: &Floor, line: &str) -> (i64, floorhand_domain::task::LineState) {
    let row = floor.store().line_shown(&line.into()).unwrap().unwrap();
    (row.picked, row.state)
}
