//! Signing in, the lock of an idle station, grants that have aged.

use super::kit::{Fake, Floor, MINUTE_MS};
use super::site::{Site, device};
use super::{SHIRT, opened, picking, site};
use floorhand::app::Signal;
use floorhand::store::{ClockMark, Contact, Options, Store};
use floorhand::view::{Page, Tap};
use floorhand_domain::fact::Fact;
use floorhand_domain::task::TaskKind;
use floorhand_wire::feed::kind;
use serde_json::json;

const HOUR_MS: u64 = 60 * MINUTE_MS;

/// Whether a row of More can be chosen. `None` = it is not there.
fn offered(floor: &Floor, code: &str) -> Option<bool> {
    floor.tap(Tap::More);
    loop {
        let Page::Sheet(sheet) = floor.view().page else { panic!("{:?}", floor.view().page) };
        if let Some(row) = sheet.rows.iter().find(|row| row.code == code) {
            return Some(!row.disabled);
        }
        if sheet.paging.page + 1 == sheet.paging.pages {
            return None;
        }
        floor.tap(Tap::PageDown);
    }
}

fn with_a_count() -> Site {
    let mut site = site();
    site.task("PT-1", 5, 1, &[(1, "A-01", "SHIRT", 3)]);
    site.task("CT-1", 9, 1, &[(1, "A-01", "", 0)]);
    site.change(kind::TASK, "CT-1", json!({"kind": TaskKind::Count, "slots": []}));
    site
}

#[test]
fn s01_badge_and_pin_open_the_menus_of_the_role_without_a_network() {
    let all = ["count-here", "move-this", "deliveries"];
    for (badge, pin, tasks, menus) in [
        ("OP-1", "1111", json!(["PT-1"]), [Some(false), Some(false), None]),
        ("OP-ALL", "4444", json!(["CT-1", "PT-1"]), [Some(true), Some(true), Some(true)]),
    ] {
        let (_folder, floor) = opened(with_a_count());
        assert_eq!(floor.status()["sync"]["state"], "offline");
        floor.sign_in_as(badge, pin);
        assert_eq!(floor.status()["operator_id"], badge);
        assert_eq!(floor.status()["expects"][0]["codes"], tasks, "{badge}");
        assert_eq!(all.map(|code| offered(&floor, code)), menus, "{badge}");
        assert_eq!(floor.facts(), [Fact::SignedIn { operator: badge.into() }]);
        floor.stop();
    }
}

#[test]
fn s04_an_idle_station_locks_and_its_own_pin_opens_the_same_line() {
    let (_folder, floor) = picking("SHIRT", "A-01", 8);
    floor.sign_in();
    floor.go("PT-1", "pick.item");
    for _ in 0..3 {
        floor.accepted(SHIRT);
    }
    let before = floor.status();
    floor.wait_ms(4 * MINUTE_MS);
    assert_eq!(floor.step(), "pick.quantity");
    floor.wait_ms(2 * MINUTE_MS);
    assert_eq!(floor.step(), "sign-in.unlock");
    floor.pin("9999");
    assert_eq!((floor.refusal().as_str(), floor.step().as_str()), ("PIN_WRONG", "sign-in.unlock"));
    floor.pin("1111");
    let after = floor.status();
    for what in ["step", "quantity", "task", "operator", "expects"] {
        assert_eq!(after[what], before[what]);
    }
    assert_eq!(floor.in_hand(), 3);
    assert_eq!(floor.kinds().iter().filter(|kind| **kind == "SignedIn").count(), 2);
    floor.stop();
}

#[test]
fn s05_a_scan_at_a_locked_station_is_refused_and_not_replayed() {
    let (folder, floor) = picking("SHIRT", "A-01", 8);
    floor.sign_in();
    floor.go("PT-1", "pick.item");
    floor.accepted(SHIRT);
    floor.choose("lock");
    assert_eq!(floor.step(), "sign-in.unlock");
    floor.refused(SHIRT, "LOCKED");
    // Nor by a power cut, which unlocks nothing.
    let floor = floor.cut(&folder.path().join("cut"));
    floor.refused(SHIRT, "LOCKED");
    floor.pin("1111");
    assert_eq!((floor.step().as_str(), floor.in_hand()), ("pick.quantity", 1));
    floor.accepted(SHIRT);
    assert_eq!(floor.in_hand(), 2);
    floor.stop();
}

#[test]
fn s06_a_badge_whose_grants_are_old_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let dir = device(&folder);
    site().save(&dir);
    let clock = Fake::new();
    // The rows were complete now, by the core's clock; the station's own may be years off.
    let options = Options { reserve_bytes: 0, ..Options::default() };
    let mut store = Store::open_with(&dir, &options).unwrap();
    let server_ms = 1_900_000_000_000;
    let mark = ClockMark { server_ms, mono_ms: 1_000_000, boot_id: "boot-1".into() };
    store.set_contact(Contact { complete_ms: server_ms, clock: Some(mark), ..Contact::default() }).unwrap();
    store.close().unwrap();
    let floor = Floor::start(&dir, &clock);
    clock.advance((7 * 24 - 1) * HOUR_MS);
    floor.badge("OP-1");
    assert_eq!(floor.step(), "sign-in.pin");
    floor.tap(Tap::NotMe);
    clock.advance(25 * HOUR_MS);
    floor.badge("OP-1");
    assert_eq!((floor.refusal().as_str(), floor.step().as_str()), ("GRANT_OLD", "sign-in.badge"));
    assert_eq!((floor.last().1.as_str(), floor.signal()), ("GRANT_OLD", Some(Signal::Refused)));
    assert_eq!(floor.facts(), []);
    floor.stop();
}
