//! A warehouse, the app on a screen of its own, and a picker with one reader.

use super::Result;
use super::answers::{Heard, Maker, Said};
use super::wire::Wire;
use anyhow::{Context, bail, ensure};
use floorhand_demo::robot::{
    App, Binaries, Core, Device, Display, Keyboard, LogEntry, Operator, PATIENCE, SOON, Seeded, Status, wait_for,
};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What nobody knows; numbers make it another one each time.
pub const UNKNOWN: &str = "NOBODY-KNOWS-";
/// Silence after which all is said. The app's own deadline is 80 ms.
const QUIET: Duration = Duration::from_millis(300);
/// Silence of a reader that ends half a code: longer than by default, for machines that are busy.
const IDLE_MS: u64 = 400;
/// Scans to the shelf at the most.
const STEPS_MAX: usize = 60;
/// Scans of which one must be answered in time.
const TRIES_MAX: usize = 20;
/// One warehouse at a time: what is late because of its neighbour says nothing.
static ONE: Mutex<()> = Mutex::new(());

pub struct Floor {
    pub maker: Maker,
    pub wire: Wire,
    pub device: Device,
    pub keyboard: Keyboard,
    pub core: Core,
    /// The shelf that the picker stands at.
    pub shelf: String,
    operator: Operator,
    app: Option<App>,
    display: Display,
    folder: tempfile::TempDir,
    /// Rows of the log that were looked at.
    seen: usize,
    asked: usize,
}

/// Sets a floor up and plays on it; where that fails, the programs' last words are shown.
#[track_caller]
pub fn play(maker: Maker, what: impl FnOnce(&mut Floor) -> Result<()>) {
    let _alone = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut floor = Floor::new(maker).unwrap_or_else(|error| panic!("the stage is not set: {error:#}"));
    if let Err(error) = what(&mut floor) {
        let state = floor.device.status().map_or_else(|error| format!("{error:#}"), |status| format!("{status:?}"));
        for name in ["app.log", "core.log"] {
            let text = std::fs::read_to_string(floor.folder.path().join(name)).unwrap_or_default();
            let lines: Vec<&str> = text.lines().collect();
            eprintln!("--- {name}\n{}", lines.get(lines.len().saturating_sub(30)..).unwrap_or_default().join("\n"));
        }
        panic!("{}: {error:#}\nstatus: {state}", maker.name());
    }
}

fn binaries() -> Binaries {
    let app = PathBuf::from(env!("CARGO_BIN_EXE_floorhand"));
    let core = app.with_file_name("floorhand-erp");
    assert!(core.is_file(), "{} is missing; build it first: cargo build -p floorhand-erp", core.display());
    Binaries { app, core }
}

impl Floor {
    fn new(maker: Maker) -> Result<Self> {
        let binaries = binaries();
        let folder = tempfile::tempdir()?;
        let at = |name: &str| folder.path().join(name);
        let seeded = Seeded::demo(&binaries, &at("core"), &["--orders", "6", "--items", "20", "--locations", "30"])?;
        let core = Core::start(&binaries, &at("core"), &at("core.log"))?;
        let code = core.enrol_code("H-01", "handheld")?;
        let device = Device::enrol(&binaries, &at("device"), &core.url(), &code)?;
        let wire = Wire::plug(&at("scanner"))?;
        let display = Display::virtual_of(480, 800)?;
        let app = start(&device, maker, &display, folder.path())?;
        let keyboard = display.keyboard(app.id())?;
        let operator = seeded.picker()?.clone();
        let floor = Floor {
            maker,
            wire,
            device,
            keyboard,
            core,
            shelf: String::new(),
            operator,
            app: Some(app),
            display,
            folder,
            seen: 0,
            asked: 0,
        };
        // Badges are known once the rows are here.
        wait_for("the first sync", PATIENCE, || Ok((floor.device.status()?.sync.state == "online").then_some(())))?;
        Ok(floor)
    }

    /// A code that nobody knows, and that was never scanned before.
    pub fn unknown(&mut self) -> String {
        self.asked += 1;
        format!("{UNKNOWN}{:04}", self.asked)
    }

    /// Sends bytes, waits for so many rows of the log, and for their answers; nothing more may come.
    pub fn exchange(&mut self, writes: &[&[u8]], rows: usize) -> Result<(Vec<LogEntry>, Heard)> {
        for (n, bytes) in writes.iter().enumerate() {
            if n > 0 {
                std::thread::sleep(Duration::from_millis(20));
            }
            self.wire.send(bytes)?;
        }
        let rows = self.rows(rows)?;
        let heard = self.answers(&rows)?;
        Ok((rows, heard))
    }

    /// The rows that came since, once there are so many; no more may be there.
    pub fn rows(&mut self, count: usize) -> Result<Vec<LogEntry>> {
        self.app.as_mut().map_or(Ok(()), App::check)?;
        let (seen, device) = (self.seen, self.device.clone());
        let rows = wait_for(&format!("{count} rows in the log"), SOON, || {
            let rows = device.log()?.split_off(seen);
            Ok((rows.len() >= count).then_some(rows))
        })?;
        ensure!(rows.len() == count, "{count} scans, but in the log {rows:?}");
        self.seen += count;
        Ok(rows)
    }

    /// Waits until nothing more comes, in the log and on the line, and gives what came.
    pub fn settle(&mut self) -> Result<(Vec<LogEntry>, Heard)> {
        let device = self.device.clone();
        let (started, mut quiet, mut last) = (Instant::now(), Instant::now(), (0, 0));
        let rows = loop {
            self.wire.listen()?;
            let rows = device.log()?.split_off(self.seen);
            let now = (rows.len(), self.wire.said().len());
            if now != last {
                (last, quiet) = (now, Instant::now());
            } else if quiet.elapsed() > 2 * QUIET + Duration::from_millis(IDLE_MS) {
                break rows;
            }
            ensure!(started.elapsed() < SOON, "the app does not come to rest");
            std::thread::sleep(Duration::from_millis(20));
        };
        self.seen += rows.len();
        Ok((rows, self.maker.heard(&self.wire.take())?))
    }

    /// What the reader heard about these scans: one answer each, and nothing else.
    pub fn answers(&mut self, rows: &[LogEntry]) -> Result<Heard> {
        let least = self.maker.answers_min(rows);
        let (maker, wire) = (self.maker, &mut self.wire);
        wait_for(&format!("{least} answers on the line"), SOON, || {
            wire.listen()?;
            // Half a command is on its way at the most.
            let whole = maker.heard(wire.said()).map_or(0, |heard| heard.said.len());
            Ok((whole >= least).then_some(()))
        })?;
        std::thread::sleep(QUIET);
        self.wire.listen()?;
        let heard = self.maker.heard(&self.wire.take())?;
        self.maker.agrees(&heard, rows)?;
        Ok(heard)
    }

    /// Scans one code.
    pub fn scan(&mut self, code: &str) -> Result<(LogEntry, Heard)> {
        let bytes = self.maker.scan(code);
        let (rows, heard) = self.exchange(&[&bytes], 1)?;
        Ok((rows.into_iter().next().context("no row")?, heard))
    }

    pub fn accepted(&mut self, code: &str) -> Result<()> {
        let (row, _) = self.scan(code)?;
        ensure!(row.accepted, "{code} was refused: {row:?}");
        Ok(())
    }

    /// Scans until the app is in time, and then it says this. A late one was "look at the screen", once.
    pub fn hears(&mut self, said: Said, mut code: impl FnMut(&mut Self) -> String) -> Result<()> {
        for _ in 0..TRIES_MAX {
            let code = code(self);
            let (row, heard) = self.scan(&code)?;
            ensure!(row.accepted == (said == Said::Good), "{row:?} cannot be answered {said:?}");
            let in_time = match (self.maker, said) {
                (Maker::Nobody, _) | (Maker::Bel, Said::Good) => heard.said.is_empty(),
                _ => heard.said == [said],
            };
            if in_time {
                return Ok(());
            }
        }
        bail!("of {TRIES_MAX} scans none was answered in time")
    }

    /// What the step asks for: this is what a wrong scan must not change.
    pub fn step(&self) -> Result<Status> {
        let status = self.device.status()?;
        Ok(Status {
            step: status.step,
            expects: status.expects,
            quantity: status.quantity,
            task: status.task,
            ..Status::default()
        })
    }

    /// Sends what must be refused, each part with a reason, and without a step.
    pub fn refused(&mut self, bytes: &[u8]) -> Result<Vec<LogEntry>> {
        let before = self.step()?;
        self.wire.send(bytes)?;
        let (device, seen) = (self.device.clone(), self.seen);
        wait_for("a refusal in the log", SOON, || Ok((device.log()?.len() > seen).then_some(())))?;
        let (rows, heard) = self.settle()?;
        for row in &rows {
            ensure!(!row.accepted, "{row:?} is no code and was accepted");
            ensure!(!row.reason.as_deref().unwrap_or_default().is_empty(), "{row:?} was refused without a reason");
        }
        self.maker.agrees(&heard, &rows)?;
        let after = self.step()?;
        ensure!(before == after, "{before:?} became {after:?}");
        Ok(rows)
    }

    /// Works until a step is asked; its name is that of `floorhand status`.
    pub fn until(&mut self, step: &str) -> Result<()> {
        for _ in 0..STEPS_MAX {
            let status = self.device.status()?;
            if status.step() == step {
                return Ok(());
            }
            if status.asks("pin") {
                self.type_pin()?;
                continue;
            }
            let code = match status.best() {
                _ if status.asks("badge") => self.operator.badge.clone(),
                Some((_, code)) => code.to_owned(),
                // The core plans while we wait.
                None => {
                    std::thread::sleep(Duration::from_millis(200));
                    continue;
                }
            };
            let (row, _) = self.scan(&code)?;
            // The first rows may still be on their way.
            let early = status.asks("badge") && row.reason.as_deref() == Some("BADGE_UNKNOWN");
            ensure!(row.accepted || early, "{code} was refused: {row:?}");
            if status.step() == "pick.location" {
                self.shelf = code;
            }
        }
        bail!("{step} is not reached in {STEPS_MAX} steps")
    }

    fn type_pin(&mut self) -> Result<()> {
        let pin = self.operator.pin.clone();
        self.keyboard.digits(&pin)?;
        let gone = || -> Result<Option<()>> { Ok((!self.device.status()?.asks("pin")).then_some(())) };
        // The last digit may be enough.
        if wait_for("the PIN to be checked", Duration::from_secs(5), gone).is_err() {
            self.keyboard.keys(&["Return"])?;
            wait_for("the PIN to be accepted", SOON, gone)?;
        }
        Ok(())
    }

    /// Pulls the reader out and plugs it in again: another pty under the same name.
    pub fn plug_anew(&mut self) -> Result<()> {
        self.wire = Wire::plug(&self.folder.path().join("scanner"))?;
        Ok(())
    }

    pub fn kill9(&mut self) -> Result<()> {
        self.app.take().context("no app")?.kill9()
    }

    pub fn start_again(&mut self) -> Result<()> {
        self.app = Some(start(&self.device, self.maker, &self.display, self.folder.path())?);
        Ok(())
    }

    /// All facts are in the core; as many refusals as the log has.
    pub fn refusals_are_facts(&self) -> Result<()> {
        wait_for("all facts to be in the core", PATIENCE, || {
            Ok((self.device.status()?.outbox.pending == 0).then_some(()))
        })?;
        let refused = self.device.log()?.iter().filter(|row| !row.accepted).count();
        let facts = self.core.list("/v1/facts?type=ScanRefused")?.len();
        ensure!(facts == refused, "{refused} refused scans, {facts} facts of them");
        Ok(())
    }
}

fn start(device: &Device, maker: Maker, display: &Display, folder: &Path) -> Result<App> {
    let environment = [("SLINT_BACKEND", "winit-software"), ("DISPLAY", display.name()), ("WAYLAND_DISPLAY", "")];
    let reader = format!("{},feedback={},idle={IDLE_MS}", folder.join("scanner").display(), maker.name());
    App::start(device, Path::new(&reader), &[], &environment, &folder.join("app.log"))
}
