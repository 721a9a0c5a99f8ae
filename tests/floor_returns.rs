//! The numbered cases of returns inspection (../shared/workflows.md, section 8), through the floor's loop and a real
//! store. T18 and T19 are judged by the core, and tested there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "floor/kit.rs"]
mod kit;
#[path = "floor_returns/outcomes.rs"]
mod outcomes;
#[path = "floor/post.rs"]
mod post;
#[path = "floor_returns/station.rs"]
mod station;

use floorhand::view::{Page, ReturnStage, Tap};
use floorhand_domain::fact::Fact;
use floorhand_domain::master::Role;
use floorhand_domain::returns::{ReturnReason, ShippedLine};
use floorhand_domain::stock::Stock;
use kit::Floor;
use kit::world::{PUMP, SHIRT, SUPERVISOR, VITAMIN, World};
use post::{INSPECTOR, PHONES, phones, sent, unit};

/// Eight shirts of the order `O-1`.
fn eight() -> World {
    World::post().sent(sent("L-1", "SHIRT", 8))
}

/// One shirt of the order `O-1`.
fn shirt() -> World {
    World::post().sent(sent("L-1", "SHIRT", 1))
}

/// Two headphones.
fn two_phones() -> World {
    World::post().sent(phones("L-1", "N1")).sent(phones("L-2", "N2"))
}

fn label(gtin: &str, serial: &str) -> String {
    format!("(01){gtin}(21){serial}")
}

/// The label of some vitamins.
fn vitamin(lot: &str) -> String {
    format!("(01){VITAMIN}(10){lot}")
}

/// One shirt, graded by its answers, at the step of its place.
fn graded(world: World, answers: &str, reason: &str) -> Floor {
    let mut floor = Floor::returning(world, "O-1");
    floor.scan(SHIRT, "return.inspect");
    floor.answer(answers);
    floor.because(reason);
    if floor.step() == "return.photo" {
        floor.photo();
        floor.recorded(&["PhotoTaken returned"]);
    }
    floor.press(Tap::Next, "return.put");
    floor
}

#[test]
fn t01_an_announced_return_shows_its_lines() {
    let world = World::post()
        .sent(ShippedLine { returned: 2, ..sent("L-1", "SHIRT", 8) })
        .sent(sent("L-2", "MUG", 2))
        .sent(sent("L-3", "RICE", 500))
        .rma("R-1", "O-1", &[("L-2", "MUG", 1, ReturnReason::Other), ("L-1", "SHIRT", 3, ReturnReason::WrongSize)]);
    let mut floor = Floor::returning(world, "R-1");
    let page = floor.page();
    let lines: Vec<_> =
        page.lines.iter().map(|line| (line.goods.name.as_str(), line.here.units, line.expected.units)).collect();
    assert_eq!(lines, [("The MUG", 0, 1), ("The SHIRT", 0, 3)]);
    assert_eq!((page.number.as_str(), page.unannounced, page.done, page.total), ("R-1", false, 0, 4));
    assert!(matches!(page.stage, ReturnStage::Identity));
    // What was announced tells why, and in the customer's words.
    floor.scan("MUG-BLUE", "return.inspect");
    let page = floor.page();
    let ReturnStage::Inspect(form) = &page.stage else { panic!("{:?}", page.stage) };
    assert_eq!((page.open.unwrap().words.as_str(), form.reason.as_str()), ("About the MUG", "other"));
}

#[test]
fn t01_its_label_begins_the_work_anywhere() {
    let mut floor = eight().rma("R-1", "O-1", &[("L-1", "SHIRT", 3, ReturnReason::Other)]).floor();
    floor.sign_in(INSPECTOR);
    floor.scan("R-1", "return.item");
    floor.recorded(&["ReturnOpened R-1 O-1 at PACK-1"]);
    // Who has not the role is told so.
    let mut floor = eight()
        .rma("R-1", "O-1", &[("L-1", "SHIRT", 3, ReturnReason::Other)])
        .operator("o-4", "BDG-4", &[Role::Pick])
        .floor();
    floor.sign_in("BDG-4");
    floor.tap(Tap::More);
    assert!(!floor.app().sheet_rows().iter().any(|(code, ..)| *code == "returns"));
    floor.refused("R-1", "UNKNOWN_CODE");
}

#[test]
fn t01_what_is_over_is_gone() {
    let world = eight().put(
        floorhand_wire::feed::kind::RMA,
        "R-1",
        &post::rma("R-1", "O-1", &[], floorhand_domain::returns::RmaState::Closed),
    );
    let mut floor = Floor::at_returns(world);
    floor.refused("R-1", "GONE");
    floor.refused(SHIRT, "WRONG_KIND");
    floor.refused("nonsense", "UNKNOWN_CODE");
    assert_eq!(floor.step(), "returns");
}

#[test]
fn t02_a_parcel_shows_what_was_shipped() {
    let world = eight().sent(ShippedLine { returned: 1, ..sent("L-2", "MUG", 2) });
    for code in ["C-1", "TR-1", "O-1"] {
        let floor = Floor::returning(world.clone(), code);
        let page = floor.page();
        let lines: Vec<_> = page.lines.iter().map(|line| (line.goods.name.as_str(), line.expected.units)).collect();
        assert_eq!(lines, [("The SHIRT", 8), ("The MUG", 1)], "{code}");
        assert_eq!((page.number.as_str(), page.unannounced, page.total), ("O-1", true, 9), "{code}");
    }
}

#[test]
fn t02_several_are_offered() {
    let lines = [("L-1", "SHIRT", 3, ReturnReason::Other)];
    let mut floor = Floor::at_returns(eight().rma("R-1", "O-1", &lines).rma("R-2", "O-1", &lines));
    floor.read("C-1");
    let page = floor.page();
    let ReturnStage::Open { choices, .. } = &page.stage else { panic!("{:?}", page.stage) };
    let shown: Vec<_> = choices.iter().map(|one| (one.number.as_str(), one.order.as_str(), one.units)).collect();
    assert_eq!(shown, [("R-1", "O-1", 3), ("R-2", "O-1", 3)]);
    assert_eq!(page.ask.code, "choose-return");
    floor.recorded(&[]);
    floor.press(Tap::Back, "returns");
    assert_eq!(floor.page().ask.code, "return");
    floor.read("C-1");
    floor.press(Tap::Choose(1), "return.item");
    floor.recorded(&["ReturnOpened R-2 O-1 at PACK-1"]);
}

#[test]
fn t03_what_never_left_cannot_come_back() {
    let mut floor = Floor::at_returns(eight().stock_of(Stock {
        location: "A-01".into(),
        item: "PUMP".into(),
        serial: "N9".into(),
        qty: 1,
        ..Stock::default()
    }));
    floor.refused("N9", "RET_NOT_SHIPPED");
    floor.scan("O-1", "return.item");
    floor.recorded(&["ReturnOpened O-1 at PACK-1"]);
    floor.refused("MUG-BLUE", "RET_NOT_SHIPPED");
    assert_eq!(floor.step(), "return.item");
    // It is inspected all the same, without an order.
    floor.press(Tap::Unmatched, "return.quantity");
    assert!(floor.page().open.unwrap().unmatched);
    floor.press(Tap::Ok, "return.inspect");
    floor.answer("yyy");
    floor.because("wrong-item");
    floor.press(Tap::Next, "return.put");
    assert_eq!(floor.proposed(), "quarantine");
    floor.scan("Q-01", "return.item");
    floor.recorded(&["ReturnInspected MUG 1 A quarantine > Q-01"]);
    // Without a refusal nothing is let in.
    floor.pressed_in_vain(Tap::Unmatched, "NOT_NOW");
}

#[test]
fn t04_a_serial_number_leads_to_its_order() {
    let world = World::post().sent(unit("L-1", "PUMP", "N1")).sent(sent("L-2", "SHIRT", 2));
    let mut floor = Floor::at_returns(world.clone());
    floor.scan("N1", "return.inspect");
    floor.recorded(&["ReturnOpened O-1 at PACK-1"]);
    assert_eq!(floor.page().open.unwrap().code, "N1");
    // In a return that nobody knows the origin of it tells the order too.
    let mut floor = Floor::at_returns(world);
    floor.press(Tap::Unmatched, "return.item");
    floor.recorded(&["ReturnOpened at PACK-1"]);
    floor.scan(&label(PUMP, "N1"), "return.inspect");
    assert!(!floor.page().open.unwrap().unmatched);
    floor.answer("yyy");
    floor.because("changed-mind");
    floor.press(Tap::Next, "return.put");
    assert_eq!(floor.proposed(), "restock");
    floor.scan("A-01", "return.item");
    floor.recorded(&["ReturnInspected O-1 L-1 PUMP 1 #N1 A restock > A-01"]);
    // It comes back once.
    floor.refused(&label(PUMP, "N1"), "SERIAL_SEEN");
    floor.press(Tap::Finish, "returns");
}

#[test]
fn t05_what_nobody_knows_is_quarantined_and_no_money_asked() {
    let mut floor = Floor::at_returns(World::post());
    floor.press(Tap::Unmatched, "return.item");
    floor.scan(SHIRT, "return.quantity");
    floor = floor.restart();
    floor.number("7");
    assert_eq!((floor.step(), floor.held()), ("return.inspect", 7));
    floor.answer("nyy");
    floor.because("other");
    assert_eq!(floor.step(), "return.photo");
    floor.photo();
    floor.press(Tap::Next, "return.put");
    let ReturnStage::Put { outcome, bin, choices, .. } = floor.page().stage else { panic!() };
    assert_eq!((outcome.as_str(), bin.as_str(), choices.len()), ("quarantine", "Q-01", 0));
    floor.refused("A-01", "PLACE_FORBIDDEN");
    floor.scan("Q-01", "return.item");
    floor.recorded(&[
        "ReturnOpened at PACK-1",
        "PhotoTaken returned",
        "ReturnInspected SHIRT 7 B quarantine > Q-01 with photo",
    ]);
    assert_eq!(floor.here("Q-01", "SHIRT"), ["7 quarantined"]);
    floor.press(Tap::Finish, "returns");
    let ReturnStage::Open { last: Some(last), .. } = floor.page().stage else { panic!() };
    assert_eq!((last.number.as_str(), last.units, last.refund.as_str()), ("", 7, "none"));
}

#[test]
fn t06_a_unit_of_another_order() {
    let world = World::post().sent(unit("L-1", "PUMP", "N1")).sent(ShippedLine {
        order: "O-7".into(),
        carton: "C-7".into(),
        ..unit("L-7", "PUMP", "N7")
    });
    let mut floor = Floor::returning(world, "O-1");
    floor.refused(&label(PUMP, "N7"), "WRONG_SERIAL");
    floor.refused("N7", "WRONG_SERIAL");
    floor.scan(&format!("(01){PUMP}"), "return.serial");
    floor.tap(Tap::Keypad);
    floor.words("N7");
    floor.pressed_in_vain(Tap::Ok, "WRONG_SERIAL");
    floor.tap(Tap::Backspace);
    floor.words("1");
    floor.press(Tap::Ok, "return.inspect");
}

#[test]
fn t07_never_more_than_was_shipped() {
    let mut floor = Floor::returning(eight(), "O-1");
    floor.refused("SHIRT-12", "RET_OVER");
    floor.scan(SHIRT, "return.quantity");
    floor.refused("SHIRT-12", "RET_OVER");
    floor.digits("9");
    floor.pressed_in_vain(Tap::Ok, "RET_OVER");
    assert_eq!(floor.held(), 1);
    floor.tap(Tap::Back);
    floor = floor.restart();
    assert_eq!((floor.step(), floor.held()), ("return.quantity", 1));
    floor.number("8");
    assert_eq!((floor.step(), floor.held()), ("return.inspect", 8));
    floor.answer("yyy");
    floor.because("wrong-size");
    floor.press(Tap::Next, "return.put");
    floor.scan("A-01", "returns");
    floor.recorded(&["ReturnInspected O-1 L-1 SHIRT 8 A restock > A-01"]);
    // Own inspections that the core does not know count too: nothing is left.
    floor.scan("O-1", "return.item");
    floor.refused(SHIRT, "RET_OVER");
    floor = floor.restart();
    floor.refused(SHIRT, "RET_OVER");
}

#[test]
fn t07_part_of_it_leaves_the_rest_open() {
    let mut floor = Floor::returning(eight(), "O-1");
    floor.scans(3, SHIRT, "return.quantity");
    floor.press(Tap::Ok, "return.inspect");
    floor.answer("yyy");
    floor.because("wrong-size");
    floor.press(Tap::Next, "return.put");
    floor.scan("A-01", "return.item");
    let page = floor.page();
    assert_eq!((page.done, page.total, page.lines[0].here.units), (3, 8, 3));
    floor.press(Tap::Finish, "returns");
    floor.recorded(&["ReturnInspected O-1 L-1 SHIRT 3 A restock > A-01"]);
    floor.scan("O-1", "return.item");
    assert_eq!((floor.page().total, floor.page().lines[0].expected.units), (5, 5));
}

#[test]
fn t08_another_lot_is_for_a_supervisor() {
    let mut floor =
        Floor::returning(World::post().sent(ShippedLine { lot: "L1".into(), ..sent("L-1", "VITAMIN", 3) }), "O-1");
    floor.refused(&vitamin("L9"), "WRONG_LOT");
    assert_eq!(floor.step(), "return.item");
    // Nobody else's badge allows it.
    floor.refused(INSPECTOR, "WRONG_LOT");
    floor.tap(Tap::Back);
    floor.refused(&vitamin("L9"), "WRONG_LOT");
    floor.allow(SUPERVISOR);
    assert_eq!((floor.told().as_str(), floor.step()), ("", "return.quantity"));
    floor = floor.restart();
    floor.press(Tap::Ok, "return.inspect");
    floor.answer("yyy");
    floor.because("other");
    floor.press(Tap::Next, "return.put");
    floor.scan("A-01", "return.item");
    floor.recorded(&[
        "Approved o-9 WRONG_LOT VITAMIN 1",
        "ReturnInspected O-1 L-1 VITAMIN 1 L9 A restock > A-01 WRONG_LOT",
    ]);
    // The right one needs nobody; a label without it asks for it.
    floor.scan(&format!("(01){VITAMIN}"), "return.lot");
    floor.tap(Tap::Keypad);
    floor.words("L1");
    floor.press(Tap::Ok, "return.quantity");
    floor.press(Tap::Back, "return.item");
    floor.scan("L1", "return.quantity");
}

#[test]
fn t09_a_unit_is_inspected_once() {
    let world = World::post().sent(unit("L-1", "PUMP", "N1")).sent(unit("L-2", "PUMP", "N2"));
    let mut floor = Floor::returning(world, "O-1");
    floor.scan(&label(PUMP, "N1"), "return.inspect");
    floor.answer("yyy");
    floor.because("other");
    floor.press(Tap::Next, "return.put");
    floor.scan("A-01", "return.item");
    floor.refused(&label(PUMP, "N1"), "SERIAL_SEEN");
    floor.refused("N1", "SERIAL_SEEN");
    floor = floor.restart();
    floor.refused("N1", "SERIAL_SEEN");
    floor.scan("N2", "return.inspect");
    floor.recorded(&["ReturnInspected O-1 L-1 PUMP 1 #N1 A restock > A-01"]);
}

#[test]
fn t10_a_photograph_by_policy() {
    let mut floor = Floor::returning(shirt(), "O-1");
    floor.scan(SHIRT, "return.inspect");
    floor.pressed_in_vain(Tap::Next, "MISSING_DATA");
    floor.answer("yyn");
    floor.pressed_in_vain(Tap::Next, "MISSING_DATA");
    assert_eq!(floor.view().refusal.unwrap().needed.kind, "reason");
    floor.because("not-as-described");
    assert_eq!((floor.step(), floor.page().ask.code.as_str()), ("return.photo", "photo"));
    floor.pressed_in_vain(Tap::Next, "PHOTO_NEEDED");
    floor.recorded(&[]);
    floor.tap(Tap::Photo);
    assert!(matches!(floor.view().page, Page::Photo(page) if page.purpose == "returned" && page.taken == 0));
    floor.tap(Tap::Shutter);
    floor.tap(Tap::Use);
    floor.recorded(&["PhotoTaken returned"]);
    assert_eq!(floor.step(), "return.inspect");
    floor.press(Tap::Next, "return.put");
    assert_eq!(floor.proposed(), "liquidate");
    floor.scan("Q-01", "returns");
    floor.recorded(&["ReturnInspected O-1 L-1 SHIRT 1 C liquidate > Q-01 with photo"]);
    // The fact names the photograph that was taken.
    let facts = floor.facts();
    let taken = facts.iter().find_map(|fact| match fact {
        Fact::PhotoTaken { photo, subject, .. } => Some((photo.clone(), subject.clone())),
        _ => None,
    });
    let named = facts.iter().find_map(|fact| match fact {
        Fact::ReturnInspected { photos, inspection, .. } => Some((photos[0].clone(), format!("return:{inspection}"))),
        _ => None,
    });
    assert_eq!(taken, named);
    // As new it is not asked for, nor where the site asks for none.
    let floor = graded(shirt(), "yyy", "other");
    assert_eq!(floor.facts().len(), 1);
    let floor = graded(shirt().policy(|policy| policy.photo_grades.clear()), "yyn", "other");
    assert_eq!(floor.facts().len(), 1);
}

#[test]
fn t11_the_weight_is_a_second_witness() {
    let mut floor = Floor::returning(two_phones(), "O-1");
    floor.scan(&label(PHONES, "N1"), "return.weigh");
    let ReturnStage::Weigh { expected_grams, keypad, .. } = floor.page().stage else { panic!() };
    assert_eq!((expected_grams, keypad), (Some(800), true));
    floor.pressed_in_vain(Tap::Next, "MISSING_DATA");
    floor.digits("0.52");
    floor.pressed_in_vain(Tap::Ok, "WEIGHT_DIFF");
    assert_eq!(floor.step(), "return.parts");
    floor = floor.restart();
    let ReturnStage::Inspect(form) = floor.page().stage else { panic!() };
    assert_eq!(form.parts, Some((520, 800)));
    assert_eq!(form.questions.iter().map(|one| one.code.as_str()).collect::<Vec<_>>(), ["complete"]);
    floor.pressed_in_vain(Tap::Next, "MISSING_DATA");
    // All parts are there, and yet it is lighter: a supervisor decides.
    floor.answer("y");
    floor.pressed_in_vain(Tap::Next, "WEIGHT_DIFF");
    floor.allow(SUPERVISOR);
    assert_eq!(floor.step(), "return.inspect");
    floor.answer("yyy");
    floor.because("changed-mind");
    floor.press(Tap::Next, "return.put");
    floor.scan("A-01", "return.item");
    floor.recorded(&[
        "Approved o-9 WEIGHT_DIFF PHONES 1",
        "ReturnInspected O-1 L-1 PHONES 1 #N1 A restock > A-01 520 g WEIGHT_DIFF",
    ]);
}

#[test]
fn t11_a_label_tells_the_weight_too() {
    let mut floor = Floor::returning(two_phones(), "O-1");
    floor.scan(&label(PHONES, "N1"), "return.weigh");
    floor.refused("A-01", "NOT_NOW");
    floor.refused(&format!("(01){PHONES}"), "NOT_NOW");
    floor.scan(&format!("(01){PHONES}(3103)000810"), "return.inspect");
}

/// A second witness is another one: nothing is typed, and no label read, beside a scale that speaks.
#[test]
fn t11_a_scale_that_speaks_is_the_only_witness() {
    let mut floor = Floor::returning(two_phones(), "O-1");
    floor.scan(&label(PHONES, "N1"), "return.weigh");
    floor.scale(0, true);
    let ReturnStage::Weigh { scale_grams, keypad, .. } = floor.page().stage else { panic!() };
    assert_eq!((scale_grams, keypad), (None, false));
    floor.digits("0.81");
    floor.pressed_in_vain(Tap::Ok, "MISSING_DATA");
    floor.refused(&format!("(01){PHONES}(3103)000810"), "NOT_NOW");
    assert_eq!(floor.step(), "return.weigh");
    // While the parts are looked at, it still is.
    floor.scale(520, true);
    assert_eq!((floor.told().as_str(), floor.step()), ("WEIGHT_DIFF", "return.parts"));
    floor.refused(&format!("(01){PHONES}(3103)000810"), "NOT_NOW");
    floor.scale(810, true);
    assert_eq!(floor.step(), "return.inspect");
}

#[test]
fn t12_a_missing_part_leaves_c_and_d() {
    let mut floor = Floor::returning(two_phones(), "O-1");
    floor.scan(&label(PHONES, "N1"), "return.weigh");
    floor.digits("0.52");
    floor.tap(Tap::Ok);
    floor.answer("n");
    floor.press(Tap::Next, "return.inspect");
    assert_eq!(floor.grades(), "CD");
    floor.answer("yny");
    floor.because("other");
    floor.pressed_in_vain(Tap::Grade(1), "NOT_ALLOWED");
    assert_eq!(floor.grades(), "CD");
    floor.press(Tap::Grade(3), "return.photo");
    floor.press(Tap::Grade(2), "return.photo");
    floor.photo();
    floor.press(Tap::Next, "return.put");
    assert_eq!(floor.proposed(), "liquidate");
}

#[test]
fn t20_a_photograph_outlives_the_power() {
    let mut floor = Floor::returning(shirt(), "O-1");
    floor.scan(SHIRT, "return.inspect");
    floor.answer("nyy");
    floor.because("other");
    floor.photo();
    floor = floor.restart();
    let ReturnStage::Inspect(form) = floor.page().stage else { panic!() };
    assert_eq!((floor.step(), form.photos, form.reason.as_str()), ("return.inspect", 1, "other"));
    floor.press(Tap::Next, "return.put");
    floor.scan("Q-01", "returns");
    floor.recorded(&["PhotoTaken returned", "ReturnInspected O-1 L-1 SHIRT 1 B refurbish > Q-01 with photo"]);
}
