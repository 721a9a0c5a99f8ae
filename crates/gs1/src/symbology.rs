//! AIM symbology identifiers (ISO/IEC 15424): the `]C1` in front of a scan.

use std::fmt;

/// A symbology identifier: `]`, a code letter, a modifier.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Symbology {
    code: u8,
    modifier: u8,
}

impl Symbology {
    /// `]C1`
    pub const GS1_128: Symbology = known(b'C', b'1');
    /// `]E0`: EAN-13, UPC-A and UPC-E, always as 13 digits
    pub const EAN_13: Symbology = known(b'E', b'0');
    /// `]E4`
    pub const EAN_8: Symbology = known(b'E', b'4');
    /// `]I1`: interleaved 2 of 5 with a checked check digit
    pub const ITF_14: Symbology = known(b'I', b'1');
    /// `]e0`
    pub const GS1_DATABAR: Symbology = known(b'e', b'0');
    /// `]d2`
    pub const GS1_DATAMATRIX: Symbology = known(b'd', b'2');
    /// `]Q3`
    pub const GS1_QR: Symbology = known(b'Q', b'3');
    /// `]J1`
    pub const GS1_DOTCODE: Symbology = known(b'J', b'1');
    /// `]Q1`
    pub const QR: Symbology = known(b'Q', b'1');
    /// `]d1`
    pub const DATAMATRIX: Symbology = known(b'd', b'1');
    /// `]C0`
    pub const CODE_128: Symbology = known(b'C', b'0');
    /// `]A0`
    pub const CODE_39: Symbology = known(b'A', b'0');

    /// An identifier of a code letter and a modifier; `None` when AIM knows no such
    /// letter or the modifier is not a hexadecimal digit.
    #[must_use]
    pub fn new(code: char, modifier: char) -> Option<Symbology> {
        let code = u8::try_from(code).ok()?;
        let modifier = u8::try_from(modifier).ok()?;
        let known_letter =
            matches!(code, b'A'..=b'I' | b'J'..=b'U' | b'X' | b'Z' | b'c' | b'd' | b'e' | b'h' | b'o' | b'p' | b'z');
        (known_letter && matches!(modifier, b'0'..=b'9' | b'A'..=b'F')).then_some(Symbology { code, modifier })
    }

    /// Splits the identifier off a scan. Without one the bytes come back as they are.
    ///
    /// ```
    /// use floorhand_gs1::Symbology;
    /// let (symbology, rest) = Symbology::split(b"]C110ABC");
    /// assert_eq!((symbology.unwrap().name(), rest), ("gs1-128", &b"10ABC"[..]));
    /// assert_eq!(Symbology::split(b"LOC-A").0, None);
    /// ```
    #[must_use]
    pub fn split(raw: &[u8]) -> (Option<Symbology>, &[u8]) {
        if let [b']', code, modifier, rest @ ..] = raw
            && let Some(symbology) = Symbology::new(char::from(*code), char::from(*modifier))
        {
            return (Some(symbology), rest);
        }
        (None, raw)
    }

    /// The code letter, `C` in `]C1`.
    #[must_use]
    pub fn code(self) -> char {
        char::from(self.code)
    }

    /// The modifier, `1` in `]C1`.
    #[must_use]
    pub fn modifier(self) -> char {
        char::from(self.modifier)
    }

    /// A stable lower-case name for logs and the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match (self.code, self.modifier) {
            (b'A', _) => "code-39",
            (b'B', _) => "telepen",
            (b'C', b'1') => "gs1-128",
            (b'C', _) => "code-128",
            (b'D', _) => "code-1",
            (b'E', b'0') => "ean-13",
            (b'E', b'1' | b'2') => "ean-add-on",
            (b'E', b'3') => "ean-13-add-on",
            (b'E', b'4') => "ean-8",
            (b'E', _) => "ean",
            (b'F', _) => "codabar",
            (b'G', _) => "code-93",
            (b'H', _) => "code-11",
            (b'h', _) => "han-xin",
            (b'I', b'1') => "itf-14",
            (b'I', _) => "itf",
            (b'J', b'1') => "gs1-dotcode",
            (b'J', _) => "dotcode",
            (b'K', _) => "code-16k",
            (b'L', _) => "pdf417",
            (b'M', _) => "msi",
            (b'N', _) => "anker",
            (b'O', _) => "codablock",
            (b'P', _) => "plessey",
            (b'Q', b'3') => "gs1-qr",
            (b'Q', _) => "qr",
            (b'R' | b'S', _) => "2-of-5",
            (b'T', _) => "code-49",
            (b'U', _) => "maxicode",
            (b'Z', _) => "no-bar-code",
            (b'c', _) => "channel-code",
            (b'd', b'2') => "gs1-datamatrix",
            (b'd', _) => "datamatrix",
            (b'e', b'0') => "databar",
            (b'e', _) => "composite",
            (b'o', _) => "ocr",
            (b'p', _) => "posicode",
            (b'z', _) => "aztec",
            _ => "other",
        }
    }

    /// Whether the data is a GS1 element string by definition of the symbology.
    #[must_use]
    pub fn is_gs1(self) -> bool {
        matches!((self.code, self.modifier), (b'C' | b'J', b'1') | (b'd', b'2') | (b'Q', b'3') | (b'e', b'0'..=b'2'))
    }

    /// Whether this is a two-dimensional symbol that may carry a Digital Link.
    #[must_use]
    pub fn may_carry_link(self) -> bool {
        !self.is_gs1() && matches!(self.code, b'Q' | b'd' | b'J' | b'z')
    }
}

const fn known(code: u8, modifier: u8) -> Symbology {
    Symbology { code, modifier }
}

impl fmt::Display for Symbology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "]{}{}", self.code(), self.modifier())
    }
}

impl fmt::Debug for Symbology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Symbology({self})")
    }
}

/// A text that is not a symbology identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnIdentifier;

impl fmt::Display for NotAnIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a symbology identifier")
    }
}

impl std::error::Error for NotAnIdentifier {}

impl std::str::FromStr for Symbology {
    type Err = NotAnIdentifier;

    /// Reads `]C1`.
    fn from_str(text: &str) -> Result<Symbology, NotAnIdentifier> {
        match Symbology::split(text.as_bytes()) {
            (Some(symbology), []) => Ok(symbology),
            _ => Err(NotAnIdentifier),
        }
    }
}
