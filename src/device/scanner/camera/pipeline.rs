//! What becomes of what was read: how hard a frame is looked at, when a code is believed, and why
//! one is not. Pure: times come as arguments.

mod agree;
mod light;

pub use agree::{Pattern, Rule, Rules};
pub use light::{DARK_BELOW, Light};

use crate::device::decoder::{Effort, Format, Formats, Read, Rect, Request};
use agree::Candidate;

/// A code that was accepted is ignored for so long at least,
pub const DUPLICATE_MS: u64 = 1_500;
/// and until it was out of sight for so long. Both must have passed: a label that stays in view at a
/// dock is one label.
pub const UNSEEN_MS: u64 = 750;
/// Codes told of for one frame; more are left out.
pub const SIGHTS_MAX: usize = 16;
/// Accepted codes that are remembered: more than are accepted in [`DUPLICATE_MS`] at 30 frames a second.
const KNOWN_MAX: usize = 64;
/// Every so many frames one is looked at with all means.
const FULL_EVERY: u32 = 3;
/// What a frame may cost, so that 30 in a second leave a third of one core to the rest. What one
/// costs more is carried over, and no frame is looked at with all means until it is made up for.
const BUDGET_MS: u64 = 22;
/// Most that is carried over.
const DEBT_MAX_MS: u64 = 250;

/// When frames are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// While the trigger is held.
    #[default]
    Trigger,
    /// Always.
    Continuous,
}

/// How the pipeline is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// When frames are looked at.
    pub mode: Mode,
    /// The formats of the site.
    pub formats: Formats,
    /// What the weak formats must look like.
    pub rules: Rules,
    /// Codes outside the aim never count; otherwise they count while there is none inside.
    pub strict_aim: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { mode: Mode::Trigger, formats: Formats::warehouse(), rules: Rules::default(), strict_aim: true }
    }
}

/// Where a person aims: the middle 80 % by 40 % of a frame.
#[must_use]
pub fn aim(width: usize, height: usize) -> Rect {
    Rect { x: width / 10, y: height * 3 / 10, width: width * 8 / 10, height: height * 4 / 10 }
}

/// Why a code that was read is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It is.
    Accepted,
    /// It must be read again, the same, in further frames.
    AnotherFrame {
        /// Frames in which it was read.
        have: u8,
        /// Frames it takes.
        need: u8,
    },
    /// It is not where the person aims.
    OutsideAim,
    /// It was accepted a moment ago.
    Duplicate,
    /// The frames before read something else.
    Disagree,
    /// There is more than one code to choose from.
    Several,
    /// Such codes are not asked for.
    FormatOff,
    /// It does not look as codes of its format do here.
    Rule,
}

impl Why {
    /// The name in logs and for the screen.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::AnotherFrame { .. } => "another-frame",
            Self::OutsideAim => "outside-aim",
            Self::Duplicate => "duplicate",
            Self::Disagree => "disagree",
            Self::Several => "several",
            Self::FormatOff => "format-off",
            Self::Rule => "rule",
        }
    }
}

/// A code in a frame, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sight {
    /// Its content.
    pub content: Vec<u8>,
    /// Its AIM identifier.
    pub aim_id: &'static str,
    /// Its format.
    pub format: Format,
    /// Its corners in pixels of the frame.
    pub corners: [(f32, f32); 4],
    /// What became of it.
    pub why: Why,
}

/// A text in a symbology.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    content: Vec<u8>,
    aim_id: &'static str,
}

impl Key {
    fn of(sight: &Sight) -> Self {
        Key { content: sight.content.clone(), aim_id: sight.aim_id }
    }

    fn is(&self, sight: &Sight) -> bool {
        self.content == sight.content && self.aim_id == sight.aim_id
    }
}

/// An accepted code.
#[derive(Debug)]
struct Known {
    key: Key,
    accepted_ms: u64,
    seen_ms: u64,
}

/// Follows the frames.
#[derive(Debug)]
pub struct Pipeline {
    settings: Settings,
    /// What the step takes, if it says so.
    step: Option<Formats>,
    held: bool,
    /// Frames taken until then belong to what was.
    since_ms: Option<u64>,
    candidate: Option<Candidate>,
    known: Vec<Known>,
    frames: u32,
    debt_ms: u64,
}

impl Pipeline {
    /// One that has seen nothing.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let step = None;
        Pipeline {
            settings,
            step,
            held: false,
            since_ms: None,
            candidate: None,
            known: Vec::new(),
            frames: 0,
            debt_ms: 0,
        }
    }

    /// The trigger is pulled or let go.
    pub fn trigger(&mut self, held: bool, now_ms: u64) {
        self.held = held;
        if held {
            self.new_step(now_ms);
        }
    }

    /// Another step has begun: what was accepted may come again, as two equal units do.
    pub fn new_step(&mut self, now_ms: u64) {
        self.since_ms = Some(now_ms);
        self.candidate = None;
        self.known.clear();
        self.frames = 0;
    }

    /// The formats that the step takes; `None`: those of the site.
    pub fn set_formats(&mut self, formats: Option<Formats>) {
        self.step = formats;
        self.candidate = None;
    }

    /// Whether frames are looked at.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.settings.mode == Mode::Continuous || self.held
    }

    /// How the next frame is looked at. Formats of the site that the step does not take are read
    /// too, so that the screen can say why such a code does nothing.
    pub fn request(&mut self, width: usize, height: usize) -> Request {
        let formats = self.settings.formats.iter().chain(self.accepted().iter()).collect();
        let full = self.frames.is_multiple_of(FULL_EVERY) && (self.frames == 0 || self.debt_ms == 0);
        self.frames = self.frames.wrapping_add(1);
        let effort = if full { Effort::Full } else { Effort::Quick };
        Request { formats, effort, aim: Some(aim(width, height)) }
    }

    /// What looking at a frame has cost.
    pub fn spent(&mut self, ms: u64) {
        self.debt_ms = self.debt_ms.saturating_add(ms).saturating_sub(BUDGET_MS).min(DEBT_MAX_MS);
    }

    fn accepted(&self) -> Formats {
        self.step.unwrap_or(self.settings.formats)
    }

    /// Takes what was read in a frame that was taken at `at_ms`. At most one code is accepted.
    pub fn frame(&mut self, at_ms: u64, width: usize, height: usize, reads: Vec<Read>) -> Vec<Sight> {
        if !self.is_on() || self.since_ms.is_some_and(|since| at_ms <= since) {
            return Vec::new();
        }
        let mut sights: Vec<Sight> = Vec::new();
        for read in reads {
            let Read { content, aim_id, format, corners, .. } = read;
            let sight = Sight { content, aim_id, format, corners, why: Why::OutsideAim };
            let room = sights.len() < SIGHTS_MAX;
            match sights.iter_mut().find(|known| Key::of(known).is(&sight)) {
                // Two labels that say the same are the same code; the one in the aim stands for both.
                Some(known) if is_inside(&sight.corners, width, height) => known.corners = sight.corners,
                Some(_) => {}
                None if room => sights.push(sight),
                None => {}
            }
        }
        self.see(&sights, at_ms);
        self.judge(&mut sights, at_ms, |sight| is_inside(&sight.corners, width, height));
        sights
    }

    /// Keeps in mind what was accepted and is still in sight, and forgets the rest in time. Only a
    /// frame without a code says that it is gone; a pause in the frames does not.
    fn see(&mut self, sights: &[Sight], at_ms: u64) {
        for known in &mut self.known {
            if sights.iter().any(|sight| known.key.is(sight)) {
                known.seen_ms = at_ms;
            }
        }
        let age = |since: u64| at_ms.saturating_sub(since);
        self.known.retain(|known| age(known.accepted_ms) < DUPLICATE_MS || age(known.seen_ms) < UNSEEN_MS);
    }

    fn judge(&mut self, sights: &mut [Sight], at_ms: u64, inside: impl Fn(&Sight) -> bool) {
        let formats = self.accepted();
        let mut outside = Vec::new();
        let mut chosen = Vec::new();
        for sight in sights {
            if !formats.has(sight.format) {
                sight.why = Why::FormatOff;
            } else if !self.settings.rules.allow(sight.format, &sight.content) {
                sight.why = Why::Rule;
            } else if inside(sight) {
                chosen.push(sight);
            } else {
                outside.push(sight);
            }
        }
        if chosen.is_empty() && !self.settings.strict_aim {
            chosen = outside;
        }
        match chosen.as_mut_slice() {
            [] => {}
            [sight] => sight.why = self.agree(sight, at_ms),
            several => {
                self.candidate = None;
                several.iter_mut().for_each(|sight| sight.why = Why::Several);
            }
        }
    }

    fn agree(&mut self, sight: &Sight, at_ms: u64) -> Why {
        if self.known.iter().any(|known| known.key.is(sight)) {
            self.candidate = None;
            return Why::Duplicate;
        }
        let same = self.candidate.take().map(|candidate| (candidate.key.is(sight), candidate));
        let (mut candidate, before) = match same {
            Some((true, candidate)) => (candidate, true),
            Some((false, old)) => (Candidate::new(Key::of(sight), sight.format), !old.is_fresh(at_ms)),
            None => (Candidate::new(Key::of(sight), sight.format), true),
        };
        let (have, need) = candidate.read(at_ms);
        if have < need {
            self.candidate = Some(candidate);
            return if before { Why::AnotherFrame { have, need } } else { Why::Disagree };
        }
        if self.known.len() >= KNOWN_MAX {
            let oldest = self.known.iter().enumerate().min_by_key(|(_, known)| known.seen_ms).map(|(at, _)| at);
            oldest.map(|at| self.known.remove(at));
        }
        self.known.push(Known { key: candidate.key, accepted_ms: at_ms, seen_ms: at_ms });
        Why::Accepted
    }
}

/// Whether the middle of a code lies in the aim.
fn is_inside(corners: &[(f32, f32); 4], width: usize, height: usize) -> bool {
    let aim = aim(width, height);
    let middle = |part: fn(&(f32, f32)) -> f32| corners.iter().map(part).sum::<f32>() / 4.0;
    let within = |at: f32, from: usize, length: usize| at >= from as f32 && at <= (from + length) as f32;
    within(middle(|corner| corner.0), aim.x, aim.width) && within(middle(|corner| corner.1), aim.y, aim.height)
}

#[cfg(test)]
#[path = "pipeline_tests.rs"]
mod tests;
