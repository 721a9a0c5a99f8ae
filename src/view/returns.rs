//! Returns: what came back, how good it is, what becomes of it, where it goes.

#[cfg(doc)]
use super::Tap;
use super::{Amount, Ask, Goods, LineState, Paging, Profile, TextSize};
use serde::Serialize;

/// A return at one of its stages. Rows that fit: [`TextSize::return_rows`].
///
/// Everywhere: [`Tap::More`], [`Tap::CantScan`], [`Tap::Problem`]. Two sheets belong to it, each a
/// [`super::SheetView`]: `return-reason` with the codes of the reasons (`changed-mind`, `wrong-size`,
/// `not-as-described`, `damaged-in-transit`, `defective`, `wrong-item`, `undeliverable`, `other`), opened by
/// [`Tap::Reasons`]; and `override` with `looks-better`, `looks-worse`, `policy-unfit`, `other`, after
/// [`Tap::Disposition`]. [`Tap::Choose`] takes a row of either.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReturnsView {
    /// The announced return, as printed; without one the order. Empty: neither is known.
    pub number: String,
    /// Nobody announced it.
    pub unannounced: bool,
    /// The announcement was withdrawn: everything is quarantined.
    pub withdrawn: bool,
    /// Units that came so far.
    pub done: u32,
    /// Units that are awaited; 0: not known.
    pub total: u32,
    /// One page of what can come back; shown while nothing is open.
    pub lines: Vec<ReturnRow>,
    /// Page shown: of the lines, or of the returns to choose from. [`Tap::PageUp`], [`Tap::PageDown`].
    pub paging: Paging,
    /// What is inspected; `None`: nothing yet.
    pub open: Option<ReturnedGoods>,
    /// What is asked, as at each stage.
    pub ask: Ask,
    /// Where it stands.
    pub stage: ReturnStage,
}

/// A line that can come back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReturnRow {
    /// The item.
    pub goods: Goods,
    /// Came with this return.
    pub here: Amount,
    /// Announced; where nothing was announced, what can still come back.
    pub expected: Amount,
    /// [`LineState::Open`], [`LineState::Started`], [`LineState::Done`].
    pub state: LineState,
}

/// Units that are inspected together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReturnedGoods {
    /// The item.
    pub goods: Goods,
    /// Its lot or serial number. May be empty.
    pub code: String,
    /// How many.
    pub quantity: Amount,
    /// The customer's words. May be empty.
    pub words: String,
    /// They belong to no order: they are quarantined, and no refund is asked.
    pub unmatched: bool,
}

/// A return that a scan can open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReturnChoice {
    /// The announced return. Empty: only the order is known.
    pub number: String,
    /// The order.
    pub order: String,
    /// Units that are awaited; 0: not known.
    pub units: u32,
}

/// The return that ended last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReturnDone {
    /// Its number, or the order. May be empty.
    pub number: String,
    /// Units that came.
    pub units: u32,
    /// `none`, `waiting`; `released`, `held` once the core said so.
    pub refund: String,
}

/// The stages of a return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum ReturnStage {
    /// No return is open. Ask: `return`; `choose-return` where a scan fits several: [`Tap::Choose`], [`Tap::Back`].
    /// [`Tap::Unmatched`]: nothing on it tells where it came from.
    Open {
        /// Those to choose from.
        choices: Vec<ReturnChoice>,
        /// The one before.
        last: Option<ReturnDone>,
    },
    /// What came back? Ask: `returned-item`, `lot`, `serial`. [`Tap::Finish`]: nothing more is here. After a refused
    /// `RET_NOT_SHIPPED` or `RET_OVER`, [`Tap::Unmatched`]: inspect it without an order.
    Identity,
    /// The lot. Ask: `lot`, or `type-lot` with the keypad. [`Tap::Keypad`] shows and hides it, [`Tap::Sign`],
    /// [`Tap::Backspace`], [`Tap::Ok`]; [`Tap::Back`] forgets the entry.
    Lot {
        /// Typed so far.
        typed: String,
        /// The keypad is open.
        keypad: bool,
        /// OK would be accepted.
        ok: bool,
    },
    /// The serial number. Ask: `serial`, or `type-serial`. Keys as at the lot.
    Serial {
        /// Typed so far.
        typed: String,
        /// The keypad is open.
        keypad: bool,
        /// OK would be accepted.
        ok: bool,
    },
    /// How many. Ask: `next-item`, or `type-quantity` while digits are typed. [`Tap::Digit`], [`Tap::Backspace`],
    /// [`Tap::Ok`] (goes on), [`Tap::Back`].
    Quantity {
        /// Typed so far; empty: nothing.
        typed: String,
        /// What can still come back; `None`: not known.
        open: Option<Amount>,
        /// OK would be accepted.
        ok: bool,
    },
    /// All of it goes on the scale. Ask: `weigh`. [`Tap::Back`]; with the keypad [`Tap::Digit`], [`Tap::Point`],
    /// [`Tap::Backspace`], [`Tap::Ok`].
    Weigh {
        /// Typed so far, in kilograms; empty: nothing.
        typed: String,
        /// No scale speaks: the weight is typed.
        keypad: bool,
        /// OK would be accepted.
        ok: bool,
        /// What the scale says now, in grams; `None`: nothing is on it.
        scale_grams: Option<u32>,
        /// What it weighed when it left, in grams; `None`: not known.
        expected_grams: Option<u32>,
    },
    /// The checklist with grade, reason and photos; while the weight is asked about, only its parts. Ask: `answer`
    /// while something is open, `photo` while only a photo is missing, else `go-on`. [`Tap::Answer`],
    /// [`Tap::Grade`], [`Tap::Reasons`], [`Tap::Photo`], [`Tap::Next`]; [`Tap::Back`] forgets the entry.
    Inspect(Inspect),
    /// Where it goes. Ask: `bin`, or `place` where no bin is known. [`Tap::Disposition`] chooses another outcome,
    /// [`Tap::Back`] leads to the checklist.
    Put {
        /// The grade, `A` to `D`.
        grade: String,
        /// What becomes of it: `restock`, `refurbish`, `vendor-claim`, `liquidate`, `write-off`, `quarantine`.
        outcome: String,
        /// The bin for it. Empty: any place that takes it.
        bin: String,
        /// The others, at most five.
        choices: Vec<OutcomeChoice>,
    },
}

/// The checklist.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Inspect {
    /// Only the parts are asked: what was weighed last, and what it weighed when it left, in grams. `None`: all is
    /// asked.
    pub parts: Option<(u32, u32)>,
    /// The questions, at most five.
    pub questions: Vec<AskedQuestion>,
    /// The grades with whether each is left by the answers, best first.
    pub grades: Vec<GradeChoice>,
    /// Why it came back, by code. Empty: must be chosen.
    pub reason: String,
    /// Photos taken.
    pub photos: u32,
    /// A photo must be there.
    pub photo_needed: bool,
    /// [`Tap::Next`] would be accepted.
    pub ok: bool,
}

/// A question of the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AskedQuestion {
    /// `sealed`, `complete`, `clean`, `works`, `tags`; another is shown as it is.
    pub code: String,
    /// The answer.
    pub yes: Option<bool>,
}

/// A grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GradeChoice {
    /// `A` to `D`.
    pub code: String,
    /// The answers leave it.
    pub allowed: bool,
    /// It is the one.
    pub chosen: bool,
}

/// What could become of the goods instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutcomeChoice {
    /// As in [`ReturnStage::Put`].
    pub code: String,
    /// The bin for it. May be empty.
    pub bin: String,
    /// Why it cannot be chosen: `role` (a lead may: [`Tap::Disposition`] still counts), `hygiene` (nobody may). Empty:
    /// it can.
    pub why: String,
}

impl TextSize {
    /// Lines of a return that fit on a page, with the page buttons.
    #[must_use]
    pub fn return_rows(self, profile: Profile) -> u32 {
        match (profile, self) {
            (Profile::Handheld, TextSize::T100) => 3,
            (Profile::Handheld, TextSize::T130) => 2,
            (Profile::Handheld, TextSize::T160) => 1,
            (_, TextSize::T100) => 4,
            (_, TextSize::T130) => 3,
            (_, TextSize::T160) => 2,
        }
    }
}
