//! The numbered cases of the cycle count (../shared/workflows.md, section 7), through the floor's loop and a
//! real store. C2, C3, C4, C6, C7, C12, C13 and C15 are judged by the core, and tested there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "floor/kit.rs"]
mod kit;

use floorhand::app::Flow;
use floorhand::view::{CountStage, Page, Tap};
use floorhand_domain::master::RecountBy;
use floorhand_domain::stock::Stock;
use floorhand_domain::task::{Line, Plan, TaskKind};
use kit::Floor;
use kit::world::{ALL, COUNTER, SHIRT, World};

/// A line of a count plan: everything at a place.
fn all_at(location: &str) -> Line {
    Line { location: location.into(), qty: 1, ..Line::default() }
}

/// The task of counting A-01, opened.
fn counting(world: World) -> Floor {
    let mut floor = world.task("CC-1", TaskKind::Count, vec![all_at("A-01")]).floor();
    floor.sign_in(COUNTER);
    floor.scan("CC-1", "count.location");
    floor.refused("A-02", "WRONG_LOCATION");
    floor.scan("A-01", "count.contents");
    floor.recorded(&["TaskClaimed CC-1", "CountStarted A-01"]);
    floor
}

/// Units counted of an item.
fn total(floor: &Floor, item: &str) -> i64 {
    let Flow::Count(flow) = &floor.app().flow else { panic!("{:?}", floor.app().flow) };
    flow.at.total_of(&item.into())
}

#[track_caller]
fn shows_no(book: &str, floor: &Floor) {
    let shown = serde_json::to_string(&floor.view()).unwrap();
    let digits: String =
        shown.chars().filter(|sign| !matches!(sign, ',' | '.' | ' ' | '\u{a0}' | '\u{202f}')).collect();
    assert!(!digits.contains(book), "the book is on the screen: {shown}");
}

#[test]
fn c01_no_screen_of_a_count_shows_the_book() {
    let book = "7341";
    let again = Line { plan: Plan { round: 1, counted_by: "o-1".into(), ..Plan::default() }, ..all_at("A-01") };
    for line in [all_at("A-01"), again] {
        let world = World::new().stock("A-01", "SHIRT", 7341).stock("A-01", "MUG", 7341);
        let mut floor = world.task("CC-1", TaskKind::Count, vec![line]).floor();
        floor.sign_in(COUNTER);
        floor.scan("CC-1", "count.location");
        shows_no(book, &floor);
        floor.scan("A-01", "count.contents");
        shows_no(book, &floor);
        floor.tap(Tap::ShelfEmpty);
        assert_eq!(floor.step(), "count.nothing");
        shows_no(book, &floor);
        floor.tap(Tap::FoundIt);
        floor.scan(SHIRT, "count.contents");
        shows_no(book, &floor);
        floor.tap(Tap::Keypad);
        shows_no(book, &floor);
        floor.number("7");
        shows_no(book, &floor);
        floor.refused("PUMP", "UNKNOWN_CODE");
        shows_no(book, &floor);
        floor.refused("RICE", "UNEXPECTED?");
        shows_no(book, &floor);
        // Nothing else tells it meanwhile.
        floor.tap(Tap::More);
        assert!(floor.app().sheet_rows().iter().all(|(row, ..)| *row != "what-is"));
        floor.tap(Tap::Back);
        floor.tap(Tap::Finish);
        shows_no(book, &floor);
        floor.refused("A-01", "PARTIAL?");
        shows_no(book, &floor);
        floor.scan("A-01", "work-list");
        shows_no(book, &floor);
    }
}

#[test]
fn c05_somebody_else_must_count_again() {
    let again = Line { plan: Plan { round: 1, counted_by: "o-1".into(), ..Plan::default() }, ..all_at("A-01") };
    let world = World::new().stock("A-01", "SHIRT", 2).task("CC-1", TaskKind::Count, vec![again]);
    let mut floor = world.clone().floor();
    floor.sign_in(ALL);
    floor.refused("CC-1", "COUNT_SAME");
    floor.recorded(&[]);
    floor.hand_over(COUNTER);
    floor.scan("CC-1", "count.location");
    floor.scan("A-01", "count.contents");
    floor.recorded(&["TaskClaimed CC-1", "CountStarted A-01"]);
    // A site may let anybody.
    let mut floor = world.set(|settings| settings.recount_by = RecountBy::Any).floor();
    floor.sign_in(ALL);
    floor.scan("CC-1", "count.location");
    floor.scan("A-01", "count.contents");
}

#[test]
fn a_place_with_many_serial_numbers_can_be_empty() {
    let world = (0..80).fold(World::new(), |world, n| {
        let serial = format!("N{n}").as_str().into();
        world.stock_of(Stock { location: "A-01".into(), item: "PUMP".into(), serial, qty: 1, ..Stock::default() })
    });
    let mut floor = counting(world);
    floor.tap(Tap::ShelfEmpty);
    floor.scan("A-01", "work-list");
    let kinds = floor.kinds();
    assert_eq!(kinds.iter().filter(|kind| **kind == "Counted").count(), 80);
    assert_eq!(kinds.last(), Some(&"CountSubmitted"));
}

#[test]
fn c08_what_is_not_booked_asks_and_is_counted() {
    let mut floor = counting(World::new().stock("A-01", "SHIRT", 1));
    floor.refused("MUG-BLUE", "UNEXPECTED?");
    // Any other scan drops the question.
    floor.scan(SHIRT, "count.contents");
    floor.refused("MUG-BLUE", "UNEXPECTED?");
    floor = floor.restart();
    floor.refused("MUG-BLUE", "UNEXPECTED?");
    floor.scan("MUG-BLUE", "count.contents");
    floor.scan("MUG-BLUE", "count.contents");
    assert_eq!(total(&floor, "MUG"), 2);
    floor.scan("A-01", "work-list");
    floor.recorded(&["Counted SHIRT 1", "Counted MUG 1 unexpected", "Counted MUG 1 unexpected", "CountSubmitted A-01"]);
    // Until the core answers, the device shows its old figure.
    assert_eq!(floor.sold_at("A-01", "MUG"), 0);
}

#[test]
fn c09_nothing_is_there_says_the_location() {
    let mut floor = counting(World::new().stock("A-01", "SHIRT", 4));
    floor.press(Tap::ShelfEmpty, "count.nothing");
    floor.refused("A-02", "WRONG_LOCATION");
    floor.refused(SHIRT, "WRONG_KIND");
    floor = floor.restart();
    assert_eq!(floor.step(), "count.nothing");
    floor.scan("A-01", "work-list");
    floor.recorded(&["Counted SHIRT 0", "CountSubmitted A-01 nothing"]);
    assert_eq!(floor.sold_at("A-01", "SHIRT"), 4);
}

#[test]
fn c10_what_was_not_scanned_is_counted_zero() {
    let mut floor = counting(World::new().stock("A-01", "SHIRT", 1).stock("A-01", "MUG", 4));
    floor.scan(SHIRT, "count.contents");
    floor.refused("A-01", "PARTIAL?");
    floor = floor.restart();
    floor.refused("A-01", "PARTIAL?");
    floor.recorded(&["Counted SHIRT 1"]);
    // The button says the same as before and answers nothing.
    floor.tap(Tap::Finish);
    floor.scan("A-01", "work-list");
    floor.recorded(&["Counted MUG 0", "CountSubmitted A-01"]);
    floor = floor.restart();
    assert_eq!(floor.step(), "work-list");
    assert_eq!(floor.store().tasks_shown(&"o-2".into(), "", 10).unwrap(), []);
}

#[test]
fn c11_one_scan_too_many_is_undone() {
    let mut floor = counting(World::new().stock("A-01", "SHIRT", 2));
    floor.tap(Tap::Undo);
    floor.recorded(&[]);
    floor.scans(3, SHIRT, "count.contents");
    floor.press(Tap::Undo, "count.contents");
    assert_eq!(total(&floor, "SHIRT"), 2);
    floor.recorded(&["Counted SHIRT 1", "Counted SHIRT 1", "Counted SHIRT 1", "Undone Counted SHIRT 1"]);
    floor = floor.restart();
    assert_eq!(total(&floor, "SHIRT"), 2);
    // A typed number is one fact, and is undone as one.
    floor.scan(SHIRT, "count.contents");
    floor.tap(Tap::Keypad);
    floor.number("5");
    assert_eq!(total(&floor, "SHIRT"), 7);
    floor.press(Tap::Undo, "count.contents");
    assert_eq!(total(&floor, "SHIRT"), 3);
    floor.recorded(&["Counted SHIRT 1", "Counted SHIRT 4 typed", "Undone Counted SHIRT 4 typed"]);
    floor.press(Tap::Undo, "count.contents");
    floor.press(Tap::Undo, "count.contents");
    floor.press(Tap::Undo, "count.contents");
    assert_eq!(total(&floor, "SHIRT"), 0);
    floor.tap(Tap::Undo);
    assert_eq!(floor.kinds().iter().filter(|kind| **kind == "Undone").count(), 5);
}

#[test]
fn c14_a_cut_after_seven_scans_keeps_seven() {
    let mut floor = counting(World::new().stock("A-01", "SHIRT", 3).stock("A-01", "MUG", 4));
    floor.scans(3, SHIRT, "count.contents");
    floor.scans(4, "MUG-BLUE", "count.contents");
    floor = floor.restart();
    assert_eq!(floor.step(), "count.contents");
    assert_eq!((total(&floor, "SHIRT"), total(&floor, "MUG")), (3, 4));
    let Page::Count(page) = floor.view().page else { panic!("{:?}", floor.view().page) };
    let CountStage::Contents(contents) = page.stage else { panic!("{:?}", page.stage) };
    assert_eq!(page.place, "A-01");
    let shown: u32 = contents.last.into_iter().chain(contents.rows).map(|row| row.counted.units).sum();
    assert_eq!(shown, 7);
    floor.scan("A-01", "work-list");
    assert_eq!(floor.kinds().iter().filter(|kind| **kind == "Counted").count(), 7);
    assert_eq!(floor.kinds().last(), Some(&"CountSubmitted"));
}

#[test]
fn a_count_of_one_item_takes_no_other() {
    let spot = Line { item: "SHIRT".into(), ..all_at("A-01") };
    let world = World::new().stock("A-01", "SHIRT", 1).stock("A-01", "MUG", 4);
    let mut floor = world.task("CC-1", TaskKind::Count, vec![spot]).floor();
    floor.sign_in(COUNTER);
    floor.scan("CC-1", "count.location");
    floor.scan("A-01", "count.contents");
    floor.refused("MUG-BLUE", "WRONG_ITEM");
    floor.scan(SHIRT, "count.contents");
    floor.scan("A-01", "work-list");
    floor.recorded(&["TaskClaimed CC-1", "CountStarted A-01 SHIRT", "Counted SHIRT 1", "CountSubmitted A-01"]);
}

#[test]
fn a_sealed_handling_unit_stands_for_its_content() {
    let (location, item) = ("A-01".into(), "SHIRT".into());
    let sealed = Stock { location, item, handling_unit: "H-1".into(), qty: 7, ..Stock::default() };
    let mut floor = counting(World::new().unit("H-1", "A-01", |unit| unit.sealed = true).stock_of(sealed));
    floor.scan("H-1", "count.contents");
    floor.refused("H-1", "SERIAL_SEEN");
    floor.scan("A-01", "work-list");
    floor.recorded(&["Counted SHIRT 7 in H-1", "CountSubmitted A-01"]);
}

#[test]
fn a_recount_by_the_same_person_says_their_own_number() {
    let again = |by: &str| {
        let plan = Plan { round: 1, counted_by: by.into(), ..Plan::default() };
        vec![Line { plan, ..all_at("A-01") }]
    };
    let own = |floor: &Floor| match floor.view().page {
        Page::Count(page) => match page.stage {
            CountStage::Again { own, why, .. } => (why, own.map(|amount| amount.units)),
            stage => panic!("{stage:?}"),
        },
        page => panic!("{page:?}"),
    };
    let world = World::new()
        .stock("A-01", "SHIRT", 7341)
        .set(|settings| settings.recount_by = RecountBy::Any)
        .task("CC-2", TaskKind::Count, again("o-2"))
        .task("CC-3", TaskKind::Count, again("o-1"));
    let mut floor = counting(world);
    floor.scans(3, SHIRT, "count.contents");
    floor.scan("A-01", "work-list");
    floor.scan("CC-2", "count.location");
    floor.scan("A-01", "count.contents");
    assert_eq!(own(&floor), ("no-match".to_owned(), Some(3)));
    shows_no("7341", &floor);
    // Somebody else's number is told to nobody.
    floor.scan(SHIRT, "count.contents");
    floor.scan("A-01", "work-list");
    floor.scan("CC-3", "count.location");
    floor.scan("A-01", "count.contents");
    assert_eq!(own(&floor), ("asked".to_owned(), None));
}
