//! Claims against suppliers, for goods that came back by their fault.

use super::state::{ClaimEvent, ClaimState, Machine as _};
use crate::db::{Row, Tx, Val};
use crate::entity;
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::ledger::{self, Source, is_outside};
use crate::vals;
use floorhand_domain::id::{ItemId, Lot, Serial};
use floorhand_domain::stock::{Move, Place, SUPPLIER, Status, Stock};

/// The reason of moves that bring goods back to a supplier.
pub const REASON: &str = "vendor-return";

/// A row of table `vendor_claim`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claim {
    /// Its identifier.
    pub id: String,
    /// Device, epoch and number of the inspected fact.
    pub fact: (String, u64, u64),
    /// Who delivered such goods last. Empty = not known.
    pub supplier: String,
    /// The item.
    pub item: ItemId,
    /// Its lot. Empty = none.
    pub lot: Lot,
    /// Its serial number. Empty = none.
    pub serial: Serial,
    /// Units.
    pub qty: i64,
    /// What they are worth, in minor units of the site's currency.
    pub amount_minor: i64,
    /// Why they came back, by name.
    pub reason: String,
    /// Where it stands.
    pub state: ClaimState,
    /// When it was opened, in milliseconds since 1970.
    pub at_ms: i64,
    /// When something happened to it last.
    pub changed_ms: i64,
    /// Who did that. Empty = the core.
    pub changed_by: String,
    /// Why, in their words.
    pub note: String,
}

/// The identifier of the claim of an inspected fact.
#[must_use]
pub fn id_of(device: &str, epoch: u64, seq: u64) -> String {
    format!("VC-{device}-{epoch}-{seq}")
}

impl Claim {
    /// A claim from its row.
    ///
    /// # Errors
    /// When a column does not read.
    pub fn of(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.text("id")?,
            fact: (row.text("device")?, row.u64("epoch")?, row.u64("seq")?),
            supplier: row.text("supplier")?,
            item: row.text("item")?.into(),
            lot: row.text("lot")?.into(),
            serial: row.text("serial")?.into(),
            qty: row.i64("qty")?,
            amount_minor: row.i64("amount_minor")?,
            reason: row.text("reason")?,
            state: entity::parse(row.str("state")?)?,
            at_ms: row.i64("at_ms")?,
            changed_ms: row.i64("changed_ms")?,
            changed_by: row.text("changed_by")?,
            note: row.text("note")?,
        })
    }
}

/// One claim, locked.
///
/// # Errors
/// When the database refuses.
pub async fn get(tx: &Tx, warehouse: i64, id: &str) -> Result<Option<Claim>> {
    tx.lock("SELECT * FROM vendor_claim WHERE warehouse_id = $1 AND id = $2", vals![warehouse, id])
        .await?
        .first()
        .map(Claim::of)
        .transpose()
}

/// Writes a claim.
///
/// # Errors
/// When the database refuses.
pub async fn put(tx: &Tx, warehouse: i64, claim: &Claim) -> Result<()> {
    let (device, epoch, seq) = &claim.fact;
    tx.execute(
        "INSERT INTO vendor_claim (warehouse_id, id, device, epoch, seq, supplier, item, lot, serial, qty, amount_minor, \
         reason, state, at_ms, changed_ms, changed_by, note) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) \
         ON CONFLICT (warehouse_id, id) DO UPDATE SET state = excluded.state, changed_ms = excluded.changed_ms, \
         changed_by = excluded.changed_by, note = excluded.note",
        &[
            Val::from(warehouse),
            Val::from(&claim.id),
            Val::from(device),
            Val::from(epoch.cast_signed()),
            Val::from(seq.cast_signed()),
            Val::from(&claim.supplier),
            Val::from(&claim.item),
            Val::from(&claim.lot),
            Val::from(&claim.serial),
            Val::from(claim.qty),
            Val::from(claim.amount_minor),
            Val::from(&claim.reason),
            Val::from(entity::name(&claim.state)),
            Val::from(claim.at_ms),
            Val::from(claim.changed_ms),
            Val::from(&claim.changed_by),
            Val::from(&claim.note),
        ],
    )
    .await
    .map(|_| ())
}

/// Who delivered an item last, of this lot where somebody did. Empty = not known.
///
/// # Errors
/// When the database refuses.
pub async fn supplier_of(tx: &Tx, warehouse: i64, item: &ItemId, lot: &Lot) -> Result<String> {
    tx.row(
        "SELECT d.supplier FROM receipt_line l JOIN receipt r ON r.warehouse_id = l.warehouse_id AND r.id = l.receipt \
         JOIN delivery d ON d.warehouse_id = r.warehouse_id AND d.id = r.delivery \
         WHERE l.warehouse_id = $1 AND l.item = $2 AND l.undone = 0 \
         ORDER BY CASE WHEN l.lot = $3 THEN 0 ELSE 1 END, r.opened_ms DESC, r.id LIMIT 1",
        vals![warehouse, item, lot],
    )
    .await?
    .map_or(Ok(String::new()), |row| row.text("supplier"))
}

/// Something happens to a claim. Goods that are sent leave quarantine for the supplier, wherever they are by now.
///
/// # Errors
/// 409 when that cannot happen to it, or not so many units are in quarantine; when the database refuses.
pub async fn on(
    tx: &Tx,
    changes: &mut Changes,
    claim: &mut Claim,
    event: ClaimEvent,
    (by, note): (&str, &str),
    now: i64,
) -> Result<()> {
    claim.state = claim.state.after(event)?;
    (claim.changed_ms, claim.changed_by, claim.note) = (now, by.to_owned(), note.to_owned());
    put(tx, changes.warehouse(), claim).await?;
    if event == ClaimEvent::Send { send(tx, changes, claim).await } else { Ok(()) }
}

async fn send(tx: &Tx, changes: &mut Changes, claim: &Claim) -> Result<()> {
    let stock = tx
        .lock(
            "SELECT location, item, lot, serial, handling_unit, status, qty, '' AS expiry FROM balance \
             WHERE warehouse_id = $1 AND item = $2 AND lot = $3 AND serial = $4 AND status = 'quarantined' AND qty > 0 \
             ORDER BY location, handling_unit",
            vals![changes.warehouse(), &claim.item, &claim.lot, &claim.serial],
        )
        .await?
        .iter()
        .map(entity::stock_of)
        .collect::<Result<Vec<Stock>>>()?;
    let source = Source::Request(format!("vendor-claim:{}", claim.id));
    let mut left = claim.qty;
    for own in stock.iter().filter(|own| !is_outside(&own.location)) {
        let qty = own.qty.min(left);
        if qty <= 0 {
            break;
        }
        left -= qty;
        let what = Move {
            item: own.item.clone(),
            lot: own.lot.clone(),
            serial: own.serial.clone(),
            qty,
            from: Place {
                location: own.location.clone(),
                handling_unit: own.handling_unit.clone(),
                status: own.status,
            },
            to: Place { location: SUPPLIER.into(), status: Status::Available, ..Place::default() },
        };
        ledger::post(tx, changes, &what, REASON, &source).await?;
    }
    if left > 0 {
        let detail = format!("{left} of {} units are not in quarantine any more.", claim.qty);
        return Err(Error::problem(409, "no_goods", detail));
    }
    Ok(())
}
