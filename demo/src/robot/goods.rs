//! Receiving, putting away and counting from the status alone: actions are pressed by name, codes are scanned,
//! numbers, lots and dates are typed.

use super::app::Status;
use super::{Operator, Robot, SOON, wait_for};
use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeMap;
use std::time::Duration;

/// Steps of one task or of the goods of one line.
const STEPS_MAX: usize = 400;
/// A page that opens over the step is not told by the status: it is given this time.
pub(super) const PAGE: Duration = Duration::from_millis(700);
/// How long what was typed may take to count; then it was refused.
const TYPED: Duration = Duration::from_secs(3);
/// Numbers from here on are typed.
const TYPE_FROM: i64 = 6;

/// Goods of one line as they stand at the dock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Goods {
    /// The code of one unit.
    pub code: String,
    /// Good units.
    pub good: i64,
    /// Damaged units.
    pub damaged: i64,
    /// The lot on the pack. Empty = none.
    pub lot: String,
    /// The date on the pack, eight digits: day, month, year. Empty = none.
    pub expiry: String,
    /// The serial number of each unit. Empty = none.
    pub serials: Vec<String>,
    /// The number is typed, and not scanned unit by unit.
    pub typed: bool,
    /// Where they go.
    pub onto: Onto,
}

/// Where received goods go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Onto {
    /// Nowhere: loose at the dock.
    #[default]
    Floor,
    /// Onto a pallet whose label is printed.
    NewLabel,
    /// Into or onto what has this label, known or not.
    Unit(String),
}

impl Robot {
    /// Presses a button of the step.
    ///
    /// # Errors
    /// When the status does not offer it.
    pub fn press(&self, name: &str) -> Result<()> {
        let status = self.status()?;
        let action = status.action(name).with_context(|| format!("no button {name:?} at {status:?}"))?;
        let keys: Vec<&str> = action.keys.iter().map(|key| key_of(key)).collect();
        self.keyboard.keys(&keys)
    }

    /// Presses one key by the name that the status gives it.
    pub(super) fn press_key(&self, key: &str) -> Result<()> {
        self.keyboard.keys(&[key_of(key)])
    }

    /// Presses a button and waits until something has changed.
    ///
    /// # Errors
    /// When the status does not offer it, or nothing changes.
    pub fn act(&self, name: &str) -> Result<Status> {
        let before = self.status()?;
        self.press(name)?;
        self.after(&before, name)
    }

    pub(super) fn after(&self, before: &Status, what: &str) -> Result<Status> {
        self.changed(before, SOON)?.with_context(|| format!("{what} changes nothing at {before:?}"))
    }

    fn changed(&self, before: &Status, at_most: Duration) -> Result<Option<Status>> {
        let found = wait_for("a change", at_most, || {
            let status = self.status()?;
            Ok((status.place() != before.place() || status.entry != before.entry).then_some(status))
        });
        Ok(found.ok())
    }

    /// Types signs and Enter. `None`: nothing came of it.
    pub(super) fn typed(&self, text: &str) -> Result<Option<Status>> {
        let before = self.status()?;
        let signs: Vec<String> = text.chars().map(|sign| key_of(sign.encode_utf8(&mut [0; 4])).to_owned()).collect();
        let mut keys: Vec<&str> = signs.iter().map(String::as_str).collect();
        keys.push("Return");
        self.keyboard.keys(&keys)?;
        self.changed(&before, TYPED)
    }

    pub(super) fn scanned(&mut self, code: &str) -> Result<()> {
        let before = self.status()?;
        self.scan_right(&before, code)
    }

    /// Signs out: whoever comes next signs in.
    ///
    /// # Errors
    /// When the badge is not asked for afterwards.
    pub fn sign_out(&mut self) -> Result<()> {
        let after = self.act("sign-out")?;
        ensure!(after.asks("badge"), "signed out, and {after:?}");
        Ok(())
    }

    /// A supervisor allows what was refused last.
    ///
    /// # Errors
    /// When badge or PIN are not taken.
    pub fn approve(&mut self, by: &Operator) -> Result<()> {
        let before = self.status()?;
        let answer = self.scan(&by.badge)?;
        ensure!(answer.accepted, "the badge of {} is not taken: {answer:?} at {before:?}", by.name);
        self.keyboard.digits(&by.pin)?;
        self.after(&before, "the approval").map(drop)
    }

    /// Opens a delivery by its number or that of its order.
    ///
    /// # Errors
    /// When the device does not know it in time.
    pub fn open_delivery(&mut self, id: &str) -> Result<()> {
        wait_for("the delivery to be known", SOON, || {
            let answer = self.scan(id)?;
            if !answer.accepted {
                std::thread::sleep(Duration::from_secs(1));
            }
            Ok(answer.accepted.then_some(()))
        })?;
        let status = self.status()?;
        ensure!(status.step() == "receive.item", "{id} opens {status:?}");
        Ok(())
    }

    /// Opens an announced pallet of the delivery: each line of it is confirmed by one scan of the goods.
    ///
    /// # Errors
    /// When a line of it is not confirmed.
    pub fn receive_announced(&mut self, pallet: &str, codes: &[String]) -> Result<()> {
        self.scanned(&format!("]C100{pallet}"))?;
        for code in codes {
            self.scanned(code)?;
        }
        let status = self.status()?;
        ensure!(status.step() == "receive.item", "the pallet {pallet} leaves {status:?}");
        Ok(())
    }

    /// Receives the goods of one line, until they stand where they go.
    ///
    /// # Errors
    /// When a step does not do what the status says.
    pub fn receive(&mut self, goods: &Goods, supervisor: Option<&Operator>) -> Result<()> {
        let total = goods.good + goods.damaged;
        let mut serials = goods.serials.iter();
        let begun = self.status()?;
        ensure!(begun.step() == "receive.item", "goods cannot be received at {begun:?}");
        self.scanned(&goods.code)?;
        for _ in 0..STEPS_MAX {
            let status = self.status()?;
            let done = status.quantity.map_or(0, |quantity| quantity.done);
            let damaged = status.entry.as_ref().map_or(0, |entry| entry.damaged);
            match status.step() {
                "receive.lot" => {
                    self.press("keypad")?;
                    self.typed(&goods.lot)?.with_context(|| format!("the lot is not taken at {status:?}"))?;
                }
                "receive.expiry" => {
                    self.typed(&goods.expiry)?.with_context(|| format!("the date is not taken at {status:?}"))?;
                }
                "receive.serial" => match serials.next() {
                    Some(serial) => self.scanned(&format!("]C121{serial}"))?,
                    None => drop(self.act("next")?),
                },
                "receive.quantity" | "receive.condition" if done < total && goods.serials.is_empty() => {
                    self.one_more(goods, &status, supervisor)?;
                }
                "receive.quantity" => drop(self.act("next")?),
                "receive.condition" if damaged < goods.damaged => {
                    self.press("damaged")?;
                    std::thread::sleep(PAGE);
                    let told = self.typed(&goods.damaged.to_string())?;
                    told.with_context(|| format!("the damaged units are not taken at {status:?}"))?;
                    self.photo()?;
                }
                "receive.condition" => drop(self.act("next")?),
                "receive.unit" => match &goods.onto {
                    Onto::Floor => drop(self.act("no-pallet")?),
                    Onto::NewLabel => drop(self.act("print-label")?),
                    Onto::Unit(label) => self.scanned(label)?,
                },
                "receive.item" => return Ok(()),
                _ => bail!("goods {goods:?} lead to {status:?}"),
            }
        }
        bail!("goods {goods:?} are not received in {STEPS_MAX} steps")
    }

    /// Counts on: the number at once, or one unit. What is too much is for the supervisor.
    fn one_more(&mut self, goods: &Goods, status: &Status, supervisor: Option<&Operator>) -> Result<()> {
        let total = goods.good + goods.damaged;
        let counted = if goods.typed && status.step() == "receive.quantity" {
            self.typed(&total.to_string())?.is_some()
        } else {
            let answer = self.scan(&goods.code)?;
            ensure!(answer.accepted || answer.reason == "RECEIPT_OVER", "{answer:?} at {status:?}");
            answer.accepted
        };
        if counted {
            return Ok(());
        }
        let by = supervisor.with_context(|| format!("more than may be received, and nobody to allow it: {goods:?}"))?;
        self.approve(by)
    }

    /// Takes a photograph of what is damaged.
    ///
    /// # Errors
    /// When none is taken.
    pub fn photo(&self) -> Result<()> {
        let photos = |status: &Status| status.entry.as_ref().map_or(0, |entry| entry.photos);
        let before = photos(&self.status()?);
        let status = self.status()?;
        let keys = status.action("photo").context("no camera")?.keys.clone();
        for key in keys.iter().chain(&keys).chain(&keys) {
            // The camera takes a moment to see something.
            self.keyboard.keys(&[key_of(key)])?;
            std::thread::sleep(2 * PAGE);
            if photos(&self.status()?) > before {
                return Ok(());
            }
        }
        bail!("no photograph was taken")
    }

    /// Closes the delivery with the own badge. Where less came: final or more to come.
    ///
    /// # Errors
    /// When it does not close.
    pub fn close_delivery(&mut self, finally: bool) -> Result<()> {
        let before = self.status()?;
        let short = if finally { "close-final" } else { "close-to-come" };
        self.press(if before.action("close").is_some() { "close" } else { short })?;
        std::thread::sleep(PAGE);
        let badge = self.operator.badge.clone();
        let answer = self.scan(&badge)?;
        ensure!(answer.accepted, "the delivery does not close: {answer:?} at {before:?}");
        let after = self.status()?;
        ensure!(!after.step().starts_with("receive"), "closed, and {after:?}");
        Ok(())
    }

    /// Opens the list of work, from wherever the station is at home.
    ///
    /// # Errors
    /// When there is no way to it.
    pub fn to_work(&mut self) -> Result<()> {
        self.turn_to("work-list", "work")
    }

    /// Opens the list of deliveries, from wherever the station is at home.
    ///
    /// # Errors
    /// When there is no way to it.
    pub fn to_deliveries(&mut self) -> Result<()> {
        self.turn_to("deliveries", "deliveries")
    }

    pub(super) fn turn_to(&mut self, step: &str, button: &str) -> Result<()> {
        // The page of returns is left before another is opened.
        if self.status()?.step() == "returns" && step != "returns" {
            self.act("back")?;
        }
        if self.status()?.step() != step {
            self.act(button)?;
        }
        let status = self.status()?;
        ensure!(status.step() == step, "{button} leads to {status:?}");
        Ok(())
    }

    /// Opens a task of the list.
    ///
    /// # Errors
    /// When it does not come, or cannot be opened.
    pub fn open_task(&mut self, task: &str) -> Result<()> {
        wait_for(&format!("the task {task}"), SOON, || {
            let status = self.status()?;
            Ok(status.expects.iter().any(|expect| expect.codes.iter().any(|code| code == task)).then_some(()))
        })?;
        self.scanned(task)
    }

    /// Counts units of one code, each by a scan of its own.
    ///
    /// # Errors
    /// When one does not count.
    pub fn count_each(&mut self, code: &str, qty: i64) -> Result<()> {
        (0..qty).try_for_each(|_| self.scanned(code))
    }

    fn is_at(&self, task: &str) -> Result<Option<Status>> {
        let status = self.status()?;
        Ok(status.task.as_ref().is_some_and(|own| own.id == task).then_some(status))
    }

    /// Puts away everything of a task, each where it is suggested.
    ///
    /// # Errors
    /// When a step does not do what the status says.
    pub fn put_away(&mut self, task: &str) -> Result<()> {
        self.open_task(task)?;
        for _ in 0..STEPS_MAX {
            let Some(status) = self.is_at(task)? else { return Ok(()) };
            self.put_away_step(&status)?;
        }
        bail!("{task} is not put away in {STEPS_MAX} steps")
    }

    /// The next step of a put-away.
    ///
    /// # Errors
    /// When it does not do what the status says.
    pub fn put_away_step(&mut self, status: &Status) -> Result<()> {
        let quantity = status.quantity.unwrap_or_default();
        if status.step() == "put-away.empty" {
            return self.act("yes").map(drop);
        }
        // Serial numbers are never typed.
        let many = quantity.needed >= TYPE_FROM && quantity.done == 1 && status.step() == "put-away.quantity";
        if many && self.typed(&quantity.needed.to_string())?.is_some() {
            return Ok(());
        }
        let (_, code) = status.best().with_context(|| format!("nothing is asked at {status:?}"))?;
        let code = code.to_owned();
        self.scanned(&code)
    }

    /// Counts every place of a task. `truth`: what is really there, by the code of the place: code and units.
    ///
    /// # Errors
    /// When a step does not do what the status says.
    pub fn count(&mut self, task: &str, truth: &BTreeMap<String, Vec<(String, i64)>>) -> Result<()> {
        self.open_task(task)?;
        self.count_on(task, truth)
    }

    /// Goes on with a count that is open.
    ///
    /// # Errors
    /// When a step does not do what the status says.
    pub fn count_on(&mut self, task: &str, truth: &BTreeMap<String, Vec<(String, i64)>>) -> Result<()> {
        for _ in 0..STEPS_MAX {
            let Some(status) = self.is_at(task)? else { return Ok(()) };
            match status.step() {
                "count.contents" => self.count_place(&status, truth)?,
                _ => {
                    let (_, code) = status.best().with_context(|| format!("no place is asked at {status:?}"))?;
                    let code = code.to_owned();
                    self.scanned(&code)?;
                }
            }
        }
        bail!("{task} is not counted in {STEPS_MAX} steps")
    }

    /// Counts what is at the place that is open, and says by its code that this is all.
    ///
    /// # Errors
    /// When a step does not do what the status says.
    pub fn count_place(&mut self, status: &Status, truth: &BTreeMap<String, Vec<(String, i64)>>) -> Result<()> {
        let asked = status.expects.iter().find(|expect| expect.kind == "location");
        let place = asked.and_then(|expect| expect.codes.first()).context("no place is counted")?.clone();
        let there = truth.get(&place).with_context(|| format!("nobody knows what is at {place}"))?;
        for (code, qty) in there {
            self.count_goods(code, *qty)?;
        }
        if there.is_empty() {
            self.act("shelf-empty")?;
        }
        self.scanned(&place)
    }

    /// Counts units of one code: the first is scanned, the others are scanned or typed.
    ///
    /// # Errors
    /// When they do not count.
    pub fn count_goods(&mut self, code: &str, qty: i64) -> Result<()> {
        self.scanned(code)?;
        if qty >= TYPE_FROM {
            self.press("keypad")?;
            std::thread::sleep(PAGE);
            let typed = self.typed(&qty.to_string())?;
            return typed.map(drop).with_context(|| format!("{qty} is not taken for {code}"));
        }
        for _ in 1..qty {
            self.scanned(code)?;
        }
        Ok(())
    }
}

/// What a keyboard calls a key of the status.
fn key_of(name: &str) -> &str {
    match name {
        "Enter" => "Return",
        "PageDown" => "Next",
        "PageUp" => "Prior",
        "Backspace" => "BackSpace",
        "-" => "minus",
        "." => "period",
        other => other,
    }
}
