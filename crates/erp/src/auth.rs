//! Who is asking: devices by a bearer token of 30 minutes, people and programs of the read API by
//! an admin token. Only hashes of tokens are stored, and no token is ever logged.

use crate::clock;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::server::Core;
use crate::vals;
use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use floorhand_wire::{HEADER_APP, HEADER_PROTOCOL, PROTOCOL};

/// Scope of a device in good standing.
pub const SCOPE_FULL: &str = "full";
/// Scope of a revoked device: its facts go into quarantine, nothing else is answered.
pub const SCOPE_QUARANTINE: &str = "quarantine_push";

/// 256 random bits as text.
#[must_use]
pub fn secret() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// The form in which a secret is stored. Secrets here are random and long, so a plain hash does.
#[must_use]
pub fn secret_hash(secret: &str) -> String {
    blake3::Hasher::new_derive_key("floorhand 2026-11 stored secret v1")
        .update(secret.as_bytes())
        .finalize()
        .to_hex()
        .to_string()
}

/// Makes an admin token and returns it; it cannot be shown again.
///
/// # Errors
/// When the database refuses.
pub async fn create_admin_token(db: &Db, warehouse: i64, name: &str, role: &str) -> Result<String> {
    create_operator_token(db, warehouse, name, role, "").await
}

/// Makes a token that stands for an operator, whose own facts it may not decide about.
///
/// # Errors
/// When the database refuses.
pub async fn create_operator_token(db: &Db, warehouse: i64, name: &str, role: &str, operator: &str) -> Result<String> {
    let token = format!("fha_{}", secret());
    let hash = secret_hash(&token);
    let hash = &hash;
    db.write(|tx| async move {
        tx.execute(
            "INSERT INTO admin_token (warehouse_id, token_hash, name, role, operator, created_ms, revoked_ms) \
             VALUES ($1, $2, $3, $4, $5, $6, 0)",
            vals![warehouse, hash, name, role, operator, clock::now_ms()],
        )
        .await
    })
    .await?;
    Ok(token)
}

fn bearer(parts: &Parts) -> Result<&str> {
    parts
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .filter(|token| !token.is_empty() && token.len() <= 200)
        .ok_or_else(unauthorised)
}

fn unauthorised() -> Error {
    Error::problem(401, "unauthorised", "A valid bearer token is needed.")
}

/// Somebody with an admin token.
#[derive(Debug, Clone)]
pub struct Admin {
    /// The warehouse the token is for.
    pub warehouse: i64,
    /// The name it was given.
    pub name: String,
    /// `admin`, `manager`, `supervisor` or `read`.
    pub role: String,
    /// The operator it stands for. Empty = none.
    pub operator: String,
}

/// Somebody who may decide about exceptions and approvals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decider {
    /// The name of the token.
    pub name: String,
    /// The operator it stands for. Empty = none.
    pub operator: String,
    /// Whether it decides without a limit; a supervisor has one.
    pub manager: bool,
}

impl Decider {
    /// What it decides as.
    #[must_use]
    pub fn role(&self) -> &'static str {
        if self.manager { "manager" } else { "supervisor" }
    }
}

impl Admin {
    /// Refuses a token that may only read.
    ///
    /// # Errors
    /// 403 when it may not write.
    pub fn may_write(&self) -> Result<()> {
        if self.role == "admin" { Ok(()) } else { Err(Error::problem(403, "forbidden", "This token may only read.")) }
    }

    /// The authority of the token over exceptions, approvals and the work of the floor.
    ///
    /// # Errors
    /// 403 when it has none.
    pub fn decider(&self) -> Result<Decider> {
        let manager = match self.role.as_str() {
            "admin" | "manager" => true,
            "supervisor" => false,
            _ => return Err(Error::problem(403, "not_allowed", "This takes the token of a supervisor or manager.")),
        };
        Ok(Decider { name: self.name.clone(), operator: self.operator.clone(), manager })
    }
}

impl FromRequestParts<Core> for Admin {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, core: &Core) -> Result<Self> {
        let hash = secret_hash(bearer(parts)?);
        let hash = &hash;
        let row = core
            .db
            .read(|tx| async move {
                tx.row(
                    "SELECT warehouse_id, name, role, operator FROM admin_token WHERE token_hash = $1 AND revoked_ms = 0",
                    vals![hash],
                )
                .await
            })
            .await?
            .ok_or_else(unauthorised)?;
        Ok(Self {
            warehouse: row.i64("warehouse_id")?,
            name: row.text("name")?,
            role: row.text("role")?,
            operator: row.text("operator")?,
        })
    }
}

/// A device with a live token, in any standing. Its standing is looked up at every request, so that
/// a revocation holds at once and not when the token has run out.
#[derive(Debug, Clone)]
pub struct AnyDevice {
    /// Its warehouse.
    pub warehouse: i64,
    /// Its identifier.
    pub id: String,
    /// Whether its access was withdrawn.
    pub revoked: bool,
    /// Version of its app, as it says. Empty = unknown.
    pub app: String,
}

impl FromRequestParts<Core> for AnyDevice {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, core: &Core) -> Result<Self> {
        let hash = secret_hash(bearer(parts)?);
        let app: String = parts
            .headers
            .get(HEADER_APP)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .chars()
            .take(40)
            .collect();
        let (hash, now) = (&hash, clock::now_ms());
        let row = core
            .db
            .read(|tx| async move {
                tx.row(
                    "SELECT d.warehouse_id, d.id, d.state FROM token t \
                     JOIN device d ON d.warehouse_id = t.warehouse_id AND d.id = t.device \
                     WHERE t.token_hash = $1 AND t.expires_ms > $2",
                    vals![hash, now],
                )
                .await
            })
            .await?
            .ok_or_else(unauthorised)?;
        Ok(Self {
            warehouse: row.i64("warehouse_id")?,
            id: row.text("id")?,
            revoked: row.str("state")? != "active",
            app,
        })
    }
}

/// A device in good standing.
#[derive(Debug, Clone)]
pub struct Device(pub AnyDevice);

impl FromRequestParts<Core> for Device {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, core: &Core) -> Result<Self> {
        // Facts are taken from any app, however old; state is given only to one that reads it.
        let protocol = parts.headers.get(HEADER_PROTOCOL).and_then(|value| value.to_str().ok());
        if protocol.is_some_and(|protocol| protocol.trim().parse() != Ok(PROTOCOL)) {
            return Err(Error::problem(
                426,
                "too_old",
                "The app speaks another protocol; update it. Its facts are still taken.",
            ));
        }
        let device = AnyDevice::from_request_parts(parts, core).await?;
        if device.revoked {
            return Err(Error::problem(403, "revoked", "This device was revoked; only its facts are still taken."));
        }
        Ok(Self(device))
    }
}
