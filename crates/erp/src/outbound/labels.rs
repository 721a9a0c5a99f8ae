//! Labels of carriers: wanted when a carton is closed, fetched outside of the transaction, asked for again until
//! the carrier answers. The same question is put in the same words, so that one asked twice is one parcel.

use super::state::CartonState;
use super::{cartons, shipments};
use crate::carriers::{self, Consignment, ZPL_MAX};
use crate::clock;
use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::vals;
use floorhand_domain::id::HandlingUnitId;

/// Questions put in one round at the most.
const ROUND_MAX: i64 = 50;
/// Until a carrier is asked again, in milliseconds, doubled with each time.
const AGAIN_MS: i64 = 5_000;
/// The longest such wait.
const AGAIN_MAX_MS: i64 = 15 * 60_000;

/// Asks the carrier of the order for a label of this carton. Nothing where the order has no carrier.
///
/// # Errors
/// When the database refuses.
pub async fn want(tx: &Tx, changes: &Changes, held: &mut cartons::Held, now: i64) -> Result<()> {
    let warehouse = changes.warehouse();
    let row = tx
        .row(
            "SELECT carrier FROM customer_order WHERE warehouse_id = $1 AND id = $2",
            vals![warehouse, &held.carton.order],
        )
        .await?;
    held.carrier = row.map(|row| row.text("carrier")).transpose()?.unwrap_or_default();
    if held.carrier.is_empty() {
        return Ok(());
    }
    // One that was asked for and not answered is not asked for again: both answers would be labels.
    let asked = tx
        .row(
            "SELECT id FROM adapter_queue WHERE warehouse_id = $1 AND fact_ref = $2 AND state = 'wanted' \
             AND adapter LIKE 'label:%'",
            vals![warehouse, &held.carton.id],
        )
        .await?;
    if asked.is_some() {
        return Ok(());
    }
    held.labels += 1;
    let id = format!("label:{}:{}", held.carton.id, held.labels);
    queue(tx, warehouse, &id, &format!("label:{}", held.carrier), held.carton.id.as_str(), "", now).await
}

/// The label of a carton does not hold any more: one that is wanted is not asked for, one that was given is
/// given back.
///
/// # Errors
/// When the database refuses.
pub async fn void(tx: &Tx, warehouse: i64, held: &cartons::Held, now: i64) -> Result<()> {
    tx.execute(
        "UPDATE adapter_queue SET state = 'dropped' WHERE warehouse_id = $1 AND fact_ref = $2 AND state = 'wanted' \
         AND adapter LIKE 'label:%'",
        vals![warehouse, &held.carton.id],
    )
    .await?;
    if held.carton.tracking.is_empty() {
        return Ok(());
    }
    give_back(tx, warehouse, held, held.labels, &held.carton.tracking, now).await
}

/// Tells the carrier that the `n`-th label of a carton is not used.
async fn give_back(tx: &Tx, warehouse: i64, held: &cartons::Held, n: i64, tracking: &str, now: i64) -> Result<()> {
    let id = format!("void:{}:{n}", held.carton.id);
    let adapter = format!("void:{}", held.carrier);
    queue(tx, warehouse, &id, &adapter, held.carton.id.as_str(), tracking, now).await
}

async fn queue(tx: &Tx, warehouse: i64, id: &str, adapter: &str, carton: &str, tracking: &str, now: i64) -> Result<()> {
    tx.execute(
        "INSERT INTO adapter_queue (warehouse_id, id, adapter, fact_ref, state, tries, next_at, remote_ref) \
         VALUES ($1, $2, $3, $4, 'wanted', 0, $5, $6) ON CONFLICT (warehouse_id, id) DO NOTHING",
        vals![warehouse, id, adapter, carton, now, tracking],
    )
    .await
    .map(|_| ())
}

/// A question that is to be put.
#[derive(Debug, Clone)]
struct Question {
    warehouse: i64,
    id: String,
    carrier: carriers::Config,
    carton: HandlingUnitId,
    tries: i64,
    /// Empty = a label is wanted.
    void: String,
    consignment: Consignment,
}

/// Puts the questions that are due. Where a carrier fails it is asked again later, and that is all: a label never
/// keeps a fact waiting.
///
/// # Errors
/// When the database refuses.
pub async fn run(db: &Db) -> Result<usize> {
    let now = clock::now_ms();
    let mut put = 0;
    for question in due(db, now).await? {
        let question = &question;
        let asked = question.clone();
        let answer = tokio::task::spawn_blocking(move || ask(&asked))
            .await
            .map_err(|error| Error::Stored(format!("a carrier's adapter: {error}")))?;
        db.write(|tx| {
            let answer = answer.clone();
            async move { take(&tx, question, answer, now).await }
        })
        .await?;
        put += 1;
    }
    Ok(put)
}

/// A label, or nothing where one was given back.
type Answer = std::result::Result<Option<carriers::Label>, String>;

fn ask(question: &Question) -> Answer {
    let Some(carrier) = carriers::adapter(&question.carrier) else {
        return Err(format!("nothing speaks to carrier {:?}", question.carrier.code));
    };
    if !question.void.is_empty() {
        return carrier.void(&question.void).map(|()| None).map_err(|error| error.to_string());
    }
    let label = carrier.label(&question.consignment).map_err(|error| error.to_string())?;
    if label.tracking.is_empty() || label.zpl.len() > ZPL_MAX {
        return Err("the label is empty or too long".to_owned());
    }
    Ok(Some(label))
}

async fn due(db: &Db, now: i64) -> Result<Vec<Question>> {
    db.read(|tx| async move {
        let rows = tx
            .rows(
                "SELECT q.warehouse_id, q.id, q.adapter, q.fact_ref, q.tries, q.remote_ref, c.order_id, c.grams, c.labels, \
                 COALESCE(o.customer, '') AS customer, COALESCE(o.country, '') AS country, COALESCE(o.service, '') AS service \
                 FROM adapter_queue q JOIN carton c ON c.warehouse_id = q.warehouse_id AND c.id = q.fact_ref \
                 LEFT JOIN customer_order o ON o.warehouse_id = c.warehouse_id AND o.id = c.order_id \
                 WHERE q.state = 'wanted' AND q.next_at <= $1 ORDER BY q.next_at, q.id LIMIT $2",
                vals![now, ROUND_MAX],
            )
            .await?;
        let mut questions = Vec::new();
        for row in &rows {
            let warehouse = row.i64("warehouse_id")?;
            let adapter = row.text("adapter")?;
            let code = adapter.split_once(':').map_or("", |(_, code)| code);
            let known = carriers::stored(&tx, warehouse).await?;
            let unknown = carriers::Config { code: code.to_owned(), ..carriers::Config::default() };
            questions.push(Question {
                warehouse,
                id: row.text("id")?,
                carrier: known.get(code).cloned().unwrap_or(unknown),
                carton: row.text("fact_ref")?.into(),
                tries: row.i64("tries")?,
                void: row.text("remote_ref")?,
                consignment: Consignment {
                    order: row.text("order_id")?,
                    carton: row.text("fact_ref")?,
                    n: row.i64("labels")?,
                    customer: row.text("customer")?,
                    country: row.text("country")?,
                    service: row.text("service")?,
                    grams: row.i64("grams")?,
                },
            });
        }
        Ok(questions)
    })
    .await
}

async fn take(tx: &Tx, question: &Question, answer: Answer, now: i64) -> Result<()> {
    let label = match answer {
        Ok(label) => label,
        Err(error) => {
            let wait = AGAIN_MS.saturating_mul(1 << question.tries.clamp(0, 10)).min(AGAIN_MAX_MS);
            tracing::warn!(carton = %question.carton, carrier = question.carrier.code, error, "no label for {}", question.carton);
            tx.execute(
                "UPDATE adapter_queue SET tries = tries + 1, next_at = $3 WHERE warehouse_id = $1 AND id = $2 \
                 AND state = 'wanted'",
                vals![question.warehouse, &question.id, now + wait],
            )
            .await?;
            return Ok(());
        }
    };
    let rows = tx
        .lock(
            "SELECT state FROM adapter_queue WHERE warehouse_id = $1 AND id = $2",
            vals![question.warehouse, &question.id],
        )
        .await?;
    let state = rows.first().map(|row| row.text("state")).transpose()?.unwrap_or_default();
    if state == "done" {
        // Somebody else put the same question at the same time, and got the same answer.
        return Ok(());
    }
    let answered = label.as_ref().map_or(question.void.as_str(), |label| label.tracking.as_str());
    tx.execute(
        "UPDATE adapter_queue SET state = 'done', tries = tries + 1, remote_ref = $3 WHERE warehouse_id = $1 AND id = $2",
        vals![question.warehouse, &question.id, answered],
    )
    .await?;
    let Some(label) = label else { return Ok(()) };
    let Some(mut held) = cartons::get(tx, question.warehouse, &question.carton).await? else { return Ok(()) };
    let wants = matches!(held.carton.state, CartonState::Closed | CartonState::Labelled | CartonState::Shipped);
    if state != "wanted" || !wants {
        // The carton was opened again while the carrier answered: the label is given back.
        return give_back(tx, question.warehouse, &held, question.consignment.n, &label.tracking, now).await;
    }
    (held.carton.tracking, held.carton.zpl) = (label.tracking, label.zpl);
    let mut changes = Changes::new(question.warehouse);
    cartons::put(tx, &mut changes, &held).await?;
    // It left under the label that the bench printed; the carrier's number came after it.
    shipments::track(tx, &mut changes, &held.carton.id, &held.carton.tracking).await?;
    changes.publish(tx).await
}
