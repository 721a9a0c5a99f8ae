//! One weighing: what to ask when, and when a weight counts. Pure: bytes and times come in, bytes and
//! events go out.

use super::codec::{Parser, Reply, Request};
use super::config::Config;
use super::weight::Weight;
use super::{NotWeighed, Reading, ScaleEvent};

/// Time between an answer and the next question.
pub const ASK_EVERY_MS: u64 = 200;
/// How long an answer is waited for before the question is put again.
pub const REPLY_WAIT_MS: u64 = 500;
/// So many questions without an answer, one after the other: the scale is silent.
pub const SILENT_MAX: u8 = 3;

/// What the owner of the line is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Write these bytes.
    Send(&'static [u8]),
    /// Say this.
    Emit(ScaleEvent),
}

/// A scale between questions, or in the middle of one.
#[derive(Debug, Clone)]
pub struct Session {
    question: Option<&'static [u8]>,
    wait_ms: u64,
    parser: Parser,
    weighing: Option<Weighing>,
}

#[derive(Debug, Clone)]
struct Weighing {
    ask: u64,
    until_ms: u64,
    /// When the question is put again: for want of an answer, or for the next reading.
    due_ms: u64,
    awaiting: bool,
    silent: u8,
    last: Option<Reading>,
    candidate: Option<(Weight, bool)>,
    /// Why there is no reading at all.
    odd: NotWeighed,
}

impl Session {
    /// With nothing asked.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        Session {
            question: config.protocol.request(Request::Weigh),
            wait_ms: config.wait_ms,
            parser: Parser::new(config.protocol, config.unit),
            weighing: None,
        }
    }

    /// Begins to weigh; a weighing under way ends without a word.
    pub fn weigh(&mut self, ask: u64, now_ms: u64) -> Vec<Action> {
        self.weighing = Some(Weighing {
            ask,
            until_ms: now_ms.saturating_add(self.wait_ms),
            due_ms: now_ms,
            awaiting: false,
            silent: 0,
            last: None,
            candidate: None,
            odd: NotWeighed::Silent,
        });
        self.tick(now_ms)
    }

    /// Ends a weighing without a word.
    pub fn cancel(&mut self) {
        self.weighing = None;
    }

    /// The line has gone.
    pub fn lost(&mut self) -> Vec<Action> {
        self.weighing.take().map(|weighing| weighing.fails(NotWeighed::Absent)).into_iter().collect()
    }

    /// When [`Session::tick`] is due; `None`: nobody weighs.
    #[must_use]
    pub fn deadline_ms(&self) -> Option<u64> {
        self.weighing.as_ref().map(|weighing| weighing.due_ms.min(weighing.until_ms))
    }

    /// Time has passed.
    pub fn tick(&mut self, now_ms: u64) -> Vec<Action> {
        let Some(mut weighing) = self.weighing.take() else { return Vec::new() };
        if now_ms >= weighing.until_ms {
            let reason = weighing.reason();
            return vec![weighing.fails(reason)];
        }
        if now_ms < weighing.due_ms {
            self.weighing = Some(weighing);
            return Vec::new();
        }
        if weighing.awaiting {
            weighing.silent += 1;
            weighing.candidate = None;
            if weighing.silent >= SILENT_MAX {
                let reason = weighing.odd;
                return vec![weighing.fails(reason)];
            }
        }
        weighing.awaiting = true;
        weighing.due_ms = now_ms.saturating_add(REPLY_WAIT_MS);
        self.weighing = Some(weighing);
        self.parser.clear();
        self.question.map(Action::Send).into_iter().collect()
    }

    /// Bytes have come.
    pub fn bytes(&mut self, bytes: &[u8], now_ms: u64) -> Vec<Action> {
        let mut actions = Vec::new();
        for reply in self.parser.push(bytes) {
            let Some(weighing) = &mut self.weighing else { continue };
            match reply {
                // One answer to each question: a late one is not a second.
                Reply::Reading(reading) if weighing.awaiting => {
                    weighing.awaiting = false;
                    weighing.silent = 0;
                    weighing.due_ms = now_ms.saturating_add(ASK_EVERY_MS);
                    actions.extend(weighing.reading(reading).map(Action::Emit));
                    let counts = reading.countable().map(|weight| (weight, reading.net));
                    if counts.is_some() && counts == weighing.candidate {
                        let (ask, net) = (weighing.ask, reading.net);
                        actions.extend(
                            reading.weight.map(|weight| Action::Emit(ScaleEvent::Weighed { ask, weight, net })),
                        );
                        self.weighing = None;
                    } else {
                        weighing.candidate = counts;
                    }
                }
                // Asked again when the answer is overdue: a garbled line is not flooded.
                Reply::Noise => (weighing.odd, weighing.candidate) = (NotWeighed::Noise, None),
                Reply::Refused => (weighing.odd, weighing.candidate) = (NotWeighed::Refused, None),
                Reply::Reading(_) | Reply::Done => {}
            }
        }
        actions
    }
}

impl Weighing {
    fn reading(&mut self, reading: Reading) -> Option<ScaleEvent> {
        let changed = self.last.replace(reading) != Some(reading);
        changed.then_some(ScaleEvent::Reading { ask: self.ask, reading })
    }

    fn fails(&self, reason: NotWeighed) -> Action {
        Action::Emit(ScaleEvent::NotWeighed { ask: self.ask, reason })
    }

    /// Why no reading counted.
    fn reason(&self) -> NotWeighed {
        let Some(reading) = self.last else { return self.odd };
        if reading.fault {
            NotWeighed::Fault
        } else if reading.over {
            NotWeighed::Over
        } else if reading.zero_lost {
            NotWeighed::ZeroLost
        } else if reading.under || reading.weight.is_some_and(|weight| weight.digits < 0) {
            NotWeighed::Under
        } else if reading.motion {
            NotWeighed::Motion
        } else if reading.zero || reading.weight.is_none_or(|weight| weight.digits == 0) {
            NotWeighed::Empty
        } else if reading.weight.is_some_and(|weight| weight.unit.is_none()) {
            NotWeighed::UnitUnknown
        } else {
            NotWeighed::Motion
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::codec::Protocol;
    use super::super::weight::Unit;
    use super::*;

    /// A scale that answers the questions in turn, at once (`""`: not at all), and repeats its last
    /// answer; what it came to, how many questions it took, and when.
    fn check(
        protocol: Protocol,
        unit: Option<Unit>,
        answers: &[&str],
        expected: Result<i64, NotWeighed>,
        asked: usize,
    ) {
        let config = Config { unit, ..Config::new("/dev/null", protocol) };
        let mut session = Session::new(&config);
        let mut now_ms = 1_000_000;
        let mut actions = session.weigh(7, now_ms);
        let (mut sent, mut result) = (0, None);
        while result.is_none() {
            let mut next = Vec::new();
            for action in actions {
                match action {
                    Action::Send(bytes) => {
                        assert_eq!(Some(bytes), protocol.request(Request::Weigh));
                        let answer = answers[sent.min(answers.len() - 1)];
                        sent += 1;
                        next.extend(session.bytes(answer.as_bytes(), now_ms));
                    }
                    Action::Emit(ScaleEvent::Weighed { ask: 7, weight, .. }) => {
                        result = Some(Ok(weight.grams().unwrap()))
                    }
                    Action::Emit(ScaleEvent::NotWeighed { ask: 7, reason }) => result = Some(Err(reason)),
                    Action::Emit(ScaleEvent::Reading { ask: 7, .. }) => {}
                    Action::Emit(other) => panic!("{other:?}"),
                }
            }
            actions = next;
            if let (None, true, Some(at)) = (result, actions.is_empty(), session.deadline_ms()) {
                now_ms = at;
                actions = session.tick(now_ms);
            }
            assert!(now_ms <= 1_000_000 + config.wait_ms);
        }
        assert_eq!((result, sent), (Some(expected), asked), "{answers:?}");
        assert_eq!(session.deadline_ms(), None);
        assert_eq!(session.bytes(b"\x02 1.000\r\x02 1.000\r", now_ms), []);
    }

    #[test]
    fn a_weight_counts_when_stable_twice_equal_and_of_known_unit() {
        use NotWeighed::{Empty, Fault, Motion, Noise, Over, Refused, Silent, Under, UnitUnknown, ZeroLost};
        let (toledo, nci, sics) = (Protocol::Toledo8217, Protocol::Nci, Protocol::MtSics);
        let kg = Some(Unit::Kilogram);
        check(toledo, kg, &["\x02 1.234\r"], Ok(1_234), 2);
        check(toledo, kg, &["\x02?A\r", "\x02?A\r", "\x02 1.234\r"], Ok(1_234), 4);
        check(toledo, kg, &["\x02 1.230\r", "\x02 1.234\r", "\x02?A\r", "\x02 1.234\r"], Ok(1_234), 5);
        // Equal, but the one is net.
        check(toledo, kg, &["\x02 1.2\r", "\x02 1.2N\r"], Ok(1_200), 3);
        // Two answers to one question count as one.
        check(toledo, kg, &["\x02 1.234\r\x02 1.234\r", "\x02 1.235\r"], Ok(1_235), 3);
        check(toledo, None, &["\x02 1.234\r"], Err(UnitUnknown), 25);
        check(toledo, kg, &["\x02?P\r"], Err(Empty), 25);
        check(toledo, kg, &["\x02?A\r"], Err(Motion), 25);
        check(toledo, kg, &["\x02?B\r"], Err(Over), 25);
        check(toledo, kg, &["\x02?D\r"], Err(Under), 25);
        check(toledo, kg, &["\x02?H\r"], Err(ZeroLost), 25);
        check(toledo, kg, &[""], Err(Silent), 3);
        check(toledo, kg, &["\x02 1.2"], Err(Silent), 3);
        check(toledo, kg, &["garbage"], Err(Noise), 3);
        check(toledo, kg, &["", "", "\x02 1.234\r", "", "\x02 1.234\r"], Ok(1_234), 6);
        check(nci, None, &["\n0001.23kg\r\n00\r\x03"], Ok(1_230), 2);
        check(nci, None, &["\n40\r\x03"], Err(Fault), 25);
        check(nci, None, &["\n?\r\x03"], Err(Refused), 3);
        check(nci, kg, &["\n1.23st\r\n00\r\x03"], Err(UnitUnknown), 25);
        check(nci, None, &["\n0.00kg\r\n00\r\x03"], Err(Empty), 25);
        check(sics, None, &["S D 99.00 g\r\n", "S S 100.00 g\r\n"], Ok(100), 3);
        check(sics, None, &["S S -5.00 g\r\n"], Err(Under), 25);
        check(sics, None, &["S I\r\n", "S S 100.00 g\r\n"], Ok(100), 3);
    }

    #[test]
    fn readings_are_said_when_they_change_and_a_lost_line_ends_it() {
        let config = Config::new("/dev/null", Protocol::Nci);
        let mut session = Session::new(&config);
        assert_eq!(session.weigh(1, 0), [Action::Send(b"W\r")]);
        assert_eq!(session.weigh(2, 10), [Action::Send(b"W\r")], "the latest wins");
        let moving = Reading { motion: true, ..Reading::default() };
        assert_eq!(session.bytes(b"\n10\r\x03", 20), [Action::Emit(ScaleEvent::Reading { ask: 2, reading: moving })]);
        assert_eq!(session.deadline_ms(), Some(220));
        assert_eq!(session.tick(219), []);
        assert_eq!(session.tick(220), [Action::Send(b"W\r")]);
        assert_eq!(session.bytes(b"\n10\r\x03", 230), []);
        let absent = ScaleEvent::NotWeighed { ask: 2, reason: NotWeighed::Absent };
        assert_eq!(session.lost(), [Action::Emit(absent)]);
        assert_eq!(session.lost(), []);
        session.weigh(3, 300);
        session.cancel();
        assert_eq!((session.deadline_ms(), session.tick(9_000)), (None, Vec::new()));
    }
}
