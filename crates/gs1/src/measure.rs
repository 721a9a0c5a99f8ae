//! Measures and amounts: digits with an implied decimal point, as exact decimals.

use crate::ai::Ai;
use crate::element::Element;
use std::fmt;

/// `mantissa` divided by ten to the power of `exponent`. Shown with all its decimals: `0.750`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    /// The digits.
    pub mantissa: u64,
    /// How many of them are decimals.
    pub exponent: u8,
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = usize::from(self.exponent);
        if places == 0 {
            return write!(f, "{}", self.mantissa);
        }
        let digits = format!("{:0width$}", self.mantissa, width = places + 1);
        let (whole, decimals) = digits.split_at_checked(digits.len() - places).unwrap_or((&digits, ""));
        write!(f, "{whole}.{decimals}")
    }
}

impl Decimal {
    /// The value in units of ten to the power of `-places`, when that is exact:
    /// 0.750 kg with 3 places is 750 g.
    #[must_use]
    pub fn scaled(self, places: u8) -> Option<u64> {
        if places >= self.exponent {
            10u64.checked_pow(u32::from(places - self.exponent))?.checked_mul(self.mantissa)
        } else {
            let divisor = 10u64.checked_pow(u32::from(self.exponent - places))?;
            self.mantissa.is_multiple_of(divisor).then(|| self.mantissa / divisor)
        }
    }
}

/// The unit of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are the units")]
pub enum Unit {
    Kilogram,
    Metre,
    SquareMetre,
    Litre,
    CubicMetre,
    KilogramPerSquareMetre,
    Pound,
    TroyOunce,
    Inch,
    Foot,
    Yard,
    SquareInch,
    SquareFoot,
    SquareYard,
    UsQuart,
    UsGallon,
    UsFluidOunce,
    CubicInch,
    CubicFoot,
    CubicYard,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Dimension {
    NetWeight,
    GrossWeight,
    Length,
    Width,
    Height,
    Area,
    Volume,
    AreaDensity,
}

/// AIs 3100 to 3695: one measure of an item or a logistic unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// The identifier; its last digit is the number of decimals.
    pub ai: Ai,
    /// What is measured.
    pub dimension: Dimension,
    /// Whether it is of the logistic unit (gross) instead of the trade item (net).
    pub logistic: bool,
    /// The unit.
    pub unit: Unit,
    /// The value in that unit.
    pub value: Decimal,
}

impl Measure {
    /// A weight in kilograms as whole grams; `None` when it is no weight in kilograms
    /// or not a whole number of grams.
    ///
    /// ```
    /// use floorhand_gs1::element;
    /// let label = element::parse_bracketed("(01)09521234543213(3103)000750").unwrap();
    /// assert_eq!(label.measures()[0].grams(), Some(750));
    /// ```
    #[must_use]
    pub fn grams(&self) -> Option<u64> {
        (self.unit == Unit::Kilogram).then(|| self.value.scaled(3)).flatten()
    }
}

/// AIs 3900 to 3959: an amount of money, a percentage or a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    /// The identifier; its last digit is the number of decimals.
    pub ai: Ai,
    /// ISO 4217 numeric currency (AIs 391n and 393n only).
    pub currency: Option<u16>,
    /// The value in the currency's unit, or per cent (AI 394n).
    pub value: Decimal,
}

/// The measure an element holds; `None` for any other identifier.
#[must_use]
pub fn measure(element: &Element) -> Option<Measure> {
    let family: u16 = element.ai.as_str().get(..3).filter(|_| element.ai.as_str().len() == 4)?.parse().ok()?;
    let (dimension, logistic, unit) = family_of(family)?;
    let value = decimal(&element.value, element.ai)?;
    Some(Measure { ai: element.ai, dimension, logistic, unit, value })
}

/// The amount an element holds; `None` for any other identifier.
#[must_use]
pub fn amount(element: &Element) -> Option<Amount> {
    let family = element.ai.as_str().get(..3).filter(|_| element.ai.as_str().len() == 4)?;
    let (currency, digits) = match family {
        "390" | "392" | "394" | "395" => (None, element.value.as_str()),
        "391" | "393" => {
            let (currency, digits) = element.value.split_at_checked(3)?;
            (Some(currency.parse().ok()?), digits)
        }
        _ => return None,
    };
    Some(Amount { ai: element.ai, currency, value: decimal(digits, element.ai)? })
}

fn decimal(digits: &str, ai: Ai) -> Option<Decimal> {
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then_some(Decimal { mantissa: digits.parse().ok()?, exponent: ai.last_digit() })
}

/// GS1 General Specifications, sections 3.6.2 to 3.6.4.
fn family_of(family: u16) -> Option<(Dimension, bool, Unit)> {
    use Dimension::{Area, AreaDensity, GrossWeight, Height, Length, NetWeight, Volume, Width};
    use Unit::{
        CubicFoot, CubicInch, CubicMetre, CubicYard, Foot, Inch, Kilogram, KilogramPerSquareMetre, Litre, Metre, Pound,
        SquareFoot, SquareInch, SquareMetre, SquareYard, TroyOunce, UsFluidOunce, UsGallon, UsQuart, Yard,
    };
    let imperial = |at: u16| match at % 3 {
        1 => Inch,
        2 => Foot,
        _ => Yard,
    };
    Some(match family {
        310 => (NetWeight, false, Kilogram),
        311 => (Length, false, Metre),
        312 => (Width, false, Metre),
        313 => (Height, false, Metre),
        314 => (Area, false, SquareMetre),
        315 => (Volume, false, Litre),
        316 => (Volume, false, CubicMetre),
        320 => (NetWeight, false, Pound),
        321..=323 => (Length, false, imperial(family - 320)),
        324..=326 => (Width, false, imperial(family - 323)),
        327..=329 => (Height, false, imperial(family - 326)),
        330 => (GrossWeight, true, Kilogram),
        331 => (Length, true, Metre),
        332 => (Width, true, Metre),
        333 => (Height, true, Metre),
        334 => (Area, true, SquareMetre),
        335 => (Volume, true, Litre),
        336 => (Volume, true, CubicMetre),
        337 => (AreaDensity, false, KilogramPerSquareMetre),
        340 => (GrossWeight, true, Pound),
        341..=343 => (Length, true, imperial(family - 340)),
        344..=346 => (Width, true, imperial(family - 343)),
        347..=349 => (Height, true, imperial(family - 346)),
        350 => (Area, false, SquareInch),
        351 => (Area, false, SquareFoot),
        352 => (Area, false, SquareYard),
        353 => (Area, true, SquareInch),
        354 => (Area, true, SquareFoot),
        355 => (Area, true, SquareYard),
        356 => (NetWeight, false, TroyOunce),
        357 => (Volume, false, UsFluidOunce),
        360 => (Volume, false, UsQuart),
        361 => (Volume, false, UsGallon),
        362 => (Volume, true, UsQuart),
        363 => (Volume, true, UsGallon),
        364 => (Volume, false, CubicInch),
        365 => (Volume, false, CubicFoot),
        366 => (Volume, false, CubicYard),
        367 => (Volume, true, CubicInch),
        368 => (Volume, true, CubicFoot),
        369 => (Volume, true, CubicYard),
        _ => return None,
    })
}
