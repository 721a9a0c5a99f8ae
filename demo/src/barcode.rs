//! Codes as bars and modules.
//!
//! Drawn by `zint`, which the set-up installs: it is kept for many years, checks what it encodes,
//! and draws every symbology that the app reads, GS1 ones included. The barcode crates for Rust
//! have either no GS1 or nobody who keeps them. `zint --dump` prints the modules and nothing else,
//! so that one drawing serves the panel, the PNG and the PDF.

use anyhow::{Context, Result, bail};
use floorhand_gs1::{Content, Gtin, Mode, read};
use std::process::Command;

/// A drawn code: rows of modules, `true` is dark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Barcode {
    /// Of equal length each; a single row stands for bars of any height.
    pub rows: Vec<Vec<bool>>,
}

impl Barcode {
    /// Draws what a reader would send as `code`: the AIM identifier says how.
    ///
    /// # Errors
    /// When `zint` is not there or finds the code not to be what its identifier says.
    pub fn draw(code: &str) -> Result<Self> {
        let (symbology, data) = encoding(code);
        let mut command = Command::new("zint");
        command.args(["--dump", "--barcode", symbology]);
        if symbology == "DATAMATRIX" {
            command.arg("--square");
        }
        if data.starts_with('[') {
            command.arg("--gs1");
        }
        let output =
            command.args(["--data", &data]).output().context("cannot run zint; packaging/setup.sh installs it")?;
        if !output.status.success() {
            bail!("zint cannot draw {code:?} as {symbology}: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        let rows = modules(&String::from_utf8_lossy(&output.stdout));
        if rows.iter().all(Vec::is_empty) {
            bail!("zint drew nothing for {code:?}");
        }
        Ok(Barcode { rows })
    }

    /// Modules from left to right.
    #[must_use]
    pub fn width(&self) -> usize {
        self.rows.first().map_or(0, Vec::len)
    }

    /// Whether it is bars, of any height.
    #[must_use]
    pub fn is_linear(&self) -> bool {
        self.rows.len() == 1
    }

    /// The dark stretches of each row: (row, first module, modules).
    pub fn stretches(&self) -> impl Iterator<Item = (usize, usize, usize)> + '_ {
        self.rows.iter().enumerate().flat_map(|(row, modules)| {
            let mut stretches: Vec<(usize, usize, usize)> = Vec::new();
            for (at, _) in modules.iter().enumerate().filter(|(_, dark)| **dark) {
                match stretches.last_mut() {
                    Some((_, from, count)) if *from + *count == at => *count += 1,
                    _ => stretches.push((row, at, 1)),
                }
            }
            stretches
        })
    }
}

/// zint's name of the symbology, and the data in zint's form.
fn encoding(code: &str) -> (&'static str, String) {
    let (identifier, data) = match code.char_indices().nth(3) {
        Some((at, _)) if code.starts_with(']') => code.split_at(at),
        _ => ("", code),
    };
    let plain = || data.to_owned();
    let gs1 = || bracketed(code);
    match identifier {
        "]C1" => gs1().map_or(("CODE128", plain()), |data| ("GS1_128", data)),
        "]d2" => gs1().map_or(("DATAMATRIX", plain()), |data| ("DATAMATRIX", data)),
        "]Q3" => gs1().map_or(("QRCODE", plain()), |data| ("QRCODE", data)),
        "]d0" | "]d1" => ("DATAMATRIX", plain()),
        "]Q0" | "]Q1" => ("QRCODE", plain()),
        "]E0" => ("EANX", plain()),
        // zint takes eight digits for an EAN-13 and adds the check digit to seven.
        "]E4" if Gtin::from_digits(data).is_ok() => ("EANX", data.chars().take(7).collect()),
        "]I0" | "]I1" if data.len() == 14 => ("ITF14", data.chars().take(13).collect()),
        "]A0" | "]A1" | "]A3" => ("CODE39", plain()),
        _ => ("CODE128", plain()),
    }
}

/// `[01]…[10]…`: no value can hold a square bracket (it is not in GS1's character sets).
fn bracketed(code: &str) -> Option<String> {
    match read(code.as_bytes(), Mode::Lenient).content()? {
        Content::Elements(elements) => Some(elements.iter().map(|e| format!("[{}]{}", e.ai, e.value)).collect()),
        _ => None,
    }
}

/// Reads zint's dump: a line a row, hexadecimal, the last digit padded with light modules.
fn modules(dump: &str) -> Vec<Vec<bool>> {
    let lines: Vec<&str> = dump.lines().filter(|line| !line.trim().is_empty()).collect();
    let mut rows: Vec<Vec<bool>> = lines
        .iter()
        .map(|line| {
            let digits = line.chars().filter_map(|c| c.to_digit(16));
            digits.flat_map(|digit| [8, 4, 2, 1].map(|bit| digit & bit != 0)).collect()
        })
        .collect();
    // A matrix is square; bars end with a bar.
    let width = if rows.len() > 1 {
        rows.len()
    } else {
        rows.first().and_then(|row| row.iter().rposition(|dark| *dark)).map_or(0, |last| last + 1)
    };
    rows.iter_mut().for_each(|row| row.resize(width, false));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_say_how_to_draw() {
        for (code, symbology, data) in [
            ("]E09521234543213", "EANX", "9521234543213"),
            ("]E402345673", "EANX", "0234567"),
            ("]E402345674", "CODE128", "02345674"),
            ("]C1010952123454321310AB\u{1d}21SN", "GS1_128", "[01]09521234543213[10]AB[21]SN"),
            ("]d2010952123454321310AB\u{1d}21SN", "DATAMATRIX", "[01]09521234543213[10]AB[21]SN"),
            ("]C0A-01-02", "CODE128", "A-01-02"),
            ("A-01-02", "CODE128", "A-01-02"),
            ("]I119521234543210", "ITF14", "1952123454321"),
            ("]Q1https://example.com/", "QRCODE", "https://example.com/"),
            ("]C1no elements", "CODE128", "no elements"),
            ("]C", "CODE128", "]C"),
        ] {
            assert_eq!(encoding(code), (symbology, data.to_owned()), "{code}");
        }
    }

    #[test]
    fn dump_becomes_modules() {
        // Start and stop of Code 128 around nothing much: what counts is the end of the row.
        assert_eq!(modules("D2 8\n"), [[true, true, false, true, false, false, true, false, true]]);
        let square = modules("A8\n50\nA8\n50\nA8\n");
        assert_eq!(square.len(), 5);
        assert!(square.iter().all(|row| row.len() == 5));
    }

    #[test]
    fn stretches_cover_the_dark() {
        let barcode = Barcode { rows: vec![vec![true, true, false, true], vec![false, false, true, true]] };
        assert_eq!(barcode.stretches().collect::<Vec<_>>(), [(0, 0, 2), (0, 3, 1), (1, 2, 2)]);
    }

    #[test]
    fn zint_draws() {
        // EAN-13 has 95 modules; a bad check digit is refused rather than mended.
        assert_eq!(Barcode::draw("]E09521234543213").unwrap().width(), 95);
        assert!(Barcode::draw("]E09521234543214").is_err());
        assert_eq!(Barcode::draw("]E402345673").unwrap().width(), 67);
        let gs1 = Barcode::draw("]C1010952123454321310AB\u{1d}21SN").unwrap();
        assert!(gs1.is_linear() && gs1.width() > 150);
        let matrix = Barcode::draw("]d2010952123454321310AB\u{1d}21SN").unwrap();
        assert_eq!(matrix.rows.len(), matrix.width());
        assert!(matrix.width() >= 18);
        assert!(Barcode::draw("]I119521234543210").is_ok());
    }
}
