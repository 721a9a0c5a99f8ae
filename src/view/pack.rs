//! Packing: the order at the bench, its cartons, the scale and the labels.

#[cfg(doc)]
use super::Tap;
use super::{Amount, Ask, Clock, Goods, LineState, Paging, Profile, TextSize};
use serde::Serialize;

/// An order at the bench, or the bench without one. Rows that fit: [`TextSize::pack_rows`],
/// [`TextSize::carton_rows`], [`TextSize::queue_rows`].
///
/// Everywhere: [`Tap::More`], [`Tap::Problem`], [`Tap::PageUp`], [`Tap::PageDown`]. The sheet that asks why a label is
/// printed again is [`super::SheetView`] of the kind `print-again` with the rows `label-torn`, `label-lost`,
/// `label-unreadable`, `label-other`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackView {
    /// The order, as printed. Empty: none is open.
    pub order: String,
    /// The carrier's service, as it is called: `Express`. May be empty.
    pub service: String,
    /// It goes before others: its service has a sign.
    pub urgent: bool,
    /// When the truck leaves; `None`: not known.
    pub due: Option<Clock>,
    /// The tote that goods come from first. Empty: any.
    pub tote: String,
    /// Units that are not in a carton yet.
    pub left: u32,
    /// One page of the checklist, in its fixed order.
    pub lines: Vec<PackRow>,
    /// Page shown of the checklist; at [`PackStage::Choose`] of the orders.
    pub paging: Paging,
    /// The carton at hand; `None`: none is.
    pub carton: Option<CartonView>,
    /// Cartons of the order.
    pub cartons: u32,
    /// What waits at this bench; shown while nothing is to be put into a carton.
    pub queue: Queue,
    /// What is asked, as at each stage.
    pub ask: Ask,
    /// Where it stands.
    pub stage: PackStage,
}

/// A line of the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackRow {
    /// The item.
    pub goods: Goods,
    /// In cartons, over all benches.
    pub packed: Amount,
    /// Picked: what is to be packed.
    pub asked: Amount,
    /// The one lot that is left. Empty: none, or several.
    pub lot: String,
    /// [`LineState::Open`], [`LineState::Started`], [`LineState::Done`], or [`LineState::Short`]: all that was picked
    /// is packed, and it was less than ordered.
    pub state: LineState,
}

/// A carton and what is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CartonView {
    /// Its number among those of the order, from 1.
    pub number: u32,
    /// Its type, as it is called: `Box M`. May be empty.
    pub kind: String,
    /// What is in it, an item a row; one row fewer than fit where `more` is above 0. The marked one is
    /// always among them.
    pub rows: Vec<CartonRow>,
    /// Rows that are not shown.
    pub more: u32,
    /// Units in it.
    pub units: u32,
    /// Photographs of it.
    pub photos: u32,
    /// What it should weigh, in grams; `None`: the weight of something is not known.
    pub expected_grams: Option<u32>,
    /// How far off it may be, in grams.
    pub tolerance_grams: u32,
    /// What the scale says now, in grams; `None`: no scale, or nothing on it.
    pub scale_grams: Option<u32>,
}

/// An item in a carton.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CartonRow {
    /// The item.
    pub goods: Goods,
    /// Units of it.
    pub units: u32,
    /// What they weigh, in grams; 0: not known.
    pub grams: u32,
    /// It is the one that explains a difference in weight.
    pub marked: bool,
}

/// What waits at the bench.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Queue {
    /// The next ones, or those to choose from.
    pub orders: Vec<QueueRow>,
    /// All that wait.
    pub waiting: u32,
    /// Orders packed here today.
    pub today: u32,
}

/// An order that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueueRow {
    /// Its tote, or the order where it has none; for a label the carton.
    pub code: String,
    /// The carrier's service. May be empty.
    pub service: String,
    /// It goes before others.
    pub urgent: bool,
    /// When the truck leaves; `None`: not known.
    pub due: Option<Clock>,
    /// Units to pack.
    pub units: u32,
    /// It is a packed carton that needs another label; the code is its number.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub relabel: bool,
}

/// A type of carton, as it is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CartonKind {
    /// What it is called: `Box M`.
    pub name: String,
    /// Length, width and height inside, in millimetres; 0: not known.
    pub inner_mm: [u32; 3],
}

/// A carton of the order that can be taken up again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OldCarton {
    /// Its number, from 1.
    pub number: u32,
    /// Its type. May be empty.
    pub kind: String,
    /// Units in it.
    pub units: u32,
    /// It is closed, and its label was not seen on it.
    pub closed: bool,
}

/// The stages of packing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum PackStage {
    /// No order is open. Ask: `next-tote`.
    Next,
    /// A scan fits several orders: those in the queue. [`Tap::Choose`] opens one, [`Tap::Back`] none. Ask:
    /// `choose-order`.
    Choose,
    /// Which carton? Ask: `carton`. [`Tap::Choose`] takes up `old` of that index; [`Tap::Finish`]: what is not
    /// packed stays behind.
    Carton {
        /// What is suggested; `None`: nothing is.
        suggested: Option<CartonKind>,
        /// Others, by name. At most three are shown.
        others: Vec<String>,
        /// Cartons of the order that are not done. At most three are shown.
        old: Vec<OldCarton>,
    },
    /// Everything is scanned into the carton. Ask: `next-item`, `lot`, `serial`; `close` once nothing is left.
    /// [`Tap::CloseCarton`] once nothing is left; [`Tap::NewCarton`] closes this one, what is left goes into
    /// another; [`Tap::TakeOut`].
    Verify,
    /// Something comes out of the carton again. Ask: `take-out`, `lot`, `serial`. [`Tap::Back`].
    TakeOut,
    /// A photo of the open carton is due. Ask: `photo`. [`Tap::Photo`]; [`Tap::Back`] to the goods.
    Photo,
    /// The carton goes on the scale. Ask: `weigh`. [`Tap::Back`] to the goods.
    Weigh {
        /// It was refused: `WEIGHT_DIFF`, which a kiosk shows in words of its own instead of the refusal's. Ask:
        /// `put-in`, `take-one-out`, or `check-items` where no item explains it. [`Tap::WeighAgain`],
        /// [`Tap::AskLead`]. `None`: it was not.
        off: Option<WeightOff>,
    },
    /// The label goes on the carton. Ask: `carton-label`; `printing`, `not-printed`, or `held` while it may not be
    /// printed. [`Tap::PrintAgain`] also prints one that was never printed; [`Tap::Later`].
    Label {
        /// Where the label is.
        state: LabelState,
        /// The belt, or gate, that the carton goes to then. May be empty.
        belt: String,
        /// Goods are left: the label can wait.
        later: bool,
    },
    /// All that was picked is in labelled cartons, and lines are open. Ask: `finish`. [`Tap::Finish`],
    /// [`Tap::TakeOut`].
    Finish {
        /// Lines that are open.
        open: u32,
    },
}

/// A weight that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WeightOff {
    /// What it should weigh, in grams.
    pub expected_grams: u32,
    /// What the scale said, in grams.
    pub scale_grams: u32,
    /// The item of which one unit explains the difference; `None`: none does.
    pub item: Option<Goods>,
    /// What one unit of it weighs, in grams.
    pub item_grams: u32,
}

/// Where a label is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum LabelState {
    /// At the printer.
    Printing,
    /// Printed.
    Printed,
    /// Printed with our own number: the carrier's label comes later.
    Internal,
    /// The printer did not answer, or it may not be printed.
    Missing,
}

impl TextSize {
    /// Lines of an order that fit on a page, with the page buttons.
    #[must_use]
    pub fn pack_rows(self, profile: Profile) -> u32 {
        match (profile, self) {
            (Profile::Handheld, TextSize::T100) => 3,
            (Profile::Handheld, TextSize::T130) => 2,
            (Profile::Handheld, TextSize::T160) => 1,
            (_, TextSize::T100) => 5,
            (_, TextSize::T130) => 4,
            (_, TextSize::T160) => 3,
        }
    }

    /// Rows that fit into a carton, with the one that says how many more there are.
    #[must_use]
    pub fn carton_rows(self) -> u32 {
        match self {
            TextSize::T100 => 5,
            TextSize::T130 | TextSize::T160 => 4,
        }
    }

    /// Orders that fit into the queue.
    #[must_use]
    pub fn queue_rows(self) -> u32 {
        match self {
            TextSize::T100 => 4,
            TextSize::T130 | TextSize::T160 => 3,
        }
    }
}
