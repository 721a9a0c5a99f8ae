//! Lines without hardware: scripted edges, and outputs that remember what was set.

use super::{Edge, Error, Lines, Output, TriggerInput, Waited};
use crate::device::wake::Wake;
use std::sync::{Arc, Mutex};

/// A trigger that presses itself: its edges come at the times they carry, by a clock that only they
/// and the waits move on.
#[derive(Debug, Clone)]
pub struct Script {
    edges: std::collections::VecDeque<Edge>,
    debounce_ms: u64,
}

impl Script {
    /// Presses and releases in turn at these times, beginning with a press.
    #[must_use]
    pub fn at(times_mono_ms: &[u64], debounce_ms: u64) -> Self {
        let edge = |(index, at): (usize, &u64)| Edge { pressed: index % 2 == 0, at_mono_ms: *at };
        Script { edges: times_mono_ms.iter().enumerate().map(edge).collect(), debounce_ms }
    }
}

impl TriggerInput for Script {
    fn wait(&mut self, _wake: &Wake, until_mono_ms: Option<u64>) -> Result<Waited, Error> {
        match (self.edges.front(), until_mono_ms) {
            (Some(edge), Some(until)) if edge.at_mono_ms > until => Ok(Waited::Time),
            (Some(_), _) => Ok(self.edges.pop_front().map_or(Waited::Stop, Waited::Edge)),
            (None, Some(_)) => Ok(Waited::Time),
            (None, None) => Ok(Waited::Stop),
        }
    }

    fn debounce_ms(&self) -> u64 {
        self.debounce_ms
    }
}

/// Outputs that remember what was set, in order; at most [`Recorder::SET_MAX`].
#[derive(Debug, Clone, Default)]
pub struct Recorder {
    set: Arc<Mutex<Vec<(Output, bool)>>>,
    fails: Arc<Mutex<Option<Error>>>,
}

impl Recorder {
    /// How many changes are remembered.
    pub const SET_MAX: usize = 10_000;

    /// Every change so far.
    #[must_use]
    pub fn set_so_far(&self) -> Vec<(Output, bool)> {
        self.set.lock().map(|set| set.clone()).unwrap_or_default()
    }

    /// From now on each change fails with this, or succeeds again.
    pub fn fail_with(&self, error: Option<Error>) {
        if let Ok(mut fails) = self.fails.lock() {
            *fails = error;
        }
    }
}

impl Lines for Recorder {
    fn set(&mut self, output: Output, on: bool) -> Result<(), Error> {
        if let Some(error) = self.fails.lock().ok().and_then(|fails| fails.clone()) {
            return Err(error);
        }
        if let Ok(mut set) = self.set.lock()
            && set.len() < Self::SET_MAX
        {
            set.push((output, on));
        }
        Ok(())
    }
}
