//! What a finger or a key means here. Whatever a tap does, a key does too: digits go into the
//! open keypad or choose a row, Enter is the primary action, Escape goes back, F4 to F12 are the
//! buttons of [`App::actions`].

use super::{App, Effect, Flow, Found, Now, OpenPage, Turn};
use crate::view::{AttentionTab, Key, KeyPress, Tap};
use floorhand_domain::id::TaskId;
use floorhand_domain::workflow::pick::{Event, Stage};
use floorhand_domain::workflow::sign_in::SignIn;

impl App {
    /// The task that a tap opens, to be read before the turn.
    #[must_use]
    pub fn task_tapped(&self, tap: &Tap) -> Option<TaskId> {
        if self.page.is_some() && self.lock.is_none() {
            return self.entry_task(tap);
        }
        if self.lock.is_some() || self.page.is_some() || !matches!(self.flow, Flow::Work) {
            return None;
        }
        let row = match tap {
            Tap::Primary | Tap::Ok => 0,
            Tap::Key(KeyPress { key: Key::Enter, .. }) => 0,
            Tap::Choose(row) => self.work_window().first + row,
            Tap::Key(KeyPress { key: Key::Text(text), .. }) => usize::from(digit(text)?).checked_sub(1)?,
            _ => return None,
        };
        self.work.get(row).map(|task| task.id.clone())
    }

    /// Whether digits go straight into a keypad: then four fast ones are a PIN, never a scan.
    #[must_use]
    pub fn wants_digits(&self) -> bool {
        let approves = matches!(self.page, Some(OpenPage::Approve { .. }));
        (self.page.is_none() || approves) && self.pin_of().is_some()
    }

    /// Whether text goes straight into a field: then a fast typist is still typing.
    #[must_use]
    pub fn wants_text(&self) -> bool {
        matches!(self.page, Some(OpenPage::TypeCode { .. } | OpenPage::Unknown { .. } | OpenPage::Note { .. }))
            || self.field_text()
    }

    /// The code in the open field, if OK was pressed there: it goes the way of a scan, marked.
    #[must_use]
    pub fn code_typed(&self, tap: &Tap) -> Option<String> {
        let ok = matches!(tap, Tap::Ok | Tap::Primary | Tap::Key(KeyPress { key: Key::Enter, .. }));
        match &self.page {
            Some(OpenPage::TypeCode { typed }) if ok && !typed.trim().is_empty() => Some(typed.trim().to_owned()),
            _ => None,
        }
    }

    pub(super) fn tap(self, tap: Tap, now: &Now, found: &Found) -> Turn {
        let tap = self.button(tap);
        match self.attention_tap(&tap, now, found).or_else(|app| app.goods_tap(&tap, now, found)) {
            Ok(turn) => turn,
            Err(app) => app.common_tap(tap, now, found),
        }
    }

    fn common_tap(mut self, tap: Tap, now: &Now, found: &Found) -> Turn {
        // A locked station knows digits, and another badge.
        let free = matches!(
            tap,
            Tap::Key(_) | Tap::Digit(_) | Tap::Backspace | Tap::Back | Tap::NotMe | Tap::Close | Tap::OpenLanguages
        );
        let speaks = matches!(self.page, Some(OpenPage::Languages))
            && matches!(tap, Tap::Choose(_) | Tap::PageUp | Tap::PageDown);
        if self.lock.is_some() && !free && !speaks {
            return self.turn();
        }
        match tap {
            Tap::Key(press) => self.key(&press, now, found),
            Tap::Digit(digit) => self.digit(digit, now, found),
            Tap::Sign(sign) => self.type_sign(sign),
            Tap::Backspace => self.backspace(),
            Tap::Ok | Tap::Primary => self.primary(now, found),
            Tap::Back => self.back(now, found),
            Tap::More => self.show(OpenPage::More { asked: None }),
            Tap::CantScan => self.show(OpenPage::CantScan),
            Tap::Problem => self.show(OpenPage::Problem),
            Tap::Choose(row) => self.choose(row, now, found),
            Tap::OnlyHere => self.pick_do(Event::Short, now, found),
            Tap::FoundIt => self.pick_do(Event::Found, now, found),
            Tap::Yes | Tap::No => match &self.flow {
                Flow::Pick(flow) if matches!(flow.pick.stage, Stage::Empty { .. }) => {
                    self.pick_do(Event::Empty(tap == Tap::Yes), now, found)
                }
                _ => self.turn(),
            },
            Tap::NotMe => self.not_me(),
            Tap::OpenWork => match self.flow {
                Flow::Work | Flow::Deliveries(_) | Flow::Bench(_) => self.show_work(),
                _ => self.close_page(),
            },
            Tap::OpenAttention if self.session.is_some() => self.show(Self::attention(AttentionTab::Refused)),
            Tap::OpenHistory if self.session.is_some() => self.show(Self::history(false)),
            Tap::OpenAttention | Tap::OpenHistory => self.turn(),
            Tap::OpenSettings => self.show(OpenPage::Settings),
            Tap::OpenLanguages => self.show(OpenPage::Languages),
            Tap::OpenAbout => self.show(OpenPage::About),
            Tap::Tab(tab) => self.show(Self::attention(tab)),
            Tap::ShowAll => self.show(Self::history(false)),
            Tap::ShowRefused => self.show(Self::history(true)),
            Tap::PageUp => self.turn_page(false),
            Tap::PageDown => self.turn_page(true),
            Tap::Setting(setting) => self.set(setting),
            Tap::TrySound => {
                let mut turn = self.turn();
                turn.effects.push(Effect::TrySound);
                turn
            }
            Tap::Light => {
                if let Some(OpenPage::Camera { light, .. }) = &mut self.page {
                    *light = !*light;
                }
                self.turn()
            }
            Tap::TypeCode => self.show(OpenPage::TypeCode { typed: String::new() }),
            Tap::Close => {
                self.page = None;
                let mut turn = self.turn();
                turn.effects.push(Effect::Quit);
                turn
            }
            Tap::OpenDeliveries => self.show_deliveries(found),
            Tap::Point if self.page.is_none() => self.number_digit('.', now, found),
            // They mean something only where goods are received, moved or counted.
            Tap::Point | Tap::OtherPlace | Tap::ShelfEmpty | Tap::Undo | Tap::Finish | Tap::Keypad => self.turn(),
            Tap::Blind | Tap::NotListed | Tap::Field(_) | Tap::NoDate | Tap::Damaged => self.turn(),
            Tap::Repeat | Tap::CloseDelivery | Tap::PrintLabel | Tap::NoPallet | Tap::MoreToCome | Tap::Final => {
                self.turn()
            }
            Tap::CountAgain | Tap::Photo | Tap::Shutter | Tap::Again | Tap::Use | Tap::Fold => self.turn(),
            // They mean something only where an order is packed, or goods came back.
            Tap::NewCarton | Tap::TakeOut | Tap::CloseCarton | Tap::WeighAgain | Tap::AskLead => self.turn(),
            Tap::PrintAgain | Tap::Later | Tap::Answer(..) | Tap::Grade(_) | Tap::Reasons => self.turn(),
            Tap::Disposition(_) | Tap::Unmatched | Tap::Next => self.turn(),
        }
    }

    fn key(self, press: &KeyPress, now: &Now, found: &Found) -> Turn {
        match &press.key {
            Key::Enter => self.primary(now, found),
            Key::Escape => self.back(now, found),
            Key::Backspace => self.backspace(),
            Key::PageUp => self.turn_page(false),
            Key::PageDown => self.turn_page(true),
            Key::Function(1) => self.tap(Tap::More, now, found),
            Key::Function(2) => self.tap(Tap::CantScan, now, found),
            Key::Function(3) => self.tap(Tap::Problem, now, found),
            Key::Function(_) => self.turn(),
            Key::Text(text) if self.wants_text() => match text.chars().next() {
                Some(sign) => self.type_sign(sign),
                None => self.turn(),
            },
            Key::Text(text) if matches!(text.as_str(), "." | ",") => self.tap(Tap::Point, now, found),
            Key::Text(text) => match digit(text) {
                Some(digit) => self.digit(digit, now, found),
                None => self.turn(),
            },
        }
    }

    /// A digit goes into the open keypad; with none open it chooses a row, counted from 1.
    fn digit(self, digit: u8, now: &Now, found: &Found) -> Turn {
        if self.wants_text() {
            return self.type_sign(char::from(b'0' + digit.min(9)));
        }
        if self.wants_digits() {
            return self.pin_digit(digit);
        }
        if self.page.is_none() {
            let at_item = matches!(&self.flow, Flow::Pick(flow) if matches!(flow.pick.stage, Stage::Item { .. }));
            if self.keypad_open() || at_item {
                return self.number_digit(char::from(b'0' + digit.min(9)), now, found);
            }
            if matches!(self.flow, Flow::Work) {
                return self.choose_task(now, found);
            }
        }
        match usize::from(digit).checked_sub(1) {
            Some(row) => self.choose(row, now, found),
            None => self.turn(),
        }
    }

    fn backspace(mut self) -> Turn {
        match &mut self.page {
            Some(OpenPage::TypeCode { typed }) => {
                typed.pop();
            }
            _ => {
                self.typed.pop();
            }
        }
        self.turn()
    }

    fn primary(self, now: &Now, found: &Found) -> Turn {
        if self.lock.is_some() {
            return self.turn();
        }
        if self.page.is_some() {
            return match self.page {
                Some(OpenPage::TypeCode { .. }) => self.turn(),
                _ => self.choose(0, now, found),
            };
        }
        match self.flow {
            Flow::Work => self.choose_task(now, found),
            Flow::Pick(_) if !self.typed.is_empty() => self.number_ok(now, found),
            _ => self.turn(),
        }
    }

    fn back(mut self, now: &Now, found: &Found) -> Turn {
        if self.lock.is_some() {
            return self.not_me();
        }
        if self.page.is_some() {
            return self.close_page();
        }
        if !self.typed.is_empty() {
            self.typed.clear();
            return self.turn();
        }
        match &self.flow {
            Flow::SignIn(SignIn::Pin { .. }) => self.not_me(),
            Flow::Pick(flow) if matches!(flow.pick.stage, Stage::Short { .. }) => {
                self.pick_do(Event::Found, now, found)
            }
            _ => self.turn(),
        }
    }

    fn choose(mut self, row: usize, now: &Now, found: &Found) -> Turn {
        match &mut self.page {
            Some(OpenPage::Attention { open, .. }) => {
                *open = row;
                self.turn()
            }
            Some(
                OpenPage::More { .. }
                | OpenPage::CantScan
                | OpenPage::Problem
                | OpenPage::Languages
                | OpenPage::PrintAgain
                | OpenPage::Reasons
                | OpenPage::Override { .. },
            ) => self.choose_row(row, now, found),
            Some(_) => self.turn(),
            None => match &self.flow {
                Flow::Work => self.choose_task(now, found),
                Flow::Pick(flow) if matches!(flow.pick.stage, Stage::Short { .. }) => self.reason_row(row, now, found),
                _ => self.turn(),
            },
        }
    }
}

fn digit(text: &str) -> Option<u8> {
    let mut signs = text.chars();
    match (signs.next(), signs.next()) {
        (Some(sign), None) => sign.to_digit(10).and_then(|d| u8::try_from(d).ok()),
        _ => None,
    }
}
