//! Who this device is, its key, and the last contact with the core.

use super::{Store, StoreError, disk, int};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::{Deserialize, Serialize};

const KEY_FILE: &str = "device.key";
const IDENTITY: &str = "identity";
const CONTACT: &str = "contact";
/// A contact that brings no news is written at most this often.
const CONTACT_EVERY_MS: u64 = 10_000;

/// Who this device is, as enrolment said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The device.
    pub device: String,
    /// The name of its station.
    pub station: String,
    /// `handheld`, `packing` or `dock`.
    pub profile: String,
    /// Its warehouse.
    pub warehouse: i64,
    /// The epoch of new facts.
    pub epoch: u64,
    /// Where the core is.
    pub core_url: String,
    /// The core's state since its last restore.
    pub server_epoch: String,
    /// The streams it pulls.
    pub streams: Vec<String>,
}

/// The last contact with the core.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Contact {
    /// Whether the core could be reached when this was written.
    pub online: bool,
    /// When it last answered, by its own clock, RFC 3339. Empty = never.
    pub last_ok: String,
    /// The core's clock then, and this machine's.
    pub clock: Option<ClockMark>,
    /// When the rows were last complete, in milliseconds since 1970 of the core's clock; 0 = never.
    pub complete_ms: u64,
    /// The state of the retries, so that a restart does not forget it.
    pub retry: RetryState,
}

impl Contact {
    fn is_news_to(&self, stored: &Self) -> bool {
        let at = |contact: &Self| contact.clock.as_ref().map(|clock| (clock.boot_id.clone(), clock.server_ms));
        let late = match (at(self), at(stored)) {
            (Some((boot, now)), Some((stored_boot, then))) => {
                boot != stored_boot || now.abs_diff(then) >= CONTACT_EVERY_MS
            }
            (now, then) => now != then,
        };
        late || self.online != stored.online
            || self.retry != stored.retry
            || (self.complete_ms > 0) != (stored.complete_ms > 0)
    }
}

/// What the back-off remembers over a restart.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RetryState {
    /// Failures in a row.
    pub attempt: u32,
    /// When the next try is due, on the clock of `boot_id`.
    pub due_ms: u64,
    /// When the first of these failures was, on the same clock.
    pub since_ms: u64,
    /// The boot these times belong to.
    pub boot_id: String,
}

/// The core's clock at a moment of this machine's running time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockMark {
    /// Milliseconds since 1970 by the core's clock.
    pub server_ms: u64,
    /// Milliseconds since boot.
    pub mono_ms: u64,
    /// The boot.
    pub boot_id: String,
}

impl ClockMark {
    /// The core's time now, as far as this boot can tell.
    #[must_use]
    pub fn now_ms(&self, mono_ms: u64, boot_id: &str) -> Option<u64> {
        (boot_id == self.boot_id).then(|| self.server_ms + mono_ms.saturating_sub(self.mono_ms))
    }
}

/// The private key of the device. Signs, and shows itself to nobody.
#[derive(Clone)]
pub struct DeviceKey(SigningKey);

impl std::fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceKey(..)")
    }
}

impl DeviceKey {
    /// A new key from 32 bytes of the system's random source.
    #[must_use]
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&seed))
    }

    /// The public key as enrolment sends it.
    #[must_use]
    pub fn public(&self) -> String {
        format!("ed25519:{}", URL_SAFE_NO_PAD.encode(self.0.verifying_key().as_bytes()))
    }

    /// The signature of `message`, unpadded URL-safe base64.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(self.0.sign(message).to_bytes())
    }
}

impl Store {
    /// Who this device is; `None` before enrolment.
    #[must_use]
    pub fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// The last contact with the core.
    #[must_use]
    pub fn contact(&self) -> &Contact {
        &self.contact
    }

    /// When the core last answered, RFC 3339 by its own clock.
    #[must_use]
    pub fn last_ok(&self) -> Option<String> {
        Some(self.contact.last_ok.clone()).filter(|at| !at.is_empty())
    }

    /// `online` or `offline`, as last stored.
    #[must_use]
    pub fn sync_state(&self) -> &'static str {
        if self.contact.online { "online" } else { "offline" }
    }

    /// When operators, tasks and stock were last complete, in milliseconds since 1970 by the core's
    /// clock; `None` before the first time.
    #[must_use]
    pub fn operators_synced_ms(&self) -> Option<u64> {
        Some(self.contact.complete_ms).filter(|at| *at > 0)
    }

    /// The core's clock against this machine's.
    #[must_use]
    pub fn clock(&self) -> Option<&ClockMark> {
        self.contact.clock.as_ref()
    }

    /// Takes over what the core said at enrolment. Facts of earlier enrolments stay and are sent
    /// under their own epoch; rows of streams that are no longer pulled go.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is changed.
    pub fn save_enrolment(&mut self, identity: &Identity) -> Result<(), StoreError> {
        let before = self.identity.clone();
        self.write(|conn| {
            let known: Option<i64> = conn
                .query_row("SELECT epoch FROM epoch WHERE epoch = ?1", [int(identity.epoch)], |row| row.get(0))
                .optional()?;
            if known.is_none() {
                super::batch::open_epoch(conn, identity.epoch, self.head.epoch, self.head.next_seq)?;
            } else if identity.epoch != self.head.epoch {
                return Err(StoreError::Bad("the core gave an epoch that is closed on this device"));
            }
            let same_core = before.as_ref().is_some_and(|old| old.server_epoch == identity.server_epoch);
            let mut streams = conn.prepare("SELECT stream FROM cursor")?;
            let old: Vec<String> = streams.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            for stream in old.iter().filter(|stream| !identity.streams.contains(stream)) {
                super::base::drop_stream(conn, stream)?;
            }
            for stream in &identity.streams {
                if !old.contains(stream) {
                    super::base::add_stream(conn, stream)?;
                } else if !same_core {
                    super::base::boot_stream(conn, stream)?;
                }
            }
            if before.is_some() && !same_core {
                super::batch::ask_again(conn)?;
            }
            set_identity(conn, identity)
        })?;
        self.reload()
    }

    /// Takes over the core's state since its last restore: the rows are fetched anew, and facts that
    /// its backup need not hold are sent again.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is changed.
    pub fn set_server_epoch(&mut self, server_epoch: &str) -> Result<(), StoreError> {
        let mut identity = self.identity.clone().ok_or(StoreError::NotEnrolled)?;
        identity.server_epoch = server_epoch.to_owned();
        self.write(|conn| {
            for stream in &identity.streams {
                super::base::boot_stream(conn, stream)?;
            }
            super::batch::ask_again(conn)?;
            set_identity(conn, &identity)
        })?;
        self.reload()
    }

    /// Remembers the last contact with the core. What only says that all is well as before is written
    /// at most every `CONTACT_EVERY_MS`: it must not cost a scan a wait for the disk.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is changed.
    pub fn set_contact(&mut self, contact: Contact) -> Result<(), StoreError> {
        if contact.is_news_to(&self.contact_stored) {
            self.write(|conn| set_meta(conn, CONTACT, &serde_json::to_string(&contact)?))?;
            self.contact_stored = contact.clone();
        }
        self.contact = contact;
        Ok(())
    }

    /// The device's private key.
    ///
    /// # Errors
    /// [`StoreError::Key`] when there is none or it is no key.
    pub fn device_key(&self) -> Result<DeviceKey, StoreError> {
        let text = std::fs::read_to_string(self.dir.join(KEY_FILE)).map_err(|_| StoreError::Key)?;
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).map_err(|_| StoreError::Key)?;
        Ok(DeviceKey::from_seed(bytes.try_into().map_err(|_| StoreError::Key)?))
    }

    /// Writes the device's private key, for the owner only.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn save_device_key(&self, key: &DeviceKey) -> Result<(), StoreError> {
        if self.read_only {
            return Err(StoreError::ReadOnly);
        }
        let mut text = URL_SAFE_NO_PAD.encode(key.0.to_bytes());
        text.push('\n');
        disk::replace_file(&self.dir.join(KEY_FILE), text.as_bytes())
    }
}

pub(super) fn set_identity(conn: &Connection, identity: &Identity) -> Result<(), StoreError> {
    set_meta(conn, IDENTITY, &serde_json::to_string(identity)?)
}

pub(super) fn read_identity(conn: &Connection) -> Result<Option<Identity>, StoreError> {
    Ok(meta(conn, IDENTITY)?.map(|text| serde_json::from_str(&text)).transpose()?)
}

pub(super) fn read_contact(conn: &Connection) -> Result<Contact, StoreError> {
    Ok(meta(conn, CONTACT)?.map(|text| serde_json::from_str(&text)).transpose()?.unwrap_or_default())
}

pub(super) fn meta(conn: &Connection, key: &str) -> Result<Option<String>, StoreError> {
    Ok(conn.prepare_cached("SELECT v FROM meta WHERE k = ?1")?.query_row([key], |row| row.get(0)).optional()?)
}

pub(super) fn set_meta(conn: &Connection, key: &str, value: &str) -> Result<(), StoreError> {
    conn.prepare_cached("INSERT INTO meta(k, v) VALUES(?1, ?2) ON CONFLICT(k) DO UPDATE SET v = excluded.v")?
        .execute(params![key, value])?;
    Ok(())
}
