//! Orders to pack, cartons, the scale and the printer of a packing kiosk.

use super::world::{STREAM, World};
use super::{Floor, Time};
use floorhand::app::{Flow, LabelTold};
use floorhand::event::Event;
use floorhand::outlet::{CartonLabel, Weight};
use floorhand::sync::NetAnswer;
use floorhand::view::{PackView, Page, Profile};
use floorhand_domain::fact::Units;
use floorhand_domain::id::{HandlingUnitId, OrderId};
use floorhand_domain::master::{HandlingUnitKind, LocationKind, Role};
use floorhand_domain::outbound::{Carton, CartonState, CartonType, PackLine, PackOrder};
use floorhand_domain::stock::{Status, Stock};
use floorhand_domain::task::{Slot, Task, TaskKind};
use floorhand_domain::workflow::pack::Pack;
use floorhand_wire::feed::{Applied, PullResponse, SCHEMA, StreamPage, kind, row_sum};
use floorhand_wire::push::PushResponse;
use std::sync::{Arc, Mutex};

/// The badge of one who packs and stocks.
pub const PACKER: &str = "BDG-3";
/// The bench.
pub const BENCH: &str = "PACK-1";
/// The dock of the carrier of every order.
pub const DOCK: &str = "DOCK-3";

/// Units of an item that were picked into a tote for a line.
pub fn picked(item: &str, qty: i64, tote: &str) -> PackLine {
    picked_of(item, Units { qty, handling_unit: tote.into(), ..Units::default() })
}

pub fn picked_of(item: &str, units: Units) -> PackLine {
    PackLine { item: item.into(), ordered: units.qty, picked: vec![units], ..PackLine::default() }
}

impl World {
    /// A packer, a bench, docks, cartons. A shirt weighs 100 g, a mug 250 g, a pump 300 g; the case SHIRT-6 holds six.
    /// BOX-M and BOX-S weigh 100 g and 50 g; BOX-P is for another carrier than that of every order.
    pub fn packing() -> Self {
        let kind_of = |id: &str, name: &str, tare_grams, carriers: &[&str]| CartonType {
            id: id.into(),
            name: name.to_owned(),
            inner_mm: [400, 300, 200],
            tare_grams,
            carriers: carriers.iter().map(|one| (*one).to_owned()).collect(),
            ..CartonType::default()
        };
        let world = Self::new()
            .operator("o-3", PACKER, &[Role::Pack, Role::Stock])
            .place(BENCH, |place| place.kind = LocationKind::Pack)
            .place(DOCK, |place| place.kind = LocationKind::Dock)
            .item("SHIRT", "09521234543213", |item| item.weight_grams = 100)
            .item("MUG", "MUG-BLUE", |item| item.weight_grams = 250)
            .item("PUMP", super::world::PUMP, |item| (item.serial_tracked, item.weight_grams) = (true, 300))
            .code("SHIRT-6", "SHIRT", 6);
        [
            kind_of("BOX-M", "Box M", 100, &[]),
            kind_of("BOX-S", "Box S", 50, &["fast"]),
            kind_of("BOX-P", "", 100, &["post"]),
        ]
        .into_iter()
        .fold(world, |world, row| world.put(kind::CARTON_TYPE, &row.id.0.clone(), &row))
    }

    /// An order whose goods stand at the bench in their totes; its lines are `ID-1`, `ID-2`, …, its task `K-ID`.
    pub fn order(self, id: &str, lines: &[PackLine], change: impl FnOnce(&mut PackOrder)) -> Self {
        let mut order = PackOrder {
            id: id.into(),
            task: format!("K-{id}").into(),
            carrier: "fast".to_owned(),
            service: "express".to_owned(),
            dock: DOCK.into(),
            value_minor: 5_000,
            suggested: vec!["BOX-M".into()],
            lines: lines.to_vec(),
            ..PackOrder::default()
        };
        for (seq, line) in (1..).zip(&mut order.lines) {
            (line.id, line.seq) = (format!("{id}-{seq}").into(), seq);
        }
        change(&mut order);
        let mut world = self;
        for (line, units) in order.lines.iter().flat_map(|line| line.picked.iter().map(move |units| (line, units))) {
            world = world
                .unit(units.handling_unit.as_str(), BENCH, |unit| {
                    (unit.kind, unit.order) = (HandlingUnitKind::Tote, order.id.clone());
                })
                .stock_of(Stock {
                    location: BENCH.into(),
                    item: line.item.clone(),
                    lot: units.lot.clone(),
                    serial: units.serial.clone(),
                    handling_unit: units.handling_unit.clone(),
                    status: Status::Allocated,
                    qty: units.qty,
                    expiry: None,
                });
        }
        let tote = order.lines.iter().flat_map(|line| &line.picked).map(|units| units.handling_unit.clone()).next();
        let slot = Slot { slot: 1, order: order.id.clone(), tote: tote.unwrap_or_default(), ..Slot::default() };
        let task = Task { id: order.task.clone(), kind: TaskKind::Pack, slots: vec![slot], ..Task::default() };
        world.put(kind::TASK, &task.id.0.clone(), &task).put(kind::PACK_ORDER, id, &order)
    }

    /// A carton that the core knows, of an order of one shirt.
    pub fn carton(self, id: &str, order: &str, change: impl FnOnce(&mut Carton)) -> Self {
        let mut carton = Carton {
            id: id.into(),
            order: order.into(),
            carton_type: "BOX-M".into(),
            state: CartonState::Labelled,
            copies: 1,
            ..Carton::default()
        };
        change(&mut carton);
        self.unit(id, BENCH, |unit| (unit.kind, unit.order) = (HandlingUnitKind::Carton, order.into())).put(
            kind::CARTON,
            id,
            &carton,
        )
    }

    /// A packing kiosk that knows all this, with the packer signed in.
    pub fn bench(self) -> Floor {
        let dir = tempfile::tempdir().unwrap();
        let core = self.clone().with_settings();
        self.save(dir.path());
        let time = Time(Arc::new(Mutex::new((1_000_000, super::world::START.parse().unwrap()))));
        let mut floor = Floor { later: Some(core), ..Floor::open(Arc::new(dir), time, Profile::Packing) };
        floor.scan(PACKER, "sign-in.pin");
        floor.pin(true);
        assert_eq!(floor.step(), "pack.next");
        floor
    }
}

impl Floor {
    pub fn pack(&self) -> &Pack {
        let Flow::Pack(flow) = &self.app().flow else { panic!("{:?}", self.app().flow) };
        &flow.at
    }

    #[track_caller]
    pub fn pack_page(&self) -> PackView {
        let Page::Pack(page) = self.view().page else { panic!("{:?}", self.view().page) };
        page
    }

    /// The number of the n-th carton of the order, from 1.
    pub fn carton(&self, n: usize) -> String {
        self.pack().cartons[n - 1].carton.id.0.clone()
    }

    /// The labels that were sent to the printer since this was asked last.
    pub fn labels(&self) -> Vec<CartonLabel> {
        std::mem::take(&mut *self.devices.labels.lock().unwrap())
    }

    /// The printer says what became of the one label that was sent to it.
    #[track_caller]
    pub fn printer(&mut self, done: bool) -> CartonLabel {
        let labels = self.labels();
        assert_eq!(labels.len(), 1, "{labels:?}");
        self.answers(&labels[0], done);
        labels[0].clone()
    }

    /// The printer says that a label is printed.
    pub fn printed(&mut self, label: &CartonLabel) {
        self.answers(label, true);
    }

    fn answers(&mut self, label: &CartonLabel, done: bool) {
        let internal = Some(label.zpl.is_empty());
        self.runner.step(Event::CartonLabel(LabelTold { label: label.id.clone(), done, internal }));
    }

    /// Whether the scale is asked.
    pub fn is_weighing(&self) -> bool {
        *self.devices.weighs.lock().unwrap()
    }

    /// The scale says something.
    pub fn scale(&mut self, grams: i64, steady: bool) {
        self.time.advance(400);
        let weight = Weight { grams: Some(grams), steady };
        self.runner.step(Event::Scale { weight, ended: steady });
    }

    /// A weight that is accepted.
    #[track_caller]
    pub fn weigh(&mut self, grams: i64, step: &str) {
        self.scale(grams, true);
        assert_eq!((self.told().as_str(), self.step()), ("", step));
    }

    /// What is put into a carton is as heavy as it should be: closed, printed, and its label scanned.
    #[track_caller]
    pub fn close_and_label(&mut self, step: &str) {
        self.press(floorhand::view::Tap::CloseCarton, "pack.weigh");
        let carton = self.pack().at_hand().unwrap();
        let grams = self.pack().expected_grams(&carton).unwrap();
        self.weigh(grams, "pack.label");
        self.printer(true);
        self.scan(carton.as_str(), step);
    }

    /// Something changes at the core, and the device hears of it.
    pub fn hears(&mut self, of: &str, id: &str, body: &impl serde::Serialize) {
        // The core has the sign-in, so that it is there; the engine asks for rows with the next fact.
        if !self.app().link.online {
            let response = PushResponse {
                acked_through: Some(1),
                durable_through: 1,
                quarantined_through: None,
                outcomes: Vec::new(),
                server_epoch: "se-1".into(),
                server_time: "2026-06-01T06:30:00Z".into(),
            };
            self.runner.step(Event::Net(Box::new(NetAnswer::Push { epoch: 1, first_seq: 1, result: Ok(response) })));
            assert!(self.app().link.online);
        }
        self.refused("NOTHING-KNOWS-THIS", "UNKNOWN_CODE");
        let core = self.later.take().expect("a kiosk");
        let from = core.head;
        let core = core.put(of, id, body);
        let rows = core.rows.iter().filter(|row| row.2 > from).cloned().collect();
        let sum = core.rows.iter().map(|row| row_sum(&row.0, &row.1, row.2)).fold(0_u64, u64::wrapping_add);
        let page = StreamPage {
            s: STREAM.into(),
            from,
            to: core.head,
            complete: true,
            rows,
            live: u64::try_from(core.rows.len()).unwrap(),
            sum: format!("{sum:016x}"),
        };
        let response = PullResponse {
            server_epoch: "se-1".into(),
            server_time: "2026-06-01T06:31:00Z".into(),
            schema: SCHEMA,
            applied: Applied { epoch: 1, through: 1 },
            cursor: format!("{STREAM}={}", core.head),
            streams: vec![page],
        };
        self.later = Some(core);
        self.runner.step(Event::Net(Box::new(NetAnswer::Pull(Box::new(Ok(response))))));
    }

    /// The row of an order as the core has it.
    pub fn order_row(&self, id: &str) -> PackOrder {
        let rows = &self.later.as_ref().unwrap().rows;
        let row = rows.iter().find(|row| row.0 == kind::PACK_ORDER && row.1 == id).unwrap();
        serde_json::from_value(row.3.clone()).unwrap()
    }

    /// The core changes an order.
    pub fn order_becomes(&mut self, id: &str, change: impl FnOnce(&mut PackOrder)) {
        let mut row = self.order_row(id);
        change(&mut row);
        self.hears(kind::PACK_ORDER, id, &row);
    }

    /// What the store has of an order: its state, and units packed of each line.
    pub fn stored(&self, id: &str) -> (String, Vec<i64>) {
        let order = self.store().pack_order(&OrderId::from(id)).unwrap().unwrap();
        (format!("{:?}", order.state), order.lines.iter().map(|line| line.packed).collect())
    }

    pub fn stored_carton(&self, id: &str) -> Carton {
        self.store().carton(&HandlingUnitId::from(id)).unwrap().unwrap()
    }

    /// Files of photographs on the disk.
    pub fn photo_files(&self) -> usize {
        std::fs::read_dir(self.dir.path().join("photos")).map_or(0, Iterator::count)
    }
}
