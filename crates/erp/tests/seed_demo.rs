//! The demo by the real binary: the same numbers give the same warehouse, and the commands do what
//! others rely on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "api_client/client.rs"]
mod client;

use client::ask;
use floorhand_erp::db::Db;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn run(args: &[&str], dir: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_floorhand-erp")).args(args).arg("--data").arg(dir).output().unwrap()
}

fn seed(dir: &Path, more: &[&str]) -> String {
    let mut args = vec!["seed", "demo", "--today", "2026-11-21"];
    args.extend(more);
    let output = run(&args, dir);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Everything that was sown but random identifiers and moments of writing, as one hash a table.
fn checksums(dir: &Path) -> Vec<(&'static str, String)> {
    let queries: [(&str, &str); 17] = [
        ("item", "SELECT * FROM item ORDER BY id"),
        ("barcode", "SELECT * FROM barcode ORDER BY code"),
        ("location", "SELECT * FROM location ORDER BY id"),
        ("lot", "SELECT * FROM lot ORDER BY item, lot"),
        ("handling_unit", "SELECT * FROM handling_unit ORDER BY id"),
        ("operator", "SELECT * FROM operator ORDER BY id"),
        ("station", "SELECT * FROM station ORDER BY name"),
        ("setting", "SELECT * FROM setting ORDER BY k"),
        ("customer_order", "SELECT * FROM customer_order ORDER BY id"),
        ("order_line", "SELECT * FROM order_line ORDER BY id"),
        (
            "allocation",
            "SELECT order_id, order_line, location, item, lot, serial, handling_unit, qty, task, task_line FROM allocation \
             ORDER BY task_line, order_line",
        ),
        ("task", "SELECT * FROM task ORDER BY id"),
        ("task_slot", "SELECT * FROM task_slot ORDER BY task, slot"),
        ("task_line", "SELECT * FROM task_line ORDER BY id"),
        ("balance", "SELECT * FROM balance ORDER BY location, item, lot, serial, handling_unit, status"),
        (
            "move",
            "SELECT pos, item, lot, serial, qty, from_loc, to_loc, from_hu, to_hu, from_status, to_status, reason, src_device, \
             src_epoch, src_seq, n FROM move ORDER BY src_device, n",
        ),
        ("feed_row", "SELECT stream, kind, id, pos, deleted, body FROM feed_row ORDER BY stream, pos"),
    ];
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let db = Db::open(dir, None).await.unwrap();
        let mut sums = Vec::new();
        for (table, query) in queries {
            let rows = db.read(|tx| async move { tx.rows(query, &[]).await }).await.unwrap();
            assert!(!rows.is_empty(), "{table} is empty");
            sums.push((table, blake3::hash(format!("{rows:?}").as_bytes()).to_hex().to_string()));
        }
        db.close().await;
        sums
    })
}

#[test]
fn the_same_numbers_give_the_same_warehouse() {
    let (one, two, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let said = seed(one.path(), &[]);
    assert_eq!(seed(two.path(), &[]), said);
    assert_eq!(checksums(one.path()), checksums(two.path()));
    assert_ne!(seed(other.path(), &["--seed", "2"]), said);
    let differing = checksums(one.path()).iter().zip(&checksums(other.path())).filter(|(a, b)| a.1 != b.1).count();
    assert!(differing >= 8, "{differing} tables differ");
    // Once more changes nothing.
    assert_eq!(seed(one.path(), &[]), said);
    assert_eq!(checksums(one.path()), checksums(two.path()));
    // Other numbers on the same data are refused, in one line.
    let refused = run(&["seed", "demo", "--today", "2026-11-21", "--orders", "3"], one.path());
    assert_eq!(refused.status.code(), Some(1));
    assert!(refused.stdout.is_empty());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("empty --data directory"));
}

#[test]
fn it_is_as_large_as_asked_and_adds_up() {
    let dir = tempfile::tempdir().unwrap();
    let said: Value = serde_json::from_str(&seed(dir.path(), &[])).unwrap();
    assert_eq!(said.as_object().unwrap().keys().collect::<Vec<_>>(), ["counts", "operators", "stations"]);
    let counts = &said["counts"];
    assert_eq!(
        (counts["items"].as_i64(), counts["bins"].as_i64(), counts["orders"].as_i64()),
        (Some(160), Some(240), Some(40))
    );
    assert_eq!((counts["handling_units"].as_i64(), counts["backordered_lines"].as_i64()), (Some(60), Some(0)));
    assert!(counts["cluster_tasks"].as_i64() >= Some(3) && counts["tasks"].as_i64() > counts["cluster_tasks"].as_i64());
    for operator in said["operators"].as_array().unwrap() {
        assert!(operator["badge"].as_str().unwrap().starts_with("OP-1"));
        assert_eq!(operator["pin"].as_str().unwrap().len(), 4);
        assert!(!operator["roles"].as_array().unwrap().is_empty());
    }
    let stations: Vec<&str> =
        said["stations"].as_array().unwrap().iter().map(|station| station["name"].as_str().unwrap()).collect();
    assert_eq!(stations, ["H-01", "H-02", "H-03", "H-04", "P-01", "D-01"]);
    let verified = run(&["verify", "--json"], dir.path());
    assert!(verified.status.success());
    assert_eq!(serde_json::from_slice::<Value>(&verified.stdout).unwrap()["ok"], true);
}

#[test]
fn small_and_odd_sizes_work() {
    for more in [
        &["--items", "1", "--locations", "1", "--orders", "1"][..],
        &["--items", "17", "--locations", "5", "--orders", "60"],
        &["--items", "700", "--locations", "90", "--orders", "0", "--long-order", "600"],
    ] {
        let dir = tempfile::tempdir().unwrap();
        seed(dir.path(), more);
        assert!(run(&["verify"], dir.path()).status.success(), "{more:?}");
    }
}

#[test]
fn wrong_arguments_exit_2_with_one_line() {
    for args in [
        &["serve"][..],
        &[],
        &["seed"],
        &["seed", "demo", "--data", "x", "--orders", "many"],
        &["verify", "--data", "x", "--jsn"],
        &["enrol-code", "--data", "x"],
        &["enrol-code", "--data", "x", "--station", "H-01", "--profile", "drone"],
        &["serve", "--data", "x", "--listen", "nowhere"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_floorhand-erp")).args(args).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(output.stdout.is_empty(), "{args:?}");
        assert_eq!(said.lines().count(), 1, "{args:?}: {said}");
        assert!(said.starts_with("error: "), "{args:?}: {said}");
    }
    assert!(!Path::new("x").exists());
}

#[test]
fn help_is_one_line_a_flag() {
    for command in [&["serve"][..], &["seed", "demo"], &["admin-token"], &["enrol-code"], &["verify"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_floorhand-erp")).args(command).arg("--help").output().unwrap();
        assert!(output.status.success());
        let help = String::from_utf8(output.stdout).unwrap();
        let flags: Vec<&str> = help.lines().skip_while(|line| !line.starts_with("Options:")).skip(1).collect();
        assert!(flags.len() >= 3, "{help}");
        for flag in flags {
            assert!(
                flag.trim_start().starts_with('-') && flag.trim().contains("  ") || flag.contains("-h, --help"),
                "{flag:?} in {help}"
            );
        }
    }
}

#[test]
fn a_broken_book_is_found() {
    let dir = tempfile::tempdir().unwrap();
    seed(dir.path(), &["--items", "20", "--locations", "20", "--orders", "4"]);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let db = Db::open(dir.path(), None).await.unwrap();
        let changed = db
            .write(|tx| async move {
                tx.execute("UPDATE balance SET qty = qty + 1 WHERE location <> 'SUPPLIER' AND serial = ''", &[]).await
            })
            .await
            .unwrap();
        assert!(changed > 0);
        db.close().await;
    });
    let verified = run(&["verify", "--json"], dir.path());
    assert_eq!(verified.status.code(), Some(1));
    assert_eq!(serde_json::from_slice::<Value>(&verified.stdout).unwrap()["ok"], false);
}

#[test]
fn a_served_directory_gives_codes_and_stops_in_order() {
    let dir = tempfile::tempdir().unwrap();
    seed(dir.path(), &["--items", "20", "--locations", "20", "--orders", "4"]);
    let mut core = Command::new(env!("CARGO_BIN_EXE_floorhand-erp"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(dir.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(core.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("listening on http://").unwrap().parse().unwrap();
    let line_of = |args: &[&str]| {
        let output = run(args, dir.path());
        assert!(output.status.success());
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(said.lines().count(), 1);
        said.trim().to_owned()
    };
    let code = line_of(&["enrol-code", "--station", "P-01"]);
    assert_eq!(code.len(), 22, "128 bits in base64: {code}");
    assert_ne!(line_of(&["enrol-code", "--station", "H-02", "--profile", "handheld"]), code);
    let token = line_of(&["admin-token"]);
    assert_eq!(ask(address, "GET", "/v1/tasks", Some(&token), None).status, 200);
    let reader = line_of(&["admin-token", "--read-only"]);
    assert_eq!(ask(address, "GET", "/v1/tasks", Some(&reader), None).status, 200);
    ask(address, "POST", "/v1/orders", Some(&reader), Some("{}")).problem(403, "forbidden");
    assert!(run(&["verify"], dir.path()).status.success());
    let killed = Command::new("kill").arg("-TERM").arg(core.id().to_string()).status().unwrap();
    assert!(killed.success());
    assert!(core.wait().unwrap().success());
}
