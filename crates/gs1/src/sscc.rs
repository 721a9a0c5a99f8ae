//! Serial Shipping Container Codes: AI 00, the number of a logistic unit.

use crate::check;
use std::fmt;

/// A Serial Shipping Container Code of 18 digits with a right check digit
/// (GS1 General Specifications, section 3.3.1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sscc([u8; 18]);

/// Why a text is not an SSCC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SsccError {
    /// Not 18 characters.
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
}

impl Sscc {
    /// Reads 18 digits.
    ///
    /// # Errors
    /// When the length, a character or the check digit is wrong.
    ///
    /// ```
    /// use floorhand_gs1::Sscc;
    /// assert!(Sscc::from_digits("123456789012345675").is_ok());
    /// assert!(Sscc::from_digits("123456789012345676").is_err());
    /// ```
    pub fn from_digits(digits: &str) -> Result<Sscc, SsccError> {
        let own: [u8; 18] = digits.as_bytes().try_into().map_err(|_| SsccError::Length)?;
        let (expected, found) =
            own.iter().all(u8::is_ascii_digit).then(|| check::compare(&own)).flatten().ok_or(SsccError::NotDigits)?;
        if expected == found { Ok(Sscc(own)) } else { Err(SsccError::CheckDigit { expected, found }) }
    }

    /// The 18 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("")
    }
}

impl fmt::Display for Sscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Sscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sscc({})", self.as_str())
    }
}

impl std::str::FromStr for Sscc {
    type Err = SsccError;

    fn from_str(digits: &str) -> Result<Sscc, SsccError> {
        Sscc::from_digits(digits)
    }
}

impl fmt::Display for SsccError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SsccError::Length => f.write_str("an SSCC has 18 digits"),
            SsccError::NotDigits => f.write_str("not all digits"),
            SsccError::CheckDigit { expected, found } => {
                write!(f, "check digit {found}, expected {expected}")
            }
        }
    }
}

impl std::error::Error for SsccError {}
