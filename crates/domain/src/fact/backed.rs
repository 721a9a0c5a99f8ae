//! Which facts a supervisor's consent to a typed code stands behind.

use super::Fact;

impl Fact {
    /// Whether it is what a typed code was for: a deed, not what is told about people, scans, labels and pictures.
    #[must_use]
    pub fn is_backed(&self) -> bool {
        !matches!(
            self,
            Self::SignedIn { .. }
                | Self::SignInFailed { .. }
                | Self::LockedOut { .. }
                | Self::SignedOut { .. }
                | Self::Approved { .. }
                | Self::ScanRefused { .. }
                | Self::BarcodeReported { .. }
                | Self::NoteAdded { .. }
                | Self::PhotoTaken { .. }
                | Self::LabelPrinted { .. }
        ) && !self.takes_back()
    }

    /// Whether it takes back what was done, and with it what was typed.
    #[must_use]
    pub fn takes_back(&self) -> bool {
        matches!(self, Self::SignedOut { .. } | Self::TaskReleased { .. } | Self::Undone { .. })
    }
}
