//! Inputs that fuzzing kept, through the check of the fuzz target.

#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

#[path = "../../../fuzz/checks/meaning.rs"]
mod checks;

use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn any_bytes_by_any_rules(
        bits: u8,
        head in prop::sample::select(vec!["", "]C1", "]E0", "]E4", "]d2", "]Q1", "]C0", "]I1", "]e0", "LOC-", "01", "00"]),
        body in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..60),
            "[0-9A-Z()\\x1d|-]{0,60}".prop_map(String::into_bytes),
            "(0[0-4]|1[0157]|21|254|30|37|414|800[34]|9[0-9])[0-9A-Z]{0,20}".prop_map(String::into_bytes),
        ],
    ) {
        checks::classify(&[&[bits], head.as_bytes(), &body].concat());
    }
}

#[test]
fn meaning() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/meaning");
    let mut ran = 0;
    for entry in std::fs::read_dir(folder).expect("the corpus").flatten() {
        checks::classify(&std::fs::read(entry.path()).expect("an input of the corpus"));
        ran += 1;
    }
    println!("meaning: {ran} ran");
    assert!(ran > 0, "{folder} is empty");
}
