//! A returns bench in memory: what was shipped and announced, and what facts do to it. Events are played into a
//! return, and what comes back is written down, a line each.
#![allow(dead_code)]

use crate::floor::{self, Floor};
use crate::world::TODAY;
use floorhand_domain::fact::Fact;
use floorhand_domain::id::{LocationId, OrderId};
use floorhand_domain::master::{Item, ItemClass, Location, LocationKind, Role};
use floorhand_domain::reason::Reason;
use floorhand_domain::returns::{
    Disposition, Grade, ReturnPolicy, ReturnReason, Rma, RmaLine, RmaState, ShippedLine, credit,
};
use floorhand_domain::scan::{self, Known, Lookup, Scan, Source};
use floorhand_domain::stock::Status;
use floorhand_domain::workflow::returns::{Entry, Event, Photo, Returns, Saved, Stage, open, widen_open};
use floorhand_domain::workflow::{Meant, Next, Site};
use std::sync::Arc;

/// Where everything is inspected.
pub const BENCH: &str = "B1";

/// Shops, bins and the post of a test.
#[derive(Clone, Debug)]
pub struct Bench {
    pub floor: Floor,
    pub shipped: Vec<ShippedLine>,
    pub rmas: Vec<Rma>,
    pub policy: ReturnPolicy,
    /// The return: an RMA, an order, or empty for one that nobody announced.
    pub opens: String,
}

pub fn named<'a>(words: &'a [&'a str], key: &str) -> Option<&'a str> {
    words.iter().find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
}

fn reason_of(name: &str) -> ReturnReason {
    ReturnReason::ALL.into_iter().find(|reason| reason.as_str() == name).unwrap()
}

fn grade_of(name: &str) -> Grade {
    Grade::ALL.into_iter().find(|grade| grade.as_str() == name).unwrap()
}

impl Bench {
    /// Bins: A1 for sale, Q1 quarantine, X1 damaged. E: electronics by serial number, weighed. Y: hygiene.
    pub fn new(opens: &str) -> Self {
        let floor = Floor::new().with(|world| {
            let bin = |id: &str, status| Location {
                id: id.into(),
                code: id.to_owned(),
                kind: LocationKind::Bin,
                status,
                ..Location::default()
            };
            world.locations.push(bin("Q1", Status::Quarantined));
            world.locations.push(bin("X1", Status::Damaged));
            world.items.push(Item {
                id: "E".into(),
                name: "Item E".to_owned(),
                class: ItemClass::Electronics,
                serial_tracked: true,
                value_minor: 9_000,
                ..Item::default()
            });
            world.items.iter_mut().filter(|item| item.id.as_str() == "Y").for_each(|item| item.hygiene = true);
            *world = world.clone().code("E", "E");
        });
        let policy = ReturnPolicy::default();
        Self { floor, shipped: Vec::new(), rmas: Vec::new(), policy, opens: opens.to_owned() }
    }

    /// What was shipped: `L1 X 8 order=O1 carton=C1 track=TR1 lot=… serial=… back=2 grams=800 value=500`.
    pub fn sent(mut self, spec: &str) -> Self {
        let words: Vec<&str> = spec.split_whitespace().collect();
        let text = |key: &str| named(&words, key).unwrap_or_default();
        let number = |key: &str| named(&words, key).map_or(0, |n| n.parse().unwrap());
        self.shipped.push(ShippedLine {
            id: format!("S{}", self.shipped.len()),
            order: named(&words, "order").unwrap_or("O1").into(),
            line: words[0].into(),
            carton: named(&words, "carton").unwrap_or("C1").into(),
            tracking: text("track").to_owned(),
            item: words[1].into(),
            lot: text("lot").into(),
            serial: text("serial").into(),
            qty: words[2].parse().unwrap(),
            returned: number("back"),
            unit_grams: number("grams"),
            value_minor: number("value"),
            channel: text("channel").to_owned(),
        });
        self
    }

    /// An announced return: `R1 O1 L1:X:3:defective L2:Y:1:other state=cancelled`.
    pub fn rma(mut self, spec: &str) -> Self {
        let words: Vec<&str> = spec.split_whitespace().collect();
        let lines = words[2..].iter().filter(|word| word.contains(':')).map(|word| {
            let part: Vec<&str> = word.split(':').collect();
            RmaLine {
                line: part[0].into(),
                item: part[1].into(),
                qty: part[2].parse().unwrap(),
                reason: reason_of(part[3]),
                words: String::new(),
            }
        });
        self.rmas.push(Rma {
            id: words[0].into(),
            order: words[1].into(),
            channel: String::new(),
            state: match named(&words, "state") {
                Some("cancelled") => RmaState::Cancelled,
                Some("closed") => RmaState::Closed,
                Some("partial") => RmaState::Partial,
                _ => RmaState::Open,
            },
            lines: lines.collect(),
        });
        self
    }

    /// As in [`Floor::stock`].
    pub fn stock(self, spec: &str) -> Self {
        Self { floor: self.floor.clone().stock(spec), ..self }
    }

    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub fn item(self, id: &str, change: impl FnOnce(&mut Item)) -> Self {
        self.with(|bench| change(bench.floor.world.items.iter_mut().find(|item| item.id.as_str() == id).unwrap()))
    }

    pub fn opened(&self) -> Option<Rma> {
        self.rmas.iter().find(|rma| rma.id.as_str() == self.opens).cloned()
    }

    pub fn order(&self) -> OrderId {
        let known = |id: &OrderId| self.shipped.iter().any(|row| row.order == *id);
        let own = OrderId(self.opens.clone());
        self.opened().map(|rma| rma.order).or(Some(own).filter(known)).unwrap_or_default()
    }

    pub fn own_rows(&self) -> Arc<[ShippedLine]> {
        let order = self.order();
        self.shipped.iter().filter(|row| row.order == order && !order.is_none()).cloned().collect()
    }

    /// As the device's store answers.
    pub fn look_up(&self, look: &Lookup) -> Known {
        let mut known = self.floor.look_up(look);
        if !look.returned {
            return known;
        }
        let by_rma =
            |order: &OrderId| self.rmas.iter().any(|rma| look.tasks.contains(&rma.id.0) && rma.order == *order);
        let named = |row: &&ShippedLine| {
            look.tasks.contains(&row.order.0)
                || look.handling_units.contains(&row.carton.0)
                || (!row.tracking.is_empty() && look.handling_units.contains(&row.tracking))
                || (!row.serial.is_none() && look.serials.contains(&row.serial.0))
                || by_rma(&row.order)
        };
        known.shipped = self.shipped.iter().filter(named).cloned().collect();
        known.returns = self
            .rmas
            .iter()
            .filter(|rma| look.tasks.contains(&rma.id.0) || known.shipped.iter().any(|row| row.order == rma.order))
            .cloned()
            .collect();
        for row in &known.shipped {
            let item = self.floor.world.items.iter().find(|item| item.id == row.item);
            known.items.extend(item.cloned());
        }
        known
    }

    /// What a scan means.
    pub fn meant(&self, text: &str, widen: impl FnOnce(&mut Lookup)) -> Result<(Meant, Known), scan::Refusal> {
        let world = &self.floor.world;
        let read = scan::read(&Scan { raw: world.bytes(text), source: Source::Serial, complete: true })?;
        let mut look = Lookup::of(&read);
        widen(&mut look);
        let known = self.look_up(&look);
        Ok((scan::classify(&read, &known, &world.settings.scan, TODAY).into(), known))
    }

    /// What a scan opens at the page of returns: `R1/O1`, `-/O1`.
    pub fn opens(&self, text: &str) -> String {
        let (meant, known) = self.meant(text, widen_open).unwrap();
        let today = TODAY.to_owned();
        let site = Site { known: &known, settings: &self.floor.world.settings, today: &today };
        match open(&meant, &site) {
            Ok(found) => {
                let one = |rma: &str| if rma.is_empty() { "-".to_owned() } else { rma.to_owned() };
                found.iter().map(|own| format!("{}/{}", one(own.rma.as_str()), own.order)).collect::<Vec<_>>().join(" ")
            }
            Err(refusal) => floor::refused(&refusal),
        }
    }

    /// What a fact does to the device's copy.
    pub fn apply(&mut self, fact: &Fact) {
        self.floor.apply(fact);
        if let Fact::ReturnInspected { order, line, lot, serial, qty, .. } = fact
            && !order.is_none()
        {
            let (mut own, others): (Vec<_>, Vec<_>) =
                std::mem::take(&mut self.shipped).into_iter().partition(|row| row.order == *order);
            credit(&mut own, line, lot, serial, *qty);
            own.extend(others);
            own.sort_by_key(|row| row.id.clone());
            self.shipped = own;
        }
    }
}

/// A return under way.
#[derive(Clone)]
pub struct Play {
    pub bench: Bench,
    /// `None` = it has ended.
    pub flow: Option<Returns>,
    pub facts: Vec<Fact>,
    pub refusals: Vec<Reason>,
}

/// Plays the events and compares every outcome, written as `answer @ step [+ fact …]`.
pub fn check(bench: &Bench, rows: &[(&str, &str)]) {
    let mut play = Play::new(bench.clone());
    let told: Vec<String> = rows.iter().map(|(event, _)| format!("{event} => {}", play.event(event))).collect();
    let expected: Vec<String> = rows.iter().map(|(event, expected)| format!("{event} => {expected}")).collect();
    assert_eq!(told.join("\n"), expected.join("\n"));
}

/// The reasons that a table sees.
pub fn reasons(bench: &Bench, rows: &[(&str, &str)]) -> Vec<Reason> {
    let mut play = Play::new(bench.clone());
    for (event, _) in rows {
        play.event(event);
    }
    play.refusals
}

impl Play {
    pub fn new(bench: Bench) -> Self {
        let (flow, fact) = Returns::start(
            "N1".into(),
            bench.opened(),
            bench.order(),
            bench.own_rows(),
            Arc::new(bench.policy.clone()),
            LocationId::from(BENCH),
        );
        Self { bench, flow: Some(flow), facts: vec![fact], refusals: Vec::new() }
    }

    /// A scan, or with a slash a button: see [`Play::button`].
    pub fn event(&mut self, text: &str) -> String {
        if text == "/cut" {
            self.cut();
            return format!("cut @ {}", self.stage());
        }
        let (event, known) = match text.strip_prefix('/') {
            Some(command) => self.button(command),
            None => match self.bench.meant(text, |look| self.flow.iter().for_each(|flow| flow.widen(look))) {
                Ok((meant, known)) => (Event::Scan(meant), known),
                // As the app does: what cannot be read never reaches the workflow.
                Err(refusal) => {
                    self.refusals.push(refusal.reason());
                    return format!("{} @ {}", refusal.reason().code(), self.stage());
                }
            },
        };
        self.step(event, &known)
    }

    /// `/lot L1`, `/serial N1`, `/type 3`, `/none` (no order), `/kg 520`, `/yes sealed`, `/no clean`, `/grade C`,
    /// `/why defective`, `/photo P1`, `/next`, `/back`, `/as restock manager words` (`supervisor`, `operator`),
    /// `/ok SV1`, `/drop`, `/done`, `/other L1 3` (came back elsewhere), `/withdrawn`.
    fn button(&mut self, command: &str) -> (Event, Known) {
        let mut words = command.split_whitespace();
        let name = words.next().unwrap();
        let first = words.next().unwrap_or_default().to_owned();
        let number = |text: &str| text.parse::<i64>().unwrap();
        let mut known = Known::default();
        let typed = |bench: &Bench, lots: &str, serials: &str| {
            let list = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty()).into_iter().collect();
            let look = Lookup { lots: list(lots), serials: list(serials), returned: true, ..Lookup::default() };
            bench.look_up(&look)
        };
        let event = match name {
            "lot" => {
                known = typed(&self.bench, &first, "");
                Event::Lot(first.as_str().into())
            }
            "serial" => {
                known = typed(&self.bench, "", &first);
                Event::Serial(first.as_str().into())
            }
            "type" => Event::Typed(number(&first)),
            "none" => Event::Unmatched,
            "kg" => Event::Weighed(number(&first)),
            "yes" => Event::Answer { question: first, yes: true },
            "no" => Event::Answer { question: first, yes: false },
            "grade" => Event::Grade(grade_of(&first)),
            "why" => Event::Reason(reason_of(&first)),
            "photo" => Event::Photo(Photo { id: first.as_str().into(), hash: "0".repeat(64), bytes: 9 }),
            "next" => Event::Next,
            "back" => Event::Back,
            "as" => {
                let roles = match words.next() {
                    Some("manager") => vec![Role::Manager],
                    Some("supervisor") => vec![Role::Supervisor],
                    _ => vec![Role::Returns],
                };
                let chosen = Disposition::ALL.into_iter().find(|own| own.as_str() == first).unwrap();
                let reason = words.next().unwrap_or_default().to_owned();
                Event::Override { chosen, by: "SV1".into(), roles, reason }
            }
            "ok" => Event::Approved { by: first.as_str().into() },
            "drop" => Event::Drop,
            "done" => Event::Done,
            "other" => {
                let qty = number(words.next().unwrap());
                self.changed(|bench| {
                    let own = bench.shipped.iter_mut().find(|row| row.line.0 == first);
                    own.into_iter().for_each(|row| row.returned += qty);
                })
            }
            "withdrawn" => self.changed(|bench| {
                bench.rmas.iter_mut().for_each(|rma| rma.state = RmaState::Cancelled);
            }),
            other => panic!("no such command: {other}"),
        };
        (event, known)
    }

    fn changed(&mut self, change: impl FnOnce(&mut Bench)) -> Event {
        change(&mut self.bench);
        Event::Changed(self.bench.opened(), self.bench.own_rows())
    }

    /// The battery is pulled: what was saved comes back from JSON over the rows as they are shown.
    pub fn cut(&mut self) {
        let Some(flow) = self.flow.take() else { return };
        let json = serde_json::to_string(&flow.saved()).unwrap();
        let saved: Saved = serde_json::from_str(&json).unwrap();
        let policy = Arc::new(self.bench.policy.clone());
        self.flow = Some(Returns::resume(saved, self.bench.opened(), self.bench.own_rows(), policy, &self.facts));
    }

    /// One event, with what the store found for it.
    pub fn step(&mut self, event: Event, known: &Known) -> String {
        let flow = self.flow.take().expect("the return has ended");
        let today = TODAY.to_owned();
        let settings = self.bench.floor.world.settings.clone();
        let step = flow.update(event, &Site { known, settings: &settings, today: &today });
        for fact in &step.facts {
            self.bench.apply(fact);
        }
        let answer = match &step.answer {
            Ok(accepted) => floor::accepted(accepted),
            Err(refusal) => {
                self.refusals.push(refusal.reason());
                floor::refused(refusal)
            }
        };
        let end = match step.next {
            Next::Continue(flow) => {
                self.flow = Some(flow);
                self.stage()
            }
            Next::Finish(exit) => format!("{exit:?}"),
        };
        let facts: String = step.facts.iter().map(|fact| format!(" + {}", told(fact))).collect();
        self.facts.extend(step.facts);
        format!("{answer} @ {end}{facts}")
    }

    /// `quantity X 3 L1`, `put E 1 #N1 C liquidate`.
    pub fn stage(&self) -> String {
        let Some(flow) = &self.flow else { return "end".to_owned() };
        let step = flow.step_name().strip_prefix("return.").unwrap();
        match &flow.stage {
            Stage::Identity { label } => format!("{step}{}", floor::begun(label)),
            Stage::Entry { entry } => {
                let end = match flow.disposition() {
                    Some(disposition) => format!(" {} {}", flow.grade_now().as_str(), disposition.as_str()),
                    None => String::new(),
                };
                format!("{step} {}{end}", counted(entry))
            }
        }
    }
}

/// `X 3 L1 #N1 free`.
fn counted(entry: &Entry) -> String {
    let mut out = format!("{} {}", entry.item, entry.qty);
    if !entry.lot.is_none() {
        out.push_str(&format!(" {}", entry.lot));
    }
    if !entry.serial.is_none() {
        out.push_str(&format!(" #{}", entry.serial));
    }
    if entry.is_unmatched() {
        out.push_str(" free");
    }
    out
}

fn told(fact: &Fact) -> String {
    match fact {
        Fact::ReturnInspected {
            rma,
            order,
            line,
            item,
            lot,
            serial,
            qty,
            grade,
            disposition,
            grams,
            photos,
            location,
            handling_unit,
            because,
            ..
        } => {
            let of = if order.is_none() { "-".to_owned() } else { format!("{order}/{line}") };
            let mut out = format!("{of} {qty} {item}");
            let mut add = |text: String| out.push_str(&format!(" {text}"));
            Some(lot).filter(|lot| !lot.is_none()).into_iter().for_each(|lot| add(lot.to_string()));
            Some(serial).filter(|serial| !serial.is_none()).into_iter().for_each(|serial| add(format!("#{serial}")));
            add(format!("{} {} at {location}", grade.as_str(), disposition.as_str()));
            if !handling_unit.is_none() {
                add(format!("in {handling_unit}"));
            }
            if *grams > 0 {
                add(format!("{grams} g"));
            }
            photos.iter().for_each(|photo| add(photo.to_string()));
            because.iter().for_each(|reason| add(reason.code().to_owned()));
            if !rma.is_none() {
                add(format!("by {rma}"));
            }
            out
        }
        Fact::Approved { by, decision, subject, item, qty } => {
            assert_eq!(subject, "return:N1");
            format!("Approved {} {qty} {item} {by}", decision.code())
        }
        Fact::DispositionOverridden { qty, item, proposed, chosen, by, reason, .. } => {
            format!("Overridden {qty} {item} {} to {} {by} {reason}", proposed.as_str(), chosen.as_str())
        }
        Fact::PhotoTaken { photo, subject, purpose, .. } => {
            assert_eq!((subject.as_str(), purpose.as_str()), ("return:N1", "returned"));
            format!("PhotoTaken {photo}")
        }
        other => other.kind().to_owned(),
    }
}
