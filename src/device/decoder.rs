//! From a picture in grey to the codes in it.
//!
//! [`Decoder`] is what the camera's pipeline and `floorhand decode` call; the one that is built in is
//! [`front::FrontEnd`]: our own search for where codes are and what their edges say, with the symbol
//! decoders of the crate `rxing` behind it. Nothing here waits, reads a clock or starts a thread;
//! what a frame may cost is counted in work, and the hard limit in time is the pipeline's.

mod bars;
mod budget;
pub mod front;
mod gate;
mod linear;
mod matrix;
pub mod picture;
mod plane;
mod profile;
mod region;
#[cfg(test)]
mod tests;

use std::fmt;

/// A picture in grey, one byte a pixel, rows from the top.
#[derive(Debug, Clone, Copy)]
pub struct Luma<'a> {
    /// The pixels; row `y` starts at `y * stride`.
    pub data: &'a [u8],
    /// Pixels of a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Bytes from one row to the next, at least `width`.
    pub stride: usize,
}

/// A kind of bar code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// EAN-13, UPC-A among them.
    Ean13,
    /// EAN-8.
    Ean8,
    /// UPC-A, as the site calls it: read as EAN-13 with a leading 0, said as UPC-A.
    UpcA,
    /// UPC-E.
    UpcE,
    /// Code 128, GS1-128 among them.
    Code128,
    /// Code 39.
    Code39,
    /// Interleaved 2 of 5, fourteen digits with their check digit.
    Itf14,
    /// Interleaved 2 of 5 of any even length from six on. Nothing in it is checked: for a site that
    /// prints such labels, never among others.
    Itf,
    /// Codabar.
    Codabar,
    /// GS1 DataBar Omnidirectional, Stacked and Truncated.
    DataBar,
    /// GS1 DataBar Expanded, Expanded Stacked.
    DataBarExpanded,
    /// GS1 DataBar Limited.
    DataBarLimited,
    /// Data Matrix ECC 200.
    DataMatrix,
    /// QR code.
    Qr,
}

impl Format {
    /// All of them, in the order in which they are tried.
    pub const ALL: [Self; 14] = [
        Self::Ean13,
        Self::UpcA,
        Self::Code128,
        Self::Code39,
        Self::Itf14,
        Self::Itf,
        Self::Codabar,
        Self::DataBar,
        Self::DataBarExpanded,
        Self::DataBarLimited,
        Self::Ean8,
        Self::UpcE,
        Self::Qr,
        Self::DataMatrix,
    ];

    /// The name in settings, logs and `floorhand decode`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ean13 => "ean-13",
            Self::Ean8 => "ean-8",
            Self::UpcA => "upc-a",
            Self::UpcE => "upc-e",
            Self::Code128 => "code-128",
            Self::Code39 => "code-39",
            Self::Itf14 => "itf-14",
            Self::Itf => "itf",
            Self::Codabar => "codabar",
            Self::DataBar => "databar",
            Self::DataBarExpanded => "databar-expanded",
            Self::DataBarLimited => "databar-limited",
            Self::DataMatrix => "data-matrix",
            Self::Qr => "qr",
        }
    }

    /// The format of a name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == name)
    }

    /// Whether it is read row by row (bars), not as a matrix of cells.
    #[must_use]
    pub fn is_linear(self) -> bool {
        !matches!(self, Self::DataMatrix | Self::Qr)
    }

    fn bit(self) -> u16 {
        1 << (self as u16)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Formats(u16);

impl Formats {
    /// None.
    pub const NONE: Self = Self(0);

    /// What a warehouse uses where nothing else is said. EAN-8, UPC-E and Codabar are read too
    /// easily out of something else; ITF is held to fourteen digits with their check digit.
    #[must_use]
    pub fn warehouse() -> Self {
        [
            Format::Ean13,
            Format::UpcA,
            Format::Code128,
            Format::Code39,
            Format::Itf14,
            Format::DataBar,
            Format::DataBarExpanded,
            Format::DataMatrix,
            Format::Qr,
        ]
        .into_iter()
        .collect()
    }

    /// All of them.
    #[must_use]
    pub fn all() -> Self {
        Format::ALL.into_iter().collect()
    }

    /// Whether a format is among them.
    #[must_use]
    pub fn has(self, format: Format) -> bool {
        self.0 & format.bit() != 0
    }

    /// The formats, in the order of [`Format::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Format> {
        Format::ALL.into_iter().filter(move |format| self.has(*format))
    }

    /// This set without one format.
    #[must_use]
    pub fn without(self, format: Format) -> Self {
        Self(self.0 & !format.bit())
    }
}

impl FromIterator<Format> for Formats {
    fn from_iter<I: IntoIterator<Item = Format>>(formats: I) -> Self {
        Self(formats.into_iter().fold(0, |bits, format| bits | format.bit()))
    }
}

/// A rectangle of pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rect {
    /// Left edge.
    pub x: usize,
    /// Top edge.
    pub y: usize,
    /// Width.
    pub width: usize,
    /// Height.
    pub height: usize,
}

/// How much a frame is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effort {
    /// A frame among thirty in a second: the quick tiers.
    Quick,
    /// Every third frame, or when a person asks: all lines, all thresholds, blurred and doubled
    /// crops, one pass over the whole frame.
    Full,
    /// A photograph that comes once: everything, whatever it takes within the hard limit.
    Still,
}

/// What to look for.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    /// The formats that count.
    pub formats: Formats,
    /// How much the frame is worth.
    pub effort: Effort,
    /// Where a person aims; what is there comes first.
    pub aim: Option<Rect>,
}

/// The tier that read a code: how much work it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Lines through a linear region.
    Linear,
    /// A crop of a matrix region.
    Matrix,
    /// More lines and thresholds, blurred or doubled crops.
    Full,
    /// The whole frame.
    Frame,
}

impl Tier {
    /// The name in `floorhand decode` and the log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Matrix => "matrix",
            Self::Full => "full",
            Self::Frame => "frame",
        }
    }
}

/// A code that was read in one frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// Its content without identifier: GS as 0x1D, digits padded and expanded
    /// (UPC-A and UPC-E as 13 digits, DataBar as an element string).
    pub content: Vec<u8>,
    /// The AIM identifier, three characters.
    pub aim_id: &'static str,
    /// Its format.
    pub format: Format,
    /// The tier that read it.
    pub tier: Tier,
    /// Lines that agreed; 1 for a matrix.
    pub votes: u8,
    /// Its corners in pixels of the frame, clockwise from the top left of the code.
    pub corners: [(f32, f32); 4],
}

/// Reads codes out of a picture. What it keeps between frames is room and what it learnt about
/// where to look, never parts of codes.
pub trait Decoder: Send {
    /// Reads a frame. Codes come once each, nearest to the aim first.
    fn decode(&mut self, luma: Luma<'_>, request: &Request) -> Vec<Read>;
}
