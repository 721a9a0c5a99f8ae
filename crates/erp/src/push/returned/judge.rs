//! How an inspection stands to what was shipped and to the policy. What is not as it should be is flagged, and set
//! aside: quarantined, with the money held.

use crate::claim;
use crate::db::Row;
use crate::entity;
use crate::error::Result;
use crate::push::approved;
use crate::push::effect::Act;
use crate::returns::rmas::Held;
use crate::returns::{policy, shipped};
use crate::vals;
use floorhand_domain::id::{
    HandlingUnitId, InspectionId, ItemId, LocationId, Lot, OperatorId, OrderId, OrderLineId, PhotoId, RmaId, Serial,
};
use floorhand_domain::master::{Item, Role};
use floorhand_domain::reason::Reason;
use floorhand_domain::returns::{
    Case, ChecklistAnswer, Disposition, Grade, ReturnPolicy, ReturnReason, RmaState, ShippedLine, best_grade,
    may_override, open_of,
};

/// Rules that a supervisor may set aside for what came back.
const DECISIONS: [Reason; 3] = [Reason::WrongLot, Reason::SerialSeen, Reason::WeightDiff];

/// What an inspection says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Came<'a> {
    pub(super) inspection: &'a InspectionId,
    pub(super) rma: &'a RmaId,
    pub(super) order: &'a OrderId,
    pub(super) line: &'a OrderLineId,
    pub(super) item: &'a ItemId,
    pub(super) lot: &'a Lot,
    pub(super) serial: &'a Serial,
    pub(super) qty: i64,
    pub(super) grade: Grade,
    pub(super) reason: ReturnReason,
    pub(super) answers: &'a [ChecklistAnswer],
    pub(super) disposition: Disposition,
    pub(super) grams: i64,
    pub(super) photos: &'a [PhotoId],
    pub(super) location: &'a LocationId,
    pub(super) unit: &'a HandlingUnitId,
    pub(super) because: &'a [Reason],
}

impl Came<'_> {
    /// The thing, in exceptions.
    pub(super) fn subject(&self) -> String {
        format!("return:{}", self.inspection)
    }
}

/// What was found about it.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    /// Units beyond what was shipped: they do not count.
    pub(super) excess: i64,
    /// Why the units are quarantined, whatever the fact says.
    pub(super) aside: Option<Reason>,
    /// Why the money is held.
    pub(super) hold: Option<Reason>,
    /// Rules that supervisors set aside.
    pub(super) approved: Vec<Reason>,
}

impl Found {
    fn set_aside(&mut self, reason: Reason) {
        self.aside.get_or_insert(reason);
        self.hold.get_or_insert(reason);
    }
}

/// Judges what came back against what was announced and shipped.
pub(super) async fn judge(
    act: &mut Act<'_>,
    came: &Came<'_>,
    rows: &[ShippedLine],
    rma: Option<&Held>,
) -> Result<Found> {
    let mut found = Found::default();
    for decision in DECISIONS {
        if came.because.contains(&decision)
            && approved::holds(act, &came.subject(), &[decision], came.item, came.qty).await?
        {
            found.approved.push(decision);
        }
    }
    matched(act, came, rows, rma, &mut found);
    for decision in DECISIONS {
        if came.because.contains(&decision) && !found.approved.contains(&decision) {
            act.flag(decision, came.subject(), "no approval of a supervisor holds");
            found.set_aside(decision);
        }
    }
    Ok(found)
}

/// The order line that it is for: never more than was shipped, and nothing else.
fn matched(act: &mut Act<'_>, came: &Came<'_>, rows: &[ShippedLine], rma: Option<&Held>, found: &mut Found) {
    let Came { order, line, item, lot, serial, qty, .. } = *came;
    if line.is_none() {
        act.flag(Reason::Unplanned, came.subject(), format!("{qty} of {item} are of no order that is known"));
        found.set_aside(Reason::Unplanned);
        return;
    }
    if let Some(rma) = rma.map(|held| &held.rma) {
        if rma.state == RmaState::Cancelled {
            act.flag(Reason::Unplanned, format!("rma:{}", rma.id), "the return was cancelled");
            found.set_aside(Reason::Unplanned);
        } else if !rma.order.is_none() && rma.order != *order {
            act.flag(
                Reason::Unplanned,
                format!("rma:{}", rma.id),
                format!("it announces goods of order {}", rma.order),
            );
            found.set_aside(Reason::Unplanned);
        }
    }
    let own: Vec<&ShippedLine> = rows.iter().filter(|row| row.line == *line && row.item == *item).collect();
    let subject = format!("order-line:{line}");
    if own.is_empty() {
        act.flag(Reason::RetNotShipped, subject, format!("{item} was not shipped with it"));
        found.excess = qty;
        found.set_aside(Reason::RetNotShipped);
        return;
    }
    let unit = own.iter().find(|row| !serial.is_none() && row.serial == *serial);
    let open = open_of(rows, line);
    let strange = unit.is_none() && !serial.is_none() && own.iter().all(|row| !row.serial.is_none());
    let twice = unit.is_some_and(|row| row.open_qty() == 0);
    if strange {
        act.flag(Reason::WrongSerial, subject, format!("unit {serial} was not shipped with it"));
        found.excess = qty;
        found.set_aside(Reason::WrongSerial);
    } else if twice && !found.approved.contains(&Reason::SerialSeen) {
        act.flag(Reason::OverReturn, subject, format!("unit {serial} came back before"));
        found.excess = qty;
        found.set_aside(Reason::OverReturn);
    } else if qty > open {
        act.flag(Reason::OverReturn, subject, format!("{qty} came, {open} of those shipped could come back"));
        found.excess = qty - open;
        found.set_aside(Reason::OverReturn);
    } else if twice {
        act.flag(Reason::SerialSeen, subject, format!("unit {serial} came back before; a supervisor allowed it"));
        found.hold.get_or_insert(Reason::SerialSeen);
    } else {
        of_lot(act, lot, qty, &own, unit.copied(), found);
    }
}

/// The lot is one that was shipped, as far as it can still come back.
fn of_lot(act: &mut Act<'_>, lot: &Lot, qty: i64, own: &[&ShippedLine], unit: Option<&ShippedLine>, found: &mut Found) {
    let is_lot = |row: &ShippedLine| row.lot == *lot || row.lot.is_none();
    let fits = match unit {
        Some(row) => is_lot(row),
        None => qty <= own.iter().filter(|row| is_lot(row)).map(|row| row.open_qty()).fold(0, i64::saturating_add),
    };
    if lot.is_none() || fits {
        return;
    }
    let line = own.first().map(|row| row.line.0.clone()).unwrap_or_default();
    act.flag(Reason::WrongLot, format!("order-line:{line}"), format!("lot {lot} was not shipped, or not so many"));
    if !found.approved.contains(&Reason::WrongLot) {
        found.set_aside(Reason::WrongLot);
    }
}

/// Whether the policy, or somebody with the role, gives the units that disposition; else they are set aside. A
/// device that was offline judged by the policy that it had.
pub(super) async fn disposed(
    act: &mut Act<'_>,
    came: &Came<'_>,
    rows: &[ShippedLine],
    rma: Option<&Held>,
    kept: &Item,
    found: &mut Found,
) -> Result<()> {
    let policies = policy::recent(act.tx, act.warehouse(), act.now).await?;
    photographed(act, came, &policies).await?;
    weighed(act, came, rows, kept, &policies, found).await?;
    by_role(act, came, found).await?;
    // What nobody may choose stays in quarantine as the fact says.
    if found.aside.is_some() {
        return Ok(());
    }
    let cases = cases(came, rows, rma, kept);
    let graded = |policy: &&ReturnPolicy| {
        let questions = policy.checklist(kept.class).map(|list| list.questions.as_slice()).unwrap_or_default();
        best_grade(questions, came.answers) <= came.grade
    };
    let proposed = |policy: &ReturnPolicy| cases.iter().any(|case| policy.propose(case) == came.disposition);
    if policies.iter().filter(graded).any(proposed) {
        return Ok(());
    }
    if !policies.iter().any(|policy| graded(&policy)) {
        act.flag(Reason::NotAllowed, came.subject(), format!("the answers leave no grade {}", came.grade.as_str()));
        found.set_aside(Reason::NotAllowed);
        return Ok(());
    }
    if !overruled(act, came, &cases).await? {
        let detail = format!("nobody with the role chose {} for {}", came.disposition.as_str(), came.item);
        act.flag(Reason::NotAllowed, came.subject(), detail);
        found.set_aside(Reason::NotAllowed);
    }
    Ok(())
}

/// The units as the policy asks about them: by each row that they may have been shipped with.
fn cases<'a>(came: &Came<'_>, rows: &'a [ShippedLine], rma: Option<&'a Held>, kept: &Item) -> Vec<Case<'a>> {
    let channel = rma.map(|held| held.rma.channel.as_str()).filter(|channel| !channel.is_empty());
    let mut cases: Vec<Case<'a>> = Vec::new();
    for row in rows.iter().filter(|row| row.item == *came.item) {
        let case = Case {
            class: kept.class,
            hygiene: kept.hygiene,
            grade: came.grade,
            reason: came.reason,
            channel: channel.unwrap_or(row.channel.as_str()),
            value_minor: if row.value_minor > 0 { row.value_minor } else { kept.value_minor },
        };
        if !cases.contains(&case) {
            cases.push(case);
        }
    }
    cases
}

/// The least that a unit of an item may be worth in a return.
pub(super) async fn least_value(act: &Act<'_>, inspection: &InspectionId, item: &ItemId) -> Result<i64> {
    let row = act
        .tx
        .row("SELECT order_id FROM inspection WHERE warehouse_id = $1 AND id = $2", vals![act.warehouse(), inspection])
        .await?;
    let order: OrderId = row.map_or(Ok(String::new()), |row| row.text("order_id"))?.into();
    let rows = if order.is_none() { Vec::new() } else { shipped::of_order(act.tx, act.warehouse(), &order).await? };
    let shipped = rows.iter().filter(|row| row.item == *item && row.value_minor > 0).map(|row| row.value_minor).min();
    match shipped {
        Some(value) => Ok(value),
        None => Ok(entity::item(act.tx, item).await?.map_or(0, |item| item.value_minor)),
    }
}

/// Uses up what somebody with the role decided about such units, before this fact.
async fn overruled(act: &mut Act<'_>, came: &Came<'_>, cases: &[Case<'_>]) -> Result<bool> {
    let warehouse = act.warehouse();
    let limits = entity::settings(act.tx, warehouse).await?.limits;
    let rows: Vec<Row> = act
        .tx
        .lock(
            "SELECT epoch, seq, by_operator FROM overridden WHERE warehouse_id = $1 AND device = $2 AND inspection = $3 \
             AND item = $4 AND qty >= $5 AND chosen = $6 AND (epoch < $7 OR (epoch = $7 AND seq < $8)) AND used_seq = 0 \
             ORDER BY epoch DESC, seq DESC",
            vals![
                warehouse,
                act.device,
                came.inspection,
                came.item,
                came.qty,
                came.disposition.as_str(),
                act.epoch.cast_signed(),
                act.seq.cast_signed()
            ],
        )
        .await?;
    for row in &rows {
        let by: OperatorId = row.text("by_operator")?.into();
        let roles = approved::roles(act, &by).await?;
        let may = |case: &Case<'_>| {
            may_override(case, came.disposition, case.value_minor.saturating_mul(came.qty), &roles, &limits)
        };
        if !cases.iter().any(may) {
            continue;
        }
        act.tx
            .execute(
                "UPDATE overridden SET used_epoch = $5, used_seq = $6 \
                 WHERE warehouse_id = $1 AND device = $2 AND epoch = $3 AND seq = $4",
                vals![
                    warehouse,
                    act.device,
                    row.i64("epoch")?,
                    row.i64("seq")?,
                    act.epoch.cast_signed(),
                    act.seq.cast_signed()
                ],
            )
            .await?;
        return Ok(true);
    }
    Ok(false)
}

/// A photograph that the policy asks for and the fact lacks is an exception, and no more than that.
async fn photographed(act: &mut Act<'_>, came: &Came<'_>, policies: &[ReturnPolicy]) -> Result<()> {
    if came.photos.is_empty() && policies.iter().all(|policy| policy.asks_photo(came.grade)) {
        act.flag(Reason::PhotoMissing, came.subject(), format!("grade {} without a photograph", came.grade.as_str()));
        return Ok(());
    }
    for photo in came.photos {
        let known = act
            .tx
            .row("SELECT id FROM photo WHERE warehouse_id = $1 AND id = $2", vals![act.warehouse(), photo])
            .await?;
        if known.is_none() {
            act.flag(Reason::PhotoMissing, format!("photo:{photo}"), "no such photograph was taken");
        }
    }
    Ok(())
}

/// The weight is a second witness: one that differs from what left takes a missing part, or a supervisor.
async fn weighed(
    act: &mut Act<'_>,
    came: &Came<'_>,
    rows: &[ShippedLine],
    kept: &Item,
    policies: &[ReturnPolicy],
    found: &mut Found,
) -> Result<()> {
    let own = rows.iter().filter(|row| row.line == *came.line && row.item == *came.item);
    let mut known: Vec<i64> = own.map(|row| row.unit_grams).filter(|one| *one > 0).collect();
    if known.is_empty() {
        known.extend([kept.weight_grams].into_iter().filter(|one| *one > 0));
    }
    let Some(first) = known.first() else { return Ok(()) };
    let settings = entity::settings(act.tx, act.warehouse()).await?;
    let close = |unit: &i64| {
        let expected = unit.saturating_mul(came.qty);
        let percent = expected.saturating_mul(i64::from(settings.weight_tol_percent)) / 100;
        came.grams.saturating_sub(expected).saturating_abs() <= percent.max(settings.weight_tol_min_grams)
    };
    if came.grams == 0 || known.iter().any(close) || found.approved.contains(&Reason::WeightDiff) {
        return Ok(());
    }
    let is_part = |code: &str| {
        let lists = policies.iter().filter_map(|policy| policy.checklist(kept.class));
        lists.flat_map(|list| &list.questions).any(|question| question.parts && question.code == code)
    };
    if came.answers.iter().any(|answer| !answer.yes && is_part(&answer.question)) {
        return Ok(());
    }
    // Said so, and flagged already: nobody allowed it.
    if !came.because.contains(&Reason::WeightDiff) {
        let detail = format!("{} g, {} g were expected", came.grams, first.saturating_mul(came.qty));
        act.flag(Reason::WeightDiff, came.subject(), detail);
    }
    found.set_aside(Reason::WeightDiff);
    Ok(())
}

/// Whoever has not the role is believed about where the goods are, and about nothing else. That an access has ended
/// is another matter, and flagged apart.
async fn by_role(act: &mut Act<'_>, came: &Came<'_>, found: &mut Found) -> Result<()> {
    if claim::roles(act.tx, act.warehouse(), act.operator).await?.contains(&Role::Returns) {
        return Ok(());
    }
    act.flag(Reason::NotAllowed, came.subject(), format!("{} has not the role to inspect returns", act.operator));
    found.set_aside(Reason::NotAllowed);
    Ok(())
}
