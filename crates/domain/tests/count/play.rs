//! Plays events into a count and writes down what comes back, a line each.

use crate::floor::{Floor, accepted, begun, refused};
use crate::world::TODAY;
use floorhand_domain::fact::Fact;
use floorhand_domain::id::{CountId, LineId, OperatorId};
use floorhand_domain::reason::Reason;
use floorhand_domain::scan::Known;
use floorhand_domain::task::{LineState, TaskState};
use floorhand_domain::workflow::count::{Count, Event, Saved, Stage};
use floorhand_domain::workflow::{Next, Site};

/// A count under way and the warehouse around it.
#[derive(Clone)]
pub struct Play {
    pub floor: Floor,
    /// `None` = it has ended.
    pub flow: Option<Count>,
    pub facts: Vec<Fact>,
    /// Indexes of facts that were undone.
    pub undone: Vec<usize>,
    pub refusals: Vec<Reason>,
}

/// Plays the events and compares every outcome, written as `answer @ step [+ fact …]`.
pub fn check(floor: &Floor, rows: &[(&str, &str)]) -> Play {
    let mut play = Play::new(floor.clone());
    let got: Vec<(&str, String)> = rows.iter().map(|(event, _)| (*event, play.event(event))).collect();
    let expected: Vec<(&str, String)> = rows.iter().map(|(event, told)| (*event, (*told).to_owned())).collect();
    assert_eq!(got, expected);
    play
}

/// Who counts in every test.
pub fn operator() -> OperatorId {
    "OP1".into()
}

impl Play {
    /// The task, or "count here" at any location where the warehouse has no lines.
    pub fn new(floor: Floor) -> Self {
        let (lines, settings) = (floor.world.lines(), &floor.world.settings);
        let (flow, facts) = if lines.is_empty() {
            let (flow, opened) = Count::ad_hoc("K1".into(), "".into(), operator(), settings);
            (Some(flow), vec![opened])
        } else {
            (Count::start(floor.world.task.clone(), lines, operator(), settings), Vec::new())
        };
        Self { floor, flow, facts, undone: Vec::new(), refusals: Vec::new() }
    }

    /// A scan, or with a slash: `/type 3`, `/nothing`, `/back`, `/undo`, `/release`, `/cut` (power),
    /// `/cancel L1`, `/withdraw`.
    pub fn event(&mut self, text: &str) -> String {
        let Some(command) = text.strip_prefix('/') else { return self.scan(text) };
        let words: Vec<&str> = command.split_whitespace().collect();
        let first = words.get(1).copied().unwrap_or_default().to_owned();
        let event = match words[0] {
            "type" => Event::Typed(first.parse().unwrap()),
            "nothing" => Event::Nothing,
            "back" => Event::Back,
            "undo" => {
                let Some(found) = self.held().last().copied() else { return "nothing to undo".to_owned() };
                let event = Event::Undo { epoch: 1, seq: found as u64, fact: self.facts[found].clone() };
                let told = self.step(event, &Known::default());
                if told.contains("Undone") {
                    self.undone.push(found);
                }
                return told;
            }
            "release" => Event::Release,
            "cut" => {
                self.cut();
                return format!("cut @ {}", self.stage());
            }
            "cancel" => {
                for line in self.floor.world.lines.iter_mut().filter(|l| l.id.as_str() == first) {
                    line.state = LineState::Cancelled;
                }
                Event::Changed(self.floor.world.task.clone(), self.floor.world.lines())
            }
            "withdraw" => {
                self.floor.world.task.state = TaskState::Cancelled;
                Event::Changed(self.floor.world.task.clone(), self.floor.world.lines())
            }
            other => panic!("no such command: {other}"),
        };
        self.step(event, &Known::default())
    }

    /// The `Counted` of the present count that hold.
    pub fn held(&self) -> Vec<usize> {
        let id = self.flow.as_ref().and_then(Count::count_id).cloned().unwrap_or_default();
        let ours = |fact: &Fact| matches!(fact, Fact::Counted { count, .. } if *count == id);
        (0..self.facts.len()).filter(|n| ours(&self.facts[*n]) && !self.undone.contains(n)).collect()
    }

    /// The battery is pulled: what was saved comes back from JSON, what was counted from the facts.
    pub fn cut(&mut self) {
        let Some(flow) = self.flow.take() else { return };
        let json = serde_json::to_string(&flow.saved()).unwrap();
        let saved: Saved = serde_json::from_str(&json).unwrap();
        assert_eq!(saved, flow.saved());
        let held = (0..self.facts.len()).filter(|n| !self.undone.contains(n)).map(|n| &self.facts[n]);
        let (lines, settings) = (self.floor.world.lines(), &self.floor.world.settings);
        self.flow = Count::resume(saved, flow.task.clone(), lines, operator(), settings, held);
    }

    fn scan(&mut self, text: &str) -> String {
        let flow = self.flow.clone().expect("it has ended");
        // A new identifier with every scan; one in a hundred is used.
        let started = self.facts.iter().filter(|fact| matches!(fact, Fact::CountStarted { .. })).count();
        let count = CountId(format!("C{}", started + 1));
        match self.floor.meant(text, |lookup| flow.widen(lookup)) {
            Ok((meant, known)) => self.step(Event::Scan { meant, count }, &known),
            Err(refusal) => {
                self.refusals.push(refusal.reason());
                format!("{} @ {}", refusal.reason().code(), self.stage())
            }
        }
    }

    pub fn step(&mut self, event: Event, known: &Known) -> String {
        let flow = self.flow.take().expect("it has ended");
        let today = TODAY.to_owned();
        let settings = self.floor.world.settings.clone();
        let step = flow.update(event, &Site { known, settings: &settings, today: &today });
        for fact in &step.facts {
            self.close_line(fact);
        }
        let answer = match &step.answer {
            Ok(ok) => accepted(ok),
            Err(refusal) => {
                self.refusals.push(refusal.reason());
                refused(refusal)
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

    /// As the device's store does: a submission closes the line that its count began with.
    fn close_line(&mut self, fact: &Fact) {
        let Fact::CountSubmitted { count, .. } = fact else { return };
        let began = |fact: &Fact| match fact {
            Fact::CountStarted { count: id, line, .. } if id == count => Some(line.clone()),
            _ => None,
        };
        let line = self.facts.iter().find_map(began).unwrap_or_default();
        for row in self.floor.world.lines.iter_mut().filter(|row| row.id == line) {
            row.state = LineState::Done;
        }
    }

    pub fn stage(&self) -> String {
        let Some(flow) = &self.flow else { return "end".to_owned() };
        let name = |line: &LineId| if line.is_none() { String::new() } else { format!(" {line}") };
        match &flow.stage {
            Stage::Location { line, needed } => format!("location{} {needed}", name(line)),
            Stage::Contents { line, location, sheet, .. } => {
                let sum: i64 = flow.totals.values().sum();
                let from = sheet.from.as_ref().map(|from| format!(" from={from}")).unwrap_or_default();
                format!("contents{} {location} {sum}{from}{}", name(line), begun(&sheet.label))
            }
            Stage::Nothing { line, location, .. } => format!("nothing{} {location}", name(line)),
        }
    }
}

fn told(fact: &Fact) -> String {
    match fact {
        Fact::CountStarted { count, line, location, item, .. } => {
            format!("CountStarted {count} {line} {location} {item}").trim_end().replace("  ", " ")
        }
        Fact::Counted { item, lot, serial, handling_unit, qty, typed, unexpected, .. } => {
            let mut out = format!("Counted {item} {qty}");
            if !lot.is_none() {
                out.push_str(&format!(" {lot}"));
            }
            if !serial.is_none() {
                out.push_str(&format!(" #{serial}"));
            }
            if !handling_unit.is_none() {
                out.push_str(&format!(" in {handling_unit}"));
            }
            out.push_str(if *typed { " typed" } else { "" });
            out + if *unexpected { " unexpected" } else { "" }
        }
        Fact::CountSubmitted { count, nothing, .. } => {
            format!("CountSubmitted {count}{}", if *nothing { " nothing" } else { "" })
        }
        Fact::Undone { seq, .. } => format!("Undone {seq}"),
        Fact::TaskReleased { task } => format!("TaskReleased {task}"),
        other => format!("{other:?}"),
    }
}
