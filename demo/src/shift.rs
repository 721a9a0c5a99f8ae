//! A shift that plays itself, with what happens on a floor: wrong shelves, torn labels, a network
//! that goes away, a device that dies. In the end the books must agree to the unit.

use crate::site::{Site, UNKNOWN, half, open_tasks};
use crate::stage::Stage;
use anyhow::{Context, Result, ensure};
use floorhand_demo::robot::{
    App, Binaries, Core, Display, PATIENCE, Robot, Seeded, Status, StockTotals, Tally, wait_for,
};
use floorhand_demo::sheet;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Steps between two moments of the shift at the most.
const STEPS: usize = 400;
/// Scans made without a core.
const OFFLINE_SCANS: usize = 16;
/// The screen of a handheld.
const SCREEN: (u32, u32) = (480, 800);
/// Without a window system's GPU: the app draws by itself, as on small devices.
const ENVIRONMENT: (&str, &str) = ("SLINT_BACKEND", "winit-software");

/// Plays it and tells what was done.
pub fn play(binaries: &Binaries, folder: &Path, scans: usize, kills: usize) -> Result<()> {
    println!("Setting up a warehouse in {} …", folder.display());
    let Stage { folder, seeded, core, device, reader } = Stage::set_up(binaries, folder)?;
    let operator = seeded.picker()?.clone();
    let site = Site::load(&core)?;
    let display = Display::virtual_of(SCREEN.0, SCREEN.1)?;
    let before = core.stock()?;
    let app = start(&device, &reader, &display, &folder)?;
    let keyboard = display.keyboard(app.id())?;
    let robot = Robot::new(device, reader, keyboard, operator)?;
    let mut shift = Shift { folder, seeded, core, site, display, app: Some(app), robot, pictures: 0 };
    let played = shift.all(scans, kills);
    if played.is_err() {
        // What the screen shows says more than any message.
        let _ = shift.picture("failed");
    }
    played.with_context(|| format!("pictures and logs are in {}", shift.folder.display()))?;
    shift.settle(&before)
}

fn start(
    device: &floorhand_demo::robot::Device,
    reader: &floorhand_demo::robot::Reader,
    display: &Display,
    folder: &Path,
) -> Result<App> {
    App::start(
        device,
        reader.path(),
        &[],
        &[ENVIRONMENT, ("DISPLAY", display.name()), ("WAYLAND_DISPLAY", "")],
        &folder.join("app.log"),
    )
}

struct Shift {
    folder: PathBuf,
    seeded: Seeded,
    core: Core,
    site: Site,
    display: Display,
    app: Option<App>,
    robot: Robot,
    pictures: usize,
}

impl Shift {
    fn all(&mut self, scans: usize, kills: usize) -> Result<()> {
        self.sign_in()?;
        self.mistakes_at_the_shelf()?;
        self.mistakes_at_the_item()?;
        self.power_cut()?;
        self.without_core()?;
        self.short_pick()?;
        self.kills(kills)?;
        self.rest_of_the_shift(scans)
    }

    fn sign_in(&mut self) -> Result<()> {
        let status = self.until("the badge to be asked", |status, _| status.asks("badge") || status.asks("task"))?;
        ensure!(status.asks("badge"), "somebody is signed in on a new device: {status:?}");
        self.picture("sign-in")?;
        self.until("the PIN to be asked", |status, _| status.asks("pin"))?;
        self.picture("pin")?;
        self.until("the work list", |status, _| status.asks("task") && status.best().is_some())?;
        self.picture("work-list")?;
        // First a cart with boxes and more than one unit a line, then the same for one tote.
        let mut tasks = open_tasks(&self.core)?;
        tasks
            .sort_by_key(|task| (task.mode != "cluster", !task.has_case(), std::cmp::Reverse(task.lines_of_several())));
        let of =
            |mode: &str| tasks.iter().filter(|task| task.mode == mode).map(|task| task.id.clone()).collect::<Vec<_>>();
        let (clusters, singles) = (of("cluster"), of("single"));
        tell(&format!(
            "{} pick tasks wait: {} on carts of several totes, {} single",
            tasks.len(),
            clusters.len(),
            singles.len()
        ));
        self.robot.favourites =
            clusters.iter().take(1).chain(singles.iter().take(1)).chain(&clusters).chain(&singles).cloned().collect();
        self.robot.prefers_cases = true;
        Ok(())
    }

    fn mistakes_at_the_shelf(&mut self) -> Result<()> {
        let totes =
            self.until("an empty tote to be asked", |status, _| status.asks("tote") || status.asks("location"))?;
        self.write_sheet(&totes)?;
        self.picture("totes")?;
        let status = self.until("a shelf to be asked", |status, _| status.step() == "pick.location")?;
        self.picture("shelf")?;
        let shelf = self.site.other_shelf(&status).context("there is one shelf only")?.to_owned();
        self.robot.scan_wrong(&shelf, &["WRONG_LOCATION"])?;
        self.picture("wrong-shelf")?;
        self.robot.scan_wrong(UNKNOWN, &["UNKNOWN_CODE"])?;
        self.picture("unknown-code")?;
        let (_, code) = status.best().context("no shelf is asked")?;
        self.robot.raw_wrong(half(code).as_bytes(), &["BAD_READ"])?;
        self.picture("half-a-code")?;
        tell("At a shelf: another shelf, an unknown code and half a code were refused, and the step stood");
        Ok(())
    }

    fn mistakes_at_the_item(&mut self) -> Result<()> {
        let status = self.until("an item to be asked", |status, _| status.step() == "pick.item")?;
        self.picture("item")?;
        let item = self.site.other_item(&status).context("there is one item only")?.to_owned();
        self.robot.scan_wrong(&item, &["WRONG_ITEM"])?;
        self.picture("wrong-item")?;
        let burst = self.robot.raw_wrong(&b"8".repeat(5_000), &["BAD_READ", "TOO_LONG"])?;
        ensure!(burst.len() == 1, "a burst of 5,000 bytes got {} answers, not 1", burst.len());
        let noise: Vec<u8> = (0..600_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
        let answers = self.robot.raw_wrong(&noise, &[])?;
        tell(&format!(
            "At an item: another item, 5,000 bytes in a row and noise ({} answers) were refused",
            answers.len()
        ));
        Ok(())
    }

    /// The app is killed with units in hand; it must come back where it was.
    fn power_cut(&mut self) -> Result<()> {
        let several = |status: &Status| status.quantity.is_some_and(|q| q.done >= 1 && q.done < q.needed);
        let before = self
            .until("a line with more units to come", |status, _| status.step() == "pick.quantity" && several(status))?;
        self.picture("before-the-power-cut")?;
        self.app.take().context("no app")?.kill9()?;
        let dead = self.robot.status()?;
        ensure!(dead.place() == before.place(), "kill -9 has changed what was saved: {before:?} then {dead:?}");
        let after = self.come_back()?;
        self.picture("after-the-power-cut")?;
        let step =
            |status: &Status| (status.step().to_owned(), status.task.clone(), status.quantity, status.expects.clone());
        ensure!(step(&after) == step(&before), "after kill -9 the app is elsewhere: {before:?} then {after:?}");
        ensure!(
            after.epoch == before.epoch && after.seq >= before.seq,
            "after kill -9 facts are missing: {before:?} then {after:?}"
        );
        let in_hand = before.quantity.unwrap_or_default();
        tell(&format!(
            "kill -9 with {} of {} in hand: the app came back on the same step with the same quantity",
            in_hand.done, in_hand.needed
        ));
        Ok(())
    }

    /// Starts the app again, signs in where it asks for that, and gives the status.
    fn come_back(&mut self) -> Result<Status> {
        let app = start(&self.robot.device, &self.robot.reader, &self.display, &self.folder)?;
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

    /// Kills the app at moments that nobody chooses, with a scan on its way: it counts once or not
    /// at all, and the sums in the end say that none was lost or doubled.
    fn kills(&mut self, times: usize) -> Result<()> {
        let mut counted = 0;
        for n in 0..times {
            let from = self.robot.tally.scans;
            self.until("another moment to be killed at", |status, tally| {
                tally.scans > from + n * 5 % 4 && status.best().is_some() && !status.asks("badge")
            })?;
            let before = self.robot.scan_blindly()?.context("nothing to scan")?;
            // From before the bytes are read to after the answer is shown.
            std::thread::sleep(std::time::Duration::from_micros(u64::try_from(n * 7_919 % 8_000)?));
            self.app.take().context("no app")?.kill9()?;
            let dead = self.robot.status()?;
            ensure!(
                dead.epoch == before.epoch && dead.seq >= before.seq,
                "kill -9 took facts: {before:?} then {dead:?}"
            );
            self.come_back()?;
            let after = self.robot.catch_up(&before)?;
            counted += usize::from(after.place() != before.place());
        }
        if times > 0 {
            tell(&format!(
                "kill -9 with a scan on its way, {times} times: {counted} scans counted, once; {} did not and were done again",
                times - counted
            ));
        }
        Ok(())
    }

    fn without_core(&mut self) -> Result<()> {
        self.drain()?;
        self.core.stop()?;
        let from = self.robot.tally.scans;
        self.until("scans without a core", |_, tally| tally.scans >= from + OFFLINE_SCANS / 2)?;
        let offline = wait_for("the app to notice that the core is gone", PATIENCE, || {
            let status = self.robot.status()?;
            Ok((status.sync.state == "offline").then_some(status))
        })?;
        self.picture("offline")?;
        let last = self.until("more scans without a core", |status, tally| {
            tally.scans >= from + OFFLINE_SCANS && status.outbox.pending > 0
        })?;
        self.core.restart()?;
        let scans = self.robot.tally.scans - from;
        self.drain()?;
        self.picture("online-again")?;
        tell(&format!(
            "The core was stopped: {scans} scans went on without it, {} facts waited (first seen offline with {}), all sent when it was back",
            last.outbox.pending, offline.outbox.pending
        ));
        Ok(())
    }

    fn short_pick(&mut self) -> Result<()> {
        let several = |status: &Status| status.quantity.is_some_and(|q| q.needed > 1);
        self.until("a line of several units", |status, _| status.step() == "pick.item" && several(status))?;
        // One unit is there, if the line is not counted in boxes; the rest is not.
        let boxes = std::mem::replace(&mut self.robot.prefers_cases, false);
        self.robot.do_next()?;
        self.robot.prefers_cases = boxes;
        let before = self.robot.status()?;
        self.robot.say_short()?;
        self.picture("short-why")?;
        self.robot.confirm_short()?;
        self.picture("short-pick")?;
        let quantity = before.quantity.unwrap_or_default();
        tell(&format!(
            "Short pick: {} of {} found, the rest said missing on the keyboard and confirmed at the shelf",
            quantity.done, quantity.needed
        ));
        Ok(())
    }

    fn rest_of_the_shift(&mut self, scans: usize) -> Result<()> {
        let enough = |tally: &Tally| {
            tally.scans >= scans
                && tally.clusters_done >= 1
                && tally.tasks_done > tally.clusters_done
                && tally.cases >= 1
        };
        self.until("enough tasks of each kind", |status, tally| status.task.is_none() && enough(tally))?;
        self.picture("end-of-the-shift")?;
        self.drain()?;
        self.app.take().context("no app")?.stop()
    }

    /// The books: the core's own invariants, and sums of ours.
    fn settle(mut self, before: &StockTotals) -> Result<()> {
        let verified = self.core.verify()?;
        let after = self.core.stock()?;
        self.account(before, &after)?;
        let lost = before.lost_or_found(&after);
        ensure!(lost.is_empty(), "units were lost or found: {lost:?}");
        let checks = verified.get("checks").and_then(Value::as_array).map_or(0, Vec::len);
        ensure!(verified.get("ok").and_then(Value::as_bool) != Some(false), "verify says no: {verified}");
        let picked = self.units_of("Picked")?;
        let tally = &self.robot.tally;
        ensure!(picked == tally.units, "{} units were put into totes, the core's facts say {picked}", tally.units);
        let left: i64 = before
            .moved(&after)
            .iter()
            .filter(|(place, _, _)| self.site.shelves.contains(place))
            .map(|(_, was, is)| was - is)
            .sum();
        ensure!(left == picked, "{left} units left the shelves, {picked} were picked");
        println!(
            "verify: {checks} checks, all good; {picked} units left the shelves and every one of them is in a tote or at its drop-off"
        );
        println!("Pictures, sheet and logs: {}", self.folder.display());
        self.core.stop()
    }

    fn account(&self, before: &StockTotals, after: &StockTotals) -> Result<()> {
        let tally = &self.robot.tally;
        println!();
        let refused: usize = tally.refused.values().sum();
        println!(
            "Scans sent: {}; codes and pieces of noise answered: {} accepted, {refused} refused",
            tally.scans, tally.accepted
        );
        for (reason, count) in &tally.refused {
            println!("    {count:>3} × {reason}");
        }
        println!(
            "Tasks done: {}, of them {} on carts of several totes; units into totes: {}; scans of boxes: {}; short lines: {}",
            tally.tasks_done, tally.clusters_done, tally.units, tally.cases, tally.shorts
        );
        let facts = self.core.list("/v1/facts")?;
        let mut kinds = std::collections::BTreeMap::<&str, usize>::new();
        for fact in &facts {
            *kinds.entry(fact.get("type").and_then(Value::as_str).unwrap_or("?")).or_default() += 1;
        }
        println!(
            "Facts in the core: {} ({})",
            facts.len(),
            kinds.iter().map(|(kind, n)| format!("{n} {kind}")).collect::<Vec<_>>().join(", ")
        );
        let orders = self.core.list("/v1/orders")?;
        let picked = orders
            .iter()
            .filter(|order| order.get("state").and_then(Value::as_str).is_some_and(|s| s.contains("picked")))
            .count();
        println!("Orders picked, wholly or in part: {picked} of {}", orders.len());
        println!("Units in the warehouse: {} before, {} after", before.units(), after.units());
        for (place, was, is) in before.moved(after) {
            println!("    {place:<10} {was:>6} → {is:>6}");
        }
        Ok(())
    }

    fn units_of(&self, kind: &str) -> Result<i64> {
        let facts = self.core.list(&format!("/v1/facts?type={kind}"))?;
        let units = |fact: &Value| -> i64 {
            let units = fact.pointer("/body/units").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            units.iter().filter_map(|unit| unit.get("qty")?.as_i64()).sum()
        };
        Ok(facts.iter().filter(|fact| fact.get("undone").and_then(Value::as_bool) != Some(true)).map(units).sum())
    }

    fn drain(&self) -> Result<()> {
        wait_for("all facts to be in the core", PATIENCE, || {
            let status = self.robot.status()?;
            ensure!(status.outbox.rejected == 0, "the core has rejected facts: {status:?}");
            Ok((status.outbox.pending == 0).then_some(()))
        })
    }

    fn until(&mut self, what: &str, goal: impl FnMut(&Status, &Tally) -> bool) -> Result<Status> {
        if let Some(app) = &mut self.app {
            app.check()?;
        }
        self.robot.drive_until(what, STEPS, goal)
    }

    fn write_sheet(&mut self, status: &Status) -> Result<()> {
        self.site.learn(status);
        let sections = self.site.sections(&self.core, &self.seeded)?;
        let written = sheet::write(&self.folder, "Floorhand demo: codes to scan", &sections)?;
        tell(&format!("On paper: {} codes on {} pages, {}", written.codes, written.pngs.len(), written.pdf.display()));
        Ok(())
    }

    fn picture(&mut self, name: &str) -> Result<()> {
        // The screen follows the store by a frame or two.
        std::thread::sleep(std::time::Duration::from_millis(350));
        self.pictures += 1;
        let path = self.folder.join(format!("{:02}-{name}.png", self.pictures));
        self.display.shot(&path).map(drop)
    }
}

fn tell(line: &str) {
    println!("· {line}");
}
