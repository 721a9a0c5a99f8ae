//! Needs attention, and what can be done about each entry with the keys for it.

use super::actions::to_attention;
use crate::app::{App, OpenPage};
use crate::store::{AttentionRow, Store, StoreError, Viewer};
use crate::view::AttentionTab;
use floorhand_domain::workflow::attention::Action;
use serde_json::{Value, json};

/// Entries of each part of the list at the most.
const ATTENTION_MAX: u32 = 100;
/// Rows that a digit chooses.
const DIGITS: usize = 9;

/// What the core has not simply applied, as in the list of the screen. Refused scans are in the log.
pub(super) fn attention(store: &Store, app: &App) -> Result<Value, StoreError> {
    // Where nobody is signed in all of it is told, and nothing can be done.
    let all = Viewer { decides: true, ..Viewer::default() };
    let viewer = if app.session.is_some() { crate::runner::viewer(app) } else { all };
    let mut told = Vec::new();
    for (tab, steps) in [(AttentionTab::Refused, 0), (AttentionTab::Parked, 1)] {
        let rows = store.attention(tab, &viewer, 0, ATTENTION_MAX)?;
        for (at, row) in rows.iter().enumerate().filter(|(_, row)| row.mark != "refused") {
            told.push(json!({
                "entry": row.entry,
                "mark": row.mark,
                "reason": row.reason,
                "fact": row.fact,
                "actions": actions(app, row, tab, steps, at),
            }));
        }
    }
    Ok(told.into())
}

/// What can be done about the entry at a place of its tab.
fn actions(app: &App, row: &AttentionRow, tab: AttentionTab, steps: usize, at: usize) -> Vec<Value> {
    if app.session.is_none() || app.lock.is_some() {
        return Vec::new();
    }
    let mut over = app.clone();
    over.page = Some(OpenPage::Attention { tab, page: 0, open: 0, rows: Vec::new(), total: 0 });
    let per_page = usize::try_from(over.list_rows()).unwrap_or(1).max(1);
    let fit = over.sheet_fit();
    let mut to_entry = to_attention(app);
    to_entry.extend(std::iter::repeat_n("F10".to_owned(), steps));
    to_entry.extend(std::iter::repeat_n("PageDown".to_owned(), at / per_page));
    // The first of a page is open already.
    if !at.is_multiple_of(per_page) {
        to_entry.push((at % per_page + 1).to_string());
    }
    to_entry.push("Enter".to_owned());
    let offered = app.offered(row.about.as_ref());
    let shown = offered.iter().enumerate().filter(|(n, _)| n % fit < DIGITS);
    shown
        .map(|(n, offered)| {
            let mut keys = to_entry.clone();
            keys.extend(std::iter::repeat_n("PageDown".to_owned(), n / fit));
            keys.push((n % fit + 1).to_string());
            let then = match offered.action {
                _ if offered.by_lead => "badge",
                Action::Dismiss | Action::AddNote | Action::Answer | Action::Decline => "words",
                Action::PassOn | Action::Reassign => "person",
                Action::AddPhoto => "photo",
                Action::Report | Action::OpenTask | Action::Approve | Action::AskApproval => "",
            };
            match then {
                "" => json!({"name": offered.name, "keys": keys}),
                then => json!({"name": offered.name, "keys": keys, "then": then}),
            }
        })
        .collect()
}
