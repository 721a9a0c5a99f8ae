//! Needs attention: what an entry offers, and the facts that this makes. Nothing here
//! deletes or redoes anything.

use super::receive::Photo;
use super::refusal::Refusal;
use crate::fact::Fact;
use crate::id::{ItemId, LocationId, OperatorId, TaskId};
use crate::master::Role;
use crate::reason::Reason;
use crate::scan;
use serde::{Deserialize, Serialize};

/// Characters of a note.
pub const NOTE_CHARS_MAX: usize = 500;

/// An entry of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "kebab-case")]
pub enum Entry {
    /// A scan was refused.
    Refused {
        /// What was scanned, printable.
        raw: String,
        /// The rule.
        reason: Reason,
        /// Where. Empty = not known.
        location: LocationId,
    },
    /// The core rejected a fact: its effect has left the shown stock.
    Rejected {
        /// The fact, `EPOCH/SEQ`.
        fact: String,
        /// What a supervisor had allowed without authority. `None` = it was no decision.
        decision: Option<Decision>,
    },
    /// A fact waits in the core; its effect is still in the shown stock.
    Parked {
        /// The fact, `EPOCH/SEQ`.
        fact: String,
    },
    /// Something was found otherwise than expected.
    Exception {
        /// Which.
        id: String,
        /// The rule.
        reason: Reason,
        /// Whose it is. Empty = nobody's yet.
        owner: OperatorId,
        /// Who made the fact that caused it. Empty = not known.
        by: OperatorId,
        /// The work that would settle it: recount, put back, find. Empty = none.
        task: TaskId,
        /// Whether somebody must allow something.
        waits: bool,
    },
}

/// A decision that did not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The rule.
    pub decision: Reason,
    /// The aggregate of the fact that it backs.
    pub subject: String,
    /// The item. Empty = none.
    pub item: ItemId,
    /// The quantity; 0 = none.
    pub qty: i64,
}

/// Something that can be done about an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Ask for the barcode to be bound to an item.
    Report,
    /// Close the entry with a note; the fact is kept.
    Dismiss,
    /// Have somebody with authority allow it anew.
    AskApproval,
    /// Add a note.
    AddNote,
    /// Add a photograph.
    AddPhoto,
    /// Open its task.
    OpenTask,
    /// Say that it is settled.
    Answer,
    /// Give it to somebody else.
    PassOn,
    /// Allow it.
    Approve,
    /// Do not allow it.
    Decline,
    /// Give somebody else's to somebody.
    Reassign,
}

/// Who does it: signed in, or a supervisor by badge and PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// Who.
    pub operator: OperatorId,
    /// What they may do.
    pub roles: Vec<Role>,
}

impl Who {
    fn decides(&self) -> bool {
        self.roles.iter().any(|role| matches!(role, Role::Supervisor | Role::Manager))
    }
}

/// What an action needs besides.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct With {
    /// The words. Empty = none.
    pub note: String,
    /// To whom. Empty = to nobody.
    pub to: OperatorId,
    /// The photograph.
    pub photo: Option<Photo>,
}

/// What an action makes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Done {
    /// To be recorded, in this order.
    pub facts: Vec<Fact>,
    /// Whether the entry leaves the list. One that waits for the core stays until its outcome comes.
    pub closes: bool,
    /// The task to be opened. Empty = none.
    pub open: TaskId,
}

/// What somebody can do about an entry, in the order in which it is offered. A refused scan cannot be undone, a
/// parked fact neither deleted nor done again; nobody decides about their own fact.
#[must_use]
pub fn actions(entry: &Entry, who: &Who) -> Vec<Action> {
    match entry {
        Entry::Refused { reason: Reason::UnknownCode, .. } => vec![Action::Report],
        Entry::Refused { .. } => Vec::new(),
        Entry::Rejected { decision: Some(_), .. } => vec![Action::AskApproval, Action::Dismiss],
        Entry::Rejected { decision: None, .. } => vec![Action::Dismiss],
        Entry::Parked { .. } => vec![Action::AddNote, Action::AddPhoto],
        Entry::Exception { owner, by, task, waits, .. } => {
            let mut offered = Vec::new();
            if *owner == who.operator {
                offered.extend((!task.is_none()).then_some(Action::OpenTask));
                offered.extend([Action::Answer, Action::PassOn]);
            }
            if who.decides() {
                let own = *by == who.operator;
                offered.extend((*waits && !own).then_some([Action::Approve, Action::Decline]).into_iter().flatten());
                offered.extend((*owner != who.operator).then_some(Action::Reassign));
            }
            offered
        }
    }
}

/// Does something about an entry. `who` does it; `signed_in` works at the station: where they differ, a
/// supervisor came by, and an `Approved` is recorded before the answer.
///
/// # Errors
/// `NOT_ALLOWED` where it is not offered to them; `MISSING_DATA` with `note`, `to` or `photo`.
pub fn act(entry: &Entry, action: Action, who: &Who, signed_in: &OperatorId, with: With) -> Result<Done, Refusal> {
    // A decision anew is given by somebody who is not the one at the station.
    let anew = action == Action::AskApproval;
    if !actions(entry, who).contains(&action) || (anew && (!who.decides() || who.operator == *signed_in)) {
        return Err(Refusal::NotAllowed);
    }
    let missing = |what: &str| Err(Refusal::MissingAnswer { what: what.to_owned() });
    let note: String = with.note.trim().chars().take(NOTE_CHARS_MAX).collect();
    let passes = matches!(action, Action::PassOn | Action::Reassign);
    if note.is_empty() && matches!(action, Action::Dismiss | Action::AddNote | Action::Answer | Action::Decline) {
        return missing("note");
    }
    if with.to.is_none() && passes {
        return missing("to");
    }
    match (entry, action) {
        (Entry::Refused { raw, location, .. }, _) => Ok(Done {
            facts: vec![Fact::BarcodeReported { raw: raw.clone(), location: location.clone() }],
            ..Done::default()
        }),
        (Entry::Rejected { decision: Some(own), .. }, Action::AskApproval) => Ok(Done {
            facts: vec![Fact::Approved {
                by: who.operator.clone(),
                decision: own.decision,
                subject: own.subject.clone(),
                item: own.item.clone(),
                qty: own.qty,
            }],
            closes: true,
            ..Done::default()
        }),
        (Entry::Parked { fact }, Action::AddPhoto) => match with.photo {
            // Not of the aggregate of the parked fact: it would wait behind it.
            Some(photo) => Ok(Done {
                facts: vec![Fact::PhotoTaken {
                    photo: photo.id,
                    subject: format!("note:{fact}"),
                    purpose: "parked".to_owned(),
                    hash: photo.hash,
                    bytes: photo.bytes,
                }],
                ..Done::default()
            }),
            None => missing("photo"),
        },
        (Entry::Rejected { fact, .. } | Entry::Parked { fact }, _) => Ok(Done {
            facts: vec![Fact::NoteAdded { entry: fact.clone(), note }],
            closes: action == Action::Dismiss,
            ..Done::default()
        }),
        (Entry::Exception { task, .. }, Action::OpenTask) => Ok(Done { open: task.clone(), ..Done::default() }),
        (Entry::Exception { id, reason, .. }, _) => {
            let answered = Fact::ExceptionAnswered {
                exception: id.clone(),
                answer: answer_of(action).ok_or(Refusal::Scan(scan::Refusal::NotNow))?.as_str().to_owned(),
                note,
                to: if passes { with.to } else { OperatorId::default() },
            };
            let approved = Fact::Approved {
                by: who.operator.clone(),
                decision: *reason,
                subject: answered.aggregate(),
                item: ItemId::default(),
                qty: 0,
            };
            let came_by = action == Action::Approve && who.operator != *signed_in;
            let facts = came_by.then_some(approved).into_iter().chain([answered]).collect();
            Ok(Done { facts, closes: true, ..Done::default() })
        }
    }
}

/// An answer to an exception.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    /// It is allowed.
    Approve,
    /// It is not allowed.
    Decline,
    /// It is settled.
    Done,
    /// Somebody else looks at it.
    PassOn,
}

impl Answer {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Approve, Self::Decline, Self::Done, Self::PassOn];

    /// The name in the fact.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Decline => "decline",
            Self::Done => "done",
            Self::PassOn => "pass-on",
        }
    }

    /// The answer of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.as_str() == name)
    }

    /// Whether it settles the exception.
    #[must_use]
    pub fn settles(self) -> bool {
        self != Self::PassOn
    }
}

fn answer_of(action: Action) -> Option<Answer> {
    match action {
        Action::Approve => Some(Answer::Approve),
        Action::Decline => Some(Answer::Decline),
        Action::Answer => Some(Answer::Done),
        Action::PassOn | Action::Reassign => Some(Answer::PassOn),
        _ => None,
    }
}

/// Which of the answers, in the order of the core, settles the exception: the first that does. All after it
/// are notes. `None` = it is still open.
#[must_use]
pub fn decides(answers: &[Answer]) -> Option<usize> {
    answers.iter().position(|answer| answer.settles())
}

/// What became of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Came {
    /// It has its effect.
    Applied,
    /// It has its effect, and an exception is open.
    Flagged,
    /// It waits.
    Parked,
    /// It has no effect.
    Rejected,
}

impl Came {
    /// Whether the fact itself stands in the list. What was parked leaves it by itself once it is applied; a
    /// flagged one is there as its exception.
    #[must_use]
    pub fn is_listed(self) -> bool {
        matches!(self, Self::Parked | Self::Rejected)
    }

    /// Whether the station signals for attention when this comes after `before`: once for each piece of news,
    /// whatever the step; the step goes on untouched.
    #[must_use]
    pub fn signals(self, before: Option<Self>) -> bool {
        before != Some(self) && matches!(self, Self::Flagged | Self::Rejected)
    }
}
