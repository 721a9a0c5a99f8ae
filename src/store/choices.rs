//! What may be chosen where the work names nothing: handling units to receive into, places to put away to.

use super::{Store, StoreError, shown};
use floorhand_domain::id::{DeliveryId, HandlingUnitId, LocationId};
use floorhand_domain::master::{HandlingUnit, Location};
use floorhand_domain::place::{self, Goods};
use floorhand_domain::stock::Stock;

/// Rows that are looked at for a choice.
const READ_MAX: i64 = 500;

impl Store {
    /// Pallets and cartons that goods of a delivery may go into: they hold nothing and belong to nobody else.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn free_units(&self, delivery: &DeliveryId, limit: usize) -> Result<Vec<HandlingUnit>, StoreError> {
        let mut rows = self.conn.prepare_cached(
            "SELECT id FROM p_handling_unit
             WHERE for_order = '' AND kind <> 'tote' AND delivery IN ('', ?1) AND parent = '' ORDER BY id LIMIT ?2",
        )?;
        let mut rows = rows.query(rusqlite::params![delivery.as_str(), READ_MAX])?;
        let mut found = Vec::new();
        while found.len() < limit
            && let Some(row) = rows.next()?
        {
            let id = HandlingUnitId(row.get(0)?);
            if let Some(unit) = shown::handling_unit(&self.conn, &id)?
                && unit.order.is_none()
                && !shown::is_filled(&self.conn, &id)?
            {
                found.push(unit);
            }
        }
        Ok(found)
    }

    /// Bins in which goods may stand, best first, without the one that they come from.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn places_for(
        &self,
        goods: &[Goods<'_>],
        from: &LocationId,
        limit: usize,
    ) -> Result<Vec<LocationId>, StoreError> {
        let mut rows = self.conn.prepare_cached(
            "SELECT body FROM p_location
             WHERE COALESCE(json_extract(body, '$.kind'), 'bin') = 'bin' AND id <> ?1 ORDER BY id LIMIT ?2",
        )?;
        let mut rows = rows.query(rusqlite::params![from.as_str(), READ_MAX])?;
        let mut found: Vec<(Location, Vec<Stock>)> = Vec::new();
        while let Some(row) = rows.next()? {
            let location: Location = serde_json::from_str(&row.get::<_, String>(0)?)?;
            let there = shown::stock_at(&self.conn, &location.id, None)?;
            found.push((location, there));
        }
        let candidates = found.iter().map(|(location, there)| (location, there.as_slice()));
        Ok(place::suggest(candidates, goods, limit).into_iter().map(|(id, _)| id).collect())
    }
}
