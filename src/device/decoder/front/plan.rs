//! What is done for a frame: rounds of growing effort, each over regions and boxes.

use super::super::linear::Plan as LinePlan;
use super::super::profile::{Pass, Threshold};
use super::super::{Effort, Tier};

/// One round over a picture.
pub(super) struct Round {
    /// Regions of bars that are read, and as many joined ones.
    pub regions: usize,
    pub lines: LinePlan,
    /// Boxes of cells that are searched.
    pub crops: usize,
    /// How a box that was not looked at yet is searched.
    pub tries: &'static [Try],
    /// How one that looks like a code is searched besides.
    pub more: &'static [Try],
    /// Whether the whole picture is read instead of its regions.
    pub whole: bool,
    pub tier: Tier,
}

/// One way of looking at a crop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Try {
    /// As it is; halved where it is large.
    Plain,
    /// As it is, also where it is large.
    Fine,
    /// Blurred: dots become areas.
    Smooth,
    /// Doubled, where it is small: cells may be a pixel and a half.
    Double,
    /// Halved, where it is neither small nor large: blur, noise and broken print even out.
    Half,
}

/// Thresholds over 28 pixels to either side: a few bars and spaces of the widest code.
const AROUND: Pass = Pass { threshold: Threshold::Around(28), sharp: true };
/// For bars as narrow as the blur; beside wide ones the sharpening throws up ridges that it takes for peaks.
const PEAKS: Pass = Pass { threshold: Threshold::Peaks, sharp: true };
/// For uneven light and fine bars.
const CLOSE: Pass = Pass { threshold: Threshold::Around(10), sharp: true };
/// For pictures that are sharp as they are.
const PLAIN: Pass = Pass { threshold: Threshold::Around(28), sharp: false };
const PLAIN_PEAKS: Pass = Pass { threshold: Threshold::Peaks, sharp: false };

/// The quick tiers.
const FIRST: Round = Round {
    regions: 4,
    lines: LinePlan {
        lines: 15,
        passes: &[AROUND, PLAIN_PEAKS],
        all: false,
        bars_only: true,
        wait: false,
        patience: 7,
        tier: Tier::Linear,
    },
    crops: 3,
    tries: &[Try::Plain, Try::Smooth],
    more: &[],
    whole: false,
    tier: Tier::Matrix,
};

/// All lines, all thresholds, blurred and doubled crops.
const SECOND: Round = Round {
    regions: 6,
    lines: LinePlan {
        lines: 23,
        passes: &[PLAIN, PEAKS, CLOSE, AROUND, PLAIN_PEAKS],
        all: false,
        bars_only: true,
        wait: true,
        patience: 5,
        tier: Tier::Full,
    },
    crops: 6,
    tries: &[Try::Plain],
    more: &[Try::Double, Try::Half, Try::Fine],
    whole: false,
    tier: Tier::Full,
};

/// The whole picture.
const THIRD: Round = Round {
    regions: 0,
    lines: LinePlan {
        lines: WHOLE_LINES,
        passes: &[AROUND, PLAIN_PEAKS],
        all: true,
        bars_only: false,
        wait: false,
        patience: WHOLE_LINES,
        tier: Tier::Frame,
    },
    crops: 0,
    tries: &[Try::Plain, Try::Half],
    more: &[],
    whole: true,
    tier: Tier::Frame,
};

/// Rounds and points of work of an effort.
pub(super) fn plan(effort: Effort) -> (&'static [Round], u64) {
    match effort {
        Effort::Quick => (&[FIRST], QUICK_POINTS),
        Effort::Full => (&[FIRST, SECOND, THIRD], FULL_POINTS),
        Effort::Still => (&[FIRST, SECOND, THIRD], STILL_POINTS),
    }
}

/// About 5 ms of a desktop processor: a sixth of the time between two frames.
const QUICK_POINTS: u64 = 300_000;
/// About 20 ms: every third frame may take so long.
const FULL_POINTS: u64 = 1_500_000;
/// About 60 ms: a quarter of the 250 ms a photograph may take, for slower processors.
const STILL_POINTS: u64 = 4_000_000;

/// Lines across and down the whole picture in the last round, at most and at least, and pixels they
/// cross one way.
const WHOLE_LINES: usize = 41;
pub(super) const FEWEST_WHOLE_LINES: usize = 9;
pub(super) const WHOLE_SAMPLES: usize = 20_000;
