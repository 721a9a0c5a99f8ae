//! The decoders that are compared, on the same luma with the same formats.

use floorhand::device::decoder::front::FrontEnd;
use floorhand::device::decoder::picture::Picture;
use floorhand::device::decoder::{Decoder as _, Effort, Formats, Request};
use rustix::time::{ClockId, clock_gettime};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Who {
    Quick,
    Full,
    Still,
    /// zxing-cpp: harder, rotated, inverted and downscaled, local binariser.
    Zx,
}

impl Who {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Full => "full",
            Self::Still => "still",
            Self::Zx => "zx",
        }
    }
}

/// CPU time of this thread in milliseconds.
pub fn cpu_ms() -> f64 {
    let at = clock_gettime(ClockId::ThreadCPUTime);
    at.tv_sec as f64 * 1e3 + at.tv_nsec as f64 / 1e6
}

#[derive(Default)]
pub struct Readers {
    front: FrontEnd,
}

impl Readers {
    /// The texts read, and the milliseconds it took.
    pub fn read(&mut self, who: Who, luma: &Picture, formats: Formats) -> (Vec<String>, f64) {
        let start = cpu_ms();
        let effort = match who {
            Who::Quick => Effort::Quick,
            Who::Full => Effort::Full,
            Who::Still => Effort::Still,
            Who::Zx => {
                let texts = zx(luma, formats);
                return (texts, cpu_ms() - start);
            }
        };
        let reads = self.front.decode(luma.luma(), &Request { formats, effort, aim: None });
        let took = cpu_ms() - start;
        (reads.into_iter().map(|read| String::from_utf8_lossy(&read.content).into_owned()).collect(), took)
    }
}

#[cfg(not(feature = "zxing-cpp"))]
fn zx(_: &Picture, _: Formats) -> Vec<String> {
    Vec::new()
}

#[cfg(feature = "zxing-cpp")]
fn zx(luma: &Picture, formats: Formats) -> Vec<String> {
    use floorhand::device::decoder::Format;
    use zxingcpp::{BarcodeFormat, ImageFormat, ImageView, TextMode};
    let formats: Vec<BarcodeFormat> = formats
        .iter()
        .map(|format| match format {
            Format::Ean13 => BarcodeFormat::EAN13,
            Format::Ean8 => BarcodeFormat::EAN8,
            Format::UpcA => BarcodeFormat::UPCA,
            Format::UpcE => BarcodeFormat::UPCE,
            Format::Code128 => BarcodeFormat::Code128,
            Format::Code39 => BarcodeFormat::Code39,
            Format::Itf14 | Format::Itf => BarcodeFormat::ITF,
            Format::Codabar => BarcodeFormat::Codabar,
            Format::DataBar => BarcodeFormat::DataBar,
            Format::DataBarExpanded => BarcodeFormat::DataBarExp,
            Format::DataBarLimited => BarcodeFormat::DataBarLtd,
            Format::DataMatrix => BarcodeFormat::DataMatrix,
            Format::Qr => BarcodeFormat::QRCode,
        })
        .collect();
    let reader = zxingcpp::read()
        .formats(&formats[..])
        .try_harder(true)
        .try_rotate(true)
        .try_invert(true)
        .try_downscale(true)
        .text_mode(TextMode::Plain);
    let view = ImageView::from_slice(&luma.data, luma.width, luma.height, ImageFormat::Lum).unwrap();
    reader.from(&view).unwrap().into_iter().map(|code| code.text()).collect()
}
