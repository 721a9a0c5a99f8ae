//! What is wrong with a file: each fault with its line, its column, a stable code and words.

/// Faults of one file that are told; the rest is only counted.
pub const FAULTS_MAX: usize = 100;

/// Why a file is refused. The codes are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// There is no header row.
    NoHeader,
    /// The header names a column that is not known.
    UnknownColumn,
    /// The header does not name a column that must be there.
    MissingColumn,
    /// The header names a column twice.
    ColumnTwice,
    /// The row has more or fewer fields than the header.
    FieldCount,
    /// The field is too long.
    TooLong,
    /// There is text behind a closing quote.
    BadQuote,
    /// A quote is not closed; what follows was not read.
    UnclosedQuote,
    /// The bytes are not UTF-8.
    NotUtf8,
    /// The file has too many rows; what follows was not read.
    TooManyRows,
    /// The field must be filled.
    Required,
    /// A character that may not be there.
    BadCharacter,
    /// Not a whole number.
    NotANumber,
    /// A number or combination of numbers that is not allowed.
    OutOfRange,
    /// Neither yes nor no.
    NotAFlag,
    /// Not one of the names that are known.
    NotOneOf,
    /// Not a date.
    NotADate,
    /// The check digit of a GTIN is wrong.
    CheckDigit,
    /// A number that a spreadsheet has rounded.
    SpreadsheetNumber,
    /// The same thing is on another line of the file.
    Twice,
    /// No such thing in the database.
    Unknown,
    /// It belongs to something else already.
    Taken,
    /// It contradicts another field, line or what is stored.
    Conflict,
    /// It cannot change while stock or an order depends on it.
    InUse,
    /// It may not be given here.
    NotAllowed,
}

impl Reason {
    /// The code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoHeader => "no-header",
            Self::UnknownColumn => "unknown-column",
            Self::MissingColumn => "missing-column",
            Self::ColumnTwice => "column-twice",
            Self::FieldCount => "field-count",
            Self::TooLong => "too-long",
            Self::BadQuote => "bad-quote",
            Self::UnclosedQuote => "unclosed-quote",
            Self::NotUtf8 => "not-utf8",
            Self::TooManyRows => "too-many-rows",
            Self::Required => "required",
            Self::BadCharacter => "bad-character",
            Self::NotANumber => "not-a-number",
            Self::OutOfRange => "out-of-range",
            Self::NotAFlag => "not-a-flag",
            Self::NotOneOf => "not-one-of",
            Self::NotADate => "not-a-date",
            Self::CheckDigit => "check-digit",
            Self::SpreadsheetNumber => "spreadsheet-number",
            Self::Twice => "twice",
            Self::Unknown => "unknown",
            Self::Taken => "taken",
            Self::Conflict => "conflict",
            Self::InUse => "in-use",
            Self::NotAllowed => "not-allowed",
        }
    }
}

/// What is wrong with one field, before it is known where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    pub reason: Reason,
    pub detail: String,
}

impl Wrong {
    pub(super) fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}

/// One fault of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line of the file on which the row begins, from 1; line breaks within quotes count.
    pub line: u64,
    /// The column as the header names it. Empty = the row as a whole.
    pub column: String,
    /// Why.
    pub reason: Reason,
    /// The same in words, with the way out.
    pub detail: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: ", self.line)?;
        if !self.column.is_empty() {
            write!(f, "{}: ", self.column)?;
        }
        write!(f, "{}: {}", self.reason.as_str(), self.detail)
    }
}

/// All faults of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults {
    /// The first that were found, by line; [`FAULTS_MAX`] at the most.
    pub first: Vec<Fault>,
    /// How many there are.
    pub total: u64,
    /// Rows that were read.
    pub rows: u64,
}

impl Faults {
    pub(super) fn add(&mut self, line: u64, column: &str, wrong: Wrong) {
        self.total += 1;
        if self.first.len() < FAULTS_MAX {
            let Wrong { reason, detail } = wrong;
            self.first.push(Fault { line, column: column.to_owned(), reason, detail });
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.total == 0
    }
}

/// The beginning of a text that was found, for a message.
pub(super) fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("{short:?}")
}
