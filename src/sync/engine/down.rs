//! State down: one pull or bootstrap page at a time.

use super::{Down, NO_ROOM_MS, PULL_GAP_MS, Sync, all_streams, retry_after_ms};
use crate::store::{SpaceLevel, Store, StoreError};
use crate::sync::lane::{BACKOFF_BASE_MS, BACKOFF_LONG_CAP_MS, Way};
use crate::sync::{NetError, Notice, Request, SyncTurn};
use floorhand_wire::feed::{BootstrapResponse, PullResponse};
use floorhand_wire::{BOOTSTRAP_ROWS_MAX, PULL_ROWS_MAX, PULL_WAIT_MAX_S};

impl Sync {
    pub(super) fn send_down(&mut self, store: &mut Store, turn: &mut SyncTurn) -> Result<(), StoreError> {
        let Some(server_epoch) = store.identity().map(|identity| identity.server_epoch.clone()) else {
            self.down.way = Way::Idle(None);
            return Ok(());
        };
        if store.space().is_ok_and(|space| space.level >= SpaceLevel::NoDownloads) {
            self.no_rows = true;
            self.down.way = Way::Idle(Some(self.now_ms + NO_ROOM_MS));
            return Ok(());
        }
        let (sent, request) = match store.next_bootstrap()? {
            Some((stream, after)) => (
                Down::Bootstrap { stream: stream.clone(), after: after.clone() },
                Request::Bootstrap { stream, after, limit: BOOTSTRAP_ROWS_MAX },
            ),
            None => (
                Down::Pull,
                Request::Pull {
                    cursor: store.pull_cursor()?,
                    server_epoch,
                    limit: PULL_ROWS_MAX,
                    wait_s: if self.caught_up { PULL_WAIT_MAX_S } else { 0 },
                },
            ),
        };
        turn.requests.push(request);
        self.down.send(sent, self.now_ms);
        Ok(())
    }

    pub(super) fn pulled(
        &mut self,
        response: &PullResponse,
        store: &mut Store,
        turn: &mut SyncTurn,
    ) -> Result<(), StoreError> {
        let sent_ms = self.down.sent_ms;
        self.down.way = Way::Idle(Some(self.now_ms + BACKOFF_BASE_MS));
        if self.heard(&response.server_time, &response.server_epoch, false, store, turn)? {
            // Rows of a core that was restored since: nothing of them fits what is here.
            return Ok(());
        }
        let restored = store.is_restored();
        let changes = store.apply_pull(response)?;
        if restored && !store.is_restored() {
            self.up.arm(self.now_ms);
        }
        if changes.stale {
            return self.back_off_down(None, store);
        }
        self.no_rows = false;
        self.revoked = false;
        self.caught_up = changes.complete;
        if changes.complete {
            self.heard(&response.server_time, &response.server_epoch, true, store, turn)?;
        }
        let anew = store.next_bootstrap()?;
        if let Some((stream, _)) = anew {
            // What was here differs from what the core has.
            let due = self.resync_due();
            self.down.way = Way::Idle(Some(due));
            turn.notices.push(Notice::Resync { stream });
        } else if changes.complete {
            self.down.succeeded();
            self.down.way = Way::Idle(Some(self.now_ms.max(sent_ms + PULL_GAP_MS)));
        } else if response.streams.iter().any(|page| page.to > page.from || !page.rows.is_empty()) {
            self.down.succeeded();
            self.down.way = Way::Idle(Some(self.now_ms));
        } else {
            // Not complete, and nothing more of it came.
            self.back_off_down(None, store)?;
        }
        if !changes.is_empty() {
            turn.notices.push(Notice::BaseChanged(changes));
        }
        Ok(())
    }

    pub(super) fn booted(
        &mut self,
        after: &str,
        response: &BootstrapResponse,
        store: &mut Store,
        turn: &mut SyncTurn,
    ) -> Result<(), StoreError> {
        self.caught_up = false;
        self.down.way = Way::Idle(Some(self.now_ms + BACKOFF_BASE_MS));
        if self.heard(&response.server_time, &response.server_epoch, false, store, turn)? {
            return Ok(());
        }
        let changes = store.apply_bootstrap(after, response)?;
        if changes.stale {
            return self.back_off_down(None, store);
        }
        self.down.succeeded();
        self.no_rows = false;
        self.down.way = Way::Idle(Some(self.now_ms));
        if !changes.is_empty() {
            turn.notices.push(Notice::BaseChanged(changes));
        }
        Ok(())
    }

    pub(super) fn pull_failed(
        &mut self,
        error: &NetError,
        stream: Option<String>,
        store: &mut Store,
        turn: &mut SyncTurn,
    ) -> Result<(), StoreError> {
        self.caught_up = false;
        if let NetError::Problem(problem) = error {
            self.tell_online(true, store)?;
            match problem.code.as_str() {
                "must_resync" => {
                    // The base only, never the outbox.
                    let one = problem.stream.clone().or(stream).map(|one| vec![one]);
                    for stream in one.unwrap_or_else(|| all_streams(store)) {
                        store.start_resync(&stream)?;
                        turn.notices.push(Notice::Resync { stream });
                    }
                    let due = self.resync_due().max(self.now_ms + BACKOFF_BASE_MS);
                    self.down.way = Way::Idle(Some(due));
                    return Ok(());
                }
                "revoked" => {
                    self.revoke(turn);
                    self.down.hold(self.now_ms + BACKOFF_LONG_CAP_MS);
                    return Ok(());
                }
                "too_old" => {
                    turn.notices.push(Notice::TooOld);
                    self.no_rows = true;
                    self.down.hold(self.now_ms + BACKOFF_LONG_CAP_MS);
                    return Ok(());
                }
                _ => {}
            }
        }
        self.back_off_down(Some(error), store)
    }

    pub(super) fn back_off_down(&mut self, error: Option<&NetError>, store: &mut Store) -> Result<(), StoreError> {
        self.caught_up = false;
        // Other bits than those of the way up, so that both do not always fall together.
        self.down.back_off(self.now_ms, self.random.rotate_left(32), retry_after_ms(error));
        self.failed(error, self.down.retry.attempt == 1, store)
    }
}
