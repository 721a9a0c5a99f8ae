//! Frames in grey, and where they come from.
//!
//! Whatever a camera sends, only its brightness is taken, and never by way of RGB: it is every second
//! byte of YUYV, the first plane of NV12, all of GREY, and of a JPEG only the Y part is unpacked.

use crate::device::decoder::Luma;
use rustix::io::Errno;
use std::path::PathBuf;
use std::time::Duration;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// Longest side of a frame, in pixels: no camera of a handheld streams more.
pub const SIDE_MAX: usize = 8_192;

/// A frame in grey, rows one after the other without gaps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frame {
    /// The pixels.
    pub data: Vec<u8>,
    /// Pixels of a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// When it was taken, by the monotonic clock.
    pub at_mono_ms: u64,
}

impl Frame {
    /// The frame as the decoder takes it.
    #[must_use]
    pub fn luma(&self) -> Luma<'_> {
        Luma { data: &self.data, width: self.width, height: self.height, stride: self.width }
    }

    /// Takes the brightness out of what a camera has sent; the room for the pixels is used again.
    ///
    /// # Errors
    /// When the bytes are not such a picture. The frame is then empty.
    pub fn fill(&mut self, bytes: &[u8], layout: &Layout) -> Result<(), FrameError> {
        self.data.clear();
        (self.width, self.height) = (0, 0);
        if layout.pixels == Pixels::Mjpeg {
            (self.width, self.height) = jpeg(bytes, &mut self.data)?;
            return Ok(());
        }
        copy(bytes, layout, &mut self.data)?;
        (self.width, self.height) = (layout.width, layout.height);
        Ok(())
    }
}

/// How a camera packs its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pixels {
    /// One byte a pixel: GREY, Y800; also the first plane of NV12, NV21, YU12, YV12.
    Grey,
    /// Two bytes a pixel, the brightness first: YUYV.
    Yuyv,
    /// Two bytes a pixel, the brightness second: UYVY, and Y16 with its low byte first.
    Uyvy,
    /// A JPEG a frame.
    Mjpeg,
}

/// The FourCCs that are read, the best first: the less a camera packs, the less is lost and unpacked.
const FOURCCS: [([u8; 4], Pixels); 11] = [
    (*b"GREY", Pixels::Grey),
    (*b"Y800", Pixels::Grey),
    (*b"YUYV", Pixels::Yuyv),
    (*b"UYVY", Pixels::Uyvy),
    (*b"NV12", Pixels::Grey),
    (*b"NV21", Pixels::Grey),
    (*b"YU12", Pixels::Grey),
    (*b"YV12", Pixels::Grey),
    (*b"Y16 ", Pixels::Uyvy),
    (*b"MJPG", Pixels::Mjpeg),
    (*b"JPEG", Pixels::Mjpeg),
];

impl Pixels {
    /// How a FourCC packs its pixels; `None`: it is not read.
    #[must_use]
    pub fn of(fourcc: [u8; 4]) -> Option<Self> {
        FOURCCS.iter().find(|(code, _)| *code == fourcc).map(|(_, pixels)| *pixels)
    }

    /// How much a FourCC is liked: 0 is the best; `None`: it is not read.
    #[must_use]
    pub fn rank(fourcc: [u8; 4]) -> Option<usize> {
        FOURCCS.iter().position(|(code, _)| *code == fourcc)
    }
}

/// How the bytes of a frame lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// How pixels are packed.
    pub pixels: Pixels,
    /// Pixels of a row; for a JPEG the file itself tells.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Bytes from one row to the next; 0: rows have no gaps.
    pub stride: usize,
}

/// Why bytes gave no frame.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// No pixels, or too many.
    #[error("a frame of {0} x {1} pixels")]
    Size(usize, usize),
    /// Rows are longer than the distance between them.
    #[error("rows of {row} bytes every {stride} bytes")]
    Stride {
        /// Bytes of a row.
        row: usize,
        /// Bytes from one row to the next.
        stride: usize,
    },
    /// Fewer bytes than the picture has.
    #[error("{got} bytes instead of {expected}")]
    Short {
        /// How many there are.
        got: usize,
        /// How many there should be.
        expected: usize,
    },
    /// Not a whole JPEG.
    #[error("damaged JPEG: {0}")]
    Jpeg(String),
}

fn copy(bytes: &[u8], layout: &Layout, into: &mut Vec<u8>) -> Result<(), FrameError> {
    let Layout { pixels, width, height, stride } = *layout;
    if !(1..=SIDE_MAX).contains(&width) || !(1..=SIDE_MAX).contains(&height) {
        return Err(FrameError::Size(width, height));
    }
    let row = if pixels == Pixels::Grey { width } else { width * 2 };
    let stride = if stride == 0 { row } else { stride };
    if stride < row {
        return Err(FrameError::Stride { row, stride });
    }
    // The last row may lack its gap.
    let expected = stride.saturating_mul(height - 1).saturating_add(row);
    if bytes.len() < expected {
        return Err(FrameError::Short { got: bytes.len(), expected });
    }
    into.reserve(width * height);
    for line in bytes.chunks(stride).take(height) {
        let line = line.get(..row).unwrap_or_default();
        match pixels {
            Pixels::Yuyv => into.extend(line.as_chunks::<2>().0.iter().map(|[y, _]| *y)),
            Pixels::Uyvy => into.extend(line.as_chunks::<2>().0.iter().map(|[_, y]| *y)),
            Pixels::Grey | Pixels::Mjpeg => into.extend_from_slice(line),
        }
    }
    Ok(())
}

fn jpeg(bytes: &[u8], into: &mut Vec<u8>) -> Result<(usize, usize), FrameError> {
    let damaged = |error: &dyn std::fmt::Display| FrameError::Jpeg(error.to_string());
    // The decoder fills up what is missing with grey. The end marker never stands inside the picture.
    if !bytes.windows(2).rev().any(|pair| pair == [0xFF, 0xD9]) {
        return Err(damaged(&"cut short"));
    }
    let options = DecoderOptions::default()
        .jpeg_set_out_colorspace(ColorSpace::Luma)
        .set_max_width(SIDE_MAX)
        .set_max_height(SIDE_MAX);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(|error| damaged(&error))?;
    let (width, height) = decoder.info().map(|info| (info.width.into(), info.height.into())).unwrap_or_default();
    let size = decoder.output_buffer_size().ok_or(FrameError::Size(width, height))?;
    if size == 0 || size != width * height {
        return Err(FrameError::Size(width, height));
    }
    into.resize(size, 0);
    decoder.decode_into(into).map_err(|error| damaged(&error)).inspect_err(|_| into.clear())?;
    Ok((width, height))
}

/// What can be set on a camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// Its light.
    Torch(bool),
    /// Short exposures (at most 5 ms, against blur), or as long as the camera likes.
    ShortExposure(bool),
}

/// A camera, or what stands for one.
pub trait FrameSource: Send {
    /// Opens it: where it is, and its frames.
    ///
    /// # Errors
    /// Why it cannot be opened; it is tried again later.
    fn open(&mut self) -> Result<(PathBuf, Box<dyn FrameStream>), Errno>;
}

/// The frames of an open camera.
pub trait FrameStream {
    /// Waits for the newest frame, and at most `timeout` for it. `false`: there was none.
    ///
    /// # Errors
    /// When the camera has gone or gives nothing any more. Ask for no further frame then.
    fn next(&mut self, frame: &mut Frame, timeout: Duration) -> Result<bool, Errno>;

    /// Sets something, if there is such a thing. `false`: there is not.
    fn set(&mut self, control: Control) -> bool;

    /// A person has pulled the trigger. Cameras need not know.
    fn triggered(&mut self) {}

    /// No frame is wanted for a while: the camera may rest until the next [`FrameStream::next`].
    fn rest(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, pixels: Pixels, size: (usize, usize, usize), bytes: &[u8], expected: Result<&[u8], &str>) {
        let layout = Layout { pixels, width: size.0, height: size.1, stride: size.2 };
        // What was there before is gone, also after an error.
        let mut frame = Frame { data: vec![9; 3], width: 3, height: 1, at_mono_ms: 0 };
        let got = frame.fill(bytes, &layout).map_err(|error| error.to_string());
        match expected {
            Ok(data) => {
                assert_eq!(got, Ok(()), "{name}");
                assert_eq!((&*frame.data, frame.width, frame.height), (data, size.0, size.1), "{name}");
            }
            Err(text) => {
                assert_eq!(got, Err(text.to_owned()), "{name}");
                assert_eq!((frame.data.len(), frame.width, frame.height), (0, 0, 0), "{name}");
            }
        }
    }

    #[test]
    fn layouts() {
        check("grey", Pixels::Grey, (2, 2, 0), &[1, 2, 3, 4], Ok(&[1, 2, 3, 4]));
        check("grey with gaps", Pixels::Grey, (2, 2, 3), &[1, 2, 0, 3, 4], Ok(&[1, 2, 3, 4]));
        check("first plane", Pixels::Grey, (2, 2, 2), &[1, 2, 3, 4, 128, 128], Ok(&[1, 2, 3, 4]));
        check("yuyv", Pixels::Yuyv, (2, 2, 6), &[1, 0, 2, 0, 9, 9, 3, 0, 4, 0], Ok(&[1, 2, 3, 4]));
        check("uyvy", Pixels::Uyvy, (2, 1, 4), &[0, 1, 0, 2], Ok(&[1, 2]));
        check("odd width", Pixels::Yuyv, (3, 1, 8), &[1, 0, 2, 0, 3, 0, 0, 0], Ok(&[1, 2, 3]));
        check("short", Pixels::Grey, (2, 2, 4), &[1, 2, 0, 0, 3], Err("5 bytes instead of 6"));
        check("empty", Pixels::Yuyv, (2, 2, 0), &[], Err("0 bytes instead of 8"));
        check("stride", Pixels::Yuyv, (2, 1, 3), &[0; 8], Err("rows of 4 bytes every 3 bytes"));
        check("no pixels", Pixels::Grey, (0, 2, 0), &[0; 8], Err("a frame of 0 x 2 pixels"));
        check("huge", Pixels::Grey, (2, 1 << 20, 0), &[0; 8], Err("a frame of 2 x 1048576 pixels"));
    }

    #[test]
    fn the_less_packed_the_better() {
        let codes = [*b"MJPG", *b"NV12", *b"H264", *b"GREY", *b"YUYV"];
        let mut ranked: Vec<_> = codes.iter().filter_map(|code| Some((Pixels::rank(*code)?, *code))).collect();
        ranked.sort_unstable();
        assert_eq!(ranked.iter().map(|(_, code)| *code).collect::<Vec<_>>(), [*b"GREY", *b"YUYV", *b"NV12", *b"MJPG"]);
        assert!(codes.iter().all(|code| Pixels::of(*code).is_some() == (code != b"H264")));
    }

    /// 16 x 8 pixels in two colours of different brightness.
    fn picture() -> Vec<u8> {
        let rgb: Vec<u8> = (0..8 * 16).flat_map(|i| if i % 16 < 8 { [250, 240, 230] } else { [20, 60, 30] }).collect();
        let mut out = Vec::new();
        jpeg_encoder::Encoder::new(&mut out, 95).encode(&rgb, 16, 8, jpeg_encoder::ColorType::Rgb).unwrap();
        out
    }

    #[test]
    fn jpegs_give_their_brightness() {
        let layout = Layout { pixels: Pixels::Mjpeg, width: 0, height: 0, stride: 0 };
        let mut frame = Frame::default();
        let mut bytes = picture();
        // Buffers are longer than what is in them.
        bytes.extend([0; 100]);
        frame.fill(&bytes, &layout).unwrap();
        assert_eq!((frame.width, frame.height, frame.data.len()), (16, 8, 128));
        assert!(frame.data[..8].iter().all(|y| (235..=248).contains(y)), "{:?}", frame.data);
        assert!(frame.data[8..16].iter().all(|y| (38..=52).contains(y)), "{:?}", frame.data);
    }

    #[test]
    fn damaged_jpegs_are_errors() {
        let layout = Layout { pixels: Pixels::Mjpeg, width: 16, height: 8, stride: 0 };
        let whole = picture();
        for length in 0..whole.len() {
            let mut frame = Frame::default();
            assert!(frame.fill(&whole[..length], &layout).is_err(), "{length}");
            assert_eq!(frame, Frame::default());
        }
        // Any byte changed: a picture of the same size or an error, no panic.
        for at in 0..whole.len() {
            for value in [0x00, 0xFF, whole[at] ^ 0x55] {
                let mut bytes = whole.clone();
                bytes[at] = value;
                let mut frame = Frame::default();
                let filled = frame.fill(&bytes, &layout).is_ok();
                assert_eq!(frame.data.len(), frame.width * frame.height, "{at}");
                assert_eq!(filled, !frame.data.is_empty(), "{at}");
            }
        }
    }
}
