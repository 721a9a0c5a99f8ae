//! The packing bench: orders read before they are opened, labels to the printer, weights from the scale.

use super::{Runner, chain};
use crate::app::{App, Doing, Flow, Found, Input, LabelTold, OrderData, QUEUE_ROWS, Saved};
use crate::outlet::{CartonLabel, Weight};
use crate::store::{Store, StoreError};
use crate::view::Tap;
use floorhand_domain::id::{HandlingUnitId, OrderId};

/// How long the carrier's label of a closed carton is waited for before our own is printed, while the core answers.
const CARRIER_MS: u64 = 2_000;
/// Until a scale that has said all is asked again.
const SCALE_AGAIN_MS: u64 = 500;

/// The label at the printer, and the scale.
#[derive(Debug, Default)]
pub(super) struct Bench {
    /// The label that was sent to the printer, and its how-manieth print.
    printing: Option<(HandlingUnitId, u32)>,
    /// The label for which the carrier's data are waited for, and until when.
    waiting: Option<(HandlingUnitId, u64)>,
    /// Whether the scale is asked, and whether its weight closes a carton.
    weighing: Option<bool>,
    /// What it said last.
    said: Option<Weight>,
    /// When it is asked again.
    again_ms: Option<u64>,
}

impl Bench {
    /// When something is due.
    pub(super) fn due_ms(&self) -> Option<u64> {
        [self.waiting.as_ref().map(|(_, due)| *due), self.again_ms].into_iter().flatten().min()
    }
}

/// The order that was being packed when the app ended.
pub(super) fn resume(app: App, store: &Store, saved: &Saved) -> Result<App, StoreError> {
    let Some(Doing::Pack(saved)) = &saved.doing else { return Ok(app) };
    let bench = saved.bench.clone();
    Ok(match store.packing(&saved.order)? {
        Some(fresh) => app.resume_packing(saved.clone(), OrderData { fresh, bench }),
        None => app,
    })
}

impl Runner {
    /// An order with everything that packing needs of it.
    pub(super) fn order(&self, id: &OrderId) -> Option<Box<OrderData>> {
        let read = || -> Result<Option<OrderData>, StoreError> {
            let Some(fresh) = self.store.packing(id)? else { return Ok(None) };
            Ok(Some(OrderData { fresh, bench: self.store.bench_of(&self.app.station.name)? }))
        };
        read()
            .inspect_err(|error| tracing::error!(id = id.as_str(), error = chain(error), "order could not be read"))
            .ok()
            .flatten()
            .map(Box::new)
    }

    /// What waits at the bench.
    pub(super) fn load_bench(&mut self) {
        let midnight = self.clock.wall().start_of_day().map(|day| day.timestamp().to_string()).unwrap_or_default();
        let read = || -> Result<Input, StoreError> {
            let mut relabel = self.store.cartons_to_relabel()?;
            let cartons = u32::try_from(relabel.len()).unwrap_or(u32::MAX);
            relabel.truncate(QUEUE_ROWS);
            Ok(Input::Bench {
                queue: self.store.pack_orders_shown(QUEUE_ROWS)?,
                relabel,
                waiting: self.store.orders_waiting()?.saturating_add(cartons),
                today: self.store.packed_since(&midnight)?,
            })
        };
        match read() {
            Ok(input) => self.input(input, &Found::default()),
            Err(error) => tracing::error!(error = chain(&error), "orders to pack could not be read"),
        }
    }

    /// The core changed an order or a carton.
    pub(super) fn bench_changed(&mut self) {
        match &self.app.flow {
            Flow::Pack(flow) => {
                let id = flow.at.order.id.clone();
                if let Some(data) = self.order(&id) {
                    self.input(Input::OrderChanged(data), &Found::default());
                }
                self.load_bench();
            }
            Flow::Bench(_) => self.load_bench(),
            _ => {}
        }
    }

    /// Sends the label that is to be printed to the printer, and asks the scale while something is weighed.
    pub(super) fn follow_bench(&mut self) {
        self.follow_label();
        self.follow_scale();
    }

    fn follow_label(&mut self) {
        let now_ms = self.clock.mono_ms();
        let Some(print) = self.app.to_print() else {
            (self.bench.printing, self.bench.waiting) = (None, None);
            return;
        };
        let id = print.carton.id.clone();
        if self.bench.printing.as_ref() == Some(&(id.clone(), print.copy)) {
            return;
        }
        if print.carton.zpl.is_empty() && self.app.link.online {
            let due = match &self.bench.waiting {
                Some((of, due)) if *of == id => *due,
                _ => now_ms.saturating_add(CARRIER_MS),
            };
            if now_ms < due {
                self.bench.waiting = Some((id, due));
                return;
            }
        }
        let label = CartonLabel {
            id: id.0.clone(),
            order: print.carton.order.0.clone(),
            zpl: print.carton.zpl.clone(),
            copy: print.copy,
            wait_ms: self.app.settings.printer_wait_ms,
        };
        self.bench.waiting = None;
        self.bench.printing = Some((id.clone(), print.copy));
        if !self.outlet.print_carton(label) {
            self.carton_label(LabelTold { label: id.0, done: false, internal: None });
        }
    }

    /// The printer said what became of a label.
    pub(super) fn carton_label(&mut self, told: LabelTold) {
        self.input(Input::CartonLabel(told), &Found::default());
    }

    fn follow_scale(&mut self) {
        let wanted = self.app.wants_scale();
        if wanted == self.bench.weighing {
            return;
        }
        let before = std::mem::replace(&mut self.bench.weighing, wanted);
        match (before, wanted) {
            (_, None) => {
                (self.bench.said, self.bench.again_ms) = (None, None);
                self.outlet.weigh(false);
                self.input(Input::Scale { grams: None, steady: false }, &Found::default());
            }
            (None, Some(_)) => self.outlet.weigh(true),
            // What stands on it already closes the carton.
            (Some(_), Some(true)) => {
                if let Some(Weight { grams, steady }) = self.bench.said {
                    self.input(Input::Scale { grams, steady }, &Found::default());
                }
            }
            (Some(_), Some(false)) => {}
        }
    }

    /// The scale said something; `ended`: it is to be asked again for more.
    pub(super) fn scale(&mut self, weight: Weight, ended: bool) {
        if self.bench.weighing.is_none() {
            return;
        }
        if ended {
            self.bench.again_ms = Some(self.clock.mono_ms().saturating_add(SCALE_AGAIN_MS));
        }
        // A weight that counts stays one until the scale moves.
        let same = self.bench.said.is_some_and(|said| said == weight || (said.steady && said.grams == weight.grams));
        if !same {
            self.bench.said = Some(weight);
            let found = self.found_for(&Tap::Ok);
            self.input(Input::Scale { grams: weight.grams, steady: weight.steady }, &found);
        }
    }

    /// The time of a label that was waited for, or of the scale, has come.
    pub(super) fn bench_due(&mut self, now_ms: u64) {
        if self.bench.again_ms.is_some_and(|due| due <= now_ms) {
            self.bench.again_ms = None;
            if self.bench.weighing.is_some() {
                self.outlet.weigh(true);
            }
        }
        if self.bench.waiting.as_ref().is_some_and(|(_, due)| *due <= now_ms) {
            self.follow_label();
        }
    }
}
