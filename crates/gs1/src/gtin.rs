//! Global Trade Item Numbers: GTIN-8, -12, -13 and -14, and UPC-E.

use crate::check;
use std::fmt;

/// A GTIN in its normal form of 14 digits, with a right check digit.
///
/// Stored and compared as 14 digits: an EAN-13 is `0` and 13 digits, a UPC-A `00`
/// and 12, an EAN-8 `000000` and 8 (GS1 General Specifications, section 7.12).
/// The number may still be a restricted one, which is no trade item number at all:
/// see [`Gtin::circulation`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gtin([u8; 14]);

/// Why a text is not a GTIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GtinError {
    /// Not 8, 12, 13 or 14 digits (for UPC-E: not 8).
    Length,
    /// Something other than an ASCII digit.
    NotDigits,
    /// The check digit is wrong.
    CheckDigit {
        /// The digit that would be right.
        expected: u8,
        /// The digit that was read.
        found: u8,
    },
    /// A UPC-E whose number system is neither 0 nor 1.
    NumberSystem,
}

/// Where a number is unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Circulation {
    /// Everywhere: an ordinary GTIN.
    Open,
    /// Within a region; what is inside is defined per country (weight, price, store number).
    Regional,
    /// Within one company.
    Company,
}

impl Circulation {
    /// Whether this is a restricted circulation number, hence never a GTIN.
    #[must_use]
    pub fn is_restricted(self) -> bool {
        self != Circulation::Open
    }
}

impl Gtin {
    /// Reads 8, 12, 13 or 14 digits, all with their check digit.
    ///
    /// # Errors
    /// When the length, a character or the check digit is wrong.
    ///
    /// ```
    /// use floorhand_gs1::Gtin;
    /// let gtin = Gtin::from_digits("9521234543213").unwrap();
    /// assert_eq!(gtin.as_str(), "09521234543213");
    /// assert!(Gtin::from_digits("9521234543214").is_err());
    /// ```
    pub fn from_digits(digits: &str) -> Result<Gtin, GtinError> {
        if !matches!(digits.len(), 8 | 12 | 13 | 14) {
            return Err(GtinError::Length);
        }
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(GtinError::NotDigits);
        }
        let mut own = [b'0'; 14];
        for (to, from) in own.iter_mut().rev().zip(digits.bytes().rev()) {
            *to = from;
        }
        let (expected, found) = check::compare(&own).ok_or(GtinError::NotDigits)?;
        if expected == found { Ok(Gtin(own)) } else { Err(GtinError::CheckDigit { expected, found }) }
    }

    /// Reads the eight digits of a UPC-E: number system 0 or 1, six digits, and the
    /// check digit of the number they expand to.
    ///
    /// Eight digits may be both an EAN-8 and a UPC-E; only the symbology decides.
    ///
    /// # Errors
    /// When the length, a character, the number system or the check digit is wrong.
    ///
    /// ```
    /// use floorhand_gs1::Gtin;
    /// assert_eq!(Gtin::from_upc_e("04252614").unwrap().as_str(), "00042100005264");
    /// ```
    pub fn from_upc_e(digits: &str) -> Result<Gtin, GtinError> {
        let bytes: [u8; 8] = digits.as_bytes().try_into().map_err(|_| GtinError::Length)?;
        if !bytes.iter().all(u8::is_ascii_digit) {
            return Err(GtinError::NotDigits);
        }
        let [system, a, b, c, d, e, last, check] = bytes;
        if !matches!(system, b'0' | b'1') {
            return Err(GtinError::NumberSystem);
        }
        let z = b'0';
        let middle = match last {
            b'0'..=b'2' => [a, b, last, z, z, z, z, c, d, e],
            b'3' => [a, b, c, z, z, z, z, z, d, e],
            b'4' => [a, b, c, d, z, z, z, z, z, e],
            _ => [a, b, c, d, e, z, z, z, z, last],
        };
        let mut long = String::with_capacity(12);
        long.push(char::from(system));
        long.extend(middle.iter().map(|byte| char::from(*byte)));
        long.push(char::from(check));
        Gtin::from_digits(&long)
    }

    /// The eight digits of the UPC-E that stands for this number; `None` when there is
    /// none.
    #[must_use]
    pub fn to_upc_e(&self) -> Option<String> {
        let [b'0', b'0', system, a, b, c, d, e, _, _, h, i, j, check] = self.0 else {
            return None;
        };
        // One candidate for each of the four ways to leave out zeros.
        [[a, b, h, i, j, c], [a, b, c, i, j, b'3'], [a, b, c, d, j, b'4'], [a, b, c, d, e, j]]
            .into_iter()
            .map(|six| {
                let short = [&[system], six.as_slice(), &[check]].concat();
                String::from_utf8_lossy(&short).into_owned()
            })
            .find(|short| Gtin::from_upc_e(short).as_ref() == Ok(self))
    }

    /// The 14 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("")
    }

    /// The first of the 14 digits: 0 for a base unit, 1 to 8 for a grouping, 9 for
    /// variable measure.
    ///
    /// A grouping has its own check digit: never drop the indicator and keep the rest.
    #[must_use]
    pub fn indicator(&self) -> u8 {
        self.0.first().map_or(0, |byte| byte - b'0')
    }

    /// Whether the indicator is 9: the quantity stands in AI 30 or 31nn to 36nn.
    #[must_use]
    pub fn is_variable_measure(&self) -> bool {
        self.indicator() == 9
    }

    /// Whether the number is valid everywhere, or restricted: GTIN-13 prefixes 02 and
    /// 20 to 29 (regional), 04 and 40 to 49 as number system of a UPC (company),
    /// GTIN-8 prefixes 0 and 2.
    ///
    /// A 13-digit number starting `04` is a UPC-A of number system 4; prefixes 40 to
    /// 49 of 13 digits are ordinary and belong to Germany and Japan.
    ///
    /// ```
    /// use floorhand_gs1::{Circulation, Gtin};
    /// assert_eq!(Gtin::from_digits("2112345678900").unwrap().circulation(), Circulation::Regional);
    /// assert_eq!(Gtin::from_digits("9521234543213").unwrap().circulation(), Circulation::Open);
    /// ```
    #[must_use]
    pub fn circulation(&self) -> Circulation {
        match self.0 {
            [b'0', b'0', b'0', b'0', b'0', b'0', b'0' | b'2', ..] => Circulation::Company,
            [b'0', b'0', b'2', ..] | [b'0', b'2', _, ..] => Circulation::Regional,
            [b'0', b'0', b'4', ..] => Circulation::Company,
            _ => Circulation::Open,
        }
    }

    /// The shortest usual form: 8, 12, 13 or 14 digits, as printed under a bar code.
    #[must_use]
    pub fn short(&self) -> &str {
        let zeros = self.0.iter().take_while(|byte| **byte == b'0').count();
        let skip = match zeros {
            6.. => 6,
            2.. => 2,
            1 => 1,
            0 => 0,
        };
        self.as_str().get(skip..).unwrap_or("")
    }
}

impl fmt::Display for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gtin({})", self.as_str())
    }
}

impl std::str::FromStr for Gtin {
    type Err = GtinError;

    fn from_str(digits: &str) -> Result<Gtin, GtinError> {
        Gtin::from_digits(digits)
    }
}

impl fmt::Display for GtinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GtinError::Length => f.write_str("a GTIN has 8, 12, 13 or 14 digits"),
            GtinError::NotDigits => f.write_str("not all digits"),
            GtinError::CheckDigit { expected, found } => {
                write!(f, "check digit {found}, expected {expected}")
            }
            GtinError::NumberSystem => f.write_str("a UPC-E has number system 0 or 1"),
        }
    }
}

impl std::error::Error for GtinError {}
