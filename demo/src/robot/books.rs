//! Books of our own: what was there in the beginning, and what every fact since has made of it. What the core has
//! in the end must be the same, in each place and status, to the unit.

use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::BTreeMap;

/// Where units are.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    location: String,
    status: String,
    unit: String,
    item: String,
    lot: String,
    serial: String,
}

/// What a line of a delivery asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Line {
    /// Units ordered.
    pub ordered: i64,
    /// Units that may come.
    pub limit: i64,
}

/// Units that came to a place in a status, or left it, by cause.
pub type Moved = BTreeMap<&'static str, i64>;

/// A place and status, and how it came to what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// Where.
    pub place: String,
    /// In which status.
    pub status: String,
    /// Units in the beginning.
    pub seeded: i64,
    /// What changed them.
    pub moved: Moved,
    /// Units that should be there.
    pub should: i64,
    /// Units that the core has there.
    pub is: i64,
}

/// Good units of a receipt that wait for its close.
#[derive(Debug, Clone)]
struct Waits {
    line: String,
    row: Row,
    qty: i64,
}

/// The books.
#[derive(Debug, Clone, Default)]
pub struct Books {
    rows: BTreeMap<Row, i64>,
    opening: BTreeMap<(String, String), i64>,
    moved: BTreeMap<(String, String), Moved>,
    waits: BTreeMap<String, Vec<Waits>>,
    /// Of each line: all that came, and damaged units of each receipt.
    came: BTreeMap<String, i64>,
    damaged: BTreeMap<(String, String), i64>,
}

fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn units(body: &Value) -> impl Iterator<Item = &Value> {
    body.get("units").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default().iter()
}

fn qty(value: &Value) -> Result<i64> {
    value.get("qty").and_then(Value::as_i64).with_context(|| format!("no quantity in {value}"))
}

impl Books {
    /// Opens them with rows of `/v1/stock`.
    ///
    /// # Errors
    /// When a row has no quantity.
    pub fn open(stock: &[Value]) -> Result<Self> {
        let mut books = Self::default();
        for value in stock {
            let row = row_of(value);
            *books.opening.entry((row.location.clone(), row.status.clone())).or_default() += qty(value)?;
            *books.rows.entry(row).or_default() += qty(value)?;
        }
        Ok(books)
    }

    fn put(&mut self, row: Row, qty: i64, cause: &'static str) {
        if qty != 0 {
            let place = (row.location.clone(), row.status.clone());
            *self.moved.entry(place).or_default().entry(cause).or_default() += qty;
            *self.rows.entry(row).or_default() += qty;
        }
    }

    fn shift(&mut self, from: Row, to: Row, qty: i64, cause: &'static str) {
        self.put(from, -qty, cause);
        self.put(to, qty, cause);
    }

    /// Everything in a handling unit goes to a place.
    fn carry(&mut self, unit: &str, to: &str, cause: &'static str) {
        let inside: Vec<(Row, i64)> = self
            .rows
            .iter()
            .filter(|(row, qty)| row.unit == unit && !unit.is_empty() && **qty > 0 && row.location != to)
            .map(|(row, qty)| (row.clone(), *qty))
            .collect();
        for (row, qty) in inside {
            let there = Row { location: to.to_owned(), ..row.clone() };
            self.shift(row, there, qty, cause);
        }
    }

    /// Enters a fact of `/v1/facts` that the core has applied. `lines`: those of the deliveries.
    ///
    /// # Errors
    /// When its body does not read.
    pub fn enter(&mut self, fact: &Value, lines: &BTreeMap<String, Line>) -> Result<()> {
        let applied = text(fact, "outcome").starts_with("applied");
        let undone = fact.get("undone").and_then(Value::as_bool).unwrap_or_default();
        if !applied || undone || !text(fact, "dup_of").is_empty() {
            return Ok(());
        }
        let body = fact.get("body").context("a fact without body")?;
        match text(fact, "type").as_str() {
            "Picked" => {
                for unit in units(body) {
                    let from = Row {
                        location: text(body, "location"),
                        status: "available".to_owned(),
                        unit: text(unit, "handling_unit"),
                        item: text(body, "item"),
                        lot: text(unit, "lot"),
                        serial: text(unit, "serial"),
                    };
                    let to = Row {
                        location: "TRANSIT".to_owned(),
                        status: "allocated".to_owned(),
                        unit: text(body, "tote"),
                        ..from.clone()
                    };
                    self.shift(from, to, qty(unit)?, "picked");
                }
            }
            "DroppedOff" => {
                let totes = body.get("totes").and_then(Value::as_array).cloned().unwrap_or_default();
                for tote in totes.iter().filter_map(Value::as_str) {
                    self.carry(tote, &text(body, "location"), "set down");
                }
            }
            "Packed" | "Unpacked" => self.packed(body, text(fact, "type") == "Packed")?,
            "Shipped" => self.shipped(&text(body, "carton")),
            "ReturnInspected" => {
                let row = Row {
                    location: text(body, "location"),
                    status: status_of(&text(body, "disposition")).to_owned(),
                    unit: text(body, "handling_unit"),
                    item: text(body, "item"),
                    lot: text(body, "lot"),
                    serial: text(body, "serial"),
                };
                self.put(row, qty(body)?, "returned");
            }
            "Received" => self.received(body)?,
            "ReceiptClosed" => self.closed(body, lines),
            "Moved" if !text(body, "unit").is_empty() => {
                self.carry(&text(body, "unit"), &text(body, "to"), "moved");
            }
            "Moved" => {
                let status = text(body, "status");
                for unit in units(body) {
                    let from = Row {
                        location: text(body, "from"),
                        status: if status.is_empty() { "available".to_owned() } else { status.clone() },
                        unit: text(unit, "handling_unit"),
                        item: text(body, "item"),
                        lot: text(unit, "lot"),
                        serial: text(unit, "serial"),
                    };
                    let to = Row { location: text(body, "to"), unit: text(body, "into"), ..from.clone() };
                    self.shift(from, to, qty(unit)?, "moved");
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// From totes into a carton, or back.
    fn packed(&mut self, body: &Value, into: bool) -> Result<()> {
        let bench = text(body, "location");
        // Whoever packs has it before them: it is at the bench, wherever it was set down.
        for unit in units(body) {
            for held in [text(unit, "handling_unit"), text(body, "carton")].iter().filter(|held| !held.is_empty()) {
                self.carry(held, &bench, "brought to the bench");
            }
            let tote = Row {
                location: bench.clone(),
                status: "allocated".to_owned(),
                unit: text(unit, "handling_unit"),
                item: text(body, "item"),
                lot: text(unit, "lot"),
                serial: text(unit, "serial"),
            };
            let carton = Row { unit: text(body, "carton"), ..tote.clone() };
            let (from, to) = if into { (tote, carton) } else { (carton, tote) };
            self.shift(from, to, qty(unit)?, "packed");
        }
        Ok(())
    }

    /// Everything in a carton has left.
    fn shipped(&mut self, carton: &str) {
        let inside = self.rows.iter().filter(|(row, qty)| row.unit == carton && !carton.is_empty() && **qty > 0);
        let inside: Vec<(Row, i64)> = inside.map(|(row, qty)| (row.clone(), *qty)).collect();
        for (row, qty) in inside {
            self.put(row, -qty, "shipped");
        }
    }

    fn received(&mut self, body: &Value) -> Result<()> {
        let (receipt, line) = (text(body, "receipt"), text(body, "line"));
        for unit in units(body) {
            let row = Row {
                location: text(body, "location"),
                status: text(unit, "status"),
                unit: text(body, "handling_unit"),
                item: text(body, "item"),
                lot: text(body, "lot"),
                serial: text(unit, "serial"),
            };
            let qty = qty(unit)?;
            *self.came.entry(line.clone()).or_default() += qty;
            match row.status.as_str() {
                "in-transit" => {
                    let waits = Waits { line: line.clone(), row: row.clone(), qty };
                    self.waits.entry(receipt.clone()).or_default().push(waits);
                }
                "damaged" => *self.damaged.entry((receipt.clone(), line.clone())).or_default() += qty,
                _ => {}
            }
            self.put(row, qty, "received");
        }
        Ok(())
    }

    /// The close of a receipt: good units may be sold now, those of a line that differs are held.
    fn closed(&mut self, body: &Value, lines: &BTreeMap<String, Line>) {
        let receipt = text(body, "receipt");
        let complete = body.get("complete").and_then(Value::as_bool).unwrap_or_default();
        for wanted in self.waits.remove(&receipt).unwrap_or_default() {
            let line = lines.get(&wanted.line).copied().unwrap_or_default();
            let came = self.came.get(&wanted.line).copied().unwrap_or(0);
            let damaged = self.damaged.contains_key(&(receipt.clone(), wanted.line.clone()));
            let held = damaged || came > line.limit || (complete && came < line.ordered);
            let status = if held { "quarantined" } else { "available" };
            // Where they were received first, then wherever they are by now.
            let mut left = wanted.qty;
            for same in [true, false] {
                let found: Vec<(Row, i64)> = self
                    .rows
                    .iter()
                    .filter(|(row, qty)| row.status == "in-transit" && **qty > 0 && is_like(row, &wanted.row))
                    .filter(|(row, _)| (row.unit == wanted.row.unit) == same)
                    .map(|(row, qty)| (row.clone(), *qty))
                    .collect();
                for (row, there) in found {
                    let part = there.min(left);
                    left -= part;
                    let to = Row { status: status.to_owned(), ..row.clone() };
                    self.shift(row, to, part, "closed");
                }
            }
        }
    }

    /// Enters the variance of a count that was posted, as `/v1/counts/ID` tells it.
    ///
    /// # Errors
    /// When a line has no variance.
    pub fn enter_count(&mut self, count: &Value) -> Result<()> {
        for line in count.get("lines").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default() {
            let variance = line.get("variance").and_then(Value::as_i64).context("a count without variance")?;
            let row = Row { location: text(count, "location"), status: "available".to_owned(), ..row_of(line) };
            self.put(row, variance, "counted");
        }
        Ok(())
    }

    /// Every place and status of which something changed, or that the core sees otherwise.
    ///
    /// # Errors
    /// When a row of the core has no quantity.
    pub fn compare(&self, stock: &[Value]) -> Result<Vec<Balance>> {
        let mut sums: BTreeMap<(String, String), (i64, i64)> = BTreeMap::new();
        let place = |row: &Row| (row.location.clone(), row.status.clone());
        for (row, qty) in &self.rows {
            sums.entry(place(row)).or_default().0 += qty;
        }
        for value in stock {
            sums.entry(place(&row_of(value))).or_default().1 += qty(value)?;
        }
        let all = sums.into_iter().map(|(place, (should, is))| Balance {
            seeded: self.opening.get(&place).copied().unwrap_or(0),
            moved: self.moved.get(&place).cloned().unwrap_or_default(),
            place: place.0,
            status: place.1,
            should,
            is,
        });
        Ok(all.filter(|row| !row.moved.is_empty() || row.should != row.is).collect())
    }

    /// Items of which the core has more or less than these books, in any place and status: item, ours, the core's.
    ///
    /// # Errors
    /// When a row of the core has no quantity.
    pub fn differences(&self, stock: &[Value]) -> Result<Vec<(String, i64, i64)>> {
        let mut sums: BTreeMap<(String, String, String), (i64, i64)> = BTreeMap::new();
        let key = |row: &Row| (row.location.clone(), row.status.clone(), row.item.clone());
        for (row, qty) in &self.rows {
            sums.entry(key(row)).or_default().0 += qty;
        }
        for value in stock {
            sums.entry(key(&row_of(value))).or_default().1 += qty(value)?;
        }
        let differ = sums.into_iter().filter(|(_, (own, core))| own != core);
        Ok(differ.map(|((at, status, item), (own, core))| (format!("{item} at {at} {status}"), own, core)).collect())
    }

    /// All units, by status.
    #[must_use]
    pub fn by_status(&self) -> BTreeMap<String, i64> {
        let mut sums = BTreeMap::new();
        for (row, qty) in &self.rows {
            *sums.entry(row.status.clone()).or_default() += qty;
        }
        sums
    }
}

fn row_of(value: &Value) -> Row {
    Row {
        location: text(value, "location"),
        status: text(value, "status"),
        unit: text(value, "handling_unit"),
        item: text(value, "item"),
        lot: text(value, "lot"),
        serial: text(value, "serial"),
    }
}

/// The status that goods get with what becomes of them.
fn status_of(disposition: &str) -> &'static str {
    match disposition {
        "restock" => "available",
        "write-off" => "damaged",
        _ => "quarantined",
    }
}

fn is_like(row: &Row, other: &Row) -> bool {
    row.item == other.item && row.lot == other.lot && row.serial == other.serial
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fact(kind: &str, body: Value) -> Value {
        json!({"type": kind, "outcome": "applied", "undone": false, "dup_of": "", "body": body})
    }

    #[test]
    fn every_unit_is_followed_to_where_it_is() {
        let stock = |rows: &[(&str, &str, &str, i64)]| -> Vec<Value> {
            let row = |(location, status, unit, qty): &(&str, &str, &str, i64)| json!({"location": location, "status": status, "handling_unit": unit, "item": "X", "qty": qty});
            rows.iter().map(row).collect()
        };
        let mut books = Books::open(&stock(&[("A", "available", "", 9)])).unwrap();
        let line = Line { ordered: 6, limit: 6 };
        let lines = BTreeMap::from([("l".to_owned(), line), ("m".to_owned(), line)]);
        let got = |line: &str, status: &str, qty: i64| {
            json!({"receipt": "r", "line": line, "location": "DOCK", "item": "X", "handling_unit": "P",
                "units": [{"qty": qty, "status": status}]})
        };
        for (kind, body) in [
            ("Picked", json!({"location": "A", "item": "X", "tote": "T", "units": [{"qty": 2}]})),
            ("DroppedOff", json!({"location": "PACK", "totes": ["T"]})),
            ("Received", got("l", "in-transit", 6)),
            // One line is short, so that its good units are held.
            ("Received", got("m", "in-transit", 4)),
            ("Received", got("m", "damaged", 1)),
            ("Moved", json!({"item": "X", "from": "A", "to": "B", "units": [{"qty": 1}]})),
            ("ReceiptClosed", json!({"receipt": "r", "complete": true})),
            ("Moved", json!({"unit": "P", "from": "DOCK", "to": "C"})),
            (
                "Packed",
                json!({"item": "X", "location": "PACK", "carton": "C-1", "units": [{"qty": 2, "handling_unit": "T"}]}),
            ),
            (
                "Unpacked",
                json!({"item": "X", "location": "PACK", "carton": "C-1", "units": [{"qty": 1, "handling_unit": "T"}]}),
            ),
            ("Shipped", json!({"carton": "C-1"})),
            ("ReturnInspected", json!({"item": "X", "location": "HOLD", "qty": 1, "disposition": "liquidate"})),
        ] {
            books.enter(&fact(kind, body), &lines).unwrap();
        }
        let count = json!({"location": "B", "lines": [{"item": "X", "variance": -1}]});
        books.enter_count(&count).unwrap();
        let mut parked = fact("Picked", json!({"location": "A", "item": "X", "tote": "T", "units": [{"qty": 2}]}));
        parked["outcome"] = "parked".into();
        books.enter(&parked, &lines).unwrap();
        let right = [
            ("A", "available", "", 6),
            ("C", "available", "P", 6),
            ("C", "quarantined", "P", 4),
            ("C", "damaged", "P", 1),
            ("PACK", "allocated", "T", 1),
            ("HOLD", "quarantined", "", 1),
        ];
        assert_eq!(books.differences(&stock(&right)).unwrap(), []);
        let all = books.compare(&stock(&right)).unwrap();
        let a = all.iter().find(|row| row.place == "A").unwrap();
        let moved = Moved::from([("picked", -2), ("moved", -1)]);
        assert_eq!((a.seeded, &a.moved, a.should, a.is), (9, &moved, 6, 6));
        let lost = [&right[1..], &[("A", "available", "", 5)]].concat();
        assert_eq!(books.differences(&stock(&lost)).unwrap(), [("X at A available".to_owned(), 6, 5)]);
    }
}
