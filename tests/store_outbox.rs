//! The outbox: what is sent, what an answer may change, and what is never deleted (I1, I5, I12).
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "store/kit.rs"]
mod kit;

use floorhand::store::{ClockMark, Contact, DB_FILE, Rewound, Store, Viewer};
use floorhand_domain::fact::Fact;
use floorhand_wire::push::{FactOutcome, Outcome, PushResponse, WireFact};
use kit::*;

fn acked(through: u64, durable: u64, server_time: &str) -> PushResponse {
    PushResponse {
        acked_through: Some(through),
        durable_through: durable,
        server_time: server_time.into(),
        ..PushResponse::default()
    }
}

fn picks(store: &mut Store, n: u64) {
    for _ in 0..n {
        commit(store, vec![picked("L1", 1)]);
    }
}

fn next(store: &Store) -> Option<(u64, u64, usize)> {
    store.outbox_batch(200, 256 * 1024).unwrap().map(|batch| (batch.epoch, batch.first_seq, batch.facts.len()))
}

#[test]
fn batches_are_in_order_and_within_their_limits() {
    let dir = folder();
    let mut store = stocked(dir.path());
    assert!(!store.has_unacked());
    picks(&mut store, 10);
    assert_eq!(next(&store), Some((1, 1, 10)));
    assert_eq!(store.outbox_batch(3, 256 * 1024).unwrap().unwrap().facts.len(), 3);
    let one = store.outbox_batch(1, 256 * 1024).unwrap().unwrap().facts[0].to_string().len();
    assert_eq!(store.outbox_batch(200, one * 4).unwrap().unwrap().facts.len(), 3);
    assert_eq!(store.outbox_batch(200, 1).unwrap().unwrap().facts.len(), 1, "one always fits");
    store.apply_push(1, 4, &acked(4, 0, TIME)).unwrap();
    assert_eq!(next(&store), Some((1, 5, 6)));
}

#[test]
fn what_is_sent_is_what_was_stored() {
    let dir = folder();
    let mut store = stocked(dir.path());
    picks(&mut store, 2);
    let batch = store.outbox_batch(9, 99_999).unwrap().unwrap();
    for fact in batch.facts {
        let fact: WireFact = serde_json::from_value(fact).unwrap();
        assert_eq!(fact.hash, floorhand_wire::chain::hash(&fact.prev, &fact.canonical().unwrap()));
        assert!(matches!(fact.decode().unwrap(), Fact::Picked { .. }));
    }
}

#[test]
fn only_what_was_sent_can_be_acknowledged() {
    let dir = folder();
    let mut store = stocked(dir.path());
    picks(&mut store, 10);
    // A core that has more under our numbers has them from a copy of this store.
    assert!(store.apply_push(1, 4, &acked(9, 9, TIME)).unwrap().advanced);
    assert_eq!(next(&store), Some((1, 5, 6)));
    assert!(!store.apply_push(1, 10, &acked(2, 0, TIME)).unwrap().advanced, "never backwards");
    assert!(!store.apply_push(9, 10, &acked(10, 0, TIME)).unwrap().advanced, "not of this epoch");
    assert_eq!(next(&store), Some((1, 5, 6)));
    store.apply_push(1, 10, &PushResponse { quarantined_through: Some(10), ..PushResponse::default() }).unwrap();
    assert_eq!(next(&store), Some((1, 5, 6)), "quarantine is no ack");
}

#[test]
fn a_gap_rewinds_as_far_as_facts_are_kept() {
    let dir = folder();
    let mut store = stocked(dir.path());
    picks(&mut store, 10);
    store.apply_push(1, 10, &acked(10, 4, TIME)).unwrap();
    assert_eq!(store.rewind(1, 11).unwrap(), Rewound::Ahead);
    assert_eq!(store.rewind(3, 1).unwrap(), Rewound::Ahead);
    assert_eq!(next(&store), None);
    assert_eq!(store.rewind(1, 6).unwrap(), Rewound::To(6));
    assert_eq!(next(&store), Some((1, 6, 5)));
    store.apply_push(1, 10, &acked(10, 10, TIME)).unwrap();
    forget(dir.path(), 3);
    assert_eq!(store.rewind(1, 2).unwrap(), Rewound::Hole(4));
    assert_eq!(next(&store), None, "and nothing changed");
    drop(store);
    let store = Store::open_with(dir.path(), &options()).unwrap();
    assert_eq!(next(&store), None);
}

/// As if retention had taken the first ones.
fn forget(dir: &std::path::Path, through: i64) {
    let conn = rusqlite::Connection::open(dir.join(DB_FILE)).unwrap();
    conn.execute("DELETE FROM outbox WHERE seq <= ?1", [through]).unwrap();
}

#[test]
fn a_divergent_tail_gets_new_numbers_and_keeps_its_identity() {
    let dir = folder();
    let mut store = stocked(dir.path());
    picks(&mut store, 6);
    store.apply_push(1, 4, &acked(4, 0, TIME)).unwrap();
    let old = bytes(dir.path());
    store.move_tail(1, 3, 2).unwrap();
    assert_eq!((store.head().epoch, store.head().next_seq, store.identity().unwrap().epoch), (2, 5, 2));
    assert_eq!(picked_shown(&store, "L1"), 6, "shown as before");
    assert_eq!(next(&store), Some((2, 1, 4)));
    let batch = store.outbox_batch(9, 99_999).unwrap().unwrap();
    for (n, fact) in (1u64..).zip(batch.facts) {
        let fact: WireFact = serde_json::from_value(fact).unwrap();
        let was = fact.was.clone().unwrap();
        assert_eq!((fact.seq, was.epoch, was.seq, fact.id.clone()), (n, 1, n + 2, id(1_000_000 + n + 2)));
    }
    commit(&mut store, vec![picked("L1", 1)]);
    assert_eq!(store.outbox_counts().unwrap().pending, 5);
    assert_eq!(bytes(dir.path())[..6], old[..], "the old bytes are as they were");
    drop(store);
    let mut store = Store::open_with(dir.path(), &options()).unwrap();
    assert_eq!((next(&store), picked_shown(&store, "L1")), (Some((2, 1, 5)), 7));
    // And a second time, with facts of the newer epoch behind it.
    store.move_tail(2, 2, 3).unwrap();
    assert_eq!(next(&store), Some((2, 1, 1)));
    store.apply_push(2, 1, &acked(1, 0, TIME)).unwrap();
    assert_eq!((next(&store), picked_shown(&store, "L1")), (Some((3, 1, 4)), 7));
    assert!(store.move_tail(3, 1, 3).is_err(), "an epoch is never used twice");
    assert_eq!(next(&store), Some((3, 1, 4)));
    store.close().unwrap();
    check_chain(dir.path());
}

#[test]
fn what_was_undone_stays_undone_under_new_numbers() {
    let dir = folder();
    let mut store = stocked(dir.path());
    picks(&mut store, 3);
    commit(&mut store, vec![Fact::Undone { epoch: 1, seq: 3 }]);
    let before = picked_shown(&store, "L1");
    let last = |store: &Store| store.last_picked(&"T1".into()).unwrap().map(|(epoch, seq, _)| (epoch, seq));
    assert_eq!(last(&store), Some((1, 2)));
    store.move_tail(1, 2, 2).unwrap();
    assert_eq!((last(&store), picked_shown(&store, "L1")), (Some((2, 1)), before));
    store.move_tail(2, 1, 3).unwrap();
    assert_eq!((last(&store), picked_shown(&store, "L1")), (Some((3, 1)), before));
}

fn bytes(dir: &std::path::Path) -> Vec<String> {
    let conn = rusqlite::Connection::open(dir.join(DB_FILE)).unwrap();
    let mut rows = conn.prepare("SELECT bytes FROM outbox ORDER BY epoch, seq").unwrap();
    rows.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_tail_of_an_older_epoch_moves_behind_the_newest() {
    let dir = folder();
    let mut store = stocked(dir.path());
    picks(&mut store, 4);
    let mut again = identity();
    again.epoch = 2;
    store.save_enrolment(&again).unwrap();
    picks(&mut store, 2);
    assert_eq!(next(&store), Some((1, 1, 4)), "older epochs first, under their own numbers");
    store.move_tail(1, 3, 5).unwrap();
    picks(&mut store, 1);
    let mut order = Vec::new();
    while let Some((epoch, first, n)) = next(&store) {
        order.push((epoch, first, n));
        let last = first + u64::try_from(n).unwrap() - 1;
        store.apply_push(epoch, last, &acked(last, 0, TIME)).unwrap();
    }
    assert_eq!(order, [(1, 1, 2), (2, 1, 2), (5, 1, 3)]);
    assert_eq!(picked_shown(&store, "L1"), 7);
}

#[test]
fn enrolling_again_keeps_the_outbox() {
    let dir = folder();
    let mut store = stocked(dir.path());
    picks(&mut store, 3);
    let head = store.head().clone();
    let mut again = identity();
    again.server_epoch = "E2".into();
    again.core_url = "http://elsewhere:1".into();
    store.save_enrolment(&again).unwrap();
    assert_eq!((*store.head() == head, next(&store)), (true, Some((1, 1, 3))));
    assert!(store.next_bootstrap().unwrap().is_some(), "rows of another core are fetched anew");
    again.epoch = 0;
    assert!(store.save_enrolment(&again).is_err(), "no epoch before the first");
    // Another warehouse: its streams come, the old ones go.
    again = identity();
    again.streams = vec![GLOBAL.into(), "wh:8".into(), "dev:d-1".into()];
    store.save_enrolment(&again).unwrap();
    assert!(store.location(&"A1".into()).unwrap().is_none());
    assert_eq!(next(&store), Some((1, 1, 3)));
}

#[test]
fn facts_go_only_when_they_are_durable_and_old() {
    let dir = folder();
    let mut store = stocked(dir.path());
    picks(&mut store, 9);
    let outcome =
        |seq, outcome| FactOutcome { seq, outcome, code: "X".into(), reference: String::new(), msg_key: String::new() };
    let mut answer = acked(6, 4, "2026-11-01T08:00:00Z");
    answer.outcomes = vec![outcome(2, Outcome::Parked), outcome(3, Outcome::Rejected)];
    store.apply_push(1, 9, &answer).unwrap();
    let at = |store: &mut Store, time: &str| {
        let server_ms = u64::try_from(time.parse::<jiff::Timestamp>().unwrap().as_millisecond()).unwrap();
        let clock = ClockMark { server_ms, mono_ms: 1, boot_id: BOOT.into() };
        store.set_contact(Contact { clock: Some(clock), ..store.contact().clone() }).unwrap();
        while store.idle().unwrap().more {}
    };
    at(&mut store, "2026-11-14T08:00:00Z");
    assert_eq!(bytes(dir.path()).len(), 9, "not old enough");
    at(&mut store, "2026-11-16T08:00:00Z");
    let left: Vec<u64> =
        bytes(dir.path()).iter().map(|text| serde_json::from_str::<WireFact>(text).unwrap().seq).collect();
    assert_eq!(left, [2, 3, 5, 6, 7, 8, 9], "parked, unseen, not durable, not acknowledged: all stay");
    store.apply_push(1, 9, &acked(9, 9, "2026-11-16T08:00:00Z")).unwrap();
    at(&mut store, "2027-11-16T08:00:00Z");
    let left: Vec<u64> =
        bytes(dir.path()).iter().map(|text| serde_json::from_str::<WireFact>(text).unwrap().seq).collect();
    assert_eq!(left, [2, 3, 9], "the newest stays: the chain builds on it");
    drop(store);
    let mut store = Store::open_with(dir.path(), &options()).unwrap();
    assert_eq!(commit(&mut store, vec![claimed()]).facts, [(1, 10)]);
}

#[test]
fn no_statement_deletes_an_unacknowledged_fact() {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let mut found = Vec::new();
    for path in sources(&dir) {
        let text = std::fs::read_to_string(&path).unwrap();
        for (n, line) in (1..).zip(text.lines()) {
            let line = line.to_uppercase();
            if ["DELETE FROM OUTBOX", "DROP TABLE", "REPLACE INTO OUTBOX"].iter().any(|words| line.contains(words))
                || line.contains("UPDATE OUTBOX SET BYTES")
            {
                found.push(format!("{}:{n}", path.file_name().unwrap().to_string_lossy()));
            }
        }
    }
    assert_eq!(found.len(), 1, "one place deletes facts, and it is the retention: {found:?}");
    assert!(found[0].starts_with("upkeep.rs"), "{found:?}");
}

#[test]
fn counts_and_lists_say_what_needs_attention() {
    let dir = folder();
    let mut store = stocked(dir.path());
    commit(&mut store, vec![claimed(), picked("L1", 3), picked("L1", 4), short("L2", 4, 1)]);
    for (n, accepted) in [(1, true), (2, false), (3, false)] {
        let turn = floorhand::store::Commit { scan: Some(scan(&format!("S{n}"), accepted)), ..of(&store, Vec::new()) };
        store.commit(&turn).unwrap();
    }
    let mut answer = acked(3, 0, TIME);
    let outcome = |seq, outcome, code: &str| FactOutcome {
        seq,
        outcome,
        code: code.into(),
        reference: "exc/1".into(),
        msg_key: String::new(),
    };
    answer.outcomes = vec![outcome(2, Outcome::Rejected, "UNKNOWN_REFERENCE"), outcome(3, Outcome::Parked, "BEHIND")];
    store.apply_push(1, 4, &answer).unwrap();
    let viewer = |signin: &str| Viewer { signin: signin.into(), ..Viewer::default() };
    let counts = store.attention_counts(&viewer("s-1")).unwrap();
    assert_eq!((counts.refused, counts.parked, counts.waiting), (3, 1, 1));
    assert_eq!(store.attention_counts(&viewer("s-2")).unwrap().refused, 1, "scans of this session only");
    use floorhand::view::AttentionTab::{Parked, Refused, Waiting};
    let list = |tab, page, per_page| {
        let rows = store.attention(tab, &viewer("s-1"), page, per_page).unwrap();
        rows.into_iter().map(|row| format!("{} {} {} {}", row.entry, row.mark, row.reason, row.qty)).collect::<Vec<_>>()
    };
    assert_eq!(
        list(Refused, 0, 9),
        ["fact/1/2 rejected UNKNOWN_REFERENCE 3", "scan/3 refused WRONG_ITEM 0", "scan/2 refused WRONG_ITEM 0"]
    );
    assert_eq!(list(Refused, 1, 2), ["scan/2 refused WRONG_ITEM 0"]);
    assert_eq!(list(Parked, 0, 9), ["fact/1/3 parked BEHIND 4"]);
    assert_eq!(list(Waiting, 0, 9), ["fact/1/4 waiting PickedShort 4"]);
}
