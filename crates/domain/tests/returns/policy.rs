//! The policy as a table, and what of a line can still come back.

use floorhand_domain::master::{ItemClass, Limits, Role};
use floorhand_domain::returns::*;

const DEFAULT: Case<'static> = Case {
    class: ItemClass::General,
    hygiene: false,
    grade: Grade::A,
    reason: ReturnReason::ChangedMind,
    channel: "",
    value_minor: 500,
};

fn graded(grade: Grade) -> Case<'static> {
    Case { grade, ..DEFAULT }
}

#[test]
fn t16_the_default_policy() {
    let policy = ReturnPolicy::default();
    let faulty = |grade| Case { reason: ReturnReason::Defective, ..graded(grade) };
    let hygiene = |grade| Case { hygiene: true, ..graded(grade) };
    for (case, disposition) in [
        (graded(Grade::A), Disposition::Restock),
        (graded(Grade::B), Disposition::Refurbish),
        (graded(Grade::C), Disposition::Liquidate),
        (graded(Grade::D), Disposition::WriteOff),
        (faulty(Grade::A), Disposition::VendorClaim),
        (faulty(Grade::C), Disposition::VendorClaim),
        (hygiene(Grade::A), Disposition::Restock),
        (hygiene(Grade::B), Disposition::WriteOff),
        (hygiene(Grade::D), Disposition::WriteOff),
        (Case { reason: ReturnReason::DamagedInTransit, ..graded(Grade::B) }, Disposition::Refurbish),
    ] {
        assert_eq!(policy.propose(&case), disposition, "{case:?}");
    }
}

#[test]
fn the_first_rule_that_matches_decides() {
    let rule = |change: fn(&mut PolicyRule)| {
        let mut rule = PolicyRule::default();
        change(&mut rule);
        rule
    };
    let policy = ReturnPolicy {
        rules: vec![
            rule(|r| (r.class, r.disposition) = (Some(ItemClass::Cosmetics), Disposition::WriteOff)),
            rule(|r| (r.channel, r.disposition) = ("outlet".to_owned(), Disposition::Liquidate)),
            rule(|r| (r.value_below_minor, r.disposition) = (Some(200), Disposition::WriteOff)),
            rule(|r| (r.value_from_minor, r.disposition) = (Some(100_000), Disposition::VendorClaim)),
            rule(|r| (r.reason, r.disposition) = (Some(ReturnReason::WrongItem), Disposition::Refurbish)),
            rule(|r| (r.hygiene, r.disposition) = (Some(true), Disposition::Restock)),
            rule(|r| (r.grade, r.disposition) = (Some(Grade::A), Disposition::Restock)),
        ],
        ..ReturnPolicy::default()
    };
    let hygiene = |grade| Case { hygiene: true, ..graded(grade) };
    for (case, disposition) in [
        (Case { class: ItemClass::Cosmetics, channel: "outlet", ..DEFAULT }, Disposition::WriteOff),
        (Case { channel: "outlet", value_minor: 100, ..DEFAULT }, Disposition::Liquidate),
        (Case { channel: "shop", ..DEFAULT }, Disposition::Restock),
        (Case { value_minor: 199, ..DEFAULT }, Disposition::WriteOff),
        (Case { value_minor: 200, ..DEFAULT }, Disposition::Restock),
        (Case { value_minor: 99_999, ..DEFAULT }, Disposition::Restock),
        (Case { value_minor: 100_000, ..DEFAULT }, Disposition::VendorClaim),
        (Case { reason: ReturnReason::WrongItem, ..DEFAULT }, Disposition::Refurbish),
        (hygiene(Grade::A), Disposition::Restock),
        // T13: the rule names what nobody may choose.
        (hygiene(Grade::B), Disposition::Quarantine),
        // Nothing matches.
        (graded(Grade::B), Disposition::Quarantine),
    ] {
        assert_eq!(policy.propose(&case), disposition, "{case:?}");
    }
    let none = ReturnPolicy { rules: Vec::new(), ..ReturnPolicy::default() };
    assert_eq!(none.propose(&DEFAULT), Disposition::Quarantine);
}

#[test]
fn t14_who_may_override() {
    let limits = Limits::default();
    let hygiene = Case { hygiene: true, ..graded(Grade::B) };
    for (case, chosen, value, roles, may) in [
        (DEFAULT, Disposition::WriteOff, 100, &[Role::Returns, Role::Pick] as &[Role], false),
        (DEFAULT, Disposition::WriteOff, 20_000, &[Role::Supervisor], true),
        (DEFAULT, Disposition::Refurbish, 20_001, &[Role::Supervisor], false),
        (DEFAULT, Disposition::Refurbish, 20_001, &[Role::Manager], true),
        (hygiene, Disposition::Restock, 1, &[Role::Supervisor], false),
        (hygiene, Disposition::Restock, 1, &[Role::Manager], false),
        (hygiene, Disposition::Liquidate, 1, &[Role::Manager], true),
        (Case { grade: Grade::A, ..hygiene }, Disposition::Restock, 1, &[Role::Supervisor], true),
    ] {
        assert_eq!(may_override(&case, chosen, value, roles, &limits), may, "{case:?} {chosen:?} {value} {roles:?}");
    }
}

#[test]
fn a_class_without_a_checklist_has_the_general_one() {
    let mut policy = ReturnPolicy::default();
    let first = |policy: &ReturnPolicy, class| policy.checklist(class).map(|list| list.questions[0].code.clone());
    assert_eq!(first(&policy, ItemClass::Apparel).as_deref(), Some("tags"));
    policy.checklists.retain(|list| list.class != ItemClass::Apparel);
    assert_eq!(first(&policy, ItemClass::Apparel).as_deref(), Some("sealed"));
    policy.checklists.clear();
    assert_eq!(first(&policy, ItemClass::Apparel), None);
}

/// Rows `line lot serial qty returned`; what comes back; what the rows have then, and what is open of L1.
#[test]
fn t07_what_comes_back_counts_for_its_row() {
    let rows = || {
        let row = |line: &str, lot: &str, serial: &str, qty, returned| ShippedLine {
            line: line.into(),
            lot: lot.into(),
            serial: serial.into(),
            qty,
            returned,
            ..ShippedLine::default()
        };
        vec![row("L1", "A", "", 2, 0), row("L2", "A", "", 5, 5), row("L1", "B", "", 3, 1), row("L1", "", "N1", 1, 0)]
    };
    for (lot, serial, qty, back, open) in [
        ("A", "", 1, [1, 5, 1, 0], 4),
        ("B", "", 2, [0, 5, 3, 0], 3),
        // More than of its lot was shipped: the rest counts for the line.
        ("A", "", 3, [2, 5, 2, 0], 2),
        // A lot that was not shipped.
        ("C", "", 4, [2, 5, 3, 0], 1),
        ("", "N1", 1, [0, 5, 1, 1], 4),
        // The same unit twice is too much of this unit, not of another.
        ("", "N1", 2, [0, 5, 1, 2], 3),
        ("", "N9", 1, [0, 5, 1, 1], 4),
        // More than all.
        ("A", "", 9, [6, 5, 3, 1], 0),
    ] {
        let mut shipped = rows();
        credit(&mut shipped, &"L1".into(), &lot.into(), &serial.into(), qty);
        let told: Vec<i64> = shipped.iter().map(|row| row.returned).collect();
        assert_eq!((told, open_of(&shipped, &"L1".into())), (back.to_vec(), open), "{lot} {serial} {qty}");
    }
}
