//! `src/sync/SPEC.md` and the tests of sync and store name each other.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;

/// Names of the tests in a file.
fn tests_in(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut marked = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[test]") {
            marked = true;
        } else if let Some(rest) = line.strip_prefix("fn ").filter(|_| marked) {
            found.insert(rest.split('(').next().unwrap_or_default().to_owned());
            marked = false;
        }
    }
    found
}

/// Words in back quotes that look like the name of a test.
fn named_in(text: &str) -> BTreeSet<String> {
    let quoted = text.split('`').skip(1).step_by(2);
    let is_name = |word: &&str| {
        (word.matches('_').count() >= 2 || *word == "child")
            && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    quoted.filter(is_name).map(str::to_owned).collect()
}

#[test]
fn the_list_and_the_tests_agree() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let spec = named_in(&std::fs::read_to_string(root.join("src/sync/SPEC.md")).unwrap());
    let mut there = BTreeSet::new();
    for entry in std::fs::read_dir(root.join("tests")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if (name.starts_with("sync_") || name.starts_with("store_")) && name.ends_with(".rs") && name != "sync_spec.rs"
        {
            there.extend(tests_in(&std::fs::read_to_string(&path).unwrap()));
        }
    }
    assert!(there.len() > 60, "only {} tests were found", there.len());
    let missing: Vec<_> = spec.difference(&there).collect();
    let unnamed: Vec<_> = there.difference(&spec).collect();
    assert!(
        missing.is_empty() && unnamed.is_empty(),
        "SPEC.md names no test: {missing:?}\nnot in SPEC.md: {unnamed:?}"
    );
}

#[test]
fn names_are_found_where_they_are() {
    let text = "#[test]\nfn a_b_c() {}\nfn helper_of_it() {}\n    #[test]\n    fn d_e_f(\n";
    assert_eq!(tests_in(text).into_iter().collect::<Vec<_>>(), ["a_b_c", "d_e_f"]);
    assert_eq!(
        named_in("`a_b_c`, `LOST_MS` a_b_d `must_resync` `child`").into_iter().collect::<Vec<_>>(),
        ["a_b_c", "child"]
    );
}
