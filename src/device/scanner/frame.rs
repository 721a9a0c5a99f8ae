//! Where one code ends and the next begins. Pure: bytes and times in, frames out.
//!
//! A frame is complete when the mark closes it that the reader is set up to send (silence, where it
//! sends none). Everything else that arrives is still delivered, once and marked: half a code when
//! the line falls silent, noise, the head of a burst that is too long. So each thing that a reader sends has an answer.
//!
//! Only [`Deframer::tick`] ends a frame by silence, never the distance between two pushes: bytes
//! that waited in the kernel while this program did not run came in time, however late they are
//! read. Cutting there would turn the tail of a code into a code. What follows half a code after a
//! real silence is for the floor thread to judge, which can look up what both halves are together.

const STX: u8 = 0x02;
const ETX: u8 = 0x03;
const TAB: u8 = b'\t';
const LF: u8 = b'\n';
const CR: u8 = b'\r';

/// How a reader is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Bytes before each code, taken off. A frame without them is not complete.
    pub prefix: Option<Vec<u8>>,
    /// What closes a code.
    pub ends: Ends,
    /// Silence that ends a frame nothing has closed.
    pub idle_ms: u64,
    /// Bytes of a code at the most.
    pub bytes_max: usize,
}

impl Default for Config {
    fn default() -> Self {
        Config { prefix: None, ends: Ends::default(), idle_ms: 150, bytes_max: 512 }
    }
}

impl Config {
    /// A site that sends STX as a mere prefix does not frame by STX and ETX.
    pub(super) fn tidy(&mut self) {
        if self.prefix.as_ref().is_some_and(|prefix| prefix.contains(&STX)) {
            self.ends.stx_etx = false;
        }
    }
}

/// What closes a code. Several may be set; CR LF then counts as one mark, whenever LF comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ends {
    /// Carriage return.
    pub cr: bool,
    /// Line feed.
    pub lf: bool,
    /// Carriage return and line feed together; matters only where `cr` is off.
    pub crlf: bool,
    /// Tabulator.
    pub tab: bool,
    /// STX opens, ETX closes. What STX opened is complete with ETX only.
    pub stx_etx: bool,
    /// Silence closes: for a reader that sends nothing after a code. Elsewhere it ends half a code.
    pub idle: bool,
}

impl Ends {
    /// Nothing closes a code.
    pub const NONE: Self = Self { cr: false, lf: false, crlf: false, tab: false, stx_etx: false, idle: false };
}

impl Default for Ends {
    fn default() -> Self {
        Ends { cr: true, lf: true, crlf: true, tab: true, stx_etx: true, idle: false }
    }
}

/// One code, or what came in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The bytes between the marks, never empty; `bytes_max` at the most, one more when too long.
    pub raw: Vec<u8>,
    /// Closed as the reader is set up to close it.
    pub complete: bool,
    /// The time given with the byte, or the tick, that ended it.
    pub at_ms: u64,
}

/// Cuts a stream of bytes into frames.
#[derive(Debug, Clone)]
pub struct Deframer {
    config: Config,
    held: Vec<u8>,
    opened: bool,
    discarding: bool,
    after_cr: bool,
    last_ms: u64,
}

impl Deframer {
    /// An empty one.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Deframer { config, held: Vec::new(), opened: false, discarding: false, after_cr: false, last_ms: 0 }
    }

    /// Takes bytes that were read at `now_ms`.
    pub fn push(&mut self, bytes: &[u8], now_ms: u64) -> Vec<Frame> {
        let mut frames = Vec::new();
        for &byte in bytes {
            frames.extend(self.byte(byte, now_ms));
        }
        if !bytes.is_empty() {
            self.last_ms = now_ms;
        }
        frames
    }

    /// Ends what has been silent for long enough. To be called when [`Self::deadline_ms`] has
    /// passed and nothing can be read.
    pub fn tick(&mut self, now_ms: u64) -> Option<Frame> {
        if now_ms < self.deadline_ms()? {
            return None;
        }
        self.end(self.config.ends.idle && !self.opened, now_ms)
    }

    /// When to tick; `None`: nothing is held.
    #[must_use]
    pub fn deadline_ms(&self) -> Option<u64> {
        let waits = self.discarding || self.opened || !self.held.is_empty();
        waits.then(|| self.last_ms.saturating_add(self.config.idle_ms))
    }

    /// Ends what is held at once, as not closed: the line is gone.
    pub fn flush(&mut self, now_ms: u64) -> Option<Frame> {
        self.end(false, now_ms)
    }

    fn byte(&mut self, byte: u8, now_ms: u64) -> Option<Frame> {
        let ends = self.config.ends;
        let follows_cr = std::mem::take(&mut self.after_cr);
        match byte {
            STX if ends.stx_etx => {
                let before = self.end(false, now_ms);
                self.opened = true;
                before
            }
            ETX if ends.stx_etx => self.end(self.opened, now_ms),
            // Only STX and ETX are set up: what stands between two frames is no code.
            CR | LF | TAB | 0 if only_stx_etx(ends) && !self.opened && self.held.is_empty() => None,
            CR if ends.cr => {
                self.after_cr = true;
                self.end(!self.opened, now_ms)
            }
            LF if follows_cr && self.held.is_empty() && !self.opened => None,
            LF if ends.lf => {
                if ends.crlf && self.held.last() == Some(&CR) {
                    self.held.pop();
                }
                self.end(!self.opened, now_ms)
            }
            LF if ends.crlf && self.held.last() == Some(&CR) => {
                self.held.pop();
                self.end(!self.opened, now_ms)
            }
            TAB if ends.tab => self.end(!self.opened, now_ms),
            _ => self.keep(byte, now_ms),
        }
    }

    fn keep(&mut self, byte: u8, now_ms: u64) -> Option<Frame> {
        if self.discarding {
            // Remembered only so that CR LF is seen as the end of it.
            self.held.clear();
            if byte == CR {
                self.held.push(byte);
            }
            return None;
        }
        self.held.push(byte);
        let prefix = self.config.prefix.as_ref().map_or(0, Vec::len);
        // The CR of a CR LF is no part of the code.
        let pending = usize::from(self.config.ends.crlf && byte == CR);
        if self.held.len() - pending <= self.config.bytes_max.saturating_add(prefix) {
            return None;
        }
        let frame = self.end(false, now_ms);
        self.discarding = true;
        frame
    }

    fn end(&mut self, closed: bool, now_ms: u64) -> Option<Frame> {
        self.opened = false;
        let mut raw = std::mem::take(&mut self.held);
        if std::mem::take(&mut self.discarding) {
            return None;
        }
        let mut complete = closed;
        if let Some(prefix) = &self.config.prefix {
            if raw.starts_with(prefix) {
                raw.drain(..prefix.len());
            } else {
                complete = false;
            }
        }
        raw.truncate(self.config.bytes_max.saturating_add(1));
        (!raw.is_empty()).then_some(Frame { raw, complete, at_ms: now_ms })
    }
}

fn only_stx_etx(ends: Ends) -> bool {
    ends == Ends { stx_etx: true, ..Ends::NONE }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `complete` frames as they are, others in brackets; long ones by their length.
    fn shown(frames: &[Frame]) -> Vec<String> {
        let text = |f: &Frame| {
            let body =
                if f.raw.len() > 60 { format!("{} bytes", f.raw.len()) } else { f.raw.escape_ascii().to_string() };
            if f.complete { body } else { format!("[{body}]") }
        };
        frames.iter().map(text).collect()
    }

    /// Each read is (silence before it in ms, bytes); silence is noticed as the reading thread does.
    fn run(config: &Config, reads: &[(u64, &[u8])]) -> Vec<String> {
        let (mut deframer, mut now, mut frames) = (Deframer::new(config.clone()), 1_000, Vec::new());
        for (gap, bytes) in reads {
            now += gap;
            frames.extend(deframer.tick(now));
            frames.extend(deframer.push(bytes, now));
        }
        frames.extend(deframer.tick(now + config.idle_ms));
        assert_eq!(deframer.deadline_ms(), None, "something is left after silence");
        shown(&frames)
    }

    #[track_caller]
    fn check(reads: &[(u64, &[u8])], expected: &[&str]) {
        assert_eq!(run(&Config::default(), reads), expected);
    }

    fn ends(text: Ends) -> Config {
        Config { ends: text, ..Config::default() }
    }

    #[test]
    fn marks() {
        check(&[(0, b"A-01\r")], &["A-01"]);
        check(&[(0, b"A-01\n")], &["A-01"]);
        check(&[(0, b"A-01\r\n")], &["A-01"]);
        check(&[(0, b"A-01\t")], &["A-01"]);
        check(&[(0, b"\x02A-01\x03")], &["A-01"]);
        check(&[(0, b"\x02A-01\x03\r\n")], &["A-01"]);
    }

    #[test]
    fn glued_and_split() {
        check(&[(0, b"]E09521234543213\r]C1010952123454321310L1\r")], &["]E09521234543213", "]C1010952123454321310L1"]);
        check(&[(0, b"]E0952"), (149, b"12345"), (149, b"43213\r")], &["]E09521234543213"]);
        check(&[(0, b"A\rB\nC\tD\r\nE\n\r")], &["A", "B", "C", "D", "E"]);
    }

    #[test]
    fn late_line_feed_is_no_scan() {
        check(&[(0, b"A\r"), (149, b"\n")], &["A"]);
        check(&[(0, b"A\r"), (5_000, b"\n"), (20, b"B\r"), (3_000, b"\n")], &["A", "B"]);
        let cr = ends(Ends { cr: true, ..Ends::NONE });
        assert_eq!(run(&cr, &[(0, b"A\r"), (900, b"\nB\r"), (0, b"\n")]), ["A", "B"]);
        assert_eq!(run(&cr, &[(0, b"A\nB\r")]), ["A\\nB"]);
    }

    #[test]
    fn empty_frames_are_dropped() {
        check(&[(0, b"\r\r\n\n\t\x02\x03")], &[]);
        check(&[(500, b""), (500, b"")], &[]);
    }

    #[test]
    fn silence_ends_what_nothing_closed() {
        check(&[(0, b"]E095212")], &["[]E095212]"]);
        check(&[(0, b"]E095212"), (150, b"34543213\r")], &["[]E095212]", "34543213"]);
        check(&[(0, b"]E095212"), (160, b"]E09521234543213\r")], &["[]E095212]", "]E09521234543213"]);
        check(&[(0, b"\x02A-01"), (200, b"\x03")], &["[A-01]"]);
    }

    #[test]
    fn what_stx_opened_is_closed_by_etx() {
        check(&[(0, b"\x02A-0\x02A-01\x03")], &["[A-0]", "A-01"]);
        check(&[(0, b"\x02A-01\r")], &["[A-01]"]);
        check(&[(0, b"A-01\x03")], &["[A-01]"]);
        let framed = ends(Ends { stx_etx: true, ..Ends::NONE });
        assert_eq!(run(&framed, &[(0, b"\x02A\rB\x03\r\n\x02C\x03\r\n")]), ["A\\rB", "C"]);
        assert_eq!(run(&framed, &[(0, b"stray\x02C\x03")]), ["[stray]", "C"]);
    }

    #[test]
    fn carriage_return_and_line_feed_only_together() {
        let both = ends(Ends { crlf: true, ..Ends::NONE });
        assert_eq!(run(&both, &[(0, b"A\rB\r\n"), (0, b"C\r"), (149, b"\nD\n\r\n")]), ["A\\rB", "C", "D\\n"]);
        assert_eq!(run(&both, &[(0, b"A\r"), (150, b"\nB\r\n")]), ["[A\\r]", "\\nB"]);
        let full = [b"x".repeat(512), b"\r\n".to_vec()].concat();
        assert_eq!(run(&both, &[(0, &full)]), ["512 bytes"]);
        let over = [b"x".repeat(600), b"\r\nA\r\n".to_vec()].concat();
        assert_eq!(run(&both, &[(0, &over)]), ["[513 bytes]", "A"]);
    }

    #[test]
    fn prefix_is_taken_off_and_missed() {
        let config = Config { prefix: Some(b"~#".to_vec()), ..Config::default() };
        assert_eq!(run(&config, &[(0, b"~#A-01\r#A-02\r~#\r~#~#B\r")]), ["A-01", "[#A-02]", "~#B"]);
        let full = [b"~#".to_vec(), b"x".repeat(512), b"\r".to_vec()].concat();
        assert_eq!(run(&config, &[(0, &full)]), ["512 bytes"]);
    }

    #[test]
    fn separators_and_identifiers_pass() {
        check(&[(0, b"]C1010952123454321310AB\x1d21SN1\x1d\r")], &["]C1010952123454321310AB\\x1d21SN1\\x1d"]);
        check(&[(0, b"]d2\x1d01\r")], &["]d2\\x1d01"]);
    }

    #[test]
    fn too_long_is_one_refused_scan() {
        let at_most = [b"x".repeat(512), b"\r".to_vec()].concat();
        check(&[(0, &at_most)], &["512 bytes"]);
        let one_more = [b"x".repeat(513), b"\rA\r".to_vec()].concat();
        check(&[(0, &one_more)], &["[513 bytes]", "A"]);
        check(&[(0, &b"x".repeat(5_000)), (0, b"\r"), (10, b"A\r")], &["[513 bytes]", "A"]);
        check(&[(0, &b"x".repeat(5_000)), (150, b"A\r")], &["[513 bytes]", "A"]);
        check(&[(0, b"\x02"), (0, &b"x".repeat(5_000)), (1, b"\x03A\r")], &["[513 bytes]", "A"]);
    }

    #[test]
    fn silence_closes_where_nothing_else_does() {
        let idle = ends(Ends { idle: true, ..Ends::NONE });
        assert_eq!(run(&idle, &[(0, b"A-0"), (149, b"1"), (150, b"A-02")]), ["A-01", "A-02"]);
        let both = ends(Ends { idle: true, ..Ends::default() });
        assert_eq!(run(&both, &[(0, b"A-01\rA-02"), (150, b"\x02A-03")]), ["A-01", "A-02", "[A-03]"]);
        // What is too long stays too long, and a line that goes away closes nothing.
        assert_eq!(run(&idle, &[(0, &[b'x'; 600])]), ["[513 bytes]"]);
        let mut deframer = Deframer::new(idle);
        deframer.push(b"A-01", 0);
        assert_eq!(shown(&deframer.flush(1).into_iter().collect::<Vec<_>>()), ["[A-01]"]);
    }

    #[test]
    fn noise_is_frames_like_any_other() {
        let noise: Vec<u8> = (0..=255).collect();
        // Cut at 02 (opens), 03 (closes 02: empty), 09, 0A, 0D.
        check(&[(0, &noise)], &["[\\x00\\x01]", "\\x04\\x05\\x06\\x07\\x08", "\\x0b\\x0c", "[242 bytes]"]);
        check(&[(0, b"\xff\xfe\x00\x80")], &["[\\xff\\xfe\\x00\\x80]"]);
    }

    #[test]
    fn bytes_read_late_came_in_time() {
        let mut deframer = Deframer::new(Config::default());
        assert_eq!(deframer.push(b"]E09521", 0), []);
        let frames = deframer.push(b"234543213\r", 10_000);
        assert_eq!(shown(&frames), ["]E09521234543213"]);
    }

    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let mark = prop::sample::select(b"\r\n\t\x02\x03\x1d~".to_vec());
        let run = (any::<u8>(), 0_usize..40).prop_map(|(b, n)| vec![b; n]);
        let part = prop_oneof![4 => mark.prop_map(|b| vec![b]), 4 => run, 1 => Just(vec![b'x'; 30]), 1 => Just(b"]E09521234543213\r".to_vec())];
        prop::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
    }

    fn config() -> impl Strategy<Value = Config> {
        let flags = any::<(bool, bool, bool, bool, bool)>();
        (flags, prop::option::of(Just(b"~".to_vec())), 1_usize..64).prop_map(
            |((cr, lf, crlf, tab, stx_etx), prefix, bytes_max)| Config {
                prefix,
                ends: Ends { cr, lf, crlf, tab, stx_etx, idle: cr == lf },
                bytes_max,
                ..Config::default()
            },
        )
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_frames(config in config(), bytes in bytes(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12)) {
            let once = run(&config, &[(0, &bytes)]);
            let mut at: Vec<usize> = cuts.iter().map(|c| c.index(bytes.len() + 1)).collect();
            at.extend([0, bytes.len()]);
            at.sort_unstable();
            let reads: Vec<(u64, &[u8])> = at.windows(2).map(|w| (7, &bytes[w[0]..w[1]])).collect();
            prop_assert_eq!(run(&config, &reads), once);
        }

        #[test]
        fn memory_and_frames_are_bounded(config in config(), bytes in bytes()) {
            let mut deframer = Deframer::new(config.clone());
            for byte in bytes {
                for frame in deframer.push(&[byte], 0) {
                    prop_assert!(!frame.raw.is_empty() && frame.raw.len() <= config.bytes_max + 1);
                }
                prop_assert!(deframer.held.len() <= config.bytes_max + 2);
            }
        }
    }
}
