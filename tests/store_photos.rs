//! Photographs that were taken and never used do not stay for ever.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "store/kit.rs"]
mod kit;

use floorhand::store::{ClockMark, Commit, Contact, Store};
use floorhand_domain::fact::Fact;
use kit::*;
use std::path::Path;

const HOUR_MS: u64 = 60 * 60 * 1000;
const NOON_MS: u64 = 1_900_000_000_000;

/// The files of photographs.
fn files(dir: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(dir.join("photos")) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap().replace(".jpg", "")).collect();
    names.sort();
    names
}

/// A start of the device, at this time by the core's clock; 0 = it never said one.
fn start(dir: &Path, server_ms: u64) -> usize {
    let mut store = Store::open_with(dir, &options()).unwrap();
    if server_ms > 0 {
        let mark = ClockMark { server_ms, mono_ms: 1_000, boot_id: BOOT.into() };
        store.set_contact(Contact { clock: Some(mark), ..Contact::default() }).unwrap();
    }
    let gone = store.drop_unused_photos().unwrap();
    store.close().unwrap();
    gone
}

#[test]
fn a_photograph_that_nothing_names_goes_after_a_day() {
    let dir = folder();
    let dir = dir.path();
    let mut store = stocked(dir);
    for id in ["p-fact", "p-step", "p-unused"] {
        store.keep_photo(id, "receipt:r-1", b"jpg").unwrap();
    }
    let fact = Fact::PhotoTaken {
        photo: "p-fact".into(),
        subject: "receipt:r-1".into(),
        purpose: "damaged".into(),
        hash: blake3::hash(b"jpg").to_hex().to_string(),
        bytes: 3,
    };
    let app_state = Some(r#"{"doing":{"photos":["p-step"]}}"#.to_owned());
    let commit =
        Commit { stamp: stamp(), facts: vec![fact], fact_ids: vec!["f-1".into()], app_state, ..Commit::default() };
    store.commit(&commit).unwrap();
    store.close().unwrap();
    let all = ["p-fact", "p-step", "p-unused"];
    // Without the core's clock nobody knows what a day is.
    assert_eq!((start(dir, 0), files(dir)), (0, all.map(str::to_owned).to_vec()));
    for hours in [0, 1, 23] {
        assert_eq!(
            (start(dir, NOON_MS + hours * HOUR_MS), files(dir)),
            (0, all.map(str::to_owned).to_vec()),
            "{hours}"
        );
    }
    assert_eq!((start(dir, NOON_MS + 24 * HOUR_MS), files(dir)), (1, vec!["p-fact".to_owned(), "p-step".to_owned()]));
    // What is due is still sent; and once the step lets go of its own, that goes too.
    let mut store = Store::open_with(dir, &options()).unwrap();
    assert_eq!(store.next_photo().unwrap().map(|(id, _)| id), Some("p-fact".to_owned()));
    let app_state = Some("{}".to_owned());
    store.commit(&Commit { stamp: stamp(), app_state, ..Commit::default() }).unwrap();
    store.close().unwrap();
    assert_eq!(start(dir, NOON_MS + 25 * HOUR_MS), 0);
    assert_eq!((start(dir, NOON_MS + 50 * HOUR_MS), files(dir)), (1, vec!["p-fact".to_owned()]));
}

#[test]
fn a_file_that_no_row_is_about_goes_at_the_start() {
    let dir = folder();
    let mut store = stocked(dir.path());
    store.keep_photo("p-1", "receipt:r-1", b"jpg").unwrap();
    std::fs::write(dir.path().join("photos/p-sent.jpg"), b"jpg").unwrap();
    assert_eq!(store.drop_unused_photos().unwrap(), 1);
    assert_eq!(files(dir.path()), ["p-1"]);
}
