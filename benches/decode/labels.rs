//! Labels as the program `zint` prints them, kept in the target folder.

use crate::rng::Rng;
use crate::sheet::Sheet;
use floorhand::device::decoder::picture::Picture;
use std::path::Path;
use std::process::Command;

/// Labels of each family.
pub const EACH: usize = 7;
/// Pixels of a label to one module: zint's scale 2.
pub const PIXELS: f32 = 4.0;

pub const FAMILIES: [&str; 13] = [
    "ean-13",
    "upc-a",
    "code-128",
    "gs1-128",
    "code-39",
    "itf-14",
    "data-matrix",
    "gs1-data-matrix",
    "qr",
    "gs1-qr",
    "databar",
    "databar-expanded",
    "databar-expanded-stacked",
];

pub struct Label {
    pub sheet: Sheet,
    /// What a reader sends, without the identifier; GS as 0x1D.
    pub text: String,
    pub matrix: bool,
}

/// The digits with their check digit (mod 10, weights 3 and 1 from the right).
fn checked(digits: &str) -> String {
    let sum: u32 =
        digits.bytes().rev().enumerate().map(|(n, d)| u32::from(d - b'0') * if n % 2 == 0 { 3 } else { 1 }).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// Element strings in zint's brackets, and as a reader sends them.
fn elements(list: &[(&str, String)]) -> (String, String) {
    let mut bracketed = String::new();
    let mut sent = String::new();
    for (n, (ai, value)) in list.iter().enumerate() {
        bracketed += &format!("[{ai}]{value}");
        sent += ai;
        sent += value;
        let fixed = matches!(*ai, "00" | "01" | "02" | "11" | "15" | "17") || ai.starts_with("310");
        if !fixed && n + 1 < list.len() {
            sent.push('\u{1d}');
        }
    }
    (bracketed, sent)
}

fn gs1(rng: &mut Rng, long: bool) -> (String, String) {
    let gtin = checked(&format!("0{}", rng.digits(12)));
    let lot = format!("{}{}", rng.letters(1), rng.digits(4));
    let date = format!("{:02}{:02}{:02}", 26 + rng.below(4), 1 + rng.below(12), 1 + rng.below(28));
    match rng.below(if long { 5 } else { 3 }) {
        0 => elements(&[("01", gtin), ("10", lot)]),
        1 => elements(&[("01", gtin), ("17", date)]),
        2 => elements(&[("00", checked(&rng.digits(17)))]),
        3 => elements(&[("01", gtin), ("17", date), ("10", lot)]),
        _ => elements(&[("01", gtin), ("10", lot), ("21", rng.digits(6))]),
    }
}

/// zint's arguments, the data for it, and the text that is expected.
fn order(family: &str, rng: &mut Rng) -> (Vec<String>, String, String) {
    let height = 15 + rng.below(40);
    let bars = |kind: &str| vec![format!("--barcode={kind}"), format!("--height={height}")];
    let cells = |kind: &str| vec![format!("--barcode={kind}")];
    let place = format!("{}{}-{}-{}", rng.letters(1), rng.digits(2), rng.digits(2), rng.digits(1));
    match family {
        "ean-13" => {
            let digits = format!("{}{}", 1 + rng.below(9), rng.digits(11));
            (bars("EANX"), digits.clone(), checked(&digits))
        }
        "upc-a" => {
            let digits = rng.digits(11);
            (bars("UPCA"), digits.clone(), format!("0{}", checked(&digits)))
        }
        "code-128" => {
            let text = match rng.below(3) {
                0 => place,
                1 => format!("TOTE-{}", rng.digits(5)),
                _ => rng.digits(18),
            };
            (bars("CODE128"), text.clone(), text)
        }
        "gs1-128" => {
            let (data, text) = gs1(rng, true);
            (bars("GS1_128"), data, text)
        }
        "code-39" => {
            let text = if rng.chance(0.5) { place } else { format!("BIN{}", rng.digits(4)) };
            (bars("CODE39"), text.clone(), text)
        }
        "itf-14" => {
            let digits = rng.digits(13);
            (bars("ITF14"), digits.clone(), checked(&digits))
        }
        "data-matrix" => {
            let text = match rng.below(3) {
                0 => place,
                1 => format!("TOTE-{}", rng.digits(6)),
                _ => format!("SN:{}/{}", rng.letters(6), rng.digits(14)),
            };
            let mut arguments = cells("DATAMATRIX");
            if rng.chance(0.8) {
                arguments.push("--square".to_owned());
            }
            (arguments, text.clone(), text)
        }
        "gs1-data-matrix" => {
            let (data, text) = gs1(rng, true);
            (vec!["--barcode=DATAMATRIX".to_owned(), "--gs1".to_owned(), "--square".to_owned()], data, text)
        }
        "qr" => {
            let text = match rng.below(3) {
                0 => place,
                1 => format!("https://example.com/i/{}", rng.digits(6)),
                _ => format!("WIFI:{};{};{}", rng.letters(8), rng.digits(20), rng.letters(30)),
            };
            (cells("QRCODE"), text.clone(), text)
        }
        "gs1-qr" => {
            let (data, text) = gs1(rng, true);
            (vec!["--barcode=QRCODE".to_owned(), "--gs1".to_owned()], data, text)
        }
        "databar" => {
            let gtin = checked(&format!("0{}", rng.digits(12)));
            let data = gtin.get(..13).unwrap_or_default().to_owned();
            (cells("DBAR_OMN"), data, format!("01{gtin}"))
        }
        "databar-expanded" => {
            let (data, text) = if rng.chance(0.5) {
                let gtin = checked(&format!("9{}", rng.digits(12)));
                elements(&[("01", gtin), ("3103", format!("00{}", rng.digits(4)))])
            } else {
                gs1(rng, false)
            };
            (cells("DBAR_EXP"), data, text)
        }
        _ => {
            let (data, text) = gs1(rng, true);
            (cells("DBAR_EXPSTK"), data, text)
        }
    }
}

/// The labels of a seed by family; `None` where zint is not installed.
pub fn labels(seed: u64, folder: &Path) -> Option<Vec<Vec<Label>>> {
    std::fs::create_dir_all(folder).unwrap();
    let mut families = Vec::new();
    for (index, family) in FAMILIES.iter().enumerate() {
        let mut labels = Vec::new();
        for n in 0..EACH {
            let mut rng = Rng::new(seed, (index * 1_000 + n) as u64);
            let (arguments, data, text) = order(family, &mut rng);
            let file = folder.join(format!("{seed}-{family}-{n}.png"));
            if !file.exists() {
                let made = Command::new("zint")
                    .args(&arguments)
                    .args(["--scale=2", "--quietzones", "--data", &data, "--output"])
                    .arg(&file)
                    .status()
                    .ok()?;
                assert!(made.success(), "zint refused {family} {data}");
            }
            let picture = Picture::open(&file).unwrap();
            let data = picture.data.iter().map(|&grey| f32::from(grey) / 255.0).collect();
            let sheet = Sheet { data, width: picture.width, height: picture.height };
            labels.push(Label { sheet, text, matrix: family.contains("matrix") || family.contains("qr") });
        }
        families.push(labels);
    }
    Some(families)
}
