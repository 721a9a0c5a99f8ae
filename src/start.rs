//! `floorhand run`: puts the parts together and takes them apart in order.

mod desk;
mod readers;

use crate::cli::{ProfileArg, ThemeArg};
use crate::clock;
use crate::event::Event;
use crate::runner::{EVENTS_MAX, Parts, Runner};
use crate::screen::Screen;
use crate::store::{DB_FILE, Store, StoreError};
use crate::sync::transport::Transport;
use crate::view::{LANGUAGES, Language, Look, Profile, Theme};
use anyhow::{Context, Result, anyhow, bail};
use desk::Desk;
use readers::{READERS_MAX, Reader};
use std::io::Write;
use std::path::PathBuf;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

/// What `run` was told.
#[derive(Debug, Clone)]
pub struct Options {
    /// Folder of the store.
    pub data: PathBuf,
    /// Layout.
    pub profile: Option<ProfileArg>,
    /// Readers.
    pub scanner: Vec<String>,
    /// Lamps, buzzer, vibration and trigger.
    pub gpio: Option<String>,
    /// Volume and night.
    pub sound: String,
    /// Printer of labels.
    pub printer: Option<String>,
    /// Scale.
    pub scale: Option<String>,
    /// Colours before anybody signs in.
    pub theme: ThemeArg,
    /// Language before anybody signs in.
    pub lang: String,
    /// Takes the whole screen.
    pub fullscreen: bool,
}

/// How often `log --follow` looks for new scans.
const FOLLOW_MS: u64 = 200;
/// Rows read at a time.
const LOG_ROWS: usize = 500;

/// Opens the screen and works until it is closed or asked to end.
///
/// # Errors
/// When the store cannot be opened, the device is not enrolled, or there is no screen.
pub fn run(options: &Options) -> Result<()> {
    let Some(language) = Language::of(&options.lang) else {
        let all: Vec<&str> = LANGUAGES.iter().map(|known| known.code).collect();
        bail!("language {:?} is not there; there are {}", options.lang, all.join(", "));
    };
    if options.scanner.len() > READERS_MAX {
        bail!("{} readers are named; a station has {READERS_MAX} at the most", options.scanner.len());
    }
    let mut readers = options.scanner.iter().map(|spec| Reader::of(spec)).collect::<Result<Vec<_>>>()?;
    let answers = readers.iter().map(Reader::answers).collect();
    let cameras = readers.iter().filter_map(Reader::camera).collect();
    let mut desk = Desk::open(options.gpio.as_deref(), &options.sound, answers, cameras)?;
    let not_enrolled = || {
        anyhow!(
            "{} is not enrolled: get a code with `floorhand-erp enrol-code`, then run `floorhand enrol`",
            options.data.display()
        )
    };
    // A folder that is not there is a wrong one: no store is made in it.
    if !options.data.join(DB_FILE).is_file() {
        return Err(not_enrolled());
    }
    let store = Store::open(&options.data).with_context(|| format!("store in {}", options.data.display()))?;
    let identity = store.identity().cloned().ok_or_else(not_enrolled)?;
    let profile = options.profile.map(Profile::from).unwrap_or_else(|| crate::runner::profile_of(&identity.profile));
    let theme = if options.theme == ThemeArg::Light { Theme::Light } else { Theme::Dark };
    let look = Look { theme, language: language.code.to_owned(), ..Look::default() };

    let (send, events) = sync_channel::<Event>(EVENTS_MAX);
    let answers = send.clone();
    let transport = Transport::start(&identity.core_url, &identity.device, store.device_key()?, move |answer| {
        let _ = answers.send(Event::Net(Box::new(answer)));
    })?;
    let taps = send.clone();
    let screen = Screen::new(profile, theme, Box::new(move |tap| send_tap(&taps, tap)))
        .map_err(|error| anyhow!("no screen: {error}"))?;
    if options.fullscreen {
        screen.set_fullscreen(true);
    }
    desk.watch(&screen.handle(), &send);
    let printer: Option<crate::device::printer::config::Config> = match &options.printer {
        Some(spec) => Some(spec.parse().map_err(|error| anyhow!("--printer {spec}: {error}"))?),
        None => None,
    };
    let has_printer = printer.is_some();
    desk.print_on(printer, &send);
    let scale: Option<crate::device::scale::config::Config> = match &options.scale {
        Some(spec) => Some(spec.parse().map_err(|error| anyhow!("--scale {spec}: {error}"))?),
        None => None,
    };
    let has_scale = scale.is_some();
    desk.weigh_on(scale, &send)?;
    let handle = screen.handle();
    let quit = screen.handle();
    let runner = Runner::new(Parts {
        store,
        transport: Some(transport),
        show: Box::new(move |view| handle.apply(view)),
        events,
        again: send.clone(),
        clock: Box::new(clock::System),
        look,
        outlet: Box::new(desk),
        readers: readers.iter().map(Reader::state).collect(),
        profile,
        printer: has_printer,
        scale: has_scale,
    })?;
    let floor = std::thread::Builder::new().name("floor".to_owned()).spawn(move || {
        let result = runner.run();
        quit.quit();
        result
    })?;
    for (number, reader) in readers.iter_mut().enumerate() {
        reader.start(number, send.clone())?;
    }
    on_signal(send.clone())?;
    screen.run().map_err(|error| anyhow!("screen: {error}"))?;
    // The window is closed, or the floor thread has ended already: either way it is asked to.
    let _ = send.try_send(Event::Shutdown);
    drop(readers);
    let ended = floor.join().map_err(|_| anyhow!("the floor thread panicked"))?;
    ended.map_err(|error: StoreError| anyhow!(error).context("store"))
}

fn send_tap(events: &SyncSender<Event>, tap: crate::view::Tap) {
    // A finger can wait no more than a reader can: with a full channel the tap is lost, the code is not.
    let _ = events.try_send(Event::Tap(tap, clock::mono_ms()));
}

/// SIGTERM and SIGINT end the app in order.
fn on_signal(events: SyncSender<Event>) -> Result<()> {
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async {
            use tokio::signal::unix::{SignalKind, signal};
            let (Ok(mut term), Ok(mut int)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
                return;
            };
            tokio::select! {
                _ = term.recv() => {}
                _ = int.recv() => {}
            }
        });
        let _ = events.send(Event::Shutdown);
    })?;
    Ok(())
}

/// Prints the scan log, oldest first.
///
/// # Errors
/// When the store cannot be read, or nobody reads the output any more.
pub fn log(store: &Store, follow: bool, out: &mut dyn Write) -> Result<()> {
    let mut after = 0;
    loop {
        let rows = store.scan_log_since(after, LOG_ROWS)?;
        for row in &rows {
            after = row.id;
            writeln!(out, "{}", serde_json::to_string(row)?)?;
        }
        out.flush()?;
        if rows.len() < LOG_ROWS {
            if !follow {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(FOLLOW_MS));
        }
    }
}
