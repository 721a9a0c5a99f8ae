//! A packing bench in memory: orders as picked, cartons and their types, and what facts do to them.
#![allow(dead_code)]

use crate::world::{TODAY, World};
use floorhand_domain::fact::{Fact, Units};
use floorhand_domain::id::{HandlingUnitId, OrderId};
use floorhand_domain::master::Item;
use floorhand_domain::outbound::*;
use floorhand_domain::scan::{self, Known, Lookup, Scan, Source};
use floorhand_domain::stock::{CUSTOMER, Status, Stock};
use floorhand_domain::task::{Task, TaskKind};
use floorhand_domain::workflow::Meant;
use floorhand_domain::workflow::pack::{Fresh, Pack};

/// The bench.
pub const BENCH: &str = "B1";

#[derive(Clone, Debug)]
pub struct Bench {
    pub world: World,
    pub orders: Vec<PackOrder>,
    pub cartons: Vec<Carton>,
    pub types: Vec<CartonType>,
}

fn named<'a>(words: &'a [&'a str], key: &str) -> Option<&'a str> {
    words.iter().find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
}

impl Bench {
    /// Order O1 without lines. X weighs 100 g, Y 250 g, V 40 g, S 300 g, Z 500 g; of W nobody knows. BOX-M and BOX-S
    /// weigh 100 g and 50 g; BOX-P is for another carrier than the one of every order.
    pub fn new() -> Self {
        let mut world = World::new();
        for (item, grams) in world.items.iter_mut().zip([100, 250, 40, 0, 300, 500]) {
            item.weight_grams = grams;
        }
        let kind = |id: &str, inner_mm, tare_grams, carriers: &[&str]| CartonType {
            id: id.into(),
            name: format!("Box {id}"),
            inner_mm,
            tare_grams,
            carriers: carriers.iter().map(|name| (*name).to_owned()).collect(),
            ..CartonType::default()
        };
        let types = vec![
            kind("BOX-M", [400, 300, 200], 100, &[]),
            kind("BOX-S", [200, 150, 100], 50, &["fast"]),
            kind("BOX-P", [400, 300, 200], 100, &["post"]),
        ];
        let bench = Self { world, orders: Vec::new(), cartons: Vec::new(), types };
        bench.order("O1")
    }

    pub fn order(mut self, id: &str) -> Self {
        self.orders.push(PackOrder {
            id: id.into(),
            task: format!("K-{id}").into(),
            carrier: "fast".to_owned(),
            dock: "D1".into(),
            value_minor: 5_000,
            suggested: vec!["BOX-M".into(), "BOX-S".into()],
            ..PackOrder::default()
        });
        self
    }

    /// A line of the last order, or a further pick of it: `P1 X 2 lot=L1 serial=N1 tote=T1 ordered=3 grams=900`.
    pub fn line(mut self, spec: &str) -> Self {
        let words: Vec<&str> = spec.split_whitespace().collect();
        let number = |key: &str, none: i64| named(&words, key).map_or(none, |n| n.parse().unwrap());
        let qty: i64 = words[2].parse().unwrap();
        let units = Units {
            lot: named(&words, "lot").unwrap_or_default().into(),
            serial: named(&words, "serial").unwrap_or_default().into(),
            handling_unit: named(&words, "tote").unwrap_or("T1").into(),
            qty,
            grams: number("grams", 0),
        };
        if qty > 0 {
            let stock = Stock {
                location: BENCH.into(),
                item: words[1].into(),
                lot: units.lot.clone(),
                serial: units.serial.clone(),
                handling_unit: units.handling_unit.clone(),
                status: Status::Allocated,
                qty,
                expiry: None,
            };
            let same = |row: &&mut Stock| Stock { qty, ..(**row).clone() } == stock;
            match self.world.stock.iter_mut().find(same) {
                Some(row) => row.qty += qty,
                None => self.world.stock.push(stock),
            }
        }
        let order = self.orders.last_mut().unwrap();
        let seq = i64::try_from(order.lines.len()).unwrap();
        let at = order.lines.iter().position(|line| line.id.as_str() == words[0]).unwrap_or_else(|| {
            let id = words[0].into();
            order.lines.push(PackLine { id, seq, item: words[1].into(), ..PackLine::default() });
            order.lines.len() - 1
        });
        let line = &mut order.lines[at];
        line.ordered = number("ordered", line.ordered + qty);
        if qty > 0 {
            line.picked.push(units);
        }
        self
    }

    pub fn code(self, code: &str, item: &str) -> Self {
        Self { world: self.world.clone().code(code, item), ..self }
    }

    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// A change of the last order.
    pub fn but(self, change: impl FnOnce(&mut PackOrder)) -> Self {
        self.with(|bench| change(bench.orders.last_mut().unwrap()))
    }

    pub fn item(self, id: &str, change: impl FnOnce(&mut Item)) -> Self {
        self.with(|bench| change(bench.world.items.iter_mut().find(|item| item.id.as_str() == id).unwrap()))
    }

    /// What the store has of an order.
    pub fn fresh(&self, id: &OrderId) -> Fresh {
        Fresh {
            order: self.orders.iter().find(|order| order.id == *id).unwrap().clone(),
            cartons: self.cartons.iter().filter(|carton| carton.order == *id).cloned().collect(),
            carton_types: self.types.clone(),
            content: self.world.stock.iter().filter(|stock| !stock.handling_unit.is_none()).cloned().collect(),
            items: self.world.items.clone(),
        }
    }

    fn look_up(&self, look: &Lookup) -> Known {
        let mut known = self.world.look_up(look);
        if !look.outbound {
            return known;
        }
        let texts = |id: &str| look.tasks.iter().any(|text| text == id);
        let label = |id: &str| !id.is_empty() && look.handling_units.iter().any(|text| text == id);
        let scanned: Vec<&Carton> =
            self.cartons.iter().filter(|row| label(row.id.as_str()) || label(&row.tracking)).collect();
        let is_named = |order: &&PackOrder| {
            let mut picks = order.lines.iter().flat_map(|line| &line.picked);
            texts(order.id.as_str())
                || texts(order.task.as_str())
                || picks.any(|units| label(units.handling_unit.as_str()))
                || scanned.iter().any(|carton| carton.order == order.id)
        };
        let tasks = self.orders.iter().filter(|order| texts(order.task.as_str()));
        known.tasks.extend(tasks.map(|order| Task { id: order.task.clone(), kind: TaskKind::Pack, ..Task::default() }));
        known.orders = self.orders.iter().filter(is_named).cloned().collect();
        known.cartons = self
            .cartons
            .iter()
            .filter(|row| scanned.contains(row) || known.orders.iter().any(|order| order.id == row.order))
            .cloned()
            .collect();
        known.carton_types = self.types.iter().filter(|row| texts(row.id.as_str())).cloned().collect();
        known
    }

    /// What a scan means.
    pub fn meant(&self, text: &str, widen: impl FnOnce(&mut Lookup)) -> Result<(Meant, Known), scan::Refusal> {
        let read = scan::read(&Scan { raw: self.world.bytes(text), source: Source::Serial, complete: true })?;
        let mut look = Lookup::of(&read);
        widen(&mut look);
        let known = self.look_up(&look);
        Ok((scan::classify(&read, &known, &self.world.settings.scan, TODAY).into(), known))
    }

    pub fn meant_at(&self, text: &str, pack: &Pack) -> Result<(Meant, Known), scan::Refusal> {
        self.meant(text, |look| pack.widen(look))
    }

    pub fn carton(&mut self, id: &HandlingUnitId) -> &mut Carton {
        self.cartons.iter_mut().find(|carton| carton.id == *id).unwrap()
    }

    fn order_mut(&mut self, id: &OrderId) -> &mut PackOrder {
        self.orders.iter_mut().find(|order| order.id == *id).unwrap()
    }

    /// What a fact does to the device's copy.
    pub fn apply(&mut self, fact: &Fact) {
        self.world.apply(fact);
        let sum = |units: &[Units]| units.iter().map(|unit| unit.qty).sum::<i64>();
        match fact {
            Fact::CartonOpened { order, carton, carton_type, .. } => {
                assert!(!self.cartons.iter().any(|row| row.id == *carton), "{carton} was known");
                self.cartons.push(Carton {
                    id: carton.clone(),
                    order: order.clone(),
                    carton_type: carton_type.clone(),
                    ..Carton::default()
                });
            }
            Fact::Packed { order, line, units, .. } => {
                let lines = &mut self.order_mut(order).lines;
                lines.iter_mut().find(|row| row.id == *line).unwrap().packed += sum(units);
            }
            Fact::Unpacked { order, line, units, carton, .. } => {
                let order = self.order_mut(order);
                order.lines.iter_mut().find(|row| row.id == *line).unwrap().packed -= sum(units);
                if order.state == PackState::Packed {
                    order.state = PackState::Open;
                }
                let row = self.carton(carton);
                row.reopened(row.state);
            }
            Fact::CartonWeighed { carton, grams, .. } => self.carton(carton).grams = *grams,
            Fact::CartonClosed { carton, .. } => self.carton(carton).state = CartonState::Closed,
            Fact::LabelPrinted { label, copy, internal, .. } => {
                assert_eq!(*copy, self.carton(label).copies + 1);
                self.carton(label).copies = *copy;
                self.carton(label).label = LabelOn::printed(internal.unwrap());
            }
            Fact::Labelled { carton, .. } => self.carton(carton).state = CartonState::Labelled,
            Fact::OrderPacked { order, .. } => self.order_mut(order).state = PackState::Packed,
            Fact::Shipped { carton, .. } => {
                self.carton(carton).state = CartonState::Shipped;
                for stock in self.world.stock.iter_mut().filter(|stock| stock.handling_unit == *carton) {
                    (stock.location, stock.handling_unit) = (CUSTOMER.into(), HandlingUnitId::default());
                }
            }
            _ => {}
        }
    }
}
