//! What is shown is base ⊕ overlay, at every moment once (I10).
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "store/kit.rs"]
mod kit;

use floorhand::store::Store;
use floorhand_domain::fact::Fact;
use floorhand_domain::master::HandlingUnit;
use floorhand_domain::scan::Lookup;
use floorhand_domain::stock::{Status, Stock};
use floorhand_domain::task::{LineState, TaskState};
use floorhand_wire::feed::{OutcomeRow, Row, kind, stock_key};
use floorhand_wire::push::{FactOutcome, Outcome, PushResponse};
use kit::*;

/// The core's rows once it has `picked` units of line 1.
fn rows_with(picked: i64, pos: u64) -> Vec<Row> {
    let mut done = line("L1", 1, "A1", "SKU1", 10);
    done.picked = picked;
    if picked >= 10 {
        done.state = LineState::Done;
    }
    let tote = Stock {
        location: "TRANSIT".into(),
        handling_unit: "T-01".into(),
        status: Status::Allocated,
        ..stock("TRANSIT", "SKU1", "", picked)
    };
    vec![
        row(kind::LINE, "L1", pos, &done),
        stock_row(&stock("A1", "SKU1", "", 100 - picked), pos + 1),
        stock_row(&tote, pos + 2),
    ]
}

fn answer(acked: u64, outcomes: &[(u64, Outcome)]) -> PushResponse {
    PushResponse {
        acked_through: Some(acked),
        outcomes: outcomes
            .iter()
            .map(|(seq, outcome)| FactOutcome {
                seq: *seq,
                outcome: *outcome,
                code: "X".into(),
                reference: String::new(),
                msg_key: String::new(),
            })
            .collect(),
        server_time: TIME.into(),
        ..PushResponse::default()
    }
}

fn all(store: &Store) -> (i64, i64, i64) {
    (picked_shown(store, "L1"), shown(store, "A1", "SKU1"), in_tote(store, "T-01"))
}

#[test]
fn own_facts_show_at_once() {
    let dir = folder();
    let mut store = stocked(dir.path());
    commit(&mut store, vec![claimed(), assigned("T-01"), picked("L1", 3), picked("L1", 4)]);
    assert_eq!(all(&store), (7, 93, 7));
    let task = store.task_shown(&"T1".into()).unwrap().unwrap();
    assert_eq!((task.state, task.holder.as_str(), task.device.as_str()), (TaskState::Claimed, "o-1", "d-1"));
    assert_eq!(task.slots[0].tote.as_str(), "T-01");
    assert_eq!(store.handling_unit(&"T-01".into()).unwrap().unwrap().order.as_str(), "O1");
    let empty: Vec<String> = store.empty_totes(5).unwrap().into_iter().map(|unit| unit.id.0).collect();
    assert_eq!(empty, ["T-02"]);
    commit(&mut store, vec![picked("L1", 3), short("L2", 4, 2)]);
    let lines = store.lines_shown(&"T1".into()).unwrap();
    assert_eq!(
        lines.iter().map(|line| (line.picked, line.state)).collect::<Vec<_>>(),
        [(10, LineState::Done), (0, LineState::Short)]
    );
    assert_eq!(store.progress(&"T1".into()).unwrap().closed, 2);
    assert_eq!(shown(&store, "A2", "SKU2"), 38, "two of them are damaged");
    commit(&mut store, vec![dropped(&["T-01"])]);
    assert_eq!(store.task_shown(&"T1".into()).unwrap().unwrap().state, TaskState::Done);
    let there = store.tote_content(&"T-01".into()).unwrap();
    assert_eq!(there.iter().map(|stock| (stock.location.as_str(), stock.qty)).collect::<Vec<_>>(), [("PACK1", 10)]);
    assert!(store.tasks_shown(&"o-1".into(), "", 10).unwrap().is_empty());
}

#[test]
fn a_drop_off_ends_the_task_only_when_nothing_is_left() {
    let dir = folder();
    let mut store = stocked(dir.path());
    commit(&mut store, vec![claimed(), assigned("T-01"), picked("L1", 10)]);
    commit(&mut store, vec![Fact::ToteClosed { task: "T1".into(), slot: 1, tote: "T-01".into() }, assigned("T-02")]);
    assert_eq!(store.task_shown(&"T1".into()).unwrap().unwrap().slots[0].tote.as_str(), "T-02");
    commit(&mut store, vec![dropped(&["T-02"])]);
    assert_eq!(store.task_shown(&"T1".into()).unwrap().unwrap().state, TaskState::Claimed, "a line is open");
    commit(&mut store, vec![short("L2", 4, 0), dropped(&["T-02"])]);
    assert_eq!(store.task_shown(&"T1".into()).unwrap().unwrap().state, TaskState::Claimed, "T-01 is on the cart");
    commit(&mut store, vec![dropped(&["T-01"])]);
    assert_eq!(store.task_shown(&"T1".into()).unwrap().unwrap().state, TaskState::Done);
}

#[test]
fn an_undone_pick_gives_back_what_it_took() {
    let dir = folder();
    let mut store = stocked(dir.path());
    commit(&mut store, vec![claimed(), assigned("T-01"), picked("L1", 10)]);
    commit(&mut store, vec![Fact::Undone { epoch: 1, seq: 3 }]);
    assert_eq!(all(&store), (0, 100, 0));
    assert_eq!(store.line_shown(&"L1".into()).unwrap().unwrap().state, LineState::Open);
    // The base contains the pick, not yet the undoing.
    store.apply_pull(&pull(&store, (1, 3), rows_with(10, 60))).unwrap();
    assert_eq!(all(&store), (0, 100, 0));
    assert_eq!(store.line_shown(&"L1".into()).unwrap().unwrap().state, LineState::Open);
}

#[test]
fn an_ack_changes_nothing_that_is_shown() {
    let dir = folder();
    let mut store = stocked(dir.path());
    commit(&mut store, vec![claimed(), picked("L1", 3)]);
    store.apply_push(1, 2, &answer(2, &[])).unwrap();
    assert_eq!(store.outbox_counts().unwrap().pending, 0);
    assert_eq!(all(&store), (3, 97, 3), "the overlay goes with the rows, not with the ack");
    store.apply_pull(&pull(&store, (1, 2), rows_with(3, 60))).unwrap();
    assert_eq!(all(&store), (3, 97, 3));
    assert_eq!(overlay_rows(dir.path()), 0);
}

#[test]
fn rows_of_an_incomplete_pull_wait() {
    let dir = folder();
    let mut store = stocked(dir.path());
    commit(&mut store, vec![claimed(), picked("L1", 3)]);
    // The line comes with the first page, the stock with the second.
    let whole = pull(&store, (1, 2), rows_with(3, 60));
    let (first, rest) = whole.streams[2].rows.split_at(1);
    let mut one = whole.clone();
    (one.streams[2].rows, one.streams[2].to, one.streams[2].complete) = (first.to_vec(), 60, false);
    let mut two = whole.clone();
    (two.streams[2].rows, two.streams[2].from) = (rest.to_vec(), 60);
    let changes = store.apply_pull(&one).unwrap();
    assert!(changes.is_empty() && !changes.stale);
    assert_eq!(all(&store), (3, 97, 3));
    assert_eq!(commit(&mut store, vec![picked("L1", 2)]).facts, [(1, 3)]);
    assert_eq!(
        store.outbox_batch(9, 99_999).unwrap().unwrap().facts[2]["base"][WAREHOUSE],
        50,
        "not what is set aside"
    );
    // Again the same page: an answer to an older question is left alone.
    assert!(store.apply_pull(&one).unwrap().stale);
    drop(store);
    let mut store = Store::open_with(dir.path(), &options()).unwrap();
    assert!(store.pull_cursor().unwrap().contains("wh:7=60"), "what was set aside need not come again");
    assert_eq!(all(&store), (5, 95, 5));
    let changes = store.apply_pull(&two).unwrap();
    assert_eq!(changes.kinds, [kind::LINE, kind::STOCK]);
    assert_eq!(all(&store), (5, 95, 5));
}

#[test]
fn pages_go_straight_in_when_no_own_fact_is_on_its_way() {
    let dir = folder();
    let mut store = stocked(dir.path());
    let mut one = pull(&store, (0, 0), rows_with(3, 60));
    one.streams[2].complete = false;
    assert!(!store.apply_pull(&one).unwrap().is_empty());
    assert_eq!(all(&store), (3, 97, 3));
}

#[test]
fn what_is_rejected_leaves_what_is_shown() {
    let dir = folder();
    let mut store = stocked(dir.path());
    commit(&mut store, vec![claimed(), assigned("T-01"), picked("L1", 3), picked("L1", 4), dropped(&["T-01"])]);
    store.apply_push(1, 5, &answer(5, &[(3, Outcome::Rejected)])).unwrap();
    assert_eq!((picked_shown(&store, "L1"), shown(&store, "A1", "SKU1")), (4, 96));
    let there = store.tote_content(&"T-01".into()).unwrap();
    let places: Vec<(&str, i64)> = there.iter().map(|stock| (stock.location.as_str(), stock.qty)).collect();
    assert_eq!(places, [("PACK1", 4)], "what came after it is seen anew");
    assert_eq!(store.outbox_counts().unwrap().rejected, 1);
    commit(&mut store, vec![Fact::NoteAdded { entry: "fact/1/3".into(), note: "seen".into() }]);
    assert_eq!(store.outbox_counts().unwrap().rejected, 0);
}

#[test]
fn what_is_parked_stays_until_the_stream_settles_it() {
    let dir = folder();
    let mut store = stocked(dir.path());
    commit(&mut store, vec![claimed(), picked("L1", 3), picked("L1", 4)]);
    store.apply_push(1, 3, &answer(3, &[(2, Outcome::Parked)])).unwrap();
    assert_eq!(store.outbox_counts().unwrap().parked, 1);
    store.apply_pull(&pull(&store, (1, 3), rows_with(4, 60))).unwrap();
    assert_eq!(all(&store), (7, 93, 7), "the base has 4, the parked fact is on top");
    // A repeated push tells the new outcome before the rows do: it waits for them.
    store.apply_push(1, 3, &answer(3, &[(2, Outcome::Applied)])).unwrap();
    assert_eq!(all(&store), (7, 93, 7));
    settle(&mut store, 2, Outcome::AppliedFlagged, rows_with(7, 70));
    assert_eq!(all(&store), (7, 93, 7));
    assert_eq!((store.outbox_counts().unwrap().parked, overlay_rows(dir.path())), (0, 0));
    // And an answer that is older than the stream does not park it again.
    store.apply_push(1, 3, &answer(3, &[(2, Outcome::Parked)])).unwrap();
    assert_eq!((store.outbox_counts().unwrap().parked, all(&store)), (0, (7, 93, 7)));
}

/// A pull that brings an outcome in the device's stream, and what it did.
fn settle(store: &mut Store, seq: u64, outcome: Outcome, rows: Vec<Row>) {
    let told = OutcomeRow { epoch: 1, seq, outcome, code: "X".into(), reference: "exc/1".into() };
    let row = row(kind::OUTCOME, &format!("1/{seq}"), 61, &told);
    let mut answer = pull(store, (1, 3), rows);
    answer.streams[0] = page(DEVICE, 50, 61, true, vec![row.clone()], &[row]);
    store.apply_pull(&answer).unwrap();
}

#[test]
fn a_parked_fact_that_is_rejected_goes() {
    let dir = folder();
    let mut store = stocked(dir.path());
    commit(&mut store, vec![claimed(), picked("L1", 3), picked("L1", 4)]);
    store.apply_push(1, 3, &answer(3, &[(2, Outcome::Parked)])).unwrap();
    store.apply_pull(&pull(&store, (1, 3), rows_with(4, 60))).unwrap();
    settle(&mut store, 2, Outcome::Rejected, Vec::new());
    // rows_with(4) is the base; nothing on top of it.
    assert_eq!(all(&store), (4, 96, 4));
    assert_eq!(store.outbox_counts().unwrap(), floorhand::store::Counts { pending: 0, parked: 0, rejected: 1 });
}

#[test]
fn news_of_parking_may_come_after_the_rows() {
    let dir = folder();
    let mut store = stocked(dir.path());
    commit(&mut store, vec![claimed(), picked("L1", 3), picked("L1", 4)]);
    // The push was taken, its answer lost; the pull is faster than the second try.
    store.apply_pull(&pull(&store, (1, 3), rows_with(4, 60))).unwrap();
    store.apply_push(1, 3, &answer(3, &[(2, Outcome::Parked)])).unwrap();
    assert_eq!(all(&store), (7, 93, 7));
}

#[test]
fn a_restored_core_shows_what_it_forgot_from_our_side() {
    let dir = folder();
    let mut store = stocked(dir.path());
    commit(&mut store, vec![claimed(), picked("L1", 3), picked("L1", 4)]);
    store.apply_push(1, 3, &answer(3, &[])).unwrap();
    store.apply_pull(&pull(&store, (1, 3), rows_with(7, 60))).unwrap();
    assert_eq!(overlay_rows(dir.path()), 0);
    store.set_server_epoch("E2").unwrap();
    assert_eq!(
        store.outbox_batch(9, 99_999).unwrap().unwrap().first_seq,
        1,
        "what its backup need not hold is sent again"
    );
    assert_eq!(all(&store), (7, 93, 7), "the old rows stay until the new ones are whole");
    for (stream, rows) in [(DEVICE, Vec::new()), (GLOBAL, master()), (WAREHOUSE, world())] {
        assert!(store.apply_bootstrap("", &whole(stream, 40, rows, None)).unwrap().is_empty());
        assert_eq!(all(&store), (7, 93, 7));
    }
    store.apply_pull(&pull(&store, (1, 1), Vec::new())).unwrap();
    assert_eq!(all(&store), (7, 93, 7), "the core forgot 2 and 3; they are on top again");
    assert!(!store.is_restored());
}

#[test]
fn a_resync_replaces_the_base_and_never_the_outbox() {
    let dir = folder();
    let mut store = stocked(dir.path());
    commit(&mut store, vec![claimed(), picked("L1", 3)]);
    let before = store.outbox_batch(9, 99_999).unwrap();
    store.start_resync(WAREHOUSE).unwrap();
    assert_eq!(store.next_bootstrap().unwrap(), Some((WAREHOUSE.into(), String::new())));
    // In two pages, with a restart in between; A2 is gone, and 3 units of ours are in the rows.
    let mut rows: Vec<Row> = world().into_iter().filter(|row| row.1 != "A2").collect();
    for new in rows_with(3, 60) {
        rows.retain(|row| (&row.0, &row.1) != (&new.0, &new.1));
        rows.push(new);
    }
    rows.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    let (one, two) = rows.split_at(4);
    let after = format!("{},{}", one[3].0, one[3].1);
    store.apply_bootstrap("", &whole(WAREHOUSE, 62, one.to_vec(), Some(&after))).unwrap();
    assert_eq!(all(&store), (3, 97, 3));
    drop(store);
    let mut store = Store::open_with(dir.path(), &options()).unwrap();
    assert_eq!(store.next_bootstrap().unwrap(), Some((WAREHOUSE.into(), after.clone())));
    assert!(store.apply_bootstrap("", &whole(WAREHOUSE, 62, one.to_vec(), None)).unwrap().stale);
    store.apply_bootstrap(&after, &whole(WAREHOUSE, 70, two.to_vec(), None)).unwrap();
    assert_eq!(all(&store), (3, 97, 3), "not twice, although the rows are here");
    assert!(store.location(&"A2".into()).unwrap().is_some());
    let mut answer = pull(&store, (1, 2), Vec::new());
    answer.streams[2] = page(WAREHOUSE, 62, 62, true, Vec::new(), &rows);
    let changes = store.apply_pull(&answer).unwrap();
    assert!(changes.ids.contains(&"A2".to_owned()) && !changes.ids.contains(&"o-1".to_owned()), "{changes:?}");
    assert_eq!((all(&store), overlay_rows(dir.path())), ((3, 97, 3), 0));
    assert!(store.location(&"A2".into()).unwrap().is_none());
    assert_eq!(store.next_bootstrap().unwrap(), None);
    assert_eq!(store.outbox_batch(9, 99_999).unwrap(), before);
}

#[test]
fn rows_that_differ_from_the_cores_are_fetched_anew() {
    let dir = folder();
    let mut store = stocked(dir.path());
    for wrong in ["live", "sum"] {
        let mut answer = pull(&store, (0, 0), Vec::new());
        match wrong {
            "live" => answer.streams[2].live += 1,
            _ => answer.streams[2].sum = "0000000000000000".into(),
        }
        store.apply_pull(&answer).unwrap();
        assert_eq!(store.next_bootstrap().unwrap(), Some((WAREHOUSE.into(), String::new())), "{wrong}");
        store.apply_bootstrap("", &whole(WAREHOUSE, 50, world(), None)).unwrap();
        store.apply_pull(&pull(&store, (0, 0), Vec::new())).unwrap();
        assert_eq!(store.next_bootstrap().unwrap(), None);
    }
}

#[test]
fn a_tombstone_takes_its_row_away_whatever_its_key_holds() {
    let dir = folder();
    let mut store = stocked(dir.path());
    let odd = Stock { lot: "A|B".into(), ..stock("A1", "SKU1", "", 5) };
    store.apply_pull(&pull(&store, (0, 0), vec![stock_row(&odd, 60)])).unwrap();
    assert_eq!(shown(&store, "A1", "SKU1"), 105);
    let gone = Row(kind::STOCK.into(), stock_key(&odd), 61, serde_json::Value::Null);
    store.apply_pull(&pull(&store, (0, 0), vec![gone])).unwrap();
    assert_eq!(shown(&store, "A1", "SKU1"), 100);
}

#[test]
fn a_row_of_a_newer_core_is_kept_and_not_shown() {
    let dir = folder();
    let mut store = stocked(dir.path());
    let rows = vec![
        Row(kind::LOCATION.into(), "Z9".into(), 60, serde_json::json!({"id": "Z9", "code": 17})),
        Row("robot".into(), "R2".into(), 61, serde_json::json!({"speed": 3})),
    ];
    let answer = pull(&store, (0, 0), rows);
    store.apply_pull(&answer).unwrap();
    assert!(store.location(&"Z9".into()).unwrap().is_none());
    assert_eq!(store.next_bootstrap().unwrap(), None, "count and checksum hold");
}

#[test]
fn a_look_up_finds_by_index_what_a_scan_can_mean() {
    let dir = folder();
    let mut store = stocked(dir.path());
    commit(&mut store, vec![assigned("T-01"), picked("L1", 3)]);
    let list = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>();
    let known = store
        .look_up(&Lookup {
            barcodes: list(&["14012345678908", "nothing"]),
            locations: list(&["LOC-A1", "A2"]),
            handling_units: list(&["T-01", "T-02", "T-99"]),
            badges: list(&["B-100", "B-200"]),
            tasks: list(&["T1", "T9"]),
            lots: list(&["LOT9"]),
            serials: list(&["none"]),
            here: "A1".into(),
            item: "SKU1".into(),
            ..Lookup::default()
        })
        .unwrap();
    assert_eq!((known.barcodes[0].item.as_str(), known.barcodes[0].qty, known.barcodes.len()), ("SKU1", 6, 1));
    assert_eq!(known.locations.iter().map(|l| l.id.as_str()).collect::<Vec<_>>(), ["A1", "A2"]);
    assert_eq!(known.handling_units.iter().map(|u| u.id.as_str()).collect::<Vec<_>>(), ["T-01", "T-02"]);
    assert_eq!(known.filled.iter().map(|u| u.as_str()).collect::<Vec<_>>(), ["T-01"]);
    assert_eq!(known.operators.iter().map(|o| o.id.as_str()).collect::<Vec<_>>(), ["o-1"]);
    assert_eq!(known.tasks.len(), 1);
    assert_eq!(known.lots, [("SKU2".into(), "LOT9".into())]);
    assert_eq!(known.stock.iter().map(|s| s.qty).collect::<Vec<_>>(), [97]);
    let items: Vec<&str> = known.items.iter().map(|i| i.id.as_str()).collect();
    assert_eq!(items, ["SKU1", "SKU2"]);
}

#[test]
fn no_look_up_reads_a_whole_table() {
    let dir = folder();
    drop(stocked(dir.path()));
    let conn = rusqlite::Connection::open(dir.path().join(floorhand::store::DB_FILE)).unwrap();
    let source =
        ["look_up.rs", "shown.rs", "commit.rs", "overlay.rs", "batch.rs", "review.rs", "outbound.rs", "own.rs"].map(
            |file| {
                std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store").join(file))
                    .unwrap()
            },
        );
    let mut seen = 0;
    for statement in
        source.iter().flat_map(|text| text.split('"').skip(1).step_by(2)).filter(|s| s.starts_with("SELECT "))
    {
        // Of lists, not of a scan: what is offered as work, empty totes, what the overlay must replay.
        let list = [
            "p_task WHERE state",
            "kind = 'tote'",
            "FROM outbox WHERE (epoch",
            "EXISTS(SELECT 1 FROM ov_",
            "FROM ov_handling_unit WHERE sets_location = 1)",
            "{",
        ];
        let replay = statement.contains("epoch, seq) > (");
        if list.iter().any(|part| statement.contains(part)) || replay {
            continue;
        }
        let mut plan = conn.prepare(&format!("EXPLAIN QUERY PLAN {statement}")).unwrap();
        let steps: Vec<String> = plan
            .query_map([], |row| row.get(3))
            .map(|rows| rows.collect::<Result<_, _>>().unwrap())
            .unwrap_or_default();
        seen += 1;
        for step in steps.iter().filter(|step| step.starts_with("SCAN ")) {
            let inner = ["SCAN (subquery", "SCAN CONSTANT", "SCAN (union", "SCAN (SELECT"]
                .iter()
                .any(|own| step.starts_with(own));
            assert!(inner, "{step} in\n{statement}");
        }
    }
    assert!(seen > 15, "only {seen} statements were looked at");
}

#[test]
fn tasks_come_in_the_order_of_work() {
    let dir = folder();
    let mut store = stocked(dir.path());
    let mut rows = Vec::new();
    let mut add = |id: &str, priority, cutoff_ms, holder: &str, device: &str, state| {
        let task = floorhand_domain::task::Task {
            priority,
            cutoff_ms,
            holder: holder.into(),
            device: device.into(),
            state,
            ..task(id)
        };
        rows.push(row(kind::TASK, id, 60 + u64::try_from(rows.len()).unwrap(), &task));
    };
    add("urgent", 9, 0, "", "", TaskState::Open);
    add("late", 5, 1_600, "", "", TaskState::Open);
    add("early", 5, 1_400, "", "", TaskState::Open);
    add("never", 5, 0, "", "", TaskState::Open);
    add("theirs", 9, 0, "o-2", "d-2", TaskState::Claimed);
    add("left", 1, 0, "o-2", "d-1", TaskState::Claimed);
    add("done", 9, 0, "", "", TaskState::Done);
    store.apply_pull(&pull(&store, (0, 0), rows)).unwrap();
    commit(&mut store, vec![claimed()]);
    let ids = |store: &Store, limit| {
        store.tasks_shown(&"o-1".into(), "", limit).unwrap().into_iter().map(|task| task.id.0).collect::<Vec<_>>()
    };
    assert_eq!(ids(&store, 10), ["T1", "urgent", "early", "late", "never", "left"]);
    assert_eq!(ids(&store, 2), ["T1", "urgent"]);
    commit(&mut store, vec![Fact::TaskReleased { task: "T1".into() }]);
    assert_eq!(ids(&store, 10), ["urgent", "early", "late", "never", "left", "T1"]);
}

#[test]
fn a_handling_unit_keeps_what_no_fact_changed() {
    let dir = folder();
    let mut store = stocked(dir.path());
    let unit = HandlingUnit { id: "T-01".into(), location: "A1".into(), ..HandlingUnit::default() };
    store.apply_pull(&pull(&store, (0, 0), vec![row(kind::HANDLING_UNIT, "T-01", 60, &unit)])).unwrap();
    commit(&mut store, vec![assigned("T-01")]);
    let shown = store.handling_unit(&"T-01".into()).unwrap().unwrap();
    assert_eq!((shown.location.as_str(), shown.order.as_str()), ("A1", "O1"));
    commit(&mut store, vec![dropped(&["T-01"])]);
    let shown = store.handling_unit(&"T-01".into()).unwrap().unwrap();
    assert_eq!((shown.location.as_str(), shown.order.as_str()), ("PACK1", "O1"));
}

#[test]
fn lists_read_no_more_than_they_may() {
    use floorhand::store::{SCANS_COUNTED_MAX, TOTES_READ_MAX};
    let dir = folder();
    let mut store = stocked(dir.path());
    // Every tote but the last is filled, and more of them than one look reads.
    let conn = rusqlite::Connection::open(dir.path().join(floorhand::store::DB_FILE)).unwrap();
    let many = i64::try_from(TOTES_READ_MAX).unwrap() + 500;
    conn.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
         INSERT INTO p_handling_unit(id, kind, location, for_order) SELECT printf('A-%06d', i), 'tote', '', '' FROM n",
        [many],
    )
    .unwrap();
    conn.execute(
        "INSERT INTO p_stock(location, item, lot, serial, handling_unit, status, qty, expiry)
         SELECT 'A1', 'SKU1', '', '', id, 'available', 1, '' FROM p_handling_unit WHERE id LIKE 'A-%'",
        [],
    )
    .unwrap();
    assert!(store.empty_totes(5).unwrap().is_empty(), "it gave up in time");
    let scans = i64::try_from(SCANS_COUNTED_MAX).unwrap() + 500;
    conn.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
         INSERT INTO scan_log(at, mono_ms, boot_id, raw, symbology, source, step, accepted, reason, decision, operator,
           signin, task) SELECT '2026-11-21T08:00:00Z', i, '', x'', '', 'serial', '', 1, '', '', '', '', '' FROM n",
        [scans],
    )
    .unwrap();
    drop(conn);
    commit(&mut store, vec![claimed()]);
    let counted = store.scan_counts("2026-11-21T00:00:00Z").unwrap().scans;
    assert_eq!(usize::try_from(counted).unwrap(), SCANS_COUNTED_MAX);
    assert_eq!(store.scan_counts("2026-11-22T00:00:00Z").unwrap().scans, 0);
}
