//! The numbered cases of needs attention (../shared/workflows.md, section 9), through the floor's loop and a real store;
//! what the core answers is laid out by the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "floor/kit.rs"]
mod kit;

use floorhand::app::{OpenPage, Signal};
use floorhand::status::status;
use floorhand::view::{AttentionCard, AttentionTab, Band, Key, KeyPress, Page, Tap};
use floorhand_domain::master::{Barcode, Role, Unit};
use floorhand_domain::task::{Line, Slot, Task, TaskKind};
use floorhand_wire::feed::{ExceptionRow, kind};
use floorhand_wire::push::Outcome;
use kit::Floor;
use kit::line::{Changed, changed};
use kit::world::{ALL, MANAGER, SHIRT, SUPERVISOR, World};

/// Ten shirts at A-01, and a pick of three of them.
fn world() -> World {
    let task = Task {
        id: "PT-1".into(),
        slots: vec![Slot { slot: 1, order: "SO-1".into(), ..Slot::default() }],
        drop_off: "A-02".into(),
        ..Task::default()
    };
    let line = Line {
        location: "A-01".into(),
        item: "SHIRT".into(),
        order: "SO-1".into(),
        order_line: "SO-1:1".into(),
        slot: 1,
        qty: 3,
        ..Line::default()
    };
    World::new().stock("A-01", "SHIRT", 10).unit("T-1", "A-02", |_| ()).task_of(task, vec![line])
}

fn at_item() -> Floor {
    let mut floor = world().floor();
    floor.sign_in(ALL);
    floor.scan("PT-1", "pick.totes");
    floor.scan("T-1", "pick.location");
    floor.scan("A-01", "pick.item");
    floor
}

/// One of three in the tote, and the number of its fact.
fn picked(floor: &mut Floor) -> u64 {
    floor.scan(SHIRT, "pick.quantity");
    floor.scan("T-1", "pick.item");
    number(floor, "Picked")
}

#[track_caller]
fn number(floor: &Floor, kind: &str) -> u64 {
    floor.numbered().into_iter().rev().find(|(_, known)| *known == kind).expect("a fact").0
}

fn exception(id: &str, change: impl FnOnce(&mut ExceptionRow)) -> Changed {
    let mut row = ExceptionRow {
        id: id.to_owned(),
        kind: "VARIANCE".to_owned(),
        state: "open".to_owned(),
        epoch: 9,
        seq: 99,
        fact: "CountSubmitted".to_owned(),
        at: "2026-06-01T05:00:00Z".to_owned(),
        by: "o-7".to_owned(),
        ..ExceptionRow::default()
    };
    change(&mut row);
    changed(kind::EXCEPTION, id, row)
}

fn cards(floor: &Floor) -> Vec<AttentionCard> {
    match floor.view().page {
        Page::Attention(page) => page.cards,
        page => panic!("{page:?}"),
    }
}

fn reasons(floor: &Floor) -> Vec<String> {
    cards(floor).into_iter().map(|card| card.reason).collect()
}

/// The rows of the open sheet.
fn rows(floor: &Floor) -> Vec<String> {
    match floor.view().page {
        Page::Sheet(page) => page.rows.into_iter().map(|row| row.code).collect(),
        page => panic!("{page:?}"),
    }
}

/// Opens what can be done about the first entry of a tab.
#[track_caller]
fn open(floor: &mut Floor, tab: AttentionTab) {
    floor.tap(Tap::OpenAttention);
    floor.tap(Tap::Tab(tab));
    floor.tap(Tap::Ok);
    assert!(matches!(floor.app().page, Some(OpenPage::Entry { .. })), "{:?}", floor.app().page);
}

#[track_caller]
fn choose(floor: &mut Floor, row: &str) {
    let at = rows(floor).iter().position(|code| code == row).expect("a row of the sheet");
    floor.tap(Tap::Choose(at));
}

fn note(floor: &mut Floor, words: &str) {
    assert!(matches!(floor.app().page, Some(OpenPage::Note { .. })), "{:?}", floor.app().page);
    floor.words(words);
    floor.tap(Tap::Ok);
}

fn notice(floor: &Floor) -> String {
    match floor.view().band {
        Band::Notice { code } => code,
        band => format!("{band:?}"),
    }
}

fn attentions(floor: &mut Floor) -> usize {
    floor.signals().into_iter().filter(|signal| *signal == Signal::Attention).count()
}

#[test]
fn n01_a_parked_fact_is_never_deleted_and_leaves_by_itself() {
    let mut floor = at_item();
    let seq = picked(&mut floor);
    floor.judged(&[(seq, Outcome::Parked, "UNKNOWN_REFERENCE")]);
    assert_eq!((floor.view().strip.attention, floor.sold_at("A-01", "SHIRT")), (1, 9));
    open(&mut floor, AttentionTab::Parked);
    assert_eq!(rows(&floor), ["add-note", "add-photo"]);
    choose(&mut floor, "add-note");
    // A note is not empty.
    floor.tap(Tap::Ok);
    assert_eq!(floor.told(), "MISSING_DATA");
    note(&mut floor, "BLUE BOX");
    assert_eq!((notice(&floor).as_str(), cards(&floor).len()), ("noted", 1));
    open(&mut floor, AttentionTab::Parked);
    choose(&mut floor, "add-photo");
    floor.tap(Tap::Shutter);
    floor.tap(Tap::Use);
    let entry = format!("1/{seq}");
    let noted = format!("NoteAdded {entry} \"BLUE BOX\"");
    let kinds: Vec<&str> = floor.kinds().into_iter().rev().take(2).collect();
    assert_eq!(kinds, ["PhotoTaken", "NoteAdded"]);
    assert!(floor.facts().iter().any(|fact| kit::words_of(fact, &floor.facts()) == noted));
    // The step is as it was, and so is what the fact did.
    floor = floor.restart();
    assert_eq!((floor.step(), floor.sold_at("A-01", "SHIRT"), floor.view().strip.attention), ("pick.item", 9, 0));
    floor.tap(Tap::OpenAttention);
    floor.tap(Tap::Tab(AttentionTab::Parked));
    assert_eq!(reasons(&floor), ["UNKNOWN_REFERENCE"]);
    floor.outcome(seq, Outcome::Applied, "");
    assert_eq!((cards(&floor).len(), floor.view().strip.attention), (0, 0));
    assert_eq!(floor.sold_at("A-01", "SHIRT"), 9);
}

/// A receipt of goods beyond the order that a supervisor allowed, and that the core did not.
fn rejected() -> (Floor, u64) {
    let world = world().stock("B-01", "MUG", 2).task_of(
        Task {
            id: "PT-2".into(),
            slots: vec![Slot { slot: 1, order: "SO-2".into(), ..Slot::default() }],
            ..Task::default()
        },
        vec![Line {
            location: "B-01".into(),
            item: "MUG".into(),
            qty: 2,
            slot: 1,
            order: "SO-2".into(),
            ..Line::default()
        }],
    );
    let mut floor = world.floor();
    floor.sign_in(ALL);
    floor.sheet("move-this");
    floor.scan("B-01", "put-away.source");
    floor.refused("MUG-BLUE", "ALLOCATED");
    floor.allow(SUPERVISOR);
    floor.refused("B-02", "PLACE?");
    floor.scan("B-02", "work-list");
    let seq = number(&floor, "Approved");
    floor.judged(&[(seq, Outcome::Rejected, "NOT_ALLOWED")]);
    (floor, seq)
}

#[test]
fn n02_a_rejected_decision_is_dismissed_with_a_note() {
    let (mut floor, seq) = rejected();
    assert_eq!((floor.view().strip.attention, floor.kinds().len()), (1, floor.kinds().len()));
    open(&mut floor, AttentionTab::Refused);
    assert_eq!(rows(&floor), ["ask-approval", "dismiss"]);
    choose(&mut floor, "dismiss");
    note(&mut floor, "KNOWN");
    let fact = floor.facts().pop().unwrap();
    assert_eq!(kit::words_of(&fact, &[]), format!("NoteAdded 1/{seq} \"KNOWN\""));
    assert_eq!(floor.view().strip.attention, 0);
    assert!(!reasons(&floor).contains(&"NOT_ALLOWED".to_owned()));
    // The fact is kept.
    floor = floor.restart();
    assert_eq!(floor.kept(seq), ("Approved".to_owned(), "rejected".to_owned()));
    assert_eq!(floor.view().strip.attention, 0);
}

#[test]
fn n02_or_it_is_allowed_anew_by_somebody_who_may() {
    let (mut floor, _) = rejected();
    open(&mut floor, AttentionTab::Refused);
    choose(&mut floor, "ask-approval");
    assert!(matches!(floor.view().page, Page::Approve(_)));
    // Not by whoever asks.
    floor.read(ALL);
    assert!(matches!(floor.view().page, Page::Approve(_)));
    floor.read(MANAGER);
    floor.pin(true);
    assert_eq!((notice(&floor).as_str(), floor.view().strip.attention), ("approved", 0));
    let fact = floor.facts().pop().unwrap();
    assert_eq!(kit::words_of(&fact, &[]), "Approved o-10 ALLOCATED MUG 1");
}

#[test]
fn n03_what_is_flagged_is_signalled_once_and_the_step_goes_on() {
    let mut floor = at_item();
    let seq = picked(&mut floor);
    floor.scan(SHIRT, "pick.quantity");
    floor.judged(&[]);
    floor.signals();
    let over = exception("e1", |row| {
        (row.kind, row.epoch, row.seq, row.fact) = ("OVER_PICK".to_owned(), 1, seq, "Picked".to_owned());
        row.by = "o-1".to_owned();
    });
    floor.arrives(vec![over.clone()]);
    assert_eq!((attentions(&mut floor), floor.view().strip.attention), (1, 1));
    assert_eq!((floor.step(), floor.app().saved().pick.is_some()), ("pick.quantity", true));
    floor.arrives(vec![over]);
    floor.time.advance(1_000);
    floor.scan(SHIRT, "pick.tote");
    assert_eq!(attentions(&mut floor), 0);
    // After a power cut it is no news either.
    floor = floor.restart();
    floor.arrives(Vec::new());
    assert_eq!((attentions(&mut floor), floor.step()), (0, "pick.tote"));
    // What concerns somebody else's station does not stand here.
    floor.arrives(vec![exception("e2", |row| row.owner = "o-2".to_owned())]);
    assert_eq!((attentions(&mut floor), floor.view().strip.attention), (0, 1));
    floor.arrives(vec![exception("e1", |row| row.state = "closed".to_owned())]);
    assert_eq!(floor.view().strip.attention, 0);
}

#[test]
fn n04_two_supervisors_answer_and_the_second_hears_that_it_is_closed() {
    let mut floor = world().operator("o-9", SUPERVISOR, &[Role::Supervisor, Role::Pick]).floor();
    floor.sign_in(SUPERVISOR);
    let waits = |state: &str| {
        let state = state.to_owned();
        exception("e1", move |row| (row.owner, row.waits, row.state) = ("o-8".to_owned(), true, state))
    };
    floor.arrives(vec![waits("open")]);
    assert_eq!(floor.view().strip.attention, 1);
    open(&mut floor, AttentionTab::Refused);
    assert_eq!(rows(&floor), ["approve", "decline", "reassign"]);
    choose(&mut floor, "decline");
    note(&mut floor, "COUNT AGAIN");
    floor.recorded(&["ExceptionAnswered e1 decline \"COUNT AGAIN\""]);
    // Answered here: it leaves the list before the core has heard of it.
    assert_eq!((cards(&floor).len(), floor.view().strip.attention), (0, 0));
    floor = floor.restart();
    floor.arrives(Vec::new());
    assert_eq!(floor.view().strip.attention, 0);
    // Another's answer came first: ours is kept as a note, and it is closed all the same.
    floor.judged(&[]);
    floor.arrives(vec![waits("closed")]);
    assert_eq!(floor.view().strip.attention, 0);
}

#[test]
fn n04_what_is_given_to_me_is_answered_or_passed_on() {
    let mut floor = world().floor();
    floor.sign_in(ALL);
    let mine = exception("e1", |row| (row.owner, row.task) = ("o-1".to_owned(), "CC-9".to_owned()));
    let task = Task { id: "CC-9".into(), kind: TaskKind::Count, lines: 1, ..Task::default() };
    let line = Line { id: "CC-9-1".into(), task: "CC-9".into(), location: "A-01".into(), qty: 1, ..Line::default() };
    floor.arrives(vec![mine, changed(kind::TASK, "CC-9", task), changed(kind::LINE, "CC-9-1", line)]);
    open(&mut floor, AttentionTab::Refused);
    assert_eq!(rows(&floor), ["open-task", "answer", "pass-on"]);
    choose(&mut floor, "pass-on");
    let Page::Sheet(page) = floor.view().page else { panic!("{:?}", floor.view().page) };
    let names: Vec<&str> = page.rows.iter().map(|row| row.reason.as_str()).collect();
    assert_eq!(names, ["Name of o-10", "Name of o-2", "Name of o-9"]);
    floor.tap(Tap::Choose(1));
    floor.recorded(&["ExceptionAnswered e1 pass-on to o-2"]);
    assert_eq!(floor.view().strip.attention, 0);
    // Given back to me, it is there again.
    floor.judged(&[]);
    floor.core_has_all();
    floor.arrives(vec![exception("e1", |row| (row.owner, row.task) = ("o-1".to_owned(), "CC-9".to_owned()))]);
    assert_eq!(floor.view().strip.attention, 1);
    open(&mut floor, AttentionTab::Refused);
    choose(&mut floor, "open-task");
    assert_eq!((floor.told().as_str(), floor.step()), ("", "count.location"));
    // Its work is done first; then it can be answered.
    open(&mut floor, AttentionTab::Refused);
    choose(&mut floor, "open-task");
    assert_eq!(floor.step(), "count.location");
    floor.tap(Tap::Back);
    open(&mut floor, AttentionTab::Refused);
    choose(&mut floor, "answer");
    note(&mut floor, "FOUND");
    let fact = floor.facts().pop().unwrap();
    assert_eq!(kit::words_of(&fact, &[]), "ExceptionAnswered e1 done \"FOUND\"");
}

#[test]
fn n04_a_lead_who_comes_by_approves_at_my_station() {
    let mut floor = world().floor();
    floor.sign_in(ALL);
    floor.arrives(vec![exception("e1", |row| (row.owner, row.waits) = ("o-1".to_owned(), true))]);
    open(&mut floor, AttentionTab::Refused);
    assert_eq!(rows(&floor), ["answer", "pass-on", "lead"]);
    choose(&mut floor, "lead");
    // Whoever thinks better of it is where they were.
    floor.tap(Tap::Back);
    assert_eq!(rows(&floor), ["answer", "pass-on", "lead"]);
    choose(&mut floor, "lead");
    floor.read(SUPERVISOR);
    floor.pin(true);
    floor.recorded(&["Approved o-9 VARIANCE 0", "ExceptionAnswered e1 approve"]);
}

#[test]
fn n05_an_unknown_barcode_is_reported_and_resolves_once_it_is_bound() {
    let mut floor = at_item();
    floor.refused("NEW-LABEL", "UNKNOWN_CODE");
    open(&mut floor, AttentionTab::Refused);
    assert_eq!(rows(&floor), ["report"]);
    choose(&mut floor, "report");
    let fact = floor.facts().pop().unwrap();
    assert_eq!(
        (kit::words_of(&fact, &[]).as_str(), notice(&floor).as_str()),
        ("BarcodeReported NEW-LABEL", "reported")
    );
    floor.tap(Tap::Back);
    floor.judged(&[]);
    let bound = Barcode { code: "NEW-LABEL".into(), item: "SHIRT".into(), qty: 1, unit: Unit::Each };
    floor.arrives(vec![changed(kind::BARCODE, "NEW-LABEL", bound)]);
    floor.scan("NEW-LABEL", "pick.quantity");
}

#[test]
fn a_refused_scan_with_a_known_code_offers_nothing() {
    let mut floor = at_item();
    floor.refused("MUG-BLUE", "WRONG_ITEM");
    floor.tap(Tap::OpenAttention);
    assert_eq!((reasons(&floor), cards(&floor)[0].acts), (vec!["WRONG_ITEM".to_owned()], false));
    floor.tap(Tap::Ok);
    assert!(matches!(floor.app().page, Some(OpenPage::Attention { .. })));
    // A scan counts, and closes the list.
    floor.scan(SHIRT, "pick.quantity");
}

#[test]
fn whoever_sees_only_status_can_answer() {
    let mut floor = world().floor();
    floor.sign_in(ALL);
    let row = |id: &str| exception(id, |row| row.owner = "o-1".to_owned());
    floor.arrives(vec![row("e1"), row("e2"), row("e3")]);
    let told = status(&floor.store(), "2026-06-01").unwrap();
    let entries = told["attention"].as_array().unwrap();
    let names: Vec<&str> = entries.iter().map(|row| row["entry"].as_str().unwrap()).collect();
    assert_eq!(names, ["exc/e3", "exc/e2", "exc/e1"]);
    let action = entries[1]["actions"].as_array().unwrap().iter().find(|row| row["name"] == "answer").unwrap();
    assert_eq!(action["then"], "words");
    for key in action["keys"].as_array().unwrap() {
        let press = |key| Tap::Key(KeyPress { key, ctrl: false, alt: false, shift: false });
        floor.tap(match key.as_str().unwrap() {
            "Enter" => press(Key::Enter),
            "PageDown" => press(Key::PageDown),
            name => match name.strip_prefix('F') {
                Some(number) => press(Key::Function(number.parse().unwrap())),
                // Whether a person or a reader typed it is known after a moment.
                None => Tap::Digit(name.parse().unwrap()),
            },
        });
    }
    note(&mut floor, "SEEN");
    floor.recorded(&["ExceptionAnswered e2 done \"SEEN\""]);
}
