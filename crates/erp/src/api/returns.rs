//! What came back, and the policy that says what becomes of it.

use super::log::moment;
use super::paging::{Page, Params};
use super::reply::{InvalidBody, Json as Body, Refusal};
use crate::auth::Admin;
use crate::db::Row;
use crate::error::Result;
use crate::feed::Changes;
use crate::orders::Fault;
use crate::returns::policy;
use crate::server::Core;
use crate::vals;
use axum::Json;
use axum::extract::State;
use floorhand_domain::returns::ReturnPolicy;
use floorhand_wire::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Units that were inspected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReturnView {
    /// The device whose fact it is.
    pub device: String,
    /// The fact's epoch.
    pub epoch: i64,
    /// The fact's number.
    pub seq: i64,
    /// The return that it belongs to.
    pub inspection: String,
    /// The RMA. Empty = nobody announced it.
    pub rma: String,
    /// The order it was matched to. Empty = to none.
    pub order: String,
    /// The line of that order.
    pub line: String,
    /// The item.
    pub item: String,
    /// Its lot. Empty = none.
    pub lot: String,
    /// Its serial number. Empty = none.
    pub serial: String,
    /// Units.
    pub qty: i64,
    /// Units of them beyond what was shipped; they do not count.
    pub excess: i64,
    /// `A`, `B`, `C` or `D`.
    pub grade: String,
    /// Why they came back.
    pub reason: String,
    /// The answers to the checklist.
    pub answers: Vec<AnswerView>,
    /// The disposition that was recorded.
    pub asked: String,
    /// The disposition that they got.
    pub disposition: String,
    /// What they weighed, in grams; 0 = not weighed.
    pub grams: i64,
    /// Photographs, to be fetched at `/v1/photos/{id}`.
    pub photos: Vec<String>,
    /// Where they were put.
    pub location: String,
    /// Into which handling unit. Empty = loose.
    pub handling_unit: String,
    /// Rules that supervisors set aside, by code.
    pub approved: Vec<String>,
    /// Who inspected.
    pub operator: String,
    /// When the core judged it, RFC 3339.
    pub at: String,
    /// The refund that follows from it. Empty = none is asked.
    pub refund: String,
    /// `released`, `held` or `refused`. Empty = none is asked.
    pub refund_state: String,
}

/// An answer to a question of a checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AnswerView {
    /// The question, by code.
    pub question: String,
    /// Yes is the good answer.
    pub yes: bool,
}

fn view(row: &Row) -> Result<ReturnView> {
    Ok(ReturnView {
        device: row.text("device")?,
        epoch: row.i64("epoch")?,
        seq: row.i64("seq")?,
        inspection: row.text("inspection")?,
        rma: row.text("rma")?,
        order: row.text("order_id")?,
        line: row.text("order_line")?,
        item: row.text("item")?,
        lot: row.text("lot")?,
        serial: row.text("serial")?,
        qty: row.i64("qty")?,
        excess: row.i64("excess")?,
        grade: row.text("grade")?,
        reason: row.text("reason")?,
        answers: serde_json::from_str(row.str("answers")?)?,
        asked: row.text("asked")?,
        disposition: row.text("disposition")?,
        grams: row.i64("grams")?,
        photos: serde_json::from_str(row.str("photos")?)?,
        location: row.text("location")?,
        handling_unit: row.text("handling_unit")?,
        approved: row.str("approved")?.split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect(),
        operator: row.text("operator")?,
        at: moment(row.i64("at_ms")?),
        refund: row.text("refund")?,
        refund_state: row.text("refund_state")?,
    })
}

/// `GET /v1/returns`.
#[utoipa::path(get, path = "/v1/returns", tag = "returns", security(("admin" = [])),
    params(
        ("limit" = Option<u32>, Query, description = "Rows of a page, 1 to 1000; 100 where nothing is said."),
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("rma" = Option<String>, Query, description = "Only those of this RMA."),
        ("order" = Option<String>, Query, description = "Only those of this order."),
        ("inspection" = Option<String>, Query, description = "Only those of this inspection."),
    ),
    responses((status = 200, description = "Inspected units by time.", body = Page<ReturnView>),
        (status = 400, description = "A parameter is wrong.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(State(core): State<Core>, admin: Admin, params: Params) -> Result<Json<Page<ReturnView>>> {
    let params = &params.known(&["rma", "order", "inspection"])?;
    let after: (i64, String, i64, i64) = params.after()?;
    let rows = core
        .db
        .read(|tx| async move {
            let (at, device, epoch, seq) = after;
            tx.rows(
                "SELECT r.*, COALESCE(f.id, '') AS refund, COALESCE(f.state, '') AS refund_state FROM returned r \
                 LEFT JOIN refund f ON f.warehouse_id = r.warehouse_id AND f.device = r.device AND f.epoch = r.epoch \
                 AND f.seq = r.seq WHERE r.warehouse_id = $1 AND (r.at_ms, r.device, r.epoch, r.seq) > ($2, $3, $4, $5) \
                 AND (r.rma = $6 OR $6 = '') AND (r.order_id = $7 OR $7 = '') AND (r.inspection = $8 OR $8 = '') \
                 ORDER BY r.at_ms, r.device, r.epoch, r.seq LIMIT $9",
                vals![
                    admin.warehouse,
                    at,
                    device,
                    epoch,
                    seq,
                    params.filter("rma"),
                    params.filter("order"),
                    params.filter("inspection"),
                    params.fetch()
                ],
            )
            .await
        })
        .await?;
    let views =
        rows.iter().map(|row| Ok((row.i64("at_ms")?, view(row)?))).collect::<Result<Vec<(i64, ReturnView)>>>()?;
    let page = Page::cut(views, params, |(at, one)| (*at, one.device.clone(), one.epoch, one.seq))?;
    Ok(Json(Page { items: page.items.into_iter().map(|(_, one)| one).collect(), next: page.next }))
}

/// The policy of returns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnPolicyView {
    /// The rules, the first that matches decides; none = quarantine.
    pub rules: Vec<PolicyRuleView>,
    /// The checklists by class; a class without one has that of `general`.
    pub checklists: Vec<ChecklistView>,
    /// Grades of which a photograph is asked.
    pub photo_grades: Vec<String>,
    /// Days after it left until which goods may come back; devices forget what was shipped some days after.
    pub window_days: u32,
}

/// A rule. An empty condition matches anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyRuleView {
    /// The class of the item: `apparel`, `electronics`, `cosmetics` or `general`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Whether it is a hygiene item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hygiene: Option<bool>,
    /// `A`, `B`, `C` or `D`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// Why it came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The sales channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Value of a unit from, in minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_from_minor: Option<i64>,
    /// Value of a unit below, in minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_below_minor: Option<i64>,
    /// `restock`, `refurbish`, `vendor-claim`, `liquidate`, `write-off` or `quarantine`.
    pub disposition: String,
}

/// Which questions goods of a class are asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChecklistView {
    /// The class.
    pub class: String,
    /// The questions, in order.
    pub questions: Vec<QuestionView>,
    /// Whether goods of it are weighed.
    #[serde(default)]
    pub weigh: bool,
}

/// A question. Yes is the good answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionView {
    /// Its code; the device has the words for `sealed`, `complete`, `clean`, `works` and `tags`.
    pub code: String,
    /// The best grade that is left after a No.
    pub no_caps: String,
    /// Whether it is about the parts in the parcel, and so asked again where the weight differs.
    #[serde(default)]
    pub parts: bool,
}

/// `GET /v1/return-policy`.
#[utoipa::path(get, path = "/v1/return-policy", tag = "returns", security(("admin" = [])),
    responses((status = 200, description = "Rules, checklists and the window.", body = ReturnPolicyView),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn get_policy(State(core): State<Core>, admin: Admin) -> Result<Json<ReturnPolicy>> {
    core.db.read(|tx| async move { policy::stored(&tx, admin.warehouse).await }).await.map(Json)
}

/// `PUT /v1/return-policy`: sets the policy; devices learn it. What was inspected keeps its disposition.
#[utoipa::path(put, path = "/v1/return-policy", tag = "returns", security(("admin" = [])), request_body = ReturnPolicyView,
    responses((status = 200, description = "It is so.", body = ReturnPolicyView),
        (status = 400, description = "The body is not JSON.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token may only read.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields are wrong; each is named with the way out.", body = InvalidBody, content_type = "application/problem+json")))]
pub(super) async fn set_policy(
    State(core): State<Core>,
    admin: Admin,
    Body(body): Body,
) -> std::result::Result<Json<ReturnPolicy>, Refusal> {
    admin.may_write()?;
    let fault = |error: serde_json::Error| Refusal::Faults(vec![Fault::new("", error.to_string())]);
    // Nothing is filled in for what is left out or misspelt.
    let view: ReturnPolicyView = serde_json::from_value(body).map_err(fault)?;
    let wanted: ReturnPolicy = serde_json::to_value(&view).and_then(serde_json::from_value).map_err(fault)?;
    let faults: Vec<Fault> =
        policy::faults(&wanted).into_iter().map(|(field, words)| Fault::new(field, words)).collect();
    if !faults.is_empty() {
        return Err(Refusal::Faults(faults));
    }
    let wanted = &wanted;
    core.db
        .write(|tx| async move {
            let mut changes = Changes::new(admin.warehouse);
            policy::put(&tx, &mut changes, wanted).await?;
            changes.publish(&tx).await
        })
        .await?;
    Ok(Json(wanted.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_is_described_as_it_is_read() {
        let policy = ReturnPolicy::default();
        let view: ReturnPolicyView = serde_json::from_value(serde_json::to_value(&policy).unwrap()).unwrap();
        let back: ReturnPolicy = serde_json::from_value(serde_json::to_value(&view).unwrap()).unwrap();
        assert_eq!(back, policy);
    }
}
