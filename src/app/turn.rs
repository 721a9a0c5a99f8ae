//! What goes into a turn and what comes out of it.

use super::{App, LinkState, OpenPage, Wall};
use crate::event::Catalogue;
use crate::view::Tap;
use floorhand_domain::fact::Fact;
use floorhand_domain::id::{OperatorId, TaskId};
use floorhand_domain::master::{IsoDate, LocationKind, Settings};
use floorhand_domain::reason::Reason;
use floorhand_domain::scan::{self, Known, Scan};
use floorhand_domain::task::{Line, Task};
use floorhand_domain::workflow::Class;
use floorhand_domain::workflow::sign_in::Grants;
use std::sync::Arc;

/// The moment of a turn.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Now {
    /// Milliseconds since boot.
    pub mono_ms: u64,
    /// The time of day at the station.
    pub wall: Wall,
    /// Today at the station.
    pub today: IsoDate,
    /// A fresh identifier: that of the first fact of the turn.
    pub id: String,
}

/// What the store found for an input, before the turn.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// What is known about the scan and the stock of the step.
    pub known: Known,
    /// The task that is to be opened.
    pub task: Option<TaskData>,
    /// About the badge that was scanned, or whose PIN is being typed.
    pub grants: Grants,
    /// Wrong PINs in a row of the operator whose PIN was checked.
    pub fails: u32,
}

/// A task as it is shown, with everything its pages need.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskData {
    /// The head.
    pub task: Task,
    /// Its lines.
    pub lines: Arc<[Line]>,
    /// Names.
    pub catalogue: Arc<Catalogue>,
    /// What its drop-off location is for.
    pub drop_off_kind: LocationKind,
    /// Whether this operator or this device may work on it: nobody else holds it.
    pub free: bool,
    /// Who holds it otherwise.
    pub holder: String,
}

/// What goes into [`App::update`].
#[derive(Debug, Clone)]
pub enum Input {
    /// A scan and its reading.
    Scan {
        /// The scan.
        scan: Scan,
        /// What the bytes say, or why they cannot be read.
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
        why: &'static str,
    },
    /// A reader came or went.
    Reader {
        /// Which, in the order in which they were named.
        reader: usize,
        /// `ready`, or why it cannot be read.
        state: &'static str,
    },
    /// The site's settings.
    Settings(Settings),
    /// The ERP gave the task to somebody else, or ended the access: by code.
    Lost(&'static str),
    /// The commit failed: nothing has changed.
    NotSaved {
        /// Whether for want of space.
        full: bool,
    },
    /// A minute has passed.
    Minute,
}

/// What one input makes of the app.
#[derive(Debug, Clone)]
pub struct Turn {
    /// The next state; may be shown once the rest is committed.
    pub app: App,
    /// Facts to record.
    pub facts: Vec<Fact>,
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
