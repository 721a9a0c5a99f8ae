//! Variances as moves from and to where goods go that cannot be found.

use super::Compared;
use crate::db::Tx;
use crate::entity;
use crate::error::Result;
use crate::vals;
use floorhand_domain::id::{HandlingUnitId, ItemId, LocationId};
use floorhand_domain::stock::{LOSS, Move, Place, Status};

/// The reason of these moves.
pub const REASON: &str = "count";

/// The moves of the variances at a location. What is missing is taken from the stock in the status of
/// the place first; what was found takes the status of the goods it lies with, else that of the place.
///
/// # Errors
/// When the database refuses.
pub async fn moves(tx: &Tx, warehouse: i64, location: &LocationId, lines: &[Compared]) -> Result<Vec<Move>> {
    let home = entity::location(tx, warehouse, location).await?.map(|place| place.status).unwrap_or_default();
    let mut moves = Vec::new();
    for line in lines.iter().filter(|line| line.variance() != 0) {
        let key = &line.key;
        let rows = tx
            .rows(
                "SELECT location, item, lot, serial, handling_unit, status, qty, '' AS expiry FROM balance \
                 WHERE warehouse_id = $1 AND location = $2 AND item = $3 AND lot = $4 AND serial = $5 \
                 AND handling_unit = $6 ORDER BY CASE WHEN status = $7 THEN 0 ELSE 1 END, status",
                vals![warehouse, location, &key.item, &key.lot, &key.serial, &key.handling_unit, home.as_str()],
            )
            .await?;
        let mut stock = rows.iter().map(entity::stock_of).collect::<Result<Vec<_>>>()?;
        let here =
            |status: Status| Place { location: location.clone(), handling_unit: key.handling_unit.clone(), status };
        let lost = Place { location: LOSS.into(), handling_unit: HandlingUnitId::default(), status: Status::Available };
        let step = |qty: i64, from: Place, to: Place| Move {
            item: key.item.clone(),
            lot: key.lot.clone(),
            serial: key.serial.clone(),
            qty,
            from,
            to,
        };
        if line.variance() > 0 {
            let status = match stock.as_slice() {
                [only] => only.status,
                _ => home,
            };
            moves.push(step(line.variance(), lost, here(status)));
            continue;
        }
        stock.retain(|stock| stock.qty > 0);
        let mut missing = -line.variance();
        for stock in stock {
            let qty = missing.min(stock.qty);
            missing -= qty;
            if qty > 0 {
                moves.push(step(qty, here(stock.status), lost.clone()));
            }
        }
        if missing > 0 {
            moves.push(step(missing, here(home), lost));
        }
    }
    // Two moves of the same goods in the same status would be one entry of the book.
    Ok(merged(moves))
}

fn merged(moves: Vec<Move>) -> Vec<Move> {
    let mut kept: Vec<Move> = Vec::with_capacity(moves.len());
    for what in moves {
        let same = kept.iter_mut().find(|own| {
            (&own.item, &own.lot, &own.serial, &own.from, &own.to)
                == (&what.item, &what.lot, &what.serial, &what.from, &what.to)
        });
        match same {
            Some(own) => own.qty += what.qty,
            None => kept.push(what),
        }
    }
    kept
}

/// Where more is promised of an item than is there: `location|item` and the words for it.
///
/// # Errors
/// When the database refuses.
pub async fn overpromised(
    tx: &Tx,
    warehouse: i64,
    location: &LocationId,
    item: &ItemId,
) -> Result<Option<(String, String)>> {
    let row = tx
        .row(
            "SELECT CAST((SELECT COALESCE(SUM(qty), 0) FROM allocation WHERE warehouse_id = $1 AND item = $2 \
             AND location = $3) AS BIGINT) AS promised, \
             CAST((SELECT COALESCE(SUM(qty), 0) FROM balance WHERE warehouse_id = $1 AND item = $2 \
             AND location = $3 AND status = 'available') AS BIGINT) AS there",
            vals![warehouse, item, location],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let (promised, there) = (row.i64("promised")?, row.i64("there")?);
    Ok((promised > there)
        .then(|| (format!("{location}|{item}"), format!("{promised} are promised, the book says {there}"))))
}
