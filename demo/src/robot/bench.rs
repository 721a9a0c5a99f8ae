//! Packing and loading from the status alone: the carton's type, every unit, a photograph where one is due, the
//! weight, the label; then the cartons at the dock of their carrier.

use super::app::Status;
use super::goods::PAGE;
use super::{Robot, SOON, wait_for};
use anyhow::{Context, Result, bail, ensure};

/// Steps of one order at the most.
const STEPS_MAX: usize = 600;
/// A carton of which nobody knows the weight.
const UNKNOWN_GRAMS: i64 = 1_000;
/// Keys pressed for one photograph at the most: open, take, use, each seen late at the worst.
const SNAPS_MAX: usize = 9;
/// Docks that are loaded at in one go at the most.
const DOCKS_MAX: usize = 8;
/// Times that the same may be scanned again where the app asks.
const ASKED_MAX: usize = 2;

impl Robot {
    /// Waits until the bench offers an order, and opens it by `code`: its number, its tote, its carton.
    ///
    /// # Errors
    /// When it is not offered in time, or does not open.
    pub fn open_order(&mut self, order: &str, code: &str) -> Result<()> {
        wait_for(&format!("the order {order} at the bench"), SOON, || Ok(self.status()?.offers(order).then_some(())))?;
        self.scanned(code)?;
        let status = self.status()?;
        ensure!(is_packing(&status), "{code} opens {status:?}");
        Ok(())
    }

    /// Packs the order that is open until the bench is free again.
    ///
    /// # Errors
    /// When a step does not do what the status says.
    pub fn pack_on(&mut self) -> Result<()> {
        for _ in 0..STEPS_MAX {
            let status = self.status()?;
            if !is_packing(&status) {
                return Ok(());
            }
            self.pack_step(&status)?;
        }
        bail!("an order is not packed in {STEPS_MAX} steps")
    }

    /// The next step of an order at the bench.
    ///
    /// # Errors
    /// When it does not do what the status says.
    pub fn pack_step(&mut self, status: &Status) -> Result<()> {
        match status.step() {
            "pack.carton" => self.new_carton(status),
            "pack.verify" => {
                let code = first(status, "item")?;
                self.scan_right(status, &code)
            }
            "pack.close" | "pack.finish" => self.close_carton(status),
            "pack.photo" => self.snap(status),
            "pack.weigh" => self.weigh(status, due_grams(status)),
            "pack.label" => self.label(),
            "pack.take-out" => self.act("back").map(drop),
            _ => bail!("nothing is packed at {status:?}"),
        }
    }

    /// A type that is suggested; one that does not fit is answered with another.
    fn new_carton(&mut self, status: &Status) -> Result<()> {
        let types = status.expects.iter().filter(|expect| expect.kind == "carton-type").flat_map(|e| e.codes.clone());
        let types: Vec<String> = types.collect();
        for code in &types {
            let answer = self.scan(code)?;
            if answer.accepted {
                return Ok(());
            }
            ensure!(answer.reason == "CARTON_BAD", "{code} is listed as right and was refused: {answer:?}");
        }
        bail!("none of the carton types {types:?} is taken at {status:?}")
    }

    /// Says that nothing more goes in, or that the rest stays behind. A photograph may be due before.
    fn close_carton(&mut self, status: &Status) -> Result<()> {
        let code = first(status, "command")?;
        for _ in 0..=ASKED_MAX {
            let answer = self.scan(&code)?;
            if answer.accepted || answer.reason == "PHOTO_NEEDED" {
                let after = self.status()?;
                self.learn(status, &after);
                return Ok(());
            }
            ensure!(answer.reason.ends_with('?'), "{code} was refused: {answer:?} at {status:?}");
        }
        bail!("{code} is asked for again and again at {status:?}")
    }

    /// Takes a photograph that leads on: the camera takes a moment to see something.
    pub(super) fn snap(&self, status: &Status) -> Result<()> {
        let action = ["take-photo", "photo"].iter().find_map(|name| status.action(name)).context("no camera")?;
        let key = action.keys.first().context("a button without a key")?;
        for _ in 0..SNAPS_MAX {
            self.press_key(key)?;
            std::thread::sleep(2 * PAGE);
            let now = self.status()?;
            if now.step() != status.step() || now.entry != status.entry {
                return Ok(());
            }
        }
        bail!("no photograph was taken at {status:?}")
    }

    /// Lays the carton on the scale, or types what a scale elsewhere says.
    ///
    /// # Errors
    /// When the weight does not count.
    pub fn weigh(&mut self, status: &Status, grams: i64) -> Result<()> {
        match &self.scale {
            Some(scale) => {
                scale.lay(grams);
                let after = self.after(status, "the weight");
                if let Some(scale) = &self.scale {
                    scale.lay(0);
                }
                after.map(drop)
            }
            None => {
                let counted = self.typed(&grams.to_string())?;
                counted.map(drop).with_context(|| format!("{grams} g are not taken at {status:?}"))
            }
        }
    }

    /// The label is on the carton once the printer has said so.
    fn label(&mut self) -> Result<()> {
        let printed = wait_for("the label", SOON, || {
            let status = self.status()?;
            Ok(status.action("print-again").is_some().then_some(status))
        })?;
        let code = first(&printed, "handling-unit")?;
        self.scan_right(&printed, &code)
    }

    /// Loads every carton that waits for a carrier. Tells how many.
    ///
    /// # Errors
    /// When one of them does not leave.
    pub fn load_all(&mut self) -> Result<usize> {
        let mut loaded = 0;
        for _ in 0..DOCKS_MAX {
            let begun = self.act("load")?;
            ensure!(begun.step().starts_with("load"), "loading, and {begun:?}");
            if begun.step() == "load.dock" && begun.best().is_none() {
                self.act("done")?;
                return Ok(loaded);
            }
            loop {
                let status = self.status()?;
                let Some((kind, code)) = status.best() else { break };
                loaded += usize::from(kind == "handling-unit");
                let code = code.to_owned();
                self.scan_right(&status, &code)?;
            }
            self.act("done")?;
        }
        bail!("cartons wait at more than {DOCKS_MAX} docks")
    }
}

/// Whether an order is open at the bench.
fn is_packing(status: &Status) -> bool {
    status.step().starts_with("pack.") && status.step() != "pack.next"
}

/// What the carton should weigh.
fn due_grams(status: &Status) -> i64 {
    first(status, "weight").ok().and_then(|grams| grams.parse().ok()).unwrap_or(UNKNOWN_GRAMS)
}

/// The best code of a kind.
pub(super) fn first(status: &Status, kind: &str) -> Result<String> {
    let expects = status.expects.iter().filter(|expect| expect.kind == kind);
    let code = expects.filter_map(|expect| expect.codes.first()).next();
    code.cloned().with_context(|| format!("no {kind} is listed at {status:?}"))
}
