//! Books of our own about the orders: what every fact since the beginning made of each line. What the core says of an
//! order in the end must be the same, to the unit.

use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::BTreeMap;

/// Units of a line, or of an order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sums {
    picked: i64,
    packed: i64,
    shipped: i64,
    short: i64,
    returned: i64,
}

/// An order as the core has it in the end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderRow {
    /// Which.
    pub id: String,
    /// Where it stands.
    pub state: String,
    /// Units ordered.
    pub ordered: i64,
    /// Units promised and not picked yet.
    pub open: i64,
    /// Units picked.
    pub picked: i64,
    /// Units in cartons or gone.
    pub packed: i64,
    /// Units gone.
    pub shipped: i64,
    /// Units that were ever missing.
    pub short: i64,
    /// Units on backorder.
    pub backordered: i64,
    /// Units that nobody wants any more.
    pub cancelled: i64,
    /// Units that came back and count.
    pub returned: i64,
    /// Units of them for which the money goes back.
    pub refunded: i64,
    /// That money, in minor units.
    pub refunded_minor: i64,
}

/// The books, by line of an order.
#[derive(Debug, Clone, Default)]
pub struct OrderBooks {
    lines: BTreeMap<String, Sums>,
    /// The order line of each line of a task.
    task_lines: BTreeMap<String, String>,
    /// What is in each carton: order line and units.
    cartons: BTreeMap<String, BTreeMap<String, i64>>,
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn number(value: &Value, name: &str) -> i64 {
    value.get(name).and_then(Value::as_i64).unwrap_or(0)
}

fn rows<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn units(body: &Value) -> i64 {
    rows(body, "units").iter().map(|unit| number(unit, "qty")).sum()
}

impl OrderBooks {
    /// Opens them with rows of `/v1/orders` in the beginning, and of `/v1/tasks` in the end.
    #[must_use]
    pub fn open(orders: &[Value], tasks: &[Value]) -> Self {
        let mut books = Self::default();
        for line in orders.iter().flat_map(|order| rows(order, "lines")) {
            let sums = Sums {
                picked: number(line, "picked"),
                packed: number(line, "packed"),
                shipped: number(line, "shipped"),
                short: number(line, "short"),
                returned: 0,
            };
            books.lines.insert(text(line, "id").to_owned(), sums);
        }
        for line in tasks.iter().flat_map(|task| rows(task, "lines")) {
            books.task_lines.insert(text(line, "id").to_owned(), text(line, "order_line").to_owned());
        }
        books
    }

    /// Enters a fact of `/v1/facts` that the core has applied.
    ///
    /// # Errors
    /// When it has no body.
    pub fn enter(&mut self, fact: &Value) -> Result<()> {
        let undone = fact.get("undone").and_then(Value::as_bool).unwrap_or_default();
        if !text(fact, "outcome").starts_with("applied") || undone || !text(fact, "dup_of").is_empty() {
            return Ok(());
        }
        let body = fact.get("body").context("a fact without body")?;
        let line = text(body, "line").to_owned();
        match text(fact, "type") {
            "Picked" => self.of_task(&line).picked += units(body),
            "PickedShort" => self.of_task(&line).short += number(body, "qty"),
            "Packed" => self.pack(line, text(body, "carton"), units(body)),
            "Unpacked" => self.pack(line, text(body, "carton"), -units(body)),
            "Shipped" => {
                for (line, qty) in self.cartons.remove(text(body, "carton")).unwrap_or_default() {
                    self.lines.entry(line).or_default().shipped += qty;
                }
            }
            "ReturnInspected" if !line.is_empty() => {
                self.lines.entry(line).or_default().returned += number(body, "qty");
            }
            _ => {}
        }
        Ok(())
    }

    fn of_task(&mut self, line: &str) -> &mut Sums {
        let order_line = self.task_lines.get(line).cloned().unwrap_or_default();
        self.lines.entry(order_line).or_default()
    }

    fn pack(&mut self, line: String, carton: &str, qty: i64) {
        self.lines.entry(line.clone()).or_default().packed += qty;
        *self.cartons.entry(carton.to_owned()).or_default().entry(line).or_default() += qty;
    }

    /// Orders as the core has them, and where these books say otherwise. `orders`, `returns` and `refunds`: rows of
    /// `/v1/orders`, `/v1/returns` and `/v1/refunds` in the end.
    #[must_use]
    pub fn compare(&self, orders: &[Value], returns: &[Value], refunds: &[Value]) -> (Vec<OrderRow>, Vec<String>) {
        let mut came: BTreeMap<&str, i64> = BTreeMap::new();
        for row in returns {
            *came.entry(text(row, "line")).or_default() += number(row, "qty") - number(row, "excess");
        }
        let (mut all, mut differ) = (Vec::new(), Vec::new());
        for order in orders {
            let (id, state) = (text(order, "id").to_owned(), text(order, "state").to_owned());
            let mut row = OrderRow { id, state, ..OrderRow::default() };
            for line in rows(order, "lines") {
                let name = text(line, "id");
                let is = Sums {
                    picked: number(line, "picked"),
                    packed: number(line, "packed"),
                    shipped: number(line, "shipped"),
                    short: number(line, "short"),
                    returned: came.get(name).copied().unwrap_or(0),
                };
                let should = self.lines.get(name).copied().unwrap_or_default();
                if is != should {
                    differ.push(format!("{name}: {should:?}, and the core has {is:?}"));
                }
                let (qty, open, back) = (number(line, "qty"), number(line, "allocated"), number(line, "backordered"));
                // What left before the devices came has no pick of theirs.
                let gone = qty - open - is.picked.max(is.shipped) - back;
                if gone != 0 && text(line, "state") != "cancelled" {
                    differ.push(format!("{name}: {qty} ordered, of which {gone} are in no state"));
                }
                row.ordered += qty;
                row.open += open;
                row.picked += is.picked;
                row.packed += is.packed;
                row.shipped += is.shipped;
                row.short += is.short;
                row.backordered += back;
                row.cancelled += gone;
                row.returned += is.returned;
            }
            let own = refunds.iter().filter(|one| text(one, "order") == row.id && text(one, "state") == "released");
            for refund in own {
                row.refunded += number(refund, "qty");
                row.refunded_minor += number(refund, "amount_minor");
            }
            all.push(row);
        }
        (all, differ)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_unit_of_an_order_is_in_one_state() {
        let line = |picked: i64, packed: i64, shipped: i64, short: i64| {
            json!([{"id": "O", "state": "part-shipped", "lines": [{"id": "O:1", "qty": 5, "allocated": 1, "picked": picked,
                "packed": packed, "shipped": shipped, "backordered": 1, "short": short, "state": "part-picked"}]}])
        };
        let rows = |value: Value| value.as_array().cloned().unwrap_or_default();
        let tasks = rows(json!([{"lines": [{"id": "t-1", "order_line": "O:1"}]}]));
        let mut books = OrderBooks::open(&rows(line(0, 0, 0, 0)), &tasks);
        for (kind, body) in [
            ("Picked", json!({"line": "t-1", "units": [{"qty": 3}]})),
            ("PickedShort", json!({"line": "t-1", "qty": 1})),
            ("Packed", json!({"line": "O:1", "carton": "C", "units": [{"qty": 3}]})),
            ("Unpacked", json!({"line": "O:1", "carton": "C", "units": [{"qty": 1}]})),
            ("Shipped", json!({"carton": "C"})),
            ("ReturnInspected", json!({"line": "O:1", "qty": 1})),
        ] {
            let fact = json!({"type": kind, "outcome": "applied", "undone": false, "dup_of": "", "body": body});
            books.enter(&fact).unwrap();
        }
        let returns = rows(json!([{"line": "O:1", "qty": 1, "excess": 0}]));
        let refunds = rows(json!([{"order": "O", "state": "released", "qty": 1, "amount_minor": 250},
            {"order": "O", "state": "held", "qty": 1, "amount_minor": 250}]));
        let (all, differ) = books.compare(&rows(line(3, 2, 2, 1)), &returns, &refunds);
        assert_eq!(differ, Vec::<String>::new());
        let one = &all[0];
        assert_eq!((one.ordered, one.open, one.picked, one.backordered, one.cancelled), (5, 1, 3, 1, 0));
        assert_eq!((one.shipped, one.returned, one.refunded, one.refunded_minor), (2, 1, 1, 250));
        let (_, differ) = books.compare(&rows(line(3, 3, 2, 1)), &returns, &refunds);
        assert_eq!(differ.len(), 1);
        let (_, differ) = books.compare(&rows(line(2, 2, 2, 1)), &returns, &refunds);
        assert_eq!(differ.len(), 2);
    }
}
