//! Where orders and their lines stand: one table of states, events and what follows.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A state of an order or of one of its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Accepted. Of a line: not decided yet. Of an order: nothing is on the floor yet.
    Open,
    /// Line: stock is promised for all that is still to be picked.
    Allocated,
    /// Line: stock is promised for a part, the rest is on backorder.
    PartBackordered,
    /// Order: pick tasks exist.
    Released,
    /// All units are picked.
    Picked,
    /// Some units are picked, the rest is on backorder.
    PartPicked,
    /// Nothing is picked or promised; all is on backorder.
    Backordered,
    /// Withdrawn.
    Cancelled,
}

/// Whose state it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Of {
    /// An order's.
    Order,
    /// An order line's.
    Line,
}

/// What changes a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// Stock was promised for all that was missing.
    Promised,
    /// Stock was promised for a part of what was missing.
    PromisedPart,
    /// No stock could be promised.
    Missed,
    /// Pick tasks were made.
    Released,
    /// The last promised unit went into a tote.
    Picked,
    /// A promised unit could not be picked, nor any other for it.
    Short,
    /// A pick was taken back.
    Undone,
    /// The order was withdrawn.
    Cancelled,
}

/// Every change of state there is. What is not here does not happen.
pub const TABLE: &[(Of, State, Event, State)] = {
    use Event as E;
    use Of::{Line, Order};
    use State as S;
    &[
        (Order, S::Open, E::Missed, S::Backordered),
        (Order, S::Open, E::Released, S::Released),
        (Order, S::Open, E::Cancelled, S::Cancelled),
        (Order, S::Backordered, E::Promised, S::Open),
        (Order, S::Backordered, E::PromisedPart, S::Open),
        (Order, S::Backordered, E::Released, S::Released),
        (Order, S::Backordered, E::Undone, S::Released),
        (Order, S::Backordered, E::Cancelled, S::Cancelled),
        (Order, S::Released, E::Picked, S::Picked),
        (Order, S::Released, E::Short, S::PartPicked),
        (Order, S::Released, E::Missed, S::Backordered),
        (Order, S::Released, E::Cancelled, S::Cancelled),
        (Order, S::PartPicked, E::Released, S::Released),
        (Order, S::PartPicked, E::Undone, S::Released),
        (Order, S::PartPicked, E::Picked, S::Picked),
        (Order, S::PartPicked, E::Cancelled, S::Cancelled),
        (Order, S::Picked, E::Undone, S::Released),
        (Order, S::Picked, E::Cancelled, S::Cancelled),
        (Line, S::Open, E::Promised, S::Allocated),
        (Line, S::Open, E::PromisedPart, S::PartBackordered),
        (Line, S::Open, E::Missed, S::Backordered),
        (Line, S::Open, E::Cancelled, S::Cancelled),
        (Line, S::Allocated, E::Picked, S::Picked),
        (Line, S::Allocated, E::Short, S::PartBackordered),
        (Line, S::Allocated, E::Short, S::PartPicked),
        (Line, S::Allocated, E::Short, S::Backordered),
        (Line, S::Allocated, E::Undone, S::Allocated),
        (Line, S::Allocated, E::Cancelled, S::Cancelled),
        (Line, S::PartBackordered, E::Promised, S::Allocated),
        (Line, S::PartBackordered, E::Picked, S::PartPicked),
        (Line, S::PartBackordered, E::Short, S::PartPicked),
        (Line, S::PartBackordered, E::Short, S::Backordered),
        (Line, S::PartBackordered, E::Cancelled, S::Cancelled),
        (Line, S::PartPicked, E::Promised, S::Allocated),
        (Line, S::PartPicked, E::PromisedPart, S::PartBackordered),
        (Line, S::PartPicked, E::Picked, S::Picked),
        (Line, S::PartPicked, E::Undone, S::PartBackordered),
        (Line, S::PartPicked, E::Undone, S::Backordered),
        (Line, S::PartPicked, E::Cancelled, S::Cancelled),
        (Line, S::Backordered, E::Promised, S::Allocated),
        (Line, S::Backordered, E::PromisedPart, S::PartBackordered),
        (Line, S::Backordered, E::Picked, S::PartPicked),
        (Line, S::Backordered, E::Picked, S::Picked),
        (Line, S::Backordered, E::Cancelled, S::Cancelled),
        (Line, S::Picked, E::Undone, S::Allocated),
        (Line, S::Picked, E::Undone, S::PartPicked),
        (Line, S::Picked, E::Undone, S::PartBackordered),
        (Line, S::Picked, E::Undone, S::Backordered),
        (Line, S::Picked, E::Cancelled, S::Cancelled),
    ]
};

impl State {
    /// Every state there is.
    pub const ALL: [Self; 8] = [
        Self::Open,
        Self::Allocated,
        Self::PartBackordered,
        Self::Released,
        Self::Picked,
        Self::PartPicked,
        Self::Backordered,
        Self::Cancelled,
    ];

    /// The name in SQL and in answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Allocated => "allocated",
            Self::PartBackordered => "part-backordered",
            Self::Released => "released",
            Self::Picked => "picked",
            Self::PartPicked => "part-picked",
            Self::Backordered => "backordered",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// The state of that name in a row.
    ///
    /// # Errors
    /// When there is none.
    pub fn stored(name: &str) -> Result<Self> {
        Self::parse(name).ok_or_else(|| Error::Stored(format!("order state {name:?}")))
    }

    /// The states that orders, or lines, can be in.
    pub fn all_of(of: Of) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |state| {
            TABLE.iter().any(|(whose, from, _, to)| *whose == of && (from == state || to == state))
        })
    }

    /// Whether some event leads from this state to `to`; staying is always allowed.
    #[must_use]
    pub fn may_become(self, of: Of, to: Self) -> bool {
        self == to || TABLE.iter().any(|(whose, from, _, then)| *whose == of && *from == self && *then == to)
    }

    /// The next state, if the table knows the way.
    ///
    /// # Errors
    /// When it does not: somebody tried what cannot happen.
    pub fn becomes(self, of: Of, to: Self) -> Result<Self> {
        if self.may_become(of, to) {
            Ok(to)
        } else {
            Err(Error::Stored(format!("{of:?} cannot go from {} to {}", self.as_str(), to.as_str())))
        }
    }
}

/// The sums of an order line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// Units ordered.
    pub qty: i64,
    /// Units promised and not picked yet.
    pub allocated: i64,
    /// Units in totes.
    pub picked: i64,
    /// Units on backorder.
    pub backordered: i64,
}

impl Sums {
    /// Units nothing was decided about.
    #[must_use]
    pub fn undecided(&self) -> i64 {
        (self.qty - self.allocated - self.picked - self.backordered).max(0)
    }

    /// The state of the line; a cancelled line stays cancelled and is not asked.
    #[must_use]
    pub fn state(&self) -> State {
        match (self.undecided() > 0, self.allocated > 0, self.backordered > 0, self.picked > 0) {
            (true, _, _, _) => State::Open,
            (_, true, false, _) => State::Allocated,
            (_, true, true, _) => State::PartBackordered,
            (_, false, true, true) => State::PartPicked,
            (_, false, true, false) => State::Backordered,
            (_, false, false, _) => State::Picked,
        }
    }
}

/// The state of an order from those of its lines. `released`: some of its lines are on the floor or
/// were.
#[must_use]
pub fn of_order(lines: &[State], released: bool) -> State {
    let alive: Vec<State> = lines.iter().copied().filter(|state| *state != State::Cancelled).collect();
    let any = |wanted: &[State]| alive.iter().any(|state| wanted.contains(state));
    if alive.is_empty() {
        State::Cancelled
    } else if any(&[State::Open, State::Allocated, State::PartBackordered]) {
        if released { State::Released } else { State::Open }
    } else if !any(&[State::PartPicked, State::Backordered]) {
        State::Picked
    } else if any(&[State::Picked, State::PartPicked]) {
        State::PartPicked
    } else {
        State::Backordered
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_unique_and_read_back() {
        for state in State::ALL {
            assert_eq!(State::parse(state.as_str()), Some(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
        assert_eq!(State::parse("shipped"), None);
    }

    #[test]
    fn table_has_no_row_twice_and_nothing_leaves_cancelled() {
        for (n, row) in TABLE.iter().enumerate() {
            assert!(!TABLE[..n].contains(row), "{row:?} twice");
            assert_ne!(row.1, State::Cancelled, "{row:?}");
        }
        for of in [Of::Order, Of::Line] {
            for state in State::all_of(of).filter(|state| *state != State::Cancelled) {
                assert!(state.may_become(of, State::Cancelled), "{of:?} {state:?} cannot be cancelled");
            }
        }
        assert!(State::Released.becomes(Of::Order, State::Allocated).is_err());
        assert!(State::Cancelled.becomes(Of::Order, State::Open).is_err());
    }

    #[test]
    fn sums_give_the_state_of_a_line() {
        let cases = [
            ((5, 0, 0, 0), State::Open),
            ((5, 3, 0, 0), State::Open),
            ((5, 5, 0, 0), State::Allocated),
            ((5, 3, 2, 0), State::Allocated),
            ((5, 3, 0, 2), State::PartBackordered),
            ((5, 2, 1, 2), State::PartBackordered),
            ((5, 0, 3, 2), State::PartPicked),
            ((5, 0, 0, 5), State::Backordered),
            ((5, 0, 5, 0), State::Picked),
            ((5, 0, 6, 0), State::Picked),
        ];
        for ((qty, allocated, picked, backordered), expected) in cases {
            let sums = Sums { qty, allocated, picked, backordered };
            assert_eq!(sums.state(), expected, "{sums:?}");
        }
    }

    #[test]
    fn lines_give_the_state_of_an_order() {
        use State as S;
        let cases: &[(&[S], bool, S)] = &[
            (&[S::Allocated, S::Allocated], false, S::Open),
            (&[S::Allocated, S::Backordered], true, S::Released),
            (&[S::Backordered], false, S::Backordered),
            (&[S::Picked, S::Allocated], true, S::Released),
            (&[S::Picked, S::Picked], true, S::Picked),
            (&[S::Picked, S::Backordered], true, S::PartPicked),
            (&[S::PartPicked], true, S::PartPicked),
            (&[S::Backordered, S::Backordered], true, S::Backordered),
            (&[S::Picked, S::Cancelled], true, S::Picked),
            (&[S::Cancelled], true, S::Cancelled),
            (&[], false, S::Cancelled),
        ];
        for (lines, released, expected) in cases {
            assert_eq!(of_order(lines, *released), *expected, "{lines:?} {released}");
        }
    }

    /// What can happen to the sums of a line, in any order.
    fn apply(sums: Sums, what: u8, n: i64) -> Sums {
        let mut to = sums;
        match what {
            // Decide about everything that is undecided: promise n, miss the rest.
            0 => {
                let open = sums.undecided();
                let found = n.min(open);
                to.allocated += found;
                to.backordered += open - found;
            }
            // Pick what was promised.
            1 => {
                let taken = n.min(sums.allocated);
                to.allocated -= taken;
                to.picked += taken;
            }
            // Short: what was promised is on backorder.
            2 => {
                let missing = n.min(sums.allocated);
                to.allocated -= missing;
                to.backordered += missing;
            }
            // Stock came in: a backorder is promised after all.
            3 => {
                let found = n.min(sums.backordered);
                to.allocated += found;
                to.backordered -= found;
            }
            // A pick is taken back and promised again.
            _ => {
                let back = n.min(sums.picked);
                to.picked -= back;
                to.allocated += back;
            }
        }
        to
    }

    proptest! {
        #[test]
        fn sums_only_move_along_the_table(qty in 1i64..9, steps in prop::collection::vec((0u8..5, 1i64..9), 1..30)) {
            let mut sums = Sums { qty, ..Sums::default() };
            for (what, n) in steps {
                let next = apply(sums, what, n);
                prop_assert_eq!(next.allocated + next.picked + next.backordered + next.undecided(), qty);
                prop_assert!(sums.state().may_become(Of::Line, next.state()), "{:?} -> {:?}", sums, next);
                sums = next;
            }
        }
    }
}
