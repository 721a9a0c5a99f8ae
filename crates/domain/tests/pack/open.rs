//! What a scan opens, and the carton that is packed into.

use crate::bench::Bench;
use crate::cases;
use crate::play::{Play, refused};
use crate::world::TODAY;
use floorhand_domain::fact::Fact;
use floorhand_domain::outbound::{Carton, CartonState, PackOrder, PackState};
use floorhand_domain::workflow::Site;
use floorhand_domain::workflow::pack::open;

/// What each scan opens at the bench.
fn opens(bench: &Bench, rows: &[(&str, &str)]) {
    let today = TODAY.to_owned();
    for (text, expected) in rows {
        let (meant, known) = bench.meant(text, |look| look.outbound = true).unwrap();
        let site = Site { known: &known, settings: &bench.world.settings, today: &today };
        let told = match open(&meant, &site) {
            Ok(found) => found.iter().map(|id| id.0.as_str()).collect::<Vec<_>>().join(" "),
            Err(refusal) => refused(&refusal),
        };
        assert_eq!(told, *expected, "{text}");
    }
}

fn shared() -> Bench {
    Bench::new()
        .line("P1 X 1")
        .line("P2 Y 1 tote=T2")
        .order("O2")
        .but(|order| order.cutoff_ms = 1_000)
        .line("P1 X 1")
        .order("O3")
        .line("P1 X 1 tote=T3")
}

#[test]
fn k01_a_tote_with_two_orders_offers_both() {
    // The one that leaves first comes first.
    opens(&shared(), &[("T1", "O2 O1"), ("T2", "O1"), ("T3", "O3"), ("O3", "O3"), ("K-O1", "O1")]);
}

#[test]
fn k22_what_cannot_be_packed_says_why() {
    let state = |state| shared().but(|order| order.state = state);
    opens(&state(PackState::Cancelled), &[("T3", "ORDER_CANCELLED order=O3"), ("T1", "O2 O1")]);
    opens(&state(PackState::Held), &[("T3", "ORDER_HELD order=O3"), ("K-O3", "ORDER_HELD order=O3")]);
    opens(&state(PackState::Packed), &[("T3", "GONE order=O3")]);
    opens(&state(PackState::Shipped), &[("O3", "GONE order=O3")]);
    opens(
        &shared(),
        &[
            ("T4", "WRONG_HU scanned=T4"),
            ("X", "WRONG_KIND id=X needed=tote scanned=item"),
            ("BOX-M", "WRONG_KIND id=BOX-M needed=tote scanned=carton-type"),
            ("nonsense", "UNKNOWN_CODE"),
        ],
    );
}

#[test]
fn by_its_carton_a_packed_order_is_opened_once_more() {
    let carton = |state| Carton { id: "C7".into(), order: "O3".into(), state, ..Carton::default() };
    let bench = |state, at| shared().but(|order| order.state = state).with(|bench| bench.cartons.push(carton(at)));
    opens(&bench(PackState::Packed, CartonState::Labelled), &[("C7", "O3")]);
    opens(&bench(PackState::Open, CartonState::Open), &[("C7", "O3")]);
    opens(&bench(PackState::Held, CartonState::Closed), &[("C7", "ORDER_HELD order=O3")]);
    opens(&bench(PackState::Cancelled, CartonState::Closed), &[("C7", "ORDER_CANCELLED order=O3")]);
    opens(&bench(PackState::Packed, CartonState::Shipped), &[("C7", "GONE order=O3")]);
}

#[test]
fn opening_claims_the_task() {
    assert_eq!(Play::new(shared()).facts, [Fact::TaskClaimed { task: "K-O1".into() }]);
    let but = |change: fn(&mut PackOrder)| Play::new(shared().with(|bench| change(&mut bench.orders[0]))).facts;
    assert_eq!(but(|order| order.task = "".into()), []);
    assert_eq!(but(|order| order.state = PackState::Packed), []);
}

cases! {
    k07_a_carton_that_the_carrier_does_not_take: Bench::new().line("P1 X 2"), [
        ("BOX-P", "CARTON_BAD needed=BOX-M scanned=BOX-P @ carton 2"),
        ("BOX-M", "step carton C1 @ verify C1 2 + CartonOpened C1 BOX-M K-O1"),
    ];
    a_carton_that_nothing_fits_into: Bench::new().line("P1 X 1").item("X", |item| item.size_mm = [90, 250, 90]), [
        ("BOX-S", "CARTON_BAD needed=BOX-M scanned=BOX-S @ carton 1"),
        ("BOX-M", "step carton C1 @ verify C1 1 + CartonOpened C1 BOX-M K-O1"),
    ];
    a_carton_that_some_of_it_fits_into: Bench::new().line("P1 X 1").line("P2 Y 1").item("X", |item| item.size_mm = [500; 3]), [
        ("BOX-S", "step carton C1 @ verify C1 2 + CartonOpened C1 BOX-S K-O1"),
    ];
    the_carton_comes_first: Bench::new().line("P1 X 2"), [
        ("X", "WRONG_KIND id=X needed=carton-type scanned=item @ carton 2"),
        ("nonsense", "UNKNOWN_CODE @ carton 2"),
        ("T1", "WRONG_KIND id=T1 needed=carton-type scanned=tote @ carton 2"),
        ("H1", "WRONG_HU scanned=H1 @ carton 2"),
        ("/close", "NOT_NOW @ carton 2"),
        ("CMD-close", "MISSING_DATA field=item @ carton 2"),
    ];
    an_empty_carton_gives_way_to_another_type: Bench::new().line("P1 X 2"), [
        ("BOX-S", "step carton C1 @ verify C1 2 + CartonOpened C1 BOX-S K-O1"),
        ("BOX-M", "step carton C2 @ verify C2 2 + CartonOpened C2 BOX-M K-O1"),
        ("X", "ok item X @ verify C2 1 + Packed P1 X (1 T1) in C2"),
        ("BOX-S", "WRONG_KIND id=BOX-S needed=item scanned=carton-type @ verify C2 1"),
        ("/choose C1", "step carton C1 @ verify C1 1"),
        ("C2", "step carton C2 @ verify C2 1"),
        ("/choose C9", "NOT_NOW @ verify C2 1"),
        ("X", "step item X @ close C2 0 + Packed P1 X (1 T1) in C2"),
        ("/close", "step page C2 @ weigh C2"),
        ("/weigh 300", "step closed C2 @ label C2 prints 1 + CartonWeighed C2 300 of 300 + CartonClosed C2"),
        ("C2", "task packed O1 @ Packed { complete: true } + LabelPrinted C2 1 + Labelled C2 + OrderPacked K-O1 complete=true"),
    ];
    a_code_of_an_order_and_a_type: Bench::new().line("P1 X 1").with(|bench| bench.cartons.push(Carton { id: "BOX-M".into(), order: "O1".into(), ..Carton::default() })), [
        ("/choose BOX-M", "step carton BOX-M @ verify BOX-M 1"),
        ("BOX-M", "AMBIGUOUS handling-unit BOX-M or carton-type BOX-M @ verify BOX-M 1"),
    ];
}
