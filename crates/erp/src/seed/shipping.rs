//! How the demo ships: carton types, and two carriers that are simulated.

use crate::carriers::{self, Carriers, Config, Rule};
use crate::db::Db;
use crate::entity::DEFAULT_WAREHOUSE;
use crate::error::Result;
use crate::feed::Changes;
use crate::outbound::cartons;
use floorhand_domain::outbound::CartonType;

/// Identifier, name, inner sides in millimetres, weight at the most and empty, carriers that take it.
type Row = (&'static str, &'static str, [i64; 3], i64, i64, &'static [&'static str]);

const TYPES: &[Row] = &[
    ("CT-S", "Small", [300, 240, 120], 5_000, 120, &[]),
    ("CT-M", "Medium", [400, 300, 250], 15_000, 310, &[]),
    ("CT-L", "Large", [600, 400, 350], 30_000, 620, &[]),
    ("CT-BAG", "Bag", [380, 300, 60], 2_000, 30, &["SIM-POST"]),
];

fn carriers() -> Carriers {
    let carrier = |code: &str, name: &str, dock: &str| Config {
        code: code.to_owned(),
        name: name.to_owned(),
        adapter: carriers::simulated::NAME.to_owned(),
        dock: dock.to_owned(),
    };
    let rule = |carrier: &str, service: &str| Rule {
        carrier: carrier.to_owned(),
        service: service.to_owned(),
        ..Rule::default()
    };
    Carriers {
        carriers: vec![
            carrier("SIM-POST", "Simulated post", "DOCK-3"),
            carrier("SIM-FREIGHT", "Simulated freight", "DOCK-4"),
        ],
        rules: vec![
            Rule {
                countries: vec!["DE".to_owned()],
                max_grams: 2_000,
                before_minute: 14 * 60,
                ..rule("SIM-POST", "express")
            },
            Rule { countries: vec!["DE".to_owned()], max_grams: 31_500, ..rule("SIM-POST", "parcel") },
            Rule { max_grams: 20_000, ..rule("SIM-POST", "abroad") },
            rule("SIM-FREIGHT", "pallet"),
        ],
    }
}

pub(super) async fn sow(db: &Db) -> Result<()> {
    db.write(|tx| async move {
        let mut changes = Changes::new(DEFAULT_WAREHOUSE);
        for (id, name, inner_mm, max_grams, tare_grams, carriers) in TYPES {
            let one = CartonType {
                id: (*id).into(),
                name: (*name).to_owned(),
                inner_mm: *inner_mm,
                max_grams: *max_grams,
                tare_grams: *tare_grams,
                carriers: carriers.iter().map(|code| (*code).to_owned()).collect(),
            };
            cartons::put_type(&tx, &mut changes, &one).await?;
        }
        carriers::put(&tx, DEFAULT_WAREHOUSE, &carriers()).await?;
        changes.publish(&tx).await
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carriers_are_such_as_the_core_takes() {
        assert_eq!(carriers().faults(), []);
    }
}
