//! The building: aisles of shelves on a serpentine path, a dock, staging, packing benches.

use floorhand_domain::master::{Location, LocationKind};
use floorhand_domain::stock::{CUSTOMER, LOSS, SUPPLIER, Status, TRANSIT};

const ZONES: [&str; 4] = ["A", "B", "C", "D"];
const LEVELS: usize = 5;
const PLACES: usize = 4;
/// Bays of an aisle before bays get fuller, and before there are more aisles.
const BAYS: usize = 15;
const BAYS_MAX: usize = 60;
/// Bins of a bay before there are more bays.
const BINS_PER_BAY: usize = 4;
/// Steps between two locations of the path, so that one can be put in between.
const STEP: i64 = 10;

/// Aisles, bays of each and bins of each bay, enough for `bins`.
fn shape(bins: usize) -> (usize, usize, usize) {
    let per_bay_max = LEVELS * PLACES;
    let mut aisles = ZONES.len();
    while aisles * BAYS_MAX * per_bay_max < bins {
        aisles += ZONES.len();
    }
    let per_aisle = bins.div_ceil(aisles).max(1);
    let mut bays = per_aisle.div_ceil(BINS_PER_BAY).clamp(1, BAYS);
    while bays < BAYS_MAX && bays * per_bay_max < per_aisle {
        bays += 1;
    }
    (aisles, bays, per_aisle.div_ceil(bays))
}

/// `A` to `Z`, then `AA`, `AB`, …
fn letters(mut n: usize) -> String {
    const ALPHABET: &[u8; 26] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut text = Vec::new();
    loop {
        text.insert(0, ALPHABET.get(n % 26).copied().map_or('A', char::from));
        if n < 26 {
            return text.into_iter().collect();
        }
        n = n / 26 - 1;
    }
}

/// The bins in the order in which a picker walks past them: up one aisle, down the next.
pub(super) fn bins(count: usize) -> Vec<Location> {
    let (aisles, bays, per_bay) = shape(count);
    let mut path = Vec::with_capacity(count);
    for aisle in 0..aisles {
        for step in 0..bays {
            let bay = if aisle % 2 == 0 { step } else { bays - 1 - step };
            // Not every place of a bay is a bin; which ones are differs from bay to bay.
            let mut places: Vec<usize> =
                (0..per_bay).map(|n| (aisle * 11 + bay * 3 + n * 7) % (LEVELS * PLACES)).collect();
            places.sort_unstable();
            for place in places {
                if path.len() < count {
                    path.push(bin(aisle, aisles, bay, place, path.len()));
                }
            }
        }
    }
    path
}

fn bin(aisle: usize, aisles: usize, bay: usize, place: usize, n: usize) -> Location {
    let small = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
    let (level, place) = (place / PLACES + 1, place % PLACES + 1);
    let (aisle_name, bay, shelf) = (letters(aisle), format!("{:02}", bay + 1), format!("{level}{place}"));
    let id = format!("{aisle_name}-{bay}-{shelf}");
    Location {
        code: id.clone(),
        id: id.into(),
        kind: LocationKind::Bin,
        zone: ZONES.get(aisle * ZONES.len() / aisles.max(1)).copied().unwrap_or_default().to_owned(),
        sequence: i64::try_from(n + 1).unwrap_or(i64::MAX) * STEP,
        aisle: aisle_name,
        bay,
        shelf,
        level: small(level),
        levels: small(LEVELS),
        place: small(place),
        places: small(PLACES),
        ..Location::default()
    }
}

/// Everything that is not a bin to pick from, behind `bins` bins on the path.
pub(super) fn others(bins: usize) -> Vec<Location> {
    let named = [
        ("STAGE-1", LocationKind::Staging, "STAGE"),
        ("STAGE-2", LocationKind::Staging, "STAGE"),
        ("PACK-01", LocationKind::Pack, "PACK"),
        ("PACK-02", LocationKind::Pack, "PACK"),
        ("DOCK-1", LocationKind::Dock, "DOCK"),
        (TRANSIT, LocationKind::Transit, ""),
        (SUPPLIER, LocationKind::Virtual, ""),
        (CUSTOMER, LocationKind::Virtual, ""),
        (LOSS, LocationKind::Virtual, ""),
        ("DOCK-2", LocationKind::Dock, "DOCK"),
        ("DOCK-3", LocationKind::Dock, "DOCK"),
        ("DOCK-4", LocationKind::Dock, "DOCK"),
        ("QUAR-1", LocationKind::Bin, "HOLD"),
        ("QUAR-2", LocationKind::Bin, "HOLD"),
        ("DAMAGED-1", LocationKind::Bin, "HOLD"),
    ];
    (1..)
        .zip(named)
        .map(|(n, (id, kind, zone))| Location {
            id: id.into(),
            code: id.to_owned(),
            kind,
            zone: zone.to_owned(),
            sequence: i64::try_from(bins + n).unwrap_or(i64::MAX) * STEP,
            status: match id {
                "QUAR-1" | "QUAR-2" => Status::Quarantined,
                "DAMAGED-1" => Status::Damaged,
                _ => Status::Available,
            },
            ..Location::default()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_bin_is_its_own_and_the_path_never_turns_back() {
        for count in [1, 7, 200, 240, 999, 5_000, 50_000] {
            let path = bins(count);
            assert_eq!(path.len(), count);
            let ids: HashSet<&str> = path.iter().map(|bin| bin.id.as_str()).collect();
            assert_eq!(ids.len(), count);
            assert!(path.windows(2).all(|pair| pair[0].sequence < pair[1].sequence));
            assert!(
                path.iter()
                    .all(|bin| bin.level >= 1 && bin.level <= bin.levels && bin.place >= 1 && bin.place <= bin.places)
            );
            assert!(path.iter().all(|bin| bin.shelf == format!("{}{}", bin.level, bin.place)));
        }
    }

    #[test]
    fn the_usual_building() {
        let path = bins(240);
        let zones: HashSet<&str> = path.iter().map(|bin| bin.zone.as_str()).collect();
        assert_eq!(zones.len(), 4);
        assert!(path.iter().any(|bin| bin.id.as_str().starts_with("B-14-")));
        let bay = |n: usize| path[n].bay.as_str();
        assert_eq!((bay(0), bay(59), bay(60), bay(119)), ("01", "15", "15", "01"));
        assert_eq!(letters(0) + &letters(25) + &letters(26) + &letters(701), "AZAAZZ");
    }
}
