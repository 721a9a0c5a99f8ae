//! A robot runs every kind of station by `floorhand status --json` alone: the step, what it takes, the buttons with
//! their keys. It links nothing of the app, and sees of the warehouse only what eyes would: what lies on a shelf.
//!
//! `FLOORHAND_ROBOT_SCANS` says how many scans each station is worked for.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stderr)]

use anyhow::{Context, Result, ensure};
use floorhand_demo::robot::{
    App, Binaries, Core, Device, Display, Eyes, PATIENCE, Printer, Reader, Robot, Seeded, Tally, camera_of, wait_for,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Scans of each station where nobody says how many.
const SCANS: usize = 120;
/// Scans of each before the other has its turn: what is packed gives its totes back.
const SCANS_A_TURN: usize = 250;
/// Steps of one pick task at the most.
const TASK_STEPS: usize = 400;
/// Places of one count.
const PLACES: usize = 3;
/// A place is worth a count from so many units, up to so many.
const WORTH: std::ops::RangeInclusive<i64> = 4..=60;

#[test]
fn pickers_and_packers_are_run_by_the_status_alone() {
    let scans = scans();
    // Each order brings some eight scans of a picker and as many of a packer.
    let orders = (scans / 4).max(16).to_string();
    let items = (scans / 4).clamp(60, 400).to_string();
    let world = World::new(&["--orders", &orders, "--items", &items, "--locations", "600"]);
    let mut picker = world.station("H-01", "handheld", (480, 800), &["pick"]);
    let mut packer = world.station("P-01", "packing", (1280, 800), &["pack", "returns"]);
    for done in (0..scans).step_by(SCANS_A_TURN) {
        let turn = SCANS_A_TURN.min(scans - done);
        picker.alone(|robot| robot.run(turn, &mut Eyes::default(), |_, _| Ok(false)));
        packer.alone(|robot| {
            robot.run(turn, &mut Eyes::default(), |robot, _| {
                // Whatever was brought is packed: the picker brings more.
                let done = picker.robot.tally.tasks_done;
                let more = |status: &_, tally: &Tally| is_free(status) && tally.tasks_done > done;
                picker.robot.drive_until("another task", TASK_STEPS, more)?;
                wait_for("an order at the bench", PATIENCE, || Ok(robot.status()?.best().map(drop)))?;
                Ok(true)
            })
        });
    }
    assert!(packer.robot.tally.orders > 0, "{:?}", packer.robot.tally);
    for station in [&picker, &packer] {
        station.is_clean();
    }
    world.verify();
}

#[test]
fn a_receiver_who_counts_and_inspects_returns_is_run_by_the_status_alone() {
    let scans = scans();
    let world = World::new(&["--orders", "12"]);
    // What never left would be listed for ever: nothing of it can come.
    let supervisor = world.core.token_of("supervisor").unwrap();
    let no = json!({"id": "robot-1", "note": "never sent"});
    world.core.post("/v1/rmas/RMA-5003/cancel", Some(&supervisor), &no).unwrap();
    let mut dock = world.station("D-01", "dock", (1280, 800), &["receive", "stock", "count", "returns"]);
    let (mut eyes, mut work) = (Eyes::default(), Counts { world: &world, planned: 0, supervisor });
    dock.alone(|robot| {
        // Deliveries; then returns, then a count, and whatever there is after each.
        robot.run(scans / 3, &mut eyes, |robot, eyes| work.more(robot, eyes))?;
        finish(robot, &mut eyes)?;
        robot.to_returns()?;
        robot.run(scans / 3, &mut eyes, |robot, eyes| work.more(robot, eyes))?;
        finish(robot, &mut eyes)?;
        robot.to_work()?;
        let count = work.plan(robot, &mut eyes)?;
        robot.open_task(&count)?;
        robot.run(scans - 2 * (scans / 3), &mut eyes, |robot, eyes| work.more(robot, eyes))
    });
    let steps: BTreeSet<String> = dock.steps();
    for kind in ["receive", "return", "count"] {
        assert!(steps.iter().any(|step| step.starts_with(kind)), "no {kind} among {steps:?}");
    }
    dock.is_clean();
    world.verify();
}

/// Counts, as many as are wanted.
struct Counts<'a> {
    world: &'a World,
    planned: usize,
    supervisor: String,
}

/// A place, and what lies there: code and units.
type Place = (String, Vec<(String, i64)>);

impl Counts<'_> {
    /// The receiver has nothing to do where it is: on to the list of work, and there to another count.
    fn more(&mut self, robot: &mut Robot, eyes: &mut Eyes) -> Result<bool> {
        if robot.status()?.step() != "work-list" {
            robot.to_work()?;
            return Ok(true);
        }
        let task = self.plan(robot, eyes)?;
        wait_for("the count", PATIENCE, || Ok(robot.status()?.offers(&task).then_some(true)))
    }

    /// The next places, and a look at what lies there: what was put away meanwhile, too.
    fn plan(&mut self, robot: &Robot, eyes: &mut Eyes) -> Result<String> {
        wait_for("all facts to be in the core", PATIENCE, || Ok((robot.status()?.outbox.pending == 0).then_some(())))?;
        let places = self.world.places()?;
        let next = places.iter().cycle().skip(self.planned * PLACES % places.len()).take(PLACES);
        let locations: Vec<&str> = next.map(|(place, _)| place.as_str()).collect();
        self.planned += 1;
        let plan = json!({"id": format!("robot-count-{}", self.planned), "locations": locations});
        let planned = self.world.core.post("/v1/counts/plan", Some(&self.supervisor), &plan)?;
        eyes.shelves = places.iter().cloned().collect();
        planned.pointer("/tasks/0").and_then(Value::as_str).map(str::to_owned).context("nothing is planned")
    }
}

/// Ends the task in hand.
fn finish(robot: &mut Robot, eyes: &mut Eyes) -> Result<()> {
    loop {
        let status = robot.status()?;
        if is_free(&status) {
            return Ok(());
        }
        robot.any_step(&status, eyes)?;
    }
}

fn scans() -> usize {
    std::env::var("FLOORHAND_ROBOT_SCANS").ok().and_then(|number| number.parse().ok()).unwrap_or(SCANS)
}

fn is_free(status: &floorhand_demo::robot::Status) -> bool {
    status.task.is_none()
}

fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A warehouse and its core.
struct World {
    folder: tempfile::TempDir,
    binaries: Binaries,
    seeded: Seeded,
    core: Core,
    printer: Printer,
}

/// A station, and the robot at it.
struct Station<'a> {
    world: &'a World,
    name: &'static str,
    robot: Robot,
    app: App,
    display: Display,
}

impl World {
    fn new(seed: &[&str]) -> Self {
        let app = PathBuf::from(env!("CARGO_BIN_EXE_floorhand"));
        let core = app.with_file_name("floorhand-erp");
        assert!(core.is_file(), "{} is missing; build it first: cargo build -p floorhand-erp", core.display());
        let binaries = Binaries { app, core };
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("core");
        let seeded = Seeded::demo(&binaries, &at, seed).unwrap();
        let core = Core::start(&binaries, &at, &folder.path().join("core.log")).unwrap();
        World { folder, binaries, seeded, core, printer: Printer::switch_on().unwrap() }
    }

    fn station(&self, name: &'static str, profile: &str, screen: (u32, u32), roles: &[&str]) -> Station<'_> {
        let open = || -> Result<Station<'_>> {
            let folder = self.folder.path().join(name);
            std::fs::create_dir_all(&folder)?;
            let code = self.core.enrol_code(name, profile)?;
            let device = Device::enrol(&self.binaries, &folder.join("device"), &self.core.url(), &code)?;
            let reader = Reader::plug(&folder.join("scanner"))?;
            let display = Display::virtual_of(screen.0, screen.1)?;
            let (camera, printer) = (camera_of(&folder.join("camera"))?, self.printer.name());
            let with = ["--scanner", camera.as_str(), "--printer", printer.as_str()];
            let environment =
                [("SLINT_BACKEND", "winit-software"), ("DISPLAY", display.name()), ("WAYLAND_DISPLAY", "")];
            let app = App::start(&device, reader.path(), &with, &environment, &folder.join("app.log"))?;
            let keyboard = display.keyboard(app.id())?;
            let mut robot = Robot::new(device, reader, keyboard, self.seeded.with_roles(roles)?.clone())?;
            // A badge is known once all rows are here, page by page.
            let badge = robot.operator.badge.clone();
            wait_for("the badge to be known", PATIENCE, || Ok(robot.scan(&badge)?.accepted.then_some(())))?;
            robot.tally = Tally::default();
            Ok(Station { world: self, name, robot, app, display })
        };
        open().unwrap_or_else(|error| panic!("{name}: {error:#}"))
    }

    /// Places with goods that have no lots, no serial numbers and no handling unit: what lies there.
    fn places(&self) -> Result<Vec<Place>> {
        let mut codes = BTreeMap::new();
        for item in self.core.list("/v1/items")? {
            let all = item.get("barcodes").and_then(Value::as_array).cloned().unwrap_or_default();
            let each = all.iter().find(|code| code.get("qty").and_then(Value::as_i64) == Some(1));
            let ean = each.map(|code| text(code, "code")).and_then(|code| code.strip_prefix('0'));
            if let Some(ean) = ean.filter(|ean| !ean.starts_with("00000")) {
                codes.insert(text(&item, "id").to_owned(), format!("]E0{ean}"));
            }
        }
        let mut rows: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for row in self.core.list("/v1/stock")? {
            rows.entry(text(&row, "location").to_owned()).or_default().push(row);
        }
        let mut places = Vec::new();
        for (place, rows) in rows {
            let [row] = rows.as_slice() else { continue };
            let plain = ["lot", "serial", "handling_unit"].iter().all(|name| text(row, name).is_empty());
            let qty = row.get("qty").and_then(Value::as_i64).unwrap_or(0);
            let Some(code) = codes.get(text(row, "item")).filter(|_| plain && WORTH.contains(&qty)) else { continue };
            if text(row, "status") == "available" {
                places.push((place, vec![(code.clone(), qty)]));
            }
        }
        ensure!(places.len() >= PLACES, "only {} places can be counted", places.len());
        Ok(places)
    }

    fn verify(&self) {
        let verified = self.core.verify().unwrap();
        assert_eq!(verified.get("ok").and_then(Value::as_bool), Some(true), "{verified}");
    }
}

impl Station<'_> {
    /// Works; where that fails, the program's last words and its screen are kept.
    #[track_caller]
    fn alone(&mut self, work: impl FnOnce(&mut Robot) -> Result<()>) {
        let worked = work(&mut self.robot);
        self.app.check().unwrap();
        if let Err(error) = worked {
            let log = self.world.folder.path().join(self.name).join("app.log");
            let said = std::fs::read_to_string(log).unwrap_or_default();
            let lines: Vec<&str> = said.lines().collect();
            eprintln!("--- {}\n{}", self.name, lines[lines.len().saturating_sub(20)..].join("\n"));
            let picture = std::env::temp_dir().join(format!("floorhand-robot-{}.png", self.name));
            let _ = self.display.shot(&picture);
            panic!("{}: {error:#}\nits screen: {}\ntally: {:?}", self.name, picture.display(), self.robot.tally);
        }
    }

    /// The steps that its scans met.
    fn steps(&self) -> BTreeSet<String> {
        self.robot.device.log().unwrap().into_iter().map(|row| row.step).collect()
    }

    /// Nothing that the status listed was refused but what asks, and the core took every fact.
    fn is_clean(&self) {
        let odd =
            |reason: &&String| !reason.ends_with('?') && !["PHOTO_NEEDED", "CARTON_BAD"].contains(&reason.as_str());
        let refused: Vec<&String> = self.robot.tally.refused.keys().filter(odd).collect();
        assert!(refused.is_empty(), "{} refused {refused:?}", self.name);
        wait_for("all facts to be in the core", PATIENCE, || {
            let outbox = self.robot.status()?.outbox;
            ensure!(outbox.rejected == 0 && outbox.parked == 0, "facts were not applied: {outbox:?}");
            Ok((outbox.pending == 0).then_some(()))
        })
        .unwrap();
    }
}
