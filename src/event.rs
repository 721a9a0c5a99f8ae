//! Everything that can happen, as one closed enum on one channel.

use crate::app::LabelTold;
use crate::outlet::{Asked, Weight};
use crate::sync::NetAnswer;
use crate::view::Tap;
use floorhand_domain::master::{Item, Location};
use floorhand_domain::scan::Scan;
use floorhand_domain::stock::Stock;
use serde::{Deserialize, Serialize};

/// Something that happened. Scanner threads, the screen, the network and timers do nothing but
/// put one of these on the channel.
#[derive(Debug, Clone)]
pub enum Event {
    /// A reader delivered a code.
    Scan(Scan),
    /// A reader delivered a code and waits for the answer.
    Asked(Scan, Asked),
    /// The camera saw a code that does not count, or sees none any more.
    Seen {
        /// The code, printable. Empty = none.
        code: String,
        /// Why it does not count, by code; see `CameraView`.
        why: &'static str,
    },
    /// A reader can be read, or is gone; the app goes on without it until it is back.
    Reader {
        /// Which, in the order in which they were named.
        reader: usize,
        /// `ready`, or why it cannot be read.
        state: &'static str,
    },
    /// A finger or a key, and when, in milliseconds since boot: a reader that types is told from a
    /// person by the time between keys, so the time is taken where the key arrives.
    Tap(Tap, u64),
    /// A PIN was compared with its hash.
    PinChecked {
        /// Whether it was right.
        right: bool,
    },
    /// A label was printed; empty: it was not.
    Printed(String),
    /// The label of a carton was printed, or was not.
    CartonLabel(LabelTold),
    /// The scale says something.
    Scale {
        /// What.
        weight: Weight,
        /// Whether it says no more until it is asked again.
        ended: bool,
    },
    /// The network answered, or failed to.
    Net(Box<NetAnswer>),
    /// The process was asked to end.
    Shutdown,
}

/// Names and pictures of the things a task is about, loaded once when it is opened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue {
    /// The items of its lines.
    pub items: std::collections::HashMap<String, Item>,
    /// The locations of its lines, and its drop-off.
    pub locations: std::collections::HashMap<String, Location>,
    /// What is in the totes that another zone filled, by tote.
    #[serde(default, skip_serializing_if = "std::collections::HashMap::is_empty")]
    pub held: std::collections::HashMap<String, Vec<Stock>>,
    /// By line: what the operator counted there before, where it was one item.
    #[serde(default, skip_serializing_if = "std::collections::HashMap::is_empty")]
    pub own: std::collections::HashMap<String, (floorhand_domain::id::ItemId, i64)>,
}
