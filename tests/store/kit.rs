//! A small warehouse in a store of its own, for the tests of store and sync.
#![allow(dead_code)]

use floorhand::store::{Commit, Committed, DB_FILE, Identity, Options, ScanRow, Stamp, Store};
use floorhand_domain::fact::{Fact, ShortReason, Units};
use floorhand_domain::master::{Barcode, HandlingUnit, Item, Location, LocationKind, Operator, Role};
use floorhand_domain::scan::Source;
use floorhand_domain::stock::{Status, Stock};
use floorhand_domain::task::{Line, Slot, Task};
use floorhand_wire::chain;
use floorhand_wire::feed::{Applied, BootstrapResponse, PullResponse, Row, StreamPage, kind, row_sum, stock_key};
use floorhand_wire::push::WireFact;
use serde::Serialize;
use std::path::Path;
use tempfile::TempDir;

pub const BOOT: &str = "boot-1";
pub const WAREHOUSE: &str = "wh:7";
pub const DEVICE: &str = "dev:d-1";
pub const GLOBAL: &str = "global";
pub const TIME: &str = "2026-11-21T08:00:00Z";

/// A folder in memory where there is one: the tests are about what is written, not how fast.
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory).unwrap() } else { TempDir::new().unwrap() }
}

pub fn options() -> Options {
    Options { reserve_bytes: 0, ..Options::default() }
}

pub fn identity() -> Identity {
    Identity {
        device: "d-1".into(),
        station: "H-07".into(),
        profile: "handheld".into(),
        warehouse: 7,
        epoch: 1,
        core_url: "http://127.0.0.1:1".into(),
        server_epoch: "E1".into(),
        streams: vec![GLOBAL.into(), WAREHOUSE.into(), DEVICE.into()],
    }
}

/// A store that is enrolled and knows nothing yet.
pub fn enrolled(dir: &Path) -> Store {
    let mut store = Store::open_with(dir, &options()).unwrap();
    store.save_enrolment(&identity()).unwrap();
    store
}

/// A store with the world of [`world`], complete.
pub fn stocked(dir: &Path) -> Store {
    let mut store = enrolled(dir);
    for (stream, rows) in [(DEVICE, Vec::new()), (GLOBAL, master()), (WAREHOUSE, world())] {
        store.apply_bootstrap("", &whole(stream, 50, rows, None)).unwrap();
    }
    let changes = store.apply_pull(&pull(&store, (0, 0), Vec::new())).unwrap();
    assert!(changes.is_empty() && !changes.stale);
    assert_eq!(store.next_bootstrap().unwrap(), None);
    store
}

pub fn row<T: Serialize>(kind: &str, id: &str, pos: u64, body: &T) -> Row {
    Row(kind.into(), id.into(), pos, serde_json::to_value(body).unwrap())
}

pub fn master() -> Vec<Row> {
    let item =
        |id: &str| row(kind::ITEM, id, 10, &Item { id: id.into(), name: format!("Item {id}"), ..Item::default() });
    let code = |code: &str, of: &str, qty: i64| {
        row(kind::BARCODE, code, 11, &Barcode { code: code.into(), item: of.into(), qty, ..Barcode::default() })
    };
    vec![
        code("04012345678901", "SKU1", 1),
        code("14012345678908", "SKU1", 6),
        code("X2", "SKU2", 1),
        item("SKU1"),
        item("SKU2"),
    ]
}

pub fn location(id: &str, kind: LocationKind) -> Location {
    Location { id: id.into(), code: format!("LOC-{id}"), kind, ..Location::default() }
}

pub fn stock(location: &str, item: &str, lot: &str, qty: i64) -> Stock {
    Stock { location: location.into(), item: item.into(), lot: lot.into(), qty, ..Stock::default() }
}

pub fn stock_row(stock: &Stock, pos: u64) -> Row {
    row(kind::STOCK, &stock_key(stock), pos, stock)
}

pub fn line(id: &str, seq: i64, location: &str, item: &str, qty: i64) -> Line {
    Line {
        id: id.into(),
        task: "T1".into(),
        seq,
        order: "O1".into(),
        order_line: format!("OL-{id}").into(),
        slot: 1,
        location: location.into(),
        item: item.into(),
        qty,
        ..Line::default()
    }
}

pub fn task(id: &str) -> Task {
    Task {
        id: id.into(),
        lines: 2,
        slots: vec![Slot { slot: 1, order: "O1".into(), ..Slot::default() }],
        drop_off: "PACK1".into(),
        ..Task::default()
    }
}

pub fn operator() -> Operator {
    Operator {
        id: "o-1".into(),
        name: "Mara K.".into(),
        badge_hash: floorhand_wire::badge_hash(7, "B-100"),
        pin_phc: "$argon2id$none".into(),
        roles: vec![Role::Pick],
        valid_to_ms: 0,
        language: String::new(),
    }
}

pub fn world() -> Vec<Row> {
    let tote = |id: &str| row(kind::HANDLING_UNIT, id, 20, &HandlingUnit { id: id.into(), ..HandlingUnit::default() });
    let mut rows = vec![
        tote("T-01"),
        tote("T-02"),
        row(kind::LINE, "L1", 21, &line("L1", 1, "A1", "SKU1", 10)),
        row(kind::LINE, "L2", 22, &line("L2", 2, "A2", "SKU2", 4)),
        row(kind::LOCATION, "A1", 23, &location("A1", LocationKind::Bin)),
        row(kind::LOCATION, "A2", 23, &location("A2", LocationKind::Bin)),
        row(kind::LOCATION, "PACK1", 23, &location("PACK1", LocationKind::Pack)),
        row(kind::OPERATOR, "o-1", 24, &operator()),
        row(kind::TASK, "T1", 25, &task("T1")),
    ];
    let mut lot = stock("A2", "SKU2", "LOT9", 40);
    lot.expiry = Some("2027-01-31".into());
    rows.extend([stock_row(&stock("A1", "SKU1", "", 100), 26), stock_row(&lot, 27)]);
    rows.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    rows
}

pub fn whole(stream: &str, pos: u64, rows: Vec<Row>, after: Option<&str>) -> BootstrapResponse {
    BootstrapResponse {
        server_epoch: "E1".into(),
        server_time: TIME.into(),
        schema: 1,
        stream: stream.into(),
        pos,
        rows,
        after: after.map(Into::into),
    }
}

/// A page of a stream. `all` = the rows alive after it, for count and checksum.
pub fn page(s: &str, from: u64, to: u64, complete: bool, rows: Vec<Row>, all: &[Row]) -> StreamPage {
    let sum = all.iter().fold(0u64, |sum, Row(kind, id, pos, _)| sum.wrapping_add(row_sum(kind, id, *pos)));
    let live = u64::try_from(all.len()).unwrap();
    StreamPage { s: s.into(), from, to, complete, rows, live, sum: format!("{sum:016x}") }
}

/// A complete pull that brings `rows` of the warehouse on top of [`world`].
pub fn pull(store: &Store, applied: (u64, u64), rows: Vec<Row>) -> PullResponse {
    let at = floorhand_wire::feed::cursor::decode(&store.pull_cursor().unwrap()).unwrap();
    let mut all = world();
    for row in &rows {
        all.retain(|old| (&old.0, &old.1) != (&row.0, &row.1));
        if !row.3.is_null() {
            all.push(row.clone());
        }
    }
    let to = rows.iter().map(|row| row.2).max().unwrap_or(0).max(at[WAREHOUSE]);
    PullResponse {
        server_epoch: "E1".into(),
        server_time: TIME.into(),
        schema: 1,
        applied: Applied { epoch: applied.0, through: applied.1 },
        streams: vec![
            page(DEVICE, at[DEVICE], at[DEVICE], true, Vec::new(), &[]),
            page(GLOBAL, at[GLOBAL], at[GLOBAL], true, Vec::new(), &master()),
            page(WAREHOUSE, at[WAREHOUSE], to, true, rows, &all),
        ],
        cursor: String::new(),
    }
}

/// A version 7 UUID with this number.
pub fn id(n: u64) -> String {
    format!("019376a0-0000-7000-8000-{n:012x}")
}

pub fn stamp() -> Stamp {
    Stamp { mono_ms: 5_000, boot_id: BOOT.into(), wall: TIME.into() }
}

pub fn of(store: &Store, facts: Vec<Fact>) -> Commit {
    let next = store.head().next_seq;
    Commit {
        stamp: stamp(),
        operator: "o-1".into(),
        signin: "s-1".into(),
        fact_ids: facts.iter().zip(next..).map(|(_, n)| id(store.head().epoch * 1_000_000 + n)).collect(),
        facts,
        ..Commit::default()
    }
}

pub fn commit(store: &mut Store, facts: Vec<Fact>) -> Committed {
    let commit = of(store, facts);
    store.commit(&commit).unwrap()
}

pub fn scan(raw: &str, accepted: bool) -> ScanRow {
    ScanRow {
        raw: raw.into(),
        symbology: "ean-13".into(),
        source: Source::Serial,
        step: "item".into(),
        accepted,
        reason: if accepted { String::new() } else { "WRONG_ITEM".into() },
        decision: r#"{"kind":"item"}"#.into(),
        task: "T1".into(),
    }
}

pub fn picked(line: &str, qty: i64) -> Fact {
    let (location, item, lot) = if line == "L1" { ("A1", "SKU1", "") } else { ("A2", "SKU2", "LOT9") };
    Fact::Picked {
        task: "T1".into(),
        line: line.into(),
        location: location.into(),
        item: item.into(),
        tote: "T-01".into(),
        units: vec![Units { qty, lot: lot.into(), ..Units::default() }],
        typed: false,
    }
}

pub fn short(line: &str, qty: i64, damaged: i64) -> Fact {
    Fact::PickedShort {
        task: "T1".into(),
        line: line.into(),
        location: "A2".into(),
        item: "SKU2".into(),
        qty,
        reason: ShortReason::Damaged,
        damaged,
        lot: "LOT9".into(),
        handling_unit: "".into(),
    }
}

pub fn claimed() -> Fact {
    Fact::TaskClaimed { task: "T1".into() }
}

pub fn assigned(tote: &str) -> Fact {
    Fact::ToteAssigned { task: "T1".into(), slot: 1, order: "O1".into(), tote: tote.into() }
}

pub fn dropped(totes: &[&str]) -> Fact {
    let totes = totes.iter().map(|tote| (*tote).into()).collect();
    Fact::DroppedOff { task: "T1".into(), location: "PACK1".into(), totes }
}

/// Units of an item shown at a place in a status.
pub fn shown(store: &Store, location: &str, item: &str) -> i64 {
    store.stock_shown(&location.into(), &item.into()).unwrap().iter().map(|stock| stock.qty).sum()
}

pub fn in_tote(store: &Store, tote: &str) -> i64 {
    store.tote_content(&tote.into()).unwrap().iter().map(|stock| stock.qty).sum()
}

pub fn picked_shown(store: &Store, line: &str) -> i64 {
    store.line_shown(&line.into()).unwrap().unwrap().picked
}

pub fn available(stock: &Stock) -> bool {
    stock.status == Status::Available
}

/// I1: numbers without gaps, every hash builds on the one before. Returns how many facts there are.
pub fn check_chain(dir: &Path) -> u64 {
    let conn = rusqlite::Connection::open(dir.join(DB_FILE)).unwrap();
    let mut rows = conn.prepare("SELECT epoch, seq, hash, bytes FROM outbox ORDER BY epoch, seq").unwrap();
    let facts: Vec<(i64, u64, String, String)> = rows
        .query_map([], |row| Ok((row.get(0)?, u64::try_from(row.get::<_, i64>(1)?).unwrap(), row.get(2)?, row.get(3)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let mut at = (0, 0, chain::GENESIS.to_owned());
    for (epoch, seq, hash, bytes) in &facts {
        if at.0 != *epoch {
            at = (*epoch, 0, chain::GENESIS.to_owned());
        }
        let fact: WireFact = serde_json::from_str(bytes).unwrap();
        assert_eq!((fact.seq, *seq), (at.1 + 1, at.1 + 1), "numbers without gaps");
        assert_eq!(fact.prev, at.2, "each builds on the one before");
        assert_eq!(fact.hash, *hash);
        assert_eq!(chain::hash(&fact.prev, &fact.canonical().unwrap()), *hash, "the hash covers the bytes");
        at = (*epoch, *seq, hash.clone());
    }
    u64::try_from(facts.len()).unwrap()
}

/// Number of overlay rows, to see that nothing is left behind.
pub fn overlay_rows(dir: &Path) -> i64 {
    let conn = rusqlite::Connection::open(dir.join(DB_FILE)).unwrap();
    conn.query_row(
        "SELECT (SELECT COUNT(*) FROM ov_stock) + (SELECT COUNT(*) FROM ov_line) + (SELECT COUNT(*) FROM ov_task)
           + (SELECT COUNT(*) FROM ov_slot) + (SELECT COUNT(*) FROM ov_handling_unit)",
        [],
        |row| row.get(0),
    )
    .unwrap()
}

/// Every source file below a folder.
pub fn sources(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else {
            found.push(path);
        }
    }
    found
}
