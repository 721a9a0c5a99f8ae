//! Applies a [`View`] to the pages and turns what people do on them into [`Tap`]s.
//!
//! The only place that names Slint types. It decides nothing: codes and numbers go in, taps come
//! out. One window lives on the main thread; other threads reach it through [`Handle`].

mod ask;
mod attention;
mod common;
mod history;
mod load;
mod pack;
mod pick;
mod receive;
mod returns;
mod settings;
mod sheet;
mod sign_in;
mod stock;
mod work_list;

use crate::view::{Band, Hand, Link, Look, Page, Profile, Tap, Theme, View};
use common::{Rows, clock};
use slint::{ComponentHandle, Global};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub use floorhand_ui as ui;

/// How long the last accepted scan stays green.
const FRESH_MS: u64 = 1200;
/// A second press within this time is the same press.
const DEBOUNCE_MS: u64 = 80;

/// The window and what stands on it. It belongs to the main thread.
pub struct Screen {
    inner: Rc<Inner>,
    handle: Handle,
}

/// Reaches the screen from any thread.
#[derive(Clone, Default)]
pub struct Handle {
    /// The newest view that is not shown yet: a slow screen skips, it never queues.
    pending: Arc<Mutex<Option<View>>>,
    /// The newest picture of the camera, likewise.
    frame: Arc<Mutex<Option<Frame>>>,
}

/// A picture of the camera, in grey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Pixels of a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// One byte a pixel, rows from the top; `width * height` of them.
    pub grey: Vec<u8>,
}

struct Inner {
    root: ui::AppWindow,
    shown: RefCell<Option<View>>,
    rows: Rows,
    /// Turns the band from fresh to quiet.
    fresh: slint::Timer,
    /// No movement, no timer, no debounce: for pictures and tests.
    still: Cell<bool>,
    last_tap: Cell<Option<u64>>,
}

thread_local! {
    static SCREEN: RefCell<Option<Rc<Inner>>> = const { RefCell::new(None) };
}

impl Screen {
    /// Opens the window of a station. Every tap and key goes to `events`, on the main thread.
    pub fn new(profile: Profile, theme: Theme, events: Box<dyn Fn(Tap)>) -> Result<Screen, slint::PlatformError> {
        let root = ui::AppWindow::new()?;
        let (width, height) = match profile {
            Profile::Handheld => (480.0, 800.0),
            Profile::Packing | Profile::Dock => (1280.0, 800.0),
        };
        root.set_start_width(width);
        root.set_start_height(height);
        let rows = Rows::new(&root);
        let inner = Rc::new(Inner {
            root,
            shown: RefCell::new(None),
            rows,
            fresh: slint::Timer::default(),
            still: Cell::new(false),
            last_tap: Cell::new(None),
        });
        inner.dress(&Look { theme, ..Look::default() });
        inner.listen(Rc::from(events));
        inner.root.invoke_take_keys();
        SCREEN.with(|screen| *screen.borrow_mut() = Some(Rc::clone(&inner)));
        Ok(Screen { inner, handle: Handle::default() })
    }

    /// Stops movement, timers and debouncing: for pictures and tests.
    pub fn still(&self) {
        self.inner.still.set(true);
        ui::Theme::get(&self.inner.root).set_motion(false);
    }

    /// Fills the whole display.
    pub fn set_fullscreen(&self, on: bool) {
        self.inner.root.window().set_fullscreen(on);
    }

    /// Shows a view; touches only what differs from the one before.
    pub fn apply(&self, view: &View) {
        self.inner.apply(view);
    }

    /// Shows a picture in the finder at once: for tests.
    pub fn frame(&self, frame: &Frame) {
        sheet::frame(&self.inner.root, frame);
    }

    /// A handle for other threads.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// The window's root, for tests.
    #[must_use]
    pub fn root(&self) -> &ui::AppWindow {
        &self.inner.root
    }

    /// Shows the window until [`Handle::quit`].
    pub fn run(&self) -> Result<(), slint::PlatformError> {
        self.inner.root.show()?;
        self.inner.root.invoke_take_keys();
        slint::run_event_loop_until_quit()?;
        self.inner.root.hide()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // The thread's storage may be gone already when a process ends.
        let _ = SCREEN.try_with(|screen| screen.borrow_mut().take());
    }
}

impl Handle {
    /// Shows a view as soon as the screen is free. Views that come faster than it can draw are
    /// skipped, never queued. Does nothing when the window is gone.
    pub fn apply(&self, view: View) {
        let waiting = match self.pending.lock() {
            Ok(mut pending) => pending.replace(view).is_some(),
            Err(_) => return,
        };
        if waiting {
            return;
        }
        let pending = Arc::clone(&self.pending);
        let sent = slint::invoke_from_event_loop(move || {
            let newest = pending.lock().ok().and_then(|mut pending| pending.take());
            if let Some(view) = newest {
                SCREEN.with(|screen| {
                    if let Some(inner) = screen.borrow().as_ref() {
                        inner.apply(&view);
                    }
                });
            }
        });
        // No loop yet: the next view must ask again.
        if sent.is_err()
            && let Ok(mut pending) = self.pending.lock()
        {
            pending.take();
        }
    }

    /// Shows a picture in the finder as soon as the screen is free; pictures in between are skipped.
    pub fn frame(&self, frame: Frame) {
        let waiting = match self.frame.lock() {
            Ok(mut newest) => newest.replace(frame).is_some(),
            Err(_) => return,
        };
        if waiting {
            return;
        }
        let newest = Arc::clone(&self.frame);
        let sent = slint::invoke_from_event_loop(move || {
            let frame = newest.lock().ok().and_then(|mut newest| newest.take());
            if let Some(frame) = frame {
                SCREEN.with(|screen| {
                    if let Some(inner) = screen.borrow().as_ref() {
                        sheet::frame(&inner.root, &frame);
                    }
                });
            }
        });
        if sent.is_err()
            && let Ok(mut newest) = self.frame.lock()
        {
            newest.take();
        }
    }

    /// Ends [`Screen::run`].
    pub fn quit(&self) {
        let _ = slint::quit_event_loop();
    }
}

impl Inner {
    fn listen(self: &Rc<Self>, events: Rc<dyn Fn(Tap)>) {
        let act = ui::Act::get(&self.root);
        let weak = Rc::downgrade(self);
        let sink = Rc::clone(&events);
        act.on_tap(move |does, number, text| {
            let Some(inner) = weak.upgrade() else { return };
            if inner.bounced() {
                return;
            }
            if let Some(tap) = common::tap(does, number, &text) {
                sink(tap);
            }
        });
        let sink = Rc::clone(&events);
        act.on_key(move |text, ctrl, alt, shift| {
            if let Some(press) = common::key(&text, ctrl, alt, shift) {
                sink(Tap::Key(press));
            }
        });
        self.root.window().on_close_requested(move || {
            events(Tap::Close);
            slint::CloseRequestResponse::KeepWindowShown
        });
    }

    fn bounced(&self) -> bool {
        let now_ms = crate::clock::mono_ms();
        let last = self.last_tap.replace(Some(now_ms));
        !self.still.get() && last.is_some_and(|last| now_ms.saturating_sub(last) < DEBOUNCE_MS)
    }

    fn apply(self: &Rc<Self>, view: &View) {
        let before = self.shown.replace(None);
        let same = |same: fn(&View, &View) -> bool| before.as_ref().is_some_and(|before| same(before, view));
        if !same(|a, b| a.look == b.look) {
            self.dress(&view.look);
        }
        if !same(|a, b| a.strip == b.strip) {
            self.strip(view);
        }
        if !same(|a, b| a.band == b.band) {
            self.band(&view.band);
        }
        if !same(|a, b| a.refusal == b.refusal && a.question == b.question) {
            common::answer(&self.root, &self.rows, view);
        }
        if !same(|a, b| {
            a.page == b.page && a.strip.attention == b.strip.attention && a.look.language == b.look.language
        }) {
            self.page(view);
        }
        let moved = !same(|a, b| place(a) == place(b));
        if moved || !ui::Theme::get(&self.root).get_focus_shown() {
            self.root.invoke_take_keys();
        }
        self.shown.replace(Some(view.clone()));
    }

    fn dress(&self, look: &Look) {
        let theme = ui::Theme::get(&self.root);
        theme.set_light(look.theme == Theme::Light);
        theme.set_text_size(i32::from(look.text.percent()));
        theme.set_left_hand(look.hand == Hand::Left);
        // A language that is not in the binary leaves the one before.
        let _ = slint::select_bundled_translation(&look.language);
    }

    fn strip(&self, view: &View) {
        let shell = ui::ShellData::get(&self.root);
        let strip = &view.strip;
        shell.set_operator(strip.operator.as_str().into());
        shell.set_station(strip.station.as_str().into());
        shell.set_link(
            match strip.link {
                Link::Online => "online",
                Link::Sending => "sending",
                Link::Offline => "offline",
            }
            .into(),
        );
        shell.set_waiting(common::int(strip.waiting));
        shell.set_attention(common::int(strip.attention));
        shell.set_battery(strip.battery.map_or(-1, i32::from));
        shell.set_clock(clock(strip.clock));
    }

    fn band(self: &Rc<Self>, band: &Band) {
        let shell = ui::ShellData::get(&self.root);
        let kind = match band {
            Band::None => "none",
            Band::Accepted { .. } => "accepted",
            Band::Offline => "offline",
            Band::OnlineAgain => "online-again",
            Band::Notice { .. } => "notice",
        };
        self.fresh.stop();
        match band {
            Band::Accepted { what, code, name, .. } => {
                shell.set_band_what(what.as_str().into());
                shell.set_band_code(common::shortened(code));
                shell.set_band_name(name.as_str().into());
                shell.set_band_fresh(true);
                if !self.still.get() {
                    let weak = Rc::downgrade(self);
                    self.fresh.start(slint::TimerMode::SingleShot, Duration::from_millis(FRESH_MS), move || {
                        if let Some(inner) = weak.upgrade() {
                            ui::ShellData::get(&inner.root).set_band_fresh(false);
                        }
                    });
                }
            }
            Band::Notice { code } => shell.set_band_code(code.as_str().into()),
            Band::None | Band::Offline | Band::OnlineAgain => {}
        }
        shell.set_band(kind.into());
    }

    fn page(&self, view: &View) {
        let name = match &view.page {
            Page::SignIn(page) => {
                sign_in::apply(&self.root, page);
                "sign-in"
            }
            Page::WorkList(page) => {
                work_list::apply(&self.root, &self.rows, page, view.strip.attention);
                "work-list"
            }
            Page::Pick(page) => {
                pick::apply(&self.root, &self.rows, page);
                "pick"
            }
            Page::Deliveries(page) => {
                receive::deliveries(&self.root, &self.rows, page);
                "deliveries"
            }
            Page::Receive(page) => {
                receive::receive(&self.root, &self.rows, page, &view.look.language);
                "receive"
            }
            Page::Discrepancies(page) => {
                receive::discrepancies(&self.root, &self.rows, page, &view.look.language);
                "discrepancies"
            }
            Page::Photo(page) => {
                receive::photo(&self.root, page);
                "photo"
            }
            Page::Unknown(page) => {
                receive::unknown(&self.root, &self.rows, page, &view.look.language);
                "unknown"
            }
            Page::Attention(page) => {
                attention::apply(&self.root, &self.rows, page);
                "attention"
            }
            Page::History(page) => {
                history::apply(&self.root, &self.rows, page);
                "history"
            }
            Page::Settings(page) => {
                settings::apply(&self.root, page, &view.look);
                "settings"
            }
            Page::Sheet(page) => {
                sheet::apply(&self.root, &self.rows, page);
                "sheet"
            }
            Page::TypeCode(page) => {
                sheet::type_code(&self.root, page);
                "type-code"
            }
            Page::Readers(page) => {
                settings::readers(&self.root, &self.rows, page);
                "readers"
            }
            Page::Camera(page) => {
                sheet::camera(&self.root, page);
                "camera"
            }
            Page::About(page) => {
                settings::about(&self.root, page);
                "about"
            }
            Page::Block(page) => {
                settings::block(&self.root, page);
                "block"
            }
            Page::Stock(page) => {
                stock::stock(&self.root, &self.rows, page, &view.look.language);
                "stock"
            }
            Page::Count(page) => {
                stock::count(&self.root, &self.rows, page, &view.look.language);
                "count"
            }
            Page::WhatIs(page) => {
                ask::what_is(&self.root, &self.rows, page, &view.look.language);
                "what-is"
            }
            Page::Approve(page) => {
                ask::approve(&self.root, page);
                "approve"
            }
            Page::Pack(page) => {
                pack::apply(&self.root, &self.rows, page, &view.look.language);
                "pack"
            }
            Page::Load(page) => {
                load::apply(&self.root, page);
                "load"
            }
            Page::Returns(page) => {
                returns::apply(&self.root, &self.rows, page, &view.look.language);
                "returns"
            }
        };
        self.root.set_page(name.into());
    }
}

/// Where on the screen a person is: a change of it takes the focus back.
fn place(view: &View) -> (std::mem::Discriminant<Page>, Option<&'static str>, bool) {
    let stage = match &view.page {
        Page::Receive(page) => Some(receive::stage(&page.stage)),
        Page::Pick(page) => Some(pick::stage(&page.stage)),
        Page::SignIn(page) => Some(sign_in::stage(page.stage)),
        Page::Stock(page) => Some(stock::stock_stage(&page.stage)),
        Page::Count(page) => Some(stock::count_stage(&page.stage)),
        Page::Approve(page) => Some(ask::approve_stage(page.stage)),
        Page::Pack(page) => Some(pack::stage(&page.stage)),
        Page::Returns(page) => Some(returns::stage(&page.stage)),
        _ => None,
    };
    (std::mem::discriminant(&view.page), stage, view.refusal.is_some() || view.question.is_some())
}
