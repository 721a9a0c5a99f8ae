//! `floorhand decode`: the camera's decoder on picture files.

use crate::clock::thread_cpu_ms;
use crate::device::decoder::front::FrontEnd;
use crate::device::decoder::picture::{Picture, PictureError};
use crate::device::decoder::{Decoder, Effort, Format, Formats, Read, Request};
use anyhow::{Result, bail};
use floorhand_gs1::Mode;
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

/// A decoder that has not come back after this time is left behind. Its own budget ends it long
/// before; this is for what nobody thought of.
const HARD_LIMIT: Duration = Duration::from_secs(10);
/// Decoders left behind at the most; then nothing more is tried.
const LEFT_MAX: usize = 8;
/// Answers of one decoder.
const ANSWERS_MAX: usize = 1;

/// The formats of `--formats`: names, `warehouse` or `all`, joined by commas or plus signs.
///
/// # Errors
/// The name that there is none of.
pub fn formats(text: &str) -> Result<Formats> {
    let mut all: Vec<Format> = Vec::new();
    for name in text.split([',', '+']).map(str::trim).filter(|name| !name.is_empty()) {
        match (name, Format::of(name)) {
            ("all", _) => all.extend(Formats::all().iter()),
            ("warehouse", _) => all.extend(Formats::warehouse().iter()),
            (_, Some(format)) => all.push(format),
            (_, None) => {
                let names: Vec<&str> = Format::ALL.iter().map(|format| format.as_str()).collect();
                bail!("--formats: there is no {name:?}; there are all, warehouse, {}", names.join(", "))
            }
        }
    }
    if all.is_empty() {
        bail!("--formats names none");
    }
    Ok(all.into_iter().collect())
}

/// Decodes files and the files of folders, in the order of their names; one line each.
///
/// # Errors
/// When nobody reads the output any more, too many files had to be left behind, or none of them is a
/// picture. A file that is no picture is a line with an error, and the next file is read.
pub fn decode(files: &[PathBuf], formats: Formats, out: &mut dyn Write) -> Result<()> {
    let (mut left, mut tried, mut read) = (0, 0, 0);
    for file in files {
        let mut below = Vec::new();
        // A folder that may not be read is told as a file that may not.
        match std::fs::read_dir(file) {
            Ok(entries) => {
                below.extend(entries.filter_map(|entry| Some(entry.ok()?.path())));
                below.retain(|path| path.is_file() && looks_like_a_picture(path));
                below.sort();
            }
            Err(_) => below.push(file.clone()),
        }
        for path in below {
            tried += 1;
            let line = match one(&path, formats) {
                Ok((ms, codes)) => {
                    read += 1;
                    json!({"file": path.display().to_string(), "ms": ms, "codes": codes})
                }
                Err(error) => {
                    left += usize::from(matches!(error, Failed::Stuck));
                    json!({"file": path.display().to_string(), "ms": 0.0, "codes": [], "error": error.to_string()})
                }
            };
            writeln!(out, "{line}")?;
            if left > LEFT_MAX {
                bail!("the decoder did not come back from {left} pictures");
            }
        }
    }
    if tried > 0 && read == 0 {
        bail!("none of the files is a picture");
    }
    Ok(())
}

/// In a folder only what may be a picture is tried; a file that is named is always tried.
fn looks_like_a_picture(path: &Path) -> bool {
    let kinds = ["png", "jpg", "jpeg", "webp", "bmp", "gif", "pgm", "ppm", "pnm", "pbm", "tif", "tiff"];
    let kind = path.extension().map(|kind| kind.to_string_lossy().to_lowercase()).unwrap_or_default();
    kinds.contains(&kind.as_str())
}

#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Picture(#[from] PictureError),
    #[error("no thread could be started: {0}")]
    Thread(#[from] std::io::Error),
    #[error("the decoder did not come back from this picture")]
    Stuck,
    #[error("the decoder failed on this picture")]
    Panicked,
}

/// CPU milliseconds of the decoding alone, and the codes.
fn one(path: &Path, formats: Formats) -> Result<(f64, Vec<Value>), Failed> {
    let picture = Picture::open(path)?;
    let (send, answer) = sync_channel(ANSWERS_MAX);
    std::thread::Builder::new().name("decode".to_owned()).spawn(move || {
        let mut decoder = FrontEnd::new();
        let request = Request { formats, effort: Effort::Full, aim: None };
        let start_ms = thread_cpu_ms();
        let reads = decoder.decode(picture.luma(), &request);
        let _ = send.send((thread_cpu_ms() - start_ms, reads));
    })?;
    let (ms, reads) = answer.recv_timeout(HARD_LIMIT).map_err(|error| match error {
        RecvTimeoutError::Timeout => Failed::Stuck,
        RecvTimeoutError::Disconnected => Failed::Panicked,
    })?;
    Ok(((ms * 1_000.0).round() / 1_000.0, reads.iter().map(shown).collect()))
}

fn shown(read: &Read) -> Value {
    let raw = [read.aim_id.as_bytes(), &read.content].concat();
    let parsed = crate::parse::parse(&raw, Mode::Lenient);
    // What is no GS1 code has none; a GS1 code that breaks a rule tells which.
    let says = |gs1: &&Value| gs1["valid"] == true || !gs1["error"].is_null();
    let gs1 = parsed.get("gs1").filter(says).cloned();
    json!({
        "text": String::from_utf8_lossy(&read.content),
        "symbology": read.format.as_str(),
        "aim": read.aim_id,
        "gs1": gs1,
        "tier": read.tier.as_str(),
        "box": read.corners.iter().map(|(x, y)| [x.round(), y.round()]).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_have_names() {
        assert_eq!(formats("all").unwrap(), Formats::all());
        assert_eq!(formats("ean-13, qr+code-128").unwrap().iter().count(), 3);
        for wrong in ["", "ean13", "qr,ean-99"] {
            assert!(formats(wrong).is_err(), "{wrong}");
        }
        assert!(formats("ean13").unwrap_err().to_string().contains("ean-13"));
    }

    #[test]
    fn a_file_that_is_no_picture_is_a_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.png");
        std::fs::write(&path, b"GIF? no").unwrap();
        let mut out = Vec::new();
        assert!(decode(&[path, dir.path().join("missing.png")], Formats::all(), &mut out).is_err(), "none was read");
        let lines: Vec<Value> =
            String::from_utf8(out).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        assert_eq!(lines.len(), 2);
        for line in lines {
            assert!(line["error"].is_string(), "{line}");
            assert_eq!(line["codes"], json!([]));
        }
    }
}
