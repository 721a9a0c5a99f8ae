//! The numbered cases of packing and loading (../shared/workflows.md, section 4), through the floor's loop and a real
//! store. K18 and K21 are judged by the core, and tested there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "floor/kit.rs"]
mod kit;

use floorhand::view::{Band, LabelState, PackStage, Page, Tap};
use floorhand_domain::fact::Units;
use floorhand_domain::master::{LocationKind, Role};
use floorhand_domain::outbound::{Carton, CartonState, LabelOn, PackState, PartialShip};
use floorhand_domain::task::{Line, TaskKind};
use kit::Floor;
use kit::bench::{BENCH, DOCK, PACKER, picked, picked_of};
use kit::world::{PUMP, SHIRT, SUPERVISOR, VITAMIN, World};

/// A kiosk with one order, opened by its tote.
fn packing(world: World) -> Floor {
    let mut floor = world.bench();
    floor.scan("T-1", "pack.carton");
    floor.recorded(&["TaskClaimed K-O-1"]);
    floor
}

/// The same with a carton open.
fn verifying(world: World) -> Floor {
    let mut floor = packing(world);
    floor.scan("BOX-M", "pack.verify");
    floor.recorded(&["CartonOpened C1 BOX-M"]);
    floor
}

fn shirts(qty: i64) -> World {
    World::packing().order("O-1", &[picked("SHIRT", qty, "T-1")], |_| ())
}

/// Packed, per line, as the page shows it.
fn got(floor: &Floor) -> Vec<(u32, u32)> {
    floor.pack_page().lines.iter().map(|line| (line.packed.units, line.asked.units)).collect()
}

/// The core tells of the carrier's label.
fn hears_carrier(floor: &mut Floor, carton: &str) {
    let (tracking, zpl) = ("TRACK-9".to_owned(), "^XA^XZ".to_owned());
    let row = Carton { tracking, zpl, ..floor.stored_carton(carton) };
    floor.hears("carton", carton, &row);
}

fn label_state(floor: &Floor) -> LabelState {
    match floor.pack_page().stage {
        PackStage::Label { state, .. } => state,
        stage => panic!("{stage:?}"),
    }
}

#[test]
fn k01_a_tote_with_two_orders_asks_which() {
    let world = shirts(2).order("O-2", &[picked("MUG", 3, "T-1")], |_| ());
    let mut floor = world.bench();
    floor.read("T-1");
    assert_eq!((floor.told().as_str(), floor.step()), ("", "pack.next"));
    let page = floor.pack_page();
    let orders: Vec<(&str, u32)> = page.queue.orders.iter().map(|row| (row.code.as_str(), row.units)).collect();
    assert_eq!((page.stage, orders), (PackStage::Choose, vec![("O-1", 2), ("O-2", 3)]));
    floor.recorded(&[]);
    floor.press(Tap::Back, "pack.next");
    assert_eq!(floor.pack_page().stage, PackStage::Next);
    floor.read("T-1");
    floor.press(Tap::Choose(1), "pack.carton");
    floor.recorded(&["TaskClaimed K-O-2"]);
    assert_eq!(floor.pack_page().order, "O-2");
}

#[test]
fn an_order_opens_by_its_number_and_its_task_too() {
    for code in ["O-1", "K-O-1", "T-1"] {
        let mut floor = shirts(2).bench();
        floor.scan(code, "pack.carton");
        floor.recorded(&["TaskClaimed K-O-1"]);
    }
    // From the work list, where somebody stands at another station.
    let mut floor = shirts(2).bench();
    floor.sheet("work");
    assert_eq!(floor.step(), "work-list");
    floor.press(Tap::Primary, "pack.carton");
    floor.recorded(&["TaskClaimed K-O-1"]);
}

#[test]
fn who_does_not_pack_opens_nothing() {
    let mut floor = shirts(2).operator("o-4", "BDG-4", &[Role::Stock]).bench();
    floor.hand_over("BDG-4");
    floor.refused("T-1", "WRONG_KIND");
    floor.refused("K-O-1", "NOT_ALLOWED");
}

#[test]
fn k02_an_unknown_code_leaves_the_order_open() {
    let mut floor = verifying(shirts(2));
    floor.refused("NOBODY-KNOWS", "UNKNOWN_CODE");
    assert_eq!((floor.step(), floor.pack_page().order.as_str()), ("pack.verify", "O-1"));
    floor.scan(SHIRT, "pack.verify");
    floor.recorded(&["Packed O-1-1 SHIRT (1 of T-1) C1"]);
}

#[test]
fn k03_an_item_that_was_not_ordered_is_refused() {
    let mut floor = verifying(shirts(2));
    floor.refused("MUG-BLUE", "NOT_IN_ORDER");
    let told = floor.view().refusal.unwrap();
    assert_eq!(told.scanned.goods.unwrap().name, "The MUG");
    assert_eq!(got(&floor), [(0, 2)]);
}

#[test]
fn k04_more_than_was_picked_is_refused_and_the_count_stays() {
    let mut floor = verifying(shirts(2));
    floor.scan(SHIRT, "pack.verify");
    floor.scan(SHIRT, "pack.close");
    floor.refused(SHIRT, "QTY_OVER");
    assert_eq!((got(&floor), floor.step()), (vec![(2, 2)], "pack.close"));
    assert_eq!(floor.stored("O-1").1, [2]);
}

#[test]
fn k05_a_case_counts_as_many_as_it_holds() {
    let mut floor = verifying(shirts(6));
    floor.scan("SHIRT-6", "pack.close");
    floor.recorded(&["Packed O-1-1 SHIRT (6 of T-1) C1"]);
    floor.refused("SHIRT-6", "QTY_OVER");
    assert_eq!(got(&floor), [(6, 6)]);
}

#[test]
fn k06_lot_and_serial_are_those_that_were_picked() {
    let lot = Units { lot: "L1".into(), qty: 2, handling_unit: "T-1".into(), ..Units::default() };
    let serial = Units { serial: "N1".into(), qty: 1, handling_unit: "T-1".into(), ..Units::default() };
    let lines = [picked_of("VITAMIN", lot), picked_of("PUMP", serial)];
    let mut floor = verifying(World::packing().order("O-1", &lines, |_| ()));
    floor.refused(&format!("(01){VITAMIN}(10)L2"), "WRONG_LOT");
    floor.scan(&format!("(01){VITAMIN}(10)L1"), "pack.verify");
    floor.refused(&format!("(01){PUMP}(21)N2"), "WRONG_SERIAL");
    floor.refused(&format!("(01){PUMP}"), "MISSING_DATA");
    assert_eq!(floor.pack_page().ask.code, "serial");
    floor.scan(&format!("(01){PUMP}(21)N1"), "pack.verify");
    floor.refused(&format!("(01){PUMP}(21)N1"), "SERIAL_SEEN");
    floor.recorded(&["Packed O-1-1 VITAMIN (1 L1 of T-1) C1", "Packed O-1-2 PUMP (1 #N1 of T-1) C1"]);
}

#[test]
fn k07_a_carton_that_the_carrier_does_not_take_is_refused() {
    let mut floor = packing(shirts(2));
    floor.refused("BOX-P", "CARTON_BAD");
    assert_eq!(floor.view().refusal.unwrap().name, "BOX-M");
    floor.scan("BOX-S", "pack.verify");
    floor.recorded(&["CartonOpened C1 BOX-S"]);
}

#[test]
fn k08_two_cartons_have_a_weight_and_a_label_each() {
    let mut floor = verifying(shirts(5));
    floor.scans(3, SHIRT, "pack.verify");
    floor.press(Tap::NewCarton, "pack.weigh");
    floor.weigh(400, "pack.label");
    let first = floor.printer(true);
    floor.scan(&first.id, "pack.carton");
    assert_eq!(floor.pack_page().left, 2);
    floor.scan("BOX-S", "pack.verify");
    floor.scan(SHIRT, "pack.verify");
    floor.scan(SHIRT, "pack.close");
    floor.press(Tap::CloseCarton, "pack.weigh");
    floor.weigh(250, "pack.label");
    let second = floor.printer(true);
    assert_ne!(first.id, second.id);
    floor.scan(&second.id, "pack.next");
    let one = "Packed O-1-1 SHIRT (1 of T-1) C";
    let (one, two) = (&format!("{one}1"), &format!("{one}2"));
    floor.recorded(&[
        one,
        one,
        one,
        "CartonWeighed C1 400 of 400",
        "CartonClosed C1",
        "LabelPrinted C1 1",
        "Labelled C1",
        "CartonOpened C2 BOX-S",
        two,
        two,
        "CartonWeighed C2 250 of 250",
        "CartonClosed C2",
        "LabelPrinted C2 1",
        "Labelled C2",
        "OrderPacked O-1 complete",
    ]);
    assert_eq!(floor.stored("O-1"), ("Packed".to_owned(), vec![5]));
    let grams = [&first.id, &second.id].map(|id| floor.stored_carton(id).grams);
    assert_eq!(grams, [400, 250]);
    let page = floor.pack_page();
    assert_eq!((page.stage, page.queue.waiting, page.queue.today), (PackStage::Next, 0, 1));
    assert!(
        matches!(floor.view().band, Band::Accepted { what, code, .. } if (what.as_str(), code.as_str()) == ("packed", "O-1"))
    );
}

#[test]
fn k09_a_weight_within_the_tolerance_closes_and_one_gram_more_does_not() {
    let mut floor = verifying(shirts(9));
    floor.scan("SHIRT-6", "pack.verify");
    floor.scans(2, SHIRT, "pack.verify");
    floor.scan(SHIRT, "pack.close");
    assert!(floor.is_weighing());
    floor.press(Tap::CloseCarton, "pack.weigh");
    floor.scale(1_031, false);
    assert_eq!((floor.told().as_str(), floor.step()), ("", "pack.weigh"));
    let carton = floor.pack_page().carton.unwrap();
    assert_eq!((carton.scale_grams, carton.expected_grams, carton.tolerance_grams), (Some(1_031), Some(1_000), 30));
    floor.scale(1_031, true);
    assert_eq!((floor.told().as_str(), floor.step()), ("WEIGHT_DIFF", "pack.weigh"));
    assert!(!floor.kinds().contains(&"CartonWeighed"));
    let PackStage::Weigh { off: Some(off) } = floor.pack_page().stage else { panic!("{:?}", floor.pack_page()) };
    assert_eq!((off.expected_grams, off.scale_grams), (1_000, 1_031));
    // The same weight is not refused again; it settles within the tolerance, and closes.
    floor.scale(1_031, true);
    floor.press(Tap::Back, "pack.close");
    floor.tap(Tap::CloseCarton);
    assert_eq!((floor.told().as_str(), floor.step()), ("WEIGHT_DIFF", "pack.weigh"));
    floor.weigh(1_030, "pack.label");
    let kinds = floor.kinds();
    assert_eq!(kinds[kinds.len() - 2..], ["CartonWeighed", "CartonClosed"]);
    assert_eq!(floor.printer(true).copy, 1);
    assert!(!floor.is_weighing());
}

#[test]
fn a_missing_unit_is_named_by_its_weight() {
    let mut floor =
        verifying(World::packing().order("O-1", &[picked("SHIRT", 1, "T-1"), picked("MUG", 1, "T-1")], |_| ()));
    floor.scan(SHIRT, "pack.verify");
    floor.scan("MUG-BLUE", "pack.close");
    floor.press(Tap::CloseCarton, "pack.weigh");
    floor.scale(200, true);
    assert_eq!(floor.told(), "WEIGHT_DIFF");
    let page = floor.pack_page();
    let PackStage::Weigh { off: Some(off) } = page.stage else { panic!("{:?}", page.stage) };
    assert_eq!((page.ask.code.as_str(), off.item.unwrap().name.as_str(), off.item_grams), ("put-in", "The MUG", 250));
    // Weighed again it says the same; with all in it the carton closes.
    floor.pressed_in_vain(Tap::WeighAgain, "WEIGHT_DIFF");
    floor.weigh(450, "pack.label");
}

#[test]
fn k10_a_supervisor_allows_another_weight() {
    let mut floor = verifying(shirts(2));
    floor.scans(1, SHIRT, "pack.verify");
    floor.scan(SHIRT, "pack.close");
    floor.press(Tap::CloseCarton, "pack.weigh");
    floor.scale(500, true);
    assert_eq!(floor.told(), "WEIGHT_DIFF");
    floor.tap(Tap::AskLead);
    // Nobody allows their own.
    floor.read(PACKER);
    assert!(matches!(floor.view().page, Page::Approve(_)));
    floor.allow(SUPERVISOR);
    assert_eq!((floor.told().as_str(), floor.step()), ("", "pack.label"));
    let one = "Packed O-1-1 SHIRT (1 of T-1) C1";
    floor.recorded(&[
        one,
        one,
        "Approved o-9 WEIGHT_DIFF 200",
        "CartonWeighed C1 500 of 300 WEIGHT_DIFF",
        "CartonClosed C1",
    ]);
    floor.printer(true);
}

#[test]
fn k11_a_silent_printer_leaves_the_carton_closed_and_its_label_pending() {
    let mut floor = verifying(shirts(1));
    floor.scan(SHIRT, "pack.close");
    floor.press(Tap::CloseCarton, "pack.weigh");
    floor.weigh(200, "pack.label");
    assert_eq!(label_state(&floor), LabelState::Printing);
    let label = floor.printer(false);
    // How long it may take is the site's to say.
    assert_eq!(label.wait_ms, 2_000);
    assert_eq!((floor.told().as_str(), floor.step()), ("PRINT_FAILED", "pack.label"));
    assert_eq!((label_state(&floor), floor.pack_page().ask.code.as_str()), (LabelState::Missing, "not-printed"));
    floor.recorded(&["Packed O-1-1 SHIRT (1 of T-1) C1", "CartonWeighed C1 200 of 200", "CartonClosed C1"]);
    assert_eq!(floor.stored_carton(&label.id).state, CartonState::Closed);
    // Nothing is printed by itself again, nor after a power cut.
    let mut floor = floor.restart();
    assert_eq!(floor.step(), "pack.label");
    floor.refused("NOBODY-KNOWS", "UNKNOWN_CODE");
    assert_eq!(floor.labels(), []);
    floor.press(Tap::PrintAgain, "pack.label");
    assert_eq!(floor.printer(true).copy, 1);
    floor.scan(&label.id, "pack.next");
    floor.recorded(&["LabelPrinted C1 1", "Labelled C1", "OrderPacked O-1 complete"]);
}

#[test]
fn k12_another_print_keeps_the_label_and_says_why() {
    let mut floor = verifying(shirts(1));
    floor.scan(SHIRT, "pack.close");
    floor.press(Tap::CloseCarton, "pack.weigh");
    floor.weigh(200, "pack.label");
    let first = floor.printer(true);
    floor.tap(Tap::PrintAgain);
    let Page::Sheet(sheet) = floor.view().page else { panic!("{:?}", floor.view().page) };
    assert_eq!((sheet.kind.as_str(), sheet.rows[0].code.as_str()), ("print-again", "label-torn"));
    assert_eq!(floor.labels(), []);
    floor.press(Tap::Choose(0), "pack.label");
    let second = floor.printer(true);
    assert_eq!((second.id, second.copy), (first.id.clone(), 2));
    floor.scan(&first.id, "pack.next");
    let kinds = ["LabelPrinted C1 1", "LabelPrinted C1 2 torn", "Labelled C1", "OrderPacked O-1 complete"];
    let one = ["Packed O-1-1 SHIRT (1 of T-1) C1", "CartonWeighed C1 200 of 200", "CartonClosed C1"];
    floor.recorded(&[one.as_slice(), &kinds].concat());
}

#[test]
fn k13_the_label_of_another_carton_is_refused() {
    let mut floor = verifying(shirts(2));
    floor.scan(SHIRT, "pack.verify");
    floor.press(Tap::NewCarton, "pack.weigh");
    floor.weigh(200, "pack.label");
    let first = floor.printer(true).id;
    floor.press(Tap::Later, "pack.carton");
    floor.scan("BOX-M", "pack.verify");
    floor.scan(SHIRT, "pack.close");
    floor.press(Tap::CloseCarton, "pack.weigh");
    floor.weigh(200, "pack.label");
    let second = floor.printer(true).id;
    floor.refused(&first, "WRONG_HU");
    floor.scan(&second, "pack.label");
    // Now the first is at hand.
    floor.refused(&second, "WRONG_HU");
    floor.scan(&first, "pack.next");
    assert_eq!(floor.kinds().last(), Some(&"OrderPacked"));
}

#[test]
fn k14_where_a_photograph_is_due_the_carton_is_not_closed_without() {
    let mut floor = verifying(shirts(1).order("O-2", &[picked("MUG", 1, "T-2")], |_| ()).order(
        "O-1",
        &[picked("SHIRT", 1, "T-1")],
        |order| order.value_minor = 10_000,
    ));
    floor.scan(SHIRT, "pack.close");
    floor.pressed_in_vain(Tap::CloseCarton, "PHOTO_NEEDED");
    assert_eq!(floor.step(), "pack.photo");
    floor.photo();
    assert_eq!((floor.told().as_str(), floor.step()), ("", "pack.weigh"));
    floor.recorded(&["Packed O-1-1 SHIRT (1 of T-1) C1", "PhotoTaken pack"]);
    assert_eq!((floor.photo_files(), floor.pack_page().carton.unwrap().photos), (1, 1));
    // It waits on the disk for the network, and is not asked for again after a power cut.
    let mut floor = floor.restart();
    assert_eq!((floor.step(), floor.photo_files()), ("pack.weigh", 1));
    floor.refused("NOBODY-KNOWS", "UNKNOWN_CODE");
    floor.weigh(200, "pack.label");
}

#[test]
fn k15_what_is_not_packed_stays_behind_after_two_presses() {
    let mut floor = verifying(shirts(1).order(
        "O-1",
        &[
            picked("SHIRT", 1, "T-1"),
            floorhand_domain::outbound::PackLine { item: "MUG".into(), ordered: 1, ..Default::default() },
        ],
        |_| (),
    ));
    floor.scan(SHIRT, "pack.close");
    floor.close_and_label("pack.finish");
    assert_eq!(floor.pack_page().stage, PackStage::Finish { open: 1 });
    let before = floor.facts().len();
    floor.tap(Tap::Finish);
    assert_eq!((floor.told().as_str(), floor.facts().len()), ("PARTIAL?", before));
    // The question lapses with a power cut.
    let mut floor = floor.restart();
    floor.tap(Tap::Finish);
    assert_eq!(floor.told(), "PARTIAL?");
    floor.press(Tap::Finish, "pack.next");
    let last = floor.facts().len();
    assert_eq!((last, floor.kinds().last()), (before + 1, Some(&"OrderPacked")));
    assert_eq!(floor.stored("O-1").0, "Packed");
}

#[test]
fn k15_an_order_that_may_not_leave_in_parts_is_not_finished() {
    let mut floor =
        packing(shirts(2).order("O-1", &[picked("SHIRT", 2, "T-1")], |order| order.partial = PartialShip::Never));
    floor.scan("BOX-M", "pack.verify");
    floor.scan(SHIRT, "pack.verify");
    floor.tap(Tap::Problem);
    let at = floor.app().sheet_rows().iter().position(|row| row.0 == "finish-order").unwrap();
    floor.pressed_in_vain(Tap::Choose(at), "NOT_COMPLETE");
    assert_eq!(floor.step(), "pack.verify");
}

#[test]
fn k16_what_is_taken_out_opens_the_carton_and_voids_its_label() {
    let mut floor = verifying(shirts(2));
    floor.scan(SHIRT, "pack.verify");
    floor.scan(SHIRT, "pack.close");
    floor.press(Tap::CloseCarton, "pack.weigh");
    floor.weigh(300, "pack.label");
    let carton = floor.printer(true).id;
    floor.tap(Tap::Problem);
    floor.press(Tap::Choose(0), "pack.take-out");
    floor.scan(SHIRT, "pack.verify");
    let row = floor.stored_carton(&carton);
    assert_eq!((row.state, row.grams), (CartonState::Open, 0));
    assert_eq!(floor.here(BENCH, "SHIRT"), ["1 allocated in ".to_owned() + &carton, "1 allocated in T-1".to_owned()]);
    // It is weighed anew, and its label printed anew.
    floor.scan(SHIRT, "pack.close");
    floor.press(Tap::CloseCarton, "pack.weigh");
    floor.weigh(300, "pack.label");
    // The old label still says the same number.
    floor.refused(&carton, "LABEL_OLD");
    assert_eq!(floor.printer(true).copy, 2);
    floor.scan(&carton, "pack.next");
    let one = "Packed O-1-1 SHIRT (1 of T-1) C1";
    floor.recorded(&[
        one,
        one,
        "CartonWeighed C1 300 of 300",
        "CartonClosed C1",
        "LabelPrinted C1 1",
        "Unpacked O-1-1 SHIRT (1 of T-1) C1",
        one,
        "CartonWeighed C1 300 of 300",
        "CartonClosed C1",
        "LabelPrinted C1 2 reopened",
        "Labelled C1",
        "OrderPacked O-1 complete",
    ]);
    // A packed order is opened by its carton once more.
    floor.scan(&carton, "pack.finish");
    floor.press(Tap::TakeOut, "pack.take-out");
    floor.scan(SHIRT, "pack.verify");
    assert_eq!(floor.stored("O-1"), ("Open".to_owned(), vec![1]));
    let floor = floor.restart();
    assert_eq!((floor.step(), got(&floor)), ("pack.verify", vec![(1, 2)]));
}

#[test]
fn k17_a_hold_that_arrives_stops_the_carton_and_its_label() {
    let mut floor = verifying(shirts(1));
    floor.scan(SHIRT, "pack.close");
    floor.order_becomes("O-1", |order| order.state = PackState::Held);
    assert!(matches!(floor.view().band, Band::Notice { code } if code == "order-held"));
    floor.pressed_in_vain(Tap::CloseCarton, "ORDER_HELD");
    assert_eq!((floor.step(), floor.labels()), ("pack.close", Vec::new()));
    // Closed before it came: the label waits until the hold is over.
    floor.order_becomes("O-1", |order| order.state = PackState::Open);
    floor.press(Tap::CloseCarton, "pack.weigh");
    floor.weigh(200, "pack.label");
    // The core answers: the carrier's label is waited for before our own is printed.
    assert_eq!(floor.labels(), []);
    floor.refused("NOBODY-KNOWS", "UNKNOWN_CODE");
    let label = floor.printer(false).id;
    floor.order_becomes("O-1", |order| order.state = PackState::Held);
    floor.pressed_in_vain(Tap::PrintAgain, "ORDER_HELD");
    assert_eq!((floor.labels(), floor.pack_page().ask.code.as_str()), (Vec::new(), "held"));
    // It is set aside; its tote opens it again once it may leave.
    floor.tap(Tap::Problem);
    let at = floor.app().sheet_rows().iter().position(|row| row.0 == "set-aside").unwrap();
    floor.press(Tap::Choose(at), "pack.next");
    floor.refused("T-1", "ORDER_HELD");
    floor.order_becomes("O-1", |order| order.state = PackState::Open);
    floor.scan(&label, "pack.label");
    assert!(!floor.kinds().contains(&"LabelPrinted"));
}

#[test]
fn k19_a_held_carton_stays_at_the_dock() {
    let world = World::packing()
        .order("O-1", &[picked("SHIRT", 1, "T-1")], |order| order.state = PackState::Held)
        .carton("C-HELD", "O-1", |carton| carton.blocked = true)
        .order("O-2", &[picked("MUG", 1, "T-2")], |order| order.state = PackState::Packed)
        .carton("C-GOOD", "O-2", |_| ())
        .order("O-3", &[picked("MUG", 1, "T-3")], |order| order.state = PackState::Cancelled)
        .carton("C-GONE", "O-3", |_| ())
        .order("O-4", &[picked("MUG", 1, "T-4")], |order| order.state = PackState::Packed)
        .carton("C-OPEN", "O-4", |carton| carton.state = CartonState::Open)
        .place("DOCK-4", |place| place.kind = LocationKind::Dock);
    let mut floor = world.bench();
    floor.sheet("load");
    assert_eq!(floor.step(), "load.dock");
    floor.refused("A-01", "PLACE_FORBIDDEN");
    floor.scan("DOCK-4", "load.carton");
    floor.refused("C-GOOD", "WRONG_LOCATION");
    floor.scan(DOCK, "load.carton");
    floor.refused("C-HELD", "ORDER_HELD");
    floor.refused("C-GONE", "ORDER_CANCELLED");
    floor.refused("C-OPEN", "WRONG_HU");
    floor.recorded(&[]);
    floor.scan("C-GOOD", "load.carton");
    floor.recorded(&["Shipped C-GOOD at DOCK-3"]);
    assert_eq!(floor.stored_carton("C-GOOD").state, CartonState::Shipped);
    floor.refused("C-GOOD", "GONE");
    // The power is cut: same dock, same number.
    let mut floor = floor.restart();
    let Page::Load(page) = floor.view().page else { panic!("{:?}", floor.view().page) };
    assert_eq!((page.dock.as_str(), page.loaded, floor.step()), (DOCK, 1, "load.carton"));
    floor.press(Tap::Finish, "pack.next");
}

#[test]
fn k20_a_cut_between_close_and_print_goes_on_at_the_label() {
    let mut floor = verifying(shirts(1));
    floor.scan(SHIRT, "pack.close");
    floor.press(Tap::CloseCarton, "pack.weigh");
    floor.weigh(200, "pack.label");
    assert_eq!(floor.labels().len(), 1);
    let mut floor = floor.restart();
    assert_eq!(floor.step(), "pack.label");
    // Whatever happens next has the label printed; the carton was closed once.
    floor.refused("NOBODY-KNOWS", "UNKNOWN_CODE");
    let label = floor.printer(true);
    assert_eq!(label.copy, 1);
    floor.scan(&label.id, "pack.next");
    let kinds = floor.kinds();
    assert_eq!(kinds.iter().filter(|kind| **kind == "CartonClosed").count(), 1);
    assert_eq!(kinds[kinds.len() - 3..], ["LabelPrinted", "Labelled", "OrderPacked"]);
}

#[test]
fn a_cut_in_the_middle_of_a_carton_loses_and_repeats_nothing() {
    let mut floor = verifying(shirts(3));
    floor.scan(SHIRT, "pack.verify");
    let mut floor = floor.restart();
    assert_eq!((floor.step(), got(&floor)), ("pack.verify", vec![(1, 3)]));
    floor.scan(SHIRT, "pack.verify");
    floor.scan(SHIRT, "pack.close");
    floor.press(Tap::CloseCarton, "pack.weigh");
    let mut floor = floor.restart();
    assert_eq!(floor.step(), "pack.weigh");
    floor.refused("NOBODY-KNOWS", "UNKNOWN_CODE");
    assert!(floor.is_weighing());
    floor.weigh(400, "pack.label");
    floor.recorded(&[
        "Packed O-1-1 SHIRT (1 of T-1) C1",
        "Packed O-1-1 SHIRT (1 of T-1) C1",
        "Packed O-1-1 SHIRT (1 of T-1) C1",
        "CartonWeighed C1 400 of 400",
        "CartonClosed C1",
    ]);
}

#[test]
fn k22_a_cancelled_order_is_not_packed_and_its_goods_go_back() {
    let line = Line { location: BENCH.into(), handling_unit: "T-1".into(), qty: 2, ..Line::default() };
    let world = World::packing()
        .order("O-1", &[picked("SHIRT", 2, "T-1")], |order| order.state = PackState::Cancelled)
        .task("PA-1", TaskKind::PutAway, vec![line]);
    let mut floor = world.bench();
    floor.refused("T-1", "ORDER_CANCELLED");
    floor.tap(Tap::Problem);
    assert_eq!(floor.app().sheet_rows(), [("put-back", true, "no-task")]);
    floor.tap(Tap::Choose(0));
    assert_eq!((floor.told().as_str(), floor.step()), ("", "put-away.source"));
    floor.recorded(&["TaskClaimed PA-1"]);
}

#[test]
fn what_is_cancelled_while_it_is_packed_is_taken_out_again() {
    let mut floor = verifying(shirts(2));
    floor.scan(SHIRT, "pack.verify");
    floor.order_becomes("O-1", |order| order.state = PackState::Cancelled);
    assert!(matches!(floor.view().band, Band::Notice { code } if code == "order-cancelled"));
    floor.refused(SHIRT, "ORDER_CANCELLED");
    floor.press(Tap::TakeOut, "pack.take-out");
    floor.scan(SHIRT, "pack.next");
    floor.recorded(&["Packed O-1-1 SHIRT (1 of T-1) C1", "Unpacked O-1-1 SHIRT (1 of T-1) C1"]);
}

#[test]
fn goods_of_a_tote_that_stands_elsewhere_are_brought_to_the_bench() {
    let world = shirts(2);
    let stock: Vec<_> = world.rows.iter().filter(|row| row.0 == "stock").map(|row| row.3.clone()).collect();
    let mut moved: floorhand_domain::stock::Stock = serde_json::from_value(stock[0].clone()).unwrap();
    let key = floorhand_wire::feed::stock_key(&moved);
    moved.location = "A-02".into();
    let mut world = world.stock_of(moved).unit("T-1", "A-02", |_| ());
    world.rows.retain(|row| row.1 != key);
    let mut floor = packing(world);
    floor.scan("BOX-M", "pack.verify");
    floor.scan(SHIRT, "pack.verify");
    let carton = floor.carton(1);
    assert_eq!(floor.here("A-02", "SHIRT"), Vec::<String>::new());
    assert_eq!(floor.here(BENCH, "SHIRT"), [format!("1 allocated in {carton}"), "1 allocated in T-1".to_owned()]);
    // The second finds it there.
    floor.scan(SHIRT, "pack.close");
    assert_eq!(floor.here(BENCH, "SHIRT"), [format!("2 allocated in {carton}")]);
}

#[test]
fn an_order_that_is_left_is_found_again_where_it_was() {
    let mut floor = verifying(shirts(3).operator("o-4", "BDG-4", &[Role::Pack]));
    floor.scan(SHIRT, "pack.verify");
    floor.sheet("lock");
    floor.read("BDG-4");
    floor.pin(true);
    assert_eq!(floor.step(), "pack.next");
    floor.scan("T-1", "pack.verify");
    assert_eq!(got(&floor), [(1, 3)]);
    let kinds = floor.kinds();
    assert_eq!(kinds.iter().filter(|kind| **kind == "CartonOpened").count(), 1);
}

#[test]
fn k16_a_carriers_label_that_is_void_is_not_printed_again() {
    let mut floor = verifying(shirts(2));
    floor.scan(SHIRT, "pack.verify");
    floor.scan(SHIRT, "pack.close");
    floor.press(Tap::CloseCarton, "pack.weigh");
    floor.weigh(300, "pack.label");
    let own = floor.printer(true);
    hears_carrier(&mut floor, &own.id);
    assert_eq!(floor.printer(true).zpl, "^XA^XZ");
    floor.tap(Tap::Problem);
    floor.press(Tap::Choose(0), "pack.take-out");
    floor.scan(SHIRT, "pack.verify");
    let row = floor.stored_carton(&own.id);
    assert_eq!((row.zpl.as_str(), row.tracking.as_str(), row.copies), ("", "", 2));
    // The core has not heard of it: what it said of the carton is about the label of before.
    floor.scan(SHIRT, "pack.close");
    floor.press(Tap::CloseCarton, "pack.weigh");
    floor.weigh(300, "pack.label");
    // The one that the core will give is waited for.
    assert!(floor.labels().iter().all(|label| label.zpl.is_empty()));
    floor.refused("TRACK-9", "UNKNOWN_CODE");
    floor.refused(&own.id, "LABEL_OLD");
    // It does not come, and our own goes out; the number on it is the same, and passes by now.
    floor.time.advance(2_000);
    floor.refused(&own.id, "LABEL_OLD");
    assert_eq!(floor.printer(true).zpl, "");
    floor.scan(&own.id, "pack.next");
}

#[test]
fn our_own_label_is_followed_by_the_carriers() {
    let mut floor = verifying(shirts(1));
    floor.scan(SHIRT, "pack.close");
    floor.press(Tap::CloseCarton, "pack.weigh");
    floor.weigh(200, "pack.label");
    // Without a network our own label goes out at once.
    let own = floor.printer(true);
    assert_eq!((own.zpl.as_str(), label_state(&floor)), ("", LabelState::Internal));
    hears_carrier(&mut floor, &own.id);
    let carrier = floor.printer(true);
    assert_eq!((carrier.zpl.as_str(), carrier.copy), ("^XA^XZ", 2));
    floor.scan("TRACK-9", "pack.next");
    let kinds = floor.kinds();
    assert_eq!(kinds[kinds.len() - 2..], ["Labelled", "OrderPacked"]);
}

/// The network comes back after the order was packed: its carton waits in the list, and does not leave before.
#[test]
fn the_carriers_label_of_a_packed_carton_is_asked_for() {
    let mut floor = verifying(shirts(1));
    floor.scan(SHIRT, "pack.close");
    floor.press(Tap::CloseCarton, "pack.weigh");
    floor.weigh(200, "pack.label");
    let own = floor.printer(true);
    floor.scan(&own.id, "pack.next");
    assert!(floor.pack_page().queue.orders.is_empty());
    hears_carrier(&mut floor, &own.id);
    let queue = floor.pack_page().queue;
    let waits: Vec<(&str, bool)> = queue.orders.iter().map(|row| (row.code.as_str(), row.relabel)).collect();
    assert_eq!((waits, queue.waiting), (vec![(own.id.as_str(), true)], 1));
    floor.sheet("load");
    floor.scan(DOCK, "load.carton");
    floor.refused(&own.id, "LABEL_OLD");
    floor.press(Tap::Finish, "pack.next");
    let mut floor = floor.restart();
    floor.scan(&own.id, "pack.label");
    let carrier = floor.printer(true);
    assert_eq!((carrier.zpl.as_str(), carrier.copy), ("^XA^XZ", 2));
    floor.scan("TRACK-9", "pack.next");
    assert!(floor.pack_page().queue.orders.is_empty());
    assert_eq!(floor.kinds().iter().filter(|kind| **kind == "OrderPacked").count(), 1);
    floor.sheet("load");
    floor.scan(DOCK, "load.carton");
    floor.scan(&own.id, "load.carton");
}

/// What was sent counts, not what is known by the time of the answer.
#[test]
fn the_carriers_data_comes_while_our_own_label_is_printed() {
    let mut floor = verifying(shirts(1));
    floor.scan(SHIRT, "pack.close");
    floor.press(Tap::CloseCarton, "pack.weigh");
    floor.weigh(200, "pack.label");
    let own = floor.labels().remove(0);
    assert_eq!(own.zpl, "");
    hears_carrier(&mut floor, &own.id);
    assert!(floor.labels().is_empty());
    floor.printed(&own);
    assert_eq!(floor.stored_carton(&own.id).label, LabelOn::Internal);
    floor.refused(&own.id, "LABEL_OLD");
    let carrier = floor.printer(true);
    assert_eq!((carrier.zpl.as_str(), carrier.copy), ("^XA^XZ", 2));
    assert_eq!(floor.stored_carton(&own.id).label, LabelOn::Carrier);
    floor.scan(&own.id, "pack.next");
    let kinds = floor.kinds();
    assert_eq!(kinds.iter().filter(|kind| **kind == "LabelPrinted").count(), 2);
    assert_eq!(kinds[kinds.len() - 2..], ["Labelled", "OrderPacked"]);
}
