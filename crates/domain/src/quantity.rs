//! Quantities as people type them: whole numbers of the item's smallest unit inside, decimals outside.

/// Largest quantity that can be typed, in smallest units.
pub const QUANTITY_MAX: i64 = 1_000_000_000;

/// A typed quantity in smallest units: digits, and at most one point with at most so many digits behind it.
/// With 3 decimals `0.75` is 750. `None`: not a quantity, or not above zero.
#[must_use]
pub fn parse(text: &str, decimals: u8) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) || (whole.is_empty() && part.is_empty()) {
        return None;
    }
    if part.len() > usize::from(decimals) {
        return None;
    }
    let number = format!("{whole}{part:0<width$}", width = usize::from(decimals));
    number.parse::<i64>().ok().filter(|qty| (1..=QUANTITY_MAX).contains(qty))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn g13_a_quantity_is_typed_in_the_unit_of_the_item() {
        for (text, decimals, qty) in [
            ("0.75", 3, Some(750)),
            ("0.7505", 3, None),
            ("0", 3, None),
            ("-1", 3, None),
            ("1", 3, Some(1_000)),
            (".5", 3, Some(500)),
            ("1.", 3, Some(1_000)),
            (".", 3, None),
            ("", 0, None),
            ("12", 0, Some(12)),
            ("1.5", 0, None),
            ("0.000", 3, None),
            ("1e3", 0, None),
            ("99999999999999999999", 0, None),
        ] {
            assert_eq!(parse(text, decimals), qty, "{text:?} with {decimals} decimals");
        }
    }
}
