//! A shift that plays itself, with what happens on a floor: wrong shelves, torn labels, deliveries that are not as
//! ordered, goods that are missing, a network that goes away, devices that die. In the end the books must agree to
//! the unit.

mod counting;
mod inbound;
mod settle;
mod station;

use crate::site::{Site, UNKNOWN, half, open_tasks};
use crate::stage::{Hands, Stage};
use anyhow::{Context, Result, ensure};
use floorhand_demo::robot::{Binaries, Core, Goods, Operator, Printer, Seeded, Status, Tally};
use floorhand_demo::sheet;
use station::Station;
use std::path::{Path, PathBuf};

/// Scans made without a core.
const OFFLINE_SCANS: usize = 16;
/// The screen of a handheld.
const HANDHELD: (u32, u32) = (480, 800);
/// The screen of a dock terminal.
const DOCK: (u32, u32) = (1280, 800);
/// Without a window system's GPU: the app draws by itself, as on small devices.
const ENVIRONMENT: (&str, &str) = ("SLINT_BACKEND", "winit-software");

/// Plays it and tells what was done.
pub fn play(binaries: &Binaries, folder: &Path, scans: usize, kills: usize) -> Result<()> {
    println!("Setting up a warehouse in {} …", folder.display());
    let stage = Stage::set_up(binaries, folder)?;
    let (dock, second) = (stage.station(binaries, "D-01", "dock")?, stage.station(binaries, "H-02", "handheld")?);
    let Stage { folder, seeded, core, device, reader } = stage;
    let site = Site::load(&core)?;
    let before = core.list("/v1/stock")?;
    let printer = Printer::switch_on()?;
    let camera = inbound::picture(&folder.join("camera"))?;
    let with = vec![
        "--scanner".to_owned(),
        format!("camera:files:{},rate=5,again=yes", camera.display()),
        "--printer".to_owned(),
        printer.name(),
    ];
    let supervisor = seeded.with_roles(&["supervisor"])?.clone();
    let picks = seeded.with_roles(&["pick"])?;
    let hands = Hands { device, reader };
    let picker = Station::open("app", HANDHELD, hands, picks, Vec::new(), &folder)?;
    let dock = Station::open("dock", DOCK, dock, seeded.with_roles(&["receive"])?, with, &folder)?;
    let counts = seeded.with_roles(&["stock", "count"])?;
    let second = Station::open("second", HANDHELD, second, counts, Vec::new(), &folder)?;
    let (sorts, pictures) = (Vec::new(), 0);
    let mut shift = Shift { folder, seeded, core, site, picker, dock, second, printer, supervisor, sorts, pictures };
    let played = shift.all(scans, kills);
    if played.is_err() {
        // What the screens show says more than any message.
        let _ = shift.picker.shot(97, "failed-picker");
        let _ = shift.dock.shot(98, "failed-dock");
        let _ = shift.second.shot(99, "failed-second");
    }
    played.with_context(|| format!("pictures and logs are in {}", shift.folder.display()))?;
    shift.settle(&before)
}

struct Shift {
    folder: PathBuf,
    seeded: Seeded,
    core: Core,
    site: Site,
    /// Picks.
    picker: Station,
    /// Receives.
    dock: Station,
    /// Puts away and counts.
    second: Station,
    printer: Printer,
    supervisor: Operator,
    /// What comes with the delivery of all sorts, each with what is the matter with it.
    sorts: Vec<(Goods, &'static str)>,
    pictures: usize,
}

impl Shift {
    fn all(&mut self, scans: usize, kills: usize) -> Result<()> {
        self.sign_in()?;
        self.mistakes_at_the_shelf()?;
        self.mistakes_at_the_item()?;
        self.power_cut()?;
        self.pallets()?;
        self.begin_put_away()?;
        self.plan_sorts()?;
        self.without_core()?;
        let tasks = self.put_away_rest()?;
        tell(&format!("Put away what came with the rest: {tasks} tasks"));
        self.serials()?;
        self.short_pick()?;
        self.counts()?;
        self.kills(kills)?;
        self.rest_of_the_shift(scans)
    }

    /// Scans so far, by everybody.
    fn scans(&self) -> usize {
        [&self.picker, &self.dock, &self.second].iter().map(|station| station.robot.tally.scans).sum()
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
        self.picker.robot.favourites =
            clusters.iter().take(1).chain(singles.iter().take(1)).chain(&clusters).chain(&singles).cloned().collect();
        self.picker.robot.prefers_cases = true;
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
        self.picker.robot.scan_wrong(&shelf, &["WRONG_LOCATION"])?;
        self.picture("wrong-shelf")?;
        self.picker.robot.scan_wrong(UNKNOWN, &["UNKNOWN_CODE"])?;
        self.picture("unknown-code")?;
        let (_, code) = status.best().context("no shelf is asked")?;
        self.picker.robot.raw_wrong(half(code).as_bytes(), &["BAD_READ"])?;
        self.picture("half-a-code")?;
        tell("At a shelf: another shelf, an unknown code and half a code were refused, and the step stood");
        Ok(())
    }

    fn mistakes_at_the_item(&mut self) -> Result<()> {
        let status = self.until("an item to be asked", |status, _| status.step() == "pick.item")?;
        self.picture("item")?;
        let item = self.site.other_item(&status).context("there is one item only")?.to_owned();
        self.picker.robot.scan_wrong(&item, &["WRONG_ITEM"])?;
        self.picture("wrong-item")?;
        let burst = self.picker.robot.raw_wrong(&b"8".repeat(5_000), &["BAD_READ", "TOO_LONG"])?;
        ensure!(burst.len() == 1, "a burst of 5,000 bytes got {} answers, not 1", burst.len());
        let noise: Vec<u8> = (0..600_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
        let answers = self.picker.robot.raw_wrong(&noise, &[])?;
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
        self.picker.kill9(&before)?;
        let after = self.picker.come_back()?;
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

    /// Kills the app at moments that nobody chooses, with a scan on its way: it counts once or not
    /// at all, and the sums in the end say that none was lost or doubled.
    fn kills(&mut self, times: usize) -> Result<()> {
        let mut counted = 0;
        for n in 0..times {
            let from = self.picker.robot.tally.scans;
            self.until("another moment to be killed at", |status, tally| {
                tally.scans > from + n * 5 % 4 && status.best().is_some() && !status.asks("badge")
            })?;
            let before = self.picker.robot.scan_blindly()?.context("nothing to scan")?;
            // From before the bytes are read to after the answer is shown.
            std::thread::sleep(std::time::Duration::from_micros(u64::try_from(n * 7_919 % 8_000)?));
            self.picker.kill9_blindly(&before)?;
            self.picker.come_back()?;
            let after = self.picker.robot.catch_up(&before)?;
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

    /// The core is gone, and everybody works on: the picker picks, the dock receives what is not as ordered, the
    /// second handheld puts away.
    fn without_core(&mut self) -> Result<()> {
        self.drain()?;
        self.core.stop()?;
        let from = self.scans();
        let picks = self.picker.robot.tally.scans;
        self.until("scans without a core", |_, tally| tally.scans >= picks + OFFLINE_SCANS / 2)?;
        let offline = self.picker.offline()?;
        self.picture("offline")?;
        self.sorts()?;
        self.end_put_away()?;
        let last = self.until("more scans without a core", |status, tally| {
            tally.scans >= picks + OFFLINE_SCANS && status.outbox.pending > 0
        })?;
        let mut waiting = last.outbox.pending;
        for station in [&self.dock, &self.second] {
            waiting += station.offline()?.outbox.pending;
        }
        let scans = self.scans() - from;
        self.core.restart()?;
        self.drain()?;
        self.picture("online-again")?;
        tell(&format!(
            "The core was stopped: {scans} scans went on without it at three stations, {waiting} facts waited (first seen offline with {}), all sent when it was back",
            offline.outbox.pending
        ));
        Ok(())
    }

    fn short_pick(&mut self) -> Result<()> {
        let several = |status: &Status| status.quantity.is_some_and(|q| q.needed > 1);
        self.until("a line of several units", |status, _| status.step() == "pick.item" && several(status))?;
        // One unit is there, if the line is not counted in boxes; the rest is not.
        let boxes = std::mem::replace(&mut self.picker.robot.prefers_cases, false);
        self.picker.robot.do_next()?;
        self.picker.robot.prefers_cases = boxes;
        let before = self.picker.robot.status()?;
        self.picker.robot.say_short()?;
        self.picture("short-why")?;
        self.picker.robot.confirm_short()?;
        self.picture("short-pick")?;
        let quantity = before.quantity.unwrap_or_default();
        tell(&format!(
            "Short pick: {} of {} found, the rest said missing on the keyboard and confirmed at the shelf",
            quantity.done, quantity.needed
        ));
        Ok(())
    }

    fn rest_of_the_shift(&mut self, scans: usize) -> Result<()> {
        let others = self.scans() - self.picker.robot.tally.scans;
        let enough = |tally: &Tally| {
            others + tally.scans >= scans
                && tally.clusters_done >= 1
                && tally.tasks_done > tally.clusters_done
                && tally.cases >= 1
        };
        self.until("enough tasks of each kind", |status, tally| status.task.is_none() && enough(tally))?;
        self.picture("end-of-the-shift")?;
        self.drain()?;
        for station in [&mut self.picker, &mut self.dock, &mut self.second] {
            station.stop()?;
        }
        Ok(())
    }

    /// Waits until everything done is in the core.
    fn drain(&self) -> Result<()> {
        [&self.picker, &self.dock, &self.second].into_iter().try_for_each(Station::drain)
    }

    fn until(&mut self, what: &str, goal: impl FnMut(&Status, &Tally) -> bool) -> Result<Status> {
        self.picker.until(what, goal)
    }

    fn write_sheet(&mut self, status: &Status) -> Result<()> {
        self.site.learn(status);
        let sections = self.site.sections(&self.core, &self.seeded)?;
        let written = sheet::write(&self.folder, "Floorhand demo: codes to scan", &sections)?;
        tell(&format!("On paper: {} codes on {} pages, {}", written.codes, written.pngs.len(), written.pdf.display()));
        Ok(())
    }

    fn picture(&mut self, name: &str) -> Result<()> {
        self.pictures += 1;
        self.picker.shot(self.pictures, name)
    }
}

fn tell(line: &str) {
    println!("· {line}");
}
