//! What the app is made of: the station, who works there, the flow, the pages over it, the last answer.

use super::WorkRefusal;
use crate::event::Catalogue;
use crate::view::AttentionTab;
use floorhand_domain::id::OperatorId;
use floorhand_domain::master::{Item, Role};
use floorhand_domain::reason::Reason;
use floorhand_domain::workflow::Accepted;
use floorhand_domain::workflow::pick::{self, Pick};
use floorhand_domain::workflow::sign_in::{self, SignIn};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What this machine is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Station {
    /// Its name, e.g. `H-07`.
    pub name: String,
    /// The device's identifier.
    pub device: String,
    /// The address of the core.
    pub core: String,
    /// The version of the app.
    pub version: String,
    /// Whether there is a camera to scan with.
    pub camera: bool,
}

/// Who is signed in, since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Who.
    pub operator: OperatorId,
    /// The name shown.
    pub name: String,
    /// What they may do.
    pub roles: Vec<Role>,
    /// The identifier of the `SignedIn` fact.
    pub signin: String,
}

/// What is being done.
#[derive(Debug, Clone, PartialEq)]
pub enum Flow {
    /// Nobody is signed in.
    SignIn(SignIn),
    /// Choosing work.
    Work,
    /// Picking.
    Pick(Box<PickFlow>),
}

/// A pick and the names of what it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct PickFlow {
    /// The machine.
    pub pick: Pick,
    /// The names.
    pub catalogue: Arc<Catalogue>,
}

/// A page over the flow.
#[derive(Debug, Clone, PartialEq)]
pub enum OpenPage {
    /// More.
    More {
        /// A row that was pressed once and asks.
        asked: Option<&'static str>,
    },
    /// Can't scan.
    CantScan,
    /// Problem.
    Problem,
    /// Languages.
    Languages,
    /// Typing a code.
    TypeCode {
        /// So far.
        typed: String,
    },
    /// The camera's finder.
    Camera {
        /// Whether the lamp is on.
        light: bool,
        /// What was seen and not accepted. Empty = nothing.
        seen: String,
        /// Why not, by code; see `CameraView`.
        why: &'static str,
    },
    /// The readers and how they are.
    Readers,
    /// Needs attention.
    Attention {
        /// The tab.
        tab: AttentionTab,
        /// The page, from 0.
        page: u32,
        /// The open card.
        open: usize,
        /// Its rows.
        rows: Vec<AttentionRow>,
        /// Rows there are in this tab.
        total: u32,
    },
    /// Scans of today.
    History {
        /// Only refused ones.
        refused_only: bool,
        /// The page, from 0.
        page: u32,
        /// Its rows.
        rows: Vec<HistoryRow>,
        /// Scans today.
        today: u32,
        /// Refused ones of them.
        refused: u32,
    },
    /// Settings.
    Settings,
    /// About.
    About,
}

/// An entry of the needs-attention list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AttentionRow {
    /// `refused`, `flagged`, `parked`, `waiting`.
    pub mark: String,
    /// Reason code, or the type of a waiting fact.
    pub reason: String,
    /// When.
    pub at: Wall,
    /// Units; 0 = none.
    pub quantity: i64,
    /// The item's name. Empty = none.
    pub goods: String,
    /// The location. Empty = none.
    pub place: String,
    /// What was scanned. Empty = none.
    pub code: String,
    /// Kind of the task. Empty = none.
    pub kind: String,
}

/// A row of the scan history.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistoryRow {
    /// Whether it was accepted.
    pub accepted: bool,
    /// Whether it was typed.
    pub typed: bool,
    /// What it was, or the reason code.
    pub code: String,
    /// What was needed. Empty = nothing.
    pub needed: String,
    /// What was read, printable.
    pub raw: String,
    /// When.
    pub at: Wall,
}

/// A reader, as the readers' page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReaderState {
    /// `serial`, `wedge`, `camera`.
    pub kind: &'static str,
    /// Where it is, as it was named.
    pub name: String,
    /// How it is told good from bad: the name of the profile. Empty = by screen and sound only.
    pub feedback: String,
    /// `starting`, `ready`, or why it cannot be read: `hang-up`, `missing`, `busy`, `denied`, `failed`.
    pub state: &'static str,
}

/// The last answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Answer {
    /// None yet, or taken away.
    #[default]
    None,
    /// Accepted.
    Accepted {
        /// What.
        accepted: Accepted,
        /// A name to show instead of the code. Empty = the code.
        name: String,
    },
    /// Refused.
    Refused(Box<Refused>),
    /// Something beside the scan changed: `task-reassigned`, `order-cancelled`, …
    Notice(&'static str),
}

/// A refusal with what the page needs to explain it.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// Why.
    pub refusal: Refusal,
    /// What was read, printable.
    pub text: String,
    /// The item that was scanned.
    pub scanned: Option<Item>,
    /// The item that was needed.
    pub needed: Option<Item>,
    /// What is likely wrong with the label or the reader, by code. Empty = nothing known.
    pub hint: &'static str,
}

/// A refusal of any flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Refusal {
    /// Of sign-in.
    SignIn(sign_in::Refusal),
    /// Of the work list.
    Work(WorkRefusal),
    /// Of a pick.
    Pick(pick::Refusal),
    /// The store is full: nothing was saved.
    DiskFull,
}

impl Refusal {
    /// Its code.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            Self::SignIn(inner) => inner.reason(),
            Self::Work(inner) => inner.reason(),
            Self::Pick(inner) => inner.reason(),
            Self::DiskFull => Reason::DiskFull,
        }
    }
}

/// The connection and what waits for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LinkState {
    /// Whether the core was reached last time.
    pub online: bool,
    /// Whether that has just changed.
    pub fresh: bool,
    /// Facts without an acknowledgement.
    pub waiting: u32,
    /// Parked facts.
    pub parked: u32,
    /// Rejected facts and open exceptions.
    pub rejected: u32,
    /// When the core was reached last.
    pub last_ok: Option<Wall>,
    /// Minutes since then, at the last turn.
    pub minutes_ago: Option<u32>,
}

/// A time of day at the station.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wall {
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
}

/// Why nothing can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocked {
    /// `DISK_FULL`, `NOT_ENROLLED`, `STORE_BROKEN`, `ENROLMENT_ENDED`.
    pub code: &'static str,
    /// A path or address that helps.
    pub detail: String,
}
