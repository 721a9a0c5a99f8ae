//! State down: the rows of the streams, by deltas (pull) or whole (bootstrap).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Kinds of rows. The body of each is a type of `floorhand_domain` or of this crate.
pub mod kind {
    /// `master::Item`, key: item. Stream `global`.
    pub const ITEM: &str = "item";
    /// `master::Barcode`, key: code. Stream `global`.
    pub const BARCODE: &str = "barcode";
    /// `master::Location`, key: location. Warehouse stream.
    pub const LOCATION: &str = "location";
    /// `stock::Stock`, key: see [`super::stock_key`]. Warehouse stream. Absent = zero.
    pub const STOCK: &str = "stock";
    /// `master::HandlingUnit`, key: its label. Warehouse stream.
    pub const HANDLING_UNIT: &str = "handling-unit";
    /// `master::Operator`, key: operator. Warehouse stream.
    pub const OPERATOR: &str = "operator";
    /// `task::Task`, key: task. Warehouse stream. Tasks that are done or cancelled are tombstones
    /// two days after.
    pub const TASK: &str = "task";
    /// `task::Line`, key: line. Warehouse stream.
    pub const LINE: &str = "line";
    /// `master::Settings`, key `settings`. Warehouse stream.
    pub const SETTINGS: &str = "settings";
    /// `inbound::Delivery`, key: delivery. Warehouse stream.
    pub const DELIVERY: &str = "delivery";
    /// `inbound::DeliveryLine`, key: line. Warehouse stream.
    pub const DELIVERY_LINE: &str = "delivery-line";
    /// `inbound::Announced`, key: its identifier. Warehouse stream.
    pub const ANNOUNCED: &str = "announced";
    /// `outbound::PackOrder`, key: order. Warehouse stream. Absent = nothing to pack.
    pub const PACK_ORDER: &str = "pack-order";
    /// `outbound::Carton`, key: its label. Warehouse stream.
    pub const CARTON: &str = "carton";
    /// `outbound::CartonType`, key: its identifier. Warehouse stream.
    pub const CARTON_TYPE: &str = "carton-type";
    /// `returns::Rma`, key: its identifier. Warehouse stream.
    pub const RMA: &str = "rma";
    /// `returns::ShippedLine`, key: its identifier. Warehouse stream.
    pub const SHIPPED: &str = "shipped";
    /// `returns::ReturnPolicy`, key `return-policy`. Warehouse stream.
    pub const RETURN_POLICY: &str = "return-policy";
    /// [`super::OutcomeRow`], key `epoch/seq`: outcome of a fact of this device that came after
    /// its push was answered. Device stream.
    pub const OUTCOME: &str = "outcome";
    /// [`super::ExceptionRow`], key: exception. Device stream of whose fact opened it, and the warehouse stream
    /// once it is somebody's. Closed ones are tombstones two days after.
    pub const EXCEPTION: &str = "exception";
    /// [`super::RefundRow`], key: refund. Device stream of whose inspection it follows from. Decided ones are
    /// tombstones two days after.
    pub const REFUND: &str = "refund";
}

/// Key of a stock row.
#[must_use]
pub fn stock_key(stock: &floorhand_domain::stock::Stock) -> String {
    format!(
        "{}|{}|{}|{}|{}|{}",
        stock.location,
        stock.item,
        stock.lot,
        stock.serial,
        stock.handling_unit,
        stock.status.as_str()
    )
}

/// Outcome of a fact that was parked, or judged anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutcomeRow {
    /// The fact's epoch.
    pub epoch: u64,
    /// Its number.
    pub seq: u64,
    /// What became of it.
    pub outcome: crate::push::Outcome,
    /// Why. Empty = nothing to say.
    #[serde(default)]
    pub code: String,
    /// What to look at. Empty = nothing.
    #[serde(default, rename = "ref")]
    pub reference: String,
}

/// What a supervisor must look at, as the device that caused it sees it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct ExceptionRow {
    /// Its identifier.
    pub id: String,
    /// Reason code.
    pub kind: String,
    /// `open` or `closed`.
    pub state: String,
    /// The fact's epoch.
    pub epoch: u64,
    /// Its number.
    pub seq: u64,
    /// Type of the fact.
    pub fact: String,
    /// What it is about, e.g. `location|item` or a task. Empty = unknown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// When, RFC 3339, by the core's clock.
    pub at: String,
    /// Whose it is. Empty = nobody's yet.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// Who made the fact that caused it; they do not decide about it. Empty = not told.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// What is the matter: found and expected, in words of the core. Empty = not told.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// The task that would settle it. Empty = none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub task: String,
    /// Whether somebody must allow something.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub waits: bool,
}

/// What becomes of the money for units that came back. The core decides with their `ReturnInspected`; until this
/// row is there, the refund waits.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct RefundRow {
    /// Its identifier.
    pub id: String,
    /// The epoch of the `ReturnInspected`.
    pub epoch: u64,
    /// Its number.
    pub seq: u64,
    /// The return.
    pub inspection: String,
    /// The RMA. Empty = nobody announced it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rma: String,
    /// The order.
    pub order: String,
    /// The line of the order.
    pub line: String,
    /// The item.
    pub item: String,
    /// Units that count.
    pub qty: i64,
    /// `released`, `held` or `refused`.
    pub state: String,
    /// In minor units of the site's currency.
    pub amount_minor: i64,
    /// Why it is held or was refused: a reason code. Empty = nothing to say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// When it was decided last, RFC 3339, by the core's clock.
    pub at: String,
}

/// One row: `[kind, id, pos, body]`; a `null` body is a tombstone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Row(
    /// Kind, see [`kind`].
    pub String,
    /// Key within the kind.
    pub String,
    /// Position in the stream.
    pub u64,
    /// The row, or null.
    #[schema(value_type = Object)]
    pub Value,
);

/// The rows of one stream in a pull.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StreamPage {
    /// The stream.
    pub s: String,
    /// The position the device had.
    pub from: u64,
    /// The position it has after storing this page.
    pub to: u64,
    /// Whether `to` is the head of the snapshot.
    pub complete: bool,
    /// Rows with positions in (from, to], in that order.
    pub rows: Vec<Row>,
    /// Rows alive in the stream.
    pub live: u64,
    /// Order-free checksum of the rows alive, see [`row_sum`]; 16 hex digits.
    pub sum: String,
}

/// How far the core has applied the facts of the device that asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Applied {
    /// The epoch.
    pub epoch: u64,
    /// The last number of it.
    pub through: u64,
}

/// The answer to `GET /v1/sync/pull?cursor=…&limit=…&wait=…`.
///
/// The cursor is opaque to the device. An absent one means: from the beginning of every stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PullResponse {
    /// The core's state since its last restore.
    pub server_epoch: String,
    /// RFC 3339.
    pub server_time: String,
    /// Version of the row bodies.
    pub schema: u32,
    /// Facts of this device that the rows contain. To be taken over only when every stream is complete.
    pub applied: Applied,
    /// One page a stream.
    pub streams: Vec<StreamPage>,
    /// To be sent with the next pull.
    pub cursor: String,
}

/// The answer to `GET /v1/sync/bootstrap?stream=…&after=…&limit=…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BootstrapResponse {
    /// The core's state since its last restore.
    pub server_epoch: String,
    /// RFC 3339.
    pub server_time: String,
    /// Version of the row bodies.
    pub schema: u32,
    /// The stream.
    pub stream: String,
    /// Head of the stream when this page was read. The device keeps that of the first page and
    /// makes it its cursor after the last one.
    pub pos: u64,
    /// Rows alive in key order, those changed since the first page included.
    pub rows: Vec<Row>,
    /// For the next page; absent after the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// Version of the row bodies.
pub const SCHEMA: u32 = 1;

/// Contribution of one row alive to the checksum of its stream; contributions are added wrapping.
#[must_use]
pub fn row_sum(kind: &str, id: &str, pos: u64) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(kind.as_bytes());
    hasher.update(&[0]);
    hasher.update(id.as_bytes());
    hasher.update(&[0]);
    hasher.update(&pos.to_be_bytes());
    let mut first = [0u8; 8];
    for (to, from) in first.iter_mut().zip(hasher.finalize().as_bytes()) {
        *to = *from;
    }
    u64::from_be_bytes(first)
}

/// The opaque cursor: device and core need one encoding, only the core reads it.
pub mod cursor {
    /// Writes positions as `stream=pos` pairs in stream order.
    #[must_use]
    pub fn encode(positions: &std::collections::BTreeMap<String, u64>) -> String {
        positions.iter().map(|(stream, pos)| format!("{stream}={pos}")).collect::<Vec<_>>().join(",")
    }

    /// Reads what [`encode`] wrote; `None` where it was not written by it.
    #[must_use]
    pub fn decode(cursor: &str) -> Option<std::collections::BTreeMap<String, u64>> {
        cursor
            .split(',')
            .filter(|part| !part.is_empty())
            .map(|part| part.rsplit_once('=').and_then(|(stream, pos)| Some((stream.to_owned(), pos.parse().ok()?))))
            .collect()
    }
}
