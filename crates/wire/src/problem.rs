//! Errors as RFC 7807 problem details (`application/problem+json`).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A problem. `code` is stable and for programs; `detail` is for people.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// `https://floorhand.invalid/problems/` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// Short words for the kind of problem.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong here and the way out.
    #[serde(default)]
    pub detail: String,
    /// `gap`, `fork`, `revoked`, `must_resync`, `too_old`, `claimed`, …
    pub code: String,
    /// With `gap`: the number the core expects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expect_seq: Option<u64>,
    /// With `fork`: the fact that differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// With `fork`: the hash the core has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_hash: Option<String>,
    /// With `must_resync`: the stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<String>,
    /// With `claimed`: who holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
}
