//! The photographs of ../shared/samples, where they are at hand.

use floorhand::device::decoder::picture::Picture;
use std::path::{Path, PathBuf};

/// The folder without a code.
pub const EMPTY: &str = "falsepositives-1";
const KINDS: [&str; 5] = ["png", "webp", "jpg", "jpeg", "gif"];

pub struct Sample {
    pub folder: String,
    pub picture: Picture,
    /// What may be read: text, and Latin-1 of binary content.
    pub texts: Vec<String>,
}

pub fn samples() -> Option<Vec<Sample>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|up| up.join("../shared/samples"))
        .find(|path| path.is_dir())?;
    let sorted = |folder: &Path| {
        let mut list: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        list.sort();
        list
    };
    let mut samples = Vec::new();
    for sub in sorted(&folder).into_iter().filter(|path| path.is_dir()) {
        for file in sorted(&sub) {
            if !file.extension().is_some_and(|end| KINDS.contains(&end.to_string_lossy().as_ref())) {
                continue;
            }
            let Ok(picture) = Picture::open(&file) else { continue };
            let mut texts = Vec::new();
            for end in ["txt", "bin"] {
                if let Ok(bytes) = std::fs::read(file.with_extension(end)) {
                    texts.push(String::from_utf8_lossy(&bytes).into_owned());
                    texts.push(bytes.iter().map(|&byte| char::from(byte)).collect());
                }
            }
            let folder = sub.file_name().unwrap_or_default().to_string_lossy().into_owned();
            samples.push(Sample { folder, picture, texts });
        }
    }
    Some(samples)
}

/// A text as it is compared: GTINs padded with zeros, no line end; separators only where both sides have them
/// (the samples' texts have none).
pub fn plain(text: &str, separators: bool) -> String {
    let text = text.trim_end_matches(['\n', '\r']);
    let text: String = text.chars().filter(|&c| separators || c != '\u{1d}').collect();
    if (8..14).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("{text:0>14}")
    } else {
        text
    }
}
