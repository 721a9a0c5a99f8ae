//! Sign in (workflows.md section 1) as tables: an event, and the answer, step and facts that follow.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "common/world.rs"]
mod world;

use floorhand_domain::fact::Fact;
use floorhand_domain::id::{ItemId, LocationId};
use floorhand_domain::master::Settings;
use floorhand_domain::reason::Reason;
use floorhand_domain::scan::Known;
use floorhand_domain::workflow::sign_in::{Event, Grants, Refusal, SignIn, lockout_minutes};
use floorhand_domain::workflow::{Next, Site};
use std::collections::BTreeSet;
use world::{TODAY, World, operator};

type Row = (&'static str, &'static str);

/// Plays events and compares: a scan; `/pin right 1`, `/pin wrong 3` (failures in a row, this one
/// included); `/back`; `/age 8`, `/locked 3` set what the store knows of the badge; `/cut` pulls the
/// battery. Returns the reasons seen.
fn check(world: &World, rows: &[Row]) -> BTreeSet<Reason> {
    let today = TODAY.to_owned();
    let mut state = SignIn::Badge;
    let mut grants = Grants::default();
    let mut seen = BTreeSet::new();
    for (n, (event, expected)) in rows.iter().enumerate() {
        let words: Vec<&str> = event.split_whitespace().collect();
        let number = || words.last().unwrap().parse::<u32>().unwrap();
        let mut known = Known::default();
        let input = match words[0] {
            "/age" => {
                grants.age_days = number();
                continue;
            }
            "/locked" => {
                grants.locked_minutes = number();
                continue;
            }
            "/cut" => {
                state = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
                continue;
            }
            "/back" => Event::Back,
            "/pin" => Event::PinChecked { right: words[1] == "right", fails: number() },
            _ => match world.meant(event, &LocationId::default(), &ItemId::default()) {
                Ok((meant, found)) => {
                    known = found;
                    Event::Scan(meant)
                }
                Err(refusal) => panic!("{refusal:?}"),
            },
        };
        let site = Site { known: &known, settings: &world.settings, today: &today };
        let step = state.clone().update(input, &site, grants);
        let answer = match &step.answer {
            Ok(accepted) => format!("{} {}", accepted.what.as_str(), accepted.code),
            Err(refusal) => {
                seen.insert(refusal.reason());
                let detail = match refusal {
                    Refusal::LockedOut { minutes } => format!(" {minutes}"),
                    Refusal::PinWrong { left } => format!(" {left}"),
                    _ => String::new(),
                };
                format!("{}{detail}", refusal.reason().code())
            }
        };
        let end = match step.next {
            Next::Continue(next) => {
                state = next;
                match &state {
                    SignIn::Badge => "badge".to_owned(),
                    SignIn::Pin { operator, .. } => format!("pin {operator}"),
                }
            }
            Next::Finish(exit) => {
                state = SignIn::Badge;
                format!("{exit:?}").split_whitespace().next().unwrap().to_owned()
            }
        };
        let facts: String = step
            .facts
            .iter()
            .map(|fact| match fact {
                Fact::SignedIn { operator } => format!(" + SignedIn {operator}"),
                Fact::SignInFailed { operator, fails } => format!(" + SignInFailed {operator} {fails}"),
                Fact::LockedOut { operator, minutes } => format!(" + LockedOut {operator} {minutes}"),
                other => format!(" + {other:?}"),
            })
            .collect();
        assert_eq!(format!("{answer} @ {end}{facts}"), *expected, "row {n}: {event}");
    }
    seen
}

macro_rules! cases {
    ($($name:ident: $world:expr, [$($row:expr),+ $(,)?];)+) => {
        $(#[test] fn $name() { check(&$world, &[$($row),+]); })+
        const ALL: &[(fn() -> World, &[Row])] = &[$((|| $world, &[$($row),+])),+];
    };
}

cases! {
    s1_badge_and_pin: World::new(), [
        ("BADGE-OP1", "badge Mara K. @ pin OP1"),
        ("/cut", ""),
        ("/pin right 1", "signed-in Mara K. @ SignedIn + SignedIn OP1"),
    ];
    s2_four_wrong_pins_then_the_right_one: World::new(), [
        ("BADGE-OP1", "badge Mara K. @ pin OP1"),
        ("/pin wrong 1", "PIN_WRONG 4 @ pin OP1 + SignInFailed OP1 1"),
        ("/pin wrong 2", "PIN_WRONG 3 @ pin OP1 + SignInFailed OP1 2"),
        ("/cut", ""),
        ("/pin wrong 3", "PIN_WRONG 2 @ pin OP1 + SignInFailed OP1 3"),
        ("/pin wrong 4", "PIN_WRONG 1 @ pin OP1 + SignInFailed OP1 4"),
        ("/pin right 5", "signed-in Mara K. @ SignedIn + SignedIn OP1"),
    ];
    s3_five_wrong_pins_lock_the_badge: World::new(), [
        ("BADGE-OP1", "badge Mara K. @ pin OP1"),
        ("/pin wrong 5", "LOCKED_OUT 15 @ badge + SignInFailed OP1 5 + LockedOut OP1 15"),
        ("/locked 15", ""),
        ("BADGE-OP1", "LOCKED_OUT 15 @ badge"),
        ("/pin right 6", "NOT_NOW @ badge"),
        ("/locked 0", ""),
        ("BADGE-OP1", "badge Mara K. @ pin OP1"),
        ("/pin wrong 6", "LOCKED_OUT 30 @ badge + SignInFailed OP1 6 + LockedOut OP1 30"),
    ];
    s6_grants_that_are_too_old: World::new(), [
        ("/age 6", ""),
        ("BADGE-OP1", "badge Mara K. @ pin OP1"),
        ("/back", "page  @ badge"),
        ("/age 8", ""),
        ("BADGE-OP1", "GRANT_OLD @ badge"),
        ("/locked 5", ""),
        ("BADGE-OP1", "GRANT_OLD @ badge"),
    ];
    an_unknown_badge: World::new(), [
        ("BADGE-NOBODY", "BADGE_UNKNOWN @ badge"),
        ("1234", "BADGE_UNKNOWN @ badge"),
    ];
    nothing_but_a_badge_signs_in: World::new(), [
        ("X", "WRONG_KIND @ badge"),
        ("A1", "WRONG_KIND @ badge"),
        ("T1", "WRONG_KIND @ badge"),
        ("/pin right 1", "NOT_NOW @ badge"),
        ("/pin wrong 1", "NOT_NOW @ badge"),
    ];
    a_pin_is_never_scanned: World::new(), [
        ("BADGE-OP1", "badge Mara K. @ pin OP1"),
        ("1234", "BADGE_UNKNOWN @ badge"),
    ];
    another_badge_asks_for_its_own_pin: World::new(), [
        ("BADGE-OP1", "badge Mara K. @ pin OP1"),
        ("BADGE-OP2", "badge Jon B. @ pin OP2"),
        ("/pin right 1", "signed-in Jon B. @ SignedIn + SignedIn OP2"),
    ];
    a_badge_of_two_operators_is_ambiguous: World::new().with(|world| {
        let mut twin = operator("OP3", "Twin");
        twin.badge_hash = "BADGE-OP1".to_owned();
        world.operators.push(twin);
    }), [
        ("BADGE-OP1", "AMBIGUOUS @ badge"),
    ];
    a_badge_that_is_also_an_item_is_a_badge_here: World::new().code("BADGE-OP1", "X"), [
        ("BADGE-OP1", "badge Mara K. @ pin OP1"),
    ];
    a_site_with_two_tries: World::new().set(|s| (s.lockout_tries, s.lockout_minutes) = (2, 60)), [
        ("BADGE-OP1", "badge Mara K. @ pin OP1"),
        ("/pin wrong 1", "PIN_WRONG 1 @ pin OP1 + SignInFailed OP1 1"),
        ("/pin wrong 2", "LOCKED_OUT 60 @ badge + SignInFailed OP1 2 + LockedOut OP1 60"),
    ];
}

/// Every way in which sign-in refuses occurs in a table. What cannot be read never reaches it.
#[test]
fn every_refusal_occurs() {
    let seen: BTreeSet<Reason> = ALL.iter().flat_map(|(world, rows)| check(&world(), rows)).collect();
    let all = [
        Reason::BadgeUnknown,
        Reason::GrantOld,
        Reason::LockedOut,
        Reason::PinWrong,
        Reason::WrongKind,
        Reason::Ambiguous,
        Reason::NotNow,
    ];
    assert_eq!(seen, BTreeSet::from(all));
}

#[test]
fn lock_outs_double_up_to_a_day() {
    let known = Known::default();
    let today = TODAY.to_owned();
    let check = |tries, minutes, fails, expected| {
        let settings = Settings { lockout_tries: tries, lockout_minutes: minutes, ..Settings::default() };
        let site = Site { known: &known, settings: &settings, today: &today };
        assert_eq!(lockout_minutes(fails, &site), expected, "{fails} of {tries}, {minutes} min");
    };
    check(5, 15, 0, 0);
    check(5, 15, 4, 0);
    check(5, 15, 5, 15);
    check(5, 15, 6, 30);
    check(5, 15, 8, 120);
    check(5, 15, 12, 1440);
    check(5, 15, u32::MAX, 1440);
    check(5, u32::MAX, 9, 1440);
    check(1, 15, 1, 15);
    check(0, 15, 1, 30);
}
