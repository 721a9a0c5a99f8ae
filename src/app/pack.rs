//! Packing and loading inside the app: what a scan at the bench opens, and what the machines answer becomes a turn.

use super::goods::Press;
use super::{Answer, App, Doing, Effect, Flow, Found, Now, OpenPage, Refusal, Signal, Turn, Under};
use floorhand_domain::fact::Fact;
use floorhand_domain::id::{HandlingUnitId, LocationId, OrderId, TaskId};
use floorhand_domain::master::Role;
use floorhand_domain::outbound::{CartonType, PackOrder, PackState};
use floorhand_domain::reason::Reason;
use floorhand_domain::scan::{self, Known};
use floorhand_domain::workflow::load::{self, Load};
use floorhand_domain::workflow::pack::{self, Fresh, Pack, Stage};
use floorhand_domain::workflow::{Accepted, Class, Meant, Next, Site, What, refusal};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Orders of the queue that are kept.
pub const QUEUE_ROWS: usize = 8;
/// Signs of the number of a new carton behind its prefix.
const CARTON_SIGNS: usize = 12;

/// A bench without an order: what a scan opens.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct BenchFlow {
    /// A scan fits several orders: these, and one is to be chosen. Empty = none was scanned.
    #[serde(default)]
    pub choices: Vec<PackOrder>,
    /// The page of them that is shown, from 0.
    #[serde(default)]
    pub page: u32,
}

/// An order at the bench.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PackFlow {
    /// The machine.
    pub at: Pack,
    /// The types of cartons there are.
    #[serde(with = "floorhand_domain::shared")]
    pub types: Arc<[CartonType]>,
}

/// What is around the bench: what waits, and what the scale says.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AtBench {
    /// The next orders, the earliest cut-off first.
    #[serde(with = "floorhand_domain::shared")]
    pub queue: Arc<[PackOrder]>,
    /// Cartons that need another label before they leave.
    #[serde(with = "floorhand_domain::shared")]
    pub relabel: Arc<[HandlingUnitId]>,
    /// All orders and cartons that wait.
    pub waiting: u32,
    /// Orders packed here today.
    pub today: u32,
    /// What the scale says, in grams. `None` = no scale, or it does not say.
    pub grams: Option<i64>,
    /// Whether that weight counts: the scale stands still.
    pub steady: bool,
}

/// What became of the label of a carton.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelTold {
    /// Which.
    pub label: String,
    /// Whether the printer said that it is printed.
    pub done: bool,
    /// Whether our own was sent, and not the carrier's. `None` = nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub internal: Option<bool>,
}

impl AtBench {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// An order as it is opened.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct OrderData {
    /// What the store has of it.
    pub fresh: Fresh,
    /// The bench of this station.
    pub bench: LocationId,
}

impl App {
    /// The orders that a scan opens here, so that one can be read before the turn.
    #[must_use]
    pub fn orders_named(&self, meant: &Meant, now: &Now, known: &Known) -> Vec<OrderId> {
        let site = Site { known, settings: &self.settings, today: &now.today };
        pack::open(meant, &site).unwrap_or_default()
    }

    /// A scan at a bench without an order.
    pub(super) fn bench_scan(mut self, meant: &Meant, now: &Now, found: &Found) -> (Turn, Result<Accepted, Refusal>) {
        let site = Site { known: &found.known, settings: &self.settings, today: &now.today };
        let opened = match self.may(Role::Pack) {
            true => pack::open(meant, &site),
            false => Err(refusal::Refusal::NotAllowed),
        };
        match (opened, &found.order) {
            (Ok(orders), Some(data)) if matches!(orders.as_slice(), [_]) => {
                let data = (**data).clone();
                let (mut turn, answer) = self.open_order(data, None);
                if let Flow::Pack(flow) = &mut turn.app.flow {
                    for unit in meant.handling_units() {
                        flow.at = flow.at.clone().opened_by(&unit.id);
                    }
                }
                (turn, answer)
            }
            (Ok(orders), _) => {
                let named = orders.iter().filter_map(|id| found.known.orders.iter().find(|row| row.id == *id));
                self.flow = Flow::Bench(BenchFlow { choices: named.cloned().collect(), page: 0 });
                self.answer = Answer::None;
                let mut turn = self.turn();
                turn.effects.push(Effect::Signal(Signal::Accepted));
                (turn, Ok(Accepted::new(Class::Attention, What::Page, meant.text.clone())))
            }
            (Err(refusal), _) => {
                let (turn, result, _) = self.refused(Refusal::Goods(refusal), meant.text.clone(), found);
                (turn, result)
            }
        }
    }

    /// Begins to pack an order, or goes on with it where it was left here. `taken`: the fact that claims its task,
    /// where somebody else had it.
    pub(super) fn open_order(mut self, data: OrderData, taken: Option<Fact>) -> (Turn, Result<Accepted, Refusal>) {
        let OrderData { fresh, bench } = data;
        let accepted = Accepted::new(Class::StepComplete, What::Task, fresh.order.id.0.clone());
        let types: Arc<[CartonType]> = fresh.carton_types.clone().into();
        let (at, claim) = match self.take_packing(&fresh.order.id) {
            Some(saved) => {
                let task = fresh.order.task.clone();
                let claims = !task.is_none() && fresh.order.state != PackState::Packed;
                (Pack::resume(saved, fresh), claims.then_some(Fact::TaskClaimed { task }))
            }
            None => Pack::start(fresh, bench),
        };
        self.page = None;
        self.asked = None;
        self.typed.clear();
        self.keypad = false;
        self.work_page = 0;
        self.accepted(accepted.clone(), String::new());
        self.flow = Flow::Pack(Box::new(PackFlow { at, types }));
        let mut turn = self.turn();
        turn.facts.extend(taken.or(claim));
        turn.effects.push(Effect::Signal(Signal::StepComplete));
        (turn, Ok(accepted))
    }

    /// An order that was left at this station, taken out of what is kept.
    fn take_packing(&mut self, id: &OrderId) -> Option<pack::Saved> {
        let of = |doing: &Doing| matches!(doing, Doing::Pack(saved) if saved.order == *id);
        let at = self.kept.iter().position(|kept| of(&kept.doing))?;
        match self.kept.remove(at).doing {
            Doing::Pack(saved) => Some(saved),
            _ => None,
        }
    }

    /// The order that was under way when the app ended.
    #[must_use]
    pub fn resume_packing(mut self, saved: pack::Saved, data: OrderData) -> Self {
        if self.session.is_some() {
            let types = data.fresh.carton_types.clone().into();
            self.flow = Flow::Pack(Box::new(PackFlow { at: Pack::resume(saved, data.fresh), types }));
        }
        self
    }

    /// A number that no carton has, for the one that a scan may open.
    pub(super) fn fresh_carton(now: &Now) -> HandlingUnitId {
        let id: String = now.id.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
        let from = id.len().saturating_sub(CARTON_SIGNS);
        HandlingUnitId(format!("C-{}", id.get(from..).unwrap_or_default()))
    }

    /// An event for the order at the bench.
    pub(super) fn pack_event(
        mut self,
        flow: PackFlow,
        event: pack::Event,
        text: String,
        now: &Now,
        found: &Found,
    ) -> (Turn, Result<Accepted, Refusal>) {
        let PackFlow { at, types } = flow;
        let site = Site { known: &found.known, settings: &self.settings, today: &now.today };
        let step = at.update(event, &site);
        let mut effects = Vec::new();
        match step.next {
            Next::Continue(at) => self.flow = Flow::Pack(Box::new(PackFlow { at, types })),
            Next::Finish(_) => self.go_home(&mut effects),
        }
        self.concluded(step.facts, step.answer, effects, text, found)
    }

    /// The core changed the order at the bench, or another bench did.
    pub(super) fn order_changed(mut self, data: OrderData, now: &Now, found: &Found) -> Turn {
        let Flow::Pack(flow) = &mut self.flow else { return self.turn() };
        if flow.at.order.id != data.fresh.order.id {
            return self.turn();
        }
        flow.types = data.fresh.carton_types.clone().into();
        let (state, step) = (flow.at.order.state, flow.at.step_name());
        let after = data.fresh.order.state;
        let (answer, answers) = (self.answer.clone(), self.answers);
        let (typed, keypad) = (self.typed.clone(), self.keypad);
        let changed = Press::Pack(pack::Event::Changed(Box::new(data.fresh)));
        let (mut turn, _) = self.goods_event(changed, String::new(), now, found);
        let here = matches!(turn.app.flow, Flow::Pack(_));
        turn.app.answers = answers;
        turn.app.answer = match after {
            PackState::Held if state != after => Answer::Notice("order-held"),
            PackState::Cancelled if state != after || !here => Answer::Notice("order-cancelled"),
            _ if !here => Answer::Notice("task-reassigned"),
            _ => answer,
        };
        if here && state == after {
            turn.effects.retain(|effect| !matches!(effect, Effect::Signal(_)));
            if turn.app.step_name() == step {
                (turn.app.typed, turn.app.keypad) = (typed, keypad);
            }
        }
        turn
    }

    /// What waits at the bench.
    pub(super) fn bench_told(mut self, waits: AtBench) -> Turn {
        let (grams, steady) = (self.bench.grams, self.bench.steady);
        self.bench = AtBench { grams, steady, ..waits };
        self.turn()
    }

    /// What the scale says is wanted now, and whether it counts: it closes the carton, or weighs pieces that are
    /// picked.
    #[must_use]
    pub fn wants_scale(&self) -> Option<bool> {
        let free = self.lock.is_none() && !matches!(self.page, Some(OpenPage::Approve { .. }));
        let flow = match &self.flow {
            Flow::Pack(flow) => flow,
            Flow::Pick(flow) => return flow.pick.hand().and_then(|hand| hand.to_weigh.as_ref()).map(|_| free),
            Flow::Returns(_) => return self.return_wants_scale().then_some(false),
            _ => return None,
        };
        match flow.at.stage {
            Stage::Weigh { .. } => Some(free),
            Stage::Verify { .. } | Stage::TakeOut { .. } | Stage::Photo { .. } => Some(false),
            Stage::Carton | Stage::Label { .. } | Stage::Finish => None,
        }
    }

    /// The scale said something. A weight that counts closes the carton that waits for it; one that was refused is
    /// not refused again as long as it stays the same.
    pub(super) fn scale_said(mut self, grams: Option<i64>, steady: bool, now: &Now, found: &Found) -> Turn {
        if matches!(self.flow, Flow::Returns(_)) {
            return self.return_scale(grams, steady, now, found);
        }
        (self.bench.grams, self.bench.steady) = (grams, steady);
        let Some(grams) = grams.filter(|grams| steady && *grams > 0) else { return self.turn() };
        let waits = self.wants_scale() == Some(true);
        let told = self.weight_refused().is_some();
        match &self.flow {
            Flow::Pack(flow) if waits && !(told && flow.at.asked().is_some_and(|asked| asked.grams == grams)) => {
                self.pressed(Press::Pack(pack::Event::Weighed(grams)), now, found)
            }
            Flow::Pick(_) if waits => self.weighed(grams, now, found),
            _ => self.turn(),
        }
    }

    /// The label of a carton that is to be printed now: which, and its how-manieth print.
    #[must_use]
    pub fn to_print(&self) -> Option<pack::Print<'_>> {
        match &self.flow {
            Flow::Pack(flow) => flow.at.to_print(),
            _ => None,
        }
    }

    /// The label of a carton was printed, or was not. An answer that nobody waits for any more changes nothing.
    pub(super) fn carton_label(self, told: LabelTold, now: &Now, found: &Found) -> Turn {
        let LabelTold { label, done, internal } = told;
        let label = HandlingUnitId(label);
        let (answer, before) = (self.answer.clone(), self.clone());
        // A log of before says nothing of whose it was.
        let known = match &self.flow {
            Flow::Pack(flow) => flow.at.carton(&label).is_some_and(|own| !own.carton.zpl.is_empty()),
            _ => false,
        };
        let internal = internal.unwrap_or(!known);
        let event = match done {
            true => pack::Event::Printed { carton: label, internal },
            false => pack::Event::PrintFailed(label),
        };
        let (mut turn, result) = self.goods_event(Press::Pack(event), String::new(), now, found);
        match result {
            Err(Refusal::Goods(refusal::Refusal::Scan(scan::Refusal::NotNow))) => {
                turn = before.turn();
                turn.app.answer = answer;
            }
            Err(_) => turn.effects.push(Effect::Signal(Signal::Refused)),
            Ok(_) => {}
        }
        turn
    }

    /// The put-back of what a cancelled order left in the tote that was scanned last. `None` = nothing was.
    #[must_use]
    pub fn put_back_asked(&self) -> Option<HandlingUnitId> {
        let Answer::Refused(refused) = &self.answer else { return None };
        let bench = matches!(self.flow, Flow::Bench(_));
        (bench && refused.refusal.reason() == Reason::OrderCancelled && !refused.text.is_empty())
            .then(|| HandlingUnitId(refused.text.clone()))
    }

    /// Opens the bench.
    pub(super) fn show_bench(mut self, found: &Found) -> Turn {
        if !self.may(Role::Pack) {
            return self.not_allowed(found);
        }
        self.page = None;
        self.typed.clear();
        self.answer = Answer::None;
        self.flow = Flow::Bench(BenchFlow::default());
        let mut turn = self.turn();
        turn.effects.push(Effect::LoadBench);
        turn
    }

    /// The order is left for later; scanning it again goes on with it.
    pub(super) fn set_aside(mut self) -> Turn {
        self.keep_step();
        self.page = None;
        let mut effects = Vec::new();
        self.go_home(&mut effects);
        self.answer = Answer::None;
        let mut turn = self.turn();
        turn.effects = effects;
        turn
    }

    /// Begins to load cartons, or goes on with it.
    pub(super) fn show_load(mut self, found: &Found) -> Turn {
        if !self.may(Role::Pack) {
            return self.not_allowed(found);
        }
        let kept = self.kept.iter().position(|kept| matches!(kept.doing, Doing::Load(_)));
        let at = match kept.map(|at| self.kept.remove(at).doing) {
            Some(Doing::Load(saved)) => saved,
            _ => Load::start(LocationId::default()),
        };
        self.page = None;
        self.typed.clear();
        self.answer = Answer::None;
        self.flow = Flow::Load(Box::new(Under::new(at, Arc::default())));
        let mut turn = self.turn();
        turn.effects.push(Effect::Signal(Signal::StepComplete));
        turn
    }

    /// A button at the dock.
    pub(super) fn load_done(self, now: &Now, found: &Found) -> Turn {
        self.pressed(Press::Load(load::Event::Done), now, found)
    }

    /// The pack task under way.
    pub(super) fn pack_task(&self) -> TaskId {
        match &self.flow {
            Flow::Pack(flow) => flow.at.order.task.clone(),
            _ => TaskId::default(),
        }
    }
}
