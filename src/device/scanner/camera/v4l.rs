//! A camera by Video4Linux, through the crate `v4l`.
//!
//! The crate may panic on what a driver reports and when a stream is dropped; the thread that calls
//! this catches it, and the camera is lost and tried again.

use super::config::Config;
use super::frame::{Control, Frame, FrameSource, FrameStream, Layout, Pixels};
use super::torch::{LEDS, Torch};
use crate::device::scanner::mono_ms;
use rustix::io::Errno;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use v4l::buffer::{Flags, Metadata, Type};
use v4l::frameinterval::FrameIntervalEnum;
use v4l::io::mmap::Stream;
use v4l::io::traits::{CaptureStream as _, Stream as _};
use v4l::video::Capture as _;
use v4l::video::capture::Parameters;
use v4l::{Device, Format, FourCC};

/// The size that is asked for: a code of 60 modules over a third of the width has 7 pixels each.
const SIZE: (u32, u32) = (1_280, 720);
/// Frames a second below which another packing is taken, if it gives as many.
const RATE_GOOD: u32 = 15;
/// Buffers of the driver.
const BUFFERS: u32 = 4;
/// Without a frame for so long the camera is taken as stalled and opened anew. The first frames
/// of some cameras take a second.
const STALL_MS: u64 = 3_000;
/// Older than this, a time of capture is not believed.
const AGE_MAX_MS: u64 = 2_000;
/// poll(2): there is something to read.
const POLLIN: i16 = 1;

/// Controls, from linux/v4l2-controls.h.
mod cid {
    pub const EXPOSURE_AUTO: u32 = 0x009A_0901;
    /// In units of 100 µs.
    pub const EXPOSURE_ABSOLUTE: u32 = 0x009A_0902;
    pub const FOCUS_ABSOLUTE: u32 = 0x009A_090A;
    pub const FOCUS_AUTO: u32 = 0x009A_090C;
    pub const FLASH_LED_MODE: u32 = 0x009C_0901;
}
/// Values of EXPOSURE_AUTO.
const EXPOSURE_MANUAL: i64 = 1;
const EXPOSURE_AUTOMATIC: i64 = 0;
/// What cameras offer in the place of [`EXPOSURE_AUTOMATIC`].
const EXPOSURE_APERTURE: i64 = 3;
/// 5 ms.
const EXPOSURE_SHORT: i64 = 50;
/// Values of FLASH_LED_MODE.
const FLASH_NONE: i64 = 0;
const FLASH_TORCH: i64 = 2;

/// A camera at a path.
#[derive(Debug)]
pub struct V4l {
    path: PathBuf,
    rate: u32,
    focus: Option<i64>,
    torch: Option<PathBuf>,
}

impl V4l {
    /// Nothing is opened yet.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let Config { path, focus, torch, pace, .. } = config.clone();
        V4l { path, rate: pace.rate, focus, torch }
    }
}

impl FrameSource for V4l {
    fn open(&mut self) -> Result<(PathBuf, Box<dyn FrameStream>), Errno> {
        let device = Device::with_path(&self.path).map_err(errno)?;
        let layout = set_up(&device, self.rate)?;
        let led = self.torch.as_deref().map_or_else(|| Torch::find(Path::new(LEDS)), Torch::at);
        let camera = Camera { device, layout, led, stream: None, waits_since_ms: None };
        if let Some(focus) = self.focus {
            camera.control(cid::FOCUS_AUTO, 0);
            if !camera.control(cid::FOCUS_ABSOLUTE, focus) {
                tracing::warn!(path = %self.path.display(), focus, "the camera takes no focus");
            }
        }
        Ok((self.path.clone(), Box::new(camera)))
    }
}

fn errno(error: io::Error) -> Errno {
    Errno::from_io_error(&error).unwrap_or(Errno::IO)
}

/// What a camera offers in one packing at [`SIZE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Offer {
    fourcc: [u8; 4],
    /// Frames a second; `None`: it does not say.
    rate: Option<u32>,
}

/// The least packed of those that give enough frames; if none does, of all.
fn choose(offers: &[Offer]) -> Option<[u8; 4]> {
    let ranked = |offer: &Offer| Some((offer.rate.is_some_and(|rate| rate < RATE_GOOD), Pixels::rank(offer.fourcc)?));
    let best = offers.iter().filter_map(|offer| Some((ranked(offer)?, offer.fourcc))).min();
    best.map(|(_, fourcc)| fourcc)
}

fn set_up(device: &Device, rate: u32) -> Result<Layout, Errno> {
    let (width, height) = SIZE;
    let formats = device.enum_formats().map_err(errno)?;
    let offers: Vec<Offer> = formats
        .iter()
        .map(|format| {
            let intervals = device.enum_frameintervals(format.fourcc, width, height).unwrap_or_default();
            let rates = intervals.iter().map(|interval| match &interval.interval {
                FrameIntervalEnum::Discrete(each) => each.denominator / each.numerator.max(1),
                FrameIntervalEnum::Stepwise(steps) => steps.min.denominator / steps.min.numerator.max(1),
            });
            Offer { fourcc: format.fourcc.repr, rate: rates.max() }
        })
        .collect();
    // A node for metadata offers nothing, one for radio or output neither.
    let Some(fourcc) = choose(&offers) else {
        tracing::warn!(?offers, "no packing of pixels that is read");
        return Err(Errno::NOTSUP);
    };
    let got = device.set_format(&Format::new(width, height, FourCC::new(&fourcc))).map_err(errno)?;
    let pixels = Pixels::of(got.fourcc.repr).ok_or(Errno::NOTSUP)?;
    // Some drivers have no rates.
    if let Err(error) = device.set_params(&Parameters::with_fps(rate)) {
        tracing::debug!(%error, "frame rate not set");
    }
    tracing::info!(width = got.width, height = got.height, fourcc = ?got.fourcc.str().ok(), "camera set up");
    let size = |value: u32| usize::try_from(value).unwrap_or(usize::MAX);
    Ok(Layout { pixels, width: size(got.width), height: size(got.height), stride: size(got.stride) })
}

/// A camera that is open.
struct Camera {
    device: Device,
    layout: Layout,
    led: Option<Torch>,
    stream: Option<Running>,
    waits_since_ms: Option<u64>,
}

/// A stream that runs. The crate panics when it drops one that the driver refuses to stop; such a
/// one is left as it is.
struct Running(Option<Stream<'static>>);

impl Running {
    fn start(device: &Device) -> Result<Self, Errno> {
        let mut running = Running(Some(Stream::with_buffers(device, Type::VideoCapture, BUFFERS).map_err(errno)?));
        let Running(Some(stream)) = &mut running else { return Err(Errno::IO) };
        // The first buffer is handed over by the first call of `next`.
        for index in 1..BUFFERS as usize {
            if stream.queue(index).is_err() {
                // The driver has given fewer.
                break;
            }
        }
        stream.start().map_err(errno)?;
        Ok(running)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let Some(mut stream) = self.0.take() else { return };
        match stream.stop().map_err(errno) {
            // Stopping it once more, as the crate does, is no error; nor is it when it has gone.
            Ok(()) | Err(Errno::NODEV) => drop(stream),
            Err(error) => {
                tracing::error!(%error, "a camera does not stop; left as it is");
                std::mem::forget(stream);
            }
        }
    }
}

impl Camera {
    fn control(&self, id: u32, value: i64) -> bool {
        let value = v4l::control::Value::Integer(value);
        self.device.set_control(v4l::control::Control { id, value }).is_ok()
    }

    fn is_ready(&self, timeout: Duration) -> Result<bool, Errno> {
        let timeout = i32::try_from(timeout.as_millis()).unwrap_or(i32::MAX);
        match self.device.handle().poll(POLLIN, timeout).map_err(errno) {
            Ok(ready) => Ok(ready > 0),
            Err(Errno::INTR) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl FrameStream for Camera {
    fn next(&mut self, frame: &mut Frame, timeout: Duration) -> Result<bool, Errno> {
        if self.stream.is_none() {
            self.stream = Some(Running::start(&self.device)?);
            self.waits_since_ms = None;
        }
        if !self.is_ready(timeout)? {
            let now_ms = mono_ms();
            let since = *self.waits_since_ms.get_or_insert(now_ms);
            return if now_ms.saturating_sub(since) < STALL_MS { Ok(false) } else { Err(Errno::TIMEDOUT) };
        }
        self.waits_since_ms = None;
        let handle = self.device.handle();
        let Some(Running(Some(stream))) = &mut self.stream else { return Err(Errno::IO) };
        for further in (0..BUFFERS).rev() {
            let (bytes, meta) = stream.next().map_err(errno)?;
            // Of the frames that wait only the newest is taken.
            if further > 0 && handle.poll(POLLIN, 0).is_ok_and(|ready| ready > 0) {
                continue;
            }
            let used = usize::try_from(meta.bytesused).ok().filter(|used| *used > 0).unwrap_or(bytes.len());
            let filled = frame.fill(bytes.get(..used).unwrap_or(bytes), &self.layout);
            frame.at_mono_ms = taken_ms(meta, mono_ms());
            return match filled {
                Ok(()) => Ok(!meta.flags.contains(Flags::ERROR)),
                Err(error) => {
                    tracing::debug!(%error, "frame passed over");
                    Ok(false)
                }
            };
        }
        Ok(false)
    }

    fn set(&mut self, control: Control) -> bool {
        match control {
            Control::Torch(on) => {
                let mode = if on { FLASH_TORCH } else { FLASH_NONE };
                self.led.as_ref().map_or_else(|| self.control(cid::FLASH_LED_MODE, mode), |led| led.switch(on))
            }
            Control::ShortExposure(true) => {
                self.control(cid::EXPOSURE_AUTO, EXPOSURE_MANUAL)
                    && self.control(cid::EXPOSURE_ABSOLUTE, EXPOSURE_SHORT)
            }
            Control::ShortExposure(false) => {
                self.control(cid::EXPOSURE_AUTO, EXPOSURE_APERTURE)
                    || self.control(cid::EXPOSURE_AUTO, EXPOSURE_AUTOMATIC)
            }
        }
    }

    fn rest(&mut self) {
        self.stream = None;
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        self.set(Control::Torch(false));
    }
}

/// When a frame was taken: as the driver says, if it says it by the monotonic clock.
fn taken_ms(meta: &Metadata, now_ms: u64) -> u64 {
    let part = |value: i64| u64::try_from(value).unwrap_or_default();
    let said = part(meta.timestamp.sec).saturating_mul(1_000).saturating_add(part(meta.timestamp.usec) / 1_000);
    let monotonic = meta.flags & Flags::TIMESTAMP_MASK == Flags::TIMESTAMP_MONOTONIC;
    let believed = monotonic && said <= now_ms && now_ms - said <= AGE_MAX_MS;
    if believed { said } else { now_ms }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(offers: &[(&[u8; 4], Option<u32>)], expected: Option<&[u8; 4]>) {
        let offers: Vec<Offer> = offers.iter().map(|(fourcc, rate)| Offer { fourcc: **fourcc, rate: *rate }).collect();
        assert_eq!(choose(&offers), expected.copied(), "{offers:?}");
    }

    #[test]
    fn packings() {
        let fast = Some(30);
        check(&[], None);
        check(&[(b"H264", fast)], None);
        check(&[(b"MJPG", fast), (b"YUYV", fast), (b"GREY", fast)], Some(b"GREY"));
        check(&[(b"MJPG", fast), (b"NV12", fast), (b"YUYV", fast)], Some(b"YUYV"));
        // Over USB 2 frames that are not packed come slowly.
        check(&[(b"MJPG", fast), (b"YUYV", Some(10))], Some(b"MJPG"));
        check(&[(b"MJPG", Some(5)), (b"YUYV", Some(10))], Some(b"YUYV"));
        check(&[(b"MJPG", fast), (b"YUYV", None)], Some(b"YUYV"));
    }

    #[test]
    fn times_of_capture() {
        let meta =
            |flags, sec, usec| Metadata { flags, timestamp: v4l::Timestamp::new(sec, usec), ..Metadata::default() };
        for (flags, sec, usec, expected) in [
            (Flags::TIMESTAMP_MONOTONIC, 9, 900_500, 9_900),
            (Flags::TIMESTAMP_UNKNOWN, 9, 900_500, 10_000),
            (Flags::TIMESTAMP_MONOTONIC, 7, 0, 10_000),
            (Flags::TIMESTAMP_MONOTONIC, 11, 0, 10_000),
            (Flags::TIMESTAMP_MONOTONIC, -1, -1, 10_000),
        ] {
            assert_eq!(taken_ms(&meta(flags, sec, usec), 10_000), expected, "{flags:?} {sec} {usec}");
        }
    }

    #[test]
    fn what_is_no_camera() {
        let config = |path: &str| Config::new(path);
        assert_eq!(V4l::new(&config("/nowhere/video0")).open().err(), Some(Errno::NOENT));
        assert!(V4l::new(&config("/dev/null")).open().is_err());
    }
}
