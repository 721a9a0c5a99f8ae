//! The policy of a site: what becomes of returned goods, as a table of rules with checklists.

use crate::clock;
use crate::db::Tx;
use crate::entity;
use crate::error::Result;
use crate::feed::Changes;
use crate::orders::intake::is_id;
use crate::vals;
use floorhand_domain::returns::ReturnPolicy;
use floorhand_wire::feed::kind;

/// Rules at the most.
pub const RULES_MAX: usize = 500;
/// Questions of one checklist at the most.
pub const QUESTIONS_MAX: usize = 20;
/// Days of the return window at the most: ten years.
pub const WINDOW_DAYS_MAX: u32 = 3_653;
/// Value of a unit at the most, in minor units.
const VALUE_MAX: i64 = 1_000_000_000_000;
/// Policies of the past that are asked at the most.
const PAST_MAX: i64 = 20;
/// Milliseconds of a day.
const DAY_MS: i64 = 24 * 3_600_000;

/// The policy of now, or the default one.
///
/// # Errors
/// When the database refuses or it does not read.
pub async fn stored(tx: &Tx, warehouse: i64) -> Result<ReturnPolicy> {
    match tx.row("SELECT body FROM return_policy WHERE warehouse_id = $1", vals![warehouse]).await? {
        Some(row) => Ok(serde_json::from_str(row.str("body")?)?),
        None => Ok(ReturnPolicy::default()),
    }
}

/// The policies that a device may judge by at `now`: that of now first, then those that were replaced since the
/// oldest device that still lets somebody sign in had news.
///
/// # Errors
/// When the database refuses or one does not read.
pub async fn recent(tx: &Tx, warehouse: i64, now: i64) -> Result<Vec<ReturnPolicy>> {
    let days = i64::from(entity::settings(tx, warehouse).await?.grant_age_days);
    let mut found = vec![stored(tx, warehouse).await?];
    let past = tx
        .rows(
            "SELECT body FROM return_policy_past WHERE warehouse_id = $1 AND replaced_ms >= $2 ORDER BY n DESC LIMIT $3",
            vals![warehouse, now.saturating_sub(days.saturating_mul(DAY_MS)), PAST_MAX],
        )
        .await?;
    for row in &past {
        found.push(serde_json::from_str(row.str("body")?)?);
    }
    Ok(found)
}

/// Sets the policy; devices learn it. The same again changes nothing.
///
/// # Errors
/// When the database refuses.
pub async fn put(tx: &Tx, changes: &mut Changes, policy: &ReturnPolicy) -> Result<()> {
    let warehouse = changes.warehouse();
    tx.lock("SELECT warehouse_id FROM return_policy WHERE warehouse_id = $1", vals![warehouse]).await?;
    let before = stored(tx, warehouse).await?;
    if before != *policy {
        tx.execute(
            "INSERT INTO return_policy_past (warehouse_id, n, body, replaced_ms) \
             SELECT $1, COALESCE(MAX(n), 0) + 1, $2, $3 FROM return_policy_past WHERE warehouse_id = $1",
            vals![warehouse, serde_json::to_string(&before)?, clock::now_ms()],
        )
        .await?;
    }
    tx.execute(
        "INSERT INTO return_policy (warehouse_id, body) VALUES ($1, $2) \
         ON CONFLICT (warehouse_id) DO UPDATE SET body = excluded.body",
        vals![warehouse, serde_json::to_string(policy)?],
    )
    .await?;
    changes.put_here(kind::RETURN_POLICY, kind::RETURN_POLICY, policy)
}

/// What is wrong with a policy, as field and words.
#[must_use]
pub fn faults(policy: &ReturnPolicy) -> Vec<(String, String)> {
    let mut faults = Vec::new();
    if policy.rules.len() > RULES_MAX {
        faults.push(("rules".to_owned(), format!("must be at most {RULES_MAX}")));
    }
    for (n, rule) in policy.rules.iter().enumerate() {
        let values = [rule.value_from_minor, rule.value_below_minor];
        if values.into_iter().flatten().any(|value| !(0..=VALUE_MAX).contains(&value)) {
            faults.push((format!("rules[{n}]"), format!("has a value that is not from 0 to {VALUE_MAX}")));
        }
        if !rule.channel.is_empty() && !is_id(&rule.channel) {
            faults.push((format!("rules[{n}].channel"), "must be an identifier".to_owned()));
        }
    }
    for (n, list) in policy.checklists.iter().enumerate() {
        if policy.checklists.iter().take(n).any(|other| other.class == list.class) {
            faults.push((format!("checklists[{n}].class"), "has a checklist already".to_owned()));
        }
        if list.questions.len() > QUESTIONS_MAX {
            faults.push((format!("checklists[{n}].questions"), format!("must be at most {QUESTIONS_MAX}")));
        }
        for (k, question) in list.questions.iter().enumerate() {
            let twice = list.questions.iter().take(k).any(|other| other.code == question.code);
            if !is_id(&question.code) || twice {
                let field = format!("checklists[{n}].questions[{k}].code");
                faults.push((field, "must be an identifier of its own".to_owned()));
            }
        }
    }
    if !(1..=WINDOW_DAYS_MAX).contains(&policy.window_days) {
        faults.push(("window_days".to_owned(), format!("must be from 1 to {WINDOW_DAYS_MAX}")));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use floorhand_domain::returns::PolicyRule;

    #[test]
    fn faults_are_named() {
        assert_eq!(faults(&ReturnPolicy::default()), []);
        let twice = || ReturnPolicy::default().checklists.into_iter().take(1);
        let policy = ReturnPolicy {
            rules: vec![
                PolicyRule { value_from_minor: Some(-1), ..PolicyRule::default() },
                PolicyRule { channel: "a b".to_owned(), ..PolicyRule::default() },
            ],
            checklists: twice().chain(twice()).collect(),
            window_days: 0,
            ..ReturnPolicy::default()
        };
        let found: Vec<String> = faults(&policy).into_iter().map(|(field, _)| field).collect();
        assert_eq!(found, ["rules[0]", "rules[1].channel", "checklists[1].class", "window_days"]);
    }
}
