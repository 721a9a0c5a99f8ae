//! The codes of badges: they open doors, and stand in no fact, log or store.

use super::{App, Flow, OpenPage};
use floorhand_domain::scan::{Known, Misread};

/// What is kept in place of a code that may be a badge's.
pub(super) const KEPT_OF_A_BADGE: &str = "badge";

impl App {
    /// Whether a scan is or may be of a badge: somebody's here, or what nobody knows where a badge is asked for or
    /// where the site writes its badges so. `read`: what the bytes say, `known`: what the store knows by them.
    #[must_use]
    pub fn may_be_badge(&self, read: &Result<floorhand_gs1::Read, Misread>, known: &Known) -> bool {
        if !known.operators.is_empty() {
            return true;
        }
        let asked = self.wants_badge()
            || matches!(self.flow, Flow::SignIn(_))
            || matches!(self.page, Some(OpenPage::Differences { .. }));
        match read {
            Err(_) => asked,
            Ok(read) => is_nothing_else(known) && (asked || self.settings.scan.names_badge(&read.text)),
        }
    }
}

fn is_nothing_else(known: &Known) -> bool {
    known.barcodes.is_empty()
        && known.locations.is_empty()
        && known.handling_units.is_empty()
        && known.tasks.is_empty()
        && known.lots.is_empty()
        && known.serials.is_empty()
        && known.deliveries.is_empty()
        && known.orders.is_empty()
        && known.cartons.is_empty()
        && known.carton_types.is_empty()
        && known.returns.is_empty()
}
