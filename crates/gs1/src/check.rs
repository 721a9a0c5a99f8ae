//! Check digits and check pairs (GS1 General Specifications, section 7.9).

/// The mod-10 check digit for the digits before it: weights 3, 1, 3, … from the right.
///
/// `None` when `body` is empty or holds anything but ASCII digits.
///
/// ```
/// assert_eq!(floorhand_gs1::check::digit(b"952123454321"), Some(3));
/// ```
#[must_use]
pub fn digit(body: &[u8]) -> Option<u8> {
    let fits = !body.is_empty() && body.iter().all(u8::is_ascii_digit);
    fits.then(|| of_digits(body))
}

/// The check digit for what is known to be digits.
pub(crate) fn of_digits(body: &[u8]) -> u8 {
    // Pairs from the right; in each the right digit counts three times.
    let sum = |digits: &[u8]| match digits {
        [left, right] => usize::from(left & 15) + 3 * usize::from(right & 15),
        [right] => 3 * usize::from(right & 15),
        _ => 0,
    };
    let sum: usize = body.rchunks(2).map(sum).sum();
    ((10 - sum % 10) % 10) as u8
}

/// The last digit as it should be and as it is; `None` when `digits` is shorter
/// than two characters or holds anything but ASCII digits.
#[must_use]
pub fn compare(digits: &[u8]) -> Option<(u8, u8)> {
    let (last, body) = digits.split_last().filter(|(last, _)| last.is_ascii_digit())?;
    Some((digit(body)?, last - b'0'))
}

/// Whether the last digit is the right one.
#[must_use]
pub fn is_valid(digits: &[u8]) -> bool {
    compare(digits).is_some_and(|(expected, found)| expected == found)
}

const SET_82: &[u8; 82] = b"!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
const PAIR: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// The place of each byte in character set 82; `OUTSIDE` where it has none.
static PLACES: [u8; 256] = places();
const OUTSIDE: u8 = u8::MAX;

#[expect(clippy::indexing_slicing, reason = "runs in the compiler, where a wrong index is an error")]
const fn places() -> [u8; 256] {
    let mut out = [OUTSIDE; 256];
    let mut place = 0;
    while place < SET_82.len() {
        out[SET_82[place] as usize] = place as u8;
        place += 1;
    }
    out
}

/// The place of a character in character set 82.
pub(crate) fn place_in_set_82(byte: u8) -> Option<u32> {
    PLACES.get(usize::from(byte)).filter(|place| **place != OUTSIDE).map(|place| u32::from(*place))
}

/// Whether character set 82 holds the byte.
pub(crate) fn is_in_set_82(byte: u8) -> bool {
    PLACES.get(usize::from(byte)).is_some_and(|place| *place != OUTSIDE)
}

/// The two check characters of a Global Model Number: each character's place in
/// set 82 weighted with primes from the right (2, 3, 5, …), the sum mod 1021.
///
/// `None` when a character is outside set 82.
#[must_use]
pub fn pair(body: &[u8]) -> Option<[u8; 2]> {
    let mut sum = 0u32;
    let mut prime = 2u32;
    for byte in body.iter().rev() {
        sum = (sum + place_in_set_82(*byte)? * (prime % 1021)) % 1021;
        prime = next_prime(prime);
    }
    let at = |place: u32| usize::try_from(place).ok().and_then(|place| PAIR.get(place)).copied();
    Some([at(sum / 32)?, at(sum % 32)?])
}

fn next_prime(after: u32) -> u32 {
    let is_prime = |n: u32| (2..).take_while(|d| d * d <= n).all(|d| !n.is_multiple_of(d));
    (after + 1..).find(|n| is_prime(*n)).unwrap_or(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits() {
        for good in ["02345673", "416000336108", "1234567890128", "12345678901231", "123456789012345675"] {
            assert!(is_valid(good.as_bytes()), "{good}");
        }
        assert_eq!(digit(b""), None);
        assert_eq!(digit(b"12a"), None);
        assert_eq!(compare(b"12'"), None);
        assert_eq!(compare(b"9"), None);
    }

    #[test]
    fn pairs() {
        assert_eq!(pair(b"1987654Ad4X4bL5ttr2310c"), Some(*b"2K"));
        assert_eq!(pair(b" "), None);
    }
}
