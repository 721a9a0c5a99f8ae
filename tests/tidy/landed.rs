//! Migrations are numbered without gaps, and a landed one never changes: its hash stands in
//! `LANDED` beside it.

use crate::tree::{File, Tree};

/// A folder of migrations, and the file that runs them.
const FOLDERS: &[(&str, &str)] =
    &[("migrations", "src/store/schema.rs"), ("crates/erp/migrations", "crates/erp/src/db/migrate.rs")];

pub fn migrations(tree: &Tree) -> Vec<String> {
    FOLDERS.iter().flat_map(|(folder, runner)| in_folder(tree, folder, runner)).collect()
}

/// The line of `LANDED` for a migration.
pub fn line_for(file: &File) -> String {
    format!("{}  {}", blake3::hash(file.text.as_bytes()).to_hex(), file.name())
}

fn in_folder(tree: &Tree, folder: &str, runner: &str) -> Vec<String> {
    let landed_path = format!("{folder}/LANDED");
    let landed = tree.text(&landed_path).unwrap_or_default();
    let runs = tree.text(runner).unwrap_or_default();
    let prefix = format!("{folder}/");
    let mut found = Vec::new();
    let mut files: Vec<&File> =
        tree.files.iter().filter(|file| file.path.starts_with(&prefix) && file.is("sql")).collect();
    files.sort_by_key(|file| file.name().to_owned());
    if files.is_empty() {
        found.push(format!("{folder}:1: has no migration: mend the list in tests/tidy/landed.rs"));
    }
    for (number, file) in (1..).zip(&files) {
        let path = &file.path;
        if !file.name().starts_with(&format!("{number:04}_")) {
            found.push(format!("{path}:1: its number is not {number:04}: migrations are numbered without gaps"));
        }
        if !runs.contains(&format!("migrations/{}", file.name())) {
            found.push(format!("{path}:1: is never run: add it to the list in {runner}"));
        }
        let line = line_for(file);
        match landed.lines().find(|line| line.split_whitespace().nth(1) == Some(file.name())) {
            None => {
                found.push(format!("{path}:1: is not in {landed_path}: when it is final, add the line\n    {line}"))
            }
            Some(found_line) if found_line.trim() != line => found.push(format!(
                "{path}:1: has landed and was edited: put it back and write the change as the next number \
                 (if it never left your machine, the line in {landed_path} is\n    {line})"
            )),
            Some(_) => {}
        }
    }
    for (n, line) in (1..).zip(landed.lines()).filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        let name = line.split_whitespace().nth(1).unwrap_or_default();
        if !files.iter().any(|file| file.name() == name) {
            found.push(format!("{landed_path}:{n}: {name:?} has landed and is gone: put it back"));
        }
    }
    found
}
