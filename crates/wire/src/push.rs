//! Facts up.

use crate::chain;
use floorhand_domain::fact::Fact;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A fact as it is stored in the outbox and sent. Its `type`, `v` and `body` are kept as JSON, so
/// that a core can store what it does not yet understand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WireFact {
    /// Number within the epoch, from 1, without gaps.
    pub seq: u64,
    /// UUID v7; stays the same when the fact is re-numbered.
    pub id: String,
    /// Name of the fact.
    #[serde(rename = "type")]
    pub kind: String,
    /// Version of the body.
    pub v: u32,
    /// Who did it. Empty = nobody signed in.
    #[serde(default)]
    pub operator: String,
    /// The sign-in session. Empty = none.
    #[serde(default)]
    pub signin: String,
    /// Milliseconds since boot, suspended time included.
    pub mono_ms: u64,
    /// The boot that `mono_ms` counts from.
    pub boot_id: String,
    /// The device's wall clock, RFC 3339: evidence for people, never input to a decision.
    pub wall: String,
    /// What it is about; facts of one aggregate stay in sequence.
    pub agg: String,
    /// Per stream, the position of the device's base when the fact was made.
    #[serde(default)]
    pub base: BTreeMap<String, u64>,
    /// What was done or seen.
    #[schema(value_type = Object)]
    pub body: Value,
    /// The pair it had before it was re-numbered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Was>,
    /// Identities of the `Approved` facts by which codes that were typed for it count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed_by: Vec<String>,
    /// Hash of the fact before it in the epoch.
    pub prev: String,
    /// See [`chain::hash`].
    pub hash: String,
}

/// The former number of a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Was {
    /// Its epoch.
    pub epoch: u64,
    /// Its number there.
    pub seq: u64,
}

/// A fact whose type, version or body this program cannot read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The type or its version is not known (yet).
    #[error("fact type {kind:?} version {v} is not known here")]
    UnknownType {
        /// The type.
        kind: String,
        /// The version.
        v: u32,
    },
    /// The body does not fit the type.
    #[error("body of {kind}: {message}")]
    Body {
        /// The type.
        kind: String,
        /// What is wrong.
        message: String,
    },
}

/// The types of facts that this program can read, with their newest version.
pub const KNOWN: &[(&str, u32)] = &[
    ("SignedIn", 1),
    ("SignInFailed", 1),
    ("LockedOut", 1),
    ("SignedOut", 1),
    ("TaskClaimed", 1),
    ("TaskReleased", 1),
    ("ToteAssigned", 1),
    ("Picked", 1),
    ("PickedShort", 1),
    ("ToteClosed", 1),
    ("DroppedOff", 1),
    ("DeliveryOpened", 1),
    ("Received", 1),
    ("UnknownReceived", 1),
    ("ReceiptClosed", 1),
    ("PhotoTaken", 1),
    ("LabelPrinted", 1),
    ("Undone", 1),
    ("ScanRefused", 1),
    ("BarcodeReported", 1),
    ("NoteAdded", 1),
    ("TaskTakenOver", 1),
    ("TaskOpened", 1),
    ("ZeroChecked", 1),
    ("Approved", 1),
    ("Moved", 1),
    ("CountStarted", 1),
    ("Counted", 1),
    ("CountSubmitted", 1),
    ("Substituted", 1),
    ("CountAsked", 1),
    ("Sorted", 1),
    ("ToteTaken", 1),
    ("CartonOpened", 1),
    ("Packed", 1),
    ("Unpacked", 1),
    ("CartonWeighed", 1),
    ("CartonClosed", 1),
    ("Labelled", 1),
    ("OrderPacked", 1),
    ("Shipped", 1),
    ("ReturnOpened", 1),
    ("DispositionOverridden", 1),
    ("ReturnInspected", 1),
    ("ExceptionAnswered", 1),
];

impl WireFact {
    /// The body of a fact as JSON.
    ///
    /// # Errors
    /// When the fact cannot be written as JSON, which no fact of the domain is.
    pub fn body_of(fact: &Fact) -> Result<Value, serde_json::Error> {
        Ok(serde_json::to_value(fact)?.get_mut("body").map(Value::take).unwrap_or(Value::Null))
    }

    /// Reads type, version and body.
    ///
    /// # Errors
    /// [`DecodeError::UnknownType`] when a newer program wrote it, [`DecodeError::Body`] when the
    /// body is not what its type says.
    pub fn decode(&self) -> Result<Fact, DecodeError> {
        if !KNOWN.iter().any(|(kind, newest)| *kind == self.kind && self.v >= 1 && self.v <= *newest) {
            return Err(DecodeError::UnknownType { kind: self.kind.clone(), v: self.v });
        }
        serde_json::from_value(serde_json::json!({"type": self.kind, "body": self.body}))
            .map_err(|error| DecodeError::Body { kind: self.kind.clone(), message: error.to_string() })
    }

    /// The canonical bytes that the hash covers.
    ///
    /// # Errors
    /// When the fact cannot be written as JSON.
    pub fn canonical(&self) -> Result<Vec<u8>, serde_json::Error> {
        Ok(chain::canonical(&serde_json::to_value(self)?))
    }

    /// Sets `prev` and `hash`.
    ///
    /// # Errors
    /// When the fact cannot be written as JSON.
    pub fn seal(mut self, prev: &str) -> Result<Self, serde_json::Error> {
        self.prev = prev.to_owned();
        self.hash = chain::hash(prev, &self.canonical()?);
        Ok(self)
    }
}

/// `POST /v1/sync/push`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PushRequest {
    /// The device.
    pub device: String,
    /// The epoch of all its facts.
    pub epoch: u64,
    /// The number of the first.
    pub first_seq: u64,
    /// The boot that is running now.
    pub boot_id: String,
    /// Milliseconds since that boot at sending, so that the core can tell how old a fact is.
    pub sent_mono_ms: u64,
    /// Contiguous facts, at most [`crate::PUSH_FACTS_MAX`]. Kept as JSON values, so that the hash is
    /// taken over every field a newer device may send.
    #[schema(value_type = Vec<WireFact>)]
    pub facts: Vec<Value>,
}

/// What became of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It has its effect.
    Applied,
    /// It has its effect, and a supervisor must look at it.
    AppliedFlagged,
    /// It cannot be a fact; no effect, kept and shown.
    Rejected,
    /// It cannot be processed yet.
    Parked,
}

impl Outcome {
    /// The name in SQL and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::AppliedFlagged => "applied-flagged",
            Self::Rejected => "rejected",
            Self::Parked => "parked",
        }
    }

    /// The outcome of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Applied, Self::AppliedFlagged, Self::Rejected, Self::Parked].into_iter().find(|o| o.as_str() == name)
    }
}

/// The outcome of one fact of a push. No entry means [`Outcome::Applied`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FactOutcome {
    /// The fact.
    pub seq: u64,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, as a reason code. Empty = nothing to say.
    #[serde(default)]
    pub code: String,
    /// What to look at, e.g. `exc/991`. Empty = nothing.
    #[serde(default, rename = "ref")]
    pub reference: String,
    /// Key of the words for it. Empty = those of the code.
    #[serde(default)]
    pub msg_key: String,
}

/// The answer to [`PushRequest`], HTTP 200 also when facts were rejected.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct PushResponse {
    /// Every fact up to this number is in the core's log, fsynced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acked_through: Option<u64>,
    /// Every fact up to this number is in the last verified backup or a synchronous replica.
    #[serde(default)]
    pub durable_through: u64,
    /// Instead of `acked_through` for a revoked device: what a supervisor may release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quarantined_through: Option<u64>,
    /// Facts that were not simply applied.
    #[serde(default)]
    pub outcomes: Vec<FactOutcome>,
    /// The core's state since its last restore.
    #[serde(default)]
    pub server_epoch: String,
    /// RFC 3339.
    #[serde(default)]
    pub server_time: String,
}
