//! Dates as GS1 writes them: YYMMDD with a sliding century.

use std::fmt;

/// A day of the Gregorian calendar. Shown as ISO 8601, `2027-12-31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// Year, four digits.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day, 1 to 31.
    pub day: u8,
}

/// What day `00` means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayZero {
    /// Nothing: it is an error.
    Refuse,
    /// The last day of the month (AIs 11, 12, 13, 15, 16, 17, 4324, 4325).
    LastOfMonth,
}

impl Date {
    /// Makes a date that exists; `None` otherwise.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Date> {
        (day >= 1 && day <= days_in_month(year, month)).then_some(Date { year, month, day })
    }

    /// Reads `YYMMDD`.
    ///
    /// The century follows GS1 General Specifications, section 7.12: with the
    /// difference YY minus the current YY, 51 to 99 is the previous century, -99 to
    /// -50 the next, anything else the current one. `current_year` has four digits.
    /// `None` when the text is not a date.
    ///
    /// ```
    /// use floorhand_gs1::{Date, DayZero};
    /// let date = Date::from_yymmdd("271200", 2026, DayZero::LastOfMonth).unwrap();
    /// assert_eq!(date.to_string(), "2027-12-31");
    /// assert!(Date::from_yymmdd("271200", 2026, DayZero::Refuse).is_none());
    /// ```
    #[must_use]
    pub fn from_yymmdd(text: &str, current_year: u16, zero: DayZero) -> Option<Date> {
        let digits: [u8; 6] = text.as_bytes().try_into().ok()?;
        let [y1, y2, m1, m2, d1, d2] = digits;
        let year = full_year(two(y1, y2)?, current_year)?;
        let month = two(m1, m2)?;
        match (two(d1, d2)?, zero) {
            (0, DayZero::LastOfMonth) => Date::new(year, month, days_in_month(year, month)),
            (day, _) => Date::new(year, month, day),
        }
    }

    /// Reads `YYYYMMDD`; `None` when the text is not a date.
    #[must_use]
    pub fn from_yyyymmdd(text: &str) -> Option<Date> {
        let digits: [u8; 8] = text.as_bytes().try_into().ok()?;
        let [c1, c2, y1, y2, m1, m2, d1, d2] = digits;
        let year = 100 * u16::from(two(c1, c2)?) + u16::from(two(y1, y2)?);
        Date::new(year, two(m1, m2)?, two(d1, d2)?)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

fn two(tens: u8, ones: u8) -> Option<u8> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| 10 * (tens - b'0') + (ones - b'0'))
}

fn full_year(yy: u8, current_year: u16) -> Option<u16> {
    let century = current_year / 100;
    let difference = i16::from(yy) - i16::try_from(current_year % 100).ok()?;
    let century = match difference {
        51.. => century.checked_sub(1)?,
        ..=-50 => century.checked_add(1)?,
        _ => century,
    };
    century.checked_mul(100)?.checked_add(u16::from(yy))
}

/// Days in a month; 0 for a month that does not exist.
pub(crate) fn days_in_month(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    }
}
