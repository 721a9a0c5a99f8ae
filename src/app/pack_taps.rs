//! What fingers and keys mean at the packing bench and at the dock.

use super::actions::{Action, action, key};
use super::goods::Press;
use super::{App, Flow, Found, Now, OpenPage, PackFlow, Refusal, Turn};
use crate::view::{Key, Tap};
use floorhand_domain::id::{HandlingUnitId, OrderId};
use floorhand_domain::outbound::CartonState;
use floorhand_domain::quantity;
use floorhand_domain::workflow::pack::{self, Pack, PrintReason, Stage};
use floorhand_domain::workflow::refusal;

/// Old cartons that are offered beside a new one.
const OLD_MAX: usize = 3;
/// Digits of a weight in grams that is typed.
const GRAMS_DIGITS: usize = 6;

/// Cartons of the order that are not done, as they are offered: the first three.
#[must_use]
pub fn old_cartons(at: &Pack) -> Vec<HandlingUnitId> {
    let old = at.cartons.iter().filter(|own| matches!(own.carton.state, CartonState::Open | CartonState::Closed));
    old.map(|own| own.carton.id.clone()).take(OLD_MAX).collect()
}

/// The carton that something is taken out of: the one at hand, else the last one with goods in it.
fn full_carton(at: &Pack) -> HandlingUnitId {
    let full = at.cartons.iter().rev().find(|own| own.carton.state != CartonState::Shipped && !own.content.is_empty());
    at.at_hand().or_else(|| full.map(|own| own.carton.id.clone())).unwrap_or_default()
}

impl App {
    /// Orders that are offered on one page.
    #[must_use]
    pub fn bench_rows(&self) -> usize {
        usize::try_from(self.look.text.queue_rows()).unwrap_or(1).max(1)
    }

    /// The order that a tap opens, to be read before the turn.
    #[must_use]
    pub fn order_tapped(&self, row: usize) -> Option<OrderId> {
        let Flow::Bench(flow) = &self.flow else { return None };
        let first = usize::try_from(flow.page).ok()? * self.bench_rows();
        flow.choices.get(first + row).map(|order| order.id.clone())
    }

    pub(super) fn bench_tap(mut self, tap: &Tap, now: &Now, found: &Found) -> Result<Turn, Box<Self>> {
        let rows = self.bench_rows();
        let offers = self.put_back_asked().is_some();
        let Flow::Bench(flow) = &mut self.flow else { return Err(Box::new(self)) };
        Ok(match tap {
            Tap::Choose(_) => match found.order.clone() {
                Some(data) => self.open_order(*data, None).0,
                None => self.turn(),
            },
            Tap::Back if !flow.choices.is_empty() => {
                (flow.choices, flow.page) = (Vec::new(), 0);
                self.turn()
            }
            Tap::PageUp | Tap::PageDown => {
                let last = u32::try_from(flow.choices.len().div_ceil(rows).saturating_sub(1)).unwrap_or(0);
                flow.page = match tap {
                    Tap::PageDown => (flow.page + 1).min(last),
                    _ => flow.page.saturating_sub(1),
                };
                self.turn()
            }
            Tap::Ok | Tap::Primary if offers => self.choose_task(now, found),
            _ => return Err(Box::new(self)),
        })
    }

    pub(super) fn pack_tap(mut self, tap: &Tap, now: &Now, found: &Found) -> Result<Turn, Box<Self>> {
        let Flow::Pack(flow) = &self.flow else { return Err(Box::new(self)) };
        let at = &flow.at;
        let weighs = matches!(at.stage, Stage::Weigh { .. });
        let by_hand = weighs && !self.station.scale;
        let event = match tap {
            Tap::CloseCarton | Tap::NewCarton => pack::Event::Close,
            Tap::TakeOut => pack::Event::TakeOut(full_carton(at)),
            Tap::Later => pack::Event::Later,
            Tap::Finish => pack::Event::Finish,
            Tap::Choose(row) => match (&at.stage, old_cartons(at).get(*row)) {
                (Stage::Carton, Some(carton)) => pack::Event::Choose(carton.clone()),
                _ => return Ok(self.turn()),
            },
            Tap::Photo if matches!(at.stage, Stage::Photo { .. } | Stage::Verify { .. }) => {
                return Ok(self.show(OpenPage::Photo { purpose: "pack", still: false, back: None, light: false }));
            }
            Tap::PrintAgain => match &at.stage {
                Stage::Label { print: Some(_), .. } => return Ok(self.turn()),
                Stage::Label { carton, .. } if !at.is_label_due(carton) => {
                    return Ok(self.show(OpenPage::PrintAgain));
                }
                _ => pack::Event::Print { carton: HandlingUnitId::default(), why: PrintReason::First },
            },
            Tap::WeighAgain => match self.bench.grams.filter(|grams| weighs && self.bench.steady && *grams > 0) {
                Some(grams) => pack::Event::Weighed(grams),
                None => return Ok(self.turn()),
            },
            Tap::AskLead => return Ok(self.ask_approval()),
            Tap::Digit(digit) if by_hand => {
                if self.typed.len() < GRAMS_DIGITS {
                    self.typed.push(char::from(b'0' + digit.min(&9)));
                }
                return Ok(self.turn());
            }
            Tap::Backspace if by_hand => {
                self.typed.pop();
                return Ok(self.turn());
            }
            Tap::Back if !self.typed.is_empty() => {
                self.typed.clear();
                return Ok(self.turn());
            }
            Tap::Back => pack::Event::Back,
            Tap::Ok | Tap::Primary => match &at.stage {
                Stage::Weigh { .. } if by_hand && !self.typed.is_empty() => match quantity::parse(&self.typed, 0) {
                    Some(grams) => pack::Event::Weighed(grams),
                    None => return Ok(self.not_a_number(found)),
                },
                Stage::Verify { .. } if at.is_verified() => pack::Event::Close,
                Stage::Photo { .. } => return self.pack_tap(&Tap::Photo, now, found),
                _ => return Ok(self.turn()),
            },
            Tap::PageUp | Tap::PageDown => {
                let last = self.pack_pages().saturating_sub(1);
                self.work_page = match tap {
                    Tap::PageDown => self.work_page.saturating_add(1).min(last),
                    _ => self.work_page.min(last).saturating_sub(1),
                };
                return Ok(self.turn());
            }
            _ => return Err(Box::new(self)),
        };
        Ok(self.pressed(Press::Pack(event), now, found))
    }

    /// Pages of the checklist.
    #[must_use]
    pub fn pack_pages(&self) -> u32 {
        let Flow::Pack(flow) = &self.flow else { return 1 };
        let lines = u32::try_from(flow.at.lines.len()).unwrap_or(u32::MAX);
        lines.div_ceil(self.look.text.pack_rows(self.station.profile).max(1)).max(1)
    }

    pub(super) fn load_tap(self, tap: &Tap, now: &Now, found: &Found) -> Result<Turn, Box<Self>> {
        match tap {
            Tap::Finish => Ok(self.load_done(now, found)),
            _ => Err(Box::new(self)),
        }
    }

    /// A reason for another print was chosen.
    pub(super) fn print_again(self, code: &str, now: &Now, found: &Found) -> Turn {
        let why = PrintReason::ASKED.into_iter().find(|why| code.strip_prefix("label-") == Some(why.code()));
        let Some(why) = why else { return self.close_page() };
        self.pressed(Press::Pack(pack::Event::Print { carton: HandlingUnitId::default(), why }), now, found)
    }

    /// What is not packed stays behind, or something is taken out: rows of Problem.
    pub(super) fn pack_problem(mut self, tap: &Tap, now: &Now, found: &Found) -> Turn {
        self.page = None;
        match self.pack_tap(tap, now, found) {
            Ok(turn) => turn,
            Err(app) => app.turn(),
        }
    }

    /// Rows of Problem at the bench.
    #[must_use]
    pub(super) fn pack_problems(&self) -> Option<Vec<(&'static str, bool, &'static str)>> {
        match &self.flow {
            Flow::Bench(_) => Some(vec![("put-back", self.put_back_asked().is_some(), "no-task")]),
            Flow::Pack(flow) => {
                let full = flow.at.cartons.iter().any(|own| !own.content.is_empty());
                let leaves = full && flow.at.open_lines() > 0 && !flow.at.partial;
                Some(vec![
                    ("take-out", full, "no-task"),
                    ("finish-order", leaves, "last-line"),
                    ("set-aside", true, ""),
                    ("lead", self.approvable().is_some(), "no-task"),
                ])
            }
            _ => None,
        }
    }

    /// The buttons at a bench without an order.
    pub(super) fn bench_actions(&self) -> Vec<Action> {
        let Flow::Bench(flow) = &self.flow else { return Vec::new() };
        let mut found = Vec::new();
        if !flow.choices.is_empty() {
            found.push(action("back", key::BACK, Tap::Back));
        }
        if self.put_back_asked().is_some() {
            found.push(action("put-back", Key::Enter, Tap::Primary));
        }
        found
    }

    /// The buttons of the order at the bench.
    pub(super) fn pack_actions(&self, flow: &PackFlow) -> Vec<Action> {
        let at = &flow.at;
        let back = || action("back", key::BACK, Tap::Back);
        let take_out = || action("take-out", key::LESS, Tap::TakeOut);
        match &at.stage {
            Stage::Carton => vec![action("leave-rest", key::END, Tap::Finish)],
            Stage::Verify { carton, label } => {
                let mut found = Vec::new();
                if at.carton(carton).is_some_and(|own| !own.content.is_empty()) {
                    found.push(match at.is_verified() {
                        true => action("close-carton", key::END, Tap::CloseCarton),
                        false => action("new-carton", key::OTHER, Tap::NewCarton),
                    });
                    found.push(take_out());
                }
                if *label != floorhand_domain::scan::Label::default() {
                    found.push(back());
                }
                found
            }
            Stage::TakeOut { .. } => vec![back()],
            Stage::Photo { .. } => vec![action("photo", key::CAMERA, Tap::Photo), back()],
            Stage::Weigh { .. } => {
                let mut found = vec![back()];
                if at.asked().is_some() {
                    found.push(action("weigh-again", key::AGAIN, Tap::WeighAgain));
                    found.push(action("ask-lead", key::OTHER, Tap::AskLead));
                }
                found
            }
            Stage::Label { print, .. } => {
                let mut found = Vec::new();
                if print.is_none() {
                    found.push(action("print-again", key::LABEL, Tap::PrintAgain));
                }
                if at.left_qty() > 0 && !at.partial {
                    found.push(action("later", key::WITHOUT, Tap::Later));
                }
                found
            }
            Stage::Finish => vec![action("finish", key::END, Tap::Finish), take_out()],
        }
    }

    /// Whether digits choose from a list at the bench.
    pub(super) fn bench_digits(&self) -> bool {
        match &self.flow {
            Flow::Bench(flow) => !flow.choices.is_empty(),
            Flow::Pack(flow) => matches!(flow.at.stage, Stage::Carton) && !old_cartons(&flow.at).is_empty(),
            _ => false,
        }
    }

    /// By how much the carton is off, in grams, where a supervisor may allow it.
    pub(super) fn grams_off(&self, told: &refusal::Refusal) -> Option<i64> {
        match told {
            refusal::Refusal::CartonWeight { expected, measured, .. } => Some((measured - expected).abs()),
            _ => None,
        }
    }

    /// The refusal of a weight that is shown now.
    #[must_use]
    pub fn weight_refused(&self) -> Option<&refusal::Refusal> {
        let super::Answer::Refused(refused) = &self.answer else { return None };
        match &refused.refusal {
            Refusal::Goods(told @ refusal::Refusal::CartonWeight { .. }) => Some(told),
            _ => None,
        }
    }
}
