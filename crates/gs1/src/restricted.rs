//! Restricted circulation numbers: what a site's mask makes of them.
//!
//! What stands inside such a number is defined per country or per company, so a
//! mask must be configured; without one a scan of that kind is to be refused.

use crate::gtin::Gtin;
use crate::measure::Decimal;

/// What the value part of a restricted number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// A weight in kilograms.
    Weight,
    /// A price in the site's currency.
    Price,
    /// A number of pieces.
    Count,
}

/// How the 13 digits of a restricted number are divided.
///
/// `prefix`, item digits, value digits and the check digit must make 13 digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    /// The digits it starts with, for example `28`.
    pub prefix: String,
    /// How many digits name the item.
    pub item_digits: u8,
    /// How many digits are the value.
    pub value_digits: u8,
    /// How many of the value's digits are decimals.
    pub decimals: u8,
    /// What the value means.
    pub kind: ValueKind,
}

/// What a mask found in a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restricted {
    /// The item part, to be looked up in the site's own table.
    pub item: String,
    /// The value.
    pub value: Decimal,
    /// What the value means.
    pub kind: ValueKind,
}

impl Mask {
    /// Whether the parts make 13 digits.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.prefix.bytes().all(|byte| byte.is_ascii_digit())
            && self.prefix.len() + usize::from(self.item_digits) + usize::from(self.value_digits) == 12
            && self.decimals <= self.value_digits
    }

    /// Divides a restricted number; `None` when it is not restricted, does not start
    /// with the prefix, or the mask does not make 13 digits.
    ///
    /// ```
    /// use floorhand_gs1::{Gtin, restricted::{Mask, ValueKind}};
    /// let mask = Mask { prefix: "28".into(), item_digits: 5, value_digits: 5, decimals: 3, kind: ValueKind::Weight };
    /// let found = mask.decode(&Gtin::from_digits("2812345007501").unwrap()).unwrap();
    /// assert_eq!((found.item.as_str(), found.value.to_string().as_str()), ("12345", "0.750"));
    /// ```
    #[must_use]
    pub fn decode(&self, number: &Gtin) -> Option<Restricted> {
        let digits = number.as_str().strip_prefix('0')?;
        if !self.is_valid() || !number.circulation().is_restricted() {
            return None;
        }
        let rest = digits.strip_prefix(self.prefix.as_str())?;
        let (item, rest) = rest.split_at_checked(usize::from(self.item_digits))?;
        let (value, _) = rest.split_at_checked(usize::from(self.value_digits))?;
        let mantissa = if value.is_empty() { 0 } else { value.parse().ok()? };
        let value = Decimal { mantissa, exponent: self.decimals };
        Some(Restricted { item: item.to_owned(), value, kind: self.kind })
    }
}
