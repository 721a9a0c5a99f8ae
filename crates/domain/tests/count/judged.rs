//! The judgement of a variance.

use floorhand_domain::master::Limits;
use floorhand_domain::workflow::count::{Judged, Verdict, judge};

/// `counted of book at value round=1 before=4 touched` and its verdict, with two recounts allowed.
fn check(text: &str, expected: Verdict) {
    let words: Vec<&str> = text.split_whitespace().collect();
    let named = |key: &str| words.iter().find_map(|word| word.strip_prefix(key)?.strip_prefix('='));
    let judged = Judged {
        counted: words[0].parse().unwrap(),
        book: words[2].parse().unwrap(),
        value_minor: words[4].parse().unwrap(),
        before: named("before").map(|n| n.parse().unwrap()),
        round: named("round").map_or(0, |n| n.parse().unwrap()),
        touched: words.contains(&"touched"),
    };
    assert_eq!(judge(&judged, &Limits::default(), 2), expected, "{text}");
}

#[test]
fn c02_no_variance_posts_nothing() {
    check("5 of 5 at 8000", Verdict::Nothing);
    check("0 of 0 at 8000", Verdict::Nothing);
    check("-3 of -3 at 8000", Verdict::Nothing);
}

#[test]
fn c03_within_all_three_limits_it_is_posted() {
    check("99 of 100 at 10", Verdict::Post);
    check("98 of 100 at 500", Verdict::Post);
    check("102 of 100 at 500", Verdict::Post);
    check("102 of 100 at 0", Verdict::Post);
}

#[test]
fn c04_over_any_limit_it_is_counted_again() {
    // Value.
    check("4 of 5 at 8000", Verdict::Recount);
    check("98 of 100 at 501", Verdict::Recount);
    check("99 of 100 at 1001", Verdict::Recount);
    // Percent: 2 % of 99 are less than 2, of 49 less than 1.
    check("97 of 99 at 1", Verdict::Recount);
    check("98 of 99 at 1", Verdict::Post);
    check("48 of 49 at 1", Verdict::Recount);
    check("49 of 50 at 1", Verdict::Post);
    // Units.
    check("997 of 1000 at 1", Verdict::Recount);
    check("9223372036854775807 of -9223372036854775808 at 9223372036854775807", Verdict::Recount);
}

#[test]
fn c06_equal_to_the_count_before_a_supervisor_decides() {
    check("4 of 5 at 8000 round=1 before=4", Verdict::Approve);
    check("3 of 5 at 8000 round=1 before=4", Verdict::Recount);
    check("3 of 5 at 8000 round=2 before=4", Verdict::Approve);
    check("3 of 5 at 8000 round=3 before=4", Verdict::Approve);
    // A recount is judged anew: within the limits it is posted, whatever was counted before.
    check("99 of 100 at 10 round=1 before=90", Verdict::Post);
    check("99 of 100 at 10 round=2 before=99", Verdict::Post);
    check("5 of 5 at 8000 round=1 before=4", Verdict::Nothing);
}

#[test]
fn c08_of_an_empty_book_only_units_and_value_count() {
    check("1 of 0 at 100", Verdict::Post);
    check("2 of 0 at 500", Verdict::Post);
    check("3 of 0 at 1", Verdict::Recount);
    check("1 of 0 at 1001", Verdict::Recount);
    check("0 of -2 at 1", Verdict::Post);
}

#[test]
fn c09_nothing_of_four_is_counted_again() {
    check("0 of 4 at 1", Verdict::Recount);
}

#[test]
fn c12_what_others_touched_is_contested() {
    check("98 of 100 at 10 touched", Verdict::Contested);
    check("4 of 5 at 8000 round=2 before=4 touched", Verdict::Contested);
}

#[test]
fn c13_without_variance_nobody_contests() {
    check("5 of 5 at 8000 touched", Verdict::Nothing);
}

#[test]
fn the_greatest_verdict_decides_for_a_whole_count() {
    let mut all = [Verdict::Contested, Verdict::Post, Verdict::Nothing, Verdict::Recount, Verdict::Approve];
    all.sort_unstable();
    let expected = [Verdict::Nothing, Verdict::Post, Verdict::Approve, Verdict::Recount, Verdict::Contested];
    assert_eq!(all, expected);
    assert_eq!(serde_json::to_string(&all).unwrap(), r#"["nothing","post","approve","recount","contested"]"#);
}
