//! A weight as a scale shows it, and in grams; integers only.

/// Most digits of a weight; more is noise.
pub const DIGITS_MAX: usize = 10;

/// A unit of weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Milligram.
    Milligram,
    /// Gram.
    Gram,
    /// Kilogram.
    Kilogram,
    /// Avoirdupois pound, exactly 0.45359237 kg.
    Pound,
    /// Avoirdupois ounce, a sixteenth of a pound: exactly 28.349523125 g.
    Ounce,
}

impl Unit {
    /// The unit with this abbreviation, in any case.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Unit> {
        let names: [(&[u8], Unit); 6] = [
            (b"mg", Unit::Milligram),
            (b"g", Unit::Gram),
            (b"kg", Unit::Kilogram),
            (b"lb", Unit::Pound),
            (b"lbs", Unit::Pound),
            (b"oz", Unit::Ounce),
        ];
        names.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, unit)| unit)
    }

    fn nanograms(self) -> i128 {
        match self {
            Self::Milligram => 1_000_000,
            Self::Gram => 1_000_000_000,
            Self::Kilogram => 1_000_000_000_000,
            Self::Pound => 453_592_370_000,
            Self::Ounce => 28_349_523_125,
        }
    }
}

/// A weight exactly as shown: `digits / 10^decimals` of the unit. Two weights are equal when they
/// were shown alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Weight {
    /// All digits, without the point.
    pub digits: i64,
    /// How many of them stand after the point; at most [`DIGITS_MAX`].
    pub decimals: u8,
    /// `None`: the scale does not say, or says something unknown.
    pub unit: Option<Unit>,
}

impl Weight {
    /// Reads `-12.340`: a sign, digits and at most one point (or comma), with blanks before, after and
    /// behind the sign. `None`: anything else, or more than [`DIGITS_MAX`] digits.
    #[must_use]
    pub fn parse(text: &[u8], unit: Option<Unit>) -> Option<Weight> {
        let text = text.trim_ascii();
        let (negative, text) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        let text = text.trim_ascii_start();
        let (mut digits, mut count, mut decimals) = (0_i64, 0, None);
        for byte in text {
            match byte {
                b'0'..=b'9' if count < DIGITS_MAX => {
                    digits = digits * 10 + i64::from(byte - b'0');
                    count += 1;
                    decimals = decimals.map(|decimals: u8| decimals + 1);
                }
                b'.' | b',' if decimals.is_none() => decimals = Some(0),
                _ => return None,
            }
        }
        let digits = if negative { -digits } else { digits };
        (count > 0).then_some(Weight { digits, decimals: decimals.unwrap_or(0), unit })
    }

    /// Whole grams, the nearest; halves go away from zero. Exact for kilograms with up to three
    /// decimals; a pound or an ounce is converted exactly and then rounded, once. `None`: no unit.
    #[must_use]
    pub fn grams(&self) -> Option<i64> {
        let scaled = i128::from(self.digits).checked_mul(self.unit?.nanograms())?;
        let divisor = 1_000_000_000_i128.checked_mul(10_i128.checked_pow(u32::from(self.decimals))?)?;
        let half = if scaled < 0 { -divisor / 2 } else { divisor / 2 };
        i64::try_from(scaled.checked_add(half)? / divisor).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weight(digits: i64, decimals: u8) -> Option<Weight> {
        Some(Weight { digits, decimals, unit: None })
    }

    #[test]
    fn text_is_read_exactly() {
        for (text, expected) in [
            (" 1.234", weight(1_234, 3)),
            ("0001.23", weight(123, 2)),
            ("12", weight(12, 0)),
            ("12.", weight(12, 0)),
            (".5", weight(5, 1)),
            ("-0.10", weight(-10, 2)),
            ("-  3.5", weight(-35, 1)),
            ("+7", weight(7, 0)),
            ("1,5", weight(15, 1)),
            ("9999999999", weight(9_999_999_999, 0)),
            ("99999999990", None),
            ("", None),
            (".", None),
            ("-", None),
            ("1.2.3", None),
            ("1 2", None),
            ("^^^^^^", None),
            ("1e3", None),
        ] {
            assert_eq!(Weight::parse(text.as_bytes(), None), expected, "{text:?}");
        }
    }

    #[test]
    fn grams_are_exact_and_rounded_once() {
        use Unit::{Gram, Kilogram, Milligram, Ounce, Pound};
        for (digits, decimals, unit, grams) in [
            (1_234, 3, Kilogram, 1_234),
            (123, 2, Kilogram, 1_230),
            (12_345, 4, Kilogram, 1_235),
            (12_344, 4, Kilogram, 1_234),
            (-12_345, 4, Kilogram, -1_235),
            (10_000, 2, Gram, 100),
            (10_049, 2, Gram, 100),
            (10_050, 2, Gram, 101),
            (499, 0, Milligram, 0),
            (500, 0, Milligram, 1),
            (1, 0, Pound, 454),
            (100, 2, Pound, 454),
            (10_000, 0, Pound, 4_535_924),
            (16, 0, Ounce, 454),
            (1, 1, Ounce, 3),
            (0, 3, Pound, 0),
            (9_999_999_999, 0, Kilogram, 9_999_999_999_000),
            (9_999_999_999, 10, Kilogram, 1_000),
        ] {
            let weight = Weight { digits, decimals, unit: Some(unit) };
            assert_eq!(weight.grams(), Some(grams), "{weight:?}");
        }
        assert_eq!(Weight { digits: 1, decimals: 0, unit: None }.grams(), None);
        assert_eq!(Unit::parse(b"KG"), Some(Kilogram));
        assert_eq!(Unit::parse(b"stone"), None);
    }
}
