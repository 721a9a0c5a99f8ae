//! The sync protocol between devices and the ERP core.
//!
//! Facts go up ([`push`]), state comes down ([`feed`]). Both sides use these types; unknown JSON
//! fields are ignored, so that a newer peer may say more. Every response also carries
//! `server_time` and `server_epoch` as headers ([`HEADER_SERVER_TIME`], [`HEADER_SERVER_EPOCH`])
//! and, where it is an object of this crate, as fields.
#![forbid(unsafe_code)]

pub mod chain;
pub mod enrol;
pub mod feed;
pub mod problem;
pub mod push;

/// Version of the protocol, sent as `Floorhand-Protocol`.
pub const PROTOCOL: u32 = 1;
/// Request header with [`PROTOCOL`].
pub const HEADER_PROTOCOL: &str = "floorhand-protocol";
/// Request header with the version of the app.
pub const HEADER_APP: &str = "floorhand-app";
/// Response header: the core's clock, RFC 3339 in UTC. Evidence for people and for lease lengths.
pub const HEADER_SERVER_TIME: &str = "floorhand-server-time";
/// Response header: random, replaced whenever the core is restored from a backup.
pub const HEADER_SERVER_EPOCH: &str = "floorhand-server-epoch";

/// Facts in one push at the most.
pub const PUSH_FACTS_MAX: usize = 200;
/// Bytes of one push at the most.
pub const PUSH_BYTES_MAX: usize = 256 * 1024;
/// Bytes of a photograph at the most.
pub const PHOTO_BYTES_MAX: usize = 3 * 1024 * 1024;
/// Bytes of one fact at the most.
pub const FACT_BYTES_MAX: usize = 64 * 1024;
/// Rows of one pull page at the most, over all streams.
pub const PULL_ROWS_MAX: u32 = 1000;
/// Longest wait of a long poll in seconds.
pub const PULL_WAIT_MAX_S: u32 = 25;
/// Rows of one bootstrap page at the most.
pub const BOOTSTRAP_ROWS_MAX: u32 = 2000;
/// Life of an enrolment code in minutes.
pub const ENROL_CODE_MINUTES: i64 = 15;
/// Life of a nonce in seconds.
pub const NONCE_SECONDS: i64 = 60;
/// Life of a bearer token in seconds.
pub const TOKEN_SECONDS: i64 = 1800;

/// The stream of master data that all warehouses share.
pub const STREAM_GLOBAL: &str = "global";

/// The stream of a warehouse.
#[must_use]
pub fn warehouse_stream(warehouse: i64) -> String {
    format!("wh:{warehouse}")
}

/// The stream of a device.
#[must_use]
pub fn device_stream(device: &str) -> String {
    format!("dev:{device}")
}

/// The badge as it is stored and sent: BLAKE3 in a context of its own, so that a badge list is no
/// list of badges. 64 hex digits.
#[must_use]
pub fn badge_hash(warehouse: i64, badge: &str) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("floorhand 2026-11 operator badge v1");
    hasher.update(&warehouse.to_be_bytes());
    hasher.update(badge.as_bytes());
    hasher.finalize().to_hex().to_string()
}
