//! Returns inside the app: what a scan opens, what the machine answers, what the core changes meanwhile.

use super::goods::Press;
use super::{Answer, App, Doing, Effect, Flow, Found, Now, Refusal, Signal, Turn, Under};
use crate::event::Catalogue;
use floorhand_domain::fact::Fact;
use floorhand_domain::id::{InspectionId, ItemId, LocationId, OrderId, RmaId};
use floorhand_domain::master::Role;
use floorhand_domain::returns::{Disposition, ReturnPolicy, Rma, ShippedLine};
use floorhand_domain::scan::{Known, Lookup, Meaning};
use floorhand_domain::stock::Status;
use floorhand_domain::workflow::refusal::Refusal as GoodsRefusal;
use floorhand_domain::workflow::returns::{self, Event, Exit, Field, Opens, Refund, Returns};
use floorhand_domain::workflow::{Accepted, Class, Meant, Next, Site, What};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Returns that one scan offers at the most.
const OFFERS_MAX: usize = 20;

/// No return is open.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ReturnsOpen {
    /// A scan fits several: these. Empty = it is waited for one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub offers: Vec<Offer>,
    /// The page of them, from 0.
    pub page: u32,
    /// The return that ended last at this station.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<Ended>,
}

/// A return that can be opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// What was announced. Empty = nothing.
    pub rma: RmaId,
    /// The order.
    pub order: OrderId,
    /// Units that are announced; 0 = not known.
    pub units: i64,
}

/// A return that ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Which.
    pub inspection: InspectionId,
    /// Its number, or that of the order. May be empty.
    pub number: String,
    /// Units that came.
    pub units: i64,
    /// `none`, `waiting`; `released`, `held` once the core said so.
    pub refund: String,
}

/// A return under way, with what its page needs beside the machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Returning {
    /// The machine and the names.
    pub under: Under<Returns>,
    /// The best bin for the goods in each status.
    #[serde(default)]
    pub bins: Vec<(Status, LocationId)>,
    /// Another outcome that was refused for the role: a lead may choose it.
    #[serde(default)]
    pub wish: Option<Disposition>,
    /// What the scale says, in grams. `None` = there is none, or it does not say.
    #[serde(default)]
    pub scale: Option<i64>,
}

/// A return as it is opened or gone on with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReturnData {
    /// What was announced. `None` = nothing.
    pub rma: Option<Rma>,
    /// The order. Empty = not known.
    pub order: OrderId,
    /// What was shipped of it, own inspections taken into account.
    #[serde(with = "floorhand_domain::shared")]
    pub shipped: Arc<[ShippedLine]>,
    /// What the site decided.
    #[serde(with = "floorhand_domain::shared")]
    pub policy: Arc<ReturnPolicy>,
    /// Names.
    #[serde(with = "floorhand_domain::shared")]
    pub catalogue: Arc<Catalogue>,
    /// Where it is inspected. Empty = there is no bench.
    pub bench: LocationId,
    /// What a return that is gone on with has recorded so far.
    #[serde(default)]
    pub past: Vec<Fact>,
    /// The best bin for what is inspected, in each status.
    #[serde(default)]
    pub bins: Vec<(Status, LocationId)>,
}

impl ReturnData {
    fn opens(&self) -> Opens {
        Opens { rma: self.rma.as_ref().map(|rma| rma.id.clone()).unwrap_or_default(), order: self.order.clone() }
    }

    fn begun(self, at: Returns) -> Flow {
        let under = Under::new(at, self.catalogue);
        Flow::Returns(Box::new(Returning { under, bins: self.bins, wish: None, scale: None }))
    }
}

/// The number of a return: as announced, else that of the order. May be empty.
#[must_use]
pub fn number_of(at: &Returns) -> String {
    at.rma.as_ref().map_or_else(|| at.order.0.clone(), |rma| rma.id.0.clone())
}

impl Returning {
    /// The bin for an outcome. Empty = none is known.
    #[must_use]
    pub fn bin(&self, outcome: Disposition) -> LocationId {
        let own = self.bins.iter().find(|(status, _)| *status == outcome.status());
        own.map(|(_, id)| id.clone()).unwrap_or_default()
    }
}

impl App {
    /// Opens the page of returns.
    pub(super) fn show_returns(mut self, found: &Found) -> Turn {
        if !self.may(Role::Returns) {
            return self.not_allowed(found);
        }
        self.at_returns(ReturnsOpen::default());
        self.answer = Answer::None;
        self.turn()
    }

    fn at_returns(&mut self, open: ReturnsOpen) {
        (self.page, self.work_page, self.keypad) = (None, 0, false);
        self.typed.clear();
        self.flow = Flow::ReturnsOpen(open);
    }

    /// Whether a scan is the number of an announced return, so that it begins its work.
    pub(super) fn is_return(&self, meant: &Meant) -> bool {
        self.may(Role::Returns) && meant.meanings.iter().any(|meaning| matches!(meaning, Meaning::Return { .. }))
    }

    /// What a scan opens here, so that it can be read before the turn: at the page of returns anything that tells
    /// where goods came from, elsewhere the number of an announced return.
    #[must_use]
    pub fn returns_named(&self, meant: &Meant, now: &Now, known: &Known) -> Vec<Opens> {
        let asked = match &self.flow {
            Flow::ReturnsOpen(_) => true,
            Flow::Work | Flow::Deliveries(_) => self.is_return(meant),
            _ => false,
        };
        let site = Site { known, settings: &self.settings, today: &now.today };
        if asked { returns::open(meant, &site).unwrap_or_default() } else { Vec::new() }
    }

    /// The offered return that a row stands for, to be read before the turn.
    #[must_use]
    pub fn return_tapped(&self, row: usize) -> Option<Opens> {
        let Flow::ReturnsOpen(open) = &self.flow else { return None };
        let first = usize::try_from(open.page.saturating_mul(self.offer_rows())).ok()?;
        let offer = open.offers.get(first + row)?;
        Some(Opens { rma: offer.rma.clone(), order: offer.order.clone() })
    }

    /// Offered returns on one page.
    #[must_use]
    pub fn offer_rows(&self) -> u32 {
        self.look.text.return_rows(self.station.profile).max(1)
    }

    pub(super) fn returns_scan(mut self, meant: Meant, now: &Now, found: &Found) -> (Turn, Result<Accepted, Refusal>) {
        let settings = self.settings.clone();
        let site = Site { known: &found.known, settings: &settings, today: &now.today };
        let refusal = match returns::open(&meant, &site) {
            _ if !self.may(Role::Returns) => GoodsRefusal::NotAllowed,
            Err(refusal) => refusal,
            Ok(opens) => {
                if let ([_], Some(data)) = (opens.as_slice(), &found.returned) {
                    let data = (**data).clone();
                    return self.open_return(data, Some(meant), now, found);
                }
                let last = match &self.flow {
                    Flow::ReturnsOpen(open) => open.last.clone(),
                    _ => None,
                };
                let units = |rma: &RmaId| {
                    let own = found.known.returns.iter().find(|row| row.id == *rma);
                    own.map_or(0, |row| row.lines.iter().fold(0_i64, |sum, line| sum.saturating_add(line.qty)))
                };
                let offer = |own: Opens| Offer { units: units(&own.rma), rma: own.rma, order: own.order };
                let offers = opens.into_iter().take(OFFERS_MAX).map(offer).collect();
                self.at_returns(ReturnsOpen { offers, page: 0, last });
                self.answer = Answer::None;
                let mut turn = self.turn();
                turn.effects.push(Effect::Signal(Signal::Accepted));
                return (turn, Ok(Accepted::new(Class::Attention, What::Page, meant.text)));
            }
        };
        let refusal = Refusal::Goods(refusal);
        self.show_refusal(refusal.clone(), meant.text, found);
        (self.turn(), Err(refusal))
    }

    /// Begins a return, or goes on with the one that was left here. A serial number that opens it is its first
    /// scan too.
    pub(super) fn open_return(
        mut self,
        data: ReturnData,
        meant: Option<Meant>,
        now: &Now,
        found: &Found,
    ) -> (Turn, Result<Accepted, Refusal>) {
        if !self.may(Role::Returns) {
            return (self.not_allowed(found), Err(Refusal::Goods(GoodsRefusal::NotAllowed)));
        }
        let mut facts = Vec::new();
        let (rma, order) = (data.rma.clone(), data.order.clone());
        let (shipped, policy) = (Arc::clone(&data.shipped), Arc::clone(&data.policy));
        let at = match self.take_return(&data.opens()) {
            Some(saved) => Returns::resume(saved, rma, shipped, policy, &data.past),
            None => {
                let inspection = now.id.clone().into();
                let (at, opened) = Returns::start(inspection, rma, order, shipped, policy, data.bench.clone());
                facts.push(opened);
                at
            }
        };
        (self.page, self.asked, self.keypad, self.work_page) = (None, None, false, 0);
        self.typed.clear();
        let accepted = Accepted::new(Class::StepComplete, What::Return, number_of(&at));
        let scans = at.entry().is_none() && meant.as_ref().is_some_and(is_unit);
        self.flow = data.begun(at);
        if let Some(meant) = meant.filter(|_| scans) {
            let text = meant.text.clone();
            let (mut turn, result) = self.goods_event(Press::Returns(Event::Scan(meant)), text, now, found);
            turn.facts.splice(0..0, facts);
            return (turn, result);
        }
        self.accepted(accepted.clone(), String::new());
        let mut turn = self.turn();
        turn.facts = facts;
        turn.effects.push(Effect::Signal(Signal::StepComplete));
        (turn, Ok(accepted))
    }

    /// The return that was left at this station, taken out of what is kept.
    fn take_return(&mut self, opens: &Opens) -> Option<returns::Saved> {
        let at = self.kept.iter().position(|kept| is_of(&kept.doing, opens))?;
        match self.kept.remove(at).doing {
            Doing::Returns(saved) => Some(saved),
            _ => None,
        }
    }

    /// The return that is kept, so that its facts can be read before the turn.
    #[must_use]
    pub fn return_kept(&self, opens: &Opens) -> Option<&returns::Saved> {
        self.kept.iter().find(|kept| is_of(&kept.doing, opens)).and_then(|kept| match &kept.doing {
            Doing::Returns(saved) => Some(saved),
            _ => None,
        })
    }

    /// The return as it was left before the power went, or the page of returns.
    #[must_use]
    pub fn resume_return(mut self, doing: Option<Doing>, data: Option<ReturnData>) -> Self {
        if self.session.is_none() {
            return self;
        }
        match (doing, data) {
            (Some(Doing::Returns(saved)), Some(data)) => {
                let (rma, shipped) = (data.rma.clone(), Arc::clone(&data.shipped));
                let at = Returns::resume(saved, rma, shipped, Arc::clone(&data.policy), &data.past);
                self.flow = data.begun(at);
            }
            (Some(Doing::ReturnsOpen(open)), _) => self.flow = Flow::ReturnsOpen(open),
            _ => {}
        }
        self
    }

    /// An event for the machine.
    pub(super) fn returns_event(
        mut self,
        mut flow: Returning,
        event: Event,
        text: String,
        now: &Now,
        found: &Found,
    ) -> (Turn, Result<Accepted, Refusal>) {
        flow.under.learn(&found.known.items);
        if !found.bins.is_empty() {
            flow.bins.clone_from(&found.bins);
        }
        let Returning { under: Under { at, catalogue, seen }, mut bins, mut scale, .. } = flow;
        let (inspection, number) = (at.inspection.clone(), number_of(&at));
        let site = Site { known: &found.known, settings: &self.settings, today: &now.today };
        let before = at.field();
        let step = at.update(event, &site);
        match step.next {
            Next::Continue(at) => {
                // What was typed belongs to its step, though a weight that differs is refused and leads on.
                if at.field() != before {
                    // It is asked on while the parts are looked at, and does not say the same again.
                    scale = scale.filter(|_| at.field() == Some(Field::Parts));
                    (self.typed, self.keypad) = (String::new(), false);
                }
                if at.entry().is_none() {
                    bins.clear();
                }
                let under = Under { at, catalogue, seen };
                self.flow = Flow::Returns(Box::new(Returning { under, bins, wish: None, scale }));
            }
            Next::Finish(Exit::Finished { units, refund }) => {
                let refund = match refund {
                    Refund::None => "none",
                    Refund::Waiting => "waiting",
                };
                let last = Ended { inspection, number, units, refund: refund.to_owned() };
                self.at_returns(ReturnsOpen { last: Some(last), ..ReturnsOpen::default() });
            }
        }
        self.concluded(step.facts, step.answer, Vec::new(), text, found)
    }

    /// What a scan weighs, where the scale is asked and there is none: the label of the goods says it.
    pub(super) fn weight_scanned(&self, meant: &Meant) -> Option<i64> {
        let Flow::Returns(flow) = &self.flow else { return None };
        if flow.scale.is_some() {
            return None;
        }
        let at = &flow.under.at;
        let entry = at.entry().filter(|_| matches!(at.field(), Some(Field::Weigh | Field::Parts)))?;
        meant.meanings.iter().find_map(|meaning| match meaning {
            Meaning::Goods { label } if label.item.as_ref().is_none_or(|item| *item == entry.item) => {
                Some(label.grams).filter(|grams| *grams > 0)
            }
            _ => None,
        })
    }

    /// Whether the scale is asked.
    #[must_use]
    pub fn return_wants_scale(&self) -> bool {
        matches!(self.return_field(), Some(Field::Weigh | Field::Parts)) && self.lock.is_none()
    }

    /// What the scale says. One that stands still is the weight of the goods; while the parts are looked at it
    /// counts only where it is as it should be, since parts are lifted off then.
    #[must_use]
    pub fn return_scale(mut self, grams: Option<i64>, steady: bool, now: &Now, found: &Found) -> Turn {
        let wanted = self.return_wants_scale();
        let Flow::Returns(flow) = &mut self.flow else { return self.turn() };
        flow.scale = grams;
        let Some(grams) = grams.filter(|grams| *grams > 0 && steady && wanted) else { return self.turn() };
        let at = &flow.under.at;
        let site = Site { known: &found.known, settings: &self.settings, today: &now.today };
        let holds = || at.clone().update(Event::Weighed(grams), &site).answer.is_ok();
        if at.field() == Some(Field::Weigh) || holds() {
            let page = self.page.clone();
            let mut turn = self.pressed(Press::Returns(Event::Weighed(grams)), now, found);
            turn.app.page = page;
            return turn;
        }
        self.turn()
    }

    /// What the step needs from the store beside what the scan names.
    pub(super) fn widen_return(flow: &Returning, look: &mut Lookup) {
        let at = &flow.under.at;
        at.widen(look);
        // What was shipped of the order tells the items of lots and serial numbers that are in no stock any more.
        if !at.order.is_none() {
            look.tasks.insert(0, at.order.0.clone());
        }
    }

    /// What is asked of the goods that came back.
    #[must_use]
    pub fn return_field(&self) -> Option<Field> {
        match &self.flow {
            Flow::Returns(flow) => flow.under.at.field(),
            _ => None,
        }
    }

    /// The core changed the return under way, or what was shipped.
    pub(super) fn return_changed(mut self, data: ReturnData, now: &Now, found: &Found) -> Turn {
        let (answer, answers, step) = (self.answer.clone(), self.answers, self.step_name());
        let (typed, keypad, page) = (self.typed.clone(), self.keypad, self.page.clone());
        let Flow::Returns(flow) = &mut self.flow else { return self.turn() };
        let at = &mut flow.under.at;
        if at.rma_id() != data.opens().rma || at.order != data.order {
            return self.turn();
        }
        let before = at.is_withdrawn();
        at.policy = data.policy;
        flow.under.catalogue = data.catalogue;
        let event = Press::Returns(Event::Changed(data.rma, data.shipped));
        let (mut turn, _) = self.goods_event(event, String::new(), now, found);
        let withdrawn = !before && matches!(&turn.app.flow, Flow::Returns(flow) if flow.under.at.is_withdrawn());
        turn.app.answers = answers;
        turn.app.answer = if withdrawn { Answer::Notice("return-withdrawn") } else { answer };
        if turn.app.step_name() == step {
            (turn.app.typed, turn.app.keypad, turn.app.page) = (typed, keypad, page);
        }
        turn.effects.retain(|effect| !matches!(effect, Effect::Signal(_)));
        if withdrawn {
            turn.effects.push(Effect::Signal(Signal::Attention));
        }
        turn
    }

    /// The core said what becomes of the money of the return that ended last.
    pub(super) fn refunded(mut self, refund: &str) -> Turn {
        if let Flow::ReturnsOpen(ReturnsOpen { last: Some(last), .. }) = &mut self.flow
            && last.refund != "none"
        {
            refund.clone_into(&mut last.refund);
        }
        self.turn()
    }

    /// What a return under way is called in facts.
    pub(super) fn return_subject(&self) -> Option<String> {
        match &self.flow {
            Flow::Returns(flow) => Some(format!("return:{}", flow.under.at.inspection)),
            _ => None,
        }
    }

    /// An item that the return knows by name.
    pub(super) fn item_returned(&self, id: &ItemId) -> Option<&floorhand_domain::master::Item> {
        match &self.flow {
            Flow::Returns(flow) => flow.under.item(id),
            _ => None,
        }
    }
}

/// Whether a scan names one unit.
fn is_unit(meant: &Meant) -> bool {
    let unit = |meaning: &Meaning| matches!(meaning, Meaning::Goods { label } if label.serial.is_some());
    meant.meanings.iter().any(unit)
}

fn is_of(doing: &Doing, opens: &Opens) -> bool {
    matches!(doing, Doing::Returns(saved) if saved.rma == opens.rma && saved.order == opens.order)
}
