//! The panel beside the screen of the chosen station: what the step asks for, and what else could be scanned.
//!
//! A click sends the bytes a reader would send through the same serial line, or lays a carton on the scale. The panel knows what
//! the step asks for only from `floorhand status`, which it asks when a file of the device changes.

use crate::site::{Site, Wrong};
use crate::stage::{Hands, Stage};
use anyhow::{Context, Result};
use floorhand_demo::barcode::Barcode;
use floorhand_demo::robot::{
    App, Binaries, Core, Operator, Printer, Scale, Seeded, Status, as_sent, camera_of, is_case,
};
use floorhand_demo::sheet;
use slint::{ComponentHandle, Image, Model, ModelRc, Rgb8Pixel, SharedPixelBuffer, VecModel};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use ui::{Card, Panel};

/// What the compiler of `ui/panel.slint` writes.
#[allow(
    clippy::all,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::todo,
    clippy::unimplemented,
    missing_docs
)]
mod ui {
    slint::include_modules!();
}

/// Right codes shown at the most; a step that takes any empty tote has many.
const GOOD_MAX: usize = 3;
/// How often the device's folder is looked at, which costs a few file times.
const LOOK_MS: u64 = 150;
/// How often the status is read when no file has changed.
const REFRESH_MS: u64 = 3_000;

/// Clicks that wait at the most; more of them than anybody makes are not done.
const WISHES_MAX: usize = 64;
const SHEET_TITLE: &str = "Floorhand demo: codes to scan";

/// The stations: name, profile, what who works there may do.
const STATIONS: &[(&str, &str, &[&str])] = &[
    ("H-01", "handheld", &["pick"]),
    ("H-02", "handheld", &["pick", "stock"]),
    ("P-01", "packing", &["pack", "returns"]),
    ("D-01", "dock", &["receive", "count", "returns"]),
];

/// Where the panel stands: beside a handheld's screen, or beside a kiosk's.
const BESIDE: (f32, f32) = (500.0, 1300.0);

enum Wish {
    Scan(String),
    Half(String),
    Lay(i64),
    Station(usize),
    SwitchCore,
    End,
}

/// A station that somebody can take over. Its window is opened when it is chosen first.
struct Post {
    name: &'static str,
    hands: Hands,
    operator: Operator,
    arguments: Vec<String>,
    scale: Option<Scale>,
    app: Option<App>,
}

/// All of them, enrolled.
fn posts(binaries: &Binaries, stage: Stage) -> Result<(Vec<Post>, Core, Seeded, PathBuf, Printer)> {
    let (camera, printer) = (camera_of(&stage.folder.join("camera"))?, Printer::switch_on()?);
    let desk = ["--scanner".to_owned(), camera, "--printer".to_owned(), printer.name()];
    let mut others = Vec::new();
    for (name, profile, _) in STATIONS.iter().skip(1) {
        others.push(stage.station(binaries, name, profile)?);
    }
    let Stage { folder, seeded, core, device, reader } = stage;
    let mut posts = Vec::new();
    for ((name, profile, roles), hands) in STATIONS.iter().zip(std::iter::once(Hands { device, reader }).chain(others))
    {
        let mut arguments = if *profile == "handheld" { Vec::new() } else { desk.to_vec() };
        let mut scale = None;
        if *profile == "packing" {
            let plugged = Scale::plug(&folder.join("scale"))?;
            arguments.extend(["--scale".to_owned(), plugged.name()]);
            scale = Some(plugged);
        }
        let operator = seeded.with_roles(roles)?.clone();
        posts.push(Post { name, hands, operator, arguments, scale, app: None });
    }
    Ok((posts, core, seeded, folder, printer))
}

/// Opens the panel and the first station, and returns when the panel or all stations are closed.
pub fn open(binaries: &Binaries, folder: &Path) -> Result<()> {
    println!("Setting up a warehouse in {} …", folder.display());
    let stage = Stage::set_up(binaries, folder)?;
    let site = Site::load(&stage.core)?;
    let sheet = sheet::write(&stage.folder, SHEET_TITLE, &site.sections(&stage.core, &stage.seeded)?)?;
    println!("On paper: {} ({} codes)", sheet.pdf.display(), sheet.codes);
    let (posts, core, seeded, folder, printer) = posts(binaries, stage)?;
    for Post { name, hands, operator, .. } in &posts {
        println!(
            "{name}: the reader is {}; sign in as {}, badge {}, PIN {}",
            hands.reader.path().display(),
            operator.name,
            operator.badge,
            operator.pin
        );
    }

    let panel = Panel::new().context("no window for the panel")?;
    panel.set_sheet(sheet.pdf.display().to_string().into());
    let (wishes, wished) = sync_channel(WISHES_MAX);
    connect(&panel, &wishes);

    let shown = panel.as_weak();
    let result = Arc::new(Mutex::new(Ok(())));
    let told = Arc::clone(&result);
    // The stations' apps are started here: they end with the thread that started them.
    let worker = std::thread::Builder::new().name("panel".to_owned()).spawn(move || {
        let worker = Worker { posts, at: 0, core, seeded, folder, _printer: printer, site, shown: shown.clone() };
        let ended = worker.run(&wished);
        *told.lock().unwrap_or_else(PoisonError::into_inner) = ended;
        let _ = shown.upgrade_in_event_loop(|_| {
            let _ = slint::quit_event_loop();
        });
    })?;
    panel.show().context("the panel's window")?;
    stand_beside(&panel, 0);
    slint::run_event_loop().context("the panel's window")?;
    // The worker may have ended already.
    let _ = wishes.send(Wish::End);
    if worker.join().is_err() {
        anyhow::bail!("the panel's thread panicked");
    }
    let mut result = result.lock().unwrap_or_else(PoisonError::into_inner);
    std::mem::replace(&mut *result, Ok(()))
}

/// Beside the station's screen, where the window system lets windows choose. It never goes back to the left: the wide
/// screens that were opened stay open there.
fn stand_beside(panel: &Panel, station: usize) {
    let kiosk = STATIONS.get(station).is_some_and(|(_, profile, _)| *profile != "handheld");
    let x = if kiosk { BESIDE.1 } else { BESIDE.0 };
    let window = panel.window();
    if window.position().to_logical(window.scale_factor()).x < x {
        window.set_position(slint::LogicalPosition::new(x, 0.0));
    }
}

fn connect(panel: &Panel, wishes: &SyncSender<Wish>) {
    let to = wishes.clone();
    panel.on_scan(move |card| {
        let raw = card.raw.to_string();
        let _ = to.try_send(match card.kind.as_str() {
            "half" => Wish::Half(raw),
            "weight" => Wish::Lay(raw.parse().unwrap_or(0)),
            _ => Wish::Scan(raw),
        });
    });
    let to = wishes.clone();
    let window = panel.as_weak();
    panel.on_choose(move |station| {
        let station = usize::try_from(station).unwrap_or(0);
        if let Some(panel) = window.upgrade() {
            stand_beside(&panel, station);
        }
        let _ = to.try_send(Wish::Station(station));
    });
    let to = wishes.clone();
    panel.on_switch_core(move || {
        let _ = to.try_send(Wish::SwitchCore);
    });
}

struct Worker {
    posts: Vec<Post>,
    /// The chosen one.
    at: usize,
    core: Core,
    seeded: Seeded,
    folder: PathBuf,
    /// Prints as long as this lives.
    _printer: Printer,
    site: Site,
    shown: slint::Weak<Panel>,
}

impl Worker {
    fn run(mut self, wished: &Receiver<Wish>) -> Result<()> {
        self.choose(0)?;
        let mut last: Option<Status> = None;
        let mut seen = None;
        let mut age_ms = 0;
        loop {
            for post in &mut self.posts {
                if post.app.as_mut().is_some_and(|app| !app.is_running()) {
                    println!("{} was closed.", post.name);
                    post.app = None;
                }
            }
            if self.posts.iter().all(|post| post.app.is_none()) {
                return Ok(());
            }
            let here = self.posts.get(self.at).context("there is no such station")?;
            let gone = here.app.is_none();
            let _ = self.shown.upgrade_in_event_loop(move |panel| panel.set_gone(gone));
            let now = newest(here.hands.device.data());
            age_ms += LOOK_MS;
            if now != seen || age_ms > REFRESH_MS {
                (seen, age_ms) = (now, 0);
                // Right after the start there may be nothing to read yet.
                if let Ok(status) = here.hands.device.status()
                    && last.as_ref() != Some(&status)
                {
                    self.show(here, &status);
                    // With the totes; without a core the sheet stays as it is.
                    if self.site.learn(&status)
                        && let Ok(sections) = self.site.sections(&self.core, &self.seeded)
                    {
                        sheet::write(&self.folder, SHEET_TITLE, &sections)?;
                    }
                    last = Some(status);
                }
            }
            let wish = wished.recv_timeout(Duration::from_millis(LOOK_MS));
            let here = self.posts.get(self.at).context("there is no such station")?;
            match wish {
                Ok(Wish::Scan(code)) => here.hands.reader.scan(&as_sent(&code))?,
                Ok(Wish::Half(code)) => here.hands.reader.raw(code.as_bytes())?,
                Ok(Wish::Lay(grams)) => {
                    if let Some(scale) = &here.scale {
                        scale.lay(grams);
                    }
                }
                Ok(Wish::Station(station)) => {
                    self.choose(station)?;
                    (last, seen) = (None, None);
                }
                Ok(Wish::SwitchCore) => self.switch_core()?,
                Ok(Wish::End) | Err(RecvTimeoutError::Disconnected) => {
                    let mut open = self.posts.iter_mut().filter_map(|post| post.app.take());
                    return open.try_for_each(App::stop);
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// Somebody takes a station over: its window is opened, and the codes are those that it asks for.
    fn choose(&mut self, station: usize) -> Result<()> {
        let folder = self.folder.clone();
        let Some(post) = self.posts.get_mut(station) else { return Ok(()) };
        self.at = station;
        if post.app.is_none() {
            let arguments: Vec<&str> = post.arguments.iter().map(String::as_str).collect();
            let log = folder.join(format!("{}.log", post.name));
            post.app = Some(App::start(&post.hands.device, post.hands.reader.path(), &arguments, &[], &log)?);
        }
        let Operator { name, pin, .. } = post.operator.clone();
        let _ = self.shown.upgrade_in_event_loop(move |panel| {
            panel.set_station(i32::try_from(station).unwrap_or(0));
            panel.set_operator(name.into());
            panel.set_pin(pin.into());
        });
        Ok(())
    }

    fn switch_core(&mut self) -> Result<()> {
        let _ = self.shown.upgrade_in_event_loop(|panel| panel.set_core_moves(true));
        if self.core.is_running() {
            self.core.stop()?
        } else {
            self.core.restart()?
        }
        let runs = self.core.is_running();
        let _ = self.shown.upgrade_in_event_loop(move |panel| {
            panel.set_core_moves(false);
            panel.set_core_runs(runs);
        });
        Ok(())
    }

    fn show(&self, post: &Post, status: &Status) {
        // A carton that was weighed is taken off.
        if let Some(scale) = post.scale.as_ref().filter(|_| !status.asks("weight")) {
            scale.lay(0);
        }
        let asks = status.expects.first().map(|e| e.kind.clone()).unwrap_or_default();
        let mut good = Vec::new();
        let by_hand = |kind: &str| kind == "weight" && post.scale.is_none();
        for expect in status.expects.iter().filter(|expect| !by_hand(&expect.kind)) {
            good.extend(expect.codes.iter().take(GOOD_MAX).map(|code| {
                let kind = if is_case(code) { "case" } else { &expect.kind };
                Plain::new(kind, code, false)
            }));
        }
        if asks == "badge" {
            good.push(Plain::new("badge", &post.operator.badge, false));
        }
        let wrong = self.site.wrong(status);
        let bad: Vec<Plain> = wrong.iter().map(|Wrong { kind, code }| Plain::new(kind, code, true)).collect();
        let (done, needed) = status.quantity.map_or((0, 0), |q| (int(q.done), int(q.needed)));
        let waiting = i32::try_from(status.outbox.pending).unwrap_or(i32::MAX);
        let _ = self.shown.upgrade_in_event_loop(move |panel| {
            panel.set_asks(asks.into());
            panel.set_done(done);
            panel.set_needed(needed);
            panel.set_waiting(waiting);
            fill(&panel.get_good(), good, |rows| panel.set_good(rows));
            fill(&panel.get_bad(), bad, |rows| panel.set_bad(rows));
        });
    }
}

/// A card before it is in the window's thread; drawing happens where it is made.
struct Plain {
    kind: String,
    code: String,
    wrong: bool,
    drawn: Option<Barcode>,
}

impl Plain {
    fn new(kind: &str, code: &str, wrong: bool) -> Self {
        // Half a code is drawn as what is left of it.
        Plain { kind: kind.to_owned(), code: code.to_owned(), wrong, drawn: Barcode::draw(&as_sent(code)).ok() }
    }

    fn card(self) -> Card {
        let bars = self.drawn.as_ref().is_none_or(Barcode::is_linear);
        let picture = self.drawn.as_ref().map(picture).unwrap_or_default();
        let shown = if self.code.starts_with(']') { self.code.chars().skip(3).collect() } else { self.code.clone() };
        let shown = shown.replace('\u{1d}', " ");
        Card { picture, bars, kind: self.kind.into(), code: shown.into(), raw: self.code.into(), wrong: self.wrong }
    }
}

fn fill(old: &ModelRc<Card>, new: Vec<Plain>, set: impl FnOnce(ModelRc<Card>)) {
    let cards: Vec<Card> = new.into_iter().map(Plain::card).collect();
    match old.as_any().downcast_ref::<VecModel<Card>>() {
        Some(model) => model.set_vec(cards),
        None => set(ModelRc::from(Rc::new(VecModel::from(cards)))),
    }
}

/// One pixel a module, with the light margin a reader needs; the window stretches it.
fn picture(barcode: &Barcode) -> Image {
    const QUIET: usize = 10;
    let rows = barcode.rows.len();
    let (across, down) = if barcode.is_linear() { (QUIET, 0) } else { (2, 2) };
    let (width, height) = (barcode.width() + 2 * across, rows + 2 * down);
    let mut pixels = vec![Rgb8Pixel { r: 255, g: 255, b: 255 }; width * height];
    for (row, at, count) in barcode.stretches() {
        let from = (row + down) * width + across + at;
        if let Some(stretch) = pixels.get_mut(from..from + count) {
            stretch.fill(Rgb8Pixel { r: 0, g: 0, b: 0 });
        }
    }
    let mut buffer = SharedPixelBuffer::new(u32::try_from(width).unwrap_or(1), u32::try_from(height).unwrap_or(1));
    for (to, from) in buffer.make_mut_slice().iter_mut().zip(pixels) {
        *to = from;
    }
    Image::from_rgb8(buffer)
}

/// When the device last wrote anything, per file.
fn newest(folder: &Path) -> Option<HashMap<std::ffi::OsString, SystemTime>> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    // Reading touches the shared memory of the store; only writing is of interest.
    let files = entries.filter(|entry| !entry.file_name().to_string_lossy().ends_with("-shm"));
    Some(files.filter_map(|entry| Some((entry.file_name(), entry.metadata().ok()?.modified().ok()?))).collect())
}

fn int(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
