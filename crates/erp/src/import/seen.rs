//! What a file has named so far, in bounded memory: 96 bits of a hash instead of the text. Two of two
//! million texts share one with a probability of 10^-17.

use std::collections::HashMap;

/// Stands for a text, or for several.
pub(super) type Key = [u8; 12];

/// The key of texts.
pub(super) fn key(parts: &[&str]) -> Key {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update(&[0]);
    }
    let mut key = Key::default();
    for (to, from) in key.iter_mut().zip(hasher.finalize().as_bytes()) {
        *to = *from;
    }
    key
}

/// Keys with the line on which each was first named, and what was said of it there. At most one
/// entry a row of the file: 17 bytes and the value, 2.3 times that in the worst case, half as much
/// again while it grows. So a million rows take 36 MiB, and the same for lots and for handling units
/// where each row has one of its own.
#[derive(Debug)]
pub(super) struct Seen<V = ()>(HashMap<Key, (u32, V)>);

impl<V> Default for Seen<V> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<V: Copy> Seen<V> {
    /// Notes a key. Where it was named before: the line, and what was said there.
    pub(super) fn note(&mut self, key: Key, line: u64, value: V) -> Option<(u64, V)> {
        match self.0.entry(key) {
            std::collections::hash_map::Entry::Occupied(entry) => {
                let (line, value) = *entry.get();
                Some((u64::from(line), value))
            }
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert((u32::try_from(line).unwrap_or(u32::MAX), value));
                None
            }
        }
    }

    /// Where a key was first named.
    pub(super) fn line(&self, key: &Key) -> Option<u64> {
        self.0.get(key).map(|(line, _)| u64::from(*line))
    }
}
