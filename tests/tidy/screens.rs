//! What a person sees and touches.

use crate::text::{cut, is_sentence, names, product};
use crate::tree::Tree;

pub fn colours(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for file in tree.slint().filter(|file| file.path != "ui/theme.slint") {
        for (n, line) in cut(&file.text).lines() {
            let by_name = ["rgb(", "rgba(", "hsv(", "oklch(", "Colors."].iter().any(|word| names(line, word));
            if by_name || has_hex_colour(line) {
                found.push(format!("{}:{n}: a colour: name it in ui/theme.slint and use the name", file.path));
            }
        }
    }
    for file in tree.rust("src") {
        for (n, line) in cut(product(&file.text)).lines() {
            if ["Color", "RgbaColor", "Brush"].iter().any(|word| names(line, word)) {
                found
                    .push(format!("{}:{n}: a colour in Rust: pass a state, ui/theme.slint has the colours", file.path));
            }
        }
    }
    found
}

fn has_hex_colour(line: &str) -> bool {
    line.match_indices('#').any(|(at, _)| {
        let digits = line.get(at + 1..).map_or(0, |rest| rest.chars().take_while(char::is_ascii_alphanumeric).count());
        let hex = line.get(at + 1..at + 1 + digits).is_some_and(|text| text.chars().all(|c| c.is_ascii_hexdigit()));
        hex && matches!(digits, 3 | 4 | 6 | 8)
    })
}

pub fn pictures(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for file in tree.slint().filter(|file| file.path != "ui/icons.slint") {
        for (n, line) in cut(&file.text).lines() {
            if line.contains("@image-url") {
                found.push(format!("{}:{n}: a picture: name it in ui/icons.slint and use the name", file.path));
            }
        }
    }
    found
}

pub fn tappable(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for file in tree.slint() {
        let source = cut(&file.text);
        for (n, body) in components(&source.code) {
            if !names(&body, "TouchArea") {
                continue;
            }
            for word in ["accessible-role", "accessible-label", "accessible-action-default"] {
                if !body.contains(word) {
                    found.push(format!(
                        "{}:{n}: can be touched but has no {word}: build it on Press (ui/widgets/press.slint)",
                        file.path
                    ));
                }
            }
        }
    }
    found
}

/// Each component of a Slint file with the line it begins on.
fn components(code: &str) -> Vec<(usize, String)> {
    let mut all: Vec<(usize, String)> = Vec::new();
    let mut depth = 0_usize;
    let mut inside = false;
    for (n, line) in (1..).zip(code.lines()) {
        if depth == 0 {
            let start = line.trim_start().trim_start_matches("export ");
            inside = start.starts_with("component ");
            if inside {
                all.push((n, String::new()));
            }
        }
        if inside && let Some((_, body)) = all.last_mut() {
            body.push_str(line);
            body.push('\n');
        }
        depth = (depth + line.matches('{').count()).saturating_sub(line.matches('}').count());
    }
    all
}

/// The parts that shape what is shown; other parts write logs and errors, which are sentences.
const SHOWN: &[&str] = &["src/screen", "src/present", "src/view", "src/app", "src/event"];

pub fn sentences(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for file in tree.files.iter().filter(|file| file.is("rs") && !file.is_test()) {
        let shown = SHOWN.iter().any(|place| file.under(place));
        if !shown && !file.under("src") && !file.under("crates/domain/src") {
            continue;
        }
        let source = cut(product(&file.text));
        let lines: Vec<&str> = source.code.lines().collect();
        for literal in source.literals.iter().filter(|literal| is_sentence(&literal.text)) {
            let line = literal.line.checked_sub(1).and_then(|at| lines.get(at)).copied().unwrap_or_default();
            if (shown && !is_for_makers(&lines, literal.line)) || sets_words(line) {
                found.push(format!(
                    "{}:{}: {:?} in Rust: pass a code, and choose the words in .slint by @tr",
                    file.path, literal.line, literal.text
                ));
            }
        }
    }
    found
}

/// `set_title("…")` and its like.
fn sets_words(line: &str) -> bool {
    line.match_indices("set_").any(|(at, _)| {
        let name = line.get(at..).and_then(|rest| rest.split('(').next()).unwrap_or_default();
        ["text", "title", "message", "label"].iter().any(|end| name.ends_with(end)) && line.contains("(\"\"")
    })
}

/// Logs, errors, panics and attributes are read by whoever keeps the program. A call that began a
/// few lines above counts too.
fn is_for_makers(lines: &[&str], n: usize) -> bool {
    const CALLS: &[&str] = &[
        "trace!",
        "debug!",
        "info!",
        "warn!",
        "error!",
        "event!",
        "span!",
        "assert!",
        "debug_assert!",
        "unreachable!",
        "panic!",
        "bail!",
        "anyhow!",
        "context(",
        "expect(",
        "error(",
        "#[",
        "#![",
    ];
    let from = n.saturating_sub(4);
    lines.get(from..n.min(lines.len())).unwrap_or_default().iter().rev().enumerate().any(|(back, line)| {
        // An earlier line counts only while its statement is open.
        let open = back == 0 || !line.trim_end().ends_with([';', '}']);
        open && CALLS.iter().any(|call| line.contains(call))
    })
}
