//! Where a count stands: one table of states, events and what follows.

use crate::error::{Error, Result};

/// A state of a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Begun; without a `CountSubmitted` it stays so for ever and has no effect.
    Started,
    /// It is what the book says.
    Matched,
    /// Its variance is posted.
    Posted,
    /// Somebody else moved the stock meanwhile: it is counted again.
    Contested,
    /// Beyond the limits: it is counted again.
    Recount,
    /// Beyond the limits, again: somebody must approve it.
    Wanted,
    /// Not approved; nothing is posted.
    Declined,
    /// A newer count of the place decided before anybody approved this one.
    Lapsed,
}

/// What happens to a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// Submitted without a variance.
    Equal,
    /// Submitted with a variance within the limits.
    Within,
    /// Submitted with a variance in stock that somebody else moved.
    Touched,
    /// Submitted with a variance beyond the limits.
    Beyond,
    /// The same, and counting again is of no more use.
    Repeated,
    /// Approved.
    Approved,
    /// Declined.
    Declined,
    /// A newer count decided.
    Overtaken,
}

/// Every change of state there is. What is not here does not happen.
pub const TABLE: &[(State, Event, State)] = {
    use Event as E;
    use State as S;
    &[
        (S::Started, E::Equal, S::Matched),
        (S::Started, E::Within, S::Posted),
        (S::Started, E::Touched, S::Contested),
        (S::Started, E::Beyond, S::Recount),
        (S::Started, E::Repeated, S::Wanted),
        (S::Wanted, E::Approved, S::Posted),
        (S::Wanted, E::Declined, S::Declined),
        (S::Wanted, E::Overtaken, S::Lapsed),
    ]
};

impl State {
    /// Every state there is.
    pub const ALL: [Self; 8] = [
        Self::Started,
        Self::Matched,
        Self::Posted,
        Self::Contested,
        Self::Recount,
        Self::Wanted,
        Self::Declined,
        Self::Lapsed,
    ];

    /// The name in SQL and in answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Matched => "matched",
            Self::Posted => "posted",
            Self::Contested => "contested",
            Self::Recount => "recount",
            Self::Wanted => "wanted",
            Self::Declined => "declined",
            Self::Lapsed => "lapsed",
        }
    }

    /// The state of that name in a row.
    ///
    /// # Errors
    /// When there is none.
    pub fn stored(name: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == name)
            .ok_or_else(|| Error::Stored(format!("count state {name:?}")))
    }

    /// The state after an event.
    ///
    /// # Errors
    /// When the table knows no way: somebody tried what cannot happen.
    pub fn after(self, event: Event) -> Result<Self> {
        TABLE
            .iter()
            .find(|(from, by, _)| *from == self && *by == event)
            .map(|(_, _, to)| *to)
            .ok_or_else(|| Error::Stored(format!("a count that is {} cannot take {event:?}", self.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: [Event; 8] = [
        Event::Equal,
        Event::Within,
        Event::Touched,
        Event::Beyond,
        Event::Repeated,
        Event::Approved,
        Event::Declined,
        Event::Overtaken,
    ];

    #[test]
    fn every_pair_is_either_in_the_table_or_refused() {
        let mut ways = 0;
        for from in State::ALL {
            assert_eq!(State::stored(from.as_str()).unwrap(), from);
            for event in EVENTS {
                let row = TABLE.iter().filter(|(own, by, _)| *own == from && *by == event).collect::<Vec<_>>();
                assert!(row.len() <= 1, "{from:?} {event:?} leads to several");
                match (from.after(event), row.first()) {
                    (Ok(to), Some(row)) => {
                        assert_eq!(to, row.2);
                        ways += 1;
                    }
                    (Err(_), None) => {}
                    (after, _) => panic!("{from:?} {event:?}: {after:?}"),
                }
            }
        }
        assert_eq!(ways, TABLE.len());
        assert!(State::stored("lost").is_err());
    }

    #[test]
    fn every_state_is_reached_and_only_two_are_left() {
        for state in State::ALL.into_iter().filter(|state| *state != State::Started) {
            assert!(TABLE.iter().any(|(_, _, to)| *to == state), "{state:?} is never reached");
        }
        for state in State::ALL {
            let left = TABLE.iter().any(|(from, _, _)| *from == state);
            assert_eq!(left, matches!(state, State::Started | State::Wanted), "{state:?}");
        }
    }
}
