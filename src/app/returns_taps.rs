//! What fingers and keys mean while goods that came back are inspected.

use super::goods::Press;
use super::returns::{Returning, ReturnsOpen};
use super::{Action, Answer, App, Flow, Found, Now, OpenPage, Turn};
use crate::view::{Key, Tap};
use floorhand_domain::id::{Lot, Serial};
use floorhand_domain::reason::Reason;
use floorhand_domain::returns::{Grade, ReturnReason};
use floorhand_domain::workflow::returns::{Event, Field, Stage};

/// Why another outcome was chosen.
const WHY_OTHER: [&str; 4] = ["looks-better", "looks-worse", "policy-unfit", "other"];
/// Keys that answer yes, and those that answer no; a checklist has as many questions at the most.
const YES: [(&str, &str); 5] = [("yes-1", "1"), ("yes-2", "2"), ("yes-3", "3"), ("yes-4", "4"), ("yes-5", "5")];
const NO: [(&str, &str); 5] = [("no-1", "6"), ("no-2", "7"), ("no-3", "8"), ("no-4", "9"), ("no-5", "0")];
/// Keys of the grades, best first.
const GRADES: [(&str, &str); 4] = [("grade-a", "a"), ("grade-b", "b"), ("grade-c", "c"), ("grade-d", "d")];
/// Keys of the other outcomes, as shown.
const OUTCOMES: [(&str, &str); 5] =
    [("outcome-1", "1"), ("outcome-2", "2"), ("outcome-3", "3"), ("outcome-4", "4"), ("outcome-5", "5")];

impl App {
    /// At the page of returns, with none open.
    pub(super) fn open_return_tap(mut self, tap: &Tap, now: &Now, found: &Found) -> Result<Turn, Box<Self>> {
        let per_page = self.offer_rows();
        let Flow::ReturnsOpen(open) = &mut self.flow else { return Err(Box::new(self)) };
        Ok(match tap {
            Tap::Choose(_) | Tap::Unmatched => match found.returned.clone() {
                Some(data) => self.open_return(*data, None, now, found).0,
                None => self.turn(),
            },
            Tap::PageUp | Tap::PageDown => {
                let rows = u32::try_from(open.offers.len()).unwrap_or(u32::MAX);
                open.page = match tap {
                    Tap::PageDown => (open.page + 1).min(rows.saturating_sub(1) / per_page),
                    _ => open.page.saturating_sub(1),
                };
                self.turn()
            }
            Tap::Back if !open.offers.is_empty() => {
                open.offers.clear();
                self.turn()
            }
            Tap::Back => {
                let mut effects = Vec::new();
                self.go_home(&mut effects);
                self.answer = Answer::None;
                let mut turn = self.turn();
                turn.effects = effects;
                turn
            }
            _ => return Err(Box::new(self)),
        })
    }

    pub(super) fn returns_tap(mut self, tap: &Tap, now: &Now, found: &Found) -> Result<Turn, Box<Self>> {
        let Flow::Returns(flow) = &self.flow else { return Err(Box::new(self)) };
        let field = flow.under.at.field();
        let press = |event| Press::Returns(event);
        let text = self.keypad && matches!(field, Some(Field::Lot | Field::Serial));
        Ok(match (tap, field) {
            (Tap::Digit(digit), _) if text => self.sign(char::from(b'0' + digit.min(&9))),
            (Tap::Sign(sign), _) if text => self.sign(*sign),
            (Tap::Digit(digit), _) => self.number_sign(char::from(b'0' + digit.min(&9))),
            (Tap::Point, _) => self.number_sign('.'),
            (Tap::Sign('-'), _) => self.number_sign('-'),
            (Tap::Keypad, Some(Field::Lot | Field::Serial)) => {
                self.keypad = !self.keypad;
                self.typed.clear();
                self.turn()
            }
            (Tap::Ok | Tap::Primary | Tap::Next, Some(Field::Lot)) if !self.typed.is_empty() => {
                let lot = Lot(self.typed.clone());
                self.pressed(press(Event::Lot(lot)), now, found)
            }
            (Tap::Ok | Tap::Primary | Tap::Next, Some(Field::Serial)) if !self.typed.is_empty() => {
                let serial = Serial(self.typed.clone());
                self.pressed(press(Event::Serial(serial)), now, found)
            }
            (Tap::Ok | Tap::Primary | Tap::Next, Some(field)) => match self.number_typed() {
                Some(Err(_)) => self.not_a_number(found),
                Some(Ok(number)) if field == Field::Weigh => self.pressed(press(Event::Weighed(number)), now, found),
                Some(Ok(number)) => self.pressed(press(Event::Typed(number)), now, found),
                // At its place the goods are scanned away.
                None if field == Field::Put => self.turn(),
                None => self.pressed(press(Event::Next), now, found),
            },
            (Tap::Back, _) if !self.typed.is_empty() || self.keypad => {
                self.keypad = false;
                self.typed.clear();
                self.turn()
            }
            (Tap::Back, Some(Field::Put)) => self.pressed(press(Event::Back), now, found),
            (Tap::Back, Some(_)) => self.pressed(press(Event::Drop), now, found),
            (Tap::Back, None) if self.is_label_begun() => self.pressed(press(Event::Drop), now, found),
            (Tap::Back, None) => self.turn(),
            (Tap::Answer(row, yes), _) => match self.question(*row) {
                Some(question) => self.pressed(press(Event::Answer { question, yes: *yes }), now, found),
                None => self.turn(),
            },
            (Tap::Grade(row), _) => match Grade::ALL.get(usize::from(*row)) {
                Some(grade) => self.pressed(press(Event::Grade(*grade)), now, found),
                None => self.turn(),
            },
            (Tap::Reasons, Some(Field::Inspect | Field::Photo)) => self.show(OpenPage::Reasons),
            (Tap::Photo, Some(_)) => {
                self.page = Some(OpenPage::Photo { purpose: "returned", still: false, back: None, light: false });
                self.turn()
            }
            (Tap::Disposition(row), Some(Field::Put)) => self.choose_outcome(*row, now, found),
            (Tap::Unmatched, _) => self.pressed(press(Event::Unmatched), now, found),
            (Tap::Finish, _) => self.pressed(press(Event::Done), now, found),
            (Tap::PageUp | Tap::PageDown, _) => {
                self.work_page = match tap {
                    Tap::PageDown => self.work_page.saturating_add(1).min(self.return_pages().saturating_sub(1)),
                    _ => self.work_page.saturating_sub(1),
                };
                self.turn()
            }
            (Tap::Keypad | Tap::Choose(_) | Tap::Ok | Tap::Primary | Tap::Next, _) => self.turn(),
            (Tap::Reasons | Tap::Photo | Tap::Disposition(_), _) => self.turn(),
            _ => return Err(Box::new(self)),
        })
    }

    /// Pages of the lines that can come back.
    #[must_use]
    pub fn return_pages(&self) -> u32 {
        let Flow::Returns(flow) = &self.flow else { return 1 };
        let rows = u32::try_from(flow.under.at.rows().len()).unwrap_or(u32::MAX);
        rows.div_ceil(self.look.text.return_rows(self.station.profile).max(1)).max(1)
    }

    fn is_label_begun(&self) -> bool {
        matches!(&self.flow, Flow::Returns(flow)
            if matches!(&flow.under.at.stage, Stage::Identity { label } if !label.is_blank()))
    }

    /// The question of a row, by code.
    fn question(&self, row: usize) -> Option<String> {
        let Flow::Returns(flow) = &self.flow else { return None };
        flow.under.at.questions().get(row).map(|question| question.code.clone())
    }

    /// The rows of the sheets that belong to a return. `None` = another page is open.
    pub(super) fn return_rows(&self) -> Option<Vec<(&'static str, bool, &'static str)>> {
        match &self.page {
            Some(OpenPage::Reasons) => {
                Some(ReturnReason::ALL.iter().map(|reason| (reason.as_str(), true, "")).collect())
            }
            Some(OpenPage::Override { .. }) => Some(WHY_OTHER.iter().map(|code| (*code, true, "")).collect()),
            _ => None,
        }
    }

    /// A row of one of these sheets.
    pub(super) fn choose_return_row(self, code: &str, now: &Now, found: &Found) -> Turn {
        let event = match self.page.clone() {
            Some(OpenPage::Reasons) => {
                let reason = ReturnReason::ALL.into_iter().find(|reason| reason.as_str() == code);
                reason.map(Event::Reason)
            }
            Some(OpenPage::Override { chosen, by, roles }) => {
                Some(Event::Override { chosen, by, roles, reason: code.to_owned() })
            }
            _ => None,
        };
        match event {
            Some(event) => self.pressed(Press::Returns(event), now, found),
            None => self.turn(),
        }
    }

    /// The rows of Problem while goods that came back are inspected.
    pub(super) fn return_problems(&self) -> Vec<(&'static str, bool, &'static str)> {
        vec![("drop-entry", self.return_field().is_some(), "no-task"), ("lead", self.approvable().is_some(), "no-task")]
    }

    pub(super) fn open_return_actions(open: &ReturnsOpen) -> Vec<Action> {
        let mut found = vec![action("back", Key::Function(4), Tap::Back)];
        if open.offers.is_empty() {
            found.push(action("no-number", Key::Function(12), Tap::Unmatched));
        }
        found
    }

    pub(super) fn returns_actions(&self, flow: &Returning) -> Vec<Action> {
        let at = &flow.under.at;
        let back = || action("back", Key::Function(4), Tap::Back);
        let next = || action("next", Key::Enter, Tap::Next);
        let Some(field) = at.field() else {
            let mut found = vec![action("finish", Key::Function(5), Tap::Finish)];
            let refused = match &self.answer {
                Answer::Refused(refused) => Some(refused.refusal.reason()),
                _ => None,
            };
            if matches!(refused, Some(Reason::RetNotShipped | Reason::RetOver)) && at.may_be_unmatched() {
                found.push(action("without-order", Key::Function(12), Tap::Unmatched));
            }
            if self.is_label_begun() {
                found.push(back());
            }
            return found;
        };
        let mut found = vec![back()];
        match field {
            Field::Lot | Field::Serial => {
                found.extend([action("keypad", Key::Function(7), Tap::Keypad), next()]);
            }
            Field::Quantity | Field::Weigh => found.push(next()),
            Field::Parts | Field::Inspect | Field::Photo => {
                let keys = YES.iter().zip(&NO).enumerate().take(at.questions().len());
                for (row, (yes, no)) in keys {
                    found.push(action(yes.0, text(yes.1), Tap::Answer(row, true)));
                    found.push(action(no.0, text(no.1), Tap::Answer(row, false)));
                }
                if field != Field::Parts {
                    let left = at.grades();
                    for (row, (grade, (name, key))) in (0_u8..).zip(Grade::ALL.iter().zip(&GRADES)) {
                        if left.contains(grade) {
                            found.push(action(name, text(key), Tap::Grade(row)));
                        }
                    }
                    found.push(action("reasons", Key::Function(9), Tap::Reasons));
                }
                found.extend([action("photo", Key::Function(8), Tap::Photo), next()]);
            }
            Field::Put => {
                for (row, (name, key)) in OUTCOMES.iter().enumerate().take(self.outcomes().len()) {
                    found.push(action(name, text(key), Tap::Disposition(row)));
                }
            }
        }
        found
    }
}

fn action(name: &'static str, key: Key, tap: Tap) -> Action {
    Action { name, key, tap }
}

fn text(key: &str) -> Key {
    Key::Text(key.to_owned())
}
