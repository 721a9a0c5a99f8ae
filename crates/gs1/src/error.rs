//! Why something is not a valid GS1 code, and where.

use crate::ai::Ai;
use crate::linter::{LintKind, Linter};
use std::fmt;
use std::ops::Range;

/// A fault and the bytes it was found in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What is wrong.
    pub kind: ErrorKind,
    /// Byte positions in the input of the function that returned the error.
    pub span: Range<usize>,
}

/// What is wrong with an input.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is nothing to read.
    Empty,
    /// Longer than [`crate::element::MAX_INPUT_BYTES`].
    InputTooLong,
    /// The scan carries no AIM identifier and the mode demands one.
    NoIdentifier,
    /// `]` followed by something that is not an AIM identifier.
    UnknownIdentifier,
    /// No such application identifier.
    UnknownAi,
    /// More than [`crate::element::MAX_ELEMENTS`] elements.
    TooManyElements,
    /// The first separator (`^`) is missing.
    MissingFirstSeparator,
    /// A separator where none may stand: at the start, or twice in a row.
    UnexpectedSeparator,
    /// The value has fewer characters than the identifier demands.
    TooShort(Ai),
    /// The value has more characters than the identifier allows.
    TooLong(Ai),
    /// The content of the value breaks a rule.
    Invalid(Ai, Linter, LintKind),
    /// The identifier appears twice with different values.
    DifferingRepeat(Ai),
    /// Two identifiers that exclude each other.
    Conflict(Ai, Ai),
    /// The brackets of the readable form do not match.
    Brackets,
    /// An EAN, UPC or ITF code that is not of the length its symbology has.
    WrongLength,
    /// Something other than a digit in an EAN, UPC or ITF code.
    NotDigits,
    /// The check digit of an EAN, UPC or ITF code is wrong.
    CheckDigit {
        /// The digit that would be right.
        expected: u8,
        /// The digit that was read.
        found: u8,
    },
    /// The web address cannot be read as a Digital Link.
    Link(LinkKind),
    /// The elements cannot be carried by the symbol asked for.
    NotEncodable,
}

/// What keeps a web address from being a Digital Link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkKind {
    /// Does not start with `http://` or `https://` (all lower or all upper case).
    Scheme,
    /// No host before the path.
    Host,
    /// A character that a web address may not contain.
    Character,
    /// `%` not followed by two hexadecimal digits, or standing for a byte outside text.
    Percent,
    /// The path holds no primary key: an ordinary web address.
    NoKey,
    /// The path after the key is not made of its qualifiers in their sequence.
    Qualifiers,
    /// This identifier may not stand in the query.
    NotAnAttribute(Ai),
    /// This identifier belongs in the path.
    BelongsInPath(Ai),
    /// This identifier appears twice.
    Repeated(Ai),
    /// The path ends in a slash.
    TrailingSlash,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, span: Range<usize>) -> Error {
        Error { kind, span }
    }

    pub(crate) fn shifted(self, by: usize) -> Error {
        Error { span: self.span.start.saturating_add(by)..self.span.end.saturating_add(by), ..self }
    }

    /// Whether a check digit or check pair is wrong: most likely a misread, to be
    /// answered with "scan again".
    #[must_use]
    pub fn is_checksum(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::CheckDigit { .. }
                | ErrorKind::Invalid(_, _, LintKind::IncorrectCheckDigit | LintKind::IncorrectCheckPair)
        )
    }

    /// A stable machine name of the kind, such as `check-digit` or `unknown-ai`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match &self.kind {
            ErrorKind::Empty => "empty",
            ErrorKind::InputTooLong => "input-too-long",
            ErrorKind::NoIdentifier => "no-identifier",
            ErrorKind::UnknownIdentifier => "unknown-identifier",
            ErrorKind::UnknownAi => "unknown-ai",
            ErrorKind::TooManyElements => "too-many-elements",
            ErrorKind::MissingFirstSeparator => "missing-first-separator",
            ErrorKind::UnexpectedSeparator => "unexpected-separator",
            ErrorKind::TooShort(_) => "value-too-short",
            ErrorKind::TooLong(_) => "value-too-long",
            ErrorKind::Invalid(_, _, LintKind::IncorrectCheckDigit | LintKind::IncorrectCheckPair) => "check-digit",
            ErrorKind::Invalid(..) => "invalid-value",
            ErrorKind::DifferingRepeat(_) => "differing-repeat",
            ErrorKind::Conflict(..) => "conflict",
            ErrorKind::Brackets => "brackets",
            ErrorKind::WrongLength => "wrong-length",
            ErrorKind::NotDigits => "not-digits",
            ErrorKind::CheckDigit { .. } => "check-digit",
            ErrorKind::Link(kind) => kind.code(),
            ErrorKind::NotEncodable => "not-encodable",
        }
    }
}

impl LinkKind {
    /// A stable machine name, such as `link-qualifiers`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            LinkKind::Scheme => "link-scheme",
            LinkKind::Host => "link-host",
            LinkKind::Character => "link-character",
            LinkKind::Percent => "link-percent",
            LinkKind::NoKey => "link-no-key",
            LinkKind::Qualifiers => "link-qualifiers",
            LinkKind::NotAnAttribute(_) => "link-not-an-attribute",
            LinkKind::BelongsInPath(_) => "link-belongs-in-path",
            LinkKind::Repeated(_) => "link-repeated",
            LinkKind::TrailingSlash => "link-trailing-slash",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (bytes {} to {})", self.kind, self.span.start, self.span.end)
    }
}

impl std::error::Error for Error {}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ErrorKind::Empty => f.write_str("nothing to read"),
            ErrorKind::InputTooLong => f.write_str("input too long"),
            ErrorKind::NoIdentifier => f.write_str("no symbology identifier"),
            ErrorKind::UnknownIdentifier => f.write_str("unknown symbology identifier"),
            ErrorKind::UnknownAi => f.write_str("no such application identifier"),
            ErrorKind::TooManyElements => f.write_str("too many elements"),
            ErrorKind::MissingFirstSeparator => f.write_str("the first separator is missing"),
            ErrorKind::UnexpectedSeparator => f.write_str("separator where none may stand"),
            ErrorKind::TooShort(ai) => write!(f, "value of ({ai}) too short"),
            ErrorKind::TooLong(ai) => write!(f, "value of ({ai}) too long"),
            ErrorKind::Invalid(ai, rule, kind) => {
                write!(f, "value of ({ai}) breaks rule {}: {kind}", rule.name())
            }
            ErrorKind::DifferingRepeat(ai) => write!(f, "({ai}) appears with different values"),
            ErrorKind::Conflict(one, other) => write!(f, "({one}) excludes ({other})"),
            ErrorKind::Brackets => f.write_str("brackets do not match"),
            ErrorKind::WrongLength => f.write_str("wrong number of digits for this symbology"),
            ErrorKind::NotDigits => f.write_str("not all digits"),
            ErrorKind::CheckDigit { expected, found } => {
                write!(f, "check digit {found}, expected {expected}")
            }
            ErrorKind::Link(kind) => write!(f, "not a Digital Link: {kind}"),
            ErrorKind::NotEncodable => f.write_str("this symbol cannot carry these elements"),
        }
    }
}

impl fmt::Display for LinkKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkKind::Scheme => f.write_str("no http or https address"),
            LinkKind::Host => f.write_str("no host"),
            LinkKind::Character => f.write_str("illegal character in the address"),
            LinkKind::Percent => f.write_str("bad percent encoding"),
            LinkKind::NoKey => f.write_str("no primary key in the path"),
            LinkKind::Qualifiers => f.write_str("the path after the key is not made of its qualifiers in sequence"),
            LinkKind::NotAnAttribute(ai) => write!(f, "({ai}) may not stand in the query"),
            LinkKind::BelongsInPath(ai) => write!(f, "({ai}) belongs in the path"),
            LinkKind::Repeated(ai) => write!(f, "({ai}) appears twice"),
            LinkKind::TrailingSlash => f.write_str("the path ends in a slash"),
        }
    }
}
