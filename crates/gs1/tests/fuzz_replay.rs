//! Inputs that fuzzing kept, through the checks of the fuzz targets.

#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

#[path = "../../../fuzz/checks/gs1.rs"]
mod checks;

/// Runs all inputs of a target; says where there are none.
fn replay(target: &str, check: fn(&[u8])) {
    let folder = format!("{}/../../fuzz/corpus/{target}", env!("CARGO_MANIFEST_DIR"));
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("{target}: 0 ran (no corpus beside the crate)");
        return;
    };
    let mut ran = 0;
    for entry in entries.flatten() {
        check(&std::fs::read(entry.path()).expect("an input of the corpus"));
        ran += 1;
    }
    println!("{target}: {ran} ran");
    assert!(ran > 0, "{folder} is empty");
}

#[test]
fn raw() {
    replay("gs1_raw", checks::raw);
}

#[test]
fn bracketed() {
    replay("gs1_bracketed", checks::bracketed);
}

#[test]
fn link() {
    replay("gs1_link", checks::link);
}

#[test]
fn scan() {
    replay("gs1_scan", checks::scan);
}
