//! Scans that come fast, and power cuts: what was committed counts, once; what was not never happened.

use super::kit::{Fake, Floor, Setup};
use super::site::device;
use super::{SHIRT, opened, picking, site};
use floorhand::store::{DB_FILE, Store};
use floorhand::view::Tap;
use floorhand_domain::fact::Fact;
use serde_json::Value;
use std::path::Path;

#[test]
fn g01_five_triggers_in_a_second_are_five_units_in_order() {
    let (folder, floor) = picking("SHIRT", "A-01", 8);
    floor.sign_in();
    floor.go("PT-1", "pick.item");
    let rows = floor.log().len();
    floor.stop();
    // The reader is faster than the floor thread: its scans wait.
    let clock = Fake::new();
    let setup = Setup { queue: 64, ..Setup::default() };
    let floor = Floor::start_with(&device(&folder), &clock, setup);
    for n in 0..5 {
        // By turns with and without what the reader puts in front, to tell the order.
        floor.post(if n % 2 == 0 { SHIRT } else { "9521234543213" });
        clock.advance(180);
    }
    floor.until("five units", |floor| floor.in_hand() == 5);
    let log: Vec<_> = floor.log().drain(rows..).map(|row| (row.accepted, row.symbology.is_empty())).collect();
    assert_eq!(log, [(true, false), (true, true), (true, false), (true, true), (true, false)]);
    floor.until("five numbers on the screen", |floor| floor.counted_views() == [0, 1, 2, 3, 4, 5]);
    floor.stop();
}

/// Frames of SQLite's log: a header of the file, then a header and a page each.
const LOG_HEAD: usize = 32;
const FRAME: usize = 24 + 4096;

/// Scans, and cuts the power at every page that the scan writes, and within each. Returns what the device knows
/// after each restart, in the order of the cuts; the last has everything.
fn cut_at_every_page(floor: &Floor, folder: &Path, code: &str) -> Vec<(Value, Vec<Fact>)> {
    let log = |dir: &Path| dir.join(format!("{DB_FILE}-wal"));
    let before = folder.join("before");
    floor.power_cut(&before);
    let from = std::fs::read(log(&before)).map_or(LOG_HEAD, |bytes| bytes.len().max(LOG_HEAD));
    floor.accepted(code);
    let after = folder.join("after");
    floor.power_cut(&after);
    let bytes = std::fs::read(log(&after)).unwrap();
    assert!(bytes.len() >= from + 2 * FRAME, "the scan wrote {} bytes", bytes.len() - from);
    let pages = (from..=bytes.len()).step_by(FRAME);
    let cuts = pages.flat_map(|end| [end.saturating_sub(FRAME / 2).max(from), end]);
    let mut known = Vec::new();
    for (n, end) in cuts.enumerate() {
        let dir = folder.join(format!("cut-{n}"));
        std::fs::create_dir(&dir).unwrap();
        for entry in std::fs::read_dir(&after).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), dir.join(entry.file_name())).unwrap();
        }
        std::fs::write(log(&dir), &bytes[..end]).unwrap();
        let floor = Floor::start(&dir, &floor.clock);
        known.push((floor.status(), floor.facts()));
        floor.stop();
    }
    known
}

#[test]
fn g02_a_cut_before_the_commit_leaves_the_step_as_it_was() {
    // A unit is counted, which is saved state; the tote is scanned, which is a fact.
    for (scans, step) in [(2, "pick.quantity"), (3, "pick.tote")] {
        let (folder, floor) = picking("SHIRT", "A-01", 3);
        floor.sign_in();
        floor.go("PT-1", "pick.item");
        for _ in 0..scans {
            floor.accepted(SHIRT);
        }
        let before = (floor.status(), floor.facts());
        assert_eq!((floor.step().as_str(), floor.in_hand()), (step, scans));
        let code = floor.best();
        let mut known = cut_at_every_page(&floor, folder.path(), &code);
        let whole = known.pop().unwrap();
        assert_ne!(whole.0, before.0);
        for (n, at) in known.into_iter().enumerate() {
            assert_eq!(at, before, "cut {n} at {step}");
        }
        floor.stop();
    }
}

#[test]
fn g03_a_cut_after_the_commit_counts_once_and_goes_on() {
    let (folder, floor) = picking("SHIRT", "A-01", 3);
    floor.sign_in();
    floor.go("PT-1", "pick.item");
    for _ in 0..3 {
        floor.accepted(SHIRT);
    }
    let tote = floor.best();
    floor.accepted(&tote);
    // What was shown last is of no account: the files are as they were before the screen changed.
    let floor = floor.cut(&folder.path().join("cut"));
    assert_eq!((floor.step().as_str(), floor.in_hand()), ("pick.location", 0));
    let picked = |floor: &Floor| floor.kinds().iter().filter(|kind| **kind == "Picked").count();
    assert_eq!(picked(&floor), 1);
    // Whoever saw no answer scans again: the next step takes no tote.
    floor.refused(&tote, "WRONG_KIND");
    assert_eq!(picked(&floor), 1);
    let lines = Store::open_read_only(&floor.dir).unwrap().lines_shown(&"PT-1".into()).unwrap();
    assert_eq!((lines[0].picked, lines[1].picked), (3, 0));
    floor.stop();
}

/// A code that asks: nothing is recorded, the power is cut, the question is gone and is asked anew.
#[track_caller]
fn lapses(floor: Floor, cut: &Path, code: &str, reason: &str) {
    let facts = floor.facts();
    floor.refused(code, reason);
    assert_eq!((floor.question().as_str(), floor.facts()), (reason, facts.clone()));
    let step = floor.step();
    let floor = floor.cut(cut);
    assert_eq!((floor.question().as_str(), floor.refusal().as_str(), floor.step()), ("", "", step));
    floor.refused(code, reason);
    assert_eq!((floor.question().as_str(), floor.facts()), (reason, facts));
    floor.stop();
}

#[test]
fn g07_a_pending_confirmation_is_gone_after_a_power_cut() {
    let begin = || {
        let mut site = site();
        site.task("PT-1", 5, 1, &[(1, "A-05", "MUG", 1)]);
        let (folder, floor) = opened(site);
        let cut = folder.path().join("cut");
        (folder, floor, cut)
    };
    let all = |floor: &Floor| floor.sign_in_as("OP-ALL", "4444");

    let (_folder, floor, cut) = begin();
    floor.sign_in();
    floor.go("PT-1", "pick.item");
    floor.sign_out();
    floor.sign_in_as("OP-2", "2222");
    lapses(floor, &cut, "PT-1", "TAKE_OVER?");

    let (_folder, floor, cut) = begin();
    floor.sign_in();
    floor.go("PT-1", "pick.drop-off");
    lapses(floor, &cut, "PACK-02", "PLACE?");

    let (_folder, floor, cut) = begin();
    all(&floor);
    floor.choose("move-this");
    for code in ["A-01", SHIRT] {
        floor.accepted(code);
    }
    lapses(floor, &cut, "A-03", "PLACE?");

    let (_folder, floor, cut) = begin();
    all(&floor);
    floor.choose("count-here");
    floor.accepted("A-01");
    lapses(floor, &cut, "MUG-BLUE", "UNEXPECTED?");

    let (_folder, floor, cut) = begin();
    all(&floor);
    floor.choose("deliveries");
    floor.tap(Tap::Blind);
    floor.accepted(SHIRT);
    floor.tap(Tap::Ok);
    lapses(floor, &cut, "P-NEW", "NEW_HU?");
}
