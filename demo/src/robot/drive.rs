//! Working as a picker does: look at what is asked, scan it, look again.

use super::app::{Device, LogEntry, Quantity, Status};
use super::{Keyboard, Operator, Reader, SOON, Scale, wait_for};
use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// Times the same thing may be done with nothing changing before the robot gives up.
const STUCK_AFTER: usize = 4;
/// How long the list of work may stay empty before it is believed: the core plans while we wait.
const NO_WORK_AFTER: Duration = Duration::from_secs(8);
/// Silence in the scan log after which a burst is over; readers' own silence is 150 ms.
const BURST_OVER: Duration = Duration::from_millis(700);

/// What the app made of a scan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// It counted.
    pub accepted: bool,
    /// Why not; empty if it counted.
    pub reason: String,
    /// The step it met.
    pub step: String,
}

/// What was done so far.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Scans sent, bursts of noise counted once.
    pub scans: usize,
    /// Scans that counted.
    pub accepted: usize,
    /// Scans that did not, by reason.
    pub refused: BTreeMap<String, usize>,
    /// Scans that counted more than one unit.
    pub cases: usize,
    /// Units put into totes.
    pub units: i64,
    /// Tasks opened.
    pub tasks: BTreeSet<String>,
    /// Tasks brought to their place.
    pub tasks_done: usize,
    /// Tasks with several totes that were brought to their place.
    pub clusters_done: usize,
    /// Lines closed short.
    pub shorts: usize,
    /// Units put into cartons.
    pub packed: i64,
    /// Orders that left the bench.
    pub orders: usize,
    /// Orders that were packed before and came back for a label.
    pub relabelled: usize,
    /// Units inspected that came back.
    pub inspected: i64,
    /// Totes of the task in hand.
    totes: usize,
    /// Units that were in cartons when the last order left the bench.
    packed_before: i64,
}

/// A picker: an enrolled device, a reader, a keyboard, and who works there.
#[derive(Debug)]
pub struct Robot {
    /// The device.
    pub device: Device,
    /// The reader.
    pub reader: Reader,
    /// The keyboard.
    pub keyboard: Keyboard,
    /// Who works.
    pub operator: Operator,
    /// What was done.
    pub tally: Tally,
    /// Scans the code that counts most units, where several fit.
    pub prefers_cases: bool,
    /// Tasks to take before others, if the list has them.
    pub favourites: Vec<String>,
    /// No other tasks are taken than these.
    pub only_favourites: bool,
    /// The scale at the station.
    pub scale: Option<Scale>,
    seen: usize,
}

impl Robot {
    /// Nothing done yet.
    ///
    /// # Errors
    /// When the scan log cannot be read.
    pub fn new(device: Device, reader: Reader, keyboard: Keyboard, operator: Operator) -> Result<Self> {
        let seen = device.log()?.len();
        Ok(Robot {
            device,
            reader,
            keyboard,
            operator,
            tally: Tally::default(),
            prefers_cases: false,
            favourites: Vec::new(),
            only_favourites: false,
            scale: None,
            seen,
        })
    }

    /// The status.
    ///
    /// # Errors
    /// As [`Device::status`].
    pub fn status(&self) -> Result<Status> {
        self.device.status()
    }

    /// Scans a code and waits for the answer in the log.
    ///
    /// # Errors
    /// When there is no answer in time.
    pub fn scan(&mut self, code: &str) -> Result<Answer> {
        self.reader.scan(&as_sent(code))?;
        let entries = self.new_entries(&format!("the answer to {code:?}"))?;
        self.tally.scans += 1;
        let entry = entries.into_iter().next_back().unwrap_or_default();
        Ok(self.noted(&entry))
    }

    /// Sends bytes as they are and gives every answer to them.
    ///
    /// # Errors
    /// When there is no answer in time.
    pub fn raw(&mut self, bytes: &[u8]) -> Result<Vec<Answer>> {
        self.reader.raw(bytes)?;
        let mut entries = self.new_entries("the answer to a burst")?;
        let mut quiet = Instant::now();
        while quiet.elapsed() < BURST_OVER {
            std::thread::sleep(Duration::from_millis(50));
            let more = self.device.log()?.split_off(self.seen);
            if !more.is_empty() {
                quiet = Instant::now();
                self.seen += more.len();
                entries.extend(more);
            }
        }
        self.tally.scans += 1;
        Ok(entries.iter().map(|entry| self.noted(entry)).collect())
    }

    /// Scans the next right code without waiting for the answer, and gives the status before. `None`:
    /// nothing is asked that can be scanned.
    ///
    /// # Errors
    /// When the app does not read.
    pub fn scan_blindly(&mut self) -> Result<Option<Status>> {
        let before = self.status()?;
        let Wanted::Code(code) = self.wanted(&before)? else { return Ok(None) };
        self.reader.scan(&as_sent(&code))?;
        self.tally.scans += 1;
        Ok(Some(before))
    }

    /// What became of it, once the app runs again: the scan counted once or not at all.
    ///
    /// # Errors
    /// When there are more answers than one, or the right code was refused.
    pub fn catch_up(&mut self, before: &Status) -> Result<Status> {
        // Bytes the dead app had not read are still in the line and reach the new one.
        let mut quiet = Instant::now();
        let mut entries = Vec::new();
        while quiet.elapsed() < BURST_OVER {
            std::thread::sleep(Duration::from_millis(50));
            let more = self.device.log()?.split_off(self.seen);
            if !more.is_empty() {
                quiet = Instant::now();
                self.seen += more.len();
                entries.extend(more);
            }
        }
        let answers: Vec<Answer> = entries.iter().map(|entry| self.noted(entry)).collect();
        let after = self.status()?;
        match answers.as_slice() {
            [] if after.place() != before.place() => bail!("without a scan in the log {before:?} became {after:?}"),
            [] => {}
            [one] if one.accepted => self.learn(before, &after),
            // A question that the power cut took away: it is asked anew.
            [one] if one.reason.ends_with('?') => {}
            other => bail!("one scan was answered with {other:?} at {before:?}"),
        }
        Ok(after)
    }

    /// Scans what must be refused: with that reason, and without a step.
    ///
    /// # Errors
    /// When it is accepted, refused otherwise, or anything changes.
    pub fn scan_wrong(&mut self, code: &str, reasons: &[&str]) -> Result<Answer> {
        let before = self.status()?;
        let answer = self.scan(code)?;
        self.must_be_refused(&before, &answer, code, reasons)?;
        Ok(answer)
    }

    /// Sends what must be refused, as [`Self::scan_wrong`].
    ///
    /// # Errors
    /// When any of it is accepted, refused otherwise, or anything changes.
    pub fn raw_wrong(&mut self, bytes: &[u8], reasons: &[&str]) -> Result<Vec<Answer>> {
        let before = self.status()?;
        let answers = self.raw(bytes)?;
        let shown = format!("{} bytes", bytes.len());
        for answer in &answers {
            self.must_be_refused(&before, answer, &shown, reasons)?;
        }
        Ok(answers)
    }

    /// Does the next right thing. `false`: there is nothing to do.
    ///
    /// # Errors
    /// When what the status lists as right is refused, or nobody answers.
    pub fn do_next(&mut self) -> Result<bool> {
        let before = self.status()?;
        // "Is it empty now?": as the book says.
        if before.step() == "pick.empty" {
            return self.act("yes").map(|_| true);
        }
        match self.wanted(&before)? {
            Wanted::Code(code) => {
                self.scan_right(&before, &code)?;
                Ok(true)
            }
            Wanted::Pin => self.type_pin().map(|()| true),
            Wanted::Nothing => Ok(false),
        }
    }

    /// Does the next right thing until `goal`.
    ///
    /// # Errors
    /// When that takes more than `steps_max`, nothing is left to do before, or nothing changes.
    pub fn drive_until(
        &mut self,
        what: &str,
        steps_max: usize,
        mut goal: impl FnMut(&Status, &Tally) -> bool,
    ) -> Result<Status> {
        let mut idle_since: Option<Instant> = None;
        let mut same = 0;
        let mut last: Option<Status> = None;
        for _ in 0..steps_max.saturating_mul(10) {
            let status = self.status()?;
            if goal(&status, &self.tally) {
                return Ok(status);
            }
            let unchanged = last.as_ref().is_some_and(|last| last.place() == status.place());
            same = if unchanged { same + 1 } else { 0 };
            let busy = self.do_next().with_context(|| format!("on the way to {what}"))?;
            if busy {
                idle_since = None;
                if same >= STUCK_AFTER {
                    bail!("stuck on the way to {what}: nothing changes at {status:?}");
                }
            } else {
                let since = *idle_since.get_or_insert_with(Instant::now);
                if since.elapsed() > NO_WORK_AFTER {
                    bail!("no work left on the way to {what}: {status:?}");
                }
                std::thread::sleep(Duration::from_millis(100));
            }
            last = Some(status);
        }
        bail!("{what} is not reached in {steps_max} steps")
    }

    /// Says, by the keyboard, that the rest of the line is not there. The app asks why.
    ///
    /// # Errors
    /// When it does not.
    pub fn say_short(&mut self) -> Result<()> {
        self.keyboard.keys(&["F3", "1"])?;
        wait_for("the question why", SOON, || Ok(self.status()?.step().contains("short").then_some(())))
    }

    /// Gives the first reason there is, by the keyboard, and confirms it at the shelf.
    ///
    /// # Errors
    /// When the shelf is not asked for, or refused.
    pub fn confirm_short(&mut self) -> Result<()> {
        self.keyboard.keys(&["1"])?;
        let shelf =
            wait_for("the shelf to be asked", SOON, || Ok(self.status()?.best().map(|(_, code)| code.to_owned())))?;
        let answer = self.scan(&shelf)?;
        if !answer.accepted {
            bail!("the shelf {shelf} does not confirm a short pick: {answer:?}");
        }
        self.tally.shorts += 1;
        Ok(())
    }

    /// What is asked, as a person sees it.
    fn wanted(&self, status: &Status) -> Result<Wanted> {
        if status.asks("pin") {
            return Ok(Wanted::Pin);
        }
        if status.asks("badge") {
            return Ok(Wanted::Code(self.operator.badge.clone()));
        }
        let Some((kind, first)) = status.best() else { return Ok(Wanted::Nothing) };
        let codes = status.expects.first().map(|expect| expect.codes.as_slice()).unwrap_or_default();
        let chosen = match kind {
            "item" if self.prefers_cases => codes.iter().find(|code| is_case(code)),
            "task" => self.favourites.iter().find(|task| codes.contains(task)),
            _ => None,
        };
        if kind == "task" && chosen.is_none() && self.only_favourites {
            return Ok(Wanted::Nothing);
        }
        Ok(Wanted::Code(chosen.map_or(first, String::as_str).to_owned()))
    }

    pub(super) fn scan_right(&mut self, before: &Status, code: &str) -> Result<()> {
        let mut answer = self.scan(code)?;
        if answer.reason.ends_with('?') {
            // A question: the same again says yes.
            answer = self.scan(code)?;
        }
        if !answer.accepted {
            bail!("{code:?} is listed as right and was refused: {answer:?} at {before:?}");
        }
        let after = self.status()?;
        self.learn(before, &after);
        Ok(())
    }

    pub(super) fn learn(&mut self, before: &Status, after: &Status) {
        let done = |status: &Status| status.quantity.map_or(0, |q: Quantity| q.done);
        if before.asks("item") && done(after) - done(before) > 1 {
            self.tally.cases += 1;
        }
        if let Some(task) = &after.task
            && self.tally.tasks.insert(task.id.clone())
        {
            self.tally.totes = 0;
        }
        if before.step().ends_with("totes") {
            self.tally.totes += 1;
        }
        if before.step().ends_with(".tote") {
            self.tally.units += done(before);
        }
        if before.step() == "pack.verify" {
            self.tally.packed += done(after) - done(before);
        }
        if before.step().starts_with("pack.") && before.step() != "pack.next" && after.step() == "pack.next" {
            let packed = self.tally.packed > std::mem::replace(&mut self.tally.packed_before, self.tally.packed);
            self.tally.orders += usize::from(packed);
            self.tally.relabelled += usize::from(!packed);
        }
        if before.task.is_some() && after.task.is_none() {
            self.tally.tasks_done += 1;
            self.tally.clusters_done += usize::from(self.tally.totes > 1);
            self.tally.totes = 0;
        }
    }

    fn type_pin(&mut self) -> Result<()> {
        let pin = self.operator.pin.clone();
        self.keyboard.digits(&pin)?;
        let gone = |robot: &Self| -> Result<Option<()>> { Ok((!robot.status()?.asks("pin")).then_some(())) };
        // The last digit may be enough.
        if wait_for("the PIN to be checked", Duration::from_secs(5), || gone(self)).is_err() {
            self.keyboard.keys(&["Return"])?;
            wait_for("the PIN to be accepted", SOON, || gone(self))?;
        }
        Ok(())
    }

    fn new_entries(&mut self, what: &str) -> Result<Vec<LogEntry>> {
        let seen = self.seen;
        let entries = wait_for(what, SOON, || {
            let entries = self.device.log()?;
            Ok((entries.len() > seen).then_some(entries))
        })?;
        self.seen = entries.len();
        Ok(entries.into_iter().skip(seen).collect())
    }

    fn noted(&mut self, entry: &LogEntry) -> Answer {
        let reason = entry.reason.clone().unwrap_or_default();
        if entry.accepted {
            self.tally.accepted += 1;
        } else {
            *self.tally.refused.entry(reason.clone()).or_default() += 1;
        }
        Answer { accepted: entry.accepted, reason, step: entry.step.clone() }
    }

    fn must_be_refused(&self, before: &Status, answer: &Answer, what: &str, reasons: &[&str]) -> Result<()> {
        if answer.accepted {
            bail!("{what} was accepted at {before:?}");
        }
        if !reasons.is_empty() && !reasons.contains(&answer.reason.as_str()) {
            bail!("{what} was refused with {:?}, not with one of {reasons:?}", answer.reason);
        }
        let after = self.status()?;
        if (after.step(), &after.expects, after.quantity) != (before.step(), &before.expects, before.quantity) {
            bail!("{what} was refused with {:?} and moved the step: {before:?} then {after:?}", answer.reason);
        }
        Ok(())
    }
}

enum Wanted {
    Code(String),
    Pin,
    Nothing,
}

/// A GTIN with an indicator: a box of several.
#[must_use]
pub fn is_case(code: &str) -> bool {
    let gtin = code.strip_prefix("]I1").or_else(|| code.strip_prefix("]C101")).or_else(|| code.strip_prefix("]d201"));
    gtin.and_then(|digits| digits.chars().next()).is_some_and(|indicator| ('1'..='8').contains(&indicator))
}

/// A reader with identifiers switched on sends one with every code; plain labels are Code 128.
#[must_use]
pub fn as_sent(code: &str) -> String {
    if code.starts_with(']') { code.to_owned() } else { format!("]C0{code}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_told_by_their_indicator() {
        for (code, expected) in [
            ("]I119521234543210", true),
            ("]E09521234543213", false),
            ("]C10109521234543213", false),
            ("]C101195212345432101727123110L1", true),
            ("]C10199521234543210", false),
            ("A-01-11", false),
        ] {
            assert_eq!(is_case(code), expected, "{code}");
        }
    }

    #[test]
    fn plain_codes_get_the_identifier_of_code_128() {
        assert_eq!((as_sent("A-01-11"), as_sent("]E09521234543213")), ("]C0A-01-11".into(), "]E09521234543213".into()));
    }
}
