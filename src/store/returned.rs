//! What a return needs beside the look-up of its scans: its own facts, the bench, the bins, and what the core said
//! of the money.

use super::{Store, StoreError, shown};
use floorhand_domain::fact::Fact;
use floorhand_domain::id::{InspectionId, LocationId};
use floorhand_domain::master::{Location, LocationKind};
use floorhand_domain::place::{self, Goods};
use floorhand_domain::returns::{Rma, RmaState};
use floorhand_domain::stock::{Status, Stock};
use floorhand_wire::push::WireFact;
use rusqlite::{OptionalExtension as _, params};
use std::collections::BTreeSet;

/// Facts of one return that are read at the most.
const FACTS_MAX: i64 = 5_000;
/// Places that are looked at for a suggestion.
const PLACES_MAX: i64 = 50;
/// Kind of the core's rows that say what becomes of the money of a return.
const REFUND: &str = floorhand_wire::feed::kind::REFUND;

/// What the core said of the money of a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundShown {
    /// Nothing yet.
    Waiting,
    /// It goes back.
    Released,
    /// It does not, or somebody must look at it first.
    Held,
}

impl RefundShown {
    /// The code of the page.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Released => "released",
            Self::Held => "held",
        }
    }
}

impl Store {
    /// What this device inspected of a return, oldest first. Facts that the core rejected do not hold.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn inspected(&self, inspection: &InspectionId) -> Result<Vec<Fact>, StoreError> {
        let mut rows = self.conn.prepare_cached(
            "SELECT bytes FROM outbox WHERE type = 'ReturnInspected' AND agg = ?1 AND outcome <> 'rejected'
               AND moved_epoch = 0 ORDER BY epoch, seq LIMIT ?2",
        )?;
        let mut rows = rows.query(params![format!("return:{inspection}"), FACTS_MAX])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let wire: WireFact = serde_json::from_str(&row.get::<_, String>(0)?)?;
            found.extend(wire.decode().ok());
        }
        Ok(found)
    }

    /// What the core said of the money of a return: one row for each inspection of goods that belong to an order.
    /// Until all of them are released it waits; one that is held or refused holds it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn refund(&self, inspection: &InspectionId) -> Result<RefundShown, StoreError> {
        let states: Vec<String> = self
            .conn
            .prepare_cached(
                "SELECT COALESCE(json_extract(body, '$.state'), '') FROM base
                 WHERE kind = ?1 AND stream IN (SELECT stream FROM cursor)
                   AND json_extract(body, '$.inspection') = ?2 LIMIT ?3",
            )?
            .query_map(params![REFUND, inspection.as_str(), FACTS_MAX], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        if states.iter().any(|state| matches!(state.as_str(), "held" | "refused")) {
            return Ok(RefundShown::Held);
        }
        let own = self.inspected(inspection)?;
        let asked = own.iter().filter(|fact| matches!(fact, Fact::ReturnInspected { line, .. } if !line.is_none()));
        let released = states.iter().filter(|state| *state == "released").count();
        Ok(if released > 0 && released >= asked.count() { RefundShown::Released } else { RefundShown::Waiting })
    }

    /// Announced returns of which something may still come, for the codes that `status` lists.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn rmas_open(&self, limit: usize) -> Result<Vec<Rma>, StoreError> {
        let mut rows = self.conn.prepare_cached(
            "SELECT body FROM p_rma WHERE COALESCE(json_extract(body, '$.state'), 'open') IN ('open', 'partial')
             ORDER BY id LIMIT ?1",
        )?;
        let mut rows = rows.query([i64::try_from(limit).unwrap_or(i64::MAX)])?;
        let mut found: Vec<Rma> = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(serde_json::from_str(&row.get::<_, String>(0)?)?);
        }
        found.retain(|rma| matches!(rma.state, RmaState::Open | RmaState::Partial));
        Ok(found)
    }

    /// Where a station inspects: the location of its name, else a bench, else a dock. Empty = there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn returns_bench(&self, station: &str) -> Result<LocationId, StoreError> {
        let found: Option<String> = self
            .conn
            .prepare_cached(
                "SELECT id FROM p_location WHERE json_extract(body, '$.kind') IN ('pack', 'dock')
                 ORDER BY id <> ?1, json_extract(body, '$.kind') <> 'pack', id LIMIT 1",
            )?
            .query_row([station], |row| row.get(0))
            .optional()?;
        Ok(found.unwrap_or_default().into())
    }

    /// The best bin for goods: their own place, one where the same item is, an empty one. `None` = no bin that
    /// is looked at takes them. What is not for sale may stand with other goods.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn bin_for(&self, goods: &Goods<'_>) -> Result<Option<LocationId>, StoreError> {
        let (item, status) = (goods.item.as_str(), goods.status.as_str());
        let mut ids: BTreeSet<String> = BTreeSet::new();
        let mut add = |statement: &str, key: &str| -> Result<(), StoreError> {
            let mut rows = self.conn.prepare_cached(statement)?;
            let mut rows = rows.query(params![key, PLACES_MAX])?;
            while let Some(row) = rows.next()? {
                ids.insert(row.get(0)?);
            }
            Ok(())
        };
        add("SELECT DISTINCT location FROM p_stock WHERE item = ?1 ORDER BY location LIMIT ?2", item)?;
        add("SELECT id FROM p_location WHERE json_extract(body, '$.fixed_item') = ?1 ORDER BY id LIMIT ?2", item)?;
        add(
            "SELECT id FROM p_location WHERE COALESCE(json_extract(body, '$.status'), 'available') = ?1
               AND COALESCE(json_extract(body, '$.kind'), 'bin') = 'bin' ORDER BY id LIMIT ?2",
            status,
        )?;
        let mut found: Vec<(Location, Vec<Stock>)> = Vec::new();
        for id in ids {
            if let Some(location) = self.location(&LocationId(id))? {
                let there = shown::stock_at(&self.conn, &location.id, None)?;
                found.push((location, there));
            }
        }
        let candidates = found.iter().map(|(location, there)| (location, there.as_slice()));
        let best = place::suggest(candidates, &[*goods], 1).into_iter().next().map(|(id, _)| id);
        // What is set aside stands together on few shelves: one with other goods is better than none.
        let aside = goods.status != Status::Available;
        let any = || {
            let fits = |(location, there): &&(Location, Vec<Stock>)| {
                location.kind == LocationKind::Bin && place::may_stand_together(location, there, &[*goods]).is_ok()
            };
            found.iter().find(fits).map(|(location, _)| location.id.clone())
        };
        Ok(best.or_else(|| aside.then(any).flatten()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Options;

    #[test]
    fn money_goes_back_when_the_core_says_so_and_never_before() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_with(dir.path(), &Options { reserve_bytes: 0, ..Options::default() }).unwrap();
        let said = || store.refund(&"i-1".into()).unwrap();
        assert_eq!(said(), RefundShown::Waiting);
        let put = |statement: &str| store.conn.execute_batch(statement).unwrap();
        put("INSERT INTO cursor VALUES('wh:7', 'live', 9, 9, 9, '', 1, 2, 0)");
        let row = |id: &str, of: &str, state: &str| {
            put(&format!(
                "INSERT INTO base VALUES('wh:7', 'refund', '{id}', 5,
                   '{{\"inspection\":\"{of}\",\"state\":\"{state}\"}}')
                 ON CONFLICT DO UPDATE SET body = excluded.body"
            ));
        };
        row("r-2", "i-2", "released");
        assert_eq!(said(), RefundShown::Waiting);
        row("r-1", "i-1", "waiting");
        assert_eq!(said(), RefundShown::Waiting);
        let (released, held) = (RefundShown::Released, RefundShown::Held);
        for (state, shown) in [("released", released), ("held", held), ("refused", held), ("released", released)] {
            row("r-1", "i-1", state);
            assert_eq!(said(), shown, "{state}");
        }
    }
}
