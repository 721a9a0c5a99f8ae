//! Identifiers. Each is its own type, so that a location can never be passed for an item.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The identifier as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether there is no such thing ("" means none in keys, which hold no NULL).
            #[must_use]
            pub fn is_none(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

ids! {
    /// An item (SKU) of the catalogue.
    ItemId,
    /// A place in the warehouse, or one of the virtual ones.
    LocationId,
    /// The label of a handling unit: tote, carton or pallet. Empty = loose.
    HandlingUnitId,
    /// A lot of an item, byte-exact as on its label. Empty = none.
    Lot,
    /// A serial number of one unit, byte-exact as on its label. Empty = none.
    Serial,
    /// A task of the ERP.
    TaskId,
    /// A line of a task.
    LineId,
    /// A customer order.
    OrderId,
    /// A line of a customer order.
    OrderLineId,
    /// An operator.
    OperatorId,
    /// An enrolled device.
    DeviceId,
    /// A sign-in session: the identifier of its `SignedIn` fact.
    SignInId,
    /// A purchase order.
    PurchaseOrderId,
    /// A delivery (ASN) of a supplier. Empty = none, a blind receipt.
    DeliveryId,
    /// What one device receives of a delivery, from its opening to its close.
    ReceiptId,
    /// One count of a location by one person.
    CountId,
    /// A photograph.
    PhotoId,
    /// A type of carton.
    CartonTypeId,
    /// A return that was announced (RMA). Empty = nobody announced it.
    RmaId,
    /// One inspection of what came back, from its opening on.
    InspectionId,
}
