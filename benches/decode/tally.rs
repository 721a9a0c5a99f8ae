//! Figures of a set of frames, and their ratios.

use crate::readers::Who;

#[derive(Clone, Copy, PartialEq)]
pub enum Goal {
    /// Reads at least this share of the peer's.
    Reads(f64),
    /// Median time at most this share of the peer's.
    Time(f64),
    /// The same of the 95th percentile.
    TimeP95(f64),
    /// No text at all.
    NoWrong,
    /// No more wrong texts than the peer.
    WrongAsZx,
}

struct Column {
    who: Who,
    reads: usize,
    wrong: usize,
    took: Vec<f64>,
}

impl Column {
    fn at(&self, percent: usize) -> f64 {
        let mut took = self.took.clone();
        took.sort_by(f64::total_cmp);
        took.get(took.len().saturating_sub(1) * percent / 100).copied().unwrap_or(0.0)
    }
}

pub struct Set {
    name: &'static str,
    /// A family or a folder of it.
    pub part: String,
    columns: Vec<Column>,
}

impl Set {
    pub fn new(name: &'static str, part: &str, whos: &[Who]) -> Self {
        let columns = whos.iter().map(|&who| Column { who, reads: 0, wrong: 0, took: Vec::new() }).collect();
        Self { name, part: part.to_owned(), columns }
    }

    /// An empty set of the same decoders.
    pub fn part(&self, part: &str) -> Self {
        Self::new(self.name, part, &self.whos())
    }

    pub fn whos(&self) -> Vec<Who> {
        self.columns.iter().map(|column| column.who).collect()
    }

    pub fn add(&mut self, who: Who, right: bool, wrong: usize, took: f64) {
        for column in self.columns.iter_mut().filter(|column| column.who == who) {
            column.reads += usize::from(right);
            column.wrong += wrong;
            column.took.push(took);
        }
    }

    /// A line for each decoder, with its ratios to the peer.
    pub fn say(&self, goals: &[Goal]) {
        let peer = self.columns.iter().find(|column| column.who == Who::Zx);
        for own in &self.columns {
            let mut line = serde_json::json!({
                "bench": "decode", "set": self.name, "part": self.part, "decoder": own.who.as_str(),
                "frames": own.took.len(), "reads": own.reads, "wrong": own.wrong,
                "p50_ms": round(own.at(50)), "p95_ms": round(own.at(95)),
            });
            if let Some(peer) = peer.filter(|_| own.who != Who::Zx) {
                line["to"] = "zxing-cpp 0.5.3, all its tries, same frames and formats".into();
                if peer.reads > 0 {
                    line["reads_ratio"] = round(own.reads as f64 / peer.reads as f64).into();
                }
                line["p50_ratio"] = round(own.at(50) / peer.at(50)).into();
                line["p95_ratio"] = round(own.at(95) / peer.at(95)).into();
            }
            for goal in goals.iter().filter(|_| own.who != Who::Zx) {
                let (name, value) = match goal {
                    Goal::Reads(least) => ("goal_reads", *least),
                    Goal::Time(most) => ("goal_p50", *most),
                    Goal::TimeP95(most) => ("goal_p95", *most),
                    Goal::NoWrong => ("goal_wrong", 0.0),
                    Goal::WrongAsZx => ("goal_wrong", peer.map_or(0.0, |peer| peer.wrong as f64)),
                };
                line[name] = value.into();
            }
            println!("{line}");
        }
    }
}

fn round(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}
