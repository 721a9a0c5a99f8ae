//! The work list, claims, and work that nobody planned.

use super::kit::Fake;
use super::site::{Site, device};
use super::{Floor, opened, site};
use floorhand::store::{ClockMark, Contact, Options, Store};
use floorhand::view::{Key, Page, Tap};
use floorhand_domain::fact::Fact;
use floorhand_domain::task::TaskKind;
use floorhand_wire::feed::kind;
use serde_json::{Value, json};

/// Now by the core's clock.
const CORE_MS: u64 = 1_900_000_000_000;

/// The tasks as they are offered.
fn list(floor: &Floor) -> Value {
    floor.status()["expects"][0]["codes"].clone()
}

/// A floor that knows the core's time, without a core.
fn opened_at(site: Site) -> (tempfile::TempDir, Floor) {
    let folder = tempfile::tempdir().unwrap();
    let dir = device(&folder);
    site.save(&dir);
    let mut store = Store::open_with(&dir, &Options { reserve_bytes: 0, ..Options::default() }).unwrap();
    let mark = ClockMark { server_ms: CORE_MS, mono_ms: 1_000_000, boot_id: "boot-1".into() };
    store.set_contact(Contact { complete_ms: CORE_MS, clock: Some(mark), ..Contact::default() }).unwrap();
    store.close().unwrap();
    let floor = Floor::start(&dir, &Fake::new());
    (folder, floor)
}

/// PT-1 of eight shirts and a mug, held by OP-2 on another device, who has picked three; PT-2 is free.
fn held(lease_until_ms: u64) -> Site {
    let mut site = site();
    site.task("PT-1", 5, 1, &[(1, "A-01", "SHIRT", 8), (1, "A-05", "MUG", 1)]);
    site.task("PT-2", 1, 1, &[(1, "A-05", "MUG", 1)]);
    let slots = json!([{"slot": 1, "order": "PT-1-order-1", "tote": "T-5"}]);
    let claim = json!({"state": "claimed", "holder": "OP-2", "device": "d-9", "lease_until_ms": lease_until_ms});
    site.change(kind::TASK, "PT-1", claim);
    site.change(kind::TASK, "PT-1", json!({"slots": slots}));
    site.change(kind::LINE, "PT-1-000", json!({"picked": 3}));
    site.change(kind::HANDLING_UNIT, "T-5", json!({"order": "PT-1-order-1"}));
    site
}

#[test]
fn w01_my_started_task_stands_before_an_urgent_one() {
    let mut site = site();
    site.task("PT-1", 9, 1, &[(1, "A-01", "SHIRT", 1)]);
    site.task("PT-2", 1, 1, &[(1, "A-05", "MUG", 2)]);
    let (_folder, floor) = opened(site);
    floor.sign_in();
    assert_eq!(list(&floor), json!(["PT-1", "PT-2"]));
    floor.go("PT-2", "pick.item");
    floor.sign_out();
    floor.sign_in();
    assert_eq!(list(&floor), json!(["PT-2", "PT-1"]));
    let Page::WorkList(page) = floor.view().page else { panic!("{:?}", floor.view().page) };
    assert_eq!(page.first.unwrap().state, "mine");
    floor.stop();
}

#[test]
fn w02_of_equal_priority_the_earlier_cut_off_comes_first() {
    let mut site = site();
    let day_ms = 1_900_022_400_000_i64;
    // By their names they would stand the other way round.
    for (id, priority, hour) in [("PT-1", 5, 0), ("PT-2", 5, 16), ("PT-3", 5, 14), ("PT-4", 6, 18)] {
        site.task(id, priority, 1, &[(1, "A-05", "MUG", 1)]);
        let cutoff_ms = if hour == 0 { 0 } else { day_ms + hour * 3_600_000 };
        site.change(kind::TASK, id, json!({"cutoff_ms": cutoff_ms}));
    }
    let (_folder, floor) = opened(site);
    floor.sign_in();
    assert_eq!(list(&floor), json!(["PT-4", "PT-3", "PT-2", "PT-1"]));
    floor.stop();
}

#[test]
fn w03_a_task_under_anothers_live_claim_is_hidden_and_refused() {
    let (_folder, floor) = opened_at(held(CORE_MS + 3_600_000));
    floor.sign_in();
    assert_eq!(list(&floor), json!(["PT-2"]));
    for _ in 0..2 {
        floor.refused("PT-1", "CLAIMED");
        let refusal = floor.view().refusal.unwrap();
        assert!(format!("{refusal:?}").contains("Name of OP-2"), "{refusal:?}");
    }
    assert_eq!(floor.kinds(), ["SignedIn"]);
    floor.stop();
}

#[test]
fn w04_a_task_whose_lease_ended_is_taken_over_by_scanning_it_twice() {
    let (_folder, floor) = opened_at(held(CORE_MS - 1));
    floor.sign_in();
    floor.refused("PT-1", "TAKE_OVER?");
    // Any other scan drops the question.
    floor.refused("A-05", "WRONG_KIND");
    floor.refused("PT-1", "TAKE_OVER?");
    floor.accepted("PT-1");
    assert_eq!(floor.facts()[1], Fact::TaskTakenOver { task: "PT-1".into(), from: "OP-2".into() });
    // At B's step as far as it is synced: the tote stands, five of eight are open.
    assert_eq!(floor.step(), "pick.location");
    floor.accepted("A-01");
    assert_eq!(floor.status()["quantity"], json!({"done": 0, "needed": 5}));
    for _ in 0..5 {
        floor.accepted(super::SHIRT);
    }
    floor.accepted("T-5");
    assert_eq!(floor.kinds(), ["SignedIn", "TaskTakenOver", "Picked"]);
    let lines = Store::open_read_only(&floor.dir).unwrap().lines_shown(&"PT-1".into()).unwrap();
    assert_eq!((lines[0].picked, lines[1].picked), (8, 0));
    floor.stop();
}

#[test]
fn w07_without_the_role_nothing_is_counted_here() {
    let mut site = site();
    site.task("CT-1", 9, 1, &[(1, "A-01", "", 0)]);
    site.change(kind::TASK, "CT-1", json!({"kind": TaskKind::Count, "slots": []}));
    let (_folder, floor) = opened(site);
    floor.sign_in();
    for code in ["count-here", "move-this"] {
        floor.choose(code);
        assert_eq!((floor.refusal().as_str(), floor.step().as_str()), ("NOT_ALLOWED", "work-list"), "{code}");
        floor.key(Key::Escape);
    }
    floor.refused("CT-1", "NOT_ALLOWED");
    assert_eq!(floor.kinds(), ["SignedIn"]);
    floor.sign_out();
    floor.sign_in_as("OP-ALL", "4444");
    floor.choose("count-here");
    assert_eq!(floor.step(), "count.location");
    assert_eq!(floor.kinds().last(), Some(&"TaskOpened"));
    floor.stop();
}

#[test]
fn w08_a_move_that_nobody_planned_is_a_task_of_this_device() {
    let (folder, floor) = opened(site());
    floor.sign_in_as("OP-ALL", "4444");
    floor.choose("move-this");
    let task = floor.status()["task"]["id"].clone();
    let Some(Fact::TaskOpened { task: opened, kind, .. }) = floor.facts().pop() else { panic!("{:?}", floor.facts()) };
    assert_eq!((json!(opened), kind), (task.clone(), TaskKind::Move));
    // The same one after a power cut.
    let floor = floor.cut(&folder.path().join("cut"));
    assert_eq!((floor.status()["task"]["id"].clone(), floor.step().as_str()), (task, "put-away.source"));
    for code in ["A-01", super::SHIRT, super::SHIRT] {
        floor.accepted(code);
    }
    floor.refused("A-03", "PLACE?");
    floor.accepted("A-03");
    assert_eq!(floor.kinds(), ["SignedIn", "TaskOpened", "Moved"]);
    assert!(matches!(&floor.facts()[2], Fact::Moved { task, units, .. } if *task == opened && units[0].qty == 2));
    assert_eq!(floor.step(), "work-list");
    floor.tap(Tap::OpenWork);
    floor.stop();
}
