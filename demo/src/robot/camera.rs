//! What the robot's camera sees: a folder with a picture.

use anyhow::Result;
use std::path::{Path, PathBuf};

/// Pixels of a side.
const SIDE: u32 = 320;

/// A grey picture without a code, in a folder of its own, as `--scanner` names it.
///
/// # Errors
/// When it cannot be written.
pub fn camera_of(folder: &Path) -> Result<String> {
    std::fs::create_dir_all(folder)?;
    let path: PathBuf = folder.join("grey.png");
    let mut encoder = png::Encoder::new(std::fs::File::create(path)?, SIDE, SIDE);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let dots = (0..SIDE * SIDE).map(|n| u8::try_from((n % SIDE + n / SIDE) * 255 / (2 * SIDE)).unwrap_or(u8::MAX));
    encoder.write_header()?.write_image_data(&dots.collect::<Vec<u8>>())?;
    Ok(format!("camera:files:{},rate=5,again=yes", folder.display()))
}
