//! The app turn by turn: the floor thread with a real store, a clock of the test's own, no network and
//! no window. Whatever is shown is compared with what is on the disk at that moment.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stderr)]

#[path = "turns/kit.rs"]
mod kit;
#[path = "turns/site.rs"]
mod site;

use floorhand::app::{App, Found, Input, LinkState, Now, Saved, Session, Signal, Station};
use floorhand::store::{Options, Store};
use floorhand::view::{Band, Key, Look, Page, PickStage, SignInStage, Tap};
use floorhand_domain::master::Settings;
use floorhand_domain::scan::{Scan, Source};
use kit::*;
use proptest::prelude::*;
use serde_json::Value;
use site::*;
use std::time::Duration;

// ---- sign-in ----

#[test]
fn s02_four_wrong_pins_are_forgiven_by_a_right_one() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    for round in 0..2 {
        floor.badge("OP-1");
        assert_eq!(floor.step(), "sign-in.pin");
        for _ in 0..4 {
            floor.pin("9999");
            assert_eq!(floor.refusal(), "PIN_WRONG", "round {round}");
        }
        floor.pin("1111");
        let status = floor.status();
        assert_eq!((&status["operator"], &status["step"]), (&"Name of OP-1".into(), &"work-list".into()));
        floor.sign_out();
        assert_eq!((floor.step(), floor.status()["operator"].clone()), ("sign-in.badge".to_owned(), Value::Null));
    }
    floor.badge("NOBODY");
    assert_eq!(floor.refusal(), "BADGE_UNKNOWN");
    floor.stop();
}

#[test]
fn s03_a_lock_out_outlives_restart_and_clock() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    floor.badge("OP-1");
    for _ in 0..5 {
        assert_eq!(floor.step(), "sign-in.pin");
        floor.pin("9999");
    }
    assert_eq!((floor.refusal(), floor.step()), ("LOCKED_OUT".to_owned(), "sign-in.badge".to_owned()));
    clock.advance(10 * MINUTE_MS);
    floor.badge("OP-1");
    assert_eq!(floor.view().refusal.map(|r| (r.reason, r.number)), Some(("LOCKED_OUT".to_owned(), 5)));
    // Others may work.
    floor.badge("OP-2");
    assert_eq!(floor.step(), "sign-in.pin");
    floor.stop();
    let floor = Floor::start(&device(&folder), &clock);
    floor.badge("OP-1");
    assert_eq!(floor.view().refusal.map(|r| (r.reason, r.number)), Some(("LOCKED_OUT".to_owned(), 5)));
    // A minute is over, and what is left is on the disk.
    floor.wait_ms(MINUTE_MS);
    floor.stop();

    // A reboot with the wall clock a year ahead: running time decides, and what is left lasts on.
    clock.reboot("2027-06-01T10:00:00Z");
    let floor = Floor::start(&device(&folder), &clock);
    floor.badge("OP-1");
    assert_eq!(floor.view().refusal.map(|r| (r.reason, r.number)), Some(("LOCKED_OUT".to_owned(), 4)));
    clock.advance(3 * MINUTE_MS);
    floor.badge("OP-1");
    assert_eq!(floor.refusal(), "LOCKED_OUT");
    clock.advance(MINUTE_MS);
    floor.badge("OP-1");
    floor.pin("1111");
    assert_eq!(floor.step(), "work-list");
    floor.stop();
}

#[test]
fn a_power_cut_during_the_last_try_opens_nothing() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    floor.badge("OP-SLOW");
    for _ in 0..4 {
        floor.pin("9999");
    }
    for digit in [3, 3, 3, 3] {
        floor.tap(Tap::Digit(digit));
    }
    // The last try is being compared; whatever comes out, nobody has seen it.
    floor.power_cut(&folder.path().join("cut"));
    let after = Floor::start(&folder.path().join("cut"), &clock);
    let Page::SignIn(page) = after.view().page else { panic!("{:?}", after.view().page) };
    assert_eq!(page.stage, SignInStage::Badge, "a PIN is asked for though the operator is locked out");
    after.badge("OP-SLOW");
    assert_eq!((after.refusal(), after.step()), ("LOCKED_OUT".to_owned(), "sign-in.badge".to_owned()));
}

#[test]
fn a_pin_opens_only_for_the_badge_it_was_typed_for() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    floor.badge("OP-SLOW");
    for digit in [3, 3, 3, 3] {
        floor.tap(Tap::Digit(digit));
    }
    // While it is compared, somebody else's badge passes the reader.
    floor.badge("OP-1");
    assert_eq!(floor.step(), "sign-in.pin");
    std::thread::sleep(Duration::from_secs(3));
    floor.settle();
    let Page::SignIn(page) = floor.view().page else { panic!("signed in with another's PIN: {:?}", floor.view().page) };
    assert_eq!((page.name.as_str(), floor.step().as_str()), ("Name of OP-1", "sign-in.pin"));
    floor.pin("1111");
    assert_eq!(floor.status()["operator"], "Name of OP-1");
    floor.stop();
}

#[test]
fn what_somebody_left_here_comes_after_what_can_be_taken() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    floor.sign_in();
    floor.go("PT-1", "pick.item");
    floor.sign_out();
    floor.badge("OP-2");
    floor.pin("2222");
    // PT-1 is more urgent, and its claim is another's.
    assert_eq!(floor.status()["expects"][0]["codes"], serde_json::json!(["PT-2"]));
    floor.scan("PT-1");
    assert_eq!(floor.question(), "TAKE_OVER?");
    // Anything else drops the question.
    floor.key(Key::Enter);
    assert_eq!(floor.status()["task"]["id"], "PT-2");
    floor.stop();
}

#[test]
fn s08_what_somebody_left_here_is_taken_over_at_its_step() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    floor.sign_in();
    floor.go("PT-1", "pick.item");
    floor.sign_out();
    floor.badge("OP-2");
    floor.pin("2222");
    floor.scan("PT-1");
    assert_eq!(floor.question(), "TAKE_OVER?");
    floor.scan("PT-1");
    assert_eq!(floor.status()["task"]["id"], "PT-1");
    assert_eq!(floor.step(), "pick.item");
    floor.stop();
}

// ---- keys and taps ----

#[test]
fn keys_do_what_taps_do() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    // The badge by a reader that types, the PIN by keys.
    floor.burst("OP-1\r", 4);
    assert_eq!(floor.last(), (true, String::new(), Source::Wedge));
    floor.keys("11");
    floor.key(Key::Backspace);
    let Page::SignIn(page) = floor.view().page else { panic!("{:?}", floor.view().page) };
    assert_eq!(page.digits, 1);
    floor.key(Key::Escape);
    floor.keys("1111");
    floor.until("the work list", |floor| floor.step() == "work-list");

    // Enter is the primary action: the first task.
    floor.key(Key::Enter);
    assert_eq!(floor.status()["task"]["id"], "PT-1");
    // F1 to F3 open sheets, Escape leaves them.
    for (n, kind) in [(1, "more"), (2, "cant-scan"), (3, "problem")] {
        floor.key(Key::Function(n));
        assert!(matches!(floor.view().page, Page::Sheet(sheet) if sheet.kind == kind), "F{n} is not {kind}");
        floor.key(Key::Escape);
        assert!(matches!(floor.view().page, Page::Pick(_)));
    }
    floor.accepted(&floor.best());
    floor.accepted(&floor.best());
    floor.accepted(&floor.best());
    assert_eq!((floor.step().as_str(), floor.in_hand()), ("pick.quantity", 1));

    // The keypad: by keys, by taps, and taken back.
    floor.keys("5");
    assert!(
        matches!(floor.view().page, Page::Pick(p) if matches!(&p.stage, PickStage::Quantity { typed, .. } if typed == "5"))
    );
    floor.key(Key::Escape);
    floor.keys("99");
    floor.key(Key::Backspace);
    floor.key(Key::Backspace);
    floor.keys("3");
    floor.key(Key::Enter);
    assert_eq!((floor.step().as_str(), floor.in_hand()), ("pick.quantity", 3));
    floor.tap(Tap::Digit(9));
    floor.tap(Tap::Ok);
    assert_eq!((floor.refusal().as_str(), floor.in_hand()), ("QTY_OVER", 3));
    floor.tap(Tap::Digit(8));
    floor.tap(Tap::Ok);
    assert_eq!((floor.step().as_str(), floor.in_hand()), ("pick.tote", 8));
    floor.accepted(&floor.best());

    // Short: F3, the first row by its digit; Escape finds it again; then for good.
    floor.key(Key::Function(3));
    floor.keys("1");
    assert_eq!(floor.step(), "pick.short");
    floor.key(Key::Escape);
    assert_eq!(floor.step(), "pick.location");
    floor.key(Key::Function(3));
    floor.keys("1");
    floor.keys("2");
    assert_eq!(floor.status()["expects"][0]["kind"], "quantity", "damaged asks how many");
    floor.keys("1");
    floor.key(Key::Enter);
    floor.accepted(&floor.best());
    assert_eq!(floor.step(), "pick.drop-off");
    floor.accepted(&floor.best());
    assert_eq!(floor.step(), "work-list");
    floor.stop();
}

#[test]
fn digits_choose_rows_of_the_work_list() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    floor.sign_in();
    floor.keys("9");
    assert_eq!(floor.step(), "work-list");
    floor.keys("2");
    assert_eq!(floor.status()["task"]["id"], "PT-2");
    // Given back after a second press.
    for presses in 1..=2 {
        floor.key(Key::Function(1));
        floor.key(Key::Escape);
        floor.tap(Tap::More);
        let Page::Sheet(sheet) = floor.view().page else { panic!("{:?}", floor.view().page) };
        let row = sheet.rows.iter().position(|row| row.code == "release").expect("release");
        floor.tap(Tap::Choose(row));
        // Leaving the sheet in between takes the first press back.
        if presses == 1 {
            assert_eq!(floor.status()["task"]["id"], "PT-2");
            floor.key(Key::Escape);
        } else {
            floor.tap(Tap::Choose(row));
        }
    }
    assert_eq!((floor.step().as_str(), &floor.status()["task"]), ("work-list", &Value::Null));
    // The first task by a tap on its plate, the other one by its code.
    floor.tap(Tap::Primary);
    assert_eq!(floor.status()["task"]["id"], "PT-1");
    floor.stop();
}

#[test]
fn a_reader_that_types_and_a_person_who_does() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    floor.sign_in();
    floor.go("PT-1", "pick.item");
    let rows = floor.log().len();
    // Fast, and ended by Enter: a code.
    floor.burst("9521234543213\r", 3);
    assert_eq!((floor.last(), floor.in_hand()), ((true, String::new(), Source::Wedge), 1));
    // Fast, and ended by silence: perhaps half a code.
    floor.burst("95212345", 3);
    clock.advance(200);
    floor.until("half a code to be refused", |floor| floor.log().len() == rows + 2);
    assert_eq!((floor.last(), floor.in_hand()), ((false, "BAD_READ".to_owned(), Source::Wedge), 1));
    // The same digits from a person go into the keypad.
    floor.keys("4");
    floor.key(Key::Enter);
    assert_eq!((floor.log().len(), floor.in_hand()), (rows + 2, 4));
    // A burst of 5,000 keys is one refused scan.
    floor.burst(&"8".repeat(5_000), 1);
    clock.advance(500);
    floor.until("the burst to be refused", |floor| floor.log().len() > rows + 2);
    std::thread::sleep(Duration::from_millis(30));
    floor.settle();
    assert_eq!((floor.log().len(), floor.last().1.as_str(), floor.in_hand()), (rows + 3, "BAD_READ", 4));

    // A typed code goes the way of a scan, marked as typed. A fast typist is still typing there.
    floor.key(Key::Function(2));
    floor.keys("1");
    floor.burst("mug-", 5);
    floor.keys("blue");
    assert!(matches!(floor.view().page, Page::TypeCode(page) if page.typed == "MUG-BLUE"));
    floor.key(Key::Enter);
    assert_eq!(floor.last(), (false, "WRONG_ITEM".to_owned(), Source::Typed));
    assert!(matches!(floor.view().page, Page::Pick(_)), "the answer is shown over the step");
    floor.key(Key::Function(2));
    floor.keys("1");
    for sign in "9521234543213".chars() {
        floor.tap(Tap::Sign(sign));
    }
    floor.tap(Tap::Ok);
    assert_eq!((floor.last(), floor.in_hand()), ((true, String::new(), Source::Typed), 5));
    floor.stop();
}

// ---- refusals ----

#[test]
fn a_refusal_stays_until_the_next_scan_and_noise_closes_nothing() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    floor.sign_in();
    floor.go("PT-1", "pick.location");
    floor.scan("A-02");
    assert_eq!(floor.refusal(), "WRONG_LOCATION");
    // Looking elsewhere, and minutes, do not take it away.
    floor.key(Key::Function(1));
    floor.key(Key::Escape);
    clock.advance(3 * MINUTE_MS);
    floor.settle();
    std::thread::sleep(Duration::from_millis(15));
    floor.settle();
    assert_eq!(floor.refusal(), "WRONG_LOCATION");
    let shown = floor.view().refusal.unwrap();
    assert_eq!((shown.scanned.code.as_str(), shown.needed.code.as_str()), ("A-02", "A-01"));
    floor.scan("A-01");
    assert_eq!((floor.refusal().as_str(), floor.step().as_str()), ("", "pick.item"));

    // A page that is open, and what was typed on it, survive noise; a code closes it.
    floor.key(Key::Function(2));
    floor.keys("1");
    floor.keys("AB");
    let before = floor.status();
    for (raw, complete) in [(&b"\x00\xff\x13\x80"[..], true), (b"952123", false), (&[b'7'; 513], false)] {
        floor.scan_as(raw, Source::Serial, complete);
        assert_eq!(floor.last(), (false, "BAD_READ".to_owned(), Source::Serial));
        assert!(matches!(floor.view().page, Page::TypeCode(page) if page.typed == "AB"), "noise closed the page");
    }
    let mut after = floor.status();
    // Each refusal is a fact, and nothing else has changed.
    assert_eq!(after["seq"].as_u64().unwrap(), before["seq"].as_u64().unwrap() + 3);
    after["seq"] = before["seq"].clone();
    after["outbox"] = before["outbox"].clone();
    assert_eq!(after, before);
    floor.scan("]E09521234543213");
    assert!(matches!(floor.view().page, Page::Pick(_)));
    assert_eq!(floor.in_hand(), 1);
    floor.stop();
}

#[test]
fn the_other_half_of_a_code_is_no_code() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    floor.sign_in();
    floor.go("PT-1", "pick.location");
    let half = |raw: &[u8]| floor.scan_as(raw, Source::Serial, false);
    half(b"LOC-");
    floor.scan("A-01");
    assert_eq!((floor.refusal().as_str(), floor.step().as_str()), ("BAD_READ", "pick.location"));
    assert!(floor.log().pop().unwrap().decision.contains("\"torn\""));
    // The same code once more is nobody's other half; nor is one that comes later, or that makes no
    // sense behind the first, or that says by itself what it is.
    floor.scan("A-02");
    assert_eq!(floor.refusal(), "WRONG_LOCATION");
    half(b"LOC-");
    clock.advance(1_001);
    floor.scan("A-02");
    assert_eq!(floor.refusal(), "WRONG_LOCATION");
    half(b"95212");
    floor.scan("A-02");
    assert_eq!(floor.refusal(), "WRONG_LOCATION");
    half(b"LOC-");
    floor.scan("]C0A-01");
    assert_eq!((floor.refusal().as_str(), floor.step().as_str()), ("", "pick.item"));
    half(b"]E09521234");
    floor.scan("543213");
    assert_eq!((floor.refusal().as_str(), floor.in_hand()), ("BAD_READ", 0));
    floor.stop();
}

#[test]
fn goods_past_their_best_before_date_are_taken_and_looked_at() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    floor.sign_in();
    floor.go("PT-1", "pick.item");
    let hint = || {
        let row = floor.log().pop().unwrap();
        serde_json::from_str::<serde_json::Value>(&row.decision).unwrap()["hint"].as_str().unwrap_or("").to_owned()
    };
    floor.scan("]C1010952123454321315351231");
    assert_eq!((floor.in_hand(), hint()), (1, String::new()));
    assert!(matches!(floor.view().band, Band::Accepted { .. }));
    floor.scan("]C1010952123454321315250101");
    assert_eq!((floor.in_hand(), hint()), (2, "best-before".to_owned()));
    assert!(matches!(floor.view().band, Band::Notice { code } if code == "best-before"));
    floor.stop();
}

#[test]
fn a_power_cut_at_any_step_comes_back_to_it() {
    let (folder, clock) = warehouse();
    let mut floor = Floor::start(&device(&folder), &clock);
    floor.sign_in();
    let mut steps = Vec::new();
    for n in 0..30 {
        let before = floor.status();
        let cut = folder.path().join(format!("cut-{n}"));
        floor.power_cut(&cut);
        let after = Floor::start(&cut, &clock);
        assert_eq!(after.status(), before);
        if before["task"].is_null() && n > 0 {
            break;
        }
        steps.push(before["step"].as_str().unwrap().to_owned());
        // Go on with what came back: the work list, the names, all of it must work.
        after.accepted(&after.best());
        floor.stop();
        floor = after;
    }
    for step in ["work-list", "pick.totes", "pick.location", "pick.item", "pick.quantity", "pick.tote", "pick.drop-off"]
    {
        assert!(steps.iter().any(|at| at == step), "{step} was not cut: {steps:?}");
    }
}

// ---- the disk ----

#[test]
fn g14_a_full_disk_is_said_and_changes_nothing() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    floor.sign_in();
    floor.go("PT-1", "pick.item");
    floor.stop();

    // A file that may not grow.
    let full = Options { reserve_bytes: 0, max_pages: 1, ..Options::default() };
    let floor = Floor::start_with(&device(&folder), &clock, Setup { options: full, ..Setup::default() });
    // Large rows first, then small ones, until not even the shelf's code fits. It is accepted at this
    // step as often as it is scanned.
    for code in [&format!("]C0{}", "X".repeat(400)), "]C0XXXX", "A-01"] {
        let mut tries = 0;
        floor.scan("A-01");
        while floor.refusal() != "DISK_FULL" {
            floor.scan(code);
            tries += 1;
            assert!(tries < 2_000, "the disk is never full");
        }
    }
    let (status, rows, views) = (floor.status(), floor.log().len(), floor.views());
    // What is right is refused as well, as long as it cannot be saved, and nothing of it is done.
    for _ in 0..3 {
        floor.scan("]E09521234543213");
        assert_eq!((floor.refusal().as_str(), floor.log().len()), ("DISK_FULL", rows));
        assert_eq!((floor.status(), floor.signal()), (status.clone(), Some(Signal::Refused)));
    }
    assert_eq!(floor.views(), views, "the screen moved");
    floor.stop();

    let floor = Floor::start(&device(&folder), &clock);
    assert_eq!(floor.status(), status);
    floor.accepted("]E09521234543213");
    floor.stop();
}

#[test]
fn try_again_does_that_and_nothing_else() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    floor.sign_in();
    let before = floor.status();
    // Something else keeps the file from being written.
    let other = rusqlite::Connection::open(device(&folder).join(floorhand::store::DB_FILE)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    floor.scan("PT-2");
    assert!(matches!(floor.view().page, Page::Block(page) if page.code == "STORE_BROKEN"));
    assert_eq!(floor.status(), before);
    other.execute_batch("ROLLBACK").unwrap();
    // Enter is "try again", not the first task of the list behind it.
    floor.key(Key::Enter);
    assert!(matches!(floor.view().page, Page::WorkList(_)));
    assert_eq!(floor.status(), before);
    floor.key(Key::Enter);
    assert_eq!(floor.status()["task"]["id"], "PT-1");
    floor.stop();
}

#[test]
fn the_news_of_the_connection_is_news_once() {
    let app = App::new(Station::default(), Settings::default(), Look::default());
    let session = Session {
        operator: "OP-1".into(),
        name: "One".into(),
        roles: Vec::new(),
        signin: "s".into(),
        language: String::new(),
    };
    let app = app.resume(Saved { session: Some(session), ..Saved::default() }, None, None);
    let turn = |app: App, input| app.update(input, &Now::default(), &Found::default()).app;
    let band = |app: &App| floorhand::present::view(app).band;
    assert_eq!(band(&app), Band::Offline);
    let back = turn(app, Input::Link(LinkState { online: true, fresh: true, ..LinkState::default() }));
    assert_eq!(band(&back), Band::OnlineAgain);
    assert_eq!(band(&turn(back.clone(), Input::Minute)), Band::None);
    let scan = Scan { raw: b"A-99".to_vec(), source: Source::Serial, complete: true };
    let read = Box::new(floorhand_domain::scan::read_by(&scan, &floorhand_domain::scan::Rules::default()));
    let refused = turn(back, Input::Scan { scan, read });
    assert_eq!(band(&refused), Band::None);
}

// ---- status ----

/// Works a task by nothing but the best code of each step; each must count and lead on.
fn work_by_status(floor: &Floor, task: &str) -> usize {
    floor.accepted(task);
    let mut scans = 1;
    loop {
        let before = floor.status();
        if before["task"].is_null() {
            return scans;
        }
        floor.accepted(&floor.best());
        let after = floor.status();
        assert_ne!(
            (&after["step"], &after["quantity"], &after["expects"], &after["seq"]),
            (&before["step"], &before["quantity"], &before["expects"], &before["seq"]),
            "{} led nowhere",
            before["expects"][0]
        );
        scans += 1;
        assert!(scans < 500, "{task} has no end");
    }
}

const GOODS: [(&str, &str, i64); 5] =
    [("A-01", "SHIRT", 9), ("A-02", "CREAM", 6), ("A-03", "PHONE", 2), ("A-04", "CABLE", 5), ("A-05", "MUG", 3)];

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    /// A script that scans what `status` lists first finishes any task.
    #[test]
    fn the_best_code_always_leads_on(
        slots in 1_u8..=3,
        lines in prop::collection::vec((0_u8..3, 0_usize..GOODS.len(), 1_i64..=9), 1..6),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut site = Site::new();
        let mut phones = 0;
        let lines: Vec<(u8, &str, &str, i64)> = lines
            .iter()
            .map(|(slot, goods, qty)| {
                let (location, item, most) = GOODS[*goods];
                (slot % slots + 1, location, item, (*qty).min(most))
            })
            // There are five phones that may be taken.
            .filter(|(_, _, item, qty)| {
                phones += if *item == "PHONE" { *qty } else { 0 };
                *item != "PHONE" || phones <= 5
            })
            .collect();
        prop_assume!(!lines.is_empty());
        site.task("PT-9", 0, slots, &lines);
        site.save(&device(&folder));
        let floor = Floor::start(&device(&folder), &Fake::new());
        floor.sign_in();
        let scans = work_by_status(&floor, "PT-9");
        prop_assert!(scans > lines.len() * 2);
        prop_assert!(floor.log().iter().all(|row| row.accepted));
        let store = Store::open_read_only(&device(&folder)).unwrap();
        for line in store.lines_shown(&"PT-9".into()).unwrap() {
            prop_assert_eq!(line.picked, line.qty);
        }
        floor.stop();
    }
}
