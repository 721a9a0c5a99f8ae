//! A dock in memory: deliveries, their lines, what was announced, and what facts do to them. Events are
//! played into a receipt, and what comes back is written down, a line each.

use crate::world::{TODAY, World};
use floorhand_domain::fact::{Fact, ReceivedUnits};
use floorhand_domain::id::{HandlingUnitId, LocationId};
use floorhand_domain::inbound::{Announced, Delivery, DeliveryLine, DeliveryLineState, DeliveryState};
use floorhand_domain::master::{HandlingUnit, HandlingUnitKind, Item};
use floorhand_domain::reason::Reason;
use floorhand_domain::scan::{self, Known, Lookup, Scan, Source};
use floorhand_domain::workflow::receive::{Entry, Event, Photo, Receive, Saved, Stage, open};
use floorhand_domain::workflow::refusal::Refusal;
use floorhand_domain::workflow::{Class, Meant, Next, Site};
use std::sync::Arc;

/// Where everything is received.
pub const DOCK: &str = "D1";

#[derive(Clone, Debug)]
pub struct Dock {
    pub world: World,
    pub deliveries: Vec<Delivery>,
    pub lines: Vec<DeliveryLine>,
    pub announced: Vec<Announced>,
    /// The delivery that is received. Empty = blind.
    pub opens: String,
}

fn named<'a>(words: &'a [&'a str], key: &str) -> Option<&'a str> {
    words.iter().find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
}

impl Dock {
    /// Delivery DL1 of PO1; DL2 of PO1 and PO2; DL9 of PO9, closed.
    pub fn new() -> Self {
        let delivery = |id: &str, orders: &[&str], state| Delivery {
            id: id.into(),
            supplier: format!("Supplier {id}"),
            orders: orders.iter().map(|order| (*order).into()).collect(),
            state,
            ..Delivery::default()
        };
        Self {
            world: World::new(),
            deliveries: vec![
                delivery("DL1", &["PO1"], DeliveryState::Arrived),
                delivery("DL2", &["PO1", "PO2"], DeliveryState::Due),
                delivery("DL9", &["PO9"], DeliveryState::Closed),
            ],
            lines: Vec::new(),
            announced: Vec::new(),
            opens: "DL1".to_owned(),
        }
    }

    pub fn blind() -> Self {
        Self { opens: String::new(), ..Self::new() }
    }

    /// A line: `L1 X 100 got=40 over=0 days=90 lot=L1 of=DL2`.
    pub fn line(mut self, spec: &str) -> Self {
        let words: Vec<&str> = spec.split_whitespace().collect();
        let number = |key: &str, none: i64| named(&words, key).map_or(none, |n| n.parse().unwrap());
        self.lines.push(DeliveryLine {
            id: words[0].into(),
            delivery: named(&words, "of").unwrap_or("DL1").into(),
            seq: i64::try_from(self.lines.len()).unwrap(),
            order: "PO1".into(),
            item: words[1].into(),
            ordered: words[2].parse().unwrap(),
            received: number("got", 0),
            over_percent: number("over", -1),
            min_shelf_days: u32::try_from(number("days", 0)).unwrap(),
            lot: named(&words, "lot").unwrap_or_default().into(),
            state: DeliveryLineState::Open,
        });
        self
    }

    /// Announced content: `H9 L1 X 40 lot=L1 exp=2027-01-31 of=DL1`.
    pub fn asn(mut self, spec: &str) -> Self {
        let words: Vec<&str> = spec.split_whitespace().collect();
        self.announced.push(Announced {
            id: format!("A{}", self.announced.len()),
            unit: words[0].into(),
            delivery: named(&words, "of").unwrap_or("DL1").into(),
            line: words[1].into(),
            item: words[2].into(),
            lot: named(&words, "lot").unwrap_or_default().into(),
            expiry: named(&words, "exp").map(str::to_owned),
            qty: words[3].parse().unwrap(),
        });
        self
    }

    /// A handling unit: `H9 of=DL2 at=A1 order=O1 tote`.
    pub fn unit(mut self, spec: &str) -> Self {
        let words: Vec<&str> = spec.split_whitespace().collect();
        self.world.units.push(HandlingUnit {
            id: words[0].into(),
            kind: if words.contains(&"tote") { HandlingUnitKind::Tote } else { HandlingUnitKind::Pallet },
            location: named(&words, "at").unwrap_or_default().into(),
            order: named(&words, "order").unwrap_or_default().into(),
            delivery: named(&words, "of").unwrap_or_default().into(),
            ..HandlingUnit::default()
        });
        self
    }

    pub fn stock(self, spec: &str) -> Self {
        Self { world: self.world.clone().stock(spec), ..self }
    }

    pub fn code(self, code: &str, item: &str) -> Self {
        Self { world: self.world.clone().code(code, item), ..self }
    }

    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub fn item(self, id: &str, change: impl FnOnce(&mut Item)) -> Self {
        self.with(|dock| change(dock.world.items.iter_mut().find(|item| item.id.as_str() == id).unwrap()))
    }

    pub fn opened(&self) -> Option<Delivery> {
        self.deliveries.iter().find(|row| row.id.as_str() == self.opens).cloned()
    }

    pub fn own_lines(&self) -> Arc<[DeliveryLine]> {
        self.lines.iter().filter(|line| line.delivery.as_str() == self.opens).cloned().collect()
    }

    fn look_up(&self, look: &Lookup) -> Known {
        let mut known = self.world.look_up(look);
        let named = |row: &Delivery| {
            look.deliveries.iter().any(|n| row.id.0 == *n || row.orders.iter().any(|order| order.0 == *n))
        };
        known.announced =
            self.announced.iter().filter(|row| look.handling_units.contains(&row.unit.0)).cloned().collect();
        let awaits = |row: &Delivery| {
            self.lines.iter().any(|line| {
                line.delivery == row.id
                    && line.state == DeliveryLineState::Open
                    && known.barcodes.iter().any(|code| code.item == line.item)
            })
        };
        let holds = |row: &Delivery| known.announced.iter().any(|content| content.delivery == row.id);
        known.deliveries =
            self.deliveries.iter().filter(|row| named(row) || awaits(row) || holds(row)).cloned().collect();
        for stock in self.world.stock.iter().filter(|stock| look.lots.contains(&stock.lot.0)) {
            if let Some(date) = &stock.expiry {
                known.expiries.push((stock.item.clone(), stock.lot.clone(), date.clone()));
            }
        }
        for content in &known.announced {
            let item = self.world.items.iter().find(|item| item.id == content.item);
            known.items.extend(item.cloned());
        }
        known
    }

    /// What a scan means.
    pub fn meant(&self, text: &str, receive: Option<&Receive>) -> Result<(Meant, Known), scan::Refusal> {
        let read = scan::read(&Scan { raw: self.world.bytes(text), source: Source::Serial, complete: true })?;
        let mut look = Lookup::of(&read);
        if let Some(receive) = receive {
            receive.widen(&mut look);
        }
        let known = self.look_up(&look);
        Ok((scan::classify(&read, &known, &self.world.settings.scan, TODAY).into(), known))
    }

    /// What a scan opens at the page of deliveries.
    pub fn opens(&self, text: &str) -> String {
        let (meant, known) = self.meant(text, None).unwrap();
        let today = TODAY.to_owned();
        let site = Site { known: &known, settings: &self.world.settings, today: &today };
        match open(&meant, &site) {
            Ok(found) => found.iter().map(|id| id.0.as_str()).collect::<Vec<_>>().join(" "),
            Err(refusal) => refused(&refusal),
        }
    }

    /// What a fact does to the device's copy.
    pub fn apply(&mut self, fact: &Fact) {
        self.world.apply(fact);
        let Fact::Received { line, item, lot, expiry, units, handling_unit, new_unit, location, delivery, .. } = fact
        else {
            return;
        };
        for row in self.lines.iter_mut().filter(|row| row.id == *line) {
            row.received += units.iter().map(|unit| unit.qty).sum::<i64>();
        }
        for stock in self.world.stock.iter_mut().filter(|stock| stock.item == *item && stock.lot == *lot) {
            stock.expiry = stock.expiry.clone().or_else(|| expiry.clone());
        }
        // A handling unit stands where goods are put into it.
        for unit in self.world.units.iter_mut().filter(|unit| unit.id == *handling_unit) {
            unit.location = location.clone();
        }
        if let Some(kind) = new_unit {
            assert!(!self.world.units.iter().any(|unit| unit.id == *handling_unit), "{handling_unit} was known");
            self.world.units.push(HandlingUnit {
                id: handling_unit.clone(),
                kind: *kind,
                location: location.clone(),
                delivery: delivery.clone(),
                ..HandlingUnit::default()
            });
        }
    }
}

/// A receipt under way.
pub struct Play {
    pub dock: Dock,
    /// `None` = it has ended.
    pub receive: Option<Receive>,
    pub facts: Vec<Fact>,
    pub refusals: Vec<Reason>,
}

/// Plays the events and compares every outcome, written as `answer @ step [+ fact …]`.
pub fn check(dock: &Dock, rows: &[(&str, &str)]) {
    let mut play = Play::new(dock.clone());
    let told: Vec<String> = rows.iter().map(|(event, _)| format!("{event} => {}", play.event(event))).collect();
    let expected: Vec<String> = rows.iter().map(|(event, expected)| format!("{event} => {expected}")).collect();
    assert_eq!(told.join("\n"), expected.join("\n"));
}

/// The reasons that a table sees.
pub fn reasons(dock: &Dock, rows: &[(&str, &str)]) -> Vec<Reason> {
    let mut play = Play::new(dock.clone());
    for (event, _) in rows {
        play.event(event);
    }
    play.refusals
}

impl Play {
    pub fn new(dock: Dock) -> Self {
        let (receive, fact) = Receive::start("R1".into(), dock.opened(), dock.own_lines(), LocationId::from(DOCK));
        Self { dock, receive: Some(receive), facts: vec![fact], refusals: Vec::new() }
    }

    /// A scan, or with a slash a button: see [`Play::button`].
    pub fn event(&mut self, text: &str) -> String {
        if text == "/cut" {
            self.cut();
            return format!("cut @ {}", self.stage());
        }
        let (event, known) = match text.strip_prefix('/') {
            Some(command) => self.button(command),
            None => match self.dock.meant(text, self.receive.as_ref()) {
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

    /// `/lot L1`, `/serial N1`, `/date 2027-01-31`, `/nodate`, `/type 3`, `/next`, `/damaged 2`, `/photo P1`,
    /// `/loose`, `/print U1`, `/repeat`, `/quarantine`, `/unexpected`, `/unknown 3 P1 words`, `/ok SV1`,
    /// `/drop`, `/close`, `/final`, `/other L1 40` (received elsewhere), `/closed` (the delivery), `/gone L1`.
    fn button(&mut self, command: &str) -> (Event, Known) {
        let mut words = command.split_whitespace();
        let name = words.next().unwrap();
        let first = words.next().unwrap_or_default().to_owned();
        let number = |text: &str| text.parse::<i64>().unwrap();
        let photo = |id: &str| Photo { id: id.into(), hash: "0".repeat(64), bytes: 9 };
        let mut known = Known::default();
        let event = match name {
            "lot" => {
                known = self.dock.look_up(&Lookup { lots: vec![first.clone()], ..Lookup::default() });
                Event::Lot(first.as_str().into())
            }
            "serial" => {
                known = self.dock.look_up(&Lookup { serials: vec![first.clone()], ..Lookup::default() });
                Event::Serial(first.as_str().into())
            }
            "date" => Event::Date(first),
            "nodate" => Event::NoDate,
            "type" => Event::Typed(number(&first)),
            "next" => Event::Next,
            "damaged" => Event::Damaged(number(&first)),
            "photo" => Event::Photo(photo(&first)),
            "loose" => Event::Loose,
            "print" => Event::Printed(first.as_str().into()),
            "repeat" => Event::Repeat,
            "quarantine" => Event::Quarantine,
            "unexpected" => Event::Unexpected,
            "unknown" => {
                let photos = words.next().filter(|id| *id != "-").map(photo).into_iter().collect();
                Event::Unknown { words: words.collect::<Vec<_>>().join(" "), qty: number(&first), photos }
            }
            "ok" => Event::Approved { by: first.as_str().into() },
            "drop" => Event::Drop,
            "close" => Event::Close { complete: false },
            "final" => Event::Close { complete: true },
            "other" => {
                let qty = number(words.next().unwrap());
                self.changed(|dock| {
                    dock.lines.iter_mut().filter(|line| line.id.0 == first).for_each(|line| line.received += qty);
                })
            }
            "closed" => self.changed(|dock| dock.deliveries[0].state = DeliveryState::Closed),
            "gone" => self.changed(|dock| {
                let own = dock.lines.iter_mut().filter(|line| line.id.0 == first);
                own.for_each(|line| line.state = DeliveryLineState::Cancelled);
            }),
            other => panic!("no such command: {other}"),
        };
        (event, known)
    }

    fn changed(&mut self, change: impl FnOnce(&mut Dock)) -> Event {
        change(&mut self.dock);
        Event::Changed(self.dock.opened().unwrap_or_default(), self.dock.own_lines())
    }

    /// The battery is pulled: what was saved comes back from JSON over the rows as they are shown.
    pub fn cut(&mut self) {
        let Some(receive) = self.receive.take() else { return };
        let json = serde_json::to_string(&receive.saved()).unwrap();
        let saved: Saved = serde_json::from_str(&json).unwrap();
        self.receive = Some(Receive::resume(saved, self.dock.opened(), self.dock.own_lines(), &self.facts));
    }

    /// One event, with what the store found for it.
    pub fn step(&mut self, event: Event, known: &Known) -> String {
        let receive = self.receive.take().expect("the receipt has ended");
        let today = TODAY.to_owned();
        let settings = self.dock.world.settings.clone();
        let step = receive.update(event, &Site { known, settings: &settings, today: &today });
        for fact in &step.facts {
            self.dock.apply(fact);
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
            Next::Continue(receive) => {
                self.receive = Some(receive);
                self.stage()
            }
            Next::Finish(exit) => format!("{exit:?}"),
        };
        let facts: String = step.facts.iter().map(|fact| format!(" + {}", told(fact))).collect();
        self.facts.extend(step.facts);
        format!("{answer} @ {end}{facts}")
    }

    pub fn stage(&self) -> String {
        let Some(receive) = &self.receive else { return "end".to_owned() };
        let step = receive.step_name().strip_prefix("receive.").unwrap();
        match (&receive.stage, &receive.opened) {
            (Stage::Entry { entry }, _) => format!("{step} {}", counted(entry)),
            (Stage::Item { .. }, Some(opened)) => format!("{step} {} {}", opened.unit, opened.rows.len()),
            (Stage::Item { label, repeat }, None) => {
                let parts = [
                    label.lot.as_ref().map(ToString::to_string),
                    label.serial.as_ref().map(|serial| format!("#{serial}")),
                    label.expiry.clone(),
                ];
                let parts = parts.into_iter().flatten().map(|part| format!(" {part}")).collect::<String>();
                format!("{step}{parts}{}", if *repeat { " repeat" } else { "" })
            }
        }
    }
}

/// `V 3 L1 2027-01-31 damaged=2 photos=1 held`.
fn counted(entry: &Entry) -> String {
    let mut out = format!("{} {}", entry.item, entry.qty);
    if !entry.lot.is_none() {
        out.push_str(&format!(" {}", entry.lot));
    }
    if let Some(date) = &entry.expiry {
        out.push_str(&format!(" {date}"));
    }
    if entry.damaged > 0 {
        out.push_str(&format!(" damaged={}", entry.damaged));
    }
    if entry.is_held() {
        out.push_str(" held");
    }
    out
}

/// `CODE field=value …`, fields in alphabetical order, empty ones left out.
fn refused(refusal: &Refusal) -> String {
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

fn units_of(units: &[ReceivedUnits]) -> String {
    let one = |unit: &ReceivedUnits| {
        let serial = if unit.serial.is_none() { String::new() } else { format!(" #{}", unit.serial) };
        format!("{} {}{serial}", unit.qty, unit.status.as_str())
    };
    units.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn unit(id: &HandlingUnitId, new: bool) -> String {
    if id.is_none() { String::new() } else { format!(" in {id}{}", if new { " new" } else { "" }) }
}

fn told(fact: &Fact) -> String {
    match fact {
        Fact::Received {
            line,
            item,
            lot,
            expiry,
            units,
            handling_unit,
            new_unit,
            because,
            photos,
            typed,
            location,
            ..
        } => {
            assert_eq!(location.as_str(), DOCK);
            let mut out = format!("Received {} {item}", if line.is_none() { "-" } else { line.as_str() });
            if !lot.is_none() {
                out.push_str(&format!(" {lot}"));
            }
            if let Some(date) = expiry {
                out.push_str(&format!(" {date}"));
            }
            out.push_str(&format!(" ({}){}", units_of(units), unit(handling_unit, new_unit.is_some())));
            because.iter().for_each(|reason| out.push_str(&format!(" {}", reason.code())));
            photos.iter().for_each(|photo| out.push_str(&format!(" {photo}")));
            out.push_str(if *typed { " typed" } else { "" });
            out
        }
        Fact::Approved { by, decision, subject, item, qty } => {
            assert_eq!(subject, "receipt:R1");
            format!("Approved {by} {} {item} {qty}", decision.code())
        }
        Fact::PhotoTaken { photo, subject, purpose, .. } => format!("PhotoTaken {photo} {subject} {purpose}"),
        Fact::LabelPrinted { label, copy, subject, .. } => format!("LabelPrinted {label} {copy} {subject}"),
        Fact::UnknownReceived { raw, words, qty, photos, .. } => {
            format!("UnknownReceived {raw} {qty} {words:?} {}", photos.len())
        }
        Fact::ReceiptClosed { complete, .. } => format!("ReceiptClosed complete={complete}"),
        other => format!("{other:?}"),
    }
}
