//! A picture file to grey: PNG, JPEG, WebP, BMP, GIF, PNM, TIFF.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Seek};
use std::path::Path;

use image::error::LimitErrorKind;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits, Luma as Grey, LumaA, Rgb, Rgba};

use super::Luma;

/// Most pixels of a picture: what the largest cameras of handhelds give.
pub const MOST_PIXELS: u64 = 50_000_000;
/// Most bytes of a file.
pub const MOST_BYTES: u64 = 256 << 20;
/// Most memory a picture may take while it is unpacked: eight bytes a pixel (four colours of 16 bits),
/// and half as much again for the unpacking itself.
const MOST_ROOM: u64 = 12 * MOST_PIXELS;

/// A picture in grey with its own pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The pixels, row after row.
    pub data: Vec<u8>,
    /// Pixels of a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

/// Why a file gave no picture.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The file cannot be opened or read.
    #[error("cannot read the file: {0}")]
    Io(#[from] std::io::Error),
    /// A folder, a pipe or a device.
    #[error("not a file")]
    NotAFile,
    /// More than [`MOST_PIXELS`], or more than [`MOST_BYTES`] as a file.
    #[error("the picture is too large; at most 50 megapixels and 256 MiB are read")]
    TooLarge,
    /// Not one of the kinds of picture that are read.
    #[error("not a PNG, JPEG, WebP, BMP, GIF, PNM or TIFF picture")]
    Unknown,
    /// The file is damaged, or of a variety that is not supported.
    #[error("the picture cannot be unpacked: {0}")]
    Damaged(String),
}

impl From<ImageError> for PictureError {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::IoError(error) if error.kind() != ErrorKind::UnexpectedEof => Self::Io(error),
            ImageError::Limits(error) if !matches!(error.kind(), LimitErrorKind::Unsupported { .. }) => Self::TooLarge,
            other => Self::Damaged(other.to_string()),
        }
    }
}

impl Picture {
    /// Reads a file; its kind is told by its first bytes, not by its name.
    ///
    /// # Errors
    /// When it cannot be read, is no picture, is damaged or is too large.
    pub fn open(path: &Path) -> Result<Self, PictureError> {
        // Asked before it is opened: a pipe without a writer would be waited for.
        let facts = std::fs::metadata(path)?;
        if !facts.is_file() {
            return Err(PictureError::NotAFile);
        }
        if facts.len() > MOST_BYTES {
            return Err(PictureError::TooLarge);
        }
        Self::read(BufReader::new(File::open(path)?))
    }

    /// Reads a picture from bytes.
    ///
    /// # Errors
    /// As [`Picture::open`].
    pub fn read<R: std::io::BufRead + Seek>(bytes: R) -> Result<Self, PictureError> {
        let reader = ImageReader::new(bytes).with_guessed_format()?;
        if reader.format().is_none() {
            return Err(PictureError::Unknown);
        }
        let mut decoder = reader.into_decoder()?;
        let (width, height) = decoder.dimensions();
        if u64::from(width) * u64::from(height) > MOST_PIXELS {
            return Err(PictureError::TooLarge);
        }
        let mut limits = Limits::no_limits();
        limits.max_alloc = Some(MOST_ROOM);
        decoder.set_limits(limits)?;
        Ok(Self::grey(DynamicImage::from_decoder(decoder)?))
    }

    /// The picture as the decoder takes it.
    #[must_use]
    pub fn luma(&self) -> Luma<'_> {
        Luma { data: &self.data, width: self.width, height: self.height, stride: self.width }
    }

    fn grey(image: DynamicImage) -> Self {
        let (width, height) = (image.width() as usize, image.height() as usize);
        let data = match image {
            DynamicImage::ImageLuma8(pixels) => pixels.into_raw(),
            DynamicImage::ImageLumaA8(pixels) => {
                pixels.pixels().map(|LumaA([grey, alpha])| on_white(*grey, *alpha)).collect()
            }
            DynamicImage::ImageRgb8(pixels) => pixels.pixels().map(|Rgb([r, g, b])| weigh(*r, *g, *b)).collect(),
            DynamicImage::ImageRgba8(pixels) => {
                pixels.pixels().map(|Rgba([r, g, b, alpha])| on_white(weigh(*r, *g, *b), *alpha)).collect()
            }
            DynamicImage::ImageLuma16(pixels) => pixels.pixels().map(|Grey([grey])| high(*grey)).collect(),
            DynamicImage::ImageLumaA16(pixels) => {
                pixels.pixels().map(|LumaA([grey, alpha])| on_white(high(*grey), high(*alpha))).collect()
            }
            DynamicImage::ImageRgb16(pixels) => {
                pixels.pixels().map(|Rgb([r, g, b])| weigh(high(*r), high(*g), high(*b))).collect()
            }
            DynamicImage::ImageRgba16(pixels) => pixels
                .pixels()
                .map(|Rgba([r, g, b, alpha])| on_white(weigh(high(*r), high(*g), high(*b)), high(*alpha)))
                .collect(),
            // Kinds with fractions, and those the crate may learn.
            other => {
                other.into_rgba8().pixels().map(|Rgba([r, g, b, alpha])| on_white(weigh(*r, *g, *b), *alpha)).collect()
            }
        };
        Self { data, width, height }
    }
}

/// Brightness of a colour (ITU-R BT.601, in 256ths).
fn weigh(red: u8, green: u8, blue: u8) -> u8 {
    ((77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue) + 128) / 256) as u8
}

/// What is see-through lies on white paper.
fn on_white(grey: u8, alpha: u8) -> u8 {
    let (grey, alpha) = (u32::from(grey), u32::from(alpha));
    ((grey * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}

/// The high byte of 16 bits.
fn high(value: u16) -> u8 {
    (value >> 8) as u8
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, ImageBuffer, ImageFormat};

    use super::*;

    fn file(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.into().write_to(&mut bytes, format).expect("it can be written");
        bytes.into_inner()
    }

    fn grey(bytes: Vec<u8>) -> Result<Picture, PictureError> {
        Picture::read(Cursor::new(bytes))
    }

    #[test]
    fn all_kinds_of_pixels_become_grey() {
        let one = |image: DynamicImage| grey(file(image, ImageFormat::Png)).expect("a picture").data[0];
        let cases = [
            ("grey", one(ImageBuffer::from_pixel(3, 2, Grey([90_u8])).into()), 90),
            ("16 bits", one(ImageBuffer::from_pixel(3, 2, Grey([0x5A7F_u16])).into()), 0x5A),
            ("clear black", one(ImageBuffer::from_pixel(3, 2, LumaA([0_u8, 0])).into()), 255),
            ("half black", one(ImageBuffer::from_pixel(3, 2, Rgba([0_u8, 0, 0, 128])).into()), 127),
            ("white", one(ImageBuffer::from_pixel(3, 2, Rgb([255_u8; 3])).into()), 255),
            ("green", one(ImageBuffer::from_pixel(3, 2, Rgb([0_u16, 0xFFFF, 0])).into()), 149),
        ];
        for (name, found, expected) in cases {
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn all_kinds_of_files_are_read() {
        let image = ImageBuffer::from_fn(40, 30, |x, _| Rgb(if x < 20 { [10_u8; 3] } else { [240; 3] }));
        for format in [
            ImageFormat::Png,
            ImageFormat::Jpeg,
            ImageFormat::WebP,
            ImageFormat::Bmp,
            ImageFormat::Gif,
            ImageFormat::Pnm,
            ImageFormat::Tiff,
        ] {
            let picture = grey(file(image.clone(), format)).expect("a picture");
            assert_eq!((picture.width, picture.height), (40, 30), "{format:?}");
            assert!(picture.luma().is_sound());
            assert!(picture.data[0] < 30 && picture.data[39] > 220, "{format:?}");
        }
    }

    #[test]
    fn what_is_no_picture_says_so() {
        assert!(matches!(grey(b"0109521234543213".to_vec()), Err(PictureError::Unknown)));
        let whole = file(ImageBuffer::from_fn(90, 90, |x, y| Grey([(x * y) as u8])), ImageFormat::Png);
        assert!(matches!(grey(whole[..whole.len() / 2].to_vec()), Err(PictureError::Damaged(_))));
        // The measures of a PNM are read before its pixels.
        assert!(matches!(grey(b"P5 40000 40000 255\n".to_vec()), Err(PictureError::TooLarge)));
        assert!(matches!(Picture::open(Path::new("/nowhere/at/all.png")), Err(PictureError::Io(_))));
        assert!(matches!(Picture::open(Path::new("/")), Err(PictureError::NotAFile)));
        assert!(matches!(Picture::open(Path::new("/dev/null")), Err(PictureError::NotAFile)));
    }
}
