//! Writes with an identifier chosen by the caller: a repeated request gets the stored answer.

use crate::db::Tx;
use crate::error::{Error, Result};
use crate::orders::Fault;
use crate::vals;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Characters of an identifier at the most.
const ID_MAX: usize = 64;
/// Characters of a note at the most.
pub(super) const NOTE_MAX: usize = 1000;

/// A request that must have one effect.
#[derive(Debug, Clone)]
pub(super) struct Once {
    warehouse: i64,
    kind: &'static str,
    key: String,
    hash: String,
}

impl Once {
    /// The request of that kind, about that thing, under the caller's identifier.
    pub(super) fn new(
        warehouse: i64,
        kind: &'static str,
        about: &str,
        id: &str,
        body: &impl Serialize,
    ) -> Result<Self> {
        let mut hasher = blake3::Hasher::new();
        hasher.update(about.as_bytes());
        hasher.update(b"\n");
        hasher.update(&serde_json::to_vec(body)?);
        Ok(Self { warehouse, kind, key: format!("{kind}:{id}"), hash: hasher.finalize().to_hex().to_string() })
    }

    /// The answer that the same request got before.
    pub(super) async fn before<T: DeserializeOwned>(&self, tx: &Tx) -> Result<Option<T>> {
        let row = tx
            .row(
                "SELECT body_hash, response FROM request_log WHERE warehouse_id = $1 AND id = $2",
                vals![self.warehouse, &self.key],
            )
            .await?;
        match row {
            None => Ok(None),
            Some(row) if row.str("body_hash")? == self.hash => Ok(Some(serde_json::from_str(row.str("response")?)?)),
            Some(_) => Err(Error::problem(409, "id_taken", "Another request has this id; send another id.")),
        }
    }

    /// Keeps the answer.
    pub(super) async fn keep<T: Serialize>(&self, tx: &Tx, answer: &T, now: i64) -> Result<()> {
        let noted = tx
            .execute(
                "INSERT INTO request_log (warehouse_id, id, kind, body_hash, response, created_ms) \
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (warehouse_id, id) DO NOTHING",
                vals![self.warehouse, &self.key, self.kind, &self.hash, serde_json::to_string(answer)?, now],
            )
            .await?;
        if noted == 0 {
            // The same request was done in another transaction since we looked.
            return Err(Error::problem(503, "busy", "The same request is under way; send it again."));
        }
        Ok(())
    }
}

/// The identifier chosen by the caller.
pub(super) fn id(body: &Value, faults: &mut Vec<Fault>) -> String {
    match body.get("id").and_then(Value::as_str).filter(|id| (1..=ID_MAX).contains(&id.len())) {
        Some(id) => id.to_owned(),
        None => {
            faults.push(Fault::new("id", format!("must be a text of 1 to {ID_MAX} characters")));
            String::new()
        }
    }
}

/// A text that may be left out.
pub(super) fn text(body: &Value, name: &str, max: usize, faults: &mut Vec<Fault>) -> String {
    match body.get(name).filter(|value| !value.is_null()) {
        None => String::new(),
        Some(Value::String(text)) if text.chars().count() <= max && !text.contains('\0') => text.clone(),
        Some(_) => {
            faults.push(Fault::new(name, format!("must be a text of at most {max} characters")));
            String::new()
        }
    }
}

/// One of a closed set of words.
pub(super) fn word(body: &Value, name: &str, words: &[&str], faults: &mut Vec<Fault>) -> String {
    match body.get(name).and_then(Value::as_str).filter(|word| words.contains(word)) {
        Some(word) => word.to_owned(),
        None => {
            faults.push(Fault::new(name, format!("must be one of {}", words.join(", "))));
            String::new()
        }
    }
}
