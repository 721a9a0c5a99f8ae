//! What becomes of the goods, where they go, and the end.

use crate::bench::{Bench, Play};
use crate::cases;
use floorhand_domain::fact::Fact;
use floorhand_domain::master::{Mixing, Role};
use floorhand_domain::reason::Reason;
use floorhand_domain::stock::Status;
use floorhand_domain::workflow::Site;

fn of(item: &str) -> Bench {
    Bench::new("R1").sent(&format!("L1 {item} 2 value=9000")).rma(&format!("R1 O1 L1:{item}:2:changed-mind"))
}

/// At the step where it is put; `No` to these questions.
fn at_put(bench: &Bench, item: &str, no: &[&str]) -> Play {
    let mut play = Play::new(bench.clone());
    for _ in 0..2 {
        play.event(item);
    }
    for question in ["sealed", "complete", "clean"] {
        let answer = if no.contains(&question) { "no" } else { "yes" };
        play.event(&format!("/{answer} {question}"));
    }
    play.event("/why changed-mind");
    play.event("/photo P1");
    play.event("/next");
    assert_eq!(play.flow.as_ref().unwrap().step_name(), "return.put");
    play
}

fn check_put(bench: &Bench, item: &str, no: &[&str], rows: &[(&str, &str)]) {
    let mut play = at_put(bench, item, no);
    let told: Vec<String> = rows.iter().map(|(event, _)| format!("{event} => {}", play.event(event))).collect();
    let expected: Vec<String> = rows.iter().map(|(event, expected)| format!("{event} => {expected}")).collect();
    assert_eq!(told.join("\n"), expected.join("\n"));
}

#[test]
fn t13_opened_hygiene_goods_are_never_restocked() {
    check_put(
        &of("Y"),
        "Y",
        &["sealed"],
        &[
            ("/as restock operator why", "NOT_ALLOWED @ put Y 2 B write-off"),
            ("/as restock supervisor why", "NOT_ALLOWED @ put Y 2 B write-off"),
            ("/as restock manager why", "NOT_ALLOWED @ put Y 2 B write-off"),
            ("/as quarantine manager why", "ok condition quarantine @ put Y 2 B quarantine"),
            ("A1", "PLACE_FORBIDDEN scanned=A1 @ put Y 2 B quarantine"),
            ("/as write-off operator", "ok condition write-off @ put Y 2 B write-off"),
            ("X1", "task received X1 @ Finished { units: 2, refund: Waiting } + O1/L1 2 Y B write-off at X1 P1 by R1"),
        ],
    );
}

#[test]
fn t14_who_may_decide_otherwise() {
    check_put(
        &of("X"),
        "X",
        &["sealed"],
        &[
            ("/as liquidate operator why", "NOT_ALLOWED @ put X 2 B refurbish"),
            ("/as liquidate supervisor", "MISSING_DATA what=override @ put X 2 B refurbish"),
            ("/as liquidate supervisor scratched", "ok condition liquidate @ put X 2 B liquidate"),
            ("/as restock supervisor clean", "ok condition restock @ put X 2 B restock"),
            ("/cut", "cut @ put X 2 B restock"),
            ("Q1", "PLACE_FORBIDDEN scanned=Q1 @ put X 2 B restock"),
            (
                "A1",
                "task received A1 @ Finished { units: 2, refund: Waiting } \
                 + Overridden 2 X refurbish to restock SV1 clean + O1/L1 2 X B restock at A1 P1 by R1",
            ),
        ],
    );
}

/// Two of 100.01 are above what a supervisor decides.
#[test]
fn t14_above_the_limit_of_a_supervisor() {
    let bench = of("X").with(|bench| bench.shipped[0].value_minor = 10_001);
    check_put(
        &bench,
        "X",
        &["sealed"],
        &[
            ("/as write-off supervisor why", "NOT_ALLOWED @ put X 2 B refurbish"),
            ("/as write-off manager why", "ok condition write-off @ put X 2 B write-off"),
            ("/back", "ok page @ inspect X 2"),
            ("/next", "step page @ put X 2 B refurbish"),
        ],
    );
}

#[test]
fn t14_what_the_page_offers() {
    let play = at_put(&of("Y"), "Y", &["sealed"]);
    let flow = play.flow.unwrap();
    let known = Default::default();
    let today = crate::world::TODAY.to_owned();
    let site = Site { known: &known, settings: &play.bench.floor.world.settings, today: &today };
    let told = |roles: &[Role]| {
        let choices = flow.choices(roles, &site);
        let one = |choice: &floorhand_domain::workflow::returns::Choice| {
            let mark = match (choice.proposed, choice.allowed, choice.barred) {
                (true, true, false) => "!",
                (false, true, false) => "+",
                (false, false, false) => "-",
                (false, false, true) => "x",
                other => panic!("{other:?}"),
            };
            format!("{}{mark}", choice.disposition.as_str())
        };
        choices.iter().map(one).collect::<Vec<_>>().join(" ")
    };
    let least = "restockx refurbish- vendor-claim- liquidate- write-off! quarantine-";
    let most = "restockx refurbish+ vendor-claim+ liquidate+ write-off! quarantine+";
    assert_eq!([told(&[Role::Returns]), told(&[Role::Manager])], [least, most]);
}

#[test]
fn t15_restocked_goods_are_available() {
    let mut play = at_put(&of("X"), "X", &[]);
    let told = play.event("A1");
    assert_eq!(told, "task received A1 @ Finished { units: 2, refund: Waiting } + O1/L1 2 X A restock at A1 P1 by R1");
    let here = play.bench.floor.world.stock.iter().find(|stock| stock.location.as_str() == "A1" && stock.qty > 0);
    assert_eq!(here.map(|stock| (stock.qty, stock.status)), Some((2, Status::Available)));
}

fn shelves() -> Bench {
    of("X").stock("A1 X 2").stock("A2 Y 1").stock("Q1 X 4 hu=H1 status=quarantined").with(|bench| {
        for place in &mut bench.floor.world.locations {
            match place.id.as_str() {
                "A1" => place.capacity = 3,
                "A2" => place.mixing = Mixing::Item,
                _ => {}
            }
        }
    })
}

const PLACES: &[(&str, &str)] = &[
    ("Q1", "PLACE_FORBIDDEN scanned=Q1 @ put X 2 A restock"),
    ("X1", "PLACE_FORBIDDEN scanned=X1 @ put X 2 A restock"),
    ("A1", "PLACE_FULL free=1 scanned=A1 @ put X 2 A restock"),
    ("A2", "PLACE_MIX holds=Y scanned=A2 @ put X 2 A restock"),
    ("H1", "HU_RULE scanned=H1 @ put X 2 A restock"),
    ("T9", "HU_RULE scanned=T9 @ put X 2 A restock"),
    ("X", "WRONG_KIND id=X needed=location scanned=item @ put X 2 A restock"),
    ("nonsense", "UNKNOWN_CODE @ put X 2 A restock"),
    (
        "106141411234567897",
        "task received 106141411234567897 @ Finished { units: 2, refund: Waiting } \
                 + O1/L1 2 X A restock at B1 in 106141411234567897 P1 by R1",
    ),
];

/// The reasons for which a place is refused.
pub fn place_reasons() -> Vec<Reason> {
    let mut play = at_put(&shelves(), "X", &[]);
    for (event, _) in PLACES {
        play.event(event);
    }
    play.refusals
}

#[test]
fn t15_where_it_may_not_go() {
    check_put(&shelves(), "X", &[], PLACES);
    check_put(
        &shelves(),
        "X",
        &["sealed"],
        &[
            ("A7", "PLACE_FORBIDDEN scanned=A7 @ put X 2 B refurbish"),
            (
                "H1",
                "task received H1 @ Finished { units: 2, refund: Waiting } \
                 + O1/L1 2 X B refurbish at Q1 in H1 P1 by R1",
            ),
        ],
    );
}

#[test]
fn t16_the_suppliers_fault() {
    let bench = Bench::new("R1").sent("L1 X 2").rma("R1 O1 L1:X:2:defective");
    crate::bench::check(
        &bench,
        &[
            ("X", "step item X @ quantity X 1"),
            ("X", "step item X @ inspect X 2"),
            ("/yes sealed", "ok condition sealed @ inspect X 2"),
            ("/no complete", "ok condition complete @ inspect X 2"),
            ("/yes clean", "ok condition clean @ photo X 2"),
            ("/photo P1", "step photo @ inspect X 2 + PhotoTaken P1"),
            ("/next", "step page @ put X 2 C vendor-claim"),
            ("A1", "PLACE_FORBIDDEN scanned=A1 @ put X 2 C vendor-claim"),
            (
                "Q1",
                "task received Q1 @ Finished { units: 2, refund: Waiting } + O1/L1 2 X C vendor-claim at Q1 P1 by R1",
            ),
        ],
    );
}

cases! {
    t05_goods_of_no_order_are_quarantined: Bench::new(""), [
        ("X6", "step item X @ quantity X 6 free"),
        ("/next", "step page @ inspect X 6 free"),
        ("/yes sealed", "ok condition sealed @ inspect X 6 free"),
        ("/yes complete", "ok condition complete @ inspect X 6 free"),
        ("/yes clean", "ok condition clean @ inspect X 6 free"),
        ("/why undeliverable", "ok condition undeliverable @ inspect X 6 free"),
        ("/next", "step page @ put X 6 free A quarantine"),
        ("/as restock manager why", "NOT_ALLOWED @ put X 6 free A quarantine"),
        ("A1", "PLACE_FORBIDDEN scanned=A1 @ put X 6 free A quarantine"),
        ("Q1", "step received Q1 @ item + - 6 X A quarantine at Q1"),
        ("/done", "task closed N1 @ Finished { units: 6, refund: None }"),
    ];
    /// Beside what was announced there is something else in the parcel: it ends nothing.
    t05_something_else_in_the_parcel: Bench::new("R1").sent("L1 X 1 back=1").rma("R1 O1 L1:X:1:other"), [
        ("X", "RET_OVER open=0 @ item"),
        ("/none", "step item X @ quantity X 1 free"),
        ("/next", "step page @ inspect X 1 free"),
        ("/yes sealed", "ok condition sealed @ inspect X 1 free"),
        ("/yes complete", "ok condition complete @ inspect X 1 free"),
        ("/yes clean", "ok condition clean @ inspect X 1 free"),
        ("/next", "MISSING_DATA what=reason @ inspect X 1 free"),
        ("/why other", "ok condition other @ inspect X 1 free"),
        ("/next", "step page @ put X 1 free A quarantine"),
        ("Q1", "step received Q1 @ item + - 1 X A quarantine at Q1"),
    ];
    t17_the_refund_waits: Bench::new("O1").sent("L1 X 8"), [
        ("X", "step item X @ quantity X 1"),
        ("/done", "NOT_NOW @ quantity X 1"),
        ("/next", "step page @ inspect X 1"),
        ("/yes sealed", "ok condition sealed @ inspect X 1"),
        ("/yes complete", "ok condition complete @ inspect X 1"),
        ("/yes clean", "ok condition clean @ inspect X 1"),
        ("/why other", "ok condition other @ inspect X 1"),
        ("/next", "step page @ put X 1 A restock"),
        ("A1", "step received A1 @ item + O1/L1 1 X A restock at A1"),
        ("/cut", "cut @ item"),
        ("/done", "task closed N1 @ Finished { units: 1, refund: Waiting }"),
    ];
    nothing_came: Bench::new("O1").sent("L1 X 8"), [
        ("/done", "task closed N1 @ Finished { units: 0, refund: None }"),
    ];
    /// The announced return was cancelled while the goods are at the bench.
    t15_withdrawn_meanwhile: of("X"), [
        ("X", "step item X @ quantity X 1"),
        ("X", "step item X @ inspect X 2"),
        ("/withdrawn", "note page R1 @ inspect X 2"),
        ("/yes sealed", "ok condition sealed @ inspect X 2"),
        ("/yes complete", "ok condition complete @ inspect X 2"),
        ("/yes clean", "ok condition clean @ inspect X 2"),
        ("/next", "step page @ put X 2 A quarantine"),
        ("/as restock manager why", "NOT_ALLOWED @ put X 2 A quarantine"),
        ("Q1", "task received Q1 @ Finished { units: 2, refund: Waiting } + O1/L1 2 X A quarantine at Q1 by R1"),
    ];
    /// Announced units come first, each order line has its fact.
    several_lines_have_a_fact_each: Bench::new("R1").sent("L1 X 2").sent("L2 X 3").rma("R1 O1 L2:X:2:other"), [
        ("X", "step item X @ quantity X 1"),
        ("X", "step item X @ inspect X 2"),
        ("/drop", "ok page @ item"),
        ("/other L2 0", "ok page R1 @ item"),
        ("X", "step item X @ quantity X 1"),
        ("/next", "step page @ inspect X 1"),
        ("/no sealed", "ok condition sealed @ inspect X 1"),
        ("/yes complete", "ok condition complete @ inspect X 1"),
        ("/yes clean", "ok condition clean @ photo X 1"),
        ("/photo P1", "step photo @ inspect X 1 + PhotoTaken P1"),
        ("/next", "step page @ put X 1 B refurbish"),
        ("Q1", "step received Q1 @ item + O1/L2 1 X B refurbish at Q1 P1 by R1"),
        ("X", "step item X @ inspect X 1"),
    ];
}

/// Two stations that know nothing of each other inspect the same unit: both facts stand, and the line says that
/// more came back than was shipped.
#[test]
fn t19_the_same_unit_at_two_stations() {
    let bench = Bench::new("O1").sent("L1 S 1 serial=N1");
    let station = || {
        let mut play = Play::new(bench.clone());
        for event in ["N1", "/yes sealed", "/yes complete", "/yes clean", "/why other", "/next", "A1"] {
            play.event(event);
        }
        assert!(play.flow.is_none());
        play.facts
    };
    let mut core = bench.clone();
    for fact in [station(), station()].concat() {
        core.apply(&fact);
    }
    assert_eq!(core.shipped.iter().map(|row| (row.qty, row.returned)).collect::<Vec<_>>(), [(1, 2)]);
    // A third station that has synced knows the unit.
    assert_eq!(Play::new(core).event("N1"), "SERIAL_SEEN serial=N1 @ item");
}

/// A case over three lines: each line has its part, decisions and weight with it.
#[test]
fn a_case_over_three_lines() {
    let bench =
        Bench::new("O1").sent("L1 X 2 grams=100").sent("L2 X 3 grams=100").sent("L3 X 4 grams=100").with(|bench| {
            bench.policy.checklists[0].weigh = true;
            bench.policy.checklists[0].questions.clear();
        });
    let mut play = Play::new(bench);
    for event in ["X6", "/next", "/kg 1000", "/ok SV1", "/why other", "/next", "/as quarantine manager odd"] {
        play.event(event);
    }
    assert_eq!(
        play.event("Q1"),
        "step received Q1 @ item \
         + Approved WEIGHT_DIFF 2 X SV1 + Overridden 2 X restock to quarantine SV1 odd \
         + O1/L1 2 X A quarantine at Q1 333 g WEIGHT_DIFF \
         + Approved WEIGHT_DIFF 3 X SV1 + Overridden 3 X restock to quarantine SV1 odd \
         + O1/L2 3 X A quarantine at Q1 500 g WEIGHT_DIFF \
         + Approved WEIGHT_DIFF 1 X SV1 + Overridden 1 X restock to quarantine SV1 odd \
         + O1/L3 1 X A quarantine at Q1 167 g WEIGHT_DIFF"
    );
    // Every decision stands before the fact that it backs, and names no fewer units.
    let mut decided = 0;
    for fact in &play.facts {
        match fact {
            Fact::Approved { qty, .. } => decided = *qty,
            Fact::ReturnInspected { qty, .. } => assert_eq!(*qty, decided),
            _ => {}
        }
    }
}
