//! Each pair of workflows on the same stock, from two devices that are offline: what the core makes of it. A row of the
//! table is one such pair; where the order of the two matters, it is two rows.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/bench.rs"]
mod bench;
#[path = "support/desk.rs"]
mod desk;
#[path = "support/dock.rs"]
mod dock;
#[path = "pairs/goods.rs"]
mod goods;
#[path = "pairs/matrix.rs"]
mod matrix;
#[path = "pairs/outbound.rs"]
mod outbound;
#[path = "pairs/restock.rs"]
mod restock;
#[path = "pairs/returns.rs"]
mod returns;
#[path = "pairs/scene.rs"]
mod scene;
#[path = "support/stock.rs"]
mod stock;
#[path = "support/world.rs"]
mod world;

use matrix::Work;
use scene::{Scene, split};
use serde_json::Value;
use world::Device;

/// Two devices that know the same and do not hear of each other; their words are in [`scene`].
#[derive(Debug)]
struct Pair {
    name: &'static str,
    /// The workflows, as the core hears of them.
    of: [Work; 2],
    /// Whether it comes to the same where the other sends first.
    either: bool,
    /// What both know.
    before: &'static [&'static str],
    /// Whether what both know was done by the one who sends last, and not by the other.
    begun_by_then: bool,
    /// What the core does while they are offline.
    meanwhile: &'static [&'static str],
    /// Who sends first.
    first: &'static [&'static str],
    /// Who sends then.
    then: &'static [&'static str],
    /// Facts of the first that are flagged, with their code.
    first_told: &'static str,
    /// Facts of the other that are.
    then_told: &'static str,
    /// Exceptions with how many.
    exceptions: &'static str,
    /// Units: location, item, status.
    stock: &'static [(&'static str, &'static str, &'static str, i64)],
    /// Open lines that somebody is asked to do, as kind, location, item, units, serial number.
    asked: &'static str,
    /// What the first hears of the money, as state, minor units, reason.
    first_refund: &'static str,
    /// What the other hears.
    then_refund: &'static str,
    /// Announced returns with their states; order lines of which something came back, of how many that left.
    came: &'static str,
}

const NONE: Pair = Pair {
    name: "",
    of: [Work::Pick; 2],
    either: false,
    before: &[],
    begun_by_then: false,
    meanwhile: &[],
    first: &[],
    then: &[],
    first_told: "",
    then_told: "",
    exceptions: "",
    stock: &[],
    asked: "",
    first_refund: "",
    then_refund: "",
    came: "",
};

fn rows() -> impl Iterator<Item = &'static Pair> {
    [outbound::PAIRS, goods::PAIRS, returns::PAIRS, restock::PAIRS].into_iter().flatten()
}

const EXCEPTIONS: &str = "SELECT kind, CAST(COUNT(*) AS TEXT) FROM exception GROUP BY kind ORDER BY kind";

const ASKED: &str = "SELECT t.kind, CASE WHEN t.kind = 'pack' THEN t.drop_off ELSE COALESCE(l.location, '') END AS place, \
    COALESCE(l.item, '') AS item, COALESCE(CAST(l.qty - l.picked AS TEXT), '') AS qty, COALESCE(l.serial, '') AS serial FROM task t \
    LEFT JOIN task_line l ON l.task = t.id WHERE t.state IN ('open', 'claimed') \
    AND COALESCE(l.state, 'open') = 'open' ORDER BY 1, 2, 3, 4, 5";

const CAME: &str = "SELECT id, state FROM rma UNION ALL SELECT order_line, CAST(SUM(returned) AS TEXT) || '/' || \
    CAST(SUM(qty) AS TEXT) FROM shipped GROUP BY order_line HAVING SUM(returned) > 0 ORDER BY 1";

const MOVES: &str = "SELECT CAST(COUNT(*) AS TEXT) FROM move";

/// What a device hears of the money for what it inspected since.
fn refunds(device: &mut Device, since: u64) -> String {
    device.pull();
    let seq = |row: &Value| row["seq"].as_u64().unwrap();
    let mut own: Vec<&Value> = device.rows("refund").into_iter().filter(|row| seq(row) >= since).collect();
    own.sort_by_key(|row| seq(row));
    let words = |row: &Value| {
        let reason = row["reason"].as_str().unwrap_or_default();
        format!("{} {} {reason}", row["state"].as_str().unwrap(), row["amount_minor"]).trim_end().to_owned()
    };
    own.into_iter().map(words).collect::<Vec<_>>().join(", ")
}

/// Plays a row, as it stands or with the other sending first, and returns what is not as it says.
async fn play(pair: &Pair, swapped: bool) -> Vec<String> {
    let mut scene = Scene::new().await;
    let (mut a, mut b) = (scene.world().enrol().await, scene.world().enrol().await);
    b.operator = "o-2".to_owned();
    for text in pair.before {
        let who = if pair.begun_by_then { &mut b } else { &mut a };
        if !scene.sent(who, &split(text)).await && !scene.core(&split(text)).await {
            assert_eq!(scene.send(who, &[text]).0, "", "{}: {text}", pair.name);
        }
    }
    scene.look_around().await;
    a.pull();
    b.pull();
    for text in pair.meanwhile {
        assert!(scene.core(&split(text)).await, "{text} is no deed of the core");
    }
    let since = (a.next, b.next);
    let (mut first, mut then) = Default::default();
    for is_first in [!swapped, swapped] {
        if is_first {
            scene.who = "a";
            first = scene.send(&mut a, pair.first);
        } else {
            scene.who = "b";
            then = scene.send(&mut b, pair.then);
        }
    }
    let mut faults = Vec::new();
    let mut same = |what: &str, got: &str, wanted: &str| {
        if got != wanted {
            let turned = if swapped { ", the other first" } else { "" };
            faults.push(format!("{}{turned}: {what}: {got:?}, not {wanted:?}", pair.name));
        }
    };
    same("the first was told", &first.0, pair.first_told);
    same("the other was told", &then.0, pair.then_told);
    same("exceptions", &scene.list(EXCEPTIONS).await, pair.exceptions);
    same("asked", &scene.list(ASKED).await, pair.asked);
    for (location, item, status, qty) in pair.stock {
        let got = scene.world().stock(location, item, status).await;
        same(&format!("{location} {item} {status}"), &got.to_string(), &qty.to_string());
    }
    // Sent again, nothing has a second effect.
    let moves = scene.list(MOVES).await;
    for (device, said) in [(&a, &first.1), (&b, &then.1)] {
        if !said.is_empty() {
            device.push(said);
        }
    }
    same("moves", &scene.list(MOVES).await, &moves);
    same("refunds of the first", &refunds(&mut a, since.0), pair.first_refund);
    same("refunds of the other", &refunds(&mut b, since.1), pair.then_refund);
    same("what came back", &scene.list(CAME).await, pair.came);
    same("checks that fail", &scene.world().broken().await.join(", "), "");
    faults
}

async fn check(rows: &[Pair]) {
    let mut faults = Vec::new();
    for pair in rows {
        faults.extend(play(pair, false).await);
        if pair.either {
            faults.extend(play(pair, true).await);
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_devices_offline_on_goods_that_leave() {
    check(outbound::PAIRS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_devices_offline_on_goods_that_come_and_stay() {
    check(goods::PAIRS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_devices_offline_on_the_same_return() {
    check(returns::PAIRS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_devices_offline_on_goods_that_came_back() {
    check(restock::PAIRS).await;
}
