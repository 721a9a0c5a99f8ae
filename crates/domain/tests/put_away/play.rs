//! Plays events into a put-away and writes down what comes back, a line each.

use crate::floor::{Floor, accepted, begun, refused, unit};
use crate::world::TODAY;
use floorhand_domain::fact::Fact;
use floorhand_domain::reason::Reason;
use floorhand_domain::scan::Known;
use floorhand_domain::task::{LineState, TaskState};
use floorhand_domain::workflow::put_away::{Event, Hand, Load, PutAway, Saved, Stage};
use floorhand_domain::workflow::{Next, Site};

/// A put-away under way and the warehouse around it.
#[derive(Clone)]
pub struct Play {
    pub floor: Floor,
    /// `None` = it has ended.
    pub flow: Option<PutAway>,
    pub facts: Vec<Fact>,
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

impl Play {
    /// The task, or "move this" where the warehouse has no lines.
    pub fn new(floor: Floor) -> Self {
        let lines = floor.world.lines();
        let (flow, facts) = if lines.is_empty() {
            let (flow, opened) = PutAway::ad_hoc("K1".into());
            (Some(flow), vec![opened])
        } else {
            (PutAway::start(floor.world.task.clone(), lines), Vec::new())
        };
        Self { floor, flow, facts, refusals: Vec::new() }
    }

    /// A scan, or with a slash: `/type 3`, `/other`, `/back`, `/empty yes`, `/approve OP2`, `/release`,
    /// `/cut` (power), `/cancel L1`, `/qty L1 5`, `/withdraw`.
    pub fn event(&mut self, text: &str) -> String {
        let Some(command) = text.strip_prefix('/') else { return self.scan(text) };
        let words: Vec<&str> = command.split_whitespace().collect();
        let first = words.get(1).copied().unwrap_or_default().to_owned();
        let event = match words[0] {
            "type" => Event::Typed(first.parse().unwrap()),
            "other" => Event::Other,
            "back" => Event::Back,
            "empty" => Event::Empty(first == "yes"),
            "approve" => Event::Approved { by: first.into() },
            "release" => Event::Release,
            "cut" => {
                self.cut();
                return format!("cut @ {}", self.stage());
            }
            "cancel" => self.changed(|floor| {
                for line in floor.world.lines.iter_mut().filter(|l| l.id.as_str() == first) {
                    line.state = LineState::Cancelled;
                }
            }),
            "qty" => {
                let qty = words[2].parse().unwrap();
                self.changed(|floor| {
                    for line in floor.world.lines.iter_mut().filter(|l| l.id.as_str() == first) {
                        line.qty = qty;
                    }
                })
            }
            "withdraw" => self.changed(|floor| floor.world.task.state = TaskState::Cancelled),
            other => panic!("no such command: {other}"),
        };
        self.step(event, &Known::default())
    }

    fn changed(&mut self, change: impl FnOnce(&mut Floor)) -> Event {
        change(&mut self.floor);
        Event::Changed(self.floor.world.task.clone(), self.floor.world.lines())
    }

    /// The battery is pulled: what was saved comes back from JSON over the lines as they are shown.
    pub fn cut(&mut self) {
        let Some(flow) = self.flow.take() else { return };
        let json = serde_json::to_string(&flow.saved()).unwrap();
        let saved: Saved = serde_json::from_str(&json).unwrap();
        assert_eq!(saved, flow.saved());
        self.flow = PutAway::resume(saved, flow.task.clone(), self.floor.world.lines());
    }

    fn scan(&mut self, text: &str) -> String {
        let flow = self.flow.clone().expect("it has ended");
        match self.floor.meant(text, |lookup| flow.widen(lookup)) {
            Ok((meant, known)) => self.step(Event::Scan(meant), &known),
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
            self.floor.apply(fact);
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

    pub fn stage(&self) -> String {
        let Some(flow) = &self.flow else { return "end".to_owned() };
        let name = |line: &floorhand_domain::id::LineId| match line.is_none() {
            true => String::new(),
            false => format!(" {line}"),
        };
        let to = flow.suggested().map(|(place, _)| format!(" to {place}")).unwrap_or_default();
        match &flow.stage {
            Stage::Source { line, at, hand } => {
                let at = if at.is_none() { String::new() } else { format!(" {at}") };
                format!("source{}{at}{}", name(line), held(hand))
            }
            Stage::Destination { line, load: Load::Whole { unit, from, .. } } => {
                format!("put{} {} from {from}{to}", name(line), unit.id)
            }
            Stage::Destination { line, load: Load::Part { from, hand } } => {
                format!("put{}{} from {from}{to}", name(line), held(hand))
            }
            Stage::EmptyNow { line, location, item } => format!("empty{} {location} {item}", name(line)),
        }
    }
}

/// ` 2 X from=H1 [V L1]`: units in the hand, the handling unit it is narrowed to, the label begun.
fn held(hand: &Hand) -> String {
    let mut out = String::new();
    if !hand.units.is_empty() {
        out.push_str(&format!(" {} {}", hand.qty(), hand.item));
    }
    if let Some(from) = &hand.from {
        out.push_str(&format!(" from={from}"));
    }
    out + &begun(&hand.label)
}

fn told(fact: &Fact) -> String {
    match fact {
        Fact::Moved { line, unit: whole, item, units, status, from, to, into, because, typed, .. } => {
            let what = if whole.is_none() {
                format!("{item} ({})", units.iter().map(unit).collect::<Vec<_>>().join(", "))
            } else {
                whole.0.clone()
            };
            let mut out = format!("Moved {line} {what} {from} > {to}").replace("  ", " ");
            if !into.is_none() {
                out.push_str(&format!(" into {into}"));
            }
            if *status != floorhand_domain::stock::Status::Available {
                out.push_str(&format!(" {}", status.as_str()));
            }
            for reason in because {
                out.push_str(&format!(" {}", reason.code()));
            }
            out + if *typed { " typed" } else { "" }
        }
        Fact::ZeroChecked { line, location, item, empty, .. } => {
            format!("ZeroChecked {line} {location} {item} {empty}").replace("  ", " ")
        }
        Fact::Approved { by, decision, subject, item, qty } => {
            format!("Approved {by} {} {subject} {item} {qty}", decision.code())
        }
        Fact::TaskReleased { task } => format!("TaskReleased {task}"),
        other => format!("{other:?}"),
    }
}
