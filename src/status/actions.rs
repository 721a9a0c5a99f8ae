//! The buttons of the step with the keys that press them. Pages that open over a step are not stored: what leads
//! through one has all the keys from the step on.

use crate::app::{App, Flow, OpenPage, is_short};
use crate::view::Key;
use floorhand_domain::workflow::pack::Stage as Packing;
use floorhand_domain::workflow::pick::Stage;
use floorhand_domain::workflow::receive::Field;
use serde_json::{Map, Value, json};

/// Rows of More that are offered by name, and how often each is pressed.
const MORE: &[(&str, usize)] = &[
    ("attention", 1),
    ("count-here", 1),
    ("deliveries", 1),
    ("load", 1),
    ("move-this", 1),
    ("pack", 1),
    ("returns", 1),
    ("release", 2),
    ("skip", 1),
    ("undo", 1),
    ("what-is", 1),
    ("work", 1),
];
/// Rows of Problem that are offered by name while picking.
const PROBLEM: &[(&str, usize)] = &[("short", 1), ("tote-full", 1)];
/// Rows of Problem that are offered by name at the packing bench.
const PACKING: &[(&str, usize)] = &[("take-out", 1), ("finish-order", 1), ("set-aside", 1)];
/// Rows of the reasons of another label.
const LABELS: &[(&str, usize)] = &[("label-torn", 1), ("label-lost", 1), ("label-unreadable", 1), ("label-other", 1)];
/// Rows of a sheet that a digit chooses.
const DIGITS: usize = 9;

/// Collects actions, the first of each name.
#[derive(Default)]
struct Offered(Vec<Value>);

impl Offered {
    fn add(&mut self, name: &str, keys: &[&str], more: Value) {
        if self.0.iter().any(|known| known.get("name").and_then(Value::as_str) == Some(name)) {
            return;
        }
        let mut row = Map::new();
        row.insert("name".to_owned(), name.into());
        row.insert("keys".to_owned(), keys.into());
        row.extend(more.as_object().cloned().unwrap_or_default());
        self.0.push(row.into());
    }
}

/// Name and keys of each, one key after the other. `after`: the reason of the refusal that it answers; `then`: what
/// is still to be scanned or typed.
pub(super) fn of(app: &App) -> Vec<Value> {
    let mut all = Offered::default();
    let none = || Value::Null;
    if app.lock.is_some() || app.session.is_none() {
        return all.0;
    }
    if let Flow::Receive(flow) = &app.flow {
        match flow.at.entry().map(floorhand_domain::workflow::receive::Entry::field) {
            None => {
                let badge = || json!({"then": "badge"});
                if is_short(flow) {
                    all.add("close-final", &["F5", "F6"], badge());
                    all.add("close-to-come", &["F5", "F12"], badge());
                } else {
                    all.add("close", &["F5"], badge());
                }
                all.add("unexpected", &["F9"], json!({"after": "WRONG_ITEM"}));
                all.add("unknown", &["F9", "F8", "F8", "F8"], json!({"after": "UNKNOWN_CODE", "then": "words"}));
                all.add("quarantine", &["F12"], json!({"after": "EXPIRED"}));
            }
            Some(Field::Condition) => all.add("photo", &["F8", "F8", "F8"], none()),
            Some(Field::Expiry) => {
                all.add("no-date", &["F12", "F12"], none());
                all.add("quarantine", &["F12"], json!({"after": "EXPIRED"}));
            }
            Some(_) => {}
        }
    }
    for (name, keys, then) in super::returns::through_pages(app) {
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        all.add(&name, &keys, then);
    }
    let through_page = ["close-delivery", "not-listed"];
    for action in app.actions() {
        if !through_page.contains(&action.name) || !matches!(app.flow, Flow::Receive(_)) {
            all.add(action.name, &[&key_name(&action.key)], none());
        }
    }
    if matches!(&app.flow, Flow::Pick(flow) if !matches!(flow.pick.stage, Stage::Short { .. })) {
        sheet(app, OpenPage::Problem, "F3", PROBLEM, &mut all);
    }
    if let Flow::Pack(flow) = &app.flow {
        match &flow.at.stage {
            Packing::Weigh { .. } => {
                all.add("weigh-again", &["F10"], json!({"after": "WEIGHT_DIFF"}));
                all.add("ask-lead", &["F9"], json!({"after": "WEIGHT_DIFF", "then": "badge"}));
            }
            // Where it was printed before, a reason is asked for.
            Packing::Label { carton, .. } if !flow.at.is_label_due(carton) => {
                sheet(app, OpenPage::PrintAgain, "F11", LABELS, &mut all);
            }
            Packing::Photo { .. } => all.add("take-photo", &["F8", "F8"], none()),
            _ => {}
        }
        sheet(app, OpenPage::Problem, "F3", PACKING, &mut all);
    }
    sheet(app, OpenPage::More { asked: None }, "F1", MORE, &mut all);
    all.add("lock", &["F1", "F4"], none());
    all.add("sign-out", &["F1", "F5", "F5"], none());
    all.0
}

/// The keys that open needs attention from the step on.
pub(super) fn to_attention(app: &App) -> Vec<String> {
    let mut all = Offered::default();
    sheet(app, OpenPage::More { asked: None }, "F1", &[("attention", 1)], &mut all);
    let keys = all.0.first().and_then(|row| row.get("keys")).and_then(Value::as_array).cloned().unwrap_or_default();
    keys.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The rows of a sheet by their digit on the page that they are on.
fn sheet(app: &App, page: OpenPage, key: &str, names: &[(&str, usize)], all: &mut Offered) {
    let mut over = app.clone();
    over.page = Some(page);
    let fit = over.sheet_fit();
    for (at, (code, enabled, _)) in over.sheet_rows().into_iter().enumerate() {
        let Some((_, times)) = names.iter().find(|(name, _)| *name == code && enabled) else { continue };
        let digit = (at % fit + 1).to_string();
        let mut keys = vec![key];
        keys.extend(std::iter::repeat_n("PageDown", at / fit));
        keys.extend(std::iter::repeat_n(digit.as_str(), *times));
        if at % fit < DIGITS {
            all.add(code, &keys, Value::Null);
        }
    }
}

fn key_name(key: &Key) -> String {
    match key {
        Key::Text(text) => text.clone(),
        Key::Enter => "Enter".to_owned(),
        Key::Escape => "Escape".to_owned(),
        Key::Backspace => "Backspace".to_owned(),
        Key::PageUp => "PageUp".to_owned(),
        Key::PageDown => "PageDown".to_owned(),
        Key::Function(number) => format!("F{number}"),
    }
}
