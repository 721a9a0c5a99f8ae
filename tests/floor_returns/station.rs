//! What no numbered case speaks of: leaving and coming back, the lock, the keys, `status`.

use crate::kit::Floor;
use crate::kit::world::{SHIRT, World};
use crate::post::{INSPECTOR, phones, rma, sent};
use floorhand::app::{App, DeliveriesFlow, Flow, Found, Input, Now, ReturnData};
use floorhand::view::{Band, Key, KeyPress, Page, Profile, ReturnStage, Tap};
use floorhand_domain::master::Role;
use floorhand_domain::returns::{ReturnReason, RmaState};
use floorhand_domain::task::TaskKind;
use serde_json::Value;

fn world() -> World {
    World::post().sent(sent("L-1", "SHIRT", 8)).operator("o-4", "BDG-4", &[Role::Returns])
}

#[test]
fn a_return_that_was_left_is_gone_on_with() {
    let mut floor = Floor::returning(world(), "O-1");
    floor.scans(2, SHIRT, "return.quantity");
    floor.hand_over("BDG-4");
    floor.sheet("returns");
    floor.scan("O-1", "return.quantity");
    assert_eq!(floor.held(), 2);
    floor.recorded(&[]);
    // The page of returns is no step that is kept.
    floor.press(Tap::Back, "return.item");
    floor.press(Tap::Finish, "returns");
    floor.hand_over(INSPECTOR);
    assert!(floor.app().kept.is_empty());
}

#[test]
fn one_without_a_number_is_gone_on_with_too() {
    let mut floor = Floor::at_returns(world());
    floor.press(Tap::Unmatched, "return.item");
    floor.scan("MUG-BLUE", "return.quantity");
    floor.hand_over("BDG-4");
    floor.sheet("returns");
    floor.press(Tap::Unmatched, "return.quantity");
    floor.recorded(&["ReturnOpened at PACK-1"]);
}

#[test]
fn an_entry_is_forgotten_by_the_problem_page() {
    let mut floor = Floor::returning(world(), "O-1");
    floor.scans(2, SHIRT, "return.quantity");
    floor.tap(Tap::Problem);
    floor.choose_row("drop-entry");
    assert_eq!((floor.step(), floor.facts().len()), ("return.item", 1));
}

#[test]
fn a_task_of_the_work_list_opens_its_return() {
    let world = world().rma("R-1", "O-1", &[("L-1", "SHIRT", 2, ReturnReason::Other)]).task(
        "R-1",
        TaskKind::Return,
        Vec::new(),
    );
    let mut floor = world.floor();
    floor.sign_in(INSPECTOR);
    let Page::WorkList(page) = floor.view().page else { panic!() };
    assert_eq!(page.first.unwrap().kind, "return");
    floor.press(Tap::Primary, "return.item");
    floor.recorded(&["ReturnOpened R-1 O-1 at PACK-1"]);
    assert_eq!(floor.page().number, "R-1");
}

#[test]
fn a_locked_station_keeps_the_step() {
    let mut floor = Floor::returning(world(), "O-1");
    floor.scan(SHIRT, "return.quantity");
    floor.sheet("lock");
    floor.read(SHIRT);
    assert_eq!(floor.step(), "sign-in.unlock");
    floor.pin(true);
    assert_eq!((floor.step(), floor.held()), ("return.quantity", 1));
}

#[test]
fn lines_are_turned_page_by_page() {
    let lines = ["L-1", "L-2", "L-3", "L-4", "L-5"];
    let items = ["SHIRT", "MUG", "RICE", "CREAM", "VITAMIN"];
    let world = lines.iter().zip(items).fold(World::post(), |world, (line, item)| world.sent(sent(line, item, 1)));
    let mut floor = Floor::returning(world, "O-1");
    assert_eq!((floor.page().paging.page, floor.page().paging.pages, floor.page().lines.len()), (0, 2, 3));
    floor.tap(Tap::PageDown);
    floor.tap(Tap::PageDown);
    assert_eq!((floor.page().paging.page, floor.page().lines.len()), (1, 2));
    floor.tap(Tap::PageUp);
    assert_eq!(floor.page().paging.page, 0);
}

/// What `status` says.
fn status(floor: &Floor) -> Value {
    floorhand::status::status(&floor.store(), "2026-06-01").unwrap()
}

fn key_of(name: &str) -> Key {
    match name {
        "Enter" => Key::Enter,
        "PageDown" => Key::PageDown,
        name => match name.strip_prefix('F').map(str::parse) {
            Some(Ok(number)) => Key::Function(number),
            _ => Key::Text(name.to_owned()),
        },
    }
}

/// Presses the keys that `status` names.
#[track_caller]
fn act(floor: &mut Floor, name: &str) {
    let told = status(floor);
    let actions = told["actions"].as_array().unwrap();
    let action = actions.iter().find(|action| action["name"] == name).unwrap_or_else(|| panic!("{name}: {actions:?}"));
    for key in action["keys"].as_array().unwrap() {
        let tap = Tap::Key(KeyPress { key: key_of(key.as_str().unwrap()), ctrl: false, alt: false, shift: false });
        // A wedge reader's keys are told from a person's by time alone; here they are pressed.
        let tap = match floor.app().button(tap) {
            Tap::Key(KeyPress { key: Key::Text(digit), .. }) => Tap::Digit(digit.parse().unwrap()),
            tap => tap,
        };
        floor.tap(tap);
    }
    assert_eq!(floor.told(), "", "{name}");
}

#[track_caller]
fn first_code(floor: &Floor, kind: &str) -> String {
    let told = status(floor);
    let expects = told["expects"].as_array().unwrap();
    let own = expects.iter().find(|one| one["kind"] == kind).unwrap_or_else(|| panic!("{kind}: {told}"));
    own["codes"][0].as_str().unwrap_or_else(|| panic!("{kind}: {told}")).to_owned()
}

#[test]
fn status_alone_leads_through_a_return() {
    let world =
        World::post().sent(phones("L-1", "N1")).rma("R-1", "O-1", &[("L-1", "PHONES", 1, ReturnReason::Defective)]);
    let mut floor = world.floor();
    floor.sign_in(INSPECTOR);
    act(&mut floor, "returns");
    assert_eq!(status(&floor)["step"], "returns");
    let code = first_code(&floor, "return");
    assert_eq!(code, "R-1");
    floor.scan(&code, "return.item");
    assert_eq!(status(&floor)["task"]["kind"], "return");
    let code = first_code(&floor, "item");
    floor.scan(&code, "return.weigh");
    let kilos = first_code(&floor, "weight");
    assert_eq!(kilos, "0.800");
    floor.number(&kilos);
    assert_eq!(floor.step(), "return.inspect");
    for (question, answer) in [("sealed", "no-1"), ("complete", "yes-2"), ("works", "yes-3")] {
        let told = status(&floor);
        let asked = told["entry"]["questions"].as_array().unwrap().clone();
        let at = asked.iter().position(|one| one["code"] == question).unwrap();
        assert!(answer.ends_with(&(at + 1).to_string()));
        act(&mut floor, answer);
    }
    act(&mut floor, "because-changed-mind");
    assert_eq!(status(&floor)["entry"]["reason"], "changed-mind");
    assert_eq!(status(&floor)["entry"]["photo_needed"], true);
    act(&mut floor, "photo");
    act(&mut floor, "grade-c");
    act(&mut floor, "next");
    let told = status(&floor);
    assert_eq!((&told["step"], &told["entry"]["disposition"]), (&"return.put".into(), &"liquidate".into()));
    let code = first_code(&floor, "location");
    floor.scan(&code, "returns");
    assert_eq!(status(&floor)["entry"]["last"]["refund"], "waiting");
    act(&mut floor, "no-number");
    act(&mut floor, "finish");
    act(&mut floor, "back");
    assert_eq!(floor.step(), "work-list");
}

#[test]
fn a_supervisor_is_asked_by_keys_too() {
    let mut floor = Floor::returning(world(), "O-1");
    floor.scan(SHIRT, "return.quantity");
    act(&mut floor, "next");
    for answer in ["yes-1", "yes-2", "yes-3", "because-wrong-size", "next"] {
        act(&mut floor, answer);
    }
    let told = status(&floor);
    let action = told["actions"].as_array().unwrap().iter().find(|one| one["name"] == "as-write-off").unwrap().clone();
    assert_eq!(action["then"], "badge");
    let tap = floor.app().button(Tap::Key(KeyPress {
        key: key_of(action["keys"][0].as_str().unwrap()),
        ctrl: false,
        alt: false,
        shift: false,
    }));
    floor.pressed_in_vain(tap, "NOT_ALLOWED");
    floor.allow(crate::kit::world::SUPERVISOR);
    floor.choose_row("looks-worse");
    assert_eq!(floor.proposed(), "write-off");
    let ReturnStage::Put { bin, .. } = floor.page().stage else { panic!() };
    assert_eq!(bin, "X-01");
}

/// A turn that the core causes.
fn told_by_core(floor: &Floor, input: Input) -> App {
    let now = Now { mono_ms: 9_000_000, today: "2026-06-01".into(), id: "n".into(), ..Now::default() };
    let turn = floor.app().clone().update(input, &now, &Found::default());
    assert!(turn.facts.is_empty());
    turn.app
}

#[test]
fn the_money_is_shown_as_the_core_says() {
    let mut floor = Floor::returning(World::post().sent(sent("L-1", "SHIRT", 1)), "O-1");
    floor.scan(SHIRT, "return.inspect");
    floor.answer("yyy");
    floor.because("other");
    floor.press(Tap::Next, "return.put");
    floor.scan("A-01", "returns");
    for refund in ["waiting", "released", "held"] {
        let app = told_by_core(&floor, Input::Refunded(refund));
        let Page::Returns(page) = floorhand::present::view(&app).page else { panic!() };
        let ReturnStage::Open { last: Some(last), .. } = page.stage else { panic!() };
        assert_eq!(last.refund, refund);
    }
    // Where none was asked there is none.
    floor.press(Tap::Unmatched, "return.item");
    floor.press(Tap::Finish, "returns");
    let app = told_by_core(&floor, Input::Refunded("released"));
    let Page::Returns(page) = floorhand::present::view(&app).page else { panic!() };
    let ReturnStage::Open { last: Some(last), .. } = page.stage else { panic!() };
    assert_eq!(last.refund, "none");
}

#[test]
fn a_return_that_is_withdrawn_meanwhile_is_quarantined() {
    let lines = [("L-1", "SHIRT", 2, ReturnReason::Other)];
    let mut floor = Floor::returning(world().rma("R-1", "O-1", &lines), "R-1");
    floor.scan(SHIRT, "return.quantity");
    floor.scan(SHIRT, "return.inspect");
    floor.answer("yyy");
    floor.press(Tap::Next, "return.put");
    assert_eq!(floor.proposed(), "restock");
    let Flow::Returns(flow) = &floor.app().flow else { panic!() };
    let data = |state| ReturnData {
        rma: Some(rma("R-1", "O-1", &lines, state)),
        order: "O-1".into(),
        shipped: flow.under.at.shipped.clone(),
        policy: flow.under.at.policy.clone(),
        catalogue: flow.under.catalogue.clone(),
        bench: "PACK-1".into(),
        past: Vec::new(),
        bins: Vec::new(),
    };
    let same = told_by_core(&floor, Input::ReturnChanged(Box::new(data(RmaState::Partial))));
    assert_eq!((same.answer.clone(), same.answers), (floor.app().answer.clone(), floor.app().answers));
    let app = told_by_core(&floor, Input::ReturnChanged(Box::new(data(RmaState::Cancelled))));
    let view = floorhand::present::view(&app);
    let Page::Returns(page) = view.page else { panic!() };
    assert!(page.withdrawn);
    assert!(matches!(view.band, Band::Notice { code } if code == "return-withdrawn"));
    let ReturnStage::Put { outcome, choices, .. } = page.stage else { panic!() };
    assert_eq!((outcome.as_str(), choices.len()), ("quarantine", 0));
}

#[test]
fn the_scale_says_the_weight_once_it_stands_still() {
    let mut floor = Floor::returning(World::post().sent(phones("L-1", "N1")), "O-1");
    floor.scan("N1", "return.weigh");
    assert!(floor.app().return_wants_scale());
    let now = Now { mono_ms: 9_000_000, today: "2026-06-01".into(), id: "n".into(), ..Now::default() };
    let said = |app: &App, grams, steady| app.clone().return_scale(grams, steady, &now, &Found::default()).app;
    let app = said(floor.app(), Some(300), false);
    let Page::Returns(page) = floorhand::present::view(&app).page else { panic!() };
    assert!(matches!(page.stage, ReturnStage::Weigh { keypad: false, scale_grams: Some(300), .. }));
    let app = said(&app, Some(520), true);
    assert_eq!(app.step_name(), "return.parts");
    // A part is lifted off, and then the missing one is found.
    assert_eq!(said(&app, Some(100), true).step_name(), "return.parts");
    assert_eq!(said(&app, None, false).step_name(), "return.parts");
    let app = said(&app, Some(805), true);
    assert_eq!(app.step_name(), "return.inspect");
    assert!(!app.return_wants_scale());
}

#[test]
fn every_station_offers_it_to_whoever_has_the_role() {
    let mut floor = world().floor();
    floor.sign_in(INSPECTOR);
    floor.tap(Tap::More);
    for (profile, roles, offered) in [
        (Profile::Handheld, vec![Role::Returns], true),
        (Profile::Packing, vec![Role::Returns, Role::Pack], true),
        (Profile::Dock, vec![Role::Receive, Role::Returns], true),
        (Profile::Dock, vec![Role::Receive], false),
    ] {
        let mut app = floor.app().clone();
        app.station.profile = profile;
        app.session.as_mut().unwrap().roles.clone_from(&roles);
        if roles.contains(&Role::Receive) {
            app.flow = Flow::Deliveries(DeliveriesFlow::default());
        }
        let rows = app.sheet_rows();
        assert_eq!(rows.iter().any(|(code, ..)| *code == "returns"), offered, "{profile:?} {roles:?}");
    }
}
