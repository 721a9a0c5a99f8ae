//! What a fact does. Physical facts are never refused: what breaks a rule of the book is flagged.

use super::apply::{Context, Judged, Stored};
use super::exception::{self, About, Source};
use super::{answered, approved, count, moved, other_stock, pack, pick, receipt, receive, returned, task, tote};
use crate::claim::{self, Claim};
use crate::counts;
use crate::db::Tx;
use crate::entity;
use crate::error::Result;
use crate::feed::Changes;
use crate::orders::sums::settle_order;
use crate::outbound::{hold, packing};
use floorhand_domain::fact::Fact;
use floorhand_domain::id::{ItemId, LocationId, OrderId, TaskId};
use floorhand_domain::reason::Reason;
use floorhand_domain::task::{LineState, Task, TaskState};
use floorhand_wire::push::{Outcome, Was};

/// How a fact was judged.
#[derive(Debug)]
pub(super) enum Verdict {
    /// It has its effect, flagged or not.
    Applied(Judged),
    /// It cannot be a fact.
    Reject(Reason, String),
    /// It must wait.
    Park(Reason, String),
}

/// A rule of the book that a true fact breaks.
#[derive(Debug)]
pub(super) struct Flag {
    /// Identifier of its exception.
    pub(super) id: String,
    pub(super) reason: Reason,
    /// The thing, e.g. `location|item`.
    pub(super) subject: String,
    pub(super) detail: String,
}

/// What stops a fact short of having an effect.
#[derive(Debug)]
pub(super) enum Stop {
    Reject(Reason, String),
    Park(Reason, String),
}

/// Result of an effect: an error of the database outside, a judgement inside.
pub(super) type Effect = Result<std::result::Result<(), Stop>>;

/// The hands of an effect.
pub(super) struct Act<'a> {
    pub(super) tx: &'a Tx,
    pub(super) changes: &'a mut Changes,
    pub(super) device: &'a str,
    pub(super) epoch: u64,
    pub(super) seq: u64,
    pub(super) kind: &'a str,
    pub(super) operator: &'a str,
    /// The pair the fact had before it was re-numbered.
    pub(super) was: Option<&'a Was>,
    pub(super) now: i64,
    /// Position of the warehouse stream that the device had when it made the fact, where it says so.
    pub(super) base: Option<i64>,
    pub(super) flags: Vec<Flag>,
}

impl Act<'_> {
    pub(super) fn warehouse(&self) -> i64 {
        self.changes.warehouse()
    }

    /// Flags the fact and returns the identifier of the exception that this opens.
    pub(super) fn flag(&mut self, reason: Reason, subject: impl Into<String>, detail: impl Into<String>) -> String {
        let id = exception::new_id();
        self.flags.push(Flag { id: id.clone(), reason, subject: subject.into(), detail: detail.into() });
        id
    }

    pub(super) fn ledger_source(&self) -> crate::ledger::Source {
        crate::ledger::Source::Fact { device: self.device.to_owned(), epoch: self.epoch, seq: self.seq }
    }

    /// Opens an exception that flags nothing: work for a supervisor that the fact asks for.
    pub(super) async fn ask(&mut self, kind: &str, subject: &str, detail: &str) -> Result<()> {
        let source = Source { device: self.device, epoch: self.epoch, seq: self.seq, kind: self.kind };
        let about = About { kind, subject, detail };
        exception::open(self.tx, self.changes, &source, &about, self.now, false).await.map(|_| ())
    }

    /// Makes sure that somebody is asked to count an item at a location.
    pub(super) async fn count(&mut self, location: &LocationId, item: &ItemId, trigger: &str) -> Result<()> {
        let wanted = counts::Wanted::new(location, item, trigger);
        counts::ask(self.tx, self.changes, &wanted, self.now).await.map(|_| ())
    }

    /// The task of a fact; one that the core does not know flags it.
    pub(super) async fn task(&mut self, id: &TaskId) -> Result<Option<Task>> {
        let task = entity::task(self.tx, self.warehouse(), id).await?;
        if task.is_none() {
            self.flag(Reason::UnknownReference, format!("task:{id}"), "the task is not known");
        }
        Ok(task)
    }
}

/// Judges a fact and gives it its effect.
pub(super) async fn judge(context: &mut Context<'_>, stored: &Stored<'_>, fact: &Fact) -> Result<Verdict> {
    let stream = floorhand_wire::warehouse_stream(context.changes.warehouse());
    let base = stored.wire.and_then(|wire| wire.base.get(&stream).copied()).and_then(|base| i64::try_from(base).ok());
    let mut act = Act {
        tx: context.tx,
        changes: context.changes,
        device: context.device,
        epoch: context.epoch,
        seq: stored.seq,
        kind: stored.kind,
        operator: stored.operator,
        was: stored.wire.and_then(|wire| wire.was.as_ref()),
        now: context.now,
        base,
        flags: Vec::new(),
    };
    if needs_operator(fact) {
        check_operator(&mut act, stored).await?;
    }
    for id in stored.wire.map(|wire| wire.allowed_by.as_slice()).unwrap_or_default() {
        if !approved::backs(&mut act, id).await? {
            act.flag(Reason::NotAllowed, stored.agg, "a code was typed, and nobody with authority allowed it");
        }
    }
    match effect(&mut act, fact).await? {
        Ok(()) => {}
        Err(Stop::Reject(reason, detail)) => return Ok(Verdict::Reject(reason, detail)),
        Err(Stop::Park(reason, detail)) => return Ok(Verdict::Park(reason, detail)),
    }
    let flags = std::mem::take(&mut act.flags);
    let mut judged =
        Judged { outcome: Outcome::Applied, code: String::new(), reference: String::new(), detail: String::new() };
    let source = Source { device: act.device, epoch: act.epoch, seq: act.seq, kind: act.kind };
    // Each flag is an exception of its own; the device is told the first, which says most.
    for flag in flags {
        let about = About { kind: flag.reason.code(), subject: &flag.subject, detail: &flag.detail };
        let first = judged.outcome == Outcome::Applied;
        let reference = exception::open_as(flag.id, act.tx, act.changes, &source, &about, act.now, first).await?;
        if first {
            judged.outcome = Outcome::AppliedFlagged;
            judged.code = flag.reason.code().to_owned();
            judged.reference = reference;
        }
    }
    Ok(Verdict::Applied(judged))
}

fn needs_operator(fact: &Fact) -> bool {
    !matches!(
        fact,
        Fact::SignInFailed { .. }
            | Fact::LockedOut { .. }
            | Fact::SignedOut { .. }
            | Fact::ScanRefused { .. }
            | Fact::BarcodeReported { .. }
            | Fact::NoteAdded { .. }
    )
}

/// What somebody did whose access has ended stands, and is shown to a supervisor.
async fn check_operator(act: &mut Act<'_>, stored: &Stored<'_>) -> Result<()> {
    // A grant ends by the core's clock: the moment is known only as an age since the device's boot.
    let at_ms = if stored.time_quality == "boot" { stored.occurred_at } else { act.now };
    if !claim::may_work(act.tx, act.warehouse(), act.operator, at_ms).await? {
        let subject = format!("operator:{}", act.operator);
        act.flag(Reason::OperatorEnded, subject, "the operator's access has ended");
    }
    Ok(())
}

async fn effect(act: &mut Act<'_>, fact: &Fact) -> Effect {
    match fact {
        Fact::SignedIn { operator } => {
            claim::leave(act.tx, act.changes, act.device, operator, false).await?;
            Ok(Ok(()))
        }
        Fact::SignedOut { operator } => {
            claim::leave(act.tx, act.changes, act.device, operator, true).await?;
            Ok(Ok(()))
        }
        Fact::SignInFailed { .. } | Fact::LockedOut { .. } | Fact::ScanRefused { .. } => Ok(Ok(())),
        #[cfg(test)]
        Fact::NoteAdded { note, .. } if note == "panic" => panic!("seeded"),
        Fact::NoteAdded { .. } => Ok(Ok(())),
        Fact::BarcodeReported { raw, location } => {
            act.ask(Reason::UnknownCode.code(), &format!("code:{raw}"), &format!("reported at {location:?}")).await?;
            Ok(Ok(()))
        }
        Fact::TaskClaimed { task } => claimed(act, task).await,
        Fact::TaskReleased { task } => released(act, task).await,
        Fact::ToteAssigned { task, slot, order, tote } => tote::assigned(act, task, *slot, order, tote).await,
        Fact::ToteClosed { task, slot, tote } => tote::closed(act, task, *slot, tote).await,
        Fact::DroppedOff { task, location, totes } => tote::dropped_off(act, task, location, totes).await,
        Fact::Picked { .. } => pick::picked(act, fact).await,
        Fact::PickedShort { .. } => pick::short(act, fact).await,
        Fact::Undone { epoch, seq } => pick::undone(act, *epoch, *seq).await,
        Fact::DeliveryOpened { receipt, delivery, location } => receipt::opened(act, receipt, delivery, location).await,
        Fact::Received { .. } => receive::received(act, fact).await,
        Fact::UnknownReceived { .. } => receive::unknown(act, fact).await,
        Fact::ReceiptClosed { receipt, delivery, complete } => receipt::closed(act, receipt, delivery, *complete).await,
        Fact::PhotoTaken { .. } => receipt::photo(act, fact).await,
        // The log keeps it; the handling unit is made by the fact that fills it. That of a carton counts.
        Fact::LabelPrinted { label, copy, internal, .. } => pack::label_printed(act, label, *copy, *internal).await,
        Fact::TaskTakenOver { task, .. } => task::taken_over(act, task).await,
        Fact::TaskOpened { task, kind, location } => task::opened(act, task, *kind, location).await,
        Fact::Approved { .. } => approved::approved(act, fact).await,
        Fact::Moved { .. } => moved::moved(act, fact).await,
        Fact::ZeroChecked { .. } => moved::zero_checked(act, fact).await,
        Fact::CountStarted { .. } => count::started(act, fact).await,
        Fact::Counted { .. } => count::counted(act, fact).await,
        Fact::CountSubmitted { count, .. } => count::submitted(act, count).await,
        Fact::Substituted { .. } | Fact::CountAsked { .. } | Fact::Sorted { .. } | Fact::ToteTaken { .. } => {
            other_stock::effect(act, fact).await
        }
        Fact::CartonOpened { .. }
        | Fact::Packed { .. }
        | Fact::Unpacked { .. }
        | Fact::CartonWeighed { .. }
        | Fact::CartonClosed { .. }
        | Fact::Labelled { .. }
        | Fact::OrderPacked { .. }
        | Fact::Shipped { .. } => pack::effect(act, fact).await,
        Fact::ReturnOpened { .. } | Fact::DispositionOverridden { .. } | Fact::ReturnInspected { .. } => {
            returned::effect(act, fact).await
        }
        Fact::ExceptionAnswered { .. } => answered::effect(act, fact).await,
    }
}

async fn claimed(act: &mut Act<'_>, id: &TaskId) -> Effect {
    let Some(mut task) = entity::task(act.tx, act.warehouse(), id).await? else {
        return Ok(Err(Stop::Reject(Reason::UnknownReference, format!("task {id} is not known"))));
    };
    let held = claim::live(act.tx, act.warehouse(), id, act.now).await?;
    let lost = held.is_some_and(|held| held.device != act.device || held.operator != act.operator);
    if lost || entity::is_over(&task) {
        act.flag(Reason::ClaimLost, format!("task:{id}"), "the task is somebody else's or over");
        return Ok(Ok(()));
    }
    let claim = Claim {
        id: format!("fact:{}/{}/{}", act.device, act.epoch, act.seq),
        device: act.device.to_owned(),
        operator: act.operator.to_owned(),
        expires_at: 0,
    };
    claim::give(act.tx, act.changes, &mut task, &claim, act.now).await?;
    Ok(Ok(()))
}

async fn released(act: &mut Act<'_>, id: &TaskId) -> Effect {
    let Some(mut task) = act.task(id).await? else { return Ok(Ok(())) };
    // Only one's own claim can be given back; a lease that ended meanwhile is no fault.
    if task.device.as_str() == act.device && !entity::is_over(&task) {
        claim::end(act.tx, act.warehouse(), &mut task).await?;
        entity::put_task(act.tx, act.changes, &task).await?;
    }
    Ok(Ok(()))
}

/// Ends a task when nothing is left to do: every line closed, nothing left in its totes.
pub(super) async fn finish_task(act: &mut Act<'_>, id: &TaskId) -> Result<()> {
    let warehouse = act.warehouse();
    let Some(mut task) = entity::task(act.tx, warehouse, id).await? else { return Ok(()) };
    let lines = entity::lines(act.tx, warehouse, id).await?;
    if entity::is_over(&task) || lines.iter().any(|line| line.state == LineState::Open) {
        return Ok(());
    }
    if hold::carries(act.tx, warehouse, id).await? {
        return Ok(());
    }
    claim::end(act.tx, warehouse, &mut task).await?;
    task.state = TaskState::Done;
    entity::put_task(act.tx, act.changes, &task).await?;
    for line in &lines {
        entity::drop_line_row(act.changes, &line.id);
    }
    tote::free_empty(act, id).await?;
    let mut orders: Vec<&OrderId> = lines.iter().map(|line| &line.order).collect();
    orders.sort_unstable();
    orders.dedup();
    for order in orders {
        settle_order(act.tx, warehouse, order).await?;
        packing::refresh(act.tx, act.changes, order, act.now).await?;
    }
    Ok(())
}
