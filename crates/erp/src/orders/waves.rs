//! Which orders share a cart: limits of number, weight and volume, and the split of a cart by zones. Pure.

use std::cmp::Reverse;

/// What one cart takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Orders at the most.
    pub orders: usize,
    /// Grams at the most; 0 = any weight.
    pub grams: i64,
    /// Cubic centimetres at the most; 0 = any volume.
    pub cm3: i64,
}

/// How much an order takes of a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// Its weight in grams; 0 = not known.
    pub grams: i64,
    /// Its volume in cubic centimetres, rounded up; 0 = not known.
    pub cm3: i64,
}

/// Puts orders onto carts, the first that has room: each list is one cart, of numbers into `loads`, in their
/// order. An order that no cart takes goes alone.
#[must_use]
pub fn carts(loads: &[Load], limits: &Limits) -> Vec<Vec<usize>> {
    let fits = |used: i64, more: i64, limit: i64| limit <= 0 || used.saturating_add(more) <= limit;
    let mut carts: Vec<(Vec<usize>, Load)> = Vec::new();
    for (n, load) in loads.iter().enumerate() {
        let room = carts.iter_mut().find(|(orders, used)| {
            orders.len() < limits.orders.max(1)
                && fits(used.grams, load.grams, limits.grams)
                && fits(used.cm3, load.cm3, limits.cm3)
        });
        match room {
            Some((orders, used)) => {
                orders.push(n);
                used.grams = used.grams.saturating_add(load.grams);
                used.cm3 = used.cm3.saturating_add(load.cm3);
            }
            None => carts.push((vec![n], *load)),
        }
    }
    carts.into_iter().map(|(orders, _)| orders).collect()
}

/// The zones of a cart in the order in which the path meets them. `stops`: zone and sequence of each stop.
#[must_use]
pub fn zones<'a>(stops: &[(&'a str, i64)]) -> Vec<&'a str> {
    let mut first: Vec<(&str, i64)> = Vec::new();
    for (zone, sequence) in stops {
        match first.iter_mut().find(|(known, _)| known == zone) {
            Some((_, least)) => *least = (*least).min(*sequence),
            None => first.push((zone, *sequence)),
        }
    }
    first.sort_by_key(|(zone, least)| (*least, Reverse(*zone)));
    first.into_iter().map(|(zone, _)| zone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(loads: &[(i64, i64)], limits: (usize, i64, i64), expected: &[&[usize]]) {
        let loads: Vec<Load> = loads.iter().map(|(grams, cm3)| Load { grams: *grams, cm3: *cm3 }).collect();
        let limits = Limits { orders: limits.0, grams: limits.1, cm3: limits.2 };
        assert_eq!(carts(&loads, &limits), expected, "{loads:?} within {limits:?}");
    }

    #[test]
    fn carts_within_their_limits() {
        check(&[], (4, 0, 0), &[]);
        check(&[(1, 1), (1, 1), (1, 1)], (2, 0, 0), &[&[0, 1], &[2]]);
        check(&[(1, 1), (1, 1)], (0, 0, 0), &[&[0], &[1]]);
        check(&[(600, 1), (600, 1), (400, 1)], (4, 1_000, 0), &[&[0, 2], &[1]]);
        check(&[(1, 600), (1, 600), (1, 400)], (4, 0, 1_000), &[&[0, 2], &[1]]);
        check(&[(400, 900), (700, 50), (100, 100)], (4, 1_000, 1_000), &[&[0, 2], &[1]]);
        // Exactly full, and too large for any cart.
        check(&[(500, 0), (500, 0), (2_000, 0), (1, 0)], (4, 1_000, 0), &[&[0, 1], &[2], &[3]]);
        check(&[(i64::MAX, 0), (i64::MAX, 0)], (4, 0, 0), &[&[0, 1]]);
    }

    #[test]
    fn zones_along_the_path() {
        assert_eq!(zones(&[("B", 40), ("A", 10), ("B", 5), ("C", 90), ("A", 20)]), ["B", "A", "C"]);
        assert_eq!(zones(&[]), Vec::<&str>::new());
    }
}
