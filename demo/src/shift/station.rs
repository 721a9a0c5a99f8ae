//! A station of the shift: a screen, the app on it, and the robot that works there.

use super::ENVIRONMENT;
use crate::stage::Hands;
use anyhow::{Context, Result, ensure};
use floorhand_demo::robot::{App, Device, Display, Operator, PATIENCE, Reader, Robot, Status, Tally, wait_for};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Steps between two moments of the shift at the most.
const STEPS: usize = 400;
/// The screen follows the store by a frame or two.
const FRAMES: Duration = Duration::from_millis(350);

/// A station.
pub struct Station {
    /// Who works there.
    pub robot: Robot,
    name: &'static str,
    display: Display,
    app: Option<App>,
    arguments: Vec<String>,
    folder: PathBuf,
}

impl Station {
    /// Switches it on.
    pub fn open(
        name: &'static str,
        screen: (u32, u32),
        hands: Hands,
        operator: &Operator,
        arguments: Vec<String>,
        folder: &Path,
    ) -> Result<Self> {
        let display = Display::virtual_of(screen.0, screen.1)?;
        let app = start(&hands.device, &hands.reader, name, &arguments, &display, folder)?;
        let keyboard = display.keyboard(app.id())?;
        let robot = Robot::new(hands.device, hands.reader, keyboard, operator.clone())?;
        Ok(Station { robot, name, display, app: Some(app), arguments, folder: folder.to_owned() })
    }

    /// What it is called.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Kills the app where it is, starts it again, and sees that it is at the same step.
    pub fn dies_and_comes_back(&mut self) -> Result<Status> {
        let before = self.robot.status()?;
        self.kill9(&before)?;
        let after = self.come_back()?;
        same_step(&before, &after)?;
        Ok(after)
    }

    /// Works on until `goal`.
    pub fn until(&mut self, what: &str, goal: impl FnMut(&Status, &Tally) -> bool) -> Result<Status> {
        if let Some(app) = &mut self.app {
            app.check()?;
        }
        self.robot.drive_until(what, STEPS, goal)
    }

    /// Signs in, with the list of work or of deliveries on the screen.
    pub fn sign_in(&mut self) -> Result<()> {
        self.until("the PIN to be asked", |status, _| status.asks("pin"))?;
        self.robot.do_next()?;
        let status = self.robot.status()?;
        ensure!(matches!(status.step(), "work-list" | "deliveries" | "pack.next"), "signed in, and {status:?}");
        Ok(())
    }

    /// Kills the app: what the store says must stay what it was.
    pub fn kill9(&mut self, before: &Status) -> Result<()> {
        self.app.take().context("no app")?.kill9()?;
        let dead = self.robot.status()?;
        ensure!(dead.place() == before.place(), "kill -9 has changed what was saved: {before:?} then {dead:?}");
        Ok(())
    }

    /// Kills the app, whatever it is doing.
    pub fn kill9_blindly(&mut self, before: &Status) -> Result<()> {
        self.app.take().context("no app")?.kill9()?;
        let dead = self.robot.status()?;
        ensure!(dead.epoch == before.epoch && dead.seq >= before.seq, "kill -9 took facts: {before:?} then {dead:?}");
        Ok(())
    }

    /// Starts the app again, signs in where it asks for that, and gives the status.
    pub fn come_back(&mut self) -> Result<Status> {
        let (device, reader) = (&self.robot.device, &self.robot.reader);
        let app = start(device, reader, self.name, &self.arguments, &self.display, &self.folder)?;
        self.robot.keyboard = self.display.keyboard(app.id())?;
        self.app = Some(app);
        wait_for("the app to be where it was", PATIENCE, || {
            let status = self.robot.status()?;
            if status.asks("pin") || status.asks("badge") {
                self.robot.do_next()?;
                return Ok(None);
            }
            Ok(Some(status))
        })
    }

    /// Waits until everything done here is in the core.
    pub fn drain(&self) -> Result<()> {
        wait_for(&format!("all facts of {} to be in the core", self.name), PATIENCE, || {
            let status = self.robot.status()?;
            ensure!(status.outbox.rejected == 0, "the core has rejected facts: {status:?}");
            Ok((status.outbox.pending == 0).then_some(()))
        })
    }

    /// Waits until the app has noticed that there is no core.
    pub fn offline(&self) -> Result<Status> {
        wait_for(&format!("{} to notice that the core is gone", self.name), PATIENCE, || {
            let status = self.robot.status()?;
            Ok((status.sync.state == "offline").then_some(status))
        })
    }

    /// Takes a picture of the screen.
    pub fn shot(&self, number: usize, name: &str) -> Result<()> {
        std::thread::sleep(FRAMES);
        self.display.shot(&self.folder.join(format!("{number:02}-{name}.png"))).map(drop)
    }

    /// Switches it off.
    pub fn stop(&mut self) -> Result<()> {
        self.app.take().context("no app")?.stop()
    }
}

/// Nothing of a step is lost, and no fact.
pub fn same_step(before: &Status, after: &Status) -> Result<()> {
    let step = |status: &Status| {
        (status.step().to_owned(), status.task.clone(), status.quantity, status.expects.clone(), status.entry.clone())
    };
    ensure!(step(after) == step(before), "after kill -9 the app is elsewhere: {before:?} then {after:?}");
    let kept = after.epoch == before.epoch && after.seq >= before.seq;
    ensure!(kept, "after kill -9 facts are missing: {before:?} then {after:?}");
    Ok(())
}

fn start(
    device: &Device,
    reader: &Reader,
    name: &str,
    arguments: &[String],
    display: &Display,
    folder: &Path,
) -> Result<App> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    App::start(
        device,
        reader.path(),
        &arguments,
        &[ENVIRONMENT, ("DISPLAY", display.name()), ("WAYLAND_DISPLAY", "")],
        &folder.join(format!("{name}.log")),
    )
}
