//! What a reader is told about its scan: bytes of the maker's own commands, never ACK or NAK.
//!
//! The rule: feedback leaves within 100 ms of the end of a scan, *always*. So the source keeps a
//! pending answer for each scan that it delivers. The app answers through [`Answers`]; where nothing
//! has come by [`DEADLINE_MS`] the source says [`Signal::Attention`] by itself (the screen tells the
//! rest), or [`Signal::Bad`] for a frame that was not complete.
//!
//! One scan, one feedback: what was sent first stands, and an answer that comes later is dropped.
//! A second command would be taken for the answer to the next scan (a Honeywell reader in Host ACK
//! mode is released by any escape), and a good tone after a bad one would undo it in the ear.

use super::ssi;
use super::thread::Control;
use std::collections::VecDeque;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How long the app has to answer. 20 ms less than feedback may take, for the line and the thread.
pub const DEADLINE_MS: u64 = 80;
/// Scans that may wait for an answer; with more, the oldest is answered at once.
pub const PENDING_MAX: usize = 256;
/// Answers that may wait for the thread of the reader; a further one is dropped, and the deadline
/// answers in its place.
pub const SAID_MAX: usize = 1_024;

/// What a reader can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// The scan was accepted.
    Good,
    /// The scan was refused, or cannot be a code.
    Bad,
    /// Look at the screen.
    Attention,
    /// Read no more. Answers no scan.
    Disable,
    /// Read again. Answers no scan.
    Enable,
}

impl Signal {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Good, Self::Bad, Self::Attention, Self::Disable, Self::Enable];

    /// Whether it answers a scan.
    #[must_use]
    pub fn is_answer(self) -> bool {
        matches!(self, Self::Good | Self::Bad | Self::Attention)
    }
}

/// How a maker's readers are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// Not at all: the screen, the sound and the lamp say it.
    #[default]
    None,
    /// Honeywell with "Host ACK" on: silent and suspended until an escape comes, or 10 s.
    HoneywellHostAck,
    /// Zebra by packets of the Simple Serial Interface.
    ZebraSsi,
    /// Zebra with "Beep on BEL" on. The reader has beeped for the read; BEL says that something is
    /// wrong. One tone cannot say both.
    ZebraBel,
    /// Datalogic Gryphon and its kin: DC2, escape sequence, CR.
    DatalogicEsc,
    /// Datalogic QD2300 and its kin: single letters. It has one tone: once is good, twice look,
    /// three times bad (01 sounds also where the tone is switched off).
    DatalogicQd,
}

impl Profile {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::None, Self::HoneywellHostAck, Self::ZebraSsi, Self::ZebraBel, Self::DatalogicEsc, Self::DatalogicQd];

    /// The name in settings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::HoneywellHostAck => "honeywell-hostack",
            Self::ZebraSsi => "zebra-ssi",
            Self::ZebraBel => "zebra-bel",
            Self::DatalogicEsc => "datalogic-esc",
            Self::DatalogicQd => "datalogic-qd",
        }
    }

    /// The bytes that say it, as the makers' manuals have them; empty where a reader has no such
    /// command.
    #[must_use]
    pub fn bytes(self, signal: Signal) -> Vec<u8> {
        use Signal::{Attention, Bad, Disable, Enable, Good};
        let bytes: &[u8] = match (self, signal) {
            // ESC 7: read and sent well, ESC 8: error tone, ESC 5: one beep of middle pitch; the
            // comma ends a command.
            (Self::HoneywellHostAck, Good) => b"\x1b7,",
            (Self::HoneywellHostAck, Bad) => b"\x1b8,",
            (Self::HoneywellHostAck, Attention) => b"\x1b5,",
            (Self::ZebraSsi, Good) => return ssi::beep(ssi::BEEP_GOOD),
            (Self::ZebraSsi, Bad) => return ssi::beep(ssi::BEEP_BAD),
            (Self::ZebraSsi, Attention) => return ssi::beep(ssi::BEEP_ATTENTION),
            (Self::ZebraSsi, Disable) => return ssi::scan_disable(),
            (Self::ZebraSsi, Enable) => return ssi::scan_enable(),
            (Self::ZebraBel, Bad | Attention) => b"\x07",
            // 3: good read tone, 4: bad transmission tone, 1: short low tone.
            (Self::DatalogicEsc, Good) => b"\x12\x1b[3q\r",
            (Self::DatalogicEsc, Bad) => b"\x12\x1b[4q\r",
            (Self::DatalogicEsc, Attention) => b"\x12\x1b[1q\r",
            (Self::DatalogicQd, Good) => b"B",
            (Self::DatalogicQd, Attention) => b"\x01\x01",
            (Self::DatalogicQd, Bad) => b"\x01\x01\x01",
            (Self::DatalogicQd, Disable) => b"D",
            (Self::DatalogicQd, Enable) => b"E",
            (Self::None, _) | (Self::ZebraBel, Good) => b"",
            (Self::HoneywellHostAck | Self::ZebraBel | Self::DatalogicEsc, Disable | Enable) => b"",
        };
        bytes.to_vec()
    }
}

/// A feedback profile that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such feedback profile")]
pub struct UnknownProfile;

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(text: &str) -> Result<Self, UnknownProfile> {
        Self::ALL.into_iter().find(|profile| profile.as_str() == text).ok_or(UnknownProfile)
    }
}

/// The scans that have no answer yet, oldest first. Pure: times come in.
#[derive(Debug, Clone, Default)]
pub struct Pending {
    scans: VecDeque<Scan>,
}

#[derive(Debug, Clone, Copy)]
struct Scan {
    number: u64,
    complete: bool,
    at_ms: u64,
}

impl Scan {
    fn unanswered(self) -> Signal {
        if self.complete { Signal::Attention } else { Signal::Bad }
    }
}

impl Pending {
    /// A scan that ended at `at_ms` waits for its answer. Gives what to say at once, for the oldest,
    /// where [`PENDING_MAX`] wait already.
    pub fn scan(&mut self, number: u64, complete: bool, at_ms: u64) -> Option<Signal> {
        self.scans.push_back(Scan { number, complete, at_ms });
        if self.scans.len() <= PENDING_MAX {
            return None;
        }
        self.scans.pop_front().map(Scan::unanswered)
    }

    /// What to send for an answer; `None`: it is late, or was never asked for. [`Signal::Disable`]
    /// and [`Signal::Enable`] pass, and answer nothing.
    pub fn answer(&mut self, number: u64, signal: Signal) -> Option<Signal> {
        if !signal.is_answer() {
            return Some(signal);
        }
        let at = self.scans.iter().position(|scan| scan.number == number)?;
        self.scans.remove(at).map(|_| signal)
    }

    /// What to send because no answer has come in time.
    pub fn due(&mut self, now_ms: u64) -> Vec<Signal> {
        let mut out = Vec::new();
        while self.deadline_ms().is_some_and(|at| at <= now_ms) {
            out.extend(self.scans.pop_front().map(Scan::unanswered));
        }
        out
    }

    /// When [`Self::due`] has something to say.
    #[must_use]
    pub fn deadline_ms(&self) -> Option<u64> {
        self.scans.front().map(|scan| scan.at_ms.saturating_add(DEADLINE_MS))
    }
}

/// Tells readers how their scans went.
pub trait Feedback: Send + Sync {
    /// Answers the scan `number`; the first answer counts. Never blocks.
    fn answer(&self, number: u64, signal: Signal);

    /// Lets the reader read, or not, where it has a command for that. Never blocks.
    fn switch(&self, on: bool);
}

/// The way from the app to one reader: cheap to clone, good for as long as the reader is, and
/// harmless after.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug, Default)]
struct Shared {
    said: Vec<(u64, Signal)>,
    control: Option<Arc<Control>>,
    number: u64,
}

impl Answers {
    /// The way back for one scan, to go along with it.
    #[must_use]
    pub fn reply(&self, number: u64) -> Reply {
        Reply { answers: self.clone(), number }
    }

    /// A thread listens from now on; `None`: none does.
    pub(super) fn listen(&self, control: Option<Arc<Control>>) {
        let mut shared = self.lock();
        shared.said.clear();
        shared.control = control;
    }

    /// What was said since the last call.
    pub(super) fn take(&self) -> Vec<(u64, Signal)> {
        std::mem::take(&mut self.lock().said)
    }

    /// The number of the next scan.
    pub(super) fn next_number(&self) -> u64 {
        let mut shared = self.lock();
        shared.number = shared.number.saturating_add(1);
        shared.number
    }

    fn say(&self, number: u64, signal: Signal) {
        let mut shared = self.lock();
        let Some(control) = shared.control.clone() else { return };
        if shared.said.len() >= SAID_MAX {
            return tracing::warn!(number, ?signal, "answers come faster than the reader's thread takes them");
        }
        shared.said.push((number, signal));
        control.wake();
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Feedback for Answers {
    fn answer(&self, number: u64, signal: Signal) {
        self.say(number, signal);
    }

    fn switch(&self, on: bool) {
        self.say(0, if on { Signal::Enable } else { Signal::Disable });
    }
}

/// The way back for one scan.
#[derive(Debug, Clone)]
pub struct Reply {
    answers: Answers,
    number: u64,
}

impl Reply {
    /// Answers the scan. Not answering is safe: the deadline does it.
    pub fn send(&self, signal: Signal) {
        self.answers.answer(self.number, signal);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(profile: Profile, expected: [&str; 5]) {
        let shown = Signal::ALL
            .map(|signal| profile.bytes(signal).iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(" "));
        assert_eq!(shown, expected, "{}", profile.as_str());
    }

    #[test]
    fn case_55_and_the_other_makers() {
        check(Profile::None, ["", "", "", "", ""]);
        check(Profile::HoneywellHostAck, ["1B 37 2C", "1B 38 2C", "1B 35 2C", "", ""]);
        check(
            Profile::ZebraSsi,
            [
                "05 E6 04 00 00 FF 11",
                "05 E6 04 00 11 FF 00",
                "05 E6 04 00 06 FF 0B",
                "04 EA 04 00 FF 0E",
                "04 E9 04 00 FF 0F",
            ],
        );
        check(Profile::ZebraBel, ["", "07", "07", "", ""]);
        check(Profile::DatalogicEsc, ["12 1B 5B 33 71 0D", "12 1B 5B 34 71 0D", "12 1B 5B 31 71 0D", "", ""]);
        check(Profile::DatalogicQd, ["42", "01 01 01", "01 01", "44", "45"]);
    }

    #[test]
    fn names() {
        for profile in Profile::ALL {
            assert_eq!(profile.as_str().parse(), Ok(profile));
            let bytes = |signal| profile.bytes(signal);
            assert!(profile == Profile::None || bytes(Signal::Good) != bytes(Signal::Bad), "{profile:?}");
        }
        assert_eq!("honeywell".parse::<Profile>(), Err(UnknownProfile));
    }

    #[test]
    fn answered_in_time() {
        let mut pending = Pending::default();
        assert_eq!(pending.scan(1, true, 1_000), None);
        assert_eq!(pending.scan(2, true, 1_010), None);
        assert_eq!(pending.deadline_ms(), Some(1_080));
        // In any order.
        assert_eq!(pending.answer(2, Signal::Bad), Some(Signal::Bad));
        assert_eq!(pending.answer(1, Signal::Good), Some(Signal::Good));
        assert_eq!(pending.deadline_ms(), None);
        assert_eq!(pending.due(u64::MAX), []);
    }

    #[test]
    fn the_deadline_answers_and_a_late_answer_is_dropped() {
        let mut pending = Pending::default();
        pending.scan(1, true, 1_000);
        pending.scan(2, false, 1_005);
        assert_eq!(pending.due(1_079), []);
        assert_eq!(pending.due(1_080), [Signal::Attention]);
        assert_eq!(pending.due(1_085), [Signal::Bad]);
        for signal in [Signal::Good, Signal::Bad, Signal::Attention] {
            assert_eq!(pending.answer(1, signal), None);
            assert_eq!(pending.answer(2, signal), None);
        }
    }

    #[test]
    fn a_switch_answers_nothing() {
        let mut pending = Pending::default();
        pending.scan(1, true, 0);
        assert_eq!(pending.answer(1, Signal::Disable), Some(Signal::Disable));
        assert_eq!(pending.answer(7, Signal::Enable), Some(Signal::Enable));
        assert_eq!(pending.answer(1, Signal::Good), Some(Signal::Good));
    }

    #[test]
    fn nobody_listens() {
        let answers = Answers::default();
        answers.reply(1).send(Signal::Good);
        answers.switch(false);
        assert_eq!(answers.take(), []);
        assert_eq!((answers.next_number(), answers.clone().next_number()), (1, 2));
    }

    proptest! {
        /// Whatever is answered when: each scan is answered exactly once, and none waits too long.
        #[test]
        fn one_scan_one_feedback(steps in prop::collection::vec((0_u64..60, 0_u64..400, any::<bool>(), 0_usize..3), 0..900)) {
            let (mut pending, mut now, mut scans, mut answers) = (Pending::default(), 0, 0_u64, 0_u64);
            for (gap, number, complete, what) in steps {
                // A gap of 0 for most, so that the bound is met.
                now += gap.saturating_sub(50);
                let due = pending.due(now);
                answers += due.len() as u64;
                if what == 0 {
                    answers += u64::from(pending.answer(number, Signal::Good).is_some());
                } else {
                    scans += 1;
                    answers += u64::from(pending.scan(scans, complete, now).is_some());
                }
                prop_assert!(pending.scans.len() <= PENDING_MAX);
                prop_assert!(pending.deadline_ms().is_none_or(|at| at > now));
            }
            answers += pending.due(u64::MAX).len() as u64;
            prop_assert_eq!(answers, scans);
        }
    }
}
