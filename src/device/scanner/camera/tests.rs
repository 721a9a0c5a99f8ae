use super::*;
use crate::device::decoder::{Decoder, Format, Luma, Request, Tier};
use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, channel};

/// Far more than anything here takes.
const GENEROUS: Duration = Duration::from_secs(30);

/// Reads the first pixel of a frame: 0 nothing, 1 hangs until the end of the test's process, 2
/// panics, others are a QR code of that letter in the aim.
struct Pixel;

impl Decoder for Pixel {
    fn decode(&mut self, luma: Luma<'_>, _: &Request) -> Vec<Read> {
        let first = luma.data[0];
        match first {
            0 => return Vec::new(),
            1 => loop {
                std::thread::park();
            },
            2 => panic!("as scripted"),
            _ => {}
        }
        let middle = (luma.width as f32 / 2.0, luma.height as f32 / 2.0);
        let corners = [middle; 4];
        vec![Read { content: vec![first], aim_id: "]Q1", format: Format::Qr, tier: Tier::Matrix, votes: 1, corners }]
    }
}

/// What a scripted camera does next.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// A frame of such pixels.
    Frame(u8),
    Gone(Errno),
    Panics,
}

/// A camera that acts as the test tells it; each opening takes the next script. A script that is
/// at its end gives no frames.
struct Scripted {
    scripts: VecDeque<Result<Vec<Act>, Errno>>,
    controls: std::sync::mpsc::Sender<frame::Control>,
}

impl FrameSource for Scripted {
    fn open(&mut self) -> Result<(PathBuf, Box<dyn FrameStream>), Errno> {
        let acts = self.scripts.pop_front().unwrap_or(Err(Errno::NOENT))?;
        Ok(("/dev/scripted".into(), Box::new(Acts { acts: acts.into(), controls: self.controls.clone() })))
    }
}

struct Acts {
    acts: VecDeque<Act>,
    controls: std::sync::mpsc::Sender<frame::Control>,
}

impl FrameStream for Acts {
    fn next(&mut self, frame: &mut Frame, _: Duration) -> Result<bool, Errno> {
        // Slowly enough that the newest frame is each.
        std::thread::sleep(Duration::from_millis(40));
        match self.acts.pop_front() {
            Some(Act::Frame(pixel)) => {
                *frame = Frame { data: vec![pixel; 640 * 320], width: 640, height: 320, at_mono_ms: mono_ms() };
                Ok(true)
            }
            Some(Act::Gone(errno)) => Err(errno),
            Some(Act::Panics) => panic!("as scripted"),
            None => Ok(false),
        }
    }

    fn set(&mut self, control: frame::Control) -> bool {
        self.controls.send(control).is_ok()
    }
}

struct Bench {
    camera: Camera,
    events: Receiver<ScannerEvent>,
    controls: Receiver<frame::Control>,
    seen: Receiver<Seen>,
}

impl Bench {
    fn new(config: &str, scripts: Vec<Result<Vec<Act>, Errno>>) -> Self {
        let (controls, set) = channel();
        let source = Box::new(Scripted { scripts: scripts.into(), controls });
        Self::start(Camera::with_source(&config.parse().unwrap(), source, factory()), set)
    }

    fn start(mut camera: Camera, controls: Receiver<frame::Control>) -> Self {
        let (emit, events) = channel();
        let (watch, seen) = channel();
        camera.handle().watch(Some(Box::new(move |seen| drop(watch.send(seen)))));
        camera.start(Box::new(move |event| drop(emit.send(event)))).unwrap();
        Bench { camera, events, controls, seen }
    }

    /// The next event, shortly: `+` attached, `-reason` lost, or the code.
    fn event(&self) -> String {
        match self.events.recv_timeout(GENEROUS).unwrap() {
            ScannerEvent::Attached { .. } => "+".into(),
            ScannerEvent::Lost { reason, .. } => format!("-{}", reason.as_str()),
            ScannerEvent::Scan { raw, complete, number, at_mono_ms } => {
                assert!(complete && at_mono_ms <= mono_ms());
                format!("{number} {}", String::from_utf8(raw).unwrap())
            }
        }
    }

    fn check(&self, expected: &[&str]) {
        for expected in expected {
            assert_eq!(self.event(), *expected);
        }
    }
}

fn factory() -> Factory {
    Arc::new(|| Box::new(Pixel))
}

const CONTINUOUS: &str = "camera:/dev/scripted,mode=continuous";

#[test]
fn a_code_is_a_scan_and_comes_once() {
    let frames = [b'a', b'a', b'a', b'b', b'b'].map(Act::Frame).to_vec();
    let mut bench = Bench::new(CONTINUOUS, vec![Ok(frames)]);
    bench.check(&["+", "1 ]Q1a", "2 ]Q1b"]);
    bench.camera.stop();
    assert!(bench.events.recv().is_err(), "nothing comes after");
    let seen: Vec<Seen> = bench.seen.iter_now();
    assert!(seen.iter().any(|seen| seen.sights.iter().any(|sight| sight.why == Why::Accepted)));
    let preview = seen.iter().find_map(|seen| seen.preview.clone()).unwrap();
    assert_eq!((preview.width, preview.height, preview.data.first()), (320, 160, Some(&b'a')));
}

/// What has come so far.
trait IterNow<T> {
    fn iter_now(&self) -> Vec<T>;
}

impl<T> IterNow<T> for Receiver<T> {
    fn iter_now(&self) -> Vec<T> {
        self.try_iter().collect()
    }
}

#[test]
fn it_comes_back_after_it_has_gone_or_panicked() {
    let bench = Bench::new(
        CONTINUOUS,
        vec![
            Err(Errno::ACCESS),
            Ok(vec![Act::Frame(b'a'), Act::Frame(0), Act::Gone(Errno::NODEV)]),
            Ok(vec![Act::Panics]),
            Ok(vec![Act::Frame(b'b')]),
        ],
    );
    bench.check(&["-denied", "+", "1 ]Q1a", "-hang-up", "+", "-failed", "+", "2 ]Q1b"]);
}

#[test]
fn a_decoder_that_panics_or_hangs_costs_its_frame() {
    let frames = vec![Act::Frame(2), Act::Frame(0), Act::Frame(1), Act::Frame(0)];
    let codes = (0..40).map(|_| Act::Frame(b'a'));
    let bench = Bench::new(CONTINUOUS, vec![Ok(frames.into_iter().chain(codes).collect())]);
    bench.check(&["+", "1 ]Q1a"]);
    let counts = bench.camera.handle().counts();
    // Counted; how many depends on which frames were the newest.
    assert!(counts.stuck + counts.panicked >= 1, "{counts:?}");
}

#[test]
fn with_too_many_stuck_decoders_it_is_lost() {
    let frames = (0..400).map(|_| Act::Frame(1)).collect();
    let bench = Bench::new(CONTINUOUS, vec![Ok(frames), Ok(Vec::new())]);
    bench.check(&["+", "-failed"]);
    assert_eq!(bench.camera.handle().counts().stuck, worker::ABANDONED_MAX as u64);
}

#[test]
fn the_trigger_and_a_new_step() {
    let frames: Vec<Act> = (0..2_000).map(|_| Act::Frame(b'a')).collect();
    let bench = Bench::new("camera:/dev/scripted", vec![Ok(frames)]);
    let handle = bench.camera.handle();
    bench.check(&["+"]);
    assert_eq!(bench.seen.recv_timeout(Duration::from_millis(300)), Err(std::sync::mpsc::RecvTimeoutError::Timeout));
    handle.trigger(true);
    bench.check(&["1 ]Q1a"]);
    handle.new_step();
    bench.check(&["2 ]Q1a"]);
    handle.trigger(false);
    handle.trigger(true);
    bench.check(&["3 ]Q1a"]);
    // A format that the step does not take is said and not sent.
    handle.set_formats(Some([Format::Ean13].into_iter().collect()));
    handle.new_step();
    let off = |seen: Seen| seen.sights.iter().any(|sight| sight.why == Why::FormatOff);
    while !off(bench.seen.recv_timeout(GENEROUS).unwrap()) {}
    handle.set_formats(None);
    bench.check(&["4 ]Q1a"]);
}

#[test]
fn dark_frames_light_the_torch() {
    use frame::Control::{ShortExposure, Torch};
    let frames = (0..2_000).map(|_| Act::Frame(0)).collect();
    let bench = Bench::new(CONTINUOUS, vec![Ok(frames)]);
    let set = || bench.controls.recv_timeout(GENEROUS).unwrap();
    let until = |wanted| while set() != wanted {};
    until(ShortExposure(true));
    until(Torch(true));
    until(ShortExposure(false));
    let seen = bench.seen.iter_now();
    assert!(seen.iter().all(|seen| seen.dark) && seen.last().is_some_and(|seen| seen.torch));
    bench.camera.handle().torch(Some(false));
    until(Torch(false));
}

#[test]
fn the_torch_goes_out_with_the_trigger() {
    use frame::Control::Torch;
    let frames = (0..2_000).map(|_| Act::Frame(0)).collect();
    let bench = Bench::new("camera:/dev/scripted", vec![Ok(frames)]);
    let until = |wanted| while bench.controls.recv_timeout(GENEROUS).unwrap() != wanted {};
    bench.camera.handle().trigger(true);
    until(Torch(true));
    bench.camera.handle().trigger(false);
    until(Torch(false));
}

#[test]
fn files_are_a_camera() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.png", "b.png"] {
        std::fs::write(folder.path().join(name), []).unwrap();
    }
    let load: Loader = Arc::new(|path: &Path| {
        let pixel = path.file_name().unwrap().to_str().unwrap().as_bytes()[0];
        Ok(Frame { data: vec![pixel; 64], width: 8, height: 8, at_mono_ms: 0 })
    });
    let text = format!("camera:files:{},pace=trigger,rate=50", folder.path().display());
    let camera = Camera::new(&text.parse().unwrap(), factory(), load);
    let mut bench = Bench::start(camera, channel().1);
    bench.check(&["+"]);
    for code in ["1 ]Q1a", "2 ]Q1b"] {
        bench.camera.handle().trigger(true);
        assert_eq!(bench.event(), code);
        bench.camera.handle().trigger(false);
    }
    bench.camera.stop();
    bench.camera.stop();
}
