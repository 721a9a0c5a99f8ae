//! Whether the statements of orders and read API find their rows by an index, by asking the SQLite
//! that is linked in. Its planner knows no sizes here, so what it answers holds for any size.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

use floorhand_erp::db::{Db, Val};
use std::fs;
use std::path::{Path, PathBuf};

/// Statements that read a small table whole, by a part of their text.
const WHOLE: &[&str] = &[
    // Locations where totes are set down: one look for a release.
    "kind IN ('pack', 'staging')",
    // The few exceptions of a warehouse, by time.
    "FROM exception WHERE",
    "FROM core_meta",
    // Secrets that have ended, and exceptions that are closed: few.
    "FROM nonce WHERE expires_ms",
    "FROM token WHERE expires_ms",
    "FROM exception e JOIN feed_row",
];

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The statements in a source file: literals that begin like one, with their line ends joined.
fn statements(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for start in ["\"SELECT ", "\"UPDATE ", "\"DELETE "] {
        let mut rest = text;
        while let Some(at) = rest.find(start) {
            let literal = &rest[at + 1..];
            let end = literal.find('"').unwrap();
            let joined: Vec<&str> = literal[..end].split("\\\n").map(str::trim_start).collect();
            found.push(joined.concat());
            rest = &literal[end..];
        }
    }
    found
}

/// A step that walks a table, or all of a warehouse.
fn walks(step: &str) -> bool {
    let whole = ["(warehouse_id=?)", "(warehouse_id=?) LEFT-JOIN"];
    let constant = step == "SCAN CONSTANT ROW";
    !constant && (step.starts_with("SCAN ") || whole.iter().any(|end| step.ends_with(end)))
}

#[test]
fn no_statement_walks_a_table() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src.join("orders"), &mut files);
    sources(&src.join("api"), &mut files);
    for file in [
        "push/approved.rs",
        "push/awaited.rs",
        "push/promise.rs",
        "push/tote.rs",
        "push/late.rs",
        "outbound/labels.rs",
        "sweep.rs",
    ] {
        files.push(src.join(file));
    }
    let all: Vec<String> = files.iter().flat_map(|file| statements(&fs::read_to_string(file).unwrap())).collect();
    assert!(all.len() > 25, "{} statements found", all.len());
    let dir = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let mut wrong = Vec::new();
    runtime.block_on(async {
        let db = Db::open(dir.path(), None).await.unwrap();
        for statement in &all {
            let count = (1..=20).rev().find(|n| statement.contains(&format!("${n}"))).unwrap_or(0);
            let values: Vec<Val> = (0..count).map(|_| Val::from(1i64)).collect();
            let asked: &'static str = format!("EXPLAIN QUERY PLAN {statement}").leak();
            let (values, asked) = (&values, asked);
            let plan = db
                .read(|tx| async move { tx.rows(asked, values).await })
                .await
                .unwrap_or_else(|error| panic!("{statement}: {error:?}"));
            let steps: Vec<String> = plan.iter().map(|row| row.text("detail").unwrap()).collect();
            let allowed = WHOLE.iter().any(|part| statement.contains(part));
            if !allowed && steps.iter().any(|step| walks(step)) {
                wrong.push(format!("{statement}\n    {}", steps.join("\n    ")));
            }
        }
        db.close().await;
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
