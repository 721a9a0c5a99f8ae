//! Receiving, put-away and counting, turn by turn: the floor's loop with a real store, without a network.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "floor/kit.rs"]
mod kit;

use floorhand::view::{CountStage, Key, KeyPress, Page, Tap};
use floorhand_domain::fact::Fact;
use floorhand_domain::master::TypedCodes;
use floorhand_domain::stock::Status;
use kit::Floor;
use kit::world::{ALL, COUNTER, MANAGER, SHIRT, SUPERVISOR, World};
use serde_json::json;

const MINUTE_MS: u64 = 60_000;

fn floor() -> Floor {
    World::new()
        .stock("A-01", "SHIRT", 3)
        .unit("P-7", "DOCK-1", |_| ())
        .delivery("ASN-1", "PO-1", &[("SHIRT", 2)])
        .floor()
}

#[test]
fn goods_are_received_closed_and_put_away() {
    let mut floor = floor();
    floor.sign_in(ALL);
    floor.sheet("deliveries");
    assert_eq!(floor.step(), "deliveries");
    floor.scan("PO-1", "receive.item");
    floor.refused("MUG-BLUE", "WRONG_ITEM");
    floor.scan(SHIRT, "receive.quantity");
    // A power cut: the entry is there as it was (R17).
    floor = floor.restart();
    assert_eq!(floor.step(), "receive.quantity");
    floor.scan(SHIRT, "receive.condition");
    // R4: one above the limit of two is refused whole.
    floor.refused(SHIRT, "RECEIPT_OVER");
    // R12: the same unknown label again makes a handling unit.
    floor.refused("P-1", "NEW_HU?");
    floor.scan("P-1", "receive.item");
    assert_eq!(floor.inside("P-1"), [("DOCK-1".to_owned(), Status::InTransit, 2)]);
    floor.tap(Tap::CloseDelivery);
    let Page::Discrepancies(page) = floor.view().page else { panic!("{:?}", floor.view().page) };
    assert_eq!((page.done, page.total, page.different), (1, 1, 0));
    floor.read(ALL);
    assert_eq!(floor.step(), "work-list");
    assert_eq!(floor.inside("P-1"), [("DOCK-1".to_owned(), Status::Available, 2)]);
    assert_eq!(floor.kinds(), ["DeliveryOpened", "Received", "ReceiptClosed"]);

    // Without a plan every valid place asks (M2).
    floor.sheet("move-this");
    floor.scan("P-1", "put-away.destination");
    floor.refused("Q-01", "PLACE_FORBIDDEN");
    floor.refused("A-02", "PLACE?");
    floor.scan("A-02", "work-list");
    assert_eq!(floor.inside("P-1"), [("A-02".to_owned(), Status::Available, 2)]);
    let moved = floor.facts();
    assert_eq!(moved[3].kind(), "TaskOpened");
    assert!(matches!(&moved[4], Fact::Moved { unit, to, .. } if unit.as_str() == "P-1" && to.as_str() == "A-02"));
}

#[test]
fn far_more_than_ordered_needs_a_manager_there() {
    let mut floor = floor();
    floor.sign_in(ALL);
    floor.sheet("deliveries");
    floor.scan("ASN-1", "receive.item");
    floor.scan(SHIRT, "receive.quantity");
    floor.scan(SHIRT, "receive.condition");
    floor.refused(SHIRT, "RECEIPT_OVER");
    // Nobody approves their own, and an operator approves nothing.
    floor.read(ALL);
    floor.read(COUNTER);
    // One on two is more than a supervisor's fifth.
    floor.read(SUPERVISOR);
    assert_eq!(floor.kinds(), ["DeliveryOpened"]);
    floor.allow(MANAGER);
    assert!(matches!(floor.view().page, Page::Receive(_)), "{:?}", floor.view().page);
    floor.scan("P-7", "receive.item");
    assert_eq!(floor.kinds(), ["DeliveryOpened", "Approved", "Received"]);
    // R5: what is above the limit is quarantined at once.
    let dock = |status, qty| ("DOCK-1".to_owned(), status, qty);
    assert_eq!(floor.inside("P-7"), [dock(Status::InTransit, 2), dock(Status::Quarantined, 1)]);
}

#[test]
fn a_place_is_counted_blind_and_a_scan_too_many_undone() {
    let mut floor = floor();
    floor.sign_in(COUNTER);
    floor.sheet("count-here");
    floor.scan("A-01", "count.contents");
    floor.scans(4, SHIRT, "count.contents");
    floor.tap(Tap::Undo);
    // C14: what was counted is there after a power cut.
    floor = floor.restart();
    let Page::Count(page) = floor.view().page else { panic!("{:?}", floor.view().page) };
    let CountStage::Contents(contents) = page.stage else { panic!("{:?}", page.stage) };
    let rows = contents.last.into_iter().chain(contents.rows).map(|row| row.counted.units).collect::<Vec<_>>();
    assert_eq!(rows, [3]);
    floor.refused("MUG-BLUE", "UNEXPECTED?");
    // Another scan drops the question (workflows.md 0.2): nothing is counted of it.
    floor.scan("A-01", "work-list");
    let count = ["Counted"; 4];
    let expected: Vec<&str> =
        ["TaskOpened", "CountStarted"].into_iter().chain(count).chain(["Undone", "CountSubmitted"]).collect();
    assert_eq!(floor.kinds(), expected);
}

/// The keys that `status` gives for a name, pressed one after the other.
#[track_caller]
fn press(floor: &mut Floor, name: &str) {
    let told = told(floor);
    let action = told["actions"].as_array().unwrap().iter().find(|action| action["name"] == name);
    let keys = action.unwrap_or_else(|| panic!("no {name} among {}", told["actions"]))["keys"].clone();
    for key in keys.as_array().unwrap() {
        let key = match key.as_str().unwrap() {
            "Enter" => Key::Enter,
            "PageDown" => Key::PageDown,
            text => match text.strip_prefix('F').and_then(|number| number.parse().ok()) {
                Some(number) => Key::Function(number),
                None => Key::Text(text.to_owned()),
            },
        };
        floor.tap(key_of(key));
        // A digit waits to be told from a reader that types; any other key lets it go.
        floor.tap(key_of(Key::Function(0)));
    }
}

fn key_of(key: Key) -> Tap {
    Tap::Key(KeyPress { key, ctrl: false, alt: false, shift: false })
}

fn told(floor: &Floor) -> serde_json::Value {
    floorhand::status::status(&floor.store(), "2026-06-01").unwrap()
}

#[test]
fn every_button_has_a_key_and_the_status_names_it() {
    let mut floor = floor();
    floor.sign_in(ALL);
    let check = |floor: &Floor, step: &str, names: &[&str], expects: serde_json::Value| {
        let told = told(floor);
        let found: Vec<&str> =
            told["actions"].as_array().unwrap().iter().map(|action| action["name"].as_str().unwrap()).collect();
        assert_eq!((told["step"].as_str().unwrap(), found.as_slice()), (step, names));
        assert_eq!(told["expects"], expects, "at {step}");
    };
    let always = ["attention", "lock", "sign-out"];
    let with = |names: &[&'static str]| -> Vec<&'static str> { names.iter().copied().chain(always).collect() };
    let home = with(&["deliveries", "count-here", "move-this", "what-is"]);
    check(&floor, "work-list", &home, json!([{"kind": "task", "codes": []}]));
    press(&mut floor, "deliveries");
    // Their list is no step that is stored: a row by its digit.
    floor.tap(key_of(Key::Text("1".to_owned())));
    floor.tap(key_of(Key::Function(0)));
    assert_eq!(floor.step(), "receive.item");
    let open = ["close-final", "close-to-come", "unexpected", "unknown", "quarantine", "what-is"];
    check(&floor, "receive.item", &with(&open), json!([{"kind": "item", "codes": [SHIRT]}]));
    floor.scan(SHIRT, "receive.quantity");
    let counting = ["back", "damaged", "next", "what-is"];
    check(&floor, "receive.quantity", &with(&counting), json!([{"kind": "item", "codes": [SHIRT]}]));
    floor.scan(SHIRT, "receive.condition");
    let condition = ["photo", "back", "good", "some-damaged", "damaged", "next", "what-is"];
    check(&floor, "receive.condition", &with(&condition), json!([{"kind": "quantity", "codes": []}]));
    press(&mut floor, "good");
    let unit = ["back", "print-label", "no-pallet", "what-is"];
    check(&floor, "receive.unit", &with(&unit), json!([{"kind": "handling-unit", "codes": []}]));
    press(&mut floor, "no-pallet");
    let done = ["close", "unexpected", "unknown", "quarantine", "undo", "what-is"];
    check(&floor, "receive.item", &with(&done), json!([{"kind": "item", "codes": []}]));
    press(&mut floor, "close");
    floor.read(ALL);
    assert_eq!(floor.kinds(), ["DeliveryOpened", "Received", "ReceiptClosed"]);

    press(&mut floor, "move-this");
    floor.scan("DOCK-1", "put-away.source");
    floor.scan(SHIRT, "put-away.quantity");
    // Without a plan the places where it may stand, the one with the same item first.
    let places = json!([
        {"kind": "item", "codes": [SHIRT, "SHIRT-12"]},
        {"kind": "location", "codes": ["A-01", "A-02", "B-01", "B-02"]},
    ]);
    check(&floor, "put-away.quantity", &with(&["back", "only-here", "what-is"]), places);
    press(&mut floor, "back");
    assert_eq!(floor.step(), "put-away.source");
    press(&mut floor, "release");
    press(&mut floor, "count-here");
    floor.scan("A-02", "count.contents");
    // A count is blind: What is this tells nothing meanwhile.
    let empty = ["finish", "shelf-empty", "release"];
    let expects = json!([{"kind": "item", "codes": []}, {"kind": "location", "codes": ["A-02"]}]);
    check(&floor, "count.contents", &with(&empty), expects);
    press(&mut floor, "shelf-empty");
    assert_eq!(floor.step(), "count.nothing");
    press(&mut floor, "found-it");
    floor.refused("MUG-BLUE", "UNEXPECTED?");
    floor.scan("MUG-BLUE", "count.contents");
    press(&mut floor, "undo");
    assert_eq!(floor.kinds().last(), Some(&"Undone"));
    press(&mut floor, "sign-out");
    assert_eq!(told(&floor)["actions"], json!([]));
}

#[test]
fn s4_s5_an_idle_station_locks_and_keeps_the_step() {
    let mut floor = floor();
    floor.sign_in(ALL);
    floor.sheet("deliveries");
    floor.scan("ASN-1", "receive.item");
    floor.scan(SHIRT, "receive.quantity");
    floor.sheet("lock");
    assert_eq!(floor.step(), "sign-in.unlock");
    floor.refused(SHIRT, "LOCKED");
    // Not opened by a restart either.
    floor = floor.restart();
    assert_eq!(floor.step(), "sign-in.unlock");
    floor.pin(false);
    assert_eq!(floor.step(), "sign-in.unlock");
    floor.pin(true);
    assert_eq!(floor.step(), "receive.quantity");
    let Page::Receive(page) = floor.view().page else { panic!("{:?}", floor.view().page) };
    assert!(page.open.is_some());
    // The scan at the locked station was not kept: one is counted.
    assert!(!floor.kinds().contains(&"Received"));
    floor.time.advance(10 * MINUTE_MS);
}

#[test]
fn what_is_this_tells_and_changes_nothing() {
    let mut floor = floor();
    floor.sign_in(ALL);
    floor.sheet("what-is");
    floor.read(SHIRT);
    let Page::WhatIs(page) = floor.view().page else { panic!("{:?}", floor.view().page) };
    assert_eq!(page.readings[0].rows[0].place, "A-01");
    floor.read(SUPERVISOR);
    let Page::WhatIs(page) = floor.view().page else { panic!("{:?}", floor.view().page) };
    assert!(!format!("{page:?}").contains(SUPERVISOR));
    assert_eq!(floor.kinds(), [""; 0]);
}

/// Types a code into the page for it.
fn type_code(floor: &mut Floor, code: &str) {
    floor.tap(Tap::TypeCode);
    code.chars().for_each(|sign| floor.tap(Tap::Sign(sign)));
    floor.tap(Tap::Ok);
}

#[test]
fn a_typed_code_asks_a_supervisor() {
    let mut floor = floor();
    floor.sign_in(COUNTER);
    floor.sheet("count-here");
    type_code(&mut floor, "A-01");
    assert_eq!((floor.step(), floor.kinds()), ("count.location", vec!["TaskOpened"]));
    // Nobody allows their own, and nobody else who may not.
    floor.read(COUNTER);
    assert!(matches!(floor.view().page, Page::Approve(_)));
    // Back: what was typed is gone.
    floor.tap(Tap::Back);
    assert_eq!((floor.step(), floor.kinds()), ("count.location", vec!["TaskOpened"]));
    type_code(&mut floor, "A-01");
    floor.allow(SUPERVISOR);
    assert_eq!(floor.step(), "count.contents");
    assert_eq!(floor.kinds(), ["TaskOpened", "Approved", "CountStarted"]);
    assert!(matches!(&floor.facts()[1], Fact::Approved { subject, .. } if subject.starts_with("task:")));
}

#[test]
fn where_nobody_may_type_a_code_is_refused() {
    let mut floor = World::new().set(|site| site.typed_codes = TypedCodes::Never).floor();
    floor.sign_in(COUNTER);
    floor.sheet("count-here");
    type_code(&mut floor, "A-01");
    assert_eq!((floor.told().as_str(), floor.step()), ("NOT_ALLOWED", "count.location"));
}
