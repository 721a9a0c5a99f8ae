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
    /// All units are in cartons.
    Packed,
    /// All units have left.
    Shipped,
    /// What was packed has left, the rest is on backorder or still to come.
    PartShipped,
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
    /// The last picked unit went into a carton.
    Packed,
    /// A unit was taken out of a carton.
    Unpacked,
    /// A carton left.
    Shipped,
    /// What was picked and not packed went back into stock.
    PutBack,
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
        (Order, S::Released, E::Shipped, S::PartShipped),
        (Order, S::Released, E::Packed, S::Packed),
        (Order, S::Released, E::Shipped, S::Shipped),
        (Order, S::Picked, E::Packed, S::Packed),
        (Order, S::Picked, E::Shipped, S::PartShipped),
        (Order, S::Picked, E::PutBack, S::PartPicked),
        (Order, S::Picked, E::PutBack, S::Backordered),
        (Order, S::Picked, E::PutBack, S::PartShipped),
        (Order, S::PartPicked, E::PutBack, S::Backordered),
        (Order, S::PartPicked, E::PutBack, S::PartShipped),
        (Order, S::PartPicked, E::Shipped, S::PartShipped),
        (Order, S::Packed, E::Unpacked, S::Picked),
        (Order, S::Packed, E::Shipped, S::Shipped),
        (Order, S::Packed, E::Shipped, S::PartShipped),
        (Order, S::Packed, E::Cancelled, S::Cancelled),
        (Order, S::PartShipped, E::Released, S::Released),
        (Order, S::PartShipped, E::Packed, S::Packed),
        (Order, S::PartShipped, E::Shipped, S::Shipped),
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
        (Line, S::Allocated, E::Short, S::PartShipped),
        (Line, S::PartBackordered, E::Short, S::PartShipped),
        (Line, S::Picked, E::Packed, S::Packed),
        (Line, S::Picked, E::PutBack, S::PartPicked),
        (Line, S::Picked, E::PutBack, S::Backordered),
        (Line, S::Picked, E::PutBack, S::PartShipped),
        (Line, S::PartPicked, E::PutBack, S::Backordered),
        (Line, S::PartPicked, E::PutBack, S::PartShipped),
        (Line, S::PartPicked, E::Shipped, S::PartShipped),
        (Line, S::Packed, E::Unpacked, S::Picked),
        (Line, S::Packed, E::Shipped, S::Shipped),
        (Line, S::Packed, E::Cancelled, S::Cancelled),
        (Line, S::PartShipped, E::Promised, S::Allocated),
        (Line, S::PartShipped, E::PromisedPart, S::PartBackordered),
        (Line, S::PartShipped, E::Picked, S::Picked),
        (Line, S::PartShipped, E::Picked, S::PartPicked),
    ]
};

impl State {
    /// Every state there is.
    pub const ALL: [Self; 11] = [
        Self::Open,
        Self::Allocated,
        Self::PartBackordered,
        Self::Released,
        Self::Picked,
        Self::PartPicked,
        Self::Backordered,
        Self::Cancelled,
        Self::Packed,
        Self::Shipped,
        Self::PartShipped,
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
            Self::Packed => "packed",
            Self::Shipped => "shipped",
            Self::PartShipped => "part-shipped",
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
    /// Units in totes, in cartons or gone; without those that went back into stock.
    pub picked: i64,
    /// Units on backorder.
    pub backordered: i64,
    /// Units in cartons or gone.
    pub packed: i64,
    /// Units gone.
    pub shipped: i64,
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
            (_, false, true, true) if self.shipped >= self.picked => State::PartShipped,
            (_, false, true, true) => State::PartPicked,
            (_, false, true, false) => State::Backordered,
            (_, false, false, _) if self.shipped >= self.qty => State::Shipped,
            (_, false, false, _) if self.packed >= self.qty => State::Packed,
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
    } else if alive.iter().all(|state| *state == State::Shipped) {
        State::Shipped
    } else if any(&[State::Shipped, State::PartShipped]) {
        State::PartShipped
    } else if alive.iter().all(|state| *state == State::Packed) {
        State::Packed
    } else if !any(&[State::PartPicked, State::Backordered]) {
        State::Picked
    } else if any(&[State::Picked, State::PartPicked, State::Packed]) {
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
        assert_eq!(State::parse("sent"), None);
    }

    #[test]
    fn table_has_no_row_twice_and_nothing_leaves_cancelled() {
        for (n, row) in TABLE.iter().enumerate() {
            assert!(!TABLE[..n].contains(row), "{row:?} twice");
            assert_ne!(row.1, State::Cancelled, "{row:?}");
        }
        for of in [Of::Order, Of::Line] {
            for state in State::all_of(of).filter(|state| *state != State::Cancelled) {
                let left = matches!(state, State::Shipped | State::PartShipped);
                assert_eq!(state.may_become(of, State::Cancelled), !left, "{of:?} {state:?} and cancelling");
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
            let sums = Sums { qty, allocated, picked, backordered, packed: 0, shipped: 0 };
            assert_eq!(sums.state(), expected, "{sums:?}");
        }
        let left = [
            ((5, 0, 5, 0, 4, 0), State::Picked),
            ((5, 0, 5, 0, 5, 0), State::Packed),
            ((5, 0, 5, 0, 5, 3), State::Packed),
            ((5, 0, 5, 0, 5, 5), State::Shipped),
            ((5, 0, 3, 2, 3, 0), State::PartPicked),
            ((5, 0, 3, 2, 3, 2), State::PartPicked),
            ((5, 0, 3, 2, 3, 3), State::PartShipped),
            ((5, 2, 3, 0, 3, 3), State::Allocated),
        ];
        for ((qty, allocated, picked, backordered, packed, shipped), expected) in left {
            let sums = Sums { qty, allocated, picked, backordered, packed, shipped };
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
            (&[S::Packed, S::Packed], true, S::Packed),
            (&[S::Packed, S::Cancelled], true, S::Packed),
            (&[S::Packed, S::Picked], true, S::Picked),
            (&[S::Packed, S::Backordered], true, S::PartPicked),
            (&[S::Shipped, S::Shipped], true, S::Shipped),
            (&[S::Shipped, S::Packed], true, S::PartShipped),
            (&[S::Shipped, S::Backordered], true, S::PartShipped),
            (&[S::PartShipped, S::Shipped], true, S::PartShipped),
            (&[S::Shipped, S::Allocated], true, S::Released),
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
            4 => {
                let back = n.min(sums.picked - sums.packed);
                to.picked -= back;
                to.allocated += back;
            }
            // Picked units go into a carton, and out of it.
            5 => to.packed += n.min(sums.picked - sums.packed),
            6 => to.packed -= n.min(sums.packed - sums.shipped),
            // A carton leaves.
            7 => to.shipped += n.min(sums.packed - sums.shipped),
            // The order is packed: what is not in a carton goes back and is on backorder.
            _ => {
                let back = sums.picked - sums.packed;
                to.picked -= back;
                to.backordered += back;
            }
        }
        to
    }

    /// Everything that can become of two lines of two units each, whatever happens in whatever order.
    #[test]
    fn orders_only_move_along_the_table() {
        let start = [Sums { qty: 2, ..Sums::default() }; 2];
        let of = |lines: &[Sums; 2]| of_order(&[lines[0].state(), lines[1].state()], true);
        let (mut seen, mut next) = (vec![start], vec![start]);
        while let Some(lines) = next.pop() {
            for (which, what, n) in
                (0..2).flat_map(|which| (0..9).flat_map(move |what| [(which, what, 1), (which, what, 2)]))
            {
                let mut then = lines;
                then[which] = apply(lines[which], what, n);
                let (before, after) = (of(&lines), of(&then));
                assert!(before.may_become(Of::Order, after), "{before:?} -> {after:?}: {lines:?} -> {then:?}");
                if !seen.contains(&then) {
                    seen.push(then);
                    next.push(then);
                }
            }
        }
        assert!(seen.len() > 200, "{}", seen.len());
    }

    proptest! {
        #[test]
        fn sums_only_move_along_the_table(qty in 1i64..9, steps in prop::collection::vec((0u8..9, 1i64..9), 1..40)) {
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
