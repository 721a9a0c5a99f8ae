//! Any GPIO chip of the kernel, through its character device (crate `gpiocdev`): lines by name, time
//! stamps and debouncing by the kernel.

use super::config::{Config, Line, LineId, Pull};
use super::{Edge, Error, Lines, Output, TriggerInput, Waited};
use crate::device::wake::{Ready, Wake};
use gpiocdev::chip::{Chip, chips};
use gpiocdev::line::{Bias, EdgeDetection, EdgeKind, EventClock, Offset, Value};
use gpiocdev::request::Request;
use rustix::io::Errno;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The name other programs see at a line in use.
const CONSUMER: &str = "floorhand";

/// The trigger line.
#[derive(Debug)]
pub struct Input {
    request: Request,
}

/// The lines that light, buzz and shake.
#[derive(Debug)]
pub struct Outputs {
    request: Request,
    offsets: Vec<(Output, Offset)>,
}

impl Input {
    /// Requests the trigger line of `config` on `chip` (label, name or path).
    ///
    /// # Errors
    /// No such chip or line, no permission, or the line is in use.
    pub fn open(config: &Config, chip: &str, line: &Line) -> Result<Self, Error> {
        let (path, chip) = find_chip(chip)?;
        let mut builder = Request::builder();
        builder.on_chip(path).with_consumer(CONSUMER).with_line(offset(&chip, &line.id)?).as_input();
        if line.active_low {
            builder.as_active_low();
        }
        match config.pull {
            Pull::AsIs => {}
            Pull::None => drop(builder.with_bias(Bias::Disabled)),
            Pull::Up => drop(builder.with_bias(Bias::PullUp)),
            Pull::Down => drop(builder.with_bias(Bias::PullDown)),
        }
        if config.debounce_ms > 0 {
            builder.with_debounce_period(Duration::from_millis(config.debounce_ms));
        }
        builder.with_edge_detection(EdgeDetection::BothEdges).with_event_clock(EventClock::Monotonic);
        Ok(Input { request: builder.request().map_err(error)? })
    }
}

impl TriggerInput for Input {
    fn wait(&mut self, wake: &Wake, until_mono_ms: Option<u64>) -> Result<Waited, Error> {
        match wake.wait(Some(self.request.as_fd()), until_mono_ms) {
            Ok(Ready::Woken) => Ok(Waited::Stop),
            Ok(Ready::Time) => Ok(Waited::Time),
            Ok(Ready::Device) => {
                // A buffer of one: `Request::read_edge_event` takes more events than it returns.
                let event = self.request.new_edge_event_buffer(1).read_event().map_err(error)?;
                let at_mono_ms = event.timestamp_ns / 1_000_000;
                // Rising means active: the kernel has applied active-low.
                Ok(Waited::Edge(Edge { pressed: event.kind == EdgeKind::Rising, at_mono_ms }))
            }
            Err(errno) => Err(Error::Failed(errno.to_string())),
        }
    }

    fn debounce_ms(&self) -> u64 {
        0
    }
}

impl Outputs {
    /// Requests the outputs of `config` on `chip`, all off.
    ///
    /// # Errors
    /// As for [`Input::open`].
    pub fn open(config: &Config, chip: &str) -> Result<Self, Error> {
        let (path, chip) = find_chip(chip)?;
        let mut builder = Request::builder();
        builder.on_chip(path).with_consumer(CONSUMER);
        let mut offsets = Vec::new();
        for (output, line) in &config.outputs {
            let offset = offset(&chip, &line.id)?;
            builder.with_line(offset).as_output(Value::Inactive);
            if line.active_low {
                builder.as_active_low();
            }
            offsets.push((*output, offset));
        }
        Ok(Outputs { request: builder.request().map_err(error)?, offsets })
    }
}

impl Lines for Outputs {
    fn set(&mut self, output: Output, on: bool) -> Result<(), Error> {
        let Some((_, offset)) = self.offsets.iter().find(|(there, _)| *there == output) else { return Ok(()) };
        let value = if on { Value::Active } else { Value::Inactive };
        self.request.set_value(*offset, value).map_err(error)
    }
}

/// The label of a chip; `None` where `path` is no chip or may not be opened.
#[must_use]
pub fn label(path: &Path) -> Option<String> {
    Chip::from_path(path).and_then(|chip| chip.info()).ok().map(|info| info.label)
}

fn find_chip(wanted: &str) -> Result<(PathBuf, Chip), Error> {
    let mut failed = None;
    // Every chip, in the sequence of their numbers: the first with this label is taken.
    for path in chips().map_err(error)? {
        let named = path.as_os_str() == wanted || path.file_name().is_some_and(|name| name == wanted);
        match Chip::from_path(&path) {
            Ok(chip) if named || chip.info().is_ok_and(|info| info.label == wanted) => return Ok((path, chip)),
            Ok(_) => {}
            Err(failure) => failed = Some(error(failure)),
        }
    }
    // A chip that may not be opened may be the one.
    Err(failed.filter(|failed| *failed == Error::Denied).unwrap_or_else(|| Error::NoChip(wanted.to_owned())))
}

/// The number of a line that nobody else uses.
fn offset(chip: &Chip, id: &LineId) -> Result<Offset, Error> {
    let info = match id {
        LineId::Name(name) => chip.find_line_info(name),
        LineId::Number(number) => chip.line_info(*number).ok(),
    };
    match info {
        None => Err(Error::NoLine(id.to_string())),
        Some(info) if info.used => Err(Error::Busy),
        Some(info) => Ok(info.offset),
    }
}

fn error(error: gpiocdev::Error) -> Error {
    let gpiocdev::Error::Os(errno) = &error else { return Error::Failed(error.to_string()) };
    match Errno::from_raw_os_error(errno.0) {
        Errno::ACCESS | Errno::PERM => Error::Denied,
        Errno::BUSY => Error::Busy,
        _ => Error::Failed(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No chip has that label, with or without chips in the machine.
    #[test]
    fn a_missing_chip_is_named() {
        let config: Config = "gpio:chip=no-such-chip,trigger=T,buzzer=B".parse().unwrap();
        let line = config.trigger.clone().unwrap();
        let expected = Error::NoChip("no-such-chip".into());
        assert_eq!(Input::open(&config, "no-such-chip", &line).err(), Some(expected.clone()));
        assert_eq!(Outputs::open(&config, "no-such-chip").err(), Some(expected));
        assert_eq!(label(Path::new("/dev/null")), None);
    }
}
