//! Events are played at a bench, and what comes back is written down, a line each.
#![allow(dead_code)]

use crate::bench::{BENCH, Bench};
use crate::world::TODAY;
use floorhand_domain::fact::{Fact, Units};
use floorhand_domain::id::{HandlingUnitId, OrderId};
use floorhand_domain::outbound::PackState;
use floorhand_domain::reason::Reason;
use floorhand_domain::scan::{self, Known, Label};
use floorhand_domain::workflow::pack::{Content, Event, Pack, PrintReason, Saved, Stage};
use floorhand_domain::workflow::receive::Photo;
use floorhand_domain::workflow::refusal::Refusal;
use floorhand_domain::workflow::{Class, Next, Site};
use std::collections::BTreeMap;

/// An order at the bench.
#[derive(Clone)]
pub struct Play {
    pub bench: Bench,
    pub order: OrderId,
    /// `None` = it has left the bench.
    pub pack: Option<Pack>,
    pub facts: Vec<Fact>,
    /// What another bench did.
    pub others: Vec<Fact>,
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
    /// The first order of the bench, opened.
    pub fn new(bench: Bench) -> Self {
        let order = bench.orders[0].id.clone();
        let (pack, fact) = Pack::start(bench.fresh(&order), BENCH.into());
        Self {
            bench,
            order,
            pack: Some(pack),
            facts: fact.into_iter().collect(),
            others: Vec::new(),
            refusals: Vec::new(),
        }
    }

    /// A scan, or with a slash a button.
    pub fn event(&mut self, text: &str) -> String {
        if text == "/open" {
            self.pack = Some(Pack::start(self.bench.fresh(&self.order), BENCH.into()).0);
            return format!("open @ {}", self.stage());
        }
        if self.pack.is_none()
            && let Some(command) = text.strip_prefix("/tracking")
        {
            self.button(&format!("tracking{command}"));
        }
        let Some(pack) = &self.pack else { return "end".to_owned() };
        if text == "/cut" {
            self.cut();
            return format!("cut @ {}", self.stage());
        }
        let (event, known) = match text.strip_prefix('/') {
            Some(command) => (self.button(command), Known::default()),
            None => match self.bench.meant_at(text, pack) {
                Ok((meant, known)) => {
                    let fresh = format!("C{}", self.bench.cartons.len() + 1).into();
                    (Event::Scan { meant, fresh }, known)
                }
                // As the app does: what cannot be read never reaches the workflow.
                Err(refusal) => {
                    self.refusals.push(refusal.reason());
                    return format!("{} @ {}", refusal.reason().code(), self.stage());
                }
            },
        };
        self.step(event, &known)
    }

    fn button(&mut self, command: &str) -> Event {
        let words: Vec<&str> = command.split_whitespace().collect();
        let word = |n: usize| words.get(n).copied().unwrap_or_default();
        let at_hand = self.pack.as_ref().and_then(Pack::at_hand).unwrap_or_default();
        let or_at_hand = |n: usize| if word(n).is_empty() { at_hand.clone() } else { word(n).into() };
        match word(0) {
            "close" => Event::Close,
            "photo" => Event::Photo(Photo { id: word(1).into(), hash: "00".repeat(32), bytes: 1_000 }),
            "weigh" => Event::Weighed(word(1).parse().unwrap()),
            // What was sent is what the label was then; "own" says that it was before the carrier's came.
            "printed" | "own" => {
                let carton = or_at_hand(1);
                let row = self.bench.cartons.iter().find(|row| row.id == carton);
                let internal = word(0) == "own" || row.is_none_or(|row| row.zpl.is_empty());
                Event::Printed { carton, internal }
            }
            "silent" => Event::PrintFailed(or_at_hand(1)),
            "print" => Event::Print {
                why: PrintReason::ASKED.into_iter().find(|why| why.code() == word(1)).unwrap_or_default(),
                carton: word(2).into(),
            },
            "later" => Event::Later,
            "finish" => Event::Finish,
            "ok" => Event::Approved { by: word(1).into() },
            "out" => Event::TakeOut(word(1).into()),
            "back" => Event::Back,
            "choose" => Event::Choose(word(1).into()),
            // What the ERP says.
            "state" => {
                let state = match word(1) {
                    "held" => PackState::Held,
                    "cancelled" => PackState::Cancelled,
                    "packed" => PackState::Packed,
                    _ => PackState::Open,
                };
                self.order_row(|order| order.state = state)
            }
            "tracking" => {
                let row = self.bench.carton(&word(1).into());
                (row.tracking, row.zpl) = (word(2).to_owned(), "^XA^XZ".to_owned());
                self.changed()
            }
            "more" => {
                self.bench = self.bench.clone().line(&words[1..].join(" "));
                self.changed()
            }
            "changed" => self.changed(),
            // Another bench packs of a line, into a carton that nobody here knows.
            "other" => {
                let qty: i64 = word(2).parse().unwrap();
                let line = word(1).to_owned();
                self.order_row(|order| {
                    order.lines.iter_mut().filter(|row| row.id.0 == line).for_each(|row| row.packed += qty);
                })
            }
            "beside" => {
                self.beside();
                self.changed()
            }
            other => panic!("no event {other:?}"),
        }
    }

    /// Another bench opens a carton and puts a unit into it, and its facts come here.
    fn beside(&mut self) {
        let (mut pack, _) = Pack::start(self.bench.fresh(&self.order), BENCH.into());
        pack.stage = Stage::Carton;
        let mut scans = vec!["BOX-M".to_owned()];
        loop {
            let Some(text) = scans.pop() else { return };
            let (meant, known) = self.bench.meant_at(&text, &pack).unwrap();
            let (today, settings) = (TODAY.to_owned(), self.bench.world.settings.clone());
            let event = Event::Scan { meant, fresh: "D9".into() };
            let step = pack.update(event, &Site { known: &known, settings: &settings, today: &today });
            step.facts.iter().for_each(|fact| self.bench.apply(fact));
            let done = step.facts.iter().any(|fact| matches!(fact, Fact::Packed { .. }));
            self.others.extend(step.facts);
            let Next::Continue(next) = step.next else { panic!("it has left") };
            pack = next;
            if !done {
                scans.extend(pack.wanted().first().map(code_of));
            }
        }
    }

    fn order_row(&mut self, change: impl FnOnce(&mut floorhand_domain::outbound::PackOrder)) -> Event {
        change(self.bench.orders.iter_mut().find(|row| row.id == self.order).unwrap());
        self.changed()
    }

    fn changed(&self) -> Event {
        Event::Changed(Box::new(self.bench.fresh(&self.order)))
    }

    /// The power goes: what was saved is read back over the rows of the device.
    pub fn cut(&mut self) {
        let Some(pack) = &self.pack else { return };
        let saved: Saved = serde_json::from_str(&serde_json::to_string(&pack.saved()).unwrap()).unwrap();
        self.pack = Some(Pack::resume(saved, self.bench.fresh(&self.order)));
    }

    /// One event, with what the store found for it.
    pub fn step(&mut self, event: Event, known: &Known) -> String {
        let pack = self.pack.take().expect("the order has left");
        let today = TODAY.to_owned();
        let settings = self.bench.world.settings.clone();
        let step = pack.update(event, &Site { known, settings: &settings, today: &today });
        for fact in &step.facts {
            assert_eq!(fact.aggregate(), format!("order:{}", self.order));
            self.bench.apply(fact);
        }
        let answer = match &step.answer {
            Ok(accepted) => {
                let class = match accepted.class {
                    Class::Accepted => "ok",
                    Class::StepComplete => "step",
                    Class::TaskComplete => "task",
                    Class::Attention => "note",
                };
                let code = if accepted.code.is_empty() { String::new() } else { format!(" {}", accepted.code) };
                format!("{class} {}{code}", accepted.what.as_str())
            }
            Err(refusal) => {
                self.refusals.push(refusal.reason());
                refused(refusal)
            }
        };
        let end = match step.next {
            Next::Continue(pack) => {
                self.pack = Some(pack);
                self.same_as_stored();
                self.stage()
            }
            Next::Finish(exit) => format!("{exit:?}"),
        };
        let facts: String = step.facts.iter().map(|fact| format!(" + {}", told(fact))).collect();
        self.facts.extend(step.facts);
        format!("{answer} @ {end}{facts}")
    }

    /// What is held in memory is what the rows of the device say.
    fn same_as_stored(&self) {
        let pack = self.pack.as_ref().unwrap();
        let stored = Pack::resume(pack.saved(), self.bench.fresh(&self.order));
        let content = |pack: &Pack| -> Vec<Vec<Content>> {
            let sorted = |mut all: Vec<Content>| {
                all.sort_by(|a, b| (&a.item, &a.lot, &a.serial).cmp(&(&b.item, &b.lot, &b.serial)));
                all
            };
            pack.cartons.iter().map(|own| sorted(own.content.clone())).collect()
        };
        let rows = |pack: &Pack| pack.cartons.iter().map(|own| own.carton.clone()).collect::<Vec<_>>();
        assert_eq!(pack.packed, stored.packed);
        // Which of several totes gave a unit of which of several lines may be forgotten; how many are left in each
        // line and each tote is not.
        let sums = |pack: &Pack| {
            let (mut of_line, mut of_tote) = (BTreeMap::new(), BTreeMap::new());
            for left in &pack.left {
                let item = &pack.lines[left.line].item;
                *of_line.entry((left.line, left.lot.clone(), left.serial.clone())).or_insert(0) += left.qty;
                *of_tote.entry((left.tote.clone(), item.clone(), left.lot.clone())).or_insert(0) += left.qty;
            }
            (of_line, of_tote)
        };
        assert_eq!(sums(pack), sums(&stored));
        assert_eq!(content(pack), content(&stored));
        assert_eq!(rows(pack), rows(&stored));
        assert_eq!(pack.order.state, stored.order.state);
        assert_eq!(pack.saved(), stored.saved());
    }

    /// `verify C1 3 lot L1`: three units are left.
    pub fn stage(&self) -> String {
        let Some(pack) = &self.pack else { return "end".to_owned() };
        let step = pack.step_name().strip_prefix("pack.").unwrap();
        let left = pack.left_qty();
        match &pack.stage {
            Stage::Carton => format!("{step} {left}"),
            Stage::Finish => step.to_owned(),
            Stage::Verify { carton, label } | Stage::TakeOut { carton, label } => {
                format!("{step} {carton} {left}{}", parts(label))
            }
            Stage::Photo { carton } | Stage::Weigh { carton } => format!("{step} {carton}"),
            Stage::Label { carton, .. } => match pack.to_print() {
                Some(print) => format!("{step} {carton} prints {}", print.copy),
                None => format!("{step} {carton}"),
            },
        }
    }
}

/// A code that says all of a unit.
pub fn code_of(one: &Content) -> String {
    let lot = if one.lot.is_none() { String::new() } else { format!("(10){}", one.lot) };
    let serial = if one.serial.is_none() { String::new() } else { format!("(21){}", one.serial) };
    format!("(01){}{lot}{serial}", one.item)
}

fn parts(label: &Label) -> String {
    let parts = [
        label.item.as_ref().map(|item| format!("item {item}")),
        label.lot.as_ref().map(|lot| format!("lot {lot}")),
        label.serial.as_ref().map(|serial| format!("#{serial}")),
    ];
    parts.into_iter().flatten().map(|part| format!(" {part}")).collect()
}

/// `CODE field=value …`, fields in alphabetical order, empty ones left out.
pub fn refused(refusal: &Refusal) -> String {
    let mut out = refusal.reason().code().to_owned();
    if let Refusal::Scan(scan::Refusal::Ambiguous { readings }) = refusal {
        let named: Vec<String> = readings.iter().map(|one| format!("{} {}", one.kind.as_str(), one.id)).collect();
        return format!("{out} {}", named.join(" or "));
    }
    let json = serde_json::to_value(refusal).unwrap();
    let mut fields: Vec<String> = Vec::new();
    for (key, value) in json.as_object().unwrap() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if key != "refusal" && !value.is_empty() {
            fields.push(format!(" {key}={value}"));
        }
    }
    fields.sort();
    out.extend(fields);
    out
}

fn units_of(units: &[Units]) -> String {
    let one = |unit: &Units| {
        let lot = if unit.lot.is_none() { String::new() } else { format!(" {}", unit.lot) };
        let serial = if unit.serial.is_none() { String::new() } else { format!(" #{}", unit.serial) };
        let grams = if unit.grams == 0 { String::new() } else { format!(" {} g", unit.grams) };
        let tote = if unit.handling_unit.is_none() { "loose" } else { unit.handling_unit.as_str() };
        format!("{}{lot}{serial}{grams} {tote}", unit.qty)
    };
    units.iter().map(one).collect::<Vec<_>>().join(", ")
}

pub fn told(fact: &Fact) -> String {
    match fact {
        Fact::CartonOpened { carton, carton_type, task, location, .. } => {
            assert_eq!(location.as_str(), BENCH);
            format!("CartonOpened {carton} {carton_type} {task}")
        }
        Fact::Packed { line, carton, item, units, location, .. } => {
            assert_eq!(location.as_str(), BENCH);
            format!("Packed {line} {item} ({}) in {carton}", units_of(units))
        }
        Fact::Unpacked { line, carton, item, units, location, .. } => {
            assert_eq!(location.as_str(), BENCH);
            format!("Unpacked {line} {item} ({}) out of {carton}", units_of(units))
        }
        Fact::CartonWeighed { carton, grams, expected_grams, because, .. } => {
            let because: String = because.iter().map(|reason| format!(" {}", reason.code())).collect();
            format!("CartonWeighed {carton} {grams} of {expected_grams}{because}")
        }
        Fact::CartonClosed { carton, location, .. } => {
            assert_eq!(location.as_str(), BENCH);
            format!("CartonClosed {carton}")
        }
        Fact::LabelPrinted { label, copy, reason, internal, .. } => {
            let reason = if reason.is_empty() { String::new() } else { format!(" {reason}") };
            let whose = if *internal != Some(false) { "" } else { " of the carrier" };
            format!("LabelPrinted {label} {copy}{reason}{whose}")
        }
        Fact::Labelled { carton, .. } => format!("Labelled {carton}"),
        Fact::OrderPacked { task, complete, .. } => format!("OrderPacked {task} complete={complete}"),
        Fact::Approved { by, decision, qty, .. } => format!("Approved {by} {} {qty}", decision.code()),
        Fact::PhotoTaken { photo, purpose, .. } => format!("PhotoTaken {photo} {purpose}"),
        Fact::Shipped { order, carton, location } => format!("Shipped {order} {carton} {location}"),
        other => format!("{other:?}"),
    }
}

/// The carton of that name.
pub fn id(text: &str) -> HandlingUnitId {
    text.into()
}
