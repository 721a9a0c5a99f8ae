//! The readers of a station: from what was named on the command line to events on the channel.

use crate::app::ReaderState;
use crate::device::decoder::front::FrontEnd;
use crate::device::decoder::picture::Picture;
use crate::device::scanner::camera::{self, Camera};
use crate::device::scanner::feedback::{Answers, Profile};
use crate::device::scanner::serial::{self, Serial};
use crate::device::scanner::wedge::{self, Wedge};
use crate::device::scanner::{ScannerEvent, ScannerSource};
use crate::event::Event;
use crate::outlet::Asked;
use anyhow::{Result, anyhow};
use floorhand_domain::scan::{Scan, Source};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

/// Readers of one station at the most.
pub const READERS_MAX: usize = 8;

/// A reader that has not started.
pub struct Reader {
    kind: Kind,
    state: ReaderState,
}

enum Kind {
    Serial(Serial),
    Wedge(Wedge),
    Camera(Camera),
}

impl Reader {
    /// The reader of a name: `serial:/dev/ttyACM0`, `wedge:/dev/input/event3`.
    ///
    /// # Errors
    /// What is wrong with the name.
    pub fn of(spec: &str) -> Result<Self> {
        let wrong = |error: &dyn std::fmt::Display| anyhow!("--scanner {spec}: {error}");
        let (kind, rest) = spec.split_once(':').unwrap_or((spec, ""));
        let name = rest.split(',').next().unwrap_or_default().to_owned();
        let state = |kind, feedback: Profile| ReaderState {
            kind,
            name,
            feedback: if feedback == Profile::None { String::new() } else { feedback.as_str().to_owned() },
            state: "starting",
        };
        match kind {
            "serial" => {
                let config = spec.parse::<serial::Config>().map_err(|error| wrong(&error))?;
                let state = state("serial", config.feedback);
                Ok(Self { kind: Kind::Serial(Serial::new(config)), state })
            }
            "wedge" => {
                let config = spec.parse::<wedge::Config>().map_err(|error| wrong(&error))?;
                Ok(Self { kind: Kind::Wedge(Wedge::new(config)), state: state("wedge", Profile::None) })
            }
            "camera" => {
                let config = spec.parse::<camera::Config>().map_err(|error| wrong(&error))?;
                let state = ReaderState { name: config.path.display().to_string(), ..state("camera", Profile::None) };
                let load: camera::Loader = Arc::new(|path| {
                    let Picture { data, width, height } = Picture::open(path).map_err(|error| error.to_string())?;
                    Ok(camera::Frame { data, width, height, at_mono_ms: 0 })
                });
                let factory: camera::Factory = Arc::new(|| Box::new(FrontEnd::new()));
                Ok(Self { kind: Kind::Camera(Camera::new(&config, factory, load)), state })
            }
            _ => Err(anyhow!("--scanner {spec}: there are serial:PATH, wedge:PATH and camera:PATH")),
        }
    }

    /// What the readers' page shows of it before it has started.
    #[must_use]
    pub fn state(&self) -> ReaderState {
        self.state.clone()
    }

    /// How its scans are answered; `None`: it cannot be told anything.
    #[must_use]
    pub fn answers(&self) -> Option<Answers> {
        match &self.kind {
            Kind::Serial(serial) => Some(serial.answers()),
            Kind::Wedge(_) | Kind::Camera(_) => None,
        }
    }

    /// The way to its trigger, lamp and finder, where it is a camera.
    #[must_use]
    pub fn camera(&self) -> Option<camera::Handle> {
        match &self.kind {
            Kind::Camera(camera) => Some(camera.handle()),
            Kind::Serial(_) | Kind::Wedge(_) => None,
        }
    }

    /// Starts it as the reader of this number.
    ///
    /// # Errors
    /// When the machine has no thread or no descriptor left.
    pub fn start(&mut self, reader: usize, events: SyncSender<Event>) -> std::io::Result<()> {
        let (source, from, asks): (&mut dyn ScannerSource, _, _) = match &mut self.kind {
            Kind::Serial(serial) => (serial, Source::Serial, true),
            Kind::Wedge(wedge) => (wedge, Source::Wedge, false),
            Kind::Camera(camera) => (camera, Source::Camera, false),
        };
        source.start(Box::new(move |event| {
            let _ = events.send(of_reader(event, reader, from, asks));
        }))
    }
}

fn of_reader(event: ScannerEvent, reader: usize, source: Source, asks: bool) -> Event {
    match event {
        ScannerEvent::Scan { raw, complete, number, .. } => {
            let scan = Scan { raw, source, complete };
            if asks { Event::Asked(scan, Asked { reader, number }) } else { Event::Scan(scan) }
        }
        ScannerEvent::Attached { .. } => Event::Reader { reader, state: "ready" },
        ScannerEvent::Lost { reason, .. } => Event::Reader { reader, state: reason.as_str() },
    }
}
