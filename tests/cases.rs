//! Every numbered case of the specifications has a test that is named after it.
//!
//! ../shared/scanning.md, section 8: `case_NN`, in whatever crate it can be shown. ../shared/workflows.md: the letter
//! and the number in front, `g01_…`; one test may show several, `g08_g09_…`. A case of the floor is shown on the
//! device, in tests/; one that only the core can judge in crates/erp/tests; one that ends in the core in both.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

#[path = "tidy/text.rs"]
#[allow(dead_code)]
mod text;
#[path = "tidy/tree.rs"]
#[allow(dead_code)]
mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tree::Tree;

/// Cases of scanning.md, at the least: with fewer the table was not found.
const CASES_MIN: usize = 40;
/// The sections of workflows.md, by letter, and how many cases each has. Where the text is, it is compared with this.
const COUNTS: &[(char, u32)] =
    &[('G', 17), ('S', 8), ('W', 8), ('P', 38), ('K', 22), ('R', 20), ('M', 12), ('C', 15), ('T', 20), ('N', 5)];
/// Their letters.
const LETTERS: &str = "GSWPRMCKTN";
/// Those whose cases must be tests by now.
const REQUIRED: &str = "GSWPRMCKTN";
/// Cases that only the core can judge: what became of a fact, what was booked, who holds a task.
const CORE: &[&str] = &[
    "G5", "G16", "W5", "R11", "R14", "R20", "M10", "C2", "C3", "C4", "C6", "C7", "C12", "C13", "C15", "K18", "K21",
    "T18", "T19",
];
/// Cases that begin at the device and end in the core: shown on both sides.
const BOTH: &[&str] = &[
    "G4", "G15", "G17", "S7", "W4", "W6", "W8", "R8", "P16", "P23", "P24", "P25", "P26", "P29", "P30", "P31", "P34",
    "P35", "K10", "K15", "K16", "K22",
];
const DEVICE_TESTS: &str = "tests";
const CORE_TESTS: &str = "crates/erp/tests";

/// A case of workflows.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Case {
    letter: char,
    number: u32,
}

impl Case {
    /// `G1`, in either case of its letter. `None` = it is no case.
    fn parse(text: &str) -> Option<Self> {
        let mut signs = text.chars();
        let letter = signs.next()?.to_ascii_uppercase();
        let digits = signs.as_str();
        let short = (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        let number = digits.parse().ok().filter(|_| short && LETTERS.contains(letter))?;
        Some(Self { letter, number })
    }

    fn is_in(self, list: &[&str]) -> bool {
        list.iter().any(|one| Self::parse(one) == Some(self))
    }

    /// The folders that must have a test of it.
    fn places(self) -> &'static [&'static str] {
        match () {
            () if self.is_in(BOTH) => &[DEVICE_TESTS, CORE_TESTS],
            () if self.is_in(CORE) => &[CORE_TESTS],
            () => &[DEVICE_TESTS],
        }
    }
}

/// The names of the tests with the files they stand in.
fn tests(tree: &Tree) -> Vec<(&str, String)> {
    let places = ["crates", "src", "tests", "demo"];
    let mut found = Vec::new();
    for file in tree.files.iter().filter(|file| file.is("rs") && places.iter().any(|place| file.under(place))) {
        let source = text::cut(&file.text);
        let mut test = false;
        for (_, line) in source.lines().map(|(n, line)| (n, line.trim())) {
            let line = line.strip_prefix("async ").unwrap_or(line);
            if let (true, Some(name)) = (test, line.strip_prefix("fn ")) {
                let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
                found.push((file.path.as_str(), name.split_at(end).0.to_owned()));
            }
            // Attributes and comments may stand between the two, code may not.
            let marked = line == "#[test]" || line.starts_with("#[tokio::test");
            test = marked || test && (line.is_empty() || line.starts_with("#["));
        }
    }
    found
}

/// The numbers in the first column of the tables of section 8 of scanning.md.
fn scans_given(specification: &str) -> BTreeSet<u32> {
    let section = specification.lines().skip_while(|line| !line.starts_with("## 8.")).skip(1);
    let rows = section.take_while(|line| !line.starts_with("## ")).filter_map(|line| line.strip_prefix('|'));
    rows.filter_map(|row| row.split('|').next()?.trim().parse().ok()).collect()
}

/// The numbers of the tests `case_NN`.
fn scans_tested(tree: &Tree) -> BTreeSet<u32> {
    let digits = |name: &str| name.strip_prefix("case_").and_then(|rest| rest.split('_').next()?.parse().ok());
    tests(tree).iter().filter(|(path, _)| !path.starts_with("demo/")).filter_map(|(_, name)| digits(name)).collect()
}

/// The cases of workflows.md: `- G1 given / when / then`.
fn floor_given(specification: &str) -> BTreeSet<Case> {
    let items = specification.lines().filter_map(|line| line.strip_prefix("- "));
    items.filter_map(|item| Case::parse(item.split(' ').next()?)).collect()
}

/// The cases that tests are named after, and the folders these stand in.
fn floor_tested(tree: &Tree) -> BTreeMap<Case, BTreeSet<&str>> {
    let mut found: BTreeMap<Case, BTreeSet<&str>> = BTreeMap::new();
    for (path, name) in tests(tree) {
        let place = [CORE_TESTS, DEVICE_TESTS].into_iter().find(|place| path.starts_with(&format!("{place}/")));
        // Names of cases stand in front.
        for case in name.split('_').map_while(Case::parse) {
            found.entry(case).or_default().extend(place);
        }
    }
    found
}

/// Required cases without a test where one must be: `G1 in tests`.
fn missing(given: &BTreeSet<Case>, tested: &BTreeMap<Case, BTreeSet<&str>>) -> Vec<String> {
    let required = given.iter().filter(|case| REQUIRED.contains(case.letter));
    let places = required.flat_map(|case| case.places().iter().map(move |place| (case, place)));
    let gaps = places.filter(|(case, place)| !tested.get(case).is_some_and(|found| found.contains(*place)));
    gaps.map(|(case, place)| format!("{}{} in {place}", case.letter, case.number)).collect()
}

/// A specification beside the repository. `None` = it is not there.
fn specification(name: &str) -> Option<String> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let path = above.map(|up| up.join("../shared").join(name)).find(|path| path.is_file());
    if path.is_none() {
        eprintln!("../shared/{name} is absent: 0 cases compared");
    }
    path.map(|path| std::fs::read_to_string(path).unwrap())
}

#[test]
fn every_case_of_a_scan_is_a_test() {
    let Some(text) = specification("scanning.md") else { return };
    let given = scans_given(&text);
    assert!(given.len() >= CASES_MIN, "only {} cases were found: {given:?}", given.len());
    let tested = scans_tested(Tree::of_repository());
    let missing: Vec<_> = given.difference(&tested).collect();
    assert!(missing.is_empty(), "no test is named after the cases {missing:?} of scanning.md, section 8");
    eprintln!("{} cases of scans, each a test", given.len());
}

#[test]
fn every_case_of_the_floor_is_a_test() {
    let all = COUNTS.iter().flat_map(|(letter, last)| (1..=*last).map(|number| Case { letter: *letter, number }));
    let given: BTreeSet<Case> = all.collect();
    if let Some(text) = specification("workflows.md") {
        assert_eq!(floor_given(&text), given, "the text has other cases than the list here");
    }
    for letter in LETTERS.chars() {
        let numbers: Vec<u32> = given.iter().filter(|case| case.letter == letter).map(|case| case.number).collect();
        let last = u32::try_from(numbers.len()).unwrap();
        assert!(last > 0 && numbers.into_iter().eq(1..=last), "the cases of section {letter} have gaps");
    }
    for name in CORE.iter().chain(BOTH) {
        assert!(Case::parse(name).is_some_and(|case| given.contains(&case)), "{name} is no case of workflows.md");
    }
    let tested = floor_tested(Tree::of_repository());
    let strange: Vec<_> = tested.keys().filter(|case| !given.contains(case)).collect();
    assert!(strange.is_empty(), "tests are named after {strange:?}, which workflows.md does not have");
    let missing = missing(&given, &tested);
    assert!(missing.is_empty(), "{} cases of workflows.md have no test: {}", missing.len(), missing.join(", "));
    eprintln!("sections {REQUIRED}: each case is a test");
}

#[test]
fn gaps_are_seen() {
    let text = "## 7. Other\n|9|x|\n## 8. Cases\n\n|#|input|\n|---|---|\n|1|`a|b`|\n|12|c|\ntext\n## 9. More\n|3|x|\n";
    assert_eq!(scans_given(text), [1, 12].into());
    let tree = Tree::sample(&[
        ("src/a.rs", "#[test]\nfn case_01_a() {}\nfn case_2_no_test() {}\n// #[test]\nfn case_3() {}\n"),
        ("crates/gs1/tests/b.rs", "    #[test]\n    #[ignore = \"slow\"]\n    fn case_12_b() {}\nfn case_qty() {}\n"),
        ("tests/c.rs", "let a = \"#[test]\";\nfn case_4() {}\n#[test]\nfn other() {}\nfn case_5() {}\n"),
        ("demo/d.rs", "#[test]\nfn case_6() {}\n"),
    ]);
    assert_eq!(scans_tested(&tree), [1, 12].into());
}

#[test]
fn gaps_of_the_floor_are_seen() {
    let case = |text| Case::parse(text).unwrap();
    let text = "- G1 – / x / y\n- G4 a / b / c\n  - G9 inside\n- G16 x\n- S1 a\n- W2 b\n- X1 no\n- G100 no\n- Go on\n";
    let given = floor_given(text);
    assert_eq!(given, ["G1", "G4", "G16", "S1", "W2"].map(case).into());
    let tree = Tree::sample(&[
        ("tests/a.rs", "#[test]\nfn g01_g04_both() {}\n#[test]\nfn is_g16_not() {}\nfn s01_no_test() {}\n"),
        ("tests/b/c.rs", "#[test]\n#[ignore = \"slow\"]\nfn x_s01() {}\n"),
        ("crates/domain/tests/d.rs", "#[test]\nfn s1_elsewhere() {}\n"),
        ("crates/erp/tests/e.rs", "#[tokio::test(flavor = \"multi_thread\")]\nasync fn w2_in_the_core() {}\n"),
    ]);
    let tested = floor_tested(&tree);
    assert_eq!(tested[&case("G1")], [DEVICE_TESTS].into());
    assert!(tested[&case("S1")].is_empty());
    assert!(!tested.contains_key(&case("G16")));
    let expected = ["G4 in crates/erp/tests", "G16 in crates/erp/tests", "S1 in tests", "W2 in tests"];
    assert_eq!(missing(&given, &tested), expected);
}
