//! The numbered cases of receiving (../shared/workflows.md, section 5), through the floor's loop and a real
//! store. R8's second half, R11, R14 and R20 are judged by the core, and tested there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "floor/kit.rs"]
mod kit;

use floorhand::app::Flow;
use floorhand::view::{Band, Page, Tap};
use floorhand_domain::inbound::Announced;
use floorhand_domain::master::HandlingUnitKind;
use floorhand_domain::stock::Stock;
use kit::Floor;
use kit::world::{ALL, COUNTER, MANAGER, PUMP, SHIRT, SUPERVISOR, VITAMIN, World};

/// A delivery of one item, and a handling unit at the dock.
fn delivery(item: &str, ordered: i64) -> World {
    World::new().unit("P-7", "DOCK-1", |_| ()).delivery("ASN-1", "PO-1", &[(item, ordered)])
}

/// A receipt of the delivery, at its first step.
fn receiving(world: World) -> Floor {
    let mut floor = world.floor();
    floor.sign_in(ALL);
    floor.sheet("deliveries");
    floor.scan("ASN-1", "receive.item");
    floor.recorded(&["DeliveryOpened ASN-1 at DOCK-1"]);
    floor
}

/// A label of the vitamins.
fn vitamin(rest: &str) -> String {
    format!("(01){VITAMIN}{rest}")
}

fn vitamin_in_stock(lot: &str, expiry: &str) -> Stock {
    Stock {
        location: "A-01".into(),
        item: "VITAMIN".into(),
        lot: lot.into(),
        qty: 5,
        expiry: Some(expiry.to_owned()),
        ..Stock::default()
    }
}

/// Units that are being counted.
fn counted(floor: &Floor) -> i64 {
    let Flow::Receive(flow) = &floor.app().flow else { panic!("{:?}", floor.app().flow) };
    flow.at.entry().map_or(0, |entry| entry.qty)
}

/// Counts so many shirts by hand and leaves them at the step of their condition.
#[track_caller]
fn shirts(floor: &mut Floor, qty: i64) {
    floor.scan(SHIRT, "receive.quantity");
    floor.number(&qty.to_string());
    assert_eq!((floor.told().as_str(), floor.step()), ("", "receive.condition"));
}

#[test]
fn r01_an_item_that_two_deliveries_await_asks_which() {
    let world =
        delivery("SHIRT", 2).delivery("ASN-2", "PO-2", &[("SHIRT", 5)]).delivery("ASN-3", "PO-3", &[("MUG", 1)]);
    let mut floor = world.floor();
    floor.sign_in(ALL);
    floor.sheet("deliveries");
    floor.read(SHIRT);
    let Page::Deliveries(page) = floor.view().page else { panic!("{:?}", floor.view().page) };
    let orders: Vec<&str> = page.rows.iter().map(|row| row.order.as_str()).collect();
    assert_eq!((page.choosing, orders), (true, vec!["PO-1", "PO-2"]));
    floor.recorded(&[]);
    floor.press(Tap::Choose(1), "receive.item");
    floor.recorded(&["DeliveryOpened ASN-2 at DOCK-1"]);
}

#[test]
fn r01_an_order_with_two_deliveries_asks_at_the_work_list_too() {
    let mut floor = delivery("SHIRT", 2).delivery("ASN-2", "PO-1", &[("SHIRT", 5)]).floor();
    floor.sign_in(ALL);
    floor.read("PO-1");
    let Page::Deliveries(page) = floor.view().page else { panic!("{:?}", floor.view().page) };
    assert_eq!((page.choosing, page.rows.len()), (true, 2));
    floor.press(Tap::Choose(0), "receive.item");
    floor.recorded(&["DeliveryOpened ASN-1 at DOCK-1"]);
}

#[test]
fn r02_nothing_passes_without_lot_and_expiry() {
    let mut floor = receiving(delivery("VITAMIN", 10));
    floor.scan(&vitamin(""), "receive.lot");
    floor.pressed_in_vain(Tap::Ok, "MISSING_DATA");
    floor.refused("P-7", "WRONG_KIND");
    floor.refused(&vitamin(""), "MISSING_DATA");
    floor.scan("L9", "receive.expiry");
    floor.pressed_in_vain(Tap::Ok, "MISSING_DATA");
    floor.number("31032027");
    assert_eq!(floor.step(), "receive.quantity");
    floor.scan("P-7", "receive.item");
    floor.recorded(&["Received ASN-1-1 VITAMIN L9 2027-03-31 (1 in-transit) in P-7"]);
    assert_eq!(floor.here("DOCK-1", "VITAMIN"), ["1 in-transit L9 in P-7"]);
}

#[test]
fn r02_every_unit_needs_its_serial_number() {
    let mut floor = receiving(delivery("PUMP", 2));
    floor.scan(&format!("(01){PUMP}"), "receive.serial");
    floor.pressed_in_vain(Tap::Ok, "MISSING_DATA");
    floor.tap(Tap::Keypad);
    floor.words("N1");
    floor.press(Tap::Ok, "receive.serial");
    floor.scan(&format!("(01){PUMP}(21)N2"), "receive.condition");
    floor.scan("P-7", "receive.item");
    floor.recorded(&["Received ASN-1-1 PUMP (1 in-transit #N1, 1 in-transit #N2) in P-7"]);
}

#[test]
fn r03_a_known_lot_brings_its_expiry_and_the_label_must_agree() {
    let mut floor = receiving(delivery("VITAMIN", 10).stock_of(vitamin_in_stock("L1", "2027-03-31")));
    floor.scan(&vitamin(""), "receive.lot");
    floor.scan("L1", "receive.quantity");
    floor.refused("(10)L1(17)270430", "LABEL_CLASH");
    assert_eq!((floor.step(), counted(&floor)), ("receive.quantity", 1));
    floor.scan("P-7", "receive.item");
    floor.recorded(&["Received ASN-1-1 VITAMIN L1 2027-03-31 (1 in-transit) in P-7"]);
    // Typed into its field it is known as well.
    floor.scan(&vitamin(""), "receive.lot");
    floor.tap(Tap::Keypad);
    floor.words("L1");
    floor.press(Tap::Ok, "receive.quantity");
    // G10: a unit that began with another date is read anew.
    floor.press(Tap::Back, "receive.item");
    floor.refused(&vitamin("(10)L1(17)270430"), "LABEL_CLASH");
    assert_eq!(floor.step(), "receive.item");
}

#[test]
fn r04_to_the_limit_and_not_one_more() {
    let mut floor = receiving(delivery("SHIRT", 100));
    floor.scan(SHIRT, "receive.quantity");
    floor.digits("106");
    floor.pressed_in_vain(Tap::Ok, "RECEIPT_OVER");
    assert_eq!(counted(&floor), 1);
    floor.tap(Tap::Back);
    floor.number("105");
    assert_eq!((floor.step(), counted(&floor)), ("receive.condition", 105));
    floor.refused(SHIRT, "RECEIPT_OVER");
    floor.refused("SHIRT-12", "RECEIPT_OVER");
    assert_eq!(counted(&floor), 105);
    floor.scan("P-7", "receive.item");
    floor.recorded(&["Received ASN-1-1 SHIRT (105 in-transit) in P-7 typed"]);
    assert_eq!(floor.here("DOCK-1", "SHIRT"), ["105 in-transit in P-7"]);
    // Own receipts count: nothing more may come.
    floor.refused(SHIRT, "RECEIPT_OVER");
    // A restart forgets none of them.
    floor = floor.restart();
    floor.refused(SHIRT, "RECEIPT_OVER");
}

#[test]
fn r05_approved_excess_is_quarantined_at_once() {
    let mut floor = receiving(delivery("SHIRT", 100));
    shirts(&mut floor, 105);
    floor.refused(SHIRT, "RECEIPT_OVER");
    floor.allow(SUPERVISOR);
    assert_eq!((floor.step(), counted(&floor)), ("receive.condition", 106));
    floor = floor.restart();
    floor.scan("P-7", "receive.item");
    floor.recorded(&[
        "Approved o-9 RECEIPT_OVER SHIRT 1",
        "Received ASN-1-1 SHIRT (105 in-transit, 1 quarantined) in P-7 RECEIPT_OVER typed",
    ]);
    assert_eq!(floor.here("DOCK-1", "SHIRT"), ["105 in-transit in P-7", "1 quarantined in P-7"]);
}

#[test]
fn r05_more_than_a_fifth_is_for_a_manager() {
    let mut floor = receiving(delivery("SHIRT", 100));
    floor.scan(SHIRT, "receive.quantity");
    floor.digits("121");
    floor.pressed_in_vain(Tap::Ok, "RECEIPT_OVER");
    floor.read(SUPERVISOR);
    let Page::Approve(page) = floor.view().page else { panic!("{:?}", floor.view().page) };
    assert!(page.approver.is_empty(), "{page:?}");
    floor.allow(MANAGER);
    assert_eq!((floor.step(), counted(&floor)), ("receive.condition", 121));
    floor.scan("P-7", "receive.item");
    floor.recorded(&[
        "Approved o-10 RECEIPT_OVER SHIRT 16",
        "Received ASN-1-1 SHIRT (105 in-transit, 16 quarantined) in P-7 RECEIPT_OVER typed",
    ]);
    // A fifth is a supervisor's.
    let mut floor = receiving(delivery("SHIRT", 100));
    floor.scan(SHIRT, "receive.quantity");
    floor.digits("120");
    floor.pressed_in_vain(Tap::Ok, "RECEIPT_OVER");
    floor.allow(SUPERVISOR);
    assert_eq!(counted(&floor), 120);
}

#[test]
fn r06_damaged_units_need_a_photograph() {
    let mut floor = receiving(delivery("SHIRT", 10));
    shirts(&mut floor, 10);
    floor.tap(Tap::Damaged);
    floor.number("2");
    assert_eq!((floor.told().as_str(), floor.step()), ("", "receive.condition"));
    floor.pressed_in_vain(Tap::Ok, "PHOTO_NEEDED");
    floor.refused("P-7", "PHOTO_NEEDED");
    floor.recorded(&[]);
    floor.photo();
    floor.recorded(&["PhotoTaken damaged"]);
    floor = floor.restart();
    floor.press(Tap::Ok, "receive.unit");
    floor.scan("P-7", "receive.item");
    floor.recorded(&["Received ASN-1-1 SHIRT (8 in-transit, 2 damaged) in P-7 with photo typed"]);
    assert_eq!(floor.here("DOCK-1", "SHIRT"), ["2 damaged in P-7", "8 in-transit in P-7"]);
}

#[test]
fn r07_what_nobody_ordered_is_received_as_unexpected() {
    let mut floor = receiving(delivery("SHIRT", 10));
    floor.refused("MUG-BLUE", "WRONG_ITEM");
    floor.recorded(&[]);
    floor.press(Tap::NotListed, "receive.quantity");
    floor.scan("MUG-BLUE", "receive.quantity");
    floor = floor.restart();
    floor.scan("P-7", "receive.item");
    floor.recorded(&["Received MUG (2 quarantined) in P-7 UNPLANNED"]);
    assert_eq!(floor.here("DOCK-1", "MUG"), ["2 quarantined in P-7"]);
    assert_eq!(floor.sold_at("DOCK-1", "MUG"), 0);
}

#[test]
fn r08_goods_of_an_unknown_code_are_described() {
    let mut floor = receiving(delivery("SHIRT", 10));
    floor.refused("NO-NAME", "UNKNOWN_CODE");
    floor.tap(Tap::NotListed);
    floor.photo();
    floor.words("BLUE");
    floor.tap(Tap::Ok);
    floor.number("4");
    assert_eq!((floor.told().as_str(), floor.step()), ("", "receive.item"));
    floor.recorded(&["PhotoTaken unknown", "UnknownReceived NO-NAME 4 \"BLUE\" with photo"]);
    // It is told at the end, and once.
    floor.tap(Tap::CloseDelivery);
    let Page::Discrepancies(page) = floor.view().page else { panic!("{:?}", floor.view().page) };
    assert!(page.rows.iter().any(|row| row.goods.name == "BLUE"), "{page:?}");
    floor = floor.restart();
    assert_eq!(floor.step(), "receive.item");
    floor.recorded(&[]);
}

#[test]
fn r08_g03_what_was_said_of_unknown_goods_outlasts_a_power_cut() {
    let mut floor = receiving(delivery("SHIRT", 10));
    floor.refused("NO-NAME", "UNKNOWN_CODE");
    floor.tap(Tap::NotListed);
    floor.photo();
    floor.words("BLU");
    floor = floor.restart();
    floor.words("E");
    floor.tap(Tap::Ok);
    floor.digits("4");
    floor = floor.restart();
    floor.tap(Tap::Ok);
    assert_eq!((floor.told().as_str(), floor.step()), ("", "receive.item"));
    floor.recorded(&["PhotoTaken unknown", "UnknownReceived NO-NAME 4 \"BLUE\" with photo"]);
    // What is given up does not come back.
    floor.refused("NO-NAME", "UNKNOWN_CODE");
    floor.tap(Tap::NotListed);
    floor.words("RED");
    floor.tap(Tap::Back);
    floor = floor.restart();
    floor.scan(SHIRT, "receive.quantity");
}

#[test]
fn r09_expired_goods_only_go_to_quarantine() {
    let mut floor = receiving(delivery("VITAMIN", 10));
    let old = vitamin("(10)OLD(17)260531");
    floor.refused(&old, "EXPIRED");
    assert_eq!(floor.app().approvable(), None);
    // A supervisor's badge is no answer here.
    floor.refused(SUPERVISOR, "WRONG_KIND");
    floor.refused(&old, "EXPIRED");
    floor.press(Tap::NoDate, "receive.quantity");
    floor.scan("P-7", "receive.item");
    floor.recorded(&["Received ASN-1-1 VITAMIN OLD 2026-05-31 (1 quarantined) in P-7 EXPIRED"]);
    assert_eq!(floor.here("DOCK-1", "VITAMIN"), ["1 quarantined OLD in P-7"]);
    // The last day counts.
    floor.scan(&vitamin("(10)L2(17)260601"), "receive.quantity");
}

#[test]
fn r10_a_short_shelf_life_needs_a_supervisor() {
    let world = delivery("VITAMIN", 10).item("VITAMIN", VITAMIN, |item| {
        (item.lot_tracked, item.expiry_tracked, item.min_shelf_days) = (true, true, 90);
    });
    let mut floor = receiving(world);
    let short = vitamin("(10)L9(17)260731");
    floor.refused(&short, "SHELF_LIFE");
    floor.read(COUNTER);
    floor.recorded(&[]);
    floor.allow(SUPERVISOR);
    assert_eq!((floor.step(), counted(&floor)), ("receive.quantity", 1));
    floor.scan(&short, "receive.quantity");
    floor.scan("P-7", "receive.item");
    floor.recorded(&[
        "Approved o-9 SHELF_LIFE VITAMIN 2",
        "Received ASN-1-1 VITAMIN L9 2026-07-31 (2 in-transit) in P-7 SHELF_LIFE",
    ]);
    floor.scan(&vitamin("(10)L8(17)260830"), "receive.quantity");
}

#[test]
fn r11_a_serial_number_that_is_known_here_needs_a_supervisor() {
    let seen = Stock { location: "A-01".into(), item: "PUMP".into(), serial: "N1".into(), qty: 1, ..Stock::default() };
    let mut floor = receiving(delivery("PUMP", 3).stock_of(seen));
    let unit = |serial: &str| format!("(01){PUMP}(21){serial}");
    floor.refused(&unit("N1"), "SERIAL_SEEN");
    floor.allow(SUPERVISOR);
    assert_eq!((floor.step(), counted(&floor)), ("receive.serial", 1));
    floor.scan(&unit("N2"), "receive.serial");
    floor.refused(&unit("N2"), "SERIAL_SEEN");
    floor.scan("P-7", "receive.item");
    floor.recorded(&[
        "Approved o-9 SERIAL_SEEN PUMP 1",
        "Received ASN-1-1 PUMP (1 in-transit #N1, 1 in-transit #N2) in P-7 SERIAL_SEEN",
    ]);
    floor.refused(&unit("N2"), "SERIAL_SEEN");
}

#[test]
fn r11_a_serial_number_whose_receipt_was_taken_back_is_not_known() {
    let mut floor = receiving(delivery("PUMP", 3));
    let unit = format!("(01){PUMP}(21)N1");
    floor.scan(&unit, "receive.serial");
    floor.scan("P-7", "receive.item");
    floor.sheet("undo");
    floor.recorded(&[
        "Received ASN-1-1 PUMP (1 in-transit #N1) in P-7",
        "Undone Received ASN-1-1 PUMP (1 in-transit #N1) in P-7",
    ]);
    floor.scan(&unit, "receive.serial");
}

#[test]
fn r12_the_same_new_label_again_makes_a_handling_unit() {
    let mut floor = receiving(delivery("SHIRT", 2));
    floor.scan(SHIRT, "receive.quantity");
    floor.scan(SHIRT, "receive.condition");
    floor.refused("P-77", "NEW_HU?");
    floor.refused("P-78", "NEW_HU?");
    floor.refused("P-77", "NEW_HU?");
    // G7: a question does not outlast a power cut.
    floor = floor.restart();
    assert_eq!(floor.step(), "receive.condition");
    floor.recorded(&[]);
    floor.refused("P-77", "NEW_HU?");
    floor.scan("P-77", "receive.item");
    floor.recorded(&["Received ASN-1-1 SHIRT (2 in-transit) in P-77 new"]);
    assert_eq!(floor.here("DOCK-1", "SHIRT"), ["2 in-transit in P-77"]);
    let unit = floor.store().handling_unit(&"P-77".into()).unwrap().unwrap();
    assert_eq!((unit.location.as_str(), unit.delivery.as_str()), ("DOCK-1", "ASN-1"));
    assert!(floor.store().handling_unit(&"P-78".into()).unwrap().is_none());
}

#[test]
fn r12_a_printed_label_is_used_at_once() {
    let mut floor = receiving(delivery("SHIRT", 5));
    floor.scan(SHIRT, "receive.quantity");
    floor.press(Tap::PrintLabel, "receive.item");
    assert_eq!(floor.kinds(), ["DeliveryOpened", "LabelPrinted", "Received"]);
}

#[test]
fn r12_a_label_that_comes_late_takes_no_other_goods() {
    let mut floor = receiving(delivery("SHIRT", 5));
    floor.slow_printer = true;
    floor.scan(SHIRT, "receive.quantity");
    // Asked for twice, printed once.
    floor.tap(Tap::PrintLabel);
    floor.tap(Tap::PrintLabel);
    // Meanwhile another unit is counted: what it stands for is not what it was asked for.
    floor.scan(SHIRT, "receive.quantity");
    assert_eq!(floor.labels_come(), 1);
    assert_eq!((floor.step(), counted(&floor)), ("receive.quantity", 2));
    assert_eq!(floor.app().answer, floorhand::app::Answer::Notice("label-left"));
    floor.recorded(&[]);
    // For what is in the hands now another one is printed, and used at once.
    floor.tap(Tap::PrintLabel);
    assert_eq!((floor.labels_come(), floor.step()), (1, "receive.item"));
    assert_eq!(floor.kinds(), ["DeliveryOpened", "LabelPrinted", "Received"]);
}

#[test]
fn r13_a_handling_unit_of_another_delivery_is_barred() {
    let world = delivery("SHIRT", 10)
        .unit("P-8", "DOCK-1", |unit| unit.delivery = "ASN-2".into())
        .unit("T-1", "DOCK-1", |unit| unit.order = "SO-1".into())
        .delivery("ASN-2", "PO-2", &[("MUG", 1)]);
    let mut floor = receiving(world);
    floor.scan(SHIRT, "receive.quantity");
    floor.refused("P-8", "HU_RULE");
    floor.refused("T-1", "HU_RULE");
    assert_eq!(counted(&floor), 1);
    floor.scan("P-7", "receive.item");
}

#[test]
fn r15_short_and_final_holds_the_line() {
    let mut floor = receiving(delivery("SHIRT", 12));
    shirts(&mut floor, 10);
    floor.scan("P-7", "receive.item");
    floor.tap(Tap::CloseDelivery);
    // Whether more is to come is to be said first.
    floor.refused(ALL, "WRONG_KIND");
    floor.tap(Tap::Final);
    floor = floor.restart();
    assert!(matches!(floor.view().page, Page::Receive(_)), "{:?}", floor.view().page);
    floor.tap(Tap::CloseDelivery);
    floor.tap(Tap::Final);
    floor.photo();
    let Page::Discrepancies(page) = floor.view().page else { panic!("{:?}", floor.view().page) };
    assert_eq!((page.done, page.total, page.different), (0, 1, 1));
    floor.recorded(&["Received ASN-1-1 SHIRT (10 in-transit) in P-7 typed", "PhotoTaken damaged"]);
    floor.scan(ALL, "work-list");
    floor.recorded(&["ReceiptClosed final"]);
    assert_eq!(floor.here("DOCK-1", "SHIRT"), ["10 quarantined in P-7"]);
    assert_eq!(floor.sold_at("DOCK-1", "SHIRT"), 0);
}

#[test]
fn r16_more_to_come_is_no_difference() {
    let mut floor = receiving(delivery("SHIRT", 12));
    shirts(&mut floor, 10);
    floor.scan("P-7", "receive.item");
    floor.tap(Tap::CloseDelivery);
    floor.tap(Tap::MoreToCome);
    floor.scan(ALL, "work-list");
    floor.recorded(&["Received ASN-1-1 SHIRT (10 in-transit) in P-7 typed", "ReceiptClosed"]);
    assert_eq!(floor.here("DOCK-1", "SHIRT"), ["10 available in P-7"]);
    // Two are open.
    floor = floor.restart();
    floor.sheet("deliveries");
    floor.scan("ASN-1", "receive.item");
    floor.scan(SHIRT, "receive.quantity");
    floor.scan(SHIRT, "receive.condition");
    floor.refused(SHIRT, "RECEIPT_OVER");
    // The handling unit is of this delivery by now.
    floor.scan("P-7", "receive.item");
    floor.recorded(&["DeliveryOpened ASN-1 at DOCK-1", "Received ASN-1-1 SHIRT (2 in-transit) in P-7"]);
    assert_eq!(floor.here("DOCK-1", "SHIRT"), ["10 available in P-7", "2 in-transit in P-7"]);
}

#[test]
fn r17_a_cut_keeps_the_step_and_what_was_entered() {
    let mut floor = receiving(delivery("VITAMIN", 10));
    floor = floor.restart();
    assert_eq!(floor.step(), "receive.item");
    floor.scan(&vitamin(""), "receive.lot");
    floor = floor.restart();
    assert_eq!(floor.step(), "receive.lot");
    floor.scan("L9", "receive.expiry");
    floor = floor.restart();
    assert_eq!(floor.step(), "receive.expiry");
    floor.number("31012027");
    assert_eq!(floor.step(), "receive.quantity");
    floor.scan(&vitamin(""), "receive.quantity");
    floor = floor.restart();
    assert_eq!((floor.step(), counted(&floor)), ("receive.quantity", 2));
    floor.press(Tap::Damaged, "receive.condition");
    floor.number("1");
    floor.photo();
    floor.press(Tap::Ok, "receive.unit");
    floor = floor.restart();
    assert_eq!((floor.step(), counted(&floor)), ("receive.unit", 2));
    floor.refused("P-77", "NEW_HU?");
    floor = floor.restart();
    floor.refused("P-77", "NEW_HU?");
    floor.recorded(&["PhotoTaken damaged"]);
    floor.scan("P-77", "receive.item");
    floor = floor.restart();
    assert_eq!(floor.step(), "receive.item");
    floor.recorded(&["Received ASN-1-1 VITAMIN L9 2027-01-31 (1 in-transit, 1 damaged) in P-77 new with photo"]);
    assert_eq!(floor.here("DOCK-1", "VITAMIN"), ["1 damaged L9 in P-77", "1 in-transit L9 in P-77"]);
}

#[test]
fn r18_blind_goods_are_quarantined() {
    let mut floor = World::new().unit("P-7", "DOCK-1", |_| ()).floor();
    floor.sign_in(ALL);
    floor.sheet("deliveries");
    floor.press(Tap::Blind, "receive.item");
    floor.scan(SHIRT, "receive.quantity");
    floor = floor.restart();
    assert_eq!((floor.step(), counted(&floor)), ("receive.quantity", 1));
    floor.number("300");
    floor.scan("P-7", "receive.item");
    floor.tap(Tap::CloseDelivery);
    floor.scan(ALL, "work-list");
    floor.recorded(&[
        "DeliveryOpened at DOCK-1",
        "Received SHIRT (300 quarantined) in P-7 UNPLANNED typed",
        "ReceiptClosed final",
    ]);
    assert_eq!(floor.here("DOCK-1", "SHIRT"), ["300 quarantined in P-7"]);
}

#[test]
fn r18_blind_goods_that_somebody_left_are_gone_on_with() {
    let mut floor = World::new().unit("P-7", "DOCK-1", |_| ()).floor();
    floor.sign_in(ALL);
    floor.sheet("deliveries");
    floor.press(Tap::Blind, "receive.item");
    floor.scans(2, SHIRT, "receive.quantity");
    floor.hand_over(COUNTER);
    floor.hand_over(ALL);
    floor.sheet("deliveries");
    floor.press(Tap::Blind, "receive.quantity");
    assert_eq!(counted(&floor), 2);
    floor.recorded(&["DeliveryOpened at DOCK-1"]);
    floor.scan("P-7", "receive.item");
    floor.tap(Tap::CloseDelivery);
    floor.scan(ALL, "work-list");
    floor.recorded(&["Received SHIRT (2 quarantined) in P-7 UNPLANNED", "ReceiptClosed final"]);
}

#[test]
fn r19_repeat_takes_lot_and_expiry_and_no_quantity() {
    let mut floor = receiving(delivery("VITAMIN", 10));
    floor.scan(&vitamin("(10)L9(17)270131"), "receive.quantity");
    floor.scans(2, &vitamin(""), "receive.quantity");
    floor.scan("P-7", "receive.item");
    floor.recorded(&["Received ASN-1-1 VITAMIN L9 2027-01-31 (3 in-transit) in P-7"]);
    floor.press(Tap::Repeat, "receive.item");
    floor = floor.restart();
    floor.scan(&vitamin(""), "receive.quantity");
    assert_eq!(counted(&floor), 1);
    floor.scan("P-7", "receive.item");
    floor.recorded(&["Received ASN-1-1 VITAMIN L9 2027-01-31 (1 in-transit) in P-7"]);
    // Not pressed, it asks.
    floor.scan(&vitamin(""), "receive.lot");
    floor.press(Tap::Repeat, "receive.quantity");
}

/// A delivery whose pallet P-9 is announced with 6 shirts and 12 vitamins of lot L7.
fn announced() -> World {
    let row = |item: &str, qty, lot: &str, expiry: Option<&str>| Announced {
        item: item.into(),
        qty,
        lot: lot.into(),
        expiry: expiry.map(str::to_owned),
        ..Announced::default()
    };
    World::new()
        .delivery("ASN-1", "PO-1", &[("SHIRT", 6), ("VITAMIN", 12)])
        .unit("P-9", "", |unit| (unit.kind, unit.delivery) = (HandlingUnitKind::Pallet, "ASN-1".into()))
        .announce("P-9", "ASN-1", 1, row("SHIRT", 6, "", None))
        .announce("P-9", "ASN-1", 2, row("VITAMIN", 12, "L7", Some("2027-01-31")))
}

#[test]
fn an_announced_pallet_is_confirmed_row_by_row() {
    let mut floor = announced().floor();
    floor.sign_in(ALL);
    // It opens its delivery at the work list.
    floor.scan("P-9", "receive.item");
    floor.recorded(&["DeliveryOpened ASN-1 at DOCK-1"]);
    floor.scan("P-9", "receive.content");
    floor.refused("MUG-BLUE", "WRONG_ITEM");
    floor.scan(SHIRT, "receive.content");
    floor = floor.restart();
    assert_eq!(floor.step(), "receive.content");
    floor.refused(&vitamin("(10)L8"), "WRONG_LOT");
    floor.scan(&vitamin("(10)L7(17)270131"), "receive.item");
    floor.recorded(&[
        "Received ASN-1-1 SHIRT (6 in-transit) in P-9",
        "Received ASN-1-2 VITAMIN L7 2027-01-31 (12 in-transit) in P-9",
    ]);
    floor.refused("P-9", "QTY_OVER");
    assert_eq!(floor.store().handling_unit(&"P-9".into()).unwrap().unwrap().location.as_str(), "DOCK-1");
}

#[test]
fn a_trusted_pallet_is_received_at_once() {
    let mut floor = receiving(announced().set(|settings| settings.trust_asn = true));
    floor.scan("P-9", "receive.item");
    floor.recorded(&[
        "Received ASN-1-1 SHIRT (6 in-transit) in P-9",
        "Received ASN-1-2 VITAMIN L7 2027-01-31 (12 in-transit) in P-9",
    ]);
}

#[test]
fn g13_weighed_goods_keep_their_decimals() {
    let mut floor = receiving(delivery("RICE", 2_000));
    floor.scan("RICE", "receive.quantity");
    floor.digits("0.7505");
    floor.pressed_in_vain(Tap::Ok, "QTY_BAD");
    floor.tap(Tap::Back);
    floor.number("0.75");
    assert_eq!((floor.step(), counted(&floor)), ("receive.condition", 750));
    // Also of an item that no line names, and after a power cut.
    let mut floor = receiving(delivery("SHIRT", 2));
    floor.refused("RICE", "WRONG_ITEM");
    floor.press(Tap::NotListed, "receive.quantity");
    floor = floor.restart();
    floor.number("0.75");
    assert_eq!((floor.step(), counted(&floor)), ("receive.condition", 750));
}

#[test]
fn what_was_received_is_said() {
    let band = |floor: &Floor| match floor.view().band {
        Band::Accepted { what, code, name, .. } => (what, code, name),
        band => panic!("{band:?}"),
    };
    let mut floor = receiving(delivery("SHIRT", 10));
    let said = |what: &str, code: &str, name: &str| (what.to_owned(), code.to_owned(), name.to_owned());
    floor.scan(SHIRT, "receive.quantity");
    floor.press(Tap::Ok, "receive.condition");
    floor.press(Tap::Ok, "receive.unit");
    floor.press(Tap::NoPallet, "receive.item");
    assert_eq!(band(&floor), said("item", "", "The SHIRT"));
    floor.scan(SHIRT, "receive.quantity");
    floor.press(Tap::Ok, "receive.condition");
    floor.press(Tap::Ok, "receive.unit");
    floor.scan("P-7", "receive.item");
    assert_eq!(band(&floor), said("pallet", "P-7", ""));
    floor.refused("NEW-CODE", "UNKNOWN_CODE");
    floor.tap(Tap::NotListed);
    floor.photo();
    floor.words("BOX");
    floor.tap(Tap::Ok);
    floor.number("3");
    assert_eq!(band(&floor), said("unknown", "NEW-CODE", ""));
}

#[test]
fn a_photograph_is_looked_at_before_it_is_used() {
    let still = |floor: &Floor| match floor.view().page {
        Page::Photo(page) => page.still,
        page => panic!("{page:?}"),
    };
    let mut floor = receiving(delivery("SHIRT", 10));
    shirts(&mut floor, 2);
    floor.tap(Tap::Photo);
    assert!(!still(&floor));
    floor.tap(Tap::Use);
    floor.tap(Tap::Shutter);
    assert!(still(&floor));
    // Not sharp: nothing is recorded.
    floor.tap(Tap::Again);
    assert!(!still(&floor));
    floor.recorded(&[]);
    floor.tap(Tap::Shutter);
    floor.tap(Tap::Back);
    floor.recorded(&[]);
    assert_eq!(floor.step(), "receive.condition");
    floor.photo();
    floor.recorded(&["PhotoTaken damaged"]);
}

#[test]
fn what_was_received_last_can_be_taken_back_while_the_receipt_is_open() {
    let mut floor = receiving(delivery("SHIRT", 10));
    for _ in 0..2 {
        floor.scan(SHIRT, "receive.quantity");
        floor.scan("P-7", "receive.item");
    }
    assert_eq!(floor.here("DOCK-1", "SHIRT"), ["2 in-transit in P-7"]);
    floor.sheet("undo");
    assert_eq!(floor.told(), "");
    assert_eq!(floor.here("DOCK-1", "SHIRT"), ["1 in-transit in P-7"]);
    let received = |floor: &Floor| match &floor.app().flow {
        Flow::Receive(flow) => flow.at.received.clone(),
        flow => panic!("{flow:?}"),
    };
    assert_eq!(received(&floor), [1]);
    // After a restart it is as if it had never been; the one before it comes next, and then there is none.
    floor = floor.restart();
    assert_eq!(received(&floor), [1]);
    floor.sheet("undo");
    assert_eq!((received(&floor), floor.here("DOCK-1", "SHIRT")), (vec![0], Vec::new()));
    floor.tap(Tap::More);
    assert!(floor.app().sheet_rows().iter().any(|(code, may, _)| *code == "undo" && !may));
    floor.tap(Tap::Back);
    floor.recorded(&[
        "Received ASN-1-1 SHIRT (1 in-transit) in P-7",
        "Received ASN-1-1 SHIRT (1 in-transit) in P-7",
        "Undone Received ASN-1-1 SHIRT (1 in-transit) in P-7",
        "Undone Received ASN-1-1 SHIRT (1 in-transit) in P-7",
    ]);
    // With goods in the hands nothing is taken back.
    floor.scan(SHIRT, "receive.quantity");
    floor.tap(Tap::More);
    assert!(floor.app().sheet_rows().iter().any(|(code, may, _)| *code == "undo" && !may));
}

#[test]
fn a_list_that_is_not_the_stations_own_is_there_after_a_power_cut() {
    let mut floor = delivery(SHIRT, 10).floor();
    floor.sign_in(ALL);
    floor.sheet("deliveries");
    let mut floor = floor.restart();
    assert_eq!(floor.step(), "deliveries");
    floor.scan("ASN-1", "receive.item");
}
