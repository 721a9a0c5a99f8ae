//! The import of a large site by the program itself: seconds, peak memory and size of the database,
//! one JSON line for each file and one for all of them. `FLOORHAND_BENCH_PART=100` takes a hundredth.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use floorhand_gs1::check;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ITEMS: usize = 200_000;
const BARCODES: usize = 300_000;
const STOCK: usize = 1_000_000;
/// Rows of stock in one location.
const PER_LOCATION: usize = 20;

fn main() {
    // `cargo test --benches` builds this in debug, where the figures mean nothing.
    if cfg!(debug_assertions) {
        return;
    }
    let part = std::env::var("FLOORHAND_BENCH_PART").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    let (items, barcodes, stock) = (ITEMS / part, BARCODES / part, STOCK / part);
    let dir = tempfile::tempdir().unwrap();
    let (path, data) = (dir.path(), dir.path().join("core"));
    let locations = stock.div_ceil(PER_LOCATION);
    let files = [
        ("items", items, write(path, "items", |out| items_of(out, items))),
        ("barcodes", barcodes, write(path, "barcodes", |out| barcodes_of(out, barcodes, items))),
        ("locations", locations, write(path, "locations", |out| locations_of(out, locations))),
        ("stock", stock, write(path, "stock", |out| stock_of(out, stock, items))),
    ];
    let (mut all, mut peak) = (Duration::ZERO, 0);
    for (kind, rows, file) in &files {
        let (took, kib) = import(kind, file, &data);
        all += took;
        peak = peak.max(kib);
        println!(
            r#"{{"bench":"import","file":"{kind}","rows":{rows},"csv_bytes":{},"seconds":{:.1},"rows_per_second":{:.0},"peak_rss_mib":{:.1},"database_mib":{:.1}}}"#,
            std::fs::metadata(file).unwrap().len(),
            took.as_secs_f64(),
            rate(*rows, took),
            mib(kib * 1024),
            mib(size(&data)),
        );
    }
    let rows = items + barcodes + locations + stock;
    println!(
        r#"{{"bench":"import","file":"all","rows":{rows},"seconds":{:.1},"rows_per_second":{:.0},"peak_rss_mib":{:.1},"goal_peak_rss_mib":150,"database_mib":{:.1}}}"#,
        all.as_secs_f64(),
        rate(rows, all),
        mib(peak * 1024),
        mib(size(&data)),
    );
}

fn rate(rows: usize, took: Duration) -> f64 {
    rows as f64 / took.as_secs_f64()
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

fn size(data: &Path) -> u64 {
    std::fs::metadata(data.join("erp.sqlite")).unwrap().len()
}

/// Runs one import; returns how long it took and its VmHWM in KiB.
fn import(kind: &str, file: &Path, data: &Path) -> (Duration, u64) {
    let began = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_floorhand-erp"))
        .args(["import", kind])
        .arg(file)
        .arg("--data")
        .arg(data)
        .env("FLOORHAND_LOG", "warn")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak = 0;
    let outcome = loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0).max(peak);
        if let Some(outcome) = child.try_wait().unwrap() {
            break outcome;
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    assert!(outcome.success(), "import of {kind} failed");
    (began.elapsed(), peak)
}

fn write(dir: &Path, name: &str, rows: impl FnOnce(&mut BufWriter<File>)) -> PathBuf {
    let path = dir.join(format!("{name}.csv"));
    let mut out = BufWriter::new(File::create(&path).unwrap());
    rows(&mut out);
    out.flush().unwrap();
    path
}

/// Of ten items one has serial numbers and three have lots.
fn serial(item: usize) -> bool {
    item.is_multiple_of(10)
}

fn lot(item: usize) -> bool {
    matches!(item % 10, 1..=3)
}

fn items_of(out: &mut BufWriter<File>, count: usize) {
    writeln!(out, "id,name,variant,size,class,lot_tracked,serial_tracked,expiry_tracked,weight_grams").unwrap();
    for n in 0..count {
        let (lot, serial) = (u8::from(lot(n)), u8::from(serial(n)));
        writeln!(out, "SKU-{n:07},\"Product number {n}, packed\",Blue,M,general,{lot},{serial},{lot},{}", n % 900 + 10)
            .unwrap();
    }
}

fn barcodes_of(out: &mut BufWriter<File>, count: usize, items: usize) {
    writeln!(out, "code,item,qty,unit").unwrap();
    for n in 0..count {
        let (body, qty, unit) =
            if n < items { (format!("0400{n:09}"), 1, "each") } else { (format!("1400{n:09}"), 12, "case") };
        let digit = check::digit(body.as_bytes()).unwrap();
        writeln!(out, "{body}{digit},SKU-{:07},{qty},{unit}", n % items).unwrap();
    }
}

fn locations_of(out: &mut BufWriter<File>, count: usize) {
    writeln!(out, "id,zone,sequence,aisle,bay,shelf,level,levels,place,places").unwrap();
    for n in 0..count {
        let (aisle, bay, level, place) = (n / 1000, n / 20 % 50, n / 4 % 5 + 1, n % 4 + 1);
        writeln!(
            out,
            "{aisle:03}-{bay:02}-{level}{place},Z{},{},{aisle:03},{bay:02},{level}{place},{level},5,{place},4",
            aisle / 10,
            n * 10
        )
        .unwrap();
    }
}

fn stock_of(out: &mut BufWriter<File>, count: usize, items: usize) {
    writeln!(out, "location,item,lot,serial,qty,expiry").unwrap();
    for n in 0..count {
        let at = n / PER_LOCATION;
        let (aisle, bay, level, place) = (at / 1000, at / 20 % 50, at / 4 % 5 + 1, at % 4 + 1);
        // Far apart, so that no order of the file helps.
        let item = n * 7919 % items;
        write!(out, "{aisle:03}-{bay:02}-{level}{place},SKU-{item:07},").unwrap();
        match (lot(item), serial(item)) {
            (true, _) => writeln!(out, "L{:05},,{},2028-{:02}-01", item % 70_000, n % 40 + 1, item % 12 + 1),
            (_, true) => writeln!(out, ",SN{n:09},1,"),
            _ => writeln!(out, ",,{},", n % 90 + 1),
        }
        .unwrap();
    }
}
