//! What the floor thread says to the devices around it: sounds, lamps, readers, the camera.
//!
//! All of it happens after the commit and none of it is waited for. The runner speaks to one
//! [`Outlet`]; what is behind it is wired in `start`.

use crate::app::Signal;
use crate::view::Look;

/// The scan of a reader that wants an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Which reader, in the order in which they were named.
    pub reader: usize,
    /// The number that the reader gave the scan.
    pub number: u64,
}

/// What the camera is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finder {
    /// The finder is shown: look for codes.
    Open,
    /// The finder is closed: stop.
    Close,
    /// The lamp on or off.
    Light(bool),
    /// Another step is open: what was read before may be read again.
    NewStep,
}

/// The devices, as the floor thread sees them. No method waits for a device.
pub trait Outlet: Send {
    /// Signals the outcome of a turn, as the person who is signed in likes it. `minute` counts from
    /// midnight at the station.
    fn signal(&mut self, signal: Signal, look: &Look, minute: u16);

    /// Answers a reader that waits for it: good, bad, or something to look at.
    fn answer(&mut self, asked: Asked, signal: Signal);

    /// Tells the camera what to do.
    fn finder(&mut self, order: Finder);

    /// What the camera saw last while its picture was shown. `None` = there is no camera, or no picture yet.
    fn picture(&mut self) -> Option<Picture> {
        None
    }

    /// Has the label of a handling unit printed; the outcome comes as an event. `false` = there is no printer.
    fn print(&mut self, label: &str) -> bool {
        let _ = label;
        false
    }

    /// Has the label of a carton printed; the outcome comes as an event. `false` = there is no printer.
    fn print_carton(&mut self, label: CartonLabel) -> bool {
        let _ = label;
        false
    }

    /// Asks the scale what is on it, or leaves it; what it says comes as events.
    fn weigh(&mut self, on: bool) {
        let _ = on;
    }
}

/// What the scale says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// What is on it, in grams. `None` = it does not say.
    pub grams: Option<i64>,
    /// Whether that counts: it stands still, came twice alike, its unit is known.
    pub steady: bool,
}

/// The label of a carton.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CartonLabel {
    /// The carton's own number.
    pub id: String,
    /// Its order.
    pub order: String,
    /// The carrier's label. Empty = it is not known, and our own is printed.
    pub zpl: String,
    /// 1 = the first print.
    pub copy: u32,
    /// How long the printer may take to answer.
    pub wait_ms: u64,
}

/// A picture of the camera, in grey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels of a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// One byte a pixel, rows from the top.
    pub grey: Vec<u8>,
}

/// No devices.
#[derive(Debug, Default)]
pub struct Nothing;

impl Outlet for Nothing {
    fn signal(&mut self, signal: Signal, _: &Look, _: u16) {
        tracing::debug!(?signal, "outcome");
    }

    fn answer(&mut self, _: Asked, _: Signal) {}

    fn finder(&mut self, _: Finder) {}
}
