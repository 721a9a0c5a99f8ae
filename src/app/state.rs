//! What the app is made of: the station, who works there, the flow, the pages over it, the last answer.

use super::WorkRefusal;
use super::deliveries::DeliveriesFlow;
use super::form::{self, Code};
use super::pack::{BenchFlow, PackFlow};
use super::returns::{Returning, ReturnsOpen};
use super::what_is::Told;
use crate::event::Catalogue;
use crate::view::{AttentionTab, Profile};
use floorhand_domain::id::{ItemId, OperatorId};
use floorhand_domain::master::{Item, Role};
use floorhand_domain::reason::Reason;
use floorhand_domain::returns::Disposition;
use floorhand_domain::workflow::Accepted;
use floorhand_domain::workflow::attention;
use floorhand_domain::workflow::count::{self, Count};
use floorhand_domain::workflow::load::Load;
use floorhand_domain::workflow::pack;
use floorhand_domain::workflow::pick::{self, Pick};
use floorhand_domain::workflow::put_away::{self, PutAway};
use floorhand_domain::workflow::receive::{self, Receive};
use floorhand_domain::workflow::refusal;
use floorhand_domain::workflow::returns;
use floorhand_domain::workflow::sign_in::{self, SignIn};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What this machine is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
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
    /// Whether there is a printer for labels.
    pub printer: bool,
    /// Whether there is a scale.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub scale: bool,
    /// What kind of station it is.
    pub profile: Profile,
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
    /// The language of the badge, as a BCP 47 tag. Empty = the station's.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub language: String,
}

/// What is being done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Flow {
    /// Nobody is signed in.
    SignIn(SignIn),
    /// Choosing work.
    Work,
    /// Picking.
    Pick(Box<PickFlow>),
    /// Choosing a delivery.
    Deliveries(DeliveriesFlow),
    /// Receiving.
    Receive(Box<Under<Receive>>),
    /// Putting away, or moving.
    PutAway(Box<Under<PutAway>>),
    /// Counting.
    Count(Box<Under<Count>>),
    /// At the packing bench, without an order.
    Bench(BenchFlow),
    /// Packing an order.
    Pack(Box<PackFlow>),
    /// Loading cartons at the dock.
    Load(Box<Under<Load>>),
    /// Choosing a return.
    ReturnsOpen(ReturnsOpen),
    /// Inspecting goods that came back.
    Returns(Box<Returning>),
}

/// A list that something is chosen from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum List {
    /// Work.
    Work,
    /// Deliveries.
    Deliveries,
    /// Orders at the packing bench.
    Bench,
}

impl List {
    /// The list of a flow, if it is one.
    pub(super) fn of(flow: &Flow) -> Option<Self> {
        match flow {
            Flow::Work => Some(Self::Work),
            Flow::Deliveries(_) => Some(Self::Deliveries),
            Flow::Bench(_) => Some(Self::Bench),
            _ => None,
        }
    }

    /// It, as it is opened.
    pub(super) fn flow(self) -> Flow {
        match self {
            Self::Work => Flow::Work,
            Self::Deliveries => Flow::Deliveries(DeliveriesFlow::default()),
            Self::Bench => Flow::Bench(BenchFlow::default()),
        }
    }
}

/// A machine and the names of what it is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Under<M> {
    /// The machine.
    pub at: M,
    /// The names of what its task names.
    #[serde(with = "floorhand_domain::shared")]
    pub catalogue: Arc<Catalogue>,
    /// Items met on the way that the task does not name.
    #[serde(default)]
    pub seen: Vec<Item>,
}

/// A locked station: the step under it stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// Somebody else whose badge was scanned and whose PIN is asked. `None` = the PIN of whoever is signed in.
    #[serde(default)]
    pub other: Option<(OperatorId, String)>,
}

/// What is being done, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "flow", rename_all = "kebab-case")]
pub enum Doing {
    /// Picking.
    Pick(pick::Saved),
    /// Receiving.
    Receive(receive::Saved),
    /// Putting away, or moving.
    PutAway(put_away::Saved),
    /// Counting.
    Count(count::Saved),
    /// Packing.
    Pack(pack::Saved),
    /// Loading.
    Load(Load),
    /// Inspecting goods that came back.
    Returns(returns::Saved),
    /// The page of returns, with none open.
    ReturnsOpen(ReturnsOpen),
}

impl Doing {
    /// The task or receipt that it is about.
    #[must_use]
    pub fn subject(&self) -> &str {
        match self {
            Self::Pick(saved) => saved.task.as_str(),
            Self::Receive(saved) => saved.receipt.as_str(),
            Self::PutAway(saved) => saved.task.as_str(),
            Self::Count(saved) => saved.task.as_str(),
            Self::Pack(saved) => saved.order.as_str(),
            Self::Load(saved) => saved.dock.as_str(),
            Self::Returns(saved) => saved.inspection.as_str(),
            Self::ReturnsOpen(_) => "",
        }
    }

    /// What is in the hand, which no line needs to name.
    #[must_use]
    pub fn item(&self) -> Option<&ItemId> {
        match self {
            Self::PutAway(saved) => match &saved.stage {
                put_away::Stage::Source { hand, .. }
                | put_away::Stage::Destination { load: put_away::Load::Part { hand, .. }, .. } => Some(&hand.item),
                put_away::Stage::EmptyNow { item, .. } => Some(item),
                put_away::Stage::Destination { .. } => None,
            },
            Self::Receive(saved) => match &saved.stage {
                receive::Stage::Entry { entry } => Some(&entry.item),
                receive::Stage::Item { .. } => None,
            },
            Self::Returns(saved) => match &saved.stage {
                returns::Stage::Entry { entry } => Some(&entry.item),
                returns::Stage::Identity { .. } => None,
            },
            Self::Pick(_) | Self::Count(_) | Self::Pack(_) | Self::Load(_) | Self::ReturnsOpen(_) => None,
        }
    }
}

/// The step of an operator who left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Who.
    pub operator: OperatorId,
    /// What.
    pub doing: Doing,
}

/// A pick and the names of what it is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PickFlow {
    /// The machine.
    pub pick: Pick,
    /// The names.
    #[serde(with = "floorhand_domain::shared")]
    pub catalogue: Arc<Catalogue>,
}

/// A page over the flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum OpenPage {
    /// More.
    More {
        /// A row that was pressed once and asks.
        #[serde(default, deserialize_with = "form::maybe_code")]
        asked: Option<Code>,
    },
    /// Can't scan.
    CantScan,
    /// Problem.
    Problem,
    /// Why the label of a carton is printed again.
    PrintAgain,
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
        #[serde(deserialize_with = "form::code")]
        why: Code,
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
    /// What is this.
    WhatIs {
        /// What is told.
        told: Told,
        /// The reading that is shown.
        shown: usize,
        /// The page of its rows, from 0.
        page: u32,
    },
    /// A supervisor's badge and PIN, over the step.
    Approve {
        /// The rule that is to be set aside.
        reason: Reason,
        /// The number in its sentence.
        number: i64,
        /// Whose PIN is asked for. `None` = a badge is.
        approver: Option<(OperatorId, String)>,
        /// It is a code typed by hand that waits; the floor's loop keeps it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        typed: bool,
        /// That code, as it is shown. Empty = none, or one that nobody may read.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        code: String,
    },
    /// What differs, before a receipt is closed.
    Differences {
        /// The page, from 0.
        page: u32,
        /// The row that was chosen.
        chosen: usize,
        /// Whether the matching lines are folded to a number.
        folded: bool,
        /// More to come (false) or final (true); `None` = not said.
        complete: Option<bool>,
    },
    /// A photograph.
    Photo {
        /// What of: `damaged`, `unknown`, `returned`.
        #[serde(deserialize_with = "form::code")]
        purpose: Code,
        /// One was taken, and is looked at.
        still: bool,
        /// The page that it belongs to. `None` = the step.
        #[serde(default)]
        back: Option<Box<OpenPage>>,
        /// Whether the lamp is on.
        light: bool,
    },
    /// What can be done about an entry of needs attention.
    Entry {
        /// The entry.
        row: Box<AttentionRow>,
        /// The tab it is in.
        tab: AttentionTab,
    },
    /// A note about an entry.
    Note {
        /// The entry.
        row: Box<AttentionRow>,
        /// The tab it is in.
        tab: AttentionTab,
        /// What is done with the note.
        action: attention::Action,
        /// So far.
        typed: String,
    },
    /// To whom an entry is given.
    People {
        /// The entry.
        row: Box<AttentionRow>,
        /// The tab it is in.
        tab: AttentionTab,
        /// Pass on, or reassign.
        action: attention::Action,
        /// Who there is: identifier and name.
        people: Vec<(OperatorId, String)>,
    },
    /// Goods of an unknown code.
    Unknown {
        /// The code, printable.
        raw: String,
        /// Words so far.
        words: String,
        /// Photographs so far.
        photos: Vec<Photo>,
        /// The field that is asked: 0 photo, 1 words, 2 quantity.
        field: usize,
    },
    /// Why goods came back.
    Reasons,
    /// Why something else is to become of them than the policy proposes.
    Override {
        /// What is chosen.
        chosen: Disposition,
        /// Who chose.
        by: OperatorId,
        /// What they may do.
        roles: Vec<Role>,
    },
}

impl OpenPage {
    /// Whether a scan is for this page, so that it stays open.
    #[must_use]
    pub fn takes_scans(&self) -> bool {
        matches!(self, Self::WhatIs { .. } | Self::Approve { .. } | Self::Differences { .. } | Self::Unknown { .. })
    }
}

/// A photograph on the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Photo {
    /// Which.
    pub id: String,
    /// BLAKE3 of its file, 64 hex digits.
    pub hash: String,
    /// Its size.
    pub bytes: u64,
}

/// A label for a new handling unit on its way out of the printer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Printing {
    /// What it says.
    pub label: String,
    /// The goods that it was asked for.
    pub goods: receive::Stage,
}

/// What a lead is asked about an entry of needs attention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadAsked {
    /// The entry.
    pub row: AttentionRow,
    /// The tab it is in.
    pub tab: AttentionTab,
    /// What the lead does by badge and PIN.
    pub action: attention::Action,
}

/// An entry of the needs-attention list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AttentionRow {
    /// What can be done about it follows from this. `None` = nothing can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<attention::Entry>,
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
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
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
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ReaderState {
    /// `serial`, `wedge`, `camera`.
    #[serde(deserialize_with = "form::code")]
    pub kind: Code,
    /// Where it is, as it was named.
    pub name: String,
    /// How it is told good from bad: the name of the profile. Empty = by screen and sound only.
    pub feedback: String,
    /// `starting`, `ready`, or why it cannot be read: `hang-up`, `missing`, `busy`, `denied`, `failed`.
    #[serde(deserialize_with = "form::code")]
    pub state: Code,
}

/// The last answer.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
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
    Notice(#[serde(deserialize_with = "form::code")] Code),
}

/// A refusal with what the page needs to explain it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    #[serde(deserialize_with = "form::code")]
    pub hint: Code,
}

/// A refusal of any flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// Of sign-in.
    SignIn(sign_in::Refusal),
    /// Of the work list.
    Work(WorkRefusal),
    /// Of a pick.
    Pick(pick::Refusal),
    /// Of receiving, moving or counting.
    Goods(refusal::Refusal),
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
            Self::Goods(inner) => inner.reason(),
            Self::DiskFull => Reason::DiskFull,
        }
    }

    /// What it says, as JSON; whose flow it is of is no part of that.
    #[must_use]
    pub fn told(&self) -> serde_json::Value {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(fields)) => fields.into_iter().next().map(|(_, told)| told),
            _ => None,
        }
        .unwrap_or_default()
    }
}

/// The connection and what waits for it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
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
    /// Rejected facts, and the newest of the exceptions that concern whoever is signed in. `None` = not looked yet:
    /// what comes first is no news.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub news: Option<(u32, String)>,
}

/// A time of day at the station.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Wall {
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
}

/// Why nothing can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocked {
    /// `DISK_FULL`, `NOT_ENROLLED`, `STORE_BROKEN`, `ENROLMENT_ENDED`.
    #[serde(deserialize_with = "form::code")]
    pub code: Code,
    /// A path or address that helps.
    pub detail: String,
}
