//! The warehouse in memory, with what moving and counting ask the store beside what a scan names.
#![allow(dead_code)]

use crate::world::World;
use floorhand_domain::fact::{Fact, Units, content_moves};
use floorhand_domain::id::{HandlingUnitId, LocationId};
use floorhand_domain::master::*;
use floorhand_domain::scan::{self, Known, Lookup, Promised, Scan, Source};
use floorhand_domain::stock::{Status, Stock};
use floorhand_domain::task::{Line, LineState, Plan, Why};
use floorhand_domain::workflow::{Accepted, Class, Meant};

fn named<'a>(words: &'a [&'a str], key: &str) -> Option<&'a str> {
    words.iter().find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
}

/// A warehouse for moving and counting.
#[derive(Clone, Debug)]
pub struct Floor {
    pub world: World,
    pub promised: Vec<Promised>,
}

impl Floor {
    pub fn new() -> Self {
        Self { world: World::new().set(|settings| settings.zero_check = true), promised: Vec::new() }
    }

    /// A line: `L1 D1 X 10 to=A1 why=same others=A2,A7 hu=H1 lot=L1 serial=N1 status=in-transit round=1 by=OP1`;
    /// `-` = no item.
    pub fn line(mut self, spec: &str) -> Self {
        let words: Vec<&str> = spec.split_whitespace().collect();
        let text = |key: &str| named(&words, key).unwrap_or_default();
        let others = text("others").split(',').filter(|place| !place.is_empty()).map(LocationId::from).collect();
        self.world.lines.push(Line {
            id: words[0].into(),
            task: self.world.task.id.clone(),
            seq: i64::try_from(self.world.lines.len()).unwrap(),
            location: words[1].into(),
            item: if words[2] == "-" { "".into() } else { words[2].into() },
            qty: words[3].parse().unwrap(),
            lot: text("lot").into(),
            serial: text("serial").into(),
            handling_unit: text("hu").into(),
            plan: Plan {
                to: text("to").into(),
                why: if text("why") == "same" { Why::SameItem } else { Why::None },
                others,
                status: named(&words, "status").map_or(Status::Available, |name| Status::parse(name).unwrap()),
                round: named(&words, "round").map_or(0, |n| n.parse().unwrap()),
                counted_by: text("by").into(),
                ..Plan::default()
            },
            ..Line::default()
        });
        self
    }

    /// As in [`World::stock`].
    pub fn stock(mut self, spec: &str) -> Self {
        self.world = self.world.stock(spec);
        let unit = self.world.stock.last().unwrap();
        let (id, place) = (unit.handling_unit.clone(), unit.location.clone());
        self.unit(id.as_str(), |unit| unit.location = place)
    }

    /// Promised to orders: `A1 X 5`.
    pub fn promise(mut self, spec: &str) -> Self {
        let words: Vec<&str> = spec.split_whitespace().collect();
        let (location, item) = (words[0].into(), words[1].into());
        self.promised.push(Promised { location, item, qty: words[2].parse().unwrap() });
        self
    }

    /// Changes a location.
    pub fn place(mut self, id: &str, change: impl Fn(&mut Location)) -> Self {
        self.world.locations.iter_mut().filter(|own| own.id.as_str() == id).for_each(change);
        self
    }

    /// Changes a handling unit.
    pub fn unit(mut self, id: &str, change: impl FnOnce(&mut HandlingUnit)) -> Self {
        if let Some(unit) = self.world.units.iter_mut().find(|unit| unit.id.as_str() == id) {
            change(unit);
        }
        self
    }

    pub fn set(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.world.settings);
        self
    }

    pub fn with(mut self, change: impl FnOnce(&mut World)) -> Self {
        change(&mut self.world);
        self
    }

    /// What a scan means, and what the store knows about it for a step.
    pub fn meant(&self, text: &str, widen: impl FnOnce(&mut Lookup)) -> Result<(Meant, Known), scan::Refusal> {
        let read = scan::read(&Scan { raw: self.world.bytes(text), source: Source::Serial, complete: true })?;
        let mut lookup = Lookup::of(&read);
        widen(&mut lookup);
        let known = self.look_up(&lookup);
        Ok((scan::classify(&read, &known, &scan::Rules::default(), crate::world::TODAY).into(), known))
    }

    /// As the device's store answers.
    pub fn look_up(&self, look: &Lookup) -> Known {
        let mut known = self.world.look_up(look);
        let all = || self.world.stock.iter().filter(|stock| stock.qty > 0);
        let of_item = |item| look.item.is_none() || look.item == item;
        known.stock =
            all().filter(|stock| stock.location == look.here && of_item(stock.item.clone())).cloned().collect();
        let mut inside = look.inside.clone();
        let mut places = Vec::new();
        if look.about {
            inside.extend(known.handling_units.iter().map(|unit| unit.id.clone()));
            places.extend(known.locations.iter().map(|location| location.id.clone()));
            places.extend(known.handling_units.iter().map(|unit| unit.location.clone()));
        }
        let on = self.world.units.iter().filter(|unit| inside.contains(&unit.parent)).map(|unit| unit.id.clone());
        let inside: Vec<HandlingUnitId> = inside.iter().cloned().chain(on).filter(|unit| !unit.is_none()).collect();
        known.there = all().filter(|stock| places.contains(&stock.location)).cloned().collect();
        known.content = all().filter(|stock| inside.contains(&stock.handling_unit)).cloned().collect();
        known.promised = self
            .promised
            .iter()
            .filter(|one| (one.location == look.here && of_item(one.item.clone())) || places.contains(&one.location))
            .cloned()
            .collect();
        let wanted = |item: &Item| known.content.iter().any(|stock| stock.item == item.id);
        let more: Vec<Item> = self.world.items.iter().filter(|item| wanted(item)).cloned().collect();
        for item in more {
            if known.item(&item.id).is_none() {
                known.items.push(item);
            }
        }
        known
    }

    /// What a fact does to the device's copy.
    pub fn apply(&mut self, fact: &Fact) {
        self.world.apply(fact);
        match fact {
            Fact::Moved { line, unit, units, to, into, .. } => {
                if !unit.is_none() {
                    self.carry(unit, to);
                    for row in self.world.units.iter_mut().filter(|row| row.id == *unit) {
                        row.parent = into.clone();
                    }
                }
                for row in self.world.lines.iter_mut().filter(|row| row.id == *line) {
                    row.picked += if unit.is_none() { units.iter().map(|one| one.qty).sum() } else { row.qty };
                    if row.picked >= row.qty {
                        row.state = LineState::Done;
                    }
                }
            }
            Fact::ZeroChecked { line, empty: true, .. } => {
                for row in self.world.lines.iter_mut().filter(|row| row.id == *line && row.state == LineState::Open) {
                    row.state = LineState::Short;
                }
            }
            Fact::CountStarted { .. } | Fact::Counted { .. } => {}
            _ => {}
        }
    }

    /// A handling unit and what stands on it.
    fn carry(&mut self, unit: &HandlingUnitId, to: &LocationId) {
        let content: Vec<Stock> =
            self.world.stock.iter().filter(|stock| stock.handling_unit == *unit).cloned().collect();
        let moves = content_moves(&content, to);
        for one in moves {
            for row in self.world.stock.iter_mut().filter(|row| {
                row.handling_unit == *unit && row.item == one.item && row.lot == one.lot && row.serial == one.serial
            }) {
                row.location = to.clone();
            }
        }
        let mut on: Vec<HandlingUnitId> = Vec::new();
        for row in &mut self.world.units {
            if row.id == *unit {
                row.location = to.clone();
            } else if row.parent == *unit {
                on.push(row.id.clone());
            }
        }
        for child in on {
            self.carry(&child, to);
        }
    }

    /// Units at a location, whatever their state: `A1 X`.
    pub fn units_at(&self, location: &str, item: &str) -> i64 {
        let here = |stock: &&Stock| stock.location.as_str() == location && stock.item.as_str() == item;
        self.world.stock.iter().filter(here).map(|stock| stock.qty).sum()
    }
}

/// `step shelf A1`.
pub fn accepted(accepted: &Accepted) -> String {
    let class = match accepted.class {
        Class::Accepted => "ok",
        Class::StepComplete => "step",
        Class::TaskComplete => "task",
        Class::Attention => "note",
    };
    let code = if accepted.code.is_empty() { String::new() } else { format!(" {}", accepted.code) };
    format!("{class} {}{code}", accepted.what.as_str())
}

/// `CODE field=value …`, fields in alphabetical order, empty ones left out.
pub fn refused(refusal: &floorhand_domain::workflow::refusal::Refusal) -> String {
    use floorhand_domain::workflow::refusal::Refusal;
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

/// `2 L1 #S1 in H1`.
pub fn unit(unit: &Units) -> String {
    let mut out = unit.qty.to_string();
    if !unit.lot.is_none() {
        out.push_str(&format!(" {}", unit.lot));
    }
    if !unit.serial.is_none() {
        out.push_str(&format!(" #{}", unit.serial));
    }
    if !unit.handling_unit.is_none() {
        out.push_str(&format!(" in {}", unit.handling_unit));
    }
    out
}

/// `[V L1]`: the label begun; empty = none.
pub fn begun(label: &scan::Label) -> String {
    let parts = [
        label.item.as_ref().map(ToString::to_string),
        label.lot.as_ref().map(ToString::to_string),
        label.serial.as_ref().map(|s| format!("#{s}")),
        label.expiry.clone(),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { String::new() } else { format!(" [{}]", parts.join(" ")) }
}
