//! Commits: what is written, what is refused, and that a failure leaves nothing behind.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::string_slice, clippy::unwrap_used)]

#[path = "store/kit.rs"]
mod kit;

use floorhand::store::{Commit, DB_FILE, LoginGuard, Options, Pref, Store, StoreError};
use floorhand_domain::fact::Fact;
use kit::*;
use std::os::unix::fs::PermissionsExt as _;

#[test]
fn files_are_for_their_owner_only() {
    let dir = folder();
    let at = dir.path().join("device");
    let mut store = enrolled(&at);
    store.save_device_key(&floorhand::store::DeviceKey::from_seed([7; 32])).unwrap();
    commit(&mut store, vec![claimed()]);
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&at), 0o700);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&at).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        names.push(path.file_name().unwrap().to_string_lossy().into_owned());
    }
    assert!(names.contains(&format!("{DB_FILE}-wal")) && names.contains(&"device.key".to_owned()), "{names:?}");
}

#[test]
fn settings_of_the_connection_are_those_of_the_protocol() {
    let dir = folder();
    drop(enrolled(dir.path()));
    let conn = rusqlite::Connection::open(dir.path().join(DB_FILE)).unwrap();
    let mode: String = conn.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    let loose: Vec<String> = conn
        .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert!(loose.is_empty(), "not STRICT: {loose:?}");
    let nullable: Vec<String> = conn
        .prepare(
            "SELECT m.name || '.' || c.name FROM sqlite_schema m, pragma_table_info(m.name) c
             WHERE m.type = 'table' AND c.\"notnull\" = 0 AND m.name NOT LIKE 'sqlite_%'",
        )
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert!(nullable.is_empty(), "may be NULL: {nullable:?}");
}

#[test]
fn a_commit_waits_for_the_disk() {
    // No other connection can see this setting, so the text is looked at.
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let mut settings = Vec::new();
    for path in sources(&dir) {
        let text = std::fs::read_to_string(path).unwrap().to_lowercase();
        settings.extend(
            text.match_indices("pragma synchronous").map(|(at, _)| text[at..].chars().take(23).collect::<String>()),
        );
    }
    assert_eq!(settings, ["pragma synchronous=full"]);
}

#[test]
fn a_turn_is_one_transaction_and_survives_a_restart() {
    let dir = folder();
    let mut store = stocked(dir.path());
    let mut turn = of(&store, vec![claimed(), assigned("T-01"), picked("L1", 3)]);
    turn.scan = Some(scan("4012345678901", true));
    turn.app_state = Some(r#"{"step":"tote"}"#.into());
    turn.login_guard =
        Some(LoginGuard { operator: "o-1".into(), fails: 2, boot_id: BOOT.into(), ..LoginGuard::default() });
    turn.pref = Some(Pref { operator: "o-1".into(), body: r#"{"theme":"light"}"#.into() });
    let done = store.commit(&turn).unwrap();
    assert_eq!(done.facts, [(1, 1), (1, 2), (1, 3)]);
    let head = store.head().clone();
    // No orderly stop: the process just goes.
    drop(store);
    let store = Store::open_with(dir.path(), &options()).unwrap();
    assert_eq!(*store.head(), head);
    assert_eq!(store.app_state().unwrap().as_deref(), Some(r#"{"step":"tote"}"#));
    assert_eq!(store.login_guard(&"o-1".into()).unwrap().unwrap().fails, 2);
    assert_eq!(store.pref(&"o-1".into()).unwrap().as_deref(), Some(r#"{"theme":"light"}"#));
    let log = store.scan_log_since(0, 10).unwrap();
    assert_eq!((log.len(), log[0].raw.as_str(), log[0].operator.as_str()), (1, "4012345678901", "o-1"));
    assert_eq!(picked_shown(&store, "L1"), 3);
    assert_eq!(store.outbox_counts().unwrap().pending, 3);
    store.close().unwrap();
    assert_eq!(check_chain(dir.path()), 3);
}

#[test]
fn facts_name_where_the_base_stood() {
    let dir = folder();
    let mut store = stocked(dir.path());
    commit(&mut store, vec![claimed()]);
    let batch = store.outbox_batch(10, 100_000).unwrap().unwrap();
    assert_eq!(batch.facts[0]["base"], serde_json::json!({DEVICE: 50, GLOBAL: 50, WAREHOUSE: 50}));
    assert_eq!((batch.epoch, batch.first_seq, batch.last_seq()), (1, 1, 1));
}

#[test]
fn a_scan_without_a_fact_touches_two_tables() {
    let dir = folder();
    let mut store = stocked(dir.path());
    let turn = |state: &str| Commit {
        stamp: stamp(),
        scan: Some(scan("X", false)),
        app_state: Some(state.into()),
        ..Commit::default()
    };
    store.commit(&turn("1")).unwrap();
    let before = counts(dir.path());
    store.commit(&turn("2")).unwrap();
    let after = counts(dir.path());
    let changed: Vec<&str> = before.iter().zip(&after).filter(|(a, b)| a.1 != b.1).map(|(a, _)| a.0.as_str()).collect();
    assert_eq!(changed, ["scan_log"], "one row more, and app_state in place");
    assert_eq!(store.app_state().unwrap().as_deref(), Some("2"));
}

fn counts(dir: &std::path::Path) -> Vec<(String, i64)> {
    let conn = rusqlite::Connection::open(dir.join(DB_FILE)).unwrap();
    let mut rows = conn.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").unwrap();
    let names: Vec<String> = rows.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    names
        .into_iter()
        .map(|name| {
            let n = conn.query_row(&format!("SELECT COUNT(*) FROM {name}"), [], |row| row.get(0)).unwrap();
            (name, n)
        })
        .collect()
}

#[test]
fn what_cannot_be_stored_changes_nothing() {
    let dir = folder();
    let mut bare = Store::open_with(&dir.path().join("bare"), &options()).unwrap();
    assert!(matches!(bare.commit(&of(&bare, vec![claimed()])), Err(StoreError::NotEnrolled)));
    let mut store = stocked(&dir.path().join("device"));
    let head = store.head().clone();
    let mut unnamed = of(&store, vec![claimed()]);
    unnamed.fact_ids.clear();
    assert!(matches!(store.commit(&unnamed), Err(StoreError::Bad(_))));
    let note = Fact::NoteAdded { entry: "fact/1/1".into(), note: "n".repeat(70_000) };
    let mut huge = of(&store, vec![claimed(), note]);
    huge.app_state = Some("after".into());
    assert!(matches!(store.commit(&huge), Err(StoreError::TooLarge { .. })));
    assert_eq!(*store.head(), head);
    assert_eq!((store.app_state().unwrap(), store.outbox_counts().unwrap().pending), (None, 0));
    assert_eq!(store.task_shown(&"T1".into()).unwrap().unwrap().holder.as_str(), "");
    assert_eq!(commit(&mut store, vec![claimed()]).facts, [(1, 1)]);
}

#[test]
fn a_full_disk_is_said_and_changes_nothing() {
    let dir = folder();
    let pages = {
        drop(stocked(dir.path()));
        let conn = rusqlite::Connection::open(dir.path().join(DB_FILE)).unwrap();
        conn.query_row("PRAGMA page_count", [], |row| row.get::<_, u32>(0)).unwrap()
    };
    let tight = Options { max_pages: pages + 6, reserve_bytes: 8_192, ..options() };
    let mut store = Store::open_with(dir.path(), &tight).unwrap();
    assert!(dir.path().join("reserve").is_file());
    let mut saved = 0;
    let error = loop {
        let mut turn = of(&store, vec![picked("L1", 1)]);
        turn.scan = Some(scan(&"4".repeat(400), true));
        turn.app_state = Some(format!("{}", saved + 1));
        match store.commit(&turn) {
            Ok(_) => saved += 1,
            Err(error) => break error,
        }
        assert!(saved < 1_000, "the limit of pages does not hold");
    };
    assert!(error.is_full(), "{error:?}");
    assert!(!dir.path().join("reserve").exists(), "the reserve is given back");
    assert!(saved > 0);
    let state = |store: &Store| {
        (
            store.head().next_seq,
            store.app_state().unwrap().unwrap(),
            picked_shown(store, "L1"),
            store.outbox_counts().unwrap().pending,
            store.scan_log_since(0, 10_000).unwrap().len(),
        )
    };
    let n = u32::try_from(saved).unwrap();
    let expected = (u64::from(n) + 1, n.to_string(), i64::from(n), n, usize::try_from(n).unwrap());
    assert_eq!(state(&store), expected);
    // And so after a restart, with room again: the work goes on where it stood.
    drop(store);
    let mut store = Store::open_with(dir.path(), &options()).unwrap();
    assert_eq!(state(&store), expected);
    commit(&mut store, vec![picked("L1", 1)]);
    store.close().unwrap();
    assert_eq!(check_chain(dir.path()), u64::from(n) + 1);
}

#[test]
fn one_process_writes_and_others_look_on() {
    let dir = folder();
    let mut store = stocked(dir.path());
    assert!(matches!(Store::open_with(dir.path(), &options()), Err(StoreError::Locked(_))));
    commit(&mut store, vec![claimed()]);
    let mut beside = Store::open_read_only(dir.path()).unwrap();
    assert_eq!((beside.head().next_seq, beside.outbox_counts().unwrap().pending), (2, 1));
    assert!(matches!(beside.commit(&of(&beside, vec![claimed()])), Err(StoreError::ReadOnly)));
    assert!(matches!(beside.idle(), Err(StoreError::ReadOnly)));
    assert!(matches!(Store::open_read_only(&dir.path().join("none")), Err(StoreError::NotThere(_))));
    // What is written later is seen too, and the reader does not hold the writer up.
    let mut turn = Commit { stamp: stamp(), scan: Some(scan("X", true)), ..Commit::default() };
    turn.app_state = Some("now".into());
    store.commit(&turn).unwrap();
    assert_eq!(beside.scan_log_since(0, 10).unwrap().len(), 1);
    assert_eq!(beside.app_state().unwrap().as_deref(), Some("now"));
}

#[test]
fn a_damaged_file_is_said_to_be_damaged() {
    let dir = folder();
    std::fs::create_dir_all(dir.path()).unwrap();
    std::fs::write(dir.path().join(DB_FILE), b"this is no database, and never was one\n".repeat(200)).unwrap();
    let error = Store::open_with(dir.path(), &options()).unwrap_err();
    assert!(error.is_corrupt(), "{error:?}");
    assert!(Store::open_read_only(dir.path()).unwrap_err().is_corrupt());
}

#[test]
fn damage_is_found_after_an_unclean_stop() {
    let dir = folder();
    let mut store = stocked(dir.path());
    for _ in 0..200 {
        commit(&mut store, vec![picked("L1", 1)]);
    }
    store.close().unwrap();
    let path = dir.path().join(DB_FILE);
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    for page in (middle / 4096..middle / 4096 + 20).map(|n| n * 4096) {
        if let Some(bytes) = bytes.get_mut(page..page + 64) {
            bytes.fill(0xA5);
        }
    }
    std::fs::write(&path, bytes).unwrap();
    std::fs::write(dir.path().join("lock"), b"running\n").unwrap();
    assert!(Store::open_with(dir.path(), &options()).unwrap_err().is_corrupt());
}

#[test]
fn a_lock_lasts_on_from_the_boot() {
    let guard =
        LoginGuard { operator: "o-1".into(), fails: 5, boot_id: BOOT.into(), since_ms: 10_000, locked_ms: 900_000 };
    let cases = [
        (BOOT, 10_000, 900_000),
        (BOOT, 910_000, 0),
        ("boot-2", 0, 900_000),
        ("boot-2", 899_000, 1_000),
        ("boot-2", 2_000_000, 0),
    ];
    for (boot, now, left) in cases {
        assert_eq!(guard.left_ms(now, boot), left, "{boot} at {now}");
    }
}

#[test]
fn a_lock_that_runs_is_kept_with_what_is_left() {
    let dir = folder();
    let mut store = stocked(dir.path());
    let guard = |since_ms, boot: &str, locked_ms| LoginGuard {
        operator: "o-1".into(),
        fails: 5,
        boot_id: boot.into(),
        since_ms,
        locked_ms,
    };
    let login_guard = Some(guard(10_000, BOOT, 900_000));
    store.commit(&Commit { stamp: stamp(), login_guard, ..Commit::default() }).unwrap();
    // Now, where, and what is then on the disk.
    let cases = [
        (310_000, BOOT, guard(310_000, BOOT, 600_000)),
        (20_000, "boot-2", guard(20_000, "boot-2", 580_000)),
        (5_000, "boot-3", guard(5_000, "boot-3", 575_000)),
        (900_000, "boot-3", guard(900_000, "boot-3", 0)),
        // What is over stays over, whatever boots.
        (1_000, "boot-4", guard(900_000, "boot-3", 0)),
    ];
    for (now, boot, expected) in cases {
        store.keep_locks(now, boot).unwrap();
        assert_eq!(store.login_guard(&"o-1".into()).unwrap(), Some(expected), "{boot} at {now}");
    }
}

#[test]
fn the_scan_log_is_pruned_when_it_is_quiet_and_never_in_a_scan() {
    let dir = folder();
    drop(stocked(dir.path()));
    let mut store = Store::open_with(dir.path(), &Options { scan_log_rows_max: 50, ..options() }).unwrap();
    for n in 0..700 {
        let scan = Some(scan(&n.to_string(), n % 3 != 0));
        store.commit(&Commit { stamp: stamp(), signin: "s-1".into(), scan, ..Commit::default() }).unwrap();
    }
    assert_eq!(store.scan_log_since(0, 10_000).unwrap().len(), 700);
    let mut rounds = 0;
    while store.idle().unwrap().more {
        rounds += 1;
    }
    assert!(rounds >= 2, "a little at a time");
    let left = store.scan_log_since(0, 10_000).unwrap();
    assert_eq!((left.len(), left[0].raw.as_str(), left[49].raw.as_str()), (50, "650", "699"));
    assert_eq!(
        store.scan_log_page(true, None, 3).unwrap().iter().map(|s| s.raw.as_str()).collect::<Vec<_>>(),
        ["699", "696", "693"]
    );
    assert_eq!(store.scan_counts("2026-11-21T00:00:00Z").unwrap().scans, 50);
    assert_eq!(store.scan_counts("2026-11-22T00:00:00Z").unwrap().scans, 0);
}
