//! What the core answers, as a test lays it out: rows that changed, and what became of facts.

use super::Floor;
use super::world::{START, World};
use floorhand::event::Event;
use floorhand::sync::{NetAnswer, NetError};
use floorhand_wire::feed::{Applied, OutcomeRow, PullResponse, Row, SCHEMA, StreamPage, kind, row_sum};
use floorhand_wire::push::{FactOutcome, Outcome, PushResponse};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

const STREAM: &str = "wh:7";
const CORE: &str = "se-1";
/// Requests that are answered at the most until everything is acknowledged.
const ANSWERS_MAX: usize = 40;

/// The rows that the core has, and where the device is.
#[derive(Debug, Clone, Default)]
pub struct Core {
    rows: Vec<Row>,
    head: u64,
    started: bool,
    applied: u64,
}

impl Core {
    pub fn of(world: &World) -> Self {
        let (rows, head) = world.rows();
        Self { rows, head, ..Self::default() }
    }

    /// After a power cut nothing is asked for yet.
    pub fn cut(self) -> Self {
        Self { started: false, ..self }
    }
}

/// A row as the core changes it; `null` takes it away.
pub type Changed = (&'static str, String, Value);

pub fn changed(kind: &'static str, id: &str, row: impl Serialize) -> Changed {
    (kind, id.to_owned(), serde_json::to_value(row).unwrap())
}

impl Floor {
    /// A row of the core, changed.
    #[track_caller]
    pub fn row<T: Serialize + DeserializeOwned>(
        &self,
        kind: &'static str,
        id: &str,
        change: impl FnOnce(&mut T),
    ) -> Changed {
        let row = self.core.rows.iter().find(|row| (row.0.as_str(), row.1.as_str()) == (kind, id)).expect("a row");
        let mut body: T = serde_json::from_value(row.3.clone()).unwrap();
        change(&mut body);
        changed(kind, id, body)
    }

    /// Rows that the core changed arrive, all at once.
    pub fn arrives(&mut self, rows: Vec<Changed>) {
        if !self.core.started {
            self.core.started = true;
            self.runner.start();
        }
        let from = self.core.head;
        let mut page = Vec::new();
        for (kind, id, body) in rows {
            self.core.head += 1;
            let row = Row(kind.to_owned(), id, self.core.head, body);
            self.core.rows.retain(|known| (&known.0, &known.1) != (&row.0, &row.1));
            if !row.3.is_null() {
                self.core.rows.push(row.clone());
            }
            page.push(row);
        }
        let sum = self.core.rows.iter().fold(0_u64, |sum, row| sum.wrapping_add(row_sum(&row.0, &row.1, row.2)));
        let page = StreamPage {
            s: STREAM.to_owned(),
            from,
            to: self.core.head,
            complete: true,
            rows: page,
            live: u64::try_from(self.core.rows.len()).unwrap(),
            sum: format!("{sum:016x}"),
        };
        let answer = PullResponse {
            server_epoch: CORE.to_owned(),
            server_time: START.to_owned(),
            schema: SCHEMA,
            applied: Applied { epoch: 1, through: self.core.applied },
            streams: vec![page],
            cursor: format!("{STREAM}={}", self.core.head),
        };
        self.nudge();
        self.runner.step(Event::Net(Box::new(NetAnswer::Pull(Box::new(Ok(answer))))));
    }

    /// Time goes by, and what is due is asked for.
    fn nudge(&mut self) {
        self.time.advance(1_100);
        let nothing = NetAnswer::Photo { id: String::new(), result: Ok(()) };
        self.runner.step(Event::Net(Box::new(nothing)));
    }

    /// Facts recorded so far, by number and type.
    pub fn numbered(&self) -> Vec<(u64, &'static str)> {
        (1..).zip(self.all_facts().iter().map(floorhand_domain::fact::Fact::kind)).collect()
    }

    /// The core has every fact; `outcomes` names those that it did not simply apply, by number.
    #[track_caller]
    pub fn judged(&mut self, outcomes: &[(u64, Outcome, &str)]) {
        let told = |(seq, outcome, code): &(u64, Outcome, &str)| FactOutcome {
            seq: *seq,
            outcome: *outcome,
            code: (*code).to_owned(),
            reference: String::new(),
            msg_key: String::new(),
        };
        let last = self.store().head().next_seq - 1;
        let response = PushResponse {
            acked_through: Some(last),
            outcomes: outcomes.iter().map(told).collect(),
            server_epoch: CORE.to_owned(),
            server_time: START.to_owned(),
            ..PushResponse::default()
        };
        let task = self.app().task().0;
        for _ in 0..ANSWERS_MAX {
            if self.store().outbox_counts().unwrap().pending == 0 {
                return;
            }
            self.nudge();
            let error = NetError::Problem(Box::default());
            let claim = NetAnswer::Claim { task: task.clone(), result: Err(error) };
            self.runner.step(Event::Net(Box::new(claim)));
            for first_seq in 1..=last {
                let result = Ok(response.clone());
                self.runner.step(Event::Net(Box::new(NetAnswer::Push { epoch: 1, first_seq, result })));
            }
        }
        panic!("the core never got every fact");
    }

    /// From the next rows on, they contain every fact so far.
    pub fn core_has_all(&mut self) {
        self.core.applied = self.store().head().next_seq - 1;
    }

    /// Type and outcome of a fact that is kept.
    pub fn kept(&self, seq: u64) -> (String, String) {
        let path = self.store().dir().join(floorhand::store::DB_FILE);
        let conn = rusqlite::Connection::open(path).unwrap();
        let seq = i64::try_from(seq).unwrap();
        let row = "SELECT type, outcome FROM outbox WHERE epoch = 1 AND seq = ?1";
        conn.query_row(row, [seq], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    }

    /// What became of a fact after all.
    pub fn outcome(&mut self, seq: u64, outcome: Outcome, code: &str) {
        let row = OutcomeRow { epoch: 1, seq, outcome, code: code.to_owned(), reference: String::new() };
        self.arrives(vec![changed(kind::OUTCOME, &format!("1/{seq}"), row)]);
    }
}
