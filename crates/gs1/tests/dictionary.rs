//! The crate's own table against the published dictionary, entry by entry.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs
)]

#[path = "common/tsv.rs"]
mod tsv;

use floorhand_gs1::ai::{self, CharSet, Entry};

const FILE: &str = "gs1-syntax-dictionary-2026-01-27.txt";

/// An entry as a line of the dictionary, without title, attributes in a fixed sequence.
fn line(entry: &Entry) -> String {
    let mut words = vec![match entry.first == entry.last {
        true => entry.first.to_owned(),
        false => format!("{}-{}", entry.first, entry.last),
    }];
    let fixed = if entry.fnc1_required { "" } else { "*" };
    let attribute = if entry.link_attribute { "?" } else { "" };
    words.push(format!("[{fixed}{attribute}]"));
    for part in entry.components {
        let letter = match part.set {
            CharSet::Numeric => 'N',
            CharSet::Set82 => 'X',
            CharSet::Set39 => 'Y',
            CharSet::Set64 => 'Z',
        };
        let size = match part.min == part.max {
            true => format!("{letter}{}", part.max),
            false => format!("{letter}..{}", part.max),
        };
        assert!(part.min == part.max || part.min == 1, "{}", entry.first);
        let mut word = if part.optional { format!("[{size}]") } else { size };
        for rule in part.linters {
            word.push(',');
            word.push_str(rule.name());
        }
        words.push(word);
    }
    for any_of in entry.required {
        let groups: Vec<String> = any_of.iter().map(|group| group.join("+")).collect();
        words.push(format!("req={}", groups.join(",")));
    }
    if !entry.excluded.is_empty() {
        words.push(format!("ex={}", entry.excluded.join(",")));
    }
    if let Some(alternatives) = entry.link_key {
        let lists: Vec<String> = alternatives.iter().map(|list| list.join(",")).collect();
        words.push(if lists.is_empty() { "dlpkey".to_owned() } else { format!("dlpkey={}", lists.join("|")) });
    }
    words.join(" ")
}

/// A line of the dictionary in the same form.
fn normal(text: &str) -> String {
    let text = text.split("# ").next().unwrap();
    let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    let flags = if words[1].chars().all(|c| "*?!\"$%&'()+,-./:;<=>@[\\]^_`{|}~".contains(c)) {
        words.remove(1)
    } else {
        String::new()
    };
    let known: String = ['*', '?'].iter().filter(|flag| flags.contains(**flag)).collect();
    words.insert(1, format!("[{known}]"));
    let rank = |word: &String| {
        ["req=", "ex=", "dlpkey"].iter().position(|start| word.starts_with(start)).map_or(0, |at| at + 1)
    };
    let (head, tail) = words.split_at_mut(2);
    let _ = head;
    tail.sort_by_key(rank);
    words.join(" ")
}

#[test]
fn every_entry_is_that_of_the_dictionary() {
    let text = tsv::directory().and_then(|path| std::fs::read_to_string(path.join(FILE)).ok());
    let Some(text) = text else {
        println!("{FILE}: 0 ran, 0 passed, 0 skipped (file absent)");
        return;
    };
    let published: Vec<String> =
        text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit())).map(normal).collect();
    let mut own: Vec<String> = ai::entries().map(line).collect();
    let mut differences: Vec<String> = Vec::new();
    for line in &published {
        match own.iter().position(|other| other == line) {
            Some(at) => {
                own.remove(at);
            }
            None => differences.push(format!("dictionary: {line}")),
        }
    }
    differences.extend(own.iter().map(|line| format!("own table:  {line}")));
    println!("{FILE}: {} ran, {} passed, 0 skipped (none)", published.len(), published.len() - own.len());
    assert!(differences.is_empty(), "differences:\n{}", differences.join("\n"));
}

#[test]
fn the_table_holds_what_the_release_counts() {
    assert_eq!(ai::entries().count(), 224);
    let sum = |filter: fn(&&Entry) -> bool| ai::entries().filter(filter).map(Entry::count).sum::<usize>();
    assert_eq!(sum(|_| true), 541);
    assert_eq!(sum(|entry| !entry.fnc1_required), 337);
    assert_eq!(sum(|entry| entry.link_attribute), 525);
    assert_eq!(ai::entries().filter(|entry| entry.link_key.is_some()).count(), 16);
}

#[test]
fn every_identifier_is_found_and_none_is_the_beginning_of_another() {
    let mut found = 0;
    for number in 0..10_000u32 {
        for width in 2..=4usize {
            let digits = format!("{number:0width$}");
            if digits.len() != width {
                continue;
            }
            let listed = ai::entries()
                .filter(|own| own.first.len() == width && own.first <= digits.as_str() && digits.as_str() <= own.last);
            let listed: Vec<&Entry> = listed.collect();
            assert!(listed.len() <= 1, "{digits}");
            assert_eq!(ai::entry(&digits), listed.first().copied(), "{digits}");
            found += listed.len();
            if !listed.is_empty() {
                let shorter = (2..width).any(|len| ai::entry(digits.get(..len).unwrap()).is_some());
                assert!(!shorter, "{digits} begins with another identifier");
            }
        }
    }
    assert_eq!(found, 541);
}
