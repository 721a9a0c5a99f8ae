//! The import as a program: what it says, how it ends, and that nothing is left of one that is
//! killed.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

/// More rows than the core keeps in memory before it writes to its journal.
const ROWS: usize = 40_000;

fn program(args: &[&str], data: &Path) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_floorhand-erp"));
    program.args(args).arg("--data").arg(data).env("FLOORHAND_LOG", "warn");
    program
}

fn run(args: &[&str], data: &Path, input: &str) -> (Option<i32>, String, String) {
    let mut child =
        program(args, data).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

fn good(args: &[&str], data: &Path, input: &str, says: &str) {
    assert_eq!(run(args, data, input), (Some(0), says.to_owned(), String::new()));
}

#[test]
fn what_it_says() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("core");
    good(&["import", "items", "-"], &data, "id,name\nA,a\n", "items: 1 rows read, 1 written, 0 unchanged\n");
    good(&["import", "items", "-"], &data, "id,name\nA,a\nB,b\n", "items: 2 rows read, 1 written, 1 unchanged\n");
    good(&["import", "locations", "-"], &data, "id\nL1\n", "locations: 1 rows read, 1 written, 0 unchanged\n");
    let file = dir.path().join("stock.csv");
    std::fs::write(&file, "location,item,qty\nL1,A,5\n").unwrap();
    let stock = ["import", "stock", file.to_str().unwrap()];
    let check = [&stock[..], &["--check"]].concat();
    good(&check, &data, "", "stock: 1 rows read, no faults; nothing was written\n");
    good(&stock, &data, "", "stock: 1 rows read, 1 written, 0 unchanged\n");
    let (code, out, err) = run(&stock, &data, "");
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(err.contains("stock.csv: imported before on 20") && err.contains("--again"), "{err}");
    good(&[&stock[..], &["--again"]].concat(), &data, "", "stock: 1 rows read, 1 written, 0 unchanged\n");

    let (code, out, err) = run(&["import", "barcodes", "-"], &data, "code,item\n123,A\n9521234543214,A\n");
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert_eq!(
        err,
        "-:3: code: check-digit: the check digit of 9521234543214 must be 3, not 4\n\
         -: 1 faults in 2 rows; nothing was written\n"
    );
    let (code, _, err) = run(&["import", "items", "/nowhere.csv"], &data, "");
    assert_eq!(code, Some(1));
    assert!(err.contains("/nowhere.csv"), "{err}");
    let (code, out, _) = run(&["verify"], &data, "");
    assert_eq!(code, Some(0), "{out}");
    let left = std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
    assert!(left.iter().all(|name| !name.to_str().unwrap().contains("import")), "{left:?}");
}

#[test]
fn killed_in_the_middle_it_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("core");
    let mut items = "id,name\n".to_owned();
    let mut locations = "id\n".to_owned();
    for n in 0..200 {
        writeln!(items, "ITEM-{n:06},Some item {n}").unwrap();
        writeln!(locations, "LOCATION-{n:06}").unwrap();
    }
    let mut stock = "location,item,qty\n".to_owned();
    for n in 0..ROWS {
        writeln!(stock, "LOCATION-{:06},ITEM-{:06},{}", n / 200, n % 200, n % 7 + 1).unwrap();
    }
    good(&["import", "items", "-"], &data, &items, "items: 200 rows read, 200 written, 0 unchanged\n");
    good(&["import", "locations", "-"], &data, &locations, "locations: 200 rows read, 200 written, 0 unchanged\n");
    let file = dir.path().join("stock.csv");
    std::fs::write(&file, &stock).unwrap();
    let journal = data.join("erp.sqlite-wal");
    let length = || std::fs::metadata(&journal).map_or(0, |meta| meta.len());

    let mut child = program(&["import", "stock", file.to_str().unwrap()], &data)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // The journal grows once its rows no longer fit into memory, long before the end.
    while length() < 3_000_000 {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it could be killed");
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().code(), None, "it was killed");

    let (code, out, err) = run(&["verify"], &data, "");
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.contains("I7 balances = moves: 0 looked at"), "{out}");
    // As if it had never been tried.
    let says = format!("stock: {ROWS} rows read, {ROWS} written, 0 unchanged\n");
    good(&["import", "stock", file.to_str().unwrap()], &data, "", &says);
    let (code, out, err) = run(&["verify"], &data, "");
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.contains(&format!("I7 balances = moves: {ROWS} looked at")), "{out}");
}
