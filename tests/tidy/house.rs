//! The house: marks, sizes, manifests, the map.

use crate::text::{cut, names, product};
use crate::tree::{File, Tree};

/// Put together here, so that this file passes its own check.
const MARKS: &[&str] = &[
    concat!("to", "do!"),
    concat!("unimple", "mented!"),
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("X", "XX"),
];

pub fn marks(tree: &Tree) -> Vec<String> {
    let read = |file: &&File| {
        ["rs", "slint", "md", "sh", "toml", "sql", "py"].iter().any(|end| file.is(end))
            || file.name() == "Makefile"
            || file.under(".ci")
    };
    let mut found = Vec::new();
    for file in tree.files.iter().filter(read) {
        for (n, line) in (1..).zip(file.text.lines()) {
            for mark in MARKS.iter().filter(|mark| names(line, mark)) {
                found.push(format!("{}:{n}: {mark}: finish it, or file an issue and take the mark out", file.path));
            }
        }
    }
    found
}

const LINES_MAX: usize = 700;
const MAIN_LINES_MAX: usize = 99;
const BUILD_LINES_MAX: usize = 20;

/// Tables that are made from a published list: they are as long as the list.
const TABLES: &[&str] = &[
    "crates/gs1/src/ai/table_goods.rs",
    "crates/gs1/src/ai/table_logistic.rs",
    "crates/gs1/src/ai/table_measure.rs",
    "crates/gs1/src/ai/table_special.rs",
    "crates/gs1/src/linter/lists.rs",
];

pub fn files(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for file in tree.files.iter().filter(|file| file.is("rs") || file.is("slint")) {
        let lines = product(&file.text).lines().count();
        let path = &file.path;
        match file.name() {
            "mod.rs" => found.push(format!("{path}:1: name it after its folder, beside the folder")),
            "main.rs" if lines > MAIN_LINES_MAX => {
                found.push(format!("{path}:{lines}: over {MAIN_LINES_MAX} lines: arguments and wiring only"));
            }
            "build.rs" if lines > BUILD_LINES_MAX => {
                found.push(format!("{path}:{lines}: over {BUILD_LINES_MAX} lines: style, words, pictures only"));
            }
            _ if lines > LINES_MAX && !file.is_test() && !TABLES.contains(&path.as_str()) => {
                found.push(format!("{path}:{lines}: over {LINES_MAX} lines without its tests: split it by meaning"));
            }
            _ => {}
        }
    }
    for table in TABLES.iter().filter(|table| !tree.has(table)) {
        found.push(format!("tests/tidy/house.rs:1: {table} is gone: take it off the list of tables"));
    }
    found
}

const ROOTS: &[&str] = &[concat!("/", "work/"), concat!("/", "root/"), concat!("/", "home/"), concat!("/", "Users/")];

pub fn machine_paths(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for file in tree.files.iter().filter(|file| file.path != "Cargo.lock") {
        for (n, line) in (1..).zip(file.text.lines()) {
            let begins = |at: usize| {
                let before = line.get(..at).and_then(|text| text.chars().next_back());
                !before.is_some_and(|c| c.is_alphanumeric() || "._-}/*".contains(c))
            };
            if ROOTS.iter().any(|root| line.match_indices(root).any(|(at, _)| begins(at))) {
                found.push(format!("{}:{n}: a path of one machine: make it relative or an argument", file.path));
            }
        }
    }
    found
}

/// Members of the workspace, the root package first.
fn members(tree: &Tree) -> Vec<&str> {
    let manifest = tree.text("Cargo.toml").unwrap_or_default();
    let list =
        manifest.split_once("members = [").and_then(|(_, rest)| rest.split_once(']')).map_or("", |(list, _)| list);
    std::iter::once("").chain(list.split('"').skip(1).step_by(2)).collect()
}

/// Includes what the Slint compiler writes, which is unsafe here and there.
const COMPILED_SCREENS: &str = "src/screen.rs";

pub fn manifests(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for member in members(tree) {
        let path = if member.is_empty() { "Cargo.toml".to_owned() } else { format!("{member}/Cargo.toml") };
        let text = tree.text(&path).unwrap_or_default();
        let licence = if member.starts_with("crates/") { "MIT OR Apache-2.0" } else { "GPL-3.0-only" };
        if !text.contains(&format!("license = \"{licence}\"")) {
            found.push(format!("{path}:1: its licence is not {licence}: see LICENSE"));
        }
        if !text.contains("[lints]\nworkspace = true") {
            found.push(format!("{path}:1: takes no part in the workspace's lints: add `[lints]` `workspace = true`"));
        }
        if !text.contains("rust-version.workspace = true") {
            found.push(format!("{path}:1: has a rust-version of its own: the workspace has one"));
        }
    }
    for name in ["GPL-3.0-only", "MIT", "Apache-2.0"] {
        let path = format!("LICENSES/{name}.txt");
        if tree.text(&path).is_none_or(|text| text.len() < 500) {
            found.push(format!("{path}:1: the text of the licence is missing"));
        }
    }
    let root = tree.text("Cargo.toml").unwrap_or_default();
    if !root.contains("unsafe_code = \"deny\"") && !root.contains("unsafe_code = \"forbid\"") {
        found.push("Cargo.toml:1: unsafe_code is not denied: it is, outside one reviewed module".to_owned());
    }
    for file in tree.files.iter().filter(|file| file.is("rs")) {
        for (n, line) in cut(&file.text).lines() {
            let compiled = file.path == COMPILED_SCREENS;
            if !compiled && line.contains("allow(") && names(line, "unsafe_code") {
                found.push(format!("{}:{n}: allows unsafe code: name the module here once it is reviewed", file.path));
            }
        }
    }
    found
}

pub fn map(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for member in members(tree).into_iter().filter(|member| !member.is_empty()) {
        let short = member.rsplit('/').next().unwrap_or(member);
        if !tree.text("ARCHITECTURE.md").is_some_and(|text| names(text, member)) {
            found.push(format!("ARCHITECTURE.md:1: does not show {member}: add a line to the code map"));
        }
        if !tree.text("README.md").is_some_and(|text| names(text, short)) {
            found.push(format!("README.md:1: does not mention {short}: say what it is for"));
        }
    }
    for file in tree.files.iter().filter(|file| file.is("md") && !file.path.contains('/')) {
        for (n, line) in (1..).zip(file.text.lines()) {
            for path in paths(line).filter(|path| !tree.has(path)) {
                found.push(format!("{}:{n}: {path} is not there: name what is, or take it out", file.path));
            }
        }
    }
    found
}

/// Paths of the tree in a line of Markdown: `` `src/app.rs` `` and `[map](ARCHITECTURE.md)`.
fn paths(line: &str) -> impl Iterator<Item = &str> {
    const TOPS: &[&str] = &[
        "src/",
        "crates/",
        "ui/",
        "tests/",
        "benches/",
        "migrations/",
        "packaging/",
        "assets/",
        "demo/",
        "docs/",
        ".ci/",
        "LICENSES/",
    ];
    let ticked = line.split('`').skip(1).step_by(2).filter(|text| TOPS.iter().any(|top| text.starts_with(top)));
    let linked = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let inside = linked.filter(|text| !text.contains(':') && !text.starts_with('#'));
    ticked.chain(inside).filter(|text| !text.contains(['*', '{', ' ', '<']))
}
