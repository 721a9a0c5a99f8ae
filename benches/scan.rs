//! Scan → committed answer, as a ratio to one bare SQLite commit (WAL, FULL) of the same bytes in the same run.
//!
//! The runner's own step is measured, from the event to the shown view. Scans and bare commits alternate, so
//! that a busy machine slows both. One JSON line per figure.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    missing_docs
)]

use floorhand::clock::{Clock, System};
use floorhand::event::Event;
use floorhand::runner::{EVENTS_MAX, Parts, Runner};
use floorhand::store::{Identity, Store};
use floorhand::view::{Key, KeyPress, Look, Tap};
use floorhand_domain::id::{ItemId, LocationId};
use floorhand_domain::master::{Barcode, HandlingUnit, Item, Location, LocationKind, Operator, Role};
use floorhand_domain::scan::{Scan, Source};
use floorhand_domain::stock::Stock;
use floorhand_domain::task::{Line, Slot, Task};
use floorhand_wire::feed::{BootstrapResponse, Row, kind, stock_key};
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

const ROUNDS: usize = 400;
const PAGE: usize = 2_000;
const WAREHOUSE: i64 = 1;
const BADGE: &str = "OP-1";

fn main() {
    // For a profiler: FLOORHAND_BENCH_ROUNDS=20000 makes the filling of the stores the small part.
    let rounds = std::env::var("FLOORHAND_BENCH_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(ROUNDS);
    let small = site(Size { lines: 10, barcodes: 200, stock: 0 }, rounds, true);
    let large = site(Size { lines: 2_000, barcodes: 200_000, stock: 0 }, rounds, true);
    let imported = site(Size { lines: 2_000, barcodes: 300_000, stock: 1_000_000 }, rounds, true);
    for (name, site) in [("small", &small), ("large", &large), ("imported", &imported)] {
        for figure in &site.figures {
            println!(
                r#"{{"bench":"scan_to_committed_answer","site":"{name}","lines":{},"barcodes":{},"stock_rows":{},"scan":"{}","rounds":{rounds},"bytes":{},"bare_p50_us":{},"p50_ratio":{:.2},"p99_ratio":{:.2},"goal_p50":1.5,"goal_p99":2.0,"to":"one bare SQLite commit (WAL, FULL) of the same bytes"}}"#,
                site.size.lines,
                site.size.barcodes,
                site.size.lines + site.size.stock,
                figure.scan,
                figure.bytes,
                at(&figure.bare, 50).as_micros(),
                ratio(&figure.took, &figure.bare, 50),
                ratio(&figure.took, &figure.bare, 99),
            );
        }
    }
    for (bench, site) in [("scan_large_to_small_site", &large), ("scan_imported_to_small_site", &imported)] {
        for (a, b) in site.figures.iter().zip(&small.figures) {
            let (site_to_bare, small_to_bare) = (ratio(&a.took, &a.bare, 50), ratio(&b.took, &b.bare, 50));
            println!(
                r#"{{"bench":"{bench}","scan":"{}","p50_ratio":{:.2},"to":"the same scan with 10 lines and 200 barcodes"}}"#,
                a.scan,
                site_to_bare / small_to_bare
            );
        }
    }
    let silent = site(small.size, rounds, false);
    for (a, b) in small.figures.iter().zip(&silent.figures) {
        println!(
            r#"{{"bench":"scan_with_event_log","scan":"{}","p50_ratio":{:.2},"to":"the same scan without an event log, each by its bare commits"}}"#,
            a.scan,
            ratio(&a.took, &a.bare, 50) / ratio(&b.took, &b.bare, 50)
        );
    }
}

/// How much a device of the site knows.
#[derive(Clone, Copy)]
struct Size {
    /// Lines of the task.
    lines: usize,
    /// Barcodes, and as many items.
    barcodes: usize,
    /// Stock rows beside those of the lines.
    stock: usize,
}

/// Stock rows in one location.
const PER_LOCATION: usize = 20;

struct Site {
    size: Size,
    figures: Vec<Figure>,
}

struct Figure {
    scan: &'static str,
    bytes: usize,
    took: Vec<Duration>,
    bare: Vec<Duration>,
}

fn at(list: &[Duration], percent: usize) -> Duration {
    let mut list = list.to_vec();
    list.sort_unstable();
    list[(list.len() - 1) * percent / 100]
}

fn ratio(a: &[Duration], b: &[Duration], percent: usize) -> f64 {
    at(a, percent).as_secs_f64() / at(b, percent).as_secs_f64()
}

fn gtin(n: usize) -> String {
    let body = format!("0952{n:09}");
    let sum: usize =
        body.bytes().enumerate().map(|(n, d)| usize::from(d - b'0') * if n % 2 == 0 { 3 } else { 1 }).sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

fn row<T: serde::Serialize>(kind: &str, id: &str, body: &T) -> Row {
    Row(kind.to_owned(), id.to_owned(), 0, serde_json::to_value(body).unwrap())
}

/// The rows of a site with one task; every line asks for a million units, so that a count can go on.
fn rows(Size { lines, barcodes, stock }: Size) -> (Vec<Row>, Vec<Row>) {
    let mut global = Vec::new();
    let mut local = Vec::new();
    for n in 0..barcodes {
        let item = ItemId(format!("I-{n:06}"));
        global.push(row(
            kind::BARCODE,
            &gtin(n),
            &Barcode { code: gtin(n), item: item.clone(), qty: 1, ..Barcode::default() },
        ));
        global.push(row(
            kind::ITEM,
            item.as_str(),
            &Item { id: item.clone(), name: format!("Item {n}"), ..Item::default() },
        ));
    }
    let place = |id: &str, kind| Location { id: id.into(), code: id.to_owned(), kind, ..Location::default() };
    local.push(row(kind::LOCATION, "PACK-01", &place("PACK-01", LocationKind::Pack)));
    local.push(row(kind::HANDLING_UNIT, "T-1", &HandlingUnit { id: "T-1".into(), ..HandlingUnit::default() }));

    let operator = Operator {
        id: "o-1".into(),
        name: "Mara K.".to_owned(),
        badge_hash: floorhand_wire::badge_hash(WAREHOUSE, BADGE),
        pin_phc: PIN_HASH.to_owned(),
        roles: vec![Role::Pick],
        valid_to_ms: 0,
        language: String::new(),
    };
    local.push(row(kind::OPERATOR, "o-1", &operator));
    let task = Task {
        id: "PT-1".into(),
        lines: u32::try_from(lines).unwrap(),
        slots: vec![Slot { slot: 1, order: "SO-1".into(), ..Slot::default() }],
        drop_off: "PACK-01".into(),
        ..Task::default()
    };
    local.push(row(kind::TASK, "PT-1", &task));
    for n in 0..lines {
        let location = format!("B-{n:04}");
        local.push(row(kind::LOCATION, &location, &place(&location, LocationKind::Bin)));
        let item = ItemId(format!("I-{n:06}"));
        let stock =
            Stock { location: LocationId(location.clone()), item: item.clone(), qty: 9_000_000, ..Stock::default() };
        local.push(row(kind::STOCK, &stock_key(&stock), &stock));
        let line = Line {
            id: format!("L-{n:04}").into(),
            task: "PT-1".into(),
            seq: i64::try_from(n).unwrap(),
            order: "SO-1".into(),
            order_line: format!("SO-1:{n}").into(),
            slot: 1,
            location: location.into(),
            item,
            qty: 1_000_000,
            ..Line::default()
        };
        local.push(row(kind::LINE, &format!("L-{n:04}"), &line));
    }
    for n in 0..stock.div_ceil(PER_LOCATION) {
        let location = format!("S-{n:06}");
        local.push(row(kind::LOCATION, &location, &place(&location, LocationKind::Bin)));
    }
    for n in 0..stock {
        let stock = Stock {
            location: format!("S-{:06}", n / PER_LOCATION).into(),
            item: format!("I-{:06}", n % barcodes).into(),
            qty: 7,
            ..Stock::default()
        };
        local.push(row(kind::STOCK, &stock_key(&stock), &stock));
    }
    let sort = |rows: &mut Vec<Row>| rows.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    sort(&mut global);
    sort(&mut local);
    (global, local)
}

/// Argon2id of "1234" with the least cost: signing in is not what is measured.
const PIN_HASH: &str = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$KxvuEVRaL7GNIDmkHFbPZ8IUkKjMPbRUxXMkeKZbG+g";

fn fill(store: &mut Store, stream: &str, rows: Vec<Row>) {
    let mut after = String::new();
    let pages: Vec<Vec<Row>> = rows.chunks(PAGE).map(<[Row]>::to_vec).collect();
    let count = pages.len();
    for (n, rows) in pages.into_iter().enumerate() {
        let next = (n + 1 < count).then(|| rows.last().map(|row| format!("{},{}", row.0, row.1)).unwrap());
        let page = BootstrapResponse {
            server_epoch: "E".to_owned(),
            server_time: "2026-11-21T08:00:00Z".to_owned(),
            schema: 1,
            stream: stream.to_owned(),
            pos: 1,
            rows,
            after: next.clone(),
        };
        store.apply_bootstrap(&after, &page).unwrap();
        after = next.unwrap_or_default();
    }
}

fn site(size: Size, rounds: usize, log: bool) -> Site {
    let barcodes = size.barcodes;
    let dir = tempfile::tempdir_in(folder()).unwrap();
    if !log {
        // Where its file should be is a folder: the app works on without a log, and says so.
        std::fs::create_dir_all(dir.path().join("device/events.0.jsonl")).unwrap();
    }
    let mut store = Store::open(&dir.path().join("device")).unwrap();
    store
        .save_enrolment(&Identity {
            device: "d-1".to_owned(),
            station: "H-01".to_owned(),
            profile: "handheld".to_owned(),
            warehouse: WAREHOUSE,
            epoch: 1,
            core_url: "http://127.0.0.1:9".to_owned(),
            server_epoch: "E".to_owned(),
            streams: vec!["global".to_owned(), "wh:1".to_owned()],
        })
        .unwrap();
    let (global, local) = rows(size);
    fill(&mut store, "global", global);
    fill(&mut store, "wh:1", local);
    // As at the start of a shift: what was fetched is in the file, not in its log.
    while store.idle().unwrap().more {}
    let (send, events) = sync_channel(EVENTS_MAX);
    let mut runner = Runner::new(Parts {
        store,
        transport: None,
        show: Box::new(|view| drop(std::hint::black_box(view))),
        events,
        again: send,
        clock: Box::new(System),
        look: Look::default(),
        outlet: Box::new(floorhand::outlet::Nothing),
        readers: Vec::new(),
        profile: floorhand::view::Profile::Handheld,
        printer: false,
        scale: false,
    })
    .unwrap();
    sign_in(&mut runner);
    let scan = |runner: &mut Runner, code: &str| {
        runner.step(Event::Scan(Scan { raw: code.as_bytes().to_vec(), source: Source::Serial, complete: true }));
    };
    scan(&mut runner, "PT-1");
    scan(&mut runner, "T-1");
    assert_eq!(runner.app().step_name(), "pick.location");
    scan(&mut runner, "B-0000");
    let ean = |n: usize| format!("]E0{}", &gtin(n)[1..]);
    let (item, other) = (ean(0), ean(barcodes - 1));
    scan(&mut runner, &item);
    assert_eq!(runner.app().step_name(), "pick.quantity");
    let mut bare = Bare::open(&dir.path().join("bare.db"));
    // What a scan of each kind stores, read back from the store: the bare commit writes as much.
    let db = dir.path().join("device").join(floorhand::store::DB_FILE);
    scan(&mut runner, &item);
    let counted = stored(&db, true);
    scan(&mut runner, &other);
    let refused = stored(&db, false);
    let mut figures = Vec::new();
    for (name, code, bytes) in [("counted", &item, counted), ("refused", &other, refused)] {
        let mut figure = Figure { scan: name, bytes, took: Vec::new(), bare: Vec::new() };
        for round in 0..rounds + 20 {
            let start = Instant::now();
            scan(&mut runner, code);
            let took = start.elapsed();
            let start = Instant::now();
            bare.commit(bytes);
            if round >= 20 {
                figure.took.push(took);
                figure.bare.push(start.elapsed());
            }
        }
        figures.push(figure);
    }
    Site { size, figures }
}

fn folder() -> std::path::PathBuf {
    // The same disk for both; a temporary folder may be memory.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).to_owned();
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn sign_in(runner: &mut Runner) {
    runner.step(Event::Scan(Scan { raw: BADGE.as_bytes().to_vec(), source: Source::Serial, complete: true }));
    for digit in "1234".chars() {
        let press = KeyPress { key: Key::Text(digit.to_string()), ctrl: false, alt: false, shift: false };
        runner.step(Event::Tap(Tap::Key(press), System.mono_ms()));
    }
    // Whether the PIN is right is said from beside; here it is.
    runner.step(Event::PinChecked { right: true });
    assert_eq!(runner.app().step_name(), "work-list");
}

/// Bytes in the columns of the last row of the scan log, and of the state (a count changes it) or of
/// the newest fact (a refusal is one).
fn stored(db: &Path, counted: bool) -> usize {
    let conn = rusqlite::Connection::open_with_flags(db, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let bytes = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let log = bytes(
        "SELECT length(at) + length(boot_id) + length(raw) + length(symbology) + length(source) + length(step)
           + length(reason) + length(decision) + length(operator) + length(signin) + length(task) + 16
         FROM scan_log ORDER BY id DESC LIMIT 1",
    );
    let other = if counted {
        bytes("SELECT length(body) FROM app_state")
    } else {
        bytes(
            "SELECT length(id) + length(type) + length(agg) + length(operator) + length(wall) + length(hash)
               + length(bytes) + 16 FROM outbox ORDER BY epoch DESC, seq DESC LIMIT 1",
        )
    };
    usize::try_from(log + other).unwrap()
}

/// One table, one row a commit.
struct Bare {
    conn: rusqlite::Connection,
}

impl Bare {
    fn open(path: &Path) -> Self {
        let conn = rusqlite::Connection::open(path).unwrap();
        conn.execute_batch(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;
             CREATE TABLE t(id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;",
        )
        .unwrap();
        Self { conn }
    }

    fn commit(&mut self, bytes: usize) {
        let body = vec![0x5a_u8; bytes];
        self.conn.prepare_cached("INSERT INTO t(body) VALUES(?1)").unwrap().execute([body]).unwrap();
    }
}
