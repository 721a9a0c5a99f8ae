//! Counts coming in: begun, scanned, submitted, scans taken back.

use super::awaited;
use super::effect::{Act, Effect, Stop, finish_task};
use super::pick::{self, UNITS_MAX};
use crate::attention::{self, state::ApprovalState};
use crate::counts::{self, Count, Verdict, Wanted, book, judge, post, state};
use crate::entity;
use crate::error::{Error, Result};
use crate::vals;
use floorhand_domain::fact::Fact;
use floorhand_domain::id::{CountId, ItemId, LineId, OperatorId};
use floorhand_domain::master::{RecountBy, Settings};
use floorhand_domain::reason::Reason;
use floorhand_domain::task::LineState;
use std::collections::{BTreeMap, BTreeSet};

/// Recounts by the same people, one after the other, that are looked through for who else may not count.
const TURNED_AWAY_MAX: usize = 20;

/// `CountStarted`: from here on the book of the place is that of the device's cursor.
pub(super) async fn started(act: &mut Act<'_>, fact: &Fact) -> Effect {
    let Fact::CountStarted { count, task, line, location, item } = fact else {
        return Err(Error::Stored("not the start of a count".to_owned()));
    };
    let warehouse = act.warehouse();
    if count.is_none() {
        return Ok(Err(Stop::Reject(Reason::BadFact, "no count is named".to_owned())));
    }
    if entity::location(act.tx, warehouse, location).await?.is_none() {
        return Ok(Err(Stop::Reject(Reason::UnknownReference, format!("location {location} is not known"))));
    }
    if !item.is_none() && entity::item(act.tx, item).await?.is_none() {
        return Ok(Err(Stop::Reject(Reason::UnknownReference, format!("item {item} is not known"))));
    }
    if let Some(known) = counts::get(act.tx, warehouse, count).await? {
        if known.device != act.device {
            act.flag(Reason::UnknownReference, format!("count:{count}"), "another device has a count of this name");
        }
        return Ok(Ok(()));
    }
    act.task(task).await?;
    let planned = entity::line(act.tx, warehouse, line).await?.filter(|planned| planned.task == *task);
    // A cursor that this core never gave out (it was restored from a backup) is no cursor.
    let head = act
        .tx
        .row(
            "SELECT pos FROM stream_head WHERE warehouse_id = $1 AND stream = $2",
            vals![warehouse, floorhand_wire::warehouse_stream(warehouse)],
        )
        .await?
        .map_or(Ok(0), |row| row.i64("pos"))?;
    let begun = Count {
        id: count.clone(),
        task: task.clone(),
        line: planned.as_ref().map(|line| line.id.clone()).unwrap_or_default(),
        location: location.clone(),
        item: item.clone(),
        operator: act.operator.into(),
        device: act.device.to_owned(),
        started: (act.epoch, act.seq),
        base_pos: act.base.filter(|base| *base <= head).unwrap_or(-1),
        round: planned.map_or(0, |line| line.plan.round),
        state: state::State::Started,
        started_ms: act.now,
        submitted_ms: 0,
        submitted: (0, 0),
        recount_line: LineId::default(),
        exception: String::new(),
    };
    counts::put(act.tx, warehouse, &begun).await?;
    Ok(Ok(()))
}

/// `Counted`.
pub(super) async fn counted(act: &mut Act<'_>, fact: &Fact) -> Effect {
    let Fact::Counted { count, location, item, lot, serial, handling_unit, qty, .. } = fact else {
        return Err(Error::Stored("not a scan of a count".to_owned()));
    };
    let warehouse = act.warehouse();
    if *qty < 0 || *qty > UNITS_MAX || (!serial.is_none() && *qty > 1) {
        return Ok(Err(Stop::Reject(Reason::BadFact, "the quantity does not read".to_owned())));
    }
    if let Err(stop) = pick::known(act, item, location).await? {
        return Ok(Err(stop));
    }
    let subject = format!("count:{count}");
    let Some(known) = counts::get(act.tx, warehouse, count).await? else {
        act.flag(Reason::UnknownReference, subject, "the count was never begun");
        return Ok(Ok(()));
    };
    if known.state != state::State::Started || known.device != act.device {
        act.flag(Reason::NotNow, subject, "the count is submitted, or another device's");
        return Ok(Ok(()));
    }
    if known.location != *location || !(known.item.is_none() || known.item == *item) {
        act.flag(Reason::WrongLocation, subject, format!("{item} at {location} is not what is counted"));
        return Ok(Ok(()));
    }
    act.tx
        .execute(
            "INSERT INTO count_scan (warehouse_id, device, epoch, seq, count_id, item, lot, serial, handling_unit, qty, \
             undone) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)",
            vals![
                warehouse,
                act.device,
                act.epoch.cast_signed(),
                act.seq.cast_signed(),
                count,
                item,
                lot,
                serial,
                handling_unit,
                *qty
            ],
        )
        .await?;
    Ok(Ok(()))
}

/// `Undone` of a `Counted`: honoured until the count is submitted.
pub(super) async fn undone(act: &mut Act<'_>, (epoch, seq): (u64, u64), count: &CountId) -> Effect {
    let warehouse = act.warehouse();
    let known = counts::get(act.tx, warehouse, count).await?;
    let values = vals![warehouse, act.device, epoch.cast_signed(), seq.cast_signed()];
    let open = known.is_some_and(|known| known.state == state::State::Started);
    let taken = if open {
        act.tx
            .execute(
                "UPDATE count_scan SET undone = 1 WHERE warehouse_id = $1 AND device = $2 AND epoch = $3 AND seq = $4 \
                 AND undone = 0",
                values,
            )
            .await?
    } else {
        0
    };
    if taken == 0 {
        act.flag(Reason::NotNow, format!("fact:{epoch}/{seq}"), "the count is submitted, or the scan was taken back");
        return Ok(Ok(()));
    }
    act.tx
        .execute(
            "UPDATE fact_log SET undone = 1 WHERE warehouse_id = $1 AND device = $2 AND epoch = $3 AND seq = $4",
            values,
        )
        .await?;
    Ok(Ok(()))
}

/// `CountSubmitted`.
pub(super) async fn submitted(act: &mut Act<'_>, id: &CountId) -> Effect {
    let warehouse = act.warehouse();
    let Some(mut count) = counts::get(act.tx, warehouse, id).await? else {
        act.flag(Reason::UnknownReference, format!("count:{id}"), "the count was never begun");
        return Ok(Ok(()));
    };
    if count.device != act.device {
        act.flag(Reason::UnknownReference, format!("count:{id}"), "another device has a count of this name");
        return Ok(Ok(()));
    }
    if count.state != state::State::Started {
        return Ok(Ok(()));
    }
    if let Some(fact) = awaited::first(act, &count).await? {
        return Ok(Err(Stop::Park(Reason::Behind, format!("fact {fact} may move what was counted"))));
    }
    let settings = entity::settings(act.tx, warehouse).await?;
    let before = counts::before(act.tx, warehouse, &count).await?;
    if let Some(before) = before.as_ref().filter(|before| before.line == count.line) {
        // A second count of a line is a recount.
        count.round = before.round.saturating_add(1);
    }
    let scanned = counts::scanned(act.tx, warehouse, id).await?;
    let book = book::at(act.tx, act.changes, &count).await?;
    let lines = judge::compare(&book.at, &scanned);
    let values = values(act, &lines).await?;
    let round = round(act, &settings, &count, before.as_ref(), &scanned).await?;
    let verdict = counts::judge(&lines, &book.touched, &values, &settings.limits, round);
    count.state = count.state.after(match verdict {
        Verdict::Equal => state::Event::Equal,
        Verdict::Post => state::Event::Within,
        Verdict::Contested => state::Event::Touched,
        Verdict::Recount => state::Event::Beyond,
        Verdict::Ask => state::Event::Repeated,
    })?;
    count.submitted = (act.epoch, act.seq);
    count.submitted_ms = act.now;
    counts::put_lines(act.tx, warehouse, id, &lines).await?;
    close_line(act, &count).await?;
    match verdict {
        Verdict::Equal => {}
        Verdict::Post => post_variance(act, &count, &lines).await?,
        Verdict::Contested => {
            again(act, &mut count, false).await?;
            let detail = "somebody else moved the stock while it was counted";
            count.exception = act.flag(Reason::Contested, place(&count), detail);
        }
        Verdict::Recount => {
            let same = round.same_person;
            again(act, &mut count, !same).await?;
            if same {
                act.flag(Reason::CountSame, place(&count), "somebody else must count again");
            }
        }
        Verdict::Ask => {
            let value = judge::value(&lines, &values);
            let units: i64 = lines.iter().map(|line| line.variance().abs()).sum();
            let detail = format!("{units} units differ, worth {value} in minor units");
            count.exception = act.flag(Reason::Variance, place(&count), detail);
            let wanted = attention::Approval {
                id: super::exception::new_id(),
                kind: Reason::Variance.code().to_owned(),
                exception: count.exception.clone(),
                subject: id.0.clone(),
                operator: act.operator.to_owned(),
                amount_minor: value,
                state: ApprovalState::Wanted,
            };
            attention::want(act.tx, warehouse, &wanted, act.now).await?;
        }
    }
    counts::put(act.tx, warehouse, &count).await?;
    if matches!(verdict, Verdict::Equal | Verdict::Post | Verdict::Ask) {
        attention::settle(act.tx, act.changes, &count, act.now).await?;
        if let Some(before) = &before {
            withdraw(act, &count, &before.recount_line).await?;
        }
    }
    finish_task(act, &count.task).await?;
    Ok(Ok(()))
}

fn place(count: &Count) -> String {
    format!("{}|{}", count.location, count.item)
}

/// The round of a count, seen from the counts before it.
async fn round(
    act: &Act<'_>,
    settings: &Settings,
    count: &Count,
    before: Option<&Count>,
    scanned: &BTreeMap<counts::Key, i64>,
) -> Result<judge::Round> {
    let mut round = judge::Round { number: count.round, recounts: settings.recounts, ..judge::Round::default() };
    let Some(before) = before.filter(|before| before.state != state::State::Contested) else { return Ok(round) };
    let mut found = counts::scanned(act.tx, act.warehouse(), &before.id).await?;
    found.retain(|_, qty| *qty != 0);
    let mut now = scanned.clone();
    now.retain(|_, qty| *qty != 0);
    round.same_as_before = found == now;
    if settings.recount_by == RecountBy::Other {
        let mut own = counts::people(act.tx, act.warehouse(), count).await?;
        own.insert(act.operator.into());
        round.same_person = !own.is_disjoint(&barred(act, count, before).await?);
    }
    Ok(round)
}

/// Everybody who took part in the count that is to be repeated; and, where that was turned away since the same
/// people had counted again, in those before it.
async fn barred(act: &Act<'_>, count: &Count, before: &Count) -> Result<BTreeSet<OperatorId>> {
    let mut people = counts::people(act.tx, act.warehouse(), before).await?;
    let mut at = before.clone();
    for _ in 0..TURNED_AWAY_MAX {
        if at.round < count.round {
            break;
        }
        match counts::before(act.tx, act.warehouse(), &at).await? {
            Some(earlier) if earlier.state != state::State::Contested => at = earlier,
            _ => break,
        }
        people.extend(counts::people(act.tx, act.warehouse(), &at).await?);
    }
    Ok(people)
}

async fn values(act: &Act<'_>, lines: &[counts::Compared]) -> Result<BTreeMap<ItemId, i64>> {
    let mut values = BTreeMap::new();
    for line in lines.iter().filter(|line| line.variance() != 0) {
        if !values.contains_key(&line.key.item) {
            let value = entity::item(act.tx, &line.key.item).await?.map_or(0, |item| item.value_minor);
            values.insert(line.key.item.clone(), value);
        }
    }
    Ok(values)
}

/// The count of its line is done, whatever comes of it.
async fn close_line(act: &mut Act<'_>, count: &Count) -> Result<()> {
    if count.line.is_none() {
        return Ok(());
    }
    let warehouse = act.warehouse();
    let Some(mut line) = entity::line(act.tx, warehouse, &count.line).await? else { return Ok(()) };
    if line.state == LineState::Open {
        line.picked = line.qty;
        line.state = LineState::Done;
        let task = entity::task(act.tx, warehouse, &line.task).await?;
        pick::write(act, task.as_ref(), &line).await?;
    }
    Ok(())
}

/// The recount that an earlier count asked for is of no more use: this one has decided.
async fn withdraw(act: &mut Act<'_>, count: &Count, id: &LineId) -> Result<()> {
    if id.is_none() || *id == count.line {
        return Ok(());
    }
    let warehouse = act.warehouse();
    let Some(mut line) = entity::line(act.tx, warehouse, id).await? else { return Ok(()) };
    if line.state == LineState::Open {
        line.state = LineState::Cancelled;
        let task = entity::task(act.tx, warehouse, &line.task).await?;
        pick::write(act, task.as_ref(), &line).await?;
        finish_task(act, &line.task).await?;
    }
    Ok(())
}

async fn post_variance(act: &mut Act<'_>, count: &Count, lines: &[counts::Compared]) -> Result<()> {
    let moves = post::moves(act.tx, act.warehouse(), &count.location, lines).await?;
    pick::post(act, &moves, post::REASON).await?;
    let mut items: Vec<&ItemId> = moves.iter().map(|what| &what.item).collect();
    items.dedup();
    for item in items {
        pick::check_promises(act, item, &count.location).await?;
    }
    Ok(())
}

/// Asks for the place to be counted again. What was contested does not use up a round.
async fn again(act: &mut Act<'_>, count: &mut Count, counts_as_round: bool) -> Result<()> {
    let wanted = Wanted {
        location: count.location.clone(),
        item: count.item.clone(),
        trigger: "recount".to_owned(),
        round: if counts_as_round { count.round.saturating_add(1) } else { count.round },
        counted_by: act.operator.into(),
    };
    count.recount_line = counts::ask(act.tx, act.changes, &wanted, act.now).await?.unwrap_or_default();
    Ok(())
}
