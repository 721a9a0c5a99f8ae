//! Inspecting goods that came back, from the status alone: what came, its checklist, its grade and reason, a
//! photograph where the policy asks for one, and its place.

use super::app::Status;
use super::bench::first;
use super::{Robot, SOON, wait_for};
use anyhow::{Context, Result, bail, ensure};

/// Steps of one return at the most.
const STEPS_MAX: usize = 300;

/// What somebody finds who looks at the goods. By default all is well.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judged {
    /// Questions of the checklist that are answered with no, by code.
    pub no: Vec<String>,
    /// Another grade than the answers propose: `a` to `d`. Empty = that one.
    pub grade: String,
    /// Why it came back, by code. Empty = as announced, else `other`.
    pub because: String,
    /// By how many grams it is lighter than what was shipped.
    pub lighter: i64,
}

impl Robot {
    /// Opens a return by what is scanned: its number, an order, a parcel, a unit.
    ///
    /// # Errors
    /// When it does not open.
    pub fn open_return(&mut self, code: &str) -> Result<()> {
        self.to_returns()?;
        self.scanned(code)?;
        let status = self.status()?;
        ensure!(status.step().starts_with("return."), "{code} opens {status:?}");
        Ok(())
    }

    /// Opens the page of returns, from wherever the station is at home.
    ///
    /// # Errors
    /// When there is no way to it.
    pub fn to_returns(&mut self) -> Result<()> {
        self.turn_to("returns", "returns")
    }

    /// Waits until the core has told the device of a return.
    ///
    /// # Errors
    /// When it does not come in time.
    pub fn await_return(&mut self, rma: &str) -> Result<()> {
        self.to_returns()?;
        wait_for(&format!("the return {rma}"), SOON, || Ok(self.status()?.offers(rma).then_some(())))
    }

    /// Inspects everything of the return that is open.
    ///
    /// # Errors
    /// When a step does not do what the status says.
    pub fn inspect_on(&mut self, judged: &Judged) -> Result<()> {
        for _ in 0..STEPS_MAX {
            let status = self.status()?;
            if !status.step().starts_with("return.") {
                return Ok(());
            }
            self.inspect_step(&status, judged)?;
        }
        bail!("a return is not inspected in {STEPS_MAX} steps")
    }

    /// The next step of an inspection.
    ///
    /// # Errors
    /// When it does not do what the status says.
    pub fn inspect_step(&mut self, status: &Status, judged: &Judged) -> Result<()> {
        let quantity = status.quantity.unwrap_or_default();
        match status.step() {
            "return.item" => match first(status, "item") {
                Ok(code) => self.scan_right(status, &code),
                // Nothing more can come.
                Err(_) => self.act("finish").map(drop),
            },
            "return.lot" | "return.serial" => {
                let code = first(status, status.step().trim_start_matches("return."))?;
                self.scan_right(status, &code)
            }
            "return.quantity" if quantity.done < quantity.needed => {
                let code = first(status, "item")?;
                self.scan_right(status, &code)
            }
            "return.quantity" => self.act("next").map(drop),
            "return.weigh" => self.weigh_returned(status, judged),
            "return.parts" | "return.inspect" | "return.photo" => self.judge(status, judged),
            "return.put" => {
                let code = first(status, "location")?;
                self.tally.inspected += quantity.done;
                self.scan_right(status, &code)
            }
            _ => bail!("nothing is inspected at {status:?}"),
        }
    }

    fn weigh_returned(&mut self, status: &Status, judged: &Judged) -> Result<()> {
        let due = status.entry.as_ref().map_or(0, |entry| entry.expected_grams);
        let grams = if due > 0 { (due - judged.lighter).max(1) } else { 500 };
        if self.scale.is_some() {
            return self.weigh(status, grams);
        }
        let kilos = format!("{}.{:03}", grams / 1_000, grams % 1_000);
        self.typed(&kilos)?.map(drop).with_context(|| format!("{kilos} kg are not taken at {status:?}"))
    }

    /// The first of what is missing: an answer, the reason, the grade, a photograph; then on.
    fn judge(&mut self, status: &Status, judged: &Judged) -> Result<()> {
        let entry = status.entry.clone().unwrap_or_default();
        let open = entry.questions.iter().position(|question| question.yes.is_none());
        if let Some((row, question)) = open.and_then(|row| Some((row, entry.questions.get(row)?))) {
            let says = if judged.no.contains(&question.code) { "no" } else { "yes" };
            return self.act(&format!("{says}-{}", row + 1)).map(drop);
        }
        if status.step() == "return.parts" {
            return self.act("next").map(drop);
        }
        let known = entry.reason.as_deref().unwrap_or_default();
        let because = match judged.because.as_str() {
            "" if known.is_empty() => "other",
            "" => known,
            told => told,
        };
        if known != because {
            return self.act(&format!("because-{because}")).map(drop);
        }
        let grade = entry.grade.as_deref().unwrap_or_default().to_lowercase();
        if !judged.grade.is_empty() && judged.grade != grade {
            return self.act(&format!("grade-{}", judged.grade)).map(drop);
        }
        if entry.photo_needed {
            return self.snap(status);
        }
        self.act("next").map(drop)
    }
}
