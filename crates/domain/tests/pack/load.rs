//! The label of a carton at the dock of its carrier.

use crate::bench::Bench;
use crate::play::{refused, told};
use crate::verify::open;
use crate::world::TODAY;
use floorhand_domain::outbound::{CartonState, LabelOn, PackState, PartialShip};
use floorhand_domain::workflow::load::{Event, Load};
use floorhand_domain::workflow::{Next, Site, What};

/// A labelled carton C1 of the packed order O1, which leaves at D1.
fn ready() -> Bench {
    let bench = open(Bench::new().line("P1 X 1")).but(|order| {
        order.state = PackState::Packed;
        order.lines[0].packed = 1;
    });
    bench.with(|bench| bench.cartons[0].state = CartonState::Labelled)
}

fn check(mut bench: Bench, dock: &str, rows: &[(&str, &str)]) {
    let mut load = Load::start(dock.into());
    let today = TODAY.to_owned();
    for (text, expected) in rows {
        // The whole state is what is stored.
        load = serde_json::from_str(&serde_json::to_string(&load).unwrap()).unwrap();
        let (meant, known) = bench.meant(text, |look| load.widen(look)).unwrap();
        let settings = bench.world.settings.clone();
        let step = load.update(Event::Scan(meant), &Site { known: &known, settings: &settings, today: &today });
        let answer = match &step.answer {
            Ok(accepted) => format!("{} {}", accepted.what.as_str(), accepted.code),
            Err(refusal) => refused(refusal),
        };
        let Next::Continue(next) = step.next else { panic!("it has ended") };
        load = next;
        let facts: String = step.facts.iter().map(|fact| format!(" + {}", told(fact))).collect();
        step.facts.iter().for_each(|fact| bench.apply(fact));
        assert_eq!(format!("{answer} @ {} {}{facts}", load.step_name(), load.loaded), *expected, "{text}");
    }
}

/// Our own label goes as long as there is no other; once the carrier's is there, it does not.
#[test]
fn a_label_that_does_not_hold_stays() {
    let on =
        |label, zpl: &str| ready().with(|bench| (bench.cartons[0].label, bench.cartons[0].zpl) = (label, zpl.into()));
    let goes: &[(&str, &str)] = &[("C1", "shipped C1 @ load.carton 1 + Shipped O1 C1 D1")];
    let stays: &[(&str, &str)] = &[("C1", "LABEL_OLD label=C1 @ load.carton 0")];
    check(on(LabelOn::Internal, ""), "D1", goes);
    check(on(LabelOn::Carrier, "^XA^XZ"), "D1", goes);
    check(on(LabelOn::Unknown, "^XA^XZ"), "D1", goes);
    check(on(LabelOn::Internal, "^XA^XZ"), "D1", stays);
    check(on(LabelOn::Void, ""), "D1", stays);
    // The carrier's number is on the carrier's label alone, whatever this device has heard.
    let numbered = on(LabelOn::Internal, "^XA^XZ").with(|bench| bench.cartons[0].tracking = "1Z999".to_owned());
    check(numbered, "D1", &[("C1", stays[0].1), ("1Z999", goes[0].1)]);
}

#[test]
fn a_carton_leaves_at_the_dock_of_its_carrier() {
    check(
        ready(),
        "",
        &[
            ("C1", "WRONG_KIND id=C1 needed=location scanned=handling-unit @ load.dock 0"),
            ("A1", "PLACE_FORBIDDEN scanned=A1 @ load.dock 0"),
            ("D1", "shelf D1 @ load.carton 0"),
            ("X", "WRONG_KIND id=X needed=handling-unit scanned=item @ load.carton 0"),
            ("nonsense", "UNKNOWN_CODE @ load.carton 0"),
            ("H1", "WRONG_HU scanned=H1 @ load.carton 0"),
            ("C1", "shipped C1 @ load.carton 1 + Shipped O1 C1 D1"),
            ("C1", "GONE order=O1 @ load.carton 1"),
            ("D1", "shelf D1 @ load.carton 1"),
        ],
    );
}

#[test]
fn another_dock_than_that_of_the_carrier() {
    let bench = ready().but(|order| order.dock = "D2".into());
    check(bench, "D1", &[("C1", "WRONG_LOCATION needed=D2 scanned=D1 @ load.carton 0")]);
    let bench = ready().but(|order| order.dock = "".into());
    check(bench, "D1", &[("C1", "shipped C1 @ load.carton 1 + Shipped O1 C1 D1")]);
}

#[test]
fn k19_a_held_carton_stays() {
    let at = |state| ready().but(|order| order.state = state);
    check(at(PackState::Held), "D1", &[("C1", "ORDER_HELD order=O1 @ load.carton 0")]);
    check(at(PackState::Cancelled), "D1", &[("C1", "ORDER_CANCELLED order=O1 @ load.carton 0")]);
    let blocked = ready().with(|bench| bench.cartons[0].blocked = true);
    check(blocked, "D1", &[("C1", "ORDER_HELD order=O1 @ load.carton 0")]);
}

#[test]
fn an_open_carton_stays() {
    let opened = ready().with(|bench| bench.cartons[0].state = CartonState::Open);
    check(opened, "D1", &[("C1", "WRONG_HU scanned=C1 @ load.carton 0")]);
    let closed = ready().with(|bench| bench.cartons[0].state = CartonState::Closed);
    check(closed, "D1", &[("C1", "shipped C1 @ load.carton 1 + Shipped O1 C1 D1")]);
}

#[test]
fn an_order_that_may_not_leave_in_parts() {
    let open = |partial, packed| {
        ready().but(|order| {
            (order.partial, order.state) = (partial, PackState::Open);
            order.lines[0].packed = packed;
        })
    };
    check(open(PartialShip::Never, 0), "D1", &[("C1", "NOT_COMPLETE open=1 @ load.carton 0")]);
    check(open(PartialShip::Never, 1), "D1", &[("C1", "shipped C1 @ load.carton 1 + Shipped O1 C1 D1")]);
    check(open(PartialShip::Ask, 0), "D1", &[("C1", "shipped C1 @ load.carton 1 + Shipped O1 C1 D1")]);
}

#[test]
fn the_button_ends_it() {
    let (bench, today) = (ready(), TODAY.to_owned());
    let known = Default::default();
    let site = Site { known: &known, settings: &bench.world.settings, today: &today };
    let step = Load { dock: "D1".into(), loaded: 3 }.update(Event::Done, &site);
    assert!(matches!(step.next, Next::Finish(_)) && step.facts.is_empty());
    assert_eq!(step.answer.unwrap().code, "3");
    let step = Load::default().update(Event::Done, &site);
    assert_eq!(step.answer.unwrap().what, What::Page);
}
