//! Chance that is the same on every machine and in every version: SplitMix64, started from a hash
//! of what it is for, so that no draw depends on how many were made before.

/// A source of numbers.
#[derive(Debug, Clone)]
pub(super) struct Chance(u64);

impl Chance {
    /// For the `n`-th thing of a kind.
    pub(super) fn of(seed: u64, kind: &str, n: usize) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("floorhand 2026-11 demo seed v1");
        hasher.update(&seed.to_be_bytes());
        hasher.update(kind.as_bytes());
        hasher.update(&(n as u64).to_be_bytes());
        let mut state = 0u64;
        for byte in hasher.finalize().as_bytes().iter().take(8) {
            state = (state << 8) | u64::from(*byte);
        }
        Self(state)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`; 0 where there is none. The bias of the remainder is of no matter here.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        let limit = limit.max(1) as u64;
        usize::try_from(self.next() % limit).unwrap_or(0)
    }

    /// A number from `min` to `max`.
    pub(super) fn between(&mut self, min: i64, max: i64) -> i64 {
        let span = usize::try_from(max - min + 1).unwrap_or(1);
        min + i64::try_from(self.below(span)).unwrap_or(0)
    }

    /// One of a list; the default where it is empty.
    pub(super) fn one<T: Copy + Default>(&mut self, of: &[T]) -> T {
        of.get(self.below(of.len())).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_changes() {
        let mut chance = Chance::of(1, "item", 7);
        let drawn: Vec<usize> = (0..4).map(|_| chance.below(1000)).collect();
        assert_eq!(drawn, [207, 167, 573, 969]);
        assert_ne!(Chance::of(1, "item", 7).next(), Chance::of(2, "item", 7).next());
        assert_ne!(Chance::of(1, "item", 7).next(), Chance::of(1, "item", 8).next());
        assert_ne!(Chance::of(1, "item", 7).next(), Chance::of(1, "lot", 7).next());
    }
}
