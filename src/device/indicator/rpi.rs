//! A Raspberry Pi up to 5 by its registers (crate `rppal`, which its author has retired): for sites
//! whose kernel has no usable GPIO chip. Lines are BCM numbers. Everywhere else opening fails with
//! [`Error::UnknownModel`].

use super::config::{Config, Line, LineId, Pull};
use super::{Edge, Error, Lines, Output, TriggerInput, Waited};
use crate::device::scanner::mono_ms;
use crate::device::wake::{Ready, Wake};
use rppal::gpio::{Gpio, InputPin, Level, OutputPin, Pin, Trigger};
use std::time::Duration;

/// rppal cannot wait for a line and for something else: the thread looks so often whether to stop.
const SLICE_MS: u64 = 250;

/// The trigger line.
#[derive(Debug)]
pub struct Input {
    pin: InputPin,
    active_low: bool,
}

/// The lines that light, buzz and shake.
#[derive(Debug)]
pub struct Outputs {
    pins: Vec<(Output, OutputPin, bool)>,
}

impl Input {
    /// Takes the trigger line of `config`.
    ///
    /// # Errors
    /// Not a Raspberry Pi, no such pin, or no permission.
    pub fn open(config: &Config, line: &Line) -> Result<Self, Error> {
        let pin = pin(&Gpio::new().map_err(error)?, &line.id)?;
        let mut pin = match config.pull {
            Pull::AsIs | Pull::None => pin.into_input(),
            Pull::Up => pin.into_input_pullup(),
            Pull::Down => pin.into_input_pulldown(),
        };
        let debounce = (config.debounce_ms > 0).then(|| Duration::from_millis(config.debounce_ms));
        pin.set_interrupt(Trigger::Both, debounce).map_err(error)?;
        Ok(Input { pin, active_low: line.active_low })
    }
}

impl TriggerInput for Input {
    fn wait(&mut self, wake: &Wake, until_mono_ms: Option<u64>) -> Result<Waited, Error> {
        loop {
            if wake.wait(None, Some(0)).is_ok_and(|ready| ready == Ready::Woken) {
                return Ok(Waited::Stop);
            }
            let left_ms = until_mono_ms.map_or(SLICE_MS, |until| until.saturating_sub(mono_ms()));
            if left_ms == 0 {
                return Ok(Waited::Time);
            }
            let slice = Duration::from_millis(left_ms.min(SLICE_MS));
            if let Some(event) = self.pin.poll_interrupt(false, Some(slice)).map_err(error)? {
                let pressed = (event.trigger == Trigger::RisingEdge) != self.active_low;
                let at_mono_ms = u64::try_from(event.timestamp.as_millis()).unwrap_or(u64::MAX);
                return Ok(Waited::Edge(Edge { pressed, at_mono_ms }));
            }
        }
    }

    fn debounce_ms(&self) -> u64 {
        0
    }
}

impl Outputs {
    /// Takes the outputs of `config`, all off.
    ///
    /// # Errors
    /// As for [`Input::open`].
    pub fn open(config: &Config) -> Result<Self, Error> {
        let gpio = Gpio::new().map_err(error)?;
        let mut pins = Vec::new();
        for (output, line) in &config.outputs {
            let pin = pin(&gpio, &line.id)?;
            let pin = if line.active_low { pin.into_output_high() } else { pin.into_output_low() };
            pins.push((*output, pin, line.active_low));
        }
        Ok(Outputs { pins })
    }
}

impl Lines for Outputs {
    fn set(&mut self, output: Output, on: bool) -> Result<(), Error> {
        if let Some((_, pin, active_low)) = self.pins.iter_mut().find(|(there, ..)| *there == output) {
            pin.write(if on == *active_low { Level::Low } else { Level::High });
        }
        Ok(())
    }
}

fn pin(gpio: &Gpio, id: &LineId) -> Result<Pin, Error> {
    let number = match id {
        LineId::Number(number) => u8::try_from(*number).ok(),
        LineId::Name(_) => None,
    };
    gpio.get(number.ok_or_else(|| Error::NoLine(id.to_string()))?).map_err(error)
}

fn error(error: rppal::gpio::Error) -> Error {
    use rppal::gpio::Error as E;
    match error {
        E::UnknownModel => Error::UnknownModel,
        E::PermissionDenied(_) => Error::Denied,
        E::PinUsed(_) => Error::Busy,
        E::PinNotAvailable(number) => Error::NoLine(format!("#{number}")),
        other => Error::Failed(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// On what is no Raspberry Pi the error says so; on one this test says nothing.
    #[test]
    fn another_machine_is_refused() {
        if std::path::Path::new("/proc/device-tree/model").exists() {
            return eprintln!("a board with a device tree: not tried");
        }
        let config: Config = "rppal:trigger=4,buzzer=5".parse().unwrap();
        assert_eq!(Input::open(&config, &config.trigger.clone().unwrap()).err(), Some(Error::UnknownModel));
        assert_eq!(Outputs::open(&config).err(), Some(Error::UnknownModel));
    }
}
