//! Which part may name what.

use crate::text::{cut, names, product};
use crate::tree::Tree;
use std::collections::{BTreeMap, BTreeSet};

/// A thing that only some files of the app may name.
struct Place {
    what: &'static str,
    words: &'static [&'static str],
    home: &'static [&'static str],
    way_out: &'static str,
}

const PLACES: &[Place] = &[
    Place {
        what: "the HTTP client",
        words: &["reqwest", "hyper"],
        home: &["src/sync/transport.rs"],
        way_out: "send a request to src/sync/transport.rs, the only file that speaks HTTP",
    },
    Place {
        what: "SQLite",
        words: &["rusqlite"],
        home: &["src/store"],
        way_out: "add a method to src/store, the only place that holds a connection",
    },
    Place {
        what: "Slint",
        words: &["slint", "slint_build", "i_slint_core", "ComponentHandle", "SharedString", "VecModel"],
        home: &["src/screen"],
        way_out: "say it as plain data in src/view.rs and apply it in src/screen",
    },
    Place {
        what: "hardware",
        words: &[
            "serialport",
            "evdev",
            "nokhwa",
            "v4l",
            "gpiocdev",
            "rppal",
            "rodio",
            "rustix::termios",
            "rustix::pty",
            "rustix::event",
        ],
        home: &["src/device"],
        way_out: "put it behind a type of src/device, with a simulated twin",
    },
];

pub fn names_in_place(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for file in tree.rust("src") {
        let source = cut(product(&file.text));
        for place in PLACES.iter().filter(|place| !place.home.iter().any(|home| file.under(home))) {
            for (n, line) in source.lines() {
                if place.words.iter().any(|word| names(line, word)) {
                    found.push(format!("{}:{n}: names {}: {}", file.path, place.what, place.way_out));
                }
            }
        }
    }
    found
}

/// A part of the app, and the parts it must not call.
const NEVER: &[(&str, &[&str], &str)] = &[
    ("src/screen", &["store", "sync", "runner", "device", "app"], "a page gets a View and gives an Event"),
    ("src/view", &["store", "sync", "runner", "device", "app", "screen"], "a View is plain data"),
    ("src/present", &["store", "sync", "runner", "device", "screen"], "a View is made from App alone"),
    ("src/app", &["store", "runner", "device", "screen"], "App is pure: what it needs comes in with the event"),
    ("src/store", &["app", "runner", "device", "screen", "present"], "the store is called and calls nobody"),
    ("src/sync", &["app", "device", "screen", "present", "view"], "sync changes state only by an event"),
    ("src/device", &["app", "store", "sync", "runner", "screen", "present", "view"], "a device only delivers bytes"),
];

pub fn calls(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for (place, others, why) in NEVER {
        for file in tree.rust(place) {
            let source = cut(product(&file.text));
            for (n, line) in source.lines() {
                for other in others.iter().filter(|other| names(line, &format!("crate::{other}"))) {
                    found.push(format!("{}:{n}: calls `crate::{other}`, which {place} must not: {why}", file.path));
                }
            }
        }
    }
    found
}

pub fn sql(tree: &Tree) -> Vec<String> {
    let begins = |text: &str| {
        let text = text.trim_start();
        ["SELECT ", "INSERT INTO ", "INSERT OR ", "DELETE FROM ", "PRAGMA ", "CREATE TABLE "]
            .iter()
            .any(|word| text.starts_with(word))
            || (text.starts_with("UPDATE ") && text.contains(" SET "))
    };
    let mut found = Vec::new();
    for file in tree.rust("src").filter(|file| !file.under("src/store")) {
        for literal in cut(product(&file.text)).literals.iter().filter(|literal| begins(&literal.text)) {
            found.push(format!("{}:{}: SQL outside the store: add a method to src/store", file.path, literal.line));
        }
    }
    found
}

/// A crate without clock, chance and I/O, and all that it may depend on.
const PURE: &[(&str, &[&str])] = &[("crates/gs1", &[]), ("crates/domain", &["floorhand-gs1", "serde"])];

pub fn dependencies(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for (place, allowed) in PURE {
        let manifest = format!("{place}/Cargo.toml");
        let Some(text) = tree.text(&manifest) else {
            found.push(format!("{manifest}:1: is missing: mend the list in tests/tidy/layers.rs"));
            continue;
        };
        let mut table = "";
        for (n, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            if line.starts_with('[') {
                table = line.trim_matches(|c| c == '[' || c == ']');
                if table.ends_with("build-dependencies") {
                    found.push(format!("{manifest}:{n}: a build script in a pure crate: make the file by hand"));
                }
            } else if table == "dependencies" || table.ends_with(".dependencies") {
                let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
                if !name.starts_with('#') && !allowed.contains(&name) {
                    found.push(format!(
                        "{manifest}:{n}: depends on `{name}`: give {place} what it needs as an argument, \
                         or argue for the list in tests/tidy/layers.rs"
                    ));
                }
            }
        }
    }
    found
}

pub fn lints(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for (place, _) in PURE {
        let path = format!("{place}/clippy.toml");
        let text = tree.text(&path).unwrap_or_default();
        for word in ["disallowed-methods", "std::time::SystemTime::now", "std::time::Instant::now", "std::fs::"] {
            if !text.contains(word) {
                found.push(format!("{path}:1: does not name {word}: a pure crate forbids it by lint"));
            }
        }
    }
    for file in tree.files.iter().filter(|file| file.name() == "clippy.toml") {
        let pure = PURE.iter().any(|(place, _)| file.under(place));
        if !pure && file.text.contains("disallowed-methods") {
            found.push(format!("{}:1: disallowed-methods is for the pure crates: list the crate in PURE", file.path));
        }
    }
    found
}

const IMPURE: &[&str] = &[
    "SystemTime",
    "Instant::now",
    "Zoned::now",
    "Timestamp::now",
    "thread_rng",
    "rand::",
    "getrandom",
    "now_v7",
    "new_v4",
    "std::fs",
    "std::net",
    "std::env",
    "std::thread",
    "std::process",
    "std::io",
    "RandomState",
    "async fn",
];

pub fn purity(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for (place, _) in PURE {
        for file in tree.rust(place) {
            let source = cut(product(&file.text));
            for (n, line) in source.lines() {
                for word in IMPURE.iter().filter(|word| names(line, word)) {
                    found.push(format!(
                        "{}:{n}: `{word}` in a pure crate: let time, chance and data come in as arguments",
                        file.path
                    ));
                }
            }
        }
    }
    found
}

/// The crates that others may build on, under MIT or Apache-2.0.
const FREE: &[&str] = &["floorhand-gs1", "floorhand-domain", "floorhand-wire", "floorhand-erp"];

fn copyleft(name: &str) -> bool {
    name == "floorhand" || name == "floorhand-demo" || name.starts_with("slint") || name.starts_with("i-slint")
}

pub fn free_crates(tree: &Tree) -> Vec<String> {
    let lock = packages(tree.text("Cargo.lock").unwrap_or_default());
    let mut found = Vec::new();
    for root in FREE {
        if !lock.contains_key(root) {
            found.push(format!("Cargo.lock:1: has no {root}: mend the list in tests/tidy/layers.rs"));
        }
        let mut seen = BTreeSet::from([*root]);
        let mut open = vec![*root];
        while let Some(name) = open.pop() {
            for next in lock.get(name).into_iter().flatten() {
                if copyleft(next) {
                    found.push(format!(
                        "Cargo.lock:1: {root} reaches {next} by {name}: it is MIT OR Apache-2.0 and must not"
                    ));
                } else if seen.insert(next) {
                    open.push(next);
                }
            }
        }
    }
    found
}

/// What each package of a lock file depends on; versions of one name are taken together.
fn packages(lock: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut all: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut name = "";
    for line in lock.lines() {
        if let Some(found) = line.strip_prefix("name = \"") {
            name = found.trim_end_matches('"');
            all.entry(name).or_default();
        } else if let Some(found) = line.strip_prefix(" \"") {
            let next = found.split(['"', ' ']).next().unwrap_or_default();
            all.entry(name).or_default().insert(next);
        }
    }
    all
}
