//! How much work a frame may cost, counted in points and not in time.

/// Points of work a frame has left. One point is about what one sample of a line through bars, or
/// one pixel of a crop that is searched for a matrix, costs: some twenty nanoseconds of a desktop
/// processor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    left: u64,
}

impl Budget {
    pub(crate) fn new(points: u64) -> Self {
        Self { left: points }
    }

    /// Takes what a piece of work costs; `false` where that is no longer there.
    pub(crate) fn take(&mut self, points: usize) -> bool {
        match self.left.checked_sub(points as u64) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }
}
