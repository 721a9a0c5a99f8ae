//! What a receipt keeps beside its machine: a label on its way out of the printer, and what was said so far of
//! goods of an unknown code.

use super::goods::Press;
use super::{Answer, App, Effect, Flow, Found, Now, OpenPage, Photo, Printing, Signal, Turn};
use floorhand_domain::id::HandlingUnitId;
use floorhand_domain::workflow::receive::{self, Capture};

/// Signs of the name of a new handling unit.
const LABEL_SIGNS: usize = 12;

impl App {
    /// Has a label printed for the goods that are counted. While it is under way, no other one is.
    pub(super) fn print_label(mut self, now: &Now) -> Turn {
        let Flow::Receive(flow) = &self.flow else { return self.turn() };
        if self.printing.as_ref().is_some_and(|printing| printing.goods == flow.at.stage) {
            return self.turn();
        }
        let id: String = now.id.chars().filter(char::is_ascii_alphanumeric).collect();
        let tail = id.get(id.len().saturating_sub(LABEL_SIGNS)..).unwrap_or_default();
        let label = format!("HU-{}", tail.to_ascii_uppercase());
        self.printing = Some(Box::new(Printing { label: label.clone(), goods: flow.at.stage.clone() }));
        let mut turn = self.turn();
        turn.effects.push(Effect::PrintLabel(label));
        turn
    }

    /// A label is printed, and stands for the handling unit that the goods go into. Where other goods are in the
    /// hands by then, or nobody is there, it waits to be scanned. An empty label = it could not be printed.
    pub(super) fn label_printed(mut self, label: String, now: &Now, found: &Found) -> Turn {
        let printing = self.printing.take_if(|printing| label.is_empty() || printing.label == label);
        let same = match (&self.flow, &printing) {
            (Flow::Receive(flow), Some(printing)) => flow.at.stage == printing.goods,
            _ => false,
        };
        if self.lock.is_some() || !matches!(self.flow, Flow::Receive(_)) {
            return self.turn();
        }
        if same && !label.is_empty() {
            return self.pressed(Press::Receive(receive::Event::Printed(HandlingUnitId(label))), now, found);
        }
        self.answer = Answer::Notice(if label.is_empty() { "not-printed" } else { "label-left" });
        let signal = if label.is_empty() { Signal::Refused } else { Signal::Attention };
        let mut turn = self.turn();
        turn.effects.push(Effect::Signal(signal));
        turn
    }

    /// The goods of an unknown code are given up.
    pub(super) fn forget_capture(&mut self) {
        if let Flow::Receive(flow) = &mut self.flow {
            flow.at.capture = None;
        }
    }

    /// What was said so far of goods of an unknown code goes with the step, and comes back with it: after a lock, a
    /// hand-over, a power cut.
    pub(super) fn keep_capture(&mut self) {
        let Flow::Receive(flow) = &mut self.flow else { return };
        match &self.page {
            Some(OpenPage::Unknown { raw, words, photos, field }) => {
                let photos = photos.iter().map(super::goods_taps::photo_of).collect();
                let (raw, words, typed) = (raw.clone(), words.clone(), self.typed.clone());
                flow.at.capture = Some(Box::new(Capture { raw, words, typed, photos, field: *field }));
            }
            None if self.lock.is_none() => {
                let asked = flow.at.unknown_code().map(str::to_owned);
                flow.at.capture = flow.at.capture.take().filter(|capture| asked.as_ref() == Some(&capture.raw));
                let Some(Capture { raw, words, typed, photos, field }) = flow.at.capture.as_deref().cloned() else {
                    return;
                };
                let of = |photo: receive::Photo| Photo { id: photo.id.0, hash: photo.hash, bytes: photo.bytes };
                let photos = photos.into_iter().map(of).collect();
                self.typed = typed;
                self.page = Some(OpenPage::Unknown { raw, words, photos, field });
            }
            _ => {}
        }
    }
}
