//! A tiny core in memory, as sync.md describes it: a log per epoch, one effect per fact identity,
//! rows with positions, pages in one snapshot. It can be restored, park, reject, and forget.
#![allow(dead_code)]

use crate::kit;
use floorhand::sync::{NetAnswer, NetError, Request};
use floorhand_domain::fact::{Fact, content_moves};
use floorhand_domain::master::HandlingUnit;
use floorhand_domain::stock::{Move, Place, Stock};
use floorhand_domain::task::{Line, LineState, Task, TaskState};
use floorhand_wire::chain;
use floorhand_wire::enrol::{ClaimResponse, EpochResponse};
use floorhand_wire::feed::{
    Applied, BootstrapResponse, OutcomeRow, PullResponse, Row, StreamPage, cursor, kind, row_sum, stock_key,
};
use floorhand_wire::problem::Problem;
use floorhand_wire::push::{FactOutcome, Outcome, PushRequest, PushResponse, WireFact};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

#[derive(Debug, Clone, Default)]
struct Stream {
    pos: u64,
    rows: BTreeMap<(String, String), (u64, Value)>,
}

#[derive(Debug, Clone)]
struct Logged {
    fact: WireFact,
    outcome: Outcome,
}

/// The core.
#[derive(Debug, Clone)]
pub struct Core {
    pub server_epoch: String,
    streams: BTreeMap<String, Stream>,
    epochs: BTreeMap<u64, Vec<Logged>>,
    /// Where each fact identity has its effect.
    effects: HashMap<String, (u64, u64)>,
    pub time_s: i64,
    /// Facts whose identity ends in one of these digits are parked, or rejected.
    pub park: Option<char>,
    pub reject: Option<char>,
    /// Most bytes of a push.
    pub bytes_max: usize,
    /// Rows of a page.
    pub page_rows: usize,
    pub requests: u64,
}

fn problem(status: u16, code: &str) -> Problem {
    Problem { status, code: code.into(), title: code.into(), ..Problem::default() }
}

fn refuse<T>(problem: Problem) -> Result<T, NetError> {
    Err(NetError::Problem(Box::new(problem)))
}

impl Core {
    pub fn new() -> Self {
        let mut core = Self {
            server_epoch: "E1".into(),
            streams: [kit::DEVICE, kit::GLOBAL, kit::WAREHOUSE].map(|s| (s.to_owned(), Stream::default())).into(),
            epochs: BTreeMap::from([(1, Vec::new())]),
            effects: HashMap::new(),
            time_s: 0,
            park: None,
            reject: None,
            bytes_max: usize::MAX,
            page_rows: usize::MAX,
            requests: 0,
        };
        for (stream, rows) in [(kit::GLOBAL, kit::master()), (kit::WAREHOUSE, kit::world())] {
            for Row(kind, id, _, body) in rows {
                core.put(stream, &kind, &id, body);
            }
        }
        core
    }

    pub fn put(&mut self, stream: &str, kind: &str, id: &str, body: Value) {
        let stream = self.streams.get_mut(stream).unwrap();
        stream.pos += 1;
        stream.rows.insert((kind.into(), id.into()), (stream.pos, body));
    }

    fn body<T: serde::de::DeserializeOwned>(&self, kind: &str, id: &str) -> Option<T> {
        let (_, body) = self.streams[kit::WAREHOUSE].rows.get(&(kind.to_owned(), id.to_owned()))?;
        serde_json::from_value(body.clone()).ok()
    }

    fn time(&self) -> String {
        jiff::Timestamp::from_second(1_763_712_000 + self.time_s).unwrap().to_string()
    }

    /// Facts that have an effect, or are parked, with their outcome.
    pub fn logged(&self) -> Vec<(String, Outcome)> {
        self.epochs.values().flatten().map(|logged| (logged.fact.id.clone(), logged.outcome)).collect()
    }

    /// How often each identity took effect; 1 is right.
    pub fn applied_ids(&self) -> Vec<String> {
        self.effects.keys().cloned().collect()
    }

    /// The rows alive of a stream, for comparison with the device's.
    pub fn alive(&self, stream: &str) -> (u64, String) {
        let alive = self.streams[stream].rows.iter().filter(|(_, (_, body))| !body.is_null());
        let (mut live, mut sum) = (0, 0u64);
        for ((kind, id), (pos, _)) in alive {
            live += 1;
            sum = sum.wrapping_add(row_sum(kind, id, *pos));
        }
        (live, format!("{sum:016x}"))
    }

    pub fn line(&self, id: &str) -> Line {
        self.body(kind::LINE, id).unwrap()
    }

    /// From a backup: an older state with a new name.
    pub fn restore(&mut self, backup: &Core) {
        let name = format!("{}'", self.server_epoch);
        let time_s = self.time_s;
        let (park, reject) = (self.park, self.reject);
        *self = Self {
            server_epoch: name,
            time_s,
            park,
            reject,
            page_rows: self.page_rows,
            bytes_max: self.bytes_max,
            ..backup.clone()
        };
    }

    /// The supervisor lets the parked facts go on.
    pub fn unpark(&mut self) {
        self.park = None;
        let parked: Vec<(u64, usize)> = self
            .epochs
            .iter()
            .flat_map(|(epoch, log)| log.iter().enumerate().map(move |(n, logged)| (*epoch, n, logged.outcome)))
            .filter(|(_, _, outcome)| *outcome == Outcome::Parked)
            .map(|(epoch, n, _)| (epoch, n))
            .collect();
        for (epoch, n) in parked {
            let fact = self.epochs[&epoch][n].fact.clone();
            let outcome = self.take_effect(epoch, &fact);
            self.epochs.get_mut(&epoch).unwrap()[n].outcome = outcome;
            let row = OutcomeRow { epoch, seq: fact.seq, outcome, code: "X".into(), reference: String::new() };
            self.put(kit::DEVICE, kind::OUTCOME, &format!("{epoch}/{}", fact.seq), serde_json::to_value(row).unwrap());
        }
    }

    /// The answer of the core to a request.
    pub fn answer(&mut self, request: &Request) -> NetAnswer {
        self.time_s += 1;
        self.requests += 1;
        match request {
            Request::Push(push) => {
                NetAnswer::Push { epoch: push.epoch, first_seq: push.first_seq, result: self.push(push) }
            }
            Request::Pull { cursor, server_epoch, limit, .. } => {
                NetAnswer::Pull(Box::new(self.pull(cursor, server_epoch, *limit)))
            }
            Request::Bootstrap { stream, after, limit } => NetAnswer::Bootstrap {
                stream: stream.clone(),
                after: after.clone(),
                result: Box::new(Ok(self.bootstrap(stream, after, *limit))),
            },
            Request::Epoch(_) => {
                let epoch = self.epochs.keys().max().unwrap_or(&0) + 1;
                self.epochs.insert(epoch, Vec::new());
                NetAnswer::Epoch(Ok(EpochResponse { epoch }))
            }
            Request::Claim { task, .. } => {
                NetAnswer::Claim { task: task.clone(), result: Ok(ClaimResponse { lease_s: 14_400 }) }
            }
            Request::Photo { id, .. } => NetAnswer::Photo { id: id.clone(), result: Ok(()) },
        }
    }

    fn push(&mut self, push: &PushRequest) -> Result<PushResponse, NetError> {
        if serde_json::to_string(push).unwrap().len() > self.bytes_max {
            return refuse(problem(413, "too_large"));
        }
        let facts: Vec<WireFact> = push.facts.iter().map(|f| serde_json::from_value(f.clone()).unwrap()).collect();
        let log = self.epochs.entry(push.epoch).or_default().clone();
        let last = u64::try_from(log.len()).unwrap();
        let mut outcomes = Vec::new();
        for fact in facts.iter().filter(|fact| fact.seq <= last) {
            let known = &log[usize::try_from(fact.seq).unwrap() - 1];
            if known.fact.hash != fact.hash {
                let mut fork = problem(409, "fork");
                (fork.seq, fork.server_hash) = (Some(fact.seq), Some(known.fact.hash.clone()));
                return refuse(fork);
            }
            outcomes.push((fact.seq, known.outcome));
        }
        let new: Vec<&WireFact> = facts.iter().filter(|fact| fact.seq > last).collect();
        if let Some(first) = new.first() {
            if first.seq != last + 1 {
                let mut gap = problem(409, "gap");
                gap.expect_seq = Some(last + 1);
                return refuse(gap);
            }
            let head = log.last().map_or(chain::GENESIS, |known| known.fact.hash.as_str());
            if first.prev != head {
                let mut fork = problem(409, "fork");
                fork.seq = Some(last);
                return refuse(fork);
            }
        }
        for fact in new {
            assert_eq!(fact.hash, chain::hash(&fact.prev, &fact.canonical().unwrap()), "the chain is whole");
            let outcome = self.judge(push.epoch, fact);
            self.epochs.get_mut(&push.epoch).unwrap().push(Logged { fact: fact.clone(), outcome });
            outcomes.push((fact.seq, outcome));
        }
        let outcomes = outcomes
            .into_iter()
            .filter(|(_, outcome)| *outcome != Outcome::Applied)
            .map(|(seq, outcome)| FactOutcome {
                seq,
                outcome,
                code: "X".into(),
                reference: String::new(),
                msg_key: String::new(),
            })
            .collect();
        // As the real one: everything the log has, not only what this push brought.
        let through = u64::try_from(self.epochs[&push.epoch].len()).unwrap();
        Ok(PushResponse {
            acked_through: Some(through),
            outcomes,
            server_epoch: self.server_epoch.clone(),
            server_time: self.time(),
            ..PushResponse::default()
        })
    }

    fn judge(&mut self, epoch: u64, fact: &WireFact) -> Outcome {
        if let Some((epoch, seq)) = self.effects.get(&fact.id) {
            return self.epochs[epoch][usize::try_from(*seq).unwrap() - 1].outcome;
        }
        if self.reject.is_some_and(|end| fact.id.ends_with(end)) {
            return Outcome::Rejected;
        }
        if self.park.is_some_and(|end| fact.id.ends_with(end)) {
            return Outcome::Parked;
        }
        self.take_effect(epoch, fact)
    }

    fn take_effect(&mut self, epoch: u64, fact: &WireFact) -> Outcome {
        // The effect of an identity is one, whatever numbers it comes under.
        if self.effects.contains_key(&fact.id) {
            return Outcome::Applied;
        }
        self.effects.insert(fact.id.clone(), (epoch, fact.seq));
        let known = fact.decode().unwrap();
        for step in known.moves() {
            self.shift(&step);
        }
        match &known {
            Fact::Picked { line, units, .. } => {
                let mut line = self.line(line.as_str());
                line.picked += units.iter().map(|unit| unit.qty).sum::<i64>();
                if line.picked >= line.qty {
                    line.state = LineState::Done;
                }
                self.put(kit::WAREHOUSE, kind::LINE, line.id.as_str(), serde_json::to_value(&line).unwrap());
            }
            Fact::TaskClaimed { task } => {
                let mut task: Task = self.body(kind::TASK, task.as_str()).unwrap();
                (task.state, task.holder, task.device) =
                    (TaskState::Claimed, fact.operator.as_str().into(), "d-1".into());
                self.put(kit::WAREHOUSE, kind::TASK, task.id.as_str(), serde_json::to_value(&task).unwrap());
            }
            Fact::ToteAssigned { order, tote, .. } => {
                let mut unit: HandlingUnit = self.body(kind::HANDLING_UNIT, tote.as_str()).unwrap();
                unit.order = order.clone();
                self.put(kit::WAREHOUSE, kind::HANDLING_UNIT, tote.as_str(), serde_json::to_value(&unit).unwrap());
            }
            Fact::DroppedOff { location, totes, .. } => {
                for tote in totes {
                    for step in content_moves(&self.content(tote.as_str()), location) {
                        self.shift(&step);
                    }
                }
            }
            _ => {}
        }
        Outcome::Applied
    }

    fn content(&self, tote: &str) -> Vec<Stock> {
        let rows = self.streams[kit::WAREHOUSE].rows.iter();
        rows.filter(|((kind, _), (_, body))| kind == kind::STOCK && !body.is_null())
            .map(|(_, (_, body))| serde_json::from_value::<Stock>(body.clone()).unwrap())
            .filter(|stock| stock.handling_unit.as_str() == tote)
            .collect()
    }

    fn shift(&mut self, step: &Move) {
        for (place, delta) in [(&step.from, -step.qty), (&step.to, step.qty)] {
            let Place { location, handling_unit, status } = place.clone();
            let mut stock = Stock {
                location,
                item: step.item.clone(),
                lot: step.lot.clone(),
                serial: step.serial.clone(),
                handling_unit,
                status,
                qty: 0,
                expiry: None,
            };
            let key = stock_key(&stock);
            stock.qty = self.body::<Stock>(kind::STOCK, &key).map_or(0, |old| old.qty) + delta;
            let body = if stock.qty == 0 { Value::Null } else { serde_json::to_value(&stock).unwrap() };
            self.put(kit::WAREHOUSE, kind::STOCK, &key, body);
        }
    }

    /// Where a device stands that has everything.
    pub fn cursor(&self) -> String {
        cursor::encode(&self.streams.iter().map(|(name, stream)| (name.clone(), stream.pos)).collect())
    }

    /// How far the facts are in the rows.
    pub fn applied(&self) -> Applied {
        let newest = self.epochs.iter().rev().find(|(_, log)| !log.is_empty());
        newest.map_or(Applied { epoch: 1, through: 0 }, |(epoch, log)| Applied {
            epoch: *epoch,
            through: u64::try_from(log.len()).unwrap(),
        })
    }

    fn pull(&self, from: &str, server_epoch: &str, limit: u32) -> Result<PullResponse, NetError> {
        if server_epoch != self.server_epoch {
            return refuse(problem(410, "must_resync"));
        }
        let from = cursor::decode(from).unwrap();
        let mut left = self.page_rows.min(usize::try_from(limit).unwrap());
        let mut streams = Vec::new();
        for (name, stream) in &self.streams {
            let from = from.get(name).copied().unwrap_or(0);
            if from > stream.pos {
                let mut resync = problem(410, "must_resync");
                resync.stream = Some(name.clone());
                return refuse(resync);
            }
            let mut rows: Vec<Row> = stream
                .rows
                .iter()
                .filter(|(_, (pos, _))| *pos > from)
                .map(|((kind, id), (pos, body))| Row(kind.clone(), id.clone(), *pos, body.clone()))
                .collect();
            rows.sort_by_key(|row| row.2);
            let cut = rows.len() > left;
            rows.truncate(left);
            left -= rows.len();
            let to = if cut { rows.last().map_or(from, |row| row.2) } else { stream.pos };
            let (live, sum) = self.alive(name);
            streams.push(StreamPage { s: name.clone(), from, to, complete: to == stream.pos, rows, live, sum });
        }
        Ok(PullResponse {
            server_epoch: self.server_epoch.clone(),
            server_time: self.time(),
            schema: 1,
            applied: self.applied(),
            streams,
            cursor: String::new(),
        })
    }

    fn bootstrap(&self, name: &str, after: &str, limit: u32) -> BootstrapResponse {
        let stream = &self.streams[name];
        let limit = self.page_rows.min(usize::try_from(limit).unwrap());
        let key = |row: &Row| format!("{},{}", row.0, row.1);
        let mut rows: Vec<Row> = stream
            .rows
            .iter()
            .filter(|(_, (_, body))| !body.is_null())
            .map(|((kind, id), (pos, body))| Row(kind.clone(), id.clone(), *pos, body.clone()))
            .collect();
        rows.sort_by_key(key);
        rows.retain(|row| after.is_empty() || key(row).as_str() > after);
        let more = rows.len() > limit;
        rows.truncate(limit);
        BootstrapResponse {
            server_epoch: self.server_epoch.clone(),
            server_time: self.time(),
            schema: 1,
            stream: name.into(),
            pos: stream.pos,
            after: if more { rows.last().map(key) } else { None },
            rows,
        }
    }
}
