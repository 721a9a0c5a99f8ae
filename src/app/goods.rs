//! Receiving, put-away, move and count inside the app: what their machines answer becomes a turn.

use super::{Answer, App, Doing, Effect, Flow, Found, Now, OpenPage, Refusal, Signal, Turn, Under};
use crate::event::Catalogue;
use floorhand_domain::fact::Fact;
use floorhand_domain::id::{ItemId, LocationId, TaskId};
use floorhand_domain::master::{Item, Role};
use floorhand_domain::quantity;
use floorhand_domain::reason::Reason;
use floorhand_domain::scan::Lookup;
use floorhand_domain::workflow::count::{self, Count};
use floorhand_domain::workflow::put_away::{self, PutAway};
use floorhand_domain::workflow::receive::{self, Receive};
use floorhand_domain::workflow::returns;
use floorhand_domain::workflow::{Accepted, Meant, Next, Site, Step, What, refusal};
use floorhand_domain::workflow::{load, pack};
use std::sync::Arc;

/// Items met on the way that no line of the task names.
const SEEN_MAX: usize = 64;
/// Longest number that can be typed.
const NUMBER_MAX: usize = 10;
/// A weight is typed in kilograms.
const KILOGRAM_DECIMALS: u8 = 3;

impl<M> Under<M> {
    pub(super) fn new(at: M, catalogue: Arc<Catalogue>) -> Self {
        Self { at, catalogue, seen: Vec::new() }
    }

    /// An item by its identifier, as far as this task has met it.
    #[must_use]
    pub fn item(&self, id: &ItemId) -> Option<&Item> {
        self.catalogue.items.get(id.as_str()).or_else(|| self.seen.iter().find(|item| item.id == *id))
    }

    /// Keeps what a scan told about items that no line names.
    pub(super) fn learn(&mut self, items: &[Item]) {
        for item in items {
            let known =
                self.catalogue.items.contains_key(item.id.as_str()) || self.seen.iter().any(|s| s.id == item.id);
            if !known {
                if self.seen.len() >= SEEN_MAX {
                    self.seen.remove(0);
                }
                self.seen.push(item.clone());
            }
        }
    }
}

impl App {
    /// A scan in one of these flows.
    pub(super) fn goods_scan(self, meant: Meant, now: &Now, found: &Found) -> (Turn, Result<Accepted, Refusal>) {
        let text = meant.text.clone();
        let press = match &self.flow {
            Flow::PutAway(_) => Press::PutAway(put_away::Event::Scan(meant)),
            Flow::Count(_) => Press::Count(count::Event::Scan { meant, count: now.id.clone().into() }),
            Flow::Receive(_) => Press::Receive(receive::Event::Scan(meant)),
            Flow::Pack(_) => Press::Pack(pack::Event::Scan { meant, fresh: Self::fresh_carton(now) }),
            Flow::Load(_) => Press::Load(load::Event::Scan(meant)),
            Flow::Returns(_) => Press::Returns(match self.weight_scanned(&meant) {
                Some(grams) => returns::Event::Weighed(grams),
                None => returns::Event::Scan(meant),
            }),
            _ => {
                let refusal = self.general(floorhand_domain::scan::Refusal::NotNow);
                let (turn, result, _) = self.refused(refusal, text, found);
                return (turn, result);
            }
        };
        self.goods_event(press, text, now, found)
    }

    /// An event for the machine of the flow. Of another flow it comes too late.
    pub(super) fn goods_event(
        mut self,
        press: Press,
        text: String,
        now: &Now,
        found: &Found,
    ) -> (Turn, Result<Accepted, Refusal>) {
        match (std::mem::replace(&mut self.flow, Flow::Work), press) {
            (Flow::Receive(flow), Press::Receive(event)) => {
                self.run(*flow, |at, site| at.update(event, site), Flow::Receive, text, now, found)
            }
            (Flow::PutAway(flow), Press::PutAway(event)) => {
                self.run(*flow, |at, site| at.update(event, site), Flow::PutAway, text, now, found)
            }
            (Flow::Count(flow), Press::Count(event)) => {
                self.run(*flow, |at, site| at.update(event, site), Flow::Count, text, now, found)
            }
            (Flow::Pack(flow), Press::Pack(event)) => self.pack_event(*flow, event, text, now, found),
            (Flow::Load(flow), Press::Load(event)) => {
                self.run(*flow, |at, site| at.update(event, site), Flow::Load, text, now, found)
            }
            (Flow::Returns(flow), Press::Returns(event)) => self.returns_event(*flow, event, text, now, found),
            (flow, _) => {
                self.flow = flow;
                (self.turn(), Err(Refusal::Goods(floorhand_domain::scan::Refusal::NotNow.into())))
            }
        }
    }

    /// What the update makes of a machine becomes a turn; `put` makes a flow of it again.
    fn run<M, Exit>(
        mut self,
        mut flow: Under<M>,
        update: impl FnOnce(M, &Site<'_>) -> Step<M, Exit, refusal::Refusal>,
        put: impl FnOnce(Box<Under<M>>) -> Flow,
        text: String,
        now: &Now,
        found: &Found,
    ) -> (Turn, Result<Accepted, Refusal>) {
        flow.learn(&found.known.items);
        let site = Site { known: &found.known, settings: &self.settings, today: &now.today };
        let step = update(flow.at, &site);
        let mut effects = Vec::new();
        match step.next {
            Next::Continue(at) => self.flow = put(Box::new(Under { at, ..flow })),
            Next::Finish(_) => self.go_home(&mut effects),
        }
        self.concluded(step.facts, step.answer, effects, text, found)
    }

    /// What a machine answered: the answer shown, the facts to commit.
    pub(super) fn concluded(
        mut self,
        facts: Vec<Fact>,
        answer: Result<Accepted, refusal::Refusal>,
        mut effects: Vec<Effect>,
        text: String,
        found: &Found,
    ) -> (Turn, Result<Accepted, Refusal>) {
        let result = match answer {
            Ok(accepted) => {
                if accepted.what == What::Page {
                    self.answer = Answer::None;
                } else {
                    let name = match accepted.what {
                        What::Item | What::Received | What::Undone | What::TakenOut => {
                            self.name_of(&accepted.code.as_str().into())
                        }
                        _ => String::new(),
                    };
                    effects.push(Effect::Signal(accepted.class.into()));
                    match received_loose(&facts).filter(|_| accepted.what == What::Received) {
                        Some(item) => {
                            self.accepted(Accepted { code: String::new(), ..accepted.clone() }, self.name_of(item))
                        }
                        None => self.accepted(accepted.clone(), name),
                    }
                }
                // What was typed belongs to the step that is over.
                self.typed.clear();
                self.keypad = false;
                Ok(accepted)
            }
            Err(refusal) => {
                let refusal = Refusal::Goods(refusal);
                self.show_refusal(refusal.clone(), text, found);
                Err(refusal)
            }
        };
        let mut turn = self.turn();
        turn.facts = facts;
        turn.effects = effects;
        (turn, result)
    }

    fn name_of(&self, id: &ItemId) -> String {
        self.item_met(id).map(|item| item.name.clone()).unwrap_or_default()
    }

    /// Items that the store found for a button are known from here on.
    pub(super) fn learn(&mut self, found: &Found) {
        match &mut self.flow {
            Flow::Receive(flow) => flow.learn(&found.known.items),
            Flow::PutAway(flow) => flow.learn(&found.known.items),
            Flow::Count(flow) => flow.learn(&found.known.items),
            Flow::Returns(flow) => flow.under.learn(&found.known.items),
            _ => {}
        }
    }

    /// An item that the flow knows by name.
    #[must_use]
    pub fn item_met(&self, id: &ItemId) -> Option<&Item> {
        match &self.flow {
            Flow::Receive(flow) => flow.item(id),
            Flow::PutAway(flow) => flow.item(id),
            Flow::Count(flow) => flow.item(id),
            Flow::Pick(flow) => flow.catalogue.items.get(id.as_str()),
            Flow::Pack(flow) => flow.at.item(id),
            _ => self.item_returned(id),
        }
    }

    /// An event of a button or key: a refusal buzzes.
    pub(super) fn pressed(mut self, event: Press, now: &Now, found: &Found) -> Turn {
        self.page = None;
        let (mut turn, result) = self.goods_event(event, String::new(), now, found);
        if result.is_err() {
            turn.effects.push(Effect::Signal(Signal::Refused));
        }
        turn
    }

    /// What the step needs from the store for a button: the same as for a scan, and what was typed into a
    /// field for a code.
    #[must_use]
    pub fn look_for_tap(&self) -> Option<Lookup> {
        if !matches!(self.flow, Flow::Receive(_) | Flow::PutAway(_) | Flow::Count(_) | Flow::Returns(_)) {
            return None;
        }
        let mut lookup = Lookup::default();
        self.widen(&mut lookup);
        if let Flow::Receive(flow) = &self.flow
            && let Some(entry) = flow.at.entry()
            && !self.typed.is_empty()
        {
            match entry.field() {
                receive::Field::Lot => lookup.lots.push(self.typed.clone()),
                receive::Field::Serial => lookup.serials.push(self.typed.clone()),
                _ => {}
            }
        }
        match self.return_field() {
            Some(returns::Field::Lot) => lookup.lots.push(self.typed.clone()),
            Some(returns::Field::Serial) => lookup.serials.push(self.typed.clone()),
            _ => {}
        }
        Some(lookup)
    }

    /// Decimals of the number that can be typed now. `None` = no number can.
    #[must_use]
    pub fn number_decimals(&self) -> Option<u8> {
        let of = |id: &ItemId| self.item_met(id).map_or(0, |item| item.decimals);
        match &self.flow {
            Flow::Receive(flow) => {
                let entry = flow.at.entry()?;
                match entry.field() {
                    receive::Field::Quantity if !entry.tracks.serial => Some(of(&entry.item)),
                    receive::Field::Condition if self.keypad || entry.damaged > 0 => Some(of(&entry.item)),
                    _ => None,
                }
            }
            Flow::PutAway(flow) => {
                let hand = flow.at.hand()?;
                let counting = matches!(flow.at.stage, put_away::Stage::Source { .. }) && !hand.units.is_empty();
                let large = flow.at.line().is_none_or(|line| line.qty >= self.settings.type_from);
                let serial = hand.units.iter().any(|unit| !unit.serial.is_none());
                (counting && large && !serial).then(|| of(&hand.item))
            }
            Flow::Count(flow) => {
                let last = flow.at.sheet()?.last.as_ref()?;
                self.keypad.then(|| of(&last.key.item))
            }
            Flow::Returns(flow) => {
                let entry = flow.under.at.entry()?;
                match flow.under.at.field()? {
                    returns::Field::Quantity if !entry.kept.serial => Some(of(&entry.item)),
                    // As long as a scale says anything, the weight is what it says.
                    returns::Field::Weigh => flow.scale.is_none().then_some(KILOGRAM_DECIMALS),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// A digit or the point of a number. A minus in front is taken too, so that what is below zero is refused and
    /// not read as what is above.
    pub(super) fn number_sign(mut self, sign: char) -> Turn {
        if let Some(decimals) = self.number_decimals()
            && self.typed.len() < NUMBER_MAX
            && (sign.is_ascii_digit()
                || (sign == '-' && self.typed.is_empty())
                || (sign == '.' && decimals > 0 && !self.typed.contains('.')))
        {
            self.typed.push(sign);
        }
        self.turn()
    }

    /// The typed number in smallest units. `None` = nothing was typed.
    #[must_use]
    pub fn number_typed(&self) -> Option<Result<i64, refusal::Refusal>> {
        let decimals = self.number_decimals()?;
        if self.typed.is_empty() {
            return None;
        }
        Some(quantity::parse(&self.typed, decimals).ok_or(refusal::Refusal::QtyBad))
    }

    /// A number that is none buzzes and stays, to be mended.
    pub(super) fn not_a_number(mut self, found: &Found) -> Turn {
        self.show_refusal(Refusal::Goods(refusal::Refusal::QtyBad), self.typed.clone(), found);
        let mut turn = self.turn();
        turn.effects.push(Effect::Signal(Signal::Refused));
        turn
    }

    /// The ERP changed the put-away or count under way.
    pub(super) fn other_task_changed(mut self, data: super::TaskData, now: &Now, found: &Found) -> Turn {
        if self.task() != data.task.id {
            return self.turn();
        }
        let (answer, answers) = (self.answer.clone(), self.answers);
        let (typed, keypad, step) = (self.typed.clone(), self.keypad, self.step_name());
        let asked = self.asks();
        let press = match &mut self.flow {
            Flow::PutAway(flow) => {
                flow.catalogue = data.catalogue;
                Press::PutAway(put_away::Event::Changed(data.task, data.lines))
            }
            Flow::Count(flow) => {
                flow.catalogue = data.catalogue;
                Press::Count(count::Event::Changed(data.task, data.lines))
            }
            _ => return self.turn(),
        };
        let (mut turn, _) = self.goods_event(press, String::new(), now, found);
        let gone = turn.app.doing().is_none();
        let moved = turn.app.step_name() != step;
        turn.app.answers = answers;
        // A question that no longer holds is not shown any more, nor is anybody's consent to it asked for.
        let lapsed = asked && !turn.app.asks();
        if lapsed && matches!(turn.app.page, Some(OpenPage::Approve { .. })) {
            turn.app.page = None;
        }
        turn.app.answer = match (gone, lapsed) {
            (true, _) => Answer::Notice("task-reassigned"),
            (false, true) => Answer::None,
            (false, false) => answer,
        };
        if !gone && !moved {
            (turn.app.typed, turn.app.keypad) = (typed, keypad);
            turn.effects.retain(|effect| !matches!(effect, Effect::Signal(_)));
        }
        turn
    }

    /// Whether a put-away or a count waits for an answer to a question, or for a supervisor's consent.
    fn asks(&self) -> bool {
        match &self.flow {
            Flow::PutAway(flow) => flow.at.pending.is_some(),
            Flow::Count(flow) => flow.at.pending.is_some(),
            _ => false,
        }
    }

    /// Begins a move that nobody planned.
    pub(super) fn move_this(mut self, now: &Now, found: &Found) -> Turn {
        if !self.may(Role::Stock) {
            return self.not_allowed(found);
        }
        let (at, opened) = PutAway::ad_hoc(TaskId(now.id.clone()));
        self.flow = Flow::PutAway(Box::new(Under::new(at, Arc::default())));
        self.opened(opened)
    }

    /// Begins a count that nobody planned.
    pub(super) fn count_here(mut self, now: &Now, found: &Found) -> Turn {
        let Some(session) = self.session.clone().filter(|_| self.may(Role::Count)) else {
            return self.not_allowed(found);
        };
        let task = TaskId(now.id.clone());
        let (at, opened) = Count::ad_hoc(task, LocationId::default(), session.operator, &self.settings);
        self.flow = Flow::Count(Box::new(Under::new(at, Arc::default())));
        self.opened(opened)
    }

    /// Receives goods that nobody announced.
    pub(super) fn receive_blind(mut self, now: &Now, found: &Found) -> Turn {
        if !self.may(Role::Receive) {
            return self.not_allowed(found);
        }
        let dock = found.dock.clone();
        let (at, opened) = Receive::start(now.id.clone().into(), None, Arc::default(), dock);
        self.flow = Flow::Receive(Box::new(Under::new(at, Arc::default())));
        self.opened(opened)
    }

    fn opened(mut self, fact: Fact) -> Turn {
        self.page = None;
        self.typed.clear();
        self.answer = Answer::None;
        let mut turn = self.turn();
        turn.facts.push(fact);
        turn.effects.push(Effect::Signal(Signal::StepComplete));
        turn
    }

    /// Whether whoever is signed in has the role.
    #[must_use]
    pub fn may(&self, role: Role) -> bool {
        self.session.as_ref().is_some_and(|session| session.roles.contains(&role))
    }

    pub(super) fn not_allowed(mut self, found: &Found) -> Turn {
        self.page = None;
        self.show_refusal(Refusal::Goods(refusal::Refusal::NotAllowed), String::new(), found);
        let mut turn = self.turn();
        turn.effects.push(Effect::Signal(Signal::Refused));
        turn
    }

    /// What is being done, as it is stored.
    #[must_use]
    pub fn doing(&self) -> Option<Doing> {
        match &self.flow {
            Flow::Pick(flow) => Some(Doing::Pick(flow.pick.saved())),
            Flow::Receive(flow) => Some(Doing::Receive(flow.at.saved())),
            Flow::PutAway(flow) => Some(Doing::PutAway(flow.at.saved())),
            Flow::Count(flow) => Some(Doing::Count(flow.at.saved())),
            Flow::Pack(flow) => Some(Doing::Pack(flow.at.saved())),
            Flow::Load(flow) => Some(Doing::Load(flow.at.clone())),
            Flow::Returns(flow) => Some(Doing::Returns(flow.under.at.saved())),
            Flow::ReturnsOpen(open) => Some(Doing::ReturnsOpen(open.clone())),
            Flow::SignIn(_) | Flow::Work | Flow::Deliveries(_) | Flow::Bench(_) => None,
        }
    }

    /// A rule that a supervisor may set aside here, with the number in its sentence.
    #[must_use]
    pub fn approvable(&self) -> Option<(Reason, i64)> {
        if self.waits_typed() {
            return Some((Reason::NotAllowed, 0));
        }
        if let Some(asked) = self.lead_asked() {
            return Some(asked);
        }
        if self.wishes() {
            return Some((Reason::NotAllowed, 0));
        }
        let Answer::Refused(refused) = &self.answer else { return None };
        let Refusal::Goods(refusal) = &refused.refusal else { return None };
        if !refusal.can_be_approved() {
            return None;
        }
        let number = match refusal {
            refusal::Refusal::ReceiptOver { limit, .. } => *limit,
            refusal::Refusal::ShelfLife { days, .. } => *days,
            refusal::Refusal::Allocated { promised, .. } => *promised,
            other => self.grams_off(other).unwrap_or(0),
        };
        Some((refusal.reason(), number))
    }

    /// A supervisor allowed what was refused last.
    pub(super) fn approved(self, by: floorhand_domain::id::OperatorId, now: &Now, found: &Found) -> Turn {
        let app = match self.lead_allowed(by.clone(), found) {
            Ok(turn) => return turn,
            Err(app) => app,
        };
        match &app.flow {
            Flow::Receive(_) => app.pressed(Press::Receive(receive::Event::Approved { by }), now, found),
            Flow::PutAway(_) => app.pressed(Press::PutAway(put_away::Event::Approved { by }), now, found),
            Flow::Pack(_) => app.pressed(Press::Pack(pack::Event::Approved { by }), now, found),
            Flow::Returns(_) => app.return_approved(by, now, found),
            _ => app.turn(),
        }
    }
}

/// The item that was received into no handling unit.
fn received_loose(facts: &[Fact]) -> Option<&ItemId> {
    facts.iter().rev().find_map(|fact| match fact {
        Fact::Received { item, handling_unit, .. } => Some(item).filter(|_| handling_unit.is_none()),
        _ => None,
    })
}

/// An event of a button, for one of the machines.
pub(super) enum Press {
    /// For receiving.
    Receive(receive::Event),
    /// For put-away and moves.
    PutAway(put_away::Event),
    /// For counts.
    Count(count::Event),
    /// For packing.
    Pack(pack::Event),
    /// For loading.
    Load(load::Event),
    /// For returns.
    Returns(returns::Event),
}
