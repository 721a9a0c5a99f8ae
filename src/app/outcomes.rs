//! What becomes of goods that came back: what else could be chosen, by whom, and why.

use super::goods::Press;
use super::returns::Returning;
use super::{Answer, App, Flow, Found, Now, OpenPage, Refusal, Turn};
use floorhand_domain::id::OperatorId;
use floorhand_domain::master::Role;
use floorhand_domain::reason::Reason;
use floorhand_domain::returns::Disposition;
use floorhand_domain::scan::Known;
use floorhand_domain::workflow::Site;
use floorhand_domain::workflow::refusal::Refusal as GoodsRefusal;
use floorhand_domain::workflow::returns::{self, Event};

impl App {
    /// What else could become of the goods, in the order of the page, and why it cannot be chosen: `role` (a lead
    /// may), `hygiene` (nobody may). Empty where somebody else decides.
    #[must_use]
    pub fn outcomes(&self) -> Vec<(Disposition, &'static str)> {
        let Flow::Returns(flow) = &self.flow else { return Vec::new() };
        let Some(now) = flow.under.at.disposition() else { return Vec::new() };
        let roles = self.session.as_ref().map(|session| session.roles.as_slice()).unwrap_or_default();
        let others = |roles: &[Role]| {
            let mut found = self.choices(flow, roles);
            found.retain(|choice| choice.disposition != now);
            found
        };
        if !others(&[Role::Manager]).iter().any(|choice| choice.allowed) {
            return Vec::new();
        }
        let why = |choice: &returns::Choice| match (choice.barred, choice.allowed) {
            (true, _) => "hygiene",
            (false, false) => "role",
            (false, true) => "",
        };
        others(roles).iter().map(|choice| (choice.disposition, why(choice))).collect()
    }

    /// What the policy proposes: no reason is needed to take it again.
    #[must_use]
    pub fn proposed_outcome(&self, flow: &Returning) -> Option<Disposition> {
        self.choices(flow, &[]).iter().find(|choice| choice.proposed).map(|choice| choice.disposition)
    }

    fn choices(&self, flow: &Returning, roles: &[Role]) -> Vec<returns::Choice> {
        let (known, today) = (Known::default(), self.today.clone());
        flow.under.at.choices(roles, &Site { known: &known, settings: &self.settings, today: &today })
    }

    /// Another outcome. Whoever may choose it says why; else it is refused, and a lead is asked.
    pub(super) fn choose_outcome(self, row: usize, now: &Now, found: &Found) -> Turn {
        let Some((chosen, why)) = self.outcomes().get(row).copied() else { return self.turn() };
        let Flow::Returns(flow) = &self.flow else { return self.turn() };
        let Some(session) = self.session.clone() else { return self.turn() };
        let (by, roles) = (session.operator, session.roles);
        if why.is_empty() && self.proposed_outcome(flow) != Some(chosen) {
            return self.show(OpenPage::Override { chosen, by, roles });
        }
        let event = Event::Override { chosen, by, roles, reason: "other".to_owned() };
        let mut turn = self.pressed(Press::Returns(event), now, found);
        if why == "role"
            && let Flow::Returns(flow) = &mut turn.app.flow
        {
            flow.wish = Some(chosen);
            turn.app.page = Some(OpenPage::Approve {
                reason: Reason::NotAllowed,
                number: 0,
                approver: None,
                typed: false,
                code: String::new(),
            });
        }
        turn
    }

    /// Whether a lead may allow the outcome that was refused last.
    pub(super) fn wishes(&self) -> bool {
        let refused = match &self.answer {
            Answer::Refused(refused) => refused.refusal == Refusal::Goods(GoodsRefusal::NotAllowed),
            _ => false,
        };
        refused && matches!(&self.flow, Flow::Returns(flow) if flow.wish.is_some())
    }

    /// Whether only a manager may choose that outcome: the goods are worth too much.
    pub(super) fn wishes_much(&self) -> bool {
        let Flow::Returns(flow) = &self.flow else { return false };
        let wish = flow.wish.filter(|_| self.wishes());
        let may = |wish| {
            let choices = self.choices(flow, &[Role::Supervisor]);
            choices.iter().any(|choice| choice.disposition == wish && choice.allowed)
        };
        wish.is_some_and(|wish| !may(wish))
    }

    /// A supervisor allowed what was refused last; of another outcome they say why.
    pub(super) fn return_approved(mut self, by: OperatorId, now: &Now, found: &Found) -> Turn {
        let wish = match &self.flow {
            Flow::Returns(flow) => flow.wish.filter(|_| self.wishes()),
            _ => None,
        };
        let Some(chosen) = wish else {
            return self.pressed(Press::Returns(Event::Approved { by }), now, found);
        };
        let row = found.known.operators.iter().find(|row| row.id == by);
        let roles = row.map(|row| row.roles.clone()).unwrap_or_default();
        self.answer = Answer::None;
        self.show(OpenPage::Override { chosen, by, roles })
    }
}
