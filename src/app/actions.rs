//! The buttons that the open page, or else the step, offers now, each with its name and its key. A function key
//! means the same on every page: F4 back, F5 the end, F6 less than good or less than asked, F7 the keypad, F8 the
//! camera, F9 something else than planned, F10 once more or the other view, F11 a label, F12 without.

use super::{Answer, App, DeliveriesFlow, Flow, OpenPage, Under};
use crate::view::{AttentionTab, Key, KeyPress, Tap};
use floorhand_domain::reason::Reason;
use floorhand_domain::workflow::count::{self, Count};
use floorhand_domain::workflow::pick::Stage;
use floorhand_domain::workflow::put_away::{self, PutAway};
use floorhand_domain::workflow::receive::{Field, Last, Receive};
use floorhand_domain::workflow::sign_in::SignIn;

/// What the keys mean everywhere.
pub(super) mod key {
    use crate::view::Key;
    pub const BACK: Key = Key::Function(4);
    pub const END: Key = Key::Function(5);
    pub const LESS: Key = Key::Function(6);
    pub const CAMERA: Key = Key::Function(8);
    pub const OTHER: Key = Key::Function(9);
    pub const AGAIN: Key = Key::Function(10);
    pub const LABEL: Key = Key::Function(11);
    pub const WITHOUT: Key = Key::Function(12);
}
const BACK: Key = Key::Function(4);
const END: Key = Key::Function(5);
const LESS: Key = Key::Function(6);
const KEYPAD: Key = Key::Function(7);
const CAMERA: Key = Key::Function(8);
const OTHER: Key = Key::Function(9);
const AGAIN: Key = Key::Function(10);
const LABEL: Key = Key::Function(11);
const WITHOUT: Key = Key::Function(12);

/// A button that is offered now.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// Its name in `status`: `close-delivery`, `no-pallet`.
    pub name: &'static str,
    /// Its key.
    pub key: Key,
    /// What pressing it is.
    pub tap: Tap,
}

pub(super) fn action(name: &'static str, key: Key, tap: Tap) -> Action {
    Action { name, key, tap }
}

impl App {
    /// The buttons that are offered now, beside More, Can't scan, Problem and the rows of lists.
    #[must_use]
    pub fn actions(&self) -> Vec<Action> {
        if self.lock.is_some() {
            return Vec::new();
        }
        match (&self.page, &self.flow) {
            (Some(page), _) => self.page_actions(page),
            (None, Flow::SignIn(SignIn::Badge)) => Vec::new(),
            (None, Flow::SignIn(SignIn::Pin { .. })) => vec![action("not-me", BACK, Tap::NotMe)],
            (None, Flow::Work) => vec![action("deliveries", OTHER, Tap::OpenDeliveries)],
            (None, Flow::Pick(flow)) => match &flow.pick.stage {
                Stage::Short { .. } => vec![action("found-it", BACK, Tap::FoundIt)],
                Stage::Empty { .. } => vec![action("no", BACK, Tap::No), action("yes", END, Tap::Yes)],
                _ => Vec::new(),
            },
            (None, Flow::Deliveries(flow)) => deliveries_actions(flow),
            (None, Flow::Receive(flow)) => self.receive_actions(flow),
            (None, Flow::PutAway(flow)) => put_away_actions(flow),
            (None, Flow::Count(flow)) => count_actions(flow),
            (None, Flow::Bench(_)) => self.bench_actions(),
            (None, Flow::Pack(flow)) => self.pack_actions(flow),
            (None, Flow::Load(_)) => vec![action("done", END, Tap::Finish)],
            (None, Flow::ReturnsOpen(open)) => Self::open_return_actions(open),
            (None, Flow::Returns(flow)) => self.returns_actions(flow),
        }
    }

    /// What a key stands for here: the button it belongs to, or a row of a list that digits choose from. Anything
    /// else is what it is.
    #[must_use]
    pub fn button(&self, tap: Tap) -> Tap {
        let Tap::Key(KeyPress { key, ctrl: false, alt: false, .. }) = &tap else { return tap };
        if let Some(found) = self.actions().into_iter().find(|action| action.key == *key) {
            return found.tap;
        }
        let rows = match (&self.page, &self.flow) {
            (Some(OpenPage::Differences { .. } | OpenPage::WhatIs { .. }), _) => self.lock.is_none(),
            (None, Flow::Deliveries(_) | Flow::ReturnsOpen(_)) => self.lock.is_none(),
            (None, Flow::Bench(_) | Flow::Pack(_)) => self.lock.is_none() && self.bench_digits(),
            _ => false,
        };
        match key {
            Key::Text(text) if rows => match text.parse::<usize>().ok().and_then(|digit| digit.checked_sub(1)) {
                Some(row) => Tap::Choose(row),
                None => tap,
            },
            _ => tap,
        }
    }

    fn page_actions(&self, page: &OpenPage) -> Vec<Action> {
        match page {
            // The row may be on another page of the sheet.
            OpenPage::More { .. } => {
                let rows = self.sheet_rows();
                let (first, _) = self.sheet_window(rows.len());
                let row = |code| rows.iter().position(|row| row.0 == code)?.checked_sub(first);
                let lock = row("lock").map(|row| action("lock", BACK, Tap::Choose(row)));
                let out = row("sign-out").map(|row| action("sign-out", END, Tap::Choose(row)));
                lock.into_iter().chain(out).collect()
            }
            OpenPage::Camera { .. } => vec![action("light", AGAIN, Tap::Light)],
            OpenPage::Attention { tab, .. } => {
                let next = match tab {
                    AttentionTab::Refused => AttentionTab::Parked,
                    AttentionTab::Parked => AttentionTab::Waiting,
                    AttentionTab::Waiting => AttentionTab::Refused,
                };
                let mut found = vec![action("next-tab", AGAIN, Tap::Tab(next))];
                if self.card_acts() {
                    found.push(action("what-to-do", Key::Enter, Tap::Ok));
                }
                found
            }
            OpenPage::History { refused_only: true, .. } => vec![action("show-all", AGAIN, Tap::ShowAll)],
            OpenPage::History { refused_only: false, .. } => vec![action("show-refused", AGAIN, Tap::ShowRefused)],
            OpenPage::Approve { .. } => vec![action("not-me", BACK, Tap::NotMe)],
            OpenPage::Differences { .. } => self.differences_actions(),
            OpenPage::Photo { still: true, .. } => {
                vec![action("use", CAMERA, Tap::Use), action("again", AGAIN, Tap::Again)]
            }
            OpenPage::Photo { still: false, .. } => {
                vec![action("shutter", CAMERA, Tap::Shutter), action("light", AGAIN, Tap::Light)]
            }
            OpenPage::Unknown { field, .. } => {
                vec![action("photo", CAMERA, Tap::Photo), action("next-field", AGAIN, Tap::Field((field + 1) % 3))]
            }
            OpenPage::Entry { .. } | OpenPage::Note { .. } | OpenPage::People { .. } => Vec::new(),
            OpenPage::CantScan
            | OpenPage::Problem
            | OpenPage::Languages
            | OpenPage::TypeCode { .. }
            | OpenPage::Readers
            | OpenPage::Settings
            | OpenPage::About
            | OpenPage::WhatIs { .. }
            | OpenPage::PrintAgain
            | OpenPage::Reasons
            | OpenPage::Override { .. } => Vec::new(),
        }
    }

    fn differences_actions(&self) -> Vec<Action> {
        let mut found = vec![action("count-again", BACK, Tap::CountAgain)];
        if matches!(&self.flow, Flow::Receive(flow) if is_short(flow)) {
            found.push(action("final", LESS, Tap::Final));
            found.push(action("more-to-come", WITHOUT, Tap::MoreToCome));
        }
        found.push(action("photo", CAMERA, Tap::Photo));
        found.push(action("fold", AGAIN, Tap::Fold));
        found
    }

    fn receive_actions(&self, flow: &Under<Receive>) -> Vec<Action> {
        let at = &flow.at;
        let mut found = vec![action("close-delivery", END, Tap::CloseDelivery)];
        let refused = match &self.answer {
            Answer::Refused(refused) => Some(refused.refusal.reason()),
            _ => None,
        };
        let Some(entry) = at.entry() else {
            found.push(action("not-listed", OTHER, Tap::NotListed));
            if at.tally.last.values().any(can_repeat) {
                found.push(action("repeat", AGAIN, Tap::Repeat));
            }
            if at.opened.is_some() {
                found.push(action("back", BACK, Tap::Back));
            }
            if matches!(refused, Some(Reason::Expired | Reason::MissingData)) {
                found.push(action("quarantine", WITHOUT, Tap::NoDate));
            }
            return found;
        };
        found.push(action("back", BACK, Tap::Back));
        let repeats = at.tally.last.get(&entry.item).is_some_and(can_repeat);
        let next = action("next", Key::Enter, Tap::Ok);
        match entry.field() {
            Field::Lot => found.push(action("keypad", KEYPAD, Tap::Keypad)),
            Field::Expiry => found.push(action("no-date", WITHOUT, Tap::NoDate)),
            Field::Serial => {
                found.push(action("keypad", KEYPAD, Tap::Keypad));
                if entry.qty > 0 {
                    found.extend([action("damaged", LESS, Tap::Damaged), next]);
                }
            }
            Field::Quantity => found.extend([action("damaged", LESS, Tap::Damaged), next]),
            Field::Condition => {
                if !self.keypad && entry.damaged == 0 {
                    found.push(action("good", Key::Text("1".to_owned()), Tap::Choose(0)));
                    found.push(action("some-damaged", Key::Text("2".to_owned()), Tap::Choose(1)));
                }
                found.push(action("damaged", LESS, Tap::Damaged));
                found.push(action("photo", CAMERA, Tap::Photo));
                found.push(next);
            }
            Field::Unit => {
                found.push(action("print-label", LABEL, Tap::PrintLabel));
                found.push(action("no-pallet", WITHOUT, Tap::NoPallet));
            }
        }
        if matches!(entry.field(), Field::Lot | Field::Expiry) && repeats {
            found.push(action("repeat", AGAIN, Tap::Repeat));
        }
        found
    }
}

/// Whether there is a lot or a date to be taken over.
fn can_repeat(last: &Last) -> bool {
    !last.lot.is_none() || last.expiry.is_some()
}

/// Whether less came of a line than was ordered, so that more to come or final is to be said.
pub(crate) fn is_short(flow: &Under<Receive>) -> bool {
    let (done, all) = flow.at.counts();
    done < all
}

fn deliveries_actions(flow: &DeliveriesFlow) -> Vec<Action> {
    let mut found = vec![action("back", BACK, Tap::Back)];
    if flow.choices.is_empty() {
        found.push(action("not-listed", OTHER, Tap::NotListed));
        found.push(action("blind", WITHOUT, Tap::Blind));
    }
    found
}

fn put_away_actions(flow: &Under<PutAway>) -> Vec<Action> {
    let mut found = Vec::new();
    match &flow.at.stage {
        put_away::Stage::Source { at, hand, .. } => {
            if !at.is_none() || *hand != put_away::Hand::default() {
                found.push(action("back", BACK, Tap::Back));
            }
            if !hand.units.is_empty() {
                found.push(action("only-here", LESS, Tap::OnlyHere));
            }
        }
        put_away::Stage::Destination { .. } => {
            found.push(action("back", BACK, Tap::Back));
            if flow.at.line().is_some_and(|line| !line.plan.others.is_empty()) {
                found.push(action("other-place", OTHER, Tap::OtherPlace));
            }
        }
        put_away::Stage::EmptyNow { .. } => {
            found.extend([action("no", BACK, Tap::No), action("yes", END, Tap::Yes)]);
        }
    }
    found
}

fn count_actions(flow: &Under<Count>) -> Vec<Action> {
    match &flow.at.stage {
        count::Stage::Location { .. } => Vec::new(),
        count::Stage::Nothing { .. } => vec![action("found-it", BACK, Tap::FoundIt)],
        count::Stage::Contents { sheet, .. } => {
            let mut found = vec![action("finish", END, Tap::Finish)];
            if flow.at.totals.is_empty() {
                found.push(action("shelf-empty", OTHER, Tap::ShelfEmpty));
            } else {
                found.push(action("undo", BACK, Tap::Undo));
            }
            if sheet.last.is_some() {
                found.push(action("keypad", KEYPAD, Tap::Keypad));
            }
            found
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Found, Input, Now, Session};
    use floorhand_domain::inbound::{Delivery, DeliveryLine};
    use floorhand_domain::master::Role;
    use floorhand_domain::task::{Line, Plan, Task};
    use floorhand_domain::workflow::receive::{Entry, Stage as At, Tracks};
    use std::sync::Arc;

    fn app(flow: Flow) -> App {
        let roles = vec![Role::Pick, Role::Receive, Role::Stock, Role::Count];
        let session =
            Session { operator: "o".into(), name: "O".into(), roles, signin: "s".into(), language: String::new() };
        App { session: Some(session), flow, ..App::default() }
    }

    fn receiving(entry: Option<Entry>) -> App {
        let line = DeliveryLine { id: "l".into(), item: "X".into(), ordered: 9, ..DeliveryLine::default() };
        let delivery = Delivery { id: "D".into(), ..Delivery::default() };
        let (mut at, _) = Receive::start("r".into(), Some(delivery), Arc::from([line]), "DOCK".into());
        if let Some(entry) = entry {
            at.stage = At::Entry { entry: Box::new(entry) };
        }
        app(Flow::Receive(Box::new(Under::new(at, Arc::default()))))
    }

    fn entry(at: Field, tracks: Tracks, qty: i64) -> Option<Entry> {
        Some(Entry { item: "X".into(), at, tracks, qty, ..Entry::default() })
    }

    fn moving(stage: put_away::Stage) -> App {
        let plan = Plan { to: "B-1".into(), others: vec!["B-2".into()], ..Plan::default() };
        let line = Line { id: "l".into(), item: "X".into(), location: "A".into(), qty: 4, plan, ..Line::default() };
        let mut at = PutAway::start(Task { id: "t".into(), ..Task::default() }, Arc::from([line])).unwrap();
        at.stage = stage;
        app(Flow::PutAway(Box::new(Under::new(at, Arc::default()))))
    }

    fn counting(stage: count::Stage, counted: i64) -> App {
        let settings = floorhand_domain::master::Settings::default();
        let (mut at, _) = Count::ad_hoc("t".into(), "A".into(), "o".into(), &settings);
        at.stage = stage;
        if counted > 0 {
            at.totals.insert(count::Key { item: "X".into(), ..count::Key::default() }, counted);
        }
        app(Flow::Count(Box::new(Under::new(at, Arc::default()))))
    }

    fn over(mut app: App, page: OpenPage) -> App {
        app.page = Some(page);
        app
    }

    #[track_caller]
    fn check(app: &App, expected: &str) {
        let now = Now { mono_ms: 1, id: "n".into(), today: "2026-06-01".into(), ..Now::default() };
        let found = Found::default();
        let actions = app.actions();
        let told: Vec<String> = actions
            .iter()
            .map(|action| match &action.key {
                Key::Function(number) => format!("F{number} {}", action.name),
                Key::Text(text) => format!("{text} {}", action.name),
                key => format!("{key:?} {}", action.name),
            })
            .collect();
        assert_eq!(told.join(", "), expected);
        for action in &actions {
            assert_eq!(actions.iter().filter(|other| other.key == action.key).count(), 1, "{action:?}");
            let turn = |tap| app.clone().update(Input::Tap(tap), &now, &found);
            let press = KeyPress { key: action.key.clone(), ctrl: false, alt: false, shift: false };
            let (by_key, by_tap) = (turn(Tap::Key(press)), turn(action.tap.clone()));
            assert_eq!((by_key.app, by_key.facts, by_key.effects), (by_tap.app, by_tap.facts, by_tap.effects));
        }
    }

    #[test]
    fn every_buttons_key_does_what_its_tap_does() {
        let lots = Tracks { lot: true, ..Tracks::default() };
        let dates = Tracks { expiry: true, ..Tracks::default() };
        let serials = Tracks { serial: true, ..Tracks::default() };
        let plain = Tracks::default();
        check(&app(Flow::SignIn(SignIn::Badge)), "");
        check(&app(Flow::SignIn(SignIn::Pin { operator: "o".into(), name: "O".into() })), "F4 not-me");
        check(&app(Flow::Work), "F9 deliveries");
        let list = || app(Flow::Deliveries(DeliveriesFlow::default()));
        check(&list(), "F4 back, F9 not-listed, F12 blind");
        check(&receiving(None), "F5 close-delivery, F9 not-listed");
        let at = |field, tracks, qty| receiving(entry(field, tracks, qty));
        check(&at(Field::Quantity, lots, 1), "F5 close-delivery, F4 back, F7 keypad");
        check(&at(Field::Quantity, dates, 1), "F5 close-delivery, F4 back, F12 no-date");
        check(&at(Field::Serial, serials, 0), "F5 close-delivery, F4 back, F7 keypad");
        check(&at(Field::Quantity, plain, 1), "F5 close-delivery, F4 back, F6 damaged, Enter next");
        check(
            &at(Field::Condition, plain, 3),
            "F5 close-delivery, F4 back, 1 good, 2 some-damaged, F6 damaged, F8 photo, Enter next",
        );
        check(&at(Field::Unit, plain, 3), "F5 close-delivery, F4 back, F11 print-label, F12 no-pallet");
        let source =
            |at: &str| put_away::Stage::Source { line: "l".into(), at: at.into(), hand: put_away::Hand::default() };
        check(&moving(source("")), "");
        check(&moving(source("A")), "F4 back");
        let units = vec![floorhand_domain::fact::Units { qty: 2, ..Default::default() }];
        let hand = put_away::Hand { item: "X".into(), units, ..put_away::Hand::default() };
        let counted = put_away::Stage::Source { line: "l".into(), at: "A".into(), hand };
        check(&moving(counted), "F4 back, F6 only-here");
        let load = put_away::Load::Part { from: "A".into(), hand: put_away::Hand::default() };
        check(&moving(put_away::Stage::Destination { line: "l".into(), load }), "F4 back, F9 other-place");
        let empty = put_away::Stage::EmptyNow { line: "l".into(), location: "A".into(), item: "X".into() };
        check(&moving(empty), "F4 no, F5 yes");
        let contents = |last: Option<count::Last>| count::Stage::Contents {
            line: "l".into(),
            count: "c".into(),
            location: "A".into(),
            sheet: count::Sheet { last: last.map(Box::new), ..count::Sheet::default() },
        };
        let last = count::Last { key: count::Key::default(), given: 1, unexpected: false };
        check(&counting(count::Stage::Location { line: "l".into(), needed: "A".into() }, 0), "");
        check(&counting(contents(None), 0), "F5 finish, F9 shelf-empty");
        check(&counting(contents(Some(last)), 1), "F5 finish, F4 undo, F7 keypad");
        let nothing = count::Stage::Nothing { line: "l".into(), count: "c".into(), location: "A".into() };
        check(&counting(nothing, 0), "F4 found-it");
    }

    #[test]
    fn so_does_that_of_a_page() {
        let differences = || OpenPage::Differences { page: 0, chosen: 0, folded: true, complete: None };
        check(&over(receiving(None), differences()), "F4 count-again, F6 final, F12 more-to-come, F8 photo, F10 fold");
        let photo = |still| OpenPage::Photo { purpose: "damaged", still, back: None, light: false };
        check(&over(receiving(None), photo(false)), "F8 shutter, F10 light");
        check(&over(receiving(None), photo(true)), "F8 use, F10 again");
        let unknown = OpenPage::Unknown { raw: "?".into(), words: String::new(), photos: Vec::new(), field: 2 };
        check(&over(receiving(None), unknown), "F8 photo, F10 next-field");
        let approve = OpenPage::Approve {
            reason: Reason::ReceiptOver,
            number: 9,
            approver: None,
            typed: false,
            code: String::new(),
        };
        check(&over(receiving(None), approve), "F4 not-me");
        check(&over(app(Flow::Work), OpenPage::More { asked: None }), "F4 lock, F5 sign-out");
        check(&over(app(Flow::Work), App::history(false)), "F10 show-refused");
        check(&over(app(Flow::Work), App::attention(AttentionTab::Waiting)), "F10 next-tab");
        check(&over(app(Flow::Work), OpenPage::About), "");
        // A digit chooses a row, where there are rows.
        let digit = |number: &str| {
            Tap::Key(KeyPress { key: Key::Text(number.to_owned()), ctrl: false, alt: false, shift: false })
        };
        for (page, expected) in [
            (over(receiving(None), differences()), Tap::Choose(1)),
            (app(Flow::Deliveries(DeliveriesFlow::default())), Tap::Choose(1)),
            (receiving(None), digit("2")),
        ] {
            assert_eq!(page.button(digit("2")), expected);
        }
        assert_eq!(receiving(None).button(digit("0")), digit("0"));
    }
}
