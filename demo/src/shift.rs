//! A shift that plays itself, with what happens on a floor: wrong shelves, torn labels, deliveries that are not as
//! ordered, goods that are missing, a network that goes away, devices that die. In the end the books must agree to
//! the unit.

mod counting;
mod inbound;
mod packing;
mod returns;
mod settle;
mod station;
mod together;

use crate::site::{Site, UNKNOWN, half, open_tasks};
use crate::stage::{Hands, Stage};
use anyhow::{Context, Result, ensure};
use floorhand_demo::robot::{Binaries, Core, Goods, Operator, Printer, Scale, Seeded, Status, Tally, camera_of};
use floorhand_demo::sheet;
use serde_json::json;
use station::Station;
use std::path::{Path, PathBuf};

/// Scans made without a core.
const OFFLINE_SCANS: usize = 16;
/// The screen of a handheld.
const HANDHELD: (u32, u32) = (480, 800);
/// The screen of a packing kiosk and of a dock terminal.
const TERMINAL: (u32, u32) = (1280, 800);
/// Without a window system's GPU: the app draws by itself, as on small devices.
const ENVIRONMENT: (&str, &str) = ("SLINT_BACKEND", "winit-software");

/// Plays it and tells what was done.
pub fn play(binaries: &Binaries, folder: &Path, scans: usize, kills: usize) -> Result<()> {
    println!("Setting up a warehouse in {} …", folder.display());
    let stage = Stage::set_up(binaries, folder)?;
    let (dock, second) = (stage.station(binaries, "D-01", "dock")?, stage.station(binaries, "H-02", "handheld")?);
    let kiosk = stage.station(binaries, "P-01", "packing")?;
    let Stage { folder, seeded, core, device, reader } = stage;
    let site = Site::load(&core)?;
    let before = Before { stock: core.list("/v1/stock")?, orders: core.list("/v1/orders")? };
    let (printer, scale) = (Printer::switch_on()?, Scale::plug(&folder.join("scale"))?);
    let camera = camera_of(&folder.join("camera"))?;
    let with = vec!["--scanner".to_owned(), camera, "--printer".to_owned(), printer.name()];
    let bench = [with.clone(), vec!["--scale".to_owned(), scale.name()]].concat();
    let who = |roles: &[&str]| seeded.with_roles(roles);
    let supervisor = who(&["supervisor"])?.clone();
    let hands = Hands { device, reader };
    let picker = Station::open("picker", HANDHELD, hands, who(&["pick"])?, Vec::new(), &folder)?;
    let second = Station::open("second", HANDHELD, second, who(&["pick", "stock"])?, Vec::new(), &folder)?;
    let mut kiosk = Station::open("packer", TERMINAL, kiosk, who(&["pack", "returns"])?, bench, &folder)?;
    kiosk.robot.scale = Some(scale);
    let receives = who(&["receive", "count", "returns"])?;
    let dock = Station::open("dock", TERMINAL, dock, receives, with, &folder)?;
    let (sorts, pictures) = (Vec::new(), 0);
    let mut shift =
        Shift { folder, seeded, core, site, picker, second, kiosk, dock, printer, supervisor, sorts, pictures };
    let played = shift.all(scans, kills);
    if played.is_err() {
        // What the screens show says more than any message.
        for (number, station) in (96..).zip(shift.stations()) {
            let _ = station.shot(number, &format!("failed-{}", station.name()));
        }
    }
    played.with_context(|| format!("pictures and logs are in {}", shift.folder.display()))?;
    shift.settle(&before)
}

/// What the core said before anybody did anything.
struct Before {
    stock: Vec<serde_json::Value>,
    orders: Vec<serde_json::Value>,
}

struct Shift {
    folder: PathBuf,
    seeded: Seeded,
    core: Core,
    site: Site,
    /// Picks.
    picker: Station,
    /// Puts away, and picks.
    second: Station,
    /// Packs.
    kiosk: Station,
    /// Receives, counts, and inspects what came back.
    dock: Station,
    printer: Printer,
    supervisor: Operator,
    /// What comes with the delivery of all sorts, each with what is the matter with it.
    sorts: Vec<(Goods, &'static str)>,
    pictures: usize,
}

impl Shift {
    fn all(&mut self, scans: usize, kills: usize) -> Result<()> {
        self.cancel()?;
        self.sign_in()?;
        self.mistakes_at_the_shelf()?;
        self.mistakes_at_the_item()?;
        self.power_cut()?;
        self.pallets()?;
        self.begin_put_away()?;
        self.bring_to_the_bench()?;
        self.begin_packing()?;
        self.plan_sorts()?;
        self.without_core()?;
        let tasks = self.put_away_rest()?;
        tell(&format!("Put away what came with the rest: {tasks} tasks"));
        self.serials()?;
        self.short_pick()?;
        self.counts()?;
        self.returns()?;
        self.kills(kills)?;
        self.together(scans)?;
        self.load()?;
        self.comes_back()?;
        self.end(scans)
    }

    fn stations(&self) -> [&Station; 4] {
        [&self.picker, &self.second, &self.kiosk, &self.dock]
    }

    /// Scans so far, by everybody.
    fn scans(&self) -> usize {
        self.stations().iter().map(|station| station.robot.tally.scans).sum()
    }

    /// A customer changes their mind before anybody has begun.
    fn cancel(&self) -> Result<()> {
        let tasks = open_tasks(&self.core)?;
        let single = tasks.iter().rev().find(|task| task.mode == "single").context("no order goes alone")?;
        let order = single.orders().first().context("a task without order")?.to_string();
        let body = json!({"id": "demo-cancel-1", "note": "ordered twice"});
        self.core.post(&format!("/v1/orders/{order}/cancel"), Some(&self.core.token_of("supervisor")?), &body)?;
        tell(&format!("Order {order} was cancelled before anybody picked it"));
        Ok(())
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
        let (own, others) = together::share(&clusters, &singles);
        (self.picker.robot.favourites, self.second.robot.favourites) = (own, others);
        self.picker.robot.only_favourites = true;
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
        station::same_step(&before, &after)?;
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
    /// second handheld puts away, the packer packs.
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
        self.pack_without_core()?;
        let last = self.until("more scans without a core", |status, tally| {
            tally.scans >= picks + OFFLINE_SCANS && status.outbox.pending > 0
        })?;
        let mut waiting = last.outbox.pending;
        for station in [&self.dock, &self.second, &self.kiosk] {
            let pending = station.offline()?.outbox.pending;
            ensure!(pending > 0, "nothing waits at the {}", station.name());
            waiting += pending;
        }
        let scans = self.scans() - from;
        self.core.restart()?;
        self.drain()?;
        self.picture("online-again")?;
        tell(&format!(
            "The core was stopped: {scans} scans went on without it at four stations, {waiting} facts waited (first seen offline with {}), all sent when it was back",
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

    fn end(&mut self, scans: usize) -> Result<()> {
        self.drain()?;
        ensure!(self.scans() >= scans, "only {} scans were played of {scans}", self.scans());
        let tally = &self.picker.robot.tally;
        let kinds = tally.clusters_done >= 1 && tally.tasks_done > tally.clusters_done && tally.cases >= 1;
        ensure!(kinds, "not every kind of pick was done: {tally:?}");
        for station in [&mut self.picker, &mut self.second, &mut self.kiosk, &mut self.dock] {
            station.stop()?;
        }
        Ok(())
    }

    /// Waits until everything done is in the core.
    fn drain(&self) -> Result<()> {
        self.stations().into_iter().try_for_each(Station::drain)
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
