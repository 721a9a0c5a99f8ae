//! The deliveries: which one a scan or a finger opens.

use super::{Answer, App, Effect, Flow, Found, Now, Refusal, Signal, Turn, Under};
use floorhand_domain::id::{DeliveryId, TaskId};
use floorhand_domain::inbound::{Delivery, DeliveryLine};
use floorhand_domain::master::Role;
use floorhand_domain::scan;
use floorhand_domain::workflow::receive::{self, Receive};
use floorhand_domain::workflow::{Accepted, Class, Meant, Site, What};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Deliveries kept in the list at the most; a scan finds any.
pub const DELIVERY_ROWS: usize = 100;

/// The deliveries, or those that a scan fits.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct DeliveriesFlow {
    /// The deliveries that goods may come for.
    #[serde(with = "floorhand_domain::shared")]
    pub rows: Arc<[Delivery]>,
    /// The page shown, from 0.
    pub page: u32,
    /// A scan fits several: these, and one is to be chosen. Empty = all are shown.
    pub choices: Vec<DeliveryId>,
}

/// A delivery as it is opened, with its lines and names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeliveryData {
    /// The delivery. `None` = blind.
    pub delivery: Option<Delivery>,
    /// Its lines, own receipts included.
    #[serde(with = "floorhand_domain::shared")]
    pub lines: Arc<[DeliveryLine]>,
    /// Names.
    #[serde(with = "floorhand_domain::shared")]
    pub catalogue: Arc<crate::event::Catalogue>,
    /// What a receipt that is gone on with has recorded so far.
    #[serde(default)]
    pub past: Vec<floorhand_domain::fact::Fact>,
}

impl DeliveriesFlow {
    /// The deliveries on the screen, before paging.
    #[must_use]
    pub fn shown(&self) -> Vec<&Delivery> {
        let chosen = |row: &&Delivery| self.choices.is_empty() || self.choices.contains(&row.id);
        self.rows.iter().filter(chosen).collect()
    }
}

impl App {
    /// Opens the list of deliveries.
    pub(super) fn show_deliveries(mut self, found: &Found) -> Turn {
        if !self.may(Role::Receive) {
            return self.not_allowed(found);
        }
        self.page = None;
        self.typed.clear();
        self.answer = Answer::None;
        self.flow = Flow::Deliveries(DeliveriesFlow::default());
        let mut turn = self.turn();
        turn.effects.push(Effect::LoadDeliveries);
        turn
    }

    /// Rows of the list on one page.
    #[must_use]
    pub fn delivery_rows(&self) -> u32 {
        self.look.text.delivery_rows(self.station.profile).max(1)
    }

    /// The delivery that a tap opens, to be read before the turn.
    #[must_use]
    pub fn delivery_tapped(&self, row: usize) -> Option<DeliveryId> {
        let Flow::Deliveries(flow) = &self.flow else { return None };
        let first = usize::try_from(flow.page * self.delivery_rows()).ok()?;
        flow.shown().get(first + row).map(|delivery| delivery.id.clone())
    }

    /// What a scan opens here, so that it can be read before the turn: any delivery that it fits at their list;
    /// at the work list those that it names by number or pallet, since an item is no work.
    #[must_use]
    pub fn deliveries_named(&self, meant: &Meant, now: &Now, known: &scan::Known) -> Vec<DeliveryId> {
        let item = meant.meanings.iter().any(|meaning| matches!(meaning, scan::Meaning::Goods { .. }));
        if matches!(self.flow, Flow::Work) && item {
            return Vec::new();
        }
        let site = Site { known, settings: &self.settings, today: &now.today };
        receive::open(meant, &site).unwrap_or_default()
    }

    pub(super) fn deliveries_scan(
        mut self,
        meant: Meant,
        now: &Now,
        found: &Found,
    ) -> (Turn, Result<Accepted, Refusal>) {
        let settings = self.settings.clone();
        let site = Site { known: &found.known, settings: &settings, today: &now.today };
        match receive::open(&meant, &site) {
            Ok(deliveries) => match (deliveries.as_slice(), &found.delivery) {
                ([_], Some(data)) => {
                    let data = (**data).clone();
                    self.open_delivery(data, now, found)
                }
                (several, _) => {
                    let accepted = Accepted::new(Class::Attention, What::Page, meant.text);
                    if let Flow::Deliveries(flow) = &mut self.flow {
                        flow.choices = several.to_vec();
                        flow.page = 0;
                        let named: Vec<Delivery> =
                            found.known.deliveries.iter().filter(|row| several.contains(&row.id)).cloned().collect();
                        let missing = named.iter().any(|row| !flow.rows.iter().any(|known| known.id == row.id));
                        if missing {
                            flow.rows = flow.rows.iter().cloned().chain(named).collect();
                        }
                    }
                    self.answer = Answer::None;
                    let mut turn = self.turn();
                    turn.effects.push(Effect::Signal(Signal::Accepted));
                    (turn, Ok(accepted))
                }
            },
            Err(refusal) => {
                let refusal = Refusal::Goods(refusal);
                self.show_refusal(refusal.clone(), meant.text, found);
                (self.turn(), Err(refusal))
            }
        }
    }

    /// Begins a receipt of a delivery, or goes on with the one that was left here.
    pub(super) fn open_delivery(
        mut self,
        data: DeliveryData,
        now: &Now,
        found: &Found,
    ) -> (Turn, Result<Accepted, Refusal>) {
        if !self.may(Role::Receive) {
            let refusal = Refusal::Goods(floorhand_domain::workflow::refusal::Refusal::NotAllowed);
            return (self.not_allowed(found), Err(refusal));
        }
        let id = data.delivery.as_ref().map(|delivery| delivery.id.clone()).unwrap_or_default();
        let door = data.delivery.as_ref().map(|delivery| delivery.door.clone()).unwrap_or_default();
        let accepted = Accepted::new(Class::StepComplete, What::Delivery, id.0.clone());
        let mut facts = Vec::new();
        let at = match self.take_receipt(&id) {
            Some(saved) => Receive::resume(saved, data.delivery, data.lines, &data.past),
            None => {
                let dock = if door.is_none() { found.dock.clone() } else { door };
                let (at, opened) = Receive::start(now.id.clone().into(), data.delivery, data.lines, dock);
                facts.push(opened);
                at
            }
        };
        self.page = None;
        self.typed.clear();
        self.accepted(accepted.clone(), String::new());
        self.flow = Flow::Receive(Box::new(Under::new(at, data.catalogue)));
        let mut turn = self.turn();
        turn.facts = facts;
        turn.effects.push(Effect::Signal(Signal::StepComplete));
        (turn, Ok(accepted))
    }

    /// The receipt of a delivery that was left at this station, taken out of what is kept.
    fn take_receipt(&mut self, id: &DeliveryId) -> Option<receive::Saved> {
        let at = self
            .kept
            .iter()
            .position(|kept| matches!(&kept.doing, super::Doing::Receive(saved) if saved.delivery == *id))?;
        match self.kept.remove(at).doing {
            super::Doing::Receive(saved) => Some(saved),
            _ => None,
        }
    }

    /// The receipt that is kept of a delivery, so that its facts can be read before the turn.
    #[must_use]
    pub fn receipt_kept(&self, id: &DeliveryId) -> Option<&super::Doing> {
        let of = |doing: &&super::Doing| matches!(doing, super::Doing::Receive(saved) if saved.delivery == *id);
        self.kept.iter().map(|kept| &kept.doing).find(of)
    }

    /// What is kept of a task that somebody left.
    #[must_use]
    pub fn task_kept(&self, id: &TaskId) -> Option<&super::Doing> {
        self.kept.iter().map(|kept| &kept.doing).find(|doing| doing.subject() == id.as_str())
    }
}
