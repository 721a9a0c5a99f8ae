//! The invariants of ARCHITECTURE.md that show in the source text.
//!
//! Each finding names file and line and says the way out. The samples here and in
//! `tidy/samples.rs` show that each check can fail.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::print_stderr
)]

#[path = "tidy/facts.rs"]
mod facts;
#[path = "tidy/house.rs"]
mod house;
#[path = "tidy/landed.rs"]
mod landed;
#[path = "tidy/languages.rs"]
mod languages;
#[path = "tidy/layers.rs"]
mod layers;
#[path = "tidy/samples.rs"]
mod samples;
#[path = "tidy/screens.rs"]
mod screens;
#[path = "tidy/text.rs"]
mod text;
#[path = "tidy/tree.rs"]
mod tree;

use std::collections::BTreeSet;
use tree::Tree;

/// Looks at the whole tree and says what is wrong with it, one finding a line.
type Check = fn(&Tree) -> Vec<String>;

#[track_caller]
fn holds(check: Check) {
    let found = check(Tree::of_repository());
    assert!(found.is_empty(), "{} to mend:\n{}\n", found.len(), found.join("\n"));
}

#[test]
fn names_stay_in_their_layer() {
    holds(layers::names_in_place);
}

#[test]
fn layers_call_only_downwards() {
    holds(layers::calls);
}

#[test]
fn sql_stays_in_the_store() {
    holds(layers::sql);
}

#[test]
fn pure_crates_depend_on_nothing_impure() {
    holds(layers::dependencies);
}

#[test]
fn pure_crates_forbid_clock_and_io_by_lint() {
    holds(layers::lints);
}

#[test]
fn pure_crates_name_no_clock_no_chance_no_io() {
    holds(layers::purity);
}

#[test]
fn free_crates_reach_no_copyleft() {
    holds(layers::free_crates);
}

#[test]
fn colours_only_in_the_theme() {
    holds(screens::colours);
}

#[test]
fn pictures_only_in_the_icons() {
    holds(screens::pictures);
}

#[test]
fn what_is_tappable_says_what_it_is() {
    holds(screens::tappable);
}

#[test]
fn no_sentence_in_rust() {
    holds(screens::sentences);
}

#[test]
fn every_fact_is_known_on_the_wire_and_in_a_snapshot() {
    holds(facts::known);
}

#[test]
fn landed_migrations_stay() {
    holds(landed::migrations);
}

#[test]
fn nothing_is_left_unfinished() {
    holds(house::marks);
}

#[test]
fn files_are_short_and_well_placed() {
    holds(house::files);
}

#[test]
fn no_path_of_one_machine() {
    holds(house::machine_paths);
}

#[test]
fn manifests_agree() {
    holds(house::manifests);
}

#[test]
fn the_map_shows_every_crate_and_no_ghost() {
    holds(house::map);
}

#[test]
fn the_clock_and_the_kernel_have_one_door() {
    holds(doors);
}

#[test]
fn no_debugging_is_left() {
    holds(debugging);
}

#[test]
fn every_queue_has_a_named_limit() {
    holds(queues);
}

#[test]
fn every_reason_has_words() {
    holds(reasons);
}

#[test]
fn every_language_has_every_word() {
    holds(languages::complete);
}

#[test]
fn the_map_shows_every_part_of_the_app() {
    holds(parts);
}

/// What is read from the machine, where it may be, and the way out.
const DOORS: &[(&[&str], &[&str], &str)] = &[
    (&["rustix"], &["src/device", "src/clock", "src/store"], "ask src/device, src/clock.rs or src/store for it"),
    (
        &["Timestamp::now", "Zoned::now", "SystemTime::now", "Instant::now"],
        &["src/clock"],
        "take the time as an argument, or ask src/clock.rs",
    ),
    (&["now_v7"], &["src/clock", "src/runner"], "the runner stamps ids: take the id as an argument"),
];

fn doors(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for file in tree.rust("src") {
        let source = text::cut(text::product(&file.text));
        for (words, homes, way_out) in DOORS.iter().filter(|(_, homes, _)| !homes.iter().any(|home| file.under(home))) {
            for (n, line) in source.lines() {
                for word in words.iter().filter(|word| text::names(line, word)) {
                    found.push(format!("{}:{n}: `{word}` outside {}: {way_out}", file.path, homes.join(", ")));
                }
            }
        }
    }
    found
}

fn debugging(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for file in tree.files.iter().filter(|file| file.is("rs")) {
        for (n, _) in text::cut(&file.text).lines().filter(|(_, line)| text::names(line, "dbg!")) {
            found.push(format!("{}:{n}: prints for debugging: take it out, or trace it", file.path));
        }
    }
    found
}

fn queues(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for file in tree.files.iter().filter(|file| file.is("rs") && !file.is_test()) {
        for (n, limit) in limits(&text::cut(text::product(&file.text)).code) {
            let last = limit.rsplit("::").next().unwrap_or_default();
            let constant = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
            let named =
                last.len() > 1 && last.starts_with(|c: char| c.is_ascii_uppercase()) && last.chars().all(constant);
            if !named {
                let has = if limit.is_empty() { "no limit".to_owned() } else { format!("the limit `{limit}`") };
                found.push(format!("{}:{n}: a queue with {has}: give it a constant named …_MAX", file.path));
            }
        }
    }
    found
}

/// The limit of each queue that is made, with the line.
fn limits(code: &str) -> Vec<(usize, &str)> {
    const MAKERS: &[&str] = &["channel", "sync_channel", "unbounded_channel", "bounded", "unbounded"];
    let mut all = Vec::new();
    let mut at = 0;
    for word in code.split_inclusive(|c: char| !c.is_alphanumeric() && c != '_') {
        let start = at;
        at += word.len();
        let name = word.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '_');
        let before = code.get(..start).unwrap_or_default().trim_end();
        let made = MAKERS.contains(&name)
            && !["fn", ".", "oneshot::", "watch::"].iter().any(|end| before.ends_with(end))
            || name == "with_capacity" && ["Channel::", "Queue::"].iter().any(|end| before.ends_with(end));
        let rest = code.get(start + name.len()..).unwrap_or_default().trim_start();
        if let Some(arguments) = without_types(rest).strip_prefix('(').filter(|_| made) {
            let n = before.matches('\n').count()
                + code.get(before.len()..start).unwrap_or_default().matches('\n').count()
                + 1;
            all.push((n, arguments.split([',', ')']).next().unwrap_or_default().trim()));
        }
    }
    all
}

/// What follows `::<…>`.
fn without_types(rest: &str) -> &str {
    let Some(types) = rest.strip_prefix("::<") else { return rest };
    let mut depth = 1_usize;
    for (at, c) in types.char_indices() {
        match c {
            '<' => depth += 1,
            '>' if depth == 1 => return types.get(at + 1..).unwrap_or_default(),
            '>' => depth -= 1,
            _ => {}
        }
    }
    ""
}

const REASON: &str = "crates/domain/src/reason.rs";
/// Codes that no page shows, each with why.
const WORDLESS: &[(&str, &str)] = &[];

fn reasons(tree: &Tree) -> Vec<String> {
    let source = text::cut(tree.text(REASON).unwrap_or_default());
    let first = source.lines().find(|(_, line)| line.starts_with("reasons! {")).map_or(usize::MAX, |(n, _)| n);
    let codes: Vec<_> = source.literals.iter().filter(|literal| literal.line > first).collect();
    let code = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_uppercase() || "_?".contains(c));
    let worded: BTreeSet<String> =
        tree.slint().flat_map(|file| text::cut(&file.text).literals).map(|literal| literal.text).collect();
    let mut found = Vec::new();
    for literal in codes.iter().filter(|literal| code(&literal.text)) {
        let wordless = WORDLESS.iter().any(|(code, _)| *code == literal.text);
        if wordless == worded.contains(&literal.text) {
            let way_out = if wordless {
                "has words: take it off WORDLESS in tests/tidy.rs"
            } else {
                "has no words: give it a title and a help line in ui/words.slint, or say in WORDLESS why not"
            };
            found.push(format!("{REASON}:{}: {} {way_out}", literal.line, literal.text));
        }
    }
    if !codes.iter().any(|literal| code(&literal.text)) {
        found.push(format!("{REASON}:1: has no `reasons! {{`: mend `reasons` in tests/tidy.rs"));
    }
    found
}

fn parts(tree: &Tree) -> Vec<String> {
    let map = tree.text("ARCHITECTURE.md").unwrap_or_default();
    let top = |path: &str| path.strip_prefix("src/").is_some_and(|name| !name.contains('/'));
    let entrance = |path: &str| matches!(path, "src/lib.rs" | "src/main.rs");
    let files = tree.rust("src").filter(|file| top(&file.path) && !entrance(&file.path));
    files
        .filter(|file| !text::names(map, &file.path))
        .map(|file| format!("ARCHITECTURE.md:1: does not show {}: add it to the code map", file.path))
        .collect()
}

/// The check finds exactly these places in the tree.
#[track_caller]
fn finds(check: Check, files: &[(&str, &str)], expected: &[&str]) {
    let found = check(&Tree::sample(files));
    let places: Vec<&str> = found.iter().filter_map(|line| line.split(": ").next()).collect();
    assert_eq!(places, expected, "{found:#?}");
}

#[test]
fn a_clock_beside_the_clock() {
    finds(
        doors,
        &[
            ("src/screen.rs", "// Instant::now\nlet now = Instant::now();\nlet id = Uuid::now_v7();\n"),
            ("src/runner/net.rs", "let id = Uuid::now_v7();\nuse rustix::fs;\n"),
            ("src/clock.rs", "Timestamp::now();\nrustix::time::clock_gettime();\n"),
            ("src/sync.rs", "#[cfg(test)]\nmod tests {\n    Instant::now();\n}\n"),
        ],
        &["src/screen.rs:2", "src/screen.rs:3", "src/runner/net.rs:2"],
    );
}

#[test]
fn a_print_for_debugging() {
    let bad = format!("let a = 1;\n{}!(a); // {0}!\n", concat!("d", "bg"));
    finds(debugging, &[("tests/a.rs", &bad), ("src/b.rs", "// d\nlet dbg = \"dbg!\";\n")], &["tests/a.rs:2"]);
}

#[test]
fn a_queue_without_a_name_for_its_limit() {
    let good = "let (a, b) = mpsc::channel::<Vec<u8>>(self::REQUESTS_MAX);\nlet c = oneshot::channel();\nuse x::channel;\n\
                fn channel(n: usize) {}\ndevice.channel(3);\nVec::with_capacity(3);\nwatch::channel(false);\n";
    let bad = "let (a, b) = channel();\nlet c = sync_channel::<Vec<u8>>(64);\n\nmpsc::unbounded_channel();\n\
               mpsc::\nchannel(limit);\nDataChannel::with_capacity(3);\n";
    let places = ["src/b.rs:1", "src/b.rs:2", "src/b.rs:4", "src/b.rs:6", "src/b.rs:7"];
    finds(queues, &[("src/a.rs", good), ("src/b.rs", bad), ("tests/c.rs", bad)], &places);
}

#[test]
fn a_reason_without_words() {
    let reason = "const A: &str = \"X\";\nreasons! {\n    /// \"Z\".\n    Gone = \"GONE\",\n    Swap = \"SWAP?\",\n}\n";
    let page = ("ui/words.slint", "// \"SWAP?\"\nreason == \"GONE\" ? 1 : 2;\n");
    finds(reasons, &[(REASON, reason), page], &["crates/domain/src/reason.rs:5"]);
    finds(reasons, &[page], &["crates/domain/src/reason.rs:1"]);
}

#[test]
fn a_part_missing_on_the_map() {
    finds(
        parts,
        &[
            ("ARCHITECTURE.md", "`src/app.rs` and `clock.rs`"),
            ("src/app.rs", ""),
            ("src/app/work.rs", ""),
            ("src/clock.rs", ""),
            ("src/main.rs", ""),
        ],
        &["ARCHITECTURE.md:1"],
    );
}
