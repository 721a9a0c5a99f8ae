//! Facts: what is recorded can be sent, and its shape is pinned.

use crate::text::{cut, names};
use crate::tree::Tree;

const FACT: &str = "crates/domain/src/fact.rs";
const WIRE: &str = "crates/wire/src/push.rs";

pub fn known(tree: &Tree) -> Vec<String> {
    let variants = variants(tree.text(FACT).unwrap_or_default());
    let known = known_names(tree.text(WIRE).unwrap_or_default());
    let mut found = Vec::new();
    if variants.is_empty() {
        found.push(format!("{FACT}:1: has no `pub enum Fact`: mend tests/tidy/facts.rs"));
    }
    for (n, name) in &variants {
        if !known.iter().any(|(_, known)| known == name) {
            found.push(format!("{FACT}:{n}: {name} cannot be sent: add it to KNOWN in {WIRE}"));
        }
        let mut snapshots = tree.files.iter().filter(|file| file.is("snap"));
        if !snapshots.any(|file| names(&file.text, name)) {
            found.push(format!("{FACT}:{n}: {name} is in no snapshot: add one to crates/domain/tests/snapshots.rs"));
        }
    }
    for (n, name) in &known {
        if !variants.iter().any(|(_, variant)| variant == name) {
            found.push(format!("{WIRE}:{n}: KNOWN names {name}, which is no fact: take it out or add the variant"));
        }
    }
    found
}

/// The variants of `pub enum Fact` with their lines.
fn variants(text: &str) -> Vec<(usize, String)> {
    let source = cut(text);
    let lines = source.lines().skip_while(|(_, line)| !line.starts_with("pub enum Fact {")).skip(1);
    lines
        .take_while(|(_, line)| !line.starts_with('}'))
        .filter_map(|(n, line)| {
            let line = line.strip_prefix("    ").filter(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))?;
            Some((n, line.chars().take_while(char::is_ascii_alphanumeric).collect()))
        })
        .collect()
}

fn known_names(text: &str) -> Vec<(usize, String)> {
    let source = cut(text);
    let line_of = |wanted: fn(&str) -> bool, from: usize| {
        source.lines().find(|(n, line)| *n >= from && wanted(line)).map(|(n, _)| n)
    };
    let Some(first) = line_of(|line| line.contains("const KNOWN"), 1) else { return Vec::new() };
    let last = line_of(|line| line.contains("];"), first).unwrap_or(first);
    let literals = source.literals.iter().filter(|literal| (first..=last).contains(&literal.line));
    literals.map(|literal| (literal.line, literal.text.clone())).collect()
}
