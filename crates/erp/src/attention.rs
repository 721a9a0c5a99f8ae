//! What somebody must look at: exceptions with everything done about them, and decisions that wait for
//! somebody with the authority. Nothing is overwritten: every answer is a row of its own, and the first
//! one decides.

pub mod state;

use crate::auth::Decider;
use crate::clock;
use crate::counts::{self, post, state as count_state};
use crate::db::{Row, Tx};
use crate::entity;
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::ledger;
use crate::push::exception::{self, About, Source};
use crate::vals;
use floorhand_domain::id::OperatorId;
use floorhand_domain::reason::Reason;
use floorhand_wire::feed::{ExceptionRow, kind};
use floorhand_wire::{device_stream, warehouse_stream};
use state::{ApprovalEvent, ApprovalState, ExceptionEvent, ExceptionState};
use std::collections::BTreeSet;

/// Who did something about an exception, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct By<'a> {
    /// The name of the token, or `core`.
    pub name: &'a str,
    /// The operator the token stands for. Empty = none.
    pub operator: &'a str,
    /// In their words.
    pub note: &'a str,
}

/// An exception as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// Its identifier.
    pub id: String,
    /// Reason code.
    pub kind: String,
    /// Where it stands.
    pub state: ExceptionState,
    /// Device, epoch, number and type of the fact that opened it.
    pub fact: (String, u64, u64, String),
    /// What it is about.
    pub subject: String,
    /// When it was opened, in milliseconds since 1970.
    pub at_ms: i64,
    /// Who looks after it. Empty = nobody yet.
    pub owner: String,
    /// What is the matter.
    pub detail: String,
}

/// One exception, locked.
///
/// # Errors
/// When the database refuses.
pub async fn get(tx: &Tx, warehouse: i64, id: &str) -> Result<Option<Exception>> {
    let rows = tx.lock("SELECT * FROM exception WHERE warehouse_id = $1 AND id = $2", vals![warehouse, id]).await?;
    rows.first()
        .map(|row: &Row| {
            Ok(Exception {
                id: row.text("id")?,
                kind: row.text("kind")?,
                state: ExceptionState::stored(row.str("state")?)?,
                fact: (row.text("fact_device")?, row.u64("fact_epoch")?, row.u64("fact_seq")?, row.text("fact_type")?),
                subject: row.text("subject")?,
                at_ms: row.i64("at_ms")?,
                owner: row.text("owner")?,
                detail: row.text("detail")?,
            })
        })
        .transpose()
}

/// Does something about an exception and keeps it as a row. On one that is closed only a note is kept.
/// Returns whether the event had its effect.
///
/// # Errors
/// When the database refuses.
pub async fn act(
    tx: &Tx,
    changes: &mut Changes,
    exception: &Exception,
    event: ExceptionEvent,
    owner: &str,
    by: By<'_>,
    now: i64,
) -> Result<bool> {
    let warehouse = changes.warehouse();
    let (event, done) = match exception.state.after(event) {
        Ok(_) => (event, true),
        Err(_) => (ExceptionEvent::Noted, false),
    };
    let state = exception.state.after(event)?;
    let owner = if event == ExceptionEvent::Reassigned { owner } else { exception.owner.as_str() };
    tx.execute(
        "INSERT INTO exception_event (warehouse_id, exception, n, event, at_ms, by_name, operator, owner, note, state) \
         SELECT $1, $2, COUNT(*) + 1, $3, $4, $5, $6, $7, $8, $9 FROM exception_event \
         WHERE warehouse_id = $1 AND exception = $2",
        vals![warehouse, &exception.id, event.as_str(), now, by.name, by.operator, owner, by.note, state.as_str()],
    )
    .await?;
    let closes = state == ExceptionState::Closed && exception.state == ExceptionState::Open;
    let resolution = if closes { event.as_str() } else { "" };
    tx.execute(
        "UPDATE exception SET state = $3, owner = $4, resolution = CASE WHEN $5 = '' THEN resolution ELSE $5 END \
         WHERE warehouse_id = $1 AND id = $2",
        vals![warehouse, &exception.id, state.as_str(), owner, resolution],
    )
    .await?;
    if closes || owner != exception.owner {
        tell(tx, changes, exception, state, owner).await?;
    }
    Ok(done)
}

/// Whoever made the fact that opened an exception. Empty = nobody in particular.
///
/// # Errors
/// When the database refuses.
pub async fn maker(tx: &Tx, warehouse: i64, exception: &Exception) -> Result<String> {
    let (device, epoch, seq, _) = &exception.fact;
    tx.row(
        "SELECT operator FROM fact_log WHERE warehouse_id = $1 AND device = $2 AND epoch = $3 AND seq = $4",
        vals![warehouse, device, epoch.cast_signed(), seq.cast_signed()],
    )
    .await?
    .map_or(Ok(String::new()), |row| row.text("operator"))
}

/// The task that recounts what an exception is about. Empty = none.
async fn task_of(tx: &Tx, warehouse: i64, id: &str) -> Result<String> {
    tx.row(
        "SELECT l.task FROM stock_count c JOIN task_line l ON l.warehouse_id = c.warehouse_id AND l.id = c.recount_line \
         WHERE c.warehouse_id = $1 AND c.exception = $2 AND c.recount_line <> '' LIMIT 1",
        vals![warehouse, id],
    )
    .await?
    .map_or(Ok(String::new()), |row| row.text("task"))
}

/// The device that caused it, and was told, sees how it stands; so do all devices once it is somebody's.
async fn tell(tx: &Tx, changes: &mut Changes, exception: &Exception, state: ExceptionState, owner: &str) -> Result<()> {
    let warehouse = changes.warehouse();
    let (device, epoch, seq, fact) = &exception.fact;
    let mut streams = Vec::new();
    for stream in [device_stream(device), warehouse_stream(warehouse)] {
        let shown = tx
            .row(
                "SELECT pos FROM feed_row WHERE warehouse_id = $1 AND stream = $2 AND kind = $3 AND id = $4 AND deleted = 0",
                vals![warehouse, &stream, kind::EXCEPTION, &exception.id],
            )
            .await?
            .is_some();
        if shown || (!owner.is_empty() && stream == warehouse_stream(warehouse)) {
            streams.push(stream);
        }
    }
    if streams.is_empty() {
        return Ok(());
    }
    let approval = approval_over(tx, warehouse, &exception.id).await?;
    let row = ExceptionRow {
        id: exception.id.clone(),
        kind: exception.kind.clone(),
        state: state.as_str().to_owned(),
        epoch: *epoch,
        seq: *seq,
        fact: fact.clone(),
        subject: exception.subject.clone(),
        at: clock::rfc3339(exception.at_ms),
        owner: owner.to_owned(),
        by: maker(tx, warehouse, exception).await?,
        detail: exception.detail.clone(),
        task: task_of(tx, warehouse, &exception.id).await?,
        waits: approval.is_some_and(|approval| approval.state == ApprovalState::Wanted),
    };
    for stream in &streams {
        changes.put(stream, kind::EXCEPTION, &exception.id, &row)?;
    }
    Ok(())
}

/// A decision that waits for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Its identifier.
    pub id: String,
    /// The reason code of what is to be decided.
    pub kind: String,
    /// The exception over it.
    pub exception: String,
    /// What it is about: for `VARIANCE` a count.
    pub subject: String,
    /// Whose fact it is; neither they nor anybody else who took part may decide it.
    pub operator: String,
    /// What it is worth, in minor units of the site's currency.
    pub amount_minor: i64,
    /// Where it stands.
    pub state: ApprovalState,
}

/// One approval, locked.
///
/// # Errors
/// When the database refuses.
pub async fn approval(tx: &Tx, warehouse: i64, id: &str) -> Result<Option<Approval>> {
    let rows = tx.lock("SELECT * FROM approval WHERE warehouse_id = $1 AND id = $2", vals![warehouse, id]).await?;
    rows.first().map(approval_of).transpose()
}

fn approval_of(row: &Row) -> Result<Approval> {
    Ok(Approval {
        id: row.text("id")?,
        kind: row.text("kind")?,
        exception: row.text("exception")?,
        subject: row.text("subject")?,
        operator: row.text("operator")?,
        amount_minor: row.i64("amount_minor")?,
        state: ApprovalState::stored(row.str("state")?)?,
    })
}

/// The approval over an exception, locked.
///
/// # Errors
/// When the database refuses.
pub async fn approval_over(tx: &Tx, warehouse: i64, exception: &str) -> Result<Option<Approval>> {
    let rows = tx
        .lock(
            "SELECT * FROM approval WHERE warehouse_id = $1 AND exception = $2 ORDER BY asked_ms DESC, id DESC",
            vals![warehouse, exception],
        )
        .await?;
    rows.first().map(approval_of).transpose()
}

/// Asks for a decision.
///
/// # Errors
/// When the database refuses.
pub async fn want(tx: &Tx, warehouse: i64, approval: &Approval, now: i64) -> Result<()> {
    tx.execute(
        "INSERT INTO approval (warehouse_id, id, kind, exception, subject, operator, amount_minor, state, asked_ms, \
         decided_ms, decided_by, role, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, '', '', '')",
        vals![
            warehouse,
            &approval.id,
            &approval.kind,
            &approval.exception,
            &approval.subject,
            &approval.operator,
            approval.amount_minor,
            approval.state.as_str(),
            now
        ],
    )
    .await
    .map(|_| ())
}

/// What came of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// It has its effect.
    Done,
    /// It was decided before; what was said now is kept as a note.
    Late(ApprovalState),
    /// Whoever decides may not.
    NotAllowed(&'static str),
}

/// Whose work it is that waits for a decision: whoever asked, and everybody who took part in a count.
async fn makers(tx: &Tx, warehouse: i64, approval: &Approval) -> Result<BTreeSet<OperatorId>> {
    let mut makers = BTreeSet::from([OperatorId(approval.operator.clone())]);
    if approval.kind == Reason::Variance.code()
        && let Some(count) = counts::get(tx, warehouse, &approval.subject.as_str().into()).await?
    {
        makers.extend(counts::people(tx, warehouse, &count).await?);
    }
    makers.retain(|one| !one.is_none());
    Ok(makers)
}

/// Decides an approval. Nobody whose work it is may, nor a supervisor above the limit.
///
/// # Errors
/// When the database refuses.
pub async fn decide(
    tx: &Tx,
    changes: &mut Changes,
    approval: &Approval,
    event: ApprovalEvent,
    who: &Decider,
    note: &str,
    now: i64,
) -> Result<Decided> {
    let warehouse = changes.warehouse();
    let makers = makers(tx, warehouse, approval).await?;
    if makers.iter().any(|maker| [who.operator.as_str(), who.name.as_str()].contains(&maker.as_str())) {
        return Ok(Decided::NotAllowed("Nobody approves what they recorded themselves."));
    }
    let limits = entity::settings(tx, warehouse).await?.limits;
    if event == ApprovalEvent::Approved && !who.manager && approval.amount_minor > limits.supervisor_value_minor {
        return Ok(Decided::NotAllowed("The value is above the limit of a supervisor; a manager must decide."));
    }
    let by = By { name: &who.name, operator: &who.operator, note };
    let exception = get(tx, warehouse, &approval.exception).await?;
    let Ok(state) = approval.state.after(event) else {
        if let Some(exception) = &exception {
            act(tx, changes, exception, ExceptionEvent::Noted, "", by, now).await?;
        }
        return Ok(Decided::Late(approval.state));
    };
    set(tx, warehouse, approval, state, who.role(), by, now).await?;
    if approval.kind == Reason::Variance.code() {
        variance(tx, changes, approval, event, now).await?;
    }
    if let Some(exception) = &exception {
        let event = match event {
            ApprovalEvent::Approved => ExceptionEvent::Approved,
            ApprovalEvent::Declined => ExceptionEvent::Declined,
            ApprovalEvent::Overtaken => ExceptionEvent::Overtaken,
        };
        act(tx, changes, exception, event, "", by, now).await?;
    }
    Ok(Decided::Done)
}

async fn set(
    tx: &Tx,
    warehouse: i64,
    approval: &Approval,
    state: ApprovalState,
    role: &str,
    by: By<'_>,
    now: i64,
) -> Result<()> {
    let name = if by.operator.is_empty() { by.name } else { by.operator };
    tx.execute(
        "UPDATE approval SET state = $3, decided_ms = $4, decided_by = $5, role = $6, note = $7 \
         WHERE warehouse_id = $1 AND id = $2 AND state = 'wanted'",
        vals![warehouse, &approval.id, state.as_str(), now, name, role, by.note],
    )
    .await
    .map(|_| ())
}

/// Posts the variance of a count that was approved, or closes it unposted.
async fn variance(tx: &Tx, changes: &mut Changes, approval: &Approval, event: ApprovalEvent, now: i64) -> Result<()> {
    let warehouse = changes.warehouse();
    let id = approval.subject.as_str().into();
    let mut count =
        counts::get(tx, warehouse, &id).await?.ok_or_else(|| Error::Stored(format!("count {id} is not known")))?;
    count.state = count.state.after(match event {
        ApprovalEvent::Approved => count_state::Event::Approved,
        ApprovalEvent::Declined => count_state::Event::Declined,
        ApprovalEvent::Overtaken => count_state::Event::Overtaken,
    })?;
    counts::put(tx, warehouse, &count).await?;
    if event != ApprovalEvent::Approved {
        return Ok(());
    }
    let source = ledger::Source::Request(format!("count:{id}"));
    let lines = counts::lines(tx, warehouse, &id).await?;
    for what in post::moves(tx, warehouse, &count.location, &lines).await? {
        ledger::post(tx, changes, &what, post::REASON, &source).await?;
    }
    let mut items: Vec<_> = lines.iter().filter(|line| line.variance() < 0).map(|line| &line.key.item).collect();
    items.dedup();
    for item in items {
        if let Some((subject, detail)) = post::overpromised(tx, warehouse, &count.location, item).await? {
            let (epoch, seq) = count.submitted;
            let source = Source { device: &count.device, epoch, seq, kind: "CountSubmitted" };
            let about = About { kind: Reason::NegStock.code(), subject: &subject, detail: &detail };
            exception::open(tx, changes, &source, &about, now, false).await?;
        }
    }
    Ok(())
}

/// A newer count of the same goods has decided: what was still asked over earlier ones is closed.
///
/// # Errors
/// When the database refuses.
pub async fn settle(tx: &Tx, changes: &mut Changes, newer: &counts::Count, now: i64) -> Result<()> {
    let warehouse = changes.warehouse();
    let note = format!("count:{}", newer.id);
    let by = By { name: "core", operator: "", note: &note };
    for count in counts::unsettled(tx, warehouse, newer).await? {
        if let Some(approval) = approval_over(tx, warehouse, &count.exception).await?
            && let Ok(state) = approval.state.after(ApprovalEvent::Overtaken)
        {
            set(tx, warehouse, &approval, state, "", by, now).await?;
            variance(tx, changes, &approval, ApprovalEvent::Overtaken, now).await?;
            // What the newer one did not look at is open again.
            let lines = counts::lines(tx, warehouse, &count.id).await?;
            let others = lines.iter().any(|line| line.variance() != 0 && line.key.item != newer.item);
            if !newer.item.is_none() && others {
                counts::ask(tx, changes, &counts::Wanted::new(&count.location, &count.item, "recount"), now).await?;
            }
        }
        if let Some(exception) = get(tx, warehouse, &count.exception).await?
            && exception.state == ExceptionState::Open
        {
            act(tx, changes, &exception, ExceptionEvent::Overtaken, "", by, now).await?;
        }
    }
    Ok(())
}
