//! Where cartons, shipments and holds stand: one table each of states, events and what follows. What is not in a
//! table does not happen.

pub use crate::inbound::state::Machine;
pub use floorhand_domain::outbound::CartonState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What happens to a carton.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CartonEvent {
    /// Units go in, or it is taken up again.
    Fill,
    /// Units come out.
    TakeOut,
    /// It is closed.
    Close,
    /// Its label was seen on it.
    Label,
    /// It is thrown away, empty.
    Empty,
    /// It left.
    Ship,
}

impl Machine for CartonState {
    type Event = CartonEvent;
    const TABLE: &'static [(Self, CartonEvent, Self)] = {
        use CartonEvent as E;
        &[
            (Self::Open, E::Fill, Self::Open),
            (Self::Open, E::TakeOut, Self::Open),
            (Self::Open, E::Close, Self::Closed),
            (Self::Open, E::Empty, Self::Void),
            // Nobody closed it, and yet it is on the truck.
            (Self::Open, E::Ship, Self::Shipped),
            (Self::Closed, E::Fill, Self::Open),
            (Self::Closed, E::TakeOut, Self::Open),
            (Self::Closed, E::Label, Self::Labelled),
            (Self::Closed, E::Empty, Self::Void),
            (Self::Closed, E::Ship, Self::Shipped),
            (Self::Labelled, E::Fill, Self::Open),
            (Self::Labelled, E::TakeOut, Self::Open),
            (Self::Labelled, E::Empty, Self::Void),
            (Self::Labelled, E::Ship, Self::Shipped),
            (Self::Void, E::Fill, Self::Open),
        ]
    };
}

/// Where a shipment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ShipmentState {
    /// Cartons are packed for it.
    #[default]
    Open,
    /// Nothing more goes into it; all of it is in the building.
    Packed,
    /// Some of its cartons have left.
    PartShipped,
    /// All of its cartons have left.
    Shipped,
    /// Its order was cancelled before anything left.
    Cancelled,
}

/// What happens to a shipment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ShipmentEvent {
    /// Its order is packed.
    Finish,
    /// A carton of it is opened again.
    Reopen,
    /// A carton left, and others are still to come.
    Load,
    /// The last carton left.
    LoadLast,
    /// Its order was cancelled.
    Cancel,
}

impl Machine for ShipmentState {
    type Event = ShipmentEvent;
    const TABLE: &'static [(Self, ShipmentEvent, Self)] = {
        use ShipmentEvent as E;
        &[
            (Self::Open, E::Finish, Self::Packed),
            (Self::Open, E::Reopen, Self::Open),
            (Self::Open, E::Load, Self::PartShipped),
            (Self::Open, E::Cancel, Self::Cancelled),
            (Self::Packed, E::Finish, Self::Packed),
            (Self::Packed, E::Reopen, Self::Open),
            (Self::Packed, E::Load, Self::PartShipped),
            (Self::Packed, E::LoadLast, Self::Shipped),
            (Self::Packed, E::Cancel, Self::Cancelled),
            (Self::PartShipped, E::Finish, Self::PartShipped),
            (Self::PartShipped, E::Reopen, Self::PartShipped),
            (Self::PartShipped, E::Load, Self::PartShipped),
            (Self::PartShipped, E::LoadLast, Self::Shipped),
            // A carton of a cancelled order was loaded all the same.
            (Self::Cancelled, E::Load, Self::PartShipped),
            (Self::Cancelled, E::LoadLast, Self::Shipped),
        ]
    };
}

/// Whether an order may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HoldState {
    /// It may.
    #[default]
    Free,
    /// Nothing of it may.
    Held,
}

/// What changes that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HoldEvent {
    /// It is held.
    Hold,
    /// It is released.
    Release,
}

impl Machine for HoldState {
    type Event = HoldEvent;
    const TABLE: &'static [(Self, HoldEvent, Self)] =
        &[(Self::Free, HoldEvent::Hold, Self::Held), (Self::Held, HoldEvent::Release, Self::Free)];
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
    fn cartons() {
        use CartonEvent::{Close, Empty, Fill, Label, Ship, TakeOut};
        use CartonState::{Closed, Labelled, Open, Shipped, Void};
        check(
            &[Open, Closed, Labelled, Shipped, Void],
            &[Fill, TakeOut, Close, Label, Empty, Ship],
            &[
                (Open, Fill, Open),
                (Open, TakeOut, Open),
                (Open, Close, Closed),
                (Open, Empty, Void),
                (Open, Ship, Shipped),
                (Closed, Fill, Open),
                (Closed, TakeOut, Open),
                (Closed, Label, Labelled),
                (Closed, Empty, Void),
                (Closed, Ship, Shipped),
                (Labelled, Fill, Open),
                (Labelled, TakeOut, Open),
                (Labelled, Empty, Void),
                (Labelled, Ship, Shipped),
                (Void, Fill, Open),
            ],
        );
    }

    #[test]
    fn shipments() {
        use ShipmentEvent::{Cancel, Finish, Load, LoadLast, Reopen};
        use ShipmentState::{Cancelled, Open, Packed, PartShipped, Shipped};
        check(
            &[Open, Packed, PartShipped, Shipped, Cancelled],
            &[Finish, Reopen, Load, LoadLast, Cancel],
            &[
                (Open, Finish, Packed),
                (Open, Reopen, Open),
                (Open, Load, PartShipped),
                (Open, Cancel, Cancelled),
                (Packed, Finish, Packed),
                (Packed, Reopen, Open),
                (Packed, Load, PartShipped),
                (Packed, LoadLast, Shipped),
                (Packed, Cancel, Cancelled),
                (PartShipped, Finish, PartShipped),
                (PartShipped, Reopen, PartShipped),
                (PartShipped, Load, PartShipped),
                (PartShipped, LoadLast, Shipped),
                (Cancelled, Load, PartShipped),
                (Cancelled, LoadLast, Shipped),
            ],
        );
    }

    #[test]
    fn holds() {
        use HoldEvent::{Hold, Release};
        use HoldState::{Free, Held};
        check(&[Free, Held], &[Hold, Release], &[(Free, Hold, Held), (Held, Release, Free)]);
    }
}
