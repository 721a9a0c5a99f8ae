//! What readers are told, over real ptys: the bytes of each profile, once for each scan and in time;
//! and packets of the Simple Serial Interface.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "device/line.rs"]
mod line;

use floorhand::device::scanner::feedback::{Answers, Feedback, Profile, Signal};
use floorhand::device::scanner::{ScannerEvent, ScannerSource, ssi};
use line::{Line, PATIENCE, shown, write};
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

/// Profiles whose codes are text between marks.
const PLAIN: [Profile; 4] = [Profile::HoneywellHostAck, Profile::ZebraBel, Profile::DatalogicEsc, Profile::DatalogicQd];

/// Scans until an answer was in time, and that is the first on any machine that is not stuck. A late
/// one is not heard: then it was "look at the screen", once.
#[track_caller]
fn answered(line: &Line, profile: Profile, signal: Signal) {
    let answers = line.source.answers();
    for _ in 0..20 {
        line.write(b"A-01\r");
        let number = line.number();
        answers.answer(number, signal);
        // One scan, one feedback.
        answers.answer(number, Signal::Attention);
        match line.heard(250) {
            heard if heard == profile.bytes(signal) => return,
            heard => assert_eq!(shown(&heard), shown(&profile.bytes(Signal::Attention))),
        }
    }
    panic!("no answer was in time");
}

#[test]
fn the_reader_hears_the_answer_once() {
    for profile in PLAIN {
        let line = Line::told(profile);
        answered(&line, profile, Signal::Good);
        answered(&line, profile, Signal::Bad);
    }
}

#[test]
fn without_a_profile_nothing_is_said() {
    let line = Line::new();
    line.write(b"A-01\r");
    line.source.answers().answer(line.number(), Signal::Good);
    line.source.answers().switch(false);
    line.hears(b"");
}

#[test]
fn case_55_a_scan_that_nobody_answers_is_answered() {
    for profile in PLAIN {
        let line = Line::told(profile);
        line.write(b"A-01\r");
        line.hears(&profile.bytes(Signal::Attention));
        let late = line.number();
        line.source.answers().answer(late, Signal::Good);
        line.hears(b"");
        // Half a code cannot be good.
        line.write(b"A-0");
        line.hears(&profile.bytes(Signal::Bad));
    }
}

#[test]
fn a_receiver_that_takes_nothing_holds_up_no_feedback() {
    let mut line = Line::unplugged_with(",feedback=honeywell-hostack");
    line.plug();
    let (send, events) = sync_channel(1);
    line.source.start(Box::new(move |event| drop(send.send(event)))).unwrap();
    assert!(matches!(events.recv_timeout(PATIENCE).unwrap(), ScannerEvent::Attached { .. }));
    for _ in 0..5 {
        line.write(b"A-01\r");
        line.hears(&Profile::HoneywellHostAck.bytes(Signal::Attention));
    }
    for expected in 1..=5 {
        let ScannerEvent::Scan { number, .. } = events.recv_timeout(PATIENCE).unwrap() else { panic!() };
        assert_eq!(number, expected);
    }
}

#[test]
fn a_reader_that_listens_to_nothing_holds_up_no_code() {
    const CODES: u64 = 20_000;
    let line = Line::told(Profile::DatalogicEsc);
    let answers = line.source.answers();
    std::thread::scope(|scope| {
        // Never reads what it is told: 120 kB, more than any pty keeps.
        scope.spawn(|| (0..CODES).for_each(|n| write(line.master.as_ref().unwrap(), format!("{n:06}\r").as_bytes())));
        for expected in 0..CODES {
            let ScannerEvent::Scan { raw, number, .. } = line.events.recv_timeout(PATIENCE).unwrap() else { panic!() };
            assert_eq!(raw, format!("{expected:06}").into_bytes());
            answers.answer(number, Signal::Good);
        }
    });
}

/// What was said, as signals; panics on anything else.
fn signals(profile: Profile, heard: &[u8]) -> Vec<Signal> {
    let (mut left, mut said) = (heard, Vec::new());
    'next: while !left.is_empty() {
        // Longer ones first: one may begin with another.
        for signal in [Signal::Bad, Signal::Attention, Signal::Good] {
            let bytes = profile.bytes(signal);
            if !bytes.is_empty() && left.starts_with(&bytes) {
                left = &left[bytes.len()..];
                said.push(signal);
                continue 'next;
            }
        }
        panic!("{} is left of {}", shown(left), shown(heard));
    }
    said
}

/// 200 codes in two seconds, each delivered once and answered once, in time or by the deadline.
fn fast(profile: Profile, answer: Signal, code: impl Fn(u64) -> Vec<u8>, expected: impl Fn(u64) -> String) {
    let line = Line::told(profile);
    let answers = line.source.answers();
    let mut heard = Vec::new();
    let started = Instant::now();
    for n in 0..200 {
        line.write(&code(n));
        let due = Duration::from_millis(n * 10);
        std::thread::sleep(due.saturating_sub(started.elapsed()));
        for event in line.events.try_iter().collect::<Vec<_>>() {
            check_scan(event, &answers, answer, &expected);
        }
        heard.extend(line.heard(0));
    }
    while let Ok(event) = line.events.recv_timeout(Duration::from_millis(500)) {
        check_scan(event, &answers, answer, &expected);
    }
    heard.extend(line.heard(300));
    let ack = ssi::ack();
    let acks = heard.windows(ack.len()).filter(|window| *window == ack).count();
    if profile == Profile::ZebraSsi {
        assert_eq!(acks, 200);
        let mut kept = Vec::new();
        while !heard.is_empty() {
            let packet: Vec<u8> = heard.drain(..usize::from(heard[0]) + 2).collect();
            if packet != ack {
                kept.extend(packet);
            }
        }
        heard = kept;
    }
    let said = signals(profile, &heard);
    assert_eq!(said.len(), 200, "{}", profile.as_str());
    // Where one tone says both, the deadline cannot be told from the answer.
    assert!(said.iter().all(|signal| *signal == answer || *signal == Signal::Attention), "{said:?}");
}

#[track_caller]
fn check_scan(event: ScannerEvent, answers: &Answers, answer: Signal, expected: impl Fn(u64) -> String) {
    let ScannerEvent::Scan { raw, complete: true, number, .. } = event else { panic!("{event:?}") };
    assert_eq!(String::from_utf8(raw).unwrap(), expected(number - 1));
    answers.answer(number, answer);
}

#[test]
fn two_hundred_codes_in_two_seconds_are_each_answered_once() {
    let plain = |n: u64| format!("]C1{n:08}\r").into_bytes();
    let packed = |n: u64| decode_data(0, format!("\x0F{n:08}").as_bytes());
    let expected = |n: u64| format!("]C1{n:08}");
    std::thread::scope(|scope| {
        for (profile, answer) in PLAIN.into_iter().zip([Signal::Good, Signal::Bad, Signal::Good, Signal::Good]) {
            scope.spawn(move || fast(profile, answer, plain, expected));
        }
        scope.spawn(move || fast(Profile::ZebraSsi, Signal::Good, packed, expected));
    });
}

#[test]
fn each_piece_of_noise_has_an_answer() {
    let line = Line::told(Profile::HoneywellHostAck);
    let noise: Vec<u8> = (0..3_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    line.write(&noise);
    let mut scans = 0;
    while let Ok(event) = line.events.recv_timeout(Duration::from_millis(600)) {
        assert!(matches!(event, ScannerEvent::Scan { .. }));
        scans += 1;
    }
    assert!(scans > 0);
    assert_eq!(signals(Profile::HoneywellHostAck, &line.heard(300)).len(), scans);
}

#[test]
fn an_answer_for_a_line_that_is_gone_is_not_sent_on_the_next() {
    let mut line = Line::told(Profile::HoneywellHostAck);
    let answers = line.source.answers();
    line.write(b"A-01\r");
    let number = line.number();
    line.unplug();
    assert!(matches!(line.next(), ScannerEvent::Lost { .. }));
    answers.answer(number, Signal::Good);
    line.plug();
    assert!(matches!(line.next(), ScannerEvent::Attached { .. }));
    answers.answer(number, Signal::Good);
    line.hears(b"");
    line.write(b"A-02\r");
    let next = line.number();
    assert!(next > number);
    answers.reply(next).send(Signal::Bad);
    assert_eq!(signals(Profile::HoneywellHostAck, &line.heard(250)).len(), 1);
    // Nor after a stop.
    line.source.stop();
    answers.answer(next, Signal::Good);
    line.start();
    line.hears(b"");
}

#[test]
fn a_reader_is_switched_off_and_on() {
    let line = Line::told(Profile::DatalogicQd);
    let answers = line.source.answers();
    answers.switch(false);
    line.hears(b"D");
    answers.switch(true);
    line.hears(b"E");
}

/// A packet of a reader with a code: status, then type and text.
fn decode_data(status: u8, data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![4 + data.len() as u8, 0xF3, 0, status];
    bytes.extend_from_slice(data);
    let sum: u16 = bytes.iter().map(|byte| u16::from(*byte)).sum();
    bytes.extend_from_slice(&0_u16.wrapping_sub(sum).to_be_bytes());
    bytes
}

#[test]
fn case_54_packets() {
    let line = Line::with(",protocol=ssi");
    let answers = line.source.answers();
    let packet = decode_data(0, b"\x03A-01");
    line.check(&[&packet[..3], &packet[3..]], &["]C0A-01"]);
    // Acknowledged; nobody has answered within the deadline.
    line.hears(&[ssi::ack(), ssi::beep(ssi::BEEP_ATTENTION)].concat());
    line.write(&[decode_data(2, b"\x0F010952123454"), decode_data(0, b"\x0F3213")].concat());
    assert_eq!(line.scan(), "]C10109521234543213");
    line.hears(b"\x04\xD0\x04\x00\xFF\x28\x04\xD0\x04\x00\xFF\x28\x05\xE6\x04\x00\x06\xFF\x0B");
    answers.switch(false);
    line.hears(&ssi::scan_disable());
}

#[test]
fn a_broken_packet_is_asked_for_twice_and_reported() {
    let line = Line::with(",protocol=ssi");
    let mut packet = decode_data(0, b"\x03A-01");
    packet[6] ^= 1;
    for _ in 0..2 {
        line.write(&packet);
        line.hears(&ssi::nak(ssi::NAK_RESEND));
    }
    line.write(&packet);
    let ScannerEvent::Scan { raw, complete: false, .. } = line.next() else { panic!() };
    assert_eq!(raw, packet);
    line.hears(&ssi::beep(ssi::BEEP_BAD));
    line.write(&decode_data(1, b"\x03A-01"));
    assert_eq!(line.scan(), "]C0A-01");
}

#[test]
fn a_reader_that_sleeps_is_woken_first() {
    let line = Line::with(",protocol=ssi,wake=yes");
    let answers = line.source.answers();
    answers.switch(true);
    answers.switch(false);
    // Once, before the first.
    line.hears(&[vec![ssi::WAKEUP], ssi::scan_enable(), ssi::scan_disable()].concat());
}

#[test]
fn a_stop_leaves_no_reader_waiting() {
    let mut line = Line::told(Profile::HoneywellHostAck);
    line.write(b"A-01\r");
    line.number();
    line.source.stop();
    line.hears(b"\x1b5,");
}
