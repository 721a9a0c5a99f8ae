//! `floorhand enrol`: makes this machine a device of a warehouse.

use crate::store::{DeviceKey, Identity, Store, StoreError};
use crate::sync::NetError;
use crate::sync::transport;
use floorhand_wire::enrol::EnrolRequest;
use rand::RngCore as _;
use std::path::Path;

/// Why a machine could not be enrolled. What was there before is as it was.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// It is a device already.
    #[error("this machine is {device} ({station}) already; enrol it anew with --again, its outbox is kept")]
    Already {
        /// The device it is.
        device: String,
        /// Its station.
        station: String,
    },
    /// The code is wrong, used or too old.
    #[error(
        "the core refused the code: {0}. Codes are good for 15 minutes and once; get a new one with `floorhand-erp enrol-code`"
    )]
    Code(String),
    /// The core did not answer.
    #[error("the core at {url} cannot be reached: {why}. Is `floorhand-erp serve` running, and is the address right?")]
    Unreachable {
        /// Its address.
        url: String,
        /// What happened.
        why: String,
    },
    /// Something else answered.
    #[error("what answers at {url} is no Floorhand core: {why}. Check the address, and the network's sign-in page")]
    NotOurs {
        /// The address.
        url: String,
        /// What it said.
        why: String,
    },
    /// No random numbers from the system.
    #[error("the system gives no random numbers for a key")]
    Random,
    /// The store.
    #[error("store")]
    Store(#[from] StoreError),
}

/// Enrols the machine whose store is in `dir`: a key pair of its own, known to the core by its public
/// half. With `again` a device keeps its number, its epoch and its outbox.
///
/// # Errors
/// [`EnrolError`].
pub fn enrol(dir: &Path, core_url: &str, code: &str, again: bool) -> Result<Identity, EnrolError> {
    let mut store = Store::open(dir)?;
    let before = store.identity().cloned();
    if let Some(identity) = before.as_ref().filter(|_| !again) {
        return Err(EnrolError::Already { device: identity.device.clone(), station: identity.station.clone() });
    }
    let key = match store.device_key() {
        Ok(key) if before.is_some() => key,
        _ => {
            let mut seed = [0u8; 32];
            rand::rngs::ThreadRng::default().fill_bytes(&mut seed);
            DeviceKey::from_seed(seed)
        }
    };
    let request = EnrolRequest {
        code: code.to_owned(),
        pubkey: key.public(),
        model: file("/sys/devices/virtual/dmi/id/product_name"),
        hw_serial: file("/etc/machine-id"),
        device: before.as_ref().map(|identity| identity.device.clone()),
        epoch: before.as_ref().map(|identity| identity.epoch),
    };
    let answer = transport::enrol(core_url, &request).map_err(|error| refused(core_url, error))?;
    let identity = Identity {
        device: answer.device,
        station: answer.station,
        profile: answer.profile,
        warehouse: answer.warehouse,
        epoch: answer.epoch,
        core_url: core_url.trim_end_matches('/').to_owned(),
        server_epoch: answer.server_epoch,
        streams: answer.streams,
    };
    // The key first: an enrolment without its key could never ask for a token.
    store.save_device_key(&key)?;
    store.save_enrolment(&identity)?;
    store.close()?;
    Ok(identity)
}

fn refused(core_url: &str, error: NetError) -> EnrolError {
    let url = core_url.to_owned();
    match error {
        NetError::Problem(problem) => EnrolError::Code(problem.detail),
        NetError::NotOurs(why) => EnrolError::NotOurs { url, why },
        other => EnrolError::Unreachable { url, why: other.to_string() },
    }
}

fn file(path: &str) -> String {
    std::fs::read_to_string(path).map(|text| text.trim().to_owned()).unwrap_or_default()
}
