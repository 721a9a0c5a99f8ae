//! Goods that are put away, moved and counted, at each stage.

#[cfg(doc)]
use super::Tap;
use super::{Amount, Ask, Goods, Paging, Plate, Progress};
use serde::Serialize;

/// Goods put away or moved.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StockView {
    /// `put-away`, `move`, `replenish`: decides the title.
    pub kind: String,
    /// Line n of m; total 0: a move without a plan.
    pub progress: Progress,
    /// What to scan.
    pub ask: Ask,
    /// Where it stands.
    pub stage: StockStage,
}

/// The stages of a put-away or a move.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum StockStage {
    /// What is moved, from where. Ask: `pallet`, `source` (pallet or shelf), `shelf`, `item`, `lot`, `hu`, `serial`.
    Source {
        /// The sign of the place to fetch it from; an empty code: not planned, or one stands there already.
        plate: Plate,
        /// The place one stands at, once scanned. May be empty.
        place: String,
        /// The goods, where they are planned.
        goods: Option<Goods>,
        /// How many are planned; 0 units: not planned.
        quantity: Amount,
        /// The box or pallet to fetch. May be empty.
        pallet: String,
    },
    /// How many, where only a part moves. Ask: `next-item`, or `type-quantity` while digits are typed. Keypad:
    /// [`Tap::Digit`], [`Tap::Point`], [`Tap::Backspace`], [`Tap::Ok`]. [`Tap::OnlyHere`] goes on with what is counted.
    Quantity {
        /// The item.
        goods: Goods,
        /// Where it is taken from: shelf, or box or pallet.
        place: String,
        /// Counted so far.
        counted: Amount,
        /// At the most, or as planned; 0 units: no limit is known.
        most: Amount,
        /// Typed so far, digits and at most one point; empty: nothing.
        typed: String,
        /// False: no keypad (each one must be scanned).
        keypad: bool,
        /// OK would be accepted.
        ok: bool,
    },
    /// Where to. Ask: `shelf`, or `new-shelf` where nothing is suggested. [`Tap::OtherPlace`] shows the next
    /// suggestion.
    Destination {
        /// The suggested place; an empty code: no suggestion.
        plate: Plate,
        /// Why there: `fixed`, `same-item`, `empty`, `planned`. May be empty.
        why: String,
        /// There is another suggestion.
        other: bool,
        /// The goods; an empty name: a pallet of several items.
        goods: Goods,
        /// How many; 0 units: not shown (a pallet of several items).
        quantity: Amount,
        /// The box or pallet that moves as a whole. May be empty.
        pallet: String,
        /// A state that bars most places: `quarantined`, `damaged`, `returned`, `blocked`. Empty: none.
        status: String,
    },
    /// Is the shelf empty now? [`Tap::Yes`], [`Tap::No`].
    EmptyNow {
        /// The shelf.
        place: String,
        /// The item.
        goods: Goods,
    },
}

/// A count. No stage shows what the book says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CountView {
    /// Location n of m; total 0: a count without a plan.
    pub progress: Progress,
    /// What to scan.
    pub ask: Ask,
    /// The location that is counted. May be empty.
    pub place: String,
    /// The one item that is counted (spot count); `None`: all that is there.
    pub only: Option<Goods>,
    /// Where it stands.
    pub stage: CountStage,
}

/// The stages of a count.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum CountStage {
    /// Go to the location. Ask: `shelf`.
    Location {
        /// Its sign; an empty code: any location, a sentence alone.
        plate: Plate,
    },
    /// What is there. Ask: `item` (nothing counted yet), `next-item`, `type-quantity` while digits are typed,
    /// `lot`, `serial`, `shelf-finish` once [`Tap::Finish`] was pressed.
    Contents(CountContents),
    /// [`Tap::ShelfEmpty`] was pressed. Ask: `shelf-confirm`. [`Tap::FoundIt`] goes back.
    Nothing,
    /// A recount; otherwise as `Contents`.
    Again {
        /// `no-match` (the operator's own number does not match), `moved` (stock moved during the count),
        /// `asked` (somebody else's count is checked).
        why: String,
        /// The operator's own number before; `None`: counted by somebody else, so no number is shown.
        own: Option<Amount>,
        /// What is counted now.
        contents: CountContents,
    },
}

/// What was counted here so far.
///
/// [`Tap::Undo`] takes the last one back, [`Tap::Finish`] ends, [`Tap::ShelfEmpty`] says that nothing is here,
/// [`Tap::Keypad`] shows or hides the keypad, [`Tap::PageUp`] and [`Tap::PageDown`] turn the list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CountContents {
    /// The last one counted, shown large; `None`: nothing yet.
    pub last: Option<CountRow>,
    /// One page of the others, newest first.
    pub rows: Vec<CountRow>,
    /// Page shown of `rows`. Rows that fit: [`super::TextSize::count_rows`].
    pub paging: Paging,
    /// Typed so far, digits and at most one point; empty: nothing.
    pub typed: String,
    /// The keypad is open, in place of the list: [`Tap::Digit`], [`Tap::Point`], [`Tap::Backspace`], [`Tap::Ok`].
    pub keypad: bool,
    /// The keypad can be opened (an item was scanned that may be typed).
    pub may_type: bool,
    /// OK would be accepted.
    pub ok: bool,
}

/// What was counted of one item, lot and handling unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CountRow {
    /// The item.
    pub goods: Goods,
    /// Its lot or serial. May be empty.
    pub lot: String,
    /// The box or pallet it is in. May be empty.
    pub pallet: String,
    /// Counted so far.
    pub counted: Amount,
}
