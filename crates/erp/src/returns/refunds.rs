//! Money for what came back: one decision for each inspected fact that names an order line.

use super::state::RefundState;
use crate::clock;
use crate::db::{Row, Tx, Val};
use crate::entity;
use crate::error::Result;
use crate::feed::Changes;
use crate::vals;
use floorhand_domain::id::{InspectionId, ItemId, OperatorId, OrderId, OrderLineId, RmaId};
use floorhand_wire::device_stream;
use floorhand_wire::feed::{RefundRow, kind};

/// A row of table `refund`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Refund {
    /// Its identifier.
    pub id: String,
    /// Device, epoch and number of the inspected fact.
    pub fact: (String, u64, u64),
    /// The return.
    pub inspection: InspectionId,
    /// The RMA. Empty = nobody announced it.
    pub rma: RmaId,
    /// The order.
    pub order: OrderId,
    /// The line of the order.
    pub line: OrderLineId,
    /// The item.
    pub item: ItemId,
    /// Units that count.
    pub qty: i64,
    /// In minor units of the site's currency.
    pub amount_minor: i64,
    /// Where it stands.
    pub state: RefundState,
    /// Why it is held or was refused: a reason code. Empty = nothing to say.
    pub reason: String,
    /// Who inspected.
    pub operator: OperatorId,
    /// When the inspection was judged, in milliseconds since 1970.
    pub at_ms: i64,
    /// When somebody decided; 0 = nobody had to, or has.
    pub decided_ms: i64,
    /// Who decided. Empty = the core.
    pub decided_by: String,
    /// As what.
    pub role: String,
    /// Why, in their words.
    pub note: String,
}

/// The identifier of the refund of an inspected fact.
#[must_use]
pub fn id_of(device: &str, epoch: u64, seq: u64) -> String {
    format!("RF-{device}-{epoch}-{seq}")
}

impl Refund {
    /// A refund from its row.
    ///
    /// # Errors
    /// When a column does not read.
    pub fn of(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.text("id")?,
            fact: (row.text("device")?, row.u64("epoch")?, row.u64("seq")?),
            inspection: row.text("inspection")?.into(),
            rma: row.text("rma")?.into(),
            order: row.text("order_id")?.into(),
            line: row.text("order_line")?.into(),
            item: row.text("item")?.into(),
            qty: row.i64("qty")?,
            amount_minor: row.i64("amount_minor")?,
            state: entity::parse(row.str("state")?)?,
            reason: row.text("reason")?,
            operator: row.text("operator")?.into(),
            at_ms: row.i64("at_ms")?,
            decided_ms: row.i64("decided_ms")?,
            decided_by: row.text("decided_by")?,
            role: row.text("role")?,
            note: row.text("note")?,
        })
    }
}

/// One refund, locked.
///
/// # Errors
/// When the database refuses.
pub async fn get(tx: &Tx, warehouse: i64, id: &str) -> Result<Option<Refund>> {
    tx.lock("SELECT * FROM refund WHERE warehouse_id = $1 AND id = $2", vals![warehouse, id])
        .await?
        .first()
        .map(Refund::of)
        .transpose()
}

/// Writes a refund. The device that inspected learns it.
///
/// # Errors
/// When the database refuses.
pub async fn put(tx: &Tx, changes: &mut Changes, refund: &Refund) -> Result<()> {
    let (device, epoch, seq) = &refund.fact;
    tx.execute(
        "INSERT INTO refund (warehouse_id, id, device, epoch, seq, inspection, rma, order_id, order_line, item, qty, \
         amount_minor, state, reason, operator, at_ms, decided_ms, decided_by, role, note) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) \
         ON CONFLICT (warehouse_id, id) DO UPDATE SET amount_minor = excluded.amount_minor, state = excluded.state, \
         reason = excluded.reason, decided_ms = excluded.decided_ms, decided_by = excluded.decided_by, \
         role = excluded.role, note = excluded.note",
        &[
            Val::from(changes.warehouse()),
            Val::from(&refund.id),
            Val::from(device),
            Val::from(epoch.cast_signed()),
            Val::from(seq.cast_signed()),
            Val::from(&refund.inspection),
            Val::from(&refund.rma),
            Val::from(&refund.order),
            Val::from(&refund.line),
            Val::from(&refund.item),
            Val::from(refund.qty),
            Val::from(refund.amount_minor),
            Val::from(entity::name(&refund.state)),
            Val::from(&refund.reason),
            Val::from(&refund.operator),
            Val::from(refund.at_ms),
            Val::from(refund.decided_ms),
            Val::from(&refund.decided_by),
            Val::from(&refund.role),
            Val::from(&refund.note),
        ],
    )
    .await?;
    let row = RefundRow {
        id: refund.id.clone(),
        epoch: *epoch,
        seq: *seq,
        inspection: refund.inspection.0.clone(),
        rma: refund.rma.0.clone(),
        order: refund.order.0.clone(),
        line: refund.line.0.clone(),
        item: refund.item.0.clone(),
        qty: refund.qty,
        state: entity::name(&refund.state),
        amount_minor: refund.amount_minor,
        reason: refund.reason.clone(),
        at: clock::rfc3339(refund.decided_ms.max(refund.at_ms)),
    };
    changes.put(&device_stream(device), kind::REFUND, &refund.id, &row)
}
