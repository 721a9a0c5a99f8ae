//! Plays events into a pick and writes down what comes back, a line each.

use crate::world::{TODAY, World};
use floorhand_domain::fact::{Fact, ShortReason, Units};
use floorhand_domain::id::LineId;
use floorhand_domain::reason::Reason;
use floorhand_domain::scan::{self, Known, Label};
use floorhand_domain::task::{LineState, TaskState};
use floorhand_domain::workflow::pick::{Event, Hand, News, Novelty, Pick, Refusal, Saved, Stage};
use floorhand_domain::workflow::{Class, Next, Site};
use std::collections::BTreeSet;

/// A pick under way and the warehouse around it.
pub struct Play {
    pub world: World,
    /// `None` = it has ended.
    pub pick: Option<Pick>,
    pub facts: Vec<Fact>,
    pub refusals: Vec<Reason>,
    /// The steps that were met.
    pub steps: BTreeSet<&'static str>,
}

/// Plays the events and compares every outcome, written as `answer @ step [+ fact …]`.
pub fn check(world: &World, rows: &[(&str, &str)]) {
    let mut play = Play::new(world.clone());
    let mut wrong = Vec::new();
    for (n, (event, expected)) in rows.iter().enumerate() {
        let told = if play.pick.is_some() { play.event(event) } else { "over".to_owned() };
        if told != *expected {
            wrong.push(format!("row {n}: {event}\n  is:     {told}\n  should: {expected}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The reasons that a table sees.
pub fn reasons(world: &World, rows: &[(&str, &str)]) -> Vec<Reason> {
    let mut play = Play::new(world.clone());
    for (event, _) in rows {
        play.event(event);
    }
    play.refusals
}

impl Play {
    pub fn new(world: World) -> Self {
        let kind = drop_off_kind(&world);
        let pick = Pick::start(world.task.clone(), world.lines(), kind);
        Self { world, pick: Some(pick), facts: Vec::new(), refusals: Vec::new(), steps: BTreeSet::new() }
    }

    /// A scan, or with a slash: `/type 3`, `/skip`, `/short`, `/reason damaged`, `/damaged 2`, `/found`,
    /// `/release`, `/cut` (power), `/cancel L1`, `/qty L1 5`, `/withdraw`.
    pub fn event(&mut self, text: &str) -> String {
        let Some(command) = text.strip_prefix('/') else { return self.scan(text) };
        let mut words = command.split_whitespace();
        let name = words.next().unwrap();
        let first = words.next().unwrap_or_default().to_owned();
        let number = |text: &str| text.parse::<i64>().unwrap();
        let event = match name {
            "type" => Event::Typed(number(&first)),
            "skip" => Event::Skip,
            "short" => Event::Short,
            "reason" => Event::Reason(match first.as_str() {
                "none" => ShortReason::NoneFound,
                "damaged" => ShortReason::Damaged,
                "wrong" => ShortReason::WrongStock,
                _ => ShortReason::Unreachable,
            }),
            "damaged" => Event::Damaged(number(&first)),
            "found" => Event::Found,
            "release" => Event::Release,
            "cut" => {
                self.cut();
                return format!("cut @ {}", self.stage());
            }
            "cancel" => self.changed(|world| {
                for line in world.lines.iter_mut().filter(|l| l.id.as_str() == first) {
                    line.state = LineState::Cancelled;
                }
            }),
            "hold" => self.changed(|world| {
                for line in world.lines.iter_mut().filter(|l| l.order.as_str() == first) {
                    line.state = LineState::Cancelled;
                }
                world.task.held.push(first.as_str().into());
            }),
            "qty" => {
                let qty = number(words.next().unwrap());
                self.changed(|world| {
                    for line in world.lines.iter_mut().filter(|l| l.id.as_str() == first) {
                        line.qty = qty;
                    }
                })
            }
            "weigh" => Event::Weighed(number(&first)),
            "full" => Event::ToteFull,
            "empty" => Event::Empty(first == "yes"),
            "urgent" => Event::Urgent(first.as_str().into()),
            "more" => {
                let line = format!("{first} {}", words.collect::<Vec<_>>().join(" "));
                self.changed(|world| *world = world.clone().line(&line))
            }
            "undo" => {
                let line: LineId = first.as_str().into();
                let of_line = |fact: &&Fact| matches!(fact, Fact::Picked { line: own, .. } if *own == line);
                let fact = self.facts.iter().rev().find(of_line).expect("nothing was picked").clone();
                Event::Undo { epoch: 1, seq: 7, fact }
            }
            "withdraw" => self.changed(|world| world.task.state = TaskState::Cancelled),
            other => panic!("no such command: {other}"),
        };
        self.step(event, &Known::default())
    }

    fn changed(&mut self, change: impl FnOnce(&mut World)) -> Event {
        change(&mut self.world);
        Event::Changed(self.world.task.clone(), self.world.lines())
    }

    /// The battery is pulled: what was saved comes back from JSON over the lines as they are shown.
    pub fn cut(&mut self) {
        let Some(pick) = self.pick.take() else { return };
        let json = serde_json::to_string(&pick.saved()).unwrap();
        let saved: Saved = serde_json::from_str(&json).unwrap();
        self.pick = Some(Pick::resume(saved, self.world.task.clone(), self.world.lines(), drop_off_kind(&self.world)));
    }

    fn scan(&mut self, text: &str) -> String {
        let pick = self.pick.clone().expect("the pick has ended");
        match self.world.meant_by(text, |lookup| pick.widen(lookup)) {
            Ok((meant, known)) => self.step(Event::Scan(meant), &known),
            // As the app does: what cannot be read never reaches the workflow.
            Err(refusal) => {
                self.refusals.push(refusal.reason());
                format!("{} @ {}", refusal.reason().code(), self.stage())
            }
        }
    }

    /// One event, with what the store found for it: nothing for a button, as in the app.
    pub fn step(&mut self, event: Event, known: &Known) -> String {
        let pick = self.pick.take().expect("the pick has ended");
        let today = TODAY.to_owned();
        let settings = self.world.settings.clone();
        let site = Site { known, settings: &settings, today: &today };
        let undone = match &event {
            Event::Undo { fact, .. } => Some(fact.clone()),
            _ => None,
        };
        let step = pick.update(event, &site);
        for fact in &step.facts {
            match (fact, &undone) {
                (Fact::Undone { .. }, Some(undone)) => self.world.undo(undone),
                (fact, _) => self.world.apply(fact),
            }
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
            Next::Continue(pick) => {
                let news = match pick.due_news() {
                    Some(News { what: Novelty::Urgent, code, .. }) => format!(" urgent {code}"),
                    Some(News { what: Novelty::Cancelled, code, .. }) => format!(" cancelled {code}"),
                    Some(News { what: Novelty::Held, code, .. }) => format!(" held {code}"),
                    None => String::new(),
                };
                self.steps.insert(pick.step_name());
                self.pick = Some(pick);
                self.stage() + &news
            }
            Next::Finish(exit) => format!("{exit:?}"),
        };
        let facts: String = step.facts.iter().map(|fact| format!(" + {}", told(fact))).collect();
        self.facts.extend(step.facts);
        format!("{answer} @ {end}{facts}")
    }

    pub fn stage(&self) -> String {
        let Some(pick) = &self.pick else { return "end".to_owned() };
        match &pick.stage {
            Stage::Totes { slot } => format!("totes {slot}"),
            Stage::Location { line } => format!("location {line}"),
            Stage::Item { line, hand } => format!("item {line} {}", held(hand)),
            Stage::Tote { line, hand, short } => {
                let short = short.map(|s| format!(" short {:?}", s.reason)).unwrap_or_default();
                format!("tote {line} {}{short}", held(hand))
            }
            Stage::Short { line, hand, short } => {
                let short = short.map(|s| format!(" {:?} {}", s.reason, s.damaged)).unwrap_or_default();
                format!("short {line} {}{short}", held(hand))
            }
            Stage::DropOff { asked } => {
                format!("drop-off{}", asked.as_ref().map(|place| format!(" {place}?")).unwrap_or_default())
            }
            Stage::NextTote { line, hand, short } => {
                let short = short.map(|s| format!(" short {:?}", s.reason)).unwrap_or_default();
                format!("next-tote {line} {}{short}", held(hand))
            }
            Stage::Empty { line } => format!("empty {line}"),
            Stage::Sort { line, hand } if line.is_none() => format!("sort {}", held(hand)),
            Stage::Sort { line, hand } => {
                let slot = pick.line().map_or(0, |line| line.slot);
                format!("sort {line} slot {slot} {}", held(hand))
            }
            Stage::DropOne { tote, asked } => {
                let tote = if tote.is_none() { String::new() } else { format!(" {tote}") };
                format!("drop-one{tote}{}", asked.as_ref().map(|place| format!(" {place}?")).unwrap_or_default())
            }
        }
    }
}

fn drop_off_kind(world: &World) -> floorhand_domain::master::LocationKind {
    world.locations.iter().find(|l| l.id == world.task.drop_off).map(|l| l.kind).unwrap()
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

/// `2 from=H1 [V L1]`: units in the hand, the handling unit it is narrowed to, the label begun.
fn held(hand: &Hand) -> String {
    let mut out = hand.qty().to_string();
    if hand.to_weigh.is_some() {
        out.push_str(&format!(" weigh {}", hand.unweighed()));
    }
    if let Some(swap) = &hand.swap {
        out.push_str(&format!(" swap={}", [swap.lot.as_str(), swap.handling_unit.as_str()].join("/")));
    }
    if hand.asked.is_some() {
        out.push('?');
    }
    if let Some(from) = &hand.from {
        out.push_str(&format!(" from={from}"));
    }
    if hand.label != Label::default() {
        let label = &hand.label;
        let parts = [
            label.item.as_ref().map(ToString::to_string),
            label.lot.as_ref().map(ToString::to_string),
            label.serial.as_ref().map(|s| format!("#{s}")),
            label.expiry.clone(),
        ];
        out.push_str(&format!(" [{}]", parts.into_iter().flatten().collect::<Vec<_>>().join(" ")));
    }
    out
}

/// `2 L1 #S1 in H1`.
fn unit(unit: &Units) -> String {
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
    if unit.grams > 0 {
        out.push_str(&format!(" {} g", unit.grams));
    }
    out
}

fn all(units: &[Units]) -> String {
    units.iter().map(unit).collect::<Vec<_>>().join(", ")
}

fn told(fact: &Fact) -> String {
    match fact {
        Fact::ToteAssigned { slot, order, tote, .. } => format!("ToteAssigned {slot} {order} {tote}"),
        Fact::Picked { line, item, tote, units, typed, .. } => {
            format!("Picked {line} {item} ({}) {tote}{}", all(units), if *typed { " typed" } else { "" })
        }
        Fact::PickedShort { line, qty, reason, damaged, .. } => {
            format!("PickedShort {line} {qty} {reason:?} {damaged}")
        }
        Fact::DroppedOff { location, totes, .. } => {
            format!("DroppedOff {location} {}", totes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
        }
        Fact::TaskReleased { task } => format!("TaskReleased {task}"),
        Fact::ToteClosed { slot, tote, .. } => format!("ToteClosed {slot} {tote}"),
        Fact::ToteTaken { tote, location, .. } => format!("ToteTaken {tote} {location}"),
        Fact::Substituted { line, asked, taken, .. } => {
            format!("Substituted {line} ({}) ({})", unit(asked), unit(taken))
        }
        Fact::CountAsked { location, item, lot, .. } => format!("CountAsked {location} {item} {lot}"),
        Fact::ZeroChecked { location, item, empty, .. } => format!("ZeroChecked {location} {item} {empty}"),
        Fact::Sorted { line, item, from, tote, units, .. } => {
            format!("Sorted {line} {item} ({}) {from} {tote}", all(units))
        }
        Fact::Moved { unit, from, to, because, .. } => format!("Moved {unit} {from} {to} {because:?}"),
        Fact::Undone { epoch, seq } => format!("Undone {epoch}/{seq}"),
        other => format!("{other:?}"),
    }
}
