//! Facts of a device that wait, where they may move what it counts. The book lacks them, so a count is judged
//! after them: its variance would be theirs, and be posted twice.

use super::effect::Act;
use super::pick::{decoded, target};
use crate::counts::Count;
use crate::error::Result;
use crate::vals;
use floorhand_domain::fact::Fact;
use floorhand_domain::stock::Move;
use serde_json::Value;
use std::collections::BTreeSet;

/// Facts of one device that are looked at; behind more than these every count waits.
const WAITING_MAX: usize = 1_000;
/// Things that one fact names and that are looked up; one that names more may move anything.
const NAMES_MAX: usize = 200;

/// The first fact of this device before this one that waits and may move goods where the count was, as
/// `epoch/seq`.
pub(super) async fn first(act: &Act<'_>, count: &Count) -> Result<Option<String>> {
    let limit = i64::try_from(WAITING_MAX).unwrap_or(i64::MAX);
    let rows = act
        .tx
        .rows(
            "SELECT p.epoch, p.seq, f.agg, f.bytes FROM parked p JOIN fact_log f ON f.warehouse_id = p.warehouse_id \
             AND f.device = p.device AND f.epoch = p.epoch AND f.seq = p.seq \
             WHERE p.warehouse_id = $1 AND p.device = $2 AND (p.epoch < $3 OR (p.epoch = $3 AND p.seq < $4)) \
             ORDER BY p.epoch, p.seq LIMIT $5",
            vals![act.warehouse(), act.device, act.epoch.cast_signed(), act.seq.cast_signed(), limit],
        )
        .await?;
    for (n, row) in rows.iter().enumerate() {
        let (agg, bytes) = (row.str("agg")?, row.blob("bytes")?);
        if n + 1 == WAITING_MAX || may_move(act, count, agg, bytes).await? {
            return Ok(Some(format!("{}/{}", row.u64("epoch")?, row.u64("seq")?)));
        }
    }
    Ok(None)
}

/// What a fact takes back moves the other way; its own scan that is taken back changes the count.
async fn may_move(act: &Act<'_>, count: &Count, agg: &str, bytes: &[u8]) -> Result<bool> {
    let fact = decoded(bytes);
    let Some(Fact::Undone { epoch, seq }) = fact else { return touches(act, count, agg, fact.as_ref(), bytes).await };
    let Some(row) = target(act, epoch, seq).await? else { return Ok(false) };
    let bytes = row.blob("bytes")?;
    match decoded(bytes) {
        Some(Fact::Counted { count: of, .. }) => Ok(of == count.id),
        fact => touches(act, count, "", fact.as_ref(), bytes).await,
    }
}

/// Whether a fact may move goods that were counted, there. One of a type that is not known yet is judged by what it
/// names: the place, a handling unit that stands there, a line or task that is about it.
async fn touches(act: &Act<'_>, count: &Count, agg: &str, fact: Option<&Fact>, bytes: &[u8]) -> Result<bool> {
    if fact.is_some_and(stays) {
        return Ok(false);
    }
    let moves = fact.map(Fact::moves).unwrap_or_default();
    let here = |what: &Move| {
        (what.from.location == count.location || what.to.location == count.location)
            && (count.item.is_none() || count.item == what.item)
    };
    if moves.iter().any(here) {
        return Ok(true);
    }
    let mut names = BTreeSet::new();
    let body = serde_json::from_slice::<Value>(bytes).ok().and_then(|mut fact| fact.get_mut("body").map(Value::take));
    collect(&body.unwrap_or_default(), &mut names);
    if fact.is_none()
        && let Some((_, id)) = agg.split_once(':')
    {
        names.insert(id.to_owned());
    }
    if names.len() > NAMES_MAX || (moves.is_empty() && names.contains(count.location.as_str())) {
        return Ok(true);
    }
    for name in &names {
        if stands(act, name, count).await? || (fact.is_none() && asks(act, name, count).await?) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether this is a handling unit that stands at the place.
async fn stands(act: &Act<'_>, name: &str, count: &Count) -> Result<bool> {
    let row = act
        .tx
        .row(
            "SELECT id FROM handling_unit WHERE warehouse_id = $1 AND id = $2 AND location = $3",
            vals![act.warehouse(), name, &count.location],
        )
        .await?;
    Ok(row.is_some())
}

/// Whether this is a line about the place, or a task with one, other than the count itself.
async fn asks(act: &Act<'_>, name: &str, count: &Count) -> Result<bool> {
    let values = vals![act.warehouse(), name, &count.location, &count.task];
    for sql in [
        "SELECT id FROM task_line WHERE warehouse_id = $1 AND id = $2 AND location = $3 AND task <> $4",
        "SELECT id FROM task_line WHERE warehouse_id = $1 AND task = $2 AND location = $3 AND task <> $4 LIMIT 1",
    ] {
        if act.tx.row(sql, values).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Facts that move no units from or to a place, whatever they name. What somebody received under a code without
/// a name cannot be counted either, until it has one.
fn stays(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::SignedIn { .. }
            | Fact::SignInFailed { .. }
            | Fact::LockedOut { .. }
            | Fact::SignedOut { .. }
            | Fact::ScanRefused { .. }
            | Fact::BarcodeReported { .. }
            | Fact::NoteAdded { .. }
            | Fact::TaskClaimed { .. }
            | Fact::TaskReleased { .. }
            | Fact::TaskTakenOver { .. }
            | Fact::TaskOpened { .. }
            | Fact::ToteAssigned { .. }
            | Fact::ToteClosed { .. }
            | Fact::PickedShort { .. }
            | Fact::ZeroChecked { .. }
            | Fact::CountAsked { .. }
            | Fact::CountStarted { .. }
            | Fact::Counted { .. }
            | Fact::Approved { .. }
            | Fact::PhotoTaken { .. }
            | Fact::LabelPrinted { .. }
            | Fact::DeliveryOpened { .. }
            | Fact::UnknownReceived { .. }
            | Fact::ReceiptClosed { .. }
            | Fact::ReturnOpened { .. }
            | Fact::DispositionOverridden { .. }
            | Fact::ExceptionAnswered { .. }
    )
}

/// Every text in a value.
fn collect(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if !text.is_empty() && names.len() <= NAMES_MAX => {
            names.insert(text.clone());
        }
        Value::Array(all) => all.iter().for_each(|one| collect(one, names)),
        Value::Object(all) => all.values().for_each(|one| collect(one, names)),
        _ => {}
    }
}
