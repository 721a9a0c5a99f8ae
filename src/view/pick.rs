//! A pick at each of its stages: sign on the rack, item, quantity, cart.

#[cfg(doc)]
use super::Tap;
use super::{Ask, Goods};
use serde::Serialize;

/// Title line of a task.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Lines closed, from the first on.
    pub done: u32,
    /// Number of the line that is open, from 1; 0: none.
    pub now: u32,
    /// All lines; 0 shows no progress.
    pub total: u32,
    /// Name of the cart, `06`. May be empty.
    pub cart: String,
}

/// A pick task.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PickView {
    /// Line n of m.
    pub progress: Progress,
    /// What to scan.
    pub ask: Ask,
    /// Where the pick stands.
    pub stage: PickStage,
}

/// The stages of a pick.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum PickStage {
    /// Bind empty totes: cart map (a single slot shows one large number). Ask: `tote-empty`.
    Totes {
        /// The cart; the target cell is the slot that waits.
        cart: Cart,
    },
    /// Go to a shelf. Ask: `shelf`.
    Location {
        /// The sign on the rack.
        plate: Plate,
        /// What is taken there.
        goods: Goods,
        /// How many.
        quantity: u32,
    },
    /// Find the item. Ask: `item`, `lot`, `serial` or `hu`.
    Item {
        /// The item.
        goods: Goods,
        /// How many.
        quantity: u32,
        /// Lot to take. May be empty.
        lot: String,
        /// Tote that comes next, its code. May be empty.
        tote: String,
        /// The shelf one stands at.
        place: String,
    },
    /// Count up. Ask: `next-item`, or `type-quantity` while digits are typed. Keypad: [`Tap::Digit`],
    /// [`Tap::Backspace`], [`Tap::Ok`]; [`Tap::OnlyHere`] opens the short pick.
    Quantity {
        /// The item.
        goods: Goods,
        /// Counted so far.
        counted: u32,
        /// Asked for.
        needed: u32,
        /// Digits typed, as typed; empty: none.
        typed: String,
        /// False: no keypad (each one must be scanned).
        keypad: bool,
        /// OK would be accepted.
        ok: bool,
    },
    /// Put into the tote. Ask: `tote`.
    Tote {
        /// The cart, or one slot for a single pick.
        cart: Cart,
        /// The item.
        goods: Goods,
        /// Units in hand.
        quantity: u32,
    },
    /// Is the shelf empty now? [`Tap::Yes`], [`Tap::No`].
    EmptyNow {
        /// The shelf.
        place: String,
        /// The item.
        goods: Goods,
    },
    /// Why is it short? Rows are chosen by [`Tap::Choose`]: 0 `none-found`, 1 `damaged`, 2 `wrong-stock`,
    /// 3 `unreachable`. [`Tap::FoundIt`] goes back. Ask: `shelf-confirm` once a reason stands.
    Short {
        /// The item.
        goods: Goods,
        /// Found so far.
        found: u32,
        /// Asked for.
        needed: u32,
        /// `none-found`, `damaged`, `wrong-stock`, `unreachable`; empty: not yet chosen.
        reason: String,
        /// For `damaged`: how many, as typed; `Some` shows the keypad until [`Tap::Ok`].
        damaged: Option<String>,
        /// OK would be accepted.
        ok: bool,
    },
    /// A full tote gave its place on the cart: another for the same order. Ask: `tote-empty`.
    NextTote {
        /// The cart; the target cell is the place that waits.
        cart: Cart,
        /// The full tote.
        full: String,
        /// What is in the hand.
        goods: Goods,
        /// How many of it; 0: nothing.
        quantity: u32,
    },
    /// A tote that another zone filled is taken up where it stands. Ask: `code`.
    TakeUp {
        /// The tote.
        tote: String,
        /// Where it stands. May be empty.
        place: String,
        /// What is in it, by name.
        goods: Vec<String>,
        /// Units in it.
        units: u32,
    },
    /// Pieces are weighed together: by the scale, or typed in kilograms. Ask: `weigh`, or `type-weight`. Keypad with
    /// [`Tap::Point`].
    Weigh {
        /// The item.
        goods: Goods,
        /// Pieces to be weighed.
        pieces: u32,
        /// Signs typed, as typed; empty: none.
        typed: String,
        /// OK would be accepted.
        ok: bool,
    },
    /// A batch is sorted: scan any item out of the common tote. Ask: `item`.
    Sort {
        /// Units that are still to be sorted.
        left: u32,
        /// The common tote.
        tote: String,
    },
    /// Totes that go to different places, one by one: scan one of them. Ask: `tote`.
    DropOne {
        /// The one that is being brought. Empty: none yet.
        tote: String,
        /// Its place. Empty with none.
        place: String,
        /// `staging`, `bench`; of the place.
        kind: String,
        /// Those that are left, each with its place.
        totes: Vec<ToteGoes>,
    },
    /// Bring the totes to their place. Ask: `drop`.
    DropOff {
        /// Staging place or pack bench: the code on its sign.
        place: String,
        /// `staging`, `bench`.
        kind: String,
        /// Totes to leave there, their codes.
        totes: Vec<String>,
    },
}

/// A tote and where it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToteGoes {
    /// The tote.
    pub tote: String,
    /// The code on the sign of its place.
    pub place: String,
}

/// The sign on the rack, split as the site's code mask says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Plate {
    /// The whole code, shown in one line where `cells` is empty.
    pub code: String,
    /// One to four segments, in the order of the code.
    pub cells: Vec<PlateCell>,
    /// Where in the rack, if known.
    pub rack: Option<Rack>,
}

/// One segment of a location code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlateCell {
    /// `aisle`, `bay`, `shelf`, `level`, `place`, `zone`, `area`; empty: no caption.
    pub caption: String,
    /// The signs.
    pub text: String,
}

/// A compartment of a rack; levels count from the floor, places from the left, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rack {
    /// Level of the target.
    pub level: u32,
    /// Levels there are.
    pub levels: u32,
    /// Place of the target on its level.
    pub place: u32,
    /// Places there are on a level.
    pub places: u32,
}

/// A cart, drawn in its rows and columns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Cart {
    /// Cells in a row; 0 or 1 with a single cell shows one large cell.
    pub columns: u32,
    /// The totes, row by row.
    pub cells: Vec<ToteCell>,
}

/// A place of a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToteCell {
    /// Number of the slot, from 1.
    pub slot: u32,
    /// Its state.
    pub state: ToteState,
    /// Units to put (target, next) or put (done).
    pub quantity: u32,
    /// Code of the tote bound to it. May be empty.
    pub tote: String,
}

/// State of a place of a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum ToteState {
    /// Nothing to do with it now.
    Quiet,
    /// The one to scan now.
    Target,
    /// The one after that.
    Next,
    /// Served.
    Done,
    /// Takes no more.
    Full,
}
