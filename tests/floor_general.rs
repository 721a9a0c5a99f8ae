//! The numbered cases of workflows.md that hold at every station (G), of signing in (S) and of the work list (W),
//! driven through the floor thread with a real store; where the case ends in the core, with a real core.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "floor_general/cuts.rs"]
mod cuts;
#[path = "turns/core.rs"]
mod erp;
#[path = "turns/kit.rs"]
mod kit;
#[path = "floor_general/labels.rs"]
mod labels;
#[path = "turns/site.rs"]
mod site;
#[path = "floor_general/station.rs"]
mod station;
#[path = "floor_general/synced.rs"]
mod synced;
#[path = "floor_general/tasks.rs"]
mod tasks;

use floorhand_domain::master::{Barcode, Item, LocationKind, Role, Unit};
use floorhand_domain::stock::Stock;
use floorhand_wire::feed::kind;
use kit::{Fake, Floor};
use site::{Site, device};

const SHIRT: &str = "]E09521234543213";
const CREAM: &str = "09520123456788";

/// The warehouse with what these cases need: a lot that two items have, a case of twelve, goods by weight, a dock, and
/// OP-ALL, who may do everything (PIN 4444).
fn site() -> Site {
    let mut site = Site::new();
    let roles = [Role::Pick, Role::Receive, Role::Stock, Role::Count];
    site.operator_as("OP-ALL", "4444", 8, 1, &roles);
    let balm = Item { id: "BALM".into(), name: "The BALM".into(), lot_tracked: true, ..Item::default() };
    site.item(balm, "09521101530018");
    let stock = |item: &str, qty| Stock { location: "A-05".into(), item: item.into(), qty, ..Stock::default() };
    site.stock(Stock { lot: "L-BOTH".into(), ..stock("BALM", 10) });
    let expiry = Some("2028-02-29".into());
    site.stock(Stock { lot: "L-BOTH".into(), expiry, location: "A-02".into(), ..stock("CREAM", 50) });
    let case = Barcode { code: "29521234543217".into(), item: "SHIRT".into(), qty: 12, unit: Unit::Case };
    site.put(kind::BARCODE, "29521234543217", case);
    let flour = Item { id: "FLOUR".into(), name: "The FLOUR".into(), decimals: 3, ..Item::default() };
    site.put(kind::ITEM, "FLOUR", flour);
    let code = Barcode { code: "FLOUR-1".into(), item: "FLOUR".into(), qty: 1, unit: Unit::Each };
    site.put(kind::BARCODE, "FLOUR-1", code);
    site.stock(stock("FLOUR", 5_000));
    site.location("DOCK-1", LocationKind::Dock, 99);
    site
}

/// A floor with one pick of one line.
fn picking(item: &str, location: &str, qty: i64) -> (tempfile::TempDir, Floor) {
    let mut site = site();
    site.task("PT-1", 5, 1, &[(1, location, item, qty), (1, "A-05", "MUG", 1)]);
    opened(site)
}

fn opened(site: Site) -> (tempfile::TempDir, Floor) {
    let folder = tempfile::tempdir().unwrap();
    site.save(&device(&folder));
    let floor = Floor::start(&device(&folder), &Fake::new());
    (folder, floor)
}
