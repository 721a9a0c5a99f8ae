//! Where exceptions and approvals stand: a table of states, events and what follows for each.

use crate::error::{Error, Result};

/// A state of an exception.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ExceptionState {
    /// Somebody must look at it.
    Open,
    /// Nobody must any more.
    Closed,
}

/// What happens to an exception.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExceptionEvent {
    /// Somebody said something about it.
    Noted,
    /// It was given to somebody.
    Reassigned,
    /// Work was made of it.
    Recounted,
    /// Somebody looked at it and nothing is left to do.
    Closed,
    /// What it asked for was approved.
    Approved,
    /// What it asked for was declined.
    Declined,
    /// What came later settled it.
    Overtaken,
}

/// Every change of state of an exception there is.
pub const EXCEPTIONS: &[(ExceptionState, ExceptionEvent, ExceptionState)] = {
    use ExceptionEvent as E;
    use ExceptionState as S;
    &[
        (S::Open, E::Noted, S::Open),
        (S::Open, E::Reassigned, S::Open),
        (S::Open, E::Recounted, S::Open),
        (S::Open, E::Closed, S::Closed),
        (S::Open, E::Approved, S::Closed),
        (S::Open, E::Declined, S::Closed),
        (S::Open, E::Overtaken, S::Closed),
        (S::Closed, E::Noted, S::Closed),
    ]
};

/// A state of an approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ApprovalState {
    /// Waits for somebody.
    Wanted,
    /// Approved.
    Approved,
    /// Declined.
    Declined,
    /// What it was about has been settled otherwise.
    Lapsed,
}

/// What happens to an approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ApprovalEvent {
    /// Somebody approves.
    Approved,
    /// Somebody declines.
    Declined,
    /// What came later settled it.
    Overtaken,
}

/// Every change of state of an approval there is: the first decision holds.
pub const APPROVALS: &[(ApprovalState, ApprovalEvent, ApprovalState)] = {
    use ApprovalEvent as E;
    use ApprovalState as S;
    &[
        (S::Wanted, E::Approved, S::Approved),
        (S::Wanted, E::Declined, S::Declined),
        (S::Wanted, E::Overtaken, S::Lapsed),
    ]
};

fn next<S: Copy + PartialEq, E: Copy + PartialEq>(table: &[(S, E, S)], from: S, event: E) -> Option<S> {
    table.iter().find(|(own, by, _)| *own == from && *by == event).map(|(_, _, to)| *to)
}

impl ExceptionState {
    /// Every state there is.
    pub const ALL: [Self; 2] = [Self::Open, Self::Closed];

    /// The name in SQL and in answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
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
            .ok_or_else(|| Error::Stored(format!("exception state {name:?}")))
    }

    /// The state after an event.
    ///
    /// # Errors
    /// When the table knows no way.
    pub fn after(self, event: ExceptionEvent) -> Result<Self> {
        next(EXCEPTIONS, self, event)
            .ok_or_else(|| Error::Stored(format!("an exception that is {} cannot be {event:?}", self.as_str())))
    }
}

impl ExceptionEvent {
    /// Every event there is.
    pub const ALL: [Self; 7] =
        [Self::Noted, Self::Reassigned, Self::Recounted, Self::Closed, Self::Approved, Self::Declined, Self::Overtaken];

    /// The name in SQL and in answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Noted => "note",
            Self::Reassigned => "reassign",
            Self::Recounted => "recount",
            Self::Closed => "close",
            Self::Approved => "approve",
            Self::Declined => "decline",
            Self::Overtaken => "overtaken",
        }
    }
}

impl ApprovalState {
    /// Every state there is.
    pub const ALL: [Self; 4] = [Self::Wanted, Self::Approved, Self::Declined, Self::Lapsed];

    /// The name in SQL and in answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wanted => "wanted",
            Self::Approved => "approved",
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
            .ok_or_else(|| Error::Stored(format!("approval state {name:?}")))
    }

    /// The state after an event.
    ///
    /// # Errors
    /// When the table knows no way.
    pub fn after(self, event: ApprovalEvent) -> Result<Self> {
        next(APPROVALS, self, event)
            .ok_or_else(|| Error::Stored(format!("an approval that is {} cannot be {event:?}", self.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_on_every_exception_is_in_the_table_or_refused() {
        for from in ExceptionState::ALL {
            assert_eq!(ExceptionState::stored(from.as_str()).unwrap(), from);
            for event in ExceptionEvent::ALL {
                let rows = EXCEPTIONS.iter().filter(|(own, by, _)| *own == from && *by == event).collect::<Vec<_>>();
                assert!(rows.len() <= 1, "{from:?} {event:?}");
                assert_eq!(from.after(event).ok(), rows.first().map(|row| row.2), "{from:?} {event:?}");
            }
        }
        // Nothing opens again, and a note can always be left.
        assert!(EXCEPTIONS.iter().all(|(from, _, to)| *from == ExceptionState::Open || *to == ExceptionState::Closed));
        assert!(ExceptionState::ALL.iter().all(|state| state.after(ExceptionEvent::Noted).unwrap() == *state));
        assert!(ExceptionState::stored("lost").is_err());
    }

    #[test]
    fn the_first_decision_holds() {
        let events = [ApprovalEvent::Approved, ApprovalEvent::Declined, ApprovalEvent::Overtaken];
        for from in ApprovalState::ALL {
            assert_eq!(ApprovalState::stored(from.as_str()).unwrap(), from);
            for event in events {
                let rows = APPROVALS.iter().filter(|(own, by, _)| *own == from && *by == event).collect::<Vec<_>>();
                assert!(rows.len() <= 1, "{from:?} {event:?}");
                assert_eq!(from.after(event).ok(), rows.first().map(|row| row.2), "{from:?} {event:?}");
                assert_eq!(from.after(event).is_ok(), from == ApprovalState::Wanted);
            }
        }
        assert!(ApprovalState::stored("lost").is_err());
    }
}
