//! What fingers and keys mean while goods are received, moved or counted.

use super::goods::Press;
use super::{Answer, App, DeliveryData, Effect, Flow, Found, Now, OpenPage, Photo, Refusal, Signal, Turn};
use crate::view::{Key, KeyPress, Tap};
use floorhand_domain::fact::Fact;
use floorhand_domain::id::{Lot, Serial};
use floorhand_domain::quantity;
use floorhand_domain::reason::Reason;
use floorhand_domain::workflow::receive::{self, Field};
use floorhand_domain::workflow::{Accepted, Meant, count, pack, put_away, returns};

/// Signs of a lot or serial number that is typed.
const TEXT_MAX: usize = 20;
/// Digits of a date: day, month, year.
const DATE_DIGITS: usize = 8;
/// Signs of the words about goods of an unknown code.
const WORDS_MAX: usize = 60;
/// Photographs of one thing.
const PHOTOS_MAX: usize = 8;

impl App {
    /// The field of the receipt that is asked now.
    #[must_use]
    pub fn receive_field(&self) -> Option<Field> {
        match &self.flow {
            Flow::Receive(flow) => flow.at.entry().map(receive::Entry::field),
            _ => None,
        }
    }

    /// Whether signs go into a field of the receipt.
    #[must_use]
    pub fn field_text(&self) -> bool {
        let returned = matches!(self.return_field(), Some(returns::Field::Lot | returns::Field::Serial));
        let received = matches!(self.receive_field(), Some(Field::Lot | Field::Serial));
        self.page.is_none() && self.keypad && (received || returned)
    }

    /// A tap in one of these flows. `Err` = it means what it means anywhere.
    pub(super) fn goods_tap(mut self, tap: &Tap, now: &Now, found: &Found) -> Result<Turn, Box<Self>> {
        if self.lock.is_some() {
            return Err(Box::new(self));
        }
        self.learn(found);
        match &self.page {
            Some(OpenPage::Unknown { .. }) => return self.unknown_tap(tap, now, found),
            Some(OpenPage::Photo { .. }) => return self.photo_tap(tap, now, found),
            Some(OpenPage::Differences { .. }) => return self.differences_tap(tap),
            Some(OpenPage::WhatIs { .. }) => return self.what_is_tap(tap),
            Some(_) => return Err(Box::new(self)),
            None => {}
        }
        let tap = &plain(tap);
        match &self.flow {
            Flow::Deliveries(_) => self.deliveries_tap(tap, now, found),
            Flow::Receive(_) => self.receive_tap(tap, now, found),
            Flow::PutAway(_) => self.put_away_tap(tap, now, found),
            Flow::Count(_) => self.count_tap(tap, now, found),
            Flow::Bench(_) => self.bench_tap(tap, now, found),
            Flow::Pack(_) => self.pack_tap(tap, now, found),
            Flow::Load(_) => self.load_tap(tap, now, found),
            Flow::ReturnsOpen(_) => self.open_return_tap(tap, now, found),
            Flow::Returns(_) => self.returns_tap(tap, now, found),
            _ => Err(Box::new(self)),
        }
    }

    fn deliveries_tap(mut self, tap: &Tap, now: &Now, found: &Found) -> Result<Turn, Box<Self>> {
        Ok(match tap {
            Tap::Choose(_) => match found.delivery.clone() {
                Some(data) => self.open_delivery(*data, now, found).0,
                None => self.turn(),
            },
            // One that was left here is gone on with.
            Tap::Blind | Tap::NotListed => match found.delivery.clone() {
                Some(data) => self.open_delivery(*data, now, found).0,
                None => self.receive_blind(now, found),
            },
            Tap::PageUp | Tap::PageDown => {
                let per_page = self.delivery_rows();
                if let Flow::Deliveries(flow) = &mut self.flow {
                    let rows = u32::try_from(flow.shown().len()).unwrap_or(u32::MAX);
                    let last = rows.saturating_sub(1) / per_page;
                    flow.page = match tap {
                        Tap::PageDown => (flow.page + 1).min(last),
                        _ => flow.page.saturating_sub(1),
                    };
                }
                self.turn()
            }
            Tap::Back => {
                if let Flow::Deliveries(flow) = &mut self.flow
                    && !flow.choices.is_empty()
                {
                    flow.choices.clear();
                    return Ok(self.turn());
                }
                self.show_work()
            }
            _ => return Err(Box::new(self)),
        })
    }

    fn receive_tap(mut self, tap: &Tap, now: &Now, found: &Found) -> Result<Turn, Box<Self>> {
        let press = |event| Press::Receive(event);
        let field = self.receive_field();
        Ok(match tap {
            Tap::Digit(digit) if field == Some(Field::Expiry) => {
                if self.typed.len() < DATE_DIGITS {
                    self.typed.push(char::from(b'0' + digit.min(&9)));
                }
                self.turn()
            }
            Tap::Digit(digit) if self.field_text() => self.sign(char::from(b'0' + digit.min(&9))),
            Tap::Sign(sign) if self.field_text() => self.sign(*sign),
            Tap::Digit(digit) => self.number_sign(char::from(b'0' + digit.min(&9))),
            Tap::Point => self.number_sign('.'),
            Tap::Sign('-') => self.number_sign('-'),
            Tap::Keypad => {
                self.keypad = !self.keypad;
                self.typed.clear();
                self.turn()
            }
            Tap::Ok | Tap::Primary => match field {
                Some(Field::Lot) if !self.typed.is_empty() => {
                    let lot = Lot(self.typed.clone());
                    self.pressed(press(receive::Event::Lot(lot)), now, found)
                }
                Some(Field::Serial) if !self.typed.is_empty() => {
                    let serial = Serial(self.typed.clone());
                    self.pressed(press(receive::Event::Serial(serial)), now, found)
                }
                Some(Field::Expiry) if !self.typed.is_empty() => match self.date_typed(now) {
                    Some(date) => self.pressed(press(receive::Event::Date(date)), now, found),
                    None => self.turn(),
                },
                Some(Field::Condition) => match self.number_typed() {
                    Some(Ok(number)) => self.pressed(press(receive::Event::Damaged(number)), now, found),
                    Some(Err(_)) => self.not_a_number(found),
                    None => self.pressed(press(receive::Event::Next), now, found),
                },
                Some(Field::Quantity) => match self.number_typed() {
                    Some(Ok(number)) => self.pressed(press(receive::Event::Typed(number)), now, found),
                    Some(Err(_)) => self.not_a_number(found),
                    None => self.pressed(press(receive::Event::Next), now, found),
                },
                // Nothing was entered: where it is missing, that is the answer.
                Some(Field::Lot | Field::Expiry | Field::Serial) => {
                    self.pressed(press(receive::Event::Next), now, found)
                }
                _ => self.turn(),
            },
            Tap::Choose(0) if field == Some(Field::Condition) => {
                self.pressed(press(receive::Event::Damaged(0)), now, found)
            }
            Tap::Choose(1) if field == Some(Field::Condition) => {
                self.keypad = true;
                self.turn()
            }
            // A row of the list says nothing: the item is scanned.
            Tap::Choose(_) => self.turn(),
            Tap::Damaged => match field {
                Some(Field::Quantity | Field::Serial) => {
                    let mut turn = self.pressed(press(receive::Event::Next), now, found);
                    turn.app.keypad = turn.app.receive_field() == Some(Field::Condition);
                    turn
                }
                Some(Field::Condition) => {
                    self.keypad = true;
                    self.turn()
                }
                _ => self.turn(),
            },
            Tap::Yes => self.pressed(press(receive::Event::Next), now, found),
            Tap::No | Tap::Back if self.typed.is_empty() && !self.keypad => {
                self.pressed(press(receive::Event::Drop), now, found)
            }
            Tap::Back => {
                self.typed.clear();
                self.keypad = false;
                self.turn()
            }
            Tap::NoDate => match self.refused_by() {
                Some(Reason::MissingData | Reason::Expired) => {
                    self.pressed(press(receive::Event::Quarantine), now, found)
                }
                _ => self.pressed(press(receive::Event::NoDate), now, found),
            },
            Tap::NotListed => match self.refused_by() {
                Some(Reason::UnknownCode) => self.unknown_page(),
                _ => self.pressed(press(receive::Event::Unexpected), now, found),
            },
            Tap::Repeat => self.pressed(press(receive::Event::Repeat), now, found),
            Tap::NoPallet => self.pressed(press(receive::Event::Loose), now, found),
            Tap::PrintLabel => self.print_label(now),
            Tap::Photo => self.show(OpenPage::Photo { purpose: "damaged", still: false, back: None, light: false }),
            Tap::CloseDelivery => self.show(OpenPage::Differences { page: 0, chosen: 0, folded: true, complete: None }),
            Tap::PageUp | Tap::PageDown => {
                self.work_page = match tap {
                    Tap::PageDown => self.work_page.saturating_add(1),
                    _ => self.work_page.saturating_sub(1),
                };
                self.turn()
            }
            Tap::Field(_) => self.turn(),
            _ => return Err(Box::new(self)),
        })
    }

    fn put_away_tap(mut self, tap: &Tap, now: &Now, found: &Found) -> Result<Turn, Box<Self>> {
        let press = |event| Press::PutAway(event);
        Ok(match tap {
            Tap::Digit(digit) => self.number_sign(char::from(b'0' + digit.min(&9))),
            Tap::Point => self.number_sign('.'),
            Tap::Sign('-') => self.number_sign('-'),
            Tap::Ok | Tap::Primary => match self.number_typed() {
                Some(Ok(number)) => self.pressed(press(put_away::Event::Typed(number)), now, found),
                Some(Err(_)) => self.not_a_number(found),
                None => self.turn(),
            },
            Tap::OnlyHere => self.pressed(press(put_away::Event::Enough), now, found),
            Tap::OtherPlace => self.pressed(press(put_away::Event::Other), now, found),
            Tap::Yes => self.pressed(press(put_away::Event::Empty(true)), now, found),
            Tap::No => self.pressed(press(put_away::Event::Empty(false)), now, found),
            Tap::Back if self.typed.is_empty() => self.pressed(press(put_away::Event::Back), now, found),
            Tap::Back => {
                self.typed.clear();
                self.turn()
            }
            _ => return Err(Box::new(self)),
        })
    }

    fn count_tap(mut self, tap: &Tap, now: &Now, found: &Found) -> Result<Turn, Box<Self>> {
        let press = |event| Press::Count(event);
        Ok(match tap {
            Tap::Digit(digit) => self.number_sign(char::from(b'0' + digit.min(&9))),
            Tap::Point => self.number_sign('.'),
            Tap::Sign('-') => self.number_sign('-'),
            Tap::Keypad => {
                self.keypad = !self.keypad;
                self.typed.clear();
                self.turn()
            }
            Tap::Ok | Tap::Primary => match self.number_typed() {
                Some(Ok(number)) => self.pressed(press(count::Event::Typed(number)), now, found),
                Some(Err(_)) => self.not_a_number(found),
                None => self.turn(),
            },
            Tap::ShelfEmpty => self.pressed(press(count::Event::Nothing), now, found),
            Tap::FoundIt => self.pressed(press(count::Event::Back), now, found),
            Tap::Undo => self.undo(now, found),
            // The location finishes; the button only says so.
            Tap::Finish => {
                self.keypad = false;
                self.typed.clear();
                self.answer = Answer::Notice("count-finish");
                self.turn()
            }
            Tap::Back if matches!(&self.flow, Flow::Count(flow) if matches!(flow.at.stage, count::Stage::Nothing { .. })) => {
                self.pressed(press(count::Event::Back), now, found)
            }
            Tap::Back => {
                self.typed.clear();
                self.keypad = false;
                self.turn()
            }
            Tap::PageUp | Tap::PageDown => {
                self.work_page = match tap {
                    Tap::PageDown => self.work_page.saturating_add(1),
                    _ => self.work_page.saturating_sub(1),
                };
                self.turn()
            }
            _ => return Err(Box::new(self)),
        })
    }

    /// The last own fact of the flow does not hold.
    pub(super) fn undo(self, now: &Now, found: &Found) -> Turn {
        match found.undo.clone() {
            Some((epoch, seq, fact @ Fact::Counted { .. })) => {
                self.pressed(Press::Count(count::Event::Undo { epoch, seq, fact }), now, found)
            }
            _ => self.turn(),
        }
    }

    pub(super) fn sign(mut self, sign: char) -> Turn {
        if self.typed.chars().count() < TEXT_MAX && (sign.is_ascii_graphic() || sign == ' ') {
            self.typed.push(sign.to_ascii_uppercase());
        }
        self.turn()
    }

    /// Why the last scan was refused.
    fn refused_by(&self) -> Option<Reason> {
        match &self.answer {
            Answer::Refused(refused) => Some(refused.refusal.reason()),
            _ => None,
        }
    }

    /// The typed date, once it is one: day, month, year; day 00 is the last of the month.
    #[must_use]
    pub fn date_typed(&self, now: &Now) -> Option<String> {
        date_of(&self.typed, &now.today)
    }

    fn unknown_page(self) -> Turn {
        let raw = match &self.answer {
            Answer::Refused(refused) if !self.settings.scan.names_badge(&refused.text) => refused.text.clone(),
            _ => return self.turn(),
        };
        self.show(OpenPage::Unknown { raw, words: String::new(), photos: Vec::new(), field: 0 })
    }

    fn unknown_tap(mut self, tap: &Tap, now: &Now, found: &Found) -> Result<Turn, Box<Self>> {
        let Some(OpenPage::Unknown { raw, mut words, photos, mut field }) = self.page.clone() else {
            return Err(Box::new(self));
        };
        let put = |sign: char, words: &mut String, typed: &mut String, field: usize| match field {
            1 if words.chars().count() < WORDS_MAX => words.push(sign.to_ascii_uppercase()),
            2 if sign.is_ascii_digit() && typed.len() < DATE_DIGITS => typed.push(sign),
            _ => {}
        };
        match &plain(tap) {
            Tap::Digit(digit) => put(char::from(b'0' + digit.min(&9)), &mut words, &mut self.typed, field),
            Tap::Sign(sign) => put(*sign, &mut words, &mut self.typed, field),
            Tap::Key(KeyPress { key: Key::Text(text), .. }) => {
                text.chars().for_each(|sign| put(sign, &mut words, &mut self.typed, field));
            }
            Tap::Backspace => match field {
                1 => drop(words.pop()),
                _ => drop(self.typed.pop()),
            },
            Tap::Field(at) => field = (*at).min(2),
            Tap::Photo => {
                let back = Some(Box::new(OpenPage::Unknown { raw, words, photos, field }));
                self.page = Some(OpenPage::Photo { purpose: "unknown", still: false, back, light: false });
                return Ok(self.turn());
            }
            Tap::Ok | Tap::Primary if field < 2 => field += 1,
            Tap::Ok | Tap::Primary => {
                let Some(qty) = quantity::parse(&self.typed, 0).filter(|_| !words.trim().is_empty()) else {
                    self.page = Some(OpenPage::Unknown { raw, words, photos, field });
                    return Ok(self.turn());
                };
                let photos = photos.iter().map(photo_of).collect();
                let event = receive::Event::Unknown { words: words.trim().to_owned(), qty, photos };
                return Ok(self.pressed(Press::Receive(event), now, found));
            }
            Tap::Back => {
                self.typed.clear();
                self.page = None;
                self.forget_capture();
                return Ok(self.turn());
            }
            _ => {}
        }
        self.page = Some(OpenPage::Unknown { raw, words, photos, field });
        Ok(self.turn())
    }

    fn photo_tap(mut self, tap: &Tap, now: &Now, found: &Found) -> Result<Turn, Box<Self>> {
        let still = matches!(self.page, Some(OpenPage::Photo { still: true, .. }));
        match &plain(tap) {
            Tap::Use | Tap::Ok | Tap::Primary if still => {
                let shot = self.shot.take();
                Ok(self.photo_taken(shot, now, found))
            }
            Tap::Again if still => {
                self.shot = None;
                if let Some(OpenPage::Photo { still, .. }) = &mut self.page {
                    *still = false;
                }
                Ok(self.turn())
            }
            Tap::Use | Tap::Again => Ok(self.turn()),
            Tap::Shutter if still => Ok(self.turn()),
            Tap::Shutter | Tap::Ok | Tap::Primary => {
                let mut turn = self.turn();
                turn.effects.push(Effect::TakePhoto);
                Ok(turn)
            }
            Tap::Back => {
                self.shot = None;
                self.page = match self.page.take() {
                    Some(OpenPage::Photo { back, .. }) => back.map(|page| *page),
                    other => other,
                };
                Ok(self.turn())
            }
            Tap::Light => {
                if let Some(OpenPage::Photo { light, .. }) = &mut self.page {
                    *light = !*light;
                }
                Ok(self.turn())
            }
            _ => Err(Box::new(self)),
        }
    }

    /// A photograph is on the disk. Once it was looked at and is used, it belongs to what is being recorded.
    pub(super) fn photo_taken(mut self, photo: Option<Photo>, now: &Now, found: &Found) -> Turn {
        let Some(photo) = photo else {
            self.answer = Answer::Notice("no-camera");
            let mut turn = self.turn();
            turn.effects.push(Effect::Signal(Signal::Refused));
            return turn;
        };
        if let Some(OpenPage::Photo { still, .. }) = &mut self.page
            && !*still
        {
            *still = true;
            self.shot = Some(photo);
            return self.turn();
        }
        self.page = match self.page.take() {
            Some(OpenPage::Photo { back, .. }) => back.map(|page| *page),
            other => other,
        };
        let mut app = match self.entry_photo(&photo, found) {
            Ok(turn) => return turn,
            Err(app) => *app,
        };
        if let Some(OpenPage::Unknown { photos, field, .. }) = &mut app.page {
            if photos.len() < PHOTOS_MAX {
                photos.push(photo);
            }
            *field = (*field).max(1);
            return app.turn();
        }
        match &app.flow {
            Flow::Receive(_) => {
                // The page that asked for it stays.
                let page = app.page.take();
                let mut turn = app.pressed(Press::Receive(receive::Event::Photo(photo_of(&photo))), now, found);
                turn.app.page = page;
                turn
            }
            Flow::Pack(_) => app.pressed(Press::Pack(pack::Event::Photo(photo_of(&photo))), now, found),
            Flow::Returns(_) => app.pressed(Press::Returns(returns::Event::Photo(photo_of(&photo))), now, found),
            _ => app.turn(),
        }
    }

    fn differences_tap(mut self, tap: &Tap) -> Result<Turn, Box<Self>> {
        let Some(OpenPage::Differences { page, chosen, folded, complete }) = &mut self.page else {
            return Err(Box::new(self));
        };
        match &plain(tap) {
            Tap::MoreToCome => *complete = Some(false),
            Tap::Final => *complete = Some(true),
            Tap::Fold => *folded = !*folded,
            Tap::Choose(row) => *chosen = *row,
            Tap::PageUp => *page = page.saturating_sub(1),
            Tap::PageDown => *page = page.saturating_add(1),
            Tap::Back | Tap::CountAgain => self.page = None,
            Tap::Photo => {
                let back = self.page.take().map(Box::new);
                self.page = Some(OpenPage::Photo { purpose: "damaged", still: false, back, light: false });
            }
            _ => return Err(Box::new(self)),
        }
        Ok(self.turn())
    }

    /// A badge at the page of differences posts the receipt: whose it is is known, the PIN was given at sign-in.
    pub(super) fn post_scan(
        mut self,
        meant: Meant,
        complete: Option<bool>,
        now: &Now,
        found: &Found,
    ) -> (Turn, Result<Accepted, Refusal>) {
        let own = found.known.operators.iter().any(|row| self.session.as_ref().is_some_and(|s| s.operator == row.id));
        let open = matches!(&self.flow, Flow::Receive(flow) if flow.at.counts().0 < flow.at.counts().1);
        let Some(complete) = complete.or((!open).then_some(true)).filter(|_| own) else {
            return self.goods_scan(meant, now, found);
        };
        self.page = None;
        let close = || Press::Receive(receive::Event::Close { complete });
        let (turn, result) = self.goods_event(close(), meant.text.clone(), now, found);
        // Final with open lines was asked for on this page, and the badge said so: that is the second press.
        match result {
            Err(refusal) if refusal.reason() == Reason::Partial => {
                turn.app.goods_event(close(), meant.text, now, found)
            }
            _ => (turn, result),
        }
    }

    pub(super) fn delivery_changed(self, data: DeliveryData, now: &Now, found: &Found) -> Turn {
        let Flow::Receive(flow) = &self.flow else { return self.turn() };
        let Some(delivery) = data.delivery.filter(|row| row.id == flow.at.delivery_id()) else { return self.turn() };
        let (answer, answers, before) = (self.answer.clone(), self.answers, flow.at.delivery.clone());
        let (typed, keypad) = (self.typed.clone(), self.keypad);
        let closed = before.is_some_and(|row| row.state.is_open()) && !delivery.state.is_open();
        let changed = Press::Receive(receive::Event::Changed(delivery, data.lines));
        let (mut turn, _) = self.goods_event(changed, String::new(), now, found);
        turn.app.answers = answers;
        turn.app.answer = if closed { Answer::Notice("delivery-closed") } else { answer };
        (turn.app.typed, turn.app.keypad) = (typed, keypad);
        turn.effects.retain(|effect| closed || !matches!(effect, Effect::Signal(_)));
        turn
    }

    fn what_is_tap(mut self, tap: &Tap) -> Result<Turn, Box<Self>> {
        let Some(OpenPage::WhatIs { shown, page, .. }) = &mut self.page else { return Err(Box::new(self)) };
        match tap {
            Tap::Choose(row) => (*shown, *page) = (*row, 0),
            Tap::PageUp => *page = page.saturating_sub(1),
            Tap::PageDown => *page = page.saturating_add(1),
            _ => return Err(Box::new(self)),
        }
        Ok(self.turn())
    }
}

/// What a key means here: digits and signs go where those of the keypad go.
pub(super) fn plain(tap: &Tap) -> Tap {
    let Tap::Key(press) = tap else { return tap.clone() };
    match &press.key {
        Key::Enter => Tap::Ok,
        Key::Escape => Tap::Back,
        Key::PageUp => Tap::PageUp,
        Key::PageDown => Tap::PageDown,
        Key::Backspace => Tap::Backspace,
        Key::Text(text) => match (text.chars().next(), text.chars().count()) {
            (Some('.' | ','), 1) => Tap::Point,
            (Some(sign), 1) if sign.is_ascii_digit() => {
                Tap::Digit(u8::try_from(sign.to_digit(10).unwrap_or(0)).unwrap_or(0))
            }
            (Some(sign), 1) if sign.is_ascii_alphanumeric() || sign == '-' => Tap::Sign(sign),
            _ => tap.clone(),
        },
        Key::Function(_) => tap.clone(),
    }
}

pub(super) fn photo_of(photo: &Photo) -> receive::Photo {
    receive::Photo { id: photo.id.clone().into(), hash: photo.hash.clone(), bytes: photo.bytes }
}

/// A date of eight digits, or of six with a year of two: `YYYY-MM-DD`. `None` = not whole, or no day.
#[must_use]
pub fn date_of(typed: &str, today: &str) -> Option<String> {
    let (day, rest) = typed.split_at_checked(2)?;
    let (month, year) = rest.split_at_checked(2)?;
    let century = today.get(..2).unwrap_or("20");
    let year = match year.len() {
        2 => format!("{century}{year}"),
        4 => year.to_owned(),
        _ => return None,
    };
    let (year, month, day): (i16, i8, i8) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    let first = jiff::civil::Date::new(year, month, 1).ok()?;
    let date = if day == 0 { first.last_of_month() } else { jiff::civil::Date::new(year, month, day).ok()? };
    Some(date.to_string())
}
