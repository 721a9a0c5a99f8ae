//! Weight, checklist, grade, reason, photographs.

use crate::bench::{Bench, Play};
use crate::cases;

fn one() -> Bench {
    Bench::new("O1").sent("L1 X 1")
}

/// Headphones of 800 g.
fn phones() -> Bench {
    Bench::new("R1")
        .sent("L1 E 1 serial=N1 grams=800")
        .sent("L2 E 1 serial=N2 grams=800")
        .rma("R1 O1 L1:E:1:changed-mind")
}

/// A class that is weighed and asks about no parts.
fn blocks() -> Bench {
    Bench::new("O1").sent("L1 X 8 grams=1000").with(|bench| {
        let list = &mut bench.policy.checklists[0];
        list.weigh = true;
        list.questions.retain(|question| !question.parts);
    })
}

cases! {
    t10_a_photograph_by_policy: one(), [
        ("X", "step item X @ inspect X 1"),
        ("/next", "MISSING_DATA what=sealed @ inspect X 1"),
        ("/yes sealed", "ok condition sealed @ inspect X 1"),
        ("/yes complete", "ok condition complete @ inspect X 1"),
        ("/no clean", "ok condition clean @ inspect X 1"),
        ("/next", "MISSING_DATA what=reason @ inspect X 1"),
        ("/why other", "ok condition other @ photo X 1"),
        ("/next", "PHOTO_NEEDED @ photo X 1"),
        ("/photo P1", "step photo @ inspect X 1 + PhotoTaken P1"),
        ("/photo P1", "NOT_NOW @ inspect X 1"),
        ("/next", "step page @ put X 1 C liquidate"),
    ];
    t10_as_new_needs_none: one(), [
        ("X", "step item X @ inspect X 1"),
        ("/yes sealed", "ok condition sealed @ inspect X 1"),
        ("/yes complete", "ok condition complete @ inspect X 1"),
        ("/yes clean", "ok condition clean @ inspect X 1"),
        ("/why other", "ok condition other @ inspect X 1"),
        ("/next", "step page @ put X 1 A restock"),
        ("/next", "NOT_NOW @ put X 1 A restock"),
        ("/yes clean", "NOT_NOW @ put X 1 A restock"),
        ("/grade C", "NOT_NOW @ put X 1 A restock"),
        ("/back", "ok page @ inspect X 1"),
        ("/back", "NOT_NOW @ inspect X 1"),
        ("/grade B", "ok condition B @ photo X 1"),
        ("/next", "PHOTO_NEEDED @ photo X 1"),
        ("/grade A", "ok condition A @ inspect X 1"),
        ("/next", "step page @ put X 1 A restock"),
    ];
    t11_the_weight_asks_for_the_parts: phones(), [
        ("N1", "step serial N1 @ weigh E 1 #N1"),
        ("/next", "MISSING_DATA what=weight @ weigh E 1 #N1"),
        ("/yes complete", "NOT_NOW @ weigh E 1 #N1"),
        ("/kg 0", "QTY_BAD @ weigh E 1 #N1"),
        ("/kg 520", "WEIGHT_DIFF expected=800 grams=520 @ parts E 1 #N1"),
        ("/cut", "cut @ parts E 1 #N1"),
        ("/next", "MISSING_DATA what=complete @ parts E 1 #N1"),
        ("/yes sealed", "NOT_NOW @ parts E 1 #N1"),
        ("/no complete", "ok condition complete @ parts E 1 #N1"),
        ("/next", "step condition 520 @ inspect E 1 #N1"),
        ("/no sealed", "ok condition sealed @ inspect E 1 #N1"),
        ("/yes works", "ok condition works @ photo E 1 #N1"),
        ("/photo P1", "step photo @ inspect E 1 #N1 + PhotoTaken P1"),
        ("/next", "step page @ put E 1 #N1 C liquidate"),
        (
            "Q1",
            "task received Q1 @ Finished { units: 1, refund: Waiting } \
             + O1/L1 1 E #N1 C liquidate at Q1 520 g P1 by R1",
        ),
    ];
    t11_all_parts_are_there_a_supervisor_decides: phones(), [
        ("N1", "step serial N1 @ weigh E 1 #N1"),
        ("/kg 831", "WEIGHT_DIFF expected=800 grams=831 @ parts E 1 #N1"),
        ("/yes complete", "ok condition complete @ parts E 1 #N1"),
        ("/ok SV1", "NOT_NOW @ parts E 1 #N1"),
        ("/next", "WEIGHT_DIFF expected=800 grams=831 @ parts E 1 #N1"),
        ("/photo P1", "ok photo @ parts E 1 #N1 + PhotoTaken P1"),
        ("/ok SV1", "step condition 831 @ inspect E 1 #N1"),
        ("/yes sealed", "ok condition sealed @ inspect E 1 #N1"),
        ("/yes works", "ok condition works @ inspect E 1 #N1"),
        ("/next", "step page @ put E 1 #N1 A restock"),
        (
            "A1",
            "task received A1 @ Finished { units: 1, refund: Waiting } + Approved WEIGHT_DIFF 1 E SV1 \
             + O1/L1 1 E #N1 A restock at A1 831 g P1 WEIGHT_DIFF by R1",
        ),
    ];
    t11_weighed_again: phones(), [
        ("N1", "step serial N1 @ weigh E 1 #N1"),
        ("/kg 769", "WEIGHT_DIFF expected=800 grams=769 @ parts E 1 #N1"),
        ("/no complete", "ok condition complete @ parts E 1 #N1"),
        ("/kg 831", "WEIGHT_DIFF expected=800 grams=831 @ parts E 1 #N1"),
        ("/next", "MISSING_DATA what=complete @ parts E 1 #N1"),
        ("/kg 830", "step condition 830 @ inspect E 1 #N1"),
        ("/kg 800", "NOT_NOW @ inspect E 1 #N1"),
    ];
    /// A missing part that is there after all explains no weight.
    t11_the_answer_taken_back: phones(), [
        ("N1", "step serial N1 @ weigh E 1 #N1"),
        ("/kg 520", "WEIGHT_DIFF expected=800 grams=520 @ parts E 1 #N1"),
        ("/no complete", "ok condition complete @ parts E 1 #N1"),
        ("/next", "step condition 520 @ inspect E 1 #N1"),
        ("/yes complete", "ok condition complete @ inspect E 1 #N1"),
        ("/yes sealed", "ok condition sealed @ inspect E 1 #N1"),
        ("/yes works", "ok condition works @ inspect E 1 #N1"),
        ("/next", "WEIGHT_DIFF expected=800 grams=520 @ inspect E 1 #N1"),
        ("/ok SV1", "ok condition 520 @ inspect E 1 #N1"),
        ("/next", "step page @ put E 1 #N1 A restock"),
    ];
    t11_three_percent_of_much: blocks(), [
        ("X6", "step item X @ quantity X 6"),
        ("/next", "step page @ weigh X 6"),
        ("/kg 6181", "WEIGHT_DIFF expected=6000 grams=6181 @ weigh X 6"),
        ("/next", "WEIGHT_DIFF expected=6000 grams=6181 @ weigh X 6"),
        ("/kg 6180", "step condition 6180 @ inspect X 6"),
    ];
    t11_a_weight_that_nobody_knows: Bench::new("O1").sent("L1 E 1 serial=N1"), [
        ("N1", "step serial N1 @ weigh E 1 #N1"),
        ("/kg 3", "step condition 3 @ inspect E 1 #N1"),
    ];
    t12_a_missing_part_leaves_c_and_d: phones(), [
        ("N1", "step serial N1 @ weigh E 1 #N1"),
        ("/kg 800", "step condition 800 @ inspect E 1 #N1"),
        ("/grade B", "ok condition B @ inspect E 1 #N1"),
        ("/no complete", "ok condition complete @ inspect E 1 #N1"),
        ("/grade A", "NOT_ALLOWED @ inspect E 1 #N1"),
        ("/grade B", "NOT_ALLOWED @ inspect E 1 #N1"),
        ("/grade D", "ok condition D @ inspect E 1 #N1"),
        ("/no nonsense", "NOT_NOW @ inspect E 1 #N1"),
        ("/yes works", "ok condition works @ inspect E 1 #N1"),
        ("/yes sealed", "ok condition sealed @ photo E 1 #N1"),
        ("/photo P1", "step photo @ inspect E 1 #N1 + PhotoTaken P1"),
        ("/next", "step page @ put E 1 #N1 D write-off"),
    ];
    t20_cut_after_the_photograph: one(), [
        ("X", "step item X @ inspect X 1"),
        ("/no sealed", "ok condition sealed @ inspect X 1"),
        ("/photo P1", "ok photo @ inspect X 1 + PhotoTaken P1"),
        ("/cut", "cut @ inspect X 1"),
        ("/photo P1", "NOT_NOW @ inspect X 1"),
        ("/yes complete", "ok condition complete @ inspect X 1"),
        ("/yes clean", "ok condition clean @ inspect X 1"),
        ("/why wrong-size", "ok condition wrong-size @ inspect X 1"),
        ("/next", "step page @ put X 1 B refurbish"),
        ("Q1", "task received Q1 @ Finished { units: 1, refund: Waiting } + O1/L1 1 X B refurbish at Q1 P1"),
    ];
}

#[test]
fn t12_only_the_grades_that_are_left() {
    let mut play = Play::new(phones());
    let mut told = Vec::new();
    for event in ["N1", "/kg 800", "/no sealed", "/no complete", "/yes complete", "/no works"] {
        play.event(event);
        let flow = play.flow.as_ref().unwrap();
        let left: String = flow.grades().iter().map(|grade| grade.as_str()).collect();
        told.push(format!("{event} {left} {}", flow.grade_now().as_str()));
    }
    assert_eq!(
        told,
        [
            "N1 ABCD A",
            "/kg 800 ABCD A",
            "/no sealed BCD B",
            "/no complete CD C",
            "/yes complete BCD B",
            "/no works D D"
        ]
    );
}
