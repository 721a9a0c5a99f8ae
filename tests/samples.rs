//! The decoder on pictures: the cases of the specification that are pictures, and every folder of
//! ../shared/samples, where it is at hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stderr)]

use floorhand::device::decoder::front::FrontEnd;
use floorhand::device::decoder::picture::Picture;
use floorhand::device::decoder::{Decoder, Effort, Format, Formats, Luma, Request};
use rxing::common::HybridBinarizer;
use rxing::oned::Code128Reader;
use rxing::{BarcodeFormat, BinaryBitmap, DecodeHints, Luma8LuminanceSource, Reader};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Texts that are read and not expected, over all folders: a Code 32, which is a Code 39 by another
/// alphabet, and one text in several encodings at once.
const WRONG_MAX: usize = 3;
/// CPU milliseconds that case 51 allows.
const CASE_51_MS: f64 = 250.0;
/// The folder where nothing may be read.
const EMPTY: &str = "falsepositives-1";
/// Photographs that are read of each folder, at the least: a tenth fewer than are read today, so that
/// none falls to pieces unseen.
const FOLDERS: [(&str, usize); 24] = [
    ("code128-1", 4),
    ("code128-3", 2),
    ("code39-1", 4),
    ("datamatrix-1", 25),
    ("datamatrix-2", 11),
    ("datamatrix-4", 19),
    ("ean13-1", 9),
    ("ean13-3", 7),
    ("ean8-1", 7),
    (EMPTY, 0),
    ("itf-1", 10),
    ("qrcode-1", 7),
    ("qrcode-3", 16),
    ("qrcode-5", 14),
    ("qrcode-6", 13),
    ("rss14-1", 8),
    ("rssexpanded-1", 33),
    ("rssexpanded-3", 110),
    ("rssexpandedstacked-1", 56),
    ("upca-1", 4),
    ("upca-2", 16),
    ("upca-3", 4),
    ("upce-1", 2),
    ("upce-2", 12),
];

/// Case 1 of the specification as bars, four modules a digit, the highest bit first: Code 128 and
/// DataBar Expanded of `[01]12312312312333[10]ABC123[99]TESTING`, as zint 2.11.1 makes them.
const CASE_1: &str = "011231231231233310ABC123\u{1d}99TESTING";
const GS1_128: &str = "D39EBB3659CD8DDBACE6C6EDD463225EEA31162234E6BBDDBBD75DEBDDB8A346E8DC588AE3688B218EB";
const EXPANDED: &str = "4DF12FF0A43B1C85CBE06C6E167B98FC2E3214EFDAFF3AF9DC63AE7E0B99713986BFE67B417441980299EF4";

/// A drawing of a row of modules, three pixels each, with light around it.
fn drawn(hex: &str) -> Picture {
    const MODULE: usize = 3;
    const LIGHT: usize = 20;
    const HEIGHT: usize = 120;
    let dark = hex.chars().flat_map(|digit| (0..4).rev().map(move |bit| digit.to_digit(16).unwrap() >> bit & 1 == 1));
    let light = [false; LIGHT];
    let modules = light.into_iter().chain(dark).chain(light);
    let line: Vec<u8> = modules.flat_map(|dark| [if dark { 30 } else { 225 }; MODULE]).collect();
    let rows = [vec![225; line.len()], line].map(|line| line);
    let data = (0..HEIGHT).flat_map(|y| rows[usize::from((20..100).contains(&y))].clone()).collect();
    Picture { data, width: rows[0].len(), height: HEIGHT }
}

/// Identifier and text of what is read.
fn read(luma: Luma<'_>, formats: Formats, effort: Effort) -> Vec<(String, String)> {
    let reads = FrontEnd::new().decode(luma, &Request { formats, effort, aim: None });
    reads.iter().map(|read| (read.aim_id.to_owned(), String::from_utf8_lossy(&read.content).into_owned())).collect()
}

#[test]
fn case_50_the_separator_is_there() {
    for (hex, format, aim) in [(GS1_128, Format::Code128, "]C1"), (EXPANDED, Format::DataBarExpanded, "]e0")] {
        let picture = drawn(hex);
        for effort in [Effort::Quick, Effort::Full, Effort::Still] {
            let expected = [(aim.to_owned(), CASE_1.to_owned())];
            assert_eq!(read(picture.luma(), [format].into_iter().collect(), effort), expected, "{format} {effort:?}");
        }
    }
}

/// Why no reader of that crate is used for Code 128, and each other is told: what it does unasked.
#[test]
fn case_50_with_assume_gs1_off_the_separator_is_lost() {
    let picture = drawn(GS1_128);
    let side = |pixels: usize| u32::try_from(pixels).unwrap();
    let text = |assume| {
        let source =
            Luma8LuminanceSource::new(picture.data.clone(), side(picture.width), side(picture.height)).unwrap();
        let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
        let hints = DecodeHints {
            PossibleFormats: Some([BarcodeFormat::CODE_128].into()),
            AssumeGs1: assume,
            ..DecodeHints::default()
        };
        Code128Reader.decode_with_hints(&mut bitmap, &hints).expect("a code").getText().to_owned()
    };
    assert_eq!(text(Some(true)), format!("]C1{CASE_1}"));
    for off in [None, Some(false)] {
        assert_eq!(text(off), CASE_1.replace('\u{1d}', ""), "{off:?}");
    }
}

/// The folder of sample photographs beside the repository.
fn samples() -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let folder = above.map(|up| up.join("../shared/samples")).find(|path| path.is_dir());
    if folder.is_none() {
        eprintln!("../shared/samples is absent: 0 photographs read");
    }
    folder
}

/// What `floorhand decode --json` says of these, a line each.
fn decoded(paths: &[PathBuf]) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_floorhand")).args(["decode", "--json"]).args(paths).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

fn texts(line: &Value) -> Vec<String> {
    let codes = line["codes"].as_array().unwrap_or_else(|| panic!("no codes: {line}"));
    codes.iter().map(|code| plain(code["text"].as_str().unwrap())).collect()
}

/// What a picture may give: text, and Latin-1 of binary content.
fn expected(picture: &Path) -> Vec<String> {
    let files = ["txt", "bin"].into_iter().filter_map(|end| std::fs::read(picture.with_extension(end)).ok());
    let both = |bytes: Vec<u8>| {
        let latin: String = bytes.iter().map(|&byte| char::from(byte)).collect();
        [plain(&String::from_utf8_lossy(&bytes)), plain(&latin)]
    };
    files.flat_map(both).collect()
}

/// A text as it is compared: GTINs padded with zeros, no line end and, as in the samples' texts, no
/// separators.
fn plain(text: &str) -> String {
    let text = text.trim_end_matches(['\n', '\r']).replace('\u{1d}', "");
    let number = (8..14).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if number { format!("{text:0>14}") } else { text }
}

#[test]
fn case_51_a_picture_eight_pixels_wide() {
    let Some(folder) = samples() else { return };
    let file = folder.join("itf-1").join("#220.png");
    let lines = decoded(std::slice::from_ref(&file));
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    // The limit of the command itself leaves an error here; the time is that of the processor.
    assert_eq!(line.get("error"), None, "{line}");
    assert!(line["ms"].as_f64().is_some_and(|ms| ms < CASE_51_MS), "{line}");
    let (read, expected) = (texts(line), expected(&file));
    assert!(read.iter().all(|text| expected.contains(text)), "{read:?}, expected {expected:?}");
}

#[test]
fn case_52_nothing_is_accepted_where_there_is_no_code() {
    let Some(folder) = samples() else { return };
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder.join(EMPTY)).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    for file in &files {
        let picture = Picture::open(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        for effort in [Effort::Full, Effort::Still] {
            for formats in [Formats::all(), Formats::warehouse()] {
                assert_eq!(read(picture.luma(), formats, effort), [], "{} {effort:?}", file.display());
            }
        }
    }
    assert_eq!(files.len(), 21);
}

#[test]
fn every_folder_is_read() {
    let Some(samples) = samples() else { return };
    let entries = std::fs::read_dir(&samples).unwrap().map(|entry| entry.unwrap().path());
    let folders: BTreeSet<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    let listed: BTreeSet<PathBuf> = FOLDERS.iter().map(|(name, _)| samples.join(name)).collect();
    assert_eq!(folders, listed, "FOLDERS lists others");
    let mut good: BTreeMap<String, usize> = BTreeMap::new();
    let (mut pictures, mut wrong, mut slowest) = (0, Vec::new(), 0.0_f64);
    for line in decoded(&folders.into_iter().collect::<Vec<_>>()) {
        let file = PathBuf::from(line["file"].as_str().unwrap());
        // A panic, a decoder that did not come back and a picture that cannot be opened all end here.
        assert_eq!(line.get("error"), None, "{}", file.display());
        slowest = slowest.max(line["ms"].as_f64().unwrap());
        let folder = file.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        let (read, expected) = (texts(&line), expected(&file));
        assert!(folder != EMPTY || read.is_empty(), "{}: {read:?} where there is no code", file.display());
        *good.entry(folder).or_default() += usize::from(read.iter().any(|text| expected.contains(text)));
        wrong.extend(read.into_iter().filter(|text| !expected.contains(text)).map(|text| (file.clone(), text)));
        pictures += 1;
    }
    let read: usize = good.values().sum();
    eprintln!("{pictures} pictures, {read} read, {} wrong texts, {slowest} ms at the most", wrong.len());
    let poor: Vec<_> = FOLDERS.iter().filter(|(name, least)| good.get(*name).is_none_or(|good| good < least)).collect();
    assert!(poor.is_empty(), "fewer than {poor:?}: {good:?}");
    assert!(wrong.len() <= WRONG_MAX, "{wrong:?}");
}
