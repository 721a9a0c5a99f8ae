//! What helps a person who is refused, beside the reason: codes and data, never sentences.

use super::{DatePolicy, Details, Meaning, Rules};
use crate::master::IsoDate;
use floorhand_gs1::{Elements, Error, ErrorKind, Mode, Note, Read, element};
use serde::{Deserialize, Serialize};

/// What may lie behind a refusal, or what an accepted label should make somebody look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "hint", rename_all = "kebab-case")]
pub enum Hint {
    /// The separator after a lot or serial number is missing, so that it swallowed what follows:
    /// check the reader's GS setting.
    SeparatorMissing {
        /// What followed, as `(17)271231`. Empty = it cannot be told.
        swallowed: String,
    },
    /// A number for use within a region or a company that no mask of the site fits.
    RestrictedNumber,
    /// Eight digits without an identifier may be an EAN-8 or a UPC-E: switch AIM identifiers on.
    EightDigits,
    /// Perhaps a misread.
    LooksMisread,
    /// A web address, not a GS1 code.
    WebAddress,
    /// Nearly an element string or a Digital Link.
    Broken {
        /// What is wrong, as `floorhand-gs1` names it.
        fault: String,
    },
    /// Past its best-before date.
    BestBefore {
        /// The date.
        date: IsoDate,
    },
    /// The other half of a code that was cut off before.
    Torn,
    /// The needed lot but for capitals: check the reader's keyboard case.
    LotCase,
    /// A partner that the standard asks for is missing, and another label of the same thing may bring
    /// it: `(37) needs (00)`.
    Incomplete {
        /// What is missing.
        missing: String,
    },
    /// The reader deviates from the standard.
    Deviation {
        /// How, as `floorhand-gs1` names it.
        warning: String,
    },
}

impl Hint {
    /// Its code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::SeparatorMissing { .. } => "separator-missing",
            Self::RestrictedNumber => "restricted-number",
            Self::EightDigits => "eight-digits",
            Self::LooksMisread => "looks-misread",
            Self::WebAddress => "web-address",
            Self::Broken { .. } => "broken",
            Self::BestBefore { .. } => "best-before",
            Self::Torn => "torn",
            Self::LotCase => "lot-case",
            Self::Incomplete { .. } => "incomplete",
            Self::Deviation { .. } => "deviation",
        }
    }
}

/// Whether a lot or serial number that does not match is the needed one with further elements
/// glued to it, because the separator after it was lost. The scan stays refused: a split is never
/// guessed.
///
/// ```
/// use floorhand_domain::scan::separator_missing;
/// let hint = separator_missing("LOT-4217271231", "LOT-42").unwrap();
/// assert_eq!(hint.code(), "separator-missing");
/// assert_eq!(separator_missing("LOT-43", "LOT-42"), None);
/// ```
#[must_use]
pub fn separator_missing(read: &str, needed: &str) -> Option<Hint> {
    if needed.is_empty() {
        return None;
    }
    let behind = read.strip_prefix(needed)?;
    let swallowed: Elements = element::parse(behind.as_bytes(), Mode::Strict).ok()?;
    Some(Hint::SeparatorMissing { swallowed: swallowed.to_bracketed() })
}

/// Whether a lot is the needed one but for capitals. It stays refused: lots are byte-exact,
/// and most likely the reader's keyboard case is set wrong.
#[must_use]
pub fn lot_case(read: &str, needed: &str) -> Option<Hint> {
    (read != needed && read.eq_ignore_ascii_case(needed)).then_some(Hint::LotCase)
}

/// What lies behind a scan that could not be read: a value that is too long most likely lost its
/// separator.
pub(super) fn of_fault(error: &Error) -> Hint {
    match &error.kind {
        ErrorKind::TooLong(ai) if ai.entry().is_some_and(|entry| entry.fnc1_required) => {
            Hint::SeparatorMissing { swallowed: String::new() }
        }
        _ => Hint::Broken { fault: error.code().to_owned() },
    }
}

pub(super) fn of(read: &Read, meanings: &[Meaning], details: &Details, rules: &Rules, today: &str) -> Vec<Hint> {
    let mut hints = Vec::new();
    let past = details.best_before.as_ref().filter(|date| date.as_str() < today);
    if let (Some(date), DatePolicy::Warn) = (past, rules.best_before) {
        hints.push(Hint::BestBefore { date: date.clone() });
    }
    if meanings.is_empty() {
        of_unknown(read, rules, &mut hints);
        hints.extend(details.incomplete.iter().map(|missing| Hint::Incomplete { missing: missing.clone() }));
    }
    // The weightiest first: this matters to whoever sets up the readers.
    hints.extend(read.warnings.iter().map(|warning| Hint::Deviation { warning: warning.code().to_owned() }));
    hints
}

fn of_unknown(read: &Read, rules: &Rules, hints: &mut Vec<Hint>) {
    if is_undivided(read, rules) {
        hints.push(Hint::RestrictedNumber);
    }
    for note in &read.notes {
        hints.extend(match note {
            Note::LooksLikeGtinBadCheck => Some(Hint::LooksMisread),
            Note::AmbiguousEightDigits => Some(Hint::EightDigits),
            Note::WebAddress => Some(Hint::WebAddress),
            Note::BrokenDigitalLink(error) | Note::BrokenElements(error) => {
                Some(Hint::Broken { fault: error.code().to_owned() })
            }
            _ => None,
        });
    }
}

fn is_undivided(read: &Read, rules: &Rules) -> bool {
    read.gtin().is_some_and(|gtin| gtin.circulation().is_restricted() && rules.divided(&gtin).is_none())
}
