//! Where purchase orders, deliveries, their lines, receipts and handling units stand: one table each
//! of states, events and what follows. What is not in a table does not happen.

use crate::error::{Error, Result};
pub use floorhand_domain::inbound::{DeliveryLineState, DeliveryState};
use floorhand_domain::master::HandlingUnit;
use serde::{Deserialize, Serialize};
use std::fmt::Debug;
use utoipa::ToSchema;

/// A thing that has a state.
pub trait Machine: Copy + PartialEq + Debug + 'static {
    /// What happens to it.
    type Event: Copy + PartialEq + Debug + 'static;
    /// Every change there is. An event leads from one state to one other at the most.
    const TABLE: &'static [(Self, Self::Event, Self)];

    /// The state after the event, where the table has one.
    #[must_use]
    fn next(self, event: Self::Event) -> Option<Self> {
        Self::TABLE.iter().find(|(from, on, _)| *from == self && *on == event).map(|(_, _, to)| *to)
    }

    /// The state after the event.
    ///
    /// # Errors
    /// 409 `wrong_state` when the table has none.
    fn after(self, event: Self::Event) -> Result<Self> {
        self.next(event)
            .ok_or_else(|| Error::problem(409, "wrong_state", format!("{event:?} cannot happen to what is {self:?}.")))
    }
}

/// What happens to a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryEvent {
    /// The truck is at a door.
    Arrive,
    /// Somebody begins to receive it.
    Start,
    /// Nothing more is to come.
    Close,
    /// It is withdrawn before anything was received.
    Cancel,
}

impl Machine for DeliveryState {
    type Event = DeliveryEvent;
    const TABLE: &'static [(Self, DeliveryEvent, Self)] = {
        use DeliveryEvent as E;
        &[
            (Self::Due, E::Arrive, Self::Arrived),
            (Self::Due, E::Start, Self::Started),
            (Self::Due, E::Close, Self::Closed),
            (Self::Due, E::Cancel, Self::Cancelled),
            (Self::Arrived, E::Start, Self::Started),
            (Self::Arrived, E::Close, Self::Closed),
            (Self::Arrived, E::Cancel, Self::Cancelled),
            (Self::Started, E::Close, Self::Closed),
        ]
    };
}

/// What happens to a line of a delivery or of a purchase order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineEvent {
    /// All that was ordered has come.
    Fill,
    /// It is closed with less, more or damaged goods.
    Differ,
    /// Goods are awaited again: a receipt was taken back, or a further delivery was announced.
    Reopen,
    /// It is withdrawn.
    Cancel,
}

impl Machine for DeliveryLineState {
    type Event = LineEvent;
    const TABLE: &'static [(Self, LineEvent, Self)] = {
        use LineEvent as E;
        &[
            (Self::Open, E::Fill, Self::Received),
            (Self::Open, E::Differ, Self::Differs),
            (Self::Open, E::Cancel, Self::Cancelled),
            (Self::Received, E::Differ, Self::Differs),
            (Self::Received, E::Reopen, Self::Open),
            (Self::Differs, E::Reopen, Self::Open),
        ]
    };
}

/// Where a purchase order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OrderState {
    /// Goods may come.
    Open,
    /// Everything has come, or nothing more is wanted.
    Closed,
    /// Withdrawn.
    Cancelled,
}

/// What happens to a purchase order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderEvent {
    /// Nothing more is wanted.
    Close,
    /// It is withdrawn before anything was received.
    Cancel,
}

impl Machine for OrderState {
    type Event = OrderEvent;
    const TABLE: &'static [(Self, OrderEvent, Self)] =
        &[(Self::Open, OrderEvent::Close, Self::Closed), (Self::Open, OrderEvent::Cancel, Self::Cancelled)];
}

/// Where a receipt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReceiptState {
    /// Goods are received.
    #[default]
    Open,
    /// Its goods are released or held.
    Closed,
}

/// What happens to a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReceiptEvent {
    /// Whoever receives is done.
    Close,
}

impl Machine for ReceiptState {
    type Event = ReceiptEvent;
    const TABLE: &'static [(Self, ReceiptEvent, Self)] = &[(Self::Open, ReceiptEvent::Close, Self::Closed)];
}

/// What the core knows of a handling unit. It follows from its row and is stored nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnitState {
    /// Nothing.
    Unknown,
    /// A delivery announced it; it is not in the building.
    Announced,
    /// It is in the building.
    Here,
}

/// What happens to a handling unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnitEvent {
    /// A delivery names it.
    Announce,
    /// That delivery is withdrawn.
    Withdraw,
    /// Somebody has it in front of them.
    Meet,
}

impl Machine for UnitState {
    type Event = UnitEvent;
    const TABLE: &'static [(Self, UnitEvent, Self)] = &[
        (Self::Unknown, UnitEvent::Announce, Self::Announced),
        (Self::Unknown, UnitEvent::Meet, Self::Here),
        (Self::Announced, UnitEvent::Withdraw, Self::Unknown),
        (Self::Announced, UnitEvent::Meet, Self::Here),
        (Self::Here, UnitEvent::Meet, Self::Here),
    ];
}

impl UnitState {
    /// The state of a handling unit by its row.
    #[must_use]
    pub fn of(unit: Option<&HandlingUnit>) -> Self {
        match unit {
            None => Self::Unknown,
            Some(unit) if unit.location.is_none() && !unit.delivery.is_none() => Self::Announced,
            Some(_) => Self::Here,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pair of state and event: those of the table lead where it says, all others nowhere.
    fn check<S: Machine>(states: &[S], events: &[S::Event], expected: &[(S, S::Event, S)]) {
        let mut seen = 0;
        for state in states {
            for event in events {
                let wanted = expected.iter().find(|(from, on, _)| from == state && on == event).map(|(_, _, to)| *to);
                assert_eq!(state.next(*event), wanted, "{state:?} {event:?}");
                assert_eq!(state.after(*event).is_ok(), wanted.is_some(), "{state:?} {event:?}");
                seen += usize::from(wanted.is_some());
            }
        }
        assert_eq!((seen, S::TABLE.len()), (expected.len(), expected.len()), "a row twice or of an unknown state");
    }

    #[test]
    fn deliveries() {
        use DeliveryEvent::{Arrive, Cancel, Close, Start};
        use DeliveryState::{Arrived, Cancelled, Closed, Due, Started};
        check(
            &[Due, Arrived, Started, Closed, Cancelled],
            &[Arrive, Start, Close, Cancel],
            &[
                (Due, Arrive, Arrived),
                (Due, Start, Started),
                (Due, Close, Closed),
                (Due, Cancel, Cancelled),
                (Arrived, Start, Started),
                (Arrived, Close, Closed),
                (Arrived, Cancel, Cancelled),
                (Started, Close, Closed),
            ],
        );
    }

    #[test]
    fn lines() {
        use DeliveryLineState::{Cancelled, Differs, Open, Received};
        use LineEvent::{Cancel, Differ, Fill, Reopen};
        check(
            &[Open, Received, Differs, Cancelled],
            &[Fill, Differ, Reopen, Cancel],
            &[
                (Open, Fill, Received),
                (Open, Differ, Differs),
                (Open, Cancel, Cancelled),
                (Received, Differ, Differs),
                (Received, Reopen, Open),
                (Differs, Reopen, Open),
            ],
        );
    }

    #[test]
    fn purchase_orders_and_receipts() {
        use OrderState::{Cancelled, Closed, Open};
        check(
            &[Open, Closed, Cancelled],
            &[OrderEvent::Close, OrderEvent::Cancel],
            &[(Open, OrderEvent::Close, Closed), (Open, OrderEvent::Cancel, Cancelled)],
        );
        check(
            &[ReceiptState::Open, ReceiptState::Closed],
            &[ReceiptEvent::Close],
            &[(ReceiptState::Open, ReceiptEvent::Close, ReceiptState::Closed)],
        );
    }

    #[test]
    fn handling_units() {
        use UnitEvent::{Announce, Meet, Withdraw};
        use UnitState::{Announced, Here, Unknown};
        check(
            &[Unknown, Announced, Here],
            &[Announce, Withdraw, Meet],
            &[
                (Unknown, Announce, Announced),
                (Unknown, Meet, Here),
                (Announced, Withdraw, Unknown),
                (Announced, Meet, Here),
                (Here, Meet, Here),
            ],
        );
        let unit = |delivery: &str, location: &str| HandlingUnit {
            id: "P-1".into(),
            delivery: delivery.into(),
            location: location.into(),
            ..HandlingUnit::default()
        };
        assert_eq!(UnitState::of(None), Unknown);
        assert_eq!(UnitState::of(Some(&unit("ASN-1", ""))), Announced);
        assert_eq!(UnitState::of(Some(&unit("ASN-1", "DOCK-1"))), Here);
        assert_eq!(UnitState::of(Some(&unit("", ""))), Here);
    }
}
