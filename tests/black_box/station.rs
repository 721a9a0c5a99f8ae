//! Somebody's station: the app on a screen, a reader, a keyboard, and whoever works there.

use super::line::Line;
use super::{Goods, UNKNOWN, rows, same, text};
use anyhow::{Context, Result, bail, ensure};
use floorhand_demo::robot::{App, Device, Display, Operator, PATIENCE, Reader, Robot, SOON, Status, output, wait_for};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Steps of a sign-in at the most.
const STEPS: usize = 20;

/// The keys of buttons, as `floorhand status` tells them of each step.
const KEYS: &[(&str, &str)] = &[
    ("good", "1"),
    ("next", "Return"),
    ("no", "F4"),
    ("undo", "F4"),
    ("close-delivery", "F5"),
    ("finish", "F5"),
    ("yes", "F5"),
    ("damaged", "F6"),
    ("final", "F6"),
    ("keypad", "F7"),
    ("photo", "F8"),
    ("shutter", "F8"),
    ("shelf-empty", "F9"),
    ("blind", "F12"),
    ("no-pallet", "F12"),
    ("more-to-come", "F12"),
];

/// Somebody's station.
pub struct Station {
    pub robot: Robot,
    pub line: Line,
    /// Its name in the core.
    pub id: String,
    display: Display,
    app: Option<App>,
    arguments: Vec<String>,
    log: PathBuf,
    binary: PathBuf,
}

fn start(device: &Device, reader: &Reader, display: &Display, arguments: &[String], log: &Path) -> Result<App> {
    let environment = [("SLINT_BACKEND", "winit-software"), ("DISPLAY", display.name()), ("WAYLAND_DISPLAY", "")];
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    App::start(device, reader.path(), &arguments, &environment, log)
}

impl Station {
    /// Starts the app of an enrolled device.
    pub(super) fn new(
        (device, reader, line): (Device, Reader, Line),
        binary: &Path,
        (profile, arguments): (&str, &[&str]),
        log: PathBuf,
        operator: Operator,
    ) -> Result<Self> {
        let (width, height) = if profile == "handheld" { (480, 800) } else { (1280, 800) };
        let display = Display::virtual_of(width, height)?;
        let arguments: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
        let app = start(&device, &reader, &display, &arguments, &log)?;
        let keyboard = display.keyboard(app.id())?;
        let robot = Robot::new(device, reader, keyboard, operator)?;
        let (binary, app) = (binary.to_owned(), Some(app));
        Ok(Station { robot, line, id: String::new(), display, app, arguments, log, binary })
    }

    /// What the step asks for.
    pub fn status(&self) -> Result<Status> {
        self.robot.status()
    }

    /// Waits for a state.
    pub fn until(&mut self, what: &str, goal: impl Fn(&Status) -> bool) -> Result<Status> {
        self.within(PATIENCE, what, goal)
    }

    fn within(&mut self, at_most: Duration, what: &str, goal: impl Fn(&Status) -> bool) -> Result<Status> {
        if let Some(app) = &mut self.app {
            app.check()?;
        }
        let mut last = None;
        let found = wait_for(what, at_most, || {
            let status = self.robot.status()?;
            let done = goal(&status);
            last = Some(status.clone());
            Ok(done.then_some(status))
        });
        found.with_context(|| format!("{} is at {last:?}", self.id))
    }

    /// Waits for a step.
    pub fn at(&mut self, step: &str) -> Result<Status> {
        self.within(SOON, &format!("step {step}"), |status| status.step() == step)
    }

    /// Scans what must count, and lead to this step.
    pub fn scan(&mut self, code: &str, step: &str) -> Result<Status> {
        let answer = self.robot.scan(code)?;
        let status = self.status()?;
        ensure!(answer.accepted, "{code} was refused: {answer:?} at {status:?}");
        ensure!(status.step() == step, "{code} leads to {status:?}, not to {step}");
        Ok(status)
    }

    /// Scans what must be refused for this reason, and move nothing.
    pub fn refused(&mut self, code: &str, reason: &str) -> Result<()> {
        self.robot.scan_wrong(code, &[reason]).map(drop)
    }

    /// Scans what is asked about: the first time it is refused with a question, the second time it counts.
    pub fn twice(&mut self, code: &str, question: &str, step: &str) -> Result<Status> {
        self.refused(code, question)?;
        self.scan(code, step)
    }

    /// Presses keys one after the other, and waits until the app has taken them.
    pub fn keys(&mut self, keys: &[&str]) -> Result<()> {
        let before = self.taps()?;
        self.robot.keyboard.keys(keys)?;
        wait_for(&format!("{keys:?} to be taken"), SOON, || Ok((self.taps()? >= before + keys.len()).then_some(())))
    }

    /// Presses a button by its key.
    pub fn press(&mut self, button: &str) -> Result<()> {
        let key = KEYS.iter().find(|(name, _)| *name == button).with_context(|| format!("no key for {button}"))?.1;
        self.keys(&[key])
    }

    /// Opens More and chooses a row of what may be done there.
    pub fn more(&mut self, row: &str) -> Result<()> {
        let status = self.status()?;
        let found = status.actions.iter().find(|action| action.name == row);
        let keys = found.with_context(|| format!("no {row} at {status:?}"))?.keys.clone();
        self.keys(&keys.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Signs out: More, its button, and once more since it asks.
    pub fn sign_out(&mut self) -> Result<()> {
        self.keys(&["F1", "F5", "F5"])?;
        self.at("sign-in.badge").map(drop)
    }

    /// Takes a photograph of what is damaged, as soon as the camera shows something.
    pub fn photo(&mut self) -> Result<()> {
        let seq = self.status()?.seq;
        self.press("photo")?;
        for _ in 0..STEPS {
            self.press("shutter")?;
            if self.status()?.seq > seq {
                return Ok(());
            }
        }
        bail!("the camera takes no photograph")
    }

    /// Types a number into the keypad that is open, and says that it is whole.
    pub fn number(&mut self, number: i64) -> Result<()> {
        let mut keys: Vec<String> = number.to_string().chars().map(String::from).collect();
        keys.push("Return".to_owned());
        self.keys(&keys.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Keys in the event log; it is written within a second.
    fn taps(&self) -> Result<usize> {
        self.logged("\"in\":{\"Tap\":")
    }

    /// How often the event log says this.
    fn logged(&self, what: &str) -> Result<usize> {
        let mut found = 0;
        for entry in std::fs::read_dir(self.robot.device.data())?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with("events.") && name.ends_with(".jsonl") {
                let text = String::from_utf8_lossy(&std::fs::read(entry.path())?).into_owned();
                found += text.matches(what).count();
            }
        }
        Ok(found)
    }

    /// Signs somebody in, by badge and PIN.
    pub fn sign_in(&mut self, operator: &Operator) -> Result<()> {
        self.robot.operator = operator.clone();
        let home = |status: &Status| matches!(status.step(), "work-list" | "deliveries" | "pack.next");
        self.robot.drive_until("a sign-in", STEPS, |status, _| home(status)).map(drop)
    }

    /// Waits until the app knows that there is no core.
    pub fn offline(&mut self) -> Result<()> {
        self.until("the app to know that it is alone", |status| status.sync.state == "offline").map(drop)
    }

    /// What the step takes of a kind, the best.
    pub fn asked(&self, kind: &str) -> Result<String> {
        let status = self.status()?;
        let code = status.expects.iter().find(|expect| expect.kind == kind).and_then(|expect| expect.codes.first());
        code.cloned().with_context(|| format!("no {kind} is asked at {status:?}"))
    }

    /// Lays a weight on the scale that must not count: the app has it, and is where it was.
    pub fn weighed_in_vain(&mut self, grams: i64) -> Result<()> {
        let before = self.status()?;
        let said = format!("\"in\":{{\"Scale\":{{\"grams\":{grams},\"steady\":true}}}}");
        self.robot.scale.as_ref().context("no scale")?.lay(grams);
        wait_for(&format!("{grams} g to be read"), SOON, || Ok((self.logged(&said)? > 0).then_some(())))?;
        let after = self.status()?;
        ensure!(after.place() == before.place(), "{grams} g led from {before:?} to {after:?}");
        Ok(())
    }

    /// Lays a weight on the scale that must count, and takes it off again.
    pub fn weighed(&mut self, grams: i64, step: &str) -> Result<()> {
        let status = self.status()?;
        self.robot.weigh(&status, grams)?;
        self.at(step).map(drop)
    }

    /// A supervisor allows what was refused last: badge, then PIN.
    pub fn approved_by(&mut self, supervisor: &Operator) -> Result<()> {
        let answer = self.robot.scan(&supervisor.badge)?;
        ensure!(answer.accepted, "the badge was refused: {answer:?}");
        let digits: Vec<String> = supervisor.pin.chars().map(String::from).collect();
        self.keys(&digits.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Closes the receipt by the receiver's own badge: `final` or `more-to-come` where something is open.
    pub fn close(&mut self, how: &str, home: &str) -> Result<()> {
        self.press("close-delivery")?;
        self.press(how)?;
        let own = self.robot.operator.badge.clone();
        self.scan(&own, home).map(drop)
    }

    /// Counts goods of an entry that are all good: one scan, the rest typed. Leads to the handling unit.
    pub fn count_in(&mut self, goods: &Goods, units: i64) -> Result<()> {
        self.scan(&goods.scan, "receive.quantity")?;
        self.number(units)?;
        let status = self.at("receive.condition")?;
        same("the count", &status.quantity.map(|quantity| quantity.done), &Some(units))?;
        self.press("good")?;
        self.at("receive.unit").map(drop)
    }

    /// Says that they stand loose at the dock.
    pub fn loose(&mut self) -> Result<()> {
        self.press("no-pallet")?;
        self.at("receive.item").map(drop)
    }

    /// Counts the goods of a place: one scan, the rest typed, then the place again. Leads to `after`.
    pub fn count_place(&mut self, bin: &str, goods: &Goods, units: i64, after: &str) -> Result<()> {
        self.scan(bin, "count.contents")?;
        self.scan(&goods.scan, "count.contents")?;
        self.press("keypad")?;
        let before = self.status()?.seq;
        self.number(units)?;
        self.until("the number to be saved", |status| status.seq > before)?;
        self.scan(bin, after).map(drop)
    }

    /// Moves units out of a place to one that nobody suggested.
    pub fn move_units(&mut self, from: &str, goods: &Goods, units: i64, to: &str, home: &str) -> Result<()> {
        self.more("move-this")?;
        self.at("put-away.source")?;
        self.scan(from, "put-away.source")?;
        self.scan(&goods.scan, "put-away.quantity")?;
        self.number(units)?;
        self.at("put-away.destination")?;
        self.twice(to, "PLACE?", home).map(drop)
    }

    /// Moves a whole handling unit to a place that nobody suggested.
    pub fn move_whole(&mut self, unit: &str, to: &str, home: &str) -> Result<()> {
        self.more("move-this")?;
        self.at("put-away.source")?;
        self.scan(unit, "put-away.destination")?;
        self.twice(to, "PLACE?", home).map(drop)
    }

    /// Waits until a task is offered.
    pub fn offered(&mut self, task: &str) -> Result<()> {
        let listed = |status: &Status| status.expects.iter().any(|expect| expect.codes.iter().any(|code| code == task));
        self.until(&format!("task {task} to be offered"), listed).map(drop)
    }

    /// Everything that was done has an outcome, and the device has heard of it.
    pub fn drain(&mut self) -> Result<()> {
        // A station that was cut off tries again at its own pace; something to tell makes it try at once.
        let _ = self.robot.scan(UNKNOWN)?;
        self.until("all facts to be in the core", |status| status.outbox.pending == 0 && status.sync.state == "online")
            .map(drop)
    }

    /// The status with everything that it says.
    pub fn said(&self) -> Result<Value> {
        let mut command = Command::new(&self.binary);
        let said = output(command.args(["status", "--json", "--data"]).arg(self.robot.device.data()), SOON)?;
        Ok(serde_json::from_str(said.trim())?)
    }

    /// The entries of the needs-attention list that came from the core: mark, reason and type of the fact.
    pub fn attention(&self) -> Result<Vec<String>> {
        let status = self.said()?;
        let mut found: Vec<String> = rows(&status, "attention")
            .iter()
            .map(|row| format!("{} {} {}", text(row, "mark"), text(row, "reason"), text(row, "fact")))
            .collect();
        found.sort();
        Ok(found)
    }

    /// Waits until the needs-attention list has these entries, and no other.
    pub fn attends(&mut self, entries: &[&str]) -> Result<()> {
        let mut last = Vec::new();
        let found = wait_for("the needs-attention list", PATIENCE, || {
            last = self.attention()?;
            Ok((last == entries).then_some(()))
        });
        found.with_context(|| format!("it has {last:?}, not {entries:?}"))
    }

    /// Ends the app as a service manager does.
    pub fn stop(&mut self) -> Result<()> {
        self.app.take().context("no app")?.stop()
    }

    /// Ends the app as a power cut does.
    pub fn kill(&mut self) -> Result<()> {
        self.app.take().context("no app")?.kill9()
    }

    /// Starts the app again.
    pub fn start(&mut self) -> Result<()> {
        let app = start(&self.robot.device, &self.robot.reader, &self.display, &self.arguments, &self.log)?;
        self.robot.keyboard = self.display.keyboard(app.id())?;
        self.app = Some(app);
        Ok(())
    }

    /// Kills the app and starts it again: dead and alive it says what it said before.
    pub fn power_cut(&mut self) -> Result<Status> {
        let before = self.status()?;
        self.kill()?;
        let dead = self.status()?;
        ensure!(dead.place() == before.place(), "{before:?} was {dead:?} when it was dead");
        self.start()?;
        let after = self.status()?;
        ensure!(after.place() == before.place(), "{before:?} was {after:?} when it ran again");
        Ok(after)
    }
}
