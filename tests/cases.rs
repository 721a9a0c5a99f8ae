//! Every numbered case of the specification (../shared/scanning.md, section 8) has a test that is
//! named after it: `case_NN`, in whatever crate it can be shown.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

#[path = "tidy/text.rs"]
#[allow(dead_code)]
mod text;
#[path = "tidy/tree.rs"]
#[allow(dead_code)]
mod tree;

use std::collections::BTreeSet;
use std::path::Path;
use tree::Tree;

/// Cases of the specification, at the least: with fewer the table was not found.
const CASES_MIN: usize = 40;

/// The numbers in the first column of the tables of section 8.
fn given(specification: &str) -> BTreeSet<u32> {
    let section = specification.lines().skip_while(|line| !line.starts_with("## 8.")).skip(1);
    let rows = section.take_while(|line| !line.starts_with("## ")).filter_map(|line| line.strip_prefix('|'));
    rows.filter_map(|row| row.split('|').next()?.trim().parse().ok()).collect()
}

/// The numbers of the tests: functions `case_NN` under `#[test]`.
fn tested(tree: &Tree) -> BTreeSet<u32> {
    let places = ["crates", "src", "tests"];
    let mut found = BTreeSet::new();
    for file in tree.files.iter().filter(|file| file.is("rs") && places.iter().any(|place| file.under(place))) {
        let source = text::cut(&file.text);
        let mut test = false;
        for (_, line) in source.lines().map(|(n, line)| (n, line.trim())) {
            if let Some(name) = line.strip_prefix("fn case_") {
                let digits = name.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
                found.extend(digits.parse::<u32>().ok().filter(|_| test));
            }
            // Attributes and comments may stand between the two, code may not.
            test = line == "#[test]" || test && (line.is_empty() || line.starts_with("#["));
        }
    }
    found
}

#[test]
fn every_case_is_a_test() {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let Some(path) = above.map(|up| up.join("../shared/scanning.md")).find(|path| path.is_file()) else {
        return eprintln!("../shared/scanning.md is absent: 0 cases compared");
    };
    let given = given(&std::fs::read_to_string(path).unwrap());
    assert!(given.len() >= CASES_MIN, "only {} cases were found: {given:?}", given.len());
    let tested = tested(Tree::of_repository());
    let missing: Vec<_> = given.difference(&tested).collect();
    assert!(missing.is_empty(), "no test is named after the cases {missing:?} of scanning.md, section 8");
    eprintln!("{} cases, each a test", given.len());
}

#[test]
fn gaps_are_seen() {
    let specification =
        "## 7. Other\n|9|x|\n## 8. Cases\n\n|#|input|\n|---|---|\n|1|`a|b`|\n|12|c|\ntext\n## 9. More\n|3|x|\n";
    assert_eq!(given(specification), [1, 12].into());
    let tree = Tree::sample(&[
        ("src/a.rs", "#[test]\nfn case_01_a() {}\nfn case_2_no_test() {}\n// #[test]\nfn case_3() {}\n"),
        ("crates/gs1/tests/b.rs", "    #[test]\n    #[ignore = \"slow\"]\n    fn case_12_b() {}\nfn case_qty() {}\n"),
        ("tests/c.rs", "let a = \"#[test]\";\nfn case_4() {}\n#[test]\nfn other() {}\nfn case_5() {}\n"),
        ("demo/d.rs", "#[test]\nfn case_6() {}\n"),
    ]);
    assert_eq!(tested(&tree), [1, 12].into());
}
