//! Several totes: a batch and its sorting, totes that go to different places, the hand-over between zones: P24, P33–P35.

use super::kit::world::{ALL, SHIRT};
use super::*;
use floorhand_domain::stock::Status;
use floorhand_domain::task::LineState;

/// Two shirts for order 1, five shirts and a mug for order 2, in one tote.
fn batch() -> Floor {
    let mut slots = vec![Slot::default()];
    slots.extend([slot(1), slot(2)]);
    let task = Task { mode: PickMode::Batch, slots, ..head(2) };
    let lines =
        vec![line("A-01", "SHIRT", 2), of_slot(2, line("A-01", "SHIRT", 5)), of_slot(2, line("A-02", "MUG", 1))];
    let mut floor = stocked().task_of(task, lines).floor();
    floor.sign_in(ALL);
    floor.scan("PT-1", "pick.totes");
    floor.scan("T-4", "pick.location");
    floor.scan("A-01", "pick.item");
    floor
}

/// All of it picked and the totes of the orders in their places.
fn to_sort() -> Floor {
    let mut floor = batch();
    floor.scan(SHIRT, "pick.quantity");
    floor.number("7");
    floor.scan("T-4", "pick.location");
    floor.scan("A-02", "pick.item");
    floor.scan("MUG-BLUE", "pick.tote");
    floor.scan("T-4", "pick.totes");
    floor.refused("T-4", "TOTE_OTHER");
    floor.scan("T-1", "pick.totes");
    floor.scan("T-2", "pick.sort");
    floor.recorded(&[
        "TaskClaimed PT-1",
        "ToteAssigned 0 T-4",
        "Picked PT-1-1 SHIRT (2) A-01 > T-4 typed",
        "Picked PT-1-2 SHIRT (5) A-01 > T-4 typed",
        "Picked PT-1-3 MUG (1) A-02 > T-4",
        "ToteAssigned 1 SO-1 T-1",
        "ToteAssigned 2 SO-2 T-2",
    ]);
    floor
}

#[test]
fn a_batch_asks_for_the_total_which_may_be_typed() {
    let mut floor = batch();
    assert_eq!(counted(&floor), (0, 7));
    floor.scan(SHIRT, "pick.quantity");
    // Neither line is long enough by itself; together they are.
    let PickStage::Quantity { keypad, .. } = stage(&floor) else { panic!("{:?}", stage(&floor)) };
    assert!(keypad);
    floor.number("8");
    assert_eq!(floor.told(), "QTY_OVER");
    floor.number("4");
    assert_eq!((floor.told().as_str(), counted(&floor)), ("", (4, 7)));
    floor.scan("T-4", "pick.item");
    assert_eq!(counted(&floor), (0, 3));
}

#[test]
fn p34_the_device_names_the_tote_and_takes_no_other() {
    let mut floor = to_sort();
    let PickStage::Sort { left, .. } = stage(&floor) else { panic!("{:?}", stage(&floor)) };
    assert_eq!(left, 8);
    floor.refused("T-1", "WRONG_KIND");
    floor.scan(SHIRT, "pick.sort");
    let PickStage::Tote { quantity, .. } = stage(&floor) else { panic!("{:?}", stage(&floor)) };
    assert_eq!(quantity, 1);
    floor.refused("T-2", "TOTE_OTHER");
    assert_eq!(floor.view().refusal.unwrap().number, 1);
    floor.refused("T-4", "TOTE_OTHER");
    floor.scan(SHIRT, "pick.sort");
    floor = floor.restart();
    assert_eq!(floor.step(), "pick.sort");
    floor.scan("T-1", "pick.sort");
    floor.recorded(&["Sorted PT-1-1 SHIRT (2) T-4 > T-1"]);
    floor.scans(5, SHIRT, "pick.sort");
    floor.refused("T-1", "TOTE_OTHER");
    floor.scan("T-2", "pick.sort");
    floor.refused(SHIRT, "QTY_OVER");
    floor.scan("MUG-BLUE", "pick.sort");
    floor.scan("T-2", "pick.drop-off");
    floor.scan("PACK-1", "work-list");
    floor.recorded(&[
        "Sorted PT-1-2 SHIRT (5) T-4 > T-2",
        "Sorted PT-1-3 MUG (1) T-4 > T-2",
        "DroppedOff PACK-1 T-1 T-2",
    ]);
    let at = |unit: &str| floor.inside(unit).iter().map(|(place, _, qty)| format!("{place} {qty}")).collect::<Vec<_>>();
    assert_eq!(
        (at("T-1"), at("T-2")),
        (vec!["PACK-1 2".to_owned()], vec!["PACK-1 1".to_owned(), "PACK-1 5".to_owned()])
    );
    assert!(floor.inside("T-4").iter().all(|(.., qty)| *qty == 0));
}

#[test]
fn what_is_not_found_while_sorting_is_left_and_goes_along() {
    let mut floor = to_sort();
    floor.scan(SHIRT, "pick.sort");
    floor.scan(SHIRT, "pick.sort");
    floor.scan("T-1", "pick.sort");
    problem(&mut floor, "skip");
    assert_eq!(floor.step(), "pick.drop-off");
    let PickStage::DropOff { totes, .. } = stage(&floor) else { panic!("{:?}", stage(&floor)) };
    assert_eq!(totes, ["T-4", "T-1", "T-2"]);
    floor.scan("PACK-1", "work-list");
    floor.recorded(&["Sorted PT-1-1 SHIRT (2) T-4 > T-1", "DroppedOff PACK-1 T-4 T-1 T-2"]);
}

/// Order 1 goes to PACK-1, order 2 to the staging area; both are picked.
fn two_places() -> Floor {
    let mut task = head(2);
    task.slots[1].drop_off = "ST-1".into();
    let lines = vec![line("A-01", "SHIRT", 1), of_slot(2, line("A-02", "MUG", 1))];
    let mut floor = opened(stocked(), task, lines);
    floor.scan("A-01", "pick.item");
    floor.scan(SHIRT, "pick.tote");
    floor.scan("T-1", "pick.location");
    floor.scan("A-02", "pick.item");
    floor.scan("MUG-BLUE", "pick.tote");
    floor.scan("T-2", "pick.drop-off");
    floor
}

#[test]
fn p33_totes_with_different_places_are_asked_for_singly() {
    let mut floor = two_places();
    let PickStage::DropOne { totes, tote, .. } = stage(&floor) else { panic!("{:?}", stage(&floor)) };
    let listed: Vec<(&str, &str)> = totes.iter().map(|one| (one.tote.as_str(), one.place.as_str())).collect();
    assert_eq!((tote.as_str(), listed), ("", vec![("T-1", "PACK-1"), ("T-2", "ST-1")]));
    floor.refused("PACK-1", "WRONG_KIND");
    floor.refused("T-3", "TOTE_OTHER");
    floor.scan("T-2", "pick.drop-off");
    let PickStage::DropOne { tote, place, kind, .. } = stage(&floor) else { panic!("{:?}", stage(&floor)) };
    assert_eq!((tote.as_str(), place.as_str(), kind.as_str()), ("T-2", "ST-1", "staging"));
    floor.refused("PACK-1", "PLACE_FORBIDDEN");
    floor = floor.restart();
    floor.scan("ST-1", "pick.drop-off");
    floor = floor.restart();
    floor.refused("T-2", "TOTE_OTHER");
    floor.scan("T-1", "pick.drop-off");
    floor.refused("PACK-2", "PLACE?");
    floor.scan("PACK-2", "work-list");
    floor.recorded(&[
        "Picked PT-1-1 SHIRT (1) A-01 > T-1",
        "Picked PT-1-2 MUG (1) A-02 > T-2",
        "DroppedOff ST-1 T-2",
        "DroppedOff PACK-2 T-1",
    ]);
    assert_eq!(floor.inside("T-2"), [("ST-1".to_owned(), Status::Allocated, 1)]);
    assert_eq!(floor.inside("T-1"), [("PACK-2".to_owned(), Status::Allocated, 1)]);
}

#[test]
fn p35_a_zone_sets_its_tote_down_at_the_hand_over() {
    let task = Task { mode: PickMode::Zone, drop_off: "ST-1".into(), ..head(1) };
    let mut floor = opened(stocked(), task, vec![line("A-01", "SHIRT", 1)]);
    floor.scan("A-01", "pick.item");
    floor.scan(SHIRT, "pick.tote");
    floor.scan("T-1", "pick.drop-off");
    floor.refused("ST-1", "WRONG_KIND");
    floor.scan("T-1", "pick.drop-off");
    floor.scan("ST-1", "work-list");
    floor.recorded(&["Picked PT-1-1 SHIRT (1) A-01 > T-1", "DroppedOff ST-1 T-1"]);
}

#[test]
fn p35_the_next_zone_takes_it_up_and_goes_on() {
    let mut task = Task { mode: PickMode::Zone, ..head(1) };
    (task.slots[0].tote, task.slots[0].from) = ("T-1".into(), "ST-1".into());
    let picked = Stock {
        location: "ST-1".into(),
        item: "SHIRT".into(),
        handling_unit: "T-1".into(),
        status: Status::Allocated,
        qty: 1,
        ..Stock::default()
    };
    let world = stocked().unit("T-1", "ST-1", |unit| unit.order = "SO-1".into()).stock_of(picked);
    let mut floor = world.task_of(task, vec![line("A-02", "MUG", 1)]).floor();
    floor.sign_in(ALL);
    // The tote opens the work.
    floor.scan("T-1", "pick.totes");
    let PickStage::TakeUp { tote, place, goods, units } = stage(&floor) else { panic!("{:?}", stage(&floor)) };
    assert_eq!((tote.as_str(), place.as_str()), ("T-1", "ST-1"));
    // What zone 1 picked is listed.
    assert_eq!((goods.as_slice(), units), (["The SHIRT".to_owned()].as_slice(), 1));
    floor.refused("T-2", "TOTE_OTHER");
    floor.scan("T-1", "pick.location");
    floor = floor.restart();
    floor.scan("A-02", "pick.item");
    floor.scan("MUG-BLUE", "pick.tote");
    floor.scan("T-1", "pick.drop-off");
    floor.scan("T-1", "pick.drop-off");
    floor.scan("PACK-1", "work-list");
    floor.recorded(&[
        "TaskClaimed PT-1",
        "ToteTaken T-1 at ST-1",
        "Picked PT-1-1 MUG (1) A-02 > T-1",
        "DroppedOff PACK-1 T-1",
    ]);
    let there: i64 = floor.inside("T-1").iter().filter(|(place, ..)| place == "PACK-1").map(|(.., qty)| qty).sum();
    assert_eq!((there, shown(&floor, "PT-1-1")), (2, (1, LineState::Done)));
}
