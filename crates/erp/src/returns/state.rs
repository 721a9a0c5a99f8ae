//! Where announced returns, refunds and vendor claims stand: one table each of states, events and what follows.
//! What is not in a table does not happen.

pub use crate::inbound::state::Machine;
pub use floorhand_domain::returns::RmaState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What happens to a return that was announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RmaEvent {
    /// Something of it came.
    Come,
    /// All that was announced has come.
    Fill,
    /// Nothing more is awaited.
    Close,
    /// It is withdrawn before anything came.
    Cancel,
}

impl Machine for RmaState {
    type Event = RmaEvent;
    const TABLE: &'static [(Self, RmaEvent, Self)] = {
        use RmaEvent as E;
        &[
            (Self::Open, E::Come, Self::Partial),
            (Self::Open, E::Fill, Self::Closed),
            (Self::Open, E::Close, Self::Closed),
            (Self::Open, E::Cancel, Self::Cancelled),
            (Self::Partial, E::Come, Self::Partial),
            (Self::Partial, E::Fill, Self::Closed),
            (Self::Partial, E::Close, Self::Closed),
        ]
    };
}

/// Where a refund stands. Only the core decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RefundState {
    /// Nobody has looked at it.
    #[default]
    Waiting,
    /// The money may go back.
    Released,
    /// Somebody must decide.
    Held,
    /// No money goes back.
    Refused,
}

/// What happens to a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefundEvent {
    /// Nothing speaks against it, or somebody decided so.
    Release,
    /// Something is not as it should be.
    Hold,
    /// There is nothing to refund, or somebody decided so.
    Refuse,
}

impl Machine for RefundState {
    type Event = RefundEvent;
    const TABLE: &'static [(Self, RefundEvent, Self)] = {
        use RefundEvent as E;
        &[
            (Self::Waiting, E::Release, Self::Released),
            (Self::Waiting, E::Hold, Self::Held),
            (Self::Waiting, E::Refuse, Self::Refused),
            (Self::Held, E::Release, Self::Released),
            (Self::Held, E::Refuse, Self::Refused),
        ]
    };
}

/// Where a claim against a supplier stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimState {
    /// Nobody told the supplier.
    #[default]
    Open,
    /// The goods went back to the supplier.
    Sent,
    /// The supplier makes it good.
    Accepted,
    /// The supplier does not.
    Declined,
    /// It is not pursued.
    Cancelled,
}

/// What happens to a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClaimEvent {
    /// The goods leave for the supplier.
    Send,
    /// The supplier makes it good, with the goods or without.
    Accept,
    /// The supplier does not.
    Decline,
    /// It is not pursued; the goods stay.
    Cancel,
}

impl Machine for ClaimState {
    type Event = ClaimEvent;
    const TABLE: &'static [(Self, ClaimEvent, Self)] = {
        use ClaimEvent as E;
        &[
            (Self::Open, E::Send, Self::Sent),
            (Self::Open, E::Accept, Self::Accepted),
            (Self::Open, E::Decline, Self::Declined),
            (Self::Open, E::Cancel, Self::Cancelled),
            (Self::Sent, E::Accept, Self::Accepted),
            (Self::Sent, E::Decline, Self::Declined),
        ]
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pair of state and event, against what is expected; what is not expected must not be.
    fn check<S: Machine>(states: &[S], events: &[S::Event], expected: &[(S, S::Event, S)]) {
        let mut seen = 0;
        for state in states {
            for event in events {
                let wanted = expected.iter().find(|(from, on, _)| from == state && on == event).map(|(_, _, to)| *to);
                assert_eq!(state.next(*event), wanted, "{state:?} on {event:?}");
                seen += usize::from(wanted.is_some());
            }
        }
        assert_eq!((seen, S::TABLE.len()), (expected.len(), expected.len()), "a row twice or of an unknown state");
    }

    #[test]
    fn announced_returns() {
        use RmaEvent::{Cancel, Close, Come, Fill};
        use RmaState::{Cancelled, Closed, Open, Partial};
        check(
            &[Open, Partial, Closed, Cancelled],
            &[Come, Fill, Close, Cancel],
            &[
                (Open, Come, Partial),
                (Open, Fill, Closed),
                (Open, Close, Closed),
                (Open, Cancel, Cancelled),
                (Partial, Come, Partial),
                (Partial, Fill, Closed),
                (Partial, Close, Closed),
            ],
        );
    }

    #[test]
    fn refunds() {
        use RefundEvent::{Hold, Refuse, Release};
        use RefundState::{Held, Refused, Released, Waiting};
        check(
            &[Waiting, Released, Held, Refused],
            &[Release, Hold, Refuse],
            &[
                (Waiting, Release, Released),
                (Waiting, Hold, Held),
                (Waiting, Refuse, Refused),
                (Held, Release, Released),
                (Held, Refuse, Refused),
            ],
        );
    }

    #[test]
    fn claims() {
        use ClaimEvent::{Accept, Cancel, Decline, Send};
        use ClaimState::{Accepted, Cancelled, Declined, Open, Sent};
        check(
            &[Open, Sent, Accepted, Declined, Cancelled],
            &[Send, Accept, Decline, Cancel],
            &[
                (Open, Send, Sent),
                (Open, Accept, Accepted),
                (Open, Decline, Declined),
                (Open, Cancel, Cancelled),
                (Sent, Accept, Accepted),
                (Sent, Decline, Declined),
            ],
        );
    }
}
