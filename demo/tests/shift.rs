//! The whole demo as `make demo` plays it without a display: it fails where the books differ by one unit.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::process::Command;

#[test]
#[ignore = "plays a whole shift with four stations, for some minutes: cargo test -p floorhand-demo -- --ignored"]
fn a_mixed_shift_ends_with_books_that_agree() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Command::new(env!("CARGO_BIN_EXE_floorhand-demo"));
    let status = demo.arg("--headless").arg("--out").arg(folder.path()).status().unwrap();
    assert!(status.success(), "{status}");
}
