//! Published test vectors, read from beside the repository when they are there.

#![allow(dead_code, reason = "each test binary uses a part")]

use std::path::PathBuf;

/// The directory of the vectors; `None` when it is absent.
pub fn directory() -> Option<PathBuf> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/gs1"));
    path.is_dir().then_some(path)
}

/// The rows of a file, without its two header lines; empty when the file is absent.
pub fn rows(file: &str) -> Vec<Vec<String>> {
    let Some(text) = directory().and_then(|path| std::fs::read_to_string(path.join(file)).ok()) else {
        return Vec::new();
    };
    text.lines().skip(2).map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// What became of one row.
pub enum Outcome {
    Passed,
    Skipped(&'static str),
    Failed(String),
}

/// Runs all rows of a file, prints the count, and fails when a row fails.
pub fn run(file: &str, mut case: impl FnMut(&[String]) -> Outcome) {
    let (mut ran, mut passed, mut skipped, mut failed) = (0, 0, Vec::<(&str, usize)>::new(), Vec::new());
    for row in rows(file) {
        match case(&row) {
            Outcome::Passed => {
                ran += 1;
                passed += 1;
            }
            Outcome::Skipped(reason) => match skipped.iter_mut().find(|(own, _)| *own == reason) {
                Some((_, count)) => *count += 1,
                None => skipped.push((reason, 1)),
            },
            Outcome::Failed(why) => {
                ran += 1;
                failed.push(format!("{row:?}: {why}"));
            }
        }
    }
    let total: usize = skipped.iter().map(|(_, count)| count).sum();
    let reasons: Vec<String> = skipped.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    let reasons = if directory().is_none() {
        "vectors absent".to_owned()
    } else if reasons.is_empty() {
        "none".to_owned()
    } else {
        reasons.join(", ")
    };
    println!("{file}: {ran} ran, {passed} passed, {total} skipped ({reasons})");
    assert!(failed.is_empty(), "{} of {ran} rows of {file} failed:\n{}", failed.len(), failed.join("\n"));
}

/// `true` or `false` in the first column against what happened.
pub fn expect(ok: &str, happened: bool, detail: impl std::fmt::Debug) -> Outcome {
    if (ok == "true") == happened { Outcome::Passed } else { Outcome::Failed(format!("expected {ok}: {detail:?}")) }
}
