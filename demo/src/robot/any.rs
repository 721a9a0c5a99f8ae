//! Running any station by what its status says: which step it is at, what that step takes, which buttons there are.

use super::app::Status;
use super::bench::first;
use super::goods::PAGE;
use super::{Judged, Robot};
use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeMap;

/// Times that the same may be done with nothing changing.
const STUCK_AFTER: usize = 4;
/// Deeds for each scan that is asked for, at the most: answers, numbers, buttons.
const DEEDS_A_SCAN: usize = 12;
/// A day that is far enough for any shelf life: day, month, year.
const FAR: &str = "30062099";

/// What eyes see and no status tells.
#[derive(Debug, Clone, Default)]
pub struct Eyes {
    /// What lies on each shelf: code and units. A shelf that is not here is empty.
    pub shelves: BTreeMap<String, Vec<(String, i64)>>,
    /// Serial numbers read so far: each box has one of its own.
    pub serials: usize,
    /// What is found out about goods that came back.
    pub judged: Judged,
}

impl Robot {
    /// Works until so many scans are done. `more` is asked for work where the station has none, and says whether
    /// there is some now.
    ///
    /// # Errors
    /// When a step is stuck, what the status lists is refused, or there is no work before.
    pub fn run(
        &mut self,
        scans: usize,
        eyes: &mut Eyes,
        mut more: impl FnMut(&mut Self, &mut Eyes) -> Result<bool>,
    ) -> Result<()> {
        let goal = self.tally.scans + scans;
        let mut last: Option<Status> = None;
        let mut same = 0;
        for _ in 0..scans.saturating_mul(DEEDS_A_SCAN) {
            if self.tally.scans >= goal {
                return Ok(());
            }
            let status = self.status()?;
            let is_same = |last: &Status| last.place() == status.place() && last.entry == status.entry;
            same = if last.as_ref().is_some_and(is_same) { same + 1 } else { 0 };
            ensure!(same < STUCK_AFTER, "stuck after {} scans: nothing changes at {status:?}", self.tally.scans);
            if !self.any_step(&status, eyes).with_context(|| format!("after {} scans", self.tally.scans))? {
                ensure!(more(self, eyes)?, "no work after {} of {goal} scans: {status:?}", self.tally.scans);
                same = 0;
            }
            last = Some(status);
        }
        bail!("{scans} scans take more than {DEEDS_A_SCAN} deeds each")
    }

    /// The next thing at whatever step it is. `false`: there is nothing to do here.
    ///
    /// # Errors
    /// When what the status lists is refused, or nobody answers.
    pub fn any_step(&mut self, status: &Status, eyes: &mut Eyes) -> Result<bool> {
        match status.step().split('.').next().unwrap_or_default() {
            "put-away" => self.put_away_step(status)?,
            "receive" => self.receive_step(status, eyes)?,
            "count" => self.count_step(status, eyes)?,
            "pack" if status.step() != "pack.next" => self.pack_step(status)?,
            "return" => self.inspect_step(status, &eyes.judged)?,
            // What is listed first, a badge or a PIN.
            _ => return self.do_next(),
        }
        Ok(true)
    }

    /// The next step of a delivery: everything comes as ordered.
    fn receive_step(&mut self, status: &Status, eyes: &mut Eyes) -> Result<()> {
        let quantity = status.quantity.unwrap_or_default();
        match status.step() {
            "receive.item" => match first(status, "item") {
                Ok(code) => self.scan_right(status, &code),
                Err(_) => self.close_delivery(true),
            },
            "receive.lot" => match first(status, "lot") {
                Ok(code) => self.scan_right(status, &code),
                Err(_) => {
                    self.press("keypad")?;
                    std::thread::sleep(PAGE);
                    let typed = self.typed("R2026")?;
                    typed.map(drop).with_context(|| format!("the lot is not taken at {status:?}"))
                }
            },
            "receive.expiry" => {
                let typed = self.typed(FAR)?;
                typed.map(drop).with_context(|| format!("the date is not taken at {status:?}"))
            }
            "receive.serial" if quantity.done < quantity.needed => {
                eyes.serials += 1;
                let code = format!("]C121RB{:05}", eyes.serials);
                self.scan_right(status, &code)
            }
            "receive.quantity" if quantity.done < quantity.needed => {
                let code = first(status, "item")?;
                self.scan_right(status, &code)
            }
            "receive.serial" | "receive.quantity" | "receive.condition" => self.act("next").map(drop),
            "receive.unit" => self.act("no-pallet").map(drop),
            _ => bail!("nothing is received at {status:?}"),
        }
    }

    /// The next step of a count: the place, what lies there, the place again.
    fn count_step(&mut self, status: &Status, eyes: &Eyes) -> Result<()> {
        let place = first(status, "location")?;
        if status.step() != "count.contents" {
            return self.scan_right(status, &place);
        }
        let there = eyes.shelves.get(&place).map(Vec::as_slice).unwrap_or_default();
        for (code, qty) in there {
            self.count_each(code, *qty)?;
        }
        if there.is_empty() {
            self.act("shelf-empty")?;
        }
        self.scanned(&place)
    }
}
