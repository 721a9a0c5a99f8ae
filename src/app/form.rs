//! How the types of the app are written to the event log and read back.

use floorhand_domain::scan::Misread;
use floorhand_gs1::{Mode, Read};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// A code that the program itself gives: of a notice, a hint, a state.
pub type Code = &'static str;

/// Different codes that are read back at the most; the program has fewer.
const CODES_MAX: usize = 1_000;
/// Bytes of a code at the most.
const CODE_BYTES_MAX: usize = 64;

/// Codes that were read back, each kept for good.
static CODES: Mutex<BTreeSet<Code>> = Mutex::new(BTreeSet::new());

/// Reads a code back.
pub(super) fn code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Code, D::Error> {
    let text = String::deserialize(deserializer)?;
    let mut codes = CODES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = codes.get(text.as_str()) {
        return Ok(known);
    }
    if text.len() > CODE_BYTES_MAX || codes.len() >= CODES_MAX {
        return Err(D::Error::custom("not-a-code"));
    }
    let code: Code = Box::leak(text.into_boxed_str());
    codes.insert(code);
    Ok(code)
}

/// Reads back a code that may be none.
pub(super) fn maybe_code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Code>, D::Error> {
    #[derive(Deserialize)]
    struct Coded(#[serde(deserialize_with = "code")] Code);
    Ok(Option::<Coded>::deserialize(deserializer)?.map(|coded| coded.0))
}

/// A reading that is to be read again.
pub(super) fn unread() -> Box<Result<Read, Misread>> {
    Box::new(Ok(floorhand_gs1::read(b"", Mode::Lenient)))
}

/// The reading of a scan follows from its bytes and the rules of the site: only what is no reading is
/// written, and what was read is to be read again.
pub(super) mod reading {
    use super::{Deserialize, Deserializer, Misread, Read, Serialize, Serializer, unread};

    pub fn serialize<S: Serializer>(read: &Result<Read, Misread>, serializer: S) -> Result<S::Ok, S::Error> {
        read.as_ref().err().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Box<Result<Read, Misread>>, D::Error> {
        Ok(match Option::<Misread>::deserialize(deserializer)? {
            Some(misread) => Box::new(Err(misread)),
            None => unread(),
        })
    }
}
