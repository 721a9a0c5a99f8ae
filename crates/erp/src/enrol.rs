//! How a device becomes known, gets its tokens, and starts a new epoch.

use crate::auth::{self, AnyDevice, Device};
use crate::clock;
use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use crate::server::Core;
use crate::vals;
use axum::Json;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, VerifyingKey};
use floorhand_wire::chain::GENESIS;
use floorhand_wire::enrol::{
    EnrolRequest, EnrolResponse, EpochRequest, EpochResponse, NonceResponse, TokenRequest, TokenResponse, token_message,
};
use floorhand_wire::{
    ENROL_CODE_MINUTES, NONCE_SECONDS, STREAM_GLOBAL, TOKEN_SECONDS, device_stream, warehouse_stream,
};

/// Nonces alive at the most. They are given to anybody, so their number must have an end.
const NONCES_MAX: i64 = 10_000;
/// Characters of a text that a device says about itself.
const TEXT_MAX: usize = 120;

/// Makes an enrolment code for a station and returns it; only its hash is stored.
///
/// # Errors
/// When the database refuses.
pub async fn create_code(db: &Db, warehouse: i64, station: &str, profile: &str) -> Result<String> {
    let code = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>());
    let hash = auth::secret_hash(&code);
    let hash = &hash;
    let expires = clock::now_ms() + ENROL_CODE_MINUTES * 60_000;
    db.write(|tx| async move {
        tx.execute(
            "INSERT INTO enrol_code (warehouse_id, code_hash, station, profile, expires_ms, used_ms, device) \
             VALUES ($1, $2, $3, $4, $5, 0, '')",
            vals![warehouse, hash, station, profile, expires],
        )
        .await
    })
    .await?;
    Ok(code)
}

fn key_of(pubkey: &str) -> Option<VerifyingKey> {
    let bytes = URL_SAFE_NO_PAD.decode(pubkey.strip_prefix("ed25519:")?).ok()?;
    VerifyingKey::from_bytes(&bytes.try_into().ok()?).ok()
}

fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(TEXT_MAX).collect()
}

/// `POST /v1/enrol`.
pub(crate) async fn enrol(State(core): State<Core>, Json(ask): Json<EnrolRequest>) -> Result<Json<EnrolResponse>> {
    if key_of(&ask.pubkey).is_none() {
        return Err(Error::problem(400, "bad_key", "The public key is not an ed25519 key."));
    }
    let ask = &ask;
    let (warehouse, device, epoch, station, profile) =
        core.db.write(|tx| async move { enrol_in(&tx, ask).await }).await?;
    tracing::info!(device, station, epoch, "device enrolled");
    Ok(Json(EnrolResponse {
        streams: vec![STREAM_GLOBAL.to_owned(), warehouse_stream(warehouse), device_stream(&device)],
        device,
        epoch,
        warehouse,
        station,
        profile,
        ca_pins: Vec::new(),
        server_epoch: core.server_epoch().to_owned(),
        server_time: clock::rfc3339(clock::now_ms()),
    }))
}

async fn enrol_in(tx: &Tx, ask: &EnrolRequest) -> Result<(i64, String, u64, String, String)> {
    let now = clock::now_ms();
    let refused =
        || Error::problem(403, "bad_code", "The code is unknown, used or older than 15 minutes; ask for a new one.");
    let codes = tx
        .lock(
            "SELECT warehouse_id, station, profile, used_ms, device FROM enrol_code \
             WHERE code_hash = $1 AND expires_ms > $2",
            vals![auth::secret_hash(&ask.code), now],
        )
        .await?;
    let code = codes.first().ok_or_else(refused)?;
    let warehouse = code.i64("warehouse_id")?;
    let (station, profile) = (code.text("station")?, code.text("profile")?);
    if code.i64("used_ms")? != 0 {
        // The answer was lost on its way: the same key gets the same answer.
        let row = tx
            .row(
                "SELECT epoch FROM device WHERE warehouse_id = $1 AND id = $2 AND pubkey = $3 AND state = 'active'",
                vals![warehouse, code.str("device")?, &ask.pubkey],
            )
            .await?
            .ok_or_else(refused)?;
        return Ok((warehouse, code.text("device")?, row.u64("epoch")?, station, profile));
    }
    // Device numbers are given out under the lock of the warehouse.
    tx.lock("SELECT warehouse_id FROM warehouse WHERE warehouse_id = $1", vals![warehouse]).await?;
    let (device, epoch) = identity(tx, warehouse, ask).await?;
    tx.execute(
        "INSERT INTO device (warehouse_id, id, pubkey, state, epoch, app, model, hw_serial, station, profile, cursor, \
         last_seen, revoked_at) VALUES ($1, $2, $3, 'active', $4, '', $5, $6, $7, $8, '', $9, 0) \
         ON CONFLICT (warehouse_id, id) DO UPDATE SET epoch = excluded.epoch, model = excluded.model, \
         hw_serial = excluded.hw_serial, station = excluded.station, profile = excluded.profile, \
         last_seen = excluded.last_seen",
        vals![
            warehouse,
            &device,
            &ask.pubkey,
            epoch.cast_signed(),
            short(&ask.model),
            short(&ask.hw_serial),
            &station,
            &profile,
            now
        ],
    )
    .await?;
    open_epoch(tx, warehouse, &device, epoch).await?;
    tx.execute(
        "INSERT INTO station (warehouse_id, name, profile, device) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (warehouse_id, name) DO UPDATE SET profile = excluded.profile, device = excluded.device",
        vals![warehouse, &station, &profile, &device],
    )
    .await?;
    tx.execute(
        "UPDATE enrol_code SET used_ms = $3, device = $4 WHERE warehouse_id = $1 AND code_hash = $2",
        vals![warehouse, auth::secret_hash(&ask.code), now, &device],
    )
    .await?;
    Ok((warehouse, device, epoch, station, profile))
}

/// Which device it is, and in which epoch: with an existing outbox those that it names, else new.
async fn identity(tx: &Tx, warehouse: i64, ask: &EnrolRequest) -> Result<(String, u64)> {
    if let Some(device) = &ask.device {
        let plain = !device.is_empty()
            && device.len() <= 40
            && device.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !plain {
            return Err(Error::problem(400, "bad_device", "The device identifier does not read."));
        }
        let named = ask.epoch.unwrap_or(1).clamp(1, u64::from(u32::MAX));
        let known = tx
            .row(
                "SELECT pubkey, state, epoch FROM device WHERE warehouse_id = $1 AND id = $2",
                vals![warehouse, device],
            )
            .await?;
        return match known {
            // The core was restored from before this device was enrolled.
            None => Ok((device.clone(), named)),
            Some(row) if row.str("state")? != "active" => {
                Err(Error::problem(403, "revoked", "This device was revoked; enrol it as a new one."))
            }
            Some(row) if row.str("pubkey")? == ask.pubkey => Ok((device.clone(), named.max(row.u64("epoch")?))),
            Some(_) => Err(Error::problem(409, "device_taken", "Another key is enrolled under this identifier.")),
        };
    }
    let count = tx
        .row("SELECT COUNT(*) AS n FROM device WHERE warehouse_id = $1", vals![warehouse])
        .await?
        .map_or(Ok(0), |row| row.i64("n"))?;
    let mut number = count + 1;
    loop {
        let device = format!("d-{number}");
        let taken =
            tx.row("SELECT id FROM device WHERE warehouse_id = $1 AND id = $2", vals![warehouse, &device]).await?;
        if taken.is_none() {
            return Ok((device, 1));
        }
        number += 1;
    }
}

/// Makes the row of an epoch that has no facts yet; one that is there stays as it is.
pub(crate) async fn open_epoch(tx: &Tx, warehouse: i64, device: &str, epoch: u64) -> Result<()> {
    tx.execute(
        "INSERT INTO device_epoch (warehouse_id, device, epoch, last_seq, last_hash, state) \
         VALUES ($1, $2, $3, 0, $4, 'open') ON CONFLICT (warehouse_id, device, epoch) DO NOTHING",
        vals![warehouse, device, epoch.cast_signed(), GENESIS],
    )
    .await
    .map(|_| ())
}

/// `POST /v1/nonce`.
pub(crate) async fn nonce(State(core): State<Core>) -> Result<Json<NonceResponse>> {
    let nonce = auth::secret();
    let hash = auth::secret_hash(&nonce);
    let (hash, now) = (&hash, clock::now_ms());
    core.db
        .write(|tx| async move {
            tx.execute("DELETE FROM nonce WHERE warehouse_id = 0 AND expires_ms <= $1", vals![now]).await?;
            let alive = tx
                .row("SELECT COUNT(*) AS n FROM nonce WHERE warehouse_id = 0", &[])
                .await?
                .map_or(Ok(0), |row| row.i64("n"))?;
            if alive >= NONCES_MAX {
                return Err(Error::problem(429, "too_many", "Too many nonces are open; wait a minute."));
            }
            tx.execute(
                "INSERT INTO nonce (warehouse_id, nonce_hash, expires_ms) VALUES (0, $1, $2)",
                vals![hash, now + NONCE_SECONDS * 1000],
            )
            .await
        })
        .await?;
    Ok(Json(NonceResponse { nonce }))
}

/// `POST /v1/token`.
pub(crate) async fn token(State(core): State<Core>, Json(ask): Json<TokenRequest>) -> Result<Json<TokenResponse>> {
    let bearer = format!("fhd_{}", auth::secret());
    let (ask, bearer_ref) = (&ask, &bearer);
    let scope = core.db.write(|tx| async move { token_in(&tx, ask, bearer_ref).await }).await?;
    let Some(scope) = scope else {
        return Err(Error::problem(401, "unauthorised", "Device, nonce or signature does not hold."));
    };
    Ok(Json(TokenResponse { bearer, expires_s: TOKEN_SECONDS.cast_unsigned(), scope: scope.to_owned() }))
}

/// `None` = refused; the nonce is used up all the same, so this must commit.
async fn token_in(tx: &Tx, ask: &TokenRequest, bearer: &str) -> Result<Option<&'static str>> {
    let now = clock::now_ms();
    let burned = tx
        .execute(
            "DELETE FROM nonce WHERE warehouse_id = 0 AND nonce_hash = $1 AND expires_ms > $2",
            vals![auth::secret_hash(&ask.nonce), now],
        )
        .await?;
    if burned != 1 {
        return Ok(None);
    }
    let rows = tx.rows("SELECT warehouse_id, pubkey, state FROM device WHERE id = $1", vals![&ask.device]).await?;
    let signature = URL_SAFE_NO_PAD.decode(&ask.sig).ok().and_then(|sig| Signature::from_slice(&sig).ok());
    let Some(signature) = signature else { return Ok(None) };
    let message = token_message(&ask.device, &ask.nonce);
    for row in rows {
        let signed = key_of(row.str("pubkey")?).is_some_and(|key| key.verify_strict(&message, &signature).is_ok());
        if !signed {
            continue;
        }
        let warehouse = row.i64("warehouse_id")?;
        let scope = if row.str("state")? == "active" { auth::SCOPE_FULL } else { auth::SCOPE_QUARANTINE };
        tx.execute(
            "DELETE FROM token WHERE warehouse_id = $1 AND device = $2 AND expires_ms <= $3",
            vals![warehouse, &ask.device, now],
        )
        .await?;
        tx.execute(
            "INSERT INTO token (warehouse_id, token_hash, device, scope, expires_ms) VALUES ($1, $2, $3, $4, $5)",
            vals![warehouse, auth::secret_hash(bearer), &ask.device, scope, now + TOKEN_SECONDS * 1000],
        )
        .await?;
        return Ok(Some(scope));
    }
    Ok(None)
}

/// `POST /v1/epoch`. Asked twice it gives two epochs; the one that stays empty does no harm.
pub(crate) async fn epoch(
    State(core): State<Core>,
    Device(device): Device,
    Json(ask): Json<EpochRequest>,
) -> Result<Json<EpochResponse>> {
    if ask.device != device.id {
        return Err(Error::problem(403, "forbidden", "The token is of another device."));
    }
    let (device, ask) = (&device, &ask);
    let epoch = core.db.write(|tx| async move { epoch_in(&tx, device, ask).await }).await?;
    tracing::warn!(device = device.id, epoch, reason = ?ask.reason, "device starts a new epoch");
    Ok(Json(EpochResponse { epoch }))
}

async fn epoch_in(tx: &Tx, device: &AnyDevice, ask: &EpochRequest) -> Result<u64> {
    let rows = tx
        .lock("SELECT epoch FROM device WHERE warehouse_id = $1 AND id = $2", vals![device.warehouse, &device.id])
        .await?;
    let known = rows.first().map_or(Ok(0), |row| row.u64("epoch"))?;
    let named = ask.salvaged_from.unwrap_or(0).min(u64::from(u32::MAX));
    let epoch = known.max(named) + 1;
    tx.execute(
        "UPDATE device SET epoch = $3 WHERE warehouse_id = $1 AND id = $2",
        vals![device.warehouse, &device.id, epoch.cast_signed()],
    )
    .await?;
    open_epoch(tx, device.warehouse, &device.id, epoch).await?;
    Ok(epoch)
}

/// Withdraws a device's access: from now on its facts go into quarantine and it is told nothing.
///
/// # Errors
/// When the database refuses or there is no such device.
pub async fn revoke(db: &Db, warehouse: i64, device: &str) -> Result<()> {
    let found = db
        .write(|tx| async move {
            tx.execute(
                "UPDATE device SET state = 'revoked', revoked_at = $3 WHERE warehouse_id = $1 AND id = $2",
                vals![warehouse, device, clock::now_ms()],
            )
            .await
        })
        .await?;
    if found == 0 { Err(Error::problem(404, "not_found", "There is no such device.")) } else { Ok(()) }
}
