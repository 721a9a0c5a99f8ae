//! What becomes of the goods, and of the money: cases T13 to T17.

use super::{graded, shirt};
use crate::kit::Floor;
use crate::kit::world::{MANAGER, SHIRT, SUPERVISOR, World};
use crate::post::{INSPECTOR, sent};
use floorhand::view::{Page, ReturnStage, Tap};
use floorhand_domain::master::Role;
use floorhand_domain::returns::ShippedLine;

#[test]
fn t13_opened_hygiene_goods_are_never_sold_again() {
    let cream = || World::post().sent(sent("L-1", "CREAM", 1));
    let to_put = |floor: &mut Floor| {
        floor.sheet("returns");
        floor.scan("O-1", "return.item");
        floor.scan("CREAM", "return.inspect");
        floor.answer("nyy");
        floor.because("other");
        floor.photo();
        floor.press(Tap::Next, "return.put");
        assert_eq!(floor.proposed(), "write-off");
    };
    let mut floor = cream().floor();
    floor.sign_in(INSPECTOR);
    to_put(&mut floor);
    let (row, why) = floor.other("restock");
    assert_eq!(why, "hygiene");
    floor.pressed_in_vain(Tap::Disposition(row), "NOT_ALLOWED");
    // No badge helps, and the page does not ask for one.
    assert!(matches!(floor.view().page, Page::Returns(_)));
    floor.refused(MANAGER, "WRONG_KIND");
    // A manager who inspects may not either.
    let mut floor = cream().operator("o-5", "BDG-5", &[Role::Returns, Role::Manager]).floor();
    floor.sign_in("BDG-5");
    to_put(&mut floor);
    let (row, why) = floor.other("restock");
    assert_eq!(why, "hygiene");
    floor.pressed_in_vain(Tap::Disposition(row), "NOT_ALLOWED");
    assert_eq!(floor.other("liquidate").1, "");
    floor.refused("A-01", "PLACE_FORBIDDEN");
    floor.scan("X-01", "returns");
    assert_eq!(floor.here("X-01", "CREAM"), ["1 damaged"]);
}

#[test]
fn t14_another_outcome_is_for_a_supervisor() {
    let mut floor = graded(shirt(), "nyy", "other");
    assert_eq!(floor.proposed(), "refurbish");
    let (row, why) = floor.other("restock");
    assert_eq!(why, "role");
    floor.pressed_in_vain(Tap::Disposition(row), "NOT_ALLOWED");
    assert!(matches!(floor.view().page, Page::Approve(_)));
    floor.tap(Tap::Back);
    assert_eq!(floor.proposed(), "refurbish");
    floor.pressed_in_vain(Tap::Disposition(row), "NOT_ALLOWED");
    floor.allow(SUPERVISOR);
    // They say why.
    assert!(matches!(floor.view().page, Page::Sheet(page) if page.kind == "override"));
    floor.choose_row("looks-better");
    assert_eq!(floor.proposed(), "restock");
    floor = floor.restart();
    assert_eq!(floor.proposed(), "restock");
    floor.scan("A-01", "returns");
    floor.recorded(&[
        "DispositionOverridden SHIRT 1 refurbish > restock o-9 looks-better",
        "ReturnInspected O-1 L-1 SHIRT 1 B restock > A-01 with photo",
    ]);
    assert_eq!(floor.here("A-01", "SHIRT"), ["1 available"]);
}

#[test]
fn t14_what_is_worth_much_is_for_a_manager() {
    let mut floor =
        graded(World::post().sent(ShippedLine { value_minor: 20_001, ..sent("L-1", "SHIRT", 1) }), "nyy", "other");
    let (row, _) = floor.other("restock");
    floor.pressed_in_vain(Tap::Disposition(row), "NOT_ALLOWED");
    floor.read(SUPERVISOR);
    let Page::Approve(page) = floor.view().page else { panic!() };
    assert!(page.approver.is_empty());
    floor.allow(MANAGER);
    floor.choose_row("other");
    assert_eq!(floor.proposed(), "restock");
    // The proposed one needs no reason.
    let (row, why) = floor.other("refurbish");
    assert_eq!(why, "");
    floor.press(Tap::Disposition(row), "return.put");
    assert_eq!(floor.proposed(), "refurbish");
    floor.scan("Q-01", "returns");
    floor.recorded(&["ReturnInspected O-1 L-1 SHIRT 1 B refurbish > Q-01 with photo"]);
}

#[test]
fn t14_a_supervisor_who_inspects_chooses_alone() {
    let mut floor = shirt().operator("o-6", "BDG-6", &[Role::Returns, Role::Supervisor]).floor();
    floor.sign_in("BDG-6");
    floor.sheet("returns");
    floor.scan("O-1", "return.item");
    floor.scan(SHIRT, "return.inspect");
    floor.answer("yyy");
    floor.because("other");
    floor.press(Tap::Next, "return.put");
    let (row, why) = floor.other("write-off");
    assert_eq!(why, "");
    floor.tap(Tap::Disposition(row));
    assert!(matches!(floor.view().page, Page::Sheet(_)));
    floor.choose_row("policy-unfit");
    floor.scan("X-01", "returns");
    floor.recorded(&[
        "ReturnOpened O-1 at PACK-1",
        "DispositionOverridden SHIRT 1 restock > write-off o-6 policy-unfit",
        "ReturnInspected O-1 L-1 SHIRT 1 A write-off > X-01",
    ]);
}

#[test]
fn t15_as_new_it_is_sold_again() {
    let mut floor = graded(shirt().stock("B-02", "SHIRT", 4), "yyy", "changed-mind");
    let ReturnStage::Put { outcome, bin, .. } = floor.page().stage else { panic!() };
    assert_eq!((outcome.as_str(), bin.as_str(), floor.page().ask.code.as_str()), ("restock", "B-02", "bin"));
    floor.refused("Q-01", "PLACE_FORBIDDEN");
    floor.scan("A-01", "returns");
    floor.recorded(&["ReturnInspected O-1 L-1 SHIRT 1 A restock > A-01"]);
    assert_eq!((floor.here("A-01", "SHIRT"), floor.sold_at("A-01", "SHIRT")), (vec!["1 available".to_owned()], 1));
}

#[test]
fn t15_quarantine_never_stands_where_is_picked() {
    let mut floor = graded(shirt().unit("P-7", "PACK-1", |_| ()), "nyy", "other");
    floor.refused("A-01", "PLACE_FORBIDDEN");
    floor.refused("X-01", "PLACE_FORBIDDEN");
    assert_eq!(floor.step(), "return.put");
    // Into a handling unit at the bench.
    floor.scan("P-7", "returns");
    floor.recorded(&["ReturnInspected O-1 L-1 SHIRT 1 B refurbish > PACK-1 into P-7 with photo"]);
    assert_eq!(floor.here("PACK-1", "SHIRT"), ["1 quarantined in P-7"]);
}

#[test]
fn t16_the_suppliers_fault() {
    let mut floor = graded(shirt(), "yny", "defective");
    assert_eq!(floor.proposed(), "vendor-claim");
    floor.scan("Q-01", "returns");
    floor.recorded(&["ReturnInspected O-1 L-1 SHIRT 1 C vendor-claim > Q-01 with photo"]);
    assert_eq!(floor.here("Q-01", "SHIRT"), ["1 quarantined"]);
}

#[test]
fn t17_the_money_waits_for_the_core() {
    let mut floor = graded(shirt(), "yyy", "other");
    floor.scan("A-01", "returns");
    let last = |floor: &Floor| {
        let ReturnStage::Open { last: Some(last), .. } = floor.page().stage else { panic!() };
        (last.number, last.units, last.refund)
    };
    assert_eq!(last(&floor), ("O-1".to_owned(), 1, "waiting".to_owned()));
    floor = floor.restart();
    assert_eq!((floor.step(), last(&floor)), ("returns", ("O-1".to_owned(), 1, "waiting".to_owned())));
    // The next return begins from here.
    floor.refused("O-9", "UNKNOWN_CODE");
    assert_eq!(last(&floor).2, "waiting");
    floor.press(Tap::Back, "work-list");
}
