//! Enrolment, tokens, epochs and claims.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the signature of a token request covers, before device and nonce.
pub const TOKEN_CONTEXT: &str = "floorhand token v1";

/// The bytes a device signs to get a token.
#[must_use]
pub fn token_message(device: &str, nonce: &str) -> Vec<u8> {
    format!("{TOKEN_CONTEXT}\n{device}\n{nonce}").into_bytes()
}

/// `POST /v1/enrol`: a device asks to be known. The code is burned in the same transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnrolRequest {
    /// 128 bits from the supervisor's QR, valid 15 minutes, once.
    pub code: String,
    /// `ed25519:` and the public key in unpadded URL-safe base64.
    pub pubkey: String,
    /// What the machine is.
    #[serde(default)]
    pub model: String,
    /// Its serial number.
    #[serde(default)]
    pub hw_serial: String,
    /// With an existing outbox: the device it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// With an existing outbox: the epoch it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<u64>,
}

/// The answer to [`EnrolRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnrolResponse {
    /// The device's identifier, e.g. `d-41`.
    pub device: String,
    /// The epoch its facts are numbered in, from 1.
    pub epoch: u64,
    /// Its warehouse.
    pub warehouse: i64,
    /// The name of its station, e.g. `H-07`.
    pub station: String,
    /// `handheld`, `packing` or `dock`.
    pub profile: String,
    /// The streams to pull.
    pub streams: Vec<String>,
    /// Fingerprints of the CAs to trust. Empty = plain HTTP on loopback.
    #[serde(default)]
    pub ca_pins: Vec<String>,
    /// The core's state since its last restore.
    pub server_epoch: String,
    /// RFC 3339.
    pub server_time: String,
}

/// The answer to `POST /v1/nonce`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NonceResponse {
    /// Valid for one token request within 60 seconds.
    pub nonce: String,
}

/// `POST /v1/token`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenRequest {
    /// The device.
    pub device: String,
    /// From `POST /v1/nonce`.
    pub nonce: String,
    /// Ed25519 over [`token_message`], unpadded URL-safe base64.
    pub sig: String,
}

/// The answer to [`TokenRequest`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenResponse {
    /// Goes into `Authorization: Bearer …`.
    pub bearer: String,
    /// Seconds it is good for.
    pub expires_s: u64,
    /// `full`, or `quarantine_push` for a revoked device.
    pub scope: String,
}

impl std::fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenResponse")
            .field("expires_s", &self.expires_s)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

/// Why a device asks for a new epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EpochReason {
    /// The store is new.
    Fresh,
    /// The store came from a copy.
    Restored,
    /// The store was damaged.
    Corrupt,
}

/// `POST /v1/epoch`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EpochRequest {
    /// The device.
    pub device: String,
    /// Why.
    pub reason: EpochReason,
    /// The epoch the facts were saved from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salvaged_from: Option<u64>,
}

/// The answer to [`EpochRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EpochResponse {
    /// The epoch for new facts.
    pub epoch: u64,
}

/// `POST /v1/tasks/{id}/claim`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClaimRequest {
    /// Who will do it.
    pub operator: String,
    /// Chosen by the caller, so that a repeated request is one claim.
    pub id: String,
}

/// The answer to [`ClaimRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClaimResponse {
    /// Seconds the claim holds; an interval, never an instant.
    pub lease_s: u64,
}
