//! What receiving, moving and counting need from the store and the devices.

use super::load::{delivery_data, task_data};
use super::{Runner, chain};
use crate::app::{DELIVERY_ROWS, DeliveryData, Flow, Found, Input, OpenPage, Photo, TaskData};
use crate::outlet::Picture;
use crate::view::Tap;
use floorhand_domain::id::{DeliveryId, TaskId};
use floorhand_domain::scan::{Known, Lookup};
use floorhand_domain::task::TaskKind;
use image::ImageEncoder as _;

/// Quality of photographs, in percent.
const JPEG_QUALITY: u8 = 80;

impl Runner {
    pub(super) fn loaded(&self, task: &TaskId) -> Option<TaskData> {
        let me = self.app.session.as_ref().map(|s| s.operator.clone()).unwrap_or_default();
        let now_ms = self.store.clock().and_then(|clock| clock.now_ms(self.clock.mono_ms(), &self.boot_id));
        task_data(&self.store, task, &me, now_ms, self.app.task_kept(task))
            .inspect_err(|error| tracing::error!(task = task.as_str(), error = chain(error), "task could not be read"))
            .ok()
            .flatten()
    }

    fn delivery(&self, id: &DeliveryId) -> Option<Box<DeliveryData>> {
        delivery_data(&self.store, id, self.app.receipt_kept(id))
            .inspect_err(|error| tracing::error!(id = id.as_str(), error = chain(error), "delivery could not be read"))
            .ok()
            .flatten()
            .map(Box::new)
    }

    /// The task or delivery that a scan opens, read before the turn.
    pub(super) fn find_work(&self, found: &mut Found, known: &Known, text: &str, deliveries: &[DeliveryId]) {
        match &self.app.flow {
            Flow::Work => {
                if let Some(task) = self.app.task_named(known, text) {
                    self.find_task(found, &task);
                } else if let [one] = deliveries {
                    found.delivery = self.delivery(one);
                }
            }
            Flow::Deliveries(_) => {
                if let [one] = deliveries {
                    found.delivery = self.delivery(one);
                }
            }
            _ => {}
        }
    }

    fn find_task(&self, found: &mut Found, task: &TaskId) {
        found.task = self.loaded(task);
        if found.task.as_ref().is_some_and(|data| data.task.kind == TaskKind::Receive) {
            found.delivery = self.delivery(&DeliveryId(task.0.clone()));
        }
        if found.task.as_ref().is_some_and(|data| data.task.kind == TaskKind::Pack) {
            let order = self.store.order_of_task(task).unwrap_or_default();
            found.order = order.and_then(|order| self.order(&order));
        }
        self.find_announced(found);
    }

    /// What a tap needs from the store.
    pub(super) fn found_for(&self, tap: &Tap) -> Found {
        let mut found = Found::default();
        if let Some(task) = self.app.task_tapped(tap) {
            self.find_task(&mut found, &task);
        }
        if let (None, Tap::Choose(row)) = (&self.app.page, tap)
            && let Some(id) = self.app.delivery_tapped(*row)
        {
            found.delivery = self.delivery(&id);
        }
        if let (None, Tap::Choose(row)) = (&self.app.page, tap)
            && let Some(id) = self.app.order_tapped(*row)
        {
            found.order = self.order(&id);
        }
        if let Some(unit) = self.app.put_back_asked() {
            let tasks = self.store.put_backs(&unit).unwrap_or_default();
            found.task = tasks.first().and_then(|task| self.loaded(task));
        }
        let blind = DeliveryId::default();
        if matches!((&self.app.flow, tap), (Flow::Deliveries(_), Tap::Blind | Tap::NotListed))
            && self.app.receipt_kept(&blind).is_some()
        {
            found.delivery = self.delivery(&blind);
        }
        if let Some(lookup) = self.app.look_for_tap() {
            found.known = self.known(&lookup);
        }
        self.find_for_return(&mut found, tap);
        if matches!(tap, Tap::Undo)
            && let Flow::Count(flow) = &self.app.flow
            && let Some(id) = flow.at.count_id()
        {
            let last = self.store.last_counted(&flow.at.task.id, id);
            found.undo = last
                .inspect_err(|error| tracing::error!(error = chain(error), "own facts could not be read"))
                .ok()
                .flatten();
        }
        if matches!(self.app.page, Some(OpenPage::More { .. }))
            && let Flow::Pick(flow) = &self.app.flow
        {
            let last = self.store.last_picked(&flow.pick.task.id);
            found.undo = last
                .inspect_err(|error| tracing::error!(error = chain(error), "own facts could not be read"))
                .ok()
                .flatten();
        }
        if matches!(self.app.page, Some(OpenPage::More { .. }))
            && let Flow::Receive(flow) = &self.app.flow
        {
            let mut brought = self
                .store
                .brought(&flow.at.receipt)
                .inspect_err(|error| tracing::error!(error = chain(error), "own facts could not be read"))
                .unwrap_or_default();
            found.undo = brought.pop();
            found.past = brought.into_iter().map(|(_, _, fact)| fact).collect();
        }
        if matches!(self.app.flow, Flow::Work | Flow::Deliveries(_)) {
            found.dock = self.store.dock_of(&self.app.station.name).unwrap_or_default();
        }
        found
    }

    fn known(&self, lookup: &Lookup) -> Known {
        self.store
            .look_up(lookup)
            .inspect_err(|error| tracing::error!(error = chain(error), "the step's stock could not be read"))
            .unwrap_or_default()
    }

    pub(super) fn load_deliveries(&mut self) {
        match self.store.deliveries_shown(DELIVERY_ROWS) {
            Ok(rows) => self.input(Input::Deliveries(rows), &Found::default()),
            Err(error) => tracing::error!(error = chain(&error), "deliveries could not be read"),
        }
    }

    /// The delivery under way is not as it was.
    pub(super) fn reload_delivery(&mut self) {
        let Flow::Receive(flow) = &self.app.flow else { return };
        let id = flow.at.delivery_id();
        if id.is_none() {
            return;
        }
        if let Some(data) = self.delivery(&id) {
            let found = Found {
                known: self.app.look_for_tap().map(|look| self.known(&look)).unwrap_or_default(),
                ..Found::default()
            };
            self.input(Input::DeliveryChanged(data), &found);
        }
    }

    /// Keeps what the camera sees as a photograph.
    pub(super) fn take_photo(&mut self) {
        let photo = self.outlet.picture().and_then(|picture| self.keep_photo(&picture));
        let found = self.found_for(&Tap::Use);
        self.input(Input::Photo(photo), &found);
    }

    fn keep_photo(&mut self, picture: &Picture) -> Option<Photo> {
        let mut bytes = Vec::new();
        let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
        let made = encoder.write_image(&picture.grey, picture.width, picture.height, image::ExtendedColorType::L8);
        if let Err(error) = made {
            tracing::error!(%error, "the photograph could not be written");
            return None;
        }
        let id = uuid::Uuid::now_v7().to_string();
        let subject = match &self.app.flow {
            Flow::Receive(flow) => format!("receipt:{}", flow.at.receipt),
            Flow::Pack(flow) => format!("order:{}", flow.at.order.id),
            Flow::Returns(flow) => format!("return:{}", flow.under.at.inspection),
            _ => String::new(),
        };
        let subject = self.app.entry_photographed().unwrap_or(subject);
        match self.store.keep_photo(&id, &subject, &bytes) {
            Ok(hash) => Some(Photo { id, hash, bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX) }),
            Err(error) => {
                tracing::error!(error = chain(&error), "the photograph could not be kept");
                None
            }
        }
    }

    /// Makes a name for a new handling unit and has its label printed; the answer comes as an event.
    pub(super) fn print_label(&mut self, label: &str) {
        if !self.outlet.print(label) {
            self.printed(String::new());
        }
    }

    pub(super) fn printed(&mut self, label: String) {
        let found = self.found_for(&Tap::Ok);
        self.input(Input::Printed(label), &found);
    }

    /// Whether a page shows what the camera sees.
    pub(super) fn shows_camera(&self) -> Option<bool> {
        match &self.app.page {
            Some(OpenPage::Camera { light, .. } | OpenPage::Photo { light, .. }) => Some(*light),
            _ => None,
        }
    }
}
