//! The real programs together: the core over HTTP, the app under Xvfb, a pty as the reader, kill -9 as
//! the fault. Nothing here knows more than the commands, the read API and the screen.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stderr)]

use anyhow::{Context, Result, bail, ensure};
use floorhand_demo::robot::{
    App, Binaries, Core, Device, Display, LogEntry, PATIENCE, Reader, Robot, Seeded, Status, StockTotals, wait_for,
};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Steps to a moment of a test at the most.
const STEPS: usize = 300;
const UNKNOWN: &str = "]C0NOBODY-KNOWS-THIS";
const KILLS: usize = 20;

#[test]
fn a_single_and_a_cluster_pick_reach_the_ledger() {
    play(&["--orders", "10", "--items", "40", "--locations", "60"], |world| {
        let before = world.core.stock()?;
        let (single, cluster) = (world.task_of("single")?, world.task_of("cluster")?);
        world.until("the work list", |status| status.step() == "work-list" && status.best().is_some())?;

        world.robot.favourites = vec![single.clone()];
        world.until("the single pick", |status| is_at(status, &single))?;
        world.until("the end of the single pick", |status| status.task.is_none())?;

        world.robot.favourites = vec![cluster.clone()];
        world.until("the cluster pick", |status| is_at(status, &cluster))?;
        world.by_read_api(&cluster)?;

        world.drain()?;
        world.books_agree(&before, &[single, cluster])?;
        ensure!(world.robot.tally.refused.is_empty(), "right codes were refused: {:?}", world.robot.tally.refused);
        world.app.take().context("no app")?.stop()?;
        // Both commands read the store of an app that does not run, too.
        ensure!(world.robot.status()?.step() == "work-list");
        let log = world.robot.device.log()?;
        ensure!(
            log.len() == world.robot.tally.scans,
            "{} scans sent, {} in the log",
            world.robot.tally.scans,
            log.len()
        );
        ensure!(log.iter().all(|row| row.accepted && row.source == "serial" && row.rest.contains_key("at")));
        Ok(())
    });
}

#[test]
fn twenty_kills_and_a_core_that_goes_away() {
    play(&["--orders", "16", "--items", "40", "--locations", "60"], |world| {
        let before = world.core.stock()?;
        let mut random = Random(20_260_101);
        world.until("the work list", |status| status.step() == "work-list" && status.best().is_some())?;
        for n in 0..KILLS {
            match n {
                6 => {
                    world.core.stop()?;
                    let offline = |status: &Status| status.sync.state == "offline" && status.outbox.pending > 0;
                    world.until("scans without a core", offline)?;
                }
                13 => {
                    ensure!(world.robot.status()?.outbox.pending > 0, "nothing waited for the core");
                    world.core.restart()?;
                }
                _ => {}
            }
            let steps = random.below(4);
            world.some_steps(steps)?;
            if n % 2 == 0 { world.kill_at_rest(&mut random) } else { world.kill_in_a_scan(&mut random) }
                .with_context(|| format!("kill {} of {KILLS}", n + 1))?;
        }
        world.until("the end of the task", |status| status.task.is_none() && status.step() == "work-list")?;
        world.drain()?;
        let done = world.robot.tally.tasks.iter().cloned().collect::<Vec<_>>();
        ensure!(!done.is_empty(), "no task was done");
        world.books_agree(&before, &done)
    });
}

#[test]
fn what_is_wrong_is_refused_with_a_reason_and_moves_nothing() {
    play(&["--orders", "8", "--items", "40", "--locations", "60"], |world| {
        let wrong = Wrong::load(&world.core)?;
        let before = world.core.stock()?;
        // Nobody is signed in: digits from a reader are no PIN.
        world.refused(&wrong.item, &["BADGE_UNKNOWN", "WRONG_KIND"])?;
        world.noise(1)?;
        world.until("the PIN to be asked", |status| status.asks("pin"))?;
        let pin = world.robot.operator.pin.clone();
        world.refused(&format!("]C0{pin}"), &["BADGE_UNKNOWN"])?;
        world.half(&pin)?;
        ensure!(world.robot.status()?.asks("pin"), "a scanned PIN was taken");

        let cluster = world.task_of("cluster")?;
        world.robot.favourites = vec![cluster.clone()];
        world.until("the work list", |status| status.step() == "work-list" && status.best().is_some())?;
        world.refused(UNKNOWN, &["UNKNOWN_CODE"])?;
        world.refused(&wrong.shelf, &["WRONG_KIND"])?;
        world.half(&cluster)?;

        let status = world.until("an empty tote to be asked", |status| status.step() == "pick.totes")?;
        let totes = status.expects.first().map(|expect| expect.codes.clone()).unwrap_or_default();
        let foreign = totes.last().context("no totes")?.clone();
        world.refused(&wrong.item, &["WRONG_KIND"])?;
        world.refused(UNKNOWN, &["UNKNOWN_CODE"])?;

        let status = world.until("a shelf to be asked", |status| status.step() == "pick.location")?;
        world.refused(wrong.other_shelf(&status)?, &["WRONG_LOCATION"])?;
        world.refused(wrong.other_item(&status)?, &["NEED_LOCATION"])?;
        world.refused(UNKNOWN, &["UNKNOWN_CODE"])?;
        world.half(status.best().context("no shelf")?.1)?;
        world.burst()?;
        world.noise(2)?;

        let status = world.until("an item to be asked", |status| status.step() == "pick.item")?;
        world.refused(wrong.other_item(&status)?, &["WRONG_ITEM"])?;
        world.refused(wrong.other_shelf(&status)?, &["WRONG_LOCATION"])?;
        world.refused(UNKNOWN, &["UNKNOWN_CODE"])?;
        world.refused(&bad_check_digit(&wrong.item)?, &["CHECKSUM"])?;
        world.half(status.best().context("no item")?.1)?;
        world.burst()?;
        world.noise(3)?;

        let several = |status: &Status| status.step() == "pick.quantity" && status.quantity.is_some_and(|q| q.done > 0);
        let status = world.until("more units to come", several)?;
        world.refused(wrong.other_item(&status)?, &["WRONG_ITEM"])?;
        world.refused(UNKNOWN, &["UNKNOWN_CODE"])?;
        world.burst()?;
        world.noise(4)?;

        let status = world.until("the tote to be asked", |status| status.step() == "pick.tote")?;
        world.refused(&foreign, &["TOTE_OTHER"])?;
        world.refused(wrong.other_item(&status)?, &["WRONG_KIND"])?;
        world.refused(UNKNOWN, &["UNKNOWN_CODE"])?;
        world.half(status.best().context("no tote")?.1)?;

        let status = world.until("the drop-off to be asked", |status| status.step() == "pick.drop-off")?;
        world.refused(wrong.other_shelf(&status)?, &["PLACE_FORBIDDEN"])?;
        world.refused(UNKNOWN, &["UNKNOWN_CODE"])?;
        world.burst()?;
        world.noise(5)?;

        world.until("the end of the task", |status| status.task.is_none() && status.step() == "work-list")?;
        world.drain()?;
        // None of it moved a unit, and the work around it is whole.
        world.books_agree(&before, &[cluster])?;
        let log = world.robot.device.log()?;
        let silent = |row: &&LogEntry| !row.accepted && row.reason.as_deref().unwrap_or("").is_empty();
        ensure!(!log.iter().any(|row| silent(&row)), "a refusal without a reason is in the log");
        // Each refusal is also a fact.
        let refused = log.iter().filter(|row| !row.accepted).count();
        let facts = world.core.list("/v1/facts?type=ScanRefused")?.len();
        ensure!(facts == refused, "{refused} refused scans, {facts} facts of them");
        Ok(())
    });
}

/// A warehouse, a core, an app on a screen, a picker with a reader and a keyboard.
struct World {
    folder: tempfile::TempDir,
    core: Core,
    display: Display,
    app: Option<App>,
    robot: Robot,
}

fn binaries() -> Binaries {
    let app = PathBuf::from(env!("CARGO_BIN_EXE_floorhand"));
    let core = app.with_file_name("floorhand-erp");
    assert!(core.is_file(), "{} is missing; build it first: cargo build -p floorhand-erp", core.display());
    Binaries { app, core }
}

/// Sets a world up and plays in it; where that fails, the programs' last words are shown.
#[track_caller]
fn play(seed: &[&str], what: impl FnOnce(&mut World) -> Result<()>) {
    let mut world = World::new(seed).unwrap_or_else(|error| panic!("the stage is not set: {error:#}"));
    let played = what(&mut world);
    if let Err(error) = played {
        let state = world.robot.status().map_or_else(|error| format!("{error:#}"), |status| format!("{status:?}"));
        for name in ["app.log", "core.log"] {
            let text = std::fs::read_to_string(world.folder.path().join(name)).unwrap_or_default();
            let lines: Vec<&str> = text.lines().collect();
            eprintln!("--- {name}\n{}", lines.get(lines.len().saturating_sub(30)..).unwrap_or_default().join("\n"));
        }
        panic!("{error:#}\nstatus: {state}");
    }
}

impl World {
    fn new(seed: &[&str]) -> Result<Self> {
        let binaries = binaries();
        let folder = tempfile::tempdir()?;
        let at = |name: &str| folder.path().join(name);
        let seeded = Seeded::demo(&binaries, &at("core"), seed)?;
        let core = Core::start(&binaries, &at("core"), &at("core.log"))?;
        let code = core.enrol_code("H-01", "handheld")?;
        let device = Device::enrol(&binaries, &at("device"), &core.url(), &code)?;
        let reader = Reader::plug(&at("scanner"))?;
        let display = Display::virtual_of(480, 800)?;
        let app = start(&device, &reader, &display, folder.path())?;
        let keyboard = display.keyboard(app.id())?;
        let robot = Robot::new(device, reader, keyboard, seeded.picker()?.clone())?;
        let mut world = World { folder, core, display, app: Some(app), robot };
        // Badges are known once the rows are here.
        wait_for("the first sync", PATIENCE, || Ok((world.robot.status()?.sync.state == "online").then_some(())))?;
        world.alive()?;
        Ok(world)
    }

    fn alive(&mut self) -> Result<()> {
        self.app.as_mut().map_or(Ok(()), App::check)
    }

    /// Works on until `goal`.
    fn until(&mut self, what: &str, mut goal: impl FnMut(&Status) -> bool) -> Result<Status> {
        self.alive()?;
        self.robot.drive_until(what, STEPS, |status, _| goal(status))
    }

    fn some_steps(&mut self, steps: usize) -> Result<()> {
        let mut left = steps + 1;
        self.until("some steps", |status| {
            left -= usize::from(left > 0 && status.best().is_some());
            left == 0
        })
        .map(drop)
    }

    /// The first open task of a mode, of those with a line of several units where there is one.
    fn task_of(&self, mode: &str) -> Result<String> {
        let tasks = self.core.list("/v1/tasks?kind=pick")?;
        let of_mode = tasks.iter().filter(|task| text(task, "mode") == mode && text(task, "state") == "open");
        let found = of_mode.max_by_key(|task| {
            let several = rows(task, "lines").iter().filter(|line| number(line, "qty") > 1).count();
            (several > 0, std::cmp::Reverse(rows(task, "lines").len()))
        });
        found.map(|task| text(task, "id").to_owned()).with_context(|| format!("the seed has no open {mode} pick"))
    }

    fn task(&self, id: &str) -> Result<Value> {
        let tasks = self.core.list("/v1/tasks?kind=pick")?;
        tasks.into_iter().find(|task| text(task, "id") == id).with_context(|| format!("no task {id}"))
    }

    /// Picks a task by the codes of GET /v1/tasks; what the app lists must agree with it.
    fn by_read_api(&mut self, id: &str) -> Result<()> {
        let task = self.task(id)?;
        let lines = rows(&task, "lines").to_vec();
        for _ in 0..STEPS {
            let status = self.robot.status()?;
            if status.task.is_none() {
                return Ok(());
            }
            let listed = status.expects.first().map(|expect| expect.codes.clone()).unwrap_or_default();
            let known: Vec<String> = match status.step() {
                "pick.totes" | "pick.tote" => listed.clone(),
                "pick.location" => lines.iter().map(|line| text(line, "location_code").to_owned()).collect(),
                "pick.item" | "pick.quantity" => lines
                    .iter()
                    .flat_map(|line| rows(line, "barcodes"))
                    .map(|code| text(code, "scan").to_owned())
                    .collect(),
                "pick.drop-off" => vec![text(&task, "drop_off_code").to_owned()],
                other => bail!("unexpected step {other}"),
            };
            let code = listed.iter().rfind(|code| known.contains(code));
            let code = code.with_context(|| format!("{status:?} lists nothing that the core lists: {known:?}"))?;
            let answer = self.robot.scan(code)?;
            ensure!(answer.accepted, "{code} of GET /v1/tasks was refused: {answer:?} at {status:?}");
        }
        bail!("the task has no end")
    }

    fn drain(&self) -> Result<()> {
        wait_for("all facts to be in the core", PATIENCE, || {
            let outbox = self.robot.status()?.outbox;
            ensure!(outbox.rejected == 0 && outbox.parked == 0, "facts were not applied: {outbox:?}");
            Ok((outbox.pending == 0).then_some(()))
        })
    }

    /// The core's books after these tasks, and only these, were done: tasks, orders, stock, facts.
    fn books_agree(&self, before: &StockTotals, tasks: &[String]) -> Result<()> {
        let after = self.core.stock()?;
        let lost = before.lost_or_found(&after);
        ensure!(lost.is_empty(), "units were lost or found: {lost:?}");
        let mut moved = BTreeMap::<String, i64>::new();
        let mut wanted = BTreeMap::<String, i64>::new();
        let mut orders = Vec::new();
        for id in tasks {
            let task = self.task(id)?;
            ensure!(text(&task, "state") == "done", "{id} is {}", text(&task, "state"));
            for line in rows(&task, "lines") {
                let qty = number(line, "qty");
                ensure!(text(line, "state") == "done" && number(line, "picked") == qty, "not picked: {line}");
                *moved.entry(text(line, "location").to_owned()).or_default() -= qty;
                *moved.entry(text(&task, "drop_off").to_owned()).or_default() += qty;
                wanted.insert(text(line, "id").to_owned(), qty);
            }
            orders.extend(rows(&task, "slots").iter().map(|slot| text(slot, "order").to_owned()));
        }
        let found: BTreeMap<String, i64> =
            before.moved(&after).into_iter().map(|(place, was, is)| (place, is - was)).collect();
        ensure!(found == moved, "stock moved by {found:?}, the lines say {moved:?}");
        for order in self.core.list("/v1/orders")? {
            let (id, state) = (text(&order, "id"), text(&order, "state"));
            if orders.iter().any(|done| done == id) && rows(&order, "tasks").len() == 1 {
                ensure!(state == "picked", "order {id} is {state}");
            }
        }
        let facts = self.core.list("/v1/facts")?;
        self.facts_are_whole(&facts)?;
        let mut picked = BTreeMap::<String, i64>::new();
        for fact in facts.iter().filter(|fact| text(fact, "type") == "Picked") {
            let body = fact.get("body").cloned().unwrap_or_default();
            let units: i64 = rows(&body, "units").iter().map(|unit| number(unit, "qty")).sum();
            *picked.entry(text(&body, "line").to_owned()).or_default() += units;
        }
        ensure!(picked == wanted, "the facts say {picked:?} were picked, the lines {wanted:?}");
        let exceptions = self.core.list("/v1/exceptions")?;
        ensure!(exceptions.is_empty(), "exceptions: {exceptions:?}");
        let verified = self.core.verify()?;
        ensure!(verified.get("ok").and_then(Value::as_bool) != Some(false), "verify says no: {verified}");
        Ok(())
    }

    /// No fact lost, none doubled: 1, 2, 3 … to what the device wrote last.
    fn facts_are_whole(&self, facts: &[Value]) -> Result<()> {
        let status = self.robot.status()?;
        let mut seqs: Vec<i64> = facts.iter().map(|fact| number(fact, "seq")).collect();
        seqs.sort_unstable();
        ensure!(facts.iter().all(|fact| number(fact, "epoch") == i64::try_from(status.epoch).unwrap_or(-1)));
        let all: Vec<i64> = (1..=i64::try_from(status.seq)?).collect();
        ensure!(seqs == all, "the device wrote {}, the core has {seqs:?}", status.seq);
        Ok(())
    }

    fn kill(&mut self) -> Result<()> {
        self.app.take().context("no app")?.kill9()
    }

    fn start_again(&mut self) -> Result<()> {
        let app = start(&self.robot.device, &self.robot.reader, &self.display, self.folder.path())?;
        self.robot.keyboard = self.display.keyboard(app.id())?;
        self.app = Some(app);
        Ok(())
    }

    /// Killed with nothing on its way: what it said before is what it says after.
    fn kill_at_rest(&mut self, random: &mut Random) -> Result<()> {
        std::thread::sleep(Duration::from_millis(random.below(120) as u64));
        let before = self.robot.status()?;
        self.kill()?;
        self.same(&before, "when it was dead")?;
        self.start_again()?;
        self.same(&before, "when it ran again")
    }

    /// Killed with a scan on its way: it counted once or not at all, and what it said when it was
    /// dead it says when it runs again, but for bytes that were still in the line.
    fn kill_in_a_scan(&mut self, random: &mut Random) -> Result<()> {
        let seen = self.robot.device.log()?.len();
        let before = self.robot.scan_blindly()?.context("nothing to scan")?;
        std::thread::sleep(Duration::from_micros(random.below(40_000) as u64));
        self.kill()?;
        let dead = self.robot.status()?;
        let counted = self.robot.device.log()?.len() > seen;
        ensure!(counted || dead.place() == before.place(), "without a scan in the log {before:?} became {dead:?}");
        self.start_again()?;
        let after = self.robot.catch_up(&before)?;
        ensure!(!counted || after.place() == dead.place(), "{dead:?} became {after:?}");
        Ok(())
    }

    fn same(&self, before: &Status, when: &str) -> Result<()> {
        let now = self.robot.status()?;
        ensure!(now.place() == before.place(), "{before:?} was {now:?} {when}");
        Ok(())
    }

    /// A scan that must be refused for one of these reasons.
    fn refused(&mut self, code: &str, reasons: &[&str]) -> Result<()> {
        self.alive()?;
        self.robot.scan_wrong(code, reasons).map(drop)
    }

    /// The first part of a code, and then silence.
    fn half(&mut self, code: &str) -> Result<()> {
        let half: String = code.chars().take((code.chars().count() / 2).max(1)).collect();
        let answers = self.robot.raw_wrong(half.as_bytes(), &["BAD_READ"])?;
        ensure!(answers.len() == 1, "half a code got {answers:?}");
        Ok(())
    }

    fn burst(&mut self) -> Result<()> {
        let answers = self.robot.raw_wrong(&b"0123456789".repeat(500), &["BAD_READ", "TOO_LONG"])?;
        ensure!(answers.len() == 1, "5,000 bytes got {answers:?}");
        Ok(())
    }

    /// Bytes as a wrong baud rate gives them.
    fn noise(&mut self, seed: u64) -> Result<()> {
        let mut random = Random(seed);
        let bytes: Vec<u8> = (0..400).map(|_| u8::try_from(random.below(256)).unwrap_or(0)).collect();
        let answers = self.robot.raw_wrong(&bytes, &[])?;
        ensure!(answers.iter().all(|answer| !answer.reason.is_empty()), "noise without a reason: {answers:?}");
        Ok(())
    }
}

fn start(device: &Device, reader: &Reader, display: &Display, folder: &Path) -> Result<App> {
    let environment = [("SLINT_BACKEND", "winit-software"), ("DISPLAY", display.name()), ("WAYLAND_DISPLAY", "")];
    App::start(device, reader.path(), &[], &environment, &folder.join("app.log"))
}

fn is_at(status: &Status, task: &str) -> bool {
    status.task.as_ref().is_some_and(|at| at.id == task)
}

/// Things of this warehouse that are wrong at most steps.
struct Wrong {
    shelves: Vec<String>,
    items: Vec<String>,
    shelf: String,
    item: String,
}

impl Wrong {
    fn load(core: &Core) -> Result<Self> {
        let shelves: Vec<String> =
            core.list("/v1/locations?kind=bin")?.iter().map(|row| text(row, "code").to_owned()).collect();
        let mut items = Vec::new();
        for item in core.list("/v1/items")? {
            let codes = rows(&item, "barcodes").iter().filter(|code| number(code, "qty") == 1);
            items.extend(codes.filter_map(|code| ean(text(code, "code"))));
        }
        let shelf = shelves.first().context("no shelves")?.clone();
        let item = items.first().context("no items")?.clone();
        Ok(Wrong { shelves, items, shelf, item })
    }

    fn other_shelf(&self, status: &Status) -> Result<&str> {
        let asked = status.expects.iter().flat_map(|expect| &expect.codes).collect::<Vec<_>>();
        // At the item the shelf one stands at is right too; nobody stands at the last one of the path.
        self.shelves.iter().rfind(|code| !asked.contains(code)).map(String::as_str).context("one shelf only")
    }

    fn other_item(&self, status: &Status) -> Result<&str> {
        let asked = |code: &str| {
            let digits = code.trim_start_matches("]E0");
            status.expects.iter().flat_map(|expect| &expect.codes).any(|wanted| wanted.contains(digits))
        };
        let found = self.items.iter().rfind(|code| !asked(code));
        found.map(String::as_str).context("one item only")
    }
}

fn ean(gtin: &str) -> Option<String> {
    let ean = gtin.strip_prefix('0').filter(|ean| gtin.len() == 14 && !ean.starts_with("00000"))?;
    Some(format!("]E0{ean}"))
}

fn bad_check_digit(code: &str) -> Result<String> {
    let (body, last) = code.split_at_checked(code.len() - 1).context("an empty code")?;
    Ok(format!("{body}{}", (last.parse::<u8>()? + 1) % 10))
}

fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row.get(name).and_then(Value::as_str).unwrap_or("")
}

fn number(row: &Value, name: &str) -> i64 {
    row.get(name).and_then(Value::as_i64).unwrap_or(0)
}

fn rows<'a>(row: &'a Value, name: &str) -> &'a [Value] {
    row.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The same numbers each time (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(bound).unwrap_or(1).max(1)).unwrap_or(0)
    }
}
