//! The words of the pages in each language of `ui/lang`.

use crate::text;
use crate::tree::Tree;

/// The check finds exactly these places in the tree.
#[track_caller]
fn finds(check: crate::Check, files: &[(&str, &str)], expected: &[&str]) {
    let found = check(&Tree::sample(files));
    let places: Vec<&str> = found.iter().filter_map(|line| line.split(": ").next()).collect();
    assert_eq!(places, expected, "{found:#?}");
}

/// `@tr("context" => "one" | "many" % n)`; `many` is empty where there is no plural.
struct Phrase {
    line: usize,
    context: Option<String>,
    one: String,
    many: String,
}

fn phrases(slint: &str) -> Vec<Phrase> {
    let source = text::cut(slint);
    // Each literal stands as "" in the code: the pieces are what lies between the literals.
    let between: Vec<&str> = source.code.split("\"\"").map(str::trim).collect();
    let literal = |n: usize| source.literals.get(n).map(|literal| literal.text.clone()).unwrap_or_default();
    let follows = |n: usize, sign: &str| between.get(n).is_some_and(|piece| piece.starts_with(sign));
    let starts = between.iter().enumerate().filter(|(_, piece)| piece.ends_with("@tr("));
    starts
        .map(|(n, _)| {
            let (context, one) = if follows(n + 1, "=>") { (Some(literal(n)), n + 1) } else { (None, n) };
            let many = if follows(one + 1, "|") { literal(one + 1) } else { String::new() };
            let line = source.literals.get(n).map_or(1, |literal| literal.line);
            Phrase { line, context, one: literal(one), many }
        })
        .collect()
}

/// An entry of a `.po` file.
#[derive(Default)]
struct Entry {
    line: usize,
    context: String,
    one: String,
    many: String,
    words: Vec<String>,
    fuzzy: bool,
}

fn entries(po: &str) -> Vec<Entry> {
    let mut all = Vec::new();
    let mut entry = Entry::default();
    let mut field = String::new();
    for (n, line) in (1..).zip(po.lines().chain([""])) {
        let line = line.trim();
        if line.is_empty() && entry.line > 0 {
            all.push(std::mem::take(&mut entry));
        }
        entry.fuzzy |= line.starts_with("#,") && line.contains("fuzzy");
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if entry.line == 0 {
            entry.line = n;
        }
        let (name, quoted) = line.split_once('"').unwrap_or((line, ""));
        let part = quoted.strip_suffix('"').unwrap_or(quoted);
        if !name.is_empty() {
            field = name.trim().to_owned();
            if field.starts_with("msgstr") {
                entry.words.push(String::new());
            }
        }
        match field.as_str() {
            "msgctxt" => entry.context.push_str(part),
            "msgid" => entry.one.push_str(part),
            "msgid_plural" => entry.many.push_str(part),
            _ => entry.words.last_mut().into_iter().for_each(|words| words.push_str(part)),
        }
    }
    all
}

/// Each language has each message of the pages once, with the same places and all its plural forms, and no other.
/// What is missing is said at once and as it is to be written: paste it, and fill the empty `msgstr`.
pub fn complete(tree: &Tree) -> Vec<String> {
    let in_place = |path: &str| path.starts_with("ui/lang/") && path.contains("/LC_MESSAGES/");
    let files = tree.files.iter().filter(|file| file.is("po") && in_place(&file.path));
    let languages: Vec<_> = files.map(|file| (file, entries(&file.text))).collect();
    let mut found = Vec::new();
    if languages.is_empty() {
        found.push("ui/lang:1: has no language: mend tests/tidy/languages.rs".to_owned());
    }
    let mut all = Vec::new();
    for page in tree.slint() {
        for phrase in phrases(&page.text) {
            let place = format!("{}:{}", page.path, phrase.line);
            match &phrase.context {
                None => found.push(format!("{place}: {:?} has no context: write @tr(\"context\" => …)", phrase.one)),
                Some(_) => all.push((place, phrase)),
            }
        }
    }
    for (file, entries) in &languages {
        let mut missing: Vec<String> = Vec::new();
        for (place, phrase) in &all {
            let Some(entry) = entries.iter().find(|entry| phrase.is(entry)) else {
                let wanted = phrase.as_entry(plural_forms(entries));
                if !missing.contains(&wanted) {
                    missing.push(wanted);
                }
                continue;
            };
            let forms = if phrase.many.is_empty() { 1 } else { plural_forms(entries) };
            let faults = faults(phrase, entry, forms).into_iter();
            found.extend(faults.map(|fault| format!("{}:{}: {fault} ({place})", file.path, entry.line)));
        }
        for (n, entry) in entries.iter().enumerate().filter(|(_, entry)| !entry.one.is_empty()) {
            if !all.iter().any(|(_, phrase)| phrase.is(entry)) {
                found.push(format!("{}:{}: no page says {:?}: take it out", file.path, entry.line, entry.one));
            } else if entries.iter().take(n).any(|other| (&other.context, &other.one) == (&entry.context, &entry.one)) {
                found.push(format!("{}:{}: {:?} is there twice: take one out", file.path, entry.line, entry.one));
            }
        }
        if !missing.is_empty() {
            found.push(format!("{}: {} missing; to translate:\n{}", file.path, missing.len(), missing.concat()));
        }
    }
    found
}

impl Phrase {
    fn is(&self, entry: &Entry) -> bool {
        self.context.as_ref() == Some(&entry.context) && self.one == entry.one
    }

    /// The entry of a `.po` file, without a translation.
    fn as_entry(&self, forms: usize) -> String {
        let context = self.context.as_deref().unwrap_or_default();
        let words = if self.many.is_empty() {
            "msgstr \"\"\n".to_owned()
        } else {
            let forms: String = (0..forms).map(|n| format!("msgstr[{n}] \"\"\n")).collect();
            format!("msgid_plural \"{}\"\n{forms}", self.many)
        };
        format!("\nmsgctxt \"{context}\"\nmsgid \"{}\"\n{words}", self.one)
    }
}

fn faults(phrase: &Phrase, entry: &Entry, forms: usize) -> Vec<String> {
    let mut faults = Vec::new();
    if entry.many != phrase.many {
        faults.push(format!("the page has the plural {:?}: write it as msgid_plural", phrase.many));
    }
    if entry.words.len() != forms {
        faults.push(format!("{} forms where the language has {forms}: write each msgstr", entry.words.len()));
    }
    if entry.fuzzy || entry.words.iter().any(String::is_empty) {
        faults.push(format!("{:?} is not translated: write its msgstr, without `fuzzy`", phrase.one));
        return faults;
    }
    let right = [places(&phrase.one), places(if phrase.many.is_empty() { &phrase.one } else { &phrase.many })];
    for words in entry.words.iter().filter(|words| !right.contains(&places(words))) {
        faults.push(format!("{words:?} has other places than {:?}: keep {{}}, {{0}}, {{n}}", phrase.one));
    }
    faults
}

/// `nplurals` of the header.
fn plural_forms(entries: &[Entry]) -> usize {
    let header = entries.iter().find(|entry| entry.one.is_empty()).and_then(|entry| entry.words.first());
    let after = header.and_then(|header| header.split_once("nplurals=")).map_or("", |(_, rest)| rest);
    after.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(2)
}

/// `{}`, `{0}`, `{n}` of a text; `{}` counts as often as it stands there.
fn places(text: &str) -> Vec<&str> {
    let inside = text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
    let mut all: Vec<&str> = inside.filter(|name| name.chars().all(|c| c.is_alphanumeric() || c == '_')).collect();
    all.sort_unstable();
    all.dedup_by(|a, b| a == b && !a.is_empty());
    all
}

#[test]
fn a_word_that_a_language_lacks() {
    let po = "msgid \"\"\nmsgstr \"\"\n\"Plural-Forms: nplurals=2; plural=(n != 1);\\n\"\n\n\
              msgctxt \"a\"\nmsgid \"Back\"\nmsgstr \"Zur\"\n\"ück\"\n\n\
              msgctxt \"a\"\nmsgid \"Bin {0}\"\nmsgstr \"Fach\"\n\n\
              msgctxt \"a\"\nmsgid \"{n} tote\"\nmsgid_plural \"{n} totes\"\nmsgstr[0] \"eine\"\nmsgstr[1] \"{n}\"\n\n\
              msgctxt \"a\"\nmsgid \"Next\"\nmsgstr \"\"\n\n\
              #, fuzzy\nmsgctxt \"a\"\nmsgid \"Off\"\nmsgstr \"Aus\"\n\n\
              msgctxt \"a\"\nmsgid \"{n} x\"\nmsgid_plural \"{n} y\"\nmsgstr[0] \"{n}\"\n\n\
              msgctxt \"a\"\nmsgid \"Gone\"\nmsgstr \"Weg\"\n\n\
              msgctxt \"a\"\nmsgid \"Back\"\nmsgstr \"Zurück\"\n";
    let page = "text: @tr(\"a\" => \"Back\"); // @tr(\"a\" => \"Never\")\ntext: @tr(\"Back\");\n\
                text: x ? @tr(\"b\" => \"Back\") : @tr(\n\"a\" => \"Bin {0}\", n);\n\
                text: @tr(\"a\" => \"{n} tote\" | \"{n} totes\" % n);\ntext: @tr(\"a\" => \"Next\") + \"\";\n\
                text: @tr(\"a\" => \"Off\");\ntext: @tr(\"a\" => \"{n} x\" | \"{n} z\" % n);\n";
    let de = "ui/lang/de/LC_MESSAGES/floorhand.po";
    let at = |line: u32| format!("{de}:{line}");
    let expected =
        ["ui/a.slint:2".to_owned(), at(10), at(14), at(20), at(25), at(29), at(29), at(34), at(38), de.to_owned()];
    let places: Vec<&str> = expected.iter().map(String::as_str).collect();
    finds(complete, &[(de, po), ("ui/a.slint", page)], &places);
    finds(complete, &[("ui/a.slint", "")], &["ui/lang:1"]);
    // What is missing can be pasted, in as many forms as the language has.
    let lacks = complete(&Tree::sample(&[(de, po), ("ui/a.slint", "t: @tr(\"c\" => \"{n} y\" | \"{n} ys\" % n);")]));
    let pasted = "msgctxt \"c\"\nmsgid \"{n} y\"\nmsgid_plural \"{n} ys\"\nmsgstr[0] \"\"\nmsgstr[1] \"\"\n";
    assert!(lacks.last().unwrap().ends_with(pasted), "{lacks:#?}");
}
