//! Needs attention (workflows.md section 9) inside the app: what an entry offers, and what comes of it. It lies over the
//! step, which stays as it is.

use super::goods_taps::{photo_of, plain};
use super::{
    Answer, App, AttentionRow, Flow, Found, LeadAsked, LinkState, Now, OpenPage, Photo, Refusal, Signal, Turn,
};
use super::{Effect, work};
use crate::view::{AttentionTab, Tap};
use floorhand_domain::id::{OperatorId, TaskId};
use floorhand_domain::master::Role;
use floorhand_domain::reason::Reason;
use floorhand_domain::workflow::attention::{Action, Entry, NOTE_CHARS_MAX, Who, With, act, actions};

/// The row of the sheet for an action.
fn code(action: Action) -> &'static str {
    match action {
        Action::Report => "report",
        Action::Dismiss => "dismiss",
        Action::AskApproval => "ask-approval",
        Action::AddNote => "add-note",
        Action::AddPhoto => "add-photo",
        Action::OpenTask => "open-task",
        Action::Answer => "answer",
        Action::PassOn => "pass-on",
        Action::Approve => "approve",
        Action::Decline => "decline",
        Action::Reassign => "reassign",
    }
}

/// Something that is offered about an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offered {
    /// Its name: that of the row, in `status` as well.
    pub name: &'static str,
    /// What it does.
    pub action: Action,
    /// Whether a lead does it, by badge and PIN.
    pub by_lead: bool,
}

impl App {
    fn who(&self) -> Who {
        let session = self.session.as_ref();
        Who {
            operator: session.map(|own| own.operator.clone()).unwrap_or_default(),
            roles: session.map(|own| own.roles.clone()).unwrap_or_default(),
        }
    }

    fn decides(&self) -> bool {
        self.may(Role::Supervisor) || self.may(Role::Manager)
    }

    /// What whoever is signed in can do about an entry, or have a lead do who comes by.
    #[must_use]
    pub fn offered(&self, about: Option<&Entry>) -> Vec<Offered> {
        let Some(about) = about else { return Vec::new() };
        let own = |action| Offered { name: code(action), action, by_lead: action == Action::AskApproval };
        let mut offered: Vec<Offered> = actions(about, &self.who()).into_iter().map(own).collect();
        if matches!(about, Entry::Exception { waits: true, .. }) && !self.decides() {
            offered.push(Offered { name: "lead", action: Action::Approve, by_lead: true });
        }
        offered
    }

    /// The entry that is open in the list.
    fn card_open(&self) -> Option<(&AttentionRow, AttentionTab)> {
        match &self.page {
            Some(OpenPage::Attention { rows, open, tab, .. }) => rows.get(*open).map(|row| (row, *tab)),
            _ => None,
        }
    }

    /// Whether there is something to be done about the open entry.
    #[must_use]
    pub fn card_acts(&self) -> bool {
        self.card_open().is_some_and(|(row, _)| !self.offered(row.about.as_ref()).is_empty())
    }

    /// The rows of the sheet about an entry: name, whether it can be chosen, and why not.
    pub(super) fn entry_rows(&self) -> Vec<(&'static str, bool, &'static str)> {
        let Some(OpenPage::Entry { row, .. }) = &self.page else { return Vec::new() };
        let idle = matches!(self.flow, Flow::Work | Flow::Deliveries(_));
        let free = |offered: &Offered| offered.action != Action::OpenTask || idle;
        let rows = self.offered(row.about.as_ref());
        rows.into_iter().map(|offered| (offered.name, free(&offered), "busy")).collect()
    }

    /// The task that a tap opens from its entry, to be read before the turn.
    #[must_use]
    pub fn entry_task(&self, tap: &Tap) -> Option<TaskId> {
        let Some(OpenPage::Entry { row, .. }) = &self.page else { return None };
        let offered = self.entry_chosen(&plain(tap))?;
        match &row.about {
            Some(Entry::Exception { task, .. }) if offered.action == Action::OpenTask => Some(task.clone()),
            _ => None,
        }
    }

    /// What a photograph is taken of, where it belongs to an entry.
    #[must_use]
    pub fn entry_photographed(&self) -> Option<String> {
        let Some(OpenPage::Photo { back: Some(back), .. }) = &self.page else { return None };
        match &**back {
            OpenPage::Entry { row, .. } => match &row.about {
                Some(Entry::Parked { fact }) => Some(format!("note:{fact}")),
                _ => None,
            },
            _ => None,
        }
    }

    /// The row of a sheet that a tap chooses, counted over all its pages.
    fn row_of(&self, tap: &Tap, rows: usize) -> Option<usize> {
        let row = match tap {
            Tap::Choose(row) => *row,
            Tap::Ok | Tap::Primary => 0,
            Tap::Digit(digit) => usize::from(*digit).checked_sub(1)?,
            _ => return None,
        };
        Some(self.sheet_window(rows).0 + row)
    }

    fn entry_chosen(&self, tap: &Tap) -> Option<Offered> {
        let Some(OpenPage::Entry { row, .. }) = &self.page else { return None };
        let offered = self.offered(row.about.as_ref());
        offered.get(self.row_of(tap, offered.len())?).copied()
    }

    /// Rows of the open sheet, where it is one of these pages.
    pub(super) fn attention_sheet(&self) -> Option<usize> {
        match &self.page {
            Some(OpenPage::Entry { row, .. }) => Some(self.offered(row.about.as_ref()).len()),
            Some(OpenPage::People { people, .. }) => Some(people.len()),
            _ => None,
        }
    }

    /// A tap on one of these pages. `Err` = it means what it means anywhere.
    pub(super) fn attention_tap(mut self, tap: &Tap, now: &Now, found: &Found) -> Result<Turn, Box<Self>> {
        if self.lock.is_some() {
            return Err(Box::new(self));
        }
        let tap = &plain(tap);
        Ok(match self.page.clone() {
            Some(OpenPage::Attention { open, .. }) => match tap {
                Tap::Ok | Tap::Primary => self.open_entry(),
                // What is open already is looked at more closely.
                Tap::Choose(row) if *row == open && self.card_acts() => self.open_entry(),
                Tap::Digit(digit) if usize::from(*digit) == open + 1 && self.card_acts() => self.open_entry(),
                _ => return Err(Box::new(self)),
            },
            Some(OpenPage::Entry { row, tab }) => match tap {
                Tap::Ok | Tap::Primary | Tap::Choose(_) | Tap::Digit(_) => match self.entry_chosen(tap) {
                    Some(offered) => self.begin_entry(*row, tab, offered, now, found),
                    None => self.turn(),
                },
                Tap::Back => self.show(Self::attention(tab)),
                _ => return Err(Box::new(self)),
            },
            Some(OpenPage::Note { row, tab, action, mut typed }) => {
                let fits = typed.chars().count() < NOTE_CHARS_MAX;
                match tap {
                    Tap::Sign(sign) if fits => typed.push(sign.to_ascii_uppercase()),
                    Tap::Digit(digit) if fits => typed.push(char::from(b'0' + digit.min(&9))),
                    Tap::Point if fits => typed.push('.'),
                    Tap::Key(press) => match &press.key {
                        crate::view::Key::Text(text) if text == " " && fits => typed.push(' '),
                        _ => return Err(Box::new(self)),
                    },
                    Tap::Backspace => drop(typed.pop()),
                    Tap::Ok | Tap::Primary => {
                        let who = self.who();
                        return Ok(self.conclude(
                            &row,
                            tab,
                            action,
                            &who,
                            With { note: typed, ..With::default() },
                            found,
                        ));
                    }
                    Tap::Back => return Ok(self.show(OpenPage::Entry { row, tab })),
                    _ => return Err(Box::new(self)),
                }
                self.page = Some(OpenPage::Note { row, tab, action, typed });
                self.turn()
            }
            Some(OpenPage::People { row, tab, action, people }) => match tap {
                Tap::Choose(_) | Tap::Digit(_) => {
                    match self.row_of(tap, people.len()).and_then(|at| people.get(at)).map(|(id, _)| id.clone()) {
                        Some(to) => {
                            let who = self.who();
                            self.conclude(&row, tab, action, &who, With { to, ..With::default() }, found)
                        }
                        None => self.turn(),
                    }
                }
                Tap::Back => self.show(OpenPage::Entry { row, tab }),
                _ => return Err(Box::new(self)),
            },
            _ => return Err(Box::new(self)),
        })
    }

    fn open_entry(self) -> Turn {
        match self.card_open().map(|(row, tab)| (row.clone(), tab)) {
            Some((row, tab)) if self.card_acts() => self.show(OpenPage::Entry { row: Box::new(row), tab }),
            _ => self.turn(),
        }
    }

    /// An action was chosen: at once, or after what it needs.
    fn begin_entry(mut self, row: AttentionRow, tab: AttentionTab, offered: Offered, now: &Now, found: &Found) -> Turn {
        let action = offered.action;
        if offered.by_lead {
            return self.ask_lead(LeadAsked { row, tab, action });
        }
        match action {
            Action::Dismiss | Action::AddNote | Action::Answer | Action::Decline => {
                self.show(OpenPage::Note { row: Box::new(row), tab, action, typed: String::new() })
            }
            Action::PassOn | Action::Reassign => {
                self.show(OpenPage::People { row: Box::new(row), tab, action, people: Vec::new() })
            }
            Action::AddPhoto => {
                let back = Some(Box::new(OpenPage::Entry { row: Box::new(row), tab }));
                self.show(OpenPage::Photo { purpose: "parked", still: false, back, light: false })
            }
            Action::OpenTask if matches!(self.flow, Flow::Work | Flow::Deliveries(_)) => {
                self.page = None;
                match &found.task {
                    Some(_) => self.choose_task(now, found),
                    None => self.gone(&row, found),
                }
            }
            Action::OpenTask => self.turn(),
            Action::Report | Action::Approve | Action::AskApproval => {
                let who = self.who();
                self.conclude(&row, tab, action, &who, With::default(), found)
            }
        }
    }

    /// The task of an entry is not known here any more.
    fn gone(mut self, row: &AttentionRow, found: &Found) -> Turn {
        let task = match &row.about {
            Some(Entry::Exception { task, .. }) => task.clone(),
            _ => TaskId::default(),
        };
        self.show_refusal(Refusal::Work(work::Refusal::Gone { task }), String::new(), found);
        let mut turn = self.turn();
        turn.effects.push(Effect::Signal(Signal::Refused));
        turn
    }

    /// What an action makes: facts, and the list again.
    fn conclude(
        mut self,
        row: &AttentionRow,
        tab: AttentionTab,
        action: Action,
        who: &Who,
        with: With,
        found: &Found,
    ) -> Turn {
        let Some(about) = &row.about else { return self.turn() };
        let signed_in = self.who().operator;
        match act(about, action, who, &signed_in, with) {
            Ok(done) => {
                self.answer = Answer::Notice(match action {
                    Action::Report => "reported",
                    Action::AddNote | Action::AddPhoto | Action::Dismiss => "noted",
                    Action::PassOn | Action::Reassign => "passed-on",
                    Action::AskApproval | Action::Approve => "approved",
                    Action::Answer | Action::Decline | Action::OpenTask => "answered",
                });
                let mut turn = self.show(Self::attention(tab));
                turn.facts = done.facts;
                turn.effects.push(Effect::Signal(Signal::StepComplete));
                turn
            }
            Err(refusal) => {
                self.show_refusal(Refusal::Goods(refusal), String::new(), found);
                let mut turn = self.turn();
                turn.effects.push(Effect::Signal(Signal::Refused));
                turn
            }
        }
    }

    /// A lead's badge and PIN are asked for.
    fn ask_lead(mut self, asked: LeadAsked) -> Turn {
        let reason = match &asked.row.about {
            Some(Entry::Exception { reason, .. }) => *reason,
            Some(Entry::Rejected { decision: Some(own), .. }) => own.decision,
            _ => Reason::NotAllowed,
        };
        let number = match &asked.row.about {
            Some(Entry::Rejected { decision: Some(own), .. }) => own.qty,
            _ => asked.row.quantity,
        };
        self.lead = Some(Box::new(asked));
        self.show(OpenPage::Approve { reason, number, approver: None, typed: false, code: String::new() })
    }

    /// The rule that a lead is asked about here, with the number in its sentence.
    pub(super) fn lead_asked(&self) -> Option<(Reason, i64)> {
        match &self.page {
            Some(OpenPage::Approve { reason, number, typed: false, .. }) if self.lead.is_some() => {
                Some((*reason, *number))
            }
            _ => None,
        }
    }

    /// A lead who came by said yes.
    pub(super) fn lead_allowed(mut self, by: OperatorId, found: &Found) -> Result<Turn, Box<Self>> {
        let Some(asked) = self.lead.take() else { return Err(Box::new(self)) };
        let roles = found.known.operators.iter().find(|row| row.id == by).map(|row| row.roles.clone());
        let who = Who { operator: by, roles: roles.unwrap_or_default() };
        Ok(self.conclude(&asked.row, asked.tab, asked.action, &who, With::default(), found))
    }

    /// A photograph for an entry is on the disk.
    pub(super) fn entry_photo(self, photo: &Photo, found: &Found) -> Result<Turn, Box<Self>> {
        match self.page.clone() {
            Some(OpenPage::Entry { row, tab }) => {
                let with = With { photo: Some(photo_of(photo)), ..With::default() };
                let who = self.who();
                Ok(self.conclude(&row, tab, Action::AddPhoto, &who, with, found))
            }
            _ => Err(Box::new(self)),
        }
    }

    /// The connection, or what waits for it, changed. What the core flagged or rejected is signalled once; the step
    /// goes on untouched.
    pub(super) fn link_changed(mut self, link: LinkState) -> Turn {
        let heard = match (&self.link.news, &link.news) {
            (Some((before, newest)), Some((now, new))) => now > before || new > newest,
            _ => false,
        };
        let news = link.news.clone().or_else(|| self.link.news.clone());
        self.link = LinkState { news, ..link };
        let told = heard && self.session.is_some();
        let mut turn = self.turn();
        if told {
            turn.effects.push(Effect::Signal(Signal::Attention));
        }
        turn
    }
}
