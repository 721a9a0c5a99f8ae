//! Sync inside the loop: the engine says what to send; what comes back changes the base, and the
//! app learns of it as an input like any other.

use super::{Runner, chain};
use crate::app::{Flow, Found, Input, LinkState};
use crate::sync::{Input as SyncInput, Link, Notice};
use floorhand_domain::id::LineId;
use floorhand_domain::task::TaskState;

impl Runner {
    pub(super) fn sync_input(&mut self, input: SyncInput) {
        let now_ms = self.clock.mono_ms();
        let random = u64::from_le_bytes(*uuid::Uuid::now_v7().as_bytes().last_chunk::<8>().unwrap_or(&[0; 8]));
        let turn = match self.sync.handle(input, &mut self.store, now_ms, random) {
            Ok(turn) => turn,
            Err(error) => {
                tracing::error!(error = chain(&error), "sync could not go on; it tries again");
                self.sync_due_ms = Some(now_ms + 5_000);
                return;
            }
        };
        self.sync_due_ms = turn.due_ms;
        if let Some(transport) = &self.transport {
            for request in turn.requests {
                transport.send(request);
            }
        }
        let heard = !turn.notices.is_empty();
        for notice in turn.notices {
            self.notice(notice);
        }
        if heard {
            self.refresh_link();
        }
    }

    fn notice(&mut self, notice: Notice) {
        match notice {
            Notice::Link(link) => {
                let online = link != Link::Offline;
                if online != self.app.link.online {
                    let link =
                        LinkState { online, fresh: online && self.app.link.last_ok.is_some(), ..self.app.link.clone() };
                    self.input(Input::Link(link), &Found::default());
                }
            }
            Notice::BaseChanged(changes) => {
                self.base_changed(&changes.kinds, &changes.ids);
                self.load_refund();
            }
            Notice::OutcomesChanged => {
                self.load_page();
                self.load_refund();
            }
            Notice::AccessEnded => self.input(Input::Lost("access-ended"), &Found::default()),
            Notice::ClaimRefused { task, .. } => {
                if self.app.task().as_str() == task {
                    self.input(Input::Lost("task-reassigned"), &Found::default());
                }
            }
            Notice::TooOld => tracing::error!("the core wants a newer app; facts are still sent"),
            Notice::Resync { stream } => tracing::info!(%stream, "stream is read anew"),
        }
    }

    /// Whether a line of the task under way differs from what is being worked on. The echo of our own
    /// facts does not, and costs one look-up.
    fn line_changed(&self, id: &LineId) -> bool {
        let Ok(Some(row)) = self.store.line_shown(id) else { return false };
        let flow = match &self.app.flow {
            Flow::Pick(flow) => flow,
            Flow::PutAway(flow) if row.task == flow.at.task.id => {
                let known = flow.at.lines.iter().zip(&flow.at.progress).find(|(line, _)| line.id == *id);
                return known.is_none_or(|(line, p)| {
                    (line.qty, p.moved, p.state, &line.plan) != (row.qty, row.picked, row.state, &row.plan)
                });
            }
            Flow::Count(flow) if row.task == flow.at.task.id => {
                let known = flow.at.lines.iter().zip(&flow.at.states).find(|(line, _)| line.id == *id);
                return known.is_none_or(|(line, state)| (*state, &line.plan) != (row.state, &row.plan));
            }
            _ => return false,
        };
        if row.task != flow.pick.task.id {
            return false;
        }
        let known = flow.pick.lines.iter().zip(&flow.pick.progress).find(|(line, _)| line.id == *id);
        known.is_none_or(|(line, p)| (line.qty, p.picked, p.state) != (row.qty, row.picked, row.state))
    }

    fn base_changed(&mut self, kinds: &[String], ids: &[String]) {
        let any = |kind: &str| kinds.iter().any(|k| k == kind);
        if any("settings")
            && let Ok(settings) = self.store.settings()
        {
            super::load::tell_faults(&settings);
            self.input(Input::Settings(settings), &Found::default());
        }
        if any("operator")
            && let Some(session) = &self.app.session
            && matches!(self.store.operator(&session.operator), Ok(None))
        {
            self.input(Input::Revoked, &Found::default());
        }
        if any("delivery") || any("delivery-line") {
            match &self.app.flow {
                Flow::Receive(_) => self.reload_delivery(),
                _ => self.load_deliveries(),
            }
        }
        if any("pack-order") || any("carton") || any("carton-type") {
            self.bench_changed();
        }
        if ["rma", "shipped", "return-policy"].into_iter().any(any) {
            self.reload_return();
        }
        let task = self.app.task();
        match &self.app.flow {
            Flow::Work if any("task") || any("line") => self.load_work(),
            Flow::Pick(_) | Flow::PutAway(_) | Flow::Count(_) if any("task") || any("line") || any("exception") => {
                // An exception may say that the task is somebody else's; its row came before our claim did.
                let changed = |id: &String| *id == task.0 || self.line_changed(&LineId(id.clone()));
                if any("exception") || ids.iter().any(changed) {
                    self.reload(&task);
                }
            }
            _ => {}
        }
        if any("task") {
            self.tell_urgent(ids);
        }
        if any("exception") || any("outcome") {
            self.load_page();
        }
    }

    /// Tasks that came while somebody picks: one that is free and more urgent is announced between two lines.
    fn tell_urgent(&mut self, ids: &[String]) {
        for id in ids {
            let Flow::Pick(flow) = &self.app.flow else { return };
            let pick = &flow.pick.task;
            if *id == pick.id.0 {
                continue;
            }
            let row = self.store.task_shown(&id.as_str().into()).ok().flatten();
            if let Some(task) = row.filter(|row| row.priority > pick.priority && row.state == TaskState::Open) {
                self.input(Input::Urgent(Box::new(task)), &Found::default());
            }
        }
    }
}
