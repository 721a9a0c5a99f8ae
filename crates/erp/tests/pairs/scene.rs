//! A small warehouse, and the words of the tables.
//!
//! The core's: `order S-1 X 3`, `po P-1 X 10`, `plan A1`, `goods A9 X 5 [H1]`, `stands H1 A1`, `shelf B1 2` (with room
//! for two), `hold S-1`, `cancel S-1` (or a purchase order, or a return), `rma RMA-1 S-1 3`; `sent S-1 X 3` is an order
//! that has left, of units as `3`, `serial=N1` or `lot=L1`.
//!
//! Facts: `claim S-1`, `assign S-1 T1`, `pick S-1 1 T1 3 [A2]`, `take S-1 T1 N1 A3` (a unit by its number), `short S-1 1
//! 3`, `drop S-1 T1`; `move A1 A9 X 5`, `away DOCK-1 A2 X 5`, `carry A3 A9 Z N1` (a unit by its number), `stow PACK-01 A2
//! X 5` (by its put-away), `unit H1 A1 A9`; `start A1`, `see A1 X 9 [T1]`, `submit A1`; `receive P-1 X 5 [N1]`, `shut
//! P-1`; `open S-1 C1`, `pack S-1 1 X C1 T1 2`, `unpack S-1 1 X C1 T1 2`, `close S-1 C1`, `finish S-1`, `ship S-1 C1`;
//! `begin RMA-1 S-1` (`-` where nothing was announced), `photo`, `allow Z 1`, `back S-1 X 2 A1` with any of `rma=RMA-1`,
//! `into=H1`, `serial=N1`, `lot=L1`, `opened` (grade B) and `seen` (its number was).

use crate::bench::{self, Bench};
use crate::desk::{self, Back, Desk};
use crate::dock;
use crate::matrix::Work;
use crate::stock::{self, Counting};
use crate::world::{self, Device, World, picked};
use floorhand_domain::fact::{Fact, ShortReason};
use floorhand_domain::master::{Location, LocationKind};
use floorhand_domain::reason::Reason;
use floorhand_domain::returns::{Disposition, Grade};
use floorhand_domain::stock::Status;
use floorhand_domain::task::{Line, Task, TaskKind};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The workflow of a fact, or of a deed of the core that stops one.
pub fn work_of(text: &str) -> Option<Work> {
    Some(match split(text).first().copied()? {
        "claim" | "assign" | "pick" | "take" | "short" | "drop" => Work::Pick,
        "open" | "pack" | "unpack" | "close" | "finish" | "ship" => Work::Pack,
        "receive" | "shut" => Work::Receive,
        "move" | "away" | "carry" | "stow" | "unit" => Work::Move,
        "start" | "see" | "submit" => Work::Count,
        "begin" | "photo" | "allow" | "back" => Work::Return,
        "cancel" => Work::Cancel,
        "hold" => Work::Hold,
        _ => return None,
    })
}

/// The world with what the words so far named.
pub struct Scene {
    desk: Desk,
    tasks: BTreeMap<String, (Task, Vec<Line>)>,
    /// Lines of count plans by location.
    plans: BTreeMap<String, Line>,
    /// Lines of put-aways that everybody knows.
    away: Vec<Line>,
    pub who: &'static str,
}

impl Scene {
    pub async fn new() -> Self {
        let desk = Desk::new().await;
        let dock = Location { id: "DOCK-1".into(), kind: LocationKind::Dock, ..Location::default() };
        desk.world().place(dock).await;
        Self { desk, tasks: BTreeMap::new(), plans: BTreeMap::new(), away: Vec::new(), who: "p" }
    }

    pub fn world(&self) -> &World {
        self.desk.world()
    }

    fn bench(&self) -> &Bench {
        &self.desk.bench
    }

    /// An order that leaves, by the facts of a device. `false` where the words are others.
    pub async fn sent(&self, device: &mut Device, words: &[&str]) -> bool {
        let ["sent", order, item, units @ ..] = words else { return false };
        let units: Vec<(&str, &str, i64)> = units
            .iter()
            .map(|unit| match unit.split_once('=') {
                Some(("lot", lot)) => (lot, "", 1),
                Some(("serial", serial)) => ("", serial, 1),
                _ => ("", "", number(unit)),
            })
            .collect();
        self.desk.ship(device, order, item, &units).await;
        true
    }

    /// What the core does. `false` where it is a fact.
    pub async fn core(&mut self, words: &[&str]) -> bool {
        match words {
            ["order", id, goods @ ..] => {
                let lines: Vec<(&str, i64)> = goods.chunks(2).map(|pair| (pair[0], number(pair[1]))).collect();
                let made = self.world().order(id, &lines).await;
                self.tasks.insert((*id).to_owned(), made);
            }
            ["po", id, item, qty] => {
                let lines = json!([{"item": item, "ordered": number(qty)}]);
                let body = json!({"id": id, "supplier": "Acme", "lines": lines});
                self.bench().must("POST", "/v1/purchase-orders", &body);
            }
            ["rma", id, order, qty] => {
                self.desk.announce(id, order, number(qty));
            }
            ["plan", at] => {
                let (_, lines) = self.world().plan(&format!("p-{at}"), &[at]).await;
                self.plans.insert((*at).to_owned(), lines[0].clone());
            }
            ["goods", at, item, qty] => {
                self.world().goods(at, item, "", "", Status::Available, number(qty)).await;
            }
            ["goods", at, item, qty, unit] => {
                self.world().unit(unit, at, "").await;
                self.world().goods(at, item, "", unit, Status::Available, number(qty)).await;
            }
            ["stands", unit, at] => self.world().unit(unit, at, "").await,
            ["shelf", id, capacity] => {
                let place = Location { id: (*id).into(), capacity: number(capacity), ..Location::default() };
                self.world().place(place).await;
            }
            ["cancel", id] if id.starts_with("P-") => {
                self.bench().must("POST", &format!("/v1/purchase-orders/{id}/cancel"), &json!({}));
            }
            ["cancel", id] if id.starts_with("RMA-") => {
                let token = self.desk.token("supervisor", "o-sup").await;
                let answer = self.desk.post_as(
                    &token,
                    &format!("/v1/rmas/{id}/cancel"),
                    &json!({"id": "r-1", "note": "found it again"}),
                );
                assert_eq!(answer.status, 200, "{words:?}: {}", answer.body);
            }
            [action @ ("hold" | "cancel"), order] => {
                assert_eq!(self.bench().set(order, action).status, 200, "{words:?}");
            }
            _ => return false,
        }
        true
    }

    /// Remembers what is to be put away, as both devices do.
    pub async fn look_around(&mut self) {
        self.away = self.world().open_lines(TaskKind::PutAway).await;
    }

    fn line(&self, order: &str, which: &str) -> Line {
        let lines = &self.tasks[order].1;
        match which.parse::<usize>() {
            Ok(n) => lines[n - 1].clone(),
            Err(_) => lines.iter().find(|line| line.item.as_str() == which).unwrap().clone(),
        }
    }

    fn counting(&self, at: &str) -> Counting {
        Counting::of(&format!("c-{at}-{}", self.who), &self.plans[at])
    }

    /// The facts that words stand for.
    fn facts(&self, words: &[&str]) -> Vec<Fact> {
        let task = |order: &str| &self.tasks[order].0;
        let receipt = |po: &str| format!("r-{po}-{}", self.who);
        let inspection = format!("i-{}", self.who);
        vec![match words {
            ["claim", order] => world::claimed(task(order)),
            ["assign", order, tote] => world::assigned(task(order), tote),
            ["pick", order, line, tote, qty] => picked(&self.line(order, line), tote, number(qty)),
            ["pick", order, line, tote, qty, at] => world::picked_at(&self.line(order, line), at, tote, number(qty)),
            ["take", order, tote, serial, at] => {
                let mut fact = world::picked_at(&self.line(order, "1"), at, tote, 1);
                if let Fact::Picked { units, .. } = &mut fact {
                    units[0].serial = (*serial).into();
                }
                fact
            }
            ["short", order, line, qty] => short(&self.line(order, line), number(qty)),
            ["drop", order, totes @ ..] => world::dropped(task(order), totes),
            ["move" | "away", from, to, item, qty] => stock::moving(from, to, item, number(qty)),
            ["carry", from, to, item, serial] => {
                let mut fact = stock::moving(from, to, item, 1);
                if let Fact::Moved { units, .. } = &mut fact {
                    units[0].serial = (*serial).into();
                }
                fact
            }
            ["stow", from, to, item, qty] => {
                let is_it = |line: &&Line| line.location.as_str() == *from && line.item.as_str() == *item;
                let line = self.away.iter().find(is_it).unwrap();
                let mut fact = stock::for_line(stock::moving(from, to, item, number(qty)), line);
                if let Fact::Moved { status, .. } = &mut fact {
                    *status = line.plan.status;
                }
                fact
            }
            ["unit", unit, from, to] => stock::moving_unit(unit, from, to),
            ["start", at] => self.counting(at).started(),
            ["see", at, item, qty, rest @ ..] => {
                let mut fact = self.counting(at).counted(item, number(qty));
                if let Fact::Counted { handling_unit, .. } = &mut fact {
                    *handling_unit = rest.first().copied().unwrap_or_default().into();
                }
                fact
            }
            ["submit", at] => self.counting(at).submitted(),
            ["receive", po, item, qty, rest @ ..] => {
                let mut fact = dock::got(&receipt(po), po, 1, item, number(qty));
                if let (Fact::Received { units, .. }, Some(serial)) = (&mut fact, rest.first().copied()) {
                    units[0].serial = serial.into();
                }
                return vec![dock::opened(&receipt(po), po), fact];
            }
            ["shut", po] => dock::closed(&receipt(po), po, true),
            ["open", order, carton] => bench::opens(order, carton),
            ["pack", order, no, item, carton, tote, qty] => {
                bench::packs(order, number(no), item, carton, tote, number(qty))
            }
            ["unpack", order, no, item, carton, tote, qty] => {
                bench::unpacks(order, number(no), item, carton, tote, number(qty))
            }
            ["close", order, carton] => bench::closes(order, carton),
            ["finish", order] => bench::finishes(order, true),
            ["ship", order, carton] => bench::ships(order, carton),
            ["begin", rma, order] => desk::begins(&inspection, rma.trim_matches('-'), order),
            ["photo"] => desk::photographed(&format!("p-{}", self.who), &inspection, b"picture"),
            ["allow", item, qty] => Back::new(&inspection, "", item, number(qty)).approved("o-sup", Reason::SerialSeen),
            ["back", order, item, qty, at, how @ ..] => self.back(order, item, number(qty), at, how).fact(),
            other => panic!("no such words: {other:?}"),
        }]
    }

    fn back(&self, order: &str, item: &str, qty: i64, at: &str, how: &[&str]) -> Back {
        let mut back = Back { location: at.to_owned(), ..Back::new(&format!("i-{}", self.who), order, item, qty) };
        for word in how {
            match word.split_once('=').unwrap_or((word, "")) {
                ("rma", id) => back.rma = id.to_owned(),
                ("into", id) => back.unit = id.to_owned(),
                ("serial", serial) => back.serial = serial.to_owned(),
                ("lot", lot) => back.lot = lot.to_owned(),
                ("seen", _) => back.because = vec![Reason::SerialSeen],
                ("opened", _) => {
                    back.photos = vec![format!("p-{}", self.who).into()];
                    back = back.graded(Grade::B, Disposition::Refurbish, at);
                }
                other => panic!("no such return: {other:?}"),
            }
        }
        back
    }

    /// All that one device did while it was offline, sent at once. Returns what is flagged of it, and what was sent.
    pub fn send(&self, device: &mut Device, script: &[&str]) -> (String, Vec<Value>) {
        let facts: Vec<Fact> = script.iter().flat_map(|text| self.facts(&split(text))).collect();
        let said: Vec<Value> = facts.iter().map(|fact| device.say(fact)).collect();
        if said.is_empty() {
            return (String::new(), said);
        }
        let told: Vec<String> = device
            .push(&said)
            .outcomes
            .iter()
            .map(|outcome| {
                let n = said.iter().position(|fact| fact["seq"].as_u64() == Some(outcome.seq)).unwrap();
                let how = if outcome.outcome.as_str() == "applied-flagged" { "" } else { outcome.outcome.as_str() };
                format!("{} {how}{}", facts[n].kind(), outcome.code)
            })
            .collect();
        (told.join(", "), said)
    }

    /// The rows of a question, their words joined.
    pub async fn list(&self, sql: &'static str) -> String {
        let rows = self.world().db().read(|tx| async move { tx.rows(sql, &[]).await }).await.unwrap();
        let words = |row: &floorhand_erp::db::Row| {
            let text = (0..9).map_while(|n: usize| row.text(n).ok()).filter(|word| !word.is_empty());
            text.collect::<Vec<_>>().join(" ")
        };
        rows.iter().map(words).collect::<Vec<_>>().join(", ")
    }
}

fn number(text: &str) -> i64 {
    text.parse().unwrap()
}

pub fn split(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

fn short(line: &Line, qty: i64) -> Fact {
    Fact::PickedShort {
        task: line.task.clone(),
        line: line.id.clone(),
        location: line.location.clone(),
        item: line.item.clone(),
        qty,
        reason: ShortReason::NoneFound,
        damaged: 0,
        lot: line.lot.clone(),
        handling_unit: line.handling_unit.clone(),
    }
}
