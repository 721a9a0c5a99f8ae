//! The engine against scripted answers: one behaviour a test, no clock, no chance, no network.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "sync/core.rs"]
mod core;
#[path = "store/kit.rs"]
mod kit;

use crate::core::Core;
use floorhand::store::{RetryState, Store};
use floorhand::sync::engine::{
    BACKOFF_CAP_MS, BACKOFF_LONG_CAP_MS, CLAIMS_MAX, KICK_MS, LONG_OUTAGE_MS, LOST_MS, PULL_GAP_MS,
};
use floorhand::sync::{Claim, Input, Link, NetAnswer, NetError, Notice, Request, Sync, SyncTurn, claims_of};
use floorhand_domain::fact::Fact;
use floorhand_wire::feed::Row;
use floorhand_wire::problem::Problem;
use floorhand_wire::push::PushResponse;
use kit::*;
use tempfile::TempDir;

/// The largest draw: a wait is then as long as it may be.
const LONGEST: u64 = 9_600_000 - 1;

struct Desk {
    dir: TempDir,
    store: Store,
    sync: Sync,
    now: u64,
    random: u64,
    turn: SyncTurn,
    /// The push in flight: epoch and first number.
    flying: (u64, u64),
    notices: Vec<Notice>,
}

impl Desk {
    /// A device whose rows are complete, with nothing in flight but a long poll.
    fn calm() -> (Self, Core) {
        let dir = folder();
        let store = enrolled(dir.path());
        let sync = Sync::new(&store, BOOT);
        let mut desk = Self {
            dir,
            store,
            sync,
            now: 10_000,
            random: 0,
            turn: SyncTurn::default(),
            flying: (0, 0),
            notices: Vec::new(),
        };
        let mut core = Core::new();
        desk.put(Input::Start);
        let mut polls = 0;
        while polls == 0 {
            let requests = std::mem::take(&mut desk.turn.requests);
            for request in requests {
                if matches!(request, Request::Pull { wait_s: 25, .. }) {
                    polls += 1;
                    continue;
                }
                let answer = core.answer(&request);
                desk.put(Input::Answer(answer));
            }
            if polls == 0 && desk.turn.requests.is_empty() {
                desk.wait_for_due();
            }
        }
        desk.notices.clear();
        (desk, core)
    }

    fn put(&mut self, input: Input) -> &SyncTurn {
        let turn = self.sync.handle(input, &mut self.store, self.now, self.random).unwrap();
        // I11, after every input of every test.
        if self.store.has_unacked() {
            assert!(turn.due_ms.is_some_and(|due| due <= self.now + BACKOFF_LONG_CAP_MS), "nothing is due: {turn:?}");
        }
        self.notices.extend(turn.notices.clone());
        self.turn = turn;
        if let Some((epoch, first_seq, _)) = self.pushes().first() {
            self.flying = (*epoch, *first_seq);
        }
        &self.turn
    }

    fn record(&mut self, facts: Vec<Fact>) -> &SyncTurn {
        let turn = of(&self.store, facts);
        self.store.commit(&turn).unwrap();
        self.put(Input::FactCommitted { claims: claims_of(&turn) })
    }

    fn wait_for_due(&mut self) -> &SyncTurn {
        self.now = self.now.max(self.turn.due_ms.expect("something is due"));
        self.put(Input::Tick)
    }

    /// The push that was just asked for: epoch, first number, how many.
    fn pushes(&self) -> Vec<(u64, u64, usize)> {
        let push = |request: &Request| match request {
            Request::Push(push) => Some((push.epoch, push.first_seq, push.facts.len())),
            _ => None,
        };
        self.turn.requests.iter().filter_map(push).collect()
    }

    fn push_failed(&mut self, error: NetError) -> &SyncTurn {
        let (epoch, first_seq) = self.flying;
        self.put(Input::Answer(NetAnswer::Push { epoch, first_seq, result: Err(error) }))
    }

    fn acked(&mut self, through: u64) -> &SyncTurn {
        let (epoch, first_seq) = self.flying;
        let response = PushResponse {
            acked_through: Some(through),
            server_epoch: "E1".into(),
            server_time: TIME.into(),
            ..PushResponse::default()
        };
        self.put(Input::Answer(NetAnswer::Push { epoch, first_seq, result: Ok(response) }))
    }

    fn pull_failed(&mut self, error: NetError) -> &SyncTurn {
        self.put(Input::Answer(NetAnswer::Pull(Box::new(Err(error)))))
    }

    fn links(&mut self) -> Vec<Link> {
        let links = self.notices.iter().filter_map(|n| if let Notice::Link(link) = n { Some(*link) } else { None });
        let links = links.collect();
        self.notices.clear();
        links
    }
}

fn problem(status: u16, code: &str) -> Problem {
    Problem { status, code: code.into(), ..Problem::default() }
}

fn refused(status: u16, code: &str) -> NetError {
    NetError::Problem(Box::new(problem(status, code)))
}

fn offline() -> NetError {
    NetError::Unreachable("no route".into())
}

#[test]
fn a_device_that_is_not_enrolled_asks_for_nothing() {
    let dir = folder();
    let mut store = Store::open_with(dir.path(), &options()).unwrap();
    let mut sync = Sync::new(&store, BOOT);
    let turn = sync.handle(Input::Start, &mut store, 0, 0).unwrap();
    assert_eq!((turn.requests, turn.due_ms), (Vec::new(), None));
}

#[test]
fn the_first_start_fetches_every_stream_and_then_waits_at_the_core() {
    let (desk, core) = Desk::calm();
    assert_eq!(core.requests, 4, "three streams and one pull");
    assert!(desk.store.operators_synced_ms().is_some());
    assert_eq!(desk.store.sync_state(), "online");
}

#[test]
fn a_bootstrap_goes_on_after_a_restart_where_it_stood() {
    let dir = folder();
    let mut core = Core::new();
    core.page_rows = 2;
    let mut asked: Vec<(String, String)> = Vec::new();
    for now in 0u64..60 {
        let mut store = Store::open_with(dir.path(), &options()).unwrap();
        if store.identity().is_none() {
            store.save_enrolment(&identity()).unwrap();
        }
        let mut sync = Sync::new(&store, BOOT);
        let turn = sync.handle(Input::Start, &mut store, now, 0).unwrap();
        let Some(request @ Request::Bootstrap { .. }) = turn.requests.first() else { break };
        if let Request::Bootstrap { stream, after, .. } = request {
            asked.push((stream.clone(), after.clone()));
        }
        let answer = core.answer(request);
        // One page in a life.
        sync.handle(Input::Answer(answer), &mut store, now, 0).unwrap();
    }
    let mut once = asked.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), asked.len(), "no page is fetched twice: {asked:?}");
    let rows = kit::master().len().div_ceil(2) + kit::world().len().div_ceil(2) + 1;
    assert_eq!(asked.len(), rows);
}

#[test]
fn a_new_fact_is_sent_at_once_and_one_push_flies_at_a_time() {
    let (mut desk, _) = Desk::calm();
    desk.record(vec![picked("L1", 1)]);
    assert_eq!(desk.pushes(), [(1, 1, 1)]);
    desk.record(vec![picked("L1", 1)]);
    desk.record(vec![picked("L1", 1)]);
    assert!(desk.pushes().is_empty());
    desk.acked(1);
    assert_eq!(desk.pushes(), [(1, 2, 2)], "what came meanwhile goes in one push");
    desk.acked(3);
    assert!(desk.turn.requests.is_empty());
    assert_eq!(desk.links(), [Link::Sending, Link::Online]);
    assert!(desk.store.outbox_counts().unwrap().pending == 0);
}

#[test]
fn a_claim_goes_before_the_facts_of_its_work() {
    let (mut desk, _) = Desk::calm();
    desk.record(vec![claimed()]);
    assert!(
        matches!(&desk.turn.requests[..], [Request::Claim { task, operator, id }] if task == "T1" && operator == "o-1" && *id == kit::id(1_000_001))
    );
    let mut taken = problem(409, "claimed");
    taken.holder = Some("o-2".into());
    let result = Err(NetError::Problem(Box::new(taken)));
    desk.put(Input::Answer(NetAnswer::Claim { task: "T1".into(), result }));
    assert!(desk.notices.contains(&Notice::ClaimRefused { task: "T1".into(), holder: "o-2".into() }));
    assert_eq!(desk.pushes(), [(1, 1, 1)], "the fact goes all the same");
}

#[test]
fn a_claim_that_finds_no_network_is_dropped_for_its_fact() {
    let (mut desk, _) = Desk::calm();
    desk.record(vec![claimed()]);
    desk.put(Input::Answer(NetAnswer::Claim { task: "T1".into(), result: Err(offline()) }));
    desk.wait_for_due();
    assert_eq!(desk.pushes(), [(1, 1, 1)]);
}

#[test]
fn claims_that_pile_up_are_bounded() {
    let (mut desk, _) = Desk::calm();
    desk.record(vec![picked("L1", 1)]);
    let claims = |n: usize| {
        (0..n).map(|n| Claim { task: format!("T{n}"), operator: "o-1".into(), id: kit::id(n as u64) }).collect()
    };
    desk.put(Input::FactCommitted { claims: claims(CLAIMS_MAX * 3) });
    desk.acked(1);
    let mut asked = 0;
    while let Some(Request::Claim { task, .. }) = desk.turn.requests.first().cloned() {
        asked += 1;
        let result = Ok(floorhand_wire::enrol::ClaimResponse { lease_s: 1 });
        desk.put(Input::Answer(NetAnswer::Claim { task, result }));
    }
    assert_eq!(asked, CLAIMS_MAX);
}

fn photographed(id: &str, hash: String) -> Fact {
    Fact::PhotoTaken { photo: id.into(), subject: "receipt:r-1".into(), purpose: "damaged".into(), hash, bytes: 3 }
}

#[test]
fn a_photograph_follows_its_fact_and_goes_once_the_core_has_it() {
    let (mut desk, _) = Desk::calm();
    let hash = desk.store.keep_photo("p-1", "receipt:r-1", b"jpg").unwrap();
    let file = desk.dir.path().join("photos/p-1.jpg");
    desk.record(vec![picked("L1", 1)]);
    desk.acked(1);
    assert!(desk.turn.requests.is_empty(), "its fact is not recorded");
    desk.record(vec![photographed("p-1", hash)]);
    desk.wait_for_due();
    assert_eq!(desk.pushes(), [(1, 2, 1)]);
    desk.acked(2);
    let photo = Request::Photo { id: "p-1".into(), bytes: b"jpg".to_vec() };
    assert_eq!(desk.turn.requests, std::slice::from_ref(&photo));
    desk.put(Input::Answer(NetAnswer::Photo { id: "p-1".into(), result: Err(offline()) }));
    while desk.turn.requests != std::slice::from_ref(&photo) {
        desk.wait_for_due();
    }
    assert!(file.is_file());
    desk.put(Input::Answer(NetAnswer::Photo { id: "p-1".into(), result: Ok(()) }));
    assert!(desk.turn.requests.is_empty() && !file.exists());
}

#[test]
fn a_photograph_that_the_core_does_not_take_stops_nothing() {
    for (status, again) in [(404, true), (413, false), (422, false)] {
        let (mut desk, _) = Desk::calm();
        for id in ["p-1", "p-2"] {
            let hash = desk.store.keep_photo(id, "receipt:r-1", b"jpg").unwrap();
            desk.record(vec![photographed(id, hash)]);
        }
        std::fs::write(desk.dir.path().join("photos/p-2.jpg"), b"gpj").unwrap();
        desk.acked(1);
        desk.acked(2);
        let asked =
            |desk: &Desk| desk.turn.requests.iter().any(|one| matches!(one, Request::Photo { id, .. } if id == "p-1"));
        assert!(asked(&desk));
        let result = Err(NetError::Problem(Box::new(problem(status, "no"))));
        desk.put(Input::Answer(NetAnswer::Photo { id: "p-1".into(), result }));
        assert!(desk.turn.requests.is_empty(), "{status}: the other one is damaged");
        desk.record(vec![picked("L1", 1)]);
        desk.wait_for_due();
        assert_eq!(desk.pushes(), [(1, 3, 1)], "{status}");
        desk.acked(3);
        desk.put(Input::Start);
        assert_eq!(asked(&desk), again, "{status}: offered again after a start");
    }
}

#[test]
fn a_lost_answer_is_asked_for_again_and_counts_once() {
    let (mut desk, mut core) = Desk::calm();
    desk.record(vec![picked("L1", 2)]);
    let first = desk.turn.requests[0].clone();
    core.answer(&first);
    desk.push_failed(NetError::TimedOut);
    desk.wait_for_due();
    while desk.pushes().is_empty() {
        desk.wait_for_due();
    }
    let Request::Push(again) = &desk.turn.requests[0] else { panic!("{:?}", desk.turn) };
    let Request::Push(first) = &first else { panic!() };
    assert_eq!(first.facts, again.facts, "the same bytes");
    let answer = core.answer(&desk.turn.requests[0].clone());
    desk.put(Input::Answer(answer));
    assert_eq!((desk.store.outbox_counts().unwrap().pending, core.line("L1").picked), (0, 2));
}

#[test]
fn an_answer_to_nothing_in_flight_changes_nothing() {
    let (mut desk, mut core) = Desk::calm();
    desk.record(vec![picked("L1", 1)]);
    let request = desk.turn.requests[0].clone();
    let answer = core.answer(&request);
    desk.put(Input::Answer(answer.clone()));
    assert_eq!(desk.store.outbox_counts().unwrap().pending, 0);
    desk.record(vec![picked("L1", 1)]);
    // Late and repeated: of another push, of a pull nobody waits for, of an epoch never asked for.
    let due = desk.turn.due_ms;
    for late in [answer, NetAnswer::Epoch(Ok(floorhand_wire::enrol::EpochResponse { epoch: 9 }))] {
        let turn = desk.put(Input::Answer(late));
        assert_eq!((turn.requests.len(), turn.due_ms), (0, due));
    }
    assert_eq!((desk.store.head().epoch, desk.store.outbox_counts().unwrap().pending), (1, 1));
}

#[test]
fn facts_too_many_for_one_push_go_in_halves() {
    for (why, error) in [("413", refused(413, "too_large")), ("time", NetError::TimedOut)] {
        let (mut desk, _) = Desk::calm();
        for _ in 0..300 {
            let turn = of(&desk.store, vec![picked("L1", 1)]);
            desk.store.commit(&turn).unwrap();
        }
        desk.put(Input::SyncNow);
        let mut sizes = Vec::new();
        for _ in 0..9 {
            while desk.pushes().is_empty() {
                desk.wait_for_due();
            }
            sizes.push(desk.pushes()[0].2);
            desk.push_failed(error.clone());
        }
        assert_eq!(sizes, [200, 100, 50, 25, 12, 6, 3, 1, 1], "{why}");
        while desk.pushes().is_empty() {
            desk.wait_for_due();
        }
        desk.acked(1);
        assert_eq!(desk.pushes(), [(1, 2, 2)], "and grows again");
    }
}

#[test]
fn one_fact_that_is_too_large_does_not_make_a_loop() {
    let (mut desk, _) = Desk::calm();
    desk.random = LONGEST;
    desk.record(vec![picked("L1", 1)]);
    let mut waits = Vec::new();
    for _ in 0..20 {
        let before = desk.now;
        while desk.pushes().is_empty() {
            desk.wait_for_due();
        }
        waits.push(desk.now - before);
        desk.push_failed(refused(413, "too_large"));
    }
    assert!(waits[19] > 10 * waits[9].min(1_000), "{waits:?}");
}

#[test]
fn a_portal_that_answers_200_is_offline() {
    let (mut desk, _) = Desk::calm();
    desk.record(vec![picked("L1", 1)]);
    desk.push_failed(NetError::NotOurs("status 200, not JSON".into()));
    assert_eq!(desk.links(), [Link::Sending, Link::Offline]);
    assert_eq!((desk.store.sync_state(), desk.store.outbox_counts().unwrap().pending), ("offline", 1));
    assert!(desk.turn.due_ms.is_some());
}

#[test]
fn the_wait_grows_to_its_cap_and_is_always_set() {
    let (mut desk, _) = Desk::calm();
    desk.pull_failed(offline());
    desk.random = LONGEST;
    desk.record(vec![picked("L1", 1)]);
    let began = desk.now;
    let mut sent = vec![desk.now];
    while desk.now < began + 3 * LONG_OUTAGE_MS {
        fail_all(&mut desk);
        desk.wait_for_due();
        if !desk.pushes().is_empty() {
            sent.push(desk.now);
        }
    }
    let longest = |from: u64, to: u64| {
        let waits = sent.windows(2).filter(|pair| pair[0] >= from && pair[1] < to).map(|pair| pair[1] - pair[0]);
        waits.max().unwrap()
    };
    assert_eq!(longest(began, began + LONG_OUTAGE_MS), BACKOFF_CAP_MS);
    assert_eq!(longest(began + LONG_OUTAGE_MS, desk.now), BACKOFF_LONG_CAP_MS);
    let first: Vec<u64> = sent.windows(2).take(4).map(|pair| (pair[1] - pair[0]) / 1_000).collect();
    assert_eq!(first, [2, 4, 8, 16], "doubling");
}

/// Whatever was asked for finds no network.
fn fail_all(desk: &mut Desk) {
    for request in std::mem::take(&mut desk.turn.requests) {
        let answer = match request {
            Request::Push(push) => {
                NetAnswer::Push { epoch: push.epoch, first_seq: push.first_seq, result: Err(offline()) }
            }
            Request::Pull { .. } => NetAnswer::Pull(Box::new(Err(offline()))),
            Request::Bootstrap { stream, after, .. } => {
                NetAnswer::Bootstrap { stream, after, result: Box::new(Err(offline())) }
            }
            Request::Epoch(_) => NetAnswer::Epoch(Err(offline())),
            Request::Claim { task, .. } => NetAnswer::Claim { task, result: Err(offline()) },
            Request::Photo { id, .. } => NetAnswer::Photo { id, result: Err(offline()) },
        };
        let due = desk.put(Input::Answer(answer)).due_ms;
        assert!(due.is_some(), "re-armed after each failure");
    }
}

#[test]
fn the_back_off_survives_a_restart_in_the_same_boot() {
    let (mut desk, _) = Desk::calm();
    desk.record(vec![picked("L1", 1)]);
    for _ in 0..4 {
        desk.push_failed(offline());
        while desk.pushes().is_empty() {
            desk.wait_for_due();
        }
    }
    let kept = desk.store.contact().retry.clone();
    assert_eq!((kept.attempt, kept.boot_id.as_str()), (4, BOOT));
    drop(desk.store);
    let store = Store::open_with(desk.dir.path(), &options()).unwrap();
    assert_eq!(store.contact().retry, kept);
    drop(store);
    // In another boot these times mean nothing.
    let mut store = Store::open_with(desk.dir.path(), &options()).unwrap();
    let mut sync = Sync::new(&store, "boot-2");
    let turn = sync.handle(Input::Start, &mut store, 5, 0).unwrap();
    assert!(turn.requests.iter().any(|request| matches!(request, Request::Push(_))));
}

#[test]
fn success_ends_the_back_off() {
    let (mut desk, _) = Desk::calm();
    desk.record(vec![picked("L1", 1)]);
    desk.push_failed(offline());
    while desk.pushes().is_empty() {
        desk.wait_for_due();
    }
    desk.acked(1);
    assert_eq!(desk.store.contact().retry, RetryState { boot_id: BOOT.into(), ..RetryState::default() });
}

#[test]
fn a_new_fact_kicks_but_not_more_often_than_each_second() {
    let (mut desk, _) = Desk::calm();
    desk.random = LONGEST;
    desk.record(vec![picked("L1", 1)]);
    let sent = desk.now;
    for _ in 0..6 {
        desk.push_failed(offline());
        if desk.pushes().is_empty() {
            desk.now += 10;
            desk.record(vec![picked("L1", 1)]);
            assert!(desk.pushes().is_empty(), "not again at once");
            desk.wait_for_due();
        }
        while desk.pushes().is_empty() {
            desk.wait_for_due();
        }
    }
    assert!(desk.now >= sent + 6 * KICK_MS && desk.now <= sent + 7 * KICK_MS, "{}", desk.now - sent);
}

#[test]
fn a_core_that_is_busy_is_left_alone_as_long_as_it_asks() {
    let (mut desk, _) = Desk::calm();
    desk.record(vec![picked("L1", 1)]);
    desk.push_failed(NetError::Busy { retry_after_s: 40 });
    assert!(desk.links().iter().all(|link| *link != Link::Offline), "it did answer");
    let until = desk.now + 40_000;
    desk.now += 5_000;
    desk.record(vec![picked("L1", 1)]);
    assert!(desk.pushes().is_empty());
    desk.put(Input::SyncNow);
    assert!(desk.pushes().is_empty());
    while desk.pushes().is_empty() {
        desk.wait_for_due();
        desk.turn.requests.retain(|request| matches!(request, Request::Push(_)));
    }
    assert!(desk.now >= until);
}

#[test]
fn sync_now_and_a_new_link_try_at_once() {
    for input in [Input::SyncNow, Input::LinkUp] {
        let (mut desk, _) = Desk::calm();
        desk.random = LONGEST;
        desk.record(vec![picked("L1", 1)]);
        for _ in 0..6 {
            desk.push_failed(offline());
            while desk.pushes().is_empty() {
                desk.wait_for_due();
            }
        }
        desk.push_failed(offline());
        assert!(desk.pushes().is_empty());
        desk.put(input);
        assert_eq!(desk.pushes(), [(1, 1, 1)]);
    }
}

#[test]
fn an_answer_that_never_comes_is_taken_as_lost() {
    let (mut desk, _) = Desk::calm();
    desk.record(vec![picked("L1", 1)]);
    let sent = desk.now;
    desk.wait_for_due();
    while desk.pushes().is_empty() {
        desk.wait_for_due();
    }
    assert_eq!(desk.pushes()[0], (1, 1, 1));
    let waited = desk.now - sent - LOST_MS;
    assert!((1..3_000).contains(&waited), "a failure like any other: it backs off, {waited} ms");
}

#[test]
fn pending_uploads_never_hold_downloads_up() {
    let (mut desk, mut core) = Desk::calm();
    desk.record(vec![picked("L1", 1)]);
    // The push stays in flight; the long poll brings a change.
    core.put(WAREHOUSE, "location", "B9", serde_json::to_value(location("B9", Default::default())).unwrap());
    let cursor = desk.store.pull_cursor().unwrap();
    let answer = core.answer(&Request::Pull { cursor, server_epoch: "E1".into(), limit: 1_000, wait_s: 25 });
    desk.put(Input::Answer(answer));
    assert!(desk.notices.iter().any(|n| matches!(n, Notice::BaseChanged(c) if c.ids == ["B9"])));
    assert!(desk.store.location(&"B9".into()).unwrap().is_some());
    assert_eq!(picked_shown(&desk.store, "L1"), 1);
}

#[test]
fn pulls_of_a_busy_floor_keep_their_distance() {
    let (mut desk, mut core) = Desk::calm();
    let mut sent = Vec::new();
    for n in 0u64..5 {
        core.put(GLOBAL, "item", &format!("N{n}"), serde_json::json!({"id": format!("N{n}"), "name": "x"}));
        let cursor = desk.store.pull_cursor().unwrap();
        let answer = core.answer(&Request::Pull { cursor, server_epoch: "E1".into(), limit: 1_000, wait_s: 25 });
        desk.put(Input::Answer(answer));
        while !desk.turn.requests.iter().any(|r| matches!(r, Request::Pull { .. })) {
            desk.wait_for_due();
        }
        sent.push(desk.now);
    }
    for pair in sent.windows(2) {
        assert!(pair[1] - pair[0] >= PULL_GAP_MS, "{sent:?}");
    }
}

#[test]
fn a_gap_sends_again_from_where_the_core_stands() {
    let (mut desk, mut core) = Desk::calm();
    for _ in 0..5 {
        let turn = of(&desk.store, vec![picked("L1", 1)]);
        desk.store.commit(&turn).unwrap();
    }
    desk.put(Input::SyncNow);
    let request = desk.turn.requests[0].clone();
    let answer = core.answer(&request);
    desk.put(Input::Answer(answer));
    desk.record(vec![picked("L1", 1)]);
    desk.wait_for_due();
    assert_eq!(desk.pushes(), [(1, 6, 1)]);
    let mut gap = problem(409, "gap");
    gap.expect_seq = Some(3);
    desk.push_failed(NetError::Problem(Box::new(gap)));
    // First the rows of the core: they say what it forgot.
    assert!(desk.pushes().is_empty());
    let cursor = desk.store.pull_cursor().unwrap();
    let mut rows = Core::new().answer(&Request::Pull { cursor, server_epoch: "E1".into(), limit: 1_000, wait_s: 0 });
    if let NetAnswer::Pull(pull) = &mut rows
        && let Ok(pull) = &mut **pull
    {
        (pull.applied.epoch, pull.applied.through) = (1, 2);
    }
    desk.put(Input::Answer(rows));
    while desk.pushes().is_empty() {
        desk.wait_for_due();
    }
    assert_eq!(desk.pushes(), [(1, 3, 4)]);
    assert_eq!(check_chain(desk.dir.path()), 6, "nothing was lost");
}

#[test]
fn a_gap_that_is_none_backs_off() {
    let (mut desk, _) = Desk::calm();
    desk.record(vec![picked("L1", 1)]);
    for expect in [None, Some(1), Some(7), Some(0)] {
        let mut gap = problem(409, "gap");
        gap.expect_seq = expect;
        desk.push_failed(NetError::Problem(Box::new(gap)));
        assert!(desk.pushes().is_empty(), "{expect:?} must not loop");
        while desk.pushes().is_empty() {
            desk.wait_for_due();
        }
        assert_eq!(desk.pushes(), [(1, 1, 1)]);
    }
}

#[test]
fn a_fork_gets_a_new_epoch_and_the_tail_new_numbers() {
    let (mut desk, mut core) = Desk::calm();
    for _ in 0..5 {
        let turn = of(&desk.store, vec![picked("L1", 1)]);
        desk.store.commit(&turn).unwrap();
    }
    desk.put(Input::SyncNow);
    let mut fork = problem(409, "fork");
    (fork.seq, fork.server_hash) = (Some(3), Some("b3:other".into()));
    desk.push_failed(NetError::Problem(Box::new(fork)));
    let Some(Request::Epoch(ask)) = desk.turn.requests.first().cloned() else { panic!("{:?}", desk.turn) };
    assert_eq!((ask.device.as_str(), ask.salvaged_from), ("d-1", Some(1)));
    // The network fails once; it is asked for again, and facts made meanwhile move along.
    desk.put(Input::Answer(NetAnswer::Epoch(Err(offline()))));
    desk.record(vec![picked("L1", 1)]);
    while !desk.turn.requests.iter().any(|r| matches!(r, Request::Epoch(_))) {
        assert!(desk.pushes().is_empty());
        desk.wait_for_due();
    }
    let answer = core.answer(&Request::Epoch(ask));
    desk.put(Input::Answer(answer));
    assert_eq!(desk.pushes(), [(1, 1, 2)], "what the core shares with us, under its old numbers");
    desk.acked(2);
    assert_eq!(desk.pushes(), [(2, 1, 4)]);
    assert_eq!((desk.store.head().epoch, picked_shown(&desk.store, "L1")), (2, 6));
}

#[test]
fn a_core_that_was_restored_gets_its_facts_again_after_its_rows() {
    let (mut desk, mut core) = Desk::calm();
    desk.record(vec![picked("L1", 1)]);
    let backup = core.clone();
    let answer = core.answer(&desk.turn.requests[0].clone());
    desk.put(Input::Answer(answer));
    core.restore(&backup);
    desk.record(vec![picked("L1", 1)]);
    let mut order = Vec::new();
    let mut requests = std::mem::take(&mut desk.turn.requests);
    // The long poll broke off when the core went down.
    requests.extend(desk.pull_failed(offline()).requests.clone());
    for _ in 0..60 {
        for request in std::mem::take(&mut requests) {
            order.push(match &request {
                Request::Push(push) => format!("push {}", push.first_seq),
                Request::Pull { .. } => "pull".to_owned(),
                Request::Bootstrap { stream, .. } => stream.clone(),
                other => panic!("{other:?}"),
            });
            let answer = core.answer(&request);
            requests.extend(desk.put(Input::Answer(answer)).requests.clone());
        }
        if !desk.store.has_unacked() {
            break;
        }
        requests.extend(desk.wait_for_due().requests.clone());
    }
    let first_ok = order.iter().position(|what| what == "push 1").expect("sent again from the first");
    let rows = order.iter().rposition(|what| what == WAREHOUSE).unwrap();
    assert!(rows < first_ok, "{order:?}");
    assert_eq!((core.line("L1").picked, picked_shown(&desk.store, "L1")), (2, 2));
}

#[test]
fn must_resync_fetches_the_stream_and_keeps_the_outbox() {
    for (stream, expected) in [(Some(WAREHOUSE), vec![WAREHOUSE]), (None, vec![DEVICE, GLOBAL, WAREHOUSE])] {
        let (mut desk, _) = Desk::calm();
        desk.record(vec![picked("L1", 1)]);
        let mut resync = problem(410, "must_resync");
        resync.stream = stream.map(Into::into);
        desk.pull_failed(NetError::Problem(Box::new(resync)));
        let mut named: Vec<String> = desk
            .notices
            .iter()
            .filter_map(|n| if let Notice::Resync { stream } = n { Some(stream.clone()) } else { None })
            .collect();
        named.sort();
        assert_eq!(named, expected);
        while !desk.turn.requests.iter().any(|r| matches!(r, Request::Bootstrap { .. })) {
            desk.wait_for_due();
        }
        assert_eq!(desk.store.outbox_counts().unwrap().pending, 1);
        assert_eq!(picked_shown(&desk.store, "L1"), 1, "what is shown stays");
    }
}

#[test]
fn a_revoked_device_is_told_once_and_keeps_its_facts() {
    let (mut desk, _) = Desk::calm();
    desk.record(vec![picked("L1", 1)]);
    desk.pull_failed(refused(403, "revoked"));
    let (epoch, first_seq) = (1, 1);
    let response = PushResponse {
        quarantined_through: Some(1),
        server_epoch: "E1".into(),
        server_time: TIME.into(),
        ..PushResponse::default()
    };
    desk.put(Input::Answer(NetAnswer::Push { epoch, first_seq, result: Ok(response) }));
    assert_eq!(desk.notices.iter().filter(|n| **n == Notice::AccessEnded).count(), 1);
    assert_eq!(desk.store.outbox_counts().unwrap().pending, 1);
    let before = desk.now;
    desk.record(vec![picked("L1", 1)]);
    assert!(desk.turn.requests.is_empty(), "a new fact does not hurry it");
    desk.wait_for_due();
    assert_eq!(desk.now, before + BACKOFF_LONG_CAP_MS);
    assert_eq!(desk.pushes(), [(1, 1, 2)]);
    // Released: everything is as before.
    desk.acked(2);
    assert_eq!(desk.store.outbox_counts().unwrap().pending, 0);
}

#[test]
fn a_core_that_wants_a_newer_app_still_gets_the_facts() {
    let (mut desk, _) = Desk::calm();
    desk.pull_failed(refused(426, "too_old"));
    assert!(desk.notices.contains(&Notice::TooOld));
    desk.record(vec![picked("L1", 1)]);
    assert_eq!(desk.pushes(), [(1, 1, 1)]);
}

#[test]
fn rows_that_answer_an_older_question_back_off() {
    let (mut desk, mut core) = Desk::calm();
    let cursor = "dev:d-1=0,global=0,wh:7=0".to_owned();
    let answer = core.answer(&Request::Pull { cursor, server_epoch: "E1".into(), limit: 1_000, wait_s: 0 });
    let changes = desk.put(Input::Answer(answer));
    assert!(changes.requests.is_empty() && changes.due_ms.is_some());
    assert_eq!(desk.store.next_bootstrap().unwrap(), None, "it is no reason to fetch anything anew");
}

#[test]
fn a_store_that_cannot_write_leaves_the_engine_armed() {
    let (mut desk, mut core) = Desk::calm();
    desk.record(vec![picked("L1", 1)]);
    // Somebody else holds the file for longer than the store waits.
    let other = rusqlite::Connection::open(desk.dir.path().join(floorhand::store::DB_FILE)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let answer = core.answer(&desk.turn.requests[0].clone());
    let failed = desk.sync.handle(Input::Answer(answer), &mut desk.store, desk.now, 0);
    assert!(failed.is_err());
    assert!(desk.sync.due_ms().is_some_and(|due| due > desk.now && due < desk.now + LOST_MS));
    other.execute_batch("ROLLBACK").unwrap();
    desk.turn = SyncTurn { due_ms: desk.sync.due_ms(), ..SyncTurn::default() };
    while desk.pushes().is_empty() {
        desk.wait_for_due();
    }
    desk.acked(1);
    assert_eq!(desk.store.outbox_counts().unwrap().pending, 0);
}

#[test]
fn the_time_of_the_core_is_kept_for_ages_and_leases() {
    let (desk, _) = Desk::calm();
    let clock = desk.store.clock().unwrap();
    assert_eq!(clock.now_ms(clock.mono_ms + 5_000, BOOT), Some(clock.server_ms + 5_000));
    assert_eq!(clock.now_ms(clock.mono_ms, "boot-2"), None);
    assert!(desk.store.last_ok().is_some());
}

#[test]
fn quiet_answers_do_not_write() {
    let (mut desk, mut core) = Desk::calm();
    let conn = rusqlite::Connection::open(desk.dir.path().join(floorhand::store::DB_FILE)).unwrap();
    let version = || conn.query_row("PRAGMA data_version", [], |row| row.get::<_, i64>(0)).unwrap();
    let before = version();
    core.time_s -= 1;
    let cursor = desk.store.pull_cursor().unwrap();
    let answer = core.answer(&Request::Pull { cursor, server_epoch: "E1".into(), limit: 1_000, wait_s: 25 });
    if let NetAnswer::Pull(pull) = &answer {
        assert!(pull.as_ref().as_ref().unwrap().streams.iter().all(|page| page.rows == Vec::<Row>::new()));
    }
    desk.put(Input::Answer(answer));
    assert_eq!(version(), before);
}
