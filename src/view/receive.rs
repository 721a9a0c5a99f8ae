//! Deliveries, the goods of one, its differences, and photos of what is wrong.

#[cfg(doc)]
use super::Tap;
use super::{Amount, Ask, Clock, Goods, Paging, Profile, TextSize};
use serde::Serialize;

/// A day, as people read it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Day {
    /// The year, four digits.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 1 (Monday) to 7; 0: not shown.
    pub weekday: u8,
}

/// The deliveries of a day. [`Tap::Choose`] opens the row of that index on this page, [`Tap::Blind`] receives
/// without paper, [`Tap::NotListed`] a delivery that has paper and is not here. [`Tap::PageUp`],
/// [`Tap::PageDown`], [`Tap::More`]. Rows that fit: [`TextSize::delivery_rows`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveriesView {
    /// A scan fits several deliveries: `rows` are these, one is to be chosen. Ask: `choose-delivery`.
    pub choosing: bool,
    /// The day; `None`: not shown.
    pub day: Option<Day>,
    /// Deliveries closed.
    pub done: u32,
    /// Deliveries there are.
    pub total: u32,
    /// One page, in order of time.
    pub rows: Vec<DeliveryRow>,
    /// Page shown.
    pub paging: Paging,
    /// The one that is now, on the plate; `None`: a plate with the sentence alone.
    pub now: Option<DoorPlate>,
    /// What to scan: `delivery`, `choose-delivery`.
    pub ask: Ask,
}

/// One delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveryRow {
    /// When it is due.
    pub due: Option<Clock>,
    /// Supplier, short.
    pub supplier: String,
    /// Its order, as printed: `PO-7730`.
    pub order: String,
    /// Pallets announced; 0: not known.
    pub pallets: u32,
    /// Lines.
    pub lines: u32,
    /// How far it is.
    pub state: DeliveryState,
    /// Door. May be empty.
    pub door: String,
    /// Is the one on the plate.
    pub now: bool,
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum DeliveryState {
    /// Expected.
    Due,
    /// Expected, and its time is past.
    Late {
        /// Minutes since then.
        minutes: u32,
    },
    /// At its door.
    Arrived,
    /// Being received.
    Started,
    /// Closed.
    Done,
}

/// The door to go to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DoorPlate {
    /// Its number or letter. Empty: the supplier takes the plate.
    pub door: String,
    /// Supplier, short.
    pub supplier: String,
    /// Pallets announced; 0: not shown.
    pub pallets: u32,
    /// Lines.
    pub lines: u32,
}

/// Goods of a delivery. Rows that fit: [`TextSize::receive_rows`].
///
/// Rows of its Problem sheet: `unexpected`, `unknown-barcode`, `damaged`, `lead`.
/// Everywhere: [`Tap::Field`] goes back to the field of that index, [`Tap::CloseDelivery`], [`Tap::More`],
/// [`Tap::Problem`], [`Tap::PageUp`], [`Tap::PageDown`], and [`Tap::NotListed`] after a refused `WRONG_ITEM`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceiveView {
    /// Supplier, short. Empty: received without paper.
    pub supplier: String,
    /// Its order, as printed. May be empty.
    pub order: String,
    /// Lines closed.
    pub done: u32,
    /// Number of the open line, from 1; 0: none is open.
    pub now: u32,
    /// Lines there are; 0: not known (without paper).
    pub total: u32,
    /// One page of the lines; on a handheld shown while nothing is open.
    pub lines: Vec<ReceiveLine>,
    /// Page shown.
    pub paging: Paging,
    /// The open line; `None`: nothing is open.
    pub open: Option<OpenLine>,
    /// Lot and date of the line before, for [`Tap::Repeat`]; shown at [`ReceiveStage::Scan`] and
    /// [`ReceiveStage::Lot`]. `None`: nothing to repeat.
    pub repeat: Option<Repeat>,
    /// What is asked, as at each stage.
    pub ask: Ask,
    /// Where it stands.
    pub stage: ReceiveStage,
}

/// One line of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceiveLine {
    /// The item.
    pub goods: Goods,
    /// Received so far.
    pub got: Amount,
    /// Expected; `None`: not on the order.
    pub expected: Option<Amount>,
    /// How far it is.
    pub state: LineState,
}

/// How far a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum LineState {
    /// Nothing yet.
    Open,
    /// Begun, and more is to come.
    Started,
    /// The open one.
    Now,
    /// As expected.
    Done,
    /// Closed with less.
    Short,
    /// Closed with more.
    Over,
}

/// The line that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenLine {
    /// The item.
    pub goods: Goods,
    /// Its barcode or number. May be empty.
    pub code: String,
    /// Still expected; `None`: not on the order.
    pub expected: Option<Amount>,
    /// Its fields, in the order they are asked; only those the item has.
    pub fields: Vec<Field>,
}

/// A field of the open line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    /// `lot`, `expiry`, `serial`, `quantity`, `condition`, `pallet`; of an unknown barcode `photo`, `words`,
    /// `quantity`.
    pub code: String,
    /// Done, now or next.
    pub state: FieldState,
    /// What stands in it.
    pub value: FieldValue,
}

/// How far a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum FieldState {
    /// Filled.
    Done,
    /// Asked now.
    Now,
    /// Asked later.
    Next,
}

/// What stands in a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum FieldValue {
    /// Nothing.
    None,
    /// A code as it is, or words typed.
    Code(String),
    /// A date.
    Date(Day),
    /// No date is on the pack.
    NoDate,
    /// A quantity.
    Amount(Amount),
    /// Units recorded of all: serials, photos.
    Of {
        /// Recorded.
        done: u32,
        /// All of them; 0: not shown.
        total: u32,
    },
    /// All are good.
    Good,
    /// So many are damaged.
    Damaged(Amount),
    /// Without a pallet, at the dock.
    Loose,
}

/// Lot and date of the line before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Repeat {
    /// The lot. May be empty.
    pub lot: String,
    /// The date.
    pub expiry: Option<Day>,
    /// [`Tap::Repeat`] was pressed: the next item takes them.
    pub on: bool,
}

/// The stages of receiving.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum ReceiveStage {
    /// Nothing is open. Ask: `item`, or `hu-or-item` where pallets are announced. [`Tap::NotListed`], where there
    /// is a list (a supplier).
    Scan,
    /// What a scanned pallet should hold, line by line. [`Tap::Yes`]: as announced; [`Tap::No`]: it differs, the
    /// fields are asked. Ask: `announced`, or `item` where each must be scanned.
    Announced {
        /// The pallet.
        pallet: String,
        /// Number of this line of it, from 1.
        line: u32,
        /// Lines of it.
        lines: u32,
        /// How many it should hold.
        quantity: Amount,
        /// Of this lot. May be empty.
        lot: String,
        /// With this date.
        expiry: Option<Day>,
    },
    /// The lot. Ask: `lot`, or `type-lot` with the keypad. [`Tap::Keypad`] shows and hides it, [`Tap::Sign`],
    /// [`Tap::Backspace`], [`Tap::Ok`].
    Lot {
        /// Typed so far.
        typed: String,
        /// The keypad is open.
        keypad: bool,
        /// OK would be accepted.
        ok: bool,
    },
    /// The date on the pack. Ask: `type-date` (scanned or typed). [`Tap::Digit`] fills day, month, year;
    /// [`Tap::Backspace`], [`Tap::Ok`], [`Tap::NoDate`].
    Expiry {
        /// Digits of the day; `00`: the last of the month.
        day: String,
        /// Digits of the month; shown as a word once two are there.
        month: String,
        /// Digits of the year.
        year: String,
        /// The part that is typed now.
        part: DatePart,
        /// What the date means, once it is whole.
        life: Option<Life>,
        /// OK would be accepted.
        ok: bool,
    },
    /// Serials, one by one. Ask: `serial`, or `type-serial` with the keypad. Keys as at the lot.
    Serial {
        /// Recorded.
        done: u32,
        /// To record; 0: not known.
        total: u32,
        /// The last one. May be empty.
        last: String,
        /// Typed so far.
        typed: String,
        /// The keypad is open.
        keypad: bool,
        /// OK would be accepted.
        ok: bool,
    },
    /// How many. Ask: `next-item`, or `type-quantity` while digits are typed. [`Tap::Digit`], [`Tap::Point`]
    /// (where the amount has decimals), [`Tap::Backspace`], [`Tap::Ok`]; [`Tap::Damaged`] goes on to the
    /// condition with some damaged.
    Quantity {
        /// Counted so far. Its decimals decide about the point.
        counted: Amount,
        /// Still expected; `None`: not on the order.
        expected: Option<Amount>,
        /// Typed so far, digits and at most one point; empty: nothing.
        typed: String,
        /// False: no keypad (each one must be scanned).
        keypad: bool,
        /// Whole cases in the count, and how many are in one; `None`: not shown.
        cases: Option<Cases>,
        /// OK would be accepted.
        ok: bool,
    },
    /// Are they good? [`Tap::Choose`]: 0 all good, 1 some damaged. With some damaged the keypad asks how many,
    /// and [`Tap::Photo`] opens the camera. Ask: `condition`, `type-damaged`, `photo`.
    Condition {
        /// How many there are. Its decimals decide about the point.
        of: Amount,
        /// How many are damaged, as typed; `None`: not (yet) "some damaged".
        damaged: Option<String>,
        /// A photo must be there.
        photo_needed: bool,
        /// Photos taken.
        photos: u32,
        /// OK would be accepted.
        ok: bool,
    },
    /// Onto which pallet. Ask: `pallet-label`, or `label` once one was printed. [`Tap::PrintLabel`], [`Tap::NoPallet`].
    Pallet {
        /// The pallet of the line before, as a help. May be empty.
        last: String,
        /// The label that was printed. May be empty.
        printed: String,
        /// There is a printer.
        printer: bool,
    },
}

/// A part of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum DatePart {
    /// The day.
    Day,
    /// The month.
    Month,
    /// The year.
    Year,
}

/// What a date means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Life {
    /// Days left; negative: past.
    pub days: i32,
    /// Days that are needed; 0: none.
    pub needs: u32,
    /// Whether it will do.
    pub enough: bool,
    /// Is no day at all: 31 April.
    pub no_day: bool,
}

/// Cases in a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Cases {
    /// Whole cases.
    pub cases: u32,
    /// Units in one.
    pub each: u32,
}

/// What differs, before a delivery is posted. [`Tap::Choose`] chooses a row, for [`Tap::CountAgain`] and
/// [`Tap::Photo`]; [`Tap::Fold`] shows or folds the lines that match; [`Tap::MoreToCome`], [`Tap::Final`];
/// [`Tap::Back`], [`Tap::PageUp`], [`Tap::PageDown`]. Rows that fit: [`TextSize::difference_rows`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DiscrepanciesView {
    /// Supplier, short. Empty: received without paper.
    pub supplier: String,
    /// Its order, as printed. May be empty.
    pub order: String,
    /// Lines closed.
    pub done: u32,
    /// Lines there are.
    pub total: u32,
    /// Lines that differ.
    pub different: u32,
    /// One page: what differs first; with `folded` false the matching lines after them.
    pub rows: Vec<Difference>,
    /// Page shown.
    pub paging: Paging,
    /// Lines that match.
    pub matching: u32,
    /// Short names of the first of them.
    pub matching_names: Vec<String>,
    /// The matching lines are folded to a number.
    pub folded: bool,
    /// Units; `None`: lines of different units, no sum is shown.
    pub sums: Option<Sums>,
    /// More to come, or final; `None`: nothing is open, so it is not asked.
    pub closing: Option<Closing>,
    /// What to scan: `badge-post`; `closing` as long as it must be chosen first.
    pub ask: Ask,
}

/// One line of the comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What is with it.
    pub kind: DifferenceKind,
    /// The item; of an unknown barcode, the words typed.
    pub goods: Goods,
    /// Expected; `None`: not on the order.
    pub expected: Option<Amount>,
    /// Received.
    pub got: Amount,
    /// By how much; how many are damaged or unexpected.
    pub by: Amount,
    /// Photos taken.
    pub photos: u32,
    /// Quarantine place it goes to. May be empty.
    pub place: String,
    /// Was chosen.
    pub chosen: bool,
}

/// What is with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum DifferenceKind {
    /// Less than expected.
    Short,
    /// More than expected.
    Over,
    /// Some are damaged.
    Damaged,
    /// Not on the order.
    Unexpected,
    /// A barcode that nobody knows.
    Unknown,
    /// As expected.
    Matching,
}

/// Units of a delivery.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Sums {
    /// Expected.
    pub expected: u32,
    /// Received.
    pub got: u32,
    /// Of these, free for the shelf.
    pub shelf: u32,
    /// Of these, to quarantine.
    pub quarantine: u32,
}

/// What becomes of open lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Closing {
    /// Must be chosen.
    Unchosen,
    /// The rest is to come.
    MoreToCome,
    /// What is open is short.
    Final,
}

/// A photo. The live picture comes from the camera straight to the screen, as for [`super::CameraView`]; while
/// `still`, the screen keeps the last one it got. [`Tap::Shutter`]; then [`Tap::Again`] or [`Tap::Use`];
/// [`Tap::Light`], [`Tap::Back`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PhotoView {
    /// What of: `damaged`, `unknown`, `pack` (a carton), `returned`.
    pub purpose: String,
    /// The item; an empty name: none.
    pub goods: Goods,
    /// Photos kept.
    pub taken: u32,
    /// One was taken: keep it?
    pub still: bool,
    /// Whether the lamp is on.
    pub light: bool,
    /// The camera does not answer.
    pub lost: bool,
}

/// An unknown barcode: photo, words, quantity. [`Tap::Field`] goes to the field of that index; [`Tap::Photo`],
/// [`Tap::Sign`] (with space), [`Tap::Digit`], [`Tap::Backspace`], [`Tap::Ok`], [`Tap::Back`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnknownView {
    /// What was read, printable.
    pub raw: String,
    /// The three fields: `photo`, `words`, `quantity`. The one that is now decides the keypad.
    pub fields: Vec<Field>,
    /// Typed so far, in the field that is now.
    pub typed: String,
    /// OK would be accepted.
    pub ok: bool,
    /// What is asked: `photo`, `type-words`, `type-quantity`.
    pub ask: Ask,
}

impl TextSize {
    /// Deliveries that fit on a page, with the page buttons.
    #[must_use]
    pub fn delivery_rows(self, profile: Profile) -> u32 {
        match (profile, self) {
            (Profile::Handheld, TextSize::T100) => 4,
            (Profile::Handheld, TextSize::T130) => 3,
            (Profile::Handheld, TextSize::T160) => 2,
            (_, TextSize::T100 | TextSize::T130) => 6,
            (_, TextSize::T160) => 5,
        }
    }

    /// Lines of a delivery that fit beside or above the plate, with the page buttons.
    #[must_use]
    pub fn receive_rows(self, profile: Profile) -> u32 {
        match (profile, self) {
            (Profile::Handheld, TextSize::T100) => 4,
            (Profile::Handheld, TextSize::T130) => 3,
            (Profile::Handheld, TextSize::T160) => 2,
            (_, TextSize::T100 | TextSize::T130) => 5,
            (_, TextSize::T160) => 4,
        }
    }

    /// Differences that fit on a page, with the page buttons.
    #[must_use]
    pub fn difference_rows(self, profile: Profile) -> u32 {
        match (profile, self) {
            (Profile::Handheld, TextSize::T160) => 1,
            (Profile::Handheld, TextSize::T100 | TextSize::T130) => 2,
            (_, TextSize::T100 | TextSize::T130) => 3,
            (_, TextSize::T160) => 2,
        }
    }
}
