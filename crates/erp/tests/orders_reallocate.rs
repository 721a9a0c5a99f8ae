//! After a short pick: the rest is promised elsewhere, in the same task.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "api_client/client.rs"]
mod client;

use client::Site;
use floorhand_domain::task::{Line, LineState};
use floorhand_erp::db::Tx;
use floorhand_erp::entity::{self, DEFAULT_WAREHOUSE as WH};
use floorhand_erp::feed::Changes;
use floorhand_erp::{Error, Result, orders, vals};
use serde_json::{Value, json};

/// What a short pick does before it asks for other stock: the line is closed, its promise gone.
async fn close_short(tx: &Tx, changes: &mut Changes, line: &Line) -> Result<()> {
    tx.execute("DELETE FROM allocation WHERE warehouse_id = $1 AND task_line = $2", vals![WH, &line.id]).await?;
    tx.execute(
        "UPDATE order_line SET allocated = allocated - $3 WHERE warehouse_id = $1 AND id = $2",
        vals![WH, &line.order_line, line.qty],
    )
    .await?;
    let closed = Line { state: LineState::Short, ..line.clone() };
    entity::put_line(tx, changes, &closed).await
}

fn short(site: &Site, task: &str, nth: usize) -> (i64, Vec<Line>) {
    let task = task.to_owned();
    let task = &task.as_str().into();
    site.runtime
        .block_on(site.core.db.write(|tx| async move {
            let mut changes = Changes::new(WH);
            let head = entity::task(&tx, WH, task).await?.ok_or_else(|| Error::Stored("task".to_owned()))?;
            let line = entity::lines(&tx, WH, task).await?.swap_remove(nth);
            close_short(&tx, &mut changes, &line).await?;
            let found = orders::reallocate(&tx, &mut changes, &head, &line, line.qty).await?;
            tx.execute(
                "UPDATE order_line SET short = short + $3, backordered = backordered + $4 WHERE warehouse_id = $1 AND id = $2",
                vals![WH, &line.order_line, line.qty, line.qty - found],
            )
            .await?;
            changes.publish(&tx).await?;
            let lines = entity::lines(&tx, WH, task).await?;
            let head = entity::task(&tx, WH, task).await?.ok_or_else(|| Error::Stored("task".to_owned()))?;
            assert_eq!(head.lines as usize, lines.len());
            Ok((found, lines))
        }))
        .unwrap()
}

/// An item with stock in at least two bins, and the units in each along the path.
fn spread(site: &Site) -> (String, Vec<(String, i64)>) {
    let places = site.all("/v1/locations", 1000);
    let rows = site.all("/v1/stock?status=available", 1000);
    for item in site.all("/v1/items?class=general", 1000) {
        if rows.iter().any(|row| row["item"] == item["id"] && row["allocated"] != 0) {
            continue;
        }
        let mut bins: Vec<(i64, String, i64)> = rows
            .iter()
            .filter(|row| row["item"] == item["id"])
            .map(|row| {
                let place = places.iter().find(|place| place["id"] == row["location"]).unwrap();
                (
                    place["sequence"].as_i64().unwrap(),
                    row["location"].as_str().unwrap().to_owned(),
                    row["qty"].as_i64().unwrap(),
                )
            })
            .collect();
        bins.sort_unstable();
        if bins.len() >= 2 {
            return (
                item["id"].as_str().unwrap().to_owned(),
                bins.into_iter().map(|(_, bin, qty)| (bin, qty)).collect(),
            );
        }
    }
    panic!("no item in two bins");
}

fn post(site: &Site, id: &str, item: &str, qty: i64) -> Value {
    let answer = site.post("/v1/orders", &json!({"id": id, "lines": [{"item": item, "qty": qty}]}));
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()
}

#[test]
fn the_rest_becomes_a_new_line_elsewhere() {
    let site = Site::demo();
    let (item, bins) = spread(&site);
    let view = post(&site, "S-1", &item, 3);
    let (found, lines) = short(&site, view["tasks"][0].as_str().unwrap(), 0);
    assert_eq!((found, lines.len()), (3, 2));
    let added = lines.iter().find(|line| line.state == LineState::Open).unwrap();
    assert_eq!((added.location.as_str(), added.qty, added.slot), (bins[1].0.as_str(), 3, 1));
    assert_eq!(added.order_line.as_str(), "S-1:1");
    let order = site.get("/v1/orders/S-1").json();
    assert_eq!(
        (order["lines"][0]["allocated"].as_i64(), order["lines"][0]["backordered"].as_i64()),
        (Some(3), Some(0))
    );
}

#[test]
fn an_open_line_of_the_order_line_is_raised() {
    let site = Site::demo();
    let (item, bins) = spread(&site);
    // More than the first bin holds, so that the second has a line already.
    let view = post(&site, "S-2", &item, bins[0].1 + 2);
    let task = view["tasks"][0].as_str().unwrap();
    let (found, lines) = short(&site, task, 0);
    let second = lines.iter().find(|line| line.location.as_str() == bins[1].0).unwrap();
    assert_eq!(second.qty, 2 + found.min(bins[1].1 - 2));
    assert_eq!(lines.iter().filter(|line| line.location == second.location).count(), 1);
    let promised: i64 = lines.iter().filter(|line| line.state == LineState::Open).map(|line| line.qty).sum();
    let order = site.get("/v1/orders/S-2").json();
    assert_eq!(order["lines"][0]["allocated"].as_i64(), Some(promised));
}

#[test]
fn nothing_elsewhere_promises_nothing() {
    let site = Site::demo();
    let (item, bins) = spread(&site);
    let all: i64 = bins.iter().map(|(_, qty)| qty).sum();
    post(&site, "S-3", &item, all - bins[0].1.min(2));
    let view = post(&site, "S-4", &item, 1);
    let task = view["tasks"][0].as_str().unwrap();
    let where_from = site.get(&format!("/v1/tasks/{task}")).json()["lines"][0]["location"].clone();
    let left: i64 = site
        .all(&format!("/v1/stock?item={item}&status=available"), 1000)
        .iter()
        .filter(|row| row["location"] != where_from)
        .map(|row| row["qty"].as_i64().unwrap() - row["allocated"].as_i64().unwrap())
        .sum();
    let (found, _) = short(&site, task, 0);
    assert_eq!(found, left.min(1));
}
