//! The dock terminal receives: announced pallets, a delivery with everything that goes wrong, serial numbers.

use super::{Shift, tell};
use crate::site::{Ware, wares};
use anyhow::{Context, Result, ensure};
use floorhand_demo::robot::{Goods, Onto};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

/// A delivery of pallets with announced lots.
const PALLETS: &str = "ASN-7003";
/// A delivery of all sorts, not announced.
const SORTS: &str = "PO-7005";
/// A delivery of goods with serial numbers.
const SERIALS: &str = "PO-7002";
/// Units above the limit that the supervisor allows.
const ABOVE: i64 = 2;
/// Units that are damaged.
const DAMAGED: i64 = 2;
/// Units that do not come.
const MISSING: i64 = 3;
/// Up to so many units are scanned one by one.
const SCANNED: i64 = 24;
const YEAR_S: u64 = 31_556_952;

/// A line of a delivery, as `/v1/deliveries/ID` tells it.
#[derive(Debug, Clone)]
struct Line {
    item: String,
    ordered: i64,
    limit: i64,
}

impl Shift {
    /// Announced pallets: the label opens one, a scan of the goods confirms what is on it.
    pub(super) fn pallets(&mut self) -> Result<()> {
        let wares = wares(&self.core)?;
        let told = self.core.get(&format!("/v1/deliveries/{PALLETS}"))?;
        let mut pallets: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in told.get("announced").and_then(Value::as_array).context("nothing is announced")? {
            let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            let ware = wares.get(&text("item")).context("an item that nobody knows")?;
            pallets.entry(text("unit")).or_default().push(ware.code.clone());
        }
        self.dock.sign_in()?;
        self.dock_picture("dock-work")?;
        self.dock.robot.open_delivery(PALLETS)?;
        self.dock_picture("dock-delivery")?;
        for (pallet, codes) in &pallets {
            self.dock.robot.receive_announced(pallet, codes)?;
        }
        self.dock.robot.close_delivery(true)?;
        self.dock.drain()?;
        tell(&format!("At the dock: {PALLETS} with {} announced pallets, received and closed", pallets.len()));
        Ok(())
    }

    /// A delivery with too much (a supervisor allows it), damaged goods (with a photograph) and too little.
    pub(super) fn sorts(&mut self) -> Result<()> {
        let (supervisor, lines) = (self.supervisor.clone(), std::mem::take(&mut self.sorts));
        ensure!(!lines.is_empty(), "the delivery {SORTS} was not read while there was a core");
        self.dock.robot.open_delivery(SORTS)?;
        let mut photographed = false;
        for (goods, kind) in &lines {
            self.dock.robot.receive(goods, Some(&supervisor)).with_context(|| format!("{kind}: {goods:?}"))?;
            photographed |= goods.damaged > 0;
            if goods.damaged > 0 {
                self.dock_picture("dock-received")?;
            }
        }
        ensure!(photographed && self.printer.labels() > 0, "no photograph, or no label");
        self.dock.robot.press("close-final")?;
        self.dock_picture("dock-differences")?;
        self.dock.robot.keyboard.keys(&["Escape"])?;
        self.dock.robot.close_delivery(true)?;
        let kinds: Vec<&str> = lines.iter().map(|(_, kind)| *kind).collect();
        tell(&format!(
            "At the dock: {SORTS} received line by line ({}), the excess allowed by {}, {} label printed",
            kinds.join(", "),
            supervisor.name,
            self.printer.labels()
        ));
        Ok(())
    }

    /// What comes with that delivery, to be read while there is a core.
    pub(super) fn plan_sorts(&mut self) -> Result<()> {
        let wares = wares(&self.core)?;
        let (mut planned, mut loose) = (Vec::new(), 0);
        for line in self.lines_of(SORTS)? {
            let ware = wares.get(&line.item).context("an item that nobody knows")?;
            if ware.serial_tracked {
                planned.push((serials(SORTS, ware, &line), "as ordered, with serial numbers"));
                continue;
            }
            loose += 1;
            let kept = |good: i64, damaged: i64, onto: Onto| Goods {
                code: ware.code.clone(),
                good,
                damaged,
                lot: if ware.lot_tracked { "N26-A1".to_owned() } else { String::new() },
                expiry: if ware.expiry_tracked { far_date() } else { String::new() },
                typed: good + damaged > SCANNED,
                onto,
                ..Goods::default()
            };
            planned.push(match loose {
                1 => (kept(line.limit + ABOVE, 0, Onto::NewLabel), "over"),
                2 => (kept(line.ordered - DAMAGED, DAMAGED, Onto::Floor), "damaged"),
                3 => (kept(line.ordered - MISSING, 0, Onto::Unit("PAL-0001".to_owned())), "short"),
                _ => (kept(line.ordered, 0, Onto::Floor), "as ordered"),
            });
        }
        ensure!(loose >= 3, "{SORTS} has {loose} lines without serial numbers, and three are needed");
        self.sorts = planned;
        Ok(())
    }

    /// Goods with serial numbers, each scanned.
    pub(super) fn serials(&mut self) -> Result<()> {
        let wares = wares(&self.core)?;
        let lines = self.lines_of(SERIALS)?;
        self.dock.robot.to_deliveries()?;
        self.dock.robot.open_delivery(SERIALS)?;
        let mut units = 0;
        for line in lines {
            let ware = wares.get(&line.item).context("an item that nobody knows")?;
            units += line.ordered;
            self.dock.robot.receive(&serials(SERIALS, ware, &line), None)?;
        }
        self.dock.robot.close_delivery(true)?;
        self.dock.drain()?;
        tell(&format!("At the dock: {SERIALS}, {units} units by their serial numbers"));
        Ok(())
    }

    /// The put-away tasks that wait.
    pub(super) fn put_aways(&self) -> Result<Vec<String>> {
        let tasks = self.core.list("/v1/tasks?kind=put-away")?;
        let open = |task: &&Value| task.get("state").and_then(Value::as_str) == Some("open");
        let id = |task: &Value| task.get("id").and_then(Value::as_str).map(str::to_owned);
        Ok(tasks.iter().filter(open).filter_map(id).collect())
    }

    fn lines_of(&self, delivery: &str) -> Result<Vec<Line>> {
        let told = self.core.get(&format!("/v1/deliveries/{delivery}"))?;
        let rows = told.get("content").and_then(Value::as_array);
        let line = |row: &Value| -> Option<Line> {
            let number = |name: &str| row.get(name).and_then(Value::as_i64);
            let item = row.get("item")?.as_str()?.to_owned();
            Some(Line { item, ordered: number("ordered")?, limit: number("limit")? })
        };
        let lines: Option<Vec<Line>> = rows.with_context(|| format!("no lines in {told}"))?.iter().map(line).collect();
        lines.with_context(|| format!("a line of {delivery} does not read: {told}"))
    }

    pub(super) fn dock_picture(&mut self, name: &str) -> Result<()> {
        self.pictures += 1;
        self.dock.shot(self.pictures, name)
    }
}

fn serials(delivery: &str, ware: &Ware, line: &Line) -> Goods {
    let plain = |text: &str| text.replace('-', "");
    let serials = (1..=line.ordered).map(|n| format!("{}{}{n:03}", plain(delivery), plain(&line.item))).collect();
    Goods { code: ware.code.clone(), good: line.ordered, serials, ..Goods::default() }
}

/// The last of June two years from now.
fn far_date() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    format!("3006{}", 1970 + since / YEAR_S + 2)
}
