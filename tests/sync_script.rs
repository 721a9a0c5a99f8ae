//! The engine against scripted answers: what it sends, when it tries again, what it never does.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::print_stderr
)]

#[path = "store/kit.rs"]
mod kit;

use floorhand::store::{DB_FILE, RetryState, Store};
use floorhand::sync::engine::{
    BACKOFF_BASE_MS, BACKOFF_CAP_MS, BACKOFF_LONG_CAP_MS, KICK_MS, LONG_OUTAGE_MS, LOST_MS, PULL_GAP_MS,
};
use floorhand::sync::{Claim, Input, Link, NetAnswer, NetError, Notice, Request, Sync, SyncTurn};
use floorhand_wire::enrol::{EpochReason, EpochResponse};
use floorhand_wire::feed::{Applied, PullResponse};
use floorhand_wire::problem::Problem;
use floorhand_wire::push::{PushRequest, PushResponse};
use kit::*;
use tempfile::TempDir;

/// A device with rows, and the engine that is being asked.
struct Device {
    dir: TempDir,
    store: Store,
    sync: Sync,
    now_ms: u64,
    random: u64,
    due_ms: Option<u64>,
    /// What is in flight.
    up: Option<Request>,
    down: Option<Request>,
    notices: Vec<Notice>,
}

impl Device {
    fn new() -> Self {
        let dir = folder();
        let store = stocked(dir.path());
        let sync = Sync::new(&store, BOOT);
        let mut device = Self {
            dir,
            store,
            sync,
            now_ms: 100_000,
            random: 7,
            due_ms: None,
            up: None,
            down: None,
            notices: Vec::new(),
        };
        device.input(Input::Start);
        device
    }

    fn input(&mut self, input: Input) {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let turn = self.sync.handle(input, &mut self.store, self.now_ms, self.random).unwrap();
        self.took(turn);
    }

    fn took(&mut self, turn: SyncTurn) {
        for request in turn.requests {
            let lane = match request {
                Request::Pull { .. } | Request::Bootstrap { .. } => &mut self.down,
                _ => &mut self.up,
            };
            assert!(lane.is_none(), "two in flight: {lane:?} and {request:?}");
            *lane = Some(request);
        }
        self.due_ms = turn.due_ms;
        self.notices.extend(turn.notices);
        // I11, after every step.
        if self.store.has_unacked() {
            let due = self.due_ms.expect("facts wait and nothing is due");
            assert!(due <= self.now_ms + BACKOFF_LONG_CAP_MS, "due in {} ms", due.saturating_sub(self.now_ms));
        }
    }

    fn answer(&mut self, answer: NetAnswer) {
        match answer {
            NetAnswer::Pull(_) | NetAnswer::Bootstrap { .. } => self.down = None,
            _ => self.up = None,
        }
        self.input(Input::Answer(answer));
    }

    /// Picks so many times; the engine is told.
    fn pick(&mut self, n: usize) {
        for _ in 0..n {
            commit(&mut self.store, vec![picked("L1", 1)]);
        }
        self.input(Input::FactCommitted { claims: Vec::new() });
    }

    /// Lets time pass until something was sent on the way up, or for `at_most` ms; says how long it took.
    fn until_up(&mut self, at_most: u64) -> Option<u64> {
        let from = self.now_ms;
        while self.up.is_none() {
            let due = self.due_ms.filter(|due| *due <= from + at_most)?;
            self.now_ms = self.now_ms.max(due);
            self.input(Input::Tick);
            if self.down.is_some() {
                // The way down is of no interest here: its answer brings nothing new.
                let pull = self.nothing_new();
                self.answer(NetAnswer::Pull(Box::new(Ok(pull))));
            }
        }
        Some(self.now_ms - from)
    }

    fn nothing_new(&self) -> PullResponse {
        let Applied { epoch, through } = self.store.applied();
        pull(&self.store, (epoch, through), Vec::new())
    }

    fn push(&self) -> PushRequest {
        match &self.up {
            Some(Request::Push(push)) => push.clone(),
            other => panic!("no push but {other:?}"),
        }
    }

    /// Epoch, first number and facts of the push in flight.
    fn pushed(&self) -> (u64, u64, usize) {
        let push = self.push();
        (push.epoch, push.first_seq, push.facts.len())
    }

    fn push_says(&mut self, result: Result<PushResponse, NetError>) {
        let push = self.push();
        self.answer(NetAnswer::Push { epoch: push.epoch, first_seq: push.first_seq, result });
    }

    fn pull_says(&mut self, result: Result<PullResponse, NetError>) {
        assert!(matches!(self.down, Some(Request::Pull { .. })), "{:?}", self.down);
        self.answer(NetAnswer::Pull(Box::new(result)));
    }

    fn noticed(&mut self, wanted: &Notice) -> bool {
        let found = self.notices.contains(wanted);
        self.notices.clear();
        found
    }
}

fn acked(through: u64) -> Result<PushResponse, NetError> {
    Ok(PushResponse {
        acked_through: Some(through),
        server_epoch: "E1".into(),
        server_time: TIME.into(),
        ..PushResponse::default()
    })
}

fn problem<T>(status: u16, code: &str, set: impl FnOnce(&mut Problem)) -> Result<T, NetError> {
    let mut problem = Problem { status, code: code.into(), ..Problem::default() };
    set(&mut problem);
    Err(NetError::Problem(Box::new(problem)))
}

#[test]
fn a_lost_reply_is_asked_for_again_and_is_one_ack() {
    let mut device = Device::new();
    device.pick(3);
    assert_eq!(device.pushed(), (1, 1, 3));
    device.up = None;
    // Nothing comes: neither an answer nor an error.
    let waited = device.until_up(LOST_MS + BACKOFF_CAP_MS).unwrap();
    assert!(waited >= LOST_MS, "taken as lost after {waited} ms");
    assert_eq!((device.push().epoch, device.push().first_seq), (1, 1));
    device.push_says(acked(3));
    assert!(!device.store.has_unacked());
    assert_eq!(device.until_up(10_000), None, "nothing is left to send");
}

#[test]
fn a_long_poll_is_not_taken_as_lost() {
    // Token and answer may each take their time, once more after a refused token.
    const { assert!(LOST_MS > 25_000 + 10_000 + 2 * 15_000) };
    let mut device = Device::new();
    let first = device.nothing_new();
    device.pull_says(Ok(first));
    device.now_ms += PULL_GAP_MS;
    device.input(Input::Tick);
    assert!(matches!(device.down, Some(Request::Pull { wait_s: 25, .. })), "{:?}", device.down);
    device.now_ms += 60_000;
    device.input(Input::Tick);
    let answer = device.nothing_new();
    device.pull_says(Ok(answer));
}

#[test]
fn a_duplicate_answer_changes_nothing() {
    let mut device = Device::new();
    device.pick(2);
    let push = device.push();
    let answer = NetAnswer::Push { epoch: push.epoch, first_seq: push.first_seq, result: acked(2) };
    device.answer(answer.clone());
    let (head, contact) = (device.store.head().clone(), device.store.contact().clone());
    device.notices.clear();
    device.answer(answer.clone());
    assert_eq!((device.store.head(), device.store.contact()), (&head, &contact));
    assert!(device.notices.is_empty());
    // Nor while the next one is in flight.
    device.now_ms += KICK_MS;
    device.pick(1);
    let flying = device.up.clone();
    device.input(Input::Answer(answer));
    assert_eq!((device.up.clone(), device.store.has_unacked()), (flying, true));
}

#[test]
fn a_late_pull_is_applied_once() {
    let mut device = Device::new();
    let rows = pull(&device.store, (0, 0), vec![stock_row(&stock("A1", "SKU1", "", 90), 60)]);
    device.now_ms += LOST_MS;
    device.down = None;
    device.input(Input::Tick);
    device.now_ms += BACKOFF_CAP_MS;
    device.input(Input::Tick);
    assert!(device.down.is_some());
    // The answer to the first request comes late, that to the second one after it.
    device.pull_says(Ok(rows.clone()));
    assert_eq!(shown(&device.store, "A1", "SKU1"), 90);
    device.down = None;
    device.now_ms += PULL_GAP_MS;
    device.input(Input::Tick);
    device.pull_says(Ok(rows));
    assert_eq!(shown(&device.store, "A1", "SKU1"), 90);
    assert_eq!(device.store.next_bootstrap().unwrap(), None);
}

#[test]
fn too_large_a_push_is_halved_down_to_one() {
    let mut device = Device::new();
    device.pick(5);
    device.push_says(acked(5));
    device.now_ms += KICK_MS;
    device.pick(200);
    let mut sizes = Vec::new();
    while device.pushed().2 > 1 {
        sizes.push(device.pushed().2);
        device.push_says(problem(413, "too_large", |_| {}));
        assert!(sizes.len() < 20);
    }
    assert_eq!(sizes, [200, 100, 50, 25, 12, 6, 3]);
    device.push_says(problem(413, "too_large", |_| {}));
    assert!(device.up.is_none(), "one that is too large waits: no tight loop");
    device.until_up(BACKOFF_CAP_MS).unwrap();
    device.push_says(acked(6));
    assert_eq!(device.pushed(), (1, 7, 2), "and it grows again");
}

#[test]
fn a_timeout_halves_and_backs_off() {
    let mut device = Device::new();
    device.pick(8);
    for (n, size) in [(1, 8), (2, 8), (3, 8), (4, 8)] {
        assert_eq!(device.pushed().2, size, "attempt {n}");
        device.push_says(Err(NetError::TimedOut));
        assert!(device.up.is_none());
        device.until_up(BACKOFF_CAP_MS).unwrap();
    }
    // 200, 100, 50, 25, 12, 6
    device.push_says(Err(NetError::TimedOut));
    device.until_up(BACKOFF_CAP_MS).unwrap();
    assert_eq!(device.pushed().2, 6);
}

#[test]
fn what_is_not_the_cores_counts_as_offline() {
    for wrong in [
        Err(NetError::NotOurs("status 200, not JSON".into())),
        Err(NetError::Unreachable("no route".into())),
        // `{}` has the form of an answer, and nobody in it.
        Ok(PushResponse::default()),
    ] {
        let mut device = Device::new();
        let first = device.nothing_new();
        device.pull_says(Ok(first));
        device.pick(1);
        device.notices.clear();
        device.push_says(wrong);
        assert!(device.noticed(&Notice::Link(Link::Offline)));
        assert!(device.store.has_unacked() && !device.store.contact().online);
        assert!(device.up.is_none());
    }
}

#[test]
fn a_busy_core_is_left_alone_as_long_as_it_asks() {
    let mut device = Device::new();
    device.pick(1);
    device.push_says(Err(NetError::Busy { retry_after_s: 40 }));
    let busy_ms = device.now_ms;
    // Neither a new fact nor a person nor the link changes that.
    for _ in 0..10 {
        device.now_ms += 2_000;
        device.pick(1);
        device.input(Input::SyncNow);
        device.input(Input::LinkUp);
        assert!(device.up.is_none());
    }
    device.until_up(BACKOFF_CAP_MS).unwrap();
    assert!(device.now_ms >= busy_ms + 40_000);
    // But not for ever, whatever it says.
    device.push_says(Err(NetError::Busy { retry_after_s: 1_000_000 }));
    assert!(device.until_up(BACKOFF_LONG_CAP_MS).is_some());
}

#[test]
fn a_gap_is_sent_again_once_the_rows_are_known() {
    let mut device = Device::new();
    device.pick(4);
    device.push_says(acked(4));
    device.now_ms += KICK_MS;
    device.pick(1);
    device.push_says(problem(409, "gap", |problem| problem.expect_seq = Some(3)));
    assert!(device.store.is_restored());
    assert_eq!(device.store.outbox_batch(9, 99_999).unwrap().unwrap().first_seq, 3);
    // The rows of the core come first, then its missing facts.
    let rows = device.nothing_new();
    device.pull_says(Ok(rows));
    device.until_up(BACKOFF_CAP_MS).unwrap();
    assert_eq!(device.pushed(), (1, 3, 3));
    device.push_says(acked(5));
    assert!(!device.store.has_unacked());
}

#[test]
fn a_gap_that_is_none_backs_off() {
    let mut device = Device::new();
    device.pick(1);
    let mut sent = 0;
    while let Some(waited) = device.until_up(BACKOFF_CAP_MS) {
        device.push_says(problem(409, "gap", |problem| problem.expect_seq = Some(1)));
        sent += 1;
        if sent > 6 {
            assert!(waited > 0, "no tight loop");
            return;
        }
    }
    panic!("it gave up");
}

#[test]
fn after_a_fork_the_tail_has_new_numbers_and_says_what_they_were() {
    let mut device = Device::new();
    device.pick(2);
    device.push_says(acked(2));
    device.now_ms += KICK_MS;
    device.pick(3);
    device.push_says(problem(409, "fork", |problem| problem.seq = Some(3)));
    assert!(
        matches!(&device.up, Some(Request::Epoch(ask)) if ask.reason == EpochReason::Restored && ask.salvaged_from == Some(1))
    );
    // A fact committed meanwhile moves too.
    commit(&mut device.store, vec![picked("L1", 1)]);
    device.answer(NetAnswer::Epoch(Ok(EpochResponse { epoch: 2 })));
    assert_eq!(device.pushed(), (2, 1, 4));
    let was: Vec<_> = device.push().facts.iter().map(|fact| fact["was"].clone()).collect();
    let expected: Vec<_> = (3..=6).map(|seq| serde_json::json!({"epoch": 1, "seq": seq})).collect();
    assert_eq!(was, expected);
    device.push_says(acked(4));
    assert!(!device.store.has_unacked());
    assert_eq!(picked_shown(&device.store, "L1"), 6);
}

#[test]
fn a_lost_epoch_is_asked_for_again_after_a_restart_too() {
    let mut device = Device::new();
    device.pick(3);
    device.push_says(problem(409, "fork", |problem| problem.seq = Some(2)));
    device.answer(NetAnswer::Epoch(Err(NetError::TimedOut)));
    device.until_up(BACKOFF_CAP_MS).unwrap();
    assert!(matches!(device.up, Some(Request::Epoch(_))));
    // The app is killed before the answer: the core has an epoch that nobody uses, and forks again.
    device.sync = Sync::new(&device.store, BOOT);
    (device.up, device.down) = (None, None);
    device.input(Input::Start);
    device.until_up(BACKOFF_CAP_MS).unwrap();
    assert_eq!(device.pushed(), (1, 1, 3));
    device.push_says(problem(409, "fork", |problem| problem.seq = Some(2)));
    device.answer(NetAnswer::Epoch(Ok(EpochResponse { epoch: 3 })));
    // What is before the fork goes under its old numbers, the tail under the new ones.
    assert_eq!(device.pushed(), (1, 1, 1));
    device.push_says(acked(1));
    assert_eq!(device.pushed(), (3, 1, 2));
}

#[test]
fn a_core_that_always_forks_does_not_get_one_epoch_after_the_other() {
    let mut device = Device::new();
    device.pick(3);
    let (mut epochs, from) = (0, device.now_ms);
    while device.now_ms < from + 600_000 {
        match device.up.clone() {
            Some(Request::Push(_)) => device.push_says(problem(409, "fork", |problem| problem.seq = Some(1))),
            Some(Request::Epoch(_)) => {
                epochs += 1;
                device.answer(NetAnswer::Epoch(Ok(EpochResponse { epoch: 1 + epochs })));
            }
            _ => drop(device.until_up(BACKOFF_LONG_CAP_MS).unwrap()),
        }
    }
    assert!((2..60).contains(&epochs), "{epochs} epochs in ten minutes");
    assert_eq!(picked_shown(&device.store, "L1"), 3);
    check_chain(device.dir.path());
}

#[test]
fn a_fork_beyond_what_was_sent_stops_nothing() {
    let mut device = Device::new();
    device.pick(2);
    device.push_says(problem(409, "fork", |problem| problem.seq = Some(900)));
    device.answer(NetAnswer::Epoch(Ok(EpochResponse { epoch: 2 })));
    assert_eq!(device.pushed(), (2, 1, 2));
}

#[test]
fn what_is_left_behind_a_hole_gets_new_numbers() {
    let mut device = Device::new();
    for _ in 0..5 {
        commit(&mut device.store, vec![picked("L1", 1)]);
    }
    // Damage takes two facts that were never sent.
    let conn = rusqlite::Connection::open(device.dir.path().join(DB_FILE)).unwrap();
    conn.execute("DELETE FROM outbox WHERE seq IN (2, 3)", []).unwrap();
    drop(conn);
    device.input(Input::FactCommitted { claims: Vec::new() });
    assert_eq!(device.pushed(), (1, 1, 1), "up to the hole under the old numbers");
    device.push_says(acked(1));
    device.until_up(BACKOFF_CAP_MS).unwrap();
    assert!(matches!(&device.up, Some(Request::Epoch(ask)) if ask.reason == EpochReason::Corrupt));
    device.answer(NetAnswer::Epoch(Ok(EpochResponse { epoch: 2 })));
    assert_eq!(device.pushed(), (2, 1, 2));
    device.push_says(acked(2));
    assert!(!device.store.has_unacked());
}

#[test]
fn must_resync_fetches_rows_anew_and_leaves_the_outbox_alone() {
    let mut device = Device::new();
    device.pick(3);
    let before = device.store.outbox_batch(9, 99_999).unwrap();
    device.notices.clear();
    device.pull_says(problem(410, "must_resync", |problem| problem.stream = Some(WAREHOUSE.into())));
    assert!(device.noticed(&Notice::Resync { stream: WAREHOUSE.into() }));
    assert_eq!(device.store.outbox_batch(9, 99_999).unwrap(), before);
    device.now_ms += BACKOFF_CAP_MS;
    device.input(Input::Tick);
    assert!(matches!(&device.down, Some(Request::Bootstrap { stream, .. }) if stream == WAREHOUSE));
    device.answer(NetAnswer::Bootstrap {
        stream: WAREHOUSE.into(),
        after: String::new(),
        result: Box::new(Ok(whole(WAREHOUSE, 50, world(), None))),
    });
    assert_eq!(picked_shown(&device.store, "L1"), 3);
    let rest = device.nothing_new();
    device.pull_says(Ok(rest));
    assert_eq!((picked_shown(&device.store, "L1"), device.store.next_bootstrap().unwrap()), (3, None));
}

/// Answers everything that goes down in the same way for ten minutes; says how many requests that were.
fn asked_in_ten_minutes(mut say: impl FnMut(&Device, &Request) -> NetAnswer) -> u32 {
    let mut device = Device::new();
    let (mut asked, until) = (0, device.now_ms + 600_000);
    while device.now_ms < until {
        match device.down.clone() {
            Some(request) => {
                asked += 1;
                assert!(asked < 100_000, "it spins");
                let answer = say(&device, &request);
                device.answer(answer);
                // An answer takes a moment.
                device.now_ms += 1;
            }
            None => {
                device.now_ms = device.now_ms.max(device.due_ms.unwrap());
                device.input(Input::Tick);
            }
        }
    }
    assert_eq!(device.store.stock_shown(&"A1".into(), &"SKU1".into()).unwrap()[0].qty, 100, "what was shown stays");
    asked
}

fn page_of(device: &Device, stream: &str) -> NetAnswer {
    let _ = device;
    let rows = match stream {
        WAREHOUSE => world(),
        GLOBAL => master(),
        _ => Vec::new(),
    };
    NetAnswer::Bootstrap {
        stream: stream.into(),
        after: String::new(),
        result: Box::new(Ok(whole(stream, 50, rows, None))),
    }
}

#[test]
fn no_core_makes_the_way_down_spin() {
    let pull_of = |result| NetAnswer::Pull(Box::new(result));
    let failed = |request: &Request, error: NetError| match request {
        Request::Bootstrap { stream, after, .. } => {
            NetAnswer::Bootstrap { stream: stream.clone(), after: after.clone(), result: Box::new(Err(error)) }
        }
        _ => NetAnswer::Pull(Box::new(Err(error))),
    };
    let broken = |_: &Device, request: &Request| failed(request, problem::<()>(500, "internal", |_| {}).unwrap_err());
    assert!(asked_in_ten_minutes(broken) < 60, "always an error");
    let resync = |device: &Device, request: &Request| match request {
        Request::Bootstrap { stream, .. } => page_of(device, stream),
        _ => pull_of(problem(410, "must_resync", |_| {})),
    };
    assert!(asked_in_ten_minutes(resync) < 80, "always must_resync");
    let differs = |device: &Device, request: &Request| match request {
        Request::Bootstrap { stream, .. } => page_of(device, stream),
        _ => {
            let mut answer = device.nothing_new();
            answer.streams[2].sum = "00000000000000ff".into();
            pull_of(Ok(answer))
        }
    };
    assert!(asked_in_ten_minutes(differs) < 60, "always another checksum");
    let two_cores = |device: &Device, request: &Request| {
        let now = device.store.identity().unwrap().server_epoch.clone();
        let other = if now == "E1" { "E2" } else { "E1" };
        let mut answer = device.nothing_new();
        match request {
            Request::Bootstrap { stream, .. } => page_of(device, stream),
            _ => {
                answer.server_epoch = other.into();
                pull_of(Ok(answer))
            }
        }
    };
    assert!(asked_in_ten_minutes(two_cores) < 80, "always restored");
    let empty = |device: &Device, _: &Request| {
        let mut answer = device.nothing_new();
        answer.streams[2].complete = false;
        pull_of(Ok(answer))
    };
    assert!(asked_in_ten_minutes(empty) < 60, "never complete, and nothing comes");
    let silent =
        |device: &Device, _: &Request| pull_of(Ok(PullResponse { streams: Vec::new(), ..device.nothing_new() }));
    assert!(asked_in_ten_minutes(silent) < 60, "no stream at all");
    let at_once = |device: &Device, _: &Request| pull_of(Ok(device.nothing_new()));
    let most = u32::try_from(600_000 / PULL_GAP_MS).unwrap() + 2;
    assert!(asked_in_ten_minutes(at_once) <= most, "a core that does not wait");
}

#[test]
fn pages_of_an_incomplete_pull_follow_at_once() {
    let mut device = Device::new();
    let whole = pull(
        &device.store,
        (0, 0),
        vec![stock_row(&stock("A1", "SKU1", "", 90), 60), stock_row(&stock("A2", "SKU1", "", 5), 61)],
    );
    let mut one = whole.clone();
    one.streams[2].rows.truncate(1);
    (one.streams[2].to, one.streams[2].complete) = (60, false);
    device.pull_says(Ok(one));
    assert!(matches!(&device.down, Some(Request::Pull { cursor, wait_s: 0, .. }) if cursor.contains("wh:7=60")));
}

#[test]
fn a_revoked_device_sends_facts_and_nothing_else() {
    let mut device = Device::new();
    device.pull_says(problem(403, "revoked", |_| {}));
    assert!(device.noticed(&Notice::AccessEnded));
    commit(&mut device.store, vec![claimed()]);
    let claim = Claim { task: "T1".into(), operator: "o-1".into(), id: id(1) };
    device.input(Input::FactCommitted { claims: vec![claim] });
    assert_eq!(device.pushed(), (1, 1, 1), "no claim, but the fact");
    device.push_says(Ok(PushResponse {
        quarantined_through: Some(1),
        server_epoch: "E1".into(),
        ..PushResponse::default()
    }));
    assert!(device.store.has_unacked(), "quarantine is no ack");
    // Not every second: a supervisor has to act.
    for _ in 0..100 {
        device.now_ms += 2_000;
        device.input(Input::FactCommitted { claims: Vec::new() });
        device.input(Input::Tick);
    }
    assert!(device.up.is_none());
    assert!(device.until_up(BACKOFF_LONG_CAP_MS).is_some(), "but it goes on");
}

#[test]
fn back_off_grows_is_capped_and_always_armed() {
    let mut device = Device::new();
    device.pick(1);
    let (mut waits, from) = (Vec::new(), device.now_ms);
    while device.now_ms < from + 3 * LONG_OUTAGE_MS {
        device.push_says(Err(NetError::Unreachable("no route".into())));
        let before = device.now_ms;
        // The way down fails as well.
        while device.up.is_none() {
            device.now_ms = device.now_ms.max(device.due_ms.unwrap());
            device.input(Input::Tick);
            if device.down.is_some() {
                device.pull_says(Err(NetError::Unreachable("no route".into())));
            }
        }
        waits.push((before - from, device.now_ms - before));
    }
    assert!(waits[0].1 <= 3 * BACKOFF_BASE_MS, "{waits:?}");
    let hour = |range: std::ops::Range<u64>| {
        waits.iter().filter(|(at, _)| range.contains(at)).map(|(_, wait)| *wait).max().unwrap()
    };
    assert!((20_000..=BACKOFF_CAP_MS).contains(&hour(0..LONG_OUTAGE_MS - BACKOFF_CAP_MS)), "{waits:?}");
    assert!(
        (BACKOFF_CAP_MS..=BACKOFF_LONG_CAP_MS).contains(&hour(2 * LONG_OUTAGE_MS..9 * LONG_OUTAGE_MS)),
        "{waits:?}"
    );
    // Back again: everything goes at once.
    device.push_says(acked(1));
    assert!(!device.store.has_unacked());
}

#[test]
fn a_new_fact_kicks_and_not_more_often_than_it_may() {
    let mut device = Device::new();
    device.pick(1);
    device.push_says(acked(1));
    let mut sent = Vec::new();
    for _ in 0..100 {
        device.now_ms += 100;
        device.pick(1);
        device.input(Input::Tick);
        if let Some(Request::Push(push)) = device.up.clone() {
            sent.push(device.now_ms);
            device.push_says(acked(push.first_seq + u64::try_from(push.facts.len()).unwrap() - 1));
        }
    }
    assert!(sent.windows(2).all(|pair| pair[1] - pair[0] >= KICK_MS), "{sent:?}");
    assert!(sent.len() >= 9, "{sent:?}");
    // The same with a core that is away.
    device.now_ms += KICK_MS;
    device.pick(1);
    device.push_says(Err(NetError::Unreachable("no route".into())));
    let failed_ms = device.now_ms;
    device.pick(1);
    assert!(device.up.is_none());
    device.until_up(KICK_MS).unwrap();
    assert!(device.now_ms >= failed_ms + 250);
}

#[test]
fn a_way_that_fails_alone_is_not_called_back_by_the_other() {
    // A proxy that lets answers through and no facts.
    let mut device = Device::new();
    device.pick(1);
    let (mut pushes, from) = (0, device.now_ms);
    while device.now_ms < from + 600_000 {
        if device.up.is_some() {
            pushes += 1;
            device.push_says(Err(NetError::NotOurs("status 200, not JSON".into())));
        }
        if device.down.is_some() {
            let answer = device.nothing_new();
            device.pull_says(Ok(answer));
        }
        device.now_ms = (device.now_ms + 50).max(device.due_ms.unwrap());
        device.input(Input::Tick);
    }
    assert!((5..80).contains(&pushes), "{pushes} pushes in ten minutes");
}

#[test]
fn a_retry_is_due_after_a_restart_when_it_was_due_before() {
    let mut device = Device::new();
    device.pick(1);
    for _ in 0..8 {
        device.push_says(Err(NetError::Unreachable("no route".into())));
        if device.store.contact().retry.attempt == 8 {
            break;
        }
        device.until_up(BACKOFF_CAP_MS).unwrap();
    }
    let kept: RetryState = device.store.contact().retry.clone();
    assert_eq!((kept.attempt, kept.boot_id.as_str()), (8, BOOT));
    let start = |device: &mut Device, boot: &str, now_ms: u64| {
        device.sync = Sync::new(&device.store, boot);
        (device.up, device.down, device.now_ms) = (None, None, now_ms);
        device.input(Input::Start);
        device.up.is_some()
    };
    assert!(!start(&mut device, BOOT, kept.due_ms - 1), "not earlier in the same boot");
    assert!(start(&mut device, BOOT, kept.due_ms));
    assert!(start(&mut device, "boot-2", 5), "running time of another boot says nothing");
    // A core that answers calls the waiting facts.
    assert!(!start(&mut device, BOOT, kept.due_ms - 1));
    let answer = device.nothing_new();
    device.pull_says(Ok(answer));
    device.input(Input::Tick);
    assert!(device.up.is_some());
}

#[test]
fn failures_do_not_wear_the_disk_out() {
    let mut device = Device::new();
    device.pick(1);
    let wal = || std::fs::metadata(device.dir.path().join(format!("{DB_FILE}-wal"))).map_or(0, |file| file.len());
    let _ = wal;
    let changes = |device: &Device| {
        let conn = rusqlite::Connection::open(device.dir.path().join(DB_FILE)).unwrap();
        let version: i64 = conn.query_row("PRAGMA data_version", [], |row| row.get(0)).unwrap();
        let size = std::fs::metadata(device.dir.path().join(format!("{DB_FILE}-wal"))).map_or(0, |file| file.len());
        (version, size)
    };
    let before = changes(&device).1;
    for _ in 0..200 {
        device.push_says(Err(NetError::Unreachable("no route".into())));
        while device.up.is_none() {
            device.now_ms = device.now_ms.max(device.due_ms.unwrap());
            device.input(Input::Tick);
            if device.down.is_some() {
                device.pull_says(Err(NetError::Unreachable("no route".into())));
            }
        }
    }
    let written = changes(&device).1 - before;
    assert!(written < 40 * 4_200, "{written} bytes of log for 200 failures");
}

#[test]
fn a_turn_that_fails_leaves_nothing_in_flight() {
    let mut device = Device::new();
    let first = device.nothing_new();
    device.pull_says(Ok(first));
    commit(&mut device.store, vec![picked("L1", 1)]);
    // The way down cannot read where it stands; the way up was ready to go.
    let conn = rusqlite::Connection::open(device.dir.path().join(DB_FILE)).unwrap();
    conn.execute_batch("ALTER TABLE cursor RENAME TO cursor_gone").unwrap();
    device.now_ms += PULL_GAP_MS;
    let result = device.sync.handle(Input::SyncNow, &mut device.store, device.now_ms, 1);
    assert!(result.is_err());
    assert!(device.sync.due_ms().unwrap() <= device.now_ms + BACKOFF_CAP_MS, "armed, not lost in flight");
    conn.execute_batch("ALTER TABLE cursor_gone RENAME TO cursor").unwrap();
    device.due_ms = device.sync.due_ms();
    device.until_up(BACKOFF_CAP_MS).unwrap();
    assert_eq!(device.pushed(), (1, 1, 1));
}
