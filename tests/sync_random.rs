//! A device and a core with a bad network between them: requests are lost, answers are lost,
//! repeated, late; the core parks, rejects, is restored from a backup; the app is killed. Every step
//! keeps the invariants; with the faults off, everything converges.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "sync/core.rs"]
mod core;
#[path = "store/kit.rs"]
mod kit;

use crate::core::Core;
use floorhand::store::Store;
use floorhand::sync::{Input, NetAnswer, NetError, Request, Sync, claims_of};
use floorhand_domain::fact::Fact;
use floorhand_wire::push::Outcome;
use kit::*;
use proptest::prelude::*;
use std::collections::HashMap;
use tempfile::TempDir;

/// What happens next.
#[derive(Debug, Clone)]
enum Step {
    /// A person picks.
    Pick(i64),
    /// A person drops off.
    DropOff,
    /// The oldest request in flight is answered.
    Deliver,
    /// The newest one is: answers overtake each other.
    DeliverNewest,
    /// A request never reaches the core.
    LoseRequest,
    /// The core takes it, the answer is lost.
    LoseAnswer,
    /// The core gets it twice, and so does the device its answer.
    Twice,
    /// Something else answers.
    Portal,
    /// Time passes.
    Wait(u64),
    /// The app is killed and started again.
    Kill,
    /// The core's backup is made, or put back.
    Backup,
    Restore,
    /// The core parks facts, or lets them go on.
    Park,
    Unpark,
    Reject(bool),
    /// Somebody else changes the stock.
    Elsewhere,
    SyncNow,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (1i64..4).prop_map(Step::Pick),
        1 => Just(Step::DropOff),
        10 => Just(Step::Deliver),
        2 => Just(Step::DeliverNewest),
        2 => Just(Step::LoseRequest),
        2 => Just(Step::LoseAnswer),
        2 => Just(Step::Twice),
        1 => Just(Step::Portal),
        6 => (1u64..90_000).prop_map(Step::Wait),
        1 => Just(Step::Kill),
        1 => Just(Step::Backup),
        1 => Just(Step::Restore),
        1 => Just(Step::Park),
        1 => Just(Step::Unpark),
        1 => any::<bool>().prop_map(Step::Reject),
        2 => Just(Step::Elsewhere),
        1 => Just(Step::SyncNow),
    ]
}

struct World {
    dir: TempDir,
    store: Option<Store>,
    sync: Sync,
    core: Core,
    backup: Core,
    flying: Vec<Request>,
    due_ms: Option<u64>,
    now_ms: u64,
    random: u64,
    /// What each pick took, by identity.
    picks: HashMap<String, i64>,
    /// Facts that the core did not give an effect at some time.
    without_effect: std::collections::HashSet<String>,
    /// Changes that others made.
    elsewhere: i64,
}

impl World {
    fn new(page_rows: usize) -> Self {
        let dir = folder();
        let store = enrolled(dir.path());
        let sync = Sync::new(&store, BOOT);
        let mut core = Core::new();
        core.page_rows = page_rows;
        let backup = core.clone();
        let mut world = Self {
            dir,
            store: Some(store),
            sync,
            core,
            backup,
            flying: Vec::new(),
            due_ms: None,
            now_ms: 1_000,
            random: 0,
            picks: HashMap::new(),
            without_effect: std::collections::HashSet::new(),
            elsewhere: 0,
        };
        world.input(Input::Start);
        // Work begins when the rows are complete for the first time.
        world.calm();
        world
    }

    fn store(&mut self) -> &mut Store {
        self.store.as_mut().unwrap()
    }

    fn input(&mut self, input: Input) {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let turn = self.sync.handle(input, self.store.as_mut().unwrap(), self.now_ms, self.random).unwrap();
        self.flying.extend(turn.requests);
        self.due_ms = turn.due_ms;
        self.check();
    }

    /// What holds at every moment.
    fn check(&mut self) {
        let now_ms = self.now_ms;
        let store = self.store.as_ref().unwrap();
        if store.has_unacked() {
            // I11
            let due = self.due_ms.expect("facts wait and nothing is due");
            assert!(due <= now_ms + floorhand::sync::engine::BACKOFF_LONG_CAP_MS, "due in {} ms", due - now_ms);
        }
        for (id, outcome) in self.core.logged() {
            if outcome != Outcome::Applied {
                self.without_effect.insert(id);
            }
        }
        // I10: every own pick that was not rejected is shown once. Where the rows came, but the answer
        // that says a fact has no effect did not, the rows are right and the device cannot know why.
        let own: i64 = self.picks.values().sum::<i64>() - self.rejected();
        let unknown = self.unknown();
        let store = self.store.as_ref().unwrap();
        if store.operators_synced_ms().is_some() {
            let shown = picked_shown(store, "L1");
            assert!((own - unknown..=own).contains(&shown), "{shown} units shown, {own} picked, {unknown} not sure");
        }
    }

    /// Units of the picks that the rows should contain, and that the core gave no effect at some time
    /// without the device knowing.
    fn unknown(&self) -> i64 {
        let applied = self.store.as_ref().unwrap().applied();
        let conn = rusqlite::Connection::open(self.dir.path().join(floorhand::store::DB_FILE)).unwrap();
        let mut rows = conn
            .prepare("SELECT id FROM outbox WHERE outcome = '' AND moved_epoch = 0 AND (epoch, seq) <= (?1, ?2)")
            .unwrap();
        let at = [applied.epoch, applied.through].map(|n| i64::try_from(n).unwrap());
        let ids = rows.query_map(at, |row| row.get::<_, String>(0)).unwrap();
        let ids = ids.map(Result::unwrap).filter(|id| self.without_effect.contains(id));
        ids.map(|id| self.picks.get(&id).copied().unwrap_or(0)).sum()
    }

    /// Units of the picks that the device knows to be rejected.
    fn rejected(&self) -> i64 {
        let conn = rusqlite::Connection::open(self.dir.path().join(floorhand::store::DB_FILE)).unwrap();
        let mut rows = conn
            .prepare_cached("SELECT DISTINCT id FROM outbox WHERE outcome = 'rejected' AND moved_epoch = 0")
            .unwrap();
        let ids = rows.query_map([], |row| row.get::<_, String>(0)).unwrap();
        ids.map(|id| self.picks.get(&id.unwrap()).copied().unwrap_or(0)).sum()
    }

    fn record(&mut self, facts: Vec<Fact>) {
        let mut turn = of(self.store(), facts);
        for (fact, id) in turn.facts.iter().zip(&mut turn.fact_ids) {
            *id = floorhand_id(self.picks.len());
            let qty = if let Fact::Picked { units, .. } = fact { units.iter().map(|u| u.qty).sum() } else { 0 };
            self.picks.insert(id.clone(), qty);
        }
        self.store().commit(&turn).unwrap();
        self.input(Input::FactCommitted { claims: claims_of(&turn) });
    }

    fn take(&mut self, n: usize) -> Option<Request> {
        (n < self.flying.len()).then(|| self.flying.remove(n))
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Pick(qty) => self.record(vec![picked("L1", qty)]),
            Step::DropOff => self.record(vec![dropped(&["T-01"])]),
            Step::Deliver => {
                if let Some(request) = self.take(0) {
                    let answer = self.core.answer(&request);
                    self.input(Input::Answer(answer));
                }
            }
            Step::DeliverNewest => {
                if let Some(request) = self.flying.pop() {
                    let answer = self.core.answer(&request);
                    self.input(Input::Answer(answer));
                }
            }
            Step::LoseRequest => {
                if let Some(request) = self.take(0) {
                    self.input(Input::Answer(failed(&request, NetError::Unreachable("no route".into()))));
                }
            }
            Step::LoseAnswer => {
                if let Some(request) = self.take(0) {
                    self.core.answer(&request);
                    self.input(Input::Answer(failed(&request, NetError::TimedOut)));
                }
            }
            Step::Twice => {
                if let Some(request) = self.take(0) {
                    let first = self.core.answer(&request);
                    let second = self.core.answer(&request);
                    self.input(Input::Answer(second));
                    self.input(Input::Answer(first));
                }
            }
            Step::Portal => {
                if let Some(request) = self.take(0) {
                    self.input(Input::Answer(failed(&request, NetError::NotOurs("<html>".into()))));
                }
            }
            Step::Wait(ms) => {
                self.now_ms += ms;
                self.input(Input::Tick);
            }
            Step::Kill => {
                self.flying.clear();
                self.store = None;
                let store = Store::open_with(self.dir.path(), &options()).unwrap();
                self.sync = Sync::new(&store, BOOT);
                self.store = Some(store);
                self.input(Input::Start);
            }
            Step::Backup => self.backup = self.core.clone(),
            Step::Restore => {
                let backup = self.backup.clone();
                self.core.restore(&backup);
            }
            Step::Park => self.core.park = Some('3'),
            Step::Unpark => self.core.unpark(),
            Step::Reject(on) => self.core.reject = on.then_some('7'),
            Step::Elsewhere => {
                self.elsewhere += 1;
                let item = serde_json::json!({"id": "SKU9", "name": format!("n{}", self.elsewhere)});
                self.core.put(GLOBAL, "item", "SKU9", item);
            }
            Step::SyncNow => self.input(Input::SyncNow),
        }
    }

    /// Faults off: everything is answered, time passes, until nothing moves any more.
    fn calm(&mut self) {
        self.core.reject = None;
        self.core.unpark();
        for round in 0..2_000 {
            while let Some(request) = self.take(0) {
                let answer = self.core.answer(&request);
                self.input(Input::Answer(answer));
                if self.is_calm() {
                    return;
                }
            }
            let due = self.due_ms.unwrap_or(self.now_ms + 1_000);
            self.now_ms = self.now_ms.max(due);
            self.input(Input::Tick);
            assert!(round < 1_999, "it does not come to rest: {:?}", self.sync);
        }
    }

    /// The device has what the core has, and the core what the device has.
    fn is_calm(&mut self) -> bool {
        let (applied, cursor) = (self.core.applied(), self.core.cursor());
        let store = self.store();
        !store.has_unacked()
            && !store.is_restored()
            && store.operators_synced_ms().is_some()
            && store.next_bootstrap().unwrap().is_none()
            && store.applied() == applied
            && store.pull_cursor().unwrap() == cursor
    }

    /// What holds in the end.
    fn converged(mut self) {
        self.calm();
        let rejected = self.rejected();
        let store = self.store.take().unwrap();
        assert_eq!(store.outbox_counts().unwrap().pending, 0);
        assert_eq!(store.outbox_counts().unwrap().parked, 0);
        assert_eq!(overlay_rows(self.dir.path()), 0, "everything is in the base");
        // Every fact has its effect once, none is lost.
        let logged: HashMap<String, Outcome> = self.core.logged().into_iter().collect();
        for id in self.picks.keys() {
            assert!(logged.contains_key(id), "{id} is lost");
        }
        let own: i64 = self.picks.values().sum::<i64>() - rejected;
        assert_eq!(self.core.line("L1").picked, own, "as the core has it");
        assert_eq!(picked_shown(&store, "L1"), own);
        // I9
        let conn = rusqlite::Connection::open(self.dir.path().join(floorhand::store::DB_FILE)).unwrap();
        for stream in [DEVICE, GLOBAL, WAREHOUSE] {
            let mut rows = conn.prepare("SELECT kind, id, pos FROM base WHERE stream = ?1").unwrap();
            let (mut live, mut sum) = (0, 0u64);
            let rows = rows.query_map([stream], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(2)?))).unwrap();
            for (kind, id, pos) in rows.map(|row: rusqlite::Result<(String, String, i64)>| row.unwrap()) {
                live += 1;
                sum = sum.wrapping_add(floorhand_wire::feed::row_sum(&kind, &id, u64::try_from(pos).unwrap()));
            }
            assert_eq!((live, format!("{sum:016x}")), self.core.alive(stream), "{stream}");
        }
        drop(store);
        check_chain(self.dir.path());
    }
}

fn floorhand_id(n: usize) -> String {
    id(u64::try_from(n).unwrap() + 1)
}

fn failed(request: &Request, error: NetError) -> NetAnswer {
    match request {
        Request::Push(push) => NetAnswer::Push { epoch: push.epoch, first_seq: push.first_seq, result: Err(error) },
        Request::Pull { .. } => NetAnswer::Pull(Box::new(Err(error))),
        Request::Bootstrap { stream, after, .. } => {
            NetAnswer::Bootstrap { stream: stream.clone(), after: after.clone(), result: Box::new(Err(error)) }
        }
        Request::Epoch(_) => NetAnswer::Epoch(Err(error)),
        Request::Claim { task, .. } => NetAnswer::Claim { task: task.clone(), result: Err(error) },
        Request::Photo { id, .. } => NetAnswer::Photo { id: id.clone(), result: Err(error) },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 400, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn whatever_the_network_does_it_converges(
        page_rows in prop_oneof![Just(2usize), Just(5), Just(1_000)],
        steps in proptest::collection::vec(step(), 1..120),
    ) {
        let mut world = World::new(page_rows);
        world.record(vec![claimed(), assigned("T-01")]);
        for step in steps {
            world.step(step);
        }
        world.converged();
    }
}

/// More at night: `FLOORHAND_SYNC_CASES=20000`.
fn cases() -> u32 {
    std::env::var("FLOORHAND_SYNC_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(96)
}

/// Sequences that once broke an invariant, with the rows of a page.
#[test]
fn what_was_found_once_stays_mended() {
    use Step::*;
    let picks = |n: usize| vec![Pick(1); n];
    let delivers = |n: usize| vec![Deliver; n];
    let cases: Vec<(usize, Vec<Step>)> = vec![
        // The core rejects, is restored, and takes the fact the second time.
        (
            2,
            [picks(3), vec![Reject(true), Pick(1), Deliver, Pick(1), Pick(1), Kill, Wait(2), Deliver, Restore]]
                .concat(),
        ),
        // The rows of a rejected fact come before the news of it.
        (2, [vec![Reject(true)], picks(6), vec![Kill, LoseAnswer, Deliver, Deliver, DeliverNewest, Pick(1)]].concat()),
        // Restored twice, and parked the second time, before the device knew.
        (
            5,
            [vec![Pick(1), Deliver, Restore, Deliver, Wait(500)], delivers(6), vec![Restore, Park, Wait(500), Deliver]]
                .concat(),
        ),
        // The rows do not come for minutes.
        (
            2,
            [
                vec![Reject(true)],
                picks(5),
                vec![
                    Deliver,
                    Deliver,
                    Restore,
                    Deliver,
                    Wait(1_000),
                    Pick(1),
                    DeliverNewest,
                    Wait(46_034),
                    Wait(72_966),
                ],
            ]
            .concat(),
        ),
        (
            2,
            vec![
                Pick(1),
                Park,
                Deliver,
                Deliver,
                Restore,
                Wait(500),
                Pick(1),
                Kill,
                Deliver,
                Wait(7_390),
                Wait(39_324),
                Wait(72_286),
            ],
        ),
        // An answer to facts that were sent before the device knew of the restore.
        (
            5,
            [
                vec![Reject(true)],
                picks(4),
                vec![Portal, Pick(1), Wait(853), Deliver, Backup, Restore, Deliver, Wait(1_000)],
                picks(3),
            ]
            .concat(),
        ),
        // A parked fact whose answer was lost.
        (2, vec![Park, Pick(1), Deliver, Wait(500), LoseAnswer, Deliver]),
    ];
    for (page_rows, steps) in cases {
        let mut world = World::new(page_rows);
        world.record(vec![claimed(), assigned("T-01")]);
        for step in steps {
            world.step(step);
        }
        world.converged();
    }
}
