//! What is on the disk: every shipped schema migrates, and what is stored keeps its form.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "store/kit.rs"]
mod kit;

use floorhand::store::{ClockMark, Contact, DB_FILE, LoginGuard, RetryState, Store, StoreError};
use floorhand_domain::fact::Fact;
use floorhand_domain::task::LineState;
use kit::*;
use rusqlite::Connection;
use std::path::Path;

/// A store as the first shipped program left it, with facts not yet sent.
const FIRST: &str = include_str!("store/first.sql");

fn lay(dir: &Path, version: i64, sql: &str) {
    std::fs::create_dir_all(dir).unwrap();
    let conn = Connection::open(dir.join(DB_FILE)).unwrap();
    conn.execute_batch(include_str!("../migrations/0001_store.sql")).unwrap();
    conn.execute_batch(sql).unwrap();
    conn.pragma_update(None, "user_version", version).unwrap();
}

#[test]
fn the_first_schema_opens_with_its_outbox() {
    let dir = folder();
    lay(dir.path(), 1, FIRST);
    let mut store = Store::open_with(dir.path(), &options()).unwrap();
    assert_eq!(store.identity().unwrap().device, "d-1");
    assert_eq!((store.head().epoch, store.head().next_seq), (1, 3));
    assert_eq!(store.outbox_counts().unwrap().pending, 2);
    assert_eq!(store.app_state().unwrap().as_deref(), Some("{\"step\":\"tote\"}"));
    // Rows were projected by a program that wrote them otherwise: they are projected anew.
    let line = store.line_shown(&"L1".into()).unwrap().unwrap();
    assert_eq!((line.qty, line.picked, line.state), (10, 3, LineState::Open));
    commit(&mut store, vec![picked("L1", 7)]);
    let batch = store.outbox_batch(9, 99_999).unwrap().unwrap();
    assert_eq!(batch.facts.len(), 3);
    store.close().unwrap();
    assert_eq!(check_chain(dir.path()), 3);
}

#[test]
fn a_newer_schema_is_left_alone() {
    let dir = folder();
    lay(dir.path(), 99, "");
    for opened in [Store::open_with(dir.path(), &options()), Store::open_read_only(dir.path())] {
        assert!(matches!(opened, Err(StoreError::Newer { found: 99, .. })), "{opened:?}");
    }
    assert!(Store::open_with(dir.path(), &options()).unwrap_err().to_string().contains("99"));
}

#[test]
fn the_tables_keep_their_columns() {
    let dir = folder();
    drop(enrolled(dir.path()));
    let conn = Connection::open(dir.path().join(DB_FILE)).unwrap();
    let mut rows = conn
        .prepare(
            "SELECT m.name || '(' || group_concat(c.name || ' ' || c.type, ', ') || ')' FROM sqlite_schema m,
               pragma_table_info(m.name) c WHERE m.type = 'table' GROUP BY m.name ORDER BY m.name",
        )
        .unwrap();
    let tables: Vec<String> = rows.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    insta::assert_snapshot!(tables.join("\n"));
}

fn text(dir: &Path, sql: &str) -> String {
    Connection::open(dir.join(DB_FILE)).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn facts_keep_their_bytes() {
    let dir = folder();
    let mut store = stocked(dir.path());
    commit(&mut store, vec![picked("L2", 2)]);
    insta::assert_snapshot!(text(dir.path(), "SELECT bytes FROM outbox"));
    store.move_tail(1, 1, 2).unwrap();
    insta::assert_snapshot!("facts_with_new_numbers", text(dir.path(), "SELECT bytes FROM outbox WHERE epoch = 2"));
}

#[test]
fn what_the_store_says_of_itself_keeps_its_form() {
    let dir = folder();
    let mut store = stocked(dir.path());
    let contact = Contact {
        online: true,
        last_ok: TIME.into(),
        clock: Some(ClockMark { server_ms: 1_763_712_000_000, mono_ms: 5_000, boot_id: BOOT.into() }),
        complete_ms: 1_763_712_000_000,
        retry: RetryState { attempt: 4, due_ms: 9_000, since_ms: 1_000, boot_id: BOOT.into() },
    };
    store.set_contact(contact).unwrap();
    commit(&mut store, vec![claimed()]);
    store.apply_pull(&pull(&store, (1, 1), Vec::new())).unwrap();
    for key in ["identity", "contact", "applied"] {
        let value = text(dir.path(), &format!("SELECT v FROM meta WHERE k = '{key}'"));
        insta::assert_snapshot!(format!("meta_{key}"), value);
    }
}

#[test]
fn the_scan_log_keeps_its_form() {
    let dir = folder();
    let mut store = stocked(dir.path());
    let mut turn = of(&store, Vec::new());
    turn.scan = Some(floorhand::store::ScanRow { raw: b"]C1\x1d10A\\\xff".to_vec(), ..scan("", false) });
    store.commit(&turn).unwrap();
    insta::assert_json_snapshot!(store.scan_log_since(0, 9).unwrap());
}

#[test]
fn every_fact_can_be_stored_and_read_again() {
    let dir = folder();
    let mut store = stocked(dir.path());
    let facts = vec![
        Fact::SignedIn { operator: "o-1".into() },
        Fact::SignInFailed { operator: "o-1".into(), fails: 2 },
        Fact::LockedOut { operator: "o-1".into(), minutes: 15 },
        claimed(),
        assigned("T-01"),
        picked("L1", 1),
        short("L2", 4, 1),
        Fact::ToteClosed { task: "T1".into(), slot: 1, tote: "T-01".into() },
        dropped(&["T-01"]),
        Fact::Undone { epoch: 1, seq: 6 },
        Fact::ScanRefused {
            raw: "\\x00".into(),
            step: "item".into(),
            reason: floorhand_domain::reason::Reason::UnknownCode,
            meanings: vec!["item".into()],
            task: "T1".into(),
        },
        Fact::BarcodeReported { raw: "123".into(), location: "A1".into() },
        Fact::NoteAdded { entry: "scan/1".into(), note: "torn".into() },
        Fact::TaskReleased { task: "T1".into() },
        Fact::SignedOut { operator: "o-1".into() },
    ];
    commit(&mut store, facts.clone());
    let batch = store.outbox_batch(99, 999_999).unwrap().unwrap();
    let read: Vec<Fact> = batch
        .facts
        .into_iter()
        .map(|fact| serde_json::from_value::<floorhand_wire::push::WireFact>(fact).unwrap().decode().unwrap())
        .collect();
    assert_eq!(read, facts);
    store
        .commit(&floorhand::store::Commit {
            login_guard: Some(LoginGuard { operator: "o-1".into(), locked_ms: 900_000, ..LoginGuard::default() }),
            ..floorhand::store::Commit::default()
        })
        .unwrap();
    assert_eq!(store.login_guard(&"o-1".into()).unwrap().unwrap().locked_ms, 900_000);
    store.close().unwrap();
    assert_eq!(check_chain(dir.path()), 15);
}
