//! What there is to scan in this warehouse, as the read API says: for the panel, the sheet, and
//! for mistakes that are believable.

use anyhow::{Context, Result};
use floorhand_demo::robot::{Core, Seeded, Status};
use floorhand_demo::sheet::{Label, Section};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Tasks on the sheet at the most; the rest of the day would be a book.
const SHEET_TASKS: usize = 4;
/// Totes on the sheet at the most.
const SHEET_TOTES: usize = 8;
/// A code that nothing in the warehouse has.
pub const UNKNOWN: &str = "]C0NOBODY-KNOWS-THIS";

/// A task, as `/v1/tasks` tells it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Task {
    /// Its id, which can be scanned.
    pub id: String,
    /// `single`, `cluster`.
    pub mode: String,
    /// `open`, `claimed`, …
    pub state: String,
    /// Higher comes first.
    pub priority: i64,
    /// When it has to be done.
    pub cutoff: String,
    /// What the place it goes to reads as.
    pub drop_off_code: String,
    /// What to pick.
    pub lines: Vec<Line>,
    /// The totes of the cart.
    pub slots: Vec<Slot>,
}

/// A tote of a cart.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Slot {
    /// The order that goes into it.
    pub order: String,
}

/// A line of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Line {
    /// What the shelf reads as.
    pub location_code: String,
    /// What to take.
    pub name: String,
    /// Its colour, or the like.
    pub variant: String,
    /// Its size.
    pub size: String,
    /// Units.
    pub qty: i64,
    /// What counts for it.
    pub barcodes: Vec<Code>,
}

/// A code of a line.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Code {
    /// What a reader sends.
    pub scan: String,
    /// Units in it.
    pub qty: i64,
}

impl Task {
    /// A line that a box can be scanned for.
    pub fn has_case(&self) -> bool {
        self.lines.iter().any(|line| line.barcodes.iter().any(|code| code.qty > 1 && code.qty <= line.qty))
    }

    /// The orders that it is for.
    pub fn orders(&self) -> Vec<&str> {
        self.slots.iter().map(|slot| slot.order.as_str()).collect()
    }

    /// Lines of several units.
    pub fn lines_of_several(&self) -> usize {
        self.lines.iter().filter(|line| line.qty > 1).count()
    }
}

/// The tasks that wait, in the order in which they should be done.
pub fn open_tasks(core: &Core) -> Result<Vec<Task>> {
    let rows = core.list("/v1/tasks?kind=pick")?;
    let tasks: Vec<Task> = serde_json::from_value(Value::Array(rows)).context("the tasks cannot be read")?;
    let mut open: Vec<Task> =
        tasks.into_iter().filter(|task| task.state == "open" || task.state == "claimed").collect();
    open.sort_by(|a, b| {
        b.priority.cmp(&a.priority).then_with(|| a.cutoff.cmp(&b.cutoff)).then_with(|| a.id.cmp(&b.id))
    });
    Ok(open)
}

/// An item, as receiving and counting need it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ware {
    /// The code of one unit, as a reader sends it.
    pub code: String,
    /// It has lots.
    pub lot_tracked: bool,
    /// It has serial numbers.
    pub serial_tracked: bool,
    /// Its lots expire.
    pub expiry_tracked: bool,
}

/// All items that have a code of one unit.
pub fn wares(core: &Core) -> Result<BTreeMap<String, Ware>> {
    let mut wares = BTreeMap::new();
    for item in core.list("/v1/items")? {
        let flag = |name: &str| item.get(name).and_then(Value::as_bool).unwrap_or_default();
        let codes = item.get("barcodes").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let each = codes.iter().find(|code| code.get("qty").and_then(Value::as_i64) == Some(1));
        let code = each.and_then(|code| code.get("code")?.as_str()).and_then(scannable);
        if let (Some(code), Some(id)) = (code, item.get("id").and_then(Value::as_str)) {
            let ware = Ware {
                code,
                lot_tracked: flag("lot_tracked"),
                serial_tracked: flag("serial_tracked"),
                expiry_tracked: flag("expiry_tracked"),
            };
            wares.insert(id.to_owned(), ware);
        }
    }
    Ok(wares)
}

/// A mistake to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// `location`, `item`, `tote`, `unknown`, `half`.
    pub kind: &'static str,
    /// What is scanned.
    pub code: String,
}

/// What there is to scan.
#[derive(Debug, Clone, Default)]
pub struct Site {
    /// Shelves.
    pub shelves: Vec<String>,
    /// One code of each item.
    pub items: Vec<String>,
    /// Empty totes, once the app has asked for some.
    pub totes: Vec<String>,
}

impl Site {
    /// Reads it.
    pub fn load(core: &Core) -> Result<Self> {
        let text = |row: &Value, name: &str| row.get(name).and_then(Value::as_str).map(str::to_owned);
        let shelves = core.list("/v1/locations?kind=bin")?.iter().filter_map(|row| text(row, "code")).collect();
        let items = core.list("/v1/items")?;
        let items = items.iter().filter_map(|item| {
            let codes = item.get("barcodes")?.as_array()?;
            let each = codes.iter().find(|code| code.get("qty").and_then(Value::as_i64) == Some(1))?;
            scannable(&text(each, "code")?)
        });
        Ok(Site { shelves, items: items.collect(), totes: Vec::new() })
    }

    /// Remembers the totes that the app offers. `true`: they are new.
    pub fn learn(&mut self, status: &Status) -> bool {
        if !self.totes.is_empty() || !status.step().ends_with("totes") {
            return false;
        }
        let codes = status
            .expects
            .iter()
            .filter(|expect| expect.kind == "tote")
            .flat_map(|expect| expect.codes.iter().cloned());
        self.totes = codes.take(SHEET_TOTES + 1).collect();
        !self.totes.is_empty()
    }

    /// A shelf that the step does not ask for.
    pub fn other_shelf(&self, status: &Status) -> Option<&str> {
        other(&self.shelves, status)
    }

    /// An item that the step does not ask for.
    pub fn other_item(&self, status: &Status) -> Option<&str> {
        other(&self.items, status)
    }

    /// Mistakes that people and cables make at this step.
    pub fn wrong(&self, status: &Status) -> Vec<Wrong> {
        let kind = status.expects.first().map_or("", |expect| expect.kind.as_str());
        let other_tote = || other(&self.totes, status);
        let thing = match kind {
            "location" => [("location", self.other_shelf(status)), ("item", self.other_item(status))],
            "item" => [("item", self.other_item(status)), ("location", self.other_shelf(status))],
            "tote" => [("tote", other_tote()), ("item", self.other_item(status))],
            _ => [("", None), ("", None)],
        };
        let mut wrong: Vec<Wrong> =
            thing.into_iter().filter_map(|(kind, code)| Some(Wrong { kind, code: code?.to_owned() })).collect();
        if let Some((_, code)) = status.best() {
            wrong.push(Wrong { kind: "half", code: half(code) });
        }
        if !matches!(kind, "" | "pin") {
            wrong.push(Wrong { kind: "unknown", code: UNKNOWN.to_owned() });
        }
        wrong
    }

    /// The sheet: people, totes, and the tasks that come first.
    pub fn sections(&self, core: &Core, seeded: &Seeded) -> Result<Vec<Section>> {
        let label = |code: &str, caption: &str, note: String| Label {
            code: code.to_owned(),
            caption: caption.to_owned(),
            note,
        };
        let pickers = seeded.operators.iter().filter(|one| one.roles.iter().any(|role| role == "pick"));
        let badges = pickers.map(|one| label(&one.badge, &one.name, format!("Badge; PIN {}", one.pin)));
        let totes =
            self.totes.iter().take(SHEET_TOTES).map(|tote| label(tote, &format!("Tote {tote}"), "Empty".to_owned()));
        let mut sections = vec![
            Section { title: "Badges".to_owned(), labels: badges.collect() },
            Section { title: "Empty totes".to_owned(), labels: totes.collect() },
        ];
        for task in open_tasks(core)?.iter().take(SHEET_TASKS) {
            let mut labels = vec![label(&task.id, "Start this task", format!("{} lines", task.lines.len()))];
            for line in &task.lines {
                let goods = [line.name.as_str(), &line.variant, &line.size]
                    .into_iter()
                    .filter(|part| !part.is_empty())
                    .collect::<Vec<_>>()
                    .join(" ");
                labels.push(label(
                    &line.location_code,
                    &format!("Shelf {}", line.location_code),
                    format!("Take {} × {goods}", line.qty),
                ));
                let one = line.barcodes.first();
                let case = line.barcodes.iter().find(|code| code.qty > 1);
                for code in one.into_iter().chain(case) {
                    labels.push(label(
                        &code.scan,
                        &goods,
                        if code.qty > 1 { format!("Box of {}", code.qty) } else { "One".to_owned() },
                    ));
                }
            }
            labels.push(label(
                &task.drop_off_code,
                &format!("Drop-off {}", task.drop_off_code),
                "All totes go there".to_owned(),
            ));
            sections.push(Section { title: format!("Task {} ({})", task.id, task.mode), labels });
        }
        Ok(sections)
    }
}

/// The first part of a code, as a torn label or a loose plug leaves it.
pub fn half(code: &str) -> String {
    code.chars().take((code.chars().count() / 2).max(1)).collect()
}

/// The first code that shares nothing with what is asked for.
fn other<'a>(codes: &'a [String], status: &Status) -> Option<&'a str> {
    let asked = |code: &str| {
        let core = code.trim_start_matches("]E0").trim_start_matches("]E4");
        status.expects.iter().flat_map(|expect| &expect.codes).any(|wanted| wanted.contains(core))
    };
    codes.iter().map(String::as_str).find(|code| !asked(code))
}

/// A GTIN as an EAN reader sends it; nothing else is wanted here.
fn scannable(code: &str) -> Option<String> {
    let ean = code.strip_prefix('0').filter(|_| code.len() == 14)?;
    Some(match ean.strip_prefix("00000") {
        Some(short) => format!("]E4{short}"),
        None => format!("]E0{ean}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use floorhand_demo::robot::Expect;

    fn site() -> Site {
        let list = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
        Site {
            shelves: list(&["A-01-11", "A-01-12"]),
            items: list(&["]E09521234543213", "]E402345673"]),
            totes: list(&["T-1", "T-2"]),
        }
    }

    fn asks(kind: &str, codes: &[&str]) -> Status {
        let codes = codes.iter().map(|code| (*code).to_owned()).collect();
        Status { expects: vec![Expect { kind: kind.to_owned(), codes }], ..Status::default() }
    }

    #[test]
    fn mistakes_are_never_right() {
        let kinds = |status: &Status| site().wrong(status).into_iter().map(|w| (w.kind, w.code)).collect::<Vec<_>>();
        let pair = |kind, code: &str| (kind, code.to_owned());
        let shelf = asks("location", &["A-01-11"]);
        assert_eq!(
            kinds(&shelf),
            [
                pair("location", "A-01-12"),
                pair("item", "]E09521234543213"),
                pair("half", "A-0"),
                pair("unknown", UNKNOWN)
            ]
        );
        // The item asked for, with its lot, is not another item.
        let item = asks("item", &["]C1010952123454321310L1"]);
        assert_eq!(kinds(&item).first(), Some(&pair("item", "]E402345673")));
        assert_eq!(kinds(&asks("pin", &[])), []);
    }

    #[test]
    fn codes_of_items_are_sent_as_eans() {
        assert_eq!(scannable("09521234543213").as_deref(), Some("]E09521234543213"));
        assert_eq!(scannable("00000002345673").as_deref(), Some("]E402345673"));
        assert_eq!(scannable("19521234543210"), None);
        assert_eq!(scannable("SKU-1"), None);
    }
}
