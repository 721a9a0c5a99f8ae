//! From a scan to what the store knows about it.

use super::{Runner, load};
use crate::app::{Flow, Found, Input};
use crate::store::StoreError;
use floorhand_domain::scan::{self, Lookup, Scan, Source};

/// How long half a code may be followed by its other half.
const TORN_MS: u64 = 1_000;

impl Runner {
    pub(super) fn scan(&mut self, scan: Scan) {
        let mut read = scan::read_by(&scan, &self.app.settings.scan);
        match self.is_tail(&scan) {
            Ok(false) => {}
            Ok(true) => {
                let hint = Some(scan::Hint::Torn);
                read = Err(scan::Misread { refusal: scan::Refusal::BadRead, hint });
            }
            Err(error) => return self.not_saved(&error),
        }
        let found = match &read {
            Ok(read) => match self.look_up(read) {
                Ok(found) => found,
                Err(error) => return self.not_saved(&error),
            },
            Err(_) => Found::default(),
        };
        self.input(Input::Scan { scan, read: Box::new(read) }, &found);
    }

    /// Whether a scan is the other half of one that was cut off a moment ago. A line that stalls turns
    /// `LOC-A-01` into half a code and into `A-01`, which may be a code by itself: it must not pass.
    /// Told by what both are together; half a code before a whole one means nothing.
    fn is_tail(&mut self, scan: &Scan) -> Result<bool, StoreError> {
        let now_ms = self.clock.mono_ms();
        let torn = self.torn.take().filter(|(_, at_ms)| now_ms.saturating_sub(*at_ms) <= TORN_MS);
        if !scan.complete {
            let half = scan.raw.len() <= scan::SCAN_BYTES_MAX && scan.source != Source::Typed;
            self.torn = half.then(|| (scan.raw.clone(), now_ms));
            return Ok(false);
        }
        let Some((head, _)) = torn.filter(|_| !scan.raw.starts_with(b"]")) else { return Ok(false) };
        let whole = Scan { raw: [head.as_slice(), &scan.raw].concat(), source: scan.source, complete: true };
        let Ok(read) = scan::read_by(&whole, &self.app.settings.scan) else { return Ok(false) };
        if read.symbology.is_some() {
            return Ok(true);
        }
        let known = self.store.look_up(&Lookup::by(&read, &self.app.settings.scan))?;
        let today = self.clock.wall().date().to_string();
        Ok(!scan::classify(&read, &known, &self.app.settings.scan, &today).meanings.is_empty())
    }

    /// Whether a code is the badge of somebody here.
    pub(super) fn is_badge(&self, code: &str) -> bool {
        let scan = Scan { raw: code.as_bytes().to_vec(), source: Source::Typed, complete: true };
        let Ok(read) = scan::read_by(&scan, &self.app.settings.scan) else { return false };
        let look = Lookup::by(&read, &self.app.settings.scan);
        self.store.look_up(&look).is_ok_and(|known| !known.operators.is_empty())
    }

    /// What the store knows about a reading, and what the step needs beside it.
    fn look_up(&mut self, read: &floorhand_gs1::Read) -> Result<Found, StoreError> {
        let mut lookup = Lookup::by(read, &self.app.settings.scan);
        self.app.widen(&mut lookup);
        let known = self.store.look_up(&lookup)?;
        let mut found = Found::default();
        if self.app.wants_badge() {
            found.grants = load::grants(&self.store, &known, self.clock.mono_ms(), &self.boot_id)?;
        } else if matches!(self.app.flow, Flow::Bench(_)) {
            let now = self.now();
            let symbol = scan::classify(read, &known, &self.app.settings.scan, &now.today);
            if let [one] = self.app.orders_named(&symbol.into(), &now, &known).as_slice() {
                found.order = self.order(one);
            }
        } else if matches!(self.app.flow, Flow::Work | Flow::Deliveries(_)) {
            let now = self.now();
            let symbol = scan::classify(read, &known, &self.app.settings.scan, &now.today);
            let meant = symbol.into();
            let named = self.app.deliveries_named(&meant, &now, &known);
            self.find_work(&mut found, &known, &read.text, &named);
            if found.task.is_none()
                && let [one] = self.app.orders_named(&meant, &now, &known).as_slice()
            {
                found.order = self.order(one);
            }
            self.find_return(&mut found, &meant, &now, &known);
            found.dock = self.store.dock_of(&self.app.station.name)?;
        } else if matches!(self.app.flow, crate::app::Flow::ReturnsOpen(_)) {
            let now = self.now();
            let meant = scan::classify(read, &known, &self.app.settings.scan, &now.today).into();
            self.find_return(&mut found, &meant, &now, &known);
        }
        found.known = known;
        Ok(found)
    }
}
