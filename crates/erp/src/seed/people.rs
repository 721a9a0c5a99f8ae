//! Who works in the demo, and at which stations.

use super::chance::Chance;
use crate::error::{Error, Result};
use argon2::password_hash::{PasswordHasher, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use floorhand_domain::master::{Operator, Role};
use floorhand_wire::badge_hash;
use serde::{Deserialize, Serialize};

/// Memory of a PIN hash in KiB, passes and lanes: the least that OWASP advises for Argon2id.
const ARGON2: (u32, u32, u32) = (19 * 1024, 2, 1);

/// Name, language (a BCP 47 tag; empty = the station's) and roles.
const PEOPLE: &[(&str, &str, &[Role])] = &[
    ("Mara K.", "", &[Role::Pick, Role::Stock, Role::Count]),
    ("Jonas B.", "de", &[Role::Pick]),
    ("Aylin T.", "", &[Role::Pick, Role::Pack]),
    ("Tomas R.", "es", &[Role::Receive, Role::Stock, Role::Count, Role::Returns]),
    ("Greta S.", "pl", &[Role::Pack, Role::Returns]),
    (
        "Noor H.",
        "",
        &[Role::Pick, Role::Pack, Role::Receive, Role::Stock, Role::Count, Role::Returns, Role::Supervisor],
    ),
    ("Oksana D.", "uk", &[Role::Pick, Role::Pack, Role::Stock, Role::Count]),
];

/// Stations with their profiles.
pub(super) const STATIONS: &[(&str, &str)] = &[
    ("H-01", "handheld"),
    ("H-02", "handheld"),
    ("H-03", "handheld"),
    ("H-04", "handheld"),
    ("P-01", "packing"),
    ("D-01", "dock"),
];

/// An operator of the demo with what a person needs to sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoOperator {
    /// The name.
    pub name: String,
    /// What the badge reads as.
    pub badge: String,
    /// The PIN.
    pub pin: String,
    /// The language, as a BCP 47 tag. Empty = the station's.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// The roles.
    pub roles: Vec<Role>,
}

/// A station of the demo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoStation {
    /// The name.
    pub name: String,
    /// `handheld`, `packing` or `dock`.
    pub profile: String,
}

/// The operators, each with a PIN of its own.
pub(super) fn operators(seed: u64) -> Vec<DemoOperator> {
    let mut pins: Vec<i64> = Vec::new();
    PEOPLE
        .iter()
        .enumerate()
        .map(|(n, (name, language, roles))| {
            let mut chance = Chance::of(seed, "pin", n);
            // From 1301, so that nobody gets 1234; all digits alike are left out too.
            let mut pin = chance.between(1_301, 9_998);
            while pins.contains(&pin) || pin % 1_111 == 0 {
                pin += 1;
            }
            pins.push(pin);
            DemoOperator {
                name: (*name).to_owned(),
                badge: format!("OP-{}", 1001 + n),
                pin: pin.to_string(),
                language: (*language).to_owned(),
                roles: roles.to_vec(),
            }
        })
        .collect()
}

/// An operator as the core keeps one. The salt follows from the seed, so that the same seed gives
/// the same database; that is for a demo only.
pub(super) fn hashed(seed: u64, warehouse: i64, demo: &DemoOperator, valid_to_ms: i64) -> Result<Operator> {
    let mut hasher = blake3::Hasher::new_derive_key("floorhand 2026-11 demo salt v1");
    hasher.update(&seed.to_be_bytes());
    hasher.update(demo.badge.as_bytes());
    let hash = hasher.finalize();
    let salt: Vec<u8> = hash.as_bytes().iter().take(16).copied().collect();
    let wrong = |error: String| Error::Stored(format!("PIN hash: {error}"));
    let salt = SaltString::encode_b64(&salt).map_err(|error| wrong(error.to_string()))?;
    let (memory, passes, lanes) = ARGON2;
    let params = Params::new(memory, passes, lanes, None).map_err(|error| wrong(error.to_string()))?;
    let phc = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password(demo.pin.as_bytes(), &salt)
        .map_err(|error| wrong(error.to_string()))?
        .to_string();
    Ok(Operator {
        id: demo.badge.to_lowercase().into(),
        name: demo.name.clone(),
        badge_hash: badge_hash(warehouse, &demo.badge),
        pin_phc: phc,
        roles: demo.roles.clone(),
        valid_to_ms,
        language: demo.language.clone(),
    })
}

/// The stations.
pub(super) fn stations() -> Vec<DemoStation> {
    STATIONS
        .iter()
        .map(|(name, profile)| DemoStation { name: (*name).to_owned(), profile: (*profile).to_owned() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::PasswordVerifier;
    use argon2::password_hash::PasswordHash;

    #[test]
    fn pins_are_unique_and_verify() {
        for seed in 0..50 {
            let people = operators(seed);
            let mut pins: Vec<&str> = people.iter().map(|one| one.pin.as_str()).collect();
            pins.sort_unstable();
            pins.dedup();
            assert_eq!(pins.len(), people.len());
            assert!(pins.iter().all(|pin| pin.len() == 4));
        }
        let one = &operators(1)[0];
        let stored = hashed(1, 1, one, 0).unwrap();
        let phc = PasswordHash::new(&stored.pin_phc).unwrap();
        assert!(Argon2::default().verify_password(one.pin.as_bytes(), &phc).is_ok());
        assert!(stored.pin_phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", stored.pin_phc);
        assert_eq!(stored, hashed(1, 1, one, 0).unwrap());
    }
}
