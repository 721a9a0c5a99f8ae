//! A reader on a pty and the real programs behind it: the core over HTTP, the app under Xvfb. What
//! the reader sends reaches the log exactly once, and what it hears are the bytes of its maker.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stderr)]

#[path = "reader/answers.rs"]
mod answers;
#[path = "reader/floor.rs"]
mod floor;
#[path = "reader/wire.rs"]
mod wire;

use answers::{Maker, Said, packet};
use anyhow::{Context, Result, ensure};
use floor::{Floor, play};
use floorhand::store::DB_FILE;
use floorhand_demo::robot::{LogEntry, SOON, as_sent, wait_for};
use std::time::{Duration, Instant};

/// Codes of the burst, and the time between two of them: all in two seconds.
const CODES: usize = 200;
const PACE: Duration = Duration::from_millis(10);
/// Codes that are sent at once before a kill, so that some are read and not yet written down.
const CROWD: usize = 30;

#[test]
fn case_60_and_a_burst_honeywell_hostack() {
    play(Maker::HostAck, whole);
}

#[test]
fn case_60_and_a_burst_zebra_ssi() {
    play(Maker::Ssi, whole);
}

#[test]
fn case_60_and_a_burst_zebra_bel() {
    play(Maker::Bel, whole);
}

#[test]
fn case_60_and_a_burst_datalogic_esc() {
    play(Maker::Gryphon, whole);
}

#[test]
fn case_60_and_a_burst_without_feedback() {
    play(Maker::Nobody, whole);
}

fn whole(floor: &mut Floor) -> Result<()> {
    floor.until("pick.item")?;
    floor.hears(Said::Good, |floor| floor.shelf.clone()).context("an accepted code")?;
    floor.hears(Said::Bad, Floor::unknown).context("a refused code")?;
    framing(floor).context("framing")?;
    what_is_no_code(floor).context("what is no code")?;
    gone_and_back(floor).context("gone and back")?;
    burst(floor).context("200 codes")?;
    floor.refusals_are_facts()
}

/// Each of these codes once, in this order; the shelf accepted, the others refused.
fn are(floor: &Floor, rows: &[LogEntry], codes: &[&str]) -> Result<()> {
    let got: Vec<(&str, bool)> = rows.iter().map(|row| (row.raw.as_str(), row.accepted)).collect();
    let sent: Vec<String> = codes.iter().map(|code| as_sent(code)).collect();
    let wanted: Vec<(&str, bool)> =
        sent.iter().zip(codes).map(|(sent, code)| (sent.as_str(), *code == floor.shelf)).collect();
    ensure!(got == wanted, "sent {wanted:?}, in the log {got:?}");
    Ok(())
}

fn framing(floor: &mut Floor) -> Result<()> {
    let (maker, shelf, other) = (floor.maker, floor.shelf.clone(), floor.unknown());
    let (first, second) = (maker.scan(&shelf), maker.scan(&other));
    // Two codes glued together.
    let (rows, _) = floor.exchange(&[&[first.clone(), second.clone()].concat()], 2)?;
    are(floor, &rows, &[&shelf, &other])?;
    // One code in three parts.
    let (rows, _) = floor.exchange(&[&first[..2], &first[2..5], &first[5..]], 1)?;
    are(floor, &rows, &[&shelf])?;
    if maker != Maker::Ssi {
        // CR, and LF long after: no empty scan, neither then nor before the next code.
        let (rows, _) = floor.exchange(&[&first], 1)?;
        are(floor, &rows, &[&shelf])?;
        floor.wire.send(b"\n")?;
        let (rows, heard) = floor.settle()?;
        ensure!(rows.is_empty() && heard.said.is_empty(), "a late LF made {rows:?}, {heard:?}");
        let (rows, _) = floor.exchange(&[b"\n", &second], 1)?;
        are(floor, &rows, &[&other])?;
    }
    Ok(())
}

fn what_is_no_code(floor: &mut Floor) -> Result<()> {
    let mut random = Random(7);
    // As a wrong baud rate gives it.
    let noise: Vec<u8> = (0..400).map(|_| random.byte()).collect();
    let rows = floor.refused(&noise)?;
    ensure!(!rows.is_empty());
    floor.accepted(&floor.shelf.clone()).context("after noise")?;
    let rows = floor.refused(&b"0123456789".repeat(500))?;
    ensure!(rows.len() == 1, "5,000 bytes became {} scans", rows.len());
    floor.accepted(&floor.shelf.clone()).context("after 5,000 bytes")
}

fn gone_and_back(floor: &mut Floor) -> Result<()> {
    floor.wire.empty_read()?;
    floor.accepted(&floor.shelf.clone()).context("after a read of no bytes")?;
    for n in 1..=2 {
        floor.plug_anew()?;
        floor.accepted(&floor.shelf.clone()).with_context(|| format!("after hang-up {n}"))?;
    }
    Ok(())
}

/// Codes of a burst: the shelf, and between two of it what nobody knows, each time another.
fn codes(floor: &mut Floor) -> Vec<String> {
    (0..CODES).map(|n| if n % 2 == 0 { floor.shelf.clone() } else { floor.unknown() }).collect()
}

/// Sends them at their pace, as far as the machine keeps up with it.
fn send(floor: &mut Floor, codes: &[String]) -> Result<()> {
    let started = Instant::now();
    for (n, code) in (1..).zip(codes) {
        let bytes = floor.maker.scan(code);
        floor.wire.send(&bytes)?;
        std::thread::sleep((PACE * n).saturating_sub(started.elapsed()));
    }
    Ok(())
}

fn burst(floor: &mut Floor) -> Result<()> {
    let codes = codes(floor);
    send(floor, &codes)?;
    let rows = floor.rows(CODES)?;
    are(floor, &rows, &codes.iter().map(String::as_str).collect::<Vec<_>>())?;
    let heard = floor.answers(&rows)?;
    let (good, bad, look) = (heard.count(Said::Good), heard.count(Said::Bad), heard.count(Said::Look));
    eprintln!("{}: {CODES} codes in 2 s: {good} good, {bad} bad, {look} late", floor.maker.name());
    ensure!(heard.acks == if floor.maker == Maker::Ssi { CODES } else { 0 }, "{} packets acknowledged", heard.acks);
    ensure!(heard.naks == 0, "{} packets asked for again", heard.naks);
    Ok(())
}

#[test]
fn killed_in_a_burst_what_was_answered_is_in_the_log_and_nothing_twice() {
    for maker in [Maker::HostAck, Maker::Ssi] {
        play(maker, |floor| {
            floor.until("pick.item")?;
            for at in [60, 131] {
                killed(floor, at).with_context(|| format!("killed at {at}"))?;
            }
            floor.refusals_are_facts()
        });
    }
}

/// Kills the app at an answer, of the code `at` or of one in the crowd before it.
fn killed(floor: &mut Floor, at: usize) -> Result<()> {
    let codes = codes(floor);
    send(floor, &codes[..at - CROWD])?;
    let crowd: Vec<u8> = codes[at - CROWD..at].iter().flat_map(|code| floor.maker.scan(code)).collect();
    floor.wire.send(&crowd)?;
    // The moment in which what was said must be on the disk already.
    let (maker, started, mut answers, mut bytes) = (floor.maker, Instant::now(), 0, 0);
    while answers < at - CROWD / 2 {
        ensure!(started.elapsed() < SOON, "the crowd has no answers");
        floor.wire.listen()?;
        let said = floor.wire.said();
        if said.len() > bytes {
            bytes = said.len();
            answers = maker.heard(said).map_or(answers, |heard| heard.said.len());
        }
    }
    floor.kill9()?;
    // What it had said is still on the line.
    let (rows, heard) = floor.settle()?;
    floor.start_again()?;
    send(floor, &codes[at..])?;
    // The last answer of the app's own stands for a scan that is on the disk: answers come in order.
    let answered = heard.said.iter().rposition(|said| *said != Said::Look).map_or(0, |last| last + 1);
    ensure!(answered <= rows.len(), "{answered} were answered, {} are in the log", rows.len());
    ensure!((1..=at).contains(&rows.len()), "{} rows of {at} scans", rows.len());
    for (n, (said, row)) in heard.said.iter().zip(&rows).enumerate() {
        let right = if row.accepted { Said::Good } else { Said::Bad };
        ensure!([right, Said::Look].contains(said), "scan {n}, {row:?}, was answered {said:?}");
    }
    let last = as_sent(codes.last().context("no codes")?);
    let device = floor.device.clone();
    wait_for("the last code in the log", SOON, || {
        Ok(device.log()?.last().is_some_and(|row| row.raw == last).then_some(()))
    })?;
    let (after, heard) = floor.settle()?;
    floor.maker.agrees(&heard, &after).context("after the restart")?;
    eprintln!(
        "{}: killed at {at}: {} in the log, {answered} answered; then {}",
        floor.maker.name(),
        rows.len(),
        after.len()
    );
    // The first so many, and then the rest of them from some one on: none twice, none out of order.
    let sent: Vec<String> = codes.iter().map(|code| as_sent(code)).collect();
    let raw = |rows: &[LogEntry]| rows.iter().map(|row| row.raw.clone()).collect::<Vec<_>>();
    ensure!(raw(&rows) == sent[..rows.len()], "before the kill: {:?}", raw(&rows));
    // A code that the dead app had read in part is refused, and is no code of ours.
    let torn = after.first().is_some_and(|row| !sent.contains(&row.raw));
    ensure!(!torn || !after[0].accepted, "a torn code was accepted: {:?}", after[0]);
    let rest = raw(&after[usize::from(torn)..]);
    ensure!(rest.len() + rows.len() <= CODES, "{} and {} of {CODES}", rows.len(), rest.len());
    ensure!(rest == sent[CODES - rest.len()..], "after the kill: {rest:?}");
    // What reached the line after the kill is nobody's but the new app's.
    ensure!(rest.len() >= CODES - at, "{} codes were sent after the kill, {} came", CODES - at, rest.len());
    Ok(())
}

#[test]
fn case_55_a_store_that_hangs_holds_up_no_answer_and_nothing_is_good_before_it_is_written() {
    play(Maker::HostAck, |floor| {
        floor.until("pick.item")?;
        let (shelf, before) = (floor.shelf.clone(), floor.device.log()?.len());
        let store = rusqlite::Connection::open(floor.device.data().join(DB_FILE))?;
        store.busy_timeout(SOON)?;
        // Shorter than the app itself waits for its store.
        store.execute_batch("BEGIN IMMEDIATE")?;
        floor.wire.send(&Maker::HostAck.scan(&shelf))?;
        let wire = &mut floor.wire;
        wait_for("an answer", SOON, || {
            wire.listen()?;
            Ok((wire.said().len() >= 3).then_some(()))
        })?;
        let written = floor.device.log()?.len() - before;
        store.execute_batch("ROLLBACK")?;
        ensure!(written == 0, "somebody has written into a store that is locked");
        let row = floor.rows(1)?;
        ensure!(row[0].accepted, "{row:?}");
        // The answer of the app itself comes late, and is not sent.
        let heard = floor.answers(&row)?;
        ensure!(heard.said == [Said::Look], "{heard:?}");
        floor.hears(Said::Good, |floor| floor.shelf.clone())
    });
}

#[test]
fn honeywell_is_answered_whatever_the_page_wants() {
    play(Maker::HostAck, |floor| {
        // Nobody is signed in.
        floor.hears(Said::Bad, Floor::unknown).context("signed out")?;
        floor.until("sign-in.pin")?;
        floor.hears(Said::Bad, Floor::unknown).context("while a PIN is asked")?;
        floor.until("work-list")?;
        floor.hears(Said::Bad, Floor::unknown).context("on the work list")?;
        // Pages over the work list want no code at all.
        for page in ["F1", "F2", "F3"] {
            floor.keyboard.keys(&[page])?;
            floor.hears(Said::Bad, Floor::unknown).with_context(|| format!("on the page of {page}"))?;
        }
        floor.until("pick.item")?;
        floor.hears(Said::Bad, Floor::unknown).context("a wrong item")?;
        floor.hears(Said::Good, |floor| floor.shelf.clone())?;
        // A question that is answered by hand.
        floor.keyboard.keys(&["F3", "1"])?;
        let device = floor.device.clone();
        wait_for("the question why", SOON, || Ok(device.status()?.step().contains("short").then_some(())))?;
        ensure!(floor.device.status()?.best().is_none(), "a code is asked for");
        floor.hears(Said::Bad, Floor::unknown).context("while a reason is asked")?;
        Ok(())
    });
}

#[test]
fn ssi_packets_are_acknowledged_and_none_counts_twice() {
    play(Maker::Ssi, |floor| {
        floor.until("pick.item")?;
        let (shelf, other) = (floor.shelf.clone(), floor.unknown());
        let (row, heard) = floor.scan(&shelf)?;
        ensure!(row.accepted && (heard.acks, heard.naks) == (1, 0), "{heard:?}");
        // Sent again because its ACK was lost: acknowledged again, scanned once.
        let (first, again) = (packet(0, &other), packet(1, &other));
        let (rows, heard) = floor.exchange(&[&first, &again, &again], 1)?;
        are(floor, &rows, &[&other])?;
        ensure!((heard.acks, heard.naks) == (3, 0), "{heard:?}");
        let (rows, heard) = floor.settle()?;
        ensure!(rows.is_empty() && heard.said.is_empty(), "a repetition made {rows:?}, {heard:?}");
        // The same code anew is another scan.
        let (row, heard) = floor.scan(&other)?;
        ensure!(row.raw == as_sent(&other) && heard.acks == 1);
        // A wrong checksum is asked for again, and no scan; the repetition is one.
        let third = floor.unknown();
        let mut broken = packet(0, &third);
        *broken.last_mut().context("no bytes")? ^= 0x55;
        floor.wire.send(&broken)?;
        let wire = &mut floor.wire;
        wait_for("a NAK", SOON, || {
            wire.listen()?;
            Ok(Maker::Ssi.heard(wire.said()).is_ok_and(|heard| heard.naks == 1).then_some(()))
        })?;
        let (rows, heard) = floor.exchange(&[&packet(1, &third)], 1)?;
        are(floor, &rows, &[&third])?;
        ensure!((heard.acks, heard.naks) == (1, 1), "{heard:?}");
        Ok(())
    });
}

/// More than one read of the line holds.
#[test]
fn codes_that_wait_in_the_line_are_each_answered() {
    const WAITING: usize = 120;
    play(Maker::Ssi, |floor| {
        floor.until("pick.item")?;
        let shelf = floor.shelf.clone();
        floor.kill9()?;
        floor.wire.send(&Maker::Ssi.scan(&shelf).repeat(WAITING))?;
        floor.start_again()?;
        let rows = floor.rows(WAITING)?;
        are(floor, &rows, &[shelf.as_str(); WAITING])?;
        let heard = floor.answers(&rows)?;
        ensure!((heard.acks, heard.naks) == (WAITING, 0), "{} of {WAITING} packets acknowledged", heard.acks);
        Ok(())
    });
}

/// The same numbers each time (SplitMix64).
struct Random(u64);

impl Random {
    fn byte(&mut self) -> u8 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)).to_le_bytes()[0]
    }
}
