//! Orders coming in: read, checked, accepted once.

use super::promise::{Want, date_of, promise};
use super::state::{Event, Of, State, TABLE, of_order};
use super::sums::sums_of;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::vals;
use floorhand_domain::id::{ItemId, OrderId, OrderLineId};
use floorhand_domain::outbound::PartialShip;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Lines of one order at the most.
pub const ORDER_LINES_MAX: usize = 5_000;
/// Units of one line at the most.
pub const LINE_QTY_MAX: i64 = 100_000;
/// Characters of an identifier at the most.
pub const ID_CHARS_MAX: usize = 64;
/// Priorities are within ± this.
pub const PRIORITY_MAX: i64 = 100;
/// Characters of a customer's name at the most.
const CUSTOMER_CHARS_MAX: usize = 200;
/// Faults told in one answer at the most.
const FAULTS_MAX: usize = 20;

/// What is to happen to an order once stock is promised to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReleaseMode {
    /// A pick task is made at once.
    #[default]
    Auto,
    /// It waits for `POST /v1/releases`.
    Hold,
}

/// A customer order, checked in itself; whether its items exist shows when it is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewOrder {
    /// Chosen by the caller: posted again it is the same order.
    pub id: OrderId,
    /// Who ordered. Empty = not said.
    pub customer: String,
    /// Higher comes first.
    pub priority: i64,
    /// When the carrier leaves, in milliseconds since 1970; 0 = no cut-off.
    pub cutoff_ms: i64,
    /// Whether it goes to the floor at once.
    pub release: ReleaseMode,
    /// What was ordered.
    pub lines: Vec<NewLine>,
    /// Where it was ordered. Empty = not said.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub channel: String,
    /// Where it goes, as two letters (ISO 3166). Empty = not said.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub country: String,
    /// Whether it may leave in parts.
    #[serde(skip_serializing_if = "is_usual")]
    pub partial: PartialShip,
}

fn is_usual(partial: &PartialShip) -> bool {
    *partial == PartialShip::default()
}

/// A line of a [`NewOrder`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewLine {
    /// Unique within the order; its number where none was given.
    pub id: String,
    /// What.
    pub item: ItemId,
    /// How many.
    pub qty: i64,
}

/// What is wrong with a field, and the way out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fault {
    /// The field, e.g. `lines[2].qty`.
    pub field: String,
    /// What is wrong with it and what to send instead.
    pub message: String,
}

impl Fault {
    /// A fault of a field.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

/// The faults of a body, as far as they are told.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    /// The value where nothing is wrong.
    pub(crate) fn or<T>(self, value: T) -> std::result::Result<T, Vec<Fault>> {
        if self.0.is_empty() { Ok(value) } else { Err(self.0) }
    }

    pub(crate) fn any(&self) -> bool {
        !self.0.is_empty()
    }

    pub(crate) fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        if self.0.len() < FAULTS_MAX {
            self.0.push(Fault::new(field, message));
        }
    }
}

pub(crate) fn shown(value: &Value) -> String {
    let text: String = value.to_string().chars().take(40).collect();
    text
}

/// Whether a text may be an identifier: short and scannable, with no character that separates
/// identifiers elsewhere.
pub(crate) fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= ID_CHARS_MAX
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

fn id(faults: &mut Faults, field: &str, value: Option<&Value>) -> Option<String> {
    let rule = format!("1 to {ID_CHARS_MAX} letters, digits, '-', '_' or '.'");
    match value {
        Some(Value::String(text)) if is_id(text) => Some(text.clone()),
        Some(other) => {
            faults.add(field, format!("must be {rule}; got {}", shown(other)));
            None
        }
        None => {
            faults.add(field, format!("is missing; send {rule}"));
            None
        }
    }
}

pub(crate) fn whole(faults: &mut Faults, field: &str, value: &Value, min: i64, max: i64) -> i64 {
    match value.as_i64().filter(|n| (min..=max).contains(n)) {
        Some(n) => n,
        None => {
            faults.add(field, format!("must be a whole number from {min} to {max}; got {}", shown(value)));
            min
        }
    }
}

impl NewOrder {
    /// Reads an order as it is posted. Fields it does not know are ignored.
    ///
    /// # Errors
    /// Every fault found, named by its field.
    pub fn read(body: &Value) -> std::result::Result<Self, Vec<Fault>> {
        let mut faults = Faults(Vec::new());
        let Value::Object(fields) = body else {
            return Err(vec![Fault::new("", "the body must be a JSON object with id and lines")]);
        };
        let given = |name: &str| fields.get(name).filter(|value| !value.is_null());
        let order = id(&mut faults, "id", given("id")).unwrap_or_default();
        let customer = match given("customer") {
            None => String::new(),
            Some(Value::String(text)) if text.chars().count() <= CUSTOMER_CHARS_MAX => text.clone(),
            Some(_) => {
                faults.add("customer", format!("must be a text of at most {CUSTOMER_CHARS_MAX} characters"));
                String::new()
            }
        };
        let priority =
            given("priority").map_or(0, |value| whole(&mut faults, "priority", value, -PRIORITY_MAX, PRIORITY_MAX));
        let cutoff_ms = match given("cutoff") {
            None => 0,
            Some(value) => match value.as_str().and_then(|text| text.parse::<Timestamp>().ok()) {
                Some(moment) => moment.as_millisecond(),
                None => {
                    faults.add("cutoff", format!("must be a moment like 2026-11-21T16:00:00Z; got {}", shown(value)));
                    0
                }
            },
        };
        let release = match given("release").map(|value| (value, value.as_str())) {
            None | Some((_, Some("auto"))) => ReleaseMode::Auto,
            Some((_, Some("hold"))) => ReleaseMode::Hold,
            Some((value, _)) => {
                faults.add("release", format!("must be \"auto\" or \"hold\"; got {}", shown(value)));
                ReleaseMode::Auto
            }
        };
        let lines = read_lines(&mut faults, given("lines"));
        let channel = match given("channel").map(|value| (value, value.as_str())) {
            None => String::new(),
            Some((_, Some(text))) if is_id(text) => text.to_owned(),
            Some((value, _)) => {
                faults.add("channel", format!("must be an identifier; got {}", shown(value)));
                String::new()
            }
        };
        let country = match given("country").map(|value| (value, value.as_str())) {
            None => String::new(),
            Some((_, Some(text))) if text.len() == 2 && text.chars().all(|c| c.is_ascii_uppercase()) => text.to_owned(),
            Some((value, _)) => {
                faults.add("country", format!("must be two capital letters like DE; got {}", shown(value)));
                String::new()
            }
        };
        let partial = match given("partial").map(|value| (value, value.as_str())) {
            None | Some((_, Some("ask"))) => PartialShip::Ask,
            Some((_, Some("allow"))) => PartialShip::Allow,
            Some((_, Some("never"))) => PartialShip::Never,
            Some((value, _)) => {
                faults.add("partial", format!("must be \"allow\", \"ask\" or \"never\"; got {}", shown(value)));
                PartialShip::Ask
            }
        };
        faults.or(Self { id: order.into(), customer, priority, cutoff_ms, release, lines, channel, country, partial })
    }

    /// What tells two orders of one identifier apart.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which every order can.
    pub fn hash(&self) -> Result<String> {
        Ok(blake3::hash(&serde_json::to_vec(self)?).to_hex().to_string())
    }

    /// The identifier of one of its lines in the whole warehouse.
    #[must_use]
    pub fn line_key(&self, line: &NewLine) -> OrderLineId {
        format!("{}:{}", self.id, line.id).into()
    }
}

fn read_lines(faults: &mut Faults, value: Option<&Value>) -> Vec<NewLine> {
    let lines = match value {
        Some(Value::Array(lines)) if !lines.is_empty() && lines.len() <= ORDER_LINES_MAX => lines,
        Some(Value::Array(lines)) if !lines.is_empty() => {
            faults.add("lines", format!("must be at most {ORDER_LINES_MAX}; got {}; split the order", lines.len()));
            return Vec::new();
        }
        Some(_) => {
            faults.add("lines", "must be a list with at least one line {item, qty}");
            return Vec::new();
        }
        None => {
            faults.add("lines", "is missing; send a list of lines {item, qty}");
            return Vec::new();
        }
    };
    let mut seen = std::collections::HashSet::new();
    let mut read = Vec::with_capacity(lines.len());
    for (n, line) in lines.iter().enumerate() {
        let Value::Object(fields) = line else {
            faults.add(format!("lines[{n}]"), "must be an object {item, qty}");
            continue;
        };
        let given = |name: &str| fields.get(name).filter(|value| !value.is_null());
        let own = match given("id") {
            None => (n + 1).to_string(),
            some => id(faults, &format!("lines[{n}].id"), some).unwrap_or_default(),
        };
        if !seen.insert(own.clone()) {
            faults.add(
                format!("lines[{n}].id"),
                format!("{own:?} is already the identifier of another line; send another"),
            );
        }
        let item = match given("item") {
            Some(Value::String(item)) if !item.is_empty() => item.clone(),
            Some(other) => {
                faults.add(
                    format!("lines[{n}].item"),
                    format!("must be the identifier of an item; got {}", shown(other)),
                );
                String::new()
            }
            None => {
                faults.add(format!("lines[{n}].item"), "is missing; GET /v1/items lists the items");
                String::new()
            }
        };
        let qty = match given("qty") {
            Some(value) => whole(faults, &format!("lines[{n}].qty"), value, 1, LINE_QTY_MAX),
            None => {
                faults.add(
                    format!("lines[{n}].qty"),
                    format!("is missing; send a whole number from 1 to {LINE_QTY_MAX}"),
                );
                1
            }
        };
        read.push(NewLine { id: own, item: item.into(), qty });
    }
    read
}

/// What became of an order that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accepted {
    /// It is new and stock is promised to it as far as there is any.
    New(State),
    /// The same order was accepted before; nothing was done.
    Again,
    /// Another order has its identifier.
    Clash,
    /// Something in it does not exist.
    Refused(Vec<Fault>),
}

/// Accepts an order: writes it and promises stock to its lines. Releasing it is apart.
///
/// # Errors
/// When the database refuses.
pub async fn accept(tx: &Tx, warehouse: i64, order: &NewOrder, now_ms: i64) -> Result<Accepted> {
    let hash = order.hash()?;
    if let Some(known) = known(tx, warehouse, order, &hash).await? {
        return Ok(known);
    }
    let faults = unknown_items(tx, order).await?;
    if !faults.is_empty() {
        return Ok(Accepted::Refused(faults));
    }
    let written = tx
        .execute(
            "INSERT INTO customer_order (warehouse_id, id, reference, customer, priority, cutoff_ms, state, created_ms, \
             body, body_hash, channel, country, partial) VALUES ($1, $2, '', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
             ON CONFLICT (warehouse_id, id) DO NOTHING",
            vals![
                warehouse,
                &order.id,
                &order.customer,
                order.priority,
                order.cutoff_ms,
                State::Open.as_str(),
                now_ms,
                serde_json::to_string(order)?,
                &hash,
                &order.channel,
                &order.country,
                crate::entity::name(&order.partial)
            ],
        )
        .await?;
    if written == 0 {
        // The same order was accepted in another transaction since we looked; it is committed now.
        return known(tx, warehouse, order, &hash)
            .await?
            .ok_or_else(|| Error::problem(503, "busy", "The same order is being accepted right now; send it again."));
    }
    for (n, line) in order.lines.iter().enumerate() {
        tx.execute(
            "INSERT INTO order_line (warehouse_id, id, order_id, line_no, item, qty, allocated, picked, short, \
             backordered, state) VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0, 0, $7)",
            vals![
                warehouse,
                &order.line_key(line),
                &order.id,
                i64::try_from(n + 1).unwrap_or(i64::MAX),
                &line.item,
                line.qty,
                State::Open.as_str()
            ],
        )
        .await?;
    }
    Ok(Accepted::New(decide(tx, warehouse, &order.id, &date_of(now_ms)).await?))
}

/// What became of an order of that identifier, where there is one.
async fn known(tx: &Tx, warehouse: i64, order: &NewOrder, hash: &str) -> Result<Option<Accepted>> {
    let row = tx
        .row("SELECT body_hash FROM customer_order WHERE warehouse_id = $1 AND id = $2", vals![warehouse, &order.id])
        .await?;
    row.map(|row| Ok(if row.str("body_hash")? == hash { Accepted::Again } else { Accepted::Clash })).transpose()
}

async fn unknown_items(tx: &Tx, order: &NewOrder) -> Result<Vec<Fault>> {
    let mut faults = Faults(Vec::new());
    let mut known = std::collections::HashMap::new();
    for (n, line) in order.lines.iter().enumerate() {
        let there = match known.get(&line.item) {
            Some(there) => *there,
            None => {
                let found = tx
                    .row("SELECT id FROM item WHERE warehouse_id = 0 AND id = $1", vals![&line.item])
                    .await?
                    .is_some();
                known.insert(line.item.clone(), found);
                found
            }
        };
        if !there {
            let name: String = line.item.as_str().chars().take(ID_CHARS_MAX).collect();
            faults.add(
                format!("lines[{n}].item"),
                format!("no item {name:?} in the catalogue; GET /v1/items lists the items"),
            );
        }
    }
    Ok(faults.0)
}

/// Promises stock for what an order lacks, undecided or on backorder, and writes the sums and
/// states of its lines and the state of the order. Returns the latter.
///
/// # Errors
/// When the database refuses.
pub(super) async fn decide(tx: &Tx, warehouse: i64, order: &OrderId, today: &str) -> Result<State> {
    // By item, so that two orders lock the stock of their items in one order; as an expression, so
    // that SQLite looks the lines up by their order and not by item.
    let lines = tx
        .rows(
            "SELECT id, item, qty, allocated, picked, put_back, backordered, packed, shipped, state FROM order_line \
             WHERE warehouse_id = $1 AND order_id = $2 ORDER BY item || '', line_no",
            vals![warehouse, order],
        )
        .await?;
    let mut states = Vec::with_capacity(lines.len());
    for row in &lines {
        let before = State::stored(row.str("state")?)?;
        let mut sums = sums_of(row)?;
        let missing = sums.undecided() + sums.backordered;
        if before == State::Cancelled || missing == 0 {
            states.push(before);
            continue;
        }
        let line: OrderLineId = row.text("id")?.into();
        let item: ItemId = row.text("item")?.into();
        let want = Want { order, order_line: &line, item: &item, qty: missing, today, not_at: "" };
        let found = promise(tx, warehouse, &want).await?;
        sums.allocated += found;
        sums.backordered = missing - found;
        let after = before.becomes(Of::Line, sums.state())?;
        tx.execute(
            "UPDATE order_line SET allocated = $3, backordered = $4, state = $5 WHERE warehouse_id = $1 AND id = $2",
            vals![warehouse, &line, sums.allocated, sums.backordered, after.as_str()],
        )
        .await?;
        states.push(after);
    }
    let before = order_state(tx, warehouse, order).await?;
    let part = matches!(before, State::PartPicked | State::PartShipped);
    let released = part || matches!(before, State::Released | State::Picked);
    let wanted = of_order(&states, released);
    // A backorder that can be met waits for its release like a new order does; one with goods
    // picked keeps its state until then.
    let after = if part { before } else { before.becomes(Of::Order, wanted)? };
    set_order_state(tx, warehouse, order, after).await?;
    Ok(after)
}

async fn order_state(tx: &Tx, warehouse: i64, order: &OrderId) -> Result<State> {
    let row = tx
        .row("SELECT state FROM customer_order WHERE warehouse_id = $1 AND id = $2", vals![warehouse, order])
        .await?
        .ok_or_else(|| Error::Stored(format!("order {order}")))?;
    State::stored(row.str("state")?)
}

async fn set_order_state(tx: &Tx, warehouse: i64, order: &OrderId, state: State) -> Result<()> {
    tx.execute(
        "UPDATE customer_order SET state = $3 WHERE warehouse_id = $1 AND id = $2",
        vals![warehouse, order, state.as_str()],
    )
    .await
    .map(|_| ())
}

/// Notes that pick tasks for an order exist.
///
/// # Errors
/// When its state does not allow any, or the database refuses.
pub(super) async fn mark_released(tx: &Tx, warehouse: i64, order: &OrderId) -> Result<()> {
    let before = order_state(tx, warehouse, order).await?;
    let allowed =
        TABLE.iter().any(|(of, from, event, _)| *of == Of::Order && *from == before && *event == Event::Released);
    if !allowed && before != State::Released {
        return Err(Error::Stored(format!("order {order} cannot be released, it is {}", before.as_str())));
    }
    set_order_state(tx, warehouse, order, State::Released).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(body: Value, fields: &[&str]) {
        let got: Vec<String> = match NewOrder::read(&body) {
            Ok(_) => Vec::new(),
            Err(faults) => faults.into_iter().map(|fault| fault.field).collect(),
        };
        assert_eq!(got, fields, "{body}");
    }

    #[test]
    fn faults_name_their_field() {
        let line = json!({"item": "X", "qty": 1});
        check(json!({"id": "SO-1", "lines": [line]}), &[]);
        check(json!({"id": "SO-1", "lines": [line], "colour": "red", "customer": null}), &[]);
        check(json!([]), &[""]);
        check(json!({}), &["id", "lines"]);
        check(json!({"id": "a b", "lines": [line]}), &["id"]);
        check(json!({"id": "a:b", "lines": [line]}), &["id"]);
        check(json!({"id": 7, "lines": [line]}), &["id"]);
        check(json!({"id": "x".repeat(65), "lines": [line]}), &["id"]);
        check(json!({"id": "a", "lines": []}), &["lines"]);
        check(json!({"id": "a", "lines": "X"}), &["lines"]);
        check(json!({"id": "a", "lines": [1]}), &["lines[0]"]);
        check(json!({"id": "a", "lines": [{}]}), &["lines[0].item", "lines[0].qty"]);
        check(json!({"id": "a", "lines": [line, {"item": 5, "qty": "2"}]}), &["lines[1].item", "lines[1].qty"]);
        for qty in [json!(0), json!(-1), json!(1.5), json!(100_001), json!("1")] {
            check(json!({"id": "a", "lines": [{"item": "X", "qty": qty}]}), &["lines[0].qty"]);
        }
        check(
            json!({"id": "a", "lines": [{"id": "1", "item": "X", "qty": 1}, {"id": "1", "item": "Y", "qty": 1}]}),
            &["lines[1].id"],
        );
        check(
            json!({"id": "a", "lines": [{"id": "2", "item": "X", "qty": 1}, {"item": "Y", "qty": 1}]}),
            &["lines[1].id"],
        );
        check(json!({"id": "a", "lines": [line], "priority": 101}), &["priority"]);
        check(json!({"id": "a", "lines": [line], "cutoff": "14:00"}), &["cutoff"]);
        check(json!({"id": "a", "lines": [line], "release": "later"}), &["release"]);
        check(json!({"id": "a", "lines": [line], "customer": 5}), &["customer"]);
        check(json!({"id": "a", "lines": [line], "channel": "a b"}), &["channel"]);
        check(json!({"id": "a", "lines": [line], "country": "de"}), &["country"]);
        check(json!({"id": "a", "lines": [line], "partial": true}), &["partial"]);
        check(json!({"id": "a", "lines": vec![line; ORDER_LINES_MAX + 1]}), &["lines"]);
    }

    #[test]
    fn an_order_is_read_with_its_defaults() {
        let body = json!({"id": "SO-1", "cutoff": "2026-11-21T16:00:00+02:00", "release": "hold",
            "lines": [{"item": "X", "qty": 2}, {"id": "b", "item": "Y", "qty": 1}]});
        let order = NewOrder::read(&body).unwrap();
        assert_eq!(order.cutoff_ms, 1_795_269_600_000);
        assert_eq!(order.release, ReleaseMode::Hold);
        let keys: Vec<String> = order.lines.iter().map(|line| order.line_key(line).to_string()).collect();
        assert_eq!(keys, ["SO-1:1", "SO-1:b"]);
        assert_eq!(order.hash().unwrap(), NewOrder::read(&body).unwrap().hash().unwrap());
    }
}
