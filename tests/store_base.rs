//! Rows of the core under bad circumstances: damaged counts, pages out of order, streams left out,
//! forms nobody knows, and own facts in between.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::print_stderr
)]

#[path = "store/kit.rs"]
mod kit;

use floorhand::store::{DB_FILE, Store, StoreError};
use floorhand_domain::scan::Lookup;
use floorhand_domain::stock::{Status, Stock};
use floorhand_wire::feed::{OutcomeRow, Row, cursor, kind};
use floorhand_wire::push::{FactOutcome, Outcome, PushResponse};
use kit::*;
use rusqlite::Connection;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Changes the file behind the store's back.
fn damage(dir: &Path, statement: &str) {
    assert!(Connection::open(dir.join(DB_FILE)).unwrap().execute(statement, []).unwrap() > 0, "{statement}");
}

fn boot(store: &mut Store, stream: &str, rows: Vec<Row>) {
    store.apply_bootstrap("", &whole(stream, 50, rows, None)).unwrap();
}

fn in_transit(qty: i64) -> Stock {
    Stock { handling_unit: "T-01".into(), status: Status::Allocated, ..stock("TRANSIT", "SKU1", "", qty) }
}

fn places(store: &Store) -> Vec<(String, i64)> {
    let there = store.tote_content(&"T-01".into()).unwrap();
    there.into_iter().map(|stock| (stock.location.0, stock.qty)).collect()
}

#[test]
fn damaged_rows_and_counts_heal_with_one_fetch() {
    for statement in [
        "UPDATE cursor SET live = live + 3 WHERE stream = 'wh:7'",
        "UPDATE cursor SET sum = sum + 1 WHERE stream = 'wh:7'",
        "UPDATE base SET pos = pos + 1 WHERE stream = 'wh:7' AND kind = 'line'",
        "DELETE FROM base WHERE stream = 'wh:7' AND kind = 'task'",
        "INSERT INTO base(stream, kind, id, pos, body) VALUES('wh:7', 'item', 'GHOST', 9, '{}')",
    ] {
        let dir = folder();
        drop(stocked(dir.path()));
        damage(dir.path(), statement);
        let mut store = Store::open_with(dir.path(), &options()).unwrap();
        // What was damaged beside the counts is only seen with the next row that touches it.
        let rows = vec![row(kind::LINE, "L1", 60, &line("L1", 1, "A1", "SKU1", 10))];
        let mut all = world();
        all.retain(|old| old.1 != "L1");
        all.extend(rows.clone());
        let mut answer = pull(&store, (0, 0), rows);
        answer.streams[2] = page(WAREHOUSE, 50, 60, true, answer.streams[2].rows.clone(), &all);
        store.apply_pull(&answer).unwrap();
        if store.next_bootstrap().unwrap().is_none() {
            assert!(statement.contains("base"), "{statement} was not noticed");
            store.start_resync(WAREHOUSE).unwrap();
        }
        boot(&mut store, WAREHOUSE, all.clone());
        let mut answer = pull(&store, (0, 0), Vec::new());
        answer.streams[2] = page(WAREHOUSE, 50, 60, true, Vec::new(), &all);
        let changes = store.apply_pull(&answer).unwrap();
        assert!(changes.complete, "{statement}");
        assert_eq!(store.next_bootstrap().unwrap(), None, "{statement}");
        assert!(store.task_shown(&"T1".into()).unwrap().is_some());
    }
}

#[test]
fn a_stream_that_is_left_out_is_not_complete() {
    let dir = folder();
    let mut store = stocked(dir.path());
    commit(&mut store, vec![picked("L1", 3)]);
    let mut answer = pull(&store, (1, 1), Vec::new());
    answer.streams.remove(2);
    let changes = store.apply_pull(&answer).unwrap();
    assert!(!changes.complete && !changes.stale);
    assert_eq!((picked_shown(&store, "L1"), store.applied().through), (3, 0), "its rows may hold the fact");
    answer.streams.clear();
    assert!(!store.apply_pull(&answer).unwrap().complete);
    assert!(store.apply_pull(&pull(&store, (0, 0), Vec::new())).unwrap().complete);
}

#[test]
fn a_pull_never_goes_backwards() {
    let dir = folder();
    let mut store = stocked(dir.path());
    let mut answer = pull(&store, (0, 0), Vec::new());
    answer.streams[2].to = 40;
    assert!(store.apply_pull(&answer).unwrap().stale);
    assert_eq!(cursor::decode(&store.pull_cursor().unwrap()).unwrap()[WAREHOUSE], 50);
}

#[test]
fn pages_of_before_and_pages_without_end_are_left_alone() {
    let dir = folder();
    let mut store = stocked(dir.path());
    store.start_resync(WAREHOUSE).unwrap();
    let rows = world();
    store.apply_bootstrap("", &whole(WAREHOUSE, 70, rows[..4].to_vec(), Some("k"))).unwrap();
    let late = whole(WAREHOUSE, 60, rows[4..].to_vec(), None);
    assert!(store.apply_bootstrap("k", &late).unwrap().stale, "it was read before the first page");
    let same = whole(WAREHOUSE, 70, Vec::new(), Some("k"));
    assert!(store.apply_bootstrap("k", &same).unwrap().stale, "it asks for itself");
    assert_eq!(store.next_bootstrap().unwrap(), Some((WAREHOUSE.into(), "k".into())));
    assert!(!store.apply_bootstrap("k", &whole(WAREHOUSE, 71, rows[4..].to_vec(), None)).unwrap().stale);
}

#[test]
fn a_resync_of_one_stream_keeps_what_others_have_set_aside() {
    let dir = folder();
    let mut store = stocked(dir.path());
    commit(&mut store, vec![picked("L1", 3)]);
    // One page of the warehouse waits; then the items must be fetched anew.
    let mut one = pull(&store, (0, 0), vec![stock_row(&stock("A2", "SKU1", "", 5), 60)]);
    one.streams[2].complete = false;
    assert!(store.apply_pull(&one).unwrap().is_empty());
    store.start_resync(GLOBAL).unwrap();
    boot(&mut store, GLOBAL, master());
    let mut all = world();
    all.extend(one.streams[2].rows.clone());
    let mut rest = pull(&store, (0, 0), Vec::new());
    rest.streams[2] = page(WAREHOUSE, 60, 60, true, Vec::new(), &all);
    let changes = store.apply_pull(&rest).unwrap();
    assert!(changes.complete);
    assert_eq!((shown(&store, "A2", "SKU1"), picked_shown(&store, "L1")), (5, 3));
    // Of the stream itself nothing stays: it comes whole.
    let mut one = pull(&store, (0, 0), vec![stock_row(&stock("A1", "SKU2", "", 9), 70)]);
    one.streams[2] = page(WAREHOUSE, 60, 70, false, one.streams[2].rows.clone(), &all);
    store.apply_pull(&one).unwrap();
    store.start_resync(WAREHOUSE).unwrap();
    boot(&mut store, WAREHOUSE, world());
    assert!(store.apply_pull(&pull(&store, (0, 0), Vec::new())).unwrap().complete);
    assert_eq!((shown(&store, "A1", "SKU2"), shown(&store, "A2", "SKU1")), (0, 0));
}

#[test]
fn a_form_nobody_knows_hides_its_row_and_stops_nothing() {
    let dir = folder();
    let mut store = stocked(dir.path());
    let odd = |kind: &str, id: &str, pos| Row(kind.into(), id.into(), pos, serde_json::json!({"id": [id], "qty": "?"}));
    let mut answer = pull(
        &store,
        (0, 0),
        vec![odd(kind::LOCATION, "A1", 60), odd(kind::OPERATOR, "o-1", 61), odd(kind::TASK, "T1", 62)],
    );
    let mut items = master();
    items.retain(|row| row.1 != "SKU1");
    items.push(odd(kind::ITEM, "SKU1", 60));
    items.push(Row(kind::SETTINGS.into(), "settings".into(), 61, serde_json::json!("?")));
    answer.streams[1] = page(GLOBAL, 50, 61, true, items[items.len() - 2..].to_vec(), &items);
    assert!(store.apply_pull(&answer).unwrap().complete, "count and checksum hold");
    // What these rows were is not what they are.
    assert!(store.location(&"A1".into()).unwrap().is_none());
    assert!(store.operator(&"o-1".into()).unwrap().is_none(), "what somebody may do is not known any more");
    assert!(store.task_shown(&"T1".into()).unwrap().is_none());
    assert!(store.settings().is_ok());
    let look = Lookup { barcodes: vec!["04012345678901".into(), "X2".into()], ..Lookup::default() };
    let known = store.look_up(&look).unwrap();
    assert_eq!(known.items.iter().map(|item| item.id.as_str()).collect::<Vec<_>>(), ["SKU2"]);
    // And comes back with a form that is known.
    let back = pull(&store, (0, 0), Vec::new());
    let mut back = back;
    let row = row(kind::LOCATION, "A1", 63, &location("A1", floorhand_domain::master::LocationKind::Bin));
    back.streams[2].rows = vec![row];
    back.streams[2].to = 63;
    store.apply_pull(&back).unwrap();
    assert!(store.location(&"A1".into()).unwrap().is_some());
}

#[test]
fn a_drop_off_takes_what_the_totes_hold_then() {
    let dir = folder();
    let mut store = stocked(dir.path());
    // Picked and dropped in one turn, the tote named twice.
    commit(&mut store, vec![claimed(), assigned("T-01"), picked("L1", 3), dropped(&["T-01", "T-01"])]);
    assert_eq!(places(&store), [("PACK1".to_owned(), 3)]);
    // The rows contain the pick; meanwhile somebody took one out of the tote, and nobody told this device.
    let answer = pull(&store, (1, 3), vec![stock_row(&stock("A1", "SKU1", "", 97), 60), stock_row(&in_transit(2), 61)]);
    store.apply_pull(&answer).unwrap();
    assert_eq!(places(&store), [("PACK1".to_owned(), 2)], "and no unit is owed to the cart");
}

fn told(outcomes: &[(u64, Outcome)], acked: u64) -> PushResponse {
    let entry = |(seq, outcome): &(u64, Outcome)| FactOutcome {
        seq: *seq,
        outcome: *outcome,
        code: "X".into(),
        reference: String::new(),
        msg_key: String::new(),
    };
    PushResponse {
        acked_through: Some(acked),
        outcomes: outcomes.iter().map(entry).collect(),
        ..PushResponse::default()
    }
}

#[test]
fn only_what_is_acknowledged_can_have_been_judged() {
    let dir = folder();
    let mut store = stocked(dir.path());
    for _ in 0..4 {
        commit(&mut store, vec![picked("L1", 1)]);
    }
    let answer = told(&[(2, Outcome::Rejected), (3, Outcome::Rejected), (9, Outcome::Parked)], 2);
    store.apply_push(1, 4, &answer).unwrap();
    let counts = store.outbox_counts().unwrap();
    assert_eq!((counts.pending, counts.rejected, counts.parked), (2, 1, 0));
    assert_eq!(picked_shown(&store, "L1"), 3);
}

#[test]
fn the_stream_may_say_parked_after_the_rows() {
    let dir = folder();
    let mut store = stocked(dir.path());
    commit(&mut store, vec![claimed(), picked("L1", 3)]);
    // The answer to the push was lost, and the rows came without the fact.
    store.apply_pull(&pull(&store, (1, 2), Vec::new())).unwrap();
    assert_eq!(picked_shown(&store, "L1"), 0);
    let row = row(
        kind::OUTCOME,
        "1/2",
        61,
        &OutcomeRow { epoch: 1, seq: 2, outcome: Outcome::Parked, code: "X".into(), reference: String::new() },
    );
    let mut answer = pull(&store, (1, 2), Vec::new());
    answer.streams[0] = page(DEVICE, 50, 61, true, vec![row.clone()], &[row]);
    store.apply_pull(&answer).unwrap();
    assert_eq!((picked_shown(&store, "L1"), store.outbox_counts().unwrap().parked), (3, 1));
}

#[test]
fn a_tail_that_begins_behind_the_last_fact_moves_nothing_and_blocks_nothing() {
    let dir = folder();
    let mut store = stocked(dir.path());
    commit(&mut store, vec![picked("L1", 1)]);
    store.move_tail(1, 40, 2).unwrap();
    commit(&mut store, vec![picked("L1", 1)]);
    let next = |store: &Store| {
        store.outbox_batch(9, 99_999).unwrap().map(|batch| (batch.epoch, batch.first_seq, batch.facts.len()))
    };
    assert_eq!(next(&store), Some((1, 1, 1)));
    store.apply_push(1, 1, &told(&[], 1)).unwrap();
    assert_eq!(next(&store), Some((2, 1, 1)), "the older epoch is done");
    assert_eq!(store.outbox_hole().unwrap(), None);
}

#[test]
fn an_epoch_that_is_closed_is_never_written_again() {
    let dir = folder();
    let mut store = stocked(dir.path());
    commit(&mut store, vec![picked("L1", 1)]);
    store.move_tail(1, 1, 2).unwrap();
    // A core from an old backup that knows the first epoch only.
    assert!(matches!(store.save_enrolment(&identity()), Err(StoreError::Bad(_))));
    assert_eq!(commit(&mut store, vec![picked("L1", 1)]).facts, [(2, 2)]);
}

#[test]
fn a_restored_core_that_is_met_at_enrolment_is_asked_what_it_has() {
    let dir = folder();
    let mut store = stocked(dir.path());
    commit(&mut store, vec![picked("L1", 1), picked("L1", 1)]);
    store.apply_push(1, 2, &told(&[], 2)).unwrap();
    assert!(!store.has_unacked());
    let mut again = identity();
    again.server_epoch = "E2".into();
    store.save_enrolment(&again).unwrap();
    assert!(store.is_restored() && store.has_unacked(), "its backup need not hold them");
    assert_eq!(picked_shown(&store, "L1"), 2);
}

#[test]
fn files_open_to_others_are_closed_to_them() {
    let dir = folder();
    let at = dir.path().join("device");
    drop(enrolled(&at));
    let path = at.join(DB_FILE);
    for (path, mode) in [(&at, 0o755), (&path, 0o644)] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    drop(Store::open_with(&at, &options()).unwrap());
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&at), mode(&path)), (0o700, 0o600));
}

#[test]
fn failures_are_told_apart() {
    use rusqlite::ffi;
    let of = |code| StoreError::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
    for code in [ffi::SQLITE_FULL, ffi::SQLITE_IOERR, ffi::SQLITE_IOERR_WRITE, ffi::SQLITE_IOERR_FSYNC] {
        assert!(of(code).is_full(), "{code}");
    }
    for code in [
        ffi::SQLITE_CORRUPT,
        ffi::SQLITE_NOTADB,
        ffi::SQLITE_IOERR_READ,
        ffi::SQLITE_IOERR_SHORT_READ,
        ffi::SQLITE_IOERR_DATA,
    ] {
        assert!(of(code).is_corrupt(), "{code}");
    }
    assert!(matches!(of(ffi::SQLITE_READONLY), StoreError::ReadOnly));
    for code in [ffi::SQLITE_BUSY, ffi::SQLITE_LOCKED, ffi::SQLITE_CONSTRAINT, ffi::SQLITE_CANTOPEN] {
        assert!(matches!(of(code), StoreError::Sqlite(_)), "{code}");
    }
}
