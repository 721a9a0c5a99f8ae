//! Source text cut into code, strings and comments; as much of a lexer as the checks need.
//! It reads Rust and Slint alike.

/// A string literal with the line it begins on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    pub line: usize,
    pub text: String,
}

/// Comments are gone; string literals are empty in `code` and whole in `literals`. Lines keep
/// their numbers.
#[derive(Debug, Default)]
pub struct Source {
    pub code: String,
    pub literals: Vec<Literal>,
}

impl Source {
    /// Code lines, numbered from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.code.lines())
    }
}

/// The product's part of a Rust file: what stands before its inline tests.
pub fn product(text: &str) -> &str {
    let mut at = 0;
    let mut before = "";
    for line in text.split_inclusive('\n') {
        if before.trim_end() == "#[cfg(test)]" && line.starts_with("mod ") && line.contains('{') {
            return text.get(..at - before.len()).unwrap_or(text);
        }
        at += line.len();
        before = line;
    }
    text
}

pub fn cut(text: &str) -> Source {
    let mut source = Source::default();
    let mut rest = text;
    let mut line = 1;
    let mut word = false;
    while let Some(first) = rest.chars().next() {
        let (end, kind) = piece(rest, first, word);
        let (taken, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        match kind {
            Kind::Code => source.code.push_str(taken),
            Kind::Comment => blank(&mut source.code, taken),
            Kind::Text { open, close } => {
                let inner = taken.get(open..taken.len().saturating_sub(close)).unwrap_or_default();
                source.literals.push(Literal { line, text: inner.to_owned() });
                source.code.push_str("\"\"");
                blank(&mut source.code, &taken.replace(|c| c != '\n', ""));
            }
        }
        word = first.is_alphanumeric() || first == '_';
        line += taken.matches('\n').count();
        rest = after;
    }
    source
}

enum Kind {
    Code,
    Comment,
    Text { open: usize, close: usize },
}

/// The length of the piece that begins here.
fn piece(rest: &str, first: char, in_word: bool) -> (usize, Kind) {
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), Kind::Comment);
    }
    if rest.starts_with("/*") {
        return (rest.find("*/").map_or(rest.len(), |at| at + 2), Kind::Comment);
    }
    if first == '"' {
        return (quoted(rest), Kind::Text { open: 1, close: 1 });
    }
    if first == 'r' && !in_word {
        let hashes = rest.chars().skip(1).take_while(|c| *c == '#').count();
        if rest.chars().nth(1 + hashes) == Some('"') {
            let close = format!("\"{}", "#".repeat(hashes));
            let open = 2 + hashes;
            let end =
                rest.get(open..).and_then(|inner| inner.find(&close)).map_or(rest.len(), |at| open + at + close.len());
            return (end, Kind::Text { open, close: close.len() });
        }
    }
    if first == '\'' {
        return (character(rest), Kind::Code);
    }
    (first.len_utf8(), Kind::Code)
}

fn quoted(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// A character literal such as `'"'`, or only the tick of a lifetime.
fn character(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match (chars.next(), chars.next(), chars.next()) {
        (Some((_, '\\')), Some(_), Some((at, '\''))) => at + 1,
        (Some((_, c)), Some((at, '\'')), _) if c != '\\' => at + 1,
        _ => 1,
    }
}

fn blank(code: &mut String, taken: &str) {
    code.extend(taken.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
}

/// Whether `line` holds `wanted` with no letter, digit or underscore on either side where
/// `wanted` itself ends with one.
pub fn names(line: &str, wanted: &str) -> bool {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(wanted).any(|(at, found)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line.get(at + found.len()..).and_then(|text| text.chars().next());
        let goes_on = |own: Option<char>, next: Option<char>| part(own) && part(next);
        !(goes_on(found.chars().next(), before) || goes_on(found.chars().next_back(), after))
    })
}

/// Words that a person would read: letters, then a blank, then letters.
pub fn is_sentence(text: &str) -> bool {
    let plain = |word: &&str| {
        let word = word.trim_matches(|c: char| ".,:;!?()'’".contains(c));
        word.len() > 1 && word.chars().all(|c| c.is_alphabetic() || c == '\'' || c == '’')
    };
    text.chars().any(char::is_lowercase) && text.split_whitespace().filter(plain).count() > 1
}

#[test]
fn strings_and_comments_are_told_apart() {
    let source = cut("a(\"one // two\"); // \"three\"\nb('\"', r#\"x\"y\"#); /* c\n */ d::<'a>(\"\\\"e\")");
    let texts: Vec<_> = source.literals.iter().map(|literal| (literal.line, literal.text.as_str())).collect();
    assert_eq!(texts, [(1, "one // two"), (2, "x\"y"), (3, "\\\"e")]);
    let lines: Vec<_> = source.lines().map(|(n, line)| (n, line.trim().to_owned())).collect();
    assert_eq!(lines[0], (1, "a(\"\");".to_owned()));
    assert_eq!(lines[2].0, 3);
    assert!(lines[2].1.starts_with("d::<'a>"), "{lines:?}");
}

#[test]
fn names_are_whole_words() {
    assert!(names("use reqwest::Client", "reqwest"));
    assert!(!names("use my_reqwest::Client", "reqwest"));
    assert!(names("x.now_v7()", "now_v7"));
    assert!(names("rand::rng()", "rand::"));
    assert!(!names("operand::x", "rand::"));
}

#[test]
fn sentences_are_words_with_blanks() {
    assert!(is_sentence("Scan the shelf"));
    assert!(!is_sentence("WRONG_ITEM"));
    assert!(!is_sentence("{}-{}"));
    assert!(!is_sentence("%H:%M"));
}

#[test]
fn tests_are_no_part_of_the_product() {
    assert_eq!(product("a\n#[cfg(test)]\nmod tests {\n b\n}\n"), "a\n");
    assert_eq!(product("a\n#[cfg(test)]\nmod tests;\nb\n"), "a\n#[cfg(test)]\nmod tests;\nb\n");
}
