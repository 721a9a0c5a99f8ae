//! What goes into a turn and what comes out of it.

use super::deliveries::DeliveryData;
use super::form::{self, Code};
use super::pack::{LabelTold, OrderData};
use super::returns::ReturnData;
use super::state::Photo;
use super::{App, LinkState, OpenPage, Wall};
use crate::event::Catalogue;
use crate::view::Tap;
use floorhand_domain::fact::Fact;
use floorhand_domain::id::{HandlingUnitId, LocationId, OperatorId, TaskId};
use floorhand_domain::inbound::Delivery;
use floorhand_domain::master::{IsoDate, LocationKind, Settings};
use floorhand_domain::outbound::PackOrder;
use floorhand_domain::reason::Reason;
use floorhand_domain::scan::{self, Known, Scan};
use floorhand_domain::stock::Status;
use floorhand_domain::task::{Line, Task};
use floorhand_domain::workflow::Class;
use floorhand_domain::workflow::sign_in::Grants;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The moment of a turn.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Now {
    /// Milliseconds since boot.
    pub mono_ms: u64,
    /// The time of day at the station.
    pub wall: Wall,
    /// Today at the station.
    pub today: IsoDate,
    /// The wall clock in milliseconds since 1970; nothing is decided by it.
    pub unix_ms: i64,
    /// A fresh identifier: that of the first fact of the turn.
    pub id: String,
}

/// What the store found for an input, before the turn.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
#[serde(default)]
pub struct Found {
    /// What is known about the scan and the stock of the step.
    pub known: Known,
    /// The task that is to be opened.
    pub task: Option<TaskData>,
    /// About the badge that was scanned, or whose PIN is being typed.
    pub grants: Grants,
    /// Wrong PINs in a row of the operator whose PIN was checked.
    pub fails: u32,
    /// The delivery that is to be opened.
    pub delivery: Option<Box<DeliveryData>>,
    /// The last own fact of the flow that can be undone: its epoch, its number, and what it said.
    pub undo: Option<(u64, u64, Fact)>,
    /// The other own facts of the receipt whose last can be undone.
    pub past: Vec<Fact>,
    /// Where goods are received that nobody announced. Empty = there is no dock.
    pub dock: LocationId,
    /// The order that is to be opened at the packing bench.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Box<OrderData>>,
    /// The return that is to be opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returned: Option<Box<ReturnData>>,
    /// The best bin for the goods that are inspected, in each status.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bins: Vec<(Status, LocationId)>,
}

/// A task as it is shown, with everything its pages need.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskData {
    /// The head.
    pub task: Task,
    /// Its lines.
    #[serde(with = "floorhand_domain::shared")]
    pub lines: Arc<[Line]>,
    /// Names.
    #[serde(with = "floorhand_domain::shared")]
    pub catalogue: Arc<Catalogue>,
    /// What its drop-off location is for.
    pub drop_off_kind: LocationKind,
    /// Whether this operator or this device may work on it: nobody else holds it.
    pub free: bool,
    /// Who holds it otherwise.
    pub holder: String,
    /// Whether its holder left it: the lease ended, they signed out, or somebody else works at this station.
    #[serde(default)]
    pub left: bool,
    /// Own facts that the flow sums up when it is gone on with: what was counted and still holds.
    #[serde(default)]
    pub past: Vec<Fact>,
}

/// What goes into [`App::update`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Input {
    /// A scan and its reading.
    Scan {
        /// The scan.
        scan: Scan,
        /// What the bytes say, or why they cannot be read.
        #[serde(with = "form::reading", default = "form::unread")]
        read: Box<Result<floorhand_gs1::Read, scan::Misread>>,
    },
    /// A finger or a key that is no scan.
    Tap(Tap),
    /// A PIN was compared.
    PinChecked {
        /// Whether it was right.
        right: bool,
    },
    /// The work there is.
    Work(Vec<Task>),
    /// The ERP changed the task under way.
    TaskChanged(Box<TaskData>),
    /// The connection, or what waits for it, changed.
    Link(LinkState),
    /// Rows of an open page arrived.
    Page(OpenPage),
    /// The camera saw a code that does not count, or sees none any more.
    Seen {
        /// The code, printable. Empty = none.
        code: String,
        /// Why it does not count.
        #[serde(deserialize_with = "form::code")]
        why: Code,
    },
    /// A reader came or went.
    Reader {
        /// Which, in the order in which they were named.
        reader: usize,
        /// `ready`, or why it cannot be read.
        #[serde(deserialize_with = "form::code")]
        state: Code,
    },
    /// The deliveries there are.
    Deliveries(Vec<Delivery>),
    /// The ERP changed the delivery under way.
    DeliveryChanged(Box<DeliveryData>),
    /// What waits at the packing bench.
    Bench {
        /// The next orders.
        queue: Vec<PackOrder>,
        /// Cartons that need another label.
        #[serde(default)]
        relabel: Vec<HandlingUnitId>,
        /// All that wait.
        waiting: u32,
        /// Orders packed here today.
        today: u32,
    },
    /// The order at the bench is not as it was.
    OrderChanged(Box<OrderData>),
    /// The scale says something.
    Scale {
        /// What is on it, in grams. `None` = it does not say.
        grams: Option<i64>,
        /// Whether that counts: it stands still.
        steady: bool,
    },
    /// The label of a carton was printed, or was not.
    CartonLabel(LabelTold),
    /// A photograph was stored; `None`: it could not be taken.
    Photo(Option<Photo>),
    /// A code was typed that a supervisor must allow: as it is shown, empty where nobody may read it.
    CodeTyped(String),
    /// A label for a new handling unit was printed; empty: the printer does not answer.
    Printed(String),
    /// The access of whoever is signed in has ended.
    Revoked,
    /// The site's settings.
    Settings(Settings),
    /// The ERP gave the task to somebody else, or ended the access: by code.
    Lost(#[serde(deserialize_with = "form::code")] Code),
    /// The commit failed: nothing has changed.
    NotSaved {
        /// Whether for want of space.
        full: bool,
    },
    /// A minute has passed.
    Minute,
    /// A task that may be taken, and that is more urgent than the pick under way.
    Urgent(Box<Task>),
    /// The core changed the return under way, what was shipped, or the policy.
    ReturnChanged(Box<ReturnData>),
    /// What the core said of the money of the return that ended last: `waiting`, `released`, `held`.
    Refunded(#[serde(deserialize_with = "form::code")] Code),
}

/// What one input makes of the app.
#[derive(Debug, Clone)]
pub struct Turn {
    /// The next state; may be shown once the rest is committed.
    pub app: App,
    /// Facts to record.
    pub facts: Vec<Fact>,
    /// Approvals of typed codes that these facts rest on, by identity.
    pub allowed_by: Vec<String>,
    /// The scan and what became of it.
    pub audit: Option<Audit>,
    /// A failure to count before a PIN is compared, or to take back.
    pub guard: Option<Guard>,
    /// To be performed after the commit.
    pub effects: Vec<Effect>,
}

/// A change of the count of wrong PINs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guard {
    /// One more, before the comparison.
    Count(OperatorId),
    /// None any more.
    Clear(OperatorId),
    /// Locked for so long.
    Lock(OperatorId, u32),
}

/// To be done after the commit.
#[derive(Clone, PartialEq, Eq)]
pub enum Effect {
    /// Compare a PIN with the hash of the operator.
    VerifyPin {
        /// Whose.
        operator: OperatorId,
        /// Never logged.
        pin: String,
    },
    /// Read the work list again.
    LoadWork,
    /// Read the deliveries again.
    LoadDeliveries,
    /// Read what waits at the packing bench again.
    LoadBench,
    /// Take a photograph with the camera, and keep it.
    TakePhoto,
    /// Print this label for a new handling unit.
    PrintLabel(String),
    /// Take the typed code that waited as a scan.
    TypedScan,
    /// Read the task under way again.
    ReloadTask(TaskId),
    /// Read the rows of the open page.
    LoadPage,
    /// Signal the outcome by sound, light and vibration.
    Signal(Signal),
    /// Play the sounds, one after the other.
    TrySound,
    /// Keep the looks for this operator.
    SaveLook,
    /// End the app.
    Quit,
}

impl std::fmt::Debug for Effect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::VerifyPin { operator, .. } => write!(f, "VerifyPin({operator})"),
            Self::LoadWork => f.write_str("LoadWork"),
            Self::LoadDeliveries => f.write_str("LoadDeliveries"),
            Self::LoadBench => f.write_str("LoadBench"),
            Self::TakePhoto => f.write_str("TakePhoto"),
            Self::PrintLabel(label) => write!(f, "PrintLabel({label})"),
            Self::TypedScan => f.write_str("TypedScan"),
            Self::ReloadTask(task) => write!(f, "ReloadTask({task})"),
            Self::LoadPage => f.write_str("LoadPage"),
            Self::Signal(signal) => write!(f, "Signal({signal:?})"),
            Self::TrySound => f.write_str("TrySound"),
            Self::SaveLook => f.write_str("SaveLook"),
            Self::Quit => f.write_str("Quit"),
        }
    }
}

/// The five outcomes that can be told apart without looking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Accepted, same step.
    Accepted,
    /// The step is complete.
    StepComplete,
    /// The task is complete.
    TaskComplete,
    /// Refused.
    Refused,
    /// Something beside the scan changed.
    Attention,
}

impl From<Class> for Signal {
    fn from(class: Class) -> Self {
        match class {
            Class::Accepted => Self::Accepted,
            Class::StepComplete => Self::StepComplete,
            Class::TaskComplete => Self::TaskComplete,
            Class::Attention => Self::Attention,
        }
    }
}

/// A scan and what became of it: a row of the scan log.
#[derive(Debug, Clone, PartialEq)]
pub struct Audit {
    /// The scan.
    pub scan: Scan,
    /// Its symbology. Empty = the reader did not say.
    pub symbology: String,
    /// The step that was asked.
    pub step: String,
    /// The task. Empty = none.
    pub task: TaskId,
    /// Whether it was accepted.
    pub accepted: bool,
    /// Why not. `None` = accepted.
    pub reason: Option<Reason>,
    /// What was accepted or why it was refused, as JSON.
    pub decision: String,
}
