//! The columns of a kind of file, the header that orders them, and how fields read.

use super::fault::{Faults, Reason, Wrong, shown};
use crate::entity;
use crate::orders::intake::ID_CHARS_MAX;
use jiff::civil::Date;
use serde::de::DeserializeOwned;

/// Characters of a name at the most.
pub const NAME_CHARS_MAX: usize = 200;
/// Characters of variant, size, zone and the parts of a sign at the most.
pub const WORD_CHARS_MAX: usize = 60;

/// A column of a table that makes a `D`.
#[derive(Debug)]
pub(super) struct Column<D> {
    /// As the header names it.
    pub name: &'static str,
    /// Whether it must be there and filled.
    pub required: bool,
    /// Reads a field; an empty one means the default.
    pub set: fn(&mut D, &str) -> Result<(), Wrong>,
}

/// A column that may be left out.
pub(super) const fn may<D>(name: &'static str, set: fn(&mut D, &str) -> Result<(), Wrong>) -> Column<D> {
    Column { name, required: false, set }
}

/// A column that must be there and filled.
pub(super) const fn must<D>(name: &'static str, set: fn(&mut D, &str) -> Result<(), Wrong>) -> Column<D> {
    Column { name, required: true, set }
}

/// The fields of a row with its line.
#[derive(Debug)]
pub(super) struct Cells {
    pub line: u64,
    pub cells: Vec<String>,
}

/// The columns in the order of the file.
#[derive(Debug)]
pub(super) struct Header<D: 'static>(Vec<&'static Column<D>>);

impl<D> Header<D> {
    /// Reads a header; `None` with faults where it is not one.
    pub(super) fn read(known: &'static [Column<D>], row: &Cells, faults: &mut Faults) -> Option<Self> {
        let mut found: Vec<&'static Column<D>> = Vec::with_capacity(row.cells.len());
        let before = faults.total;
        for cell in &row.cells {
            let name = cell.to_ascii_lowercase();
            match known.iter().find(|column| column.name == name) {
                None => {
                    let names: Vec<&str> = known.iter().map(|column| column.name).collect();
                    let column: String = cell.chars().take(40).collect();
                    let detail = format!("there is no such column; known are {}", names.join(", "));
                    faults.add(row.line, &column, Wrong::new(Reason::UnknownColumn, detail));
                }
                Some(column) if found.iter().any(|other| other.name == column.name) => {
                    faults.add(row.line, column.name, Wrong::new(Reason::ColumnTwice, "the header names it twice"));
                }
                Some(column) => found.push(column),
            }
        }
        for column in known.iter().filter(|column| column.required) {
            if !found.iter().any(|other| other.name == column.name) {
                faults.add(row.line, column.name, Wrong::new(Reason::MissingColumn, "the header must name it"));
            }
        }
        (faults.total == before).then_some(Self(found))
    }

    /// How many fields a row has.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The name of a column by its number; empty where there is none.
    pub(super) fn name(&self, n: usize) -> &'static str {
        self.0.get(n).map_or("", |column| column.name)
    }

    /// A field by the name of its column; empty where the file has no such column.
    pub(super) fn cell<'a>(&self, row: &'a Cells, name: &str) -> &'a str {
        let at = self.0.iter().position(|column| column.name == name);
        at.and_then(|n| row.cells.get(n)).map_or("", String::as_str)
    }

    /// Reads all fields of a row into a draft. Whether none has a fault.
    pub(super) fn apply(&self, draft: &mut D, row: &Cells, faults: &mut Faults) -> bool {
        let before = faults.total;
        for (column, cell) in self.0.iter().zip(&row.cells) {
            let outcome = if column.required && cell.is_empty() {
                Err(Wrong::new(Reason::Required, "must be filled"))
            } else {
                (column.set)(draft, cell)
            };
            if let Err(wrong) = outcome {
                faults.add(row.line, column.name, wrong);
            }
        }
        faults.total == before
    }
}

/// An identifier, or nothing: short, and without what separates identifiers elsewhere.
pub(super) fn id(text: &str) -> Result<String, Wrong> {
    if text.contains('|') {
        return Err(Wrong::new(Reason::BadCharacter, "must not hold '|'"));
    }
    code(text, ID_CHARS_MAX)
}

/// A text that is scanned or compared byte for byte, or nothing.
pub(super) fn code(text: &str, max: usize) -> Result<String, Wrong> {
    if text.len() > max {
        return Err(Wrong::new(Reason::TooLong, format!("must have at most {max} bytes; got {}", text.len())));
    }
    match text.chars().find(|c| c.is_control()) {
        Some(bad) => Err(Wrong::new(Reason::BadCharacter, format!("must not hold {bad:?}"))),
        None => Ok(text.to_owned()),
    }
}

/// Words for people, or nothing. Line breaks and tabs become spaces.
pub(super) fn words(text: &str, max: usize) -> Result<String, Wrong> {
    let text = text.replace("\r\n", " ").replace(['\n', '\r', '\t'], " ");
    let count = text.chars().count();
    if count > max {
        return Err(Wrong::new(Reason::TooLong, format!("must have at most {max} characters; got {count}")));
    }
    match text.chars().find(|c| c.is_control()) {
        Some(bad) => Err(Wrong::new(Reason::BadCharacter, format!("must not hold {bad:?}"))),
        None => Ok(text),
    }
}

/// A whole number within bounds; `default` where nothing is given.
pub(super) fn whole<N: TryFrom<i64>>(text: &str, default: N, min: i64, max: i64) -> Result<N, Wrong> {
    if text.is_empty() {
        return Ok(default);
    }
    let wrong = |reason| {
        Wrong::new(
            reason,
            format!("must be a whole number from {min} to {max}, without separators; got {}", shown(text)),
        )
    };
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong(Reason::NotANumber));
    }
    let number = text.parse::<i64>().ok().filter(|number| (min..=max).contains(number));
    number.and_then(|number| N::try_from(number).ok()).ok_or_else(|| wrong(Reason::OutOfRange))
}

/// Yes or no; no where nothing is given.
pub(super) fn flag(text: &str) -> Result<bool, Wrong> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" => Ok(true),
        "" | "0" | "false" | "no" => Ok(false),
        _ => Err(Wrong::new(
            Reason::NotAFlag,
            format!("must be 1, true, yes or 0, false, no, or empty; got {}", shown(text)),
        )),
    }
}

/// One of the names of an enum; its default where nothing is given.
pub(super) fn named<T: DeserializeOwned + Default>(text: &str, names: &str) -> Result<T, Wrong> {
    if text.is_empty() {
        return Ok(T::default());
    }
    entity::parse(&text.to_ascii_lowercase()).map_err(|_| not_one_of(text, names))
}

/// Not one of `names`.
pub(super) fn not_one_of(text: &str, names: &str) -> Wrong {
    Wrong::new(Reason::NotOneOf, format!("must be one of {names}, or empty; got {}", shown(text)))
}

/// A date as `YYYY-MM-DD`, or nothing.
pub(super) fn date(text: &str) -> Result<String, Wrong> {
    if text.is_empty() || text.parse::<Date>().is_ok_and(|date| date.to_string() == text) {
        return Ok(text.to_owned());
    }
    Err(Wrong::new(Reason::NotADate, format!("must be a date like 2027-03-31; got {}", shown(text))))
}
