//! Codes that are typed by hand, with a supervisor's consent, and codes of badges, which are kept nowhere: through the
//! floor's loop and a real store.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "floor/kit.rs"]
mod kit;

use floorhand::event::Event;
use floorhand::view::{Page, Tap};
use floorhand_domain::scan::{Kind, Pattern, Scan, Source};
use kit::Floor;
use kit::world::{ALL, SHIRT, SUPERVISOR, World};
use serde_json::Value;
use std::path::Path;

/// A move that nobody planned, begun: shirts and mugs on a shelf.
fn moving() -> Floor {
    let mut floor = World::new().stock("A-01", "SHIRT", 9).stock("A-01", "MUG", 9).floor();
    floor.sign_in(ALL);
    floor.sheet("move-this");
    floor
}

/// Types a code into the page for it.
fn type_code(floor: &mut Floor, code: &str) {
    floor.tap(Tap::TypeCode);
    code.chars().for_each(|sign| floor.tap(Tap::Sign(sign)));
    floor.tap(Tap::Ok);
}

/// Types a code that a supervisor allows.
#[track_caller]
fn allowed(floor: &mut Floor, code: &str) {
    type_code(floor, code);
    floor.allow(SUPERVISOR);
}

/// The facts beside sign-ins and refused scans: their type, the place of each in the list of approvals, and the
/// places of the approvals that they rest on.
fn ties(floor: &Floor) -> Vec<String> {
    let batch = floor.store().outbox_batch(500, 1_000_000).unwrap().unwrap();
    let text = |fact: &Value, field: &str| fact[field].as_str().unwrap().to_owned();
    let approvals: Vec<String> =
        batch.facts.iter().filter(|fact| fact["type"] == "Approved").map(|fact| text(fact, "id")).collect();
    let at = |id: &Value| approvals.iter().position(|one| id == one.as_str()).expect("an approval").to_string();
    let told = batch.facts.iter().filter(|fact| !["SignedIn", "ScanRefused"].contains(&fact["type"].as_str().unwrap()));
    told.map(|fact| {
        let by: Vec<String> = fact["allowed_by"].as_array().into_iter().flatten().map(at).collect();
        format!("{} {}", text(fact, "type"), by.join(",")).trim_end().to_owned()
    })
    .collect()
}

#[test]
fn who_allows_a_typed_code_reads_it() {
    let mut floor = moving();
    type_code(&mut floor, "A-01");
    let shown = |floor: &Floor| match floor.view().page {
        Page::Approve(page) => (page.reason, page.name),
        page => panic!("{page:?}"),
    };
    assert_eq!(shown(&floor), ("TYPED".to_owned(), "A-01".to_owned()));
    // Beside the PIN too.
    floor.read(SUPERVISOR);
    assert_eq!(shown(&floor), ("TYPED".to_owned(), "A-01".to_owned()));
    floor.tap(Tap::Back);
    floor.tap(Tap::Back);
    // The code of a badge is told to nobody.
    type_code(&mut floor, SUPERVISOR);
    assert_eq!(shown(&floor), ("TYPED".to_owned(), String::new()));
}

#[test]
fn the_fact_that_a_typed_code_makes_rests_on_its_approval() {
    let mut floor = moving();
    floor.scan("A-01", "put-away.source");
    allowed(&mut floor, "MUG-BLUE");
    assert_eq!(floor.step(), "put-away.quantity");
    // The step ends later, and after a power cut.
    floor = floor.restart();
    floor.refused("B-01", "PLACE?");
    floor.scan("B-01", "work-list");
    assert_eq!(ties(&floor), ["TaskOpened", "Approved", "Moved 0"]);
    // It is used up.
    floor.sheet("move-this");
    floor.scan("A-01", "put-away.source");
    floor.scan(SHIRT, "put-away.quantity");
    floor.refused("B-01", "PLACE?");
    floor.scan("B-01", "work-list");
    assert_eq!(ties(&floor)[3..], ["TaskOpened", "Moved"]);
}

#[test]
fn a_fact_rests_on_each_code_that_was_typed_for_it() {
    let mut floor = moving();
    allowed(&mut floor, "A-01");
    allowed(&mut floor, "MUG-BLUE");
    floor.refused("B-01", "PLACE?");
    allowed(&mut floor, "B-01");
    assert_eq!(floor.step(), "work-list");
    assert_eq!(ties(&floor), ["TaskOpened", "Approved", "Approved", "Approved", "Moved 0,1,2"]);
}

#[test]
fn what_is_put_back_or_refused_leaves_no_approval_behind() {
    let mut floor = moving();
    floor.scan("A-01", "put-away.source");
    // Refused: nobody knows it.
    allowed(&mut floor, "NOBODY");
    assert_eq!(floor.told(), "UNKNOWN_CODE");
    floor.scan(SHIRT, "put-away.quantity");
    floor.tap(Tap::Back);
    // Put back.
    floor.scan("A-01", "put-away.source");
    allowed(&mut floor, "MUG-BLUE");
    floor.press(Tap::Back, "put-away.source");
    // Left before anybody allowed it: what is allowed next is something else.
    type_code(&mut floor, "B-02");
    floor.tap(Tap::Back);
    floor.scan("A-01", "put-away.source");
    floor.scan(SHIRT, "put-away.quantity");
    floor.refused("B-01", "PLACE?");
    floor.scan("B-01", "work-list");
    assert_eq!(ties(&floor), ["TaskOpened", "Approved", "Approved", "Moved"]);
}

#[test]
fn a_cut_between_the_consent_and_the_code_leaves_no_approval_behind() {
    let mut floor = moving();
    floor.scan("A-01", "put-away.source");
    allowed(&mut floor, "MUG-BLUE");
    floor.press(Tap::Back, "put-away.source");
    floor = floor.restart();
    floor.scan("A-01", "put-away.source");
    floor.scan(SHIRT, "put-away.quantity");
    floor.refused("B-01", "PLACE?");
    floor.scan("B-01", "work-list");
    assert_eq!(ties(&floor), ["TaskOpened", "Approved", "Moved"]);
}

/// The files of a device that hold these bytes.
fn files_with(dir: &Path, bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, bytes));
        } else if std::fs::read(&path).unwrap().windows(bytes.len()).any(|part| part == bytes) {
            found.push(path.display().to_string());
        }
    }
    found
}

/// Closes everything, so that nothing waits in a buffer, and says where the code stands.
#[track_caller]
fn stands_nowhere(mut floor: Floor, codes: &[&str]) {
    floor.runner.step(Event::Shutdown);
    let store = floor.store();
    let dir = store.dir().to_owned();
    let rows = store.scan_log_page(false, None, 1_000).unwrap();
    assert!(rows.iter().any(|row| row.raw == "badge"), "{rows:?}");
    // What is shown where it was looked for: a code that is no badge is found.
    assert!(!files_with(&dir, b"MUG-BLUE").is_empty());
    for code in codes {
        assert_eq!(files_with(&dir, code.as_bytes()), [""; 0], "{code}");
        assert!(!format!("{rows:?}").contains(code), "{code}");
    }
}

#[test]
fn no_badge_is_kept_wherever_it_is_scanned() {
    const BADGE: &str = "BDG-QX7-ANNA";
    const LEAD: &str = "BDG-QX8-LEAD";
    const UNKNOWN: &str = "BDG-QX9-NOBODY";
    use floorhand_domain::master::Role;
    let mut floor = World::new()
        .operator("o-5", BADGE, &[Role::Pick, Role::Stock, Role::Count])
        .operator("o-6", LEAD, &[Role::Supervisor])
        .stock("A-01", "SHIRT", 9)
        .stock("A-01", "MUG", 9)
        .floor();
    // At sign-in: unknown, torn, known.
    floor.refused(UNKNOWN, "BADGE_UNKNOWN");
    floor.time.advance(2_000);
    floor.runner.step(Event::Scan(Scan { raw: b"BDG-QX9".to_vec(), source: Source::Serial, complete: false }));
    floor.sign_in(BADGE);
    // In the middle of work, where it is no answer, and where it answers.
    floor.refused(LEAD, "WRONG_KIND");
    floor.sheet("move-this");
    floor.scan("A-01", "put-away.source");
    floor.refused(LEAD, "WRONG_KIND");
    type_code(&mut floor, "MUG-BLUE");
    floor.read(UNKNOWN);
    floor.read(BADGE);
    floor.allow(LEAD);
    assert_eq!(floor.step(), "put-away.quantity");
    // At a locked station, and by hand.
    floor.sheet("lock");
    floor.refused(UNKNOWN, "LOCKED");
    floor.read(LEAD);
    floor.read(BADGE);
    floor.pin(true);
    type_code(&mut floor, LEAD);
    floor.tap(Tap::Back);
    let told = floor.store().attention(floorhand::view::AttentionTab::Refused, &Default::default(), 0, 100).unwrap();
    assert!(!format!("{told:?}").contains("QX"), "{told:?}");
    stands_nowhere(floor, &["QX7", "QX8", "QX9"]);
}

#[test]
fn a_badge_that_only_the_site_s_pattern_tells_is_not_kept_either() {
    let pattern = Pattern { kind: Kind::Badge, prefix: "BDG-".into(), mask: String::new() };
    let mut floor = World::new().stock("A-01", "MUG", 9).set(|site| site.scan.patterns.push(pattern)).floor();
    floor.sign_in(ALL);
    floor.sheet("move-this");
    floor.scan("A-01", "put-away.source");
    floor.scan("MUG-BLUE", "put-away.quantity");
    floor.refused("BDG-QX9", "UNKNOWN_CODE");
    // Any other code that nobody knows is kept: it is to be reported.
    floor.refused("QY-NEW-GOODS", "UNKNOWN_CODE");
    assert!(floor.store().scan_log_page(true, None, 1).unwrap()[0].raw.contains("QY-NEW-GOODS"));
    stands_nowhere(floor, &["QX9"]);
}
