//! The decoder stage by stage on pictures drawn here, then as a whole, then on photographs where they are at hand.

use std::path::{Path, PathBuf};

use super::front::FrontEnd;
use super::gate::Tiles;
use super::picture::Picture;
use super::plane::Plane;
use super::profile::{Line, Pass, Profile, Threshold};
use super::{Decoder, Effort, Format, Formats, Luma, Read, Rect, Request, region};

/// Rows of modules in hexadecimal, a bar or dark cell being 1, with their heights in modules.
type Rows = [(&'static str, usize)];

const EAN13: &Rows = &[("A8AC99A8427AAE4AE639210A", 40)];
const UPCA: &Rows = &[("A35CC9A8D1A3AE4E539D6E4A", 40)];
const EAN8: &Rows = &[("A17A3D35C93A8D1A80", 40)];
const UPCE: &Rows = &[("A749B936BCCAA0", 40)];
const CODE128: &Rows = &[("D21A311D237376A2C4DCD3B33776B4ECDCCE3DC58EB0", 40)];
const GS1_128: &Rows = &[("D39EBB36648DC56722C758C6D373225EEA31162737AECE577A7376EC758", 40)];
const CODE39: &Rows = &[("96D5A5AD355A695B535ACAD2DA", 40)];
const ITF14: &Rows = &[("AA3B8BA3A8E8AE3BA28EB8A3B8A8E22BBA", 40)];
const DATABAR: &Rows = &[("41414E0178ACE165780C125D", 40)];
const STACKED: &Rows = &[
    ("46C26FF0B90B1A106BF0E158F4", 34),
    ("093D900A46F4E5EF940A1EA700", 1),
    ("0555555555555555555555555540", 1),
    ("0F286100A40C57B3894 0AC5C00", 1),
    ("A0D79CFF5BF3A84C743F13A3C8", 34),
];
const DATA_MATRIX: &Rows = &[
    ("AAAA8", 1), ("CF014", 1), ("8B638", 1), ("B2AFC", 1), ("EC210", 1), ("A2C24", 1), ("A00A8", 1), ("F267C", 1),
    ("859B0", 1), ("D240C", 1), ("999A8", 1), ("FD654", 1), ("8E0D0", 1), ("BC92C", 1), ("8AD30", 1), ("F5FF4", 1),
    ("A6768", 1), ("FFFFC", 1),
];
const QR: &Rows = &[
    ("FECBF8", 1), ("826208", 1), ("BA22E8", 1), ("BA92E8", 1), ("BA7AE8", 1), ("821A08", 1), ("FEABF8", 1),
    ("004800", 1), ("2EF448", 1), ("158260", 1), ("C24488", 1), ("99E608", 1), ("D738A8", 1), ("00F920", 1),
    ("FE1D58", 1), ("8289A8", 1), ("BAD3D0", 1), ("BA3D30", 1), ("BAC6C8", 1), ("824158", 1), ("FE42A8", 1),
];
