#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod ai;
pub mod association;
pub mod check;
pub mod date;
pub mod digital_link;
pub mod element;
pub mod encode;
pub mod error;
pub mod gtin;
pub mod linter;
pub mod measure;
pub mod restricted;
pub mod scan;
pub mod sscc;
pub mod symbology;
pub mod text;

pub use ai::Ai;
pub use date::{Date, DayZero};
pub use element::{Element, Elements, Mode, Warning};
pub use error::{Error, ErrorKind};
pub use gtin::{Circulation, Gtin, GtinError};
pub use measure::{Amount, Decimal, Measure, Unit};
pub use scan::{Content, GtinScan, Note, Read, read};
pub use sscc::{Sscc, SsccError};
pub use symbology::Symbology;
pub use text::{escape, unescape};
