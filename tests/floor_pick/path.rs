//! The way through a task: P1–P4, P8–P11, P20–P23, P27, P32, P36, P37.

use super::kit::world::{ALL, SHIRT};
use super::*;
use floorhand_domain::task::{LineState, TaskState};

#[test]
fn p01_location_item_tote_then_the_next_line() {
    let mut floor = at_item(stocked(), vec![line("A-01", "SHIRT", 1), line("A-02", "MUG", 1)]);
    floor.scan(SHIRT, "pick.tote");
    floor.recorded(&[]);
    floor.scan("T-1", "pick.location");
    floor.recorded(&["Picked PT-1-1 SHIRT (1) A-01 > T-1"]);
    assert_eq!((shown(&floor, "PT-1-1"), shown(&floor, "PT-1-2").1), ((1, LineState::Done), LineState::Open));
    assert_eq!((floor.sold_at("A-01", "SHIRT"), floor.inside("T-1").len()), (9, 1));
    floor.scan("A-02", "pick.item");
    floor.scan("MUG-BLUE", "pick.tote");
    floor.scan("T-1", "pick.drop-off");
    floor.scan("PACK-1", "work-list");
    floor.recorded(&["Picked PT-1-2 MUG (1) A-02 > T-1", "DroppedOff PACK-1 T-1"]);
    assert_eq!(floor.store().task_shown(&"PT-1".into()).unwrap().unwrap().state, TaskState::Done);
    assert_eq!(floor.inside("T-1").iter().map(|(place, ..)| place.as_str()).collect::<Vec<_>>(), ["PACK-1"; 2]);
}

#[test]
fn p02_p03_another_location_and_an_item_before_it() {
    let mut floor = picking(stocked(), vec![line("A-01", "SHIRT", 1)]);
    floor.refused("A-02", "WRONG_LOCATION");
    assert_eq!(floor.view().refusal.unwrap().name, "A-01");
    floor.refused(SHIRT, "NEED_LOCATION");
    assert_eq!(floor.step(), "pick.location");
}

#[test]
fn p04_a_wrong_item_and_an_unknown_code_leave_the_count() {
    let mut floor = at_item(stocked(), vec![line("A-01", "SHIRT", 3)]);
    floor.scan(SHIRT, "pick.quantity");
    floor.refused("MUG-BLUE", "WRONG_ITEM");
    floor.refused("NOBODY-KNOWS", "UNKNOWN_CODE");
    assert_eq!(counted(&floor), (1, 3));
}

#[test]
fn p08_a_location_never_stands_for_the_item() {
    let world = stocked().stock("A-01", "MUG", 5);
    let mut floor = at_item(world, vec![line("A-01", "SHIRT", 2)]);
    floor.scan("A-01", "pick.item");
    assert_eq!(counted(&floor), (0, 2));
    floor.refused("T-1", "WRONG_KIND");
}

#[test]
fn p09_below_what_was_asked_the_rest_stays_open() {
    let mut floor = at_item(stocked(), vec![line("A-01", "SHIRT", 3)]);
    floor.scans(2, SHIRT, "pick.quantity");
    floor.scan("T-1", "pick.item");
    floor.recorded(&["Picked PT-1-1 SHIRT (2) A-01 > T-1"]);
    assert_eq!((shown(&floor, "PT-1-1"), counted(&floor)), ((2, LineState::Open), (0, 1)));
}

#[test]
fn p10_a_scan_beyond_the_limit_is_refused_whole() {
    let mut floor = at_item(stocked().code("SHIRT-6", "SHIRT", 6), vec![line("A-01", "SHIRT", 10)]);
    floor.scan("SHIRT-6", "pick.quantity");
    floor.refused("SHIRT-6", "QTY_OVER");
    assert_eq!(counted(&floor), (6, 10));
}

#[test]
fn p11_a_short_line_is_scanned_not_typed() {
    let mut floor = at_item(stocked(), vec![line("A-01", "SHIRT", 3)]);
    floor.scan(SHIRT, "pick.quantity");
    floor.pressed_in_vain(Tap::Digit(3), "SCAN_EACH");
    assert_eq!((floor.step(), counted(&floor)), ("pick.quantity", (1, 3)));
    // A long one takes the total.
    let mut floor = at_item(stocked(), vec![line("A-01", "SHIRT", 6)]);
    floor.pressed_in_vain(Tap::Digit(6), "SCAN_EACH");
    floor.scan(SHIRT, "pick.quantity");
    floor.number("6");
    assert_eq!((floor.told().as_str(), floor.step()), ("", "pick.tote"));
    floor.scan("T-1", "pick.drop-off");
    floor.recorded(&["Picked PT-1-1 SHIRT (6) A-01 > T-1 typed"]);
}

#[test]
fn p20_the_tote_of_another_order_is_refused_unless_totes_are_shared() {
    let lines = || vec![line("A-01", "SHIRT", 1), of_slot(2, line("A-02", "MUG", 1))];
    let at_tote = |world| {
        let mut floor = opened(world, head(2), lines());
        floor.scan("A-01", "pick.item");
        floor.scan(SHIRT, "pick.tote");
        floor
    };
    let mut floor = at_tote(stocked());
    floor.refused("T-2", "TOTE_OTHER");
    floor.refused("T-3", "TOTE_OTHER");
    let mut floor = at_tote(stocked().set(|settings| settings.share_tote = true));
    floor.scan("T-2", "pick.location");
    floor.recorded(&["Picked PT-1-1 SHIRT (1) A-01 > T-2"]);
}

#[test]
fn p21_a_full_tote_gives_way_to_the_next_of_the_same_order() {
    let mut floor = at_item(stocked(), vec![line("A-01", "SHIRT", 5)]);
    floor.scans(2, SHIRT, "pick.quantity");
    floor.scan("T-1", "pick.item");
    floor.scan(SHIRT, "pick.quantity");
    problem(&mut floor, "tote-full");
    assert_eq!(floor.step(), "pick.next-tote");
    let PickStage::NextTote { full, quantity, .. } = stage(&floor) else { panic!("{:?}", stage(&floor)) };
    assert_eq!((full.as_str(), quantity), ("T-1", 1));
    floor = floor.restart();
    assert_eq!(floor.step(), "pick.next-tote");
    floor.refused("T-1", "TOTE_NOT_EMPTY");
    floor.scan("T-3", "pick.quantity");
    floor.scans(1, SHIRT, "pick.quantity");
    floor.scan(SHIRT, "pick.tote");
    floor.refused("T-1", "TOTE_OTHER");
    floor.scan("T-3", "pick.drop-off");
    floor.scan("PACK-1", "work-list");
    floor.recorded(&[
        "Picked PT-1-1 SHIRT (2) A-01 > T-1",
        "ToteClosed 1 T-1",
        "ToteAssigned 1 SO-1 T-3",
        "Picked PT-1-1 SHIRT (3) A-01 > T-3",
        "DroppedOff PACK-1 T-1 T-3",
    ]);
    assert_eq!((floor.inside("T-1")[0].2, floor.inside("T-3")[0].2), (2, 3));
}

#[test]
fn p22_the_only_line_left_comes_back() {
    let mut floor = picking(stocked(), vec![line("A-01", "SHIRT", 1), line("A-02", "MUG", 1)]);
    floor.sheet("skip");
    floor.scan("A-02", "pick.item");
    floor.scan("MUG-BLUE", "pick.tote");
    floor.scan("T-1", "pick.location");
    floor = floor.restart();
    floor.sheet("skip");
    assert_eq!(floor.step(), "pick.location");
    floor.refused("PACK-1", "WRONG_LOCATION");
    assert_eq!(floor.view().refusal.unwrap().name, "A-01");
    floor.scan("A-01", "pick.item");
    floor.recorded(&["Picked PT-1-2 MUG (1) A-02 > T-1"]);
}

#[test]
fn p23_a_shortage_with_nothing_picked_leaves_others_alone() {
    let (task, lines) = of_another(line("A-01", "SHIRT", 4));
    let mut floor = at_item(stocked().task_of(task, lines), vec![line("A-01", "SHIRT", 3), line("A-02", "MUG", 1)]);
    problem(&mut floor, "short");
    assert_eq!(floor.step(), "pick.short");
    floor.tap(Tap::Choose(0));
    floor = floor.restart();
    assert_eq!(floor.step(), "pick.short");
    floor.scan("A-01", "pick.location");
    floor.recorded(&["PickedShort PT-1-1 3 NoneFound"]);
    assert_eq!(shown(&floor, "PT-1-1"), (0, LineState::Short));
    assert_eq!(shown(&floor, "PT-2-1"), (0, LineState::Open));
    assert_eq!(floor.sold_at("A-01", "SHIRT"), 10);
}

#[test]
fn p23_what_was_found_goes_to_the_tote_first_and_damaged_goods_are_set_aside() {
    let mut floor = at_item(stocked(), vec![line("A-01", "SHIRT", 5), line("A-02", "MUG", 1)]);
    floor.scans(2, SHIRT, "pick.quantity");
    floor.tap(Tap::OnlyHere);
    floor.tap(Tap::Choose(1));
    floor.refused("A-01", "NOT_NOW");
    floor.number("4");
    assert_eq!(floor.told(), "QTY_OVER");
    floor.number("1");
    assert_eq!((floor.told().as_str(), floor.step()), ("", "pick.short"));
    floor.refused("A-02", "WRONG_LOCATION");
    floor.scan("A-01", "pick.tote");
    floor.scan("T-1", "pick.location");
    floor.recorded(&["Picked PT-1-1 SHIRT (2) A-01 > T-1", "PickedShort PT-1-1 3 Damaged 1 damaged"]);
    assert_eq!(floor.here("A-01", "SHIRT"), ["7 available", "1 damaged"]);
}

#[test]
fn p27_the_last_of_the_book_asks_whether_the_place_is_empty() {
    for (tap, answer) in [(Tap::No, "not empty"), (Tap::Yes, "empty")] {
        let world = world().stock("A-01", "SHIRT", 1).stock("A-02", "MUG", 3);
        let mut floor = at_item(world, vec![line("A-01", "SHIRT", 1), line("A-02", "MUG", 1)]);
        floor.scan(SHIRT, "pick.tote");
        floor.scan("T-1", "pick.empty");
        floor = floor.restart();
        assert_eq!(floor.step(), "pick.empty");
        floor.refused("A-02", "NOT_NOW");
        floor.press(tap, "pick.location");
        let checked = format!("ZeroChecked A-01 SHIRT {answer}");
        floor.recorded(&["Picked PT-1-1 SHIRT (1) A-01 > T-1", &checked]);
        floor.scan("A-02", "pick.item");
    }
    let world = world().stock("A-01", "SHIRT", 1).set(|settings| settings.zero_check = false);
    let mut floor = at_item(world, vec![line("A-01", "SHIRT", 1)]);
    floor.scan(SHIRT, "pick.tote");
    floor.scan("T-1", "pick.drop-off");
}

#[test]
fn p32_another_place_asks_for_itself() {
    let mut floor = at_item(stocked(), vec![line("A-01", "SHIRT", 1)]);
    floor.scan(SHIRT, "pick.tote");
    floor.scan("T-1", "pick.drop-off");
    floor.refused("PACK-2", "PLACE?");
    floor.refused("PACK-3", "PLACE?");
    floor = floor.restart();
    floor.refused("PACK-3", "PLACE?");
    floor.refused("ST-1", "PLACE_FORBIDDEN");
    floor.refused("PACK-3", "PLACE?");
    floor.scan("PACK-3", "work-list");
    floor.recorded(&["Picked PT-1-1 SHIRT (1) A-01 > T-1", "DroppedOff PACK-3 T-1"]);
}

#[test]
fn p36_a_cut_before_the_tote_keeps_line_and_quantity() {
    let mut floor = at_item(stocked(), vec![line("A-01", "SHIRT", 3)]);
    floor.scans(2, SHIRT, "pick.quantity");
    floor = floor.restart();
    assert_eq!((floor.step(), counted(&floor)), ("pick.quantity", (2, 3)));
    floor.recorded(&[]);
    floor.scan(SHIRT, "pick.tote");
    floor = floor.restart();
    assert_eq!(floor.step(), "pick.tote");
    floor.scan("T-1", "pick.drop-off");
    floor = floor.restart();
    assert_eq!(floor.step(), "pick.drop-off");
    floor.recorded(&["Picked PT-1-1 SHIRT (3) A-01 > T-1"]);
}

#[test]
fn p37_a_pick_is_taken_back_until_it_is_set_down() {
    let mut floor = at_item(stocked(), vec![line("A-01", "SHIRT", 2)]);
    floor.scan(SHIRT, "pick.quantity");
    floor.scan(SHIRT, "pick.tote");
    floor.scan("T-1", "pick.drop-off");
    floor.sheet("undo");
    assert_eq!(floor.step(), "pick.location");
    floor.recorded(&["Picked PT-1-1 SHIRT (2) A-01 > T-1", "Undone Picked PT-1-1 SHIRT (2) A-01 > T-1"]);
    assert_eq!((shown(&floor, "PT-1-1"), floor.sold_at("A-01", "SHIRT")), ((0, LineState::Open), 10));
    floor = floor.restart();
    floor.scan("A-01", "pick.item");
    floor.scan(SHIRT, "pick.quantity");
    floor.scan(SHIRT, "pick.tote");
    floor.scan("T-1", "pick.drop-off");
    floor.scan("PACK-1", "work-list");
    assert_eq!(floor.kinds().iter().filter(|kind| **kind == "Picked").count(), 2);
    // What is set down is another step's.
    floor.tap(Tap::More);
    assert!(!floor.app().sheet_rows().iter().any(|(code, ..)| *code == "undo"));
}

#[test]
fn a_task_whose_tote_is_not_empty_asks_for_another() {
    let stock = Stock {
        location: "PACK-1".into(),
        item: "MUG".into(),
        handling_unit: "T-1".into(),
        qty: 1,
        ..Stock::default()
    };
    let world = stocked().stock_of(stock).unit("T-2", "PACK-1", |unit| unit.order = "SO-7".into());
    let mut floor = world.task_of(head(1), vec![line("A-01", "SHIRT", 1)]).floor();
    floor.sign_in(ALL);
    floor.scan("PT-1", "pick.totes");
    floor.refused("T-1", "TOTE_NOT_EMPTY");
    floor.refused("T-2", "TOTE_OTHER");
    floor.scan("T-3", "pick.location");
}
